"""The references for activations and the loss agree with torch, and the right shape alone earns nothing."""

import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import load_spec
from autograder.grade import development_seed, grade
from autograder.model import Part, Plan
from autograder.submission import Submission
from autograder.suites import load_functions

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"
OF_ARRAYS = ["cross_entropy_backward", "relu", "relu_backward", "softmax"]
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@functools.cache
def reference(name):
    """Load one reference, once."""
    return load_functions(Part(load_spec(SOLUTIONS / name), None, frozenset()))[name]


def drawn(data, *shape):
    """Draw numbers with both signs, some of them exactly 0, in one of both precisions."""
    rng = np.random.default_rng(data.draw(st.integers(0, 999), "seed"))
    x = rng.standard_normal(shape) * rng.integers(0, 4, shape)
    return x.astype(data.draw(st.sampled_from([np.float32, np.float64]), "dtype"))


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_relu_agrees_with_torch(data):
    """For any shape."""
    import torch

    x = drawn(data, *data.draw(SHAPES))
    np.testing.assert_array_equal(reference("relu")(x), torch.relu(torch.from_numpy(x)).numpy())


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_the_gradient_of_relu_agrees_with_torch(data):
    """For any shape, also where the input is 0."""
    import torch

    x = drawn(data, *data.draw(SHAPES))
    dout = drawn(data, *x.shape).astype(x.dtype)
    leaf = torch.from_numpy(x).requires_grad_()
    torch.relu(leaf).backward(torch.from_numpy(dout))
    np.testing.assert_array_equal(reference("relu_backward")(dout, x), leaf.grad.numpy())


SLOPES = {"closed": 0.0, "half": 0.5, "open": 1.0, "negative": -0.5, "steeper": 1.5}


@pytest.mark.parametrize("slope", SLOPES)
def test_any_slope_from_0_to_1_is_right_where_the_input_is_0(tier_c, slope):
    """Another one costs the points of the one test that has such inputs."""
    spec = load_spec(SOLUTIONS / "relu_backward")
    source = f"def relu_backward(dout, x):\n    return dout * ((x > 0) + {SLOPES[slope]} * (x == 0))\n"
    plan = Plan("relu_backward", (Part(spec, None, frozenset()),))
    [result] = grade([Submission(slope, "python", (source,))], plan, sandbox=tier_c, seed=development_seed(0))
    lost = {test.test for test in result.tests if test.points != test.max_points}
    assert lost == (set() if 0 <= SLOPES[slope] <= 1 else {"test_inputs_of_zero"})


def drawn_logits(data):
    """Draw the logits of a batch, far from 0 where the classes or the images are far apart."""
    images, classes = data.draw(st.integers(1, 5), "images"), data.draw(st.integers(2, 6), "classes")
    far = data.draw(st.sampled_from([0.0, 100.0, 1000.0]), "far")
    return drawn(data, images, classes) + drawn(data, images, 1) * far + drawn(data, 1, classes) * far


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_softmax_agrees_with_torch(data):
    """Also for logits whose exponentials overflow."""
    import torch

    z = drawn_logits(data)
    want = torch.nn.functional.softmax(torch.from_numpy(z).double(), dim=1)
    np.testing.assert_allclose(reference("softmax")(z), want.numpy(), rtol=1e-5, atol=1e-7)


def drawn_classes(data, z):
    """Draw a class for each row of logits."""
    rng = np.random.default_rng(data.draw(st.integers(0, 99), "classes"))
    return rng.integers(0, z.shape[1], len(z))


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_cross_entropy_and_its_gradient_agree_with_torch(data):
    """Also for images that the logits get very wrong."""
    import torch

    z = drawn_logits(data)
    y = drawn_classes(data, z)
    leaf = torch.from_numpy(z).double().requires_grad_()
    want = torch.nn.functional.cross_entropy(leaf, torch.from_numpy(y))
    want.backward()
    np.testing.assert_allclose(reference("cross_entropy")(z, y), want.item(), rtol=1e-6, atol=1e-6)
    got = reference("cross_entropy_backward")(z, y)
    np.testing.assert_allclose(got, leaf.grad.numpy(), rtol=1e-5, atol=1e-7)


ZEROS = """
right = {function}
def {function}(*args):
    return np.zeros_like(right(*args))
"""


@pytest.mark.parametrize("function", OF_ARRAYS)
def test_zeros_in_the_right_shape_earn_nothing(tier_c, function):
    """They are wrong in every test, by their values and by nothing else."""
    spec = load_spec(SOLUTIONS / function)
    source = (spec.folder / "reference.py").read_text(encoding="utf-8") + ZEROS.format(function=function)
    plan = Plan(function, (Part(spec, None, frozenset(spec.features)),))
    [result] = grade(
        [Submission("zeros", "python", (source,))], plan, sandbox=tier_c, seed=development_seed(0)
    )
    assert result.points == 0.0
    assert {test.reason for test in result.tests} == {"the result's values are wrong"}
