"""Models that the grader makes inside a worker, and what they saw of the student's program that used them.

This file travels into the sandbox beside `worker.py` and imports torch, NumPy and the standard library only. As with
`worker_models.py` what it says is evidence, not proof; a suite takes the batches that were seen through the same steps
itself, and compares the weights.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

Module = nn.Module
_grad_enabled = torch.is_grad_enabled
_modules = nn.Module.modules

MAX_BATCHES = 2000
"""Batches that are noted; a training that takes more was not asked for."""
MAX_NAMES = 200_000
"""Images that are noted."""

Note = list[Any]
"""[in training mode, gradients recorded, first pixel of each image]."""


class Watch(nn.Module):
    """A layer that changes nothing and notes every batch; what is copied of it notes in the same place."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[Note] = []
        self.left = MAX_NAMES

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Note the mode and the first pixel of each image."""
        names = x.detach().reshape(len(x), -1)[:, 0].to("cpu", torch.float32).numpy().copy()
        if len(self.notes) < MAX_BATCHES and len(names) <= self.left:
            self.left -= len(names)
            self.notes.append([bool(self.training), bool(_grad_enabled()), names])
        return x

    def __deepcopy__(self, memo: dict[int, Any]) -> "Watch":
        return self


LAYERS: dict[str, Callable[..., nn.Module]] = {
    "BatchNorm1d": nn.BatchNorm1d,
    "Flatten": nn.Flatten,
    "Linear": nn.Linear,
    "ReLU": nn.ReLU,
    "Watch": Watch,
}


def sequential(rows: list[list[Any]], training: bool) -> nn.Module:  # noqa: FBT001 -- called over the wire
    """Build a model of layers: each row is a name of `LAYERS` and the arguments that torch's layer takes.

    Args:
        rows: such as [["Flatten"], ["Linear", 784, 10]].
        training: the mode that it is in at first.

    Raises:
        KeyError: a row names another layer.
    """
    return nn.Sequential(*(LAYERS[name](*arguments) for name, *arguments in rows)).train(training)


def seen(model: Any) -> list[Note]:
    """Return what the first `Watch` in the model noted since this was last asked, and forget it.

    Raises:
        TypeError: `model` is no `torch.nn.Module`, or has no such layer.
    """
    watch = (
        next((m for m in _modules(model) if type(m) is Watch), None) if isinstance(model, Module) else None
    )
    if watch is None:
        raise TypeError(f"a {type(model).__name__} without a Watch, expected a model that `sequential` made")
    notes, watch.notes, watch.left = watch.notes, [], MAX_NAMES
    return [[training, recorded, np.asarray(names)] for training, recorded, names in notes]


OPERATIONS: dict[str, Callable[..., Any]] = {"seen": seen, "sequential": sequential}
