"""What Moodle compares an answer with, whatever file it reads that from: texts with weights of its list, and feedback."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from question_bank.course_html import Look
from question_bank.errors import ExportError
from question_bank.gaps import NumberGap, OptionGap, TextGap
from question_bank.spellings import decimal, spellings

WEIGHTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20)
"""Moodle's list of weights has 1/n for these n."""

_WRONG_SPELLINGS: Final = 4


@dataclass(frozen=True, slots=True)
class Compared:
    """An answer that Moodle compares with: HTML or a plain text, its weight in percent, feedback as HTML, of a number a tolerance."""

    text: str
    fraction: str
    feedback: str = ""
    tolerance: str = "0"


def numbers(gap: NumberGap, look: Look) -> Iterator[Compared]:
    """Yield the right number, then wrong ones that have a name: the first that is near enough counts."""
    yield Compared(decimal(gap.value), "100", "", decimal(gap.tolerance))
    for value, names in gap.wrong:
        yield Compared(decimal(value), "0", look.explanations(names), decimal(gap.tolerance_of(value)))


def texts(gap: TextGap, look: Look) -> Iterator[Compared]:
    """Yield every spelling of what is right, then the usual ones of wrong answers that have a name."""
    taken = set()
    for text in spellings(gap.value, gap.tolerance):
        taken.add(text.casefold())
        yield Compared(text, "100")
    for value, names in gap.wrong:
        for text in spellings(value, gap.tolerance)[:_WRONG_SPELLINGS]:
            if text.casefold() not in taken:  # a spelling stands for the answer that comes first
                taken.add(text.casefold())
                yield Compared(text, "0", look.explanations(names))


def options(gap: OptionGap, item: str, look: Look) -> Iterator[Compared]:
    """Yield the options; where several are right a wrong one takes away as much as a right one gives.

    Raises:
        ExportError: so many are right that Moodle has no weight for one; the message names the item.
    """
    right = _weight(len(gap.right), item)
    said = dict(gap.wrong)
    for letter, option in zip(gap.letters(), gap.options, strict=True):
        weight = right if letter in gap.right else f"-{right}" if gap.several else "0"
        yield Compared(look.template(option), weight, look.explanations(said.get(letter, ())))


def _weight(right: int, item: str) -> str:
    """Return the weight of each of so many right options: one that Moodle's list has."""
    if right not in WEIGHTS:
        raise ExportError(
            f"item {item}: {right} right options: expected at most 10, or 20, because Moodle's list of weights has no 1/{right}; "
            "leave some options out"
        )
    return f"{100 / right:.5f}".rstrip("0").rstrip(".")
