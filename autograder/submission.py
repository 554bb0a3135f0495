"""What a student handed in: a notebook or a `.py` file, read whatever its state, and never run or trusted here.

`read` always returns a `Submission`. What is odd goes to its notes, in words for the student; what makes it unreadable
goes to its problem, and then it has no cells.
"""

import codecs
import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autograder.errors import AutograderError
from autograder.notebook import Cell, Contents, from_json, parse
from autograder.percent import split

MAX_BYTES = 50 * 2**20
MAX_CODE = 10 * 2**20
MAX_DEPTH = 3
"""Folders below a student's own in which a submission is looked for."""
MAX_NAMED = 3
SUFFIXES = (".ipynb", ".py")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's file, ready to be run elsewhere."""

    name: str
    """Who handed it in."""
    kind: Literal["notebook", "python"]
    cells: tuple[str, ...]
    """The sources of the code cells, in order; also of cells that came with the assignment."""
    notes: tuple[str, ...] = ()
    problem: str | None = None
    """Why the file could not be read; None when it could."""
    layout: tuple[Cell, ...] = ()
    """Every cell, text too, for showing the notebook again."""
    damaged: bool = False
    """Whether a part of the file could not be read: what is there is graded, and a person looks for the rest."""


def read(path: Path, name: str | None = None) -> Submission:
    """Read a notebook, a `.py` file, or a folder that holds one of them.

    Args:
        path: anything; a link is refused, so that no submission can point at another file of this machine.
        name: who handed it in; the file's stem when None.
    """
    who = identity(path) if name is None else name
    kind: Literal["notebook", "python"] = "python" if path.suffix.lower() == ".py" else "notebook"
    try:
        if path.is_dir() and not path.is_symlink():
            path = _only_file(path)
            return read(path, who)
        text, notes = _text(path)
    except _UnreadableError as unreadable:
        return Submission(who, kind, (), problem=str(unreadable))
    if kind == "python" and not _looks_like_notebook(text):
        contents = _python(text)
    else:
        kind, contents = "notebook", parse(text)
    return _submission(who, kind, contents, notes)


def from_notebook_json(notebook: Mapping[str, Any], name: str) -> Submission:
    """Take a submission from a notebook that is parsed already."""
    return _submission(name, "notebook", from_json(dict(notebook)), ())


def identity(path: Path) -> str:
    """Name the student by the file's stem, composed (NFC) as class lists are.

    >>> identity(Path("class/Nguyễn Ánh.ipynb"))
    'Nguyễn Ánh'
    """
    return _readable(path.stem if path.suffix.lower() in SUFFIXES else path.name)


def find(path: Path) -> list[tuple[str, Path]]:
    """List the submissions at `path`: itself when it is a file, else each file and each sub-folder in it.

    Returns:
        Pairs of identity and path, sorted; two entries that would share an identity keep their full names.

    Raises:
        AutograderError: there is nothing at `path`.
    """
    if not path.is_dir():
        if not path.exists() and not path.is_symlink():
            raise AutograderError(
                f"{path}: no such file or folder; expected a notebook, a .py file or a folder of them"
            )
        return [(identity(path), path)]
    entries = [entry for entry in sorted(path.iterdir()) if _may_be_submission(entry)]
    counts = Counter(identity(entry) for entry in entries)
    return [
        (identity(entry) if counts[identity(entry)] == 1 else _readable(entry.name), entry)
        for entry in entries
    ]


class _UnreadableError(Exception):
    """The file cannot be read; the text is the reason, for the student."""


def _submission(
    name: str, kind: Literal["notebook", "python"], contents: Contents, notes: tuple[str, ...]
) -> Submission:
    """Put a submission together, unless it holds more code than anyone writes."""
    code = tuple(cell.source for cell in contents.cells if cell.kind == "code")
    size = sum(map(len, code))
    if size > MAX_CODE:
        problem = f"The file holds {size // 2**20} MiB of code; expected at most {MAX_CODE // 2**20} MiB."
        return Submission(name, kind, (), notes, problem)
    return Submission(
        name, kind, code, (*notes, *contents.notes), contents.problem, contents.cells, contents.damaged
    )


def _text(path: Path) -> tuple[str, tuple[str, ...]]:
    """Read a file as text, whatever its encoding."""
    data = _bytes(path)
    for mark, encoding in BOMS:
        if data.startswith(mark):
            note = f"The file begins with a byte order mark; it was read as {encoding.removesuffix('-sig').upper()}."
            return data.decode(encoding, "replace"), (note,)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        note = f"The file is not UTF-8 (byte {error.start}); its letters outside ASCII may be wrong."
        return data.decode("latin-1"), (note,)


def _bytes(path: Path) -> bytes:
    """Read a regular file, and nothing that only looks like one (a link, a pipe, a device)."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise _UnreadableError("It is a link to another file; hand in the file itself.") from error
        raise _UnreadableError(f"The file cannot be opened: {error.strerror}.") from error
    except ValueError as error:
        raise _UnreadableError("The file's name is not a name.") from error
    with open(handle, "rb") as file:  # noqa: PTH123 -- opened by descriptor, so that what was checked is what is read
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _UnreadableError("It is no ordinary file; hand in a notebook or a .py file.")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        size = max(status.st_size, len(data))
        raise _UnreadableError(
            f"The file has {size} bytes; expected at most {MAX_BYTES} (50 MiB): clear its outputs and hand it in again."
        )
    return data


def _looks_like_notebook(text: str) -> bool:
    """Tell a notebook that was renamed to `.py`."""
    return text.lstrip()[:1] == "{" and '"cells"' in text


def _python(text: str) -> Contents:
    """Take the cells of a `.py` file: one, or those of its `# %%` lines."""
    cells = tuple(Cell(block.kind, block.source) for block in split(text))
    return Contents(cells) if cells else Contents(problem="The file is empty.")


def _only_file(folder: Path) -> Path:
    """Find the one notebook, or else the one `.py` file, in a student's folder.

    Raises:
        _UnreadableError: there is none, or more than one.
    """
    files = [file for file in _files(folder, MAX_DEPTH) if file.suffix.lower() in SUFFIXES]
    notebooks = [file for file in files if file.suffix.lower() == ".ipynb"]
    found = notebooks or files
    if len(found) == 1:
        return found[0]
    if not found:
        raise _UnreadableError("The folder holds no notebook and no .py file.")
    names = ", ".join(_readable(file.name) for file in found[:MAX_NAMED]) + ", ..." * (len(found) > MAX_NAMED)
    raise _UnreadableError(f"The folder holds {len(found)} candidates ({names}); hand in one.")


def _files(folder: Path, depth: int) -> list[Path]:
    """List the files of a folder and of its folders, in order, following no link."""
    found: list[Path] = []
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise _UnreadableError(f"The folder cannot be opened: {error.strerror}.") from error
    for entry in entries:
        if not _may_be_submission(entry):
            continue
        if entry.is_dir() and not entry.is_symlink():
            found += _files(entry, depth - 1) if depth else []
        else:
            found.append(entry)
    return found


def _may_be_submission(entry: Path) -> bool:
    """Leave out what editors and archives put beside a submission."""
    if entry.name.startswith((".", "__")):
        return False
    return entry.suffix.lower() in SUFFIXES or entry.is_dir()


def _readable(name: str) -> str:
    """Make a file's name text that every encoding, class list and terminal can carry: a line break could forge a line."""
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
