"""Accuracy after each epoch: weights kept in the worker, logits from them, and a picture on which no point hangs."""

import copy
import io
import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograder.curves import TENTH, as_image, as_svg, checked, in_words, is_drawn
from autograder.errors import AutograderError, BadReply, LimitHit, NotDefined, StudentRaised, WorkerDied
from autograder.evidence import believe
from autograder.feedback import as_html, as_text
from autograder.model import Grade, Outcome, Quantity, TestResult
from autograder.results import from_json, to_json
from autograder.training_curves import MOST_IMAGES, accuracies, follow

pytestmark = pytest.mark.usefixtures("one_thread")
ACCURACY = Quantity.ACCURACY


def network():
    """Make a small network whose answers hang on its running statistics and on its mode, too."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 10)
    )


def images(count):
    """Draw small images and classes."""
    rng = np.random.default_rng(count)
    return rng.random((count, 1, 2, 3), dtype=np.float32), rng.integers(10, size=count)


class Training:
    """A loop over epochs in several styles; keeps its own copy of the model after each epoch."""

    def __init__(self, style="plain"):
        self.style, self.after = style, []

    def __call__(self, model, x, y, *, epochs, batch_size):
        """Train as `fit` would."""
        import torch
        from torch.nn import functional

        x, y = torch.from_numpy(x), torch.from_numpy(y)
        adam = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(epochs):
            model.train(self.style != "in evaluation mode")
            for batch in torch.randperm(len(x)).split(batch_size):
                for _ in range(1 + (self.style == "every batch twice")):
                    loss = functional.cross_entropy(model(x[batch]), y[batch])
                adam.zero_grad()
                loss.backward()
                adam.step()
                if self.style == "first batch only":
                    break
            self.after.append(copy.deepcopy(model))
            if self.style == "measured in between":
                with torch.no_grad():
                    model(x)
                model.eval()(x)
                self.after[-1](x)  # the copy is none of the model
            if self.style == "saved":
                torch.save(model, io.BytesIO())


STYLES = ("plain", "measured in between", "saved")
OTHERS = ("in evaluation mode", "every batch twice", "first batch only")


class Here:
    """A student in this process: the worker's operations are those of the worker's own file."""

    def ask(self, operation, *args, seconds=None):
        """Run an operation as the worker would, and take its answer as the grader does."""
        from autograder import worker_steps

        del seconds
        given = [getattr(arg, "array", arg) for arg in args]
        return believe(operation, worker_steps.OPERATIONS[operation](*given))


def run(style, count, epochs, batch_size):
    """Follow a training, and ask for its accuracies: those, those of the training's own copies, and the model's state twice."""
    import torch

    model, (x, y), training = network(), images(count), Training(style)
    recipe = {"epochs": epochs, "batch_size": batch_size}
    follow(Here(), model, recipe, count)
    training(model, x, y, **recipe)
    before = copy.deepcopy(model.state_dict())
    found = accuracies(Here(), x, y, epochs)
    own = []
    with torch.no_grad():
        for kept in training.after:
            right = kept.eval()(torch.from_numpy(x)).argmax(dim=1).numpy() == y
            own.append(round(float(right.mean()), 2))
    return found, tuple(own), before, model.state_dict()


@settings(deadline=None, max_examples=12)
@given(st.sampled_from(STYLES), st.integers(4, 40), st.integers(1, 4), st.integers(2, 9))
def test_the_accuracies_are_those_after_each_epoch(style, count, epochs, batch_size):
    """Whatever else the loop does between its epochs; and the model is left with its last weights."""
    count += count % batch_size == 1  # batch normalisation cannot be trained on a single image
    found, own, before, after = run(style, count, epochs, batch_size)
    assert found == own
    assert len(found) == epochs
    assert all((before[name] == after[name]).all() for name in before)


@pytest.mark.parametrize("style", OTHERS)
def test_a_training_of_another_shape_has_no_accuracies(style):
    """They would be those of other moments; one without, the end alone is told."""
    assert run(style, 20, 3, 4)[0] == ()


def test_only_the_training_that_is_followed_counts(monkeypatch):
    """Not one before, not that of another model, none twice, and none of which the copies would fill the worker's memory."""
    from autograder import worker_steps

    (x, y), model, other = images(12), network(), network()
    recipe = {"epochs": 2, "batch_size": 4}
    Training()(model, x, y, **recipe)
    assert accuracies(Here(), x, y, 2) == ()
    follow(Here(), model, recipe, 12)
    Training()(other, x, y, **recipe)
    Training()(model, x, y, **recipe)
    assert len(accuracies(Here(), x, y, 2)) == 2
    assert accuracies(Here(), x, y, 2) == ()
    for room, there in ((sum(value.nbytes for value in model.state_dict().values()) * 2, 2), (999, 0)):
        monkeypatch.setattr(worker_steps, "MAX_KEPT", room)
        follow(Here(), model, recipe, 12)
        Training()(model, x, y, **recipe)
        assert len(accuracies(Here(), x, y, 2)) == there


def test_no_hook_is_left_behind():
    """After the answer modules are called as if nothing had been asked."""
    import torch

    hooks = torch.nn.modules.module._global_forward_pre_hooks
    run("plain", 12, 2, 4)
    assert not hooks


# What a worker may answer


class Answers:
    """A student whose worker answers what it likes."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def ask(self, operation, *args, seconds=None):
        """Give the answer in the form that the grader takes, or raise it."""
        self.asked.append((operation, args, seconds))
        if isinstance(self.answer, Exception):
            raise self.answer
        return believe(operation, self.answer)


FLOATS = st.floats(width=32)


@given(st.one_of(
    st.none(), st.integers(), st.text(max_size=3), st.lists(FLOATS, max_size=3),
    arrays(np.float32, st.tuples(st.integers(0, 4), st.sampled_from([4, 5]), st.sampled_from([9, 10])), elements=FLOATS),
    arrays(np.float64, (2, 5, 10)), arrays(np.int64, (2, 5, 10)),
))  # fmt: skip
def test_whatever_a_worker_answers_there_are_shares_or_none(answer):
    """One for each epoch, from 0 to 1, or no curve; never an error."""
    x, y = images(5)
    found = accuracies(Answers(answer), x, y, 2)
    right = isinstance(answer, np.ndarray) and answer.dtype == np.float32 and answer.shape == (2, 5, 10)
    assert bool(found) == (right and bool(np.isfinite(answer).all()))
    assert len(found) in (0, 2)
    assert all(0 <= share <= 1 for share in found)


@pytest.mark.parametrize(
    "fault",
    [
        LimitHit("20 s"),
        WorkerDied("gone"),
        BadReply("no frame"),
        NotDefined("nothing"),
        StudentRaised("KeyError", ""),
    ],
)
def test_a_worker_that_fails_has_no_curve_and_no_other_harm(fault):
    """Nothing is raised, neither before the training nor after all points are settled; seconds are bounded."""
    student, (x, y) = Answers(fault), images(5)
    follow(student, 0, {"epochs": 2, "batch_size": 2}, 5)
    assert accuracies(student, x, y, 2) == ()
    assert student.asked[0] == ("follow_epochs", (0, 3, 2), None)
    assert student.asked[1][2] == 20.0


def test_what_is_sent_is_bounded():
    """Of many images the first are used: they come in random order."""
    student, (x, y) = Answers(None), images(MOST_IMAGES + 7)
    accuracies(student, x, y, 1)
    assert len(student.asked[0][1][0].array) == MOST_IMAGES


@pytest.mark.parametrize(
    ("operation", "forged"),
    [("follow_epochs", 1), ("epoch_logits", [1.0]), ("epoch_logits", np.zeros((2, 2), dtype=np.float32))],
)
def test_a_forged_answer_has_no_form(operation, forged):
    """It is the student's doing, told as such."""
    with pytest.raises(BadReply, match="what came back about the model is no answer"):
        believe(operation, forged)


# The picture


@given(st.lists(st.floats(0, 1), min_size=2, max_size=80))
def test_a_curve_of_accuracies_is_a_picture_of_its_numbers(values):
    """From 0 to 1, whatever the accuracies are, with guessing at a tenth; the same bytes twice."""
    svg = as_svg(checked(values), ACCURACY)
    assert svg == as_svg(checked(values), ACCURACY)
    root = ET.fromstring(svg)  # noqa: S314 -- our own text
    points = [tuple(map(float, point.split(","))) for point in root.find("{*}polyline").get("points").split()]
    assert [y for _, y in points] == [pytest.approx(200 - 170 * value, abs=0.06) for value in values]
    texts = [element.text for element in root.findall("{*}text")]
    assert {"0", "0.5", "1", "guessing among ten classes: 0.1"} <= set(texts)
    dashed = [line for line in root.findall("{*}line") if line.get("stroke-dasharray")]
    assert [float(line.get("y1")) for line in dashed] == [pytest.approx(200 - 170 * TENTH)]


@pytest.mark.parametrize("forged", ["<svg>", "", None, 1, ["loss"]])
def test_a_record_of_another_quantity_is_refused(forged):
    """What was written by another hand is not drawn; what we wrote comes back as it was."""
    test = TestResult("f", "t", "", 1.0, 1.0, Outcome.PASSED, "", None, 0.1, curve=(0.5,), curve_of=ACCURACY)
    grade = Grade("ana", 1.0, 1.0, False, 1, "s", {}, "A", (test,))
    record = json.loads(to_json([grade]))[0]
    assert from_json(record) == grade
    record["tests"][0]["curve_of"] = forged
    with pytest.raises(AutograderError, match=r"curve_of=.*: expected .*Quantity"):
        from_json(record)


def test_both_curves_stand_in_the_feedback_with_their_numbers_in_words():
    """Two images in one line; on a terminal two sentences. What is known of the end alone is no image, and says why."""

    def graded(*values):
        tests = [
            TestResult("f", "t", "Falls.", 1.0, 1.0, Outcome.PASSED, "", None, 0.1, curve=(2.25, 0.5)),
            TestResult(
                "f", "u", "Reads.", 1.0, 1.0, Outcome.PASSED, "", None, 0.1, curve=values, curve_of=ACCURACY
            ),
        ]
        return Grade("ana", 2.0, 2.0, False, 1, "s", {}, "A", tuple(tests))

    page, text = (write("f", graded(0.5, 0.75), 2.0, 2.0) for write in (as_html, as_text))
    assert page.count("<img ") == 2
    assert f"{as_image((2.25, 0.5))} {as_image((0.5, 0.75), ACCURACY)}</p>" in page
    assert "      Accuracy after each epoch, on images held back: 0.5, 0.75" in text.splitlines()
    page, text = (write("f", graded(0.75), 2.0, 2.0) for write in (as_html, as_text))
    said = "Accuracy after the training, on images held back: 0.75. It is drawn for each epoch where fit passes every image"
    assert page.count("<img ") == 1
    assert f"<p>{said}" in page
    assert f"      {said}" in text
    assert not is_drawn((0.75,), ACCURACY)
    assert (
        in_words([0.5] * 30 + [0.25], ACCURACY)
        == "Accuracy after 31 epochs, on images held back: 0.5 in the first, 0.25 in the last, 0.5 at its largest"
    )
