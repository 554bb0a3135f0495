"""Sandbox of warm zygotes that fork one isolated worker for each student (tier A), or a plain one (tier C)."""

import builtins
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from autograder import wire
from autograder.errors import (
    BadReply,
    LimitHit,
    NotDefined,
    SandboxError,
    StudentRaised,
    WorkerDied,
)
from autograder.model import Limits
from autograder.sandboxes import End, Reply
from autograder.sandboxes.libraries import hidden_paths, interpreter_paths, library_paths, module_paths

BOOT_SECONDS = 180.0
READY_SECONDS = 60.0
MAX_DETAIL = 4000
"""Characters of a traceback that are kept, whatever a worker sends."""
WARM = {
    "numpy": ("numpy", "numpy.random", "numpy.linalg", "numpy.fft"),
    "torch": ("torch", "torch.nn.functional", "torch.optim", "torch.utils.data"),
}
ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108 -- the worker's own
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108 -- the same
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108 -- the same
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    "USER": "student",
}


class PreforkSandbox:
    """Keeps one zygote for each set of libraries, as long as the grader lives."""

    def __init__(self, tier: str) -> None:
        self._tier = tier
        self._zygotes: dict[tuple[tuple[str, ...], bool], _Zygote] = {}
        self._scratch = tempfile.mkdtemp(prefix="legrade-") if tier == "C" else None

    @property
    def tier(self) -> str:
        """Name the isolation."""
        return self._tier

    def worker(self, libraries: tuple[str, ...], limits: Limits, *, notebook: bool) -> "PreforkWorker":
        """Start a fresh worker; a zygote that has ended is started anew, once.

        Raises:
            SandboxError: none could be started.
        """
        key = (libraries, notebook)
        for attempt in (1, 2):
            zygote = self._zygotes.get(key)
            if zygote is None:
                zygote = self._zygotes[key] = _Zygote(self._tier, libraries, notebook=notebook)
            try:
                return zygote.fork(limits, self._scratch)
            except SandboxError:
                self._zygotes.pop(key).close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End every zygote; their workers end with them."""
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Zygote:
    """The grader's end of one zygote."""

    def __init__(self, tier: str, libraries: tuple[str, ...], *, notebook: bool) -> None:
        self._notebook = notebook
        for path in interpreter_paths():
            if tier == "A" and path.startswith("/tmp/"):  # noqa: S108 -- the worker's own /tmp would cover it
                raise SandboxError(f"the interpreter's {path} lies in /tmp: install Python elsewhere")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        warm = [name for library in libraries for name in WARM[library]]
        config = {
            "control": theirs.fileno(),
            "tier": tier,
            "interpreter": interpreter_paths(),
            "hidden": hidden_paths(),
            "libraries": library_paths(libraries),
            "paths": module_paths(),
            "files": ["wire", "worker", *(["worker_models"] if "torch" in libraries else [])],
            "warm": [*warm, *(["notebook", "matplotlib.pyplot"] if notebook else [])],
        }
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the zygote
        script = Path(__file__).with_name("zygote.py")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(script), json.dumps(config)],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(theirs.fileno(),),
                env=ENVIRONMENT,
                cwd="/",
            )
        self._control = ours
        ours.settimeout(BOOT_SECONDS)
        try:
            ready = ours.recv(1 << 16)
        except (TimeoutError, ConnectionResetError):
            ready = b""
        if not ready or json.loads(ready)["tasks"] != 1:
            text = self._log_text()
            self.close()
            raise SandboxError(
                f"no zygote for {', '.join(libraries)} in tier {tier}: {text or 'no word from it'}"
            )

    def _log_text(self) -> str:
        self._log.seek(0)
        return self._log.read(1 << 16).decode("utf-8", "replace").strip()[-2000:]

    def fork(self, limits: Limits, scratch: str | None) -> "PreforkWorker":
        """Ask for a worker and wait until it is ready.

        Raises:
            SandboxError: the zygote is gone, or the worker could not be locked down.
        """
        channel, worker_end = socket.socketpair()
        status, supervisor_end = socket.socketpair()
        request = {"limits": asdict(limits), "scratch": scratch, "notebook": self._notebook}
        with worker_end, supervisor_end:
            try:
                fds = [worker_end.fileno(), supervisor_end.fileno()]
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            except OSError as error:
                channel.close()
                status.close()
                raise SandboxError(f"the zygote is gone: {error}; {self._log_text()}") from None
        worker = PreforkWorker(channel, status, limits)
        worker.wait_until_ready()
        return worker

    def close(self) -> None:
        """Close the control socket: the zygote and all its workers end."""
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


class PreforkWorker:
    """The grader's end of one worker."""

    def __init__(self, channel: socket.socket, status: socket.socket, limits: Limits) -> None:
        self._channel = channel
        self._status = status
        self._limits = limits
        self._load_left = limits.load_seconds
        self._left = limits.total_seconds
        self._end: End | None = None
        self._ended_by = ""

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._end is None

    def wait_until_ready(self) -> None:
        """Wait until the worker is locked down, before any student code.

        Raises:
            SandboxError: it could not be.
        """
        why = "it ended"
        with contextlib.suppress(wire.ChannelClosed, wire.WireError, TimeoutError):
            word = wire.receive(self._channel, deadline=time.monotonic() + READY_SECONDS, max_bytes=1 << 16)
            if word == {"ready": True}:
                return
            why = str(word)
        self._channel.close()
        with contextlib.suppress(wire.ChannelClosed, wire.WireError, TimeoutError):
            why += f"; {wire.receive(self._status, deadline=time.monotonic() + 10, max_bytes=1 << 20)}"
        self._status.close()
        raise SandboxError(f"the worker could not be made ready: {why}")

    def run_cell(self, source: str) -> tuple[str, str] | None:
        """Run one cell within what is left of the time for loading.

        Raises:
            LimitHit, WorkerDied, BadReply: the student's code.
            SandboxError: ours.
        """
        started = time.monotonic()
        limit = f"{self._limits.load_seconds:g} s for running the notebook's cells (load_seconds)"
        try:
            self._exchange({"do": "cell", "source": source}, self._load_left, limit)
        except StudentRaised as raised:
            return raised.kind, raised.detail
        finally:
            self._load_left = max(self._load_left - (time.monotonic() - started), 0.05)
        return None

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], *, seconds: float) -> Reply:
        """Call a function of the submission.

        Raises:
            StudentRaised, NotDefined, LimitHit, WorkerDied, BadReply: the student's code.
            SandboxError: ours.
        """
        request = {"do": "call", "name": name, "args": args, "kwargs": kwargs}
        return self._exchange(request, seconds, f"{seconds:g} s for one call (call_seconds)")

    def ask(self, operation: str, args: tuple[Any, ...], *, seconds: float) -> Reply:
        """Run one of the worker's own operations; raises like `call`."""
        request = {"do": "ask", "name": operation, "args": args}
        return self._exchange(request, seconds, f"{seconds:g} s for one operation (call_seconds)")

    def _exchange(self, request: dict[str, Any], seconds: float, limit: str) -> Reply:
        """Send one request, wait for its reply, and turn everything but a value into a fault."""
        if self._end is not None:
            raise WorkerDied("your code had ended its own process before")
        started = time.monotonic()
        if seconds > self._left:  # only the worker's time counts: what the grader computes meanwhile is ours
            seconds = self._left
            limit = f"{self._limits.total_seconds:g} s for everything (total_seconds)"
        deadline = started + seconds
        try:
            wire.send(self._channel, request, deadline=deadline)
            reply = wire.receive(self._channel, deadline=deadline, max_bytes=self._limits.reply_mb << 20)
        except TimeoutError:
            self.close()
            raise LimitHit(f"your code was still running at the limit of {limit}") from None
        except wire.ChannelClosed:
            raise self._death() from None
        except wire.WireError as error:
            self.close()
            if str(error).startswith("body of"):
                raise LimitHit(
                    f"the result is larger than the limit of {self._limits.reply_mb} MiB (reply_mb)"
                ) from None
            raise BadReply("what came back is no result") from None
        finally:
            self._left -= time.monotonic() - started
        passed = len(request.get("args", ())) + len(request.get("kwargs", ()))
        return self._judge(reply, request.get("name", "the cell"), passed)

    def _judge(self, reply: Any, name: str, passed: int) -> Reply:
        """Take a well-formed reply to a request with so many arguments apart; anything else is the student's doing."""
        match reply:
            case {"value": value, "changed": tuple(changed)} if _is_plain(value) and _are_places(
                changed, passed
            ):
                return Reply(value, changed)
            case {"value": None} if len(reply) == 1:
                return Reply(None)
            case {"raised": str(kind), "detail": str(detail)}:
                raise StudentRaised(_builtin(kind), detail[-MAX_DETAIL:], self._memory_note(kind))
            case {"undefined": str()}:  # the name that we asked for: the worker's words go into no feedback
                raise NotDefined(f"`{name}` is not defined in the submission")
            case {"unsupported": str()}:
                raise BadReply("the result is no number, array or model")
        self.close()
        raise BadReply("what came back is no result")

    def _memory_note(self, kind: str) -> str:
        return f" (limit: {self._limits.memory_mb} MiB, memory_mb)" if kind == "MemoryError" else ""

    def _death(self) -> Exception:
        """Say why the worker is gone: the student's code, a limit, or us."""
        try:
            end = self.close()
        except SandboxError as error:
            return error
        if end.printed > self._limits.output_kb << 10:
            return LimitHit(
                f"your code printed more than the limit of {self._limits.output_kb} KiB (output_kb)"
            )
        if self._ended_by == "late":
            return SandboxError("the worker was ended because the grader had left it alone for an hour")
        how = f"signal {-end.code}" if end.code < 0 else f"exit code {end.code}"
        return WorkerDied(f"your code ended its own process ({how})")

    def close(self) -> End:
        """End the worker and collect its supervisor's report.

        Raises:
            SandboxError: the supervisor gave no report.
        """
        if self._end is not None:
            return self._end
        self._end = End(0, 0.0, 0, 0, "")
        self._channel.close()
        try:
            with contextlib.suppress(OSError):
                self._status.shutdown(socket.SHUT_WR)
            report = wire.receive(self._status, deadline=time.monotonic() + 30, max_bytes=1 << 20)
        except (wire.ChannelClosed, wire.WireError, TimeoutError):
            raise SandboxError("the worker's supervisor is gone without a report") from None
        finally:
            self._status.close()
        if "failed" in report:
            raise SandboxError(f"the worker could not be made: {report['failed']}")
        self._ended_by = report["why"]
        self._end = End(
            report["code"], report["cpu_seconds"], report["peak_kb"], report["printed"], report["output"]
        )
        return self._end


def _is_plain(value: Any) -> bool:
    """Tell whether a value is what a suite may meet: the forms of arrays that a suite sends never come back."""
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return not isinstance(value, (wire.Tensor, wire.Strided))


def _are_places(changed: tuple[Any, ...], passed: int) -> bool:
    """Believe positions only when they are some of the arguments': students read them, and no other number."""
    return all(type(i) is int and 0 <= i < passed for i in changed) and len(set(changed)) == len(changed)


def _builtin(kind: str) -> str:
    """Believe the name of an exception only when it is one of Python's own."""
    known = getattr(builtins, kind, None)
    return kind if isinstance(known, type) and issubclass(known, BaseException) else "Exception"
