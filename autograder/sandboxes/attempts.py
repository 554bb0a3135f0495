"""What the probe tries from inside a worker, before any student's code runs: every success is a hole.

Runs in the worker, as a plain file next to `zygote.py`: standard library only. `probe.py` judges the answers.
"""

import ctypes
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path


def run(canary: str, grader_pid: int, port: int) -> dict[str, bool]:
    """Try each thing that a student must not be able to do.

    Args:
        canary: path of a file on the host that the grader can read.
        grader_pid: the grader's process id on the host.
        port: TCP port on the host's loopback where the grader listens.

    Returns:
        For each attempt, whether it succeeded.
    """
    tries: dict[str, Callable[[], object]] = {
        "read a file of the grader": lambda: Path(canary).read_bytes(),
        "write a file of the grader": lambda: Path(canary).open("r+b").close(),
        "signal the grader": lambda: os.kill(grader_pid, 0),
        "limit the grader": lambda: resource.prlimit(grader_pid, resource.RLIMIT_NOFILE),
        "change the rights of a file of the grader": lambda: _change_rights(canary),
        "signal its parent": _signal_parent,
        "read the grader's environment": lambda: Path(f"/proc/{grader_pid}/environ").read_bytes(),
        "connect to the network": lambda: socket.create_connection(("127.0.0.1", port), timeout=2).close(),
        "hold a capability": _hold_capability,
        "make a mount namespace": _mount_namespace,
        "make a user namespace": _user_namespace,
        "write to its own root": lambda: _write_and_remove("/legrade-probe"),
        "start a program": _start_program,
        "open a socket of another family": _other_family,
        "hold memory that no limit counts": _memory_without_a_file,
    }
    return {name: _succeeds(attempt) for name, attempt in tries.items()}


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _write_and_remove(path: str) -> None:
    Path(path).write_bytes(b"")
    Path(path).unlink()


def _change_rights(path: str) -> None:
    """What counts is what happened: a call that changes nothing may say that it did."""
    before = os.stat(path)  # noqa: PTH116 -- plain system calls
    os.utime(path, (1, 1))
    os.chmod(path, before.st_mode & 0o7777)  # noqa: PTH101 -- the same; to what it was, which harms nobody
    if os.stat(path).st_mtime == before.st_mtime:  # noqa: PTH116 -- the same
        raise PermissionError


def _signal_parent() -> None:
    parent = os.getppid()
    if parent == 0:  # the parent is outside of the pid namespace
        raise ProcessLookupError
    os.kill(parent, 0)


def _hold_capability() -> None:
    """The bounding set says what a program could gain that is started; with no_new_privs none can gain anything."""
    lines = (line.split() for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    status = {words[0].rstrip(":"): words[1] for words in lines if len(words) == 2}
    sets = ["CapEff", "CapPrm", "CapInh", "CapAmb"] + (["CapBnd"] if status["NoNewPrivs"] != "1" else [])
    if not any(int(status[name], 16) for name in sets):
        raise PermissionError


def _libc(name: str, *args: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*args) != 0:
        raise OSError(ctypes.get_errno(), name)


def _in_a_child(action: Callable[[], None]) -> None:
    """Try something that would change this process; a success must harm nobody, even where nothing isolates."""
    child = os.fork()
    if child == 0:
        try:
            action()
        except OSError:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise PermissionError


def _mount_namespace() -> None:
    """Whoever may make one may mount; mounting itself would change the host in tier C."""
    _in_a_child(lambda: _libc("unshare", 0x00020000))


def _user_namespace() -> None:
    _in_a_child(lambda: _libc("unshare", 0x10000000))


def _start_program() -> None:
    _in_a_child(lambda: os.execv("/bin/sh", ["sh", "-c", ":"]))  # noqa: S606 -- there must be no program to start


def _other_family() -> None:
    """Netlink is the way to the kernel's own tables of network and audit."""
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


def _memory_without_a_file() -> None:
    os.close(os.memfd_create("probe"))
