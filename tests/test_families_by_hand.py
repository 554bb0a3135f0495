"""Families worked out by hand: their named wrong answers are what torch computes when it is told to make the mistake."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from question_bank import bank, cnn, layers
from question_bank.authoring import usable
from question_bank.draw import Draw
from question_bank.tensors import backward, exact, grid, stacked, tensor
from question_bank.values import Grid

pytestmark = pytest.mark.usefixtures("one_thread")
seeds = st.integers(0, 2**64)
quick = settings(max_examples=25, deadline=None)


def wrong_of(question, rule, part=0):
    """Return the wrong answer that a rule leads to, or None where it is not live."""
    return next((w.value for w in question.wrong if w.misconception == rule and w.part == part), None)


def hold(question, expected, part=0):
    """Every named wrong answer that is live equals the expected one; at least one is live."""
    live = {rule: wrong_of(question, rule, part) for rule in expected}
    assert any(value is not None for value in live.values())
    for rule, value in live.items():
        assert value in (None, expected[rule]), rule


@quick
@given(seed=seeds)
def test_wrong_means_are_those_that_torch_computes_wrongly(seed):
    """Sum, side, padding not counted or left out, another stride: torch, told so, gives the named wrong answers."""
    question = bank.generate("avg-pool-by-hand", seed)
    x, (k, s, p) = tensor(question.tables[0].value), (question.given[name] for name in "ksp")
    pool = functional.avg_pool2d
    every = 2520  # a multiple of every number of pixels in a window
    expected = {
        "sum-instead-of-mean": exact(pool(x, k, s, p, divisor_override=1)[0, 0]),
        "mean-over-side": exact(pool(x, k, s, p, divisor_override=k)[0, 0], k),
        "max-instead-of-mean": grid(functional.max_pool2d(functional.pad(x, (p, p, p, p)), k, s)),
        "padding-not-counted": exact(pool(x, k, s, p, count_include_pad=False)[0, 0], every),
        "pool-stride-one": exact(pool(x, k, 1, p)[0, 0], every),
        "pool-stride-is-kernel": exact(pool(x, k, k, p)[0, 0], every),
    }
    if min(x.shape[2:]) >= k:
        expected["padding-ignored"] = exact(pool(x, k, s)[0, 0], every)
    hold(question, expected)


@quick
@given(seed=seeds)
def test_wrong_padded_maxima_are_those_that_torch_computes_wrongly(seed):
    """Zeros around the image, no padding, padding on two sides only: torch, told so, gives the named wrong answers."""
    question = bank.generate("padded-max-pool", seed)
    x, (k, s, p) = tensor(question.tables[0].value), (question.given[name] for name in "ksp")
    pool, low = functional.max_pool2d, float("-inf")
    expected = {
        "padding-with-zeros": grid(pool(functional.pad(x, (p, p, p, p)), k, s)),
        "padding-ignored": grid(pool(x, k, s)),
        "padding-once": grid(pool(functional.pad(x, (p, 0, p, 0), value=low), k, s)),
        "min-instead-of-max": grid(-pool(-x, k, s, p)),
        "pool-stride-one": grid(pool(x, k, 1, p)),
        "pool-stride-is-kernel": grid(pool(x, k, k, p)),
    }
    hold(question, expected)
    assert wrong_of(question, "padding-with-zeros") is not None


@quick
@given(seed=seeds)
def test_wrong_rows_are_those_that_torch_pools_wrongly(seed):
    """The other axis, both axes, ceil_mode, the other kind: torch, told so, gives the named wrong answers."""
    question = bank.generate("pool-1d-by-hand", seed)
    x, (k, s) = tensor(question.tables[0].value)[0], (question.given[name] for name in "ks")
    pools = (functional.max_pool1d, functional.avg_pool1d)
    flat = (functional.max_pool2d, functional.avg_pool2d)[question.given["mean"]]
    pool, other = pools if not question.given["mean"] else pools[::-1]
    expected = {
        "mean-for-max-or-max-for-mean": exact(other(x, k, s)[0], 6),
        "remainder-kept": exact(pool(x, k, s, ceil_mode=True)[0], 6),
        "pool-stride-one": exact(pool(x, k, 1)[0], 6),
        "pool-stride-is-kernel": exact(pool(x, k, k)[0], 6),
    }
    if x.shape[1] >= k:
        expected["pooled-along-columns"] = exact(pool(x.transpose(1, 2), k, s)[0].T, 6)
        expected["rows-pooled-together"] = exact(flat(x[None], k, s)[0, 0], 36)
    hold(question, expected)


@quick
@given(seed=seeds)
def test_wrong_channels_are_those_that_torch_computes_wrongly(seed):
    """Only the first channel, one slice for all, exchanged axes: torch, told so, gives the named wrong answers."""
    question = bank.generate("conv-several-channels-by-hand", seed)
    c, f, s, b = (question.given[name] for name in "cfsb")
    shown = [entry.value for entry in question.tables]
    x = stacked(shown[:c])
    w = torch.cat([stacked(shown[c + i * c : 2 * c + i * c]) for i in range(f)])
    biases = torch.tensor([b, b + 3][:f], dtype=w.dtype)

    def outputs(w, biases=biases, x=x, **more):
        """Return the output channels as grids."""
        return [exact(channel, c) for channel in functional.conv2d(x, w, biases, s, **more)[0]]

    expected = {
        "first-channel-only": outputs(w[:, :1], x=x[:, :1]),
        "one-slice-for-all-channels": outputs(w[:, :1].expand_as(w)),
        "channels-averaged": outputs(w / c),
        "bias-forgotten": outputs(w, None),
        "bias-per-input-channel-added": outputs(w, biases * c),
        "kernel-flipped": outputs(w.flip(2, 3)),
    }
    if c == f:
        own = torch.stack([w[i, i] for i in range(f)])[:, None]
        expected["channels-kept-apart"] = outputs(own, groups=c)
        expected["filter-axes-exchanged"] = outputs(w.transpose(0, 1))
    for part in range(f):
        hold(question, {rule: values[part] for rule, values in expected.items()}, part)


@quick
@given(seed=seeds)
def test_wrong_pooling_gradients_are_those_that_torch_computes_wrongly(seed):
    """Shared for max, undivided for mean, nothing from above: torch's other backward passes give the named wrong answers."""
    question = bank.generate("max-pool-backward", seed)
    x, dy = (tensor(entry.value) for entry in question.tables)
    k, s = question.given["k"], question.given["s"]
    every = {"gradient-to-every-pixel": 1, "gradient-shared-in-the-window": k * k}
    means = {
        rule: backward(
            lambda image, d=divisor: functional.avg_pool2d(image, k, s, divisor_override=d), x, dy, k * k
        )
        for rule, divisor in every.items()
    }
    ones = backward(lambda image: functional.max_pool2d(image, k, s), x, torch.ones_like(dy))
    counted = wrong_of(question, "upstream-gradient-ignored")
    assert counted in (None, ones)
    hold(question, means)

    question = bank.generate("avg-pool-backward", seed)
    x, dy = (tensor(entry.value) for entry in question.tables)
    k, s = question.given["k"], question.given["s"]
    undivided = backward(lambda image: functional.avg_pool2d(image, k, s, divisor_override=1), x, dy)
    hold(question, {"gradient-not-divided": undivided})


@quick
@given(seed=seeds)
def test_wrong_convolution_gradients_are_those_that_torch_computes_wrongly(seed):
    """A turned or transposed kernel, nothing from above: torch, told so, gives the named wrong answers."""
    question = bank.generate("conv-input-gradient", seed)
    w, dy = (tensor(entry.value) for entry in question.tables)
    s = question.given["s"]
    send = functional.conv_transpose2d
    expected = {
        "kernel-turned-in-backward": grid(send(dy, w.flip(2, 3), stride=s)),
        "kernel-transposed": grid(send(dy, w.transpose(2, 3), stride=s)),
        "upstream-gradient-ignored": grid(send(torch.ones_like(dy), w, stride=s)),
    }
    hold(question, expected)

    question = bank.generate("conv-weight-gradient", seed)
    x, dy = (tensor(entry.value) for entry in question.tables)
    k, s = question.given["k"], question.given["s"]
    dw = functional.conv2d(x, dy, dilation=s)[..., :k, :k]
    expected = {
        "kernel-gradient-turned": grid(dw.flip(2, 3)),
        "kernel-gradient-transposed": grid(dw.transpose(2, 3)),
        "gradient-averaged-over-positions": exact(dw[0, 0] / dy.numel(), dy.numel()),
        "first-position-only": grid(x[..., :k, :k] * dy[0, 0, 0, 0]),
        "upstream-gradient-ignored": grid(functional.conv2d(x, torch.ones_like(dy), dilation=s)[..., :k, :k]),
        "stride-ignored-in-backward": grid(functional.conv2d(x, dy)[..., :k, :k]),
    }
    hold(question, expected)


def test_pixels_in_a_row_is_the_slip_of_a_printed_formula():
    """For a 3x3 image and a 2x2 filter the first weight's wrong gradient is v1 d1 + v2 d2 + v3 d3 + v4 d4."""
    from question_bank.families.conv_weight_gradient import _in_a_row

    x, dy = [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[10, 100], [1000, 10000]]
    assert _in_a_row(x, dy, 0, 0) == 10 + 200 + 3000 + 40000
    assert layers.weight_gradient(x, dy, 2)[0][0] == 10 + 200 + 4000 + 50000


def test_worked_examples_of_lectures_come_out():
    """A pooling layer's loss and gradient, two input channels, true convolution, and means, as printed in lectures."""
    from question_bank.families.pool_mse_backward import _Network

    net = _Network([[1, 5, 3, 7], [7, 3, 9, 2], [3, 5, 8, 4], [8, 7, 3, 5]], [[1, 1], [1, 1]], mean=0)
    assert (net.output(0), net.loss()) == ([[7, 9], [8, 8]], Fraction(99, 2))
    half = Fraction(7, 2)
    assert net.gradient() == [[0, 0, 0, 0], [3, 0, 4, 0], [0, 0, half, 0], [half, 0, 0, 0]]

    nine = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    x, w = [nine, [[v + 1 for v in row] for row in nine]], [[[0, 1], [2, 3]], [[1, 2], [3, 4]]]
    assert layers.correlate_channels(x, w) == [[56, 72], [104, 120]]

    sixteen = [list(range(start, start + 4)) for start in (1, 5, 9, 13)]
    turned = layers.turned([[1, 2], [3, 4]])
    assert cnn.correlate(sixteen, turned) == [[26, 36, 46], [66, 76, 86], [106, 116, 126]]
    image = [[4, 3, 1, 5], [1, 3, 4, 8], [4, 5, 4, 3], [6, 5, 9, 4]]
    assert layers.avg_pool(image, 2, 2) == [[Fraction(11, 4), Fraction(9, 2)], [5, 5]]


@quick
@given(seed=seeds)
def test_wrong_losses_are_those_that_torch_computes_wrongly(seed):
    """Summed errors, one error for all, a loss that is not averaged: torch, told so, gives the named wrong answers."""
    question = bank.generate("pool-mse-backward", seed)
    x, t = (tensor(entry.value) for entry in question.tables)
    pool = functional.avg_pool2d if question.given["mean"] else functional.max_pool2d
    summed = functional.mse_loss(pool(x, 2), t, reduction="sum")
    assert wrong_of(question, "squared-error-summed", 1) in (None, int(summed))
    assert wrong_of(question, "squares-forgotten", 1) in (None, Fraction((pool(x, 2) - t).mean().item()))
    gradient = backward(
        lambda image: functional.mse_loss(pool(image, 2), t, reduction="sum"), x, torch.ones(()).double(), 2
    )
    assert wrong_of(question, "squared-error-summed", 2) in (None, gradient)

    question = bank.generate("softmax-cross-entropy-gradient", seed)
    p = tensor(question.tables[0].value)[0, 0]
    classes = torch.tensor([int(text) for text in str(question.stem.fields["classes"]).split(", ")])
    one, summed = torch.ones(()).double(), functional.cross_entropy
    expected = {
        "batch-mean-forgotten": backward(
            lambda z: summed(z, classes, reduction="sum"), torch.log(p), one, 20
        ),
        "one-hot-forgotten": exact(p / len(classes), 20 * len(classes)),
    }
    hold(question, expected)


DRAWN_APART = {
    "avg-pool-by-hand": 5,
    "padded-max-pool": 4,
    "conv-several-channels-by-hand": 6,
    "conv-1x1-by-hand": 8,
    "true-convolution-by-hand": 4,
    "max-pool-backward": 6,
    "avg-pool-backward": 4,
    "conv-input-gradient": 3,
    "conv-weight-gradient": 4,
    "conv-bias-gradient": 4,
    "relu-forward-backward": 6,
    "softmax-cross-entropy-gradient": 4,
    "sobel-by-hand": 6,
    "sgd-step": 5,
    "softmax-by-hand": 3,
    "pool-mse-backward": 7,
    "conv-relu-mse": 9,
    "logistic-gradient": 9,
    "conv-1d-by-hand": 3,
    "cross-entropy-by-hand": 5,
    "sigmoid-tanh-backward": 4,
    "layers-by-hand": 4,
    "pool-1d-by-hand": 2,
    "conv-output-cell": 2,
}


@pytest.mark.parametrize("name", DRAWN_APART)
def test_drawn_entries_tell_the_mistakes_apart(name):
    """On every point, by redrawing, this many mistakes lead to answers of their own."""
    family = bank.get(name)
    for index, point in enumerate(family.space):
        question = family.build(point, Draw("apart", index))
        assert len(usable(question.wrong)) >= DRAWN_APART[name], point


def test_a_maximum_is_one_pixel():
    """No window of a question about max pooling's gradient has its largest value twice."""
    for seed in range(40):
        for name in ("max-pool-backward", "pool-mse-backward"):
            question = bank.generate(name, seed)
            x, k = tensor(question.tables[0].value), question.given.get("k", 2)
            s = question.given.get("s", 2)
            largest = functional.max_pool2d(x, k, s)
            windows = functional.unfold(x, k, stride=s)
            assert ((windows == largest.flatten(2)[:, 0][:, None]).sum(1) == 1).all()


def test_exact_refuses_what_is_no_such_fraction():
    """A third is no multiple of a half: the oracle's reader says so instead of rounding."""
    from question_bank.errors import AnswerError

    with pytest.raises(AnswerError, match="expected multiples of 1/2"):
        exact(torch.tensor([1 / 3], dtype=torch.float64), 2)
    assert exact(torch.tensor([1 / 3], dtype=torch.float64), 3) == Grid((1,), (Fraction(1, 3),))
