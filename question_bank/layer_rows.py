"""Layers of well-known networks as rows: how PyTorch writes them, the shapes before and after them, their parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from question_bank import cnn


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer with a window, a dense layer or a flattening, and what stands behind it in its row.

    Attributes:
        kind: what it is.
        out: filters of a convolution, neurons of a dense layer.
        k: side of the window, with stride `s` and padding `p`.
        text: the layer as PyTorch writes it, with `{n_in}` for the channels or numbers that it takes.
    """

    kind: Literal["conv", "pool", "global", "flatten", "dense"]
    text: str
    out: int = 0
    k: int = 1
    s: int = 1
    p: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A layer with the shapes before and after it, its parameters, and how many of them are biases."""

    layer: Layer
    before: tuple[int, ...]
    after: tuple[int, ...]
    parameters: int = 0
    biases: int = 0


def convolution(out: int, k: int, s: int = 1, p: int = 0, behind: str = "nn.ReLU()") -> Layer:
    """Write a convolution and its activation."""
    options = f"{f', stride={s}' if s > 1 else ''}{f', padding={p}' if p else ''}"
    return Layer("conv", f"nn.Conv2d({{n_in}}, {out}, kernel_size={k}{options}), {behind}", out, k, s, p)


def pooling(k: int, s: int, name: str = "MaxPool2d") -> Layer:
    """Write a pooling; a stride that is the window's side is left out."""
    return Layer("pool", f"nn.{name}({k}{f', stride={s}' if s != k else ''})", k=k, s=s)


def dense(out: int, *behind: str) -> Layer:
    """Write a dense layer and what is behind it."""
    return Layer("dense", ", ".join((f"nn.Linear({{n_in}}, {out})", *behind)), out)


FLATTEN: Final = Layer("flatten", "nn.Flatten()")
GLOBAL: Final = Layer("global", "nn.AdaptiveAvgPool2d(1), nn.Flatten()")


def rows(layers: Iterable[Layer], shape: tuple[int, ...]) -> tuple[Row, ...]:
    """Follow one image through the layers."""
    found = []
    for layer in layers:
        row = _row(layer, shape)
        found.append(row)
        shape = row.after
    return tuple(found)


def _row(layer: Layer, shape: tuple[int, ...]) -> Row:
    out, channels = layer.out, shape[0]
    match layer.kind:
        case "conv" | "pool":
            side = cnn.value(cnn.PADDED_SIZE, {"n": shape[1], "k": layer.k, "s": layer.s, "p": layer.p})
            if layer.kind == "pool":
                return Row(layer, shape, (channels, side, side))
            return Row(layer, shape, (out, side, side), out * channels * layer.k**2 + out, out)
        case "flatten":
            return Row(layer, shape, (channels * shape[1] * shape[2],))
        case "dense":
            return Row(layer, shape, (out,), out * channels + out, out)
    return Row(layer, shape, (channels,))
