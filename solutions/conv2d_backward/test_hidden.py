# LEGRADE-CANARY solutions/conv2d_backward/test_hidden.py
"""Hidden suite for conv2d_backward; a test's docstring is what the student reads.

The three gradients are tested apart, and most tests use one image, so that a program that is wrong in one respect loses
the tests of that respect only.
"""

import numpy as np
import pytest

from autograder.testing import Mismatch, Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right
IMAGES, FILTERS, BIASES = ("dx",), ("dw",), ("db",)
WEIGHTED = IMAGES + FILTERS
ALL = IMAGES + FILTERS + BIASES  # in the order in which they are returned


def draw(rng, *shape):
    """Draw entries with both signs."""
    return rng.standard_normal(shape)


def two(value):
    """Take an integer as a pair."""
    return (value, value) if isinstance(value, int) else value


def upstream(rng, x, w, stride=1, padding=0, dilation=1, groups=1):
    """Draw a gradient in the shape of the output, every entry different."""
    axes = zip(x.shape[2:], w.shape[2:], two(stride), two(padding), two(dilation), strict=True)
    size = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes]
    return draw(rng, len(x), len(w), *size)


def compare(got, want, gradients):
    """Compare some of the three gradients; the other ones may be anything."""
    if not isinstance(got, (tuple, list)) or len(got) != len(ALL):
        raise Mismatch("the result is not three arrays (dx, dw, db)", f"got a {type(got).__name__}")
    for name, one, other in zip(ALL, got, want, strict=True):
        if name in gradients:
            assert_same(one, other, rtol=RTOL)


def check(student, reference, rng, gradients, x, w, *args, **kwargs):
    """Compare some gradients of one call."""
    dout = upstream(rng, x, w, *args, **kwargs)
    compare(student(dout, x, w, *args, **kwargs), reference(dout, x, w, *args, **kwargs), gradients)


@pytest.mark.weight(3)
@pytest.mark.parametrize("kernel", [3, 2])
def test_dx_of_one_channel(student, reference, rng, kernel):
    """dx, the gradient of the images: one filter on a square image with one channel."""
    check(student, reference, rng, IMAGES, draw(rng, 1, 1, 6, 6), draw(rng, 1, 1, kernel, kernel))


@pytest.mark.weight(3)
@pytest.mark.parametrize("kernel", [3, 2])
def test_dw_of_one_channel(student, reference, rng, kernel):
    """dw, the gradient of the filters: one filter on a square image with one channel."""
    check(student, reference, rng, FILTERS, draw(rng, 1, 1, 6, 6), draw(rng, 1, 1, kernel, kernel))


OBLONG = pytest.mark.parametrize(
    ("size", "kernel"), [((5, 8), (3, 3)), ((7, 4), (3, 3)), ((6, 5), (2, 3)), ((6, 5), (3, 1))]
)


@pytest.mark.weight(2)
@OBLONG
def test_dx_of_oblong_images_and_kernels(student, reference, rng, size, kernel):
    """dx, the gradient of the images: an image or a kernel whose height and width differ."""
    check(student, reference, rng, IMAGES, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel))


@pytest.mark.weight(2)
@OBLONG
def test_dw_of_oblong_images_and_kernels(student, reference, rng, size, kernel):
    """dw, the gradient of the filters: an image or a kernel whose height and width differ."""
    check(student, reference, rng, FILTERS, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel))


@pytest.mark.weight(1)
@pytest.mark.parametrize("kernel", [1, 4])
def test_smallest_and_largest_kernel(student, reference, rng, kernel):
    """dx and dw: a kernel of one pixel, and a kernel as large as the image."""
    check(student, reference, rng, WEIGHTED, draw(rng, 1, 1, 4, 4), draw(rng, 1, 1, kernel, kernel))


DEPTHS = pytest.mark.parametrize(
    ("channels", "filters", "kernel"), [(3, 1, (3, 3)), (1, 3, (3, 3)), (2, 4, (3, 3)), (4, 2, (2, 1))]
)


@pytest.mark.weight(3)
@DEPTHS
def test_dx_of_channels_and_filters(student, reference, rng, channels, filters, kernel):
    """dx, the gradient of the images: every channel is sent a gradient by every filter."""
    x, w = draw(rng, 1, channels, 5, 5), draw(rng, filters, channels, *kernel)
    check(student, reference, rng, IMAGES, x, w)


@pytest.mark.weight(3)
@DEPTHS
def test_dw_of_channels_and_filters(student, reference, rng, channels, filters, kernel):
    """dw, the gradient of the filters: every slice of every filter has a gradient of its own."""
    x, w = draw(rng, 1, channels, 5, 5), draw(rng, filters, channels, *kernel)
    check(student, reference, rng, FILTERS, x, w)


@pytest.mark.weight(2)
def test_dx_of_a_batch(student, reference, rng):
    """dx, the gradient of the images: every image of a batch has its own."""
    check(student, reference, rng, IMAGES, draw(rng, 3, 2, 5, 5), draw(rng, 2, 2, 3, 3))


@pytest.mark.weight(2)
def test_dw_of_a_batch(student, reference, rng):
    """dw, the gradient of the filters: the images of a batch share the filters."""
    check(student, reference, rng, FILTERS, draw(rng, 3, 2, 5, 5), draw(rng, 2, 2, 3, 3))


@pytest.mark.weight(1)
def test_whole_numbers(student, reference, rng):
    """dx and dw: an image of whole numbers has gradients with fractions."""
    check(student, reference, rng, WEIGHTED, rng.integers(0, 10, (1, 1, 5, 5)), draw(rng, 1, 1, 3, 3))


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """dx and dw: images, filters and gradients in single precision."""
    x, w, dout = (
        draw(rng, *shape).astype(np.float32) for shape in ((1, 2, 5, 5), (2, 2, 3, 3), (1, 2, 3, 3))
    )
    compare(student(dout, x, w), reference(dout, x, w), WEIGHTED)


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """dx and dw: arrays whose entries do not lie side by side in memory, such as slices of larger arrays."""
    x, w, dout = draw(rng, 1, 2, 5, 5), draw(rng, 2, 2, 3, 3), draw(rng, 1, 2, 3, 3)
    compare(student(Strided(dout), Strided(x), Strided(w)), reference(dout, x, w), WEIGHTED)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """dx and dw are right, and the arrays that were passed in hold the same values after the call."""
    check(student, reference, rng, WEIGHTED, draw(rng, 1, 1, 5, 5), draw(rng, 2, 1, 3, 3))
    assert_unchanged(student)


@pytest.mark.feature("bias")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("images", "filters"), [(1, 1), (1, 3), (2, 3)], ids=["one", "filters", "batch"])
def test_db(student, reference, rng, images, filters):
    """db, the gradient of the biases: one for each filter, from all that the bias was added to."""
    check(student, reference, rng, BIASES, draw(rng, images, 2, 5, 6), draw(rng, filters, 2, 3, 2))


STRIDES = pytest.mark.parametrize(
    ("size", "kernel", "stride"),
    [((7, 7), (3, 3), 2), ((8, 6), (3, 3), 2), ((9, 8), (2, 2), 3), ((7, 8), (2, 3), 2)],
    ids=["whole", "remainder", "gaps", "oblong"],
)


@pytest.mark.feature("stride")
@pytest.mark.weight(3)
@STRIDES
def test_dx_with_a_stride(student, reference, rng, size, kernel, stride):
    """dx, the gradient of the images: windows that overlap, leave a remainder at the border, or leave gaps."""
    check(student, reference, rng, IMAGES, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel), stride=stride)


@pytest.mark.feature("stride")
@pytest.mark.weight(3)
@STRIDES
def test_dw_with_a_stride(student, reference, rng, size, kernel, stride):
    """dw, the gradient of the filters: windows that overlap, leave a remainder at the border, or leave gaps."""
    check(student, reference, rng, FILTERS, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel), stride=stride)


PADDINGS = pytest.mark.parametrize(
    ("size", "kernel", "padding"),
    [((4, 4), (3, 3), 1), ((3, 5), (3, 3), 2), ((4, 5), (3, 2), 1), ((3, 3), (2, 2), 3), ((2, 3), (4, 4), 1)],
)


@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@PADDINGS
def test_dx_with_padding(student, reference, rng, size, kernel, padding):
    """dx, the gradient of the images: it has the image's shape, without the padding."""
    check(student, reference, rng, IMAGES, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel), padding=padding)


@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@PADDINGS
def test_dw_with_padding(student, reference, rng, size, kernel, padding):
    """dw, the gradient of the filters: the windows reach into the padding."""
    check(student, reference, rng, FILTERS, draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel), padding=padding)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("stride", "padding"), [(2, 1), (3, 2)])
def test_stride_and_padding(student, reference, rng, stride, padding):
    """dx and dw: stride and padding together, also as positional arguments, on several channels."""
    x, w = draw(rng, 1, 2, 6, 5), draw(rng, 2, 2, 3, 3)
    check(student, reference, rng, WEIGHTED, x, w, stride, padding)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("bias")
@pytest.mark.weight(2)
def test_stride_padding_and_bias(student, reference, rng):
    """dx, dw and db: a batch with stride and padding, and the arrays that were passed in stay as they were."""
    check(student, reference, rng, ALL, draw(rng, 2, 3, 7, 6), draw(rng, 4, 3, 3, 2), 2, 1)
    assert_unchanged(student)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.weight(2)
def test_pair_of_strides(student, reference, rng):
    """dx and dw: a pair of strides gives height and width a stride each."""
    x, w = draw(rng, 1, 1, 7, 8), draw(rng, 1, 1, 3, 3)
    check(student, reference, rng, WEIGHTED, x, w, stride=(1, 2))


@pytest.mark.feature("pairs")
@pytest.mark.feature("padding")
@pytest.mark.weight(2)
def test_pair_of_paddings(student, reference, rng):
    """dx and dw: a pair of paddings gives height and width a padding each."""
    x, w = draw(rng, 1, 1, 4, 5), draw(rng, 1, 1, 3, 3)
    check(student, reference, rng, WEIGHTED, x, w, padding=(2, 0))


@pytest.mark.feature("dilation")
@pytest.mark.weight(3)
@pytest.mark.parametrize(
    ("size", "kernel", "dilation"), [((7, 9), (3, 3), 2), ((7, 9), (2, 3), 3), ((11, 12), (4, 4), 3)]
)
def test_dilation(student, reference, rng, size, kernel, dilation):
    """dx and dw: the entries of a dilated kernel lie apart."""
    x, w = draw(rng, 1, 1, *size), draw(rng, 1, 1, *kernel)
    check(student, reference, rng, WEIGHTED, x, w, dilation=dilation)


@pytest.mark.feature("dilation")
@pytest.mark.feature("pairs")
@pytest.mark.weight(1)
@pytest.mark.parametrize(("size", "dilation"), [((6, 8), (1, 2)), ((9, 5), (3, 1))])
def test_pair_of_dilations(student, reference, rng, size, dilation):
    """dx and dw: a pair of dilations gives height and width a dilation each."""
    x, w = draw(rng, 1, 1, *size), draw(rng, 1, 1, 3, 3)
    check(student, reference, rng, WEIGHTED, x, w, dilation=dilation)


@pytest.mark.feature("groups")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("channels", "filters", "groups"), [(4, 6, 2), (3, 3, 3)])
def test_groups(student, reference, rng, channels, filters, groups):
    """dx and dw: each group of filters reads its own share of the channels."""
    x, w = draw(rng, 1, channels, 4, 5), draw(rng, filters, channels // groups, 2, 2)
    check(student, reference, rng, WEIGHTED, x, w, groups=groups)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("bias")
@pytest.mark.feature("dilation")
@pytest.mark.feature("groups")
@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
def test_everything(student, reference, rng):
    """dx, dw and db: all arguments together, on a batch of images."""
    x, w = draw(rng, 2, 4, 6, 7), draw(rng, 6, 2, 3, 2)
    check(student, reference, rng, ALL, x, w, (2, 1), (1, 2), (1, 2), 2)
