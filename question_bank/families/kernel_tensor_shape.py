"""Shape of a convolution's weight: torch.nn.Conv2d, section Variables."""

from question_bank import shown
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import layer_text, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("filters", "channels of a filter", "height", "width")
_STEM = (
    "The layer `layer = {layer}` is applied to a batch of images of shape `{shape}` (batch, channels, height, width). What is "
    "the shape of `layer.weight`, with the axes (filters, channels of a filter, height, width)?"
)
_BATCH = 8


def _key(given: Given) -> Shape:
    return Shape((given["c_out"], given["c_in"] // given["g"], given["k_h"], given["k_w"]), AXES)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    filters, channels, height, width = _key(given).value
    values: dict[str, Value | None] = {
        "channel-axes-swapped": (channels, filters, height, width),
        "weight-channels-last": (height, width, channels, filters),
        "weight-without-channels": (filters, height, width),
        "input-channels-forgotten": (filters, 1, height, width),
        "pair-order-swapped": (filters, channels, width, height),
        "groups-not-counted": (filters, given["c_in"], height, width),
        "one-group-only": (filters // given["g"], channels, height, width),
        "weight-like-the-image": (filters, channels, given["n"], given["n"]),
    }
    return live(_key(given), values)


@family("kernel-tensor-shape", topic="shapes", version=1)
class KernelTensorShape:
    """Shape of a convolution layer's weight, with groups and kernels that are no squares."""

    space = Space(
        c_in=(4, 8, 12, 24, 32),
        c_out=(8, 16, 24, 64),
        k_h=(1, 3, 5),
        k_w=(1, 3, 7),
        g=(1, 2, 4),
        n=(14, 28, 32),
        radicals=("g",),
    ).where(lambda given: given["c_in"] != given["c_out"])
    rules = (
        "channel-axes-swapped",
        "weight-channels-last",
        "weight-without-channels",
        "input-channels-forgotten",
        "pair-order-swapped",
        "groups-not-counted",
        "one-group-only",
        "weight-like-the-image",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the four axes; the size of the images is there to be left aside."""
        layer = layer_text(
            "Conv2d",
            given["c_in"],
            given["c_out"],
            kernel_size=(given["k_h"], given["k_w"]),
            groups=given["g"],
        )
        stem = Message(_STEM, {"layer": layer, "shape": (_BATCH, given["c_in"], given["n"], given["n"])})
        lines = (
            ("", "Filters: one for each output channel", "c_out"),
            ("", "Channels that each filter reads: those of its group", "c_in / g"),
            ("", "Rows of the kernel", "k_h"),
            ("", "Columns of the kernel", "k_w"),
        )
        part = Part(_key(given), Message("Shape (filters, channels of a filter, height, width)"))
        return Draft(stem, (part,), solution=worked(lines, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Read off the weight of the layer that the stem shows, as torch builds it, if such a batch goes through it."""
        from question_bank.listing import layer, stem_shape

        weight = layer(shown.text(question, "layer")).get_parameter("weight")
        return (tuple(weight.shape) if stem_shape(question) else (),)
