"""Shape after resizing by a factor: torch.nn.functional.interpolate, `scale_factor`; the lengths are rounded down."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Integer, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import lengths, shape_of, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value, show_number, simplest

AXES = ("batch", "channels", "height", "width")
_STEM = (
    "A batch `x` of shape `{shape}` (batch, channels, height, width) is resized by `{call}`. (a) What is the shape of the result? "
    "(b) `nn.Flatten()` follows. How many numbers does it give for each image?"
)
_RESIZED = "(n*q) // 4"
_LINES = (
    ("high", "(a) Height: times the factor, which is $q / 4$, rounded down", "(h*q) // 4"),
    ("wide", "Width", "(w*q) // 4"),
    ("", "(b) Numbers of one image: all values of all channels", "c*high*wide"),
)


def _key(given: Given) -> Shape:
    h, w = lengths(_RESIZED, given)
    return Shape((given["b"], given["c"], int(h), int(w)), AXES)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    b, c, h, w = given["b"], given["c"], given["h"], given["w"]
    _, _, high, wide = _key(given).value
    shapes: dict[str, Value | None] = {
        "resized-rounded-up": shape_of(lengths("(n*q + 3) // 4", given), lambda h, w: (b, c, h, w)),
        "resized-to-the-nearest": shape_of(lengths("(n*q + 2) // 4", given), lambda h, w: (b, c, h, w)),
        "factor-turned-over": shape_of(lengths("(n*4) // q", given), lambda h, w: (b, c, h, w)),
        "resized-along-one-axis": (b, c, high, w),
        "channels-resized": (b, c * given["q"] // 4, high, wide),
    }
    counts: dict[str, Value | None] = {
        "flatten-forgets-channels": high * wide,
        "flatten-counts-the-batch": b * c * high * wide,
        "flattened-before-the-layers": c * h * w,
        "factor-for-the-area": c * h * w * given["q"] // 4,
    }
    return (*live(_key(given), shapes), *live(_count(given), counts, 1))


def _count(given: Given) -> Integer:
    _, c, high, wide = _key(given).value
    return Integer(c * high * wide)


@family("interpolate-shape", topic="shapes", version=1)
class InterpolateShape:
    """Shape after F.interpolate by a factor, and what flattening then gives."""

    space = Space(
        b=(2, 4),
        c=(8, 12, 32),
        q=(1, 2, 3, 5, 6, 8),
        h=(14, 15, 25, 27, 30),
        w=(13, 18, 22, 28, 31),
        radicals=("q",),
    )
    rules = (
        "resized-rounded-up",
        "resized-to-the-nearest",
        "factor-turned-over",
        "resized-along-one-axis",
        "channels-resized",
        "flatten-forgets-channels",
        "flatten-counts-the-batch",
        "flattened-before-the-layers",
        "factor-for-the-area",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the shape and for what is flattened; q is the factor in quarters."""
        factor = show_number(simplest(Fraction(given["q"], 4)))
        call = f'F.interpolate(x, scale_factor={factor}, mode="bilinear")'
        shape = tuple(given[name] for name in "bchw")
        parts = (
            Part(_key(given), Message("(a) Shape (batch, channels, height, width)")),
            Part(_count(given), Message("(b) Numbers of each image")),
        )
        stem = Message(_STEM, {"shape": shape, "call": call})
        return Draft(stem, parts, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Resized and flattened by torch, with the call's text."""
        import torch

        from question_bank.programs import value_of

        resized = value_of(shown.text(question, "call"), x=torch.zeros(shown.shape(question)))
        return tuple(resized.shape), resized.flatten(1).shape[1]
