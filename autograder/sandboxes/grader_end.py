"""The grader's end of one worker: requests out, replies judged, and how it ended; nothing it says is believed unread."""

import builtins
import contextlib
import signal
import socket
import time
from pathlib import Path
from typing import Any

from autograder import wire
from autograder.errors import (
    BadReply,
    ForbiddenCall,
    LimitHit,
    NotDefined,
    SandboxError,
    StudentRaised,
    WorkerDied,
    WorkerKilled,
)
from autograder.model import Limits
from autograder.sandboxes import End, Reply, cuda_errors, limit_notes
from autograder.sandboxes.cgroups import Group, Memory
from autograder.sandboxes.folders import remove_folder
from autograder.sandboxes.gpus import Gpu, MemoryWatch

READY_SECONDS = 60.0
MAX_DETAIL = 4000
"""Characters of a traceback that are kept, whatever a worker sends."""


class PreforkWorker:
    """The grader's end of one worker."""

    def __init__(
        self,
        channel: socket.socket,
        status: socket.socket,
        limits: Limits,
        folder: str | None = None,
        operators: tuple[str, ...] = (),
        group: Group | None = None,
        gpu: Gpu | None = None,
    ) -> None:
        self._channel = channel
        self._status = status
        self._limits = limits
        self._folder = folder
        self._operators = operators
        self._group = group
        self._memory = Memory()
        self._load_left = limits.load_seconds
        self._left = limits.total_seconds
        self._end: End | None = None
        self._ended_by = ""
        self._memory_kills = memory_kills()
        self.gpu = gpu
        self._watch = MemoryWatch(gpu, limits.gpu_memory_mb, self._stop) if gpu is not None else None

    def _stop(self) -> None:
        """Let the supervisor end the worker, from whatever thread; who waits for a reply sees the end of the channel."""
        with contextlib.suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)

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
        if self._watch is not None:
            self._watch.close()
        with contextlib.suppress(wire.ChannelClosed, wire.WireError, TimeoutError):
            why += f"; {wire.receive(self._status, deadline=time.monotonic() + 10, max_bytes=1 << 20)}"
        self._status.close()
        self._leave_nothing()
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
            if self._memory.at_limit:  # a process that waited for one that the kernel ended
                raise LimitHit(limit_notes.of_memory(self._limits)) from None
            raise LimitHit(f"your code was still running at the limit of {limit}") from None
        except wire.ChannelClosed:
            raise self._death() from None
        except wire.WireError as error:
            self.close()
            if str(error).startswith("body of"):
                limit = limit_notes.shown(self._limits, "reply_mb")
                raise LimitHit(f"the result is larger than the limit of {limit}") from None
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
            case {"raised": str(kind), "detail": str(detail)} if trouble := self._trouble(kind, detail):
                self.close()
                raise SandboxError(
                    f"the GPU or its driver ({trouble}): {detail.strip().splitlines()[-1][:300]}"
                )
            case {"raised": str(kind), "detail": str(detail)}:
                at_limit = self._group is not None and self._group.memory().at_limit
                note = limit_notes.of_exception(kind, detail, self._limits, at_limit=at_limit)
                raise StudentRaised(_builtin(kind), detail[-MAX_DETAIL:], note)
            case {"undefined": str()}:  # the name that we asked for: the worker's words go into no feedback
                raise NotDefined(f"`{name}` is not defined in the submission")
            case {"forbidden": int(place)} if type(place) is int and 0 <= place < len(self._operators):
                raise ForbiddenCall(f"your code called {self._operators[place]}, which this exercise forbids")
            case {"unsupported": str()}:
                raise BadReply("the result is no number, array or model")
        self.close()
        raise BadReply("what came back is no result")

    def _trouble(self, kind: str, detail: str) -> str:
        """Say what of an exception may be the machine's doing: only where a GPU was assigned is that asked."""
        return cuda_errors.ours(kind, detail) if self.gpu is not None else ""

    def _death(self) -> Exception:
        """Say why the worker is gone: the student's code, a limit, or us."""
        try:
            end = self.close()
        except SandboxError as error:
            return error
        if limit := limit_notes.of_end(end, self._ended_by, self._limits):
            return LimitHit(limit)
        if self._ended_by == "late":
            return SandboxError("the worker was ended because the grader had left it alone for an hour")
        if end.code == -signal.SIGKILL:
            total = memory_kills() - self._memory_kills
            if (self._memory.ended if self._group is not None else total) > 0:
                return SandboxError("the machine ran out of memory, and the kernel ended processes")
            return WorkerKilled("your code ended its own process (signal 9)")
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
        if self._watch is not None:
            self._watch.close()
        try:
            with contextlib.suppress(OSError):
                self._status.shutdown(socket.SHUT_WR)
            report = wire.receive(self._status, deadline=time.monotonic() + 30, max_bytes=1 << 20)
        except (wire.ChannelClosed, wire.WireError, TimeoutError):
            raise SandboxError("the worker's supervisor is gone without a report") from None
        finally:
            self._status.close()
            self._leave_nothing()
        if "failed" in report:
            raise SandboxError(f"the worker could not be made: {report['failed']}")
        killed_by_group = report["code"] == -signal.SIGKILL and self._memory.at_limit
        self._ended_by = report["why"]
        if self._watch is not None and self._watch.exceeded:
            self._ended_by = "gpu memory"
        if killed_by_group and self._ended_by in ("", "grader"):  # both were there when its supervisor looked
            self._ended_by = "memory"
        self._end = End(
            report["code"], report["cpu_seconds"], report["peak_kb"], report["printed"], report["output"]
        )
        return self._end

    def _leave_nothing(self) -> None:
        """Remove the worker's control group, after a look at its counts, and its folder."""
        if self._group is not None:
            self._memory = self._group.memory()
            self._group.remove()
        if self._folder is not None:
            remove_folder(self._folder)


def memory_kills() -> int:
    """Count what the kernel has ended on this machine for want of memory; 0 where it does not tell."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


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
