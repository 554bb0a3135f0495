"""Becoming a worker: own folders and limits, no privilege, four descriptors, a filter; then the student's code.

Runs in the worker, as a plain file next to `zygote.py`: standard library only, no secret.
"""

import os
import socket
import tempfile
from types import ModuleType
from typing import Any

WRITABLE = ("/tmp", "/dev/shm", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")  # noqa: S108
"""What a worker of tier A may write: its own folders, and devices that keep nothing."""
READABLE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/usr/share/zoneinfo")
"""What a worker of tier B may read beside its libraries: how many processors there are, and what time it is."""


def enter_groups(entries: list[int]) -> None:
    """Enter the control groups that the grader has opened, with all that this process will make.

    Raises:
        OSError: one cannot be entered.
    """
    for entry in entries:
        os.write(entry, b"0")


SPARE = 2
"""How much later than its supervisor the kernel ends a worker for its processor time, which it counts roughly."""


def keep_only(channel: socket.socket, output: int) -> socket.socket:
    """Close every descriptor but the three standard ones and the channel, which moves to number 200.

    Args:
        channel: where the grader's requests come from.
        output: the pipe for what is printed.
    """
    os.setsid()
    null = os.open("/dev/null", os.O_RDONLY)
    for fd, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(fd, target)
    fd = os.dup2(channel.detach(), 200, inheritable=False)
    os.closerange(3, 200)
    os.closerange(201, 4096)
    return socket.socket(fileno=fd)


def lock_down(jail: ModuleType, filters: dict[str, ModuleType], settings: dict[str, Any]) -> None:
    """Give the worker its own folders and its limits, and take every privilege away.

    Args:
        jail: the module `jail`.
        filters: the modules `landlock`, `seccomp`, `system_calls`.
        settings: the zygote's, and those of this worker.

    Raises:
        OSError: a layer cannot be had; no student's code may run then.
    """
    limits, tier = settings["limits"], settings["tier"]
    if tier != "C":
        jail.hide_groups()
    if tier == "A":
        jail.leave_keyring()
        jail.be_ended_first()
        jail.furnish_worker(limits["scratch_mb"])
        os.chdir("/tmp")  # noqa: S108 -- the worker's own
        jail.drop_privileges(settings["uid"])
        jail.die_with_parent()
    else:
        os.chdir(settings["scratch"])
    if tier == "B":
        jail.leave_keyring()
        jail.be_ended_first()
        jail.drop_privileges(os.geteuid())
        jail.die_with_parent()
        os.environ.update(dict.fromkeys(settings["folders"], settings["scratch"]))
        tempfile.tempdir = settings["scratch"]  # whatever was found before this worker had a folder
    jail.limit_resources(
        memory_mb=None if settings["devices"] else limits["memory_mb"],  # CUDA maps far more than it uses
        processes=limits["processes"] if tier == "A" else None,  # would count all that the grader's user runs
        open_files=limits["open_files"],
        file_mb=limits["file_mb"],
        cpu_seconds=SPARE * limits["cpu_seconds"] + SPARE,
    )
    if tier != "C":
        _filter(filters, settings)


def _filter(filters: dict[str, ModuleType], settings: dict[str, Any]) -> None:
    """Refuse every file, signal and system call that a worker does not need; the last step, for good.

    Raises:
        OSError: the filter of system calls cannot be had, or in tier B Landlock.
    """
    landlock, alone = filters["landlock"], None
    if settings["tier"] == "A":
        nodes = [f"/dev/{os.path.basename(path)}" for path in settings["devices"]]  # noqa: PTH119 -- a name only
        landlock.restrict(["/"], [*WRITABLE, *nodes])
    else:
        alone = os.getpid()
        if landlock.version() < landlock.TRUNCATION_BOUND:
            raise OSError("the kernel's Landlock is older than its version 3, on which tier B rests")
        readable, listable = _named(settings)
        landlock.restrict(readable, [settings["scratch"], *WRITABLE[2:]], listable)
    lines = filters["seccomp"].program(filters["system_calls"], os.uname().machine, alone=alone)
    filters["seccomp"].install(lines)


def _named(settings: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return what a worker of tier B may read, and the folders of which it may read the names only.

    Of a folder that holds other libraries, too, it is given the rest: any of them could be the grader's own.
    """
    readable = [*settings["libraries"], f"/proc/{os.getpid()}", *READABLE]
    listable = list(settings["paths"])
    for path in settings["interpreter"]:
        if any(hidden.startswith(f"{path}/") for hidden in settings["hidden"]):
            inside = (f"{path}/{name}" for name in os.listdir(path))  # noqa: PTH208 -- names only
            readable += [name for name in inside if name not in settings["hidden"]]
            listable.append(path)
        else:
            readable.append(path)
    return readable, listable
