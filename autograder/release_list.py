"""The files that an assignment hands out beside its notebook: those that `release = [...]` names, and no other."""

import stat
from pathlib import Path, PurePosixPath
from typing import Final

from autograder.errors import SpecError

HELPER: Final = "legrade_checks"
"""The one module that travels with a notebook, where its public checks use it."""
MAX_FILES: Final = 100
MAX_BYTES: Final = 64 * 2**20
"""Of one file."""
PRIVATE: Final = (".toml", ".key")
"""Ends of names that are the instructor's."""


def read_list(path: Path, value: object) -> tuple[str, ...]:
    """Check the field `release` of the assignment.toml at `path`.

    Raises:
        SpecError: a name is no file of the assignment's folder, or one that students must not get.
    """
    where = f"{path}: release"
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise SpecError(f'{where}={value!r}: expected a list of files of this folder, such as ["digits.csv"]')
    if len(value) > MAX_FILES:
        raise SpecError(f"{where}: got {len(value)} files, expected at most {MAX_FILES}; put them into a zip")
    for name in value:
        if problem := _problem(path.parent, name):
            raise SpecError(f"{where}: {name!r}: {problem}")
        if value.count(name) > 1:
            raise SpecError(f"{where}: {name!r} is there twice; expected each file once")
    return tuple(value)


def read_files(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Read the listed files.

    Raises:
        SpecError: one cannot be read.
    """
    found = {}
    for name in names:
        try:
            found[name] = (folder / name).read_bytes()
        except OSError as error:
            raise SpecError(f"{folder / name}: cannot be read ({error.strerror}); see `release`") from None
    return found


def _problem(folder: Path, name: str) -> str:
    """Say why a file cannot be handed out; empty when it can."""
    pure = PurePosixPath(name)
    if (
        not name.isprintable()
        or "\\" in name
        or pure.is_absolute()
        or str(pure) != name
        or ".." in pure.parts
    ):
        return "expected a plain path inside this folder, such as data/digits.csv"
    if any(part.startswith((".", "__")) for part in pure.parts) or pure.suffix.lower() in PRIVATE:
        return "hidden files, .toml and keys are never handed out"
    if name in (f"{HELPER}.py", *_notebooks(folder)) or pure.suffix.lower() == ".ipynb":
        return "notebooks and the module of the public checks are handed out by themselves"
    return _no_file(folder, pure)


def _no_file(folder: Path, name: PurePosixPath) -> str:
    """Say why there is no file of the folder's own under a name; empty when there is."""
    for part in (*name.parents[:-1], name):
        try:
            found = (folder / part).lstat()
        except OSError as error:
            return f"there is no such file ({error.strerror}); expected one in {folder}"
        if not (stat.S_ISREG if part == name else stat.S_ISDIR)(found.st_mode):
            return "expected a file of its own, no link and no folder"
    return f"has {found.st_size} bytes, expected at most {MAX_BYTES}" if found.st_size > MAX_BYTES else ""


def _notebooks(folder: Path) -> tuple[str, ...]:
    """Name the text notebooks, which say where the points are."""
    return tuple(
        file.name
        for file in folder.glob("*.py")
        if "legrade_" in file.read_text(encoding="utf-8", errors="replace")
    )
