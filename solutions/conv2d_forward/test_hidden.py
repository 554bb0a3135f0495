# LEGRADE-CANARY solutions/conv2d_forward/test_hidden.py
"""Hidden suite for conv2d_forward; a test's docstring is what the student reads.

Most tests use one image, so that a program that is wrong in one respect loses the tests of that respect only.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right


def draw(rng, *shape):
    """Draw entries with both signs."""
    return rng.standard_normal(shape)


def draw_bias(rng, filters):
    """Draw biases that differ from each other and are far from zero."""
    return rng.permutation(filters) + rng.uniform(0.5, 1.0, filters)


def check(student, reference, *args, **kwargs):
    """Compare one call."""
    assert_same(student(*args, **kwargs), reference(*args, **kwargs), rtol=RTOL)


@pytest.mark.weight(3)
@pytest.mark.parametrize("kernel", [3, 2])
def test_one_channel(student, reference, rng, kernel):
    """One filter on a square image with one channel gives the sum of products at every position."""
    check(student, reference, draw(rng, 1, 1, 6, 6), draw(rng, 1, 1, kernel, kernel))


@pytest.mark.weight(2)
@pytest.mark.parametrize("size", [(5, 8), (7, 4)])
def test_oblong_image(student, reference, rng, size):
    """An image whose height and width differ works."""
    check(student, reference, draw(rng, 1, 1, *size), draw(rng, 1, 1, 3, 3))


@pytest.mark.weight(2)
@pytest.mark.parametrize("kernel", [(2, 3), (3, 1)])
def test_oblong_kernel(student, reference, rng, kernel):
    """A kernel whose height and width differ works."""
    check(student, reference, draw(rng, 1, 1, 6, 5), draw(rng, 1, 1, *kernel))


@pytest.mark.weight(1)
@pytest.mark.parametrize("kernel", [1, 4])
def test_smallest_and_largest_kernel(student, reference, rng, kernel):
    """A kernel of one pixel and a kernel as large as the image both work."""
    check(student, reference, draw(rng, 1, 1, 4, 4), draw(rng, 1, 1, kernel, kernel))


@pytest.mark.weight(3)
@pytest.mark.parametrize(
    ("channels", "size", "kernel"), [(2, (5, 5), (3, 3)), (3, (5, 7), (3, 2)), (4, (4, 3), (2, 1))]
)
def test_channels(student, reference, rng, channels, size, kernel):
    """A filter reads all channels of the image."""
    check(student, reference, draw(rng, 1, channels, *size), draw(rng, 1, channels, *kernel))


@pytest.mark.weight(3)
@pytest.mark.parametrize(("filters", "size", "kernel"), [(2, (5, 5), (2, 2)), (4, (5, 6), (2, 3))])
def test_filters(student, reference, rng, filters, size, kernel):
    """Several filters give several output channels, in the filters' order."""
    check(student, reference, draw(rng, 1, 1, *size), draw(rng, filters, 1, *kernel))


@pytest.mark.weight(2)
@pytest.mark.parametrize(("images", "size", "kernel"), [(2, (5, 5), (3, 3)), (3, (6, 4), (3, 2))])
def test_batch(student, reference, rng, images, size, kernel):
    """Every image of a batch gets its own result."""
    check(student, reference, draw(rng, images, 2, *size), draw(rng, 3, 2, *kernel))


@pytest.mark.weight(1)
def test_whole_numbers(student, reference, rng):
    """An image of whole numbers and filters with fractions give a result with fractions."""
    x = rng.integers(0, 10, (1, 1, 5, 5))
    check(student, reference, x, draw(rng, 1, 1, 3, 3))


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Images and filters in single precision work."""
    x, w = draw(rng, 1, 2, 5, 5).astype(np.float32), draw(rng, 2, 2, 3, 3).astype(np.float32)
    check(student, reference, x, w)


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    x, w = draw(rng, 1, 2, 5, 5), draw(rng, 2, 2, 3, 3)
    assert_same(student(Strided(x), Strided(w)), reference(x, w), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the arrays that were passed in hold the same values after the call."""
    check(student, reference, draw(rng, 1, 1, 5, 5), draw(rng, 2, 1, 3, 3))
    assert_unchanged(student)


@pytest.mark.feature("bias")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("filters", "kernel"), [(1, (3, 3)), (3, (3, 2))])
def test_bias(student, reference, rng, filters, kernel):
    """The bias of each filter is added once to each of its outputs."""
    check(student, reference, draw(rng, 1, 2, 5, 5), draw(rng, filters, 2, *kernel), draw_bias(rng, filters))


@pytest.mark.feature("bias")
@pytest.mark.weight(1)
def test_bias_by_keyword(student, reference, rng):
    """The bias works as a keyword argument, and stays as it was."""
    check(student, reference, draw(rng, 1, 1, 5, 4), draw(rng, 2, 1, 2, 2), b=draw_bias(rng, 2))
    assert_unchanged(student)


@pytest.mark.feature("stride")
@pytest.mark.weight(4)
@pytest.mark.parametrize(
    ("size", "kernel", "stride"),
    [((7, 7), (3, 3), 2), ((8, 6), (3, 3), 2), ((9, 8), (2, 2), 3), ((7, 8), (2, 3), 2)],
    ids=["whole", "remainder", "gaps", "oblong"],
)
def test_stride(student, reference, rng, size, kernel, stride):
    """Windows that overlap, leave a remainder at the border, or leave gaps start where they should."""
    check(student, reference, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel), stride=stride)


@pytest.mark.feature("padding")
@pytest.mark.weight(4)
@pytest.mark.parametrize(
    ("size", "kernel", "padding"),
    [((4, 4), (3, 3), 1), ((3, 5), (3, 3), 2), ((4, 5), (3, 2), 1), ((3, 3), (2, 2), 3), ((3, 4), (4, 4), 3)],
)
def test_padding(student, reference, rng, size, kernel, padding):
    """Zeros are laid around the image on all four sides before the windows are taken."""
    check(student, reference, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel), padding=padding)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("stride", "padding"), [(2, 1), (3, 2)])
def test_stride_and_padding(student, reference, rng, stride, padding):
    """Stride and padding work together, also as positional arguments, on several channels."""
    check(student, reference, draw(rng, 1, 2, 6, 5), draw(rng, 2, 2, 3, 3), None, stride, padding)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("bias")
@pytest.mark.weight(2)
def test_stride_padding_and_bias(student, reference, rng):
    """A batch with stride, padding and bias works."""
    x, w = draw(rng, 2, 3, 7, 6), draw(rng, 4, 3, 3, 2)
    check(student, reference, x, w, draw_bias(rng, 4), 2, 1)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.weight(2)
def test_pair_of_strides(student, reference, rng):
    """A pair of strides gives height and width a stride each."""
    check(student, reference, draw(rng, 1, 1, 7, 8), draw(rng, 1, 1, 3, 3), stride=(1, 2))


@pytest.mark.feature("pairs")
@pytest.mark.feature("padding")
@pytest.mark.weight(2)
def test_pair_of_paddings(student, reference, rng):
    """A pair of paddings gives height and width a padding each."""
    check(student, reference, draw(rng, 1, 1, 4, 5), draw(rng, 1, 1, 3, 3), padding=(2, 0))


@pytest.mark.feature("dilation")
@pytest.mark.weight(3)
@pytest.mark.parametrize(
    ("size", "kernel", "dilation"), [((7, 9), (3, 3), 2), ((7, 9), (2, 3), 3), ((11, 12), (4, 4), 3)]
)
def test_dilation(student, reference, rng, size, kernel, dilation):
    """The entries of a dilated kernel lie apart, and fewer windows fit."""
    check(student, reference, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel), dilation=dilation)


@pytest.mark.feature("dilation")
@pytest.mark.feature("pairs")
@pytest.mark.weight(1)
@pytest.mark.parametrize(("size", "dilation"), [((6, 8), (1, 2)), ((9, 5), (3, 1))])
def test_pair_of_dilations(student, reference, rng, size, dilation):
    """A pair of dilations gives height and width a dilation each."""
    check(student, reference, draw(rng, 1, 1, *size), draw(rng, 1, 1, 3, 3), dilation=dilation)


@pytest.mark.feature("groups")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("channels", "filters", "groups"), [(4, 6, 2), (3, 3, 3)])
def test_groups(student, reference, rng, channels, filters, groups):
    """Each group of filters reads its own share of the channels."""
    x, w = draw(rng, 1, channels, 4, 5), draw(rng, filters, channels // groups, 2, 2)
    check(student, reference, x, w, groups=groups)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("bias")
@pytest.mark.feature("dilation")
@pytest.mark.feature("groups")
@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
def test_everything(student, reference, rng):
    """All arguments together, on a batch of images."""
    x, w = draw(rng, 2, 4, 6, 7), draw(rng, 6, 2, 3, 2)
    check(student, reference, x, w, draw_bias(rng, 6), (2, 1), (1, 2), (1, 2), 2)
