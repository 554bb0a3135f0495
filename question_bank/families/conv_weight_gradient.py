"""Weight gradient of a convolution: every position that used a weight adds to its gradient; torch autograd."""

from fractions import Fraction

from question_bank import layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import cell_steps, flat, matrix, product, table, total, window_count

_STEM = (
    "A convolution layer as in PyTorch (cross-correlation) with one filter $w$ of ${k} * {k}$ weights, stride ${s}$ and no padding "
    "got the image $x$ of {h} rows and {w} columns with one channel. The gradient of the loss with respect to its output is "
    "$dy$. Write the gradient $dw$ of the loss with respect to the filter: {k} rows of {k} values."
)
_RULES = (
    "pixels-read-in-a-row",
    "kernel-gradient-turned",
    "kernel-gradient-transposed",
    "gradient-averaged-over-positions",
    "first-position-only",
    "upstream-gradient-ignored",
    "stride-ignored-in-backward",
)


def _gradient(x: Matrix, dy: Matrix, given: Given) -> Exact:
    return layers.weight_gradient(x, dy, given["k"], given["s"])


def _mistaken(rule: str, x: Matrix, dy: Matrix, given: Given) -> Exact:
    """Return the gradient that a mistake leads to."""
    k, s = given["k"], given["s"]
    match rule:
        case "kernel-gradient-turned":
            return layers.turned(_gradient(x, dy, given))
        case "kernel-gradient-transposed":
            return layers.transposed(_gradient(x, dy, given))
        case "gradient-averaged-over-positions":
            count = len(flat(dy))
            return [[simplest(Fraction(value) / count) for value in row] for row in _gradient(x, dy, given)]
        case "pixels-read-in-a-row":
            return [[_in_a_row(x, dy, row, column) for column in range(k)] for row in range(k)]
    seen = {
        "first-position-only": [[dy[0][0]]],
        "upstream-gradient-ignored": [[1] * len(row) for row in dy],
    }
    stride = 1 if rule == "stride-ignored-in-backward" else s
    return layers.weight_gradient(x, seen.get(rule, dy), k, stride)


def _in_a_row(x: Matrix, dy: Matrix, row: int, column: int) -> Rational:
    """Pair the gradients with as many pixels one after another, from the one that the weight meets first."""
    start = row * len(x[0]) + column
    gradients = flat(dy)
    return sum(a * b for a, b in zip(flat(x)[start : start + len(gradients)], gradients, strict=True))


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array with this stride and size."""
    idle = {
        "stride-ignored-in-backward": given["s"] == 1,
        "pixels-read-in-a-row": window_count(given["h"], given) == 1,
    }
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _wrong(x: Matrix, dy: Matrix, given: Given) -> tuple[Wrong, ...]:
    answer = Array(Grid.of(_gradient(x, dy, given)))
    return live(answer, {rule: Grid.of(_mistaken(rule, x, dy, given)) for rule in _applicable(given)})


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    rows, columns = window_count(given["h"], given), window_count(given["w"], given)
    return matrix(draw, given["h"], given["w"], -3, 5), matrix(draw, rows, columns, -3, 3)


def _solution(x: Matrix, dy: Matrix, given: Given) -> tuple[Step, ...]:
    k = range(given["k"])
    formulas = [
        [total(product(*pair) for pair in layers.weight_pairs(x, dy, (r, c), given["s"])) for c in k]
        for r in k
    ]
    return cell_steps(formulas, _gradient(x, dy, given), "$dw$")


def _askable(given: Given) -> bool:
    """Whether the image is no square and there are 2 to 6 windows."""
    windows = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and 2 <= windows <= 6


@family("conv-weight-gradient", topic="gradients", version=1)
class ConvWeightGradient:
    """Gradient of a convolution with respect to its filter."""

    space = Space(h=(2, 3, 4, 5), w=(3, 4, 5), k=(2, 3), s=(1, 2), radicals=("k", "s")).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and gradients on which the mistakes that can show do show."""
        x, dy = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(*drawn, given),
            len(_applicable(given)),
        )
        part = Part(Array(Grid.of(_gradient(x, dy, given)), show_size=True), Message("Gradient $dw$"))
        return Draft(
            Message(_STEM, given),
            (part,),
            tables=(table("Image $x$", x), table("Gradient $dy$", dy)),
            solution=_solution(x, dy, given),
            wrong=_wrong(x, dy, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch at a filter of zeros, since the gradient does not depend on the filter."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import backward, tensor

        x, dy = (tensor(entry.value) for entry in question.tables)
        k, stride = shown.numbers(question, "ks")
        shown.agree_on_size(question)
        w = torch.zeros(1, 1, k, k, dtype=x.dtype)
        return (backward(lambda kernel: functional.conv2d(x, kernel, stride=stride), w, dy),)
