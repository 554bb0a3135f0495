"""What a listing of Keras gives, worked out on arrays: for oracles, which read the very text that the student reads.

Listings are read with `ast` and never evaluated. Images are channels last; with padding "same" zeros (minus infinity before a
maximum) are really put around them as TensorFlow does, the odd one below and on the right, and torch moves the windows.
"""

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache

import torch
from torch.nn import functional

from question_bank.errors import QuestionBankError

Number = int | str


def shapes(code: str) -> list[tuple[int, ...]]:
    """Return the shape of one image after each line of `model = keras.Sequential([...])`, the input's first.

    Raises:
        QuestionBankError: the listing has another form, or a layer that is not known here.
    """
    match ast.parse(code).body:
        case [ast.Assign(value=ast.Call(args=[ast.List(elts=[ast.Call() as start, *layers])])), *_]:
            (shape,) = (ast.literal_eval(keyword.value) for keyword in start.keywords)
        case _:
            raise QuestionBankError(f"listing {code!r}: expected keras.Sequential of an input and layers")
    x, found = torch.zeros(shape), [tuple(shape)]
    for node in layers:
        x = torch.zeros(after(ast.unparse(node), tuple(x.shape)))
        found.append(tuple(x.shape))
    return found


@lru_cache(maxsize=4096)
def after(text: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that a layer such as `layers.Conv2D(8, 3)` gives for one image.

    Raises:
        QuestionBankError: it is no layer that is known here.
    """
    node = ast.parse(text, mode="eval").body
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=args):
            sizes = [_whole(argument) for argument in args]
            named: dict[str, Number] = {
                str(keyword.arg): _constant(keyword.value) for keyword in node.keywords
            }
            return tuple(_applied(name, sizes, named, torch.zeros(shape)).shape)
    raise QuestionBankError(f"layer {text!r}: expected a call such as layers.Flatten()")


def _applied(name: str, sizes: Sequence[int], named: Mapping[str, Number], x: torch.Tensor) -> torch.Tensor:
    """Apply a layer to one image (H, W, C), or to what flattening gives."""
    if name == "Flatten":
        return x.flatten()
    if name == "Dense":
        return x @ torch.zeros(x.shape[-1], sizes[0])
    image, padding = x.permute(2, 0, 1), str(named.get("padding", "valid"))
    if name == "Conv2D":
        stride = int(named.get("strides", 1))
        image = _surrounded(image, sizes[1], stride, padding, 0.0)
        weight = torch.zeros(sizes[0], len(image), sizes[1], sizes[1])
        return functional.conv2d(image[None], weight, stride=stride)[0].permute(1, 2, 0)
    if name == "MaxPooling2D":
        stride = int(named.get("strides", sizes[0]))
        image = _surrounded(image, sizes[0], stride, padding, float("-inf"))
        return functional.max_pool2d(image[None], sizes[0], stride)[0].permute(1, 2, 0)
    raise QuestionBankError(f"layer {name!r}: expected Conv2D, MaxPooling2D, Flatten or Dense")


def _surrounded(image: torch.Tensor, size: int, stride: int, padding: str, fill: float) -> torch.Tensor:
    """Put around an image (C, H, W) what "same" asks for: a window begins for every stride-th pixel, and all are whole."""
    if padding == "valid":
        return image
    short = [max((len(range(0, n, stride)) - 1) * stride + size - n, 0) for n in image.shape[1:]]
    (top, bottom), (left, right) = ((missing // 2, missing - missing // 2) for missing in short)
    return functional.pad(image, (left, right, top, bottom), value=fill)


def _whole(node: ast.expr) -> int:
    value = _constant(node)
    if isinstance(value, int):
        return value
    raise QuestionBankError(f"argument {value!r}: expected a whole number")


def _constant(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Constant(value=str(value)):
            return value
    raise QuestionBankError(f"argument {ast.unparse(node)!r}: expected a whole number or a text")
