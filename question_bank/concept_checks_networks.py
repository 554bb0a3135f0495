"""Checks of statements about parameters, receptive fields and architectures; large layers are built without their memory."""

import itertools

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from question_bank.concept_checks import Verdict, check, opposites, ramp, reaches, weights

_VGG16 = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)
"""Channels of the convolutions of VGG16, and 0 for a pooling: Simonyan and Zisserman 2015, table 1, column D."""


def _multiply_adds(layer: nn.Module, *shape: int) -> int:
    """Count, as torch does, the multiplications and additions of a layer; two for each multiply-add."""
    with FlopCounterMode(display=False) as counter, torch.device("meta"):
        layer(torch.zeros(shape))
    return int(counter.get_total_flops())


def _lenet() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.Sigmoid(),
        nn.Linear(120, 84),
        nn.Sigmoid(),
        nn.Linear(84, 10),
    )


# --- parameters


@check
def size_does_not_matter() -> Verdict:
    """The same layer on images of two heights; its parameters are counted after each."""
    layer = nn.Conv2d(1, 4, 3)
    counts = []
    for height in (10, 20):
        layer(torch.zeros(1, 1, height, 10))
        counts.append(weights(layer))
    return counts[0] == counts[1], 2 * counts[0] == counts[1]


@check
def stride_free() -> Verdict:
    """Strides 1 and 2."""
    one, two = (weights(nn.Conv2d(3, 8, 3, stride=s)) for s in (1, 2))
    return two == one, two < one


@check
def bias_per_filter() -> Verdict:
    """The biases of the layer."""
    layer = nn.Conv2d(3, 16, 5)
    count = weights(layer) - layer.weight.numel()
    return count == 16, count == 3


@check
def groups_divide() -> Verdict:
    """Weights with and without groups."""
    whole, grouped = (nn.Conv2d(4, 8, 3, groups=g).weight.numel() for g in (1, 2))
    return 2 * grouped == whole, grouped == 2 * whole


@check
def dropout_none() -> Verdict:
    """The parameters of a dropout layer."""
    count = weights(nn.Dropout(0.5))
    return count == 0, count > 0


@check
def batch_norm_two() -> Verdict:
    """The parameters for seven channels."""
    count = weights(nn.BatchNorm2d(7))
    return count == 2 * 7, count == 0


@check
def running_statistics() -> Verdict:
    """Whether the optimiser would be given them."""
    layer = nn.BatchNorm2d(3)
    given = {name for name, _ in layer.named_parameters()}
    return opposites(not given & {"running_mean", "running_var"})


@check
def two_small_kernels() -> Verdict:
    """Eight channels throughout."""
    small = 2 * nn.Conv2d(8, 8, 3).weight.numel()
    large = nn.Conv2d(8, 8, 5).weight.numel()
    return small < large, small > large


@check
def dense_layers_heavy() -> Verdict:
    """VGG16, built layer by layer."""
    with torch.device("meta"):
        channels = [c for c in _VGG16 if c]
        convolutions = sum(
            weights(nn.Conv2d(a, b, 3, padding=1)) for a, b in zip([3, *channels], channels, strict=False)
        )
        first, *rest = (weights(nn.Linear(a, b)) for a, b in ((512 * 49, 4096), (4096, 4096), (4096, 1000)))
    total = convolutions + first + sum(rest)
    return 2 * first > total, 2 * convolutions > total


@check
def cost_is_not_size() -> Verdict:
    """One layer on a small and on a large image."""
    with torch.device("meta"):
        layer = nn.Conv2d(3, 8, 3)
    return opposites(_multiply_adds(layer, 1, 3, 8, 8) != _multiply_adds(layer, 1, 3, 64, 64))


@check
def four_bytes() -> Verdict:
    """A thousand times a thousand weights."""
    weight = nn.Linear(1000, 1000, bias=False, device="meta").weight
    size = weight.numel() * weight.element_size()
    return size == 4_000_000, size == 1_000_000


@check
def adam_remembers() -> Verdict:
    """What Adam keeps of the shape of a parameter after a step."""
    weight = nn.Parameter(torch.ones(3))
    optimizer = torch.optim.Adam([weight])
    torch.autograd.backward(weight.sum())
    optimizer.step()
    kept = [value for value in optimizer.state[weight].values() if value.shape == weight.shape]
    return len(kept) == 2, not kept


@check
def separable_saves() -> Verdict:
    """64 channels throughout."""
    both = nn.Conv2d(64, 64, 3, groups=64).weight.numel() + nn.Conv2d(64, 64, 1).weight.numel()
    whole = nn.Conv2d(64, 64, 3).weight.numel()
    return both < whole, both == whole


@check
def pointwise_weights() -> Verdict:
    """The weights of the layer."""
    count = nn.Conv2d(64, 16, 1).weight.numel()
    return count == 1024, count == 16


# --- receptive fields: which pixels an output has a gradient for


def _width(*layers: nn.Module) -> int:
    """Return how many columns one output of a stack depends on."""
    return int(reaches(lambda: nn.Sequential(*layers)).any(0).sum())


def _conv(kernel: int = 3, stride: int = 1, padding: int = 0, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(1, 1, kernel, stride, padding, dilation, bias=False)


@check
def two_three_by_three() -> Verdict:
    """Two layers."""
    width = _width(_conv(), _conv())
    return width == 5, width == 6


@check
def each_layer_adds() -> Verdict:
    """One to four layers."""
    widths = [_width(*(_conv() for _ in range(count))) for count in (1, 2, 3, 4)]
    pairs = list(itertools.pairwise(widths))
    return all(b == a + 2 for a, b in pairs), all(b == 3 * a for a, b in pairs)


@check
def stride_widens_later() -> Verdict:
    """What a second layer adds behind a stride of 1 and of 2."""
    added = [_width(_conv(stride=s), _conv()) - _width(_conv(stride=s)) for s in (1, 2)]
    return added[1] == 2 * added[0], added[1] == added[0]


@check
def own_stride() -> Verdict:
    """The last layer with a stride of 1 and of 2."""
    one, two = (_width(_conv(), _conv(stride=s)) for s in (1, 2))
    return one == two, two == 2 * one


@check
def pooling_widens() -> Verdict:
    """Means of 2x2 and a convolution of 2x2 with the same stride, each before a convolution."""
    pooled, convolved = _width(nn.AvgPool2d(2), _conv()), _width(_conv(2, stride=2), _conv())
    return pooled == convolved, pooled == _width(_conv())


@check
def pointwise_sees_no_more() -> Verdict:
    """With and without a 1x1 layer."""
    before, after = _width(_conv()), _width(_conv(), _conv(1))
    return after == before, after == before + 1


@check
def padding_sees_no_more() -> Verdict:
    """With and without padding."""
    before, after = _width(_conv(), _conv()), _width(_conv(padding=1), _conv(padding=1))
    return after == before, after == before + 2


@check
def dilation_sees_more() -> Verdict:
    """From the first to the last column that is read."""
    columns = reaches(lambda: _conv(dilation=2)).any(0).nonzero().flatten().tolist()
    span = columns[-1] - columns[0] + 1
    return span == 5, span == 3


@check
def dense_sees_all() -> Verdict:
    """The values of two maps of 9x9 that a unit depends on: all of them, or those of a 3x3 window of each map."""
    maps = ramp(1, 2, 9, 9).requires_grad_()
    unit = nn.Linear(162, 2, dtype=torch.float64)(nn.Flatten()(maps))[0, 0]
    (gradient,) = torch.autograd.grad(unit, maps)
    seen = int((gradient != 0).sum())
    return seen == 162, seen == 18


@check
def activation_sees_no_more() -> Verdict:
    """With and without a ReLU."""
    before, after = _width(_conv(), _conv()), _width(_conv(), nn.ReLU(), _conv())
    return after == before, after > before


@check
def channels_see_no_more() -> Verdict:
    """Two and four channels between two layers."""
    few, many = (_width(nn.Conv2d(1, c, 3), nn.Conv2d(c, 1, 3)) for c in (2, 4))
    return many == few, many == 2 * few


@check
def corners_read_less() -> Verdict:
    """The sum of all outputs counts for each pixel how many windows read it."""
    image = torch.ones(1, 1, 7, 7, requires_grad=True)
    (read,) = torch.autograd.grad(torch.nn.functional.conv2d(image, torch.ones(1, 1, 3, 3)).sum(), image)
    return read[0, 0, 0, 0].item() == 1, read[0, 0, 0, 0].item() == 9


# --- architectures


@check
def lenet_is_small() -> Verdict:
    """Both networks, counted."""
    dense = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    return weights(_lenet()) < weights(dense), weights(_lenet()) > weights(dense)


@check
def reduction_before_large() -> Verdict:
    """A branch of 192 to 32 channels on 28x28 pixels with and without reducing to 16, and what it sees."""
    with torch.device("meta"):
        direct = nn.Conv2d(192, 32, 5, padding=2)
        reduced = nn.Sequential(nn.Conv2d(192, 16, 1), nn.Conv2d(16, 32, 5, padding=2))
    cheaper = _multiply_adds(reduced, 1, 192, 28, 28) < _multiply_adds(direct, 1, 192, 28, 28)
    return cheaper, _width(_conv(1), _conv(5)) > _width(_conv(5))


@check
def shortcut_must_fit() -> Verdict:
    """The sum that PyTorch is asked for."""
    try:
        torch.zeros(1, 64, 4, 4) + torch.zeros(1, 128, 4, 4)
    except RuntimeError:
        return True, False
    return False, True


@check
def zero_block_passes() -> Verdict:
    """A block whose convolutions have weights of 0."""
    image = torch.arange(16.0).reshape(1, 1, 4, 4)
    path = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.ReLU(), nn.Conv2d(1, 1, 3, padding=1))
    for parameter in path.parameters():
        nn.init.zeros_(parameter)
    output = image + path(image)
    return torch.equal(output, image), bool((output == 0).all())


@check
def any_size_without_dense() -> Verdict:
    """Two sizes."""
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    try:
        shapes = {tuple(network(torch.zeros(1, 1, n, n)).shape) for n in (8, 21)}
    except RuntimeError:
        return False, True
    return opposites(shapes == {(1, 4)})
