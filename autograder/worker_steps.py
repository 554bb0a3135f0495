"""What a training does, noted in the worker: how many steps torch's optimisers take, and a model's weights after each epoch.

This file travels into the sandbox beside `worker.py` and imports torch and NumPy only. It counts what is stepped through `torch.optim`
and what is passed through the model; a program that updates weights by hand, or takes a hook away, is not counted. What it says is
evidence: steps are bounded by seconds, too, and on the weights after an epoch hangs a picture and no point.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim.optimizer import register_optimizer_step_pre_hook

MAX_KEPT = 64 << 20
"""Bytes of weights that are kept for one training."""
AT_ONCE = 500
"""Images that go through the model together."""
_no_grad = torch.no_grad
_grad_enabled = torch.is_grad_enabled
_as_tensor = torch.as_tensor
_stack, _cat = torch.stack, torch.cat
_parameters = nn.Module.parameters
_buffers = nn.Module.buffers
_eval = nn.Module.eval


class StepsExceededError(RuntimeError):
    """The training takes more steps than it was given."""


class Steps:
    """Counts steps of every optimiser, once it is asked to."""

    def __init__(self) -> None:
        self._counted = 0
        self._most: int | None = None
        self._hook: Any = None

    def limit(self, most: int | None) -> None:
        """Count from 0 again, and refuse a step beyond `most`; None: refuse none."""
        if self._hook is None:
            self._hook = register_optimizer_step_pre_hook(self._step)
        self._counted, self._most = 0, most

    def counted(self) -> int:
        """Return how many steps there were since the last limit."""
        return self._counted

    def _step(self, *_: object) -> None:
        if self._most is not None and self._counted >= self._most:
            raise StepsExceededError(f"more than {self._most} steps of the optimiser")
        self._counted += 1


class Epochs:
    """Keeps a model's weights as they are after each epoch: when the first batch of the next one comes.

    A batch is one pass in training mode that records gradients. The hook is torch's for all modules, so nothing of it is on the
    student's model, which can be copied and saved as ever.
    """

    def __init__(self) -> None:
        self._model: Any = None
        self._passes = self._epochs = self._counted = 0
        self._kept: list[list[torch.Tensor]] = []
        self._hook: Any = None

    def follow(self, model: Any, passes: int, epochs: int) -> None:
        """Follow one training, and no other any more.

        Args:
            model: what is trained; where copies of all epochs would take too much room it is not followed.
            passes: batches in an epoch.
            epochs: how many there are to be.
        """
        self._end()
        if epochs * sum(value.nbytes for value in _state(model)) <= MAX_KEPT:
            self._model, self._passes, self._epochs = model, passes, epochs
            self._hook = register_module_forward_pre_hook(self._pass)

    def logits(self, x: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Give what the model answers after each epoch, in evaluation mode, and end following it.

        The model has its last weights again, and stays in evaluation mode.

        Args:
            x: images (N, C, H, W).

        Returns:
            Logits (epochs, N, classes); None where the training had another number of batches than it was to have.
        """
        model, kept = self._model, self._kept
        whole = model is not None and self._counted == self._passes * self._epochs
        self._end()
        if not whole:
            return None
        own, found = _state(model), []
        last = _copies(own)
        images = _as_tensor(x, device=own[0].device if own else None)
        parts = [images[i : i + AT_ONCE] for i in range(0, len(images), AT_ONCE)]
        _eval(model)
        with _no_grad():
            try:
                for values in (*kept, last):
                    _fill(own, values)
                    found.append(_cat([model(part).float().cpu() for part in parts]))
            finally:
                _fill(own, last)
        answers: NDArray[np.float32] = _stack(found).numpy()
        return answers

    def _pass(self, module: nn.Module, _: object) -> None:
        if module is not self._model or not module.training or not _grad_enabled():
            return
        begun, place = divmod(self._counted, self._passes)
        if place == 0 and 0 < begun < self._epochs:
            self._kept.append(_copies(_state(module)))
        self._counted += 1

    def _end(self) -> None:
        if self._hook is not None:
            self._hook.remove()
        self._model, self._hook, self._kept, self._counted = None, None, [], 0


def _state(model: nn.Module) -> list[torch.Tensor]:
    return [*_parameters(model), *_buffers(model)]


def _copies(values: list[torch.Tensor]) -> list[torch.Tensor]:
    return [value.detach().clone() for value in values]


def _fill(own: list[torch.Tensor], values: list[torch.Tensor]) -> None:
    with _no_grad():
        for value, new in zip(own, values, strict=True):
            value.copy_(new)


_steps, _epochs = Steps(), Epochs()
OPERATIONS: dict[str, Callable[..., Any]] = {
    "epoch_logits": _epochs.logits,
    "follow_epochs": _epochs.follow,
    "limit_steps": _steps.limit,
    "steps": _steps.counted,
}
