"""What a student's training did and returned: a small model of ours notes its batches, and the same steps are taken here.

The model has batch normalisation, so that the mode in which it is used shows in what it computes. Its first layer notes the mode and
the images of each batch (`worker_probes.py`); images are told apart by their first pixel. Notes are evidence from the worker: they
count for something because the weights that a training leaves behind have to be those that Adam reaches on the batches noted.

For training suites, beside `training`. torch is imported where it is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.testing import Mismatch, Student, Tensor
from autograder.training import Recipe

NAMES = 64
"""The first pixel of an image is a multiple of 1 / NAMES, so that many can be told apart."""
HIDDEN = 12
CLASSES = 10
MOST_OFTEN = 4
"""Times that the images may be used in each epoch before a training is not looked at any more."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """The small model: its handle in the worker, its copy here, and the weights that both begin with."""

    handle: Any
    ours: Any
    start: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """One training of the small model."""

    model: Small
    recipe: Recipe
    x: NDArray[np.float32]
    y: NDArray[np.int64]
    seed: int
    batches: tuple[tuple[bool, NDArray[np.int64]], ...]
    """In training mode or not, and the places of the images."""
    losses: Any
    """What `fit` returned."""
    way: Floats
    """How far each parameter went."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how many images each batch held."""
        return tuple(len(images) for _, images in self.batches)

    @property
    def epochs(self) -> list[list[int]]:
        """Return the images that were used, in their order, in as many equal parts as there are epochs."""
        used = np.concatenate([images for _, images in self.batches]).tolist()
        length = len(used) // self.recipe.epochs
        return [used[i * length : (i + 1) * length] for i in range(self.recipe.epochs)]


def draw_images(
    rng: np.random.Generator, count: int, image: tuple[int, ...]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw noise of a shape (C, H, W), each image with its name in the first pixel, and classes."""
    x = rng.random((count, *image), dtype=np.float32)
    x[:, 0, 0, 0] = (np.arange(count) + 1) % NAMES / NAMES
    return x, rng.integers(CLASSES, size=count)


def small_model(
    student: Student, image: tuple[int, ...], rng: np.random.Generator, *, training: bool
) -> Small:
    """Make the small model in the worker, in the mode given, and here, with weights that we draw."""
    from torch import nn

    inputs = prod(image)
    rows: list[list[Any]] = [
        ["Watch"], ["Flatten"], ["Linear", inputs, HIDDEN, False], ["BatchNorm1d", HIDDEN], ["ReLU"],
        ["Linear", HIDDEN, CLASSES],
    ]  # fmt: skip
    first = rng.standard_normal((HIDDEN, inputs))
    first = 4 * (first - first.mean(axis=1, keepdims=True)) / np.sqrt(inputs)  # what images share is not seen
    rest = [
        rng.uniform(0.5, 1.5, HIDDEN), rng.normal(0, 0.5, HIDDEN), rng.normal(0, 1, (CLASSES, HIDDEN)),
        rng.normal(0, 0.3, CLASSES),
    ]  # fmt: skip
    start = tuple(weight.astype(np.float32) for weight in (first, *rest))
    layers = [nn.Identity() if name == "Watch" else getattr(nn, name)(*numbers) for name, *numbers in rows]
    handle = student.ask("sequential", rows, training)
    student.ask("set_weights", handle, list(start))
    return Small(handle, filled(nn.Sequential(*layers), start), start)


def known_logits(model: Small, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compute what the small model answers in evaluation mode, (N, 10)."""
    import torch

    with torch.no_grad():
        logits: NDArray[np.float32] = model.ours.eval()(torch.from_numpy(x)).numpy()
    return logits


def watch_fit(
    student: Student, model: Small, images: tuple[NDArray[np.float32], NDArray[np.int64]], recipe: Recipe,
    **arguments: Any,
) -> Watched:  # fmt: skip
    """Let the student's `fit` train the small model on images that `draw_images` gave.

    Args:
        student: the submission.
        model: in the worker.
        images: and their classes, fewer than `NAMES`.
        recipe: epochs, batch size, learning rate.
        arguments: `device` and `seed` of `fit`.

    Raises:
        StudentFault: what the student's code did.
        Mismatch: no batch was seen, or images that are none of these.
    """
    x, y = images
    how = {"epochs": recipe.epochs, "batch_size": recipe.batch_size, "lr": recipe.lr, **arguments}
    losses = student.fit(model.handle, Tensor(x), Tensor(y), **how)
    recorded = [
        note for note in student.ask("seen", model.handle) if note[1]
    ]  # others measure, and train nothing
    steps = [note for note in recorded if note[0]] or recorded
    if sum(len(names) for _, _, names in steps) > MOST_OFTEN * recipe.epochs * len(x):
        raise Mismatch("fit uses every image more than once in each epoch", f"{len(steps)} batches")
    batches = tuple((training, _places(names, len(x))) for training, _, names in steps if len(names))
    if not batches:
        raise Mismatch("fit gave the images to no model, or recorded no gradients", "no batch was seen")
    after = student.ask("weights", model.handle)
    if [w.size for w in after] != [w.size for w in model.start]:
        raise Mismatch("fit gave the model other weights than it had", str([w.shape for w in after]))
    return Watched(model, recipe, x, y, int(arguments["seed"]), batches, losses, way(model.start, after))


def _places(names: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Tell which images a batch held."""
    scaled = names.astype(np.float64) * NAMES
    found = np.rint(scaled)
    if not ((np.abs(scaled - found) < 1e-3) & (found >= 1) & (found <= count)).all():
        raise Mismatch("the model was given other images than those that fit got", str(names[:5]))
    return found.astype(np.int64) - 1


def replay(run: Watched) -> tuple[Floats, Floats]:
    """Take the batches that were seen through one Adam here, in the modes that were seen.

    Returns:
        The mean loss of each batch before its step, and the way that the weights went.

    Raises:
        Mismatch: batch normalisation cannot be trained on a single image.
    """
    import torch
    from torch.nn import functional

    model, x, y = filled(run.model.ours, run.model.start), torch.from_numpy(run.x), torch.from_numpy(run.y)
    adam, losses = torch.optim.Adam(model.parameters(), lr=run.recipe.lr), []
    for training, images in run.batches:
        if training and len(images) < 2:
            raise Mismatch("fit takes batches of another size than the one passed in", "one image")
        loss = functional.cross_entropy(model.train(training)(x[images]), y[images])
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say its types
        adam.step()
        losses.append(loss.item())
    return np.array(losses), way(run.model.start, values_of(model))


def mean_losses(run: Watched, losses: Floats) -> Floats:
    """Put the mean losses of batches together to that of each epoch, every image counting the same.

    Raises:
        Mismatch: the batches do not make up epochs.
    """
    epochs, sizes = run.recipe.epochs, np.array(run.sizes)
    if len(sizes) % epochs:
        raise Mismatch("epochs have different numbers of batches", str(sizes))
    total = (losses * sizes).reshape(epochs, -1).sum(axis=1)
    means: Floats = total / sizes.reshape(epochs, -1).sum(axis=1)
    return means


def filled(model: Any, flat: Sequence[NDArray[Any]]) -> Any:
    """Give a model of ours these weights, in its own order, and new statistics."""
    import torch

    with torch.no_grad():
        for parameter, values in zip(model.parameters(), flat, strict=True):
            parameter.copy_(torch.from_numpy(np.asarray(values, dtype=np.float32)).reshape(parameter.shape))
    for module in model.modules():
        if hasattr(module, "reset_running_stats"):
            module.reset_running_stats()
    return model


def values_of(model: Any) -> list[Floats]:
    """Copy the weights of a model of ours."""
    return [p.detach().numpy().astype(np.float64) for p in model.parameters()]


def way(before: Sequence[NDArray[Any]], after: Sequence[NDArray[Any]]) -> Floats:
    """Return how far each parameter went, as one vector."""
    pairs = zip(before, after, strict=True)
    return np.concatenate([a.astype(np.float64).ravel() - b.astype(np.float64).ravel() for b, a in pairs])


def apart(one: Floats, other: Floats) -> float:
    """Return the distance of two vectors, relative to the length of the second.

    >>> apart(np.array([3.0, 4.0]), np.array([0.0, 4.0]))
    0.75
    """
    return float(np.linalg.norm(one - other) / max(float(np.linalg.norm(other)), 1e-12))


def as_losses(got: Any, epochs: int) -> Floats:
    """Take what `fit` returned as one finite number for each epoch.

    Raises:
        Mismatch: it is something else.
    """
    try:
        losses = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        raise Mismatch("fit returned no list of numbers", type(got).__name__) from None
    if losses.shape != (epochs,):
        raise Mismatch("fit did not return one loss for each epoch", f"{losses.shape} for {epochs}")
    if not np.isfinite(losses).all():
        raise Mismatch("a loss that fit returned is NaN or infinite", str(losses))
    return losses


def as_share(got: Any) -> float:
    """Take what `evaluate` returned as a number from 0 to 1.

    Raises:
        Mismatch: it is something else.
    """
    if not isinstance(got, (int, float, np.ndarray)) or isinstance(got, bool) or np.size(got) != 1:
        raise Mismatch("evaluate returned no number", type(got).__name__)
    share = float(np.asarray(got, dtype=np.float64).ravel()[0])
    if not 0 <= share <= 1:
        raise Mismatch("evaluate returned a number outside the range from 0 to 1", f"{share}")
    return share
