"""Shape of a convolution's output: torch.nn.Conv2d, section Shape."""

from question_bank import cnn
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import SIZE_MISTAKES, layer_text, lengths, shape_of, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question
from question_bank.space import Space
from question_bank.values import Rational, Value

AXES = ("channels", "height", "width")
_STEM = (
    "The layer `{layer}` of PyTorch is applied to an image of shape `{shape}` (channels, height, width). "
    "What is the shape of its output?"
)
_LENGTHS = {
    rule: formula
    for rule, formula in SIZE_MISTAKES.items()
    if rule not in ("floor-forgotten", "dilation-times-kernel")
}


def _lengths(formula: str, given: Given, kernel: tuple[str, str] = ("k_h", "k_w")) -> tuple[Rational, ...]:
    return lengths(formula, given, k=kernel)


def _wrong_values(given: Given) -> dict[str, Value | None]:
    c_in, c_out = given["c_in"], given["c_out"]
    key = _lengths(cnn.OUTPUT_SIZE, given)
    swapped = _lengths(cnn.OUTPUT_SIZE, given, ("k_w", "k_h"))
    return {
        **{
            rule: shape_of(_lengths(formula, given), lambda h, w: (c_out, h, w))
            for rule, formula in _LENGTHS.items()
        },
        "pair-order-swapped": shape_of(swapped, lambda h, w: (c_out, h, w)),
        "height-width-swapped": shape_of(key, lambda h, w: (c_out, w, h)),
        "channels-unchanged": shape_of(key, lambda h, w: (c_in, h, w)),
        "channels-multiplied": shape_of(key, lambda h, w: (c_in * c_out, h, w)),
        "channels-last": shape_of(key, lambda h, w: (h, w, c_out)),
    }


_LINES = (
    ("", "Channels: one for each filter", "c_out"),
    ("span_h", "Rows that the kernel covers", "d*(k_h - 1) + 1"),
    ("", "Height of the output", "(h + 2*p - span_h) // s + 1"),
    ("span_w", "Columns that the kernel covers", "d*(k_w - 1) + 1"),
    ("", "Width of the output", "(w + 2*p - span_w) // s + 1"),
)


@family("conv-output-shape", topic="shapes", version=1)
class ConvOutputShape:
    """Shape of a convolution's output, with channels, stride, padding, dilation and kernels that are no squares."""

    space = Space(
        c_in=(1, 3),
        c_out=(6, 16, 32),
        h=(20, 24, 27),
        w=(22, 25, 28),
        k_h=(3, 5),
        k_w=(3, 5),
        s=(1, 2),
        p=(0, 1, 2),
        d=(1, 2),
        radicals=("s", "p", "d"),
    )
    rules = (
        *_LENGTHS,
        "pair-order-swapped",
        "height-width-swapped",
        "channels-unchanged",
        "channels-multiplied",
        "channels-last",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for channels, height and width at once."""
        key = Shape((given["c_out"], *map(int, _lengths(cnn.OUTPUT_SIZE, given))), AXES)
        layer = layer_text(
            "Conv2d",
            given["c_in"],
            given["c_out"],
            kernel_size=(given["k_h"], given["k_w"]),
            stride=given["s"],
            padding=given["p"],
            dilation=given["d"],
        )
        stem = Message(_STEM, {"layer": layer, "shape": (given["c_in"], given["h"], given["w"])})
        part = Part(key, Message("Shape (channels, height, width)"))
        solution = worked(_LINES, given)
        return Draft(stem, (part,), solution=solution, wrong=live(key, _wrong_values(given)))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Convolved by torch, with the layer that the stem shows."""
        from question_bank.listing import stem_shape

        return (stem_shape(question) or (),)
