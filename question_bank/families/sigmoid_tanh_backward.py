"""Gradient through sigmoid and tanh from their outputs: y' = y(1 - y) and y' = 1 - y^2; torch autograd."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import matrix, table

_STEM = (
    "A layer `{layer}` gave the output $y$ below; its input is not shown. The gradient of the loss with respect to $y$ is $dy$. "
    "Write the gradient $dx$ of the loss with respect to the layer's input, exactly."
)
_LAYERS = ("nn.Sigmoid()", "nn.Tanh()")
_RULES = (
    "slope-of-another-function",
    "slope-is-the-output",
    "upstream-gradient-ignored",
    "slope-left-out",
)


def _slope(y: Rational, *, tanh: bool) -> Rational:
    return (1 - y) * (1 + y) if tanh else y * (1 - y)


def _cell(y: Rational, dy: int, tanh: int, rule: str) -> Rational:
    """Return the gradient of one cell by a mistake's rule, or by the right one."""
    match rule:
        case "slope-of-another-function":
            gradient = dy * _slope(y, tanh=not tanh)
        case "slope-is-the-output":
            gradient = dy * y
        case "upstream-gradient-ignored":
            gradient = _slope(y, tanh=bool(tanh))
        case "slope-left-out":
            gradient = dy
        case _:
            gradient = dy * _slope(y, tanh=bool(tanh))
    return simplest(Fraction(gradient))


def _gradient(y: Exact, dy: Matrix, given: Given, rule: str = "") -> Exact:
    return [
        [_cell(*pair, given["tanh"], rule) for pair in zip(*rows, strict=True)]
        for rows in zip(y, dy, strict=True)
    ]


def _wrong(y: Exact, dy: Matrix, given: Given) -> tuple[Wrong, ...]:
    key = Array(Grid.of(_gradient(y, dy, given)))
    return live(key, {rule: Grid.of(_gradient(y, dy, given, rule)) for rule in _RULES})


def _entries(given: Given, draw: Draw) -> tuple[Exact, Matrix]:
    low = -9 if given["tanh"] else 1
    tenths = matrix(draw, given["h"], given["w"], low, 9)
    y: Exact = [[simplest(Fraction(value, 10)) for value in row] for row in tenths]
    return y, [[value or 5 for value in row] for row in matrix(draw, given["h"], given["w"], -4, 4)]


def _solution(y: Exact, dy: Matrix, given: Given) -> tuple[Step, ...]:
    formula = "dy*(1 - y)*(1 + y)" if given["tanh"] else "dy*y*(1 - y)"
    key = _gradient(y, dy, given)
    return tuple(
        Step(
            Message("$dx$, row {row}, column {column}", {"row": i + 1, "column": j + 1}),
            formula,
            {"dy": dy[i][j], "y": value},
            key[i][j],
        )
        for i, row in enumerate(y)
        for j, value in enumerate(row)
    )


@family("sigmoid-tanh-backward", topic="gradients", version=1)
class SigmoidTanhBackward:
    """Gradient through a sigmoid or tanh layer, from its output."""

    space = Space(tanh=(0, 1), h=(1, 2), w=(2, 3, 4), radicals=("tanh",)).where(
        lambda given: given["h"] < given["w"]
    )
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw outputs and gradients on which every mistake shows."""
        y, dy = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(*drawn, given),
            len(_RULES),
        )
        return Draft(
            Message(_STEM, {"layer": _LAYERS[given["tanh"]]}),
            (Part(Array(Grid.of(_gradient(y, dy, given)), show_size=True), Message("Gradient $dx$")),),
            tables=(table("Output $y$", y), table("Gradient $dy$", dy)),
            solution=_solution(y, dy, given),
            wrong=_wrong(y, dy, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch at the input that gives this output, found by the inverse function."""
        import torch

        from question_bank.tensors import backward, tensor

        y, dy = (tensor(entry.value) for entry in question.tables)
        if "Tanh" in shown.text(question, "layer"):
            return (backward(torch.tanh, torch.atanh(y), dy, 100),)
        return (backward(torch.sigmoid, torch.logit(y), dy, 100),)
