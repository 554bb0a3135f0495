"""What a listing in a stem does when torch runs it: for oracles, which read the very text that the student reads.

Listings are read with `ast` and never evaluated: layers of `torch.nn` by an allow-list, with whole numbers, pairs of them,
and the names of padding modes as arguments.
"""

import ast
from functools import lru_cache
from typing import Any

import torch
from torch import nn, no_grad, zeros
from torch.nn import functional

from question_bank import shown
from question_bank.errors import QuestionBankError
from question_bank.figures import KINDS
from question_bank.model import Question

_NAMES = (
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Flatten",
    "Linear",
    "MaxPool1d",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "AdaptiveAvgPool2d",
)
_PADDINGS = ("same", "valid")


@lru_cache(maxsize=256)
def layer(text: str) -> nn.Module:
    """Build one layer from its text, such as `nn.Conv2d(3, 16, kernel_size=5)`.

    Raises:
        QuestionBankError: it is no layer that listings may have.
    """
    return _layer(ast.parse(text, mode="eval").body)


@lru_cache(maxsize=1024)
def parameter_count(text: str) -> int:
    """Count the trainable parameters of a layer, or of an `nn.Sequential` of layers, as torch builds it.

    Nothing is allocated, so that a layer of a billion weights can be counted.

    Raises:
        QuestionBankError: it is no layer that listings may have.
    """
    with torch.device("meta"):
        built = _layer(ast.parse(text, mode="eval").body)
    return sum(parameter.numel() for parameter in built.parameters())


@lru_cache(maxsize=8192)
def sized(text: str, shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Return the shape of one image after some layers, `nn.Conv2d(3, 8, 5), nn.ReLU()`, and how many parameters they have.

    Nothing is allocated, so that layers of a hundred million weights can be tried.

    Raises:
        QuestionBankError: there is something else than layers that listings may have.
    """
    with torch.device("meta"), no_grad():
        built = _layer(ast.parse(f"nn.Sequential({text})", mode="eval").body)
        after = built(zeros(1, *shape))
    return tuple(after.shape[1:]), sum(parameter.numel() for parameter in built.parameters())


def shape_after(text: str, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape that a layer gives for an input of this shape, or None where torch raises an error.

    Raises:
        QuestionBankError: it is no layer that listings may have.
    """
    try:
        with no_grad():
            return tuple(layer(text)(zeros(shape)).shape)
    except RuntimeError:
        return None


def stem_shape(question: Question) -> tuple[int, ...] | None:
    """Return the shape that the stem's `layer` gives for an input of the stem's `shape`, or None where torch raises.

    Raises:
        QuestionBankError: the stem shows no such thing, or the figure another.
    """
    shape, text = shown.shape(question), shown.text(question, "layer")
    if question.figure:
        shown.agree_on_figure(question, **drawn(text, shape, question.figure.kind))
    return shape_after(text, shape)


def drawn(text: str, shape: tuple[int, ...], kind: str) -> dict[str, int | tuple[int, ...]]:
    """Return the numbers with which a figure of some kind draws a layer and an input of this shape.

    Raises:
        QuestionBankError: it is no layer that listings may have.
    """
    built = layer(text)
    numbers: dict[str, int | tuple[int, ...]] = {"n": shape[-1], "size": shape[-2:]}
    for name in ("kernel_size", "stride", "padding", "dilation"):
        if hasattr(built, name):
            numbers[name.removesuffix("_size")] = getattr(built, name)
    if "Pool" in text and "stride" not in text:
        numbers["stride"] = 0  # one that is not said is not drawn
    needed, optional = KINDS[kind]
    return {name: value for name, value in numbers.items() if name in (*needed, *optional)}


def stem_windows(question: Question) -> torch.Tensor:
    """Return what the stem's `layer`, a convolution, multiplies with each filter for an image of the stem's `shape`.

    Returns:
        A column for each position of the kernel, a row for each value of a window (C * KH * KW, positions).

    Raises:
        QuestionBankError: the stem shows no such thing, or the image has other channels than the layer.
    """
    built, image = layer(shown.text(question, "layer")), shown.shape(question)
    if not isinstance(built, nn.Conv2d) or isinstance(built.padding, str) or built.in_channels != image[0]:
        raise QuestionBankError(
            f"stem of family {question.family}: expected a convolution of {image[0]} channels, got {built}"
        )
    return functional.unfold(
        zeros(1, *image), built.kernel_size, built.dilation, built.padding, built.stride
    )[0]


def output_shape(code: str) -> tuple[int, ...] | None:
    """Run a listing `model = nn.Sequential(...)`, `x = torch.zeros(...)` and return the shape of `model(x)`.

    Returns:
        The shape (N, C, H, W), or None where torch raises an error.

    Raises:
        QuestionBankError: the listing is not of this form.
    """
    match ast.parse(code).body:
        case [ast.Assign(value=ast.Call(args=layers)), ast.Assign(value=ast.Call(args=sizes)), *_]:
            modules = [layer(ast.unparse(node)) for node in layers]
            x = zeros(*(_argument(size) for size in sizes))
        case _:
            raise QuestionBankError(f"listing {code!r}: expected a model and an input")
    try:
        with no_grad():
            return tuple(nn.Sequential(*modules)(x).shape)
    except RuntimeError:
        return None


def _layer(node: ast.expr) -> nn.Module:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="nn"), attr="Sequential"), args=layers):
            return nn.Sequential(*map(_layer, layers))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="nn"), attr=name)) if name in _NAMES:
            named = {str(keyword.arg): _argument(keyword.value) for keyword in node.keywords}
            built: nn.Module = getattr(nn, name)(*(_argument(argument) for argument in node.args), **named)
            return built
    raise QuestionBankError(
        f"layer {ast.unparse(node)!r}: expected nn. with one of {', '.join(_NAMES)} and whole numbers"
    )


def _argument(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=int(value)):  # True and False are whole numbers too
            return value
        case ast.Constant(value=str(name)) if name in _PADDINGS:
            return name
        case ast.Tuple(elts=[_, *_] as parts):
            return tuple(_argument(part) for part in parts)
    raise QuestionBankError(f"argument {ast.unparse(node)!r}: expected a whole number")
