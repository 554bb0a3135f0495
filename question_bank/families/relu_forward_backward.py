"""ReLU forward and backward: torch.nn.ReLU; PyTorch takes its derivative at 0 as 0."""

from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import cell_steps, matrix, product, table

_STEM = (
    "A layer `nn.ReLU()` got the input $x$; the gradient of the loss with respect to its output $y$ is $dy$. Write the output $y$ "
    "and the gradient $dx$ of the loss with respect to the input, as PyTorch computes them (the derivative at 0 is taken as 0)."
)
_FORWARD = ("magnitude-instead-of-relu", "relu-of-the-negatives")
_BACKWARD = (
    "relu-passes-every-gradient",
    "relu-of-the-gradient",
    "relu-gradient-times-value",
    "upstream-gradient-ignored",
    "relu-open-at-zero",
)


def _forward(rule: str, x: int) -> int:
    """Return the output of one cell by a mistake's rule, or by the right one."""
    match rule:
        case "magnitude-instead-of-relu":
            return abs(x)
        case "relu-of-the-negatives":
            return min(x, 0)
    return max(x, 0)


def _backward(rule: str, x: int, dy: int) -> int:
    """Return the gradient of one cell by a mistake's rule, or by the right one."""
    match rule:
        case "relu-passes-every-gradient":
            return dy
        case "relu-of-the-gradient":
            return max(dy, 0)
        case "relu-gradient-times-value":
            return dy * max(x, 0)
        case "upstream-gradient-ignored":
            return int(x > 0)
        case "relu-open-at-zero":
            return dy if x >= 0 else 0
    return dy if x > 0 else 0


def _outputs(x: Matrix, rule: str = "") -> Matrix:
    return [[_forward(rule, value) for value in row] for row in x]


def _gradients(x: Matrix, dy: Matrix, rule: str = "") -> Matrix:
    return [[_backward(rule, *cell) for cell in zip(*rows, strict=True)] for rows in zip(x, dy, strict=True)]


def _wrong(x: Matrix, dy: Matrix) -> tuple[Wrong, ...]:
    forward = {rule: Grid.of(_outputs(x, rule)) for rule in _FORWARD}
    backward = {rule: Grid.of(_gradients(x, dy, rule)) for rule in _BACKWARD}
    return (
        *live(Array(Grid.of(_outputs(x))), dict(forward)),
        *live(Array(Grid.of(_gradients(x, dy))), dict(backward), part=1),
    )


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    x = matrix(draw, given["h"], given["w"], -6, 6)
    if given["zero"]:
        x[draw.integer(0, given["h"] - 1)][draw.integer(0, given["w"] - 1)] = 0
    else:
        x = [[value or -1 for value in row] for row in x]
    return x, [[value or 7 for value in row] for row in matrix(draw, given["h"], given["w"], -6, 6)]


def _solution(x: Matrix, dy: Matrix) -> tuple[Step, ...]:
    forward = [[f"max({value}, 0)" for value in row] for row in x]
    backward = [
        [product(gradient, int(value > 0)) for value, gradient in zip(*rows, strict=True)]
        for rows in zip(x, dy, strict=True)
    ]
    return (
        *cell_steps(forward, _outputs(x), "$y$"),
        *cell_steps(backward, _gradients(x, dy), "$dx$, gradient times slope"),
    )


@family("relu-forward-backward", topic="gradients", version=1)
class ReluForwardBackward:
    """Output of a ReLU and the gradient that it passes back."""

    space = Space(h=(2, 3), w=(2, 3, 4), zero=(0, 1), radicals=("zero",)).where(
        lambda given: given["h"] != given["w"]
    )
    rules = (*_FORWARD, *_BACKWARD)
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw inputs and gradients of both signs, on which the mistakes that can show do show."""
        x, dy = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(*drawn),
            len(self.rules) - (1 - given["zero"]),
        )
        y, dx = Grid.of(_outputs(x)), Grid.of(_gradients(x, dy))
        return Draft(
            Message(_STEM),
            (
                Part(Array(y, show_size=True), Message("Output $y$")),
                Part(Array(dx, show_size=True), Message("Gradient $dx$")),
            ),
            tables=(table("Input $x$", x), table("Gradient $dy$", dy)),
            solution=_solution(x, dy),
            wrong=_wrong(x, dy),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed and differentiated by torch, from the tables that the stem shows."""
        import torch

        from question_bank.tensors import backward, grid, tensor

        x, dy = (tensor(entry.value) for entry in question.tables)
        return grid(torch.relu(x)), backward(torch.relu, x, dy)
