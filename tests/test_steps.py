"""The budget of optimiser steps: counted in the worker, over every optimiser of torch, and told in words of ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import plan_functions
from autograder.errors import BadReply, StudentRaised
from autograder.evidence import believe
from autograder.grade import development_seed, grade
from autograder.steps import ROOM, steps_of, within_steps
from autograder.submission import Submission
from autograder.testing import Mismatch

SUITE = '''
from autograder.steps import within_steps
from autograder.testing import Mismatch

RECIPE = {"epochs": 2, "batch_size": 4}


def test_trains(student):
    """fit keeps to its budget of steps."""
    if within_steps(student, RECIPE, 10, lambda: student.fit(6)) != 6 or student.ask("steps") != 6:
        raise Mismatch("another number of steps", "")


def test_trains_on(student):
    """fit is stopped beyond it."""
    within_steps(student, RECIPE, 10, lambda: student.fit(13))
'''
FIT = """
import torch
def fit(steps):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizers = [torch.optim.Adam([weight]), torch.optim.SGD([weight], lr=0.1)]
    for step in range(steps):
        weight.grad = torch.ones(1)
        optimizers[step % 2].step()
    return steps
"""


def test_a_training_beyond_its_steps_is_stopped_and_told(tmp_path, tier_a):
    """Six steps of two optimisers are counted; the thirteenth of twice six is refused, in words that students read."""
    folder = tmp_path / "solutions" / "training"
    folder.mkdir(parents=True)
    (folder / "spec.toml").write_text(
        'functions = ["fit"]\nsignature = "fit(steps)"\nsummary = "Train."\nlibraries = ["numpy", "torch"]\ndiagnose = false\n'
    )
    (folder / "reference.py").write_text(FIT)
    (folder / "test_hidden.py").write_text(SUITE)
    people = [Submission("ana", "python", (FIT,))]
    (result,) = grade(
        people, plan_functions(tmp_path, ["training"]), sandbox=tier_a, seed=development_seed(1)
    )
    first, second = result.tests
    assert first.points == first.max_points, first
    assert (second.points, second.reason) == (
        0.0,
        "fit takes more steps of the optimiser than the recipe has",
    )
    assert "more than 12" in second.detail


@given(st.integers(1, 50), st.integers(1, 300), st.integers(1, 2000))
@settings(deadline=None)
def test_the_steps_of_a_recipe_are_its_batches(epochs, batch_size, images):
    """Counted by cutting the images into batches."""
    batches = len(range(0, images, batch_size))
    assert steps_of({"epochs": epochs, "batch_size": batch_size}, images) == epochs * batches


class Student:
    """Takes down what it is asked."""

    def __init__(self):
        self.asked = []

    def ask(self, *what):
        """Answer nothing."""
        self.asked.append(what)


@pytest.mark.parametrize("detail", ["RuntimeError: no", "", "StepsExceeded"])
def test_what_else_a_training_raises_is_passed_on(detail):
    """Only the counter's own exception is a matter of steps."""
    student, fault = Student(), StudentRaised("RuntimeError", detail)

    def train():
        raise fault

    with pytest.raises(StudentRaised) as caught:
        within_steps(student, {"epochs": 3, "batch_size": 2}, 5, train)
    assert caught.value is fault
    assert student.asked == [("limit_steps", ROOM * 9)]
    fault.detail = "Traceback ...\nStepsExceededError: more than 18 steps of the optimiser"
    with pytest.raises(Mismatch, match="more steps of the optimiser than the recipe has"):
        within_steps(student, {"epochs": 3, "batch_size": 2}, 5, train)


@pytest.mark.parametrize(
    ("operation", "forged"), [("steps", -1), ("steps", 2.5), ("steps", None), ("limit_steps", 1)]
)
def test_a_forged_count_is_no_answer(operation, forged):
    """It has a form, or it is the student's doing."""
    with pytest.raises(BadReply):
        believe(operation, forged)
    assert believe("steps", 7) == 7
