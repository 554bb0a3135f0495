"""Where the grader may make control groups: the hierarchies of version 1 and 2, what is delegated to it, and a probe.

Runs in the grader. A group is believed when it was made, limited, entered by a process and removed; no version, no path is.
Sources: cgroups(7), proc(5); Documentation/admin-guide/cgroup-v2.rst on "Delegation" and "No Internal Process Constraint".
"""

import atexit
import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from autograder.sandboxes.cgroups import ENTRY, OWN, PREFIX, Place, made, remove_left, write

CONTROLLERS = ("memory", "pids")
HOW_TO_GET = "an ordinary user gets them by: systemd-run --user --scope -p Delegate=yes legrade ..."
_ENTER_AND_FORK = """
import os, sys
for entry in sys.argv[1:]:
    os.write(int(entry), b"0")
try:
    child = os.fork()
except BlockingIOError:
    sys.exit("as expected")
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
sys.exit("the limit of processes does not hold")
"""
"""What the probe runs in a group for one process; `sys.exit` writes its text to standard error."""


@cache
def find() -> Place | str:
    """Return where groups can be made, or why they cannot: believes a group that was made, limited, entered and removed."""
    told = []
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        found = list(places(mounts, Path("/proc/self/cgroup").read_text(encoding="utf-8", errors="replace")))
    except OSError:
        found = []
    for place in found:
        try:
            if place.version == 2:
                delegate(place.folders[0])
            remove_left(place)
            _try(place)
        except OSError as error:
            told.append(f"version {place.version}: {error.strerror or error}")
        else:
            return place
    return "; ".join(told) or "no controllers of memory and pids"


def own() -> list[Path]:
    """List the groups of this grader that are there now."""
    found = find()
    folders = found.folders if isinstance(found, Place) else ()
    return [path for folder in folders for path in folder.glob(f"{PREFIX}{os.getpid()}-*")]


def places(mounts: str, membership: str) -> Iterator[Place]:
    """Read the folders of this process's own groups, of version 1 where it has both controllers, then of version 2.

    Args:
        mounts: /proc/self/mountinfo.
        membership: /proc/self/cgroup.
    """
    paths: dict[str, str] = {}
    for line in membership.splitlines():
        _, names, path = line.split(":", 2)
        paths |= dict.fromkeys(names.split(","), path)
    folders: dict[str, Path] = {}
    for line in mounts.splitlines():
        first, _, last = line.partition(" - ")
        root, target = first.split()[3:5]
        kind, *_, options = last.split()
        for name in {"cgroup": options.split(","), "cgroup2": [""]}.get(kind, []):
            inside = _inside(paths.get(name, "/.."), root)
            if inside is not None:
                folders.setdefault(name, Path(target + inside))
    if all(name in folders for name in CONTROLLERS):
        yield Place(1, tuple(dict.fromkeys(folders[name] for name in CONTROLLERS)))
    if "" in folders:
        own = folders[""]
        yield Place(2, (own.parent if own.name.startswith(PREFIX) else own,))  # a grader started by a grader


def _inside(path: str, root: str) -> str | None:
    """Return where a group is below a mount that shows the group `root` and what lies in it; None for outside."""
    base = root.rstrip("/")
    if ".." in path.split("/") or not f"{path.rstrip('/')}/".startswith(f"{base}/"):
        return None
    return path[len(base) :].rstrip("/")


def delegate(folder: Path) -> None:
    """Let the groups in a folder of version 2 have both controllers; this process goes into a group of its own for it.

    Raises:
        OSError: not to be had, or the folder's group has other processes, which are not ours to move.
    """
    switch, here = folder / "cgroup.subtree_control", folder / ENTRY
    wanted = set(CONTROLLERS)
    if wanted <= set(switch.read_text(encoding="ascii").split()):
        return
    missing = wanted - set((folder / "cgroup.controllers").read_text(encoding="ascii").split())
    if missing:
        raise OSError(errno.ENODEV, f"no controller of {' and '.join(sorted(missing))} in the grader's group")
    if set(here.read_text(encoding="ascii").split()) - {str(os.getpid())}:
        raise OSError(errno.EBUSY, "the grader's group has other processes, too")
    own = folder / f"{PREFIX}{os.getpid()}-{OWN}"
    own.mkdir()
    try:
        write(own / ENTRY, "0")
        write(switch, " ".join(f"+{name}" for name in CONTROLLERS))
    except OSError:
        give_back(folder, own)
        raise
    atexit.register(give_back, folder, own)


def give_back(folder: Path, own: Path) -> None:
    """Put things back as they were before `delegate`, as far as other graders let us."""
    with contextlib.suppress(OSError):
        write(folder / "cgroup.subtree_control", " ".join(f"-{name}" for name in CONTROLLERS))
        write(folder / ENTRY, "0")
        own.rmdir()


def _try(place: Place) -> None:
    """Make a group for one process, and see that a process that enters it cannot make another.

    Raises:
        OSError: it can, or there is no such group.
    """
    room = 1 << 28
    group = made(place, f"{PREFIX}{os.getpid()}-probe", room, 1)
    try:
        if group.room() != room:
            raise OSError(errno.EINVAL, "a limit of memory is not kept")
        with group.opened() as entries:
            command = [sys.executable, "-I", "-S", "-c", _ENTER_AND_FORK, *map(str, entries)]
            done = subprocess.run(command, pass_fds=entries, check=False, capture_output=True, text=True)
    finally:
        group.remove()
    told = (done.stderr.splitlines() or ["no word from the probe"])[-1]
    if told != "as expected":
        raise OSError(errno.EPERM, told)
