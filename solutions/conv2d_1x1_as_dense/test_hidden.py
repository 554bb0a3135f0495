# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/test_hidden.py
"""Hidden suite for conv2d_1x1_as_dense; a test's docstring is what the student reads.

Most tests use one image, so that a program that is wrong in one respect loses the tests of that respect only.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right


def draw(rng, *shape):
    """Draw entries with both signs."""
    return rng.standard_normal(shape)


def draw_filters(rng, filters, channels):
    """Draw filters whose weights differ from each other."""
    return draw(rng, filters, channels, 1, 1)


def draw_bias(rng, filters):
    """Draw biases that differ from each other and are far from zero."""
    return rng.permutation(filters) + rng.uniform(0.5, 1.0, filters)


def check(student, reference, *args, **kwargs):
    """Compare one call."""
    assert_same(student(*args, **kwargs), reference(*args, **kwargs), rtol=RTOL)


@pytest.mark.weight(2)
def test_one_channel(student, reference, rng):
    """On a square image with one channel, one filter multiplies every pixel by its weight."""
    check(student, reference, draw(rng, 1, 1, 4, 4), draw_filters(rng, 1, 1))


@pytest.mark.weight(2)
@pytest.mark.parametrize(("channels", "filters"), [(3, 4), (3, 3)])
def test_one_pixel(student, reference, rng, channels, filters):
    """An image of a single pixel is one vector, which passes through the dense layer."""
    check(student, reference, draw(rng, 1, channels, 1, 1), draw_filters(rng, filters, channels))


@pytest.mark.weight(2)
@pytest.mark.parametrize("size", [(3, 5), (6, 2)])
def test_oblong_image(student, reference, rng, size):
    """An image whose height and width differ keeps its height and width."""
    check(student, reference, draw(rng, 1, 1, *size), draw_filters(rng, 1, 1))


@pytest.mark.weight(3)
@pytest.mark.parametrize(("channels", "size"), [(2, (3, 3)), (4, (2, 2)), (3, (4, 5))])
def test_channels(student, reference, rng, channels, size):
    """The products of all channels of a pixel are added up."""
    check(student, reference, draw(rng, 1, channels, *size), draw_filters(rng, 1, channels))


@pytest.mark.weight(3)
@pytest.mark.parametrize(("filters", "size"), [(2, (3, 3)), (4, (2, 2)), (3, (4, 5))])
def test_filters(student, reference, rng, filters, size):
    """Several filters give several output channels, in the filters' order."""
    check(student, reference, draw(rng, 1, 1, *size), draw_filters(rng, filters, 1))


@pytest.mark.weight(3)
@pytest.mark.parametrize(("channels", "filters"), [(3, 2), (2, 5), (3, 3)])
def test_channels_and_filters(student, reference, rng, channels, filters):
    """Every filter reads all channels, whether there are more filters, fewer or as many."""
    check(student, reference, draw(rng, 1, channels, 3, 4), draw_filters(rng, filters, channels))


@pytest.mark.weight(2)
@pytest.mark.parametrize(("images", "channels", "filters"), [(2, 2, 2), (3, 2, 4)])
def test_batch(student, reference, rng, images, channels, filters):
    """Every image of a batch gets its own result."""
    check(student, reference, draw(rng, images, channels, 4, 3), draw_filters(rng, filters, channels))


@pytest.mark.weight(1)
def test_whole_numbers(student, reference, rng):
    """An image of whole numbers and filters with fractions give a result with fractions."""
    check(student, reference, rng.integers(0, 10, (1, 2, 4, 4)), draw_filters(rng, 2, 2))


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Images and filters in single precision work."""
    x, w = draw(rng, 1, 3, 3, 4).astype(np.float32), draw_filters(rng, 2, 3).astype(np.float32)
    check(student, reference, x, w)


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    x, w = draw(rng, 1, 3, 4, 3), draw_filters(rng, 2, 3)
    assert_same(student(Strided(x), Strided(w)), reference(x, w), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the arrays that were passed in hold the same values after the call."""
    check(student, reference, draw(rng, 2, 2, 3, 3), draw_filters(rng, 1, 2))
    assert_unchanged(student)


@pytest.mark.feature("bias")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("channels", "filters"), [(1, 1), (3, 2), (2, 4)])
def test_bias(student, reference, rng, channels, filters):
    """The bias of each filter is added once to each of its outputs."""
    x, w = draw(rng, 1, channels, 4, 4), draw_filters(rng, filters, channels)
    check(student, reference, x, w, draw_bias(rng, filters))


@pytest.mark.feature("bias")
@pytest.mark.weight(2)
def test_bias_by_keyword(student, reference, rng):
    """The bias works as a keyword argument on a batch, and stays as it was."""
    check(student, reference, draw(rng, 3, 4, 5, 2), draw_filters(rng, 3, 4), b=draw_bias(rng, 3))
    assert_unchanged(student)
