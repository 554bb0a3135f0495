"""Random calls of each graded function: everything that its contract allows, drawn apart from its suite.

They say whether a changed program is another one at all. Sizes are small, shapes and arguments as odd as they may be: numbers or
pairs, windows that overlap, touch or leave gaps, remainders, whole numbers, single precision, views.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Arguments: TypeAlias = tuple[Any, ...]
TIED = (-1.0, 0.0, 0.5, 2.0)


class Dice:
    """Draws arguments.

    Attributes:
        rng: where they come from.
        ties: whether arrays may hold equal entries and zeros.
    """

    def __init__(self, rng: np.random.Generator, *, ties: bool) -> None:
        self.rng = rng
        self.ties = ties

    def number(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def numbers(self, low: int, high: int, count: int) -> tuple[int, ...]:
        """Draw several."""
        return tuple(self.number(low, high) for _ in range(count))

    def chance(self) -> bool:
        """Toss a coin."""
        return bool(self.rng.integers(2))

    def setting(self, low: int, high: int) -> int | tuple[int, ...]:
        """Draw a number for both axes, or a pair."""
        return self.numbers(low, high, 2) if self.chance() else self.number(low, high)

    def array(self, *shape: int, whole: bool = False) -> Array:
        """Draw an array of finite floats, or of whole numbers where they are allowed, in some layout."""
        kind = self.number(0, 3)
        if self.ties and kind == 0:
            values: Array = self.rng.choice(TIED, shape)
        elif whole and kind == 1:
            values = self.rng.integers(-9, 10, shape)
        else:
            values = self.rng.standard_normal(shape) * self.rng.choice([0.1, 1.0, 30.0])
            values = values.astype(np.float32) if kind == 2 else values
        if self.number(0, 3) == 0:
            wide = np.zeros((*shape[:-1], 2 * shape[-1]), values.dtype)
            wide[..., ::2] = values
            return wide[..., ::2]
        return values


def two(value: int | tuple[int, ...]) -> tuple[int, ...]:
    """Take a number as a pair."""
    return (value, value) if isinstance(value, int) else value


def _lengths(dice: Dice, spans: Any, padding: Any) -> tuple[int, ...]:
    """Draw sizes into which a window of these spans fits."""
    pairs = zip(two(spans), two(padding), strict=True)
    return tuple(max(1, span - 2 * p) + dice.number(0, 5) for span, p in pairs)


def _outputs(size: Any, spans: Any, stride: Any, padding: Any) -> tuple[int, ...]:
    axes = zip(size, two(spans), two(stride), two(padding), strict=True)
    return tuple((n + 2 * p - span) // s + 1 for n, span, s, p in axes)


def _convolution(dice: Dice) -> tuple[Array, Array, Arguments, tuple[int, ...]]:
    """Draw images, filters, what is told about the windows, and the output's shape."""
    groups, share, kernel = dice.number(1, 3), dice.number(1, 2), dice.numbers(1, 4, 2)
    stride, padding, dilation = dice.setting(1, 4), dice.setting(0, 4), dice.setting(1, 4)
    spans = tuple(d * (k - 1) + 1 for d, k in zip(two(dilation), kernel, strict=True))
    size = _lengths(dice, spans, padding)
    x = dice.array(dice.number(1, 3), groups * share, *size, whole=True)
    w = dice.array(groups * dice.number(1, 2), share, *kernel)
    return (
        x,
        w,
        (stride, padding, dilation, groups),
        (len(x), len(w), *_outputs(size, spans, stride, padding)),
    )


def conv2d_forward(dice: Dice) -> Arguments:
    """Draw a call."""
    x, w, told, (_, filters, *_) = _convolution(dice)
    return (x, w, dice.array(filters) if dice.chance() else None, *told)


def conv2d_backward(dice: Dice) -> Arguments:
    """Draw a call."""
    x, w, told, shape = _convolution(dice)
    return (dice.array(*shape), x, w, *told)


def conv2d_1x1_as_dense(dice: Dice) -> Arguments:
    """Draw a call."""
    images, channels, filters, *size = dice.numbers(1, 4, 5)
    x, w = dice.array(images, channels, *size, whole=True), dice.array(filters, channels, 1, 1)
    return x, w, dice.array(filters) if dice.chance() else None


def _pooling(dice: Dice) -> tuple[tuple[int, ...], Arguments, tuple[int, ...]]:
    """Draw the shapes of images, what is told about the windows, and the output's shape."""
    kernel = dice.setting(1, 7)
    stride = None if dice.chance() else dice.setting(1, 4)
    most = tuple(k // 2 for k in two(kernel))
    padding = tuple(dice.number(0, p) for p in most) if dice.chance() else dice.number(0, min(most))
    size = _lengths(dice, kernel, padding)
    shape = (*dice.numbers(1, 3, 2), *size)
    return shape, (kernel, stride, padding), (*shape[:2], *_outputs(size, kernel, stride or kernel, padding))


def max_pool2d_forward(dice: Dice) -> Arguments:
    """Draw a call."""
    shape, told, _ = _pooling(dice)
    return (dice.array(*shape), *told)


def max_pool2d_backward(dice: Dice) -> Arguments:
    """Draw a call."""
    shape, told, out = _pooling(dice)
    return (dice.array(*out), dice.array(*shape), *told)


def avg_pool2d_forward(dice: Dice) -> Arguments:
    """Draw a call."""
    shape, told, _ = _pooling(dice)
    return (dice.array(*shape, whole=True), *told, dice.chance())


def avg_pool2d_backward(dice: Dice) -> Arguments:
    """Draw a call."""
    shape, told, out = _pooling(dice)
    return (dice.array(*out), shape, *told, dice.chance())


def im2col(dice: Dice) -> Arguments:
    """Draw a call."""
    kernel, stride, padding = dice.setting(1, 4), dice.setting(1, 4), dice.setting(0, 4)
    return dice.array(*dice.numbers(1, 3, 2), *_lengths(dice, kernel, padding)), kernel, stride, padding


def output_shape(dice: Dice) -> Arguments:
    """Draw a call; in some of them no window fits."""
    return tuple(dice.setting(*ends) for ends in ((1, 30), (1, 7), (1, 5), (0, 4), (1, 5)))


def count_parameters(dice: Dice) -> Arguments:
    """Draw a list of layers."""
    return ([LAYERS[dice.number(0, len(LAYERS) - 1)](dice) for _ in range(dice.number(0, 5))],)


def _conv_layer(dice: Dice) -> dict[str, Any]:
    groups = dice.number(1, 3)
    layer = {
        "type": "conv2d",
        "in_channels": groups * dice.number(1, 5),
        "out_channels": groups * dice.number(1, 5),
        "kernel_size": dice.setting(1, 5),
    }
    return layer | _sometimes(dice, bias=dice.chance()) | ({"groups": groups} if groups > 1 else {})


def _linear_layer(dice: Dice) -> dict[str, Any]:
    layer = {"type": "linear", "in_features": dice.number(1, 20), "out_features": dice.number(1, 20)}
    return layer | _sometimes(dice, bias=dice.chance())


def _sometimes(dice: Dice, **entries: Any) -> dict[str, Any]:
    return entries if dice.chance() else {}


LAYERS: tuple[Callable[[Dice], dict[str, Any]], ...] = (
    _conv_layer,
    _linear_layer,
    lambda dice: {"type": "batchnorm2d", "num_features": dice.number(1, 20)},
    lambda dice: {"type": "maxpool2d", "kernel_size": dice.setting(1, 3)},
    lambda dice: {"type": "avgpool2d", "kernel_size": dice.setting(1, 3)},
    lambda _: {"type": "relu"},
    lambda _: {"type": "flatten"},
)


def relu(dice: Dice) -> Arguments:
    """Draw a call on an array of any shape."""
    return (dice.array(*dice.numbers(1, 4, dice.number(1, 4))),)


def relu_backward(dice: Dice) -> Arguments:
    """Draw a call on arrays of any shape."""
    shape = dice.numbers(1, 4, dice.number(1, 4))
    return dice.array(*shape), dice.array(*shape)


def softmax(dice: Dice) -> Arguments:
    """Draw logits, near to each other or far apart, near to zero or far from it."""
    shape = (dice.number(1, 5), dice.number(2, 6))
    scale, centre = dice.rng.choice([1.0, 300.0]), dice.rng.choice([0.0, 1000.0, -1000.0])
    return (scale * dice.array(*shape) + centre,)


def cross_entropy(dice: Dice) -> Arguments:
    """Draw logits and classes."""
    (z,) = softmax(dice)
    return z, dice.rng.integers(0, z.shape[1], len(z))


_CONVOLUTIONS = (conv2d_backward, conv2d_forward, conv2d_1x1_as_dense, im2col)
_POOLINGS = (avg_pool2d_backward, avg_pool2d_forward, max_pool2d_backward, max_pool2d_forward)
_OTHERS = (count_parameters, cross_entropy, output_shape, relu, relu_backward, softmax)
_CONVOLUTIONS = (conv2d_backward, conv2d_forward, conv2d_1x1_as_dense, im2col)
_POOLINGS = (avg_pool2d_backward, avg_pool2d_forward, max_pool2d_backward, max_pool2d_forward)
_OTHERS = (count_parameters, cross_entropy, output_shape, relu, relu_backward, softmax)
DOMAINS: Mapping[str, Callable[[Dice], Arguments]] = {
    draw.__name__: draw for draw in (*_CONVOLUTIONS, *_POOLINGS, *_OTHERS)
} | {"cross_entropy_backward": cross_entropy}


def calls(function: str, count: int, *, ties: bool) -> Iterator[Arguments]:
    """Draw calls of a function, the same ones each time.

    Raises:
        KeyError: nobody has said yet what the function may be called with.
    """
    dice = Dice(np.random.Generator(np.random.PCG64(count)), ties=ties)
    for _ in range(count):
        yield DOMAINS[function](dice)
