"""References agree with PyTorch over the whole documented domain, and a result in the right shape alone earns nothing."""

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


@functools.cache
def reference(name):
    """Load one reference, once."""
    return load_functions(Part(load_spec(SOLUTIONS / name), None, frozenset()))[name]


def pairs(low, high):
    """An integer, or a pair of them."""
    number = st.integers(low, high)
    return number | st.tuples(number, number)


def both(value):
    """Take an integer as a pair."""
    return (value, value) if isinstance(value, int) else value


def images(data, least):
    """Draw a batch of images of at least that height and width."""
    shape = [data.draw(st.integers(n, n + 4), "size") for n in (1, 1, *least)]
    return np.random.default_rng(data.draw(st.integers(0, 99), "seed")).standard_normal(shape)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_average_pooling_agrees_with_torch(data):
    """Padded zeros counted or not."""
    import torch

    kernel = data.draw(pairs(1, 4), "kernel")
    stride = data.draw(st.none() | pairs(1, 4), "stride")
    padding = data.draw(pairs(0, min(both(kernel)) // 2), "padding")
    counted = data.draw(st.booleans(), "count_include_pad")
    x = images(data, [max(1, k - 2 * p) for k, p in zip(both(kernel), both(padding), strict=True)])
    got = reference("avg_pool2d_forward")(x, kernel, stride, padding, counted)
    want = torch.nn.functional.avg_pool2d(
        torch.from_numpy(x), kernel, stride, padding, count_include_pad=counted
    )
    np.testing.assert_allclose(got, want.numpy(), rtol=1e-9, atol=1e-12, strict=True)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_output_shapes_agree_with_torch(data):
    """Where torch finds no window, and says so, the reference raises a ValueError."""
    import torch

    size, kernel, stride = (data.draw(pairs(1, high)) for high in (12, 5, 4))
    padding, dilation = data.draw(pairs(0, 3)), data.draw(pairs(1, 3))
    maps, weight = torch.zeros(1, 1, *both(size)), torch.zeros(1, 1, *both(kernel))
    try:
        want = torch.nn.functional.conv2d(maps, weight, None, stride, padding, dilation).shape[2:]
    except RuntimeError:
        with pytest.raises(ValueError, match="does not fit"):
            reference("output_shape")(size, kernel, stride, padding, dilation)
    else:
        assert reference("output_shape")(size, kernel, stride, padding, dilation) == tuple(want)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_windows_as_columns_agree_with_torch(data):
    """The order of rows and columns is that of unfold."""
    import torch

    kernel, stride, padding = (data.draw(pairs(low, high)) for low, high in ((1, 3), (1, 3), (0, 2)))
    x = images(data, [max(1, k - 2 * p) for k, p in zip(both(kernel), both(padding), strict=True)])
    want = torch.nn.functional.unfold(torch.from_numpy(x), kernel, padding=padding, stride=stride)
    np.testing.assert_array_equal(reference("im2col")(x, kernel, stride, padding), want.numpy(), strict=True)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_pointwise_convolution_agrees_with_torch(data):
    """One matrix product gives what the convolution gives."""
    import torch

    x = images(data, (1, 1))
    filters, bias = data.draw(st.integers(1, 5)), data.draw(st.booleans())
    rng = np.random.default_rng(filters)
    w, b = rng.standard_normal((filters, x.shape[1], 1, 1)), rng.standard_normal(filters) if bias else None
    want = torch.nn.functional.conv2d(*(None if v is None else torch.from_numpy(v) for v in (x, w, b)))
    got = reference("conv2d_1x1_as_dense")(x, w, b)
    np.testing.assert_allclose(got, want.numpy(), rtol=1e-9, atol=1e-12, strict=True)


@st.composite
def network_layers(draw):
    """One layer, written as a dict, and as torch has it."""
    from torch import nn

    low, high, groups = (draw(st.integers(1, 6)) for _ in range(3))
    bias = draw(st.sampled_from([{}, {"bias": True}, {"bias": False}]))
    share, kernel = draw(st.sampled_from([{}, {"groups": groups}])), draw(pairs(1, 4))
    sizes = low * share.get("groups", 1), high * share.get("groups", 1)
    options = [
        ("conv2d", nn.Conv2d, {"in_channels": sizes[0], "out_channels": sizes[1], "kernel_size": kernel, **share, **bias}),
        ("linear", nn.Linear, {"in_features": low, "out_features": high, **bias}),
        ("batchnorm2d", nn.BatchNorm2d, {"num_features": low}),
        ("maxpool2d", nn.MaxPool2d, {"kernel_size": kernel}),
        ("avgpool2d", nn.AvgPool2d, {"kernel_size": kernel}),
        ("relu", nn.ReLU, {}),
        ("flatten", nn.Flatten, {}),
    ]  # fmt: skip
    kind, module, entries = draw(st.sampled_from(options))
    return {"type": kind, **entries}, module(**entries)


@settings(deadline=None, max_examples=60)
@given(st.lists(network_layers(), max_size=5))
def test_counts_agree_with_torch(layers):
    """The parameters of the same network in torch."""
    want = sum(p.numel() for _, module in layers for p in module.parameters())
    assert reference("count_parameters")([layer for layer, _ in layers]) == want


ZEROS = {
    "avg_pool2d_forward": """
import numpy as np
def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    k, s, p = (np.broadcast_to(v, 2) for v in (kernel_size, kernel_size if stride is None else stride, padding))
    return np.zeros((*x.shape[:2], *((np.array(x.shape[2:]) + 2 * p - k) // s + 1)))
""",
    "conv2d_1x1_as_dense": """
import numpy as np
def conv2d_1x1_as_dense(x, w, b=None):
    return np.zeros((len(x), len(w), *x.shape[2:]))
""",
    "count_parameters": "def count_parameters(layers): return 1\n",
    "im2col": """
import numpy as np
def im2col(x, kernel_size, stride=1, padding=0):
    k, s, p = (np.broadcast_to(v, 2) for v in (kernel_size, stride, padding))
    return np.zeros((len(x), x.shape[1] * np.prod(k), np.prod((np.array(x.shape[2:]) + 2 * p - k) // s + 1)))
""",
    "output_shape": "def output_shape(*args, **kwargs): return 0, 0\n",
}


@pytest.mark.parametrize("function", ZEROS)
def test_zeros_in_the_right_shape_earn_nothing(tier_c, function):
    """They are wrong in every test."""
    spec = load_spec(SOLUTIONS / function)
    plan = Plan(function, (Part(spec, None, frozenset(spec.features)),))
    [result] = grade(
        [Submission("zeros", "python", (ZEROS[function],))], plan, sandbox=tier_c, seed=development_seed(0)
    )
    assert result.points == 0.0
    reasons = {test.reason for test in result.tests} - {"the call returned, expected it to raise ValueError"}
    assert reasons == {"the result's values are wrong"}
