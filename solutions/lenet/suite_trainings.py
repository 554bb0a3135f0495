# LEGRADE-CANARY solutions/lenet/suite_trainings.py
"""Trainings for the hidden suite: a few steps on one batch, a small model that is watched, and the whole recipe.

What tests share is computed once for each submission (`seen`, `replayed`, `trained`).
"""

from pathlib import Path

import numpy as np
import torch

from autograder.architectures import architecture_of, refuse_other_images
from autograder.beside import beside, reference_beside
from autograder.calibration import chosen_dataset, track_beside
from autograder.datasets import load
from autograder.errors import SpecError
from autograder.steps import within_steps
from autograder.testing import Tensor
from autograder.training import Recipe, draw_secret, once, withhold
from autograder.training_curves import follow
from autograder.training_evidence import (
    as_losses,
    draw_images,
    replay,
    small_model,
    values_of,
    watch_fit,
    way,
)

models = beside(__file__, "suite_models")

STEPS = {"epochs": 8, "batch_size": 64, "lr": 0.004, "seed": 5}
WATCHED = Recipe(epochs=3, batch_size=8, lr=0.01)
IMAGES = 35  # in batches of 8 the last has 3


def few_steps(student, options, rng):
    """Train on a few images from the same weights in the worker and here."""
    model, _ = models.build(student, options)
    flat = models.draw_weights(rng, options, models.GAIN[architecture_of(options).variant])
    x, y = draw_images(rng, 48, models.image(options))
    order = models.set_weights(student, model, flat)
    losses = as_losses(
        student.fit(model, Tensor(x), Tensor(y), device=options["device"], **STEPS), STEPS["epochs"]
    )
    start = [flat[i] for i in order]
    after = models.weights(student, model, start)
    ours = models.reference_model(flat, options)
    want = reference_beside(__file__).fit(
        ours, torch.from_numpy(x), torch.from_numpy(y), device="cpu", **STEPS
    )
    kept = [values.ravel() for values in values_of(ours)]
    return losses, np.asarray(want), way(start, after), way(start, [kept[i] for i in order])


def watched(student, options, rng, seed=None):
    """Train the small model on a few images, in batches of which the last is smaller."""
    model = small_model(student, models.image(options), rng, training=False)
    images = draw_images(rng, IMAGES, models.image(options))
    seed = int(rng.integers(1 << 31)) if seed is None else seed
    return watch_fit(student, model, images, WATCHED, device=options["device"], seed=seed)


def seen(student, options, rng):
    return once(student.cache, "watched", lambda: watched(student, options, rng))


def replayed(student, options, rng):
    return once(student.cache, "replayed", lambda: replay(seen(student, options, rng)))


def trained(student, options, rng):
    return once(student.cache, "trained", lambda: train(student, options, rng))


def train(student, options, rng):
    """Train on images with a secret treatment; the test images are sent after training, their labels never."""
    track = track_of(options)
    data = withhold(track.dataset, draw_secret(rng), rng)
    run = {"data": data, "track": track, "x": Tensor(data.x_train), "y": Tensor(data.y_train)}
    return run | fit_once(student, options, rng, run, followed=True)


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


def fit_once(student, options, rng, run, *, followed=False):
    """Train once by the recipe, from weights that we draw.

    So weights trained elsewhere are of no use, and the whole class starts alike. A model of another architecture starts
    from its own. One that is followed keeps its weights of each epoch for the picture.
    """
    model, _ = models.build(student, options)
    if sorted(w.size for w in models.weights(student, model)) == sorted(architecture_of(options).sizes):
        models.set_weights(student, model, models.draw_weights(rng, options))
    before, where, seed = models.weights(student, model), options["device"], int(rng.integers(1 << 31))
    recipe, x, y = run["track"].recipe, run["x"], run["y"]
    if followed:
        follow(student, model, recipe, len(y.array))
    got = within_steps(
        student, recipe, len(y.array), lambda: student.fit(model, x, y, device=where, seed=seed, **recipe)
    )
    changed = student.changed_arguments()
    after, x_test = models.weights(student, model, before), Tensor(run["data"].x_test)
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
