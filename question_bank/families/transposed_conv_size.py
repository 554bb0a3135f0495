"""Length of a transposed convolution's output: torch.nn.ConvTranspose2d, section Shape; Dumoulin & Visin, Relationship 14."""

from question_bank import cnn
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.pictures import spread
from question_bank.space import Space
from question_bank.values import Value

_RULES = {
    "transposed-like-a-convolution": "(n + 2*p - k) // s + 1",
    "transposed-times-stride": "n*s",
    "transposed-gaps-miscounted": "n*s - 2*p + k + o",
    "transposed-padding-added": "(n - 1)*s + 2*p + k + o",
    "transposed-padding-ignored": "(n - 1)*s + k + o",
    "padding-once": "(n - 1)*s - p + k + o",
    "output-padding-ignored": "(n - 1)*s - 2*p + k",
    "output-padding-twice": "(n - 1)*s - 2*p + k + 2*o",
    "stride-ignored": "n - 1 - 2*p + k + o",
}
_LINES = (
    ("pasted", "From the first pasted kernel's start to the last one's end", "(n - 1)*s + k"),
    ("cut", "After the padding is cut off on both sides", "pasted - 2*p"),
    ("", "With the output padding, at one end only", "cut + o"),
)
_STEM = (
    "The layer `{layer}` of PyTorch is applied to an image of shape `{shape}` (channels, height, width). How many pixels high "
    "is its output?"
)


def _key(given: Given) -> Integer:
    return Integer(int(solve((cnn.TRANSPOSED_SIZE,), given)[0]), unit="px")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given)


@family("transposed-conv-size", topic="shapes", version=3)
class TransposedConvSize:
    """Height of a transposed convolution's output."""

    space = Space(
        n=range(4, 61),
        k=(2, 3, 4, 5),
        s=(1, 2, 3),
        p=(0, 1, 2),
        o=(0, 1),
        radicals=("s", "o"),
    ).where(
        lambda given: given["o"] < given["s"] and 2 * given["p"] <= given["k"] and separated(_wrong(given), 4)
    )
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one length; o is the output padding."""
        layer = layer_text(
            "ConvTranspose2d",
            8,
            4,
            kernel_size=given["k"],
            stride=given["s"],
            padding=given["p"],
            output_padding=given["o"],
        )
        stem = Message(_STEM, {"layer": layer, "shape": (8, given["n"], given["n"])})
        part = Part(_key(given), Message("Height of the output"))
        figure = spread(*(given[name] for name in "nksp"))
        return Draft(stem, (part,), solution=worked(_LINES, given), wrong=_wrong(given), figure=figure)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Applied by torch to the image, with the layer that the stem shows."""
        from question_bank.listing import stem_shape

        after = stem_shape(question)
        return (after[1] if after else 0,)
