"""Parameters of a network of dense layers: torch.nn.Linear, section Variables."""

from question_bank import cnn, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import along, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_FIRST = along(cnn.DENSE, n_in="c*n*n", n_out="m")
_LAST = along(cnn.DENSE, n_in="m", n_out="q")
_RULES = {
    "dense-bias-forgotten": "c*n*n*m + m*q",
    "image-channels-forgotten": "m*n*n + m + q*m + q",
    "bias-per-input": "m*c*n*n + c*n*n + q*m + m",
    "dense-one-bias": "m*c*n*n + 1 + q*m + 1",
    "last-layer-forgotten": _FIRST,
    "neurons-counted": "m + q",
    "layer-sizes-multiplied": "c*n*n*m*q",
    "image-side-once": "m*c*n + m + q*m + q",
}
_LINES = (
    ("inputs", "Numbers in an image", "c*n*n"),
    ("first", "First dense layer: weights and biases", "m*inputs + m"),
    ("last", "Last dense layer: weights and biases", "q*m + q"),
    ("", "Parameters", "first + last"),
)
_STEM = (
    "An image of shape `{shape}` (channels, height, width) is flattened and passed to a dense layer with {m} outputs, a ReLU, "
    "and a dense layer with {q} outputs. The dense layers have biases. How many parameters does this network have?"
)


def _key(given: Given) -> Integer:
    return Integer(int(solve((f"{_FIRST} + {_LAST}",), given)[0]), unit="parameters")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given)


@family("dense-parameters", topic="parameters", version=1)
class DenseParameters:
    """Number of parameters of a network of two dense layers on flattened images."""

    space = Space(
        c=(1, 3),
        n=(8, 14, 16, 20, 28, 32, 48, 64),
        m=(16, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1000),
        q=(2, 5, 10, 20, 26, 50, 100),
        radicals=("c",),
    ).where(lambda given: given["m"] > given["q"])
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for weights and biases of both layers together."""
        shape = (given["c"], given["n"], given["n"])
        stem = Message(_STEM, {"shape": shape, "m": given["m"], "q": given["q"]})
        part = Part(_key(given), Message("Number of parameters"))
        return Draft(stem, (part,), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in the network, as torch builds it for images of the stem's shape."""
        import torch
        from torch import nn

        m, q = shown.numbers(question, "mq")
        with torch.device("meta"):
            image = torch.empty(shown.shape(question)).flatten()
            layers = nn.Sequential(nn.Linear(len(image), m), nn.ReLU(), nn.Linear(m, q))
        return (sum(parameter.numel() for parameter in layers.parameters()),)
