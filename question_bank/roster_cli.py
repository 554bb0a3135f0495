"""The command `legrade roster check`: what a class list is understood as, before anything is built from it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from question_bank.roster import ClassList

roster_app = typer.Typer(name="roster", help="Class lists.", no_args_is_help=True)
PROBLEMS = 1
_WIDEST = 200


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.add_typer(roster_app)


@roster_app.callback()
def _group() -> None:
    """Class lists."""


@roster_app.command()
def check(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file, or an export of Moodle, Canvas or nbgrader.")
    ],
    id_column: Annotated[str, typer.Option("--id", help="The column of the id, where it is another.")] = "",
) -> None:
    """Say what is understood of a class list, and every problem by row. Exit code 1 where there is one."""
    from question_bank.roster import read_class

    found = read_class(path, id_column)
    for line in _summary(found):
        typer.echo(line)
    for problem in found.problems:
        typer.echo(f"problem: {problem}", err=True)
    if not found.students and not found.problems:
        typer.echo(
            f"problem: {path}: got a header and no student: expected one row per student under it", err=True
        )
    if found.problems or not found.students:
        raise typer.Exit(PROBLEMS)


def _summary(found: "ClassList") -> list[str]:
    """Tell in lines what was understood of a class list."""
    columns, students = found.columns, found.students
    used = [f"id: {columns.id}", f"name: {' + '.join(columns.names)}"]
    used += [f"{field.replace('_', ' ')}: {column}" for field, column in columns.fields.items()]
    lines = [f"{len(students)} student{'s' * (len(students) != 1)}; {columns.source.name} list", *used]
    if columns.unused:
        lines.append(f"not used: {', '.join(columns.unused)}"[:_WIDEST])
    for field, values in (
        ("sections", Counter(student.section for student in students if student.section)),
        ("languages", Counter(student.language or "as the exam" for student in students)),
        ("extra time", Counter(f"{s.extra_time} %" for s in students if s.extra_time)),
    ):
        if values:
            told = ", ".join(f"{value} ({count})" for value, count in sorted(values.items()))
            lines.append(f"{field}: {told}")
    large = sum(student.large for student in students)
    seats = sum(bool(student.seat) for student in students)
    lines += [f"large print: {large}"] if large else []
    lines += [f"seats: {seats} of {len(students)}"] if seats else []
    return [*lines, *(f"left out: {reason}" for reason in found.skipped)]
