"""What a student handed in: a notebook, a `.py` file or a zip of one, read whatever its state, and never run or trusted here.

`read` always returns a `Submission`. What is odd goes to its notes, in words for the student; what makes it unreadable
goes to its problem, and then it has no cells.
"""

import codecs
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePath
from typing import BinaryIO, Literal, TypeVar

from autograder.archives import BadArchiveError, Member, opened, too_large
from autograder.errors import AutograderError
from autograder.notebook import Cell, Contents, parse
from autograder.percent import split
from autograder.students import SUFFIXES, hidden, identity, readable, submitted

MAX_BYTES = 50 * 2**20
MAX_CODE = 10 * 2**20
MAX_DEPTH = 3
"""Folders below a student's own in which a submission is looked for."""
MAX_NAMED = 3
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

File = TypeVar("File", Path, Member)


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
    """Read a notebook, a `.py` file, a zip archive, or a folder that holds one of them.

    Args:
        path: anything; a link is refused, so that no submission can point at another file of this machine.
        name: who handed it in; as `identity` says when None.
    """
    who = identity(path) if name is None else name
    try:
        if path.is_dir() and not path.is_symlink():
            return read(_only(_files(path, MAX_DEPTH), SUFFIXES, "folder"), who)
        with open_file(path) as file:
            return from_bytes(_bytes(file), path.name, who)
    except UnreadableError as unreadable:
        return Submission(who, _kind(path.name), (), problem=str(unreadable))


def from_bytes(data: bytes, filename: str, name: str) -> Submission:
    """Take `name`'s submission from the bytes of a notebook, a `.py` file or a student's archive; the suffix says which."""
    if filename.lower().endswith(".zip"):
        try:
            with opened(BytesIO(data), MAX_BYTES) as archive:
                return from_members([(m.path, m) for m in archive.members], archive.read, name, zipped=True)
        except BadArchiveError as bad:
            return Submission(name, "notebook", (), problem=str(bad))
    text, notes = _text(data)
    kind = _kind(filename)
    if kind == "python" and not _looks_like_notebook(text):
        return _submission(name, kind, _python(text), notes)
    return _submission(name, "notebook", parse(text), notes)


def from_members(
    members: Sequence[tuple[tuple[str, ...], Member]],
    read_member: Callable[[Member], bytes],
    name: str,
    *,
    zipped: bool = False,
) -> Submission:
    """Take a submission from one student's files in an archive, as `read` does from a folder.

    Args:
        members: each with its path below the student's folder, sorted.
        read_member: gives a member's bytes.
        name: who handed it in.
        zipped: whether the student made the archive; another one in it does not count.
    """
    suffixes = SUFFIXES[:2] if zipped else SUFFIXES
    near = [m for path, m in members if len(path) <= MAX_DEPTH + 1 and not any(map(hidden, path))]
    files = [m for m in near if not m.folder and PurePath(m.name).suffix.lower() in suffixes]
    try:
        member = _best(files, suffixes, "archive" if zipped else "folder")
    except UnreadableError as unreadable:
        return Submission(name, "notebook", (), problem=str(unreadable))
    try:
        found = from_bytes(read_member(member), member.name, name)
    except BadArchiveError as bad:
        return Submission(name, _kind(member.name), (), problem=f"{member.name}: {bad}")
    left = [f"Left out: {m.name}: {m.problem}" for m in files if m.problem][:MAX_NAMED]
    return replace(found, notes=(*left, *found.notes), damaged=found.damaged or bool(left))


def find(path: Path) -> list[tuple[str, Path]]:
    """List the submissions at `path`: itself when it is a file, else each file and each sub-folder in it.

    Returns:
        Pairs of identity and path, sorted; no two share an identity (`students` has the rule).

    Raises:
        AutograderError: there is nothing at `path`.
    """
    if not path.is_dir():
        if not path.exists() and not path.is_symlink():
            raise AutograderError(
                f"{path}: no such file or folder; expected a notebook, a .py file or a folder of them, or a zip of one"
            )
        return [(identity(path), path)]
    entries = sorted(path.iterdir())
    return [(who, entries[i]) for who, i in submitted([(entry.name, entry.is_dir()) for entry in entries])]


class UnreadableError(Exception):
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


def _text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode a file, whatever its encoding."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            note = f"The file begins with a byte order mark; it was read as {encoding.removesuffix('-sig').upper()}."
            return data.decode(encoding, "replace"), (note,)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        note = f"The file is not UTF-8 (byte {error.start}); its letters outside ASCII may be wrong."
        return data.decode("latin-1"), (note,)


def open_file(path: Path) -> BinaryIO:
    """Open a regular file, and nothing that only looks like one (a link, a pipe, a device).

    Raises:
        UnreadableError: it is none, or cannot be opened.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise UnreadableError("It is a link to another file; hand in the file itself.") from error
        raise UnreadableError(f"The file cannot be opened: {error.strerror}.") from error
    except ValueError as error:
        raise UnreadableError("The file's name is not a name.") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError("It is no ordinary file; hand in a notebook or a .py file.")
    return open(handle, "rb")  # noqa: PTH123 -- by descriptor, so that what was checked is what is read


def _bytes(file: BinaryIO) -> bytes:
    """Read a file up to the cap."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableError(too_large(max(os.fstat(file.fileno()).st_size, len(data)), MAX_BYTES))
    return data


def _kind(filename: str) -> Literal["notebook", "python"]:
    """Tell by its name what a file should be."""
    return "python" if filename.lower().endswith(".py") else "notebook"


def _looks_like_notebook(text: str) -> bool:
    """Tell a notebook that was renamed to `.py`."""
    return text.lstrip()[:1] == "{" and '"cells"' in text


def _python(text: str) -> Contents:
    """Take the cells of a `.py` file: one, or those of its `# %%` lines."""
    cells = tuple(Cell(block.kind, block.source) for block in split(text))
    return Contents(cells) if cells else Contents(problem="The file is empty.")


def _only(files: Sequence[File], suffixes: Sequence[str], place: str) -> File:
    """Find the one notebook, or else the one `.py` file, or else the one archive, among a student's files.

    Raises:
        UnreadableError: there is none, or more than one.
    """
    kinds = [[file for file in files if PurePath(file.name).suffix.lower() == suffix] for suffix in suffixes]
    found = next(filter(None, kinds), [])
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnreadableError(f"The {place} holds no notebook and no .py file.")
    names = ", ".join(readable(file.name) for file in found[:MAX_NAMED]) + ", ..." * (len(found) > MAX_NAMED)
    raise UnreadableError(f"The {place} holds {len(found)} candidates ({names}); hand in one.")


def _best(files: Sequence[Member], suffixes: Sequence[str], place: str) -> Member:
    """Find the one member to read: a whole one rather than one that cannot be read, but not of a kind that counts less."""
    first = min((suffixes.index(PurePath(m.name).suffix.lower()) for m in files), default=0)
    kind = [m for m in files if PurePath(m.name).suffix.lower() == suffixes[first]]
    return _only([m for m in kind if m.problem is None] or kind, suffixes, place)


def _files(folder: Path, depth: int) -> list[Path]:
    """List the files of a folder and of its folders, in order, following no link."""
    found: list[Path] = []
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise UnreadableError(f"The folder cannot be opened: {error.strerror}.") from error
    for entry in entries:
        if hidden(entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            found += _files(entry, depth - 1) if depth else []
        elif entry.suffix.lower() in SUFFIXES:
            found.append(entry)
    return found
