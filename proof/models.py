"""What a network does, as arrays that can be compared: with weights, images and random numbers that are given."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

CALLS = 5
"""Sets of weights and images that a network is tried on."""


def behaviour(network: Any, shape: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
    """Try a network in both modes.

    Args:
        network: a `torch.nn.Module`, in the mode in which it was returned.
        shape: of a batch of images.

    Returns:
        For each set of weights and images: the logits in the mode that it came in, those in evaluation mode, and its running
        statistics afterwards. A network with other entries in its state has no such weights.

    Raises:
        Exception: whatever the network raises.
    """
    found = []
    mode = network.training
    for seed in range(CALLS):
        rng = np.random.Generator(np.random.PCG64(seed))
        state = {name: _entry(rng, name, value) for name, value in network.state_dict().items()}
        network.load_state_dict(state)
        images = torch.as_tensor(rng.random(shape, dtype=np.float32))
        torch.manual_seed(seed)
        found.append(network.train(mode)(images))
        found.append(network.eval()(images))
        found += [value for name, value in network.state_dict().items() if "running" in name]
    return tuple(value.detach().numpy() for value in found)


def _entry(rng: np.random.Generator, name: str, value: torch.Tensor) -> torch.Tensor:
    """Draw an entry of a network's state; variances and counts are not below zero."""
    drawn = (
        rng.uniform(0.5, 2.0, value.shape)
        if "running" in name or value.ndim == 0
        else rng.normal(0, 0.3, value.shape)
    )
    return torch.as_tensor(drawn).to(value.dtype)
