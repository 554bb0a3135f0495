"""Grids as torch tensors and back, for oracles."""

from collections.abc import Callable, Iterable
from fractions import Fraction

import torch

from question_bank.errors import AnswerError
from question_bank.values import Grid, simplest


def tensor(grid: Grid) -> torch.Tensor:
    """Return a float64 tensor (1, 1, H, W) of a grid (H, W) of whole numbers; exact up to 2^53."""
    return torch.tensor([[grid.rows()]], dtype=torch.float64)


def grid(values: torch.Tensor) -> Grid:
    """Return the grid (H, W) of a tensor (1, 1, H, W) whose values are whole.

    Raises:
        AnswerError: a value is not whole.
    """
    rows = values[0, 0]
    whole = rows.to(torch.int64)
    if not torch.equal(whole.to(rows.dtype), rows):
        raise AnswerError(f"{rows.tolist()}: expected whole numbers")
    return Grid.of(whole.tolist())


def stacked(grids: Iterable[Grid]) -> torch.Tensor:
    """Return a float64 tensor (1, C, H, W) of C grids (H, W)."""
    return torch.cat([tensor(grid) for grid in grids], dim=1)


def exact(values: torch.Tensor, denominator: int = 1) -> Grid:
    """Return a grid of the tensor's shape whose cells are the multiples of 1/denominator that the values stand for.

    Raises:
        AnswerError: a value is no such multiple, rounding aside.
    """
    scaled = values.detach().to(torch.float64) * denominator
    if not torch.allclose(scaled, scaled.round(), rtol=0, atol=1e-6):
        raise AnswerError(f"{values.tolist()}: expected multiples of 1/{denominator}")
    whole = scaled.round().to(torch.int64).flatten().tolist()
    return Grid(tuple(values.shape), tuple(simplest(Fraction(number, denominator)) for number in whole))


def backward(
    layer: Callable[[torch.Tensor], torch.Tensor],
    at: torch.Tensor,
    upstream: torch.Tensor,
    denominator: int = 1,
) -> Grid:
    """Return the gradient of sum(layer(at) * upstream) with respect to `at`, by torch's autograd; leading axes of 1 are dropped.

    Raises:
        AnswerError: a value is no multiple of 1/denominator.
    """
    leaf = at.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(layer(leaf), leaf, upstream)
    return exact(gradient[0, 0] if gradient.ndim == 4 else gradient, denominator)
