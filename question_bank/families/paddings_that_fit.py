"""Paddings that lead from one size to another: Dumoulin & Visin, arXiv:1603.07285, Relationship 6, solved for p."""

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
    "A convolution with a kernel {k} pixels high, stride ${s}$ and no dilation is applied to an image that is ${n}$ pixels high, "
    "and its output is ${m}$ pixels high. How many pixels of padding can it have on each side, above as many as below? Write all "
    "numbers that are possible in one line, from the smallest to the largest; 0 counts, too."
)
_KEY: Ends = ("((m - 1)*s + k - n + 1) // 2", "(m*s - 1 + k - n) // 2")
_RULES: dict[str, Ends] = {
    "one-padding-only": (_KEY[0], _KEY[0]),
    "padding-once": ("(m - 1)*s + k - n", "m*s - 1 + k - n"),
    "plus-one-forgotten": ("(m*s + k - n + 1) // 2", "((m + 1)*s - 1 + k - n) // 2"),
    "ceil-instead-of-floor": ("((m - 2)*s + k - n + 2) // 2", "((m - 1)*s + k - n) // 2"),
    "half-a-kernel-padded": ("k // 2", "k // 2"),
    "kernel-left-out": ("(m*s - n + 1) // 2", "((m + 1)*s - 1 - n) // 2"),
}
_LINES = (
    ("", "Rows of padding, above and below together, for $m - 1$ moves", "(m - 1)*s + k - n"),
    ("", "Rows with which one more move would fit", "m*s + k - n"),
    ("", "Smallest padding on each side: half of the first, rounded up", _KEY[0]),
    ("", "Largest padding on each side: less than half of the second", _KEY[1]),
)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return fitting.wrong_sets(fitting.all_that_fit(_KEY, given, 0), _RULES, given, 0)


def _askable(given: Given) -> bool:
    """Whether some padding fits, none of them below 0 or as long as the kernel, and mistakes show."""
    if (given["m"] - 1) * given["s"] + given["k"] < given["n"]:
        return False
    paddings = fitting.between(_KEY, given, 0)
    return bool(paddings) and paddings[-1] < given["k"] and separated(_wrong(given), 3)


@family("paddings-that-fit", topic="shapes", version=1)
class PaddingsThatFit:
    """All paddings that lead from one height to another with a given kernel and stride."""

    space = Space(n=range(10, 41), k=(3, 4, 5, 7), s=(2, 3, 4, 5), m=range(3, 25), radicals=("s",)).where(
        _askable
    )
    rules = tuple(_RULES)
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the whole set, which has one padding or several."""
        part = Part(fitting.all_that_fit(_KEY, given, 0), Message("Paddings on each side"))
        return Draft(Message(_STEM, given), (part,), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every padding up to twice the kernel is tried by torch."""
        import torch

        n, k, s, m = shown.numbers(question, "nksm")
        lines = [torch.zeros(n + 2 * p) for p in range(2 * k + 1)]
        return (Grid.of([p for p, line in enumerate(lines) if len(line.unfold(0, k, s)) == m]),)
