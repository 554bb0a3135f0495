"""Parameters of a convolution with groups: torch.nn.Conv2d, section Variables, and the note on `groups`."""

from question_bank import cnn, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_KEY = f"{cnn.GROUPED_WEIGHTS} + b*c_out"
_RULES = {
    "groups-not-counted": "c_out*c_in*k*k + b*c_out",
    "one-group-only": "(c_out / g)*(c_in / g)*k*k + b*c_out",
    "groups-multiply": "g*c_out*c_in*k*k + b*c_out",
    "bias-per-group": "c_out*(c_in / g)*k*k + b*g",
    "bias-forgotten": cnn.GROUPED_WEIGHTS,
    "bias-counted-though-off": f"{cnn.GROUPED_WEIGHTS} + c_out",
    "input-channels-forgotten": "c_out*k*k + b*c_out",
    "kernel-side-once": "c_out*(c_in / g)*k + b*c_out",
}
_LINES = (
    ("channels", "Channels that each filter reads", "c_in / g"),
    ("weights", "Weights", "c_out*channels*k*k"),
    ("biases", "Biases", "b*c_out"),
    ("", "Parameters", "weights + biases"),
)
_STEM = "How many parameters does the layer `{layer}` of PyTorch have?"


def _key(given: Given) -> Integer:
    return Integer(int(solve((_KEY,), given)[0]), unit="parameters")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given)


@family("grouped-conv-parameters", topic="parameters", version=1)
class GroupedConvParameters:
    """Number of parameters of a convolution layer with groups."""

    space = Space(
        c_in=(4, 8, 12, 16, 24, 32, 48, 64),
        c_out=(8, 12, 16, 24, 32, 48, 64, 96, 128),
        k=(1, 3, 5, 7),
        g=(2, 3, 4, 8),
        b=(0, 1),
        radicals=("b",),
    ).where(lambda given: _divides(given) and separated(_wrong(given), 5))
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for weights and biases together."""
        layer = layer_text(
            "Conv2d",
            given["c_in"],
            given["c_out"],
            kernel_size=given["k"],
            groups=given["g"],
            bias=bool(given["b"]),
        )
        part = Part(_key(given), Message("Number of parameters"))
        solution = worked(_LINES, given)
        return Draft(Message(_STEM, {"layer": layer}), (part,), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in the layer that the stem shows, as torch builds it."""
        from question_bank.listing import parameter_count

        return (parameter_count(shown.text(question, "layer")),)


def _divides(given: Given) -> bool:
    """Whether the groups divide both numbers of channels, which differ."""
    return given["c_in"] % given["g"] == 0 == given["c_out"] % given["g"] and given["c_in"] != given["c_out"]
