"""All that a hidden suite may import: the arguments it can send and the comparisons it can make.

A suite is ordinary pytest. Its fixtures come from `autograder.pytest_plugin`:

- `student`: call it like the student's function, or take a function by name (`student.fit(...)`). It runs in another
  process. Arrays, numbers, strings, None, lists and tuples go out; arrays, numbers, tuples and opaque handles
  come back. A limit, a crash or an exception of the student's code is a `StudentFault`.
- `reference`: the same functions from `reference.py`, run here; `reference.ask` asks what `student.ask` asks about a network.
- `rng`: a NumPy Generator, the same for the whole class, different for each test and round.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograder.errors import StudentFault, StudentRaised
from autograder.wire import Handle, Strided, Tensor

__all__ = [
    "Function",
    "Handle",
    "Mismatch",
    "Partial",
    "Strided",
    "Student",
    "StudentFault",
    "Tensor",
    "assert_raises",
    "assert_same",
    "assert_unchanged",
    "credit",
]


MOST_CELLS = 600
"""Cells of an array that are written into a record."""


class Function(Protocol):
    """A function that runs somewhere: the student's in a worker, the reference here."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        ...


class Student(Protocol):
    """The submission as a suite sees it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the first function of the spec."""
        ...

    def __getattr__(self, name: str) -> Function:
        """Take the function `name` of the spec."""
        ...

    def ask(self, operation: str, *args: Any, seconds: float | None = None) -> Any:
        """Run one of the worker's own operations on handles, such as `layers` or `weights`."""
        ...

    def changed_arguments(self) -> tuple[int, ...]:
        """Positions of the arrays that the last call changed in place."""
        ...


class Mismatch(AssertionError):  # noqa: N818 -- reads as what it says in a suite
    """The student's value differs; `reason` may be shown to the student, the message may not."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


class Partial(Mismatch):
    """The test holds in part: it did not pass, and earns `share` of its points."""

    def __init__(self, share: Fraction, reason: str, detail: str) -> None:
        super().__init__(reason, f"{detail}; credit {share}")
        self.share = share


def credit(share: Fraction, reason: str, detail: str) -> None:
    """Give a share of the test's points and end the test, which has then failed; with a share of 1 it goes on.

    Args:
        share: from 0 to 1, exact, so that the same result earns the same points everywhere. It stands in the record.
        reason: what is missing, for the student.
        detail: values, for the instructor.

    Raises:
        Partial: the share is below 1.
        TypeError, ValueError: it is no exact number, or not from 0 to 1: the suite is broken.

    >>> credit(Fraction(1), "nothing", "")
    >>> credit(Fraction(2, 3), "a third is missing", "4 of 6")
    Traceback (most recent call last):
        ...
    autograder.testing.Partial: a third is missing: 4 of 6; credit 2/3
    """
    if not isinstance(share, (Fraction, int)):
        raise TypeError(f"credit={share!r}: expected a Fraction from 0 to 1")
    if not 0 <= share <= 1:
        raise ValueError(f"credit={share}: expected a Fraction from 0 to 1")
    if share < 1:
        raise Partial(Fraction(share), reason, detail)


def assert_same(got: Any, expected: ArrayLike, *, rtol: float = 1e-9, atol: float | None = None) -> None:
    """Demand the shape and the values of `expected`; any real dtype will do.

    Args:
        got: what the student returned.
        expected: the reference's array.
        rtol: largest allowed difference relative to the largest magnitude in `expected`, so that one cell
            near zero decides nothing.
        atol: largest allowed difference in the array's own unit; `rtol` decides when it is None.

    Raises:
        Mismatch: with a reason that names shape, NaN, or values, without showing any.

    >>> assert_same([[1.0, 2.0]], np.array([[1.0, 2.0]]))
    >>> assert_same([[1.0, 2.0]], np.array([[1.0], [2.0]]))
    Traceback (most recent call last):
        ...
    autograder.testing.Mismatch: the result has the wrong shape: got (1, 2), expected (2, 1)
    got [[1, 2]]
    expected [[1], [2]]
    """
    want = np.asarray(expected, dtype=np.float64)
    array = _as_array(got)
    if array.shape != want.shape:
        raise Mismatch(
            "the result has the wrong shape", f"got {array.shape}, expected {want.shape}{_both(array, want)}"
        )
    if array.size == 0:
        return
    with np.errstate(invalid="ignore"):  # the wire lets any bits through as a float
        have = array.astype(np.float64)
    bad = np.isnan(have) & ~np.isnan(want)
    if bad.any():
        raise Mismatch("the result holds NaN", f"{int(bad.sum())} of {have.size} cells{_both(array, want)}")
    bound = atol if atol is not None else rtol * max(1.0, float(np.max(np.abs(want))))
    wrong = ~(np.isclose(have, want, rtol=0.0, atol=bound, equal_nan=True))
    if wrong.any():
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise Mismatch(
            "the result's values are wrong",
            f"{int(wrong.sum())} of {have.size} cells; first at {first}: got {have[first]!r}, expected {want[first]!r}{_both(array, want)}",
        )


def _both(got: NDArray[Any], expected: NDArray[Any]) -> str:
    """Write what came and what should have come, for the instructor's record."""
    return f"\ngot {_listed(got)}\nexpected {_listed(expected)}"


def _listed(array: NDArray[Any]) -> str:
    """Write an array as nested lists, six digits each; of a large one the first cells only, which is said.

    >>> _listed(np.array([[1.0, 1 / 3], [np.nan, -2.0]]))
    '[[1, 0.333333], [nan, -2]]'
    """
    if array.size <= MOST_CELLS:
        return _nested(array.tolist())
    first = islice(
        array.flat, MOST_CELLS
    )  # never the whole: an array may claim more cells than there is memory
    return f"{array.shape}: {', '.join(f'{cell:.6g}' for cell in first)}, and {array.size - MOST_CELLS} more"


def _nested(value: Any) -> str:
    return f"[{', '.join(map(_nested, value))}]" if isinstance(value, list) else f"{value:.6g}"


def _as_array(got: Any) -> NDArray[Any]:
    """Take what came over the wire as an array of real numbers, or say that it is none."""
    if isinstance(got, (bool, int, float, np.ndarray, np.generic)) or (
        isinstance(got, Sequence) and not isinstance(got, str)
    ):
        try:
            array = np.asarray(got)
        except ValueError:
            raise Mismatch("the result is a ragged list, not an array", "no common shape") from None
        if array.dtype.kind in "biuf":
            return array
    raise Mismatch(f"the result is {_kind(got)}, not an array of numbers", type(got).__name__)


def _kind(value: Any) -> str:
    """Name a value's kind in words a student knows."""
    return "None" if value is None else f"a {type(value).__name__}"


def assert_raises(function: Function, *args: Any, error: str = "ValueError", **kwargs: Any) -> None:
    """Demand that the call raises the built-in exception `error`.

    Raises:
        Mismatch: it returned, or it raised something else.
    """
    try:
        function(*args, **kwargs)
    except StudentRaised as raised:
        if raised.kind != error:
            raise Mismatch(f"the call raised {raised.kind}, expected {error}", "another exception") from None
    else:
        raise Mismatch(f"the call returned, expected it to raise {error}", "no exception")


def assert_unchanged(student: Student) -> None:
    """Demand that the last call left its array arguments as they were.

    Raises:
        Mismatch: with the positions of the arguments that were changed in place.
    """
    changed = student.changed_arguments()
    if changed:
        names = ", ".join(str(i + 1) for i in changed)
        raise Mismatch(
            f"the function changed its argument {names} in place", "arguments differ after the call"
        )
