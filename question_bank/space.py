"""Space: the finite set of parameters that a family asks about, in a fixed order."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from question_bank.errors import SpaceError
from question_bank.registry import unknown

Given = Mapping[str, int]
Fixed = Mapping[str, int | Sequence[int]]


class Space:
    """Named axes of whole numbers and a constraint; the points that satisfy it are numbered from 0.

    Radicals are the axes that change how hard a question is; two points with the same radicals are of one stratum.
    The order is that of nested loops over the axes as they are named, the last one fastest.

    >>> space = Space(n=range(4, 7), k=(2, 5), radicals=("k",)).where(lambda given: given["k"] <= given["n"])
    >>> len(space), space.at(0), space.indexes({"k": 5})
    (5, {'n': 4, 'k': 2}, (2, 4))
    """

    __slots__ = ("_axes", "_constraints", "_points", "radicals")

    radicals: tuple[str, ...]

    def __init__(self, *, radicals: Sequence[str] = (), **axes: Sequence[int]) -> None:
        for name, values in axes.items():
            if not values or len(set(values)) < len(values):
                raise SpaceError(f"axis {name}={list(values)}: expected at least one value, each once")
        for name in radicals:
            if name not in axes:
                raise unknown("axis", name, axes)
        self._axes = MappingProxyType({name: tuple(values) for name, values in axes.items()})
        self._constraints: tuple[Callable[[Given], bool], ...] = ()
        self._points: tuple[tuple[int, ...], ...] | None = None
        self.radicals = tuple(radicals)

    def where(self, constraint: Callable[[Given], bool]) -> "Space":
        """Return the space of those points that also satisfy a constraint; it must depend on the point alone."""
        smaller = Space(radicals=self.radicals, **self._axes)
        smaller._constraints = (*self._constraints, constraint)
        return smaller

    @property
    def axes(self) -> Mapping[str, tuple[int, ...]]:
        """The axes and their values, before constraints."""
        return self._axes

    def __len__(self) -> int:
        return len(self._valid())

    def __iter__(self) -> Iterator[dict[str, int]]:
        return (dict(zip(self._axes, point, strict=True)) for point in self._valid())

    def at(self, index: int) -> dict[str, int]:
        """Return the point of this number.

        Raises:
            SpaceError: there is none.
        """
        points = self._valid()
        if not 0 <= index < len(points):
            raise SpaceError(f"index={index}: expected 0 to {len(points) - 1}")
        return dict(zip(self._axes, points[index], strict=True))

    def indexes(self, fixed: Fixed | None = None) -> tuple[int, ...]:
        """Return the numbers of the points whose axes have the fixed values (one value, or several allowed ones).

        Raises:
            UnknownNameError: an axis is not there; the message lists the nearest.
            SpaceError: an axis never has such a value, or no point is left.
        """
        allowed = [
            (self._position(name), self._values(name, wanted)) for name, wanted in (fixed or {}).items()
        ]
        points = self._valid()
        if points and not allowed:
            return tuple(range(len(points)))
        found = tuple(
            i for i, point in enumerate(points) if all(point[at] in values for at, values in allowed)
        )
        if not found:
            raise SpaceError(
                f"fixed={dict(fixed or {})}: no point of the space has these values together; fix fewer axes"
            )
        return found

    def strata(self) -> dict[tuple[int, ...], tuple[int, ...]]:
        """Return the numbers of the points by the values of their radicals."""
        positions = [self._position(name) for name in self.radicals]
        strata: dict[tuple[int, ...], list[int]] = {}
        for index, point in enumerate(self._valid()):
            strata.setdefault(tuple(point[at] for at in positions), []).append(index)
        return {radicals: tuple(indexes) for radicals, indexes in strata.items()}

    def _position(self, name: str) -> int:
        if name not in self._axes:
            raise unknown("axis", name, self._axes)
        return list(self._axes).index(name)

    def _values(self, name: str, wanted: int | Sequence[int]) -> tuple[int, ...]:
        values = (wanted,) if isinstance(wanted, int) else tuple(wanted)
        for value in values:
            if value not in self._axes[name]:
                raise SpaceError(f"{name}={value}: expected one of {', '.join(map(str, self._axes[name]))}")
        return values

    def _valid(self) -> tuple[tuple[int, ...], ...]:
        if self._points is None:
            names = tuple(self._axes)
            points = itertools.product(*self._axes.values())
            self._points = tuple(
                point for point in points if self._holds(dict(zip(names, point, strict=True)))
            )
            if not self._points:
                raise SpaceError(f"axes {', '.join(names)}: no point satisfies the constraint")
        return self._points

    def _holds(self, given: Given) -> bool:
        return all(constraint(given) for constraint in self._constraints)
