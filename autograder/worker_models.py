"""Operations on a model that stays in the worker: what a suite may ask about it beside calling the student's functions.

This file travels into the sandbox beside `worker.py` and imports torch, NumPy and the standard library only. It is
imported before the student's code, and takes what it needs of torch then, so that a patched torch does not change
its answers by accident. What it says is evidence, not proof: it runs where the student's code runs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Module = nn.Module
Parameter = nn.Parameter
_zeros = torch.zeros
_no_grad = torch.no_grad
_from_numpy = torch.from_numpy
_parameters = nn.Module.parameters
_modules = nn.Module.modules
_children = nn.Module.children
_hook = nn.Module.register_forward_hook
_cuda_count = torch.cuda.device_count

LayerRow = list[Any]
"""[class name, output shape, number of parameters]."""


def _module(model: Any) -> nn.Module:
    """Refuse what is no model."""
    if not isinstance(model, Module):
        raise TypeError(f"build_model returned a {type(model).__name__}, expected a torch.nn.Module")
    return model


def layers(model: Any, shape: list[int] | tuple[int, ...]) -> list[LayerRow]:
    """Run zeros of `shape` through the model and list its leaf modules in the order they ran.

    Lazy modules get their weights by it, so a suite asks this first.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
    """
    rows: list[LayerRow] = []

    def note(module: nn.Module, _: Any, output: Any) -> None:
        size = [int(n) for n in output.shape] if hasattr(output, "shape") else []
        rows.append([type(module).__name__, size, _count(module)])

    model = _module(model)
    hooks = [_hook(leaf, note) for leaf in _modules(model) if not list(_children(leaf))]
    training = model.training
    device = next((p.device for p in _parameters(model)), None)
    try:
        model.eval()
        with _no_grad():
            model(_zeros(tuple(shape), device=device))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return rows


def _count(model: nn.Module) -> int:
    return sum(int(p.numel()) for p in _parameters(model))


def parameters(model: Any) -> int:
    """Count all parameters, a shared one once.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
    """
    return _count(_module(model))


def weights(model: Any) -> list[NDArray[np.float32]]:
    """Copy all parameters as float32 arrays, in the order of `model.parameters()`.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
    """
    return [p.detach().cpu().numpy().astype(np.float32) for p in _parameters(_module(model))]


def set_weights(model: Any, arrays: list[NDArray[np.float32]]) -> None:
    """Overwrite all parameters in place; number and shapes must be those of `weights`.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
        ValueError: the arrays do not fit the parameters.
    """
    own = list(_parameters(_module(model)))
    if [tuple(p.shape) for p in own] != [tuple(a.shape) for a in arrays]:
        raise ValueError(f"{len(arrays)} arrays: expected the shapes of the model's {len(own)} parameters")
    with _no_grad():
        for parameter, array in zip(own, arrays, strict=True):
            parameter.copy_(_from_numpy(np.ascontiguousarray(array, dtype=np.float32)))


def device(model: Any) -> str:
    """Name the device of the first parameter, such as `cpu` or `cuda:0`.

    Raises:
        TypeError: `model` is no `torch.nn.Module`.
    """
    return str(next((p.device for p in _parameters(_module(model))), "cpu"))


def best_device() -> str:
    """Say `cuda` where the worker has a usable one, else `cpu`; this is what initialises CUDA, and only here."""
    return "cuda" if _cuda_count() > 0 else "cpu"


OPERATIONS: dict[str, Callable[..., Any]] = {
    "best_device": best_device,
    "device": device,
    "layers": layers,
    "parameters": parameters,
    "set_weights": set_weights,
    "weights": weights,
}
