"""The warm parent of all workers: imports the libraries once, then forks one worker for each request.

Started as a file by `prefork.py` with a clean environment; holds no secret and never sees a student's source.
Standard library only until it is inside its own root. Its files are loaded by path, before the root is swapped.

For each worker two processes are made: a supervisor, outside the worker's pid namespace, which ends the
worker when the grader says so or is gone, collects its output and reports how it ended; and the worker itself.
"""

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

KEPT_OUTPUT = 64 * 1024
PATIENCE = 3600.0
"""Seconds beyond a worker's own limit after which a grader that says nothing counts as stuck."""
HERE = Path(__file__).resolve().parent
FILTERS = ("landlock", "seccomp", "system_calls")
WRITABLE = ("/tmp", "/dev/shm", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")  # noqa: S108
"""What a worker of tier A may write: its own folders, and devices that keep nothing."""
READABLE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/usr/share/zoneinfo")
"""What a worker of tier B may read beside its libraries: how many processors there are, and what time it is."""
LOOK_SECONDS, DEEPEST = 0.25, 100
"""How often the folder of a worker of tier B is looked at, and how many folders may lie inside each other."""


@dataclass(frozen=True, slots=True)
class Warm:
    """What every fork of this zygote finds in its memory."""

    jail: ModuleType
    filters: dict[str, ModuleType]
    wire: ModuleType
    worker: ModuleType
    operations: dict[str, Any]
    shell: Any


def load_file(name: str, path: Path) -> ModuleType:
    """Load one file as a module, so that no folder of the project is on `sys.path`."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # noqa: S101 -- a .py file always has a spec
    assert spec.loader is not None  # noqa: S101 -- the same
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Enter the jail, import, then serve requests until the grader closes the control socket."""
    config = json.loads(sys.argv[1])
    control = socket.socket(fileno=config["control"])
    jail = load_file("legrade_jail", HERE / "jail.py")
    attempts = load_file("legrade_attempts", HERE / "attempts.py")
    filters = {name: load_file(f"legrade_{name}", HERE / f"{name}.py") for name in FILTERS}
    sources = {name: (HERE.parent / f"{name}.py").read_text(encoding="utf-8") for name in config["files"]}
    uid = os.geteuid()
    if config["tier"] == "A":
        uid = jail.enter_namespaces()
        jail.build_root(config["interpreter"], config["hidden"], config["libraries"])
        sys.path.append(jail.LIBRARIES)
    else:
        sys.path.extend(config["paths"])
    modules = {name: _load_source(name, text) for name, text in sources.items()}
    shell = _import(config["warm"], modules["worker"])
    ours = {"probe": attempts.run, "statements": modules["worker"].statement_lines}
    operations = {**ours, **getattr(modules.get("worker_models"), "OPERATIONS", {})}
    warm = Warm(jail, filters, modules["wire"], modules["worker"], operations, shell)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.send(json.dumps({"ready": True, "tasks": _tasks()}).encode())
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1 << 16, 2)
        if not message:
            return
        if _tasks() != 1:  # a fork of a process with threads can hang; the grader restarts the zygote
            os._exit(3)
        if os.fork() == 0:
            control.close()
            request = {**json.loads(message), "tier": config["tier"], "uid": uid}
            status = socket.socket(fileno=fds[1])
            supervise(warm, request, fds[0], status)
            os._exit(0)
        for fd in fds:
            os.close(fd)


def _load_source(name: str, text: str) -> ModuleType:
    """Run a module's source that was read before the root was swapped."""
    module = ModuleType(f"legrade_{name}")
    sys.modules[module.__name__] = module
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 -- our own file
    return module


def _tasks() -> int:
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1  # noqa: PTH208 -- names only


def _import(names: list[str], worker: ModuleType) -> Any:
    """Import what students import, run what is set up lazily, and make the notebook shell when asked."""
    for name in names:
        if name != "notebook":
            importlib.import_module(name)
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        torch.set_num_threads(1)
        weight = torch.nn.Parameter(torch.zeros(1))
        weight.grad = torch.zeros(1)
        for optimiser in (torch.optim.SGD, torch.optim.Adam):
            optimiser([weight], lr=0.1).step()  # pulls in a second's worth of modules
        assert not torch.cuda.is_initialized()  # noqa: S101 -- CUDA belongs to the worker alone
    return worker.make_shell() if "notebook" in names else None


def supervise(warm: Warm, request: dict[str, Any], channel: int, status: socket.socket) -> None:
    """Fork the worker, watch it from outside its namespaces, and report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    if sys.platform == "linux":
        warm.jail.die_with_parent()
    output, output_end = os.pipe()
    try:
        if request["tier"] == "A":
            warm.jail.separate_worker()
        pid = os.fork()
    except OSError as error:
        warm.wire.send(status, {"failed": f"no worker could be made: {error}"})
        return
    if pid == 0:
        os.close(output)
        status.close()
        _work(warm, request, channel, output_end)
    os.close(channel)
    os.close(output_end)
    report = _watch(pid, status, output, request, warm.jail.FILES_IN_SCRATCH)
    with contextlib.suppress(
        warm.wire.ChannelClosed, OSError
    ):  # the grader may be gone: nobody is left to tell
        warm.wire.send(status, report)


def _work(warm: Warm, request: dict[str, Any], channel_fd: int, output: int) -> NoReturn:
    """Become the worker: own folders, limits, no privileges, three descriptors and a socket; never returns."""
    channel = socket.socket(fileno=channel_fd)
    try:
        channel = _keep_only(channel, output)
        _lock_down(warm.jail, warm.filters, request)
        shell = warm.shell if request["notebook"] else None
        worker = warm.worker.Worker(warm.wire, warm.operations, shell)
    except Exception as error:  # noqa: BLE001 -- whatever stopped us is reported before any student code ran
        warm.wire.send(channel, {"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    try:
        worker.serve(channel)
    finally:
        os._exit(0)


def _keep_only(channel: socket.socket, output: int) -> socket.socket:
    """Close every descriptor but the three standard ones and the channel, which moves to number 200."""
    os.setsid()
    null = os.open("/dev/null", os.O_RDONLY)
    for fd, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(fd, target)
    fd = os.dup2(channel.detach(), 200, inheritable=False)
    os.closerange(3, 200)
    os.closerange(201, 4096)
    return socket.socket(fileno=fd)


def _lock_down(jail: ModuleType, filters: dict[str, ModuleType], request: dict[str, Any]) -> None:
    """Give the worker its own folders and its limits, and take every privilege away."""
    limits, tier = request["limits"], request["tier"]
    if tier == "A":
        jail.leave_keyring()
        jail.be_ended_first()
        jail.furnish_worker(limits["scratch_mb"])
        os.chdir("/tmp")  # noqa: S108 -- the worker's own
        jail.drop_privileges(request["uid"])
        jail.die_with_parent()
    else:
        os.chdir(request["scratch"])
    if tier == "B":
        jail.leave_keyring()
        jail.be_ended_first()
        jail.drop_privileges(os.geteuid())
        jail.die_with_parent()
        os.environ.update(dict.fromkeys(request["folders"], request["scratch"]))
        tempfile.tempdir = request["scratch"]  # whatever was found before this worker had a folder
    jail.limit_resources(
        memory_mb=limits["memory_mb"],
        processes=limits["processes"] if tier == "A" else None,  # would count all that the grader's user runs
        scratch_mb=limits["scratch_mb"],
        cpu_seconds=int(limits["total_seconds"]) + 10,
    )
    if tier != "C":
        _filter(filters, request)


def _filter(filters: dict[str, ModuleType], request: dict[str, Any]) -> None:
    """Refuse every file, signal and system call that a worker does not need; the last step, for good.

    Raises:
        OSError: the filter of system calls cannot be had, or in tier B Landlock.
    """
    isolated = request["tier"] == "A"
    readable = ["/"] if isolated else [*request["readable"], f"/proc/{os.getpid()}", *READABLE]
    writable = WRITABLE if isolated else (request["scratch"], *WRITABLE[2:])
    version = filters["landlock"].restrict(readable, list(writable), request.get("listable"))
    if not isolated and not version:
        raise OSError("the kernel has no Landlock, on which tier B rests")
    lines = filters["seccomp"].program(
        filters["system_calls"],
        os.uname().machine,
        processes=isolated,
        signals_of=None if isolated else os.getpid(),
    )
    filters["seccomp"].install(lines)


def _watch(
    pid: int, status: socket.socket, output: int, request: dict[str, Any], files: int
) -> dict[str, Any]:
    """Wait for the worker's end, the grader's word or its absence, too much output, or the last deadline."""
    limits = request["limits"]
    deadline = time.monotonic() + limits["total_seconds"] + PATIENCE
    os.set_blocking(output, False)
    pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
    kept, printed, why = bytearray(), 0, ""
    open_pipes = [fd for fd in (pidfd, status.fileno(), output) if fd >= 0]
    watched = request["scratch"] if request["tier"] == "B" else ""
    look = time.monotonic()
    while not why:
        ready, _, _ = select.select(
            open_pipes, [], [], LOOK_SECONDS if watched else 1.0 if pidfd >= 0 else 0.05
        )
        if output in ready:
            taken = _take(output, kept)
            printed += taken or 0
            if taken is None:
                open_pipes.remove(output)
        if _ended(pid, pidfd, ready):
            break
        if printed > limits["output_kb"] << 10:
            why = "output"
        elif watched and time.monotonic() >= look:
            why = "scratch" if _overfull(watched, limits["scratch_mb"] << 20, files) else ""
            look = time.monotonic() + LOOK_SECONDS
        elif status.fileno() in ready:
            why = "grader"
        elif time.monotonic() > deadline:
            why = "late"
    _end(pid, request["tier"])
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


def _ended(pid: int, pidfd: int, ready: list[int]) -> bool:
    """Whether the worker has ended; it is not waited for yet."""
    if pidfd >= 0:
        return pidfd in ready
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


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


if __name__ == "__main__":
    main()
