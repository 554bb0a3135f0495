"""What the check calls right is what torch computes, and an error that is planted is found at its place."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from question_bank import maths
from question_bank.lectures.check import check, recompute
from question_bank.lectures.example import Example
from question_bank.lectures.show import to_json
from question_bank.lectures.work import Work

small = st.integers(-5, 5)


def images(height, width):
    """Draw an image (H, W) of small whole numbers."""
    return st.lists(st.lists(small, min_size=width, max_size=width), min_size=height, max_size=height)


@st.composite
def convolutions(draw):
    """Draw a convolution whose sizes differ by axis."""
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    inputs = {
        "x": draw(images(draw(st.integers(3, 6)), draw(st.integers(3, 6)))),
        "w": draw(images(*kernel)),
        "bias": draw(small),
    }
    pairs = {"stride": (1, 3), "padding": (0, 2)}
    return inputs, {
        name: draw(st.lists(st.integers(*ends), min_size=2, max_size=2)) for name, ends in pairs.items()
    }


def example(kind, inputs, parameters, stated=None):
    """Make an example."""
    return Example("1", "lecture", "slide 1", kind, inputs, parameters, stated)


def right(kind, inputs, parameters):
    """Work an example out, as JSON."""
    return to_json(recompute(example(kind, inputs, parameters), Work()))


@given(convolutions())
@settings(deadline=None)
def test_a_convolution_is_what_torch_computes(case):
    """Any sizes, strides and paddings, which may differ by axis."""
    inputs, parameters = case
    x, w = (torch.tensor([[inputs[name]]], dtype=torch.float64) for name in ("x", "w"))
    expected = functional.conv2d(x, w, torch.tensor([inputs["bias"]], dtype=torch.float64), **parameters)
    assert right("conv2d", inputs, parameters) == expected[0, 0].tolist()


@given(images(5, 6), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.booleans())
@settings(deadline=None)
def test_a_pooling_is_what_torch_computes(x, rows, columns, stride, pad):
    """Windows of any form, with padding where torch allows it."""
    padding = [int(pad and rows > 1), int(pad and columns > 1)]
    parameters = {"kernel_size": [rows, columns], "stride": stride, "padding": padding}
    tensor = torch.tensor([[x]], dtype=torch.float64)
    assert (
        right("max_pool2d", {"x": x}, parameters)
        == functional.max_pool2d(tensor, **parameters)[0, 0].tolist()
    )
    average = torch.tensor(right("avg_pool2d", {"x": x}, parameters), dtype=torch.float64)
    assert torch.allclose(average, functional.avg_pool2d(tensor, **parameters)[0, 0])


@given(convolutions(), st.booleans())
@settings(deadline=None)
def test_gradients_are_those_of_autograd(case, rectified):
    """Output, loss, and the gradients of output, weights and bias for a mean squared error."""
    inputs, parameters = case
    x, w = (torch.tensor([[inputs[name]]], dtype=torch.float64) for name in ("x", "w"))
    b = torch.tensor([inputs["bias"]], dtype=torch.float64)
    w.requires_grad_()
    b.requires_grad_()
    before = functional.conv2d(x, w, b, **parameters)
    y = functional.relu(before) if rectified else before
    y.retain_grad()
    target = torch.ones_like(y)
    loss = functional.mse_loss(y, target)
    loss.backward()
    activation = {"activation": "relu" if rectified else "none"}
    found = right(
        "conv_forward_backward", {**inputs, "target": target[0, 0].to(int).tolist()}, parameters | activation
    )
    expected = {"y": y[0, 0], "loss": loss, "dy": y.grad[0, 0], "dw": w.grad[0, 0], "db": b.grad[0]}
    for name, tensor in expected.items():
        assert torch.allclose(torch.tensor(found[name], dtype=torch.float64), tensor.detach()), name


@st.composite
def stacks(draw):
    """Draw layers that need not fit."""
    layers = []
    for _ in range(draw(st.integers(1, 5))):
        layer = {
            "type": draw(st.sampled_from(["conv2d", "maxpool2d", "avgpool2d", "relu", "flatten", "linear"]))
        }
        if "2d" in layer["type"]:
            layer |= {"kernel_size": draw(st.integers(1, 4)), "stride": draw(st.integers(1, 3))}
            layer |= {"padding": draw(st.integers(0, 2))}
        if layer["type"] == "conv2d":
            layer |= {
                "in_channels": draw(st.sampled_from([1, 2])),
                "out_channels": draw(st.sampled_from([1, 2])),
            }
        if layer["type"] == "linear":
            layer |= {"in_features": draw(st.sampled_from([2, 4, 8])), "out_features": 4}
        layers.append(layer)
    return [draw(st.integers(1, 2)), draw(st.integers(3, 9)), draw(st.integers(3, 9))], layers


TORCH = {
    "conv2d": "Conv2d",
    "maxpool2d": "MaxPool2d",
    "avgpool2d": "AvgPool2d",
    "relu": "ReLU",
    "linear": "Linear",
}


def built(layer):
    """Build a layer in torch; an image has no batch axis here."""
    arguments = {name: value for name, value in layer.items() if name != "type"}
    if layer["type"] == "flatten":
        return torch.nn.Flatten(0)
    return getattr(torch.nn, TORCH[layer["type"]])(**arguments)


@given(stacks())
@settings(deadline=None, max_examples=200)
def test_a_stack_has_the_shapes_and_parameters_of_torch(case):
    """After every layer; where torch raises an error, so does the check."""
    shape, layers = case
    modules = [built(layer) for layer in layers]
    x, shapes = torch.zeros(shape), []
    try:
        for module in modules:
            x = module(x)
            shapes.append(list(x.shape))
    except (RuntimeError, IndexError):
        shapes = "error"
    assert right("layer_shapes", {"shape": shape}, {"layers": layers}) == shapes
    parameters = sum(p.numel() for module in modules for p in module.parameters())
    assert right("parameter_count", {}, {"layers": layers}) == parameters


@given(st.lists(st.integers(-120, 120), min_size=1, max_size=5))
@settings(deadline=None)
def test_the_naive_softmax_fails_where_that_of_torch_does(x):
    """Powers of float32 overflow and vanish at the same inputs; the other values agree."""
    powers = torch.tensor(x, dtype=torch.float32).exp()
    expected = (powers / powers.sum()).tolist()
    for one, other in zip(right("naive_softmax", {"x": x}, {}), expected, strict=True):
        assert (one == "nan") == (other != other)  # noqa: PLR0124  # only NaN differs from itself
        assert one == "nan" or one == pytest.approx(other, rel=1e-5, abs=1e-7)


def test_the_assertion_on_rounding_fails_in_torch_too():
    """In float32 the order of three products alone moves a 1x1 convolution by more than 1e-6, for some draws, not for all."""
    generator = torch.Generator().manual_seed(0)
    apart = []
    for _ in range(500):
        x, w = torch.randn(3, 3, 3, generator=generator), torch.randn(2, 3, 1, 1, generator=generator)
        products = w * x  # (2, 3, 3, 3): filter, channel, row, column
        one, other = (products[:, a] + products[:, 1] + products[:, b] for a, b in ((0, 2), (2, 0)))
        apart.append(float((one - other).abs().sum()))
    assert 0 < sum(value >= 1e-6 for value in apart) < 500


# --- answers that are wrong


@given(convolutions(), st.data())
@settings(deadline=None)
def test_one_wrong_cell_is_found_at_its_place(case, data):
    """Whatever the cell and the error; the right table is never called wrong."""
    inputs, parameters = case
    table = right("conv2d", inputs, parameters)
    (finding,) = check([example("conv2d", inputs, parameters, table)])
    assert finding.verdict == "right"
    row = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.integers(0, len(table[0]) - 1))
    table[row][column] += data.draw(st.integers(1, 9)) * data.draw(st.sampled_from([-1, 1]))
    (finding,) = check([example("conv2d", inputs, parameters, table)])
    assert finding.verdict == "wrong"
    assert [difference.path for difference in finding.apart] == [(row, column)]


@given(images(6, 6), images(2, 2), st.integers(0, 3), small)
@settings(deadline=None)
def test_a_kernel_drawn_otherwise_is_found(x, w, place, error):
    """The table of a kernel with one other entry is told from arithmetic that went wrong."""
    other = [row[:] for row in w]
    other[place // 2][place % 2] += error
    stated = right("conv2d", {"x": x, "w": other}, {})
    (finding,) = check([example("conv2d", {"x": x, "w": w}, {}, stated)])
    if finding.verdict == "right":
        assert not error or right("conv2d", {"x": x, "w": w}, {}) == stated
    else:
        texts = [slip.text for slip in finding.why if slip.id == "another-kernel"]
        assert texts or finding.why or torch.linalg.matrix_rank(patches(x)) < 4
        drawn = " / ".join(" ".join(map(str, row)) for row in other)
        assert not texts or f"kernel {drawn};" in texts[0]


def patches(x):
    """Return the windows (25, 4) that a 2x2 kernel sees on an image (6, 6)."""
    return functional.unfold(torch.tensor([[x]], dtype=torch.float64), 2)[0].T


# --- formulas


SAMPLES, WEIGHTS = 4, 3


def gradient(activation):
    """Return x, p, y and the gradient of the mean binary cross-entropy with respect to the weights, by autograd."""
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(SAMPLES, WEIGHTS, generator=generator, dtype=torch.float64) + 0.1
    w = torch.rand(WEIGHTS, 1, generator=generator, dtype=torch.float64).requires_grad_()
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)
    p = activation(x @ w)
    loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    loss.backward()
    return x, p.detach(), y, w.grad


@pytest.mark.parametrize(
    ("formula", "activation", "inner"),
    [
        ("sigmoid_bce", torch.sigmoid, lambda p, y: p - y),
        ("tanh_bce", torch.tanh, lambda p, y: (p - y) * (1 + p) / p),
    ],
)
def test_the_gradient_of_a_loss_is_that_of_autograd(formula, activation, inner):
    """The formula called right gives, with numbers put in, the gradient that torch finds; inputs are positive so that p is."""
    x, p, y, expected = gradient(activation)
    assert torch.allclose(x.T @ inner(p, y) / SAMPLES, expected)
    written = right("gradient_formula", {}, {"formula": formula})
    assert written in ("x^T (p - y) / N", "x^T ((p - y)*(1 + p)/p) / N")


def test_the_gradient_with_respect_to_the_logits_is_that_of_autograd():
    """Probabilities less the one-hot vector of the true class."""
    z = torch.tensor([[0.3, -1.2, 2.0]], dtype=torch.float64).requires_grad_()
    functional.cross_entropy(z, torch.tensor([1])).backward()
    one_hot = functional.one_hot(torch.tensor([1]), 3)
    assert torch.allclose(z.grad, z.detach().softmax(1) - one_hot)
    assert right("gradient_formula", {}, {"formula": "softmax_ce"}) == "p - onehot(y)"


LETTERS = [[f"v{3 * row + column + 1}" for column in range(3)] for row in range(3)]


@given(st.integers(1, 2), st.integers(0, 1), st.data())
@settings(deadline=None)
def test_a_cell_in_letters_is_what_torch_computes(stride, padding, data):
    """With numbers put in for the letters, whatever the stride, the padding and the cell."""
    kernel = [["w1", "w2"], ["w3", "w4"]]
    size = (3 + 2 * padding - 2) // stride + 1
    row, column = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    parameters = {"stride": stride, "padding": padding, "row": row, "col": column}
    text = right("symbolic_conv_cell", {"image": LETTERS, "kernel": kernel, "bias": "b"}, parameters)
    x = torch.arange(1.0, 10.0, dtype=torch.float64).reshape(1, 1, 3, 3)
    w = torch.tensor([[[[10.0, 100.0], [1000.0, 10000.0]]]], dtype=torch.float64)
    out = functional.conv2d(x, w, torch.tensor([0.5], dtype=torch.float64), stride, padding)
    numbers = (
        {f"v{k}": k for k in range(1, 10)} | {f"w{k}": 10**k for k in range(1, 5)} | {"b": Fraction(1, 2)}
    )
    assert maths.evaluate(text, numbers) == float(out[0, 0, row, column])


@pytest.mark.parametrize("weight", [1, 2, 3, 4])
def test_a_weight_gradient_in_letters_is_that_of_autograd(weight):
    """With numbers put in for the pixels and the gradients of the outputs."""
    x = torch.arange(1.0, 10.0, dtype=torch.float64).reshape(1, 1, 3, 3)
    w = torch.zeros(1, 1, 2, 2, dtype=torch.float64, requires_grad=True)
    upstream = torch.tensor([[[[1.0, 10.0], [100.0, 1000.0]]]], dtype=torch.float64)
    functional.conv2d(x, w).backward(upstream)
    numbers = {f"v{k}": k for k in range(1, 10)} | {f"d{k + 1}": 10**k for k in range(4)}
    text = right("symbolic_dw1", {}, {"weight": weight})
    assert maths.evaluate(text, numbers) == float(w.grad.flatten()[weight - 1])


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 4), st.integers(0, 3))
@settings(deadline=None)
def test_the_size_formula_counts_windows(n, k, s, p):
    """With numbers put in, it is the length of a slice of window starts."""
    text = right("size_formula", {}, {"formula": "(n - k + 2*p)/s"})
    assert text == "floor((n - k + 2*p)/s) + 1"
    if n + 2 * p >= k:
        assert len(range(0, n + 2 * p - k + 1, s)) == maths.evaluate(
            "(n - k + 2*p)//s + 1", {"n": n, "k": k, "s": s, "p": p}
        )
