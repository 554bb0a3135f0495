"""Hostile training: epochs without end, a hundred gigabytes, loaders that never finish. Each costs itself, and nothing of it is left.

Graded by a small real suite in tiers A and B, between right programs; every program here is bounded in time, memory and processes.
"""

import re
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the proofs are in no installed package

from autograder.course import plan_functions  # noqa: E402 -- after the path
from autograder.grade import development_seed, grade  # noqa: E402 -- the same
from autograder.submission import Submission  # noqa: E402 -- the same
from proof.soak import footprint  # noqa: E402 -- the same

SPEC = """
functions = ["fit"]
signature = "fit(x, y, *, epochs)"
summary = "Train."
libraries = ["numpy", "torch"]
diagnose = false

[limits]
load_seconds = 20
call_seconds = 20
total_seconds = 60
memory_mb = 600
processes = 24
scratch_mb = 8
"""
SUITE = '''
import numpy as np
import pytest

from autograder.testing import Tensor, assert_same


@pytest.mark.parametrize("epochs", [3, 2])
def test_losses(student, rng, epochs):
    """fit returns one falling loss for each epoch."""
    x = rng.standard_normal((40, 4)).astype(np.float32)
    losses = student.fit(Tensor(x), Tensor((x[:, 0] > 0).astype(np.int64)), epochs=epochs)
    assert_same(np.asarray(losses).shape, (epochs,))
    assert (np.diff(losses) < 0).all()
'''
RIGHT = """
import time
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset


def fit(x, y, *, epochs):
    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
"""
SOON = "call_seconds = 1.5"
LOADER = """
class Slow(Dataset):
    def __init__(self, x, y, seconds):
        self.data, self.seconds = (x, y), seconds
    def __len__(self):
        return len(self.data[0])
    def __getitem__(self, i):
        time.sleep(self.seconds)
        return self.data[0][i], self.data[1][i]
"""


@dataclass(frozen=True)
class Program:
    """One way to train."""

    body: str
    """What `fit` does in the call with three epochs; then it does what is right."""
    says: str
    """What the record says of it, in tier A; empty for a program that has all its points."""
    in_b: str | None = None
    """In tier B, where that is something else: no process can be made there."""
    endless: bool = False

    @property
    def source(self):
        """Wrap the right program."""
        steps = "\n".join(f"        {line}" for line in self.body.strip().splitlines())
        return (
            f"{RIGHT}{LOADER}\nright = fit\nkept = []\n\ndef fit(x, y, *, epochs):\n    if epochs == 3:\n{steps}\n"
            "    return right(x, y, epochs=epochs)\n"
        )


TIME, MEMORY = r"limit of 1.5 s for one call \(call_seconds\)", r"600 MiB \(memory_mb\)"
NO_PROCESS = "your code raised (BlockingIOError|OSError|PermissionError|RuntimeError)"
PROGRAMS = {
    "endless epochs": Program("while True: right(x, y, epochs=5)", TIME, endless=True),
    "endless epochs that nothing interrupts": Program(
        "while True:\n    try:\n        while True: right(x, y, epochs=5)\n    except BaseException:\n        pass", TIME, endless=True
    ),
    "loader workers that never end": Program(
        "for _ in DataLoader(Slow(x, y, 600), num_workers=2): pass", TIME, NO_PROCESS, endless=True
    ),
    "a hundred gigabytes": Program("kept.append(torch.ones(25_000_000_000))", MEMORY),
    "a hundred gigabytes in pieces": Program(
        "for _ in range(2500): kept.append(torch.ones(10_000_000))", MEMORY
    ),
    "a graph that grows": Program(
        "w = torch.ones(2_000_000, requires_grad=True)\nfor _ in range(10_000): w = torch.sin(w)", MEMORY
    ),
    "loader workers that are left": Program(
        "loader = DataLoader(Slow(x, y, 0), num_workers=2, persistent_workers=True)\nkept.append(iter(loader))\nnext(kept[0])",
        "",
        NO_PROCESS,
    ),
    "a thread that trains on": Program(
        "import threading\nthreading.Thread(target=lambda: [right(x, y, epochs=99) for _ in range(10**6)], daemon=True).start()", ""
    ),
    "shared memory filled": Program(
        "for _ in range(40): kept.append(torch.ones(1_000_000).share_memory_())", "your code raised RuntimeError|signal 7"
    ),
}  # fmt: skip


KINDS = ("descriptors", "threads", "mounts", "processes", "zombies", "scratch", "groups")


def more_than(before, seconds=5.0):
    """Say what the grader and all below it hold beyond what they held before; the kernel ends processes when it has time."""
    deadline = time.monotonic() + seconds
    while True:
        now = footprint()
        more = {kind: getattr(now, kind) for kind in KINDS if getattr(now, kind) > getattr(before, kind)}
        if not more or time.monotonic() > deadline:
            return more
        time.sleep(0.01)


def planned(folder, *, endless):
    """Write the suite as a course, and plan it; short calls for what has no end, graded apart."""
    place = folder / ("endless" if endless else "course") / "solutions" / "training"
    place.mkdir(parents=True)
    (place / "spec.toml").write_text(SPEC.replace("call_seconds = 20", SOON) if endless else SPEC)
    (place / "reference.py").write_text(RIGHT)
    (place / "test_hidden.py").write_text(SUITE)
    return plan_functions(place.parent.parent, ["training"])


@pytest.fixture(scope="module")
def batch(isolated, tmp_path_factory):
    """Grade all programs, right ones before and between; look after each what is left."""
    how = {"sandbox": isolated, "seed": development_seed(7)}
    outside, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("own"))  # not what others make
    grades, left, siblings, folder = {}, {}, [], tmp_path_factory.mktemp("courses")
    try:
        for endless in (False, True):
            plan, people = planned(folder, endless=endless), [Submission("sibling", "python", (RIGHT,))]
            grade(people, plan, **how)  # the zygote is there, as in any later grading
            before = footprint()
            for name, program in PROGRAMS.items():
                if program.endless == endless:
                    people += [Submission(name, "python", (program.source,)), people[0]]

            def look(result, before=before):
                left[result.submission] = more_than(before)
                if result.submission == "sibling":
                    siblings.append(result)
                else:
                    grades[result.submission] = result

            grade(people, plan, record=look, **how)
    finally:
        tempfile.tempdir = outside
    return grades, left, siblings, isolated.tier


@pytest.mark.parametrize("name", PROGRAMS)
def test_hostile_training_costs_itself_and_says_why(batch, name):
    """The call that it spoils is lost, by a limit that is named; the other one, in a fresh worker, counts."""
    grades, _, _, tier = batch
    program, (test,) = PROGRAMS[name], grades[name].tests
    says = program.in_b if tier == "B" and program.in_b is not None else program.says
    if not says:
        assert test.points == test.max_points, test
        return
    assert test.points == test.max_points / 2, test
    assert re.search(says, test.reason), test.reason
    assert not grades[name].needs_person


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_of_hostile_training_is_left(batch, name):
    """No process of a loader, no thread, no file, no mount, as soon as the grade is there."""
    assert batch[1][name] == {}


def test_right_training_between_hostile_programs_is_graded_as_by_itself(batch):
    """Points, reasons, notes, output."""
    siblings = [
        replace(result, suite="", tests=tuple(replace(test, seconds=0.0) for test in result.tests))
        for result in batch[2]
    ]
    assert len(siblings) == len(PROGRAMS) + 2
    assert siblings[0].points == siblings[0].max_points > 0
    assert all(result == siblings[0] for result in siblings)
