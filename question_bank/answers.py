"""The kinds of answer: integer, number, shape, array, choice, and "this raises an error".

Each kind can `parse` what a student typed, `mark` what was read, and `show` the key. A kind's `field` is its public side.
The grammar of typed answers stands in `question_bank.readings`.

>>> answer = Shape((32, 24, 24), axes=("channels", "height", "width"))
>>> reading = answer.parse("32x24x24")
>>> reading.shown, answer.mark(reading).fraction
('(32, 24, 24) read as a shape', Fraction(1, 1))
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from question_bank.errors import AnswerError
from question_bank.readings import Reading, read
from question_bank.values import RAISED, Field, Grid, Raised, Value, show

_MOST_OPTIONS = 26


@dataclass(frozen=True, slots=True)
class Mark:
    """How much of an answer is right.

    Attributes:
        fraction: 0 to 1, exact.
        reason: `right`, `wrong`, `partly`, `wrong-shape` or `unreadable`.
        cells: for an array of the right shape, whether each cell is right, row-major; else empty.
    """

    fraction: Fraction
    reason: str
    cells: tuple[bool, ...] = ()


_RIGHT, _WRONG = Mark(Fraction(1), "right"), Mark(Fraction(0), "wrong")


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
        return _mark_whole(self, reading)

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
        return _mark_whole(self, reading)

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
        return _mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is the same shape."""
        return isinstance(value, tuple) and value == self.value

    def show(self) -> str:
        """Write the key."""
        return show(self.value)


@dataclass(frozen=True, slots=True)
class Array:
    """An array of numbers, marked cell by cell when its shape is right.

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
            return _mark_whole(self, reading)
        if _without_ones(reading.value.shape) != _without_ones(self.value.shape):
            return Mark(Fraction(0), "wrong-shape")
        cells = tuple(got == key for got, key in zip(reading.value.cells, self.value.cells, strict=True))
        fraction = Fraction(sum(cells), len(cells))
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


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of several; `value` is the letter of the right one.

    Raises:
        AnswerError: the letter is no option, two options are the same, or there are fewer than 2 or more than 26.
    """

    options: tuple[str, ...]
    value: str

    def __post_init__(self) -> None:
        if not 2 <= len(set(self.options)) == len(self.options) <= _MOST_OPTIONS:
            raise AnswerError(f"options={self.options}: expected 2 to 26 different texts")
        if self.value not in self.field.letters or len(self.value) != 1:
            raise AnswerError(f"value={self.value!r}: expected one of the letters {self.field.letters}")

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("choice", options=self.options)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return _mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is the right letter."""
        return isinstance(value, str) and value == self.value

    def show(self) -> str:
        """Write the key: the letter and its text."""
        return f"{self.value}: {self.options[ord(self.value) - ord('A')]}"


@dataclass(frozen=True, slots=True)
class Raises:
    """The right answer is that it raises an error; `instead` is the field that the page shows, as if it did not."""

    instead: Field

    @property
    def value(self) -> Raised:
        """The key."""
        return RAISED

    @property
    def field(self) -> Field:
        """What the page shows: exactly what a question that does not raise shows."""
        return self.instead

    def parse(self, text: str, *, may_raise: bool = True) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return _mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is "this raises an error"."""
        return isinstance(value, Raised)

    def show(self) -> str:
        """Write the key."""
        return show(RAISED)


Answer: TypeAlias = Integer | Number | Shape | Array | Choice | Raises


def _mark_whole(answer: Answer, reading: Reading) -> Mark:
    if reading.value is None:
        return Mark(Fraction(0), "unreadable")
    return _RIGHT if answer.accepts(reading.value) else _WRONG


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    while len(shape) > 1 and shape[0] == 1:
        shape = shape[1:]
    return shape
