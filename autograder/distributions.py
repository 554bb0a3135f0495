"""What is installed that a worker is given: the libraries a spec names, all that they require, and what is left out of it."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from autograder.errors import SpecError

ALWAYS = ("ipython", "matplotlib")
"""Every notebook may plot; what a course grades never depends on it."""
BESIDE = {"torch": ("torch", "numpy", "scikit-learn"), "numpy": ("numpy",)}
"""What comes with a library that `spec.toml` names: students load the embedded digits from scikit-learn."""
OWN = ("numpy", "ipython")
"""What the worker itself runs on."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution, such as scikit-learn."""

    paths: frozenset[Path]
    """Files and folders beside each other in site-packages."""
    modules: frozenset[str]
    """What `import` finds in it, such as sklearn."""
    requires: frozenset[str]
    """Names of other distributions, written with hyphens."""


@cache
def installed(libraries: tuple[str, ...]) -> dict[str, Installed]:
    """Find the libraries and all that they require, by the distributions' names.

    Raises:
        KeyError: a library that no `spec.toml` may name.
    """
    wanted = [name for library in libraries for name in BESIDE[library]] + list(ALWAYS)
    seen: set[str] = set()
    found: dict[str, Installed] = {}
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # not installed here, such as IPython on a machine that grades .py files only
        found[name] = _describe(distribution)
        wanted += found[name].requires
    return found


def _describe(distribution: metadata.Distribution) -> Installed:
    """Take the first component of every file; scripts outside site-packages are left out."""
    files = distribution.files or ()
    tops = {file.parts[0] for file in files if file.parts and file.parts[0] not in ("..", "/", "__pycache__")}
    modules = {top.partition(".")[0] for top in tops if "." not in top or top.endswith((".py", ".so"))}
    requirements = map(Requirement, distribution.requires or ())
    return Installed(
        frozenset(Path(str(distribution.locate_file(top))) for top in tops),
        frozenset(module for module in modules if module.isidentifier()),
        frozenset(
            requirement.name.lower().replace("_", "-")
            for requirement in requirements
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        ),
    )


def left_out(libraries: tuple[str, ...], modules: Iterable[str]) -> frozenset[str]:
    """Name the distributions that a worker is not given when it may not import `modules`.

    Raises:
        SpecError: a module that cannot be missing: Python's own, the worker's, or one that something else needs.
    """
    there = installed(libraries)
    gone: dict[str, str] = {}
    for module in modules:
        if module in sys.stdlib_module_names:
            raise SpecError(f"got {module!r}: it is a part of Python; expected a library beside it")
        for name in (name for name, one in there.items() if module in one.modules):
            if name in (*OWN, *libraries):
                raise SpecError(f"got {module!r}: a worker for {', '.join(libraries)} cannot be without it")
            gone[name] = module
    for name, one in there.items():
        for missing in sorted(one.requires & gone.keys()):
            if name not in gone:
                more = " or ".join(repr(module) for module in sorted(one.modules)) or repr(name)
                raise SpecError(f"got {gone[missing]!r}: {name} needs it; expected {more}, too")
    return frozenset(gone)
