"""One pytest session over a plan's hidden suites, with nothing of the project around it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.errors import SpecError
from autograder.model import Plan
from autograder.pytest_plugin import GradingPlugin

PLUGINS_LEFT_OUT = (
    "cacheprovider",  # writes into the course
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "terminal",
    "threadexception",
    "unittest",
    "unraisableexception",  # collects garbage for 0.3 s at the end of each session
    "warnings",
)
PYTEST_OPTIONS = (
    *("-c", os.devnull, "-o", "addopts="),  # nothing of the surrounding project
    *("--import-mode=importlib", "--strict-markers", "--disable-plugin-autoload", "--capture=no"),
    *(flag for name in PLUGINS_LEFT_OUT for flag in ("-p", f"no:{name}")),
)
VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "CI", "BUILD_NUMBER")
"""What pytest reads from the environment: options that could leave tests out, plug-ins, how much of a message it cuts."""


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Take variables out of the environment for a while."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def run_session(plan: Plan, plugin: GradingPlugin) -> None:
    """Run pytest in this process, with nothing of the surrounding project's configuration.

    Raises:
        SpecError: a suite could not be collected.
        KeyboardInterrupt: the user's.
    """
    suites = [part.spec.folder / "test_hidden.py" for part in plan.parts]
    arguments = [*PYTEST_OPTIONS, "--rootdir", str(plan.parts[0].spec.folder.parent), *map(str, suites)]
    before = set(sys.modules)
    try:
        with _without(*VARIABLES):
            code = pytest.main(arguments, plugins=[plugin])
    finally:
        for name in set(sys.modules) - before:  # another course may have a suite of the same name
            origin = getattr(sys.modules[name], "__file__", None)
            if origin is not None and Path(origin) in suites:
                del sys.modules[name]
    if code == pytest.ExitCode.INTERRUPTED and not plugin.broken:
        raise KeyboardInterrupt
    if plugin.broken or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise SpecError(f"{plan.name}: the suite is broken ({code!r}): {'; '.join(plugin.broken)}")
