# LEGRADE-CANARY solutions/im2col/test_hidden.py
"""Hidden suite for im2col; a test's docstring is what the student reads.

Most tests use one image, so that a program that is wrong in one respect loses the tests of that respect only.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right


def draw(rng, *shape):
    """Draw entries with both signs."""
    return rng.standard_normal(shape)


def check(student, reference, *args, **kwargs):
    """Compare one call."""
    assert_same(student(*args, **kwargs), reference(*args, **kwargs), rtol=RTOL)


@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size"), [(4, 2), (6, 3)])
def test_one_channel(student, reference, rng, size, kernel_size):
    """Every window of a square image with one channel is a column of the matrix."""
    check(student, reference, draw(rng, 1, 1, size, size), kernel_size)


@pytest.mark.weight(2)
@pytest.mark.parametrize(("size", "kernel_size"), [((4, 6), 2), ((7, 4), 3)])
def test_oblong_image(student, reference, rng, size, kernel_size):
    """An image whose height and width differ works."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size)


@pytest.mark.weight(2)
@pytest.mark.parametrize(("size", "kernel_size"), [((2, 6), 2), ((7, 3), 3)])
def test_one_line_of_windows(student, reference, rng, size, kernel_size):
    """Where the windows follow each other along one axis only, so do their columns."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size)


@pytest.mark.weight(1)
def test_smallest_and_largest_window(student, reference, rng):
    """A window as large as the image gives one column, and one of a single pixel gives a row for each channel."""
    check(student, reference, draw(rng, 1, 1, 3, 3), 3)
    check(student, reference, draw(rng, 1, 3, 4, 4), 1)


@pytest.mark.weight(3)
@pytest.mark.parametrize(("channels", "size", "kernel_size"), [(2, (4, 4), 2), (3, (5, 4), 3)])
def test_channels(student, reference, rng, channels, size, kernel_size):
    """A column holds the window's values in all channels, channel after channel."""
    check(student, reference, draw(rng, 1, channels, *size), kernel_size)


@pytest.mark.weight(2)
@pytest.mark.parametrize(("images", "channels"), [(2, 1), (3, 2)])
def test_batch(student, reference, rng, images, channels):
    """Every image of a batch has a matrix of its own."""
    check(student, reference, draw(rng, images, channels, 4, 5), 2)


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Images in single precision work."""
    check(student, reference, draw(rng, 1, 2, 5, 5).astype(np.float32), 2)


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    x = draw(rng, 1, 2, 5, 5)
    assert_same(student(Strided(x), 3), reference(x, 3), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the array that was passed in holds the same values after the call."""
    check(student, reference, draw(rng, 1, 2, 4, 4), kernel_size=2)
    assert_unchanged(student)


@pytest.mark.feature("stride")
@pytest.mark.weight(4)
@pytest.mark.parametrize(
    ("size", "kernel_size", "stride"),
    [((7, 7), 3, 2), ((8, 6), 3, 2), ((9, 8), 2, 3), ((6, 9), 3, 3)],
    ids=["overlap", "remainder", "gaps", "touching"],
)
def test_stride(student, reference, rng, size, kernel_size, stride):
    """Windows that overlap, touch, leave gaps, or leave a remainder start where they should."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size, stride)


@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size", "padding"), [((4, 4), 3, 1), ((3, 5), 2, 1), ((4, 3), 3, 3)])
def test_padding(student, reference, rng, size, kernel_size, padding):
    """Zeros are laid around the image on all four sides before the windows are taken."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size, padding=padding)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("kernel_size", "stride", "padding"), [(3, 2, 1), (2, 3, 2)])
def test_stride_and_padding(student, reference, rng, kernel_size, stride, padding):
    """Stride and padding work together, also as positional arguments, on a batch."""
    check(student, reference, draw(rng, 2, 2, 6, 5), kernel_size, stride, padding)


@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
@pytest.mark.parametrize("kernel_size", [(2, 3), (3, 1)])
def test_pair_of_sizes(student, reference, rng, kernel_size):
    """A pair of sizes gives the window a height and a width of its own."""
    check(student, reference, draw(rng, 1, 2, 5, 6), kernel_size)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_pair_of_strides(student, reference, rng):
    """A pair of strides gives height and width a stride each."""
    check(student, reference, draw(rng, 1, 1, 6, 7), 3, (1, 2))


@pytest.mark.feature("pairs")
@pytest.mark.feature("padding")
@pytest.mark.weight(1)
def test_pair_of_paddings(student, reference, rng):
    """A pair of paddings gives height and width a padding each."""
    check(student, reference, draw(rng, 1, 1, 4, 5), 3, padding=(2, 0))


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(1)
def test_everything(student, reference, rng):
    """All arguments as pairs, on a batch of images."""
    check(student, reference, draw(rng, 2, 3, 6, 7), (2, 4), (3, 1), (1, 2))
