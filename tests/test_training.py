"""Training: the secret treatment, accuracy from logits, thresholds from recorded runs, operations on a model in the worker."""

import re
import tomllib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograder import calibration, datasets, tolerance, tracks, training
from autograder.beside import load_file, reference_beside
from autograder.datasets import Dataset, load
from autograder.errors import LimitHit, SpecError, StudentRaised
from autograder.testing import Mismatch
from autograder.training import accuracy, as_logits, cross_entropy, draw_secret, once, treat, withhold

ROOT = Path(__file__).resolve().parent.parent
LENET = ROOT / "solutions" / "lenet"
SHIPPED = sorted(path.stem for path in (LENET / "calibration").glob("*.json"))
seeds = st.integers(0, 2**32)


def rng(seed):
    """Make a generator."""
    return np.random.default_rng(seed)


def small_dataset():
    """Make 60 images of noise with labels."""
    x, y = rng(0).random((60, 1, 28, 28), dtype=np.float32), rng(1).integers(10, size=60)
    return Dataset("noise", x[:40], y[:40], x[40:], y[40:], "0" * 64)


# The secret treatment


@given(seeds)
def test_every_class_gets_the_name_of_another(seed):
    """What was learned elsewhere is wrong for every class."""
    classes = draw_secret(rng(seed)).classes
    assert sorted(classes) == list(range(10))
    assert all(old != new for old, new in enumerate(classes))


@given(seeds)
@settings(deadline=None)
def test_the_treatment_keeps_images_apart_and_grey_values_in_range(seed):
    """Different images stay different, in [0, 1], float32: nothing that could be learned is lost."""
    x = rng(seed).random((5, 1, 28, 28), dtype=np.float32)
    got = treat(x, draw_secret(rng(seed)))
    assert (got.dtype, got.shape) == (np.float32, x.shape)
    assert 0 <= got.min() <= got.max() <= 1
    assert len(np.unique(got.reshape(5, -1), axis=0)) == 5


def test_treatments_differ():
    """A student cannot count on one of them."""
    image = load("digits").x_train[:1]
    seen = {treat(image, draw_secret(rng(seed))).tobytes() for seed in range(200)}
    assert len(seen) == 200


def test_a_treatment_moves_no_ink_off_the_image():
    """The shift stays within the margin that the digits have."""
    x = load("digits").x_test[:20]
    for shift in [(2, 2), (-2, 2), (2, -2), (-2, -2)]:
        secret = training.Secret(
            0, mirrored=False, inverted=False, shift=shift, gamma=1.0, classes=tuple(range(10))
        )
        moved = treat(x, secret)
        np.testing.assert_array_equal(np.roll(moved, (-shift[0], -shift[1]), axis=(2, 3)), x)
        assert moved.sum() == pytest.approx(x.sum())


@given(seeds)
@settings(deadline=None, max_examples=20)
def test_every_image_keeps_its_own_label_and_both_parts_are_treated_alike(seed):
    """Shuffled, treated and renamed, each image still stands beside the new name of its class."""
    data, secret = small_dataset(), draw_secret(rng(seed))
    got = withhold(data, secret, rng(seed))
    for x, y, u, v in (
        (data.x_train, data.y_train, got.x_train, got.y_train),
        (data.x_test, data.y_test, got.x_test, got.y_test),
    ):
        want = {
            image.tobytes(): secret.classes[label] for image, label in zip(treat(x, secret), y, strict=True)
        }
        assert {image.tobytes(): label for image, label in zip(u, v, strict=True)} == want


def test_weights_trained_at_home_are_near_chance_here():
    """A model trained on the public digits reads hardly any of the treated ones, and never half of them."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    lenet, digits = load_file(LENET / "reference.py"), load("digits")
    model = lenet.build_model()
    recipe = asdict(training.RECIPES["digits"])
    lenet.fit(
        model,
        torch.from_numpy(digits.x_train),
        torch.from_numpy(digits.y_train),
        device="cpu",
        seed=0,
        **recipe,
    )

    def score(x, y):
        return accuracy(lenet.predict(model, torch.from_numpy(x), batch_size=200, device="cpu").numpy(), y)

    assert score(digits.x_test, digits.y_test) > 0.9
    treated = [withhold(digits, draw_secret(rng(seed)), rng(seed)) for seed in range(20)]
    scores = [score(data.x_test, data.y_test) for data in treated]
    assert np.mean(scores) < 0.15
    assert max(scores) < 0.45  # the lowest level that earns points


# Accuracy from logits


@given(
    arrays(np.float64, (7, 10), elements=st.integers(-3, 3).map(float)),
    arrays(np.int64, 7, elements=st.integers(0, 9)),
)
def test_an_image_counts_only_when_its_class_alone_has_the_largest_logit(logits, labels):
    """Equal logits are no answer, so constant logits earn nothing."""
    want = [
        sorted(row)[-2] < row[label] == max(row) for row, label in zip(logits.tolist(), labels, strict=True)
    ]
    assert accuracy(logits, labels) == pytest.approx(np.mean(want))


def test_the_cross_entropy_is_that_of_torch():
    """Large logits included."""
    import torch

    logits, labels = rng(0).normal(scale=200, size=(50, 10)), rng(1).integers(10, size=50)
    want = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels)).item()
    assert cross_entropy(logits, labels) == pytest.approx(want)


@pytest.mark.parametrize(
    ("got", "reason"),
    [
        (None, "predict returned a NoneType, expected floating-point logits (3, 10)"),
        (
            np.zeros(3, dtype=np.int64),
            "predict returned an array of int64, expected floating-point logits (3, 10)",
        ),
        (np.zeros((3, 9)), "predict's result has another shape than (3, 10)"),
        (np.full((3, 10), np.inf), "the logits hold NaN or infinity"),
    ],
)
def test_what_is_no_logits_is_refused_with_a_reason_for_the_student(got, reason):
    """The reason names the kind or the shape, never a value."""
    with pytest.raises(Mismatch) as caught:
        as_logits(got, 3)
    assert caught.value.reason == reason


# Costly things once


def test_a_value_or_a_fault_is_computed_once():
    """The second question gets the first answer, an exception of the student's code included."""
    cache, calls = {}, []

    def broken():
        calls.append(1)
        raise StudentRaised("ValueError")

    for _ in range(2):
        assert once(cache, "value", lambda: calls.append(1) or "v") == "v"
        with pytest.raises(StudentRaised, match="ValueError"):
            once(cache, "fault", broken)
    assert len(calls) == 2


def test_after_a_limit_nothing_more_is_waited_for():
    """A training that ran out of time costs its time once."""
    cache = {}

    def slow():
        raise LimitHit("more than 90 s")

    with pytest.raises(LimitHit):
        once(cache, "one", slow)
    with pytest.raises(LimitHit, match="90 s"):
        once(cache, "two", lambda: 1)


# Thresholds


def test_the_bound_holds_as_often_as_it_says():
    """In 95 of 100 repetitions all but 1 of 1,000 right solutions are above the bound (within the error of 600 repetitions)."""
    true = -3.0902  # the 0.001 quantile of the standard normal distribution
    held = [tolerance.tolerance_bound(rng(seed).standard_normal(30)) < true for seed in range(600)]
    assert 0.925 < np.mean(held) < 0.975


def test_too_few_runs_make_no_threshold():
    """A threshold from a handful of runs would be a guess."""
    with pytest.raises(SpecError, match="19 calibration runs, expected at least 20; pass a larger --runs"):
        tolerance.threshold([0.9] * 19, 100)


@given(st.lists(st.integers(300, 397).map(lambda n: n / 397), min_size=20, max_size=60))
@settings(deadline=None)
def test_a_threshold_is_below_the_mean_and_a_whole_percent(accuracies):
    """Runs without any spread, and perfect ones, have a threshold too."""
    found = tolerance.threshold(accuracies, 397)
    assert found <= np.mean(accuracies)
    assert found * 100 == pytest.approx(round(found * 100))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_threshold_follows_from_its_runs(name):
    """The raw runs are there, the threshold is theirs, no run is below it, the recipe is the current one."""
    known = calibration.from_json((LENET / "calibration" / f"{name}.json").read_text(encoding="utf-8"))
    scores = [run.accuracy for run in known.runs]
    assert known.threshold == tolerance.threshold(scores, known.images)
    assert (known.mean, known.spread) == (
        pytest.approx(np.mean(scores), abs=1e-6),
        pytest.approx(np.std(scores, ddof=1), abs=1e-6),
    )
    assert len(scores) >= tolerance.FEWEST
    assert min(scores) >= known.threshold
    assert known.recipe == tracks.recipe(known.dataset, variant=known.variant)
    assert calibration.file_name(known.dataset, known.variant) == f"{name}.json"
    assert all(run.train_loss < 3 * run.last_loss + 0.15 for run in known.runs)  # what the suite demands
    assert [run.seed for run in known.runs] == list(range(len(scores)))


def test_every_data_set_has_a_calibration():
    """What an assignment may name can be graded."""
    assert {name.partition(".")[0] for name in SHIPPED} == set(datasets.names())


def test_the_notebook_prints_the_recipe_and_a_threshold_a_little_above():
    """A student who reaches what the notebook prints reaches what the grader asks."""
    text = (ROOT / "assignments" / "lenet" / "lenet.py").read_text(encoding="utf-8")
    known = calibration.read_calibration(LENET / "calibration" / "digits.json", load("digits"))
    printed = float(re.search(r"reach \*\*(0\.\d+)\*\*", text)[1])
    assert known.threshold < printed <= known.threshold + 0.03
    assert f"accuracy >= {printed}" in text
    assert f"{known.recipe.epochs} epochs, {known.recipe.batch_size} images" in text
    assert f"`lr={known.recipe.lr}`" in text
    limits = tomllib.loads((LENET / "spec.toml").read_text(encoding="utf-8"))
    assert f"may take {limits['call_seconds']['fit']} seconds" in text


def test_a_suite_without_a_calibration_for_its_data_set_says_so(tmp_path):
    """The error is the course's, not the student's."""
    with pytest.raises(SpecError, match=r"digits\.json: no such file"):
        calibration.track_beside(str(tmp_path / "test_hidden.py"), {})
    with pytest.raises(
        SpecError,
        match=r"reference\.py: cannot be read \(No such file or directory\); expected a Python program",
    ):
        reference_beside(str(tmp_path / "test_hidden.py"))


# Operations on a model in the worker


def model():
    """Build a small model with every kind of layer that matters here."""
    from torch import nn

    return nn.Sequential(
        nn.LazyConv2d(2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Sequential(nn.LazyLinear(5))
    )


def test_layers_lists_the_leaves_in_the_order_they_run():
    """Name, output shape, parameters; lazy layers have their weights afterwards; statistics and mode stay."""
    from autograder.worker_models import layers, parameters

    made = model()
    made.train()
    found = layers(made, [4, 1, 5, 5])
    assert found == [
        ["Conv2d", [4, 2, 3, 3], 20],
        ["BatchNorm2d", [4, 2, 3, 3], 4],
        ["Flatten", [4, 18], 0],
        ["Linear", [4, 5], 95],
    ]
    assert parameters(made) == 119
    assert made.training
    assert int(made[1].num_batches_tracked) == 0
    assert layers(made, [4, 1, 5, 5]) == found  # no hook was left behind


def test_weights_that_were_set_are_the_weights():
    """They come back equal, on the same parameters, and other shapes are refused."""
    from autograder.worker_models import layers, set_weights, weights

    made = model()
    layers(made, (1, 1, 5, 5))
    own = list(made.parameters())
    values = [rng(0).random(w.shape, dtype=np.float32) for w in weights(made)]
    set_weights(made, values)
    assert all(one is other for one, other in zip(made.parameters(), own, strict=True))
    for got, want in zip(weights(made), values, strict=True):
        np.testing.assert_array_equal(got, want)
    with pytest.raises(ValueError, match="5 arrays: expected the shapes of the model's 6 parameters"):
        set_weights(made, values[:-1])


def test_what_is_no_model_is_refused():
    """The message says what build_model returned."""
    from autograder.worker_models import OPERATIONS

    for name in ("device", "layers", "parameters", "set_weights", "weights"):
        arguments = ([1],) if name in ("layers", "set_weights") else ()
        with pytest.raises(TypeError, match=r"build_model returned a dict, expected a torch\.nn\.Module"):
            OPERATIONS[name]({}, *arguments)


def test_the_device_is_one_that_torch_has():
    """A model starts on the CPU; the best device is a name that `fit` takes."""
    from autograder.worker_models import best_device, device, layers

    made = model()
    layers(made, (1, 1, 5, 5))
    assert device(made) == "cpu"
    assert best_device() in {"cpu", "cuda"}
