"""Zip archives that students and learning systems hand out: looked into in memory, and never unpacked to a disk.

The format is PKWARE's APPNOTE 6.3 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT). Nothing that an archive says is
trusted: names are labels and never paths, sizes are checked against what is read, and what one member does costs that member only.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import IO, BinaryIO, cast

from autograder.students import readable

MAX_MEMBERS = 20_000
MAX_DIRECTORY = 8 * 2**20
"""Bytes of an archive's table of contents: 20,000 members with names of some 200 bytes."""
CHUNK = 2**18
ENTRY = b"PK\x01\x02"
"""How a line of the table of contents begins."""
HEADER = 30
"""Bytes of a member's own header, without its name."""
LOCKED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only ones that zipfile unpacks in bounded memory, and the only ones that learning systems and desktops write."""
UNSAFE = re.compile(r"^/|^[A-Za-z]:|\\|\0|(?:^|/)\.\.?(?:/|$)|//")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # with UnicodeDecodeError
    RuntimeError,  # with NotImplementedError
    LookupError,
    ArithmeticError,
    TypeError,
)
"""What zipfile raises for archives that are cut off, altered or made to break a reader."""


class BadArchiveError(Exception):
    """An archive, or a member of one, cannot be read; the text is the reason, for the student."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file or folder of an archive."""

    path: tuple[str, ...]
    """Readable names from the outermost folder in; a name that is no plain path is one part."""
    folder: bool = False
    size: int = 0
    """What the archive states; no more than this is ever read."""
    problem: str | None = None
    """Why it is not read; None when it may be."""
    suspect: bool = False
    """Whether it is a link, no ordinary file, or named by no plain path: somebody is told, whatever it is called."""
    info: zipfile.ZipInfo | None = None
    """Its line in the table of contents; None where it must not be read."""

    @property
    def name(self) -> str:
        """Its last name."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of an open archive, sorted by path, and the way to read one."""

    members: tuple[Member, ...]
    read: Callable[[Member], bytes]
    """Gives all bytes of a member; raises BadArchiveError where that cannot be done."""


@contextmanager
def opened(file: BinaryIO, limit: int) -> Iterator[Archive]:
    """Open an archive whatever its state.

    Args:
        file: an open file, or one in memory; it stays the caller's to close.
        limit: bytes that a member may have; a larger one has a problem.

    Raises:
        BadArchiveError: it is no archive, is broken, or lists more than anybody hands in.
    """
    try:
        archive = zipfile.ZipFile(cast("IO[bytes]", _Guarded(file)))
    except BROKEN as error:
        file.seek(0)
        what = (
            "is cut off or damaged" if file.read(2) == b"PK" else "is no zip archive, whatever its name says"
        )
        raise BadArchiveError(f"The file {what}; make it anew, or hand in the notebook itself.") from error
    with archive:
        yield Archive(_members(archive, limit), lambda member: _read(archive, member, limit))


class _Guarded:
    """A file that zipfile can make read neither much at once nor a long table of contents: both take memory before any check."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Read, unless it is more than a table of contents of the largest size."""
        if size > MAX_DIRECTORY:
            raise BadArchiveError(
                f"The archive's table of contents has {size} bytes; expected at most {MAX_DIRECTORY}."
            )
        data = self._file.read(size)
        if data.count(ENTRY) > MAX_MEMBERS:
            raise BadArchiveError(
                f"The archive lists more than {MAX_MEMBERS} files; hand in the notebook alone."
            )
        return data

    def close(self) -> None:
        """Leave the file open: whoever opened it closes it."""


def _members(archive: zipfile.ZipFile, limit: int) -> tuple[Member, ...]:
    """List an archive's members by path; several of one path are one member that cannot be read."""
    infos = archive.infolist()
    overlapping = _overlapping(infos, archive.start_dir)
    listed = [_member(info, limit, overlaps=number in overlapping) for number, info in enumerate(infos)]
    found = []
    for _, same in groupby(sorted(listed, key=_place), key=_place):
        alike = list(same)
        first = alike[0]
        if len(alike) > 1 and not first.folder:
            problem = f"The archive holds {len(alike)} files of this name; hand in one."
            first = Member(first.path, problem=problem)
        found.append(first)
    return tuple(found)


def _place(member: Member) -> tuple[tuple[str, ...], bool]:
    """Say where a member lies: a file and a folder may share a name."""
    return member.path, member.folder


def _member(info: zipfile.ZipInfo, limit: int, *, overlaps: bool) -> Member:
    """Look at one line of the table of contents."""
    name = _name(info)
    folder = name.endswith("/")
    plain = name.rstrip("/")
    if not plain or UNSAFE.search(plain):
        return Member((_label(name),), problem="Its name in the archive is no plain path.", suspect=True)
    member = Member(tuple(map(readable, plain.split("/"))), folder, info.file_size, info=info)
    if special := _special(info, folder=folder):
        return replace(member, folder=False, problem=special, suspect=True, info=None)
    problem = _problem(info, limit)
    if overlaps and problem is None and not folder:
        problem = "Its bytes in the archive are another file's, too, or lie outside; make the archive anew."
    return member if problem is None else replace(member, problem=problem, info=None)


def _name(info: zipfile.ZipInfo) -> str:
    """Take a member's name; many programs write UTF-8 without saying so, and zipfile takes that for code page 437."""
    name = info.orig_filename
    try:
        return name if info.flag_bits & 0x800 else name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _label(name: str) -> str:
    """Write a name that is no plain path so that nobody can use it as one, and so that nothing takes it for a hidden file."""
    text = readable(re.sub(r"[/\\]", "\ufffd", name)).lstrip("._")
    return text if text.startswith("\ufffd") else f"\ufffd{text}"


def _special(info: zipfile.ZipInfo, *, folder: bool) -> str | None:
    """Say what a member is when it is neither a file nor a folder."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "It is a link to another file; hand in the file itself."
    if kind and kind != (stat.S_IFDIR if folder else stat.S_IFREG):
        return "It is no ordinary file; hand in a notebook or a .py file."
    return None


def _problem(info: zipfile.ZipInfo, limit: int) -> str | None:
    """Say why a file must not be read, from what the table of contents tells."""
    if info.flag_bits & LOCKED:
        return "It is locked with a password; hand it in without one."
    if info.compress_type not in METHODS:
        return f"It is packed by method {info.compress_type}; expected an ordinary zip (stored or deflated)."
    if info.file_size > limit:
        return too_large(info.file_size, limit)
    return None


def too_large(size: int, limit: int) -> str:
    """Say that a file is larger than anybody's work, and what to do."""
    return f"The file has {size} bytes; expected at most {limit} ({limit // 2**20} MiB): clear its outputs and hand it in again."


def _overlapping(infos: list[zipfile.ZipInfo], end: int) -> set[int]:
    """Find members whose bytes belong to another member, too, or lie behind the last: how a small archive becomes a huge one."""
    found: set[int] = set()
    reach, owner = 0, -1
    for number in sorted(range(len(infos)), key=lambda i: infos[i].header_offset):
        info = infos[number]
        stop = info.header_offset + HEADER + info.compress_size
        if info.header_offset < reach:
            found |= {number, owner}
        if stop > end or info.header_offset < 0:
            found.add(number)
        if stop > reach:
            reach, owner = stop, number
    return found


def _read(archive: zipfile.ZipFile, member: Member, limit: int) -> bytes:
    """Read a member's bytes piece by piece, never more than `limit`, and check them against what the archive states."""
    if member.info is None:
        raise BadArchiveError(member.problem or "It is a folder.")
    data = bytearray()
    try:
        with archive.open(member.info) as file:
            while piece := file.read(CHUNK):
                data += piece
                if len(data) > limit:
                    break
    except BROKEN as error:
        raise BadArchiveError(
            "It is damaged in the archive; make the archive anew, or hand in the notebook itself."
        ) from error
    if len(data) != member.size:
        raise BadArchiveError(
            f"It has {len(data)} bytes and the archive states {member.size}; make the archive anew."
        )
    return bytes(data)
