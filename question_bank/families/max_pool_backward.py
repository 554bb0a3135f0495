"""Backward pass of max pooling: torch.nn.MaxPool2d; each output's gradient goes to the pixel that was the maximum."""

from question_bank import cnn, layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact, Share
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import flat, largest, matrix, share_steps, table, window_count

_STEM = (
    "A max pooling layer with kernel size ${k} * {k}$, stride ${s}$ and no padding got the image $x$ of {h} rows and {w} columns. "
    "The gradient of the loss with respect to its output is $dy$. Write the gradient $dx$ of the loss with respect to $x$: "
    "{h} rows of {w} values."
)
_RULES = (
    "gradient-to-every-pixel",
    "gradient-shared-in-the-window",
    "gradient-overwritten",
    "gradient-times-value",
    "values-instead-of-gradients",
    "gradient-at-window-start",
    "upstream-gradient-ignored",
)


def _shares(x: Matrix, dy: Matrix, given: Given) -> list[Share]:
    return layers.maximum_shares(x, dy, given["k"], given["s"])


def _mistaken(rule: str, x: Matrix, dy: Matrix, given: Given) -> Exact:
    """Return the gradient that a mistake leads to."""
    k, s = given["k"], given["s"]
    shares = right = _shares(x, dy, given)
    match rule:
        case "gradient-to-every-pixel":
            shares = layers.kernel_shares(dy, [[1] * k] * k, s)
        case "gradient-shared-in-the-window":
            shares = layers.kernel_shares(dy, layers.mean_kernel(k), s)
        case "gradient-times-value":
            shares = [Share(at.row, at.column, at.gradient, x[at.row][at.column]) for at in right]
        case "values-instead-of-gradients":
            shares = [Share(at.row, at.column, x[at.row][at.column]) for at in right]
        case "gradient-at-window-start":
            shares = layers.kernel_shares(dy, [[1]], s)
        case "upstream-gradient-ignored":
            shares = [Share(at.row, at.column, 1) for at in right]
    last_only = rule in {"gradient-overwritten", "values-instead-of-gradients"}
    return layers.arrived(given["h"], given["w"], shares, last_only=last_only)


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array: windows that do not overlap overwrite nothing."""
    return tuple(rule for rule in _RULES if rule != "gradient-overwritten" or given["s"] < given["k"])


def _key(x: Matrix, dy: Matrix, given: Given) -> Exact:
    return layers.arrived(given["h"], given["w"], _shares(x, dy, given))


def _wrong(x: Matrix, dy: Matrix, given: Given) -> tuple[Wrong, ...]:
    answer = Array(Grid.of(_key(x, dy, given)))
    return live(answer, {rule: Grid.of(_mistaken(rule, x, dy, given)) for rule in _applicable(given)})


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    """Draw an image of different numbers, so that every window has one largest pixel, and gradients that are not 0."""
    height, width = given["h"], given["w"]
    pixels = draw.shuffle(range(-3, height * width - 3))
    x = [list(pixels[row * width : (row + 1) * width]) for row in range(height)]
    signs = matrix(draw, window_count(height, given), window_count(width, given), 0, 1)
    return x, [[draw.integer(1, 6) * (1 - 2 * sign) for sign in row] for row in signs]


def _solution(x: Matrix, dy: Matrix, given: Given) -> tuple[Step, ...]:
    """Find the largest pixel of every window, then add up what arrives at each of them."""
    found = tuple(
        Step(
            Message("Largest pixel of window ({row}, {column})", {"row": i + 1, "column": j + 1}),
            largest(flat(window)),
            {},
            max(flat(window)),
        )
        for i, line in enumerate(cnn.windows(x, given["k"], given["s"]))
        for j, window in enumerate(line)
    )
    return (*found, *share_steps(_shares(x, dy, given), given, lambda share: f"({share.gradient})"))


def _askable(given: Given) -> bool:
    """Whether the image is no square, windows leave no gap, and there are 4 to 9 of them."""
    windows = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and given["s"] <= given["k"] and 4 <= windows <= 9


@family("max-pool-backward", topic="gradients", version=1)
class MaxPoolBackward:
    """Backward pass of max pooling, with windows that touch, overlap or leave a remainder."""

    space = Space(h=(3, 4, 5, 6), w=(3, 4, 5, 6), k=(2, 3), s=(1, 2, 3), radicals=("k", "s")).where(_askable)
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
        part = Part(Array(Grid.of(_key(x, dy, given)), show_size=True), Message("Gradient $dx$"))
        return Draft(
            Message(_STEM, given),
            (part,),
            tables=(table("Image $x$", x), table("Gradient $dy$", dy)),
            solution=_solution(x, dy, given),
            wrong=_wrong(x, dy, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch, from the tables that the stem shows."""
        from torch.nn import functional

        from question_bank.tensors import backward, tensor

        x, dy = (tensor(entry.value) for entry in question.tables)
        k, s = shown.numbers(question, "ks")
        shown.agree_on_size(question)
        return (backward(lambda image: functional.max_pool2d(image, k, s), x, dy),)
