"""Answers that are numbers: integer, number, shape, array."""

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction

from question_bank.answer_mark import Mark, mark_whole
from question_bank.errors import AnswerError
from question_bank.readings import Reading, read
from question_bank.values import Field, Grid, Value, show


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number, with a unit such as `px`."""

    value: int
    unit: str = ""

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("integer", unit=self.unit)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is right; the number 24 is, however it was written."""
        return isinstance(value, int | Fraction) and value == self.value

    def show(self) -> str:
        """Write the key."""
        return show(self.value)


@dataclass(frozen=True, slots=True)
class Number:
    """A number; what differs from `value` by at most `tolerance` (absolute) is right."""

    value: int | Fraction
    tolerance: int | Fraction = 0
    unit: str = ""

    def __post_init__(self) -> None:
        if self.tolerance < 0:
            raise AnswerError(f"tolerance={self.tolerance}: expected a number >= 0")

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("number", unit=self.unit)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing, the ends of the tolerance included."""
        return mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is right, exactly compared."""
        return isinstance(value, int | Fraction) and abs(Fraction(value) - self.value) <= self.tolerance

    def show(self) -> str:
        """Write the key."""
        return show(self.value)


@dataclass(frozen=True, slots=True)
class Shape:
    """The lengths of an array's axes, in the order that the stem names."""

    value: tuple[int, ...]
    axes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.axes and len(self.axes) != len(self.value):
            raise AnswerError(
                f"axes={self.axes}: expected {len(self.value)} names, one for each axis of {self.value}"
            )

    @property
    def field(self) -> Field:
        """What the page shows; the names of the axes tell their number."""
        return Field("shape", axes=self.axes)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is the same shape."""
        return isinstance(value, tuple) and value == self.value

    def show(self) -> str:
        """Write the key."""
        return show(self.value)


@dataclass(frozen=True, slots=True)
class Array:
    """An array of numbers, marked cell by cell when its shape is right.

    Where more than half of the key's cells are the same number, as in a gradient that is mostly 0, the share of the right
    cells counts only as far as it is above the share of that number: who fills all cells with it has shown nothing.

    Attributes:
        value: the numbers.
        show_size: whether the page shows the cells to fill in; False makes the shape part of the answer.
    """

    value: Grid
    show_size: bool = False

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("array", size=self.value.shape if self.show_size else None)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark cell by cell; leading axes of length 1 may be left out or added, any other shape is worth nothing."""
        if not isinstance(reading.value, Grid):
            return mark_whole(self, reading)
        if _without_ones(reading.value.shape) != _without_ones(self.value.shape):
            return Mark(Fraction(0), "wrong-shape")
        cells = tuple(got == key for got, key in zip(reading.value.cells, self.value.cells, strict=True))
        return self.credit(cells)

    def credit(self, cells: tuple[bool, ...]) -> Mark:
        """Return the mark for cells of which these are right.

        >>> Array(Grid((1, 4), (0, 0, 0, 5))).credit((True, True, True, False)).fraction
        Fraction(0, 1)
        """
        _, often = Counter(self.value.cells).most_common(1)[0]
        free = often if len(cells) < 2 * often < 2 * len(cells) else 0
        fraction = max(Fraction(sum(cells) - free, len(cells) - free), Fraction(0))
        return Mark(fraction, "right" if fraction == 1 else "partly" if fraction else "wrong", cells)

    def accepts(self, value: Value) -> bool:
        """Whether every cell of `value` is right."""
        return (
            isinstance(value, Grid)
            and value.cells == self.value.cells
            and _without_ones(value.shape) == _without_ones(self.value.shape)
        )

    def show(self) -> str:
        """Write the key."""
        return show(self.value)


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    while len(shape) > 1 and shape[0] == 1:
        shape = shape[1:]
    return shape
