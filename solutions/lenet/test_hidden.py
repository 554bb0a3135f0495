# LEGRADE-CANARY solutions/lenet/test_hidden.py
"""Hidden suite for LeNet. A docstring is what the student reads.

Training is looked at in three ways: LeNet from weights that we set, with all images in one batch, so that their order does not
matter; a small model of ours that notes what it is given, whose batches are then taken through the same steps here; and the whole
training by the assignment's recipe, judged by what it leads to.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.architectures import architecture_of, refuse_other_images
from autograder.calibration import chosen_dataset, reference_beside, track_beside
from autograder.datasets import load
from autograder.errors import SpecError
from autograder.steps import within_steps
from autograder.testing import Handle, Mismatch, StudentFault, Tensor, assert_same, credit
from autograder.training import (
    Recipe,
    accuracy,
    as_logits,
    cross_entropy,
    draw_secret,
    once,
    repeated,
    share_of_points,
    withhold,
)
from autograder.training_evidence import (
    apart,
    as_losses,
    as_share,
    draw_images,
    filled,
    known_logits,
    mean_losses,
    replay,
    small_model,
    values_of,
    watch_fit,
    way,
)

STEPS = {"epochs": 8, "batch_size": 64, "lr": 0.004, "seed": 5}
WATCHED = Recipe(epochs=3, batch_size=8, lr=0.01)
IMAGES = 35  # in batches of 8 the last has 3
GAIN = {"relu": 1, "sigmoid": 6}  # small weights would hide in a sigmoid what pooling does


def image(options):
    return architecture_of(options).image


def build(student, options, batch=2):
    """Build a model and run zeros through it: the handle, and its leaf modules as (name, shape, parameters)."""
    model = student.build_model()
    if not isinstance(model, Handle):
        raise Mismatch("build_model returned no torch.nn.Module", type(model).__name__)
    try:
        rows = student.ask("layers", model, (batch, *image(options)))
    except StudentFault as fault:
        raise Mismatch(
            "build_model's result does not run on the images of the assignment", str(fault)
        ) from None
    return model, rows


def weights(student, model, before=None):
    """Fetch the weights as flat float64 arrays; training must leave as many of the same sizes as there were before."""
    found = [np.asarray(w, dtype=np.float64).ravel() for w in student.ask("weights", model)]
    if before is not None and [w.size for w in found] != [w.size for w in before]:
        raise Mismatch("fit gave the model other weights than it had", str([w.size for w in found]))
    return found


def set_weights(student, model, flat):
    """Give the model's parameters, which LeNet's sizes tell apart, the values that we chose; return the order."""
    own, sizes = student.ask("weights", model), [w.size for w in flat]
    if sorted(w.size for w in own) != sorted(sizes):
        raise Mismatch("the model's weights and biases are not those of LeNet", str([w.shape for w in own]))
    order = [sizes.index(w.size) for w in own]
    student.ask("set_weights", model, [flat[i].reshape(w.shape) for i, w in zip(order, own, strict=True)])
    return order


def draw_weights(rng, options, gain=1):
    lenet = architecture_of(options)
    bounds = [gain / np.sqrt(n) for n in lenet.fan_in]
    return [rng.uniform(-b, b, n).astype(np.float32) for b, n in zip(bounds, lenet.sizes, strict=True)]


def reference_model(flat, options):
    model = reference_beside(__file__).build_lenet(**architecture_of(options).arguments)
    return filled(model, flat)


# --- the model


@pytest.mark.weight(2)
@pytest.mark.parametrize("batch", [1, 5])
def test_layers(student, options, batch):
    """The layers with weights have LeNet's output shapes and numbers of parameters, for any batch size."""
    _, rows = build(student, options, batch)
    found = [
        (shape[:1] + tuple(np.trim_zeros(np.array(shape[1:]) - 1, "b") + 1), n) for _, shape, n in rows if n
    ]
    want = [((batch, *shape), int(np.prod(w)) + w[0]) for shape, w in architecture_of(options).rows]
    if found != want:
        raise Mismatch("the output shapes or the parameters of the layers are not LeNet's", str(found))


@pytest.mark.weight(1)
def test_parameters(student, options):
    """The model has as many weights and biases as LeNet."""
    model, _ = build(student, options)
    count, want = student.ask("parameters", model), architecture_of(options).parameters
    if count != want:
        raise Mismatch(f"the model has {count} parameters, expected {want}", "another model")


@pytest.mark.weight(3)
def test_computes_lenet(student, options, rng):
    """With weights that we set, the logits are LeNet's: the activation and the pooling asked for, no softmax at the end."""
    model, _ = build(student, options)
    flat = draw_weights(rng, options, GAIN[architecture_of(options).variant])
    x, _ = draw_images(rng, 7, image(options))
    set_weights(student, model, flat)
    got = as_logits(student.predict(model, Tensor(x), batch_size=4, device=options["device"]), 7)
    want = reference_beside(__file__).predict(
        reference_model(flat, options), torch.from_numpy(x), batch_size=7, device="cpu"
    )
    assert_same(got, want.numpy(), rtol=2e-3)


@pytest.mark.weight(1)
def test_first_loss(student, options, rng):
    """A new model has hardly decided yet: its cross-entropy is not far from the logarithm of the number of classes."""
    model, _ = build(student, options)
    x, y = draw_images(rng, 50, image(options))
    loss = cross_entropy(
        as_logits(student.predict(model, Tensor(x), batch_size=50, device=options["device"]), 50), y
    )
    if not 1.5 < loss < 10:  # He's weights, the largest that are usual, give up to 6
        raise Mismatch("a new model's loss is far from ln 10: its first weights are too large", f"{loss:.3f}")


# --- training, followed exactly: with all images in one batch the order of the images does not matter


def few_steps(student, options, rng):
    """Train on a few images from the same weights in the worker and here."""
    model, _ = build(student, options)
    flat = draw_weights(rng, options, GAIN[architecture_of(options).variant])
    x, y = draw_images(rng, 48, image(options))
    order = set_weights(student, model, flat)
    losses = as_losses(
        student.fit(model, Tensor(x), Tensor(y), device=options["device"], **STEPS), STEPS["epochs"]
    )
    start = [flat[i] for i in order]
    after = weights(student, model, start)
    ours = reference_model(flat, options)
    want = reference_beside(__file__).fit(
        ours, torch.from_numpy(x), torch.from_numpy(y), device="cpu", **STEPS
    )
    kept = [values.ravel() for values in values_of(ours)]
    return losses, np.asarray(want), way(start, after), way(start, [kept[i] for i in order])


@pytest.mark.weight(1)
def test_losses_of_known_steps(student, options, rng):
    """Trained on one batch from weights that we set, fit returns the mean cross-entropy of each epoch."""
    losses, want, _, _ = once(student.cache, "steps", lambda: few_steps(student, options, rng))
    assert_same(losses, want, atol=0.01)


@pytest.mark.weight(2)
def test_weights_after_known_steps(student, options, rng):
    """Trained on one batch from weights that we set, the weights go where Adam takes them at the learning rate given."""
    _, _, got, want = once(student.cache, "steps", lambda: few_steps(student, options, rng))
    distance = apart(got, want)
    if not distance < 0.1:
        raise Mismatch("the weights after a few steps are not where Adam takes them", f"{distance:.3f} apart")


# --- training, watched: a small model of ours with batch normalisation notes every batch that it is given


def watched(student, options, rng, seed=None):
    """Train the small model on a few images, in batches of which the last is smaller."""
    model = small_model(student, image(options), rng, training=False)
    images = draw_images(rng, IMAGES, image(options))
    seed = int(rng.integers(1 << 31)) if seed is None else seed
    return watch_fit(student, model, images, WATCHED, device=options["device"], seed=seed)


def seen(student, options, rng):
    return once(student.cache, "watched", lambda: watched(student, options, rng))


@pytest.mark.weight(2)
def test_every_image_in_every_epoch(student, options, rng):
    """fit uses every image exactly once in each epoch, those of a smaller last batch too."""
    parts = seen(student, options, rng).epochs
    if any(sorted(part) != list(range(IMAGES)) for part in parts):
        counts = [len(set(part)) for part in parts]
        raise Mismatch(
            "fit does not use every image once in each epoch", f"{counts} different ones of {IMAGES}"
        )


@pytest.mark.weight(1)
def test_batch_size(student, options, rng):
    """fit takes batches of the size that was passed in; only the last one of an epoch may be smaller."""
    sizes = seen(student, options, rng).sizes
    smaller = sum(size < WATCHED.batch_size for size in sizes)
    if max(sizes) > WATCHED.batch_size or smaller > WATCHED.epochs:
        raise Mismatch("fit takes batches of another size than the one passed in", str(sizes))


@pytest.mark.weight(1)
def test_order_changes(student, options, rng):
    """Every epoch takes the images in another order, and none in the order in which they came."""
    parts = seen(student, options, rng).epochs
    if any(part == sorted(part) for part in parts):
        raise Mismatch("an epoch takes the images in the order in which they came", str(parts))
    if any(part in parts[:i] for i, part in enumerate(parts)):
        raise Mismatch("two epochs take the images in the same order", str(parts))


@pytest.mark.weight(1)
def test_order_follows_from_the_seed(student, options, rng):
    """The same seed repeats a training; another seed takes the images in another order."""
    first = seen(student, options, rng)
    state, seed = rng.bit_generator.state, first.seed
    runs = []
    for again in (seed, seed, seed + 1):
        rng.bit_generator.state = state
        runs.append(watched(student, options, rng, again))
    one, same, other = (run.epochs for run in runs)
    if one != same or not apart(runs[1].way, runs[0].way) < 0.02:
        raise Mismatch("the same seed gave another training", f"{one[0][:9]}, then {same[0][:9]}")
    if one == other:
        raise Mismatch("another seed gave the same order", str(one[0][:9]))


def replayed(student, options, rng):
    return once(student.cache, "replayed", lambda: replay(seen(student, options, rng)))


@pytest.mark.weight(3)
def test_steps_on_the_batches_seen(student, options, rng):
    """Each batch makes one step of one Adam by the gradient of its own mean loss, whatever the model and however small the batch."""
    run = seen(student, options, rng)
    distance = apart(run.way, replayed(student, options, rng)[1])
    if not distance < 0.02:
        raise Mismatch(
            "the weights are not where Adam takes them on the batches that fit used", f"{distance:.4f} apart"
        )


@pytest.mark.weight(1)
def test_losses_are_means_over_images(student, options, rng):
    """The loss of an epoch is the mean over its images, each as it was at the step that used it."""
    run = seen(student, options, rng)
    got = as_losses(run.losses, WATCHED.epochs)
    want = mean_losses(run, replayed(student, options, rng)[0])
    assert_same(got, want, atol=2e-3)


@pytest.mark.weight(1)
def test_training_mode(student, options, rng):
    """fit trains in training mode, also a model that came in evaluation mode."""
    modes = [training for training, _ in seen(student, options, rng).batches]
    if not all(modes):
        raise Mismatch("fit trains in evaluation mode", f"{modes.count(False)} of {len(modes)} batches")


# --- the whole training, once for each submission


def trained(student, options, rng):
    return once(student.cache, "trained", lambda: train(student, options, rng))


def train(student, options, rng):
    """Train on images with a secret treatment; the test images are sent after training, their labels never."""
    track = track_of(options)
    data = withhold(track.dataset, draw_secret(rng), rng)
    run = {"data": data, "track": track, "x": Tensor(data.x_train), "y": Tensor(data.y_train)}
    return run | fit_once(student, options, rng, run)


def track_of(options):
    """Load what is trained on, calibrated for the architecture; images that do not fit are named first."""
    lenet = architecture_of(options)
    try:
        return track_beside(__file__, {**options, "variant": lenet.name})
    except SpecError:
        folder = options.get("data_dir")
        dataset = load(chosen_dataset(options), None if folder is None else Path(folder))
        refuse_other_images(lenet, dataset.name, dataset.x_train.shape[1:])
        raise


def fit_once(student, options, rng, run):
    """Train once by the recipe, from weights that we draw.

    So weights trained elsewhere are of no use, and the whole class starts alike. A model of another architecture starts
    from its own.
    """
    model, _ = build(student, options)
    if sorted(w.size for w in weights(student, model)) == sorted(architecture_of(options).sizes):
        set_weights(student, model, draw_weights(rng, options))
    before, where, seed = weights(student, model), options["device"], int(rng.integers(1 << 31))
    recipe, x, y = run["track"].recipe, run["x"], run["y"]
    got = within_steps(
        student, recipe, len(y.array), lambda: student.fit(model, x, y, device=where, seed=seed, **recipe)
    )
    changed = student.changed_arguments()
    after, x_test = weights(student, model, before), Tensor(run["data"].x_test)
    logits = student.predict(model, x_test, batch_size=128, device=where)
    changed += student.changed_arguments()
    return {
        "model": model,
        "losses": got,
        "before": before,
        "after": after,
        "logits": logits,
        "changed": changed,
    }


@pytest.mark.weight(1)
def test_loss_falls(student, options, rng, curve):
    """fit returns one loss for each epoch; they fall, and the last agrees with the model that it leaves behind."""
    run = trained(student, options, rng)
    losses = as_losses(run["losses"], run["track"].recipe["epochs"])
    curve(losses)
    y = run["data"].y_train
    own = student.predict(run["model"], run["x"], batch_size=128, device=options["device"])
    found = cross_entropy(as_logits(own, len(y)), y)
    if not losses[-1] < run["track"].fall * losses[0]:
        raise Mismatch("the loss does not fall", str(losses))
    if not 0.2 * losses[-1] < found < 3 * losses[-1] + 0.15:
        raise Mismatch(
            "the last loss is not that of the model", f"{losses[-1]:.3f} returned, {found:.3f} found"
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


# --- prediction


@pytest.mark.weight(1)
def test_logits(student, options, rng):
    """predict returns a row of ten finite logits for each image, the same for any batch size."""
    run = trained(student, options, rng)
    x = Tensor(run["data"].x_test)
    other = student.predict(run["model"], x, batch_size=50, device=options["device"])
    one, other = (as_logits(part, len(x.array)) for part in (run["logits"], other))
    assert_same(other, one, rtol=2e-3)


@pytest.mark.weight(1)
def test_predicts_in_evaluation_mode(student, options, rng):
    """predict computes in evaluation mode, whatever mode the model came in, and leaves it as it was."""
    model = small_model(student, image(options), rng, training=True)
    x, _ = draw_images(rng, 13, image(options))
    want = known_logits(model, x)
    for _ in range(2):
        got = student.predict(model.handle, Tensor(x), batch_size=5, device=options["device"])
        assert_same(as_logits(got, 13), want, rtol=2e-3)


# --- accuracy, measured by the student's program on a model whose answers we know


def known_model(student, options, rng, *, training=False):
    """Make a model, and images whose largest logit stands clear of the others: the handle, images, largest logits."""
    model = small_model(student, image(options), rng, training=training)
    x, _ = draw_images(rng, 400, image(options))
    logits = known_logits(model, x)
    second, first = np.sort(logits, axis=1)[:, -2:].T
    clear = first - second > 0.2
    return model.handle, x[clear], logits.argmax(axis=1)[clear]


def other_classes(rng, best):
    """Draw for each image a class that has not the largest logit."""
    return (best + rng.integers(1, 10, size=len(best))) % 10


def check_share(student, options, model, images, right, batch_size):
    """Compare what `evaluate` says of images and their classes with the share that we know."""
    x, y = images
    got = as_share(
        student.evaluate(model, Tensor(x), Tensor(y), batch_size=batch_size, device=options["device"])
    )
    if student.changed_arguments():
        raise Mismatch("evaluate changed the images or labels in place", "arguments differ after the call")
    if not abs(got - right / len(y)) < 1e-4:
        raise Mismatch(
            "evaluate returned another share than that of the images it gets right",
            f"{got:.4f} for {right}/{len(y)}",
        )


@pytest.mark.weight(2)
def test_accuracy_of_known_predictions(student, options, rng):
    """evaluate counts images, so that a smaller last batch counts less, and whatever the batch size."""
    model, x, best = known_model(student, options, rng)
    for count, wrong, batch_size in ((23, 6, 10), (9, 2, 4), (16, 5, 16)):
        y = best[:count].copy()
        y[-wrong:] = other_classes(rng, y[-wrong:])  # all images of a smaller last batch are wrong
        check_share(student, options, model, (x[:count], y), count - wrong, batch_size)


@pytest.mark.weight(1)
def test_accuracy_of_one_class(student, options, rng):
    """evaluate is right where all images are of one class, where all are recognised, and where none is."""
    model, x, best = known_model(student, options, rng)
    common = np.bincount(best).argmax()
    picked = np.concatenate([np.flatnonzero(best == common)[:4], np.flatnonzero(best != common)[:8]])
    rng.shuffle(picked)
    y = np.full(len(picked), common)
    check_share(student, options, model, (x[picked], y), int((best[picked] == common).sum()), 5)
    check_share(student, options, model, (x[:12], best[:12]), 12, 5)
    check_share(student, options, model, (x[:12], other_classes(rng, best[:12])), 0, 5)


@pytest.mark.weight(1)
def test_evaluates_in_evaluation_mode(student, options, rng):
    """evaluate measures in evaluation mode, whatever mode the model came in, and leaves it as it was."""
    model, x, best = known_model(student, options, rng, training=True)
    y = best[:37].copy()
    y[::5] = other_classes(rng, y[::5])
    for _ in range(2):
        check_share(student, options, model, (x[:37], y), 37 - 8, 8)


# --- accuracy of what was trained; last, because it may train again


@pytest.mark.weight(8)
def test_accuracy(student, options, rng):
    """Trained by the assignment's recipe, the model recognises images that it has not seen; the points grow with the accuracy."""
    run = trained(student, options, rng)
    labels = run["data"].y_test
    low, full = (Fraction(str(level)) for level in (run["track"].levels[0], run["track"].levels[-1]))

    def score(logits):
        return Fraction(round(accuracy(as_logits(logits, len(labels)), labels) * len(labels)), len(labels))

    def again(_):
        try:
            return score(fit_once(student, options, rng, run)["logits"])
        except (Mismatch, StudentFault):
            return Fraction(0)  # what the first training earned stays

    scores = repeated(score(run["logits"]), again, full)
    reached = (
        f"the accuracy is {float(max(scores)):.3f}; {float(full):.2f} has all points, {float(low):.2f} none"
    )
    said = ", ".join(f"{float(one):.4f}" for one in scores)
    credit(share_of_points(max(scores), low, full), reached, f"trainings: {said}")
