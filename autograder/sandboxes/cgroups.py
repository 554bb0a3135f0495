"""Control groups: where the grader may make them, each worker has one, which bounds all its processes together.

Runs in the grader; into the sandbox goes only an open file, through which a worker enters its group. No promise rests on groups:
where none can be made, the limits that `jail` sets hold for each process by itself. Groups lie below the grader's own, so that
what bounds the grader bounds its workers, too.
Sources: Documentation/admin-guide/cgroup-v1/memory.rst and pids.rst; Documentation/admin-guide/cgroup-v2.rst, "Memory Interface
Files" and "PID Interface Files".
"""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import SandboxError
from autograder.model import Limits

ENTRY = "cgroup.procs"
"""The file of a group that lists its processes; who writes 0 to it enters."""
PREFIX, OWN = "legrade-", "grader"
"""How a group's name begins, before the grader's process id; how the name of the grader's own group ends, where it needs one."""
NEARLY = 1 << 20
"""Bytes below its limit from which a group counts as full: the kernel takes several pages at a time."""
REMOVAL_SECONDS = 2.0
"""How long a group is waited for whose last process has not quite ended."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where groups are made."""

    version: int
    folders: tuple[Path, ...]
    """Version 1: the folder for memory, then the one for pids, if it is another. Version 2: one folder."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What became of a group's memory."""

    ended: int = 0
    """Processes of the group that the kernel ended for want of memory, whether the group's or the machine's."""
    full: bool = False
    """Whether the group itself had no more room."""

    @property
    def at_limit(self) -> bool:
        """Whether the group's limit ended a process."""
        return self.full and self.ended > 0


class Group:
    """One worker's group."""

    def __init__(self, version: int, folders: tuple[Path, ...]) -> None:
        self._version = version
        self._folders = folders

    def limit(self, memory: int, processes: int) -> None:
        """Limit the bytes of memory, with files that are held there, and the processes and threads, of all together.

        Raises:
            OSError: a limit cannot be set.
        """
        if self._version == 1:
            self._set("memory.limit_in_bytes", memory)
            self._set(
                "memory.memsw.limit_in_bytes", memory, needed=False
            )  # not there where swap is not counted
        else:
            self._set("memory.max", memory)
            self._set("memory.swap.max", 0, needed=False)  # the same
            self._set("memory.oom.group", 1, needed=False)  # all processes end, not only the largest
        self._set("pids.max", processes)

    def _set(self, name: str, value: int, *, needed: bool = True) -> None:
        path = self._file(name)
        if needed or path.exists():
            write(path, str(value))

    def room(self) -> int:
        """Read how many bytes the kernel gives it."""
        name = "memory.limit_in_bytes" if self._version == 1 else "memory.max"
        return int(self._file(name).read_text(encoding="ascii"))

    def _file(self, name: str) -> Path:
        return self._folders[0 if name.startswith("memory.") else -1] / name

    @contextlib.contextmanager
    def opened(self) -> Iterator[list[int]]:
        """Give the descriptors to which a process writes 0 to enter: the kernel asks who opened them, not who writes."""
        with contextlib.ExitStack() as stack:
            entries = []
            for folder in self._folders:
                entries.append(os.open(folder / ENTRY, os.O_WRONLY | os.O_CLOEXEC))
                stack.callback(os.close, entries[-1])
            yield entries

    def hasten(self) -> None:
        """Let the kernel begin, while a worker is being made, what entering has to wait for: some 8 ms in which nobody moves.

        The grader enters the group that it is in, which changes nothing, but takes the same lock.
        """
        above, number = self._folders[0].parent, str(os.getpid())
        for folder in (above, above / f"{PREFIX}{number}-{OWN}"):
            with contextlib.suppress(OSError):
                if number in (folder / ENTRY).read_text(encoding="ascii").split():
                    write(folder / ENTRY, "0")

    def memory(self) -> Memory:
        """Read what the kernel has counted; nothing for a group that is gone."""
        try:
            if self._version == 1:
                counts = _counts(self._file("memory.oom_control"))
                most = [
                    self._file("memory.max_usage_in_bytes"),
                    self._file("memory.memsw.max_usage_in_bytes"),
                ]
                held = max(int(path.read_text(encoding="ascii")) for path in most if path.exists())
                full = held > self.room() - NEARLY  # `failcnt` stays 0 on some kernels
            else:
                counts = _counts(self._file("memory.events"))
                full = counts.get("oom", 0) > 0
        except (OSError, ValueError):
            return Memory()
        return Memory(counts.get("oom_kill", 0), full)

    def remove(self) -> None:
        """Remove it, as soon as its last process has ended; one that stays is removed when its sandbox is closed."""
        deadline = time.monotonic() + REMOVAL_SECONDS
        while not all(list(map(_gone, self._folders))) and time.monotonic() < deadline:
            time.sleep(0.005)


class Groups:
    """The groups of one sandbox's workers."""

    _sandboxes = itertools.count()

    def __init__(self, place: Place) -> None:
        self._place = place
        self._prefix = f"{PREFIX}{os.getpid()}-{next(self._sandboxes)}-"
        self._workers = itertools.count()

    def make(self, limits: Limits, libraries_mb: int) -> Group:
        """Make a group for one worker.

        Args:
            limits: the worker's. Its files in scratch space are memory, too, and there are two such file systems.
            libraries_mb: what a zygote holds, which a worker shares until it writes to it, page by page.

        Raises:
            SandboxError: none can be made any more.
        """
        room = limits.memory_mb + libraries_mb + 2 * limits.scratch_mb
        try:
            return made(self._place, f"{self._prefix}{next(self._workers)}", room << 20, limits.processes)
        except OSError as error:
            raise SandboxError(f"no control group could be made for a worker: {error}") from None

    def close(self) -> None:
        """Remove what is left of this sandbox, and of graders that were killed."""
        for folder in self._place.folders:
            for path in folder.glob(f"{self._prefix}*"):
                Group(self._place.version, (path,)).remove()
        remove_left(self._place)


def remove_left(place: Place) -> None:
    """Remove the groups of graders that have ended; one that still has a process stays."""
    for folder in place.folders:
        for path in folder.glob(f"{PREFIX}*-*"):
            number = path.name.removeprefix(PREFIX).partition("-")[0]
            if number.isdigit() and not Path("/proc", number).exists():
                _gone(path)


def made(place: Place, name: str, memory: int, processes: int) -> Group:
    """Make and limit a group, or leave nothing."""
    group = Group(place.version, tuple(folder / name for folder in place.folders))
    try:
        for folder in place.folders:
            (folder / name).mkdir()
        group.limit(memory, processes)
    except OSError:
        group.remove()
        raise
    return group


def _gone(folder: Path) -> bool:
    """Remove a group's folder, unless it has a process; tell whether it is gone."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def write(path: Path, text: str) -> None:
    """Write to a file of the kernel in one piece; one that is not there is never made."""
    file = os.open(path, os.O_WRONLY | os.O_TRUNC)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def _counts(path: Path) -> dict[str, int]:
    """Read lines of a name and a number."""
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {words[0]: int(words[1]) for words in lines if len(words) == 2 and words[1].isdigit()}
