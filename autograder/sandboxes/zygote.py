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
import resource
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

HERE = Path(__file__).resolve().parent
FILTERS = ("landlock", "seccomp", "system_calls")


@dataclass(frozen=True, slots=True)
class Warm:
    """What every fork of this zygote finds in its memory."""

    jail: ModuleType
    lockdown: ModuleType
    watching: ModuleType
    filters: dict[str, ModuleType]
    wire: ModuleType
    worker: ModuleType
    operations: dict[str, Any]
    guard: Any
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
    jail, attempts, lockdown, watching = (
        load_file(f"legrade_{name}", HERE / f"{name}.py")
        for name in ("jail", "attempts", "lockdown", "watching")
    )
    filters = {name: load_file(f"legrade_{name}", HERE / f"{name}.py") for name in FILTERS}
    sources = {name: (HERE.parent / f"{name}.py").read_text(encoding="utf-8") for name in config["files"]}
    uid = os.geteuid()
    if config["tier"] == "A":
        uid = jail.enter_namespaces()
        jail.build_root(config["interpreter"], config["hidden"], config["libraries"], config["devices"])
        sys.path.append(jail.LIBRARIES)
    else:
        sys.path.extend(config["paths"])
    sys.modules.update(dict.fromkeys(config["absent"]))  # None: an import fails, whatever lies on the path
    modules = {name: _load_source(name, text) for name, text in sources.items()}
    shell = _import(config["warm"], modules["worker"])
    operations = {"probe": attempts.run, "statements": modules["worker"].statement_lines}
    for module in modules.values():  # those about models, where torch is
        operations |= getattr(module, "OPERATIONS", {})
    guard = getattr(modules.get("worker_dispatch"), "Guard", None)
    warm = Warm(
        jail, lockdown, watching, filters, modules["wire"], modules["worker"], operations, guard, shell
    )
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    refuse_if(unfit(sys.modules.get("torch")))
    config["private"] = watching.private_bytes("self") if sys.platform == "linux" else 0
    control.send(json.dumps({"ready": True, "tasks": _tasks(), "held_mb": _held_mb()}).encode())
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1 << 16, 8)
        if not message:
            return
        refuse_if(unfit(sys.modules.get("torch")))
        if os.fork() == 0:
            control.close()
            request = json.loads(message)
            held = len(fds) - request["held"]
            settings = {**config, **request, "uid": uid, "entries": fds[2:held], "slot": fds[held:]}
            supervise(warm, settings, fds[0], socket.socket(fileno=fds[1]))
            os._exit(0)
        for fd in fds:
            os.close(fd)


def _load_source(name: str, text: str) -> ModuleType:
    """Run a module's source that was read before the root was swapped."""
    module = ModuleType(f"legrade_{name}")
    sys.modules[module.__name__] = module
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 -- our own file
    return module


def unfit(torch: Any) -> str:
    """Say why this process must not be forked; empty when it may.

    A fork of a process with threads can hang. CUDA does not survive a fork, so it belongs to the worker alone: neither was it
    initialised here, nor is a node of a GPU open.
    """
    if _tasks() != 1:
        return "it has threads"
    if torch is not None and torch.cuda.is_initialized():
        return "CUDA is initialised in it"
    if held := [path for path in _opened() if path.startswith("/dev/nvidia")]:
        return f"it holds {', '.join(sorted(set(held)))}"
    return ""


def refuse_if(why: str) -> None:
    """End this zygote, in words for its log, if there is a reason; the grader starts another one, once."""
    if why:
        sys.stderr.write(f"the zygote does not fork: {why}\n")
        sys.stderr.flush()
        os._exit(3)


def _opened() -> list[str]:
    """Name what this process has open."""
    if sys.platform != "linux":
        return []
    found = []
    for fd in os.listdir("/proc/self/fd"):  # noqa: PTH208 -- names only
        with contextlib.suppress(OSError):  # the folder's own descriptor is gone
            found.append(os.readlink(f"/proc/self/fd/{fd}"))  # noqa: PTH115 -- a plain system call
    return found


def _tasks() -> int:
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1  # noqa: PTH208 -- names only


def _held_mb() -> int:
    """Return the MiB that this process holds now; its largest ever, in getrusage(2), is that of the grader it was started from."""
    if sys.platform != "linux":
        return 0
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return (int(pages) * resource.getpagesize() >> 20) + 1


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
    return worker.make_shell() if "notebook" in names else None


def supervise(warm: Warm, settings: dict[str, Any], channel: int, status: socket.socket) -> None:
    """Fork the worker, watch it from outside its namespaces, and report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    if sys.platform == "linux":
        warm.jail.die_with_parent()
    output, output_end = os.pipe()
    try:
        if settings["tier"] == "A":
            warm.jail.separate_worker()
        pid = os.fork()
    except OSError as error:
        warm.wire.send(status, {"failed": f"no worker could be made: {error}"})
        return
    if pid == 0:
        os.close(output)
        status.close()
        _work(warm, settings, channel, output_end)
    for fd in (channel, output_end, *settings["entries"]):
        os.close(fd)
    report = warm.watching.watch(pid, status, output, settings, warm.jail.FILES_IN_SCRATCH)
    for fd in settings["slot"]:  # the worker is gone, and only now is its GPU another's
        os.close(fd)
    with contextlib.suppress(
        warm.wire.ChannelClosed, OSError
    ):  # the grader may be gone: nobody is left to tell
        warm.wire.send(status, report)


def _work(warm: Warm, settings: dict[str, Any], channel_fd: int, output: int) -> NoReturn:
    """Become the worker: own folders, limits, no privileges, three descriptors and a socket; never returns."""
    channel = socket.socket(fileno=channel_fd)
    try:
        warm.lockdown.enter_groups(settings["entries"])
        channel = warm.lockdown.keep_only(channel, output)
        warm.lockdown.lock_down(warm.jail, warm.filters, settings)
        shell = warm.shell if settings["notebook"] else None
        guard = warm.guard(settings["operators"]) if settings["operators"] else None
        worker = warm.worker.Worker(warm.wire, warm.operations, shell, guard)
    except Exception as error:  # noqa: BLE001 -- whatever stopped us is reported before any student code ran
        warm.wire.send(channel, {"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    try:
        worker.serve(channel)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
