"""Kinds whose answer is a statement: how the operation is defined, and whether an assertion holds for random numbers."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from question_bank.errors import FormatError
from question_bank.lectures.compare import Answer
from question_bank.lectures.given import Given, shape
from question_bank.lectures.kind import Kind, Mistakes, Slip, table
from question_bank.lectures.show import rows_text
from question_bank.lectures.windows import Convolution
from question_bank.lectures.work import Work
from question_bank.misconceptions import CATALOGUE

_REFERENCE = r"([A-Z])\[([ijkl+\- ]{1,9}),([ijkl+\- ]{1,9})\]"
_SUM = re.compile(rf"sum\s{{1,9}}{_REFERENCE}\s{{0,9}}\*\s{{0,9}}{_REFERENCE}")
_DEFINITION = "sum B[k,l] * A[i+k,j+l]"
_TRUE_CONVOLUTION = "sum B[k,l] * A[i-k,j-l]"


def _defined(given: Given, work: Work) -> Answer:
    """Define cross-correlation of an image A (x) with a kernel B (w), k and l running over the kernel: torch.nn.Conv2d."""
    _example(given).output(work)
    return _DEFINITION


def _example(given: Given) -> Convolution:
    return Convolution((given.image("x"),), ((given.image("w"),),), (0,), (1, 1), (0, 0))


def _defined_mistakes(given: Given, work: Work) -> Mistakes:  # noqa: ARG001  # of the same form as the others
    yield "kernel-flipped", lambda: _TRUE_CONVOLUTION
    yield "row-column-exchanged", lambda: "sum B[k,l] * A[j+l,i+k]"
    yield "kernel-transposed", lambda: "sum B[l,k] * A[i+k,j+l]"


def _defined_slips(given: Given, stated: object, work: Work) -> Iterator[Slip]:
    """Read a sum that names one array twice as if the other stood in its second place."""
    factors = _factors(stated)
    if factors is None or {name for name, *_ in factors} == {"A", "B"}:
        return
    yield Slip("one-array-twice", "One array stands in the sum twice, where image A and kernel B are meant.")
    if sorted(indices for _, *indices in factors) == sorted(i for _, *i in _factors(_TRUE_CONVOLUTION) or []):
        convolution = _example(given)
        turned = tuple(row[::-1] for row in convolution.w[0][0][::-1])
        rows = replace(convolution, w=((turned,),)).output(work)[0]
        entry = CATALOGUE["kernel-flipped"]
        text = (
            f"{entry.title}: with these indices it is true convolution, which gives {rows_text(rows)} here."
        )
        yield Slip("kernel-flipped", text, misconception=True)


def _factors(text: object) -> list[tuple[str, str, str]] | None:
    """Return the two factors (array, row, column) in alphabetical order, or None where it is no such sum."""
    match = _SUM.fullmatch(text.strip()) if isinstance(text, str) and len(text) <= 200 else None
    if match is None:
        return None
    found = [(match[at], _index(match[at + 1]), _index(match[at + 2])) for at in (1, 4)]
    return sorted(found)


def _index(text: str) -> str:
    """Write an index with its terms in order: `k + i` as `+i+k`."""
    terms = re.findall(r"[+-]?[ijkl]", "".join(text.split()))
    return "".join(sorted((term if term[0] in "+-" else f"+{term}" for term in terms), key=lambda t: t[1]))


def _same_sum(stated: object, right: Answer, given: Given) -> bool:  # noqa: ARG001  # of the same form as the others
    factors = _factors(stated)
    if factors is None:
        raise FormatError(
            f"stated_answer: {str(stated)[:60]!r} is not understood; expected such as {_DEFINITION}"
        )
    return factors == _factors(right)


_DRAWS: Final = 500
_ALWAYS, _SOMETIMES, _NEVER = "always holds", "fails for some random draws", "never holds"


def _asserted(given: Given, work: Work) -> Answer:
    """Draw float32 arrays and compute a 1x1 convolution in two ways that are equal but for rounding.

    One rounds every product and every sum, the other each sum of an exact product, as processors with fused
    multiply-add do. The assertion holds for a draw where the differences add up to less than `tolerance_used`.
    """
    failed = _asserted_failures(given, work)
    return _SOMETIMES if 0 < failed < _DRAWS else _NEVER if failed else _ALWAYS


def _same_claim(stated: object, right: Answer, given: Given) -> bool:  # noqa: ARG001  # of the same form as the others
    if stated not in (_ALWAYS, _SOMETIMES, _NEVER):
        raise FormatError(f"stated_answer: expected {_ALWAYS!r}, {_SOMETIMES!r} or {_NEVER!r}")
    return stated == right


def _asserted_slips(given: Given, stated: object, work: Work) -> Iterator[Slip]:
    """Say how often the assertion fails, where it is said to hold always."""
    failed = _asserted_failures(given, work)
    if failed and stated == _ALWAYS:
        yield Slip(
            "rounding-differs",
            "The two results are equal but for rounding: with and without fused multiply-add they differ by more "
            f"than that in {failed} of {_DRAWS} draws.",
        )


def _asserted_failures(given: Given, work: Work) -> int:
    """Count the draws for which the assertion fails."""
    shapes = given.raw("shapes")
    if not isinstance(shapes, list) or len(shapes) != 2:
        raise FormatError("shapes: expected those of x (C, H, W) and of w (F, C, 1, 1)")
    x, w = shape(shapes[0], "shapes", 3), shape(shapes[1], "shapes", 4)
    if w[1:] != (x[0], 1, 1):
        raise FormatError(f"shapes={[x, w]}: expected w (F, C, 1, 1) with the channels of x")
    products = w[0] * x[0] * x[1] * x[2]
    work.spend(products * _DRAWS // 50)  # they are computed fifty at a time and more
    return _failures(x, w[0], float(given.number("tolerance_used")))


def _failures(x: tuple[int, ...], filters: int, tolerance: float) -> int:
    import numpy as np

    pixels = _drawn("x", (_DRAWS, 1, x[0], x[1] * x[2]))
    weights = _drawn("w", (_DRAWS, filters, x[0], 1))
    rounded = fused = np.zeros((_DRAWS, filters, x[1] * x[2]), dtype=np.float32)
    for channel in range(x[0]):
        factor, other = weights[:, :, channel], pixels[:, :, channel]
        rounded = rounded + factor * other
        exact = factor.astype(np.float64) * other.astype(np.float64)
        fused = (fused.astype(np.float64) + exact).astype(np.float32)
    apart = np.abs(rounded - fused).sum(axis=(1, 2))
    return int((apart >= tolerance).sum())


def _drawn(name: str, size: tuple[int, ...]) -> Any:
    """Return float32 numbers from -2 to 2, always the same for a name and a size."""
    import numpy as np

    count = int(np.prod(size))
    stream = hashlib.shake_256(f"{name} {size}".encode()).digest(4 * count)
    return (np.frombuffer(stream, dtype="<u4") / 2.0**30 - 2).astype(np.float32).reshape(size)


KINDS = table(
    Kind(
        "definition",
        _defined,
        ("true-convolution-by-hand",),
        _defined_mistakes,
        _defined_slips,
        same=_same_sum,
    ),
    Kind("assertion_rate", _asserted, ("float-sum-order",), slips=_asserted_slips, same=_same_claim),
)
