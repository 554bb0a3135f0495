"""The command `legrade marks`: the table that a gradebook imports."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

UNSETTLED = 1
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("marks")(marks)


def marks(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `exam build` wrote, marked.")],
    *,
    roster: Annotated[Path, typer.Option(help="What your gradebook exports, or any class list for csv.")],
    form: Annotated[str, typer.Option("--format", help="canvas, moodle or csv.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="DIR/marks/FORMAT.csv by default.")] = None,
    record: Annotated[Path | None, typer.Option("--marks", help="DIR/marks/marks.json by default.")] = None,
    id_column: Annotated[str, typer.Option("--id", help="The column of the id, as for `exam build`.")] = "",
) -> None:
    """Write the marks as a table that a gradebook imports. Exit code 1 when students are left out or wait for a person."""
    from question_bank import gradebook
    from question_bank.errors import FormatError
    from question_bank.issued import write_whole
    from question_bank.marksheet import read_marks
    from question_bank.registry import unknown
    from question_bank.roster_rows import read_text
    from question_bank.writable import writing

    if form not in gradebook.FORMATS:
        raise unknown("format", form, gradebook.FORMATS)
    path = record if record is not None else folder / "marks" / "marks.json"
    found = read_marks(path)
    if found is None:
        raise FormatError(f"{path}: there is none; mark first, with `legrade exam mark`")
    filled = gradebook.fill(found, read_text(roster), form, str(roster), id_column)
    target = out if out is not None else path.parent / f"{form}.csv"
    with writing(target.parent):
        write_whole(target, filled.table, 0o600)
    typer.echo(f"{target}: {filled.written} students")
    _name("have a mark and are not in the class list", filled.unknown)
    _name("are in the class list and have no paper", filled.unmarked)
    _name("wait for a person", filled.waiting)
    if filled.unknown or filled.unmarked or filled.waiting:
        raise typer.Exit(UNSETTLED)


def _name(what: str, students: "Sequence[str]") -> None:
    """Name students on stderr, the first of many."""
    if students:
        more = f", and {len(students) - SHOWN} more" if len(students) > SHOWN else ""
        typer.echo(f"{len(students)} {what}: {', '.join(students[:SHOWN])}{more}", err=True)
