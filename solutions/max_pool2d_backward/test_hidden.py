# LEGRADE-CANARY solutions/max_pool2d_backward/test_hidden.py
"""Hidden suite for max_pool2d_backward; a test's docstring is what the student reads.

Most tests use one image, so that a program that is wrong in one respect loses the tests of that respect only. Outside the
tests of ties no two pixels are equal, so that there is one right answer.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right


def draw(rng, *shape):
    """Draw entries with both signs."""
    return rng.standard_normal(shape)


def two(value):
    """Take an integer as a pair."""
    return (value, value) if isinstance(value, int) else value


def upstream(rng, x, kernel_size, stride=None, padding=0):
    """Draw a gradient in the shape of the output, every entry different."""
    stride = kernel_size if stride is None else stride
    size = zip(x.shape[2:], two(kernel_size), two(stride), two(padding), strict=True)
    return draw(rng, *x.shape[:2], *((n + 2 * p - k) // s + 1 for n, k, s, p in size))


def check(student, reference, rng, x, *args, **kwargs):
    """Compare one call."""
    dout = upstream(rng, x, *args, **kwargs)
    assert_same(student(dout, x, *args, **kwargs), reference(dout, x, *args, **kwargs), rtol=RTOL)


def choice_like(got, want, dout, x, size):
    """Find the right answer next to `got` where windows side by side have several largest pixels.

    Each window's gradient may be shared among its largest pixels in any way: `got` is right if it is that answer.
    """
    readable = isinstance(got, np.ndarray) and got.shape == want.shape and got.dtype.kind in "biuf"
    if not readable or not np.isfinite(got).all():
        return want
    near = np.zeros(want.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        at = (n, c, slice(i * size, (i + 1) * size), slice(j * size, (j + 1) * size))
        largest = x[at] == x[at].max()
        shares = np.clip(got[at] / dout[n, c, i, j], 0.0, 1.0) * largest
        shares = shares / shares.sum() if shares.any() else largest / largest.sum()
        near[at] = shares * dout[n, c, i, j]
    return near


@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size"), [(4, 2), (9, 3)])
def test_windows_side_by_side(student, reference, rng, size, kernel_size):
    """Without a stride the windows lie side by side, and the largest pixel of each takes its gradient."""
    check(student, reference, rng, draw(rng, 1, 1, size, size), kernel_size)


@pytest.mark.weight(2)
@pytest.mark.parametrize(("size", "kernel_size"), [((6, 4), 2), ((6, 9), 3)])
def test_oblong_image(student, reference, rng, size, kernel_size):
    """An image whose height and width differ works."""
    check(student, reference, rng, draw(rng, 1, 1, *size), kernel_size)


@pytest.mark.weight(3)
@pytest.mark.parametrize(("size", "kernel_size"), [((5, 5), 2), ((8, 10), 3)])
def test_remainder(student, reference, rng, size, kernel_size):
    """The result has the image's shape, with zeros in rows and columns that do not fill a whole window."""
    check(student, reference, rng, draw(rng, 1, 1, *size), kernel_size)


@pytest.mark.weight(1)
def test_smallest_and_largest_window(student, reference, rng):
    """A window of one pixel and a window as large as the image both work."""
    check(student, reference, rng, draw(rng, 1, 1, 4, 4), 4)
    check(student, reference, rng, draw(rng, 1, 1, 3, 3), 1)


@pytest.mark.weight(2)
@pytest.mark.parametrize("channels", [2, 3])
def test_channels(student, reference, rng, channels):
    """Every channel gets the gradient of its own windows."""
    check(student, reference, rng, draw(rng, 1, channels, 4, 4), 2)


@pytest.mark.weight(2)
def test_batch(student, reference, rng):
    """Every image of a batch gets the gradient of its own windows."""
    check(student, reference, rng, draw(rng, 3, 2, 6, 6), 2)


@pytest.mark.weight(2)
def test_negative_image(student, reference, rng):
    """An image whose values are all negative has a largest pixel in every window, too."""
    check(student, reference, rng, -1.0 - np.abs(draw(rng, 1, 2, 4, 4)), 2)


@pytest.mark.weight(2)
@pytest.mark.parametrize("values", [(-1.5, 0.5), (2.0,), (0.0,)], ids=["some", "all", "zeros"])
def test_ties(student, reference, rng, values):
    """Where pixels of a window are equally large, what they get adds up to the window's gradient."""
    x, dout = rng.choice(values, (1, 2, 6, 8)), draw(rng, 1, 2, 3, 4)
    got = student(dout, x, 2)
    assert_same(got, choice_like(got, reference(dout, x, 2), dout, x, 2), rtol=RTOL)


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Images and gradients in single precision work."""
    x, dout = draw(rng, 1, 2, 6, 6).astype(np.float32), draw(rng, 1, 2, 2, 2).astype(np.float32)
    assert_same(student(dout, x, 3), reference(dout, x, 3), rtol=RTOL)


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    x, dout = draw(rng, 1, 2, 6, 6), draw(rng, 1, 2, 3, 3)
    assert_same(student(Strided(dout), Strided(x), 2), reference(dout, x, 2), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the arrays that were passed in hold the same values after the call."""
    check(student, reference, rng, draw(rng, 1, 2, 6, 6), kernel_size=2)
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
    check(student, reference, rng, draw(rng, 1, 1, *size), kernel_size, stride)


@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_stride_by_keyword(student, reference, rng):
    """The stride works as a keyword argument on a batch, and the arrays stay as they were."""
    check(student, reference, rng, draw(rng, 2, 2, 6, 5), kernel_size=3, stride=2)
    assert_unchanged(student)


@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_ties_where_windows_overlap(student, reference, rng):
    """In an image of one colour under windows that overlap, all that is sent back is the sum of the gradients."""
    x, dout = np.full((1, 2, 5, 5), 0.5), rng.uniform(0.5, 1.5, (1, 2, 3, 3))
    got, want = student(dout, x, 3, 1), reference(dout, x, 3, 1)
    if not isinstance(got, np.ndarray) or got.shape != want.shape:
        assert_same(got, want)
    most = np.zeros(
        want.shape
    )  # what a pixel gets when it takes the gradient of every window that it lies in
    for i, j in np.ndindex(3, 3):
        most[:, :, i : i + 3, j : j + 3] += dout[:, :, i : i + 1, j : j + 1]
    assert_same(got, np.minimum(np.maximum(np.nan_to_num(got), 0.0), most), rtol=RTOL)
    assert_same(got.sum(axis=(2, 3)), dout.sum(axis=(2, 3)), rtol=RTOL)


@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(
    ("size", "kernel_size", "padding"),
    [((7, 7), 3, 1), ((5, 6), 2, 1), ((6, 9), 5, 2), ((6, 12), 6, 3), ((4, 2), 6, 3)],
)
def test_padding(student, reference, rng, size, kernel_size, padding):
    """With padding the result still has the image's shape, and every window's gradient is at its place."""
    check(student, reference, rng, draw(rng, 1, 1, *size), kernel_size, padding=padding)


@pytest.mark.feature("padding")
@pytest.mark.weight(2)
def test_padding_never_wins(student, reference, rng):
    """A padded pixel never takes a gradient, even where all values of the window are negative."""
    check(student, reference, rng, -1.0 - np.abs(draw(rng, 1, 2, 5, 4)), 3, padding=1)


@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(3)
@pytest.mark.parametrize(("kernel_size", "stride", "padding"), [(3, 2, 1), (2, 3, 1), (5, 1, 2)])
def test_stride_and_padding(student, reference, rng, kernel_size, stride, padding):
    """Stride and padding work together, also as positional arguments, on a batch."""
    check(student, reference, rng, draw(rng, 2, 2, 7, 6), kernel_size, stride, padding)


@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
@pytest.mark.parametrize("kernel_size", [(2, 3), (3, 1)])
def test_pair_of_sizes(student, reference, rng, kernel_size):
    """A pair of sizes gives the window a height and a width of its own."""
    check(student, reference, rng, draw(rng, 1, 1, 6, 7), kernel_size)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.weight(1)
def test_pair_of_strides(student, reference, rng):
    """A pair of strides gives height and width a stride each."""
    check(student, reference, rng, draw(rng, 1, 1, 6, 7), 3, (1, 2))


@pytest.mark.feature("pairs")
@pytest.mark.feature("padding")
@pytest.mark.weight(1)
@pytest.mark.parametrize(("kernel_size", "padding"), [(3, (1, 0)), (5, (2, 1)), (5, (1, 2))])
def test_pair_of_paddings(student, reference, rng, kernel_size, padding):
    """A pair of paddings gives height and width a padding each."""
    check(student, reference, rng, draw(rng, 1, 1, 5, 7), kernel_size, padding=padding)


@pytest.mark.feature("pairs")
@pytest.mark.feature("stride")
@pytest.mark.feature("padding")
@pytest.mark.weight(1)
def test_everything(student, reference, rng):
    """All arguments as pairs, on a batch of images."""
    check(student, reference, rng, draw(rng, 2, 3, 6, 7), (2, 4), (1, 3), (0, 2))
