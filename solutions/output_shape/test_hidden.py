# LEGRADE-CANARY solutions/output_shape/test_hidden.py
"""Hidden suite for output_shape; a test's docstring is what the student reads.

Sizes are drawn anew for each round; what the drawing keeps is told beside it. A size that does not fit is asked for only
together with one that fits, so that a program that always raises earns nothing.
"""

import pytest

from autograder.testing import assert_raises, assert_same


def check(student, reference, *args, **kwargs):
    """Compare one call, exactly."""
    assert_same(student(*args, **kwargs), reference(*args, **kwargs), atol=0.0)


def draw(rng, low, high):
    """Draw a whole number, both ends included."""
    return int(rng.integers(low, high + 1))


def draw_two(rng, low, high):
    """Draw two different whole numbers."""
    first, second = rng.permutation(range(low, high + 1))[:2].tolist()
    return first, second


@pytest.mark.weight(3)
@pytest.mark.parametrize("kernel_size", [3, 2, 5])
def test_square_image(student, reference, rng, kernel_size):
    """A window that moves by one pixel over a square image fits at so many positions along each axis."""
    n = draw(rng, 12, 40)
    check(student, reference, (n, n), kernel_size)


@pytest.mark.weight(3)
@pytest.mark.parametrize("kernel_size", [3, 4])
def test_oblong_image(student, reference, rng, kernel_size):
    """An image whose height and width differ gives a height and a width, in this order."""
    check(student, reference, draw_two(rng, 8, 40), kernel_size)


@pytest.mark.weight(1)
def test_one_number(student, reference, rng):
    """One number for the size stands for a square image, and gives a pair, too."""
    check(student, reference, draw(rng, 8, 40), 3)


@pytest.mark.weight(1)
def test_smallest_and_largest_window(student, reference, rng):
    """A window of one pixel and a window as large as the image both fit."""
    n = draw(rng, 6, 20)
    check(student, reference, (n, n), n)
    check(student, reference, draw_two(rng, 6, 20), 1)


@pytest.mark.weight(3)
@pytest.mark.parametrize("axis", ["height", "width", "both"])
def test_no_window_fits(student, reference, rng, axis):
    """A window that is too large for the image along one axis or both raises a ValueError, and a smaller one does not."""
    k = draw(rng, 4, 9)
    size = {"height": (k - 1, k + 4), "width": (k + 5, k - 1), "both": (k - 1, k - 2)}[axis]
    check(student, reference, size, 2)
    assert_raises(student, size, k)


@pytest.mark.feature("stride")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("kernel_size", "stride"), [(3, 2), (2, 2), (2, 3)])
def test_stride_without_remainder(student, reference, rng, kernel_size, stride):
    """With a stride the window moves so many pixels at a time; here the last window ends at the border."""
    size = tuple(kernel_size + stride * moves for moves in draw_two(rng, 2, 12))
    check(student, reference, size, kernel_size, stride)


@pytest.mark.feature("stride")
@pytest.mark.weight(4)
@pytest.mark.parametrize(("kernel_size", "stride", "rest"), [(3, 2, 1), (2, 4, 3), (3, 4, 1), (5, 3, 2)])
def test_stride_with_remainder(student, reference, rng, kernel_size, stride, rest):
    """Pixels at the border into which no further window fits are left out."""
    size = tuple(kernel_size + stride * moves + rest for moves in draw_two(rng, 2, 12))
    check(student, reference, size, kernel_size, stride=stride)


@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_one_pixel_too_large(student, reference, rng):
    """With a stride, too, a window that is a little too large raises a ValueError, and one that just fits does not."""
    n = draw(rng, 4, 12)
    check(student, reference, (n, n + 3), n, 4)
    assert_raises(student, (n, n + 3), n + 1, 4)


@pytest.mark.feature("padding")
@pytest.mark.weight(4)
@pytest.mark.parametrize(("kernel_size", "padding"), [(5, 1), (4, 2), (3, 3)])
def test_padding(student, reference, rng, kernel_size, padding):
    """The padding lies on both sides of each axis."""
    check(student, reference, draw_two(rng, 8, 40), kernel_size, padding=padding)


@pytest.mark.feature("padding")
@pytest.mark.weight(1)
def test_padding_decides_what_fits(student, reference, rng):
    """A window that is larger than the image fits where the padding makes room for it, and only there."""
    n, p = draw(rng, 3, 9), draw(rng, 1, 3)
    check(student, reference, (n, n + 2), n + 2 * p, padding=p)
    assert_raises(student, (n, n + 2), n + 2 * p + 1, padding=p)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("kernel_size", "stride", "padding"), [(3, 2, 1), (7, 2, 3), (5, 3, 1)])
def test_stride_and_padding(student, reference, rng, kernel_size, stride, padding):
    """Stride and padding work together, also as positional arguments."""
    check(student, reference, draw_two(rng, 10, 60), kernel_size, stride, padding)


@pytest.mark.feature("dilation")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("kernel_size", "dilation"), [(3, 2), (2, 3), (4, 4)])
def test_dilation(student, reference, rng, kernel_size, dilation):
    """The entries of a dilated window lie apart, so that it covers more pixels."""
    check(student, reference, draw_two(rng, 16, 40), kernel_size, dilation=dilation)


@pytest.mark.feature("dilation")
@pytest.mark.weight(1)
def test_dilated_window_too_large(student, reference, rng):
    """A dilated window that reaches beyond the image raises a ValueError, and one that just fits does not."""
    k = draw(rng, 3, 6)
    span = 2 * (k - 1) + 1
    assert_raises(student, (span - 1, span + 4), k, dilation=2)
    check(student, reference, (span, span + 4), k, dilation=2)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("dilation")
@pytest.mark.weight(2)
@pytest.mark.parametrize(("stride", "padding", "dilation"), [(2, 1, 2), (3, 2, 3)])
def test_stride_padding_and_dilation(student, reference, rng, stride, padding, dilation):
    """Stride, padding and dilation work together."""
    check(student, reference, draw_two(rng, 12, 50), 3, stride, padding, dilation)


@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
@pytest.mark.parametrize("kernel_size", [(2, 5), (4, 1)])
def test_pair_of_kernel_sizes(student, reference, rng, kernel_size):
    """A pair of sizes gives the window a height and a width of its own."""
    check(student, reference, draw_two(rng, 8, 40), kernel_size)


@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
@pytest.mark.parametrize("turned", [False, True], ids=["high", "wide"])
def test_long_window(student, reference, rng, turned):
    """A long window fits into an image that is as long along the same axis, and raises a ValueError where it is longer."""
    n = draw(rng, 3, 9)
    size, fits, too_long = ((n, 3 * n), (1, 3 * n), (n + 1, 1))
    if turned:
        size, fits, too_long = size[::-1], fits[::-1], too_long[::-1]
    check(student, reference, size, fits)
    assert_raises(student, size, too_long)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_pair_of_strides(student, reference, rng):
    """A pair of strides gives height and width a stride each."""
    check(student, reference, draw_two(rng, 20, 40), 3, stride=(1, 3))


@pytest.mark.feature("pairs")
@pytest.mark.feature("padding")
@pytest.mark.weight(1)
def test_pair_of_paddings(student, reference, rng):
    """A pair of paddings gives height and width a padding each."""
    check(student, reference, draw_two(rng, 8, 40), 3, padding=(2, 0))


@pytest.mark.feature("pairs")
@pytest.mark.feature("dilation")
@pytest.mark.weight(1)
def test_pair_of_dilations(student, reference, rng):
    """A pair of dilations gives height and width a dilation each."""
    check(student, reference, draw_two(rng, 12, 40), 4, dilation=(1, 3))


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.feature("dilation")
@pytest.mark.weight(2)
def test_everything(student, reference, rng):
    """All arguments as pairs."""
    check(student, reference, draw_two(rng, 20, 60), (3, 5), (2, 3), (4, 1), (3, 2))
