# LEGRADE-CANARY solutions/relu/test_hidden.py
"""Hidden suite for relu; a test's docstring is what the student reads.

Every case has entries of both signs, so that neither the argument itself nor zeros earn a point.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right


def draw(rng, *shape, low=0.2, high=3.0):
    """Draw entries of both signs whose magnitudes lie between two bounds."""
    count = int(np.prod(shape))
    signs = rng.permutation(np.where(np.arange(count) % 2, 1.0, -1.0))
    return (signs * rng.uniform(low, high, count)).reshape(shape)


def check(student, reference, x):
    """Compare one call."""
    assert_same(student(x), reference(x), rtol=RTOL)


@pytest.mark.weight(4)
@pytest.mark.parametrize("shape", [(4, 6), (5, 3)])
def test_both_signs(student, reference, rng, shape):
    """Positive entries of a matrix are kept and negative entries become zero."""
    check(student, reference, draw(rng, *shape))


@pytest.mark.weight(2)
@pytest.mark.parametrize("shape", [(9,), (1, 8), (6, 1)])
def test_one_row_or_column(student, reference, rng, shape):
    """A vector, a single row and a single column keep their shapes."""
    check(student, reference, draw(rng, *shape))


@pytest.mark.weight(3)
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 1, 2, 7)])
def test_images(student, reference, rng, shape):
    """Every image and every channel of a batch of images gets its own result."""
    check(student, reference, draw(rng, *shape))


@pytest.mark.weight(2)
def test_small_and_large_entries(student, reference, rng):
    """Entries close to zero and entries far from it follow the same rule."""
    check(student, reference, draw(rng, 4, 5, low=0.001, high=0.05))
    check(student, reference, draw(rng, 4, 5, low=100.0, high=2000.0))


@pytest.mark.weight(2)
def test_one_sign_only(student, reference, rng):
    """An array without positive entries, one without negative entries, and one with both all work."""
    check(student, reference, -np.abs(draw(rng, 3, 4)))
    check(student, reference, np.abs(draw(rng, 3, 4)))
    check(student, reference, draw(rng, 3, 4))


@pytest.mark.weight(1)
def test_zeros(student, reference, rng):
    """Entries that are exactly zero stay zero among others."""
    x = draw(rng, 4, 6)
    x[rng.permutation(4)[:3], rng.permutation(6)[:3]] = 0.0
    check(student, reference, x)


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Arrays in single precision work."""
    check(student, reference, draw(rng, 3, 2, 4).astype(np.float32))


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    x = draw(rng, 2, 3, 4)
    assert_same(student(Strided(x)), reference(x), rtol=RTOL)


@pytest.mark.weight(1)
def test_argument_stays(student, reference, rng):
    """The result is right, and the array that was passed in holds the same values after the call."""
    check(student, reference, draw(rng, 3, 5))
    assert_unchanged(student)
