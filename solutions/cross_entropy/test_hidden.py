# LEGRADE-CANARY solutions/cross_entropy/test_hidden.py
"""Hidden suite for cross_entropy; a test's docstring is what the student reads.

Many tests use one image, so that a program that is wrong in one respect loses the tests of that respect only.
Logits far from zero are whole eighths, which single precision holds exactly. No expected loss is 0.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right


def draw(rng, *shape):
    """Draw logits with both signs."""
    return 1.5 * rng.standard_normal(shape)


def near(rng, *shape, centre):
    """Draw logits within two of a centre."""
    return np.asarray(centre) + rng.integers(-16, 17, shape) / 8


def labels(rng, images, classes):
    """Draw classes, the first and the last one among them where there is room."""
    return rng.permutation(np.resize(rng.permutation([0, classes - 1, *range(1, classes - 1)]), images))


def check(student, reference, z, y):
    """Compare one call."""
    assert_same(student(z, y), reference(z, y), rtol=RTOL)


def check_far(student, reference, z, y):
    """Compare one call on logits far from zero, between which single precision leaves gaps."""
    expected = reference(z, y)
    assert_same(student(z, y), expected, atol=max(1e-3, RTOL * expected))


@pytest.mark.weight(6)
@pytest.mark.parametrize("shape", [(6, 4), (5, 7)])
def test_batch(student, reference, rng, shape):
    """The loss of a batch is the mean of its images' losses, for small logits."""
    check(student, reference, draw(rng, *shape), labels(rng, *shape))


@pytest.mark.weight(2)
@pytest.mark.parametrize("label", [0, 2, 4])
def test_one_image(student, reference, rng, label):
    """A batch of one image works, whichever of the classes is its own."""
    check(student, reference, draw(rng, 1, 5), np.array([label]))


@pytest.mark.weight(2)
@pytest.mark.parametrize("size", [4, 2])
def test_as_many_images_as_classes(student, reference, rng, size):
    """A batch with as many images as classes works."""
    check(student, reference, draw(rng, size, size), labels(rng, size, size))


@pytest.mark.weight(1)
def test_one_class_in_the_batch(student, reference, rng):
    """A batch whose images all are of the same class works."""
    check(student, reference, draw(rng, 4, 3), np.full(4, 1))


@pytest.mark.weight(2)
@pytest.mark.parametrize("margin", [4.0, -4.0], ids=["right", "wrong"])
def test_right_and_wrong_predictions(student, reference, rng, margin):
    """An image works whether its largest logit is that of its own class or that of another one."""
    y = labels(rng, 1, 4)
    z = near(rng, 1, 4, centre=0.0)
    z[0, y] += margin
    check(student, reference, z, y)


@pytest.mark.weight(1)
def test_ties(student, reference, rng):
    """Equal logits work, also where all logits of an image are equal."""
    y = labels(rng, 1, 5)
    check(student, reference, rng.permutation([[-0.5, -0.5, 1.5, 1.5, 1.5]], axis=1), y)
    check(student, reference, np.full((1, 5), 0.75), y)


@pytest.mark.weight(4)
@pytest.mark.parametrize("centre", [1000.0, -1000.0], ids=["positive", "negative"])
def test_large_logits(student, reference, rng, centre):
    """Logits whose exponentials no float can hold work, positive and negative ones."""
    z = near(rng, 1, 5, centre=centre)
    check_far(student, reference, z, np.argsort(z, axis=1)[:, -2])


@pytest.mark.weight(2)
def test_rows_far_apart(student, reference, rng):
    """Images whose logits lie far above or below those of the other images work."""
    z = near(rng, 3, 4, centre=rng.permutation([[-900.0], [0.0], [900.0]]))
    check_far(student, reference, z, labels(rng, 3, 4))


@pytest.mark.weight(1)
@pytest.mark.parametrize(
    "centres", [[400.0] * 3 + [-400.0] * 3, [100.0] * 2 + [-1500.0] * 4], ids=["balanced", "skewed"]
)
def test_wide_rows(student, reference, rng, centres):
    """Logits that lie far apart within one image work, where its own class is among the likely ones."""
    z = near(rng, 1, 6, centre=rng.permutation(centres))
    check_far(student, reference, z, np.argsort(z, axis=1)[:, -2])


@pytest.mark.weight(3)
def test_very_wrong_predictions(student, reference, rng):
    """The loss of an image whose own class has a probability that no float can hold is finite and right."""
    z = near(rng, 1, 6, centre=rng.permutation([400.0] * 3 + [-400.0] * 3))
    check_far(student, reference, z, z.argmin(axis=1))


@pytest.mark.weight(1)
@pytest.mark.parametrize("classes", [2, 4])
def test_one_class_far_ahead(student, reference, rng, classes):
    """Images whose largest logit lies far above all others work, whichever class is ahead and whichever is the image's own."""
    z = near(rng, classes, classes, centre=1000.0 * np.eye(classes) - 500.0)
    check_far(student, reference, z, np.roll(np.arange(classes), 1))


@pytest.mark.weight(2)
def test_float32(student, reference, rng):
    """Logits in single precision work, also those whose exponentials only double precision can hold."""
    check(student, reference, draw(rng, 1, 5).astype(np.float32), labels(rng, 1, 5))
    check_far(student, reference, near(rng, 1, 5, centre=100.0).astype(np.float32), labels(rng, 1, 5))


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    z, y = draw(rng, 5, 4), labels(rng, 5, 4)
    assert_same(student(Strided(z), Strided(y)), reference(z, y), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the arrays that were passed in hold the same values after the call."""
    check(student, reference, draw(rng, 5, 4), labels(rng, 5, 4))
    assert_unchanged(student)
