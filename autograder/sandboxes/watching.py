"""The supervisor's watch over one worker: until its end, the grader's word, or a limit; then how it ended.

Runs outside the worker's namespaces, as a plain file next to `zygote.py`: standard library only, no secret.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

KEPT_OUTPUT = 64 * 1024
CPU_OF_ALL_THREADS = 2
PATIENCE = 3600.0
"""Seconds beyond a worker's own limit after which a grader that says nothing counts as stuck."""
LOOK_SECONDS, DEEPEST = 0.25, 100
"""How often the folder of a worker of tier B is looked at, and how many folders may lie inside each other."""


def watch(
    pid: int, status: socket.socket, output: int, settings: dict[str, Any], files: int
) -> dict[str, Any]:
    """Wait for the worker's end, the grader's word or its absence, too much output, or the last deadline; then end it.

    Args:
        pid: the worker.
        status: closed by the grader when it wants the worker ended.
        output: the pipe with what the worker prints.
        settings: the zygote's, and those of this worker.
        files: how many files a folder may hold.

    Returns:
        The report for the grader: exit code, what ended it, seconds, KiB, bytes printed, and the first of them.
    """
    limits = settings["limits"]
    deadline = time.monotonic() + limits["total_seconds"] + PATIENCE
    os.set_blocking(output, False)
    pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
    kept, printed, why = bytearray(), 0, ""
    most_printed = limits["output_kb"] << 10
    open_pipes = [fd for fd in (pidfd, status.fileno(), output) if fd >= 0]
    beyond = _looks(settings, files)
    look = time.monotonic()
    wait = LOOK_SECONDS if beyond else 1.0 if pidfd >= 0 else 0.05
    while not why:
        ready, _, _ = select.select(open_pipes, [], [], wait)
        if output in ready:
            taken = _take(output, kept)
            printed += taken or 0
            if taken is None:
                open_pipes.remove(output)
        if _ended(pid, pidfd, ready):
            break
        if printed > most_printed:
            why = "output"
        elif status.fileno() in ready:
            why = "grader"
        elif _cpu_seconds(pid) > limits["cpu_seconds"]:
            why = "cpu"
        elif time.monotonic() > deadline:
            why = "late"
        elif time.monotonic() >= look:
            why = next((name for name, is_beyond in beyond.items() if is_beyond()), "")
            look = time.monotonic() + LOOK_SECONDS
    _end(pid, settings["tier"])
    return _report(pid, why, output, printed, kept)


def _report(pid: int, why: str, output: int, printed: int, kept: bytearray) -> dict[str, Any]:
    """Wait for a worker that was ended, read what it still printed, and say how it was."""
    _, code, usage = os.wait4(pid, 0)
    while len(kept) < KEPT_OUTPUT and (taken := _take(output, kept)):
        printed += taken
    return {
        "code": os.waitstatus_to_exitcode(code),
        "why": why,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_kb": usage.ru_maxrss,
        "printed": printed,
        "output": bytes(kept).decode("utf-8", "replace"),
    }


def _cpu_seconds(pid: int) -> float:
    """Read a process's own clock, to the nanosecond; the kernel holds whole ticks against RLIMIT_CPU, which can be far too many.

    Source: clock_getcpuclockid(3); the number of the clock is made as in the C library.
    """
    return time.clock_gettime(~pid << 3 | CPU_OF_ALL_THREADS) if sys.platform == "linux" else 0.0


def _ended(pid: int, pidfd: int, ready: list[int]) -> bool:
    """Whether the worker has ended; it is not waited for yet."""
    if pidfd >= 0:
        return pidfd in ready
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _looks(settings: dict[str, Any], files: int) -> dict[str, Callable[[], bool]]:
    """Name the limits that nothing but a look from outside holds, each with what tells whether it is passed.

    Files in tier B, which has no file system of its own; memory where a GPU is assigned, since CUDA maps far more than it uses.
    """
    limits = settings["limits"]
    looks: dict[str, Callable[[], bool]] = {}
    if settings["tier"] == "B":
        looks["scratch"] = partial(_overfull, settings["scratch"], limits["scratch_mb"] << 20, files)
    if settings["devices"]:
        looks["memory"] = lambda: _held(settings["private"]) > limits["memory_mb"] << 20
    return looks


def private_bytes(process: str) -> int:
    """Count the bytes of a process's memory that no file has; 0 for one that is gone."""
    try:
        with open(f"/proc/{process}/statm", "rb") as file:  # noqa: PTH123 -- several times a second
            held, shared = (int(word) for word in file.read().split()[1:3])
    except (OSError, ValueError):
        return 0
    return (held - shared) * os.sysconf("SC_PAGE_SIZE")


def _held(inherited: int) -> int:
    """Add up what the worker's processes hold beyond what each of them shares with the zygote.

    The worker has mounted its own /proc, in the mount namespace that it shares with its supervisor: whoever is there is its own.
    """
    numbers = filter(str.isdigit, os.listdir("/proc"))  # noqa: PTH208 -- names only
    return sum(max(private_bytes(number) - inherited, 0) for number in numbers)


class _TooMuchError(Exception):
    """A folder holds more than it may."""


def _overfull(folder: str, most_bytes: int, most_files: int) -> bool:
    """Whether a folder holds more than it may; no file system of its own bounds it in tier B.

    Folders inside each other beyond `DEEPEST` are too much, and so is one that cannot be looked at: it could hold anything.
    """
    taken = count = 0

    def look(place: int, depth: int) -> None:
        nonlocal taken, count
        with os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # it went, or became a link
                    taken += entry.stat(follow_symlinks=False).st_blocks * 512
                    count += 1
                    if taken > most_bytes or count > most_files or depth > DEEPEST:
                        raise _TooMuchError
                    if entry.is_dir(follow_symlinks=False):
                        with _opened(entry.name, place) as inner:
                            look(inner, depth + 1)

    try:
        with _opened(folder, None) as top:
            look(top, 0)
    except (_TooMuchError, OSError):
        return True
    return False


@contextlib.contextmanager
def _opened(name: str, place: int | None) -> Iterator[int]:
    """Open a folder in a place, never through a link, and give back the rights that a student took from it."""
    handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
    try:
        os.chmod(f"/proc/self/fd/{handle}", 0o700)  # noqa: PTH101 -- the folder itself, whatever its name leads to now
        inner = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=handle)
    finally:
        os.close(handle)
    try:
        yield inner
    finally:
        os.close(inner)


def _take(output: int, kept: bytearray) -> int | None:
    """Read what was printed, and keep the first of it; return how many bytes came, None at the end.

    Never waits: a student can open the pipe's other end in /proc and take what was there a moment before.
    """
    try:
        data = os.read(output, 1 << 16)
    except BlockingIOError:
        return 0
    kept += data[: KEPT_OUTPUT - len(kept)]
    return len(data) or None


def _end(pid: int, tier: str) -> None:
    """Kill the worker and all it started: with its namespace, or in tier C as far as its session goes."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if tier != "A":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
