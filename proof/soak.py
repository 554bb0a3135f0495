"""Ten thousand workers in one grader, in full isolation: what it holds at the end is what it held at the start.

The workers run programs of every kind: right ones, crashing ones, ones that leave processes, threads and files behind.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.errors import StudentFault
from autograder.model import Limits
from autograder.sandboxes import Sandbox, cgroup_places
from autograder.sandboxes.probe import open_sandbox
from proof.certificates import ROOT, Proved, Stage, digest_files

WORKERS, QUICK_WORKERS = 10_000, 60
WARM_UP = 120
"""Workers before the first look: pools and caches have then grown to their size."""
MAX_GROWTH_MB = 16.0
SETTLE_SECONDS = 20.0
LIMITS = Limits(load_seconds=30, call_seconds=30, total_seconds=60, memory_mb=256, scratch_mb=8, output_kb=64)
CLAIM = (
    "After ten thousand workers, well-behaved or not, the grader holds no descriptor, mount, process, zombie, control group or file "
    "more than before, and neither it nor its zygote has grown by 16 MiB."
)
PROGRAMS = {
    "right": ("def f(): return 1", "1"),
    "raising": ("def f(): return 1 / 0", "StudentRaised"),
    "ending itself": ("import os\ndef f(): os._exit(3)", "WorkerDied"),
    "crashing": ("import ctypes\ndef f(): ctypes.string_at(0)", "WorkerDied"),
    "out of memory": ("def f(): return bytearray(1 << 40)", "StudentRaised"),
    "leaving a daemon": (
        "import os, time\ndef f():\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(60)\n        os._exit(0)\n    return 1",
        "1",
    ),
    "leaving children": (
        "import os, time\ndef f():\n    for _ in range(5):\n        if os.fork() == 0:\n            os._exit(0)\n    return 1",
        "1",
    ),
    "leaving a thread": (
        "import threading, time\ndef f():\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n    return 1",
        "1",
    ),
    "leaving files": (
        "def f():\n    keep = [open(f'/tmp/{i}', 'w') for i in range(50)]\n    globals()['keep'] = keep\n    return len(keep)",
        "50",
    ),
    "printing too much": ("def f():\n    print('x' * 1_000_000)\n    return 1", "LimitHit"),
}
"""Source, and what a call of `f` comes to: its value, or the name of the fault."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a grader and all processes below it hold."""

    descriptors: int
    threads: int
    mounts: int
    processes: int
    zombies: int
    scratch: int
    """Entries of the folder for temporary files."""
    groups: int
    """Control groups of this grader, where it can make any."""
    grader_mb: float
    zygote_mb: float

    def beyond(self, before: "Footprint") -> Iterator[str]:
        """Say what is more than before."""
        for name in ("descriptors", "threads", "mounts", "processes", "zombies", "scratch", "groups"):
            then, now = getattr(before, name), getattr(self, name)
            if now > then:
                yield f"{name}: {now}, {then} before"
        for name in ("grader_mb", "zygote_mb"):
            then, now = getattr(before, name), getattr(self, name)
            if now > then + MAX_GROWTH_MB:
                yield f"{name}: {now:.1f}, {then:.1f} before, expected at most {MAX_GROWTH_MB:g} more"


def subjects() -> dict[str, str]:
    """Name the sandbox by its sources."""
    folder = ROOT / "autograder"
    files = [*(folder / "sandboxes").glob("*.py"), *(folder / name for name in ("worker.py", "wire.py"))]
    return {"sandbox, tier A": digest_files(files)}


def prove(stage: Stage, *, quick: bool = False) -> Proved:
    """Run the workers one after the other; look before and after."""
    count = QUICK_WORKERS if quick else WORKERS
    with _own_scratch():
        with open_sandbox("A") as sandbox:
            failures = list(soak(sandbox, WARM_UP, stage("warm-up", WARM_UP)))
            time.sleep(1)  # so that nothing of the warm-up is still ending
            before = footprint()
            failures += soak(sandbox, count, stage("workers", count))
            after = settled(before)
        left = footprint()
    failures += after.beyond(before)
    measured = {"before": _rounded(before), "after": _rounded(after), "closed": _rounded(left)}
    if left.processes:
        failures.append(f"{left.processes} processes are left after the sandbox was closed, expected none")
    results = {"programs": {name: outcome for name, (_, outcome) in PROGRAMS.items()}}
    return Proved(CLAIM, {"workers": count}, subjects(), results, tuple(failures[:20]), measured)


def soak(sandbox: Sandbox, count: int, tick: object = None) -> Iterator[str]:
    """Run so many workers, program after program; yield what came to another end than it should."""
    programs = list(PROGRAMS.items())
    for number in range(count):
        name, (source, expected) = programs[number % len(programs)]
        got = run_one(sandbox, source)
        if got != expected:
            yield f"worker {number}, {name}: got {got}, expected {expected}"
        if callable(tick):
            tick()


def run_one(sandbox: Sandbox, source: str) -> str:
    """Start a worker, define `f`, call it, end the worker; return the value or the fault's name."""
    worker = sandbox.worker(("numpy",), LIMITS, notebook=False)
    try:
        if error := worker.run_cell(source):
            return f"{error}"
        return str(worker.call("f", (), {}, seconds=LIMITS.call_seconds).value)
    except StudentFault as fault:
        return type(fault).__name__
    finally:
        worker.close()


def settled(wanted: Footprint, seconds: float = SETTLE_SECONDS) -> Footprint:
    """Look until nothing but memory is more than wanted; the kernel ends processes when it has time."""
    deadline = time.monotonic() + seconds
    while list((seen := footprint()).beyond(wanted)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen


def footprint() -> Footprint:
    """Look at this process and all below it."""
    here = Path("/proc/self")
    below = _descendants()
    return Footprint(
        descriptors=len(list((here / "fd").iterdir())),
        threads=len(list((here / "task").iterdir())),
        mounts=len((here / "mounts").read_text(encoding="utf-8").splitlines()),
        processes=len(below),
        zombies=sum(state == "Z" for state in below.values()),
        scratch=len(list(Path(tempfile.gettempdir()).iterdir())),
        groups=len(cgroup_places.own()),
        grader_mb=_resident(os.getpid()),
        zygote_mb=sum(map(_resident, below)),
    )


@contextmanager
def _own_scratch() -> Iterator[None]:
    """Give this process a folder of its own for temporary files, so that nobody else's are counted."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="legrade-soak-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def _descendants() -> dict[int, str]:
    """Return the state of every process below this one."""
    children: dict[int, list[int]] = {}
    states: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (
                    (entry / "stat")
                    .read_text(encoding="utf-8", errors="replace")
                    .rpartition(")")[2]
                    .split()[:2]
                )
            except OSError:
                continue  # it has ended meanwhile
            states[int(entry.name)] = state
            children.setdefault(int(parent), []).append(int(entry.name))
    found: dict[int, str] = {}
    todo = list(children.get(os.getpid(), []))
    while todo:
        pid = todo.pop()
        found[pid] = states[pid]
        todo += children.get(pid, [])
    return found


def _resident(pid: int) -> float:
    """Return a process's resident memory in MiB; 0 when it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _rounded(seen: Footprint) -> dict[str, int | float]:
    return {
        name: round(value, 1) if isinstance(value, float) else value for name, value in asdict(seen).items()
    }
