"""A convolution against a dense layer between the same shapes: Goodfellow et al., Deep Learning, section 9.2; torch.nn.Linear."""

from question_bank import cnn, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import along, layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "The layer `{layer}` of PyTorch is applied to images of shape `{shape}` (channels, height, width) and keeps their height and "
    "width. How many parameters does it have? And how many has a dense layer with biases that takes the flattened image and "
    "gives as many numbers as the convolution does?"
)
_CONV = along(cnn.PARAMETERS, b="1")
_DENSE = along(cnn.DENSE, n_in="c_in*n*n", n_out="(c_out*n*n)")
_RULES = (
    {
        "bias-forgotten": cnn.WEIGHTS,
        "input-channels-forgotten": "c_out*k*k + c_out",
        "weights-per-position": f"({_CONV})*n*n",
        "kernel-side-once": "c_out*c_in*k + c_out",
        "bias-per-input-channel": "c_out*c_in*k*k + c_in",
    },
    {
        "dense-bias-forgotten": "(c_out*n*n)*c_in*n*n",
        "bias-per-input": "(c_out*n*n)*c_in*n*n + c_in*n*n",
        "dense-only-within-a-pixel": "c_out*c_in + c_out",
        "image-channels-forgotten": "(c_out*n*n)*n*n + c_out*n*n",
        "dense-output-channels-only": "c_out*c_in*n*n + c_out",
        "neurons-counted": "c_in*n*n + c_out*n*n",
        "dense-one-bias": "(c_out*n*n)*c_in*n*n + 1",
    },
)
_LINES = (
    ("", "Convolution: weights and biases of its filters", _CONV),
    ("n_in", "Numbers in the image", "c_in*n*n"),
    ("n_out", "Numbers in the output", "c_out*n*n"),
    ("", "Dense layer: a weight for each pair of them, and the biases", cnn.DENSE),
)


def _keys(given: Given) -> tuple[Integer, ...]:
    return tuple(Integer(int(value), "parameters") for value in solve((_CONV, _DENSE), given))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    parts = zip(_keys(given), _RULES, strict=True)
    return tuple(
        entry for number, (key, rules) in enumerate(parts) for entry in wrong(key, rules, given, number)
    )


@family("conv-vs-dense-parameters", topic="parameters", version=2)
class ConvVsDenseParameters:
    """Parameters of a convolution, and of a dense layer between the same shapes."""

    space = Space(
        c_in=(1, 3, 8, 16),
        c_out=(4, 6, 10, 20, 32),
        n=(8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40),
        k=(1, 3, 5, 7),
        radicals=("k",),
    ).where(lambda given: separated(_wrong(given), 7))
    rules = tuple(dict.fromkeys(rule for rules in _RULES for rule in rules))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both counts."""
        layer = layer_text(
            "Conv2d", given["c_in"], given["c_out"], kernel_size=given["k"], padding=given["k"] // 2
        )
        stem = Message(_STEM, {"layer": layer, "shape": (given["c_in"], given["n"], given["n"])})
        conv, dense = _keys(given)
        parts = (Part(conv, Message("Convolution")), Part(dense, Message("Dense layer")))
        return Draft(stem, parts, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in the layers as torch builds them; the dense one has as many inputs and outputs as the images have values."""
        import math

        from question_bank.listing import parameter_count, stem_shape

        after = stem_shape(question) or ()
        dense = f"nn.Linear({math.prod(shown.shape(question))}, {math.prod(after)})"
        return parameter_count(shown.text(question, "layer")), parameter_count(dense)
