# LEGRADE-CANARY solutions/avg_pool2d_forward/test_hidden.py
"""Hidden suite for avg_pool2d_forward; a test's docstring is what the student reads.

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
@pytest.mark.parametrize(("size", "kernel_size"), [(4, 2), (9, 3)])
def test_windows_side_by_side(student, reference, rng, size, kernel_size):
    """Without a stride the windows lie side by side on a square image."""
    check(student, reference, draw(rng, 1, 1, size, size), kernel_size)


@pytest.mark.weight(2)
@pytest.mark.parametrize(("size", "kernel_size"), [((6, 4), 2), ((6, 9), 3)])
def test_oblong_image(student, reference, rng, size, kernel_size):
    """An image whose height and width differ works."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size)


@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size"), [((5, 5), 2), ((8, 10), 3)])
def test_remainder(student, reference, rng, size, kernel_size):
    """Rows and columns that do not fill a whole window are left out."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size)


@pytest.mark.weight(1)
def test_smallest_and_largest_window(student, reference, rng):
    """A window of one pixel and a window as large as the image both work."""
    check(student, reference, draw(rng, 1, 1, 4, 4), 4)
    check(student, reference, draw(rng, 1, 1, 3, 3), 1)


@pytest.mark.weight(2)
@pytest.mark.parametrize("channels", [2, 3])
def test_channels(student, reference, rng, channels):
    """Every channel is pooled by itself."""
    check(student, reference, draw(rng, 1, channels, 4, 4), 2)


@pytest.mark.weight(2)
def test_batch(student, reference, rng):
    """Every image of a batch gets its own result."""
    check(student, reference, draw(rng, 3, 2, 6, 6), 2)


@pytest.mark.weight(1)
def test_negative_image(student, reference, rng):
    """An image whose values are all negative has negative means."""
    check(student, reference, -1.0 - np.abs(draw(rng, 1, 2, 4, 4)), 2)


@pytest.mark.weight(1)
def test_whole_numbers(student, reference, rng):
    """An image of whole numbers has means with fractions."""
    x = 4 * rng.integers(0, 10, (1, 1, 6, 6))
    x[:, :, ::2, ::2] += 1  # the sum of each window is odd
    check(student, reference, x, 2)


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Images in single precision work."""
    check(student, reference, draw(rng, 1, 2, 6, 6).astype(np.float32), 3)


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    x = draw(rng, 1, 2, 6, 6)
    assert_same(student(Strided(x), 2), reference(x, 2), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the array that was passed in holds the same values after the call."""
    check(student, reference, draw(rng, 1, 2, 6, 6), kernel_size=2)
    assert_unchanged(student)


@pytest.mark.feature("stride")
@pytest.mark.weight(5)
@pytest.mark.parametrize(
    ("size", "kernel_size", "stride"),
    [((7, 7), 3, 2), ((5, 6), 3, 1), ((8, 9), 2, 3), ((8, 6), 3, 2)],
    ids=["overlap", "one", "gaps", "remainder"],
)
def test_stride(student, reference, rng, size, kernel_size, stride):
    """Windows that overlap, leave gaps, or leave a remainder start where they should."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size, stride)


@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_stride_by_keyword(student, reference, rng):
    """The stride works as a keyword argument on a batch, and the image stays as it was."""
    check(student, reference, draw(rng, 2, 2, 6, 5), kernel_size=3, stride=2)
    assert_unchanged(student)


@pytest.mark.feature("padding")
@pytest.mark.weight(4)
@pytest.mark.parametrize(
    ("size", "kernel_size", "padding"), [((7, 7), 3, 1), ((5, 6), 2, 1), ((6, 9), 5, 2), ((6, 12), 6, 3)]
)
def test_padding(student, reference, rng, size, kernel_size, padding):
    """Zeros are laid around the image on all four sides, and are values of the windows like any others."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size, padding=padding)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("kernel_size", "stride", "padding"), [(3, 2, 1), (2, 3, 1)])
def test_stride_and_padding(student, reference, rng, kernel_size, stride, padding):
    """Stride and padding work together, also as positional arguments, on a batch."""
    check(student, reference, draw(rng, 2, 2, 7, 6), kernel_size, stride, padding)


@pytest.mark.feature("padding")
@pytest.mark.feature("count_include_pad")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size", "padding"), [((6, 6), 3, 1), ((5, 7), 4, 2)])
def test_padding_not_counted(student, reference, rng, size, kernel_size, padding):
    """With count_include_pad=False the sum of a window is divided by its pixels on the image only."""
    check(student, reference, draw(rng, 1, 1, *size), kernel_size, None, padding, count_include_pad=False)


@pytest.mark.feature("padding")
@pytest.mark.feature("count_include_pad")
@pytest.mark.weight(1)
def test_black_pixels_counted(student, reference, rng):
    """With count_include_pad=False a pixel of the image counts even where its value is zero, also in whole numbers."""
    x = draw(rng, 1, 1, 7, 6)
    x[:, :, 1::2, 1::2] = 0.0
    check(student, reference, x, 2, None, 1, False)
    check(student, reference, rng.integers(0, 4, (1, 1, 7, 6)), 2, None, 1, False)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("count_include_pad")
@pytest.mark.weight(1)
def test_stride_with_padding_not_counted(student, reference, rng):
    """On a batch of images, overlapping windows with count_include_pad=False and with True both work."""
    x = draw(rng, 2, 3, 6, 5)
    check(student, reference, x, 3, stride=2, padding=1, count_include_pad=False)
    check(student, reference, x, 3, 2, 1, True)


@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
@pytest.mark.parametrize("kernel_size", [(2, 3), (3, 1)])
def test_pair_of_sizes(student, reference, rng, kernel_size):
    """A pair of sizes gives the window a height and a width of its own."""
    check(student, reference, draw(rng, 1, 1, 6, 7), kernel_size)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_pair_of_strides(student, reference, rng):
    """A pair of strides gives height and width a stride each."""
    check(student, reference, draw(rng, 1, 1, 6, 7), 3, (1, 2))


@pytest.mark.feature("pairs")
@pytest.mark.feature("padding")
@pytest.mark.weight(1)
@pytest.mark.parametrize("padding", [(1, 0), (0, 1)])
def test_pair_of_paddings(student, reference, rng, padding):
    """A pair of paddings gives height and width a padding each."""
    check(student, reference, draw(rng, 1, 1, 5, 7), 3, padding=padding)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("count_include_pad")
@pytest.mark.weight(1)
def test_everything(student, reference, rng):
    """All arguments, all numbers as pairs, on a batch of images."""
    check(student, reference, draw(rng, 2, 3, 6, 7), (2, 4), (1, 3), (1, 2), False)
