"""Area that unpadded convolutions lose: Zhang et al., Dive into Deep Learning, section 7.3 (padding)."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Number
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "An image of {h} rows and {w} columns passes through {l} convolutions with kernels of ${k} * {k}$, stride 1 and no padding. What "
    "percentage of the image's area is lost? One decimal is enough."
)
_KEY = "100 - 100*(h - l*(k - 1))*(w - l*(k - 1)) / (h*w)"
_RULES = {
    "area-that-is-left": "100*(h - l*(k - 1))*(w - l*(k - 1)) / (h*w)",
    "area-of-one-layer": "100 - 100*(h - (k - 1))*(w - (k - 1)) / (h*w)",
    "area-one-side-only": "100*l*(k - 1) / h",
    "area-shares-added": "100*l*(k - 1) / h + 100*l*(k - 1) / w",
    "area-whole-kernel-lost": "100 - 100*(h - l*k)*(w - l*k) / (h*w)",
    "area-one-border-only": "100 - 100*(h - l*((k - 1) // 2))*(w - l*((k - 1) // 2)) / (h*w)",
    "area-as-a-fraction": "1 - (h - l*(k - 1))*(w - l*(k - 1)) / (h*w)",
}
_LINES = (
    ("lost", "Rows, and columns, that all layers take away", "l*(k - 1)"),
    ("rows", "Rows that are left", "h - lost"),
    ("columns", "Columns that are left", "w - lost"),
    ("", "Percentage of the area that is lost", "100 - 100*rows*columns / (h*w)"),
)


def _key(given: Given) -> Number:
    return Number(solve((_KEY,), given)[0], tolerance=Fraction(1, 10), unit="%")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given, least=0)


@family("area-lost", topic="shapes", version=3)
class AreaLost:
    """Percent of an image's area that a stack of unpadded convolutions loses."""

    space = Space(
        h=(64, 80, 100, 128, 160, 200, 256),
        w=(64, 80, 100, 125, 160, 200, 250),
        k=(3, 5, 7),
        l=(1, 2, 3, 4, 5, 6, 8, 10),
        radicals=("k",),
    ).where(
        lambda given: (
            given["h"] != given["w"] and given["l"] * given["k"] < 64 and separated(_wrong(given), 5)
        )
    )
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a percentage; sides are products of 2 and 5, so that it ends."""
        stem = Message(
            _STEM if given["l"] > 1 else _STEM.replace("{l} convolutions", "one convolution"), given
        )
        part = Part(_key(given), Message("Area lost"))
        return Draft(stem, (part,), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Windows are cut by torch, layer after layer, and the pixels that are left are counted."""
        import torch

        h, w, k = shown.numbers(question, "hwk")
        count = shown.number(question, "l") if "{l}" in question.stem.template else 1
        image = torch.zeros(h, w)
        left = image
        for _ in range(count):
            left = left.unfold(0, k, 1)[..., 0].unfold(1, k, 1)[..., 0]
        return (Fraction(100 * (image.numel() - left.numel()), image.numel()),)
