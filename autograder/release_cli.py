"""The commands `legrade build-assignment` and `legrade release`."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

SHOWN = 20
"""Files that are listed by name."""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="build-assignment")(build_assignment)
    app.command(name="release")(release)


def build_assignment(
    name: Annotated[str, typer.Argument(help="A folder in assignments/.")],
    out: Annotated[Path, typer.Option(help="nbgrader's course folder; made when it is missing.")],
    course: Annotated[
        Path | None, typer.Option(help="Folder that holds solutions/ and assignments/.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Course key; COURSE/course.key by default.")] = None,
) -> None:
    """Write an assignment into an nbgrader course folder, ready for `nbgrader generate_assignment`."""
    from autograder.course import find_course
    from autograder.release import build

    root = find_course(course)
    with _writing(out):
        built = build(root, name, out, key=key)
    typer.echo(f"wrote {built.notebook}")
    for message in built.messages:
        typer.echo(message)
    typer.echo(f"next: cd {shlex.quote(str(out))} && nbgrader generate_assignment {name}")


def release(
    name: Annotated[str, typer.Argument(help="A folder in assignments/.")],
    *,
    out: Annotated[Path, typer.Option(help="A new folder for what students get.")],
    course: Annotated[
        Path | None, typer.Option(help="Folder that holds solutions/ and assignments/.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Course key; COURSE/course.key by default.")] = None,
    nbgrader: Annotated[
        Path | None, typer.Option(help="nbgrader's course folder: hand out the notebook in its release/.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(help="Class list: a notebook for each student, with questions of their own."),
    ] = None,
    zipped: Annotated[
        bool, typer.Option("--zip", help="Also write each folder as a zip, beside it.")
    ] = False,
) -> None:
    """Write what students get of an assignment, after a look for secrets through every byte of it."""
    from autograder.course import find_course
    from autograder.release_class import release_to_class
    from autograder.release_folder import release as release_to_all

    root = find_course(course)
    if nbgrader is not None:
        from autograder.nbgrader_course import read_settings

        settings = read_settings(nbgrader)
        root, key = course or settings.course, key or settings.key
    with _writing(out):
        if roster is None:
            released = release_to_all(root, name, out, key=key, nbgrader=nbgrader, zipped=zipped)
        else:
            from question_bank.roster import read_roster

            released = release_to_class(
                root, name, out, read_roster(roster), key=key, nbgrader=nbgrader, zipped=zipped
            )
    for path in released.files[:SHOWN]:
        typer.echo(str(path))
    if len(released.files) > SHOWN:
        typer.echo(f"... and {len(released.files) - SHOWN} more")
    for remark in released.remarks:
        typer.echo(remark)
    there = len(released.files) - released.new
    typer.echo(f"wrote {released.new} files" + (f", {there} were there already" if there else ""))


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Say what to do where a folder cannot be written."""
    from autograder.errors import AutograderError

    try:
        yield
    except OSError as error:
        raise AutograderError(
            f"{error.filename or out}: cannot be written: {error.strerror}; give --out a folder of your own"
        ) from None
