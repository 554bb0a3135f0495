# LEGRADE-CANARY solutions/relu_backward/test_hidden.py
"""Hidden suite for relu_backward; a test's docstring is what the student reads.

Every case has inputs of both signs, so that neither the gradient itself nor zeros earn a point. The gradients that are
sent back have both signs where the input is positive and where it is negative.
"""

import numpy as np
import pytest

from autograder.testing import Strided, assert_same, assert_unchanged

RTOL = 1e-5  # of the largest magnitude: a program that computes in float32 is right
ANY = 1e300  # no finite number lies farther off


def draw(rng, *shape):
    """Draw a gradient and an input whose signs meet in all four ways, far from zero."""
    count = int(np.prod(shape))
    order = rng.permutation(count)
    signs = np.where([order % 2, order // 2 % 2], 1.0, -1.0)
    dout, x = (signs * rng.uniform(0.2, 3.0, (2, count))).reshape(2, *shape)
    return dout, x


def check(student, reference, dout, x):
    """Compare one call."""
    assert_same(student(dout, x), reference(dout, x), rtol=RTOL)


def check_open_at_zero(student, reference, dout, x):
    """Compare one call, and accept any slope from 0 to 1 where the input is 0."""
    got = student(dout, x)
    expected = reference(dout, x)
    assert_same(got, expected, atol=ANY)  # so it is an array of the right shape
    accepted = np.clip(np.asarray(got, dtype=float), np.minimum(dout, 0.0), np.maximum(dout, 0.0))
    assert_same(got, np.where(x == 0, accepted, expected), rtol=RTOL)


@pytest.mark.weight(4)
@pytest.mark.parametrize("shape", [(4, 6), (5, 3)])
def test_both_signs(student, reference, rng, shape):
    """The gradient passes where the input was positive and stops where it was negative, whatever its own sign is."""
    check(student, reference, *draw(rng, *shape))


@pytest.mark.weight(2)
@pytest.mark.parametrize("shape", [(9,), (1, 8), (6, 1)])
def test_one_row_or_column(student, reference, rng, shape):
    """A vector, a single row and a single column keep their shapes."""
    check(student, reference, *draw(rng, *shape))


@pytest.mark.weight(3)
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 1, 2, 7)])
def test_images(student, reference, rng, shape):
    """Every image and every channel of a batch of images gets its own gradient."""
    check(student, reference, *draw(rng, *shape))


@pytest.mark.weight(2)
def test_small_and_large_inputs(student, reference, rng):
    """Inputs close to zero and inputs far from it follow the same rule."""
    dout, _ = draw(rng, 4, 5)
    for scale in (0.01, 500.0):
        x = scale * draw(rng, 4, 5)[1]
        check(student, reference, dout, x)


@pytest.mark.weight(2)
def test_inputs_of_one_sign(student, reference, rng):
    """Inputs without a positive one, inputs without a negative one, and inputs of both signs all work."""
    dout, x = draw(rng, 3, 4)
    check(student, reference, dout, -np.abs(x))
    check(student, reference, dout, np.abs(x))
    check(student, reference, dout, x)


@pytest.mark.weight(1)
def test_inputs_of_zero(student, reference, rng):
    """Where the input is exactly zero the slope lies between those on both sides."""
    dout, x = draw(rng, 4, 6)
    x[rng.permutation(4)[:3], rng.permutation(6)[:3]] = 0.0
    check_open_at_zero(student, reference, dout, x)


@pytest.mark.weight(1)
def test_float32(student, reference, rng):
    """Arrays in single precision work."""
    dout, x = draw(rng, 3, 2, 4)
    check(student, reference, dout.astype(np.float32), x.astype(np.float32))


@pytest.mark.weight(1)
def test_views(student, reference, rng):
    """Arrays whose entries do not lie side by side in memory, such as slices of larger arrays, work."""
    dout, x = draw(rng, 2, 3, 4)
    assert_same(student(Strided(dout), Strided(x)), reference(dout, x), rtol=RTOL)


@pytest.mark.weight(1)
def test_arguments_stay(student, reference, rng):
    """The result is right, and the arrays that were passed in hold the same values after the call."""
    check(student, reference, *draw(rng, 3, 5))
    assert_unchanged(student)
