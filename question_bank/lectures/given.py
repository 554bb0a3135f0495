"""What an example gives, with types and bounds checked: nothing is guessed, nothing that is not understood is passed over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias, TypeVar

from question_bank.errors import FormatError
from question_bank.lectures.example import Example, Unreadable
from question_bank.values import Rational, simplest

T = TypeVar("T")
Pair: TypeAlias = tuple[int, int]
Image: TypeAlias = tuple[tuple[Rational, ...], ...]
"""Rows of one length: (H, W)."""

MOST_CELLS: Final = 10_000
_LARGEST: Final = 10**9
_MOST_AXES: Final = 8


class Given:
    """The inputs and parameters of one example, each taken by name, null being as good as missing; `finish` refuses what nobody took."""

    def __init__(self, example: Example) -> None:
        twice = sorted(set(example.inputs) & set(example.parameters))
        if twice:
            raise FormatError(f"{twice[0]!r} is an input and a parameter; expected it once")
        fields = {**example.inputs, **example.parameters}
        self._data: Mapping[str, Any] = {name: value for name, value in fields.items() if value is not None}
        self._taken = {"tolerance"}

    def finish(self) -> None:
        """Refuse a field that this kind does not know: an answer computed without it could be wrong."""
        unknown = sorted(set(self._data) - self._taken)
        if unknown:
            raise FormatError(
                f"{unknown[0]!r} is not understood here; expected {', '.join(sorted(self._taken))}"
            )

    def has(self, name: str) -> bool:
        """Tell whether there is such a field."""
        return name in self._data

    def raw(self, name: str) -> Any:
        """Return a field as it is."""
        self._taken.add(name)
        if name not in self._data:
            raise FormatError(
                f"{name!r} is missing; the example has {', '.join(sorted(self._data)) or 'nothing'}"
            )
        return self._data[name]

    def text(self, name: str, among: Sequence[str] = (), default: str | None = None) -> str:
        """Return a text, one of `among` where that is given."""
        value = self._or(name, default)
        if not isinstance(value, str) or (among and value not in among):
            raise FormatError(f"{name}={_shown(value)}: expected {', '.join(among) or 'a text'}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._or(name, default)
        if not isinstance(value, bool):
            raise FormatError(f"{name}={_shown(value)}: expected true or false")
        return value

    def whole(self, name: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number from `least` to a thousand million."""
        return whole(self._or(name, default), name, least)

    def pair(self, name: str, default: int | Pair | None = None, *, least: int = 0) -> Pair:
        """Return (along the height, along the width); one number stands for both."""
        return pair(self._or(name, default), name, least)

    def number(self, name: str, default: int | None = None) -> Rational:
        """Return a number, exactly."""
        return number(self._or(name, default), name)

    def numbers(self, name: str) -> tuple[Rational, ...]:
        """Return a list of numbers, at least one."""
        return tuple(number(item, name) for item in _list(self.raw(name), name))

    def image(self, name: str) -> Image:
        """Return rows of numbers (H, W) of one length."""
        return _image(self.raw(name), name)

    def images(self, name: str) -> tuple[Image, ...]:
        """Return channels of rows of numbers (C, H, W), all of one size."""
        return _alike([_image(item, name) for item in _list(self.raw(name), name)], name)

    def filters(self, name: str) -> tuple[tuple[Image, ...], ...]:
        """Return filters (F, C, KH, KW), all of one size."""
        filters = [
            _alike([_image(part, name) for part in _list(item, name)], name)
            for item in _list(self.raw(name), name)
        ]
        if len({len(item) for item in filters}) > 1 or len({_size(item[0]) for item in filters}) > 1:
            raise FormatError(f"{name}: expected filters of one size")
        return tuple(filters)

    def shape(self, name: str, axes: int | None = None) -> tuple[int, ...]:
        """Return a shape of positive lengths, with so many axes where that is given."""
        return shape(self.raw(name), name, axes)

    def _or(self, name: str, default: Any) -> Any:
        if default is not None and name not in self._data:
            self._taken.add(name)
            return default
        return self.raw(name)


def number(value: Any, name: str) -> Rational:
    """Return a number of a file exactly."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise FormatError(f"{name}={_shown(value)}: expected a number of at most 40 digits")
    return value if isinstance(value, int) else simplest(Fraction(value))


def whole(value: Any, name: str, least: int = 0) -> int:
    """Return a whole number of a file, from `least` to a thousand million."""
    exact = number(value, name)
    if not isinstance(exact, int) or not least <= exact <= _LARGEST:
        raise FormatError(f"{name}={_shown(value)}: expected a whole number from {least} to {_LARGEST}")
    return exact


def pair(value: Any, name: str, least: int = 0) -> Pair:
    """Return two whole numbers; one number stands for both."""
    both = value if isinstance(value, list | tuple) else [value, value]
    if len(both) != 2:
        raise FormatError(f"{name}={_shown(value)}: expected one whole number, or one for each of two axes")
    return whole(both[0], name, least), whole(both[1], name, least)


def shape(value: Any, name: str, axes: int | None = None) -> tuple[int, ...]:
    """Return a shape of positive lengths."""
    lengths = tuple(whole(item, name, 1) for item in _list(value, name))
    if len(lengths) != (axes or len(lengths)) or len(lengths) > _MOST_AXES:
        raise FormatError(f"{name}={list(lengths)[:9]}: expected {axes or f'at most {_MOST_AXES}'} lengths")
    return lengths


def regular(value: Any, name: str, read: Callable[[Any, str], T]) -> tuple[tuple[T, ...], ...]:
    """Return rows of one length, each cell read by `read`."""
    rows = tuple(tuple(read(cell, name) for cell in _list(row, name)) for row in _list(value, name))
    if len({len(row) for row in rows}) > 1:
        raise FormatError(f"{name}: rows of {len(rows[0])} and of other lengths; expected one length")
    return rows


def _image(value: Any, name: str) -> Image:
    return regular(value, name, number)


def leaves(value: Any) -> Iterator[Any]:
    """Yield what lies in lists and objects, in order."""
    if isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    else:
        yield value


def _alike(images: Sequence[Image], name: str) -> tuple[Image, ...]:
    if len({_size(image) for image in images}) > 1:
        raise FormatError(f"{name}: expected channels of one size")
    return tuple(images)


def _size(image: Image) -> Pair:
    return len(image), len(image[0])


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise FormatError(f"{name}={_shown(value)}: expected a list that is not empty")
    if len(value) > MOST_CELLS:
        raise FormatError(f"{name}: a list of {len(value)}; expected at most {MOST_CELLS}")
    return value


def _shown(value: Any) -> str:
    if isinstance(value, Unreadable):
        return value.text
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
