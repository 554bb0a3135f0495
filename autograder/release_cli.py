"""The command `legrade build-assignment`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="build-assignment")(build_assignment)


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
    from autograder.errors import AutograderError
    from autograder.release import build

    root = find_course(course)
    try:
        built = build(root, name, out, key=key)
    except OSError as error:
        raise AutograderError(
            f"{error.filename or out}: cannot be written: {error.strerror}; give --out a folder of your own"
        ) from None
    typer.echo(f"wrote {built.notebook}")
    for message in built.messages:
        typer.echo(message)
    typer.echo(f"next: cd {shlex.quote(str(out))} && nbgrader generate_assignment {name}")
