"""Every limit of `spec.toml` ends what goes beyond it, and the record names it and its value."""

import textwrap
from dataclasses import fields, replace

import pytest

from autograder.course import load_spec
from autograder.errors import StudentFault, StudentRaised, WorkerKilled
from autograder.model import Limits
from autograder.sandboxes import End, limit_notes

ROOM = Limits(
    load_seconds=20, call_seconds=20, total_seconds=60, memory_mb=512, processes=16, open_files=64,
    file_mb=4, scratch_mb=8, output_kb=64, reply_mb=1, cpu_seconds=2,
)  # fmt: skip

HITS = {
    "load_seconds": ("while True: pass", {"load_seconds": 0.5}, r"limit of 0.5 s for .*\(load_seconds\)"),
    "call_seconds": ("while True: pass", {}, r"limit of 1 s for one call \(call_seconds\)"),
    "total_seconds": ("while True: pass", {"total_seconds": 0.5}, r"limit of 0.5 s for everything \(total_seconds\)"),
    "cpu_seconds": ("while True: pass", {"cpu_seconds": 1}, r"processor time than the limit of 1 s \(cpu_seconds\)"),
    "memory_mb": ("return bytearray(1 << 30)", {}, r"MemoryError at the limit of 512 MiB \(memory_mb\)"),
    "processes": ("[os.fork() or time.sleep(2) for _ in range(99)]", {}, r"BlockingIOError at the limit of 16 \(processes\)"),
    "open_files": ("[os.dup(1) for _ in range(99)]", {}, r"OSError at the limit of 64 \(open_files\)"),
    "file_mb": ("open(place + '/a', 'wb').write(bytes(5 << 20))", {}, r"OSError at the limit of 4 MiB \(file_mb\)"),
    "scratch_mb": (
        "[open(f'{place}/{n}', 'wb').write(bytes(1 << 20)) for n in range(12)]; time.sleep(9)",
        {},
        r"limit of 8 MiB \(scratch_mb\)",
    ),
    "output_kb": ("print('x' * 100_000); time.sleep(9)", {}, r"printed more than the limit of 64 KiB \(output_kb\)"),
    "reply_mb": ("return np.zeros(1 << 18)", {}, r"result is larger than the limit of 1 MiB \(reply_mb\)"),
}  # fmt: skip
"""Limit -> what a function does, what is changed for it, and what is said."""


def test_every_limit_has_a_program_that_hits_it():
    """A new limit needs a row above; the program's size is looked at before there is a worker (test_grade), a GPU in test_gpus."""
    assert set(HITS) | {"source_kb", "gpu_memory_mb"} == {field.name for field in fields(Limits)}


def run(sandbox, source, *, limits=ROOM, libraries=("numpy",), seconds=15.0):
    """Run a cell and call `f` in a worker of its own."""
    worker = sandbox.worker(libraries, limits, notebook=False)
    try:
        worker.run_cell(textwrap.dedent(source))
        worker.call("f", (), {}, seconds=seconds)
    finally:
        worker.close()


@pytest.mark.parametrize("name", HITS)
def test_a_limit_that_is_hit_is_named_with_its_value(isolated, name):
    """By the exception that the student's code got, or by what ended its worker."""
    body, changes, told = HITS[name]
    source = f"import os, time, tempfile\nimport numpy as np\nplace = tempfile.gettempdir()\ndef f():\n    {body}\n"
    source += "f()\n" if name == "load_seconds" else ""
    seconds = 1.0 if name == "call_seconds" else 15.0
    with pytest.raises(StudentFault, match=told):
        run(isolated, source, limits=replace(ROOM, **changes), seconds=seconds)


def test_a_thread_bomb_is_told_the_limit_it_met(tier_a):
    """Threads are counted with the processes."""
    source = """
    import threading, time
    def f():
        for _ in range(99):
            threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
    """
    with pytest.raises(StudentRaised, match=r"RuntimeError at the limit of 16 \(processes\)"):
        run(tier_a, source)


def test_a_library_s_own_words_for_want_of_memory_are_understood(tier_a):
    """PyTorch raises a RuntimeError where it gets no memory."""
    source = "import torch\ndef f(): return torch.zeros(1 << 40)"
    with pytest.raises(StudentRaised, match=r"RuntimeError at the limit of 512 MiB \(memory_mb\)"):
        run(tier_a, source, limits=replace(ROOM, cpu_seconds=60), libraries=("numpy", "torch"))


def test_what_no_limit_explains_names_none():
    """An end by another signal, or an exception that only speaks of a limit, blames none."""
    end = End(code=-11, cpu_seconds=99.0, peak_kb=0, printed=0, output="")
    assert limit_notes.of_end(end, "", ROOM) is None
    assert limit_notes.of_exception("ValueError", "ValueError: [Errno 28] no space", ROOM) == ""
    assert limit_notes.of_exception("OSError", "", ROOM) == ""


def test_processor_time_follows_the_total_time_unless_it_is_set(tmp_path):
    """A function that may take long may compute long."""
    folder = tmp_path / "double"
    folder.mkdir()
    for text, seconds in (
        ("", Limits().cpu_seconds),
        ("[limits]\ntotal_seconds = 300", 310),
        ("[limits]\ntotal_seconds = 300\ncpu_seconds = 600", 600),
    ):
        (folder / "spec.toml").write_text('signature = "double(x)"\nsummary = "Double."\n' + text)
        assert load_spec(folder).limits.cpu_seconds == seconds


def test_a_worker_that_is_killed_is_at_no_limit(isolated):
    """SIGKILL that nothing explains has a name of its own, so that the grader can try again."""
    source = """
    import resource
    def f():
        resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
        while True: pass
    """
    with pytest.raises(WorkerKilled):
        run(isolated, source)
