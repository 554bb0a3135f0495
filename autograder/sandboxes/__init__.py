"""Where student code runs: the contract that every sandbox fulfils, and how one is chosen.

`open_sandbox` believes a probe, not a kernel version: it starts a worker, tries what a student must not be able to
do, and grants the tier only when every attempt fails.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from autograder.model import Forbidden, Limits


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call in the worker came to."""

    value: Any
    """Arrays, numbers, text, None, lists, tuples, handles."""
    changed: tuple[int, ...] = ()
    """Positions of the arguments that the call changed in place, as the worker reports them."""


@dataclass(frozen=True, slots=True)
class End:
    """How a worker ended."""

    code: int
    """Exit code, or minus the signal's number."""
    cpu_seconds: float
    peak_kb: int
    printed: int
    """Bytes that were printed in all."""
    output: str
    """The first 64 KiB of what was printed."""


class Worker(Protocol):
    """One student's process. Every method but `close` may raise `StudentFault` or `SandboxError`."""

    def run_cell(self, source: str) -> tuple[str, str] | None:
        """Run one cell; return the kind and the text of the exception that ended it, if any."""
        ...

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], *, seconds: float) -> Reply:
        """Call a function of the submission."""
        ...

    def ask(self, operation: str, args: tuple[Any, ...], *, seconds: float) -> Reply:
        """Run one of the worker's own operations."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        ...

    def close(self) -> End:
        """End it and all that it started; a second call returns the same."""
        ...


class Sandbox(Protocol):
    """Makes workers."""

    @property
    def tier(self) -> str:
        """Name the isolation: `A`, `B` or `C`."""
        ...

    @property
    def device(self) -> str:
        """Name what a worker computes on whose limits ask for memory of a GPU: `cpu`, or `cuda` with the model in brackets."""
        ...

    def worker(
        self, libraries: tuple[str, ...], limits: Limits, *, notebook: bool, forbidden: Forbidden = ...
    ) -> Worker:
        """Start a fresh worker for one student, whose calls meet nothing that is forbidden.

        Raises:
            SandboxError: none could be started; never the student's fault.
        """
        ...

    def close(self) -> None:
        """End every zygote and worker."""
        ...
