# LEGRADE-CANARY solutions/avg_pool2d_backward/test_hidden.py
"""Hidden suite for avg_pool2d_backward; a test's docstring is what the student reads.

Most tests use one image, so that a program that is wrong in one respect loses the tests of that respect only.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right


def two(value):
    """Take an integer as a pair."""
    return (value, value) if isinstance(value, int) else value


def upstream(rng, x_shape, kernel_size, stride=None, padding=0):
    """Draw a gradient in the shape of the output, every entry different, with both signs."""
    stride = kernel_size if stride is None else stride
    size = zip(x_shape[2:], two(kernel_size), two(stride), two(padding), strict=True)
    return rng.standard_normal((*x_shape[:2], *((n + 2 * p - k) // s + 1 for n, k, s, p in size)))


def check(student, reference, rng, x_shape, *args, **kwargs):
    """Compare one call."""
    numbers = {name: value for name, value in kwargs.items() if name != "count_include_pad"}
    dout = upstream(rng, x_shape, *args[:3], **numbers)
    got = student(dout, x_shape, *args, **kwargs)
    assert_same(got, reference(dout, x_shape, *args, **kwargs), rtol=RTOL)


@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size"), [(4, 2), (9, 3)])
def test_windows_side_by_side(student, reference, rng, size, kernel_size):
    """Without a stride the windows lie side by side, and the pixels of each share its gradient."""
    check(student, reference, rng, (1, 1, size, size), kernel_size)


@pytest.mark.weight(2)
@pytest.mark.parametrize(("size", "kernel_size"), [((6, 4), 2), ((6, 9), 3), ((10, 4), 2), ((2, 8), 2)])
def test_oblong_image(student, reference, rng, size, kernel_size):
    """An image whose height and width differ works."""
    check(student, reference, rng, (1, 1, *size), kernel_size)


@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size"), [((5, 5), 2), ((8, 10), 3)])
def test_remainder(student, reference, rng, size, kernel_size):
    """The result has the image's shape, with zeros in rows and columns that do not fill a whole window."""
    check(student, reference, rng, (1, 1, *size), kernel_size)


@pytest.mark.weight(1)
def test_smallest_and_largest_window(student, reference, rng):
    """A window as large as the image and a window of one pixel both work."""
    check(student, reference, rng, (1, 1, 4, 4), 4)
    check(student, reference, rng, (1, 1, 3, 3), 1)


@pytest.mark.weight(2)
@pytest.mark.parametrize("channels", [2, 3])
def test_channels(student, reference, rng, channels):
    """Every channel gets the gradient of its own windows."""
    check(student, reference, rng, (1, channels, 4, 4), 2)


@pytest.mark.weight(2)
def test_batch(student, reference, rng):
    """Every image of a batch gets the gradient of its own windows."""
    check(student, reference, rng, (3, 2, 6, 6), 2)


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Gradients in single precision work."""
    dout = upstream(rng, (1, 2, 6, 6), 3).astype(np.float32)
    assert_same(student(dout, (1, 2, 6, 6), 3), reference(dout, (1, 2, 6, 6), 3), rtol=RTOL)


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    dout = upstream(rng, (1, 2, 6, 6), 2)
    assert_same(student(Strided(dout), (1, 2, 6, 6), 2), reference(dout, (1, 2, 6, 6), 2), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the array that was passed in holds the same values after the call."""
    check(student, reference, rng, (1, 2, 6, 6), kernel_size=2)
    assert_unchanged(student)


@pytest.mark.feature("stride")
@pytest.mark.weight(5)
@pytest.mark.parametrize(
    ("size", "kernel_size", "stride"),
    [((7, 7), 3, 2), ((5, 6), 3, 1), ((8, 9), 2, 3), ((8, 6), 3, 2)],
    ids=["overlap", "one", "gaps", "remainder"],
)
def test_stride(student, reference, rng, size, kernel_size, stride):
    """Windows that overlap add up their gradients, and pixels in gaps or in a remainder get none."""
    check(student, reference, rng, (1, 1, *size), kernel_size, stride)


@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_stride_by_keyword(student, reference, rng):
    """The stride works as a keyword argument on a batch, and the gradient that was passed in stays as it was."""
    check(student, reference, rng, (2, 2, 6, 5), kernel_size=3, stride=2)
    assert_unchanged(student)


@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(
    ("size", "kernel_size", "padding"),
    [((7, 7), 3, 1), ((5, 6), 2, 1), ((6, 9), 5, 2), ((6, 12), 6, 3), ((4, 2), 6, 3)],
)
def test_padding(student, reference, rng, size, kernel_size, padding):
    """With padding the result still has the image's shape, and what padded pixels get is left out."""
    check(student, reference, rng, (1, 1, *size), kernel_size, padding=padding)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("kernel_size", "stride", "padding"), [(3, 2, 1), (2, 3, 1), (5, 1, 2)])
def test_stride_and_padding(student, reference, rng, kernel_size, stride, padding):
    """Stride and padding work together, also as positional arguments, on a batch."""
    check(student, reference, rng, (2, 2, 7, 6), kernel_size, stride, padding)


@pytest.mark.feature("padding")
@pytest.mark.feature("count_include_pad")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size", "padding"), [((6, 6), 3, 1), ((5, 7), 4, 2), ((6, 8), 6, 3)])
def test_padding_not_counted(student, reference, rng, size, kernel_size, padding):
    """With count_include_pad=False the pixels of a window that lie on the image share all of its gradient."""
    check(student, reference, rng, (1, 1, *size), kernel_size, None, padding, count_include_pad=False)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("count_include_pad")
@pytest.mark.weight(1)
def test_stride_with_padding_not_counted(student, reference, rng):
    """On a batch of images, overlapping windows with count_include_pad=False and with True both work."""
    check(student, reference, rng, (2, 3, 6, 5), 3, stride=2, padding=1, count_include_pad=False)
    check(student, reference, rng, (2, 3, 6, 5), 3, 2, 1, True)


@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
@pytest.mark.parametrize("kernel_size", [(2, 3), (3, 1)])
def test_pair_of_sizes(student, reference, rng, kernel_size):
    """A pair of sizes gives the window a height and a width of its own."""
    check(student, reference, rng, (1, 1, 6, 7), kernel_size)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_pair_of_strides(student, reference, rng):
    """A pair of strides gives height and width a stride each."""
    check(student, reference, rng, (1, 1, 6, 7), 3, (1, 2))


@pytest.mark.feature("pairs")
@pytest.mark.feature("padding")
@pytest.mark.weight(1)
@pytest.mark.parametrize(("kernel_size", "padding"), [(3, (1, 0)), (5, (2, 1)), (5, (1, 2))])
def test_pair_of_paddings(student, reference, rng, kernel_size, padding):
    """A pair of paddings gives height and width a padding each."""
    check(student, reference, rng, (1, 1, 5, 7), kernel_size, padding=padding)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("count_include_pad")
@pytest.mark.weight(1)
def test_everything(student, reference, rng):
    """All arguments, all numbers as pairs, on a batch of images."""
    check(student, reference, rng, (2, 3, 6, 7), (2, 4), (1, 3), (0, 2), False)
    check(student, reference, rng, (1, 2, 6, 7), (4, 3), (2, 1), (2, 1), False)
