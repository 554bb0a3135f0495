# LEGRADE-CANARY solutions/count_parameters/test_hidden.py
"""Hidden suite for count_parameters; a test's docstring is what the student reads.

Sizes are drawn anew for each round, so that no count can be looked up. A network without parameters is asked for only
together with one that has some, so that a program that always returns nothing earns nothing.
"""

import pytest

from autograder.testing import assert_same

RELU, FLATTEN = {"type": "relu"}, {"type": "flatten"}


def draw(rng, low, high):
    """Draw a whole number, both ends included."""
    return int(rng.integers(low, high + 1))


def draw_two(rng, low, high):
    """Draw two different whole numbers."""
    first, second = rng.permutation(range(low, high + 1))[:2].tolist()
    return first, second


def conv(channels, filters, kernel_size, **more):
    """Write down a convolution."""
    return {
        "type": "conv2d",
        "in_channels": channels,
        "out_channels": filters,
        "kernel_size": kernel_size,
        **more,
    }


def linear(inputs, outputs, **more):
    """Write down a dense layer."""
    return {"type": "linear", "in_features": inputs, "out_features": outputs, **more}


def pool(kind, kernel_size):
    """Write down a pooling."""
    return {"type": f"{kind}pool2d", "kernel_size": kernel_size}


def check(student, reference, *layers):
    """Compare one call, exactly."""
    assert_same(student(list(layers)), reference(list(layers)), atol=0.0)


@pytest.mark.weight(3)
@pytest.mark.parametrize("kernel_size", [3, 5])
def test_convolution(student, reference, rng, kernel_size):
    """A convolution has weights for every filter, channel and kernel entry, and biases."""
    check(student, reference, conv(*draw_two(rng, 3, 12), kernel_size))


@pytest.mark.weight(1)
def test_one_channel(student, reference, rng):
    """A convolution on an image with one channel is counted right."""
    check(student, reference, conv(1, draw(rng, 4, 12), 3))


@pytest.mark.weight(1)
def test_pointwise_convolution(student, reference, rng):
    """A convolution with a kernel of one pixel is counted right."""
    check(student, reference, conv(*draw_two(rng, 4, 12), 1))


@pytest.mark.weight(3)
@pytest.mark.parametrize("outputs", [2, 10])
def test_dense_layer(student, reference, rng, outputs):
    """A dense layer has a weight for every pair of an input and an output, and biases."""
    check(student, reference, linear(draw(rng, 20, 60), outputs))


@pytest.mark.weight(2)
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_layers_without_parameters(student, reference, rng, kind):
    """Pooling, ReLU and flattening add nothing, wherever they stand."""
    first = linear(draw(rng, 20, 60), draw(rng, 4, 9))
    check(student, reference, first, pool(kind, 2))
    check(student, reference, RELU, conv(*draw_two(rng, 3, 9), 3), RELU, pool(kind, 3), FLATTEN)


@pytest.mark.weight(1)
def test_nothing_to_train(student, reference, rng):
    """Networks without a layer that has parameters, also one without any layer, have none; another one has some."""
    check(student, reference)
    check(student, reference, FLATTEN, RELU)
    check(student, reference, RELU, linear(draw(rng, 20, 60), 5))


@pytest.mark.weight(1)
def test_dense_network(student, reference, rng):
    """The dense layers of a network are added up."""
    inputs, hidden, outputs = draw(rng, 30, 60), draw(rng, 10, 20), draw(rng, 3, 8)
    check(student, reference, FLATTEN, linear(inputs, hidden), RELU, linear(hidden, outputs))


@pytest.mark.weight(3)
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_whole_network(student, reference, rng, kind):
    """The convolutions and dense layers of a network are added up."""
    colours, (few, many), side = draw(rng, 2, 4), draw_two(rng, 5, 12), draw(rng, 2, 4)
    outputs, classes = draw(rng, 12, 20), draw(rng, 3, 10)
    layers = [conv(colours, few, 5), RELU, pool(kind, 2), conv(few, many, 3), RELU, pool(kind, 2), FLATTEN]
    check(student, reference, *layers, linear(many * side * side, outputs), RELU, linear(outputs, classes))


@pytest.mark.weight(1)
def test_layers_alike(student, reference, rng):
    """A network in which a layer comes several times counts it every time."""
    channels, width = draw(rng, 3, 9), draw(rng, 20, 40)
    check(student, reference, *3 * [conv(channels, channels, 3), RELU], FLATTEN, *2 * [linear(width, width)])


@pytest.mark.weight(1)
def test_large_network(student, reference, rng):
    """A network with many millions of parameters is counted to the last one."""
    inputs = draw(rng, 20000, 30000)
    check(
        student, reference, conv(256, 512, 3), linear(inputs, 4096), RELU, linear(4096, draw(rng, 990, 1010))
    )


@pytest.mark.feature("bias")
@pytest.mark.weight(2)
def test_convolution_without_bias(student, reference, rng):
    """With bias=False a convolution has its weights only."""
    check(student, reference, conv(*draw_two(rng, 3, 12), 3, bias=False))


@pytest.mark.feature("bias")
@pytest.mark.weight(2)
def test_dense_layer_without_bias(student, reference, rng):
    """With bias=False a dense layer has its weights only."""
    check(student, reference, linear(draw(rng, 20, 60), draw(rng, 3, 9), bias=False))


@pytest.mark.feature("bias")
@pytest.mark.weight(1)
def test_bias_for_each_layer(student, reference, rng):
    """Every layer of a network has biases or not as its own entry says."""
    few, many = draw_two(rng, 3, 12)
    layers = [conv(few, many, 3, bias=False), RELU, conv(many, few, 3, bias=True), FLATTEN]
    check(student, reference, *layers, linear(9 * few, many, bias=True), linear(many, 4, bias=False))


@pytest.mark.feature("groups")
@pytest.mark.weight(2)
@pytest.mark.parametrize("groups", [2, 3])
def test_groups(student, reference, rng, groups):
    """With groups every filter reads only its group's share of the channels."""
    few, many = draw_two(rng, 2, 6)
    check(student, reference, conv(groups * few, groups * many, 3, groups=groups))


@pytest.mark.feature("groups")
@pytest.mark.weight(2)
def test_depthwise_convolution(student, reference, rng):
    """A convolution with as many groups as channels is counted right, also before a pointwise one."""
    channels = draw(rng, 4, 12)
    check(student, reference, conv(channels, channels, 5, groups=channels))
    check(
        student, reference, conv(channels, 2 * channels, 3, groups=channels), RELU, conv(2 * channels, 3, 1)
    )


@pytest.mark.feature("groups")
@pytest.mark.feature("bias")
@pytest.mark.weight(1)
def test_groups_without_bias(student, reference, rng):
    """Groups and bias=False work together."""
    few, many = draw_two(rng, 2, 6)
    check(student, reference, conv(4 * few, 4 * many, 3, bias=False, groups=4))


@pytest.mark.feature("batch_norm")
@pytest.mark.weight(2)
def test_batch_normalisation(student, reference, rng):
    """A batch normalisation has parameters for every channel."""
    check(student, reference, {"type": "batchnorm2d", "num_features": draw(rng, 3, 64)})


@pytest.mark.feature("batch_norm")
@pytest.mark.weight(1)
def test_network_with_batch_normalisation(student, reference, rng):
    """Batch normalisations are added to the other layers of a network."""
    few, many = draw_two(rng, 3, 12)
    norms = [{"type": "batchnorm2d", "num_features": n} for n in (few, many)]
    layers = [conv(2, few, 3), norms[0], RELU, conv(few, many, 3), norms[1], RELU, pool("max", 2), FLATTEN]
    check(student, reference, *layers, linear(4 * many, 7))


@pytest.mark.feature("pairs")
@pytest.mark.weight(2)
@pytest.mark.parametrize("kernel_size", [(3, 5), (4, 1)])
def test_pair_of_kernel_sizes(student, reference, rng, kernel_size):
    """A pair of sizes gives the kernel a height and a width of its own."""
    check(student, reference, conv(*draw_two(rng, 3, 12), kernel_size))


@pytest.mark.feature("batch_norm")
@pytest.mark.feature("bias")
@pytest.mark.feature("groups")
@pytest.mark.feature("pairs")
@pytest.mark.weight(1)
def test_everything(student, reference, rng):
    """Groups, pairs, layers without bias and batch normalisations in one network."""
    few, many = draw_two(rng, 2, 6)
    first, second = conv(3, 2 * few, (7, 3), bias=False), conv(2 * few, 2 * many, (1, 3), groups=2)
    norm = {"type": "batchnorm2d", "num_features": 2 * few}
    check(
        student,
        reference,
        first,
        norm,
        RELU,
        second,
        pool("avg", 4),
        FLATTEN,
        linear(2 * many, 5, bias=False),
    )
