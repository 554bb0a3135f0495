"""Kinds whose answer is a shape or a number of positions: layers, poolings, flattened sizes, shares of an image."""

import math
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from question_bank.errors import FormatError
from question_bank.formulas import SIZE_MISTAKES
from question_bank.lectures.compare import Answer
from question_bank.lectures.given import Given, shape
from question_bank.lectures.kind import Kind, Mistakes, table
from question_bank.lectures.stacks import Layer, RaisesError, Shape, by_formula, read_layers, shapes
from question_bank.lectures.windows import Windows, read_windows
from question_bank.lectures.work import Work

ERROR = "error"
"""How files write that PyTorch raises an error."""


def _without_pooling(layer: Layer) -> Layer:
    return replace(layer, type="relu") if layer.type.endswith("pool2d") else layer


def _stack(given: Given, work: Work) -> Answer:
    layers, start, last = read_layers(given), given.shape("shape"), given.flag("last_only")
    work.spend(len(layers))
    try:
        found = shapes(start, layers)
    except RaisesError:
        return ERROR
    return found[-1] if last else found


def _stack_mistakes(given: Given, work: Work) -> Mistakes:
    layers, start, last = read_layers(given), given.shape("shape"), given.flag("last_only")

    def by_rule(formula: str) -> Answer:
        work.spend(len(layers))
        return _last(shapes(start, layers, by_formula(formula)), last=last)

    for rule, formula in SIZE_MISTAKES.items():
        yield rule, partial(by_rule, formula)
    yield "pooling-forgotten", lambda: _last(shapes(start, map(_without_pooling, layers)), last=last)
    if len(layers) == 1:
        yield "channels-unchanged", lambda: _last(_with_input_channels(start, layers[0]), last=last)
    if layers[-1].type == "flatten" and len(layers) > 1:
        yield "flatten-forgets-channels", lambda: (math.prod(shapes(start, layers[:-1])[-1][1:]),)
        yield (
            "flatten-counts-input-channels",
            lambda: (start[0] * math.prod(shapes(start, layers[:-1])[-1][1:]),),
        )
        yield "flattened-before-the-layers", lambda: (math.prod(start),)


def _with_input_channels(start: Shape, layer: Layer) -> tuple[Shape, ...]:
    ((_, *sizes),) = shapes(start, [layer])
    return ((start[0], *sizes),)


def _last(found: tuple[Shape, ...], *, last: bool) -> Answer:
    return found[-1] if last else found


def _quiz(given: Given, work: Work) -> Answer:
    """Return the letter of the option that holds the last layer's shape, or of `error`."""
    layers, start = read_layers(given), given.shape("shape")
    options = given.raw("options")
    if not isinstance(options, dict) or not 2 <= len(options) <= 26:
        raise FormatError("options: expected an object of 2 to 26 shapes, or error, by letter")
    work.spend(len(layers))
    try:
        key: Any = shapes(start, layers)[-1]
    except RaisesError:
        key = ERROR
    fits = [letter for letter, option in options.items() if _option(option) == key]
    if len(fits) != 1:
        raise FormatError(f"options: {len(fits)} of them are {key}; expected exactly one")
    return str(fits[0])


def _option(option: Any) -> Any:
    return option if isinstance(option, str) else shape(option, "options")


def _pooled_rows(given: Given, work: Work) -> Answer:
    rows, columns = given.shape("shape", 2)
    work.spend(1)
    return _row_windows(given).count(rows, columns)


def _row_windows(given: Given) -> Windows:
    kernel = given.whole("kernel_size", least=1)
    return Windows((1, kernel), (1, given.whole("stride", kernel, least=1)), (0, given.whole("padding", 0)))


def _pooled_rows_mistakes(given: Given, work: Work) -> Mistakes:
    rows, columns = given.shape("shape", 2)
    windows = _row_windows(given)
    work.spend(1)
    turned = replace(windows, kernel=windows.kernel[::-1], stride=windows.stride[::-1])
    both = replace(windows, kernel=(windows.kernel[1],) * 2, stride=(windows.stride[1],) * 2)
    yield "pool1d-along-the-columns", lambda: turned.count(rows, columns)
    yield "pool1d-over-both-axes", lambda: both.count(rows, columns)
    yield "pool-stride-one", lambda: replace(windows, stride=(1, 1)).count(rows, columns)
    yield "pool1d-turned", lambda: windows.count(rows, columns)[::-1]


def _pooled(given: Given, work: Work) -> Answer:
    height, width = given.shape("shape", 2)
    work.spend(1)
    return read_windows(given, pooling=True).count(height, width)


def _pooled_mistakes(given: Given, work: Work) -> Mistakes:
    height, width = given.shape("shape", 2)
    windows = read_windows(given, pooling=True)
    work.spend(1)
    first, second = windows.kernel
    for side in dict.fromkeys((first, second)):
        if first != second:
            square = replace(windows, kernel=(side, side))
            yield "square-kernel-assumed", partial(square.count, height, width)
    yield "pair-order-swapped", lambda: replace(windows, kernel=(second, first)).count(height, width)
    yield "pool-stride-one", lambda: replace(windows, stride=(1, 1)).count(height, width)
    yield "pool-stride-is-kernel", lambda: replace(windows, stride=windows.kernel).count(height, width)
    yield "padding-ignored", lambda: replace(windows, padding=(0, 0)).count(height, width)
    yield "remainder-kept", lambda: _rounded_up(windows, height, width)


def _rounded_up(windows: Windows, height: int, width: int) -> Answer:
    up = (
        -((windows.kernel[a] - length - 2 * windows.padding[a]) // windows.stride[a]) + 1
        for a, length in enumerate((height, width))
    )
    return tuple(up)


def _positions(given: Given, work: Work) -> Answer:
    return math.prod(_pooled_sizes(given, work))


def _pooled_sizes(given: Given, work: Work) -> tuple[int, int]:
    height, width = given.shape("shape", 2)
    work.spend(1)
    return read_windows(given, pooling=False).count(height, width)


def _positions_mistakes(given: Given, work: Work) -> Mistakes:
    height, width = given.shape("shape", 2)
    down, across = _pooled_sizes(given, work)
    windows = read_windows(given, pooling=False)
    yield "positions-added", lambda: down + across
    yield "positions-along-one-axis", lambda: across
    yield "position-at-each-pixel", lambda: height * width
    yield "stride-ignored", lambda: math.prod(replace(windows, stride=(1, 1)).count(height, width))
    yield "windows-thought-to-touch", lambda: (height // windows.kernel[0]) * (width // windows.kernel[1])


def _area(given: Given, work: Work) -> Answer:
    before, after = given.shape("shape", 2), given.shape("after", 2)
    work.spend(1)
    return 1 - Fraction(math.prod(after), math.prod(before))


def _area_mistakes(given: Given, work: Work) -> Mistakes:
    before, after = given.shape("shape", 2), given.shape("after", 2)
    work.spend(1)
    yield "area-that-is-left", lambda: Fraction(math.prod(after), math.prod(before))
    yield "area-one-side-only", lambda: 1 - Fraction(after[0], before[0])
    yield "area-as-a-fraction", lambda: 100 * (1 - Fraction(math.prod(after), math.prod(before)))


def _drawn(given: Given, work: Work) -> Answer:
    """Return the size of a drawn array and, after it, its size with the padding around, 1 on each side by default."""
    x = given.image("x")
    padding = given.pair("padding", 1)
    work.spend(len(x))
    return (len(x), len(x[0])), (len(x) + 2 * padding[0], len(x[0]) + 2 * padding[1])


def _drawn_mistakes(given: Given, work: Work) -> Mistakes:
    x = given.image("x")
    padding = given.pair("padding", 1)
    work.spend(len(x))
    size = (len(x), len(x[0]))
    once = tuple(length + p for length, p in zip(size, padding, strict=True))
    yield (
        "height-width-swapped",
        lambda: (
            size[::-1],
            tuple(length + 2 * p for length, p in zip(size[::-1], padding[::-1], strict=True)),
        ),
    )
    yield "padding-once", lambda: (size, once)


def _dense_rank(given: Given, work: Work) -> Answer:
    """Return the shape that a summary prints for a dense layer: -1 for the batch, then the last axis replaced."""
    start = given.shape("shape")
    work.spend(1)
    return (-1, *start[:-1], given.whole("features", least=1))


def _dense_rank_mistakes(given: Given, work: Work) -> Mistakes:
    start, features = given.shape("shape"), given.whole("features")
    work.spend(1)
    yield "batch-axis-lost", lambda: (*start[:-1], features)


KINDS = table(
    Kind(
        "layer_shapes",
        _stack,
        (
            "stack-output-shape",
            "conv-output-size",
            "conv-output-shape",
            "in-features-after-flatten",
            "network-summary",
        ),
        _stack_mistakes,
        axes=True,
    ),
    Kind("quiz_shape", _quiz, ("stack-output-shape",)),
    Kind("pool1d_shape", _pooled_rows, ("pool1d-output-shape",), _pooled_rows_mistakes, axes=True),
    Kind("pool2d_shape", _pooled, ("pool-output-shape",), _pooled_mistakes, axes=True),
    Kind("linear_rank", _dense_rank, ("linear-on-last-axis",), _dense_rank_mistakes, axes=True),
    Kind("array_shape", _drawn, ("padded-shape",), _drawn_mistakes, axes=True),
    Kind("window_count", _positions, ("window-count",), _positions_mistakes),
    Kind("area_loss", _area, ("area-lost",), _area_mistakes),
)
