"""The worker's own operations, run here: on what the reference or a named mistake made, which are programs of ours."""

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.evidence import believe

NETWORKS = "worker_networks"


@cache
def _module() -> ModuleType:
    """Load the file that ships into the sandbox; it is imported by its path, as there."""
    import torch

    torch.set_num_threads(1)  # as in the worker, and a network this small is slower on several
    path = Path(__file__).with_name(f"{NETWORKS}.py")
    spec = importlib.util.spec_from_file_location(f"legrade_{NETWORKS}", path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # a .py file always has a spec
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # and a loader
    return module


def operate(operation: str, args: Sequence[Any]) -> Any:
    """Answer an operation of `worker_networks.py` in the form that `evidence.believe` gives a worker's answer.

    Args:
        operation: its name.
        args: what it takes; a network of ours stands where a suite's call has a handle.

    Raises:
        KeyError: no operation that is complete in itself has this name.
        Exception: whatever the network's own layers raise.
    """
    operations = _module().OPERATIONS
    if operation not in operations:
        raise KeyError(f"{operation!r}: expected one of {', '.join(sorted(operations))}")
    return believe(operation, operations[operation](*args))
