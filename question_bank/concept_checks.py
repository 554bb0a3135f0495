"""Statements of `concepts` put to the test: for each, whether torch bears the statement out, and whether it bears its opposite out.

A check knows nothing of which of the two is said to be true. It is asked by the oracles of the families about concepts.
"""

import functools
from collections.abc import Callable

import torch
from torch import nn

from question_bank.registry import unknown

Verdict = tuple[bool, bool]
"""Whether the statement holds, and whether its opposite does."""

_CHECKS: dict[str, Callable[[], Verdict]] = {}


def check(function: Callable[[], Verdict]) -> Callable[[], Verdict]:
    """Register a check under the fact's id, which is its name with hyphens."""
    _CHECKS[function.__name__.replace("_", "-")] = function
    return function


def checked() -> tuple[str, ...]:
    """Return the ids of all facts that have a check, sorted."""
    _load()
    return tuple(sorted(_CHECKS))


@functools.cache
def verdict(fact: str) -> Verdict:
    """Run a fact's check: whether the statement holds, and whether its opposite does.

    It draws from a stream that starts anew, so it finds the same each time, and torch's own stream goes on as if it had not run.

    Raises:
        UnknownNameError: it has none.
    """
    _load()
    if fact not in _CHECKS:
        raise unknown("check", fact, _CHECKS)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        return _CHECKS[fact]()


def _load() -> None:
    """Import the modules that register checks; here, because they import this one."""
    from question_bank import (  # noqa: F401 -- importing registers
        concept_checks_layers,
        concept_checks_networks,
        concept_checks_training,
    )


def ramp(*shape: int) -> torch.Tensor:
    """Return a tensor of whole numbers from -5 to 5 in no simple order, the same each time."""
    count = torch.Size(shape).numel()
    return ((torch.arange(count) * 7 + 3) % 11 - 5).to(torch.float64).reshape(shape)


def opposites(holds: object) -> Verdict:
    """Return the verdict on a statement whose opposite is that it does not hold."""
    return bool(holds), not holds


def weights(layer: nn.Module) -> int:
    """Count the parameters of a layer."""
    return sum(parameter.numel() for parameter in layer.parameters())


def reaches(make: Callable[[], nn.Module], size: int = 31, channels: int = 1) -> torch.Tensor:
    """Return which pixels of an image one output in its middle depends on, as a map of 0 and 1 (H, W).

    Weights are made positive and pixels too, so that nothing cancels and no ReLU blocks.
    """
    network = make().double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    image = torch.ones(1, channels, size, size, dtype=torch.float64)
    image += torch.arange(size * size, dtype=torch.float64).reshape(size, size) / size**2  # no two pixels tie
    image.requires_grad_()
    output = network(image)
    middle = output[0].reshape(len(output[0]), -1)[0, output[0, 0].numel() // 2]
    (gradient,) = torch.autograd.grad(middle, image)
    return (gradient[0] != 0).any(0).to(torch.int64)
