"""The submission as a suite sees it: a callable whose calls run in a sandboxed worker."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from autograder import wire
from autograder.errors import (
    BadReply,
    LimitHit,
    NotDefined,
    StudentFault,
    StudentRaised,
    WorkerDied,
)
from autograder.evidence import believe
from autograder.loading import Loading
from autograder.model import Spec
from autograder.replay import Call
from autograder.sandboxes import Sandbox, Worker
from autograder.submission import Submission

MAX_DEATHS = 3
"""How often a worker may die in the calls of one function of one submission."""
MAX_BAD_LOADS = 8
"""How often a worker may die while it runs the cells of one submission; who hits a limit takes long, and counts twice.

A cell that ends its worker is run again in pieces, so each may cost two.
"""
MAX_COMPARED = 32 << 20
"""Bytes of results that are kept of one function for its diagnosis: a submission may not fill the grader's memory."""


class NotRun(StudentFault):
    """The test could not run, for the student's reason."""


class StudentProxy:
    """Calls go to a worker that has run the submission's cells; a dead worker is replaced, a few times."""

    def __init__(self, submission: Submission, spec: Spec, sandbox: Sandbox, loading: Loading) -> None:
        self.cache: dict[str, Any] = {}
        """For a suite's own use, such as a trained model's handle; emptied when the worker is replaced."""
        self.calls: list[Call] = []
        self.last_shapes = ""
        self.output = ""
        self._submission = submission
        self._spec = spec
        self._sandbox = sandbox
        self._loading = loading
        self._worker: Worker | None = None
        self._deaths = 0
        self._compared = 0
        self._changed: tuple[int, ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the first function of the spec."""
        return self._call(self._spec.functions[0], args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Take the function `name` of the spec."""
        if name.startswith("_") or name not in self._spec.functions:
            raise AttributeError(
                f"{name!r}: {self._spec.name} has the functions {', '.join(self._spec.functions)}"
            )
        return lambda *args, **kwargs: self._call(name, args, kwargs)

    def changed_arguments(self) -> tuple[int, ...]:
        """Positions of the arrays that the last call changed in place."""
        return self._changed

    def ask(self, operation: str, *args: Any, seconds: float | None = None) -> Any:
        """Run one of the worker's own operations on what the student's functions returned."""
        worker = self._ready()
        result, raised = None, None
        try:
            limit = seconds or self._spec.limits.call_seconds
            with self._loading.doubting():
                answer = worker.ask(operation, args, seconds=limit).value
            result = believe(operation, answer)
        except StudentFault as fault:
            raised = fault.kind if isinstance(fault, StudentRaised) else type(fault).__name__
            raise
        finally:
            if self._spec.diagnose:
                self._keep(Call(operation, args, {}, result, raised, (), asked=True))
            self._bury(worker)
        return result

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.last_shapes = _shapes((*args, *kwargs.values()))
        worker = self._ready()
        seconds = self._spec.call_seconds.get(name, self._spec.limits.call_seconds)
        result, raised = None, None
        self._changed = ()
        try:
            with self._loading.doubting():
                reply = worker.call(name, args, kwargs, seconds=seconds)
            result, self._changed = reply.value, reply.changed
        except NotDefined as fault:
            raised = "NotDefined"
            why = self._loading.summary()
            raise NotDefined(f"{fault.reason}; {why}" if why else fault.reason) from None
        except StudentFault as fault:
            raised = fault.kind if isinstance(fault, StudentRaised) else type(fault).__name__
            raise
        finally:
            if self._spec.diagnose:
                self._keep(Call(name, args, kwargs, result, raised, self._changed))
            self._bury(worker)
        return result

    def _keep(self, call: Call) -> None:
        """Keep a call for the diagnosis; a result for which there is no room equals no mistake's."""
        self._compared += _size(call.result)
        if self._compared > MAX_COMPARED:
            call = replace(call, result=None, raised="TooLarge")
        self.calls.append(call)

    def _bury(self, worker: Worker) -> None:
        """Count a worker that died, and forget everything that lived in it."""
        if not worker.alive:
            self._worker = None
            self._deaths += 1
            self.cache.clear()

    def _ready(self) -> Worker:
        """Give the worker, started and loaded when there is none."""
        if self._submission.problem is not None:
            raise NotRun(f"the submission could not be read: {self._submission.problem}")
        limit = self._spec.limits.source_kb
        if sum(len(cell) for cell in self._loading.cells) > limit << 10:
            raise LimitHit(f"the program is larger than the limit of {limit} KiB (source_kb)")
        while self._worker is None:
            if self._deaths >= MAX_DEATHS:
                raise NotRun(
                    f"not run: your code ended its process or hit a limit {self._deaths} times before"
                )
            if self._loading.deaths > MAX_BAD_LOADS:
                raise NotRun(f"not run: {self._loading.summary() or 'the cells ended their process'}")
            self._worker = self._load()
        return self._worker

    def _load(self) -> Worker | None:
        """Run the cells in a fresh worker; None when one of them ended it."""
        notebook = self._submission.kind == "notebook"
        loading = self._loading
        with loading.doubting():
            worker = self._worker_of(notebook=notebook)
        loading.errors.clear()
        for index, source in enumerate(loading.cells):
            if index in loading.faults:
                continue
            try:
                with loading.doubting():
                    error = worker.run_cell(source)
            except (LimitHit, WorkerDied, BadReply) as fault:
                printed = worker.close().output
                self.output = self.output or printed
                loading.deaths += 2 if isinstance(fault, LimitHit) else 1
                self._set_aside(index, fault.reason)
                return None
            if error is not None:
                loading.errors[index] = error[0]
                loading.note(f"cell {loading.numbers[index]}: {error[1]}")
        return worker

    def _worker_of(self, *, notebook: bool) -> Worker:
        """Start a worker as the spec wants it."""
        spec = self._spec
        return self._sandbox.worker(spec.libraries, spec.limits, notebook=notebook, forbidden=spec.forbidden)

    def _set_aside(self, index: int, reason: str) -> None:
        """Leave a cell that ended its worker out; first try it statement by statement, so that its definitions live."""
        loading = self._loading
        with loading.doubting():
            worker = self._worker_of(notebook=False)
        try:
            with loading.doubting():
                cuts = worker.ask("statements", (loading.cells[index],), seconds=5.0).value
            pieces = _pieces(loading.cells[index], cuts)
        except StudentFault:  # no Python, or text that takes the parser down
            pieces = [loading.cells[index]]
        finally:
            worker.close()
        if len(pieces) < 2:
            loading.faults[index] = reason
            return
        loading.cells[index : index + 1] = pieces
        loading.numbers[index : index + 1] = [loading.numbers[index]] * len(pieces)
        loading.faults = {(i if i < index else i + len(pieces) - 1): w for i, w in loading.faults.items()}

    def close(self) -> None:
        """End the worker and keep what it printed; ours is the fault when its supervisor gives no report."""
        if self._worker is not None:
            worker, self._worker = self._worker, None
            with self._loading.doubting():
                self.output = worker.close().output or self.output


def _pieces(source: str, cuts: object) -> list[str]:
    """Cut source at the lines that a worker named; anything but rising line numbers cuts nothing."""
    lines = source.splitlines(keepends=True)
    starts = cuts.tolist() if isinstance(cuts, np.ndarray) and cuts.ndim == 1 else []
    if len(starts) < 2 or not all(isinstance(n, int) for n in starts):
        return [source]
    ends = [0, *starts[1:], len(lines)]
    if any(a >= b for a, b in pairwise(ends)):
        return [source]
    return ["".join(lines[a:b]) for a, b in pairwise(ends)]


def _size(value: Any) -> int:
    """Count the bytes of the arrays in a result."""
    if isinstance(value, (list, tuple)):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return int(value.nbytes) if isinstance(value, np.ndarray) else 0


def _shapes(values: tuple[Any, ...]) -> str:
    """Write the shapes of the array arguments: all that a student is told of a hidden call."""
    arrays = [v.array if isinstance(v, (wire.Tensor, wire.Strided)) else v for v in values]
    return ", ".join(str(a.shape) for a in arrays if isinstance(a, np.ndarray))
