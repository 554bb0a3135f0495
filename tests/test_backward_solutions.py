"""The references for backward passes agree with torch, ties are judged by their sums, the right shape alone earns nothing."""

import functools
import re
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


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_the_gradient_of_average_pooling_agrees_with_torch(data):
    """Over the whole documented domain, padded zeros counted or not."""
    import torch

    kernel = data.draw(pairs(1, 4), "kernel")
    stride = data.draw(st.none() | pairs(1, 4), "stride")
    padding = data.draw(pairs(0, min(both(kernel)) // 2), "padding")
    counted = data.draw(st.booleans(), "count_include_pad")
    least = [max(1, k - 2 * p) for k, p in zip(both(kernel), both(padding), strict=True)]
    shape = tuple(data.draw(st.integers(n, n + 5), "size") for n in (1, 1, *least))
    images = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    out = torch.nn.functional.avg_pool2d(images, kernel, stride, padding, count_include_pad=counted)
    dout = np.random.default_rng(data.draw(st.integers(0, 99), "seed")).standard_normal(out.shape)
    out.backward(torch.from_numpy(dout))
    got = reference("avg_pool2d_backward")(dout, shape, kernel, stride, padding, counted)
    np.testing.assert_allclose(got, images.grad.numpy(), rtol=1e-9, atol=1e-12, strict=True)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_the_gradients_of_a_convolution_agree_with_torch(data):
    """Over the whole documented domain, all three of them."""
    import torch

    stride, padding, dilation = (
        data.draw(pairs(*r), n) for n, r in (("s", (1, 3)), ("p", (0, 3)), ("d", (1, 3)))
    )
    groups, share, filters, images = (data.draw(st.integers(1, 3)) for _ in range(4))
    kernel = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3)), "kernel")
    axes = zip(kernel, both(dilation), both(padding), strict=True)
    size = [
        data.draw(st.integers(n, n + 4), "size")
        for n in (max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in axes)
    ]
    rng = np.random.default_rng(data.draw(st.integers(0, 99), "seed"))
    shapes = ((images, groups * share, *size), (groups * filters, share, *kernel), (groups * filters,))
    x, w, b = (torch.from_numpy(rng.standard_normal(shape)).requires_grad_() for shape in shapes)
    out = torch.nn.functional.conv2d(x, w, b, stride, padding, dilation, groups)
    dout = rng.standard_normal(out.shape)
    out.backward(torch.from_numpy(dout))
    arrays = (a.detach().numpy() for a in (x, w))
    got = reference("conv2d_backward")(dout, *arrays, stride, padding, dilation, groups)
    for one, tensor in zip(got, (x, w, b), strict=True):
        np.testing.assert_allclose(one, tensor.grad.numpy(), rtol=1e-9, atol=1e-12, strict=True)


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
    "avg_pool2d_backward": """
import numpy as np
def avg_pool2d_backward(dout, x_shape, *args, **kwargs):
    return np.zeros(x_shape)
""",
    "conv2d_backward": """
import numpy as np
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    return np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))
""",
}


@pytest.mark.parametrize("function", ZEROS)
def test_zeros_in_the_right_shape_earn_nothing(tier_c, function):
    """They are wrong in every test, by their values and by nothing else."""
    result = marks(tier_c, function, ZEROS[function])
    assert result.points == 0.0
    assert {test.reason for test in result.tests} == {"the result's values are wrong"}


GRADIENTS = """
right = {function}
def {function}(*args, **kwargs):
    dx, dw, db = right(*args, **kwargs)
    return {returned}
"""
RETURNED = {
    "(dx, None, None)": ("dx",),
    "(None, dw, None)": ("dw",),
    "(dx, dw, None)": ("dx", "dw"),
    "[dx, dw, db]": ("dx", "dw", "db"),
}


@pytest.mark.parametrize("returned", RETURNED)
def test_each_of_the_three_gradients_is_paid(tier_c, returned):
    """Who has only some of them loses exactly the tests that name another one."""
    source = (SOLUTIONS / "conv2d_backward" / "reference.py").read_text(encoding="utf-8")
    source += GRADIENTS.format(function="conv2d_backward", returned=returned)
    result = marks(tier_c, "conv2d_backward", source)
    missing = {"dx", "dw", "db"} - set(RETURNED[returned])
    for test in result.tests:
        named = set(re.findall(r"\bd[xwb]\b", test.description))
        assert named
        assert (test.outcome is Outcome.PASSED) == (not named & missing), test.test
    assert result.points >= result.max_points * (0.25 if len(missing) == 2 else 0.75)


@pytest.mark.parametrize(
    "returned", ["dx", "(dx, dw)", "{'dx': dx, 'dw': dw, 'db': db}", "(dx, dw, db, None)"]
)
def test_anything_but_three_gradients_is_told_so(tier_c, returned):
    """The reason names the three that are expected, and shows nothing of what came."""
    source = (SOLUTIONS / "conv2d_backward" / "reference.py").read_text(encoding="utf-8")
    source += GRADIENTS.format(function="conv2d_backward", returned=returned)
    result = marks(tier_c, "conv2d_backward", source)
    assert result.points == 0.0
    assert {test.reason for test in result.tests} == {"the result is not three arrays (dx, dw, db)"}
