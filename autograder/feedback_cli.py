"""The command `legrade feedback`: a page for each graded submission, or a zip of them that Moodle or Canvas hands out."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.model import Grade

UNSETTLED = 1
MAX_BYTES = 2**30
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="feedback")(feedback)


def feedback(
    records: Annotated[Path, typer.Argument(help="What `legrade grade --json` wrote.")],
    *,
    form: Annotated[
        str, typer.Option("--format", help="html: a folder of pages; moodle or canvas: a zip to upload.")
    ] = "html",
    out: Annotated[
        Path | None, typer.Option(help="feedback, or feedback-FORMAT.zip, beside RECORDS by default.")
    ] = None,
    submissions: Annotated[
        Path | None,
        typer.Option(help="moodle, canvas: the zip that was graded, or its folder; names alone are read."),
    ] = None,
    title: Annotated[str, typer.Option(help="Of the assignment; the name of RECORDS by default.")] = "",
    course: Annotated[
        Path | None, typer.Option(help="Folder of the course, for what it calls mistakes.")
    ] = None,
) -> None:
    """Write what each student may read of a grade. Exit code 1 when submissions are left out or points are open."""
    from autograder.course import find_course
    from autograder.course_texts import misconceptions
    from autograder.feedback_names import FORMATS
    from autograder.feedback_page import to_html
    from question_bank.feedback_zips import write_folder, write_zip
    from question_bank.registry import unknown

    if form not in ("html", *FORMATS):
        raise unknown("format", form, ("html", *FORMATS))
    grades, name = _read(records), title or records.stem
    texts = misconceptions(find_course(course))
    pages = {grade.submission: to_html(grade, name, texts) for grade in grades}
    names, left = _names(form, list(pages), submissions, name)
    made = {member: pages[submission] for submission, member in names.items()}
    if form == "html":
        target = out if out is not None else records.parent / "feedback"
        write_folder(target, made)
    else:
        target = out if out is not None else records.parent / f"feedback-{form}.zip"
        write_zip(target, made)
    typer.echo(f"{target}: {len(made)} pages. Each is for one student: send it to nobody else")
    _name(f"left out: no name in {submissions} says whose they are", left)
    waiting = [grade.submission for grade in grades if grade.points is None]
    _name("with open points: a person has still to look", waiting)
    if left or waiting:
        raise typer.Exit(UNSETTLED)


def _names(
    form: str, graded: list[str], submissions: Path | None, title: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Name the pages, and say whose cannot be."""
    from autograder.errors import AutograderError
    from autograder.feedback_names import members
    from question_bank.feedback_class import file_names
    from question_bank.feedback_names import page_name
    from question_bank.feedback_zips import names_of

    if form == "html":
        return file_names(graded), ()
    if submissions is None:
        raise AutograderError(
            f"--format {form}: got no --submissions, expected the zip or the folder that was graded: its names say who is who"
        )
    return members(form, graded, names_of(submissions), page_name(title))


def _read(path: Path) -> "list[Grade]":
    """Read the records of a class."""
    from autograder.errors import AutograderError
    from autograder.results import from_json

    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise AutograderError(f"{path}: got {size} bytes, expected records of at most {MAX_BYTES}")
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise AutograderError(
            f"{path}: cannot be read ({error}); give what `legrade grade --json` wrote"
        ) from None
    if not isinstance(data, list):
        raise AutograderError(f"{path}: expected a list of records; give what `legrade grade --json` wrote")
    grades = []
    for number, record in enumerate(data):
        try:
            grades.append(from_json(record))
        except AutograderError as error:
            raise AutograderError(f"{path}: record {number + 1}: {error}; grade again") from None
    names = [grade.submission for grade in grades]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise AutograderError(f"{path}: {twice[0]!r} is there twice; grade the class in one run")
    return grades


def _name(what: str, submissions: "Sequence[str]") -> None:
    """Name submissions, the first of many."""
    if submissions:
        more = f", and {len(submissions) - SHOWN} more" if len(submissions) > SHOWN else ""
        typer.echo(f"{len(submissions)} {what}: {', '.join(submissions[:SHOWN])}{more}", err=True)
