"""Sandbox of warm zygotes that fork one worker for each student: isolated (tiers A and B), or plain (tier C)."""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from autograder.errors import SandboxError
from autograder.model import Forbidden, Limits
from autograder.sandboxes import cgroup_places
from autograder.sandboxes.cgroups import Group, Groups, Place
from autograder.sandboxes.folders import FOLDERS, remove_folder
from autograder.sandboxes.gpus import DRIVER_FOLDERS, Gpu, Slot, find, needs, take
from autograder.sandboxes.grader_end import PreforkWorker
from autograder.sandboxes.libraries import hidden_paths, interpreter_paths, library_paths, module_paths

BOOT_SECONDS = 180.0
WARM = {
    "numpy": ("numpy", "numpy.random", "numpy.linalg", "numpy.fft"),
    "torch": ("torch", "torch.nn.functional", "torch.optim", "torch.utils.data"),
}
FOR_TORCH = ("worker_models", "worker_probes", "worker_networks", "worker_steps", "worker_dispatch")
ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108 -- the worker's own
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108 -- the same
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108 -- the same
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    "USER": "student",
}
NOTHING = Forbidden()


class PreforkSandbox:
    """Keeps one zygote for each set of libraries, and for each GPU, as long as the grader lives.

    Workers whose limits ask for memory of a GPU get one for themselves in tier A, where there is one; everywhere else, and in the
    other tiers, they compute on the CPU.
    """

    def __init__(self, tier: str, gpus: Sequence[Gpu] | None = None) -> None:
        self._tier = tier
        found = _usable() if gpus is None else gpus
        self._gpus = tuple(found) if tier == "A" else ()
        self._zygotes: dict[tuple[tuple[str, ...], tuple[str, ...], bool, Gpu | None], _Zygote] = {}
        self._scratch = tempfile.mkdtemp(prefix="legrade-") if tier != "A" else None
        place = cgroup_places.find() if tier != "C" else ""
        self._groups = Groups(place) if isinstance(place, Place) else None

    @property
    def tier(self) -> str:
        """Name the isolation."""
        return self._tier

    @property
    def device(self) -> str:
        """Name what workers compute on that ask for a GPU: `cpu`, or `cuda` with the models in brackets."""
        return f"cuda ({', '.join(sorted({gpu.name for gpu in self._gpus}))})" if self._gpus else "cpu"

    def worker(
        self,
        libraries: tuple[str, ...],
        limits: Limits,
        *,
        notebook: bool,
        forbidden: Forbidden = NOTHING,
    ) -> "PreforkWorker":
        """Start a fresh worker; a zygote that has ended is started anew, once.

        Raises:
            SandboxError: none could be started.
        """
        wanted = bool(limits.gpu_memory_mb and self._gpus)
        with take(self._gpus) if wanted else contextlib.nullcontext() as slot:
            gpu = slot.gpu if slot is not None else None
            key = (libraries, forbidden.modules, notebook, gpu)
            for attempt in (1, 2):
                zygote = self._zygotes.get(key)
                if zygote is None:
                    zygote = self._zygotes[key] = _Zygote(
                        self._tier, libraries, forbidden.modules, self._scratch, notebook=notebook, gpu=gpu
                    )
                try:
                    group = self._groups.make(limits, zygote.held_mb) if self._groups is not None else None
                    return zygote.fork(limits, self._folder(), group, forbidden.operators, slot)
                except SandboxError:
                    self._zygotes.pop(key).close()
                    if attempt == 2:
                        raise
        raise AssertionError("unreachable")

    def _folder(self) -> str | None:
        """Return the folder that a worker may write: its own in tier B, one for all in C, where nothing is isolated."""
        return tempfile.mkdtemp(dir=self._scratch) if self._tier == "B" else self._scratch

    def close(self) -> None:
        """End every zygote; their workers end with them."""
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()
        if self._groups is not None:
            self._groups.close()
        if self._scratch is not None:
            remove_folder(self._scratch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _usable() -> tuple[Gpu, ...]:
    """List the GPUs of this machine, none where a worker would miss something to compute on them."""
    found = find()
    return () if found and any(needs(found)) else found


class _Zygote:
    """The grader's end of one zygote."""

    def __init__(
        self,
        tier: str,
        libraries: tuple[str, ...],
        absent: tuple[str, ...],
        scratch: str | None,
        *,
        notebook: bool,
        gpu: Gpu | None = None,
    ) -> None:
        self._notebook = notebook
        self._tier = tier
        for path in interpreter_paths():
            if tier == "A" and path.startswith("/tmp/"):  # noqa: S108 -- the worker's own /tmp would cover it
                raise SandboxError(f"the interpreter's {path} lies in /tmp: install Python elsewhere")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        needs = _needs(libraries, absent, gpu, notebook=notebook)
        config = {"control": theirs.fileno(), "tier": tier, **needs}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the zygote
        script = Path(__file__).with_name("zygote.py")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(script), json.dumps(config)],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(theirs.fileno(),),
                env=ENVIRONMENT | (dict.fromkeys(FOLDERS, scratch) if scratch else {}),
                cwd="/",
            )
        self._control = ours
        ours.settimeout(BOOT_SECONDS)
        try:
            ready = ours.recv(1 << 16)
        except (TimeoutError, ConnectionResetError):
            ready = b""
        self.held_mb = 0
        """MiB of the zygote, which a worker shares until it writes to them."""
        if ready:
            self.held_mb = json.loads(ready)["held_mb"]
        if not ready or json.loads(ready)["tasks"] != 1:
            text = self._log_text()
            self.close()
            raise SandboxError(
                f"no zygote for {', '.join(libraries)} in tier {tier}: {text or 'no word from it'}"
            )

    def _log_text(self) -> str:
        self._log.seek(0)
        return self._log.read(1 << 16).decode("utf-8", "replace").strip()[-2000:]

    def fork(
        self,
        limits: Limits,
        scratch: str | None,
        group: Group | None,
        operators: tuple[str, ...] = (),
        slot: Slot | None = None,
    ) -> "PreforkWorker":
        """Ask for a worker and wait until it is ready; its supervisor keeps the slot until it is gone.

        Raises:
            SandboxError: the zygote is gone, or the worker could not be locked down.
        """
        channel, worker_end = socket.socketpair()
        status, supervisor_end = socket.socketpair()
        request = {
            "limits": asdict(limits),
            "scratch": scratch,
            "notebook": self._notebook,
            "operators": operators,
            "held": 0 if slot is None else 1,
        }
        opened = group.opened() if group is not None else contextlib.nullcontext(())
        try:
            with worker_end, supervisor_end, opened as entries:
                fds = [worker_end.fileno(), supervisor_end.fileno(), *entries]
                fds += [] if slot is None else [slot.descriptor]
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
        except OSError as error:
            channel.close()
            status.close()
            raise SandboxError(f"the zygote is gone: {error}; {self._log_text()}") from None
        folder = scratch if self._tier == "B" else None
        gpu = None if slot is None else slot.gpu
        worker = PreforkWorker(channel, status, limits, folder, operators, group, gpu)
        if group is not None:
            group.hasten()
        try:
            worker.wait_until_ready()
        except SandboxError as error:
            raise SandboxError(f"{error}; {self._log_text()}".removesuffix("; ")) from None
        return worker

    def close(self) -> None:
        """Close the control socket: the zygote and all its workers end."""
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def _needs(
    libraries: tuple[str, ...], absent: tuple[str, ...], gpu: Gpu | None, *, notebook: bool
) -> dict[str, Any]:
    """Say what a zygote shows its workers, what it keeps from them, and what it imports beforehand."""
    warm = [name for library in libraries for name in WARM[library]]
    if notebook:
        warm += ["notebook", *(["matplotlib.pyplot"] if "matplotlib" not in absent else [])]
    driver = [path for path in DRIVER_FOLDERS if gpu is not None and Path(path).is_dir()]
    return {
        "interpreter": [*interpreter_paths(), *driver],
        "hidden": hidden_paths(),
        "libraries": library_paths(libraries, absent),
        "absent": absent,
        "devices": [] if gpu is None else gpu.nodes,
        "paths": module_paths(),
        "folders": FOLDERS,
        "files": ["wire", "worker", *(FOR_TORCH if "torch" in libraries else [])],
        "warm": warm,
    }
