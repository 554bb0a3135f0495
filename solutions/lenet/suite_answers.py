# LEGRADE-CANARY solutions/lenet/suite_answers.py
"""Models whose answers we know, for the tests of prediction and accuracy."""

import numpy as np

from autograder.beside import beside
from autograder.testing import Mismatch, Tensor
from autograder.training_evidence import as_share, draw_images, known_logits, small_model

models = beside(__file__, "suite_models")


def known_model(student, options, rng, *, training=False):
    """Make a model, and images whose largest logit stands clear of the others: the handle, images, largest logits."""
    model = small_model(student, models.image(options), rng, training=training)
    x, _ = draw_images(rng, 400, models.image(options))
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
