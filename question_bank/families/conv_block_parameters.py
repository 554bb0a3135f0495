"""Parameters of a block of convolution, batch normalisation, ReLU and dropout: torch.nn.BatchNorm2d, `affine` and Variables."""

from question_bank import cnn, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_KEY = f"{cnn.PARAMETERS} + {cnn.BATCH_NORM}"
_RULES = {
    "batch-norm-forgotten": cnn.PARAMETERS,
    "batch-norm-statistics-counted": f"{cnn.PARAMETERS} + 4*c_out",
    "batch-norm-scale-only": f"{cnn.PARAMETERS} + c_out",
    "batch-norm-per-pixel": f"{cnn.PARAMETERS} + 2*c_out*n*n",
    "batch-norm-of-input-channels": f"{cnn.PARAMETERS} + 2*c_in",
    "bias-forgotten": f"{cnn.WEIGHTS} + {cnn.BATCH_NORM}",
    "bias-counted-though-off": f"{cnn.WEIGHTS} + c_out + {cnn.BATCH_NORM}",
    "input-channels-forgotten": f"c_out*k*k + b*c_out + {cnn.BATCH_NORM}",
    "dropout-has-parameters": f"{_KEY} + c_out",
}
_LINES = (
    ("conv", "Convolution: weights and biases", cnn.PARAMETERS),
    ("norm", "Batch normalisation: a scale and a shift for each channel", cnn.BATCH_NORM),
    ("", "Parameters; ReLU and dropout have none", "conv + norm"),
)
_STEM = (
    "The block below is applied to images of shape `{shape}` (channels, height, width), whose size it keeps. How many "
    "trainable parameters does it have?"
)


def _key(given: Given) -> Integer:
    return Integer(int(solve((_KEY,), given)[0]), unit="parameters")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given)


@family("conv-block-parameters", topic="parameters", version=1)
class ConvBlockParameters:
    """Trainable parameters of a convolution with batch normalisation and dropout."""

    space = Space(
        c_in=(1, 3, 6, 8, 12, 16, 24, 32, 64),
        c_out=(6, 8, 10, 16, 20, 32, 48, 64, 128),
        k=(1, 3, 5, 7),
        n=(14, 28, 32),
        b=(0, 1),
        radicals=("b",),
    ).where(lambda given: given["c_in"] != given["c_out"] and separated(_wrong(given), 6))
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for all layers together; the size of the image is there to be left aside."""
        convolution = layer_text(
            "Conv2d",
            given["c_in"],
            given["c_out"],
            kernel_size=given["k"],
            padding=given["k"] // 2,
            bias=bool(given["b"]),
        )
        layers = (convolution, f"nn.BatchNorm2d({given['c_out']})", "nn.ReLU()", "nn.Dropout()")
        code = f"nn.Sequential(\n{''.join(f'    {layer},{chr(10)}' for layer in layers)})"
        stem = Message(_STEM, {"shape": (given["c_in"], given["n"], given["n"])})
        part = Part(_key(given), Message("Number of trainable parameters"))
        return Draft(stem, (part,), code=code, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in the block that the listing shows, as torch builds it."""
        from question_bank.listing import parameter_count, shape_after

        image = shown.shape(question)
        after = shape_after(question.code, (1, *image)) or ()
        shown.agree(question, shape=(image[0], *after[2:]))
        return (parameter_count(question.code),)
