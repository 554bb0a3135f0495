"""Kinds whose answer counts: parameters, megabytes, multiply-adds and operations."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, Final

from question_bank.errors import FormatError
from question_bank.lectures.compare import Answer
from question_bank.lectures.given import Given, whole
from question_bank.lectures.kind import Kind, Mistakes, table
from question_bank.lectures.stacks import Layer, RaisesError, read_layers, shapes
from question_bank.lectures.work import Work

_BYTES = 4
_MEGABYTE = 1024**2

_COUNTED_WRONG: Final[Mapping[str, Callable[[Layer], int]]] = {
    "bias-forgotten": lambda layer: replace(layer, bias=False).trained,
    "dense-bias-forgotten": lambda layer: replace(layer, bias=layer.bias and layer.type != "linear").trained,
    "input-channels-forgotten": lambda layer: _conv(layer, inputs=1, groups=1),
    "output-channels-forgotten": lambda layer: _conv(layer, outputs=1, groups=1),
    "kernel-side-once": lambda layer: _conv(layer, kernel=(1, layer.kernel[1])),
    "one-bias-per-layer": lambda layer: (
        replace(layer, bias=False).trained + (layer.bias and layer.trained > 0)
    ),
    "bias-per-input-channel": lambda layer: (
        replace(layer, bias=False).trained + (layer.bias and layer.trained > 0) * layer.inputs
    ),
    "groups-not-counted": lambda layer: _conv(layer, groups=1),
}


def _conv(layer: Layer, **changes: Any) -> int:
    return replace(layer, **changes).trained if layer.type == "conv2d" else layer.trained


def _counted(given: Given, work: Work) -> Answer:
    layers = read_layers(given)
    work.spend(len(layers))
    return sum(layer.trained for layer in layers)


def _counted_mistakes(given: Given, work: Work) -> Mistakes:
    layers = read_layers(given)
    work.spend(len(layers))
    for rule, count in _COUNTED_WRONG.items():
        yield rule, partial(_total, layers, count)
    yield (
        "last-layer-forgotten",
        lambda: sum(layer.trained for layer in layers if layer.trained) - _last(layers),
    )


def _last(layers: tuple[Layer, ...]) -> int:
    return next((layer.trained for layer in reversed(layers) if layer.trained), 0)


def _total(layers: tuple[Layer, ...], count: Callable[[Layer], int]) -> int:
    return sum(map(count, layers))


def _tabled(given: Given, work: Work) -> Answer:
    """Return the shape after each layer, its parameters, and their total."""
    layers, start = read_layers(given), given.shape("shape")
    work.spend(len(layers))
    counts = tuple(layer.trained for layer in layers)
    try:
        after: Answer = shapes(start, layers)
    except RaisesError as error:
        raise FormatError(f"layers: PyTorch raises an error: {error}; expected layers that fit") from None
    return {"shapes": after, "params": counts, "total": sum(counts)}


def _tabled_mistakes(given: Given, work: Work) -> Mistakes:
    layers, start = read_layers(given), given.shape("shape")
    work.spend(len(layers))
    for rule, count in _COUNTED_WRONG.items():
        counts = tuple(map(count, layers))
        yield rule, partial(dict, shapes=shapes(start, layers), params=counts, total=sum(counts))


def _megabytes(given: Given, work: Work) -> Answer:
    """Return the memory of so many float32 numbers, a megabyte being 1024 * 1024 bytes as torchsummary counts."""
    work.spend(1)
    return Fraction(given.whole("numbers") * _BYTES, _MEGABYTE)


def _megabytes_mistakes(given: Given, work: Work) -> Mistakes:
    numbers = given.whole("numbers")
    work.spend(1)
    yield "megabyte-of-a-million", lambda: Fraction(numbers * _BYTES, 10**6)
    yield "kilobytes-for-megabytes", lambda: Fraction(numbers * _BYTES, 1024)
    yield "bits-for-bytes", lambda: Fraction(numbers * _BYTES * 8, _MEGABYTE)
    yield "one-byte-for-each-number", lambda: Fraction(numbers, _MEGABYTE)


_COUNTS: Final = {"multiply and add separately": 2, "multiply-adds": 1}


def _operations(given: Given, work: Work) -> Answer:
    """Count the operations of a convolution whose output has `shape`, the input's where its padding keeps the size."""
    each = _COUNTS[given.text("count", tuple(_COUNTS))]
    work.spend(1)
    return each * _multiply_adds(given)


def _multiply_adds(given: Given) -> int:
    channels = given.whole("in_channels", least=1) * given.whole("out_channels", least=1)
    return math.prod(given.shape("shape", 2)) * math.prod(given.pair("kernel_size", least=1)) * channels


def _operations_mistakes(given: Given, work: Work) -> Mistakes:
    each = _COUNTS[given.text("count")]
    work.spend(1)
    if each == 1:
        yield "operations-for-multiply-adds", lambda: 2 * _multiply_adds(given)
    else:
        yield "multiply-adds-for-operations", lambda: _multiply_adds(given)
    yield "cost-of-one-position", lambda: each * _multiply_adds(given) // math.prod(given.shape("shape", 2))


def _pointwise(given: Given, work: Work) -> Answer:
    """Count the parameters of a dense layer of a to b numbers, or a 1x1 convolution of a to b channels: (a + 1) b.

    Returns:
        The count that all the pairs (a, b) share.

    Raises:
        FormatError: they have different counts.
    """
    pairs = given.raw("factorisations")
    if not isinstance(pairs, list) or not 1 <= len(pairs) <= 100:
        raise FormatError("factorisations: expected a list of 1 to 100 pairs (inputs, outputs)")
    work.spend(len(pairs))
    total = given.whole("total", least=1)
    counts = {_dense(pair) for pair in pairs}
    if len(counts) > 1:
        raise FormatError(
            f"factorisations with {sorted(counts)} parameters; expected one number, such as {total}"
        )
    return counts.pop()


def _dense(pair: Any) -> int:
    if not isinstance(pair, list) or len(pair) != 2:
        raise FormatError(f"factorisations: {pair!r}; expected (inputs, outputs)")
    inputs, outputs = (whole(number, "factorisations", 1) for number in pair)
    return (inputs + 1) * outputs


def _pointwise_mistakes(given: Given, work: Work) -> Mistakes:
    work.spend(1)
    pairs = [[whole(number, "factorisations", 1) for number in pair] for pair in given.raw("factorisations")]
    for rule, count in (("bias-forgotten", 0), ("one-bias-per-layer", 1)):
        wrong = {a * b + count for a, b in pairs}
        if len(wrong) == 1:
            yield rule, wrong.pop


KINDS = table(
    Kind(
        "parameter_count",
        _counted,
        (
            "conv-parameters",
            "conv-block-parameters",
            "dense-parameters",
            "network-summary",
            "mlp-vs-cnn-parameters",
            "lenet-table",
            "vgg16-table",
        ),
        _counted_mistakes,
    ),
    Kind("parameter_table", _tabled, ("network-summary", "small-cnn-table", "lenet-table"), _tabled_mistakes),
    Kind(
        "megabytes",
        _megabytes,
        ("activation-memory", "weights-memory", "network-memory"),
        _megabytes_mistakes,
    ),
    Kind("operation_count", _operations, ("multiply-adds",), _operations_mistakes),
    Kind("one_by_one_equivalence", _pointwise, ("dense-as-convolution",), _pointwise_mistakes),
)
