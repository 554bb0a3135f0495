"""Python files of a course, opened by their path: a reference, and what the tests of a hidden suite share.

A suite's tests stand in `test_hidden.py`; what would make it long stands in modules beside it. Each file of the folder is in the
suite's digest, so a change of any of them is a change of what decides marks.
"""

import importlib.util
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.errors import SpecError


def load_file(path: Path) -> ModuleType:
    """Import a trusted file, such as a reference, by its path; the same file gives the same module until it changes.

    Raises:
        SpecError: there is no such file, or it does not run.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise SpecError(f"{path}: cannot be read ({error.strerror}); expected a Python program") from None
    return _loaded(path, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=64)
def _loaded(path: Path, state: tuple[int, int]) -> ModuleType:
    """Import a file in one of its states."""
    del state
    spec = importlib.util.spec_from_file_location(f"legrade_trusted_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SpecError(f"{path}: no Python file; expected a name that ends in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SpecError(f"{path}: it does not run: {error!r}") from error
    return module


def beside(suite: str, name: str) -> Any:
    """Load a module in a suite's folder, such as what its tests share.

    Args:
        suite: the `__file__` of the suite, or of a module beside it.
        name: the module's, without `.py`.

    Raises:
        SpecError: there is none, or it does not run.
    """
    return load_file(Path(suite).resolve().parent / f"{name}.py")


def reference_beside(suite: str) -> Any:
    """Load the reference in a suite's folder, to run on one thread as the worker does.

    Models do not travel, so the fixture `reference` cannot give them.

    Raises:
        SpecError: there is none, or it does not run.
    """
    import torch

    torch.set_num_threads(1)
    return beside(suite, "reference")
