"""The command `legrade exam mark`: responses, a person's points and corrections -> marks, and whose mark changed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from question_bank.marks import Marks
    from question_bank.remarking import Change

NEEDS_PERSON = 1
CORRECTIONS = "corrections.toml"
SHOWN = 20


def register(exam_app: typer.Typer) -> None:
    """Add the command to `legrade exam`."""
    exam_app.command("mark")(mark)


def mark(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `exam build` wrote.")],
    responses: Annotated[Path, typer.Argument(help="A responses file, or a folder of them.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Where to write the marks; DIR/marks by default.")] = None,
    corrections: Annotated[
        Path | None, typer.Option(help=f"DIR/{CORRECTIONS} by default, where there is one.")
    ] = None,
    allow_lower: Annotated[
        bool, typer.Option("--allow-lower", help="Let marks fall below those of the last marking.")
    ] = False,
) -> None:
    """Mark responses: marks.csv and marks.json. Exit code 1 when a person is needed: a file could not be used.

    Written answers go to written.csv: fill in its points, and mark again. Marked again, it says whose mark changes and why.
    """
    from question_bank import marking, marksheet, remarking
    from question_bank import written as tables
    from question_bank.issued import read_sheets, write_whole
    from question_bank.writable import writing

    target = out if out is not None else folder / "marks"
    filled = target / "written.csv"
    given = corrections if corrections is not None else folder / CORRECTIONS
    use = given if corrections is not None or given.exists() else None
    marks = marking.mark(folder, responses, filled if filled.exists() else None, use)
    before = marksheet.read_marks(target / "marks.json")
    changed = remarking.changes(before, marks) if before is not None else ()
    if not allow_lower:
        remarking.refuse_falling(changed)
    with writing(target):
        table, record = marksheet.write_marks(target, marks)
        written = marksheet.write_written(filled, tables.to_csv(marks, read_sheets(folder)))
        if before is not None:
            write_whole(target / "changes.csv", remarking.to_csv(changed), 0o600)
    _print_marks(marks)
    if before is not None:
        _print_changes(changed, target / "changes.csv")
    if written:
        typer.echo(f"Written answers, for a person: {filled}")
    typer.echo(f"Marks: {table}")
    typer.echo(f"How every answer was read: {record}")
    if marks.problems or any(student.status == "needs a person" for student in marks.students):
        raise typer.Exit(NEEDS_PERSON)


def _print_marks(marks: "Marks") -> None:
    counts: dict[str, int] = {}
    for student in marks.students:
        counts[student.status] = counts.get(student.status, 0) + 1
    typer.echo(f"{marks.title}: " + ", ".join(f"{count} {status}" for status, count in counts.items()))
    for student in marks.students:
        if student.status == "needs a person":
            typer.echo(f"needs a person: {student.student.id}: {student.note}", err=True)
    for problem in marks.problems[:SHOWN]:
        typer.echo(f"not used: {problem.file}: {problem.reason}", err=True)
    if len(marks.problems) > SHOWN:
        typer.echo(f"not used: {len(marks.problems) - SHOWN} more, see marks.json", err=True)


def _print_changes(changed: "tuple[Change, ...]", table: Path) -> None:
    typer.echo(f"{len(changed)} marks changed since the last marking" + (f": {table}" if changed else "."))
    for change in changed[:SHOWN]:
        typer.echo(f"  {change.student}: {change.before}, now {change.after}; {'; '.join(change.reasons)}")
    if len(changed) > SHOWN:
        typer.echo(f"  and {len(changed) - SHOWN} more")
