"""Shape of a 1-D convolution's output: torch.nn.Conv1d, section Shape."""

from question_bank import cnn
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import SIZE_MISTAKES, layer_text, separated, solve, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.pictures import row
from question_bank.space import Space
from question_bank.values import Value

AXES = ("batch", "channels", "length")
_BATCH = 16
_STEM = (
    "The layer `{layer}` of PyTorch is applied to a batch of sequences of shape `{shape}` (batch, channels, length). What is the "
    "shape of its output?"
)
_LENGTHS = {rule: formula for rule, formula in SIZE_MISTAKES.items() if rule != "floor-forgotten"}
_LINES = (
    ("", "Channels: one for each filter", "c_out"),
    ("span", "Values that the kernel covers", cnn.SPAN),
    ("", "Length of the output", "(n + 2*p - span) // s + 1"),
)


def _key(given: Given) -> Shape:
    return Shape((_BATCH, given["c_out"], cnn.value(cnn.OUTPUT_SIZE, given)), AXES)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    key = _key(given)
    length = key.value[2]
    values: dict[str, Value | None] = {
        rule: (_BATCH, given["c_out"], int(wrong)) if wrong > 0 else None
        for rule, wrong in zip(_LENGTHS, solve(tuple(_LENGTHS.values()), given), strict=True)
    }
    values |= {
        "channels-unchanged": (_BATCH, given["c_in"], length),
        "channels-multiplied": (_BATCH, given["c_in"] * given["c_out"], length),
        "sequence-channels-last": (_BATCH, length, given["c_out"]),
        "batch-axis-lost": (given["c_out"], length),
    }
    return live(key, values)


@family("conv1d-output-shape", topic="shapes", version=2)
class Conv1dOutputShape:
    """Shape of a 1-D convolution's output, with stride, padding and dilation."""

    space = Space(
        c_in=(2, 3, 8),
        c_out=(4, 12, 16, 32),
        n=(37, 45, 50, 64),
        k=(3, 5, 7),
        s=(1, 2, 3),
        p=(0, 1, 2),
        d=(1, 2),
        radicals=("s", "d"),
    ).where(lambda given: separated(_wrong(given), 6))
    rules = (
        *_LENGTHS,
        "channels-unchanged",
        "channels-multiplied",
        "sequence-channels-last",
        "batch-axis-lost",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for all three axes."""
        layer = layer_text(
            "Conv1d",
            given["c_in"],
            given["c_out"],
            kernel_size=given["k"],
            stride=given["s"],
            padding=given["p"],
            dilation=given["d"],
        )
        stem = Message(_STEM, {"layer": layer, "shape": (_BATCH, given["c_in"], given["n"])})
        part = Part(_key(given), Message("Shape (batch, channels, length)"))
        figure = row(*(given[name] for name in "nkspd"))
        return Draft(stem, (part,), solution=worked(_LINES, given), wrong=_wrong(given), figure=figure)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Convolved by torch, with the layer that the stem shows."""
        from question_bank.listing import stem_shape

        return (stem_shape(question) or (),)
