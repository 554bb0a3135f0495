"""Checks of statements about convolution, pooling and shapes."""

import torch
from torch import nn
from torch.nn import functional

from question_bank.concept_checks import Verdict, check, opposites, ramp


def _raises(error: type[Exception], call: object, *arguments: object) -> bool:
    """Whether a call raises an error of this kind."""
    try:
        call(*arguments)  # type: ignore[operator]  # our own callables
    except error:
        return True
    return False


# --- convolution


@check
def kernel_as_it_is() -> Verdict:
    """One window: the sum of products as they lie, and with the kernel turned."""
    window, kernel = ramp(1, 1, 3, 3), ramp(1, 1, 3, 3) ** 2 + torch.arange(9).reshape(3, 3)
    got = functional.conv2d(window, kernel).item()
    return got == (window * kernel).sum().item(), got == (window * kernel.flip(2, 3)).sum().item()


@check
def bias_once() -> Verdict:
    """The bias alone changes an output by itself, or by itself times the nine products."""
    image, kernel, bias = ramp(1, 1, 3, 3), ramp(1, 1, 3, 3), torch.tensor([2.0], dtype=torch.float64)
    change = functional.conv2d(image, kernel, bias) - functional.conv2d(image, kernel)
    return change.item() == 2, change.item() == 2 * 9


@check
def negative_outputs() -> Verdict:
    """One negative weight on a bright image."""
    return opposites((functional.conv2d(torch.ones(1, 1, 3, 3), -torch.ones(1, 1, 1, 1)) < 0).any())


@check
def reads_all_channels() -> Verdict:
    """An output's gradient tells which of three channels it depends on."""
    image = ramp(1, 3, 3, 3).requires_grad_()
    layer = nn.Conv2d(3, 2, 3, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(layer(image)[0, 0, 0, 0], image)
    read = (gradient[0] != 0).any(2).any(1).sum().item()
    return read == 3, read == 1


@check
def channels_added() -> Verdict:
    """Two channels by themselves, and together."""
    image, kernel = ramp(1, 2, 3, 3), ramp(1, 2, 3, 3) + 1
    apart = [functional.conv2d(image[:, [c]], kernel[:, [c]]).item() for c in (0, 1)]
    got = functional.conv2d(image, kernel).item()
    return got == sum(apart), got == sum(apart) / 2


@check
def weights_shared() -> Verdict:
    """A layer on a 9x9 image has the weights of one kernel, or those of one for each of 49 positions."""
    layer = nn.Conv2d(1, 1, 3, bias=False)
    positions = layer(torch.zeros(1, 1, 9, 9)).numel()
    return layer.weight.numel() == 9, layer.weight.numel() == 9 * positions


@check
def convolution_linear() -> Verdict:
    """Twice the image."""
    image, kernel = ramp(1, 1, 5, 5), ramp(1, 1, 3, 3)
    return opposites(torch.equal(functional.conv2d(2 * image, kernel), 2 * functional.conv2d(image, kernel)))


@check
def content_moves() -> Verdict:
    """An image rolled by one column, borders cut off."""
    image, kernel = ramp(1, 1, 8, 8), ramp(1, 1, 3, 3)
    before, after = functional.conv2d(image, kernel), functional.conv2d(image.roll(1, 3), kernel)
    return torch.equal(after[..., 1:], before[..., :-1]), torch.equal(after[..., 1:], before[..., 1:])


@check
def two_become_one() -> Verdict:
    """Two kernels of 3x3 against the 5x5 kernel that both make of a single bright pixel."""
    image, first, second = ramp(1, 1, 9, 9), ramp(1, 1, 3, 3), ramp(1, 1, 3, 3) + 2
    dot = torch.zeros(1, 1, 9, 9, dtype=torch.float64)
    dot[0, 0, 4, 4] = 1
    single = functional.conv2d(functional.conv2d(dot, first), second).flip(2, 3)
    both = functional.conv2d(functional.conv2d(image, first), second)
    return opposites(torch.equal(both, functional.conv2d(image, single)))


@check
def pointwise_mixes() -> Verdict:
    """An output channel of a 1x1 kernel of two weights: a sum of both channels, or a multiple of one."""
    image, kernel = ramp(1, 2, 2, 2), torch.tensor([2.0, 3.0], dtype=torch.float64).reshape(1, 2, 1, 1)
    got = functional.conv2d(image, kernel)[0, 0]
    alone = any(torch.equal(got, factor * image[0, c]) for c in (0, 1) for factor in (2, 3))
    return torch.equal(got, 2 * image[0, 0] + 3 * image[0, 1]), alone


@check
def zeros_around() -> Verdict:
    """The corner output of a sum over a padded bright image: four ones, or nine."""
    layer = nn.Conv2d(1, 1, 3, padding=1, bias=False)
    nn.init.ones_(layer.weight)
    corner = layer(torch.ones(1, 1, 4, 4))[0, 0, 0, 0].item()
    return corner == 4, corner == 9


@check
def depthwise_one_channel() -> Verdict:
    """The channels that a filter of a layer with four groups depends on."""
    image = ramp(1, 4, 3, 3).requires_grad_()
    layer = nn.Conv2d(4, 4, 3, groups=4, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(layer(image)[0, 1, 0, 0], image)
    read = (gradient[0] != 0).any(2).any(1).sum().item()
    return read == 1, read == 4


@check
def zero_sum_kernel() -> Verdict:
    """A constant image of 7 under an edge detector."""
    kernel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]).reshape(1, 1, 3, 3)
    got = functional.conv2d(torch.full((1, 1, 5, 5), 7.0), kernel)
    return bool((got == 0).all()), bool((got == 7).all())


@check
def filters_make_channels() -> Verdict:
    """Five filters on three channels."""
    channels = nn.Conv2d(3, 5, 3)(torch.zeros(1, 3, 4, 4)).shape[1]
    return channels == 5, channels == 3


# --- pooling


@check
def max_pool_padding() -> Verdict:
    """An image of -1 under a padded max pooling."""
    got = nn.MaxPool2d(3, 2, padding=1)(-torch.ones(1, 1, 4, 4))
    return bool((got == -1).all()), bool((got == 0).any())


@check
def pooling_no_weights() -> Verdict:
    """The parameters of a pooling layer."""
    count = len(list(nn.MaxPool2d(2).parameters()))
    return count == 0, count > 0


@check
def pooling_keeps_channels() -> Verdict:
    """Six channels."""
    channels = nn.MaxPool2d(2)(torch.zeros(1, 6, 8, 8)).shape[1]
    return channels == 6, channels == 3


@check
def default_stride() -> Verdict:
    """Which stride gives the same outputs."""
    image = ramp(1, 1, 9, 9)
    got = nn.MaxPool2d(3)(image)
    return torch.equal(got, functional.max_pool2d(image, 3, 3)), torch.equal(
        got, functional.max_pool2d(image, 3, 1)
    )


@check
def windows_overlap() -> Verdict:
    """The number of windows that one bright pixel on the border of two wins."""
    image = torch.zeros(1, 1, 5, 5)
    image[0, 0, 2, 0] = 1
    won = int(nn.MaxPool2d(3, stride=2)(image).sum().item())
    return won == 2, won == 1


@check
def mean_belongs_to_average() -> Verdict:
    """The mean of a window against both poolings."""
    image = ramp(1, 1, 2, 2)
    mean = image.mean().item()
    return nn.AvgPool2d(2)(image).item() == mean, nn.MaxPool2d(2)(image).item() == mean


@check
def gradient_to_winner() -> Verdict:
    """The pixels of a window that get a gradient."""
    image = torch.tensor([[1.0, 4.0], [2.0, 3.0]]).reshape(1, 1, 2, 2).requires_grad_()
    (gradient,) = torch.autograd.grad(nn.MaxPool2d(2)(image).sum(), image)
    return gradient.flatten().tolist() == [0, 1, 0, 0], gradient.flatten().tolist() == [0.25] * 4


@check
def padded_zeros_counted() -> Verdict:
    """The corner mean of a bright image: four ones over nine places, or over four."""
    corner = nn.AvgPool2d(3, 1, padding=1)(torch.ones(1, 1, 4, 4, dtype=torch.float64))[0, 0, 0, 0].item()
    return abs(corner - 4 / 9) < 1e-12, corner == 1


@check
def no_partial_window() -> Verdict:
    """Five pixels under windows of two."""
    length = nn.MaxPool2d(2)(torch.zeros(1, 1, 5, 5)).shape[-1]
    return length == 2, length == 3


@check
def relu_and_max() -> Verdict:
    """Both orders on an image that has windows below 0."""
    image = ramp(1, 1, 8, 8) - 3
    return opposites(torch.equal(nn.MaxPool2d(2)(torch.relu(image)), torch.relu(nn.MaxPool2d(2)(image))))


@check
def relu_and_average() -> Verdict:
    """Both orders on an image of both signs."""
    image = ramp(1, 1, 8, 8)
    same = torch.equal(nn.AvgPool2d(2)(torch.relu(image)), torch.relu(nn.AvgPool2d(2)(image)))
    return not same, same


@check
def small_shifts() -> Verdict:
    """A bright pixel that moves inside its window."""
    image = torch.zeros(1, 1, 4, 4)
    image[0, 0, 0, 0] = 1
    return opposites(torch.equal(nn.MaxPool2d(2)(image), nn.MaxPool2d(2)(image.roll(1, 3))))


@check
def global_average() -> Verdict:
    """Two sizes of image with four channels."""
    counts = {nn.AdaptiveAvgPool2d(1)(torch.zeros(1, 4, n, n)).numel() for n in (5, 9)}
    return counts == {4}, counts == {1}


@check
def average_is_convolution() -> Verdict:
    """A kernel of quarters against average pooling."""
    image, kernel = ramp(1, 1, 6, 6), torch.full((1, 1, 2, 2), 0.25, dtype=torch.float64)
    return opposites(torch.equal(nn.AvgPool2d(2)(image), functional.conv2d(image, kernel, stride=2)))


# --- shapes


@check
def channels_first() -> Verdict:
    """Two images of three channels, four rows and five columns in both orders."""
    layer = nn.Conv2d(3, 1, 1)
    first = layer(torch.zeros(2, 3, 4, 5)).shape == (2, 1, 4, 5)
    return first, not _raises(RuntimeError, layer, torch.zeros(2, 4, 5, 3))


@check
def rounded_down() -> Verdict:
    """Eight pixels, kernel 3, stride 2: five moves over two are two and a half."""
    length = nn.Conv2d(1, 1, 3, stride=2)(torch.zeros(1, 1, 8, 8)).shape[-1]
    return length == 3, length == 4


def _kept(kernel: int, padding: int) -> bool:
    return bool(nn.Conv2d(1, 1, kernel, padding=padding)(torch.zeros(1, 1, 12, 12)).shape[-1] == 12)


@check
def half_a_kernel() -> Verdict:
    """Paddings of 2 and of 5."""
    return _kept(5, 2), _kept(5, 5)


@check
def even_kernel() -> Verdict:
    """Any padding up to 8, and a padding of 2."""
    return not any(_kept(4, padding) for padding in range(9)), _kept(4, 2)


@check
def padding_both_sides() -> Verdict:
    """A 1x1 kernel shows how large the padded image is."""
    length = nn.Conv2d(1, 1, 1, padding=1)(torch.zeros(1, 1, 6, 6)).shape[-1]
    return length == 8, length == 7


@check
def activation_keeps_shape() -> Verdict:
    """The shape before and after."""
    return opposites(nn.ReLU()(torch.zeros(2, 3, 6, 7)).shape == (2, 3, 6, 7))


@check
def flatten_keeps_batch() -> Verdict:
    """Eight images."""
    shape = tuple(nn.Flatten()(torch.zeros(8, 3, 4, 4)).shape)
    return shape == (8, 48), shape in {(384,), (1, 384)}


@check
def view_is_a_method() -> Verdict:
    """Whether there is a method, and whether there is a function."""
    function = hasattr(torch, "view")
    return hasattr(torch.Tensor, "view") and not function, function


@check
def view_no_transpose() -> Verdict:
    """Both on the numbers from 0 to 5."""
    x = torch.arange(6).reshape(2, 3)
    same = torch.equal(x.view(3, 2), x.t())
    return x.view(3, 2).shape == x.t().shape and not same, same


@check
def dilated_span() -> Verdict:
    """The smallest image that holds the kernel."""
    layer = nn.Conv2d(1, 1, 3, dilation=2)
    span = next(n for n in range(3, 9) if not _raises(RuntimeError, layer, torch.zeros(1, 1, n, n)))
    return span == 5, span == 6


@check
def any_image_size() -> Verdict:
    """Three sizes."""
    layer = nn.Conv2d(1, 1, 3)
    return opposites(not any(_raises(RuntimeError, layer, torch.zeros(1, 1, n, n + 1)) for n in (3, 8, 21)))


@check
def channels_must_fit() -> Verdict:
    """One channel for three."""
    return opposites(_raises(RuntimeError, nn.Conv2d(3, 4, 3), torch.zeros(1, 1, 8, 8)))


@check
def linear_last_axis() -> Verdict:
    """A tensor of three axes."""
    shape = tuple(nn.Linear(784, 10)(torch.zeros(4, 1, 784)).shape)
    return shape == (4, 1, 10), shape == (4, 10)


@check
def same_refuses_stride() -> Verdict:
    """A layer with both."""
    return opposites(_raises(ValueError, lambda: nn.Conv2d(1, 1, 3, stride=2, padding="same")))


@check
def transposed_no_inverse() -> Verdict:
    """There with a convolution and back with its transposed one."""
    image, kernel = ramp(1, 1, 6, 6), ramp(1, 1, 3, 3)
    back = functional.conv_transpose2d(functional.conv2d(image, kernel), kernel)
    same = torch.equal(back, image)
    return back.shape == image.shape and not same, same
