"""Which folders and files a zygote needs: named libraries, never an environment's parent or the project."""

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path

from autograder.distributions import installed, left_out


@cache
def library_paths(libraries: tuple[str, ...], absent: tuple[str, ...] = ()) -> tuple[str, ...]:
    """List the files and folders of the libraries and of all that they require, absolute and sorted.

    Args:
        libraries: what `spec.toml` names.
        absent: modules that are to be missing.

    Raises:
        KeyError: a library that no `spec.toml` may name.
        SpecError: a module that cannot be missing.
    """
    gone = left_out(libraries, absent)
    paths = {path for name, one in installed(libraries).items() if name not in gone for path in one.paths}
    return tuple(sorted(str(path) for path in paths if path.exists()))


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
