"""Which misconception or slip explains a wrong answer: only what leads to exactly what is stated is named."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from question_bank.errors import QuestionBankError
from question_bank.lectures.compare import Answer, Difference, decimals, holds
from question_bank.lectures.given import Given
from question_bank.lectures.kind import Kind, Slip
from question_bank.lectures.show import number_text
from question_bank.lectures.stacks import RaisesError
from question_bank.lectures.work import BudgetError, Work
from question_bank.misconceptions import CATALOGUE, LECTURES

_MOST_NAMED = 3
_FOR_ERRATA: Final = {
    "megabyte-of-a-million": "With 1024 times 1024 bytes, as summaries print it, a megabyte is larger."
}
"""Explanations in place of those of the catalogue that speak of a question."""
Matches: TypeAlias = Callable[[Answer], bool]
"""Whether what is stated is this."""


def misconceptions(kind: Kind, given: Given, right: Answer, matches: Matches, work: Work) -> list[Slip]:
    """Name the misconceptions of the catalogue that lead to what is stated, at most three."""
    found: list[Slip] = []
    with suppress(BudgetError):  # the file's budget is spent: what was found until then is reported
        for rule, build in kind.mistakes(given, work):
            wrong = _built(build)
            if wrong is None or wrong == right or any(rule == slip.id for slip in found):
                continue
            if matches(wrong):
                found.append(catalogued(rule))
    return found[:_MOST_NAMED]


def _built(build: Callable[[], Answer]) -> "Answer | None":
    """Work a misconception out; None where it leads to nothing, such as an error."""
    try:
        return build()
    except BudgetError:
        raise
    except (QuestionBankError, RaisesError, ArithmeticError):
        return None


def by_axes(stated: Any, right: Answer) -> Iterator[Slip]:
    """Name what was done to the axes of a shape, or of every shape that is wrong."""
    pairs = [
        (tuple(one), other)
        for one, other in _shapes(stated, right)
        if isinstance(one, list) and isinstance(other, tuple) and tuple(one) != other
    ]
    if not pairs:
        return
    if all(
        len(one) == len(other) >= 2 and one == (*other[:-2], other[-1], other[-2]) for one, other in pairs
    ):
        yield catalogued("height-width-swapped")
    elif all(len(one) == len(other) == 3 and one == (*other[1:], other[0]) for one, other in pairs):
        yield catalogued("channels-last")
    elif all(_one_axis_more(one, other) for one, other in pairs):
        yield Slip("axis-too-many", "The stated shape has an axis of length 1 too many.")


def _shapes(stated: Any, right: Answer) -> list[tuple[Any, Any]]:
    if not isinstance(right, tuple):
        return []
    if all(isinstance(item, int) for item in right):
        return [(stated, right)]
    if not isinstance(stated, list) or len(stated) != len(right):
        return []
    return list(zip(stated, right, strict=True))


def _one_axis_more(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return any(
        one[place] == 1 and tuple(one[:place]) + tuple(one[place + 1 :]) == tuple(other)
        for place in range(len(one))
    )


def catalogued(rule: str) -> Slip:
    """Return a misconception of the catalogue as an explanation, in words for the errata where there are some."""
    entry = CATALOGUE[rule]
    said = LECTURES.get(rule) or _FOR_ERRATA.get(rule) or entry.explanation
    return Slip(rule, f"{entry.title}. {said}", misconception=True)


def by_digits(apart: Sequence[Difference], *, alone: bool) -> Iterator[Slip]:
    """Tell whether digits were cut off instead of rounded, or, where nothing else explains it, one digit is another."""
    if apart and all(_truncated(difference) for difference in apart):
        yield Slip("truncated", "Digits are cut off where the value is to be rounded.")
    elif alone and len(apart) == 1 and _one_digit(apart[0]):
        yield Slip("one-digit", "One digit is another: a slip of the pen, or of the copy.")


def _numbers(difference: Difference) -> tuple[int | Decimal, Fraction] | None:
    stated, right = difference.stated, difference.right
    known = isinstance(stated, int | Decimal) and not isinstance(stated, bool)
    if not known or not isinstance(right, int | Fraction | float) or not math.isfinite(right):
        return None
    return stated, Fraction(right)


def _truncated(difference: Difference) -> bool:
    numbers = _numbers(difference)
    if numbers is None or not decimals(numbers[0]):
        return False
    scale = 10 ** decimals(numbers[0])
    return bool(math.trunc(numbers[1] * scale) == Fraction(numbers[0]) * scale)


def _one_digit(difference: Difference) -> bool:
    numbers = _numbers(difference)
    if numbers is None:
        return False
    one, other = str(numbers[0]), number_text(numbers[1], decimals(numbers[0]))
    if decimals(numbers[0]):
        other = f"{float(numbers[1]):.{decimals(numbers[0])}f}"
    same_length = len(one) == len(other) >= 2
    return same_length and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def matcher(kind: Kind, given: Given, stated: Any, tolerance: Fraction | None) -> Matches:
    """Return whether a stated answer is this or that, as its kind compares them."""
    same = kind.same
    if same is not None:
        return lambda answer: same(stated, answer, given)
    return lambda answer: holds(stated, answer, tolerance)
