"""GPUs, as far as can be seen without one: nodes, turns, limits from outside, whose fault an error of CUDA is, what is said.

Nodes are real character devices that are not a GPU; workers, locks, processes and the sandbox are the real ones.
"""

import fcntl
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import calibration, doctor, grade
from autograder.course import plan_functions
from autograder.errors import LimitHit, SandboxError, StudentRaised
from autograder.model import Limits, Outcome, Plan
from autograder.outcomes import judge
from autograder.sandboxes import cuda_errors, gpus, limit_notes, prefork
from autograder.sandboxes.gpus import Gpu
from autograder.sandboxes.prefork import PreforkSandbox
from autograder.submission import Submission

ROOT = Path(__file__).resolve().parent.parent
NODE = Gpu(7, ("/dev/tty",), "a terminal")
"""A real device that no worker has by itself, in place of a GPU's."""
LIMITS = Limits(
    load_seconds=60, call_seconds=60, total_seconds=120, memory_mb=128, processes=16, gpu_memory_mb=100
)
INFORMATION = """Model: \t\t NVIDIA H200
IRQ:   \t\t 126
GPU UUID: \t GPU-00000000-0000-0000-0000-000000000000
Video BIOS: \t 96.00.aa.00.01
Bus Type: \t PCIe
DMA Size: \t 52 bits
Bus Location: \t 0000:65:00.0
Device Minor: \t 1
GPU Excluded:\t No
"""


@pytest.fixture
def locks(tmp_path, monkeypatch):
    """Keep the locks of this test apart from those of the machine."""
    folder = tmp_path / "locks"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def with_gpu(tier_a, locks):
    """A sandbox of tier A that takes a terminal for a GPU."""
    with PreforkSandbox("A", gpus=[NODE]) as sandbox:
        yield sandbox


def node(path, number):
    """Make a character device: 1, 7 is /dev/full."""
    try:
        os.mknod(path, 0o666 | 0o020000, os.makedev(1, number))
    except PermissionError:
        pytest.skip("making device nodes needs root")
    path.chmod(0o666)


def run(worker, source):
    """Run a cell and call `f`."""
    error = worker.run_cell(source)
    assert error is None, error
    return worker.call("f", (), {}, seconds=60).value


# Which there are


def test_gpus_are_found_by_the_pattern_of_their_nodes(tmp_path):
    """A node of one GPU, and the two that every program opens; no file, no link, nothing for tracing or displays."""
    devices, driver = tmp_path / "dev", tmp_path / "driver"
    devices.mkdir()
    for name in (
        "nvidia10",
        "nvidia1",
        "nvidiactl",
        "nvidia-uvm",
        "nvidia-uvm-tools",
        "nvidia-modeset",
        "full",
    ):
        node(devices / name, 7)
    (devices / "nvidia2").write_text("")
    (devices / "nvidia3").symlink_to("nvidia1")
    (driver / "gpus" / "0000:65:00.0").mkdir(parents=True)
    (driver / "gpus" / "0000:65:00.0" / "information").write_text(INFORMATION)
    shared = (str(devices / "nvidiactl"), str(devices / "nvidia-uvm"))
    assert gpus.find(devices, driver) == (
        Gpu(1, (str(devices / "nvidia1"), *shared), "NVIDIA H200", "0000:65:00.0"),
        Gpu(10, (str(devices / "nvidia10"), *shared)),
    )


@given(st.text(alphabet="nvidia-0123456789ctlump", min_size=1, max_size=12))
@settings(deadline=None)
def test_no_other_name_is_a_gpu(name):
    """`nvidia` and a number, and nothing else."""
    rest = name.removeprefix("nvidia")
    wanted = name.startswith("nvidia") and rest.isdigit() and len(rest) <= 3
    assert bool(gpus.OF_ONE.fullmatch(name)) == wanted


def test_a_machine_without_nodes_has_no_gpu(tmp_path):
    """Plain files of the right names are none, nor is a folder that is not there."""
    for name in ("nvidia0", "nvidiactl"):
        (tmp_path / name).write_text("")
    assert gpus.find(tmp_path) == gpus.find(tmp_path / "missing") == ()


@given(st.binary(max_size=200) | st.sampled_from([INFORMATION.encode()[:n] for n in range(0, 300, 7)]))
@settings(deadline=None)
def test_any_text_of_the_driver_is_read_or_passed_over(tmp_path_factory, data):
    """The driver's text gives names for records; nothing in it stops the grader."""
    path = tmp_path_factory.mktemp("gpu") / "information"
    path.write_bytes(data)
    number, (model, bus) = gpus._information(path)
    assert -1 <= number < 1000
    assert len(model) <= 80
    assert len(bus) <= 40


# What a worker gets


def test_only_the_assigned_nodes_are_in_the_worker(with_gpu):
    """In /dev of its own root: who asks for a GPU has the node, who does not has what every worker has."""
    source = "import os\ndef f(): return sorted(os.listdir('/dev'))"
    found = []
    for limits in (LIMITS, replace(LIMITS, gpu_memory_mb=0)):
        worker = with_gpu.worker(("numpy",), limits, notebook=False)
        found.append(run(worker, source))
        worker.close()
    assert set(found[0]) - set(found[1]) == {"tty"}
    assert set(found[1]) == {"full", "null", "random", "shm", "urandom", "zero"}
    assert with_gpu.device == "cuda (a terminal)"


def test_an_assigned_node_can_be_opened_and_another_gpu_s_is_not_there(tmp_path, tier_a, locks):
    """The first of two GPUs is taken by another grader: the worker has the second one's nodes, to read and to write."""
    for name in ("nvidia0", "nvidia1", "nvidiactl"):
        node(tmp_path / name, 7)
    source = """
import os
def f():
    here = sorted(name for name in os.listdir('/dev') if 'nvidia' in name)
    file = os.open('/dev/nvidia1', os.O_RDWR)
    return [*here, len(os.read(file, 5))]
"""
    found = gpus.find(tmp_path, tmp_path)
    with gpus.take(found[:1]), PreforkSandbox("A", gpus=found) as sandbox:
        worker = sandbox.worker(("numpy",), LIMITS, notebook=False)
        assert run(worker, source) == ["nvidia1", "nvidiactl", 5]
        worker.close()


def test_what_is_no_device_is_not_shown(tmp_path, tier_a, locks):
    """A file of the host under a device's name would be a file of the host in the worker."""
    (tmp_path / "nvidia0").write_text("secret")
    with (
        PreforkSandbox("A", gpus=[Gpu(0, (str(tmp_path / "nvidia0"),))]) as sandbox,
        pytest.raises(SandboxError, match="nvidia0: no character device"),
    ):
        sandbox.worker(("numpy",), LIMITS, notebook=False).close()


def test_a_gpu_that_nothing_can_be_computed_on_is_not_assigned(monkeypatch):
    """A torch without CUDA, a node that is missing: then the CPU it is, and the record says so."""
    whole = Gpu(0, ("/dev/full", "/x/nvidiactl", "/x/nvidia-uvm"), "NVIDIA H200")
    monkeypatch.setattr(gpus.os, "access", lambda *_: True)
    for version, gpu, device in (
        ("2.13.0", whole, "cuda (NVIDIA H200)"),
        ("2.13.0+cpu", whole, "cpu"),
        ("2.13.0", replace(whole, nodes=("/dev/full",)), "cpu"),
    ):
        monkeypatch.setattr(prefork, "find", lambda gpu=gpu: (gpu,))
        monkeypatch.setattr(gpus.metadata, "version", lambda _, version=version: version)
        with PreforkSandbox("A") as sandbox:
            assert sandbox.device == device


def test_only_tier_a_assigns_a_gpu():
    """Tier B has no root of its own to show a node in, tier C isolates nothing."""
    for tier in ("B", "C"):
        with PreforkSandbox(tier, gpus=[NODE]) as sandbox:
            assert sandbox.device == "cpu"


# CUDA belongs to the worker


@pytest.fixture(scope="module")
def zygote():
    """The module that a zygote runs."""
    path = ROOT / "autograder" / "sandboxes" / "zygote.py"
    spec = importlib.util.spec_from_file_location("zygote_under_test", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("tasks", "initialised", "opened", "why"),
    [
        (1, False, ["/dev/null", "socket:[7]"], ""),
        (2, False, [], "it has threads"),
        (1, True, [], "CUDA is initialised in it"),
        (
            1,
            False,
            ["/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia0"],
            "it holds /dev/nvidia0, /dev/nvidiactl",
        ),
    ],
)
def test_what_keeps_a_zygote_from_forking(zygote, monkeypatch, tasks, initialised, opened, why):
    """Threads, an initialised CUDA, and an open node of a GPU."""
    monkeypatch.setattr(zygote, "_tasks", lambda: tasks)
    monkeypatch.setattr(zygote, "_opened", lambda: opened)
    torch = SimpleNamespace(cuda=SimpleNamespace(is_initialized=lambda: initialised))
    assert zygote.unfit(torch) == why
    assert zygote.unfit(None) == ("" if initialised else why)


def test_what_a_process_has_open_is_read_from_the_kernel(zygote, tmp_path):
    """By the names that the files have."""
    with (tmp_path / "here").open("w"):
        assert str(tmp_path / "here") in zygote._opened()
    assert str(tmp_path / "here") not in zygote._opened()


def test_a_zygote_in_which_cuda_was_initialised_forks_nobody(tmp_path, monkeypatch):
    """A library that initialises CUDA while it is imported, here by torch's own mark for that, ends the zygote in words."""
    (tmp_path / "eager.py").write_text("import torch.cuda\ntorch.cuda._initialized = True\n")
    paths = prefork.module_paths()
    monkeypatch.setattr(prefork, "module_paths", lambda: (*paths, str(tmp_path)))
    monkeypatch.setitem(prefork.WARM, "torch", ("torch", "eager"))
    with (
        PreforkSandbox("C") as sandbox,
        pytest.raises(SandboxError, match="does not fork: CUDA is initialised in it"),
    ):
        sandbox.worker(("numpy", "torch"), LIMITS, notebook=False)


# Turns


def test_a_gpu_has_one_worker_until_that_is_gone(with_gpu, locks):
    """The lock is not the grader's: its supervisor holds it, and lets go when the worker has ended, however it ended."""
    for source in ("def f(): return 1", "import os\ndef f(): return os._exit(3)"):
        worker = with_gpu.worker(("numpy",), LIMITS, notebook=False)
        worker.run_cell(source)
        with pytest.raises(SandboxError, match=r"/dev/nvidia7: taken for 0 s by other graders"):
            gpus.take([NODE], seconds=0)
        if "_exit" in source:
            with pytest.raises(Exception, match="exit code 3"):
                worker.call("f", (), {}, seconds=60)
        worker.close()
        with gpus.take([NODE], seconds=0) as slot:
            assert slot.gpu == NODE
    assert [path.name for path in locks.iterdir()] == ["legrade-gpu7.lock"]


def test_workers_are_spread_over_the_gpus(tier_a, locks, monkeypatch):
    """Each takes a free one; when there is none, the next one waits, and says what for when it has waited long enough."""
    monkeypatch.setattr(prefork, "take", partial(gpus.take, seconds=0))
    both = [replace(NODE, number=8), replace(NODE, number=9)]
    with PreforkSandbox("A", gpus=both) as sandbox:
        workers = [sandbox.worker(("numpy",), LIMITS, notebook=False) for _ in both]
        assert [worker.gpu.number for worker in workers] == [8, 9]
        with pytest.raises(
            SandboxError, match=r"/dev/nvidia8, /dev/nvidia9: taken .*grade again when one is"
        ):
            sandbox.worker(("numpy",), LIMITS, notebook=False)
        workers[1].close()
        again = sandbox.worker(("numpy",), LIMITS, notebook=False)
        assert again.gpu.number == 9
        for worker in (workers[0], again):
            worker.close()


GRADER = """
import sys, time
from autograder.model import Limits
from autograder.sandboxes.gpus import Gpu
from autograder.sandboxes.prefork import PreforkSandbox
sandbox = PreforkSandbox("A", gpus=[Gpu(7, ("/dev/tty",))])
worker = sandbox.worker(("numpy",), Limits(gpu_memory_mb=1), notebook=False)
print("ready", flush=True)
worker.run_cell("import time; time.sleep(600)")
"""


def test_the_gpu_of_a_killed_grader_is_free_when_its_worker_is_gone(tier_a, locks):
    """Nobody has to tidy up: the lock ends with the processes that held it."""
    environment = {**os.environ, "TMPDIR": str(locks)}
    with subprocess.Popen(
        [sys.executable, "-c", GRADER], stdout=subprocess.PIPE, cwd=ROOT, env=environment
    ) as grader:
        assert grader.stdout.readline() == b"ready\n"
        with pytest.raises(SandboxError, match="taken for 0 s"):
            gpus.take([NODE], seconds=0)
        grader.send_signal(signal.SIGKILL)
    with gpus.take([NODE], seconds=60) as slot:
        assert slot.gpu == NODE


def test_a_lock_that_cannot_be_opened_is_named(locks):
    """A link is none: it could lead anywhere."""
    (locks / "legrade-gpu7.lock").symlink_to(locks / "elsewhere")
    with pytest.raises(SandboxError, match=r"legrade-gpu7\.lock: no lock can be had: .*; remove it"):
        gpus.take([NODE], seconds=0)


def test_a_lock_of_another_user_can_be_taken(locks):
    """It is opened for reading, as anybody may."""
    path = locks / "legrade-gpu7.lock"
    path.write_text("")
    path.chmod(0o444)
    with gpus.take([NODE], seconds=0) as slot:
        assert fcntl.fcntl(slot.descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY


# Memory


HELD = """
import mmap, os, time
def f():
    {body}
    time.sleep(30)
    return 1
"""


@pytest.mark.parametrize(
    "body",
    ["kept = bytearray(b'x') * (400 << 20)", "os.fork() or (bytearray(b'x') * (400 << 20), time.sleep(30))"],
    ids=["its own", "its child's"],
)
def test_memory_beside_a_gpu_is_watched_from_outside(with_gpu, body):
    """What is held counts, of all processes together; no control group is needed for it."""
    with_gpu._groups = None
    worker = with_gpu.worker(("numpy",), LIMITS, notebook=False)
    with pytest.raises(LimitHit, match=r"more memory, with all its processes, than .* 128 MiB \(memory_mb\)"):
        run(worker, HELD.format(body=body))


def test_memory_that_is_only_mapped_costs_nothing_beside_a_gpu(with_gpu):
    """CUDA maps far more than it uses; without a GPU the same program meets the limit of its address space."""
    source = "import mmap\ndef f(): return len(mmap.mmap(-1, 64 << 30, mmap.MAP_PRIVATE | 0x4000))"
    worker = with_gpu.worker(("numpy",), LIMITS, notebook=False)
    assert run(worker, source) == 64 << 30
    worker.close()
    worker = with_gpu.worker(("numpy",), replace(LIMITS, gpu_memory_mb=0), notebook=False)
    with pytest.raises(StudentRaised, match=r"128 MiB \(memory_mb\)"):
        run(worker, source)
    worker.close()


def tool(folder, monkeypatch, body):
    """Put a program in nvidia-smi's place on the path."""
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_memory_of_the_gpu_is_watched_from_outside(tmp_path, with_gpu, monkeypatch):
    """What is taken beyond what was taken before counts; the worker is ended, and told the limit."""
    (tmp_path / "used").write_text("500")
    tool(tmp_path, monkeypatch, f'[ "$3" = "--id=7" ] && cat {tmp_path}/used')
    worker = with_gpu.worker(("numpy",), LIMITS, notebook=False)
    assert run(worker, "import time\ndef f(): return 1") == 1
    (tmp_path / "used").write_text("600")
    assert run(worker, "def f(): return 2") == 2
    (tmp_path / "used").write_text("601")
    with pytest.raises(LimitHit, match=r"more memory of the GPU than the limit of 100 MiB \(gpu_memory_mb\)"):
        run(worker, "def f(): time.sleep(60)")
    assert not worker._watch._thread.is_alive()


@pytest.mark.parametrize(
    ("body", "used"),
    [
        ("echo 812", 812), ("echo ' 7 '", 7), ("echo '[N/A]'", None), ("echo", None), ("echo 1; echo 2", None),
        ("echo -5", None), ("echo 12; exit 9", None), ("echo 99999999999", None),
        ("echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18", None),
    ],
)  # fmt: skip
def test_the_tool_s_word_is_a_number_or_nothing(tmp_path, monkeypatch, body, used):
    """As nvidia-smi writes it, and as it fails."""
    tool(tmp_path, monkeypatch, body)
    assert gpus.used_mb(NODE) == used


def test_without_the_tool_nothing_is_watched_and_that_can_be_said(tmp_path, monkeypatch):
    """`legrade doctor` says it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    watch = gpus.MemoryWatch(NODE, 1, lambda: None)
    assert watch.blind
    watch.close()


# Whose fault


OURS = {
    "uncorrectable ECC error": "RuntimeError: CUDA error: uncorrectable ECC error encountered\n"
    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.\n"
    "For debugging consider passing CUDA_LAUNCH_BLOCKING=1.\nCompile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.",
    "ECC, older": "RuntimeError: cuda runtime error (39) : uncorrectable ECC error encountered at "
    "/pytorch/aten/src/THC/THCCachingHostAllocator.cpp:265",
    "busy": "RuntimeError: CUDA error: CUDA-capable device(s) is/are busy or unavailable\n"
    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
    "busy, older": "RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable",
    "no device": "RuntimeError: No CUDA GPUs are available",
    "driver and library differ": "RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before "
    "calling NumCudaDevices() that might have already set an error? Error 803: system has unsupported display driver / cuda "
    "driver combination",
    "forward compatibility": "RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling "
    "NumCudaDevices() that might have already set an error? Error 804: forward compatibility was attempted on non supported HW",
    "driver lost": "RuntimeError: CUDA unknown error - this may be due to an incorrectly set up environment, e.g. changing env variable "
    "CUDA_VISIBLE_DEVICES after program start. Setting the available devices to be zero.",
    "no driver": "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver "
    "from http://www.nvidia.com/Download/index.aspx",
    "old driver": "RuntimeError: The NVIDIA driver on your system is too old (found version 10020). Please update your GPU driver",
    "forked": "RuntimeError: Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the 'spawn' "
    "start method",
    "another architecture": "RuntimeError: CUDA error: no kernel image is available for execution on the device",
    "no CUDA in torch": "AssertionError: Torch not compiled with CUDA enabled",
    "launch": "RuntimeError: CUDA error: unspecified launch failure",
    "cuDNN": "RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED",
    "library": "OSError: libcuda.so.1: cannot open shared object file: No such file or directory",
}
THEIRS = {
    "memory": "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 29.76 GiB. GPU 0 has a total capacity of 10.74 GiB of which "
    "3.69 GiB is free. Including non-PyTorch memory, this process has 6.68 GiB memory in use.",
    "memory, older": "RuntimeError: CUDA out of memory. Tried to allocate 2.87 GiB (GPU 0; 14.76 GiB total capacity; 8.77 GiB already "
    "allocated; 19.75 MiB free; 13.71 GiB reserved in total by PyTorch)",
    "memory, of the runtime": "RuntimeError: CUDA error: out of memory",
    "labels out of range": "RuntimeError: CUDA error: device-side assert triggered\nCompile with `TORCH_USE_CUDA_DSA` to enable "
    "device-side assertions.",
    "index": "RuntimeError: CUDA error: an illegal memory access was encountered",
    "devices mixed": "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
    "shape": "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x400 and 256x120)",
    "the ordinary": "ValueError: uncorrectable ECC error encountered",
}
FRAMES = 'Traceback (most recent call last):\n  File "cell", line 3, in fit\n    y = "driver shutting down"\n'


@pytest.mark.parametrize("kind", OURS)
def test_trouble_of_the_machine_is_ours(kind):
    """As PyTorch and CUDA say it; the last lines of the traceback count."""
    assert cuda_errors.ours(OURS[kind].partition(":")[0].rpartition(".")[2], FRAMES + OURS[kind])


@pytest.mark.parametrize("kind", THEIRS)
def test_what_the_program_did_is_the_student_s(kind):
    """Out of memory, indices, shapes, devices; a text in the program's own source says nothing."""
    name = "RuntimeError" if "OutOfMemory" in THEIRS[kind] else THEIRS[kind].partition(":")[0]
    assert cuda_errors.ours(name, FRAMES + THEIRS[kind]) == ""


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_any_text_of_a_worker_has_an_answer(kind, detail):
    """Nothing that a worker sends stops the grader, and only four kinds of exceptions can be ours."""
    assert cuda_errors.ours(kind, detail) == "" or kind in cuda_errors._KINDS
    assert isinstance(cuda_errors.ours("RuntimeError", detail), str)


def test_an_error_of_the_gpu_needs_a_person_and_only_where_there_is_a_gpu(with_gpu):
    """Points are left open, never given; on the CPU the same text is an exception like any other."""
    source = "def f(): raise RuntimeError('CUDA error: uncorrectable ECC error encountered')"
    worker = with_gpu.worker(("numpy",), LIMITS, notebook=False)
    with pytest.raises(SandboxError, match=r"the GPU or its driver \(uncorrectable ecc error\)") as caught:
        run(worker, source)
    assert judge(caught.value)[0] is Outcome.ERROR
    assert not worker.alive
    worker = with_gpu.worker(("numpy",), replace(LIMITS, gpu_memory_mb=0), notebook=False)
    with pytest.raises(StudentRaised, match="RuntimeError") as caught:
        run(worker, source)
    assert judge(caught.value)[0] is Outcome.FAILED
    worker.close()


def test_a_gpu_s_memory_that_is_used_up_fails_and_names_the_limit(with_gpu):
    """The exception is PyTorch's."""
    worker = with_gpu.worker(("numpy",), LIMITS, notebook=False)
    message = THEIRS["memory"].partition(": ")[2]
    with pytest.raises(StudentRaised, match=r"RuntimeError at the limit of 100 MiB \(gpu_memory_mb\)"):
        run(worker, f"def f(): raise RuntimeError({message!r})")
    worker.close()
    assert "gpu_memory_mb" in limit_notes.of_exception("RuntimeError", THEIRS["memory"], LIMITS)


# What is said


def plan_of(course, limits):
    """Take LeNet's plan with other limits."""
    plan = plan_functions(course, ["lenet"])
    part = plan.parts[0]
    return Plan(plan.name, (replace(part, spec=replace(part.spec, limits=limits)),))


def test_the_record_says_on_what_it_was_trained_and_under_which_thresholds(course):
    """Without a GPU the fast track takes its place; thresholds of another device are used, and said."""
    plan = plan_of(course, LIMITS)
    cpu, cuda = SimpleNamespace(device="cpu"), SimpleNamespace(device="cuda (NVIDIA H200)")
    options = {"lenet": {"dataset": "mnist", "gpu_dataset": "fashion_mnist"}}
    (fast,) = grade.remarks(plan, options, cpu)
    assert fast.startswith("lenet: trained on the CPU by the fast track mnist, for the grader has no GPU")
    (other,) = grade.remarks(plan, options, cuda)
    assert "thresholds for fashion_mnist were measured on cpu, this was trained on cuda" in other
    assert grade.remarks(plan, {"lenet": {"dataset": "mnist"}}, cpu) == ()
    assert grade.remarks(plan_of(course, replace(LIMITS, gpu_memory_mb=0)), options, cuda) == ()
    assert grade.computed_on(plan, cuda) == {"device": "cuda (NVIDIA H200)"}
    assert grade.computed_on(plan_of(course, replace(LIMITS, gpu_memory_mb=0)), cuda) == {}


SUITE = '''
from autograder.testing import Mismatch


def test_device(student, options):
    """The function is told the device."""
    if student(options["device"]) != options["wanted"]:
        raise Mismatch("another device", options["device"])
'''


def test_suite_and_record_are_told_what_the_worker_has(tmp_path, tier_a, with_gpu):
    """By the sandbox, whatever the worker says: on the CPU the fast track is noted, and a re-grade finds the device in the record."""
    folder = tmp_path / "solutions" / "training"
    folder.mkdir(parents=True)
    spec = 'signature = "training(device)"\nsummary = "Train."\nlibraries = ["numpy"]\ndiagnose = false\n'
    (folder / "spec.toml").write_text(f"{spec}[limits]\ngpu_memory_mb = 100\n")
    (folder / "reference.py").write_text("def training(device):\n    return device\n")
    (folder / "test_hidden.py").write_text(SUITE)
    people = [Submission("ana", "python", ("def training(device): return device",))]
    for sandbox, device in ((tier_a, "cpu"), (with_gpu, "cuda")):
        options = {"training": {"dataset": "mnist", "gpu_dataset": "mnist_full", "wanted": device}}
        plan = plan_functions(tmp_path, ["training"])
        how = {"seed": grade.development_seed(1), "options": options}
        (result,) = grade.grade(people, plan, sandbox=sandbox, **how)
        assert result.points == result.max_points > 0, result.tests
        assert result.versions["device"] == sandbox.device
        said = [note for note in result.notes if "by the fast track mnist" in note]
        assert bool(said) == (device == "cpu")


def test_a_broken_calibration_is_left_to_the_suite(tmp_path):
    """A remark is no place for an error: whoever trains reads the file, and says what is wrong with it."""
    (tmp_path / "calibration").mkdir()
    (tmp_path / "calibration" / "digits.json").write_text("[")
    assert calibration.track_remarks(tmp_path, {}, "cuda (x)") == ()
    assert calibration.track_remarks(tmp_path, {"dataset": "mnist"}, "cpu") == ()


def test_the_doctor_says_what_a_gpu_gives_and_what_it_lacks(tmp_path, monkeypatch):
    """Model, tier, missing nodes, rights, a torch without CUDA, nothing that tells of memory."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (none,) = doctor._devices()
    assert none.ok
    assert none.text.startswith("devices: cpu (no node of an NVIDIA GPU")
    monkeypatch.setattr(gpus, "find", lambda: (Gpu(0, ("/dev/full", "/dev/nvidiactl"), "NVIDIA H200"),))
    monkeypatch.setattr(gpus.metadata, "version", lambda _: "2.13.0+cpu")
    found = list(doctor._devices())
    assert found[0].text == "devices: cpu, /dev/full (NVIDIA H200)"
    told = "\n".join(line.text for line in found if not line.ok)
    assert "/dev/nvidia-uvm is missing; `nvidia-modprobe -u -c 0` makes it" in told
    assert "/dev/nvidiactl cannot be read and written" in told
    assert "torch 2.13.0+cpu is built without CUDA" in told
    assert "no nvidia-smi that answers" in told
    whole = Gpu(0, ("/dev/full", "/x/nvidiactl", "/x/nvidia-uvm"), "NVIDIA H200")
    monkeypatch.setattr(gpus, "find", lambda: (whole,))
    monkeypatch.setattr(gpus.os, "access", lambda *_: True)
    monkeypatch.setattr(gpus.metadata, "version", lambda _: "2.13.0")
    tool(tmp_path, monkeypatch, "echo 5")
    assert [line.ok for line in doctor._devices()] == [True, True]
    assert "A, weaker: the driver answers the student's code directly" in list(doctor._devices())[1].text


# A machine with little on it


REFUSED = ("nbgrader", "IPython", "jupytext", "matplotlib", "nbformat", "lxml", "typst", "babel")
GRADE = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {REFUSED!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}, as on a machine that trains")
sys.meta_path.insert(0, Refuse())
from autograder.cli import main
main()
"""


def test_grading_a_file_needs_no_more_than_a_training_machine_has(tmp_path, tier_a):
    """No notebook, no plots, no courses: torch, numpy, jinja2, sympy, scikit-learn, rich, typer and pytest are enough."""
    source = (ROOT / "solutions" / "relu" / "reference.py").read_text().split("\n", 1)[1]
    (tmp_path / "relu.py").write_text(source)
    command = [sys.executable, "-c", GRADE, "grade", "relu.py", "--function", "relu", "--course", str(ROOT)]
    done = subprocess.run(
        [*command, "--json", "out.json", "--seed", "1"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (record,) = json.loads((tmp_path / "out.json").read_text())
    assert record["points"] == record["max_points"] > 0


def test_waiting_for_a_gpu_ends_when_it_is_given_back(locks):
    """A take that waits looks again and again."""
    held = gpus.take([NODE], seconds=0)
    code = (
        "import sys; from pathlib import Path; from autograder.sandboxes.gpus import Gpu, take\n"
        f"slot = take([Gpu(7, ())], seconds=60, folder=Path({str(locks)!r})); print('mine', flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as other:
        time.sleep(0.5)
        assert other.poll() is None
        with held:
            pass
        assert other.stdout.readline() == b"mine\n"


def test_the_benchmark_says_that_there_is_no_gpu_and_measures_a_small_version(tier_a):
    """Nothing is claimed where nothing was measured; every row that was has seconds and an accuracy."""
    command = [sys.executable, str(ROOT / "benchmarks" / "lenet_gpu.py")]
    blind = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False, env=blind)
    assert done.returncode == 1
    assert "no CUDA device here, so nothing was measured" in done.stdout
    small = ["--device", "cpu", "--dataset", "digits", "--images", "200", "--epochs", "1"]
    done = subprocess.run(
        [*command, *small], capture_output=True, text=True, timeout=200, check=False, env=blind
    )
    assert done.returncode == 0, done.stderr
    assert "digits, 200 images, 1 epochs, batch 128" in done.stdout
    rows = done.stdout.splitlines()[2:]
    measured = [bool(re.search(r"  \d+\.\d\d", row)) for row in rows]
    assert measured == [True, True, False, True, True], done.stdout
    assert "needs a GPU" in rows[2]
