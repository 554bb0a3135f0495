"""What an answer can be, exactly, and how each is shown.

Numbers, shapes, grids, letters of options, expressions, texts, "this raises an error", "this cannot be determined".
"""

import math
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final, Literal, TypeAlias, get_args

from question_bank.errors import AnswerError, FormatError

Rational: TypeAlias = int | Fraction
Kind: TypeAlias = Literal["integer", "number", "shape", "array", "choice", "choices", "expression", "text"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
_MOST_PLACES = 40
_OBJECTS = "raises, undetermined, option, expression, text, or shape and cells"


class Raised(Enum):
    """The answer "this raises an error", as a type of its own."""

    RAISED = "raises"


class Undetermined(Enum):
    """The answer "this cannot be determined", as a type of its own."""

    UNDETERMINED = "undetermined"


RAISED: Final = Raised.RAISED
UNDETERMINED: Final = Undetermined.UNDETERMINED


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression in the canonical form of `question_bank.expressions`; equal texts are equal, the converse takes a proof."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A written answer, which a person judges."""

    text: str


WRITTEN: Final = Prose("")
"""What stands in for the answer to a written question, whose right answers nobody can list."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers in a regular array of any rank.

    Attributes:
        shape: the length of each axis, outermost first, each at least 1.
        cells: the numbers in row-major order.

    >>> Grid.of([[1, 2], [3, 4]])
    Grid(shape=(2, 2), cells=(1, 2, 3, 4))
    """

    shape: tuple[int, ...]
    cells: tuple[Rational, ...]

    def __post_init__(self) -> None:
        if math.prod(self.shape) != len(self.cells) or any(length < 1 for length in self.shape):
            raise AnswerError(
                f"shape={self.shape}: expected positive lengths whose product is the number of cells, {len(self.cells)}"
            )

    @classmethod
    def of(cls, rows: Sequence[Rational] | Sequence[Sequence[Rational]]) -> "Grid":
        """Make a grid of rank 1 or 2 from its numbers or rows."""
        flat: list[Rational] = []
        for row in rows:
            flat += [row] if isinstance(row, int | Fraction) else row
        first = rows[0] if rows else 0
        shape = (len(rows),) if isinstance(first, int | Fraction) else (len(rows), len(first))
        return cls(shape, tuple(flat))

    def rows(self) -> list[tuple[Rational, ...]]:
        """Return the innermost rows, in order."""
        width = self.shape[-1] if self.shape else 1
        return [self.cells[start : start + width] for start in range(0, len(self.cells), width)]


Value: TypeAlias = int | Fraction | tuple[int, ...] | Grid | str | Raised | Undetermined | Expr | Prose


@dataclass(frozen=True, slots=True)
class Field:
    """The public side of an answer: what a page shows to be filled in. It holds nothing of the key.

    Attributes:
        kind: what is read: `integer`, `number`, `shape`, `array`, `choice`, `choices`, `expression` or `text`.
        unit: shown after the field (`px`, `parameters`); empty when there is none.
        axes: names of a shape's axes, in order (`channels`, `height`, `width`).
        options: the texts of a choice, in order, in the language of `Message`; their letters are A, B, ...
        size: the shape of the cells to fill in, for an array; None when the shape is part of the answer.
        may_raise: whether "this raises an error" is offered as an answer.
        may_be_undetermined: whether "this cannot be determined" is offered as an answer.
        symbols: the letters that an expression may have, as the stem declares them.
    """

    kind: Kind
    unit: str = ""
    axes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    size: tuple[int, ...] | None = None
    may_raise: bool = False
    may_be_undetermined: bool = False
    symbols: tuple[str, ...] = ()

    @property
    def letters(self) -> str:
        """The letters of the options, `ABC...`."""
        return string.ascii_uppercase[: len(self.options)]

    def letters_of(self, holds: Callable[[str], object]) -> str:
        """Return the letters of the options that something holds for, in order.

        >>> Field("choice", options=("3 px", "4 px", "5 px")).letters_of(lambda option: option > "3 px")
        'BC'
        """
        return "".join(
            letter for letter, option in zip(self.letters, self.options, strict=True) if holds(option)
        )


def simplest(value: Rational) -> Rational:
    """Return a whole fraction as an `int`.

    >>> simplest(Fraction(4, 2)), simplest(Fraction(1, 2))
    (2, Fraction(1, 2))
    """
    return value.numerator if value.denominator == 1 else value


def show_number(value: Rational) -> str:
    """Write a number exactly: whole, as a decimal of at most 40 places, else as a fraction.

    >>> show_number(Fraction(-1, 4)), show_number(Fraction(1, 3)), show_number(24)
    ('-0.25', '1/3', '24')
    """
    if value.denominator == 1:
        return str(value.numerator)
    places = next((n for n in range(1, _MOST_PLACES + 1) if 10**n % value.denominator == 0), 0)
    if not places:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def show_shape(shape: Sequence[int]) -> str:
    """Write a shape as PyTorch and NumPy do.

    >>> show_shape((32, 24, 24)), show_shape((5,)), show_shape(())
    ('(32, 24, 24)', '(5,)', '()')
    """
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def show_grid(grid: Grid) -> str:
    """Write an array with brackets.

    >>> show_grid(Grid((1, 2), (1, -2)))
    '[[1, -2]]'
    """
    parts = [show_number(cell) for cell in grid.cells]
    for length in reversed(grid.shape):
        parts = [f"[{', '.join(parts[i : i + length])}]" for i in range(0, len(parts), length)]
    return parts[0]


def show(value: Value) -> str:
    """Write any value as a person would type it."""
    if isinstance(value, Raised):
        return "this raises an error"
    if isinstance(value, Undetermined):
        return "this cannot be determined"
    if isinstance(value, Expr | Prose):
        return value.text
    if isinstance(value, Grid):
        return show_grid(value)
    if isinstance(value, tuple):
        return show_shape(value)
    return value if isinstance(value, str) else show_number(value)


def value_to_json(value: Value) -> Json:
    """Freeze a value: whole numbers as such, fractions as `"n/d"`, the rest as an object that names its kind."""
    match value:
        case Raised():
            frozen: Json = {"raises": True}
        case Undetermined():
            frozen = {"undetermined": True}
        case Expr(text):
            frozen = {"expression": text}
        case Prose(text):
            frozen = {"text": text}
        case Grid(shape, cells):
            frozen = {"shape": list(shape), "cells": [value_to_json(cell) for cell in cells]}
        case tuple():
            frozen = list(value)
        case str():
            frozen = {"option": value}
        case _:
            frozen = value if isinstance(value, int) else f"{value.numerator}/{value.denominator}"
    return frozen


def value_from_json(data: Json) -> Value:
    """Read what `value_to_json` wrote.

    Raises:
        FormatError: the data is no value.
    """
    if isinstance(data, bool) or data is None:
        raise FormatError(f"value={data!r}: expected a number, a list, or an object with {_OBJECTS}")
    if isinstance(data, int | str):
        return _rational_from_json(data)
    if isinstance(data, list):
        return tuple(_whole_from_json(item) for item in data)
    return _object_from_json(data)


def _object_from_json(data: Mapping[str, Json]) -> Value:
    match data:
        case {"raises": True}:
            return RAISED
        case {"undetermined": True}:
            return UNDETERMINED
        case {"expression": str(text)}:
            return Expr(text)
        case {"text": str(text)}:
            return Prose(text)
        case {"option": str(letter)}:
            return letter
        case {"shape": list(shape), "cells": list(cells)}:
            return Grid(tuple(map(_whole_from_json, shape)), tuple(map(_rational_from_json, cells)))
    raise FormatError(f"value with {sorted(data)}: expected {_OBJECTS}")


def _whole_from_json(data: Json) -> int:
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    raise FormatError(f"{data!r}: expected a whole number")


def _rational_from_json(data: Json) -> Rational:
    if isinstance(data, str):
        top, slash, bottom = data.partition("/")
        if slash and top.removeprefix("-").isdecimal() and bottom.isdecimal() and int(bottom):
            return simplest(Fraction(int(top), int(bottom)))
        raise FormatError(f"{data!r}: expected a fraction written n/d")
    return _whole_from_json(data)
