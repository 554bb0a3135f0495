# LEGRADE-CANARY solutions/lenet/reference.py
"""LeNet with ReLU and max pooling: LeCun et al., Gradient-based learning applied to document recognition, 1998, section II.B.

The activation, the pooling and the optimiser are those of today's courses (A. Zhang et al., Dive into Deep Learning,
section 7.6, with ReLU and max pooling in place of sigmoid and average pooling; D. Kingma and J. Ba, arXiv:1412.6980).
"""

import torch
from torch import nn
from torch.nn import functional as F


def build_model():
    """Build LeNet for images of one channel and 28x28 pixels, with new random weights.

    In this order, built of layers of `torch.nn`: a convolution with 6 filters of 5x5 and padding 2; ReLU; max pooling
    over 2x2; a convolution with 16 filters of 5x5; ReLU; max pooling over 2x2; then, on the flattened values, linear
    layers with 120, 84 and 10 outputs with ReLU between them. All layers have a bias: 61,706 parameters.

    Returns:
        A `torch.nn.Module` that turns images (N, 1, 28, 28) into logits (N, 10): no softmax at the end.
    """
    return build_lenet(channels=1, side=28, padding=2, activation="ReLU", pooling="MaxPool2d")


def build_lenet(*, channels, side, padding, activation, pooling):
    """Build the LeNet of one of the variants; see `autograder.architectures`."""
    act, pool = getattr(nn, activation), getattr(nn, pooling)
    last = ((side + 2 * padding - 4) // 2 - 4) // 2
    return nn.Sequential(
        nn.Conv2d(channels, 6, kernel_size=5, padding=padding),
        act(),
        pool(2),
        nn.Conv2d(6, 16, kernel_size=5),
        act(),
        pool(2),
        nn.Flatten(),
        nn.Linear(16 * last * last, 120),
        act(),
        nn.Linear(120, 84),
        act(),
        nn.Linear(84, 10),
    )


def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed):
    """Train `model` in place with Adam on the mean cross-entropy.

    In every epoch each image is used once, in batches of `batch_size` (the last batch may be smaller), in a new random
    order. The orders follow from `seed` alone: the same weights, data and seed give the same training again, and
    another seed gives other orders. Adam has its default settings except for `lr`, and is made once. One thread.

    Args:
        model: a `torch.nn.Module` that turns images into logits (N, 10), such as `build_model()` returns; its weights at
            the call are where training starts. It may hold layers that act otherwise in training than in prediction,
            such as batch normalisation, and may come in either mode; it is trained in training mode.
        x_train: float32 CPU tensor (N, 1, 28, 28), values in [0, 1]; it must not be changed.
        y_train: int64 CPU tensor (N,), classes 0..9; it must not be changed.
        epochs: how often each image is used.
        batch_size: images per step.
        lr: Adam's learning rate.
        device: "cpu" or "cuda": where to train. The model may stay there.
        seed: integer that fixes the orders.

    Returns:
        A list of `epochs` floats: for each epoch the mean of the loss over all images, as it was at the step that
        used them: a smaller last batch counts less.
    """
    generator = torch.Generator().manual_seed(seed)
    model.to(device)
    model.train()
    x, y = x_train.to(device), y_train.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(x), generator=generator).split(batch_size):
            chosen = batch.to(device)
            loss = F.cross_entropy(model(x[chosen]), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(x))
    return losses


def predict(model, x, *, batch_size, device):
    """Return the logits of `model` for the images `x`, without training it further.

    Args:
        model: a `torch.nn.Module` as `fit` takes it, trained or not, in either mode; it predicts in evaluation mode.
        x: float32 CPU tensor (N, 1, 28, 28), values in [0, 1]; it must not be changed.
        batch_size: images at one time; it must not change the result.
        device: "cpu" or "cuda": where to compute.

    Returns:
        A CPU tensor (N, 10): row i holds the logits of image i.
    """
    model.to(device)
    model.eval()
    with torch.no_grad():
        return torch.cat([model(part.to(device)).cpu() for part in x.split(batch_size)])


def evaluate(model, x, y, *, batch_size, device):
    """Return the accuracy of `model` on images whose classes are known, without training it further.

    Args:
        model: as for `predict`.
        x: float32 CPU tensor (N, 1, 28, 28), values in [0, 1]; it must not be changed.
        y: int64 CPU tensor (N,), classes 0..9; it must not be changed.
        batch_size: images at one time, the last batch may be smaller; it must not change the result.
        device: "cpu" or "cuda": where to compute.

    Returns:
        A float in [0, 1]: the share of the N images whose largest logit is that of their class.
    """
    logits = predict(model, x, batch_size=batch_size, device=device)
    return (logits.argmax(dim=1) == y).sum().item() / len(y)
