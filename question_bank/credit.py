"""The partial-credit rule of an item: how the marks of its parts become the points of the item.

| rule             | what an item earns                                                                                       |
| ---------------- | -------------------------------------------------------------------------------------------------------- |
| `parts`          | parts count equally, each with its own partial credit: cells of an array, right options, earlier answers  |
| `per-cell`       | as `parts`, but a part that is an array counts as many times as it has cells                             |
| `whole-parts`    | parts count equally, each of them whole or not at all                                                    |
| `all-or-nothing` | all points where every part is right, else none                                                          |
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from question_bank.answers import Answer, Array
from question_bank.errors import FormatError
from question_bank.frozen import take
from question_bank.values import Json

PARTS: Final = "parts"
PER_CELL: Final = "per-cell"
WHOLE_PARTS: Final = "whole-parts"
ALL_OR_NOTHING: Final = "all-or-nothing"
RULES: Final = (PARTS, PER_CELL, WHOLE_PARTS, ALL_OR_NOTHING)


def share(rule: str, answers: Sequence[Answer], fractions: Sequence[Fraction]) -> Fraction:
    """Return which share of an item's points its parts earn, 0 to 1, exact.

    Args:
        rule: one of `RULES`.
        answers: the key of each part.
        fractions: what each part earned, 0 to 1.

    >>> from question_bank.answers import Integer
    >>> half = (Fraction(1), Fraction(1, 2))
    >>> [str(share(rule, (Integer(1), Integer(2)), half)) for rule in RULES]
    ['3/4', '3/4', '1/2', '0']
    """
    weights = [weight(answer) if rule == PER_CELL else 1 for answer in answers]
    earned = [Fraction(f == 1) if rule in {WHOLE_PARTS, ALL_OR_NOTHING} else f for f in fractions]
    if rule == ALL_OR_NOTHING:
        return min(earned)
    return sum((w * f for w, f in zip(weights, earned, strict=True)), Fraction(0)) / sum(weights)


def to_json(rule: str) -> dict[str, Json]:
    """Freeze a rule: nothing where it is `parts`."""
    return {} if rule == PARTS else {"credit": rule}


def from_json(data: Json) -> str:
    """Read the field that `to_json` wrote, from the object that it is in.

    Raises:
        FormatError: there is no such rule.
    """
    rule = take(data, "credit", str) if isinstance(data, dict) and "credit" in data else PARTS
    if rule not in RULES:
        raise FormatError(f"credit={rule!r}: expected one of {', '.join(RULES)}; a newer LeGrade may read it")
    return rule


def weight(answer: Answer) -> int:
    """Return how many times a part counts by the rule `per-cell`."""
    return len(answer.value.cells) if isinstance(answer, Array) else 1
