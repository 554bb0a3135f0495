"""LeNet's hidden suite at work: full isolation, other data, variants, stubs, endless trainings, near misses, what is sent and drawn.

Where only what is sent or drawn matters the programs train for three epochs, as in `test_lenet.py`, which grades all of them.
"""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.calibration import track_beside
from autograder.course import load_spec
from autograder.grade import development_seed, grade
from autograder.model import Outcome, Part, Plan
from autograder.submission import Submission, read

LENET = Path(__file__).resolve().parent.parent / "solutions" / "lenet"
SPEC = load_spec(LENET)
THREE_EPOCHS = {"lenet": {"epochs": 3}}
KNOWN = {"test_losses_of_known_steps", "test_weights_after_known_steps"}
OF_A_TRAINING = KNOWN | {
    "test_every_image_in_every_epoch",
    "test_batch_size",
    "test_order_changes",
    "test_order_follows_from_the_seed",
    "test_steps_on_the_batches_seen",
    "test_losses_are_means_over_images",
    "test_training_mode",
    "test_loss_falls",
    "test_every_layer_learns",
    "test_leaves_its_arguments_alone",
    "test_logits",
    "test_accuracy",
}
OF_THE_MODEL = KNOWN | {"test_layers", "test_parameters", "test_computes_lenet", "test_first_loss"}


def grade_all(submissions, sandbox, spec=SPEC, seed=0, options=None):
    """Grade by the suite's own weights."""
    plan = Plan("lenet", (Part(spec, None, frozenset()),))
    grades = grade(submissions, plan, sandbox=sandbox, seed=development_seed(seed), options=options)
    return {result.submission: result for result in grades}


def failures(result):
    """Name the tests that did not pass, and why."""
    return {test.test: test.reason for test in result.tests if test.outcome is not Outcome.PASSED}


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """The suite with thresholds for digits and three epochs."""
    folder = tmp_path_factory.mktemp("course") / "lenet"
    shutil.copytree(LENET, folder, ignore=shutil.ignore_patterns("correct", "mistakes", "__pycache__"))
    shutil.copy(Path(__file__).with_name("lenet_three_epochs.json"), folder / "calibration" / "digits.json")
    return load_spec(folder)


@pytest.mark.parametrize(("name", "seed"), [("reference", 1), ("correct/sequential_dataloader", 2)])
def test_a_right_program_earns_full_marks_in_full_isolation(tier_a, name, seed):
    """The sandbox leaves all that training by the whole recipe needs, under other secrets too."""
    [result] = grade_all([read(LENET / f"{name}.py")], tier_a, seed=seed).values()
    assert failures(result) == {}


def test_a_right_program_earns_full_marks_on_other_data(tier_c, data_dir):
    """An assignment may name another data set; its own recipe and levels are used. The other sets' levels are proved by their runs."""
    options = {"lenet": {"dataset": "mnist"}, "data_dir": data_dir}
    result = grade_all([read(LENET / "reference.py")], tier_c, options=options)["reference"]
    assert failures(result) == {}


def test_a_data_set_that_is_not_there_is_no_fault_of_the_student(tier_c, tmp_path):
    """The tests that need it are errors with open points; the others count."""
    options = {"lenet": {"dataset": "mnist"}, "data_dir": tmp_path}
    result = grade_all([read(LENET / "reference.py")], tier_c, options=options)["reference"]
    assert result.points is None
    assert result.needs_person
    outcomes = {test.test: test.outcome for test in result.tests}
    assert outcomes["test_accuracy"] is Outcome.ERROR
    assert outcomes["test_layers"] is Outcome.PASSED


STUBS = {
    "empty": "",
    "nothing": """
def build_model(): ...
def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed): ...
def predict(model, x, *, batch_size, device): ...
""",
    "no model": """
def build_model(): return object()
def fit(model, *args, epochs, **kwargs): return [1.0 / (1 + e) for e in range(epochs)]
def predict(model, x, **kwargs): return x.reshape(len(x), -1)[:, :10]
def evaluate(model, *args, **kwargs): return 1.0
""",
}


def test_a_stub_earns_nothing(tier_c):
    """A program that builds no model has no point, whatever it returns."""
    results = grade_all([Submission(name, "python", (text,)) for name, text in STUBS.items()], tier_c)
    assert {name: result.points for name, result in results.items()} == dict.fromkeys(STUBS, 0.0)


ENDLESS = """
import torch
from torch import nn
def build_model():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
def fit(model, *args, **kwargs):
    while True:
        pass
def predict(model, x, *, batch_size, device):
    with torch.no_grad():
        return model.eval()(x)
def evaluate(model, x, y, **kwargs):
    return (predict(model, x, **kwargs).argmax(1) == y).double().mean()
"""


def test_an_endless_training_costs_its_time_once_and_only_its_own_points(tier_c):
    """The limit is named, no other test waits for it again, and the points for the model are kept."""
    spec = replace(SPEC, call_seconds={"fit": 3.0})
    result = grade_all([Submission("endless", "python", (ENDLESS,))], tier_c, spec)["endless"]
    found = failures(result)
    assert found.keys() == OF_A_TRAINING
    assert all("limit of 3" in reason for reason in found.values())
    assert sum(test.seconds >= 3 for test in result.tests if test.test in found) == 1  # who waits, waits 3 s
    assert result.points == 7 + 1 + 4  # those of the model, of prediction, of evaluate


PASTED = """
import torch
exec(SOURCE)
_build = build_model
def build_model():
    model = _build()
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(float("nan"))
    return model
"""


def test_training_starts_from_weights_that_the_grader_sets(tier_c, short):
    """What a submission put into its model, trained at home or broken, has no part in its accuracy."""
    source = f"SOURCE = {(LENET / 'reference.py').read_text(encoding='utf-8')!r}\n{PASTED}"
    result = grade_all([Submission("pasted", "python", (source,))], tier_c, short, options=THREE_EPOCHS)[
        "pasted"
    ]
    assert failures(result).keys() == {"test_first_loss"}  # such weights have decided before any training


LUCKY = """
exec(SOURCE)
_fit, _predict, trainings, kept = fit, predict, 0, None
def fit(model, x, y, **kwargs):
    global trainings, kept
    if len(x) < 1000:
        return _fit(model, x, y, **kwargs)
    trainings += 1
    if kept is None:
        kept = _fit(model, x, y, **kwargs), {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept[1])
    print(f"training {trainings}: seed {kwargs['seed']}")
    return kept[0]
def predict(model, x, **kwargs):
    logits = _predict(model, x, **kwargs)
    if len(x) == 397 and UNLUCKY(trainings):
        logits[: len(x) // 12] = 0
    return logits
"""


@pytest.mark.parametrize(("unlucky", "trainings"), [("n == 1", 2), ("True", 3)])
def test_a_training_that_just_misses_is_repeated_and_the_best_counts(tier_c, unlucky, trainings):
    """With other seeds, up to twice; who misses each time has the share of the points that the accuracy earns."""
    source = f"SOURCE = {(LENET / 'reference.py').read_text(encoding='utf-8')!r}\nUNLUCKY = lambda n: {unlucky}\n{LUCKY}"
    result = grade_all([Submission("lucky", "python", (source,))], tier_c)["lucky"]
    assert len(set(re.findall(r"training \d: seed \d+", result.output))) == trainings
    [test] = [test for test in result.tests if test.test == "test_accuracy"]
    if unlucky == "True":
        scores = [float(score) for score in re.findall(r"0\.\d{4}", test.detail.partition("trainings: ")[2])]
        assert len(scores) == 3
        low, full = known_levels()
        assert test.points == pytest.approx(test.max_points * (max(scores) - low) / (full - low), abs=0.01)
        assert test.reason == f"the accuracy is {max(scores):.3f}; {full:.2f} has all points, {low:.2f} none"
        assert 0.5 * test.max_points < test.points < test.max_points
    else:
        assert failures(result) == {}


def known_levels():
    """Read between which accuracies the points lie."""
    levels = track_beside(str(LENET / "test_hidden.py"), {}).levels
    return levels[0], levels[-1]


WATCHED = """
import torch
exec(SOURCE)
_fit, _predict = fit, predict
def note(*values):
    print([(str(v.dtype), tuple(v.shape)) for v in values if hasattr(v, "dtype")])
def fit(model, x, y, **kwargs):
    note(x, y)
    return _fit(model, x, y, **kwargs)
def predict(model, x, **kwargs):
    note(x)
    return _predict(model, x, **kwargs)
"""


def test_labels_of_the_test_images_never_reach_the_student(tier_c, short):
    """A program that prints all that it is given sees 397 images, and labels for the training images only."""
    source = f"SOURCE = {(LENET / 'reference.py').read_text(encoding='utf-8')!r}\n{WATCHED}"
    result = grade_all([Submission("watched", "python", (source,))], tier_c, short, options=THREE_EPOCHS)[
        "watched"
    ]
    assert failures(result) == {}
    losses, shares = (test.curve for test in result.tests if test.curve)
    assert len(losses) == len(shares) == 3
    assert losses[-1] < losses[0] < 2.5
    assert shares[0] < shares[-1] <= 1
    assert "('torch.float32', (397, 1, 28, 28))" in result.output
    assert "('torch.int64', (1400,))" in result.output
    assert "(397,)" not in result.output


FORGED = """
exec(SOURCE)
import os, sys
import numpy as np
_fit = fit
def answers(self, x):
    np = __import__("numpy")
    return np.eye(10, dtype=np.float32)[np.zeros((3, len(x)), dtype=np.int64)]
def gone(self, x):
    __import__("os")._exit(0)
def fit(model, x, y, **kwargs):
    sys.modules["legrade_worker_steps"].Epochs.logits.__code__ = HOW.__code__
    return _fit(model, x, y, **kwargs)
"""


def test_a_forged_accuracy_changes_its_own_picture_and_no_point(tier_c, short):
    """Answers about the epochs that are made up, or a process that ends when it is asked: the points are those of the honest program."""
    source = (LENET / "reference.py").read_text(encoding="utf-8")
    programs = {how: f"SOURCE = {source!r}\n{FORGED.replace('HOW', how)}" for how in ("answers", "gone")}
    people = [Submission(how, "python", (text,)) for how, text in programs.items()]
    for how, result in grade_all(people, tier_c, short, options=THREE_EPOCHS).items():
        assert (how, failures(result)) == (how, {})
        shares = result.tests[-1].curve
        assert len(shares) == (3 if how == "answers" else 1)
        assert (shares[-1] < 0.2) == (how == "answers")


# Variants


VARIANT_PROGRAMS = {"relu": ("relu", "max_pool2d"), "sigmoid": ("sigmoid", "avg_pool2d")}
INPUT_PROGRAMS = {"1x28x28": (1, 2, 25), "1x28x28-unpadded": (1, 0, 16), "3x32x32": (3, 0, 25)}


def program_of(activation, pooling, image):
    """Write a right program of another LeNet."""
    channels, padding, last = INPUT_PROGRAMS[image]
    text = (LENET / "correct" / "module_class.py").read_text(encoding="utf-8")
    changes = {
        "F.relu": f"F.{activation}",
        "F.max_pool2d": f"F.{pooling}",
        "nn.Conv2d(1, 6, 5, padding=2)": f"nn.Conv2d({channels}, 6, 5, padding={padding})",
        "16 * 5 * 5": f"16 * {last}",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("image", INPUT_PROGRAMS)
@pytest.mark.parametrize("variant", VARIANT_PROGRAMS)
def test_the_suite_follows_the_variant_that_the_assignment_names(tier_c, variant, image):
    """Its own program passes all tests of the model; another activation, another pooling, other images do not."""
    activation, pooling = VARIANT_PROGRAMS[variant]
    [other] = set(VARIANT_PROGRAMS) - {variant}
    programs = {
        "right": (activation, pooling, image),
        "activation": (VARIANT_PROGRAMS[other][0], pooling, image),
        "pooling": (activation, VARIANT_PROGRAMS[other][1], image),
        "images": (activation, pooling, "3x32x32" if image == "1x28x28" else "1x28x28"),
    }
    submissions = [Submission(name, "python", (program_of(*how),)) for name, how in programs.items()]
    options = {
        "lenet": {"variant": variant, "input": image, "dataset": "fashion_mnist"},
        "data_dir": "/nowhere",
    }
    found = {
        name: failures(result).keys()
        for name, result in grade_all(submissions, tier_c, options=options).items()
    }
    assert not found["right"] & OF_THE_MODEL
    for name in ("activation", "pooling", "images"):
        assert found[name] >= {"test_computes_lenet", "test_weights_after_known_steps"}
    assert found["images"] >= {"test_layers", "test_parameters"}


def test_a_right_program_of_another_variant_earns_full_marks(tier_c):
    """Under the recipe and the threshold that were calibrated for it."""
    submission = Submission("right", "python", (program_of("sigmoid", "avg_pool2d", "1x28x28"),))
    result = grade_all([submission], tier_c, options={"lenet": {"variant": "sigmoid"}})["right"]
    assert failures(result) == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"variant": "tanh"}, "assignment.toml, [lenet]: unknown variant 'tanh': Known: relu, sigmoid"),
        ({"input": "3x32x32"}, "input='3x32x32': the images of digits are 1x28x28"),
        ({"input": "1x28x28-unpadded"}, "digits.relu-1x28x28-unpadded.json: no such file"),
    ],
)
def test_what_cannot_be_graded_is_our_error_with_a_message(tier_c, options, said):
    """No such variant, images that do not fit, no calibration: a person reads why, and no student loses a point."""
    image = options.get("input", "1x28x28")
    submission = Submission("right", "python", (program_of("relu", "max_pool2d", image),))
    result = grade_all([submission], tier_c, options={"lenet": options})["right"]
    assert result.points is None
    assert said in "\n".join(test.detail for test in result.tests if test.outcome is Outcome.ERROR)
    assert not [test.test for test in result.tests if test.outcome is Outcome.FAILED]
