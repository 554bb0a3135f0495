"""Parameters of a convolution layer: torch.nn.Conv2d, section Variables (shapes of weight and bias)."""

from question_bank import cnn, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live, usable
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Value

RULES = {
    "bias-forgotten": cnn.WEIGHTS,
    "bias-counted-though-off": "c_out*c_in*k*k + c_out",
    "input-channels-forgotten": "c_out*k*k + b*c_out",
    "output-channels-forgotten": "c_in*k*k + b",
    "kernel-side-once": "c_out*c_in*k + b*c_out",
    "bias-per-input-channel": "c_out*c_in*k*k + b*c_in",
    "one-bias-per-layer": "c_out*c_in*k*k + b",
    "weights-per-position": "(c_out*c_in*k*k + b*c_out)*n*n",
}
_STEM = (
    "The layer `{layer}` is applied to images of shape `{shape}` (channels, height, width). How many parameters does the layer "
    "have?"
)
_LISTING = {
    1: "nn.Conv2d({c_in}, {c_out}, kernel_size={k}, padding={p})",
    0: "nn.Conv2d({c_in}, {c_out}, kernel_size={k}, padding={p}, bias=False)",
}


def _wrong(given: Given) -> tuple[Wrong, ...]:
    values = cnn.compiled(*RULES.values())(given)
    return live(Integer(cnn.value(cnn.PARAMETERS, given)), dict(zip(RULES, values, strict=True)))


def _separates(given: Given) -> bool:
    return given["c_in"] != given["c_out"] and len(usable(_wrong(given))) >= 4


@family("conv-parameters", topic="parameters", version=2)
class ConvParameters:
    """Number of parameters of a convolution layer."""

    space = Space(
        c_in=(1, 3, 6, 8, 16, 20, 32, 64),
        c_out=(4, 6, 10, 12, 16, 24, 32, 48, 64),
        k=(1, 2, 3, 4, 5, 7),
        n=(14, 28, 32, 64),
        b=(0, 1),
        radicals=("b",),
    ).where(_separates)
    rules = RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for weights and biases together; the image's size is there to be left aside."""
        key = cnn.value(cnn.PARAMETERS, given)
        listing = _LISTING[given["b"]].format(**given, p=given["k"] // 2)
        stem = Message(_STEM, {"layer": listing, "shape": (given["c_in"], given["n"], given["n"])})
        weights = cnn.value(cnn.WEIGHTS, given)
        solution = (
            Step(
                Message("Weights"),
                cnn.WEIGHTS,
                {name: given[name] for name in ("c_in", "c_out", "k")},
                weights,
            ),
            Step(Message("Biases"), "b*c_out", {"b": given["b"], "c_out": given["c_out"]}, key - weights),
            Step(
                Message("Parameters"), "weights + biases", {"weights": weights, "biases": key - weights}, key
            ),
        )
        part = Part(Integer(key, unit="parameters"), Message("Number of parameters"))
        return Draft(stem, (part,), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in the layer that the stem shows, as torch builds it and applies it to such an image."""
        from question_bank.listing import parameter_count, stem_shape

        return (parameter_count(shown.text(question, "layer")) if stem_shape(question) else 0,)
