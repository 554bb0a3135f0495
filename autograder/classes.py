"""What a class handed in: files, a folder of them, or the archive that a learning system gives for download.

An archive is read like the folder that it would unpack to, but is never unpacked; `students` says who is who in both. Two things
are different. Where everything lies in one folder of several submissions, that folder is the class. And where there is one file
that no learning system named, the archive is a student's own and has the student's name.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from autograder.archives import Archive, BadArchiveError, Member, opened
from autograder.errors import AutograderError
from autograder.students import SUFFIXES, by_system, hidden, identity, submitted
from autograder.submission import (
    MAX_BYTES,
    Submission,
    UnreadableError,
    find,
    from_bytes,
    from_members,
    open_file,
    read,
)

MAX_TOTAL = 4 * 2**30
"""Bytes of all submissions in one archive; 400 notebooks of 10 MiB."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies at the top of an archive: a file, or a folder with all that is in it."""

    name: str
    folder: bool
    members: tuple[tuple[tuple[str, ...], Member], ...]
    """Each with its path below the folder; a file has its own name."""

    @property
    def suspect(self) -> bool:
        """Whether it is one member that is neither a file nor a folder of a plain path."""
        return not self.folder and self.members[0][1].suspect

    @property
    def files(self) -> list[Member]:
        """What may be read of it: a file itself, and what may be a submission in a folder."""
        if not self.folder:
            return [self.members[0][1]]
        inside = [member for path, member in self.members if not member.folder and not any(map(hidden, path))]
        return [member for member in inside if PurePath(member.name).suffix.lower() in SUFFIXES]


def read_all(paths: Sequence[Path]) -> list[Submission]:
    """Read every submission at `paths`; two of one name, from different places, are told apart by their places.

    Raises:
        AutograderError: a path does not exist, or there is nothing at any of them.
    """
    found = [placed for path in paths for placed in _placed(path)]
    if not found:
        places = ", ".join(map(str, paths))
        raise AutograderError(f"{places}: got no notebook, no .py file and no folder, expected submissions")
    counts = Counter(submission.name for _, submission in found)
    return [replace(s, name=place) if counts[s.name] > 1 else s for place, s in found]


def _placed(path: Path) -> Iterator[tuple[str, Submission]]:
    """Read what is at one path, each submission with the place where it lies."""
    for who, entry in find(path):
        if entry == path and path.suffix.lower() == ".zip":
            for submission in read_archive(path):
                yield f"{path}/{submission.name}", submission
        else:
            yield str(entry), read(entry, who)


def read_archive(path: Path) -> list[Submission]:
    """Read the submissions in an archive, sorted by name; one that cannot be read is one submission with a problem."""
    try:
        with open_file(path) as file, opened(file, MAX_BYTES) as archive:
            return _read_class(archive, identity(path))
    except (BadArchiveError, UnreadableError) as bad:
        return [Submission(identity(path), "notebook", (), problem=str(bad))]


def _read_class(archive: Archive, owner: str) -> list[Submission]:
    """Read each entry of a class's archive.

    Args:
        archive: an open one.
        owner: whose it is when it turns out to be one student's.
    """
    entries = _entries([(member.path, member) for member in archive.members])
    chosen = _chosen(entries)
    if len(chosen) == 1 and (inner := _unwrapped(chosen[0][1])):
        chosen = _chosen(inner)
    if not chosen:
        raise BadArchiveError("The archive holds no notebook and no .py file.")
    total = sum(member.size for _, entry in chosen for member in entry.files if member.problem is None)
    if total > MAX_TOTAL:
        raise BadArchiveError(
            f"The archive's submissions have {total} bytes; expected at most {MAX_TOTAL} (4 GiB): grade it in parts."
        )
    first = chosen[0][1]
    if len(chosen) == 1 and not (first.folder or first.suspect or by_system(first.name)):
        chosen = [(owner, first)]
    return [_read_entry(archive, who, entry) for who, entry in chosen]


def _read_entry(archive: Archive, who: str, entry: Entry) -> Submission:
    """Read one student's file or folder."""
    if entry.folder:
        return from_members(entry.members, archive.read, who)
    try:
        return from_bytes(archive.read(entry.members[0][1]), entry.name, who)
    except BadArchiveError as bad:
        return Submission(who, "notebook", (), problem=str(bad))


def _entries(members: Sequence[tuple[tuple[str, ...], Member]]) -> list[Entry]:
    """Put members together by the first part of their paths."""
    found: dict[tuple[str, bool], list[tuple[tuple[str, ...], Member]]] = {}
    for path, member in members:
        folder = member.folder or len(path) > 1
        found.setdefault((path[0], folder), []).append((path[1:] if folder else path, member))
    return [Entry(name, folder, tuple(inside)) for (name, folder), inside in sorted(found.items())]


def _chosen(entries: Sequence[Entry]) -> list[tuple[str, Entry]]:
    """Choose what is a submission, and whose; what is suspect is always told."""
    named = submitted([(entry.name, entry.folder or entry.suspect) for entry in entries])
    return [(who, entries[i]) for who, i in named]


def _unwrapped(entry: Entry) -> list[Entry]:
    """Open a folder that somebody put a whole class into; give nothing when it is one student's."""
    if not entry.folder or by_system(entry.name):
        return []
    inner = _entries([(path, member) for path, member in entry.members if path])
    return inner if sum(bool(e.files) for _, e in _chosen(inner)) > 1 else []
