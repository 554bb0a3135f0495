"""Training graded on labels that never reach the student: secret images, accuracy from logits, levels from a calibration.

The public data sets can be learned by heart, so the grader turns, mirrors, inverts and shifts all images in a way that
is drawn from the course key, renames the classes, and shuffles both parts; the training images get the same treatment.
Weights trained at home are near chance on them. A program built to find out the treatment and undo it is not
prevented. Beside `autograder.testing`, this module is what a training suite may import.

A training has luck in it, so a run that just misses the points is repeated: where its accuracy lies below the one that has all
points by no more than `MARGIN`, the model is trained again with another seed and other first weights, up to `REPEATS` times, until
a run has all points; the best run counts. `miss` gives the chance of error that is left.

Needs no torch: CUDA is never initialised on the trusted side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log
from statistics import NormalDist, mean, stdev
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograder.datasets import CLASSES, Dataset
from autograder.errors import LimitHit, StudentFault
from autograder.testing import Mismatch

T = TypeVar("T")
MAX_SHIFT = 2
"""Pixels: the margin that every data set leaves around what it shows."""
MARGIN = Fraction(5, 100)
"""How far below the accuracy that has all points a run is still repeated."""
REPEATS = 2
"""How often, at most."""
GAMMAS = (0.8, 1.25)
"""Range of the exponent that bends the grey values."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast to train, with Adam."""

    epochs: int
    batch_size: int
    lr: float


RECIPES = {
    "digits": Recipe(epochs=10, batch_size=32, lr=1e-3),
    "mnist": Recipe(epochs=5, batch_size=32, lr=1e-3),
    "fashion_mnist": Recipe(epochs=8, batch_size=32, lr=1e-3),
}
"""What assignments ask for, by data set; 3 to 10 s on one idle core."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One treatment of the images and the classes; `classes[c]` is the new name of class c, never c itself."""

    quarter_turns: int
    mirrored: bool
    inverted: bool
    shift: tuple[int, int]
    gamma: float
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Withheld:
    """What is sent to a worker, and `y_test`, which is not."""

    x_train: NDArray[np.float32]
    """(N, 1, H, W), in [0, 1]."""
    y_train: NDArray[np.int64]
    x_test: NDArray[np.float32]
    """(M, 1, H, W), in [0, 1]."""
    y_test: NDArray[np.int64]


def draw_secret(rng: np.random.Generator) -> Secret:
    """Draw a treatment; every class gets another's name, so that what was learned elsewhere is wrong everywhere."""
    cycle = rng.permutation(CLASSES)
    classes = dict(zip(cycle.tolist(), np.roll(cycle, 1).tolist(), strict=True))
    dy, dx = rng.integers(-MAX_SHIFT, MAX_SHIFT + 1, size=2).tolist()
    return Secret(
        quarter_turns=int(rng.integers(4)),
        mirrored=bool(rng.integers(2)),
        inverted=bool(rng.integers(2)),
        shift=(dy, dx),
        gamma=float(rng.uniform(*GAMMAS)),
        classes=tuple(classes[c] for c in range(CLASSES)),
    )


def treat(x: NDArray[np.float32], secret: Secret) -> NDArray[np.float32]:
    """Apply a treatment to square images (N, 1, H, H) in [0, 1]; they stay in [0, 1]."""
    image = np.roll(x, secret.shift, axis=(2, 3)) ** np.float32(secret.gamma)
    image = np.rot90(image, secret.quarter_turns, axes=(2, 3))
    image = image[..., ::-1] if secret.mirrored else image
    image = 1 - image if secret.inverted else image
    return np.ascontiguousarray(image, dtype=np.float32)


def withhold(dataset: Dataset, secret: Secret, rng: np.random.Generator) -> Withheld:
    """Treat and shuffle both parts of a data set."""
    names = np.asarray(secret.classes, dtype=np.int64)
    train, test = (rng.permutation(len(y)) for y in (dataset.y_train, dataset.y_test))
    return Withheld(
        treat(dataset.x_train[train], secret),
        names[dataset.y_train[train]],
        treat(dataset.x_test[test], secret),
        names[dataset.y_test[test]],
    )


def as_logits(got: Any, count: int) -> NDArray[np.float64]:
    """Take what `predict` returned as logits (count, 10).

    Raises:
        Mismatch: it is no such array, or holds something that is no finite number.
    """
    if not isinstance(got, np.ndarray) or got.dtype.kind != "f":
        kind = f"an array of {got.dtype}" if isinstance(got, np.ndarray) else f"a {type(got).__name__}"
        raise Mismatch(
            f"predict returned {kind}, expected floating-point logits ({count}, {CLASSES})", "kind"
        )
    if got.shape != (count, CLASSES):
        raise Mismatch(f"predict's result has another shape than {(count, CLASSES)}", f"got {got.shape}")
    if not np.isfinite(got).all():
        raise Mismatch("the logits hold NaN or infinity", f"{int((~np.isfinite(got)).sum())} cells")
    return got.astype(np.float64)


def accuracy(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Share of images whose largest logit is that of their class; an image without one largest logit counts as wrong.

    >>> accuracy(np.array([[0.0, 2.0], [1.0, 1.0]]), np.array([1, 0]))
    0.5
    """
    alone = (logits == logits.max(axis=1, keepdims=True)).sum(axis=1) == 1
    return float(np.mean(alone & (logits.argmax(axis=1) == labels)))


def share_of_points(score: Fraction, low: Fraction, full: Fraction) -> Fraction:
    """Give the share of the points that an accuracy earns: nothing up to `low`, all from `full` on, a straight line between.

    >>> share_of_points(Fraction(8, 10), Fraction(5, 10), Fraction(9, 10))
    Fraction(3, 4)
    """
    return min(max((score - low) / (full - low), Fraction(0)), Fraction(1))


def repeated(first: Fraction, again: Callable[[int], Fraction], full: Fraction) -> tuple[Fraction, ...]:
    """Train again while the best accuracy misses `full` by no more than `MARGIN`, up to `REPEATS` times.

    Args:
        first: accuracy of the first training.
        again: trains once more, as number 1, 2, ..., and gives the accuracy.
        full: the accuracy that has all points.

    Returns:
        All accuracies, in their order; the largest counts.
    """
    scores = [first]
    while len(scores) <= REPEATS and full - MARGIN <= max(scores) < full:
        scores.append(again(len(scores)))
    return tuple(scores)


def miss(below: float, far: float) -> float:
    """Chance that a program does not get all points for accuracy: it fails at once, or comes near and fails each repetition.

    Args:
        below: chance that one training stays below the accuracy that has all points.
        far: chance that one training stays below it by more than `MARGIN`.

    >>> miss(0.5, 0.5), round(miss(0.5, 0.0), 3)
    (0.5, 0.125)
    """
    return far + (below - far) * below**REPEATS


def chances(accuracies: Sequence[float], images: int, full: float) -> tuple[float, float]:
    """Estimate the two chances that `miss` takes, from recorded runs: a normal distribution of the accuracies' log-odds.

    Args:
        accuracies: of right solutions, at least two.
        images: on how many images each was measured; half an image is added, so that all of them right has log-odds.
        full: the accuracy that has all points.
    """
    found = [log((a * images + 0.5) / ((1 - a) * images + 0.5)) for a in accuracies]
    fitted = NormalDist(mean(found), max(stdev(found), 1e-9))
    below, far = (fitted.cdf(log(a / (1 - a))) for a in (full, full - float(MARGIN)))
    return below, far


def cross_entropy(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Mean over the images of the negative log-probability of their class (natural logarithm).

    >>> round(cross_entropy(np.zeros((1, 10)), np.array([3])), 4)
    2.3026
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return float(np.mean(log_sum - shifted[np.arange(len(labels)), labels]))


def once(cache: dict[str, Any], key: str, compute: Callable[[], T]) -> T:
    """Compute something costly at most once for one submission, faults included.

    After a limit was hit, nothing more is computed through the same cache: waiting for it again teaches nothing.

    Raises:
        StudentFault, Mismatch: what the student's code did, now or the first time.
    """
    for known in (cache.get(key), cache.get("limit")):
        if isinstance(known, (StudentFault, Mismatch)):
            raise known
    if key not in cache:
        try:
            cache[key] = compute()
        except LimitHit as fault:
            cache[key] = cache["limit"] = fault
            raise
        except (StudentFault, Mismatch) as fault:
            cache[key] = fault
            raise
    value: T = cache[key]
    return value
