"""Kernel sizes that lead from one size to another: Dumoulin & Visin, arXiv:1603.07285, Relationship 6, solved for k."""

from question_bank import fitting, shown
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.fitting import Ends
from question_bank.formulas import separated, solve, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value

_LONGEST = 15
_STEM = (
    "A convolution with stride ${s}$, padding ${p}$ on each side and no dilation is applied to an image that is ${n}$ pixels "
    "high, and its output is ${m}$ pixels high. How many pixels high can its kernel be? Write all sizes that are possible in one "
    "line, from the smallest to the largest."
)
_SMALLEST, _LARGEST = _KEY = "n + 2*p - m*s + 1", "n + 2*p - (m - 1)*s"
_RULES: dict[str, Ends] = {
    "one-kernel-size-only": (_LARGEST, _LARGEST),
    "smallest-kernel-left-out": (f"{_SMALLEST} + 1", _LARGEST),
    "padding-once": ("n + p - m*s + 1", "n + p - (m - 1)*s"),
    "padding-ignored": ("n - m*s + 1", "n - (m - 1)*s"),
    "plus-one-forgotten": ("n + 2*p - (m + 1)*s + 1", "n + 2*p - m*s"),
    "ceil-instead-of-floor": ("n + 2*p - (m - 1)*s", "n + 2*p - (m - 2)*s - 1"),
    "stride-ignored": ("n + 2*p - m + 1", "n + 2*p - m + 1"),
}
_LINES = (
    ("", "Largest: it ends with the padded image when it has moved $m - 1$ times", _LARGEST),
    ("", "Smallest: with one pixel less it could move once more", _SMALLEST),
)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return fitting.wrong_sets(fitting.all_that_fit(_KEY, given), _RULES, given)


def _askable(given: Given) -> bool:
    """Whether every size that fits is positive, no longer than the line, and the largest is no giant."""
    smallest, largest = solve(_KEY, given)
    return 2 * given["p"] < smallest <= largest <= min(_LONGEST, given["n"]) and separated(_wrong(given), 3)


@family("kernel-sizes-that-fit", topic="shapes", version=2)
class KernelSizesThatFit:
    """All kernel sizes that lead from one height to another with a given stride and padding."""

    space = Space(n=range(10, 45), m=range(3, 37), s=(1, 2, 3, 4), p=(0, 1, 2), radicals=("s",)).where(
        _askable
    )
    rules = tuple(_RULES)
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the whole set, as many sizes as the stride."""
        part = Part(fitting.all_that_fit(_KEY, given), Message("Kernel sizes"))
        solution = worked(_LINES, given)
        return Draft(Message(_STEM, given), (part,), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every kernel size that fits on the padded line is tried by torch."""
        import torch

        n, m, s, p = shown.numbers(question, "nmsp")
        line = torch.zeros(n + 2 * p)
        return (Grid.of([k for k in range(1, len(line) + 1) if len(line.unfold(0, k, s)) == m]),)
