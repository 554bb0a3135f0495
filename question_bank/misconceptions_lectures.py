"""Where lecture slides err, by the misconception that they teach: what is often printed, and what PyTorch does."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LECTURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "floor-forgotten": (
            "Slides often print (n - k + 2p)/s + 1 without rounding; PyTorch rounds the quotient down, as a window that does not "
            "fit whole is left out."
        ),
        "padding-with-zeros": (
            "Slides often say that max pooling pads with zeros, as a convolution does; PyTorch pads with minus infinity, so a "
            "padded pixel is never the maximum."
        ),
        "kernel-flipped": (
            "Slides often define the convolution with A[i - k, j - l], which flips the kernel; PyTorch computes the "
            "cross-correlation with A[i + k, j + l], which does not."
        ),
        "softmax-before-loss": (
            "Slides often end the network in a softmax; nn.CrossEntropyLoss of PyTorch takes the scores before it and applies the "
            "softmax itself."
        ),
    }
)
"""By the id of the misconception: one sentence about the slides and PyTorch."""
