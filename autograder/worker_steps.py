"""How many steps torch's optimisers take: counted in the worker, and bounded there where a suite says so.

This file travels into the sandbox beside `worker.py` and imports torch only. It counts what is stepped through `torch.optim`; a program
that updates weights by hand, or takes the hook away, is not counted. What it says is evidence; seconds stay the bound.
"""

from collections.abc import Callable
from typing import Any

from torch.optim.optimizer import register_optimizer_step_pre_hook


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


_steps = Steps()
OPERATIONS: dict[str, Callable[..., Any]] = {"limit_steps": _steps.limit, "steps": _steps.counted}
