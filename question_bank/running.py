"""Runs the layers of a listing one after the other, with the numbers of a stem: for oracles, by torch alone."""

import ast
from collections.abc import Iterable

import torch

from question_bank.errors import QuestionBankError
from question_bank.listing import layer
from question_bank.tensors import exact, tensor
from question_bank.values import Grid


def outputs(
    code: str, x: Grid, filters: Iterable[tuple[Grid, int]], denominator: int = 1
) -> tuple[Grid, ...]:
    """Return what comes out of each layer of `nn.Sequential(...)`, without the batch and the channel.

    Args:
        code: the listing.
        x: the image (H, W).
        filters: the filter (K, K) and the bias of each convolution, in order; each has one channel in and out.
        denominator: every number that comes out is a multiple of 1 / denominator.

    Raises:
        QuestionBankError: the listing is not of this form, or a number is no such multiple.
    """
    tree = ast.parse(code, mode="eval").body
    if not isinstance(tree, ast.Call):
        raise QuestionBankError(f"listing {code!r}: expected nn.Sequential(...)")
    image, rest, found = tensor(x), iter(filters), []
    for node in tree.args:
        built = layer(ast.unparse(node))
        if isinstance(built, torch.nn.Conv2d):
            w, bias = next(rest)
            numbers = {"weight": tensor(w)}
            if built.bias is not None:
                numbers["bias"] = torch.tensor([bias], dtype=image.dtype)
            image = torch.func.functional_call(built, numbers, (image,))
        else:
            image = built(image)
        found.append(exact(image[0, 0] if image.ndim == 4 else image[0], denominator))
    return tuple(found)
