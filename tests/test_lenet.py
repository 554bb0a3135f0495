"""LeNet through the real grader: right programs have all points, each wrong one fails the tests that were made for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import load_spec
from autograder.grade import development_seed, grade
from autograder.model import Outcome, Part, Plan
from autograder.submission import Submission, read
from question_bank.misconceptions import CATALOGUE

LENET = Path(__file__).resolve().parent.parent / "solutions" / "lenet"
SPEC = load_spec(LENET)
CORRECT = sorted(path.stem for path in (LENET / "correct").glob("*.py"))

MODEL = {"test_computes_lenet"}
STEPS = {"test_losses_of_known_steps", "test_weights_after_known_steps"}
PATH = {"test_weights_after_known_steps"}
LOSS = {"test_loss_falls"}
SCORE = {"test_accuracy"}
SEED = {"test_order_follows_from_the_seed"}
STILL = {"test_every_layer_learns"}
CAUGHT_BY = {
    "activation-forgotten": MODEL | STEPS,
    "another-model-trained": PATH | SEED | LOSS | STILL | SCORE,
    "another-optimizer": STEPS | SCORE,
    "average-pooling-for-max": MODEL | PATH,
    "classes-for-logits": MODEL | LOSS | SCORE | {"test_logits"},
    "conv-padding-forgotten": MODEL | {"test_layers", "test_parameters"},
    "convolutions-frozen": PATH | STILL,
    "epochs-ignored": STEPS | LOSS,
    "gradient-ascent": STEPS | LOSS | SCORE,
    "gradients-not-zeroed": STEPS,
    "images-changed-in-place": PATH | {"test_leaves_its_arguments_alone"},
    "images-not-shuffled": SEED,
    "labels-shuffled-apart": PATH | LOSS | SCORE,
    "learning-rate-ignored": STEPS,
    "learning-rate-times-1000": STEPS | SCORE,
    "loss-summed": LOSS | {"test_losses_of_known_steps"},
    "losses-made-up": STEPS | SEED | LOSS | STILL | SCORE,
    "only-last-layer-trained": STEPS | STILL | SCORE,
    "optimizer-made-each-epoch": STEPS,
    "predictions-hard-coded": MODEL | LOSS | SCORE,
    "probabilities-for-logits": MODEL,
    "softmax-before-loss": MODEL | STEPS,
    "squared-error-for-classes": STEPS | LOSS,
    "step-before-backward": STEPS | LOSS | SCORE,
}
"""For each mistake the tests that must fail whatever the inputs are; others may fail too."""


def grade_all(submissions, sandbox, spec=SPEC, seed=0, options=None):
    """Grade by the suite's own weights."""
    plan = Plan("lenet", (Part(spec, None, frozenset()),))
    grades = grade(submissions, plan, sandbox=sandbox, seed=development_seed(seed), options=options)
    return {result.submission: result for result in grades}


def failures(result):
    """Name the tests that did not pass, and why."""
    return {test.test: test.reason for test in result.tests if test.outcome is not Outcome.PASSED}


@pytest.fixture(scope="module")
def graded(tier_c):
    """Grade every program once, in one session; they are ours, so a plain process will do."""
    paths = [path for kind in ("correct", "mistakes") for path in sorted((LENET / kind).glob("*.py"))]
    return grade_all([read(path, name=path.stem) for path in paths], tier_c)


@pytest.mark.slow
@pytest.mark.parametrize("name", CORRECT)
def test_a_right_program_earns_full_marks(graded, name):
    """Whatever its style: layers, order of statements, initial weights, loader, even Adam by hand."""
    assert failures(graded[name]) == {}
    assert graded[name].points == graded[name].max_points


@pytest.mark.slow
@pytest.mark.parametrize("name", CAUGHT_BY)
def test_a_mistake_fails_the_tests_that_were_made_for_it(graded, name):
    """It loses points, never all of them, and is a matter for no person."""
    result = graded[name]
    assert CAUGHT_BY[name] <= failures(result).keys()
    assert 0 < result.points < result.max_points
    assert not result.needs_person


def test_every_mistake_has_a_row_and_a_text():
    """No program without an expectation, none without words for the student."""
    assert {path.stem for path in (LENET / "mistakes").glob("*.py")} == CAUGHT_BY.keys()
    assert CAUGHT_BY.keys() <= CATALOGUE.keys()
    assert all(CATALOGUE[name].topic == "training" for name in CAUGHT_BY)
    assert len(CORRECT) >= 5


def test_a_right_program_earns_full_marks_in_full_isolation(tier_a):
    """The sandbox leaves all that training needs, under other secrets too."""
    paths = [LENET / "reference.py", LENET / "correct" / "sequential_dataloader.py"]
    for seed in (1, 2):
        for name, result in grade_all([read(path) for path in paths], tier_a, seed=seed).items():
            assert (name, failures(result)) == (name, {})


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_a_right_program_earns_full_marks_on_other_data(tier_c, data_dir, name):
    """An assignment may name another data set; its own recipe and levels are used."""
    options = {"lenet": {"dataset": name}, "data_dir": data_dir}
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
        return model(x)
"""


def test_an_endless_training_costs_its_time_once_and_only_its_own_points(tier_c):
    """The limit is named, no other test waits for it again, and the points for the model are kept."""
    spec = replace(SPEC, call_seconds={"fit": 3.0})
    result = grade_all([Submission("endless", "python", (ENDLESS,))], tier_c, spec)["endless"]
    assert sum(test.seconds for test in result.tests) < 5.5
    found = failures(result)
    assert not found.keys() & {"test_layers", "test_parameters", "test_computes_lenet"}
    assert all("3" in reason for reason in found.values())
    assert result.points == 7


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


def test_training_starts_from_weights_that_the_grader_sets(tier_c):
    """What a submission put into its model, trained at home or broken, has no part in its accuracy."""
    source = f"SOURCE = {(LENET / 'reference.py').read_text(encoding='utf-8')!r}\n{PASTED}"
    result = grade_all([Submission("pasted", "python", (source,))], tier_c)["pasted"]
    assert failures(result) == {}


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


def test_labels_of_the_test_images_never_reach_the_student(tier_c):
    """A program that prints all that it is given sees 397 images, and labels for the training images only."""
    source = f"SOURCE = {(LENET / 'reference.py').read_text(encoding='utf-8')!r}\n{WATCHED}"
    result = grade_all([Submission("watched", "python", (source,))], tier_c)["watched"]
    assert failures(result) == {}
    assert "('torch.float32', (397, 1, 28, 28))" in result.output
    assert "('torch.int64', (1400,))" in result.output
    assert "(397,)" not in result.output
