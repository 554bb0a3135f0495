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
    return nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed):
    """Train `model` in place with Adam on the mean cross-entropy.

    In every epoch each image is used once, in batches of `batch_size` (the last batch may be smaller), in a new random
    order. The orders follow from `seed` alone: the same weights, data and seed give the same training again, and
    another seed gives other orders. Adam has its default settings except for `lr`, and is made once. One thread.

    Args:
        model: what `build_model()` returned; its weights at the call are where training starts.
        x_train: float32 CPU tensor (N, 1, 28, 28), values in [0, 1]; it must not be changed.
        y_train: int64 CPU tensor (N,), classes 0..9; it must not be changed.
        epochs: how often each image is used.
        batch_size: images per step.
        lr: Adam's learning rate.
        device: "cpu" or "cuda": where to train. The model may stay there.
        seed: integer that fixes the orders.

    Returns:
        A list of `epochs` floats: for each epoch the mean of the loss, as it was at each step.
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
        model: what `build_model()` returned, trained or not.
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
