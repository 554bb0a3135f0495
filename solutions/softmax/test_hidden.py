# LEGRADE-CANARY solutions/softmax/test_hidden.py
"""Hidden suite for softmax; a test's docstring is what the student reads.

Many tests use one image, so that a program that is wrong in one respect loses the tests of that respect only.
Logits far from zero are whole eighths, which single precision holds exactly.
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


def check(student, reference, z):
    """Compare one call."""
    assert_same(student(z), reference(z), rtol=RTOL)


def check_far(student, reference, z):
    """Compare one call on logits far from zero, between which single precision leaves gaps."""
    assert_same(student(z), reference(z), atol=1e-3)


@pytest.mark.weight(6)
@pytest.mark.parametrize("shape", [(4, 6), (5, 3)])
def test_batch(student, reference, rng, shape):
    """Every image of a batch gets probabilities of its own from small logits."""
    check(student, reference, draw(rng, *shape))


@pytest.mark.weight(2)
@pytest.mark.parametrize("classes", [4, 7])
def test_one_image(student, reference, rng, classes):
    """A batch of one image works."""
    check(student, reference, draw(rng, 1, classes))


@pytest.mark.weight(2)
@pytest.mark.parametrize("size", [4, 2])
def test_as_many_images_as_classes(student, reference, rng, size):
    """A batch with as many images as classes works."""
    check(student, reference, draw(rng, size, size))


@pytest.mark.weight(1)
def test_negative_logits(student, reference, rng):
    """Logits that are all negative work."""
    check(student, reference, -1.0 - np.abs(draw(rng, 1, 5)))


@pytest.mark.weight(1)
def test_ties(student, reference, rng):
    """Classes with equal logits get equal probabilities, also where all logits of an image are equal."""
    check(student, reference, rng.permutation([[-0.5, -0.5, 1.5, 1.5, 1.5]], axis=1))
    check(student, reference, np.full((1, 5), 0.75))


@pytest.mark.weight(4)
@pytest.mark.parametrize("centre", [1000.0, -1000.0], ids=["positive", "negative"])
def test_large_logits(student, reference, rng, centre):
    """Logits whose exponentials no float can hold work, positive and negative ones."""
    check_far(student, reference, near(rng, 1, 5, centre=centre))


@pytest.mark.weight(2)
def test_rows_far_apart(student, reference, rng):
    """Images whose logits lie far above or below those of the other images work."""
    check_far(student, reference, near(rng, 3, 4, centre=rng.permutation([[-900.0], [0.0], [900.0]])))


@pytest.mark.weight(2)
@pytest.mark.parametrize(
    "centres", [[400.0] * 3 + [-400.0] * 3, [100.0] * 2 + [-1500.0] * 4], ids=["balanced", "skewed"]
)
def test_wide_rows(student, reference, rng, centres):
    """Logits that lie far apart within one image work."""
    z = near(rng, 1, 6, centre=rng.permutation(centres))
    check_far(student, reference, z)


@pytest.mark.weight(1)
@pytest.mark.parametrize("classes", [2, 4])
def test_one_class_far_ahead(student, reference, rng, classes):
    """An image whose largest logit lies far above all others works, whichever class it belongs to."""
    z = near(rng, classes, classes, centre=1000.0 * np.eye(classes) - 500.0)
    check_far(student, reference, z)


@pytest.mark.weight(2)
def test_float32(student, reference, rng):
    """Logits in single precision work, also those whose exponentials only double precision can hold."""
    check(student, reference, draw(rng, 1, 5).astype(np.float32))
    check_far(student, reference, near(rng, 1, 5, centre=100.0).astype(np.float32))


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    z = draw(rng, 3, 4)
    assert_same(student(Strided(z)), reference(z), rtol=RTOL)


@pytest.mark.weight(1)
def test_argument_stays(student, reference, rng):
    """The result is right, and the array that was passed in holds the same values after the call."""
    check(student, reference, draw(rng, 3, 5))
    assert_unchanged(student)
