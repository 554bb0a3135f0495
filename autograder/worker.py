"""The only code beside a student's: runs cells, calls functions, answers over one socket.

Standard library and numpy, torch where the zygote has it. It holds no secret, so nothing is lost when a student reads
or breaks it: whatever it reports is evidence, and the grader judges values against its own reference.
"""

import ast
import builtins
import contextlib
import io
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

MAX_HANDLES = 1000
MAX_DETAIL = 4000
BODY_MAGICS = ("capture", "prun", "time", "timeit")


class Worker:
    """One student's namespace and the objects that live in it."""

    def __init__(
        self, wire: Any, operations: dict[str, Callable[..., Any]], shell: Any = None, guard: Any = None
    ) -> None:
        self._wire = wire
        self._operations = operations
        self._shell = shell
        self._guard = guard
        self._handles: list[Any] = []
        self._torch = sys.modules.get("torch")
        main = shell.user_module if shell is not None else types.ModuleType("__main__")
        sys.modules["__main__"] = main
        self._names: dict[str, Any] = main.__dict__

    def serve(self, channel: Any) -> None:
        """Answer requests until the grader closes the channel."""
        self._wire.send(channel, {"ready": True})
        while True:
            try:
                request = self._wire.receive(channel)
            except self._wire.ChannelClosed:
                return
            reply = self._answer(request)
            with contextlib.suppress(Exception):  # the student may have closed or replaced it
                sys.stdout.flush()
            try:
                self._wire.send(channel, reply)
            except self._wire.WireError as error:
                self._wire.send(channel, {"unsupported": str(error)[:200]})

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one request; nothing that the exercise forbids is run for a call.

        Cells are run without the guard: a student may compare an own function with torch's in the notebook.
        """
        answer = {"cell": self._cell, "call": self._call, "ask": self._ask}[request["do"]]
        if self._guard is None or request["do"] == "cell":
            return answer(request)
        try:
            with self._guard:
                reply = answer(request)
            place = self._guard.take()
        except BaseException as raised:  # noqa: BLE001 -- the student's code took the guard away
            return _describe(raised)
        return reply if place is None else {"forbidden": place}

    def _cell(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one cell; an error ends the cell, never the submission."""
        builtins.input = lambda *_: ""
        if self._shell is not None:
            result = self._shell.run_cell(request["source"], store_history=False, silent=False)
            error = result.error_before_exec or result.error_in_exec
            return _describe(error) if error is not None else {"value": None}
        try:
            exec(compile(request["source"], "<submission>", "exec"), self._names)  # noqa: S102 -- what a worker is for
        except BaseException as raised:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt too are the student's
            return _describe(raised)
        return {"value": None}

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function that the submission defined."""
        function = self._names.get(request["name"])
        if not callable(function):
            return {"undefined": request["name"]}
        args = [self._receive(a) for a in request["args"]]
        kwargs = {k: self._receive(v) for k, v in request["kwargs"].items()}
        before = [_bytes(a) for a in (*args, *kwargs.values())]
        try:
            value = function(*args, **kwargs)
        except BaseException as raised:  # noqa: BLE001 -- see _cell
            return _describe(raised)
        after = [_bytes(a) for a in (*args, *kwargs.values())]
        changed = tuple(i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)
        try:
            return {"value": self._give(value), "changed": changed}
        except BaseException as raised:  # noqa: BLE001 -- a lying array subclass may raise anything
            return {"unsupported": type(raised).__name__[:200]}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one of the worker's own operations on what the student made."""
        args = [self._receive(a) for a in request["args"]]
        try:
            return {"value": self._give(self._operations[request["name"]](*args)), "changed": ()}
        except BaseException as raised:  # noqa: BLE001 -- the student's objects may raise anything
            return _describe(raised)

    def _receive(self, value: Any) -> Any:
        """Turn what came over the wire into what a student's function takes."""
        wire = self._wire
        if isinstance(value, wire.Handle):
            return self._handles[value.number]
        if isinstance(value, wire.Tensor):
            return self._torch.from_numpy(value.array) if self._torch else value.array
        if isinstance(value, wire.Strided):
            shape = value.array.shape
            wide = np.zeros((*shape[:-1], 2 * shape[-1]), dtype=value.array.dtype)
            view = wide[..., ::2]
            view[...] = value.array
            return view
        if isinstance(value, (list, tuple)):
            return type(value)(self._receive(v) for v in value)
        return value

    def _give(self, value: Any) -> Any:  # noqa: PLR0911 -- one return for each kind of value
        """Turn what the student's function returned into plain data, or keep it behind a handle."""
        if value is None or type(value) in (bool, int, float):
            return value
        if isinstance(value, str):
            return str(value)[:1000]
        if isinstance(value, (np.ndarray, np.generic)):
            return _plain(np.asarray(value))
        if self._torch is not None and isinstance(value, self._torch.Tensor):
            tensor = value.detach().cpu()
            return _plain(tensor.float().numpy() if tensor.dtype == self._torch.bfloat16 else tensor.numpy())
        if isinstance(value, (list, tuple)):
            return _numbers(value) if _is_numbers(value) else type_of(value)(self._give(v) for v in value)
        if isinstance(value, dict):
            return {str(k)[:200]: self._give(v) for k, v in value.items()}
        if len(self._handles) >= MAX_HANDLES:
            raise ValueError("too many objects")
        self._handles.append(value)
        return self._wire.Handle(len(self._handles) - 1)


def statement_lines(source: str) -> list[int]:
    """Number the lines, from 0, on which a top-level statement begins; those on one line count once.

    A student's text is parsed here and not by the grader: deep nesting can take an interpreter down.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = ast.parse(source).body
    return sorted({min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", []))]) - 1 for n in body})


def type_of(value: list[Any] | tuple[Any, ...]) -> Any:
    """Take the plain kind of a sequence: a named tuple comes back as a tuple."""
    return list if isinstance(value, list) else tuple


def _plain(array: Any) -> Any:
    """Take any real dtype as one that has a form on the wire."""
    base = np.array(array, copy=True, subok=False)
    if base.dtype.kind not in "biuf":
        raise TypeError("an array of other than real numbers")
    return base.astype(np.float64) if base.dtype.itemsize > 8 else base


def _is_numbers(value: Any) -> bool:
    """Whether a list holds only numbers or lists of numbers."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_is_numbers(v) for v in value)
    return isinstance(value, (bool, int, float, np.generic))


def _numbers(value: Any) -> Any:
    """Take nested lists of numbers as one array; a ragged one stays a list, for the grader to judge."""
    with contextlib.suppress(ValueError, OverflowError):
        return _plain(np.array(value))
    return type_of(value)(_numbers(v) if isinstance(v, (list, tuple)) else float(v) for v in value)


def _bytes(value: Any) -> bytes | None:
    """Take the content of an argument that a function could change in place."""
    if type(value).__module__.partition(".")[0] == "torch":
        with contextlib.suppress(Exception):  # what it has become is a change, too
            return bytes(value.detach().numpy().tobytes())
        return None
    return value.tobytes() if isinstance(value, np.ndarray) else None


def _describe(error: BaseException) -> dict[str, Any]:
    """Name the nearest built-in exception; the text is for the instructor only."""
    kind = next(c.__name__ for c in type(error).__mro__ if c.__module__ == "builtins")
    text = io.StringIO()
    with contextlib.suppress(BaseException):
        traceback.print_exception(error, file=text, limit=-6)
    return {"raised": kind, "detail": text.getvalue()[-MAX_DETAIL:]}


def make_shell() -> Any:
    """Make an IPython shell in which magics and `!` do nothing, and tracebacks are not printed."""
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):  # type: ignore[misc]  # IPython is untyped
        """A notebook's shell without side effects."""

        def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
            """Run the statement of `%time`; every other line magic is a no-op."""
            if magic_name in BODY_MAGICS and magic_name == "time" and line.strip():
                self.run_cell(line, store_history=False)

        def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:  # noqa: ARG002 -- IPython's signature
            """Run the body of `%%time` and its like; every other cell magic is a no-op."""
            if magic_name in BODY_MAGICS:
                self.run_cell(cell, store_history=False)

        def system(self, cmd: str) -> None:
            """Run nothing."""

        def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> list[str]:  # noqa: ARG002, FBT001, FBT002
            """Run nothing and return no lines; the signature is IPython's."""
            return []

        def showtraceback(self, *args: Any, **kwargs: Any) -> None:
            """Print nothing: the record has the exception."""

        def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
            """Print nothing: the record has the exception."""

    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.enable_html_pager = False
    return Shell.instance(config=config, user_module=types.ModuleType("__main__"))
