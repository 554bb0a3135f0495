"""GPUs of NVIDIA: which there are, which nodes of one a worker gets, who has it now, and how much of its memory is taken.

Runs in the grader and never initialises CUDA: it reads names in /dev and texts in /proc. A GPU belongs to one worker at a time;
several graders on one machine take turns by a lock of the file system, which the worker's supervisor holds until the worker is
gone. Nothing here was run on a GPU.
Sources: NVIDIA's README, "The NVIDIA Device Nodes" and "The /proc File System Interface"; flock(2).
"""

import contextlib
import fcntl
import os
import re
import shutil
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Self

from autograder.errors import SandboxError

OF_ONE = re.compile(r"nvidia(\d{1,3})")
"""A node of one GPU; its number is the GPU's minor number."""
OF_ALL = ("nvidiactl", "nvidia-uvm")
"""What every CUDA program opens beside it. Not let through: tools for tracing, displays, and what divides a GPU."""
DRIVER_FOLDERS = ("/usr/local/nvidia", "/usr/lib/wsl/lib")
"""Where containers find the driver's libraries beside the system's own folders."""
WAIT_SECONDS, RETRY_SECONDS = 3600.0, 0.2
LOOK_SECONDS, TOOL_SECONDS = 1.0, 20.0
"""How often the memory of a GPU is looked at, and how long the tool may take for it."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU of this machine."""

    number: int
    """The minor number: /dev/nvidia3 is 3."""
    nodes: tuple[str, ...]
    """Absolute paths of the character devices that a program of this GPU opens."""
    name: str = "unknown model"
    bus: str = ""
    """Its place on the PCI bus, by which nvidia-smi knows it; empty where the driver does not say."""


def find(devices: Path = Path("/dev"), driver: Path = Path("/proc/driver/nvidia")) -> tuple[Gpu, ...]:
    """List the GPUs whose nodes are there, by number; a link or a file of that name is none."""
    if not devices.is_dir():
        return ()
    shared = tuple(str(devices / name) for name in OF_ALL if _is_device(devices / name))
    known = dict(map(_information, sorted(driver.glob("gpus/*/information"))))
    numbers = sorted(
        int(found[1])
        for path in devices.iterdir()
        if (found := OF_ONE.fullmatch(path.name)) and _is_device(path)
    )
    return tuple(
        Gpu(number, (str(devices / f"nvidia{number}"), *shared), *known.get(number, ())) for number in numbers
    )


def _is_device(path: Path) -> bool:
    """Tell whether there is a character device, not through a link."""
    try:
        return stat.S_ISCHR(path.lstat().st_mode)
    except OSError:
        return False


def _information(path: Path) -> tuple[int, tuple[str, str]]:
    """Read minor number, model and bus of a GPU from the driver's text; -1 where it is no such text."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    minor = said.get("Device Minor", "")
    number = int(minor) if minor.isdecimal() and len(minor) < 4 else -1
    return number, (said.get("Model", "unknown model")[:80], said.get("Bus Location", path.parent.name)[:40])


def needs(found: Sequence[Gpu]) -> Iterator[str]:
    """Say what a worker would miss on these GPUs, and how to get it; while it misses something, it gets none.

    Args:
        found: at least one.
    """
    for name in OF_ALL:
        if not any(path.endswith(f"/{name}") for path in found[0].nodes):
            yield f"/dev/{name} is missing; `nvidia-modprobe -u -c 0` makes it, as root"
    for path in sorted({path for gpu in found for path in gpu.nodes}):
        if not os.access(path, os.R_OK | os.W_OK):
            yield f"{path} cannot be read and written; give this user the right to it"
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return
    if version.endswith("+cpu"):
        yield f"torch {version} is built without CUDA; install a build with it"


class Slot:
    """A GPU that is ours until every process that holds `descriptor` has ended or closed it."""

    def __init__(self, gpu: Gpu, descriptor: int) -> None:
        self.gpu = gpu
        self.descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)


def take(gpus: Sequence[Gpu], *, seconds: float = WAIT_SECONDS, folder: Path | None = None) -> Slot:
    """Take the first GPU that is free, waiting for one.

    Args:
        gpus: at least one.
        seconds: how long to wait; other graders may be at work.
        folder: where the locks lie; the folder for temporary files when it is None.

    Raises:
        SandboxError: none became free.
    """
    deadline = time.monotonic() + seconds
    while True:
        for gpu in gpus:
            slot = _try(gpu, folder or Path(tempfile.gettempdir()))
            if slot is not None:
                return slot
        if time.monotonic() >= deadline:
            names = ", ".join(f"/dev/nvidia{gpu.number}" for gpu in gpus)
            raise SandboxError(
                f"{names}: taken for {seconds:g} s by other graders, or by another worker of this one; grade again when one is free"
            )
        time.sleep(RETRY_SECONDS)


def _try(gpu: Gpu, folder: Path) -> Slot | None:
    """Lock a GPU's file; the file stays, the lock goes with whoever holds it."""
    path = folder / f"legrade-gpu{gpu.number}.lock"
    try:
        descriptor = _opened(path)
    except OSError as error:
        raise SandboxError(f"{path}: no lock can be had: {error.strerror}; remove it") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return Slot(gpu, descriptor)


def _opened(path: Path) -> int:
    """Open a lock for reading, which is enough; another user may have made it."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, flags)
    return os.open(path, flags | os.O_CREAT, 0o644)


def used_mb(gpu: Gpu) -> int | None:
    """Ask nvidia-smi how much of a GPU's memory is taken, in MiB; None where there is no such tool or it does not say."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    command = [tool, "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    command.append(f"--id={gpu.bus or gpu.number}")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    text = done.stdout.strip()
    return int(text) if done.returncode == 0 and text.isdecimal() and len(text) < 10 else None


class MemoryWatch:
    """Looks at a GPU's memory from outside, for CUDA programs map more than they use and no limit of a process holds there.

    The GPU is one worker's alone, so what is taken beyond the beginning is the worker's.
    """

    def __init__(self, gpu: Gpu, most_mb: int, end: Callable[[], object]) -> None:
        self.exceeded = False
        self._gpu, self._most, self._end = gpu, most_mb, end
        self._done = threading.Event()
        self._before = used_mb(gpu)
        self._thread = threading.Thread(target=self._look, daemon=True)
        if self._before is not None:
            self._thread.start()

    @property
    def blind(self) -> bool:
        """Whether nothing tells how much memory is taken."""
        return self._before is None

    def _look(self) -> None:
        while not self._done.wait(LOOK_SECONDS):
            used = used_mb(self._gpu)
            if used is not None and self._before is not None and used - self._before > self._most:
                self.exceeded = True
                self._end()
                return

    def close(self) -> None:
        """Look no more."""
        self._done.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()
