"""Strides that lead from one size to another: Dumoulin & Visin, arXiv:1603.07285, Relationship 6, solved for s."""

from question_bank import fitting, shown
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.fitting import Ends
from question_bank.formulas import separated, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value

_STEM = (
    "A convolution with a kernel {k} pixels high, padding ${p}$ on each side and no dilation is applied to an image that is ${n}$ "
    "pixels high, and its output is ${m}$ pixels high. Which strides can it have along the height? Write all that are possible "
    "in one line, from the smallest to the largest."
)
_KEY: Ends = ("(n + 2*p - k) // m + 1", "(n + 2*p - k) // (m - 1)")
_RULES: dict[str, Ends] = {
    "one-stride-only": (_KEY[1], _KEY[1]),
    "smallest-stride-left-out": (f"{_KEY[0]} + 1", _KEY[1]),
    "padding-once": ("(n + p - k) // m + 1", "(n + p - k) // (m - 1)"),
    "padding-ignored": ("(n - k) // m + 1", "(n - k) // (m - 1)"),
    "plus-one-forgotten": ("(n + 2*p - k) // (m + 1) + 1", "(n + 2*p - k) // m"),
    "ceil-instead-of-floor": ("-((k - n - 2*p) // (m - 1))", "-((k - n - 2*p) // (m - 2)) - 1"),
    "size-over-stride": ("n // (m + 1) + 1", "n // m"),
}
_LINES = (
    ("", "Pixels that the kernel can move on the padded image", "n + 2*p - k"),
    ("", "Largest stride: $m - 1$ moves still fit, rounded down", _KEY[1]),
    ("", "Smallest stride: $m$ moves do not fit any more", _KEY[0]),
)
_LARGEST = 12


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return fitting.wrong_sets(fitting.all_that_fit(_KEY, given), _RULES, given)


def _askable(given: Given) -> bool:
    """Whether the padding is smaller than half the kernel, some stride fits and none is a giant, and mistakes show."""
    if 2 * given["p"] >= given["k"]:
        return False
    strides = fitting.between(_KEY, given)
    return 1 <= len(strides) <= 6 and strides[-1] <= _LARGEST and separated(_wrong(given), 3)


@family("strides-that-fit", topic="shapes", version=1)
class StridesThatFit:
    """All strides that lead from one height to another with a given kernel and padding."""

    space = Space(n=range(14, 50), k=(3, 4, 5, 7), p=(0, 1, 2), m=range(3, 17), radicals=("p",)).where(
        _askable
    )
    rules = tuple(_RULES)
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the whole set, which has one stride or several."""
        part = Part(fitting.all_that_fit(_KEY, given), Message("Strides"))
        return Draft(Message(_STEM, given), (part,), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every stride up to the length of the padded line is tried by torch."""
        import torch

        n, k, p, m = shown.numbers(question, "nkpm")
        line = torch.zeros(n + 2 * p)
        return (Grid.of([s for s in range(1, len(line)) if len(line.unfold(0, k, s)) == m]),)
