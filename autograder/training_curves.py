"""How accurate a model was after each epoch of its training: a picture for its student, on which no point hangs.

The worker keeps the model's weights after each epoch (`worker_steps.py`) and answers, when all points are settled, what the model says
with each of them about images that were held back; the accuracy is worked out here, with labels that the worker never had. It can be had
where the training passes every batch through the model once, as most do; elsewhere there is the accuracy at the end.

A program that forges weights or answers changes its own picture. Accuracies are rounded to hundredths: they tell little of the labels.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.errors import StudentFault
from autograder.steps import steps_of
from autograder.testing import Handle, Mismatch, Student, Tensor
from autograder.training import accuracy, as_logits

MOST_IMAGES = 2000
"""On which the accuracy is measured; the images come in random order."""
SECONDS = 20.0
"""What all epochs together may take."""


def follow(student: Student, model: Handle, recipe: Mapping[str, Any], images: int) -> None:
    """Let the worker keep the weights of a model whose training begins now; that it cannot costs nothing."""
    epochs = int(recipe["epochs"])
    with suppress(StudentFault):
        student.ask("follow_epochs", model, steps_of(recipe, images) // epochs, epochs)


def accuracies(
    student: Student, x: NDArray[np.float32], y: NDArray[np.int64], epochs: int
) -> tuple[float, ...]:
    """Measure the accuracy after each epoch of the training that was followed.

    To be asked when all points are settled, for what a program does now is its last word.

    Args:
        student: the submission.
        x: images (N, C, H, W), of which `MOST_IMAGES` are used.
        y: their classes.
        epochs: of the recipe.

    Returns:
        One number for each epoch, in hundredths; none where they cannot be had.
    """
    few, labels = x[:MOST_IMAGES], y[:MOST_IMAGES]
    try:
        found = student.ask("epoch_logits", Tensor(few), seconds=SECONDS)
        each = [] if found is None else [as_logits(logits, len(labels)) for logits in found[: epochs + 1]]
    except (StudentFault, Mismatch):
        return ()
    return tuple(round(accuracy(logits, labels), 2) for logits in each) if len(each) == epochs else ()
