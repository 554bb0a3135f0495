"""The command `legrade exam import`: what a course system asked from a pool, made ready to be marked."""

from pathlib import Path
from typing import Annotated

import typer

NEEDS_PERSON = 1
SHOWN = 20


def register(exam_app: typer.Typer) -> None:
    """Add the command to `legrade exam`."""
    exam_app.command("import")(import_)


def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `exam pool` wrote.")],
    export: Annotated[
        Path, typer.Argument(help="CSV: Moodle's quiz report Responses, or Canvas's Student analysis.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="A folder of its own for papers and responses.")],
    roster: Annotated[
        Path | None, typer.Option(help="Class list; who is not in it is told and left out.")
    ] = None,
    id_column: Annotated[str, typer.Option("--id", help="Column of the class list that has the id.")] = "",
) -> None:
    """Take what students answered in Moodle or Canvas to items of a pool, to be marked by LeGrade's keys. Exit code 1 when a row is left out."""
    from question_bank import pool_marking
    from question_bank.errors import ResponseError
    from question_bank.pooling import read_pool
    from question_bank.roster import read_roster
    from question_bank.writable import writing

    frozen = read_pool(folder)
    if frozen is None:
        raise ResponseError(f"{folder}: holds no pool; give the folder that `legrade exam pool --out` wrote")
    found = pool_marking.import_export(frozen.pool, pool_marking.read_export(export), export.name)
    if roster is not None:
        found = pool_marking.known(
            found, [student.id for student in read_roster(roster, id_column)], str(roster)
        )
    with writing(out):
        found = pool_marking.write_import(out, found)
    typer.echo(f"{frozen.pool.title}: {len(found.sheets)} students, in {out}")
    for problem in found.problems[:SHOWN]:
        typer.echo(f"not used: {problem.file}: {problem.reason}", err=True)
    if len(found.problems) > SHOWN:
        typer.echo(f"not used: {len(found.problems) - SHOWN} more", err=True)
    typer.echo(f"Next: legrade exam mark {out} {out / 'responses'}")
    if found.problems:
        raise typer.Exit(NEEDS_PERSON)
