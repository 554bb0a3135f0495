"""What a listing in a stem does when torch runs it: for oracles, which read the very text that the student reads.

Listings are read with `ast` and never evaluated: layers of `torch.nn` by an allow-list, with whole numbers as arguments.
"""

import ast
from functools import lru_cache
from typing import Any

from torch import nn, no_grad, zeros

from question_bank.errors import QuestionBankError

_LAYERS = {"Conv2d": nn.Conv2d, "MaxPool2d": nn.MaxPool2d, "ReLU": nn.ReLU}


@lru_cache(maxsize=256)
def layer(text: str) -> nn.Module:
    """Build one layer from its text, such as `nn.Conv2d(3, 16, kernel_size=5)`.

    Raises:
        QuestionBankError: it is no layer that listings may have.
    """
    return _layer(ast.parse(text, mode="eval").body)


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
        case ast.Call(func=ast.Attribute(value=ast.Name(id="nn"), attr=name)) if name in _LAYERS:
            named = {str(keyword.arg): _argument(keyword.value) for keyword in node.keywords}
            built: nn.Module = _LAYERS[name](*(_argument(argument) for argument in node.args), **named)
            return built
    raise QuestionBankError(
        f"layer {ast.unparse(node)!r}: expected nn. with one of {', '.join(_LAYERS)} and whole numbers"
    )


def _argument(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=int(value)):  # True and False are whole numbers too
            return value
    raise QuestionBankError(f"argument {ast.unparse(node)!r}: expected a whole number")
