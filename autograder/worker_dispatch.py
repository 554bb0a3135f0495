"""The guard that keeps a student's calls from operators which an exercise forbids: torch asks it before each one.

This file travels into the sandbox beside `worker.py`. Like all that runs there it can be taken away by the student's
code, and it is asked in the thread of the call only; `docs/security.md` says what that leaves open.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

ALLOWED, TAKEN_APART = -1, -2


class RefusedError(RuntimeError):
    """What the student's code meets where it calls a forbidden operator."""


class Guard(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch does not say its types
    """While it is entered, no operator of a list is run, neither forward nor backward, under whatever name it was called."""

    def __init__(self, operators: Sequence[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the same
        self._places = {name: place for place, name in enumerate(operators)}
        self._verdicts: dict[Any, int] = {}
        self._first: int | None = None

    def __torch_dispatch__(self, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Refuse an operator, run it, or look at the parts that it comes down to."""
        verdict = self._verdicts.get(func)
        if verdict is None:
            verdict = self._verdicts[func] = self._judge(func)
        if verdict >= 0:
            self._first = verdict if self._first is None else self._first
            raise RefusedError(f"{func._schema.name} is forbidden in this exercise")  # noqa: SLF001 -- its name
        if verdict == TAKEN_APART:
            with self:
                result = func.decompose(*args, **(kwargs or {}))
            if result is not NotImplemented:
                return result
        return func(*args, **(kwargs or {}))

    def _judge(self, func: Any) -> int:
        """Find an operator's place in the list; what is composite comes here whole in inference mode only."""
        composite = torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd")  # noqa: SLF001
        return self._places.get(func._schema.name, TAKEN_APART if composite else ALLOWED)  # noqa: SLF001

    def take(self) -> int | None:
        """Tell the place of the first forbidden operator that was called since this was last asked, caught or not."""
        first, self._first = self._first, None
        return first
