"""Grids as torch tensors and back, for oracles."""

import torch

from question_bank.errors import AnswerError
from question_bank.values import Grid


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
