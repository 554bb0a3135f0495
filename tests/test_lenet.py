"""LeNet through the real grader: right programs have all points, each wrong one fails the tests that were made for it.

Here all programs train for three epochs instead of ten, with thresholds that were calibrated for three (`lenet_three_epochs.json`, made
by `legrade calibrate lenet --epochs 3 --runs 30`). All programs under the assignment's own recipe, in full isolation, are graded by
`make proof` (`kill_table`); its certificate is held here to the same expectations, and to `docs/lenet.md`.
"""

import shutil
from pathlib import Path

import pytest

from autograder.calibration import from_json
from autograder.course import load_spec
from autograder.grade import development_seed, grade
from autograder.model import Outcome, Part, Plan
from autograder.submission import read
from autograder.tolerance import threshold
from autograder.training import chances, miss
from proof import certificates, lenet_table
from question_bank.misconceptions import CATALOGUE

LENET = Path(__file__).resolve().parent.parent / "solutions" / "lenet"
SPEC = load_spec(LENET)
THREE = Path(__file__).with_name("lenet_three_epochs.json")
THREE_EPOCHS = {"lenet": {"epochs": 3}}
CORRECT = sorted(path.stem for path in (LENET / "correct").glob("*.py"))

MODEL = {"test_computes_lenet"}
KNOWN = {"test_losses_of_known_steps", "test_weights_after_known_steps"}
STEPS = {"test_steps_on_the_batches_seen"}
MEAN = {"test_losses_are_means_over_images"}
EVERY = {"test_every_image_in_every_epoch"}
SIZE = {"test_batch_size"}
ORDER = {"test_order_changes"}
SEED = {"test_order_follows_from_the_seed"}
UNSEEN = STEPS | MEAN | EVERY | SIZE | ORDER | SEED | {"test_training_mode"}
FIRST = {"test_first_loss"}
LOSS = {"test_loss_falls"}
STILL = {"test_every_layer_learns"}
SCORE = {"test_accuracy"}
MEASURED = {
    "test_accuracy_of_known_predictions",
    "test_accuracy_of_one_class",
    "test_evaluates_in_evaluation_mode",
}
CAUGHT_BY = {
    "accuracy-hard-coded": MEASURED,
    "accuracy-in-percent": MEASURED,
    "activation-forgotten": MODEL | KNOWN,
    "another-model-trained": KNOWN | UNSEEN | LOSS | STILL | SCORE,
    "another-optimizer": KNOWN | STEPS | MEAN | SCORE,
    "average-pooling-for-max": MODEL | {"test_weights_after_known_steps"},
    "batch-accuracies-averaged": {"test_accuracy_of_known_predictions"},
    "batch-losses-averaged": MEAN,
    "batch-size-ignored": KNOWN | SIZE,
    "classes-for-logits": MODEL | FIRST | LOSS | SCORE | {"test_logits", "test_predicts_in_evaluation_mode"},
    "conv-padding-forgotten": MODEL | KNOWN | {"test_layers", "test_parameters"},
    "convolutions-frozen": KNOWN | STILL,
    "drawn-with-replacement": EVERY,
    "epochs-ignored": KNOWN | EVERY | LOSS | MEAN,
    "evaluation-in-training-mode": {"test_predicts_in_evaluation_mode", "test_evaluates_in_evaluation_mode"},
    "first-batch-only": EVERY | LOSS | SCORE,
    "first-weights-too-large": FIRST,
    "gradient-ascent": KNOWN | STEPS | MEAN | LOSS | SCORE,
    "gradients-not-zeroed": KNOWN | STEPS | MEAN,
    "images-changed-in-place": {"test_leaves_its_arguments_alone"},
    "images-not-shuffled": ORDER | SEED,
    "labels-shuffled-apart": KNOWN | STEPS | MEAN | LOSS | SCORE,
    "largest-over-images": {"test_accuracy_of_known_predictions"},
    "last-batch-dropped": EVERY,
    "last-batch-loss": MEAN,
    "learning-rate-ignored": KNOWN | STEPS | MEAN,
    "learning-rate-times-1000": KNOWN | STEPS | MEAN | SCORE,
    "loss-divided-by-batch-size": STEPS,
    "loss-summed": STEPS | MEAN | LOSS | {"test_losses_of_known_steps"},
    "losses-made-up": KNOWN | UNSEEN | LOSS | STILL | SCORE,
    "model-reset-each-epoch": KNOWN | STEPS | MEAN | SCORE,
    "only-last-layer-trained": KNOWN | STEPS | STILL | SCORE,
    "optimizer-made-each-epoch": KNOWN | STEPS,
    "predictions-hard-coded": MODEL | LOSS | SCORE | {"test_predicts_in_evaluation_mode"},
    "predictions-shuffled": MODEL | SCORE | {"test_predicts_in_evaluation_mode", "test_logits"},
    "probabilities-for-logits": MODEL | {"test_predicts_in_evaluation_mode"},
    "same-order-each-epoch": ORDER,
    "seed-ignored": SEED,
    "softmax-before-loss": MODEL | KNOWN,
    "squared-error-for-classes": KNOWN | STEPS | MEAN | LOSS,
    "step-before-backward": STEPS,
    "training-in-evaluation-mode": {"test_training_mode"},
    "weights-pasted": KNOWN | UNSEEN | LOSS | SCORE,
    "weights-pasted-and-aligned": KNOWN | UNSEEN,
}
"""For each mistake the tests that must fail whatever the inputs are; others may fail too."""
NOT_AFTER_THREE_EPOCHS = {"losses-made-up": LOSS}
"""What shows under the full recipe only."""


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
    shutil.copy(THREE, folder / "calibration" / "digits.json")
    return load_spec(folder)


@pytest.fixture(scope="module")
def graded(tier_c, short):
    """Grade every program once, in one session; they are ours, so a plain process will do."""
    paths = [path for kind in ("correct", "mistakes") for path in sorted((LENET / kind).glob("*.py"))]
    return grade_all([read(path, name=path.stem) for path in paths], tier_c, short, options=THREE_EPOCHS)


@pytest.fixture(scope="module")
def certified():
    """What the kill table's certificate says of every program, under the assignment's own recipe."""
    return certificates.read("kill_table")["results"]["lenet"]


@pytest.mark.slow
@pytest.mark.parametrize("name", CORRECT)
def test_a_right_program_earns_full_marks(graded, certified, name):
    """Whatever its style: layers, order of statements, initial weights, loader, even Adam by hand."""
    assert failures(graded[name]) == {}
    assert graded[name].points == graded[name].max_points
    assert certified[f"correct/{name}"]["points"] == certified[f"correct/{name}"]["of"]


@pytest.mark.slow
@pytest.mark.parametrize("name", CAUGHT_BY)
def test_a_mistake_fails_the_tests_that_were_made_for_it(graded, certified, name):
    """It loses points, never all of them, and is a matter for no person; under the full recipe, too."""
    result, proved = graded[name], certified[f"mistakes/{name}"]
    assert CAUGHT_BY[name] - NOT_AFTER_THREE_EPOCHS.get(name, set()) <= failures(result).keys()
    assert 0 < result.points < result.max_points
    assert not result.needs_person
    assert CAUGHT_BY[name] <= set(proved["failed"])
    assert 0 < proved["points"] < proved["of"]


def test_the_thresholds_for_three_epochs_follow_from_their_runs():
    """They are no number of our choice, and lie well above guessing."""
    known = from_json(THREE.read_text(encoding="utf-8"))
    assert known.threshold == threshold([run.accuracy for run in known.runs], known.images)
    assert len(known.runs) == 30
    assert 0.5 < known.threshold < 0.91


def test_every_mistake_has_a_row_and_a_text():
    """No program without an expectation, none without words for the student."""
    assert {path.stem for path in (LENET / "mistakes").glob("*.py")} == CAUGHT_BY.keys()
    assert CAUGHT_BY.keys() <= CATALOGUE.keys()
    assert all(CATALOGUE[name].topic == "training" for name in CAUGHT_BY)
    assert len(CORRECT) >= 5


# The documentation


@pytest.mark.slow
def test_the_table_of_mistakes_in_the_docs_is_what_was_certified(graded, certified):
    """Each mistake with the tests that it fails and what it costs; renewed by `python -m proof.lenet_table`.

    Where a whole training decides, another processor's rounding may move a few images, and with them part of the points.
    """
    document = lenet_table.DOCUMENT.read_text(encoding="utf-8")
    written = lenet_table.read_mistakes(document)
    assert written.keys() == CAUGHT_BY.keys()
    for name, (costs, failed) in written.items():
        proved = certified[f"mistakes/{name}"]
        assert failed - {*lenet_table.LUCK} == set(proved["failed"]) - {*lenet_table.LUCK}, name
        lost = lenet_table.POINTS * (1 - proved["points"] / proved["of"])
        assert costs == pytest.approx(lost, abs=1.0), name
    assert lenet_table.weights_table(next(iter(graded.values()))) in document


def test_the_chances_of_error_in_the_docs_are_those_of_the_calibrations():
    """They follow from the recorded runs; every right program has all points in all but one of 1,000 gradings, at least.

    Renewed by `python -m proof.lenet_table --luck`.
    """
    assert lenet_table.luck_table() in lenet_table.DOCUMENT.read_text(encoding="utf-8")
    for known in lenet_table.calibrations().values():
        assert miss(*chances([run.accuracy for run in known.runs], known.images, known.threshold)) < 1e-3


def test_a_document_without_a_place_for_a_table_is_refused():
    """The message says which marker is missing."""
    with pytest.raises(
        ValueError, match=r"luck: no marker <!-- luck --> with an <!-- end -->; expected one in lenet\.md"
    ):
        lenet_table.filled("text", {"luck": "table"})
