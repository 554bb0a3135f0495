"""Use case: an assignment -> the folder that students get: an allow-list, and nothing is written before all of it was looked through."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder.assignment import Assignment
from autograder.course import open_assignment, plan_assignment
from autograder.errors import AutograderError
from autograder.leaks import Guard, secret_lines
from autograder.release import handed_out
from autograder.release_notebook import student_notebook
from autograder.release_secrets import Hidden, of_key, of_places, of_seeds
from question_bank.issued import write_whole
from question_bank.keys import DEFAULT_NAME, CourseKey

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip can state."""
MAX_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Released:
    """What `release` wrote."""

    files: tuple[Path, ...]
    """All that there is to hand out, sorted."""
    new: int
    """How many of them were not there before."""
    remarks: tuple[str, ...] = ()
    """What the instructor may want to know, such as questions that several students share."""


def release(
    course: Path,
    name: str,
    out: Path,
    *,
    key: Path | None = None,
    nbgrader: Path | None = None,
    zipped: bool = False,
) -> Released:
    """Write what all students get of an assignment into a folder of its own: the same bytes for the same course.

    Args:
        course: the folder that holds `assignments/` and `solutions/`.
        name: the assignment.
        out: made when it is missing; where a release is, it is completed and never changed.
        key: the course key, so that it is found if it is about to leave; the course's own, if there is one, when None.
        nbgrader: an nbgrader course folder, whose `release/` is taken instead of the text notebook.
        zipped: also write `out` as a zip beside it.

    Raises:
        UnknownNameError: the assignment, or a function that it names, does not exist.
        SpecError: the assignment, its text notebook or a listed file is broken.
        LeakError: a file holds what must not go out; nothing is written.
        AutograderError: `out` holds other files, or another release; nothing is written.
        KeyFileError: the key cannot be read.
    """
    assignment = open_assignment(course, name)
    if assignment.variants:
        raise AutograderError(
            f"{name}: has questions of each student's own; give the class list by --roster class.csv"
        )
    guard = Guard(secret_lines(course / "solutions"), hidden(course, assignment, out, key_path(course, key)))
    written = packed(name, out, common_files(course, assignment, nbgrader), guard, zipped=zipped)
    return write_all(written, out, kept=())


def packed(
    name: str, out: Path, files: Mapping[str, bytes], guard: Guard, *, zipped: bool
) -> dict[Path, bytes]:
    """Look through the files of one folder, and list them, perhaps with a zip of all, by path.

    Raises:
        LeakError: one holds what must not go out.
    """
    for file, data in files.items():
        guard.refuse(file.encode(), f"{file}: its name")
        guard.refuse(data, file)
    zips = {beside(out): checked_zip(name, files, guard)} if zipped else {}
    return {out / file: data for file, data in files.items()} | zips


def common_files(course: Path, assignment: Assignment, nbgrader: Path | None) -> dict[str, bytes]:
    """Take what all students get, by name: from the text notebook, or what nbgrader made of it.

    Raises:
        SpecError: the text notebook or a listed file is broken.
        AutograderError: nbgrader's release is not there, or holds other files than those that are listed.
    """
    files = handed_out(assignment, student_notebook(course, assignment))
    return files if nbgrader is None else _of_nbgrader(nbgrader, assignment.name, set(files))


def _of_nbgrader(root: Path, name: str, expected: set[str]) -> dict[str, bytes]:
    folder = root / "release" / name
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder) if not _is_hidden(path)}
    if missing := sorted(expected - found.keys()):
        raise AutograderError(
            f"{folder / missing[0]}: is not there; run `legrade build-assignment {name} --out {root}` and "
            f"`nbgrader generate_assignment {name}` in that folder"
        )
    if other := sorted(found.keys() - expected):
        raise AutograderError(
            f"{folder / other[0]}: is not on the list of what is handed out; remove it, or name it in `release` of "
            f"assignments/{name}/assignment.toml"
        )
    return {file: found[file].read_bytes() for file in sorted(found)}


def key_path(course: Path, key: Path | None) -> Path | None:
    """Choose the key: the one that was named, else the course's; None where there is none."""
    own = course / DEFAULT_NAME
    return key or (own if own.exists() else None)


def hidden(course: Path, assignment: Assignment, out: Path, key: Path | None) -> Iterator[Hidden]:
    """List what no released byte may say beside lines of `solutions/`.

    Raises:
        KeyFileError: the key cannot be read.
    """
    yield from of_places(course, out, *([key] if key else []))
    if key is not None:
        from autograder.grade import inputs_seed  # here, because pytest comes with it

        secret = CourseKey.load(key)
        yield from of_key(secret)
        yield from of_seeds([inputs_seed(secret, plan_assignment(course, assignment.name))])


def beside(folder: Path) -> Path:
    """Name the zip of a folder.

    >>> beside(Path("a/b.c"))
    PosixPath('a/b.c.zip')
    """
    return folder.with_name(f"{folder.resolve().name}.zip")


def checked_zip(name: str, files: Mapping[str, bytes], guard: Guard) -> bytes:
    """Pack files in the order of their names, with no time and no compression, so that the bytes depend on nothing else.

    Raises:
        LeakError: it holds what must not go out.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(f"{name}/{file}", EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[file])
    data = stream.getvalue()
    guard.refuse(data, f"{name}.zip")
    return data


def write_all(files: Mapping[Path, bytes], out: Path, kept: tuple[Path, ...]) -> Released:
    """Write files that are not there yet, unless another one is in the way.

    Args:
        files: by path, all in `out` or beside it.
        out: the folder of the release; nothing but `files` and `kept` may lie in it.
        kept: files of students who were given theirs before.

    Raises:
        AutograderError: something else is there; nothing is written.
    """
    if out.exists() and not out.is_dir():
        raise AutograderError(f"{out}: is a file; give --out a folder of its own")
    if other := sorted({path for path in _files(out) if not _is_hidden(path)} - {*files, *kept}):
        names = ", ".join(str(path.relative_to(out)) for path in other[:MAX_NAMED]) + ", ..." * (
            len(other) > MAX_NAMED
        )
        raise AutograderError(
            f"{out}: holds files that are not of this release ({names}); a release is never mixed with anything: give --out a "
            "new folder"
        )
    there = {path for path in files if path.exists() or path.is_symlink()}
    for path in sorted(there):
        if path.is_symlink() or not path.is_file() or path.read_bytes() != files[path]:
            raise AutograderError(
                f"{path}: is there already and is not what would be written; what was handed out is never changed: give --out a "
                "new folder"
            )
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(files.keys() - there):
        write_whole(path, files[path])
    return Released(tuple(sorted(files)), len(files) - len(there))


def _files(folder: Path) -> list[Path]:
    """List all that is no folder, links too."""
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def _is_hidden(path: Path) -> bool:
    """Tell what an interrupted release, or a desktop, leaves behind."""
    return path.name in (".DS_Store", "Thumbs.db", "desktop.ini") or (
        path.name.startswith(".") and path.name.endswith(".part")
    )
