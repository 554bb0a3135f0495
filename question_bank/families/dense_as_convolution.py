"""A dense layer as a convolution: Long, Shelhamer & Darrell, arXiv:1411.4038, section 3.1."""

from question_bank import shown
from question_bank.answers import Integer, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import solve, worked, wrong
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "The last convolution of a network gives maps of shape `{maps}` (channels, height, width), and `nn.Flatten()` and "
    "`nn.Linear({inputs}, {q})` follow. The two are replaced by one convolution of stride 1 without padding that computes the "
    "same numbers. (a) What is the shape of its weight (filters, channels, height, width)? (b) How many parameters does it have, "
    "with its biases? (c) On a larger image the maps are of shape `{larger}`. What is then the shape of its output (channels, "
    "height, width)?"
)
_PARAMETERS = "q*c*h*w + q"
_RULES = {
    "dense-bias-forgotten": "q*c*h*w",
    "input-channels-forgotten": "q*h*w + q",
    "pointwise-for-the-whole-map": "q*c + q",
    "bias-per-input": "q*c*h*w + c*h*w",
}
_LINES = (
    ("", "(a) Rows of the kernel: all rows of the maps", "h"),
    ("", "Columns of the kernel: all columns of the maps", "w"),
    ("", "(b) Weights and biases, as many as the dense layer has", _PARAMETERS),
    ("", "(c) Height: positions of the kernel on the larger maps", "h_large - h + 1"),
    ("", "Width", "w_large - w + 1"),
)


def _keys(given: Given) -> tuple[Shape, Integer, Shape]:
    q = given["q"]
    weight = Shape((q, given["c"], given["h"], given["w"]), ("filters", "channels", "height", "width"))
    output = Shape((q, given["dh"] + 1, given["dw"] + 1), ("channels", "height", "width"))
    return weight, Integer(int(solve((_PARAMETERS,), given)[0]), "parameters"), output


def _wrong(given: Given) -> tuple[Wrong, ...]:
    q, c, h, w, dh, dw = (given[name] for name in ("q", "c", "h", "w", "dh", "dw"))
    weight, count, output = _keys(given)
    weights: dict[str, Value | None] = {
        "pointwise-for-the-whole-map": (q, c, 1, 1),
        "channel-axes-swapped": (c, q, h, w),
        "weight-without-channels": (q, h, w),
        "height-width-swapped": (q, c, w, h),
    }
    outputs: dict[str, Value | None] = {
        "one-output-for-any-size": (q, 1, 1),
        "plus-one-forgotten": (q, dh, dw),
        "same-size-assumed": (q, h + dh, w + dw),
        "channels-unchanged": (c, dh + 1, dw + 1),
        "height-width-swapped": (q, dw + 1, dh + 1),
    }
    return (*live(weight, weights), *wrong(count, _RULES, given, 1), *live(output, outputs, 2))


@family("dense-as-convolution", topic="convolution", version=1)
class DenseAsConvolution:
    """A dense layer written as a convolution, its parameters, and what it gives for a larger image."""

    space = Space(
        c=(8, 16, 32),
        h=(3, 4, 5, 6),
        w=(3, 4, 5, 7),
        q=(5, 10, 20),
        dh=(1, 2, 3, 4),
        dw=(1, 2, 4, 6),
        radicals=("q",),
    ).where(lambda given: given["h"] != given["w"] and given["dh"] != given["dw"])
    rules = (
        "pointwise-for-the-whole-map",
        "channel-axes-swapped",
        "weight-without-channels",
        "height-width-swapped",
        "one-output-for-any-size",
        "plus-one-forgotten",
        "same-size-assumed",
        "channels-unchanged",
        "dense-bias-forgotten",
        "input-channels-forgotten",
        "bias-per-input",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the weight, the parameters and the larger output."""
        c, h, w = given["c"], given["h"], given["w"]
        fields: dict[str, FieldValue] = {
            "maps": (c, h, w),
            "larger": (c, h + given["dh"], w + given["dw"]),
            "inputs": c * h * w,
            "q": given["q"],
        }
        prompts = ("(a) Shape of the weight", "(b) Number of parameters", "(c) Shape of the output")
        keys: tuple[Shape | Integer, ...] = _keys(given)
        parts = tuple(Part(key, Message(prompt)) for key, prompt in zip(keys, prompts, strict=True))
        return Draft(
            Message(_STEM, fields),
            parts,
            solution=worked(_LINES, {**given, "h_large": h + given["dh"], "w_large": w + given["dw"]}),
            wrong=_wrong(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The dense layer's weights, laid out as the maps are, are convolved by torch; the numbers must be the dense layer's."""
        import torch
        from torch.nn import functional

        maps, larger = shown.shape(question, "maps"), shown.shape(question, "larger")
        q = shown.number(question, "q")
        x = torch.arange(float(torch.zeros(maps).numel())).remainder(7)
        shown.agree(question, inputs=len(x))
        dense = torch.arange(float(q * len(x))).remainder(5).reshape(q, len(x))
        kernel = dense.reshape(q, *maps)
        if not torch.equal(functional.conv2d(x.reshape(1, *maps), kernel).flatten(), dense @ x):
            return (), 0, ()
        output = functional.conv2d(torch.zeros(1, *larger), kernel)
        return tuple(kernel.shape), dense.numel() + len(dense), tuple(output.shape[1:])
