"""Follow-through: how a part's answer follows from the earlier answers that a student gave, right or wrong.

A part that builds on earlier ones is marked against the key first; where it is wrong, against what follows from the student's
own earlier answers, so that one slip costs one part. The rule is frozen with the key, so nothing is made again when marking.

>>> Follow("formula", (0,), formula="2*a + 1").apply((20,))
41
>>> Follow("formula", (0, 1), formula="a + 10*b").apply((Grid.of([1, 2]), Grid.of([3, 4])))
Grid(shape=(2,), cells=(31, 42))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from question_bank import cnn, layers, maths
from question_bank.errors import AnswerError, FormatError, FormulaError
from question_bank.frozen import rational, take, take_all
from question_bank.values import Grid, Json, Rational, Value, simplest, value_from_json, value_to_json

_NAMES: Final = "abcdefgh"


@dataclass(frozen=True, slots=True)
class Follow:
    """One step of a calculation, from earlier answers of the same question to a part's.

    Attributes:
        operation: a key of `OPERATIONS`, or `formula`.
        parts: the earlier parts that it starts from, counted from 0; a formula calls them a, b, c, ...
        numbers: whole numbers it needs: `stride`, `padding`, `kernel_size`, `bias`, `row`, `column`.
        grids: arrays it needs: `kernel` of a convolution, `target` of a loss, or arrays that a formula names.
        formula: in the language of `maths`; where arrays are named in it, it is worked out cell by cell.

    Raises:
        AnswerError: the operation is unknown, or needs another number of earlier parts.
    """

    operation: str
    parts: tuple[int, ...]
    numbers: Mapping[str, int] = field(default_factory=dict)
    grids: Mapping[str, Grid] = field(default_factory=dict)
    formula: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", MappingProxyType(dict(self.numbers)))
        object.__setattr__(self, "grids", MappingProxyType(dict(self.grids)))
        if self.operation != "formula" and self.operation not in OPERATIONS:
            raise AnswerError(
                f"operation={self.operation!r}: expected formula or one of {', '.join(OPERATIONS)}"
            )
        most = len(_NAMES) if self.operation == "formula" else 1
        if not 1 <= len(self.parts) <= most:
            raise AnswerError(f"parts={self.parts}: expected 1 to {most} earlier parts for {self.operation}")

    def apply(self, earlier: Sequence[Value | None]) -> Value | None:
        """Work out what follows from the answers to `parts`, in that order; None where nothing does."""
        try:
            if self.operation == "formula":
                return self._evaluated(earlier)
            start = earlier[0]
            return OPERATIONS[self.operation](self, start) if isinstance(start, Grid) else None
        except (AnswerError, FormulaError):
            return None  # a wrong answer of another size leads nowhere

    def _evaluated(self, earlier: Sequence[Value | None]) -> Value | None:
        """Work the formula out, once for numbers, cell by cell for arrays, which must be of one shape."""
        named = {**dict(zip(_NAMES, earlier, strict=False)), **self.numbers, **self.grids}
        arrays = [value for value in named.values() if isinstance(value, Grid)]
        if not all(isinstance(value, int | Fraction | Grid) for value in named.values()):
            return None
        if not arrays:
            return maths.evaluate(self.formula, named)  # type: ignore[arg-type]  # all are numbers
        if len({array.shape for array in arrays}) > 1:
            raise AnswerError(f"shapes {[array.shape for array in arrays]}: expected one shape")
        cells = (
            {name: value.cells[i] if isinstance(value, Grid) else value for name, value in named.items()}
            for i in range(len(arrays[0].cells))
        )
        return Grid(arrays[0].shape, tuple(maths.evaluate(self.formula, at) for at in cells))  # type: ignore[arg-type]  # numbers, too

    def to_json(self) -> Json:
        """Freeze the rule."""
        return {
            "operation": self.operation,
            "parts": list(self.parts),
            "numbers": dict(self.numbers),
            "grids": {name: value_to_json(grid) for name, grid in self.grids.items()},
            "formula": self.formula,
        }

    @classmethod
    def from_json(cls, data: Json) -> "Follow":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no rule; the message names the field.
        """
        numbers, grids = take(data, "numbers", dict), take(data, "grids", dict)
        try:
            return cls(
                take(data, "operation", str),
                take_all(data, "parts", _whole),
                {name: take(numbers, name, int) for name in numbers},
                {name: _grid(value) for name, value in grids.items()},
                take(data, "formula", str),
            )
        except AnswerError as error:
            raise FormatError(f"follow: {error}") from None


def _conv2d(follow: Follow, grid: Grid) -> Value:
    numbers, kernel = follow.numbers, _rows(follow.grids["kernel"])
    options = (numbers.get("bias", 0), numbers.get("stride", 1), numbers.get("padding", 0))
    return _made(cnn.correlate(_rows(grid), kernel, *options), grid)


def _max_pool2d(follow: Follow, grid: Grid) -> Value:
    size = follow.numbers["kernel_size"]
    return _made(cnn.max_pool(_rows(grid), size, follow.numbers.get("stride", size)), grid)


def _avg_pool2d(follow: Follow, grid: Grid) -> Value:
    size = follow.numbers["kernel_size"]
    return _made(layers.avg_pool(_rows(grid), size, follow.numbers.get("stride", size)), grid)


def _pad2d(follow: Follow, grid: Grid) -> Value:
    return Grid.of(cnn.padded(_rows(grid), follow.numbers["padding"]))


def _relu(_follow: Follow, grid: Grid) -> Value:
    return Grid(grid.shape, tuple(max(cell, 0) for cell in grid.cells))


def _flatten(_follow: Follow, grid: Grid) -> Value:
    return Grid((len(grid.cells),), grid.cells)


def _select(follow: Follow, grid: Grid) -> Value:
    rows = _rows(grid)
    row, column = follow.numbers["row"], follow.numbers["column"]
    if not (0 <= row < len(rows) and 0 <= column < len(rows[0])):
        raise AnswerError(f"shape={grid.shape}: there is no cell ({row}, {column})")
    cell: Rational = rows[row][column]
    return cell


def _mse(follow: Follow, grid: Grid) -> Value:
    target = follow.grids["target"]
    if target.shape != grid.shape:
        raise AnswerError(f"shape={grid.shape}: expected that of the target, {target.shape}")
    squares = [Fraction(y - t) ** 2 for y, t in zip(grid.cells, target.cells, strict=True)]
    return simplest(sum(squares, start=Fraction(0)) / len(squares))


OPERATIONS: Final[Mapping[str, Callable[[Follow, Grid], Value]]] = MappingProxyType(
    {
        "conv2d": _conv2d,
        "max_pool2d": _max_pool2d,
        "avg_pool2d": _avg_pool2d,
        "pad2d": _pad2d,
        "relu": _relu,
        "flatten": _flatten,
        "select": _select,
        "mse": _mse,
    }
)
"""What can be followed beside a formula; every operation means what it does in PyTorch, on one channel."""


def _rows(grid: Grid) -> list[list[Any]]:
    if len(grid.shape) != 2:
        raise AnswerError(f"shape={grid.shape}: expected two axes")
    return [list(row) for row in grid.rows()]


def _made(rows: Sequence[Sequence[Rational]], grid: Grid) -> Grid:
    if not rows or not rows[0]:
        raise AnswerError(f"shape={grid.shape}: no window fits")
    return Grid.of([[simplest(Fraction(value)) for value in row] for row in rows])


def _whole(data: Json) -> int:
    value = rational(data)
    if not isinstance(value, int):
        raise FormatError(f"{data!r}: expected a whole number")
    return value


def _grid(data: Json) -> Grid:
    value = value_from_json(data)
    if not isinstance(value, Grid):
        raise FormatError(f"{data!r}: expected an array with shape and cells")
    return value
