"""The command `legrade exam pool`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from question_bank.errors import QuestionBankError

if TYPE_CHECKING:
    from question_bank.pooling import BuiltPool


def register(exam_app: typer.Typer) -> None:
    """Add the command to `legrade exam`."""
    exam_app.command("pool")(pool)


def pool(
    blueprint: Annotated[Path, typer.Argument(metavar="BLUEPRINT", help="The exam.toml.")],
    out: Annotated[Path, typer.Option(help="Folder; files for instructors only go into its folder lms/.")],
    variants: Annotated[int, typer.Option(min=1, max=1000, help="Items of each question.")] = 40,
    formats: Annotated[
        str,
        typer.Option(
            "--formats", help="moodle, canvas, qti21, qti30, gift, markdown, with commas between them."
        ),
    ] = "moodle",
    key: Annotated[
        Path | None, typer.Option("--key", help="Course key; course.key beside the blueprint by default.")
    ] = None,
) -> None:
    """Write many items of the same difficulty for each slot, for a course system that draws one of them.

    Building again with the same blueprint and key changes nothing.
    """
    from question_bank import pooling
    from question_bank.blueprint import read_blueprint
    from question_bank.keys import DEFAULT_NAME, CourseKey

    names = [name.strip() for name in formats.split(",") if name.strip()] or [formats]
    secret = CourseKey.load(key if key is not None else blueprint.parent / DEFAULT_NAME)
    asked = read_blueprint(blueprint)
    for line in pooling.unused(asked):
        typer.echo(f"legrade: {line}", err=True)
    try:
        built = pooling.build_pool(asked, secret, variants, out, names)
    except OSError as error:
        raise QuestionBankError(
            f"{error.filename or out}: cannot be written: {error.strerror}; give --out a folder of your own"
        ) from None
    _warn(built)
    count = sum(len(group.items) for group in built.pool.groups)
    kept = ", as they were frozen" if built.kept else ""
    typer.echo(f"{count} items in {len(built.pool.groups)} groups{kept}.")
    for path in built.files:
        typer.echo(f"To import: {path}")
    typer.echo(f"For you only: {out / 'lms'} (keys; needed to match responses)")


def _warn(built: "BuiltPool") -> None:
    """Say on stderr which groups are small, and what a format marks in another way."""
    from question_bank.pooling import shortages

    for shortage in shortages(built.pool):
        typer.echo(f"legrade: {shortage}", err=True)
    for name, loss in built.losses:
        typer.echo(f"{name}: {loss}", err=True)
