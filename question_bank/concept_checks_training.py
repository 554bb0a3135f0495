"""Checks of statements about training, regularisation and evaluation."""

import math

import torch
from torch import nn
from torch.nn import functional

from question_bank.concept_checks import Verdict, check, opposites, ramp


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6)


# --- training


@check
def backward_adds() -> Verdict:
    """Two backward passes, of gradient 3 and 4."""
    weight = nn.Parameter(torch.ones(1))
    for slope in (3.0, 4.0):
        torch.autograd.backward((slope * weight).sum())
    assert weight.grad is not None  # noqa: S101 -- backward was called
    return weight.grad.item() == 7, weight.grad.item() == 4


@check
def logits_for_the_loss() -> Verdict:
    """Minus the logarithm of the softmax, against minus the logarithm of what was passed in."""
    scores = torch.tensor([[0.5, 0.2, 0.3]])
    loss = nn.CrossEntropyLoss()(scores, torch.tensor([0])).item()
    return _close(loss, -scores.softmax(1)[0, 0].log().item()), _close(loss, -scores[0, 0].log().item())


@check
def class_numbers() -> Verdict:
    """A class number, and an error or not."""
    try:
        nn.CrossEntropyLoss()(torch.zeros(1, 5), torch.tensor([3]))
    except (RuntimeError, TypeError, ValueError):
        return False, True
    return True, False


@check
def mean_over_the_batch() -> Verdict:
    """Two images."""
    logits, labels = ramp(2, 3), torch.tensor([0, 2])
    single = [functional.cross_entropy(logits[[i]], labels[[i]]).item() for i in (0, 1)]
    loss = nn.CrossEntropyLoss()(logits, labels).item()
    return _close(loss, sum(single) / 2), _close(loss, sum(single))


@check
def step_changes_weights() -> Verdict:
    """A parameter after `backward` and after `step`."""
    weight = nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    torch.autograd.backward(weight.sum())
    after_backward = weight.item()
    optimizer.step()
    return after_backward == 1 and weight.item() != 1, after_backward != 1


@check
def epoch_is_a_pass() -> Verdict:
    """How often each of ten images comes out of a loader."""
    from torch.utils.data import DataLoader

    batches = [batch.tolist() for batch in DataLoader(range(10), batch_size=4)]  # type: ignore[arg-type]  # a range is indexed like a data set
    return sorted(image for batch in batches for image in batch) == list(range(10)), len(batches) == 1


@check
def rate_too_large() -> Verdict:
    """A parabola with steps of several lengths."""
    losses = {}
    for rate in (0.1, 0.4, 1.1):
        weight = nn.Parameter(torch.ones(1, dtype=torch.float64))
        optimizer = torch.optim.SGD([weight], lr=rate)
        for _ in range(5):
            optimizer.zero_grad()
            torch.autograd.backward((weight**2).sum())
            optimizer.step()
        losses[rate] = weight.item() ** 2
    return losses[1.1] > 1, losses[0.1] > losses[0.4] > losses[1.1]


@check
def eval_keeps_gradients() -> Verdict:
    """Whether an output of a model in evaluation mode could be differentiated."""
    return opposites(nn.Linear(2, 1).eval()(torch.ones(1, 2)).requires_grad)


@check
def batch_is_an_estimate() -> Verdict:
    """A least-squares gradient over four values, and over the first two of them."""
    targets = torch.tensor([1.0, 2.0, 5.0, 8.0])

    def gradient(chosen: torch.Tensor) -> float:
        weight = torch.zeros(1, requires_grad=True)
        (found,) = torch.autograd.grad(((weight - chosen) ** 2).mean(), weight)
        return float(found.item())

    whole, halves = gradient(targets), [gradient(targets[:2]), gradient(targets[2:])]
    return whole == sum(halves) / 2 and halves[0] != whole, halves[0] == whole == halves[1]


@check
def equal_start() -> Verdict:
    """Two filters with equal weights, and equal weights behind them, after ten steps."""
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2)).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(0.1)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    images, labels = ramp(4, 1, 4, 4) + 6, torch.tensor([0, 1, 1, 0])
    filters = next(network.parameters())
    before = filters.detach().clone()
    for _ in range(10):
        optimizer.zero_grad()
        torch.autograd.backward(
            functional.cross_entropy(network(images)[:, :2] * torch.tensor([1.0, 2.0]), labels)
        )
        optimizer.step()
    after = filters.detach()
    moved, same = not torch.equal(before, after), torch.allclose(after[0], after[1], rtol=0, atol=1e-12)
    return moved and same, moved and not same


@check
def sigmoid_flat() -> Verdict:
    """The slope at 10."""
    x = torch.tensor(10.0, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sigmoid(x), x)
    return slope.item() < 0.01, abs(slope.item() - 1) < 0.01


@check
def relu_blocks() -> Verdict:
    """The slope at -2."""
    x = torch.tensor(-2.0, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.relu(x), x)
    return slope.item() == 0, slope.item() == 1


@check
def loss_of_guessing() -> Verdict:
    """Ten equal logits."""
    loss = functional.cross_entropy(torch.zeros(1, 10), torch.tensor([4])).item()
    return abs(loss - 2.3) < 0.05, abs(loss - 0.1) < 0.05


@check
def softmax_shift() -> Verdict:
    """Five added to all."""
    logits = ramp(1, 6)
    before, after = logits.softmax(1), (logits + 5).softmax(1)
    return torch.allclose(before, after), bool((after > before + 1e-9).all())


@check
def argmax_of_logits() -> Verdict:
    """Many rows of logits without ties."""
    logits = ramp(20, 7) + torch.arange(7) / 100
    return opposites(torch.equal(logits.argmax(1), logits.softmax(1).argmax(1)))


# --- regularisation


@check
def dropout_rests() -> Verdict:
    """A thousand values in evaluation mode."""
    values = nn.Dropout(0.5).eval()(torch.ones(1000))
    return bool((values == 1).all()), bool((values == 0).any())


@check
def dropout_scales() -> Verdict:
    """A thousand values in training mode, those at 0 aside."""
    values = nn.Dropout(0.5).train()(torch.ones(1000))
    kept = values[values != 0]
    return bool((kept == 2).all()), bool((kept == 1).all())


@check
def dropout_share() -> Verdict:
    """The share at 0 of a hundred thousand values; chance moves it by far less than 0.05."""
    dropped = (nn.Dropout(0.2).train()(torch.ones(100_000)) == 0).double().mean().item()
    return abs(dropped - 0.2) < 0.05, abs(dropped - 0.8) < 0.05


@check
def dropout_of_channels() -> Verdict:
    """Whether any of 200 channels of nine pixels is neither whole nor gone."""
    zeros = (nn.Dropout2d(0.5).train()(torch.ones(1, 200, 3, 3)) == 0).sum((2, 3)).flatten()
    return bool(((zeros == 0) | (zeros == 9)).all()), bool(((zeros > 0) & (zeros < 9)).any())


@check
def decay_shrinks() -> Verdict:
    """Steps with a gradient of 0, and the learning rate after them."""
    weight = nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.1, weight_decay=0.5)
    for _ in range(3):
        weight.grad = torch.zeros(1)
        optimizer.step()
    return 0 < weight.item() < 1, optimizer.param_groups[0]["lr"] < 0.1


@check
def norm_in_evaluation() -> Verdict:
    """One image with two companions in turn."""
    layer = nn.BatchNorm2d(1).eval()
    image, one, other = torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), torch.full((1, 1, 2, 2), 9.0)
    return opposites(torch.equal(layer(torch.cat([image, one]))[0], layer(torch.cat([image, other]))[0]))


@check
def norm_per_channel() -> Verdict:
    """Means over channels, and over images, of two unlike images."""
    images = ramp(2, 3, 4, 4) + torch.tensor([0.0, 20.0]).reshape(2, 1, 1, 1)
    output = nn.BatchNorm2d(3, dtype=torch.float64).train()(images)
    by_channel, by_image = output.mean((0, 2, 3)), output.mean((1, 2, 3))
    zero = torch.zeros(3, dtype=torch.float64)
    return torch.allclose(by_channel, zero, atol=1e-9), torch.allclose(by_image, zero[:2], atol=1e-9)


# --- evaluation


def _accuracy(predicted: torch.Tensor, labels: torch.Tensor) -> float:
    return float((predicted == labels).double().mean().item())


@check
def mean_of_means() -> Verdict:
    """Batches of four and of one."""
    right = torch.tensor([1.0, 1.0, 1.0, 1.0, 0.0])
    batches = [right[:4], right[4:]]
    return opposites(right.mean() != torch.stack([batch.mean() for batch in batches]).mean())


@check
def rare_class() -> Verdict:
    """A hundred labels, five of them another class."""
    accuracy = _accuracy(torch.zeros(100), (torch.arange(100) >= 95).double())
    return _close(accuracy, 0.95), accuracy <= 0.5


@check
def loss_without_accuracy() -> Verdict:
    """The same answer, given more surely."""
    labels = torch.tensor([0])
    unsure, sure = torch.tensor([[1.0, 0.0]]), torch.tensor([[3.0, 0.0]])
    falls = functional.cross_entropy(sure, labels) < functional.cross_entropy(unsure, labels)
    same = _accuracy(unsure.argmax(1), labels) == _accuracy(sure.argmax(1), labels)
    return opposites(bool(falls) and same)


@check
def eval_for_same_answers() -> Verdict:
    """A model of a dropout layer and a sum in training mode, asked forty times."""
    model = nn.Dropout(0.5).train()
    answers = {model(torch.ones(16)).sum().item() for _ in range(40)}
    return opposites(len(answers) > 1)


@check
def no_grad_same_answers() -> Verdict:
    """A layer with and without gradients, and a dropout layer without."""
    layer, image = nn.Linear(4, 3), torch.ones(1, 4)
    before = layer(image)
    with torch.no_grad():
        after = layer(image)
        dropped = bool((nn.Dropout(0.5).train()(torch.ones(1000)) == 0).any())
    saved = before.grad_fn is not None and after.grad_fn is None
    return saved and torch.equal(before, after), not dropped


@check
def guessing_ten_classes() -> Verdict:
    """Each guess against each true class, all equally often."""
    guesses, labels = torch.arange(10).repeat(10), torch.arange(10).repeat_interleave(10)
    return _close(_accuracy(guesses, labels), 0.1), _close(_accuracy(guesses, labels), 0.5)


@check
def argmax_over_classes() -> Verdict:
    """Logits of four images for three classes: the right length, and a class that each image has."""
    logits = ramp(4, 3) + torch.arange(3) / 10

    def classes_of(dim: int) -> bool:
        found = logits.argmax(dim=dim)
        return found.shape == (4,) and all(
            logits[i, c] == max(logits[i]) for i, c in enumerate(found.tolist())
        )

    return classes_of(1), classes_of(0)


@check
def diagonal() -> Verdict:
    """A confusion matrix made of labels and predictions."""
    labels, predicted = torch.tensor([0, 0, 0, 1, 1, 2]), torch.tensor([0, 0, 0, 1, 0, 2])
    matrix = torch.zeros(3, 3)
    for label, guess in zip(labels.tolist(), predicted.tolist(), strict=True):
        matrix[label, guess] += 1
    accuracy = _accuracy(predicted, labels)
    by_row = (matrix[0, 0] / matrix[0].sum()).item()
    return _close((matrix.trace() / matrix.sum()).item(), accuracy), _close(by_row, accuracy)


@check
def sure_and_wrong() -> Verdict:
    """Logits that are sure of class 0 for an image of class 1."""
    probabilities = torch.tensor([8.0, 0.0]).softmax(0)
    sure, right = probabilities.max().item() >= 0.99, probabilities.argmax().item() == 1
    return opposites(sure and not right)
