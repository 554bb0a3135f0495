"""Operations on a network that stays in the worker, each of them complete: it sets weights, mode and torch's seed itself.

So its answer follows from the network's layers and its arguments alone, and can be compared with what the reference or a
named mistake answers to the same question. Like `worker_models.py` this file travels into the sandbox beside `worker.py`,
imports torch, NumPy and the standard library only, and takes what it needs of torch before the student's code runs.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

MAX_TEXT = 300
"""Characters of an exception's text that an instructor reads."""
Module = nn.Module
Sequential = nn.Sequential
Tensor = torch.Tensor
Parameter = nn.Parameter
_zeros = torch.zeros
_as_tensor = torch.as_tensor
_no_grad = torch.no_grad
_manual_seed = torch.manual_seed
_fork_rng = torch.random.fork_rng
_modules = nn.Module.modules
_named_parameters = nn.Module.named_parameters
_named_buffers = nn.Module.named_buffers
_before = nn.Module.register_forward_pre_hook
_after = nn.Module.register_forward_hook

Values = Sequence[NDArray[np.float32] | float]
"""One for each parameter and buffer, in the order of `stages`; a number fills the whole of one."""


class _Stage:
    """A layer that has parameters or buffers, and the shapes that went through it when it first ran."""

    def __init__(self, layer: nn.Module, taken: list[int]) -> None:
        self.layer, self.taken, self.given = layer, taken, list[int]()

    def entries(self) -> list[tuple[str, torch.Tensor]]:
        """List the layer's own parameters, then its buffers."""
        layer = self.layer
        return [*_named_parameters(layer, recurse=False), *_named_buffers(layer, recurse=False)]


def _module(model: Any) -> nn.Module:
    """Refuse what is no model."""
    if not isinstance(model, Module):
        raise TypeError(f"the function returned a {type(model).__name__}, expected a torch.nn.Module")
    return model


def _has_entries(layer: nn.Module) -> bool:
    return any(
        True for _ in (*_named_parameters(layer, recurse=False), *_named_buffers(layer, recurse=False))
    )


@contextmanager
def _in_mode(model: nn.Module, training: bool) -> Iterator[None]:  # noqa: FBT001 -- as nn.Module.train
    """Put a model into a mode, and each of its modules back into its own afterwards."""
    own = [(module, module.training) for module in _modules(model)]
    model.train(training)
    try:
        yield
    finally:
        for module, mode in own:
            module.training = mode


def _follow(model: nn.Module, shape: Sequence[int]) -> tuple[list[_Stage], list[int], Exception | None]:
    """Run zeros through the model in evaluation mode: its stages in the order they ran, the result's shape, what ended it."""
    found: dict[int, _Stage] = {}

    def note_input(layer: nn.Module, inputs: Any) -> None:
        found.setdefault(id(layer), _Stage(layer, _shape(inputs[0] if inputs else None)))

    def note_output(layer: nn.Module, _: Any, output: Any) -> None:
        found[id(layer)].given = found[id(layer)].given or _shape(output)

    layers = [layer for layer in _modules(model) if _has_entries(layer)]
    hooks = [_before(layer, note_input) for layer in layers] + [
        _after(layer, note_output) for layer in layers
    ]
    output, error = None, None
    try:
        with _in_mode(model, training=False), _no_grad():
            output = model(_zeros(tuple(shape), device=_place(model)))
    except Exception as raised:  # noqa: BLE001 -- whatever the student's layers raise is the answer
        error = raised
    finally:
        for hook in hooks:
            hook.remove()
    return list(found.values()), _shape(output), error


def _shape(value: Any) -> list[int]:
    return [int(n) for n in value.shape] if isinstance(value, Tensor) else []


def _place(model: nn.Module) -> torch.device | None:
    return next((p.device for _, p in _named_parameters(model)), None)


def stages(model: Any, shape: Sequence[int]) -> list[Any]:
    """Run zeros of `shape` through the model in evaluation mode and list the layers that have parameters or buffers.

    Lazy layers get their weights by it.

    Returns:
        [rows, shape of the result, text of the exception that ended it or ""]; a row is [input shape, output shape,
        [[name, shape] of each parameter and buffer]], in the order in which the layers began, a shared one once.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
    """
    found, output, error = _follow(_module(model), shape)
    rows = [
        [stage.taken, stage.given, [[name, _shape_of_entry(value)] for name, value in stage.entries()]]
        for stage in found
    ]
    return [rows, output, "" if error is None else f"{type(error).__name__}: {error}"[:MAX_TEXT]]


def _shape_of_entry(value: torch.Tensor) -> list[int]:
    """Take an entry's shape; a lazy layer that never ran has none yet."""
    try:
        return [int(n) for n in value.shape]
    except RuntimeError:
        return []


def _set(model: nn.Module, shape: Sequence[int], values: Values) -> list[torch.Tensor]:
    """Overwrite all parameters and buffers in place; return them."""
    found, _, error = _follow(model, (1, *shape[1:]))
    if error is not None:
        raise error
    entries = [value for stage in found for _, value in stage.entries()]
    new = [np.asarray(value) for value in values]
    if len(new) != len(entries) or any(
        v.shape not in ((), e.shape) for v, e in zip(new, entries, strict=True)
    ):
        raise ValueError(f"{len(new)} values: expected one for each of the model's {len(entries)} entries")
    with _no_grad():
        for entry, value in zip(entries, new, strict=True):
            entry.copy_(_as_tensor(value, device=entry.device))
    return entries


def run(
    model: Any,
    x: NDArray[np.float32],
    values: Values,
    training: bool,  # noqa: FBT001 -- arguments come over the wire by position
    seed: int,
) -> list[Any]:
    """Run images through the model in one mode, from parameters and buffers that are given.

    Args:
        model: the network; its entries keep what this leaves in them.
        x: images (N, C, H, W).
        values: of all parameters and buffers.
        training: the mode.
        seed: of torch's random numbers while it runs.

    Returns:
        [output, [all parameters and buffers afterwards]].

    Raises:
        TypeError: `model` is no `torch.nn.Module`, or gives no tensor.
        ValueError: the values do not fit.
    """
    model = _module(model)
    entries = _set(model, x.shape, values)
    with _fork_rng(devices=[]), _in_mode(model, training), _no_grad():
        _manual_seed(seed)
        output = model(_as_tensor(x, device=_place(model)))
    if not isinstance(output, Tensor):
        raise TypeError(f"the model gave a {type(output).__name__}, expected a tensor")
    return [_plain(output), [_plain(entry) for entry in entries]]


def _plain(value: torch.Tensor) -> NDArray[np.float32]:
    return value.detach().cpu().numpy().astype(np.float32)


def gradients(model: Any, x: NDArray[np.float32], values: Values) -> list[float]:
    """Say how long the gradient of each parameter is for the sum of the squared outputs, in evaluation mode.

    Returns:
        One number for each parameter, in the order of `stages`; 0 where no gradient arrives.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
        ValueError: the values do not fit.
    """
    model = _module(model)
    entries = _set(model, x.shape, values)
    with _fork_rng(devices=[]), _in_mode(model, training=False):
        _manual_seed(0)  # for what draws random numbers even in this mode
        model.zero_grad(set_to_none=True)
        model(_as_tensor(x, device=_place(model))).square().sum().backward()
    learned = [entry for entry in entries if isinstance(entry, Parameter)]
    found = [0.0 if entry.grad is None else float(entry.grad.norm()) for entry in learned]
    model.zero_grad(set_to_none=True)
    return found


def state_of(model: Any) -> list[bool]:
    """Say of a new network whether it is an `nn.Sequential`, and whether all of it is in training mode.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
    """
    model = _module(model)
    return [isinstance(model, Sequential), all(bool(module.training) for module in _modules(model))]


def alike(model: Any, other: Any, shape: Sequence[int]) -> list[bool]:
    """Say of two networks whether they share a parameter, have equal weights, and have weights that are one number only.

    Scales, shifts and biases are left out: in new networks they may well be equal, and all of them 0 or 1.

    Raises:
        TypeError: one is no `torch.nn.Module`.
    """
    one, two = (_learned(_module(m), shape) for m in (model, other))
    pairs = [(a, b) for a, b in zip(one, two, strict=False) if a.dim() > 1 and a.shape == b.shape]
    equal = any(bool((a.detach() == b.detach()).all()) for a, b in pairs)
    flat = any(a.numel() > 1 and bool((a.detach() == a.detach().flatten()[0]).all()) for a, _ in pairs)
    return [bool({id(p) for p in one} & {id(p) for p in two}), equal, flat]


def _learned(model: nn.Module, shape: Sequence[int]) -> list[torch.Tensor]:
    """List the parameters of the layers that run on an input of `shape`; lazy ones get their weights by it."""
    found, _, _ = _follow(model, shape)
    entries = [value for stage in found for _, value in stage.entries()]
    return [entry for entry in entries if isinstance(entry, Parameter)]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "alike": alike,
    "gradients": gradients,
    "run": run,
    "stages": stages,
    "state_of": state_of,
}
