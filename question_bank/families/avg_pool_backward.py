"""Backward pass of average pooling: torch.nn.AvgPool2d; every pixel of a window gets the same part of its gradient."""

from question_bank import layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact, Share
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import matrix, share_steps, table, window_count

_STEM = (
    "An average pooling layer with kernel size ${k} * {k}$, stride ${s}$ and no padding got the image $x$ of {h} rows and {w} "
    "columns. The gradient of the loss with respect to its output is $dy$. Write the gradient $dx$ of the loss with respect to "
    "$x$: {h} rows of {w} values."
)
_RULES = (
    "gradient-not-divided",
    "gradient-divided-by-side",
    "gradient-to-maximum",
    "gradient-overwritten",
    "gradient-at-window-start",
    "upstream-gradient-ignored",
)


def _shares(dy: Matrix, given: Given) -> list[Share]:
    return layers.kernel_shares(dy, layers.mean_kernel(given["k"]), given["s"])


def _mistaken(rule: str, x: Matrix, dy: Matrix, given: Given) -> Exact:
    """Return the gradient that a mistake leads to."""
    k, s = given["k"], given["s"]
    shares = right = _shares(dy, given)
    match rule:
        case "gradient-not-divided":
            shares = [Share(at.row, at.column, at.gradient) for at in right]
        case "gradient-divided-by-side":
            shares = [Share(at.row, at.column, at.gradient, at.factor * k) for at in right]
        case "gradient-to-maximum":
            shares = layers.maximum_shares(x, dy, k, s)
        case "gradient-at-window-start":
            shares = layers.kernel_shares(dy, [[1]], s)
        case "upstream-gradient-ignored":
            shares = [Share(at.row, at.column, 1, at.factor) for at in right]
    return layers.arrived(given["h"], given["w"], shares, last_only=rule == "gradient-overwritten")


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array: windows that do not overlap overwrite nothing."""
    return tuple(rule for rule in _RULES if rule != "gradient-overwritten" or given["s"] < given["k"])


def _key(dy: Matrix, given: Given) -> Exact:
    return layers.arrived(given["h"], given["w"], _shares(dy, given))


def _wrong(x: Matrix, dy: Matrix, given: Given) -> tuple[Wrong, ...]:
    answer = Array(Grid.of(_key(dy, given)))
    return live(answer, {rule: Grid.of(_mistaken(rule, x, dy, given)) for rule in _applicable(given)})


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    """Draw an image, which the answer does not need, and gradients that divide by the window's pixels."""
    height, width, pixels = given["h"], given["w"], given["k"] ** 2
    x = matrix(draw, height, width, 0, 9)
    parts = matrix(draw, window_count(height, given), window_count(width, given), -3, 4)
    return x, [[pixels * part for part in row] for row in parts]


def _askable(given: Given) -> bool:
    """Whether the image is no square, windows leave no gap, and there are 2 to 6 of them."""
    windows = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and given["s"] <= given["k"] and 2 <= windows <= 6


@family("avg-pool-backward", topic="gradients", version=1)
class AvgPoolBackward:
    """Backward pass of average pooling, with windows that touch, overlap or leave a remainder."""

    space = Space(h=(3, 4, 5), w=(3, 4, 5, 6), k=(2, 3), s=(1, 2, 3), radicals=("k", "s")).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw gradients on which the mistakes that can show do show."""
        x, dy = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(*drawn, given),
            len(_applicable(given)),
        )
        pixels = given["k"] ** 2
        part = Part(Array(Grid.of(_key(dy, given)), show_size=True), Message("Gradient $dx$"))
        return Draft(
            Message(_STEM, given),
            (part,),
            tables=(table("Image $x$", x), table("Gradient $dy$", dy)),
            solution=share_steps(_shares(dy, given), given, lambda share: f"({share.gradient})/{pixels}"),
            wrong=_wrong(x, dy, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch, from the tables that the stem shows."""
        from torch.nn import functional

        from question_bank.tensors import backward, tensor

        x, dy = (tensor(entry.value) for entry in question.tables)
        k, s = shown.numbers(question, "ks")
        shown.agree_on_size(question)
        return (backward(lambda image: functional.avg_pool2d(image, k, s), x, dy, k * k),)
