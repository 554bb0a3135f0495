"""Stacks of layers as examples write them: the shape after each layer and its parameters, with PyTorch's defaults."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from question_bank import cnn, maths
from question_bank.errors import FormatError
from question_bank.lectures.given import Given, Pair, number, pair, whole
from question_bank.values import Rational, simplest

Shape: TypeAlias = tuple[int, ...]
Length: TypeAlias = Callable[[Mapping[str, int]], Rational]
"""Works out the length along one axis from n, k, s, p, d; a misconception has another one."""

MOST_LAYERS: Final = 500
_PAIRS: Final[Mapping[str, tuple[int | None, int]]] = {
    "kernel_size": (None, 1),
    "stride": (1, 1),
    "padding": (0, 0),
    "dilation": (1, 1),
}
_POOLS = ("maxpool2d", "avgpool2d")
_CONV = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "conv2d": _CONV,
    "maxpool2d": ("kernel_size", "stride", "padding", "dilation"),
    "avgpool2d": ("kernel_size", "stride", "padding"),
    "linear": ("in_features", "out_features", "bias"),
    "batchnorm2d": ("num_features",),
    "resize": ("scale_factor",),
    "dropout": ("p",),
    **dict.fromkeys(("relu", "sigmoid", "tanh", "softmax", "flatten"), ()),
}


class RaisesError(Exception):
    """PyTorch would raise an error here; part of a right answer, never shown as a fault."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer; what its type does not have is as it would be without effect."""

    type: str
    inputs: int = 0
    outputs: int = 0
    kernel: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True
    scale: Rational = 1

    @property
    def slides(self) -> bool:
        """Whether it moves a window."""
        return self.type == "conv2d" or self.type in _POOLS

    @property
    def trained(self) -> int:
        """How many parameters it has: torch.nn.Conv2d, Linear and BatchNorm2d, sections Variables."""
        if self.type == "conv2d":
            weights = self.outputs * (self.inputs // self.groups) * self.kernel[0] * self.kernel[1]
            return weights + self.bias * self.outputs
        if self.type == "linear":
            return self.outputs * self.inputs + self.bias * self.outputs
        return 2 * self.inputs if self.type == "batchnorm2d" else 0


def read_layers(given: Given) -> tuple[Layer, ...]:
    """Read the field `layers`."""
    items = given.raw("layers")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_LAYERS:
        raise FormatError(f"layers: expected a list of 1 to {MOST_LAYERS} layers")
    return tuple(_layer(item, index) for index, item in enumerate(items))


def _layer(item: Any, index: int) -> Layer:
    place = f"layers[{index}]"
    type_ = item.get("type") if isinstance(item, dict) else None
    if not isinstance(type_, str) or type_ not in _FIELDS:
        raise FormatError(f"{place}: expected an object with a type among {', '.join(sorted(_FIELDS))}")
    unknown = sorted(set(item) - {"type", *_FIELDS[type_]})
    if unknown:
        raise FormatError(f"{place}.{unknown[0]} is not understood; {type_} has {', '.join(_FIELDS[type_])}")
    found: dict[str, Any] = {"type": type_}
    if type_ == "conv2d" or type_ in _POOLS:
        found |= _sliding(item, place, pooling=type_ in _POOLS)
    for name, own in (("in_channels", "inputs"), ("out_channels", "outputs"), ("num_features", "inputs")):
        if name in _FIELDS[type_]:
            found[own] = whole(item.get(name), f"{place}.{name}", 1)
    if type_ == "linear":
        found |= {own: whole(item.get(n), f"{place}.{n}", 1) for n, own in _DENSE}
    if type_ == "resize":
        found["scale"] = number(item.get("scale_factor"), f"{place}.scale_factor")
    return Layer(**found, bias=_flag(item, "bias", place), groups=whole(item.get("groups", 1), place, 1))


_DENSE = (("in_features", "inputs"), ("out_features", "outputs"))


def _sliding(item: Mapping[str, Any], place: str, *, pooling: bool) -> dict[str, Pair]:
    found: dict[str, Pair] = {}
    for name, (default, least) in _PAIRS.items():
        usual = found["kernel"] if pooling and name == "stride" else default
        found[name.removesuffix("_size")] = pair(item.get(name, usual), f"{place}.{name}", least)
    return found


def _flag(item: Mapping[str, Any], name: str, place: str) -> bool:
    value = item.get(name, True)
    if not isinstance(value, bool):
        raise FormatError(f"{place}.{name}={value!r}: expected true or false")
    return value


def output_length(at: Mapping[str, int]) -> Rational:
    """Return the length that torch.nn.Conv2d and MaxPool2d give along one axis."""
    return cnn.value(cnn.OUTPUT_SIZE, at)


def by_formula(formula: str) -> Length:
    """Return a length that follows a formula of n, k, s, p, d."""
    return lambda at: maths.evaluate(formula, at)


def shapes(shape: Shape, layers: Iterable[Layer], length: Length = output_length) -> tuple[Shape, ...]:
    """Return the shape after each layer.

    Raises:
        RaisesError: PyTorch would raise an error.

    >>> shapes((1, 8, 8), [Layer("conv2d", 1, 4, (3, 3)), Layer("maxpool2d", kernel=(2, 2), stride=(2, 2))])
    ((4, 6, 6), (4, 3, 3))
    """
    found = []
    for layer in layers:
        shape = after(shape, layer, length)
        found.append(shape)
    return tuple(found)


def after(shape: Shape, layer: Layer, length: Length = output_length) -> Shape:
    """Return the shape after one layer."""
    if layer.slides or layer.type in ("resize", "batchnorm2d"):
        return _of_maps(shape, layer, length)
    if layer.type == "flatten":
        return (math.prod(shape),)
    if layer.type == "linear":
        if shape[-1] != layer.inputs:
            raise RaisesError(f"a dense layer that reads {layer.inputs} numbers is given {shape[-1]}")
        return (*shape[:-1], layer.outputs)
    return shape


def _of_maps(shape: Shape, layer: Layer, length: Length) -> Shape:
    if len(shape) != 3:
        raise RaisesError(f"{layer.type} is given {shape}, no channels of height and width")
    channels, *sizes = shape
    if layer.type in ("conv2d", "batchnorm2d") and channels != layer.inputs:
        raise RaisesError(f"{layer.type} that reads {layer.inputs} channels is given {channels}")
    if layer.inputs % layer.groups or layer.outputs % layer.groups:
        raise RaisesError(f"groups={layer.groups} divide neither or only one of the numbers of channels")
    if layer.type == "batchnorm2d":
        return shape
    if layer.type == "resize":
        return (channels, *(_positive(math.floor(size * layer.scale)) for size in sizes))
    if layer.type in _POOLS and any(2 * p > k for p, k in zip(layer.padding, layer.kernel, strict=True)):
        raise RaisesError("padding of more than half of a pooling window")
    lengths = (_positive(_length(layer, axis, size, length)) for axis, size in enumerate(sizes))
    return (layer.outputs if layer.type == "conv2d" else channels, *lengths)


def _length(layer: Layer, axis: int, size: int, length: Length) -> Rational:
    values = (layer.kernel[axis], layer.stride[axis], layer.padding[axis], layer.dilation[axis])
    return simplest(Fraction(length({"n": size, **dict(zip("kspd", values, strict=True))})))


def _positive(length: Rational) -> int:
    if not isinstance(length, int) or length < 1:
        raise RaisesError(f"a length of {length}")
    return length
