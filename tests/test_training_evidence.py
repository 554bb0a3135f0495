"""What a training did: batches that were noted, the same steps taken here, and what is taken as a loss or a share."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.testing import Mismatch
from autograder.training import Recipe
from autograder.training_evidence import (
    apart,
    as_losses,
    as_share,
    draw_images,
    known_logits,
    mean_losses,
    replay,
    small_model,
    watch_fit,
)

pytestmark = pytest.mark.usefixtures("one_thread")
IMAGE = (1, 5, 4)
seeds = st.integers(0, 2**20)


class Here:
    """A student in this process, whose models are those of the worker's own operations."""

    def __init__(self, fit):
        self._fit = fit

    def ask(self, operation, *args):
        """Run an operation."""
        from autograder import worker_models, worker_probes

        return {**worker_models.OPERATIONS, **worker_probes.OPERATIONS}[operation](*args)

    def fit(self, model, x, y, **how):
        """Train as the worker would."""
        import torch

        return self._fit(model, torch.from_numpy(x.array), torch.from_numpy(y.array), **how)


def train(model, batches, x, y, lr, *, mode=True):
    """Take Adam's steps on batches that were chosen; the mean loss of each."""
    import torch
    from torch.nn import functional

    adam, losses = torch.optim.Adam(model.parameters(), lr=lr), []
    for batch in batches:
        loss = functional.cross_entropy(model.train(mode)(x[batch]), y[batch])
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return losses


def watch(fit, count=11, recipe=None, seed=0):
    """Watch a fit on a few small images."""
    rng = np.random.default_rng(seed)
    student = Here(fit)
    model = small_model(student, IMAGE, rng, training=False)
    recipe = recipe or Recipe(epochs=2, batch_size=4, lr=0.01)
    return watch_fit(student, model, draw_images(rng, count, IMAGE), recipe, device="cpu", seed=3)


def shuffled(model, x, y, *, epochs, batch_size, lr, device, seed):
    """Train as asked; weigh each batch with its images."""
    import torch

    torch.manual_seed(seed)
    batches = [part for _ in range(epochs) for part in torch.randperm(len(x)).split(batch_size)]
    losses = np.array(train(model, batches, x, y, lr)) * [len(batch) for batch in batches]
    return losses.reshape(epochs, -1).sum(axis=1) / len(x)


@settings(deadline=None, max_examples=25)
@given(st.integers(9, 30), st.integers(2, 8), st.integers(1, 3), seeds)
def test_the_same_batches_lead_to_the_same_weights_and_losses(count, batch_size, epochs, seed):
    """Whatever the sizes: what a right training does is repeated here to the rounding, and its losses with it."""
    if count % batch_size == 1:
        count += 1  # batch normalisation takes two images at least
    run = watch(shuffled, count, Recipe(epochs, batch_size, 0.01), seed)
    assert [sorted(part) for part in run.epochs] == [list(range(count))] * epochs
    losses, way = replay(run)
    assert apart(run.way, way) < 1e-4
    np.testing.assert_allclose(as_losses(run.losses, epochs), mean_losses(run, losses), atol=1e-5)
    assert apart(run.way, way) == apart(run.way, replay(run)[1])  # a replay leaves nothing behind


def test_forwards_that_only_measure_are_no_steps():
    """An accuracy after each epoch, without gradients, is nobody's batch."""

    def measuring(model, x, y, **how):
        import torch

        losses = shuffled(model, x, y, **how)
        with torch.no_grad():
            model.eval()(x)
        return losses

    assert watch(measuring).sizes == (4, 4, 3, 4, 4, 3)


def test_a_training_in_evaluation_mode_is_repeated_in_that_mode():
    """The mode is one thing, the steps another: a mistake in one costs nothing in the other."""
    batches = [np.arange(6), np.arange(5, 11)]
    run = watch(lambda model, x, y, *, lr, **_: train(model, batches, x, y, lr, mode=False))
    assert [training for training, _ in run.batches] == [False, False]
    assert apart(run.way, replay(run)[1]) < 1e-4


CHEATS = {
    "fit gave the images to no model": lambda *_, **__: [1.0, 0.5],
    "fit uses every image more than once": lambda model, x, *_, **__: [model.train()(x) for _ in range(50)],
    "other images than those that fit got": lambda model, x, *_, **__: model.train()(x * 0.3),
}


@pytest.mark.parametrize("reason", CHEATS)
def test_what_is_no_training_on_these_images_is_told(reason):
    """No batch, endless ones, other images: each is the student's doing, in words."""
    with pytest.raises(Mismatch, match=reason):
        watch(CHEATS[reason])


def test_batches_that_make_up_no_epochs_have_no_mean_loss():
    """Five batches in two epochs: the message says how many images each had."""
    run = watch(lambda model, x, y, *, lr, **_: train(model, [np.arange(4)] * 5, x, y, lr))
    with pytest.raises(Mismatch, match=r"epochs have different numbers of batches: \[4 4 4 4 4\]"):
        mean_losses(run, replay(run)[0])


def test_the_mode_shows_in_what_the_small_model_computes():
    """So a prediction in training mode is no rounding error: half of the answers and more are others."""
    import torch

    model = small_model(Here(None), (1, 28, 28), np.random.default_rng(0), training=True)
    x, _ = draw_images(np.random.default_rng(1), 60, (1, 28, 28))
    want = known_logits(model, x)
    with torch.no_grad():
        other = model.ours.train()(torch.from_numpy(x)).numpy()
    assert np.abs(other - want).max() > 0.5
    assert np.mean(other.argmax(axis=1) != want.argmax(axis=1)) > 0.1
    assert len(set(want.argmax(axis=1))) >= 4  # its answers differ, so a constant is seen


@pytest.mark.parametrize(
    ("got", "reason"),
    [
        (None, "fit did not return one loss for each epoch"),
        ("2.3", "fit did not return one loss for each epoch"),
        ("high", "fit returned no list of numbers"),
        ([1.0], "fit did not return one loss for each epoch"),
        ([[1.0, 2.0]], "fit did not return one loss for each epoch"),
        ([1.0, float("nan")], "a loss that fit returned is NaN or infinite"),
        ({"loss": 1.0}, "fit returned no list of numbers"),
    ],
)
def test_what_is_no_list_of_losses_is_refused(got, reason):
    """One finite number for each epoch; the reason shows none."""
    with pytest.raises(Mismatch) as caught:
        as_losses(got, 2)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("got", "reason"),
    [
        (None, "evaluate returned no number"),
        ("0.5", "evaluate returned no number"),
        (True, "evaluate returned no number"),
        ([0.5], "evaluate returned no number"),
        (np.zeros(3), "evaluate returned no number"),
        (97.5, "evaluate returned a number outside the range from 0 to 1"),
        (-0.1, "evaluate returned a number outside the range from 0 to 1"),
        (float("nan"), "evaluate returned a number outside the range from 0 to 1"),
    ],
)
def test_what_is_no_share_is_refused(got, reason):
    """A number from 0 to 1; percent are told."""
    with pytest.raises(Mismatch) as caught:
        as_share(got)
    assert caught.value.reason == reason


@pytest.mark.parametrize("got", [0, 1, 0.25, np.float32(0.25), np.array(0.25), np.array([0.25])])
def test_any_kind_of_number_is_a_share(got):
    """A tensor of one number comes as an array."""
    assert as_share(np.asarray(got) if isinstance(got, np.generic) else got) == float(
        np.asarray(got).ravel()[0]
    )
