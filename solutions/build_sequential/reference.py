# LEGRADE-CANARY solutions/build_sequential/reference.py
"""A small network of today's parts: S. Ioffe, C. Szegedy, Batch normalization, arXiv:1502.03167, section 3.2, for the order
convolution, normalisation, nonlinearity and the bias that is left out; N. Srivastava et al., Dropout, JMLR 15, 2014.
"""

from torch import nn


def build_sequential():
    """Build a small network for images of one channel and 28x28 pixels as one `nn.Sequential`, with new random weights.

    In this order, built of layers of `torch.nn`: a convolution with 16 filters of 3x3, padding 1 and no bias; batch
    normalisation; ReLU; max pooling over 2x2; a convolution with 32 filters of 3x3, padding 1 and no bias; batch
    normalisation; ReLU; max pooling over 2x2; then, on the flattened values, dropout with probability 0.25 and a linear
    layer with 10 outputs. Everything that is not said here is PyTorch's default: 20,538 parameters.

    What computes the same is as good: ReLU after the max pooling, dropout before the flattening, or an `nn.Sequential`
    of blocks that are an `nn.Sequential` themselves.

    Returns:
        An `nn.Sequential` in training mode, as new layers are, that turns images (N, 1, 28, 28) into logits (N, 10): no
        softmax at the end. Each call returns another one.
    """
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(32 * 7 * 7, 10),
    )
