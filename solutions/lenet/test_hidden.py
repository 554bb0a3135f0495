# LEGRADE-CANARY solutions/lenet/test_hidden.py
"""Hidden suite for LeNet. A docstring is what the student reads."""

import numpy as np
import pytest
import torch

from autograder.calibration import reference_beside, track_beside
from autograder.testing import Handle, Mismatch, StudentFault, Tensor, assert_same
from autograder.training import accuracy, as_logits, cross_entropy, draw_secret, once, withhold

SIZES = (150, 6, 2400, 16, 48000, 120, 10080, 84, 840, 10)
FAN_IN = (25, 25, 150, 150, 400, 400, 120, 120, 84, 84)
TABLE = [((6, 28, 28), 156), ((16, 10, 10), 2416), ((120,), 48120), ((84,), 10164), ((10,), 850)]
STEPS = {"epochs": 8, "batch_size": 64, "lr": 0.004, "seed": 5}
ORDERS = {"epochs": 2, "batch_size": 8, "lr": 0.002}


def device(student):
    best = once(student.cache, "device", lambda: student.ask("best_device"))
    return "cuda" if best == "cuda" else "cpu"


def build(student, shape=(2, 1, 28, 28)):
    """Build a model and run zeros through it: the handle, and its leaf modules as (name, shape, parameters)."""
    model = student.build_model()
    if not isinstance(model, Handle):
        raise Mismatch("build_model returned no torch.nn.Module", type(model).__name__)
    try:
        rows = student.ask("layers", model, shape)
    except StudentFault as fault:
        raise Mismatch("build_model's result does not run on images (N, 1, 28, 28)", str(fault)) from None
    return model, rows


def weights(student, model, before=None):
    """Fetch the weights as flat float64 arrays; training must leave as many of the same sizes as there were before."""
    found = [np.asarray(w, dtype=np.float64).ravel() for w in student.ask("weights", model)]
    if before is not None and [w.size for w in found] != [w.size for w in before]:
        raise Mismatch("fit gave the model other weights than it had", str([w.size for w in found]))
    return found


def set_weights(student, model, flat):
    """Give the model's parameters, which LeNet's sizes tell apart, the values that we chose; return the order."""
    own = student.ask("weights", model)
    if sorted(w.size for w in own) != sorted(SIZES):
        raise Mismatch("the model's weights and biases are not those of LeNet", str([w.shape for w in own]))
    order = [SIZES.index(w.size) for w in own]
    student.ask("set_weights", model, [flat[i].reshape(w.shape) for i, w in zip(order, own, strict=True)])
    return order


def draw_weights(rng):
    bounds = [1 / np.sqrt(n) for n in FAN_IN]
    return [rng.uniform(-b, b, n).astype(np.float32) for b, n in zip(bounds, SIZES, strict=True)]


def reference_model(flat):
    model = reference_beside(__file__).build_model()
    with torch.no_grad():
        for parameter, values in zip(model.parameters(), flat, strict=True):
            parameter.copy_(torch.from_numpy(values).reshape(parameter.shape))
    return model


def draw_images(rng, count):
    x = rng.random((count, 1, 28, 28), dtype=np.float32)
    return x, rng.integers(10, size=count)


def as_losses(got, epochs):
    """Take what `fit` returned as one finite number for each epoch."""
    try:
        losses = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        raise Mismatch("fit returned no list of numbers", type(got).__name__) from None
    if losses.shape != (epochs,):
        raise Mismatch("fit did not return one loss for each epoch", f"{losses.shape} for {epochs}")
    if not np.isfinite(losses).all():
        raise Mismatch("a loss that fit returned is NaN or infinite", str(losses))
    return losses


def moved(before, after):
    """Distance that each parameter went, as one vector."""
    return np.concatenate([a - b for a, b in zip(after, before, strict=True)])


def apart(one, other):
    """Distance of two vectors, relative to the length of the second."""
    return float(np.linalg.norm(one - other) / max(np.linalg.norm(other), 1e-12))


# --- the model


@pytest.mark.weight(3)
@pytest.mark.parametrize("batch", [1, 5])
def test_layers(student, batch):
    """The layers with weights have LeNet's output shapes and numbers of parameters, for any batch size."""
    _, rows = build(student, (batch, 1, 28, 28))
    found = [
        (shape[:1] + tuple(np.trim_zeros(np.array(shape[1:]) - 1, "b") + 1), n) for _, shape, n in rows if n
    ]
    if found != [((batch, *shape), n) for shape, n in TABLE]:
        raise Mismatch("the output shapes or the parameters of the layers are not LeNet's", str(found))


@pytest.mark.weight(1)
def test_parameters(student):
    """The model has as many weights and biases as LeNet."""
    model, _ = build(student)
    count = student.ask("parameters", model)
    if count != 61706:
        raise Mismatch(f"the model has {count} parameters, expected 61706", "another model")


@pytest.mark.weight(3)
def test_computes_lenet(student, rng):
    """With weights that we set, the logits are LeNet's: ReLU, max pooling, no softmax at the end."""
    model, _ = build(student)
    flat, (x, _) = draw_weights(rng), draw_images(rng, 7)
    set_weights(student, model, flat)
    got = as_logits(student.predict(model, Tensor(x), batch_size=4, device=device(student)), 7)
    want = reference_beside(__file__).predict(
        reference_model(flat), torch.from_numpy(x), batch_size=7, device="cpu"
    )
    assert_same(got, want.numpy(), rtol=2e-3)


# --- training, followed exactly: with all images in one batch the order of the images does not matter


def few_steps(student, rng):
    """Train on a few images from the same weights in the worker and here."""
    model, _ = build(student)
    flat, (x, y) = draw_weights(rng), draw_images(rng, 48)
    order = set_weights(student, model, flat)
    losses = as_losses(
        student.fit(model, Tensor(x), Tensor(y), device=device(student), **STEPS), STEPS["epochs"]
    )
    start = [flat[i] for i in order]
    after = weights(student, model, start)
    ours = reference_model(flat)
    want = reference_beside(__file__).fit(
        ours, torch.from_numpy(x), torch.from_numpy(y), device="cpu", **STEPS
    )
    kept = [p.detach().numpy().astype(np.float64).ravel() for p in ours.parameters()]
    return losses, np.asarray(want), moved(start, after), moved(start, [kept[i] for i in order])


@pytest.mark.weight(1)
def test_losses_of_known_steps(student, rng):
    """Trained on one batch from weights that we set, fit returns the mean cross-entropy of each epoch."""
    losses, want, _, _ = once(student.cache, "steps", lambda: few_steps(student, rng))
    assert_same(losses, want, atol=0.01)


@pytest.mark.weight(3)
def test_weights_after_known_steps(student, rng):
    """Trained on one batch from weights that we set, the weights go where Adam takes them at the learning rate given."""
    _, _, got, want = once(student.cache, "steps", lambda: few_steps(student, rng))
    distance = apart(got, want)
    if not distance < 0.1:
        raise Mismatch("the weights after a few steps are not where Adam takes them", f"{distance:.3f} apart")


def three_runs(student, rng):
    """Train from the same weights with two seeds, one of them twice; the way that the weights went each time."""
    flat, (x, y) = draw_weights(rng), draw_images(rng, 40)
    runs = []
    for seed in (3, 3, 4):
        model, _ = build(student)
        order = set_weights(student, model, flat)
        student.fit(model, Tensor(x), Tensor(y), device=device(student), seed=seed, **ORDERS)
        start = [flat[i] for i in order]
        runs.append(moved(start, weights(student, model, start)))
    return runs


@pytest.mark.weight(1)
def test_order_follows_from_the_seed(student, rng):
    """The same seed repeats a training; another seed takes the images in another order."""
    one, again, other = once(student.cache, "orders", lambda: three_runs(student, rng))
    if not apart(again, one) < 0.02:
        raise Mismatch("the same seed gave another training", f"{apart(again, one):.4f} apart")
    if not apart(other, one) > 0.05:
        raise Mismatch("another seed gave the same training", f"{apart(other, one):.4f} apart")


# --- the whole training, once for each submission


def trained(student, options, rng):
    return once(student.cache, "trained", lambda: train(student, options, rng))


def train(student, options, rng):
    """Train on images with a secret treatment; the test images are sent after training, their labels never.

    Training starts from weights that we draw, as PyTorch does, so that weights trained elsewhere are of no use and
    the whole class starts alike. A model of another architecture starts from its own.
    """
    track = track_beside(__file__, options)
    data = withhold(track.dataset, draw_secret(rng), rng)
    model, _ = build(student)
    if sorted(w.size for w in weights(student, model)) == sorted(SIZES):
        set_weights(student, model, draw_weights(rng))
    before, where = weights(student, model), device(student)
    x, seed = Tensor(data.x_train), int(rng.integers(1 << 31))
    got = student.fit(model, x, Tensor(data.y_train), device=where, seed=seed, **track.recipe)
    changed = student.changed_arguments()
    after = weights(student, model, before)
    logits = [student.predict(model, Tensor(data.x_test), batch_size=n, device=where) for n in (128, 50)]
    changed += student.changed_arguments()
    own = student.predict(model, x, batch_size=128, device=where)
    return {
        "losses": got, "epochs": track.recipe["epochs"], "levels": track.levels, "before": before, "after": after,
        "logits": logits, "own": own, "changed": changed, "y_train": data.y_train, "y_test": data.y_test,
    }  # fmt: skip


@pytest.mark.weight(2)
def test_loss_falls(student, options, rng):
    """fit returns one loss for each epoch; they fall, and the last agrees with the model that it leaves behind."""
    run = trained(student, options, rng)
    losses = as_losses(run["losses"], run["epochs"])
    own = cross_entropy(as_logits(run["own"], len(run["y_train"])), run["y_train"])
    if not losses[-1] < 0.7 * losses[0]:
        raise Mismatch("the loss does not fall", str(losses))
    if not 0.2 * losses[-1] < own < 3 * losses[-1] + 0.15:
        raise Mismatch(
            "the last loss is not that of the model", f"{losses[-1]:.3f} returned, {own:.3f} found"
        )


@pytest.mark.weight(1)
def test_every_layer_learns(student, options, rng):
    """Training moves the weights and biases of every layer of the model that was passed in."""
    run = trained(student, options, rng)
    still = [b.size for b, a in zip(run["before"], run["after"], strict=True) if np.abs(a - b).max() < 1e-4]
    if still:
        raise Mismatch("fit leaves weights of the model as they were", f"parameters of the sizes {still}")


@pytest.mark.weight(1)
def test_leaves_its_arguments_alone(student, options, rng):
    """fit and predict leave the images and labels as they were."""
    if trained(student, options, rng)["changed"]:
        raise Mismatch(
            "fit or predict changed the images or labels in place", "arguments differ after the call"
        )


@pytest.mark.weight(1)
def test_logits(student, options, rng):
    """predict returns a row of ten finite logits for each image, the same for any batch size."""
    run = trained(student, options, rng)
    one, other = (as_logits(part, len(run["y_test"])) for part in run["logits"])
    assert_same(other, one, rtol=2e-3)


@pytest.mark.weight(6)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_accuracy(student, options, rng, level):
    """Trained by the assignment's recipe, the model recognises images that it has not seen; the last third needs the full accuracy."""
    run = trained(student, options, rng)
    score = accuracy(as_logits(run["logits"][0], len(run["y_test"])), run["y_test"])
    if score < run["levels"][level]:
        raise Mismatch(f"the accuracy is below {run['levels'][level]:.2f}", f"{score:.4f}")
