"""Kinds whose answer is a table worked out cell by cell: convolution, pooling, flattening, activation functions."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Final

from question_bank.errors import FormatError
from question_bank.layers import transposed, turned
from question_bank.lectures import drawn
from question_bank.lectures.compare import Answer
from question_bank.lectures.given import Given, Image
from question_bank.lectures.kind import Kind, Mistakes, Slip, table
from question_bank.lectures.windows import (
    Convolution,
    Images,
    Windows,
    largest,
    mean,
    padded,
    pool,
    read_convolution,
    read_windows,
)
from question_bank.lectures.work import Work
from question_bank.values import Rational

_FLOATS: Final = {
    "float32": (3.4028234663852886e38, 1.401298464324817e-45),
    "float64": (1.7976931348623157e308, 5e-324),
}
"""The largest and the smallest positive number of each type: IEEE 754."""


def _convolved(given: Given, work: Work, *, several: bool) -> Answer:
    images = read_convolution(given, several=several).output(work)
    return images if several else images[0]


def _cell(given: Given, work: Work, *, several: bool) -> Answer:
    convolution = read_convolution(given, several=several)
    return _at(convolution.output(work), given, several=several)


def _at(images: Images, given: Given, *, several: bool) -> Rational:
    channel = given.whole("channel", 0) if several else 0
    row, column = given.whole("row"), given.whole("col")
    size = (len(images), len(images[0]), len(images[0][0]))
    if channel >= size[0] or row >= size[1] or column >= size[2]:
        raise FormatError(
            f"cell {(channel, row, column)} of an output {size}: expected indices counted from 0 inside it"
        )
    return images[channel][row][column]


def _variants(convolution: Convolution, work: Work) -> Iterator[tuple[str, Callable[[], Images]]]:
    """Yield what misconceptions make of a convolution."""

    def otherwise(**changes: object) -> Callable[[], Images]:
        return lambda: replace(convolution, **changes).output(work)  # type: ignore[arg-type]  # fields of its own

    def each(change: Callable[[Image], Sequence[Sequence[Rational]]]) -> tuple[Images, ...]:
        return tuple(tuple(tuple(map(tuple, change(part))) for part in one) for one in convolution.w)

    kernel = convolution.windows.kernel
    yield "kernel-flipped", otherwise(w=each(turned))
    if kernel[0] == kernel[1]:
        yield "kernel-transposed", otherwise(w=each(transposed))
    yield "stride-ignored", otherwise(stride=(1, 1))
    yield "padding-ignored", otherwise(padding=(0, 0))
    yield "bias-forgotten", otherwise(bias=(0,) * len(convolution.bias))
    entries = kernel[0] * kernel[1] * len(convolution.x)
    yield "bias-per-product", otherwise(bias=tuple(one * entries for one in convolution.bias))
    edge = tuple(padded(image, convolution.padding, edge=True) for image in convolution.x)
    yield "padding-repeats-edge", otherwise(x=edge, padding=(0, 0))
    yield (
        "negatives-clipped",
        lambda: tuple(
            tuple(tuple(max(0, cell) for cell in row) for row in image) for image in convolution.output(work)
        ),
    )
    if len(convolution.x) > 1:
        first = tuple(one[:1] for one in convolution.w)
        yield "first-channel-only", otherwise(x=convolution.x[:1], w=first)


def _convolution_mistakes(given: Given, work: Work, *, several: bool, cell: bool) -> Mistakes:
    def read(images: Callable[[], Images]) -> Answer:
        if cell:
            return _at(images(), given, several=several)
        return images() if several else images()[0]

    for rule, images in _variants(read_convolution(given, several=several), work):
        yield rule, partial(read, images)


def _drawn_slips(given: Given, stated: object, work: Work) -> Iterator[Slip]:
    return drawn.slips(read_convolution(given, several=False), stated, work)


def _pooled(given: Given, work: Work, *, take: Callable[[Sequence[Rational], int], Rational]) -> Answer:
    return pool(given.image("x"), read_windows(given, pooling=True), take, work)


def _along_rows(given: Given) -> Windows:
    """Read the windows of a pooling along the rows, each of which is pooled by itself."""
    kernel = given.whole("kernel_size", least=1)
    stride = given.whole("stride", kernel, least=1)
    return Windows((1, kernel), (1, stride), (0, given.whole("padding", 0)))


def _pooled_rows(given: Given, work: Work, *, take: Callable[[Sequence[Rational], int], Rational]) -> Answer:
    return pool(given.image("x"), _along_rows(given), take, work)


_OTHER_TAKES: Final[Mapping[str, Callable[[Sequence[Rational], int], Rational]]] = {
    "mean-instead-of-max": mean,
    "min-instead-of-max": lambda pixels, _: min(pixels),
    "max-of-magnitudes": lambda pixels, _: max(max(pixel, -pixel) for pixel in pixels),
    "maximum-from-zero": lambda pixels, _: max(0, *pixels),
    "max-instead-of-mean": largest,
    "sum-instead-of-mean": lambda pixels, _: sum(pixels),
    "padding-not-counted": lambda pixels, _: Fraction(sum(pixels), len(pixels)),
    "mean-rounded-down": lambda pixels, size: sum(pixels) // size,
}
_MAXIMA = ("mean-instead-of-max", "min-instead-of-max", "max-of-magnitudes", "maximum-from-zero")


def _pool_mistakes(given: Given, work: Work, *, maximum: bool) -> Mistakes:
    x, windows = given.image("x"), read_windows(given, pooling=True)
    own = largest if maximum else mean
    if maximum and any(windows.padding):
        zeros = padded(x, windows.padding)
        yield "padding-with-zeros", lambda: pool(zeros, replace(windows, padding=(0, 0)), own, work)
    for rule, take in _OTHER_TAKES.items():
        if (rule in _MAXIMA) == maximum:
            yield rule, partial(pool, x, windows, take, work)
    yield "pool-stride-one", lambda: pool(x, replace(windows, stride=(1, 1)), own, work)
    yield "pool-stride-is-kernel", lambda: pool(x, replace(windows, stride=windows.kernel), own, work)
    yield "padding-ignored", lambda: pool(x, replace(windows, padding=(0, 0)), own, work)


def _row_pool_mistakes(given: Given, work: Work, *, maximum: bool) -> Mistakes:
    x, rows = given.image("x"), _along_rows(given)
    own = largest if maximum else mean
    columns = replace(rows, kernel=rows.kernel[::-1], stride=rows.stride[::-1], padding=rows.padding[::-1])
    yield "pool1d-along-the-columns", lambda: pool(x, columns, own, work)
    yield "pool-stride-one", lambda: pool(x, replace(rows, stride=(1, 1)), own, work)
    yield "mean-for-max-or-max-for-mean", lambda: pool(x, rows, mean if maximum else largest, work)


def _flattened(given: Given, work: Work) -> Answer:
    """Flatten all but the batch, of which there is one image: torch.nn.Flatten."""
    x = given.image("x")
    work.spend(len(x) * len(x[0]))
    return (tuple(cell for row in x for cell in row),)


def _flatten_mistakes(given: Given, work: Work) -> Mistakes:
    def lost() -> Answer:
        (row,) = _flattened(given, work)  # type: ignore[misc,str-unpack]  # one row
        return row

    yield "batch-axis-lost", lost
    yield (
        "flattened-by-columns",
        lambda: (tuple(c for column in transposed(given.image("x")) for c in column),),
    )


def _sigmoid(x: Rational) -> float:
    """Return 1 / (1 + e^-x) without overflow."""
    small = math.exp(-abs(float(x)))
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


def softmax(x: Sequence[Rational]) -> tuple[float, ...]:
    """Return e^x over the sum, moved by the maximum so that nothing overflows.

    >>> softmax([1000, 1000])
    (0.5, 0.5)
    """
    top = max(x)
    powers = [math.exp(max(float(value - top), -800.0)) for value in x]
    total = sum(powers)
    return tuple(power / total for power in powers)


_FUNCTIONS: Final[Mapping[str, Callable[[Sequence[Rational]], tuple[Rational | float, ...]]]] = {
    "sigmoid": lambda x: tuple(map(_sigmoid, x)),
    "tanh": lambda x: tuple(math.tanh(float(value)) for value in x),
    "relu": lambda x: tuple(max(0, value) for value in x),
    "softmax": softmax,
}
_FUNCTION_MISTAKES: Final[Mapping[str, tuple[str, Callable[[Sequence[Rational]], Answer]]]] = {
    "sigmoid-instead-of-softmax": ("softmax", _FUNCTIONS["sigmoid"]),
    "softmax-sign-turned": ("softmax", lambda x: softmax([-value for value in x])),
    "magnitude-instead-of-relu": ("relu", lambda x: tuple(map(abs, x))),
    "relu-forgotten": ("relu", tuple),
    "relu-of-the-negatives": ("relu", lambda x: tuple(min(0, value) for value in x)),
}


def _each(given: Given, work: Work) -> Answer:
    x = given.numbers("x")
    work.spend(len(x))
    return _FUNCTIONS[given.text("function", tuple(_FUNCTIONS))](x)


def _each_mistakes(given: Given, work: Work) -> Mistakes:  # noqa: ARG001  # of the same form as the others
    x, name = given.numbers("x"), given.text("function")
    for rule, (function, wrong) in _FUNCTION_MISTAKES.items():
        if function == name:
            yield rule, partial(wrong, x)


def _naive_softmax(given: Given, work: Work) -> Answer:
    """Divide e^x by the sum of all, as floating-point numbers do: infinity over infinity is no number."""
    x, (most, least) = given.numbers("x"), _FLOATS[given.text("dtype", tuple(_FLOATS), "float32")]
    work.spend(len(x))
    powers = [math.inf if value > math.log(most) else math.exp(float(value)) for value in x]
    powers = [power if power >= least else 0.0 for power in powers]
    total = sum(powers) if sum(powers) <= most else math.inf
    return tuple("nan" if power == math.inf or total == 0 else power / total for power in powers)


_CONV = ("conv-by-hand",)
_SEVERAL = ("conv-several-channels-by-hand",)
KINDS = table(
    Kind(
        "conv2d",
        partial(_convolved, several=False),
        _CONV,
        partial(_convolution_mistakes, several=False, cell=False),
        _drawn_slips,
    ),
    Kind(
        "conv2d_cell",
        partial(_cell, several=False),
        ("conv-output-cell",),
        partial(_convolution_mistakes, several=False, cell=True),
    ),
    Kind(
        "conv2d_multi",
        partial(_convolved, several=True),
        _SEVERAL,
        partial(_convolution_mistakes, several=True, cell=False),
    ),
    Kind(
        "conv2d_multi_cell",
        partial(_cell, several=True),
        _SEVERAL,
        partial(_convolution_mistakes, several=True, cell=True),
    ),
    Kind(
        "max_pool2d",
        partial(_pooled, take=largest),
        ("max-pool-by-hand", "padded-max-pool"),
        partial(_pool_mistakes, maximum=True),
    ),
    Kind(
        "avg_pool2d",
        partial(_pooled, take=mean),
        ("avg-pool-by-hand",),
        partial(_pool_mistakes, maximum=False),
    ),
    Kind(
        "max_pool1d",
        partial(_pooled_rows, take=largest),
        ("pool-1d-by-hand",),
        partial(_row_pool_mistakes, maximum=True),
    ),
    Kind(
        "avg_pool1d",
        partial(_pooled_rows, take=mean),
        ("pool-1d-by-hand",),
        partial(_row_pool_mistakes, maximum=False),
    ),
    Kind("flatten", _flattened, ("flatten-position", "conv-relu-pool-flatten"), _flatten_mistakes),
    Kind(
        "elementwise",
        _each,
        ("activation-values", "softmax-by-hand", "relu-forward-backward"),
        _each_mistakes,
    ),
    Kind("naive_softmax", _naive_softmax, ("naive-softmax-overflow",)),
)
