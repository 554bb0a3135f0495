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
from torch import nn

from autograder.architectures import architecture_of, refuse_other_images
from autograder.calibration import chosen_dataset, reference_beside, track_beside
from autograder.datasets import load
from autograder.errors import SpecError
from autograder.steps import within_steps
from autograder.testing import Handle, Mismatch, StudentFault, Tensor, assert_same, credit
from autograder.training import (
    accuracy,
    as_logits,
    cross_entropy,
    draw_secret,
    once,
    repeated,
    share_of_points,
    withhold,
)

STEPS = {"epochs": 8, "batch_size": 64, "lr": 0.004, "seed": 5}
WATCHED = {"epochs": 3, "batch_size": 8, "lr": 0.01}
IMAGES = 35  # in batches of 8 the last has 3
NAMES = 64  # images are told apart by their first pixel, a multiple of 1 / 64
HIDDEN = 12
GAIN = {"relu": 1, "sigmoid": 6}  # small weights would hide in a sigmoid what pooling does


def build(student, options, batch=2):
    """Build a model and run zeros through it: the handle, and its leaf modules as (name, shape, parameters)."""
    model = student.build_model()
    if not isinstance(model, Handle):
        raise Mismatch("build_model returned no torch.nn.Module", type(model).__name__)
    try:
        rows = student.ask("layers", model, (batch, *architecture_of(options).image))
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


def filled(model, flat):
    with torch.no_grad():
        for parameter, values in zip(model.parameters(), flat, strict=True):
            parameter.copy_(torch.from_numpy(values).reshape(parameter.shape))
    return model


def draw_images(rng, count, options):
    """Draw noise, each image with its name in the first pixel, and classes."""
    x = rng.random((count, *architecture_of(options).image), dtype=np.float32)
    x[:, 0, 0, 0] = (np.arange(count) + 1) % NAMES / NAMES
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
    x, _ = draw_images(rng, 7, options)
    set_weights(student, model, flat)
    got = as_logits(student.predict(model, Tensor(x), batch_size=4, device=options["device"]), 7)
    want = reference_beside(__file__).predict(
        reference_model(flat, options), torch.from_numpy(x), batch_size=7, device="cpu"
    )
    assert_same(got, want.numpy(), rtol=2e-3)


@pytest.mark.weight(1)
def test_first_loss(student, options, rng):
    """A new model has not decided yet: its cross-entropy is near the logarithm of the number of classes."""
    model, _ = build(student, options)
    x, y = draw_images(rng, 50, options)
    loss = cross_entropy(
        as_logits(student.predict(model, Tensor(x), batch_size=50, device=options["device"]), 50), y
    )
    if not abs(loss - np.log(10)) < 0.4:
        raise Mismatch(
            "a new model's loss is not near ln 10: its first weights are too large, or not random",
            f"{loss:.3f}",
        )


# --- training, followed exactly: with all images in one batch the order of the images does not matter


def few_steps(student, options, rng):
    """Train on a few images from the same weights in the worker and here."""
    model, _ = build(student, options)
    flat = draw_weights(rng, options, GAIN[architecture_of(options).variant])
    x, y = draw_images(rng, 48, options)
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
    kept = values_of(ours)
    return losses, np.asarray(want), moved(start, after), moved(start, [kept[i] for i in order])


def values_of(model):
    return [p.detach().numpy().astype(np.float64).ravel() for p in model.parameters()]


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


def watched_model(student, options, rng, *, training):
    """Make the model in the worker, in the mode given, and here: the handle, ours, and its weights."""
    inputs = int(np.prod(architecture_of(options).image))
    rows = [
        ["Watch"], ["Flatten"], ["Linear", inputs, HIDDEN, False], ["BatchNorm1d", HIDDEN], ["ReLU"],
        ["Linear", HIDDEN, 10],
    ]  # fmt: skip
    first = rng.standard_normal((HIDDEN, inputs))
    first = 4 * (first - first.mean(axis=1, keepdims=True)) / np.sqrt(inputs)  # what images share is not seen
    rest = [
        rng.uniform(0.5, 1.5, HIDDEN), rng.normal(0, 0.5, HIDDEN), rng.normal(0, 1, (10, HIDDEN)), rng.normal(0, 0.3, 10),
    ]  # fmt: skip
    flat = [w.astype(np.float32) for w in (first, *rest)]
    ours = nn.Sequential(*(nn.Identity() if n == "Watch" else getattr(nn, n)(*rest) for n, *rest in rows))
    model = student.ask("sequential", rows, training)
    student.ask("set_weights", model, flat)
    return model, filled(ours, flat), [w.astype(np.float64).ravel() for w in flat]


def images_of(names, count):
    """Tell which images a batch held."""
    found = np.rint(np.asarray(names, dtype=np.float64) * NAMES)
    if not (np.abs(names * NAMES - found) < 1e-3).all() or not ((found >= 1) & (found <= count)).all():
        raise Mismatch("the model was given other images than those that fit got", str(names[:5]))
    return found.astype(int) - 1


def watched(student, options, rng, seed=None):
    """Train the small model: the images and labels, the batches (training mode, images), losses and weights."""
    model, ours, start = watched_model(student, options, rng, training=False)
    x, y = draw_images(rng, IMAGES, options)
    seed = int(rng.integers(1 << 31)) if seed is None else seed
    got = student.fit(model, Tensor(x), Tensor(y), device=options["device"], seed=seed, **WATCHED)
    recorded = [note for note in student.ask("seen", model) if note[1]]  # others measure, and train nothing
    steps = [note for note in recorded if note[0]] or recorded
    if sum(len(names) for _, _, names in steps) > 4 * WATCHED["epochs"] * IMAGES:
        raise Mismatch("fit uses every image more than once in each epoch", f"{len(steps)} batches")
    batches = [(training, images_of(names, IMAGES)) for training, _, names in steps if len(names)]
    if not batches:
        raise Mismatch("fit gave the images to no model, or recorded no gradients", "no batch was seen")
    return {
        "x": x, "y": y, "batches": batches, "losses": got, "start": start, "ours": ours, "seed": seed,
        "moved": moved(start, weights(student, model, start)),
    }  # fmt: skip


def seen(student, options, rng):
    return once(student.cache, "watched", lambda: watched(student, options, rng))


def by_epoch(run):
    """Split the images that were used, in their order, into as many equal parts as there are epochs."""
    used = np.concatenate([images for _, images in run["batches"]])
    length = len(used) // WATCHED["epochs"]
    return [used[i * length : (i + 1) * length] for i in range(WATCHED["epochs"])]


@pytest.mark.weight(2)
def test_every_image_in_every_epoch(student, options, rng):
    """fit uses every image exactly once in each epoch, those of a smaller last batch too."""
    run = seen(student, options, rng)
    if any(sorted(part) != list(range(IMAGES)) for part in by_epoch(run)):
        counts = [len(set(part)) for part in by_epoch(run)]
        raise Mismatch(
            "fit does not use every image once in each epoch", f"{counts} different ones of {IMAGES}"
        )


@pytest.mark.weight(1)
def test_batch_size(student, options, rng):
    """fit takes batches of the size that was passed in; only the last one of an epoch may be smaller."""
    sizes = [len(images) for _, images in seen(student, options, rng)["batches"]]
    smaller = sum(size < WATCHED["batch_size"] for size in sizes)
    if max(sizes) > WATCHED["batch_size"] or smaller > WATCHED["epochs"]:
        raise Mismatch("fit takes batches of another size than the one passed in", str(sizes))


@pytest.mark.weight(1)
def test_order_changes(student, options, rng):
    """Every epoch takes the images in another order, and none in the order in which they came."""
    parts = [part.tolist() for part in by_epoch(seen(student, options, rng))]
    if any(part == sorted(part) for part in parts):
        raise Mismatch("an epoch takes the images in the order in which they came", str(parts))
    if any(part in parts[:i] for i, part in enumerate(parts)):
        raise Mismatch("two epochs take the images in the same order", str(parts))


@pytest.mark.weight(1)
def test_order_follows_from_the_seed(student, options, rng):
    """The same seed repeats a training; another seed takes the images in another order."""
    first = seen(student, options, rng)
    state, seed = rng.bit_generator.state, first["seed"]
    runs = []
    for again in (seed, seed, seed + 1):
        rng.bit_generator.state = state
        runs.append(watched(student, options, rng, again))
    one, same, other = (np.concatenate(by_epoch(run)).tolist() for run in runs)
    if one != same or not apart(runs[1]["moved"], runs[0]["moved"]) < 0.02:
        raise Mismatch("the same seed gave another training", f"{one[:9]}, then {same[:9]}")
    if one == other:
        raise Mismatch("another seed gave the same order", str(one[:9]))


def replay(run):
    """Take the batches that were seen through Adam here, in the modes that were seen: losses by batch, way of the weights."""
    model, x, y = run["ours"], torch.from_numpy(run["x"]), torch.from_numpy(run["y"])
    filled(model, [w.astype(np.float32) for w in run["start"]])
    adam, losses = torch.optim.Adam(model.parameters(), lr=WATCHED["lr"]), []
    for training, images in run["batches"]:
        if training and len(images) < 2:
            raise Mismatch("fit takes batches of another size than the one passed in", "one image")
        loss = nn.functional.cross_entropy(model.train(training)(x[images]), y[images])
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return losses, moved(run["start"], values_of(model))


def replayed(student, options, rng):
    return once(student.cache, "replayed", lambda: replay(seen(student, options, rng)))


@pytest.mark.weight(3)
def test_steps_on_the_batches_seen(student, options, rng):
    """Each batch makes one step of one Adam by the gradient of its own mean loss, whatever the model and however small the batch."""
    run = seen(student, options, rng)
    distance = apart(run["moved"], replayed(student, options, rng)[1])
    if not distance < 0.02:
        raise Mismatch(
            "the weights are not where Adam takes them on the batches that fit used", f"{distance:.4f} apart"
        )


@pytest.mark.weight(1)
def test_losses_are_means_over_images(student, options, rng):
    """The loss of an epoch is the mean over its images, each as it was at the step that used it."""
    run = seen(student, options, rng)
    got = as_losses(run["losses"], WATCHED["epochs"])
    sizes = np.array([len(images) for _, images in run["batches"]])
    if len(sizes) % WATCHED["epochs"]:
        raise Mismatch("epochs have different numbers of batches", str(sizes))
    losses = np.array(replayed(student, options, rng)[0]) * sizes
    want = losses.reshape(WATCHED["epochs"], -1).sum(axis=1) / sizes.reshape(WATCHED["epochs"], -1).sum(
        axis=1
    )
    assert_same(got, want, atol=2e-3)


@pytest.mark.weight(1)
def test_training_mode(student, options, rng):
    """fit trains in training mode, also a model that came in evaluation mode."""
    modes = [training for training, _ in seen(student, options, rng)["batches"]]
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
    model, ours, _ = watched_model(student, options, rng, training=True)
    x, _ = draw_images(rng, 13, options)
    with torch.no_grad():
        want = ours.eval()(torch.from_numpy(x)).numpy()
    for _ in range(2):
        got = student.predict(model, Tensor(x), batch_size=5, device=options["device"])
        assert_same(as_logits(got, 13), want, rtol=2e-3)


# --- accuracy, measured by the student's program on a model whose answers we know


def known_model(student, options, rng, *, training=False):
    """Make a model, and images whose largest logit stands clear of the others: the handle, images, largest logits."""
    model, ours, _ = watched_model(student, options, rng, training=training)
    x, _ = draw_images(rng, 400, options)
    with torch.no_grad():
        top = ours.eval()(torch.from_numpy(x)).topk(2, dim=1)
    clear = (top.values[:, 0] - top.values[:, 1]).numpy() > 0.2
    return model, x[clear], top.indices[:, 0].numpy()[clear]


def other_classes(rng, best):
    """Draw for each image a class that has not the largest logit."""
    return (best + rng.integers(1, 10, size=len(best))) % 10


def as_share(got):
    """Take what `evaluate` returned as a number from 0 to 1."""
    if not isinstance(got, (int, float, np.ndarray)) or isinstance(got, bool) or np.size(got) != 1:
        raise Mismatch("evaluate returned no number", type(got).__name__)
    share = float(np.asarray(got, dtype=np.float64).ravel()[0])
    if not 0 <= share <= 1:
        raise Mismatch("evaluate returned a number outside the range from 0 to 1", f"{share}")
    return share


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
    said = ", ".join(f"{float(one):.4f}" for one in scores)
    credit(
        share_of_points(max(scores), low, full),
        f"the accuracy is below {float(full):.2f}, which has all points",
        said,
    )
