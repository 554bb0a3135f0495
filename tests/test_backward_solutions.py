"""The references for backward passes agree with torch, ties are judged by their sums, the right shape alone earns nothing."""

import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import load_spec
from autograder.grade import development_seed, grade
from autograder.model import Outcome, Part, Plan
from autograder.submission import Submission
from autograder.suites import load_functions

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"


@functools.cache
def reference(name):
    """Load one reference, once."""
    return load_functions(Part(load_spec(SOLUTIONS / name), None, frozenset()))[name]


def marks(tier_c, function, source):
    """Grade one program on all features."""
    spec = load_spec(SOLUTIONS / function)
    plan = Plan(function, (Part(spec, None, frozenset(spec.features)),))
    submission = Submission("program", "python", (source,))
    [result] = grade([submission], plan, sandbox=tier_c, seed=development_seed(0))
    return result


def pairs(low, high):
    """An integer, or a pair of them."""
    number = st.integers(low, high)
    return number | st.tuples(number, number)


def both(value):
    """Take an integer as a pair."""
    return (value, value) if isinstance(value, int) else value


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_the_gradient_of_max_pooling_agrees_with_torch(data):
    """Over the whole documented domain; of equal pixels torch, too, takes the first."""
    import torch

    kernel = data.draw(pairs(1, 4), "kernel")
    stride = data.draw(st.none() | pairs(1, 4), "stride")
    padding = data.draw(pairs(0, min(both(kernel)) // 2), "padding")
    least = [max(1, k - 2 * p) for k, p in zip(both(kernel), both(padding), strict=True)]
    shape = [data.draw(st.integers(n, n + 5), "size") for n in (1, 1, *least)]
    rng = np.random.default_rng(data.draw(st.integers(0, 99), "seed"))
    x = data.draw(
        st.sampled_from([rng.standard_normal(shape), -rng.random(shape), rng.integers(0, 2, shape) - 1.0])
    )
    images = torch.from_numpy(x).requires_grad_()
    out = torch.nn.functional.max_pool2d(images, kernel, stride, padding)
    dout = rng.standard_normal(out.shape)
    out.backward(torch.from_numpy(dout))
    got = reference("max_pool2d_backward")(dout, x, kernel, stride, padding)
    np.testing.assert_allclose(got, images.grad.numpy(), rtol=1e-12, atol=1e-12, strict=True)


TIES = """
import numpy as np
def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    (kh, kw), (ph, pw) = np.broadcast_to(kernel_size, 2), np.broadcast_to(padding, 2)
    sh, sw = np.broadcast_to(kernel_size if stride is None else stride, 2)
    H, W = x.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        at = n, c, slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        share = (x[at] == x[at].max()).astype(float)
        largest = np.argwhere(share)
        if len(largest) > 1:
            SHARE
        dx[at] += share * dout[n, c, i, j]
    return dx[:, :, ph : ph + H, pw : pw + W]
"""
SHARES = {
    "the middle one": (True, "share[:] = 0; share[tuple(largest[len(largest) // 2])] = 1"),
    "one by chance": (True, "share[:] = 0; share[tuple(np.random.default_rng().choice(largest))] = 1"),
    "uneven shares": (True, "share[tuple(largest[0])] = 2; share /= share.sum()"),
    "nobody": (False, "share[:] = 0"),
    "everybody": (False, "pass"),
    "a part is lost": (False, "share /= share.sum() + 1"),
    "shares of opposite signs": (False, "share[:] = 0; share.flat[:2] = 2, -1"),
    "a smaller pixel, too": (False, "share[:] = 1 / share.size"),
    "something that is no number": (False, "share *= np.nan"),
}


@pytest.mark.parametrize("share", SHARES)
def test_ties_may_be_broken_in_any_way_that_adds_up(tier_c, share):
    """Whoever takes the gradient earns all points; where it is lost or doubled the tests of ties are lost, and no other."""
    right, statement = SHARES[share]
    result = marks(tier_c, "max_pool2d_backward", TIES.replace("SHARE", statement))
    failed = [test.test for test in result.tests if test.outcome is not Outcome.PASSED]
    assert right == (failed == []) == (result.points == result.max_points)
    assert all("ties" in name for name in failed)


ZEROS = {
    "max_pool2d_backward": """
import numpy as np
def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    return np.zeros(x.shape)
""",
}


@pytest.mark.parametrize("function", ZEROS)
def test_zeros_in_the_right_shape_earn_nothing(tier_c, function):
    """They are wrong in every test, by their values and by nothing else."""
    result = marks(tier_c, function, ZEROS[function])
    assert result.points == 0.0
    assert {test.reason for test in result.tests} == {"the result's values are wrong"}
