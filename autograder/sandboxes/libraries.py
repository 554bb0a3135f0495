"""Which folders and files a zygote needs: named libraries, never an environment's parent or the project."""

import os
import sys
import sysconfig
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ALWAYS = ("ipython", "matplotlib")
"""Every notebook may plot; what a course grades never depends on it."""
BESIDE = {"torch": ("torch", "numpy", "scikit-learn"), "numpy": ("numpy",)}
"""What comes with a library that `spec.toml` names: students load the embedded digits from scikit-learn."""


@cache
def library_paths(libraries: tuple[str, ...]) -> tuple[str, ...]:
    """List the files and folders of the libraries and of all that they require, absolute and sorted.

    Raises:
        KeyError: a library that no `spec.toml` may name.
    """
    wanted = [name for library in libraries for name in BESIDE[library]] + list(ALWAYS)
    seen: set[str] = set()
    paths: set[Path] = set()
    while wanted:
        name = wanted.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # not installed here, such as IPython on a machine that grades .py files only
        paths |= _tops(distribution)
        for text in distribution.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                wanted.append(requirement.name)
    return tuple(sorted(str(path) for path in paths if path.exists()))


def _tops(distribution: metadata.Distribution) -> set[Path]:
    """Take the first component of every file of a distribution; scripts outside site-packages are left out."""
    names = {
        file.parts[0] for file in distribution.files or () if file.parts and file.parts[0] not in ("..", "/")
    }
    return {Path(str(distribution.locate_file(name))) for name in names if name != "__pycache__"}


def interpreter_paths() -> tuple[str, ...]:
    """List the standard library and the system's shared libraries."""
    stdlib = Path(os.__file__).parent
    extra = {Path(path) for path in sys.path if path.endswith("lib-dynload")}
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    system = {Path(f"/usr/lib/{multiarch}"), Path("/usr/lib64"), Path("/etc/ld.so.cache")}
    outside = {path for path in extra if stdlib not in path.parents}
    return tuple(sorted(str(path) for path in {stdlib} | outside | system if path.exists()))


def hidden_paths() -> tuple[str, ...]:
    """List the folders inside the standard library that hold other libraries: the sandbox empties them first."""
    stdlib = Path(os.__file__).parent
    return tuple(
        str(stdlib / name) for name in ("dist-packages", "site-packages") if (stdlib / name).is_dir()
    )


def module_paths() -> tuple[str, ...]:
    """List the site-packages folders, in the interpreter's order."""
    return tuple(path for path in sys.path if path.endswith(("site-packages", "dist-packages")))
