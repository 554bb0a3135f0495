"""Runs the layers of a listing one after the other, with the numbers of a stem: for oracles, by torch alone."""

import ast
import itertools
from collections.abc import Iterable, Sequence

import torch

from question_bank import shown
from question_bank.errors import QuestionBankError
from question_bank.listing import layer
from question_bank.model import Question
from question_bank.tensors import exact, tensor
from question_bank.values import Grid


def convolved(text: str, x: torch.Tensor, w: torch.Tensor, b: Sequence[int]) -> torch.Tensor:
    """Return what a convolution layer gives with these weights, and these biases where it has any.

    Raises:
        QuestionBankError: the layer's weights have another shape.
    """
    built = layer(text)
    if built.get_parameter("weight").shape != w.shape:
        raise QuestionBankError(f"layer {text!r}: expected one with weights of shape {tuple(w.shape)}")
    biased = "bias" in dict(built.named_parameters())
    numbers = {"weight": w, **({"bias": torch.tensor(b, dtype=x.dtype)} if biased else {})}
    found: torch.Tensor = torch.func.functional_call(built, numbers, (x,))
    return found


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
        text = ast.unparse(node)
        if "Conv2d" in text:
            w, bias = next(rest)
            image = convolved(text, image, tensor(w), [bias])
        else:
            image = layer(text)(image)
        found.append(exact(image[0, 0] if image.ndim == 4 else image[0], denominator))
    return tuple(found)


def of_question(question: Question, denominator: int = 1) -> tuple[Grid, ...]:
    """Return what comes out of each layer of a question's listing.

    The first table is the image, of the size that the stem says under `h` and `w`; the others are the filters of the
    convolutions, in turn, and `b` of the stem is their bias.

    Raises:
        QuestionBankError: as for `outputs`, or the image has another size.
    """
    shown.agree_on_size(question)
    image, *filters = (entry.value for entry in question.tables)
    bias = shown.number(question, "b") if "{b}" in question.stem.template else 0
    return outputs(question.code, image, itertools.cycle([(w, bias) for w in filters]), denominator)
