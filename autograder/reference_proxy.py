"""The reference as a suite sees it: its functions run here, in the grader's own process, once for the whole class."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import wire
from autograder.errors import SandboxError
from autograder.model import Spec
from autograder.operations import operate


class ReferenceProxy:
    """The reference's functions, on copies of plain arrays; equal calls are computed once for the whole class."""

    def __init__(self, spec: Spec, functions: dict[str, Callable[..., Any]]) -> None:
        self._spec = spec
        self._functions = functions
        self._memory: dict[bytes, Any] = {}
        self._made: list[Any] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the first function of the spec."""
        return self._call(self._spec.functions[0], args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Take the function `name` of the spec."""
        if name.startswith("_") or name not in self._functions:
            raise AttributeError(f"{name!r}: the reference defines {', '.join(self._functions)}")
        return lambda *args, **kwargs: self._call(name, args, kwargs)

    def ask(self, operation: str, *args: Any) -> Any:
        """Run an operation that is complete in itself, on what the reference's functions returned."""
        sent = [
            a if isinstance(a, (np.ndarray, bool, int, float, list, tuple)) else self._number(a) for a in args
        ]
        key = hashlib.sha256(wire.encode({"n": operation, "asked": sent})).digest()
        if key not in self._memory:
            try:
                self._memory[key] = operate(operation, [_plain(a) for a in args])
            except Exception as error:
                raise SandboxError(f"{operation} on what the reference made raised {error!r}") from error
        return self._memory[key]

    def _number(self, made: Any) -> list[int]:
        """Tell one object that a function returned from another: the same one always has the same number."""
        if not any(made is known for known in self._made):
            self._made.append(made)
        return [next(number for number, known in enumerate(self._made) if known is made)]

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        key = hashlib.sha256(wire.encode({"n": name, "a": args, "k": kwargs})).digest()
        if key not in self._memory:
            plain = [_plain(a) for a in args]
            try:
                self._memory[key] = self._functions[name](*plain, **{k: _plain(v) for k, v in kwargs.items()})
            except Exception as error:
                raise SandboxError(f"the reference {name} raised {error!r}") from error
        value = self._memory[key]
        return value.copy() if isinstance(value, np.ndarray) else value


def _plain(value: Any) -> Any:
    """Take a wrapper's array, as a copy that the reference may change."""
    if isinstance(value, (wire.Tensor, wire.Strided)):
        value = value.array
    return value.copy() if isinstance(value, np.ndarray) else value
