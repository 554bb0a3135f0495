"""What the operations of `worker_networks.py` answer, in one form, whether a worker sent it or it was computed here.

An answer of another form was forged: that is the student's doing, as in `evidence`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.errors import BadReply

MAX_STAGES = 200
MAX_ENTRIES = 20
"""Of one layer; torch's own have at most five."""
MAX_AXES = 8


@dataclass(frozen=True, slots=True)
class Stage:
    """A layer that has parameters or buffers: what went in, what came out, and the shapes of its entries by name."""

    taken: tuple[int, ...]
    given: tuple[int, ...]
    entries: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Stages:
    """The layers that have parameters or buffers, in the order in which they ran on zeros."""

    rows: tuple[Stage, ...]
    given: tuple[int, ...]
    """Shape of the result; empty when there is none."""
    error: str
    """Text of the exception that ended the run, for the instructor; empty when it ran."""

    def numbers(self) -> list[int]:
        """List all sizes, each shape ended by -1 and each layer by -2, so that equal lists mean equal shapes."""
        shapes: list[tuple[int, ...]] = []
        for row in self.rows:
            shapes += [row.taken, row.given, *(shape for _, shape in row.entries), (-2,)]
        return [number for shape in (*shapes, self.given) for number in (*shape, -1)]


def _refuse() -> BadReply:
    return BadReply("what came back about the network is no answer")


def _stages(value: Any) -> Stages:
    match value:
        case [[*rows], given, str(error)] if len(rows) <= MAX_STAGES:
            return Stages(tuple(_stage(row) for row in rows), _size(given), error)
    raise _refuse()


def _stage(row: Any) -> Stage:
    match row:
        case [taken, given, [*entries]] if len(entries) <= MAX_ENTRIES:
            return Stage(_size(taken), _size(given), tuple(_entry(entry) for entry in entries))
    raise _refuse()


def _entry(value: Any) -> tuple[str, tuple[int, ...]]:
    match value:
        case [str(name), shape]:
            return name, _size(shape)
    raise _refuse()


def _size(value: Any) -> tuple[int, ...]:
    """Take a shape, which crosses the wire as an array, or as a list when it is empty."""
    match value:
        case np.ndarray(ndim=1) if value.dtype.kind in "iu" and len(value) <= MAX_AXES:
            return tuple(int(n) for n in value)
        case [*numbers] if len(numbers) <= MAX_AXES and all(type(n) is int for n in numbers):
            return tuple(numbers)
    raise _refuse()


def _run(value: Any) -> tuple[NDArray[np.float32], tuple[NDArray[np.float32], ...]]:
    match value:
        case [np.ndarray() as output, [*entries]] if all(_is_array(array) for array in (output, *entries)):
            return output, tuple(entries)
    raise _refuse()


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.float32


def _lengths(value: Any) -> NDArray[np.float64]:
    return _list_of(value, float, "f").astype(np.float64)


def _facts(value: Any, count: int) -> tuple[bool, ...]:
    found = _list_of(value, bool, "b")
    if len(found) != count:
        raise _refuse()
    return tuple(bool(fact) for fact in found)


def _list_of(value: Any, kind: type, dtype: str) -> NDArray[Any]:
    """Take a list, which crosses the wire as an array unless it is empty."""
    match value:
        case np.ndarray(ndim=1) if value.dtype.kind == dtype:
            return value
        case [*values] if all(type(v) is kind for v in values):
            return np.array(values, dtype=kind)
    raise _refuse()


FORMS: dict[str, Callable[[Any], Any]] = {
    "alike": lambda value: _facts(value, 3),
    "gradients": _lengths,
    "run": _run,
    "stages": _stages,
    "state_of": lambda value: _facts(value, 2),
}
"""For each operation what takes its answer; it raises `BadReply` where that has another form."""
