"""Bias gradient of a convolution: the sum over images, rows and columns of one output channel; torch autograd."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import flat, matrix, table, total

_STEM = (
    "A convolution layer with {f} filters and a bias $b$ for each was applied to a batch. The gradient of the loss with respect "
    "to its output, of shape `{shape}` with the axes (batch, channels, height, width), is $dy$ below. Write the gradient "
    "$db$ of the loss with respect to the biases: {f} values."
)
_RULES = (
    "gradient-averaged-over-positions",
    "gradient-of-first-image-only",
    "gradient-averaged-over-images",
    "channels-share-one-bias",
    "upstream-gradient-ignored",
    "first-position-only",
)
_Batch = list[list[Matrix]]  # (N, F, H, W)


def _values(dy: _Batch) -> list[list[int]]:
    """Return all gradients of each channel, image by image."""
    return [[value for image in dy for value in flat(image[f])] for f in range(len(dy[0]))]


def _mistaken(rule: str, dy: _Batch) -> list[Rational]:
    """Return the gradients that a mistake leads to."""
    values = _values(dy)
    sums = [sum(channel) for channel in values]
    divisors = {
        "gradient-averaged-over-positions": len(values[0]),
        "gradient-averaged-over-images": len(dy),
    }
    if rule in divisors:
        return [simplest(Fraction(value, divisors[rule])) for value in sums]
    match rule:
        case "gradient-of-first-image-only":
            return [sum(flat(channel)) for channel in dy[0]]
        case "channels-share-one-bias":
            return [sum(sums)] * len(sums)
        case "upstream-gradient-ignored":
            return [len(channel) for channel in values]
    return [channel[0][0] for channel in dy[0]]


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to other values: with one image, two of them cannot."""
    batch_only = {"gradient-of-first-image-only", "gradient-averaged-over-images"}
    return tuple(rule for rule in _RULES if given["n"] > 1 or rule not in batch_only)


def _wrong(dy: _Batch, given: Given) -> tuple[Wrong, ...]:
    key = Array(Grid.of([sum(channel) for channel in _values(dy)]))
    return live(key, {rule: Grid.of(_mistaken(rule, dy)) for rule in _applicable(given)})


def _entries(given: Given, draw: Draw) -> _Batch:
    return [
        [matrix(draw, given["h"], given["w"], -4, 5) for _ in range(given["f"])] for _ in range(given["n"])
    ]


def _solution(dy: _Batch) -> tuple[Step, ...]:
    return tuple(
        Step(
            Message("$db$ of channel {channel}", {"channel": number}),
            total(f"({value})" for value in channel),
            {},
            sum(channel),
        )
        for number, channel in enumerate(_values(dy), start=1)
    )


@family("conv-bias-gradient", topic="gradients", version=1)
class ConvBiasGradient:
    """Gradient of a convolution with respect to its biases, over one image or a batch."""

    space = Space(n=(1, 2), f=(2, 3), h=(2, 3), w=(2, 3), radicals=("n", "f"))
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw gradients on which the mistakes that can show do show."""
        dy = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(drawn, given),
            len(_applicable(given)),
        )
        key = Grid.of([sum(channel) for channel in _values(dy)])
        tables = tuple(
            table("$dy$, image {i}, channel {c}", channel, i=i, c=c)
            for i, image in enumerate(dy, start=1)
            for c, channel in enumerate(image, start=1)
        )
        shape = tuple(given[axis] for axis in ("n", "f", "h", "w"))
        return Draft(
            Message(_STEM, {"f": given["f"], "shape": shape}),
            (Part(Array(key, show_size=True), Message("Gradient $db$, one value for each channel")),),
            tables=tables,
            solution=_solution(dy),
            wrong=_wrong(dy, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch through a convolution with these biases, from the tables that the stem shows."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import backward, stacked

        n, f, h, w = shown.shape(question)
        shown.agree(question, f=f)
        dy = stacked(entry.value for entry in question.tables).reshape(n, f, h, w)
        x = torch.ones(n, 1, h, w, dtype=dy.dtype)
        kernel = torch.ones(f, 1, 1, 1, dtype=dy.dtype)
        bias = torch.zeros(f, dtype=dy.dtype)
        return (backward(lambda b: functional.conv2d(x, kernel, b), bias, dy),)
