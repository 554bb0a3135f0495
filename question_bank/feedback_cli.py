"""The command `legrade exam feedback`: a page for each student, or a zip of them that Moodle or Canvas hands out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from question_bank.feedback import Feedback
    from question_bank.feedback_class import ClassFeedback
    from question_bank.feedback_names import Names

UNSETTLED = 1
CORRECTIONS = "corrections.toml"
SHOWN = 20


def register(exam_app: typer.Typer) -> None:
    """Add the command to `legrade exam`."""
    exam_app.command("feedback")(feedback)


def feedback(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `exam build` wrote, marked.")],
    *,
    form: Annotated[
        str, typer.Option("--format", help="html: a folder of pages; moodle or canvas: a zip to upload.")
    ] = "html",
    out: Annotated[
        Path | None, typer.Option(help="DIR/marks/feedback, or DIR/marks/feedback-FORMAT.zip, by default.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(help="moodle: the grading worksheet; canvas: the gradebook; html: any class list."),
    ] = None,
    submissions: Annotated[
        Path | None,
        typer.Option(help="canvas: the zip of Download submissions, or its folder; names alone are read."),
    ] = None,
    record: Annotated[Path | None, typer.Option("--marks", help="DIR/marks/marks.json by default.")] = None,
    corrections: Annotated[
        Path | None, typer.Option(help=f"DIR/{CORRECTIONS} by default, where there is one.")
    ] = None,
    solutions: Annotated[
        bool, typer.Option("--solutions/--no-solutions", help="Tell keys and worked solutions.")
    ] = True,
    id_column: Annotated[str, typer.Option("--id", help="The column of the id, as for `exam build`.")] = "",
) -> None:
    """Write what each student may read: answers, marks and why, what is right. Exit code 1 when students are left out or wait."""
    from question_bank.feedback_names import FORMATS
    from question_bank.registry import unknown
    from question_bank.roster_rows import read_text

    if form not in ("html", *FORMATS):
        raise unknown("format", form, ("html", *FORMATS))
    text = read_text(roster) if roster is not None else None
    path = record if record is not None else folder / "marks" / "marks.json"
    found = _of_class(folder, path, corrections, (text, str(roster), id_column), solutions=solutions)
    if form == "html":
        _write_pages(out if out is not None else path.parent / "feedback", found.pages)
        names = None
    else:
        names = _names(form, found, (text, str(roster), id_column), submissions)
        _write_zip(out if out is not None else path.parent / f"feedback-{form}.zip", found.pages, names)
        if form == "canvas":
            typer.echo("Canvas shows each page under the name of the file beside which it stands.")
    if _tell(found, names):
        raise typer.Exit(UNSETTLED)


def _of_class(
    folder: Path,
    path: Path,
    corrections: Path | None,
    roster: "tuple[str | None, str, str]",
    *,
    solutions: bool,
) -> "ClassFeedback":
    """Read papers, marks, corrections and class list, and make the feedback."""
    from question_bank.corrections import read_corrections
    from question_bank.errors import FormatError, ResponseError
    from question_bank.feedback_class import of_class, readers_of_large_print
    from question_bank.issued import read_sheets
    from question_bank.marksheet import read_marks

    sheets = read_sheets(folder)
    if not sheets:
        raise ResponseError(
            f"{folder}: holds no issued papers; give the folder that `legrade exam build --out` wrote"
        )
    marks = read_marks(path)
    if marks is None:
        raise FormatError(f"{path}: there is none; mark first, with `legrade exam mark`")
    given = corrections if corrections is not None else folder / CORRECTIONS
    known = read_corrections(given, sheets) if corrections is not None or given.exists() else ()
    large = readers_of_large_print(folder, *roster)
    return of_class(sheets, marks, known, large, solutions=solutions)


def _names(
    form: str, found: "ClassFeedback", roster: "tuple[str | None, str, str]", submissions: Path | None
) -> "Names":
    """Name the pages for a course system."""
    from question_bank import feedback_names
    from question_bank.errors import ResponseError, RosterError
    from question_bank.feedback_zips import names_of

    text, name, id_column = roster
    if text is None:
        what = {"moodle": feedback_names.WORKSHEET, "canvas": feedback_names.GRADEBOOK}[form]
        raise RosterError(f"--format {form}: got no --roster, expected {what}: it says who is who")
    papers = {page.paper for page in found.pages.values()}
    ids, paper = list(found.pages), min(papers, default="exam")
    if form == "moodle":
        return feedback_names.moodle(ids, paper, text, name, id_column)
    there = names_of(submissions) if submissions is not None else tuple(found.files.values())
    names = feedback_names.canvas(ids, paper, text, there, name, id_column)
    if submissions is None and not names.names:
        got = next((file for file in there if file), "none")
        raise ResponseError(
            f"--format canvas: got no --submissions, and files that were marked under names such as {got!r}; give the zip that "
            "Download submissions gave: its names say which files Canvas knows"
        )
    return names


def _write_pages(folder: Path, pages: "Mapping[str, Feedback]") -> None:
    """Write a page for each student, and nothing else that tells of them."""
    from question_bank.feedback_class import file_names
    from question_bank.feedback_page import to_html
    from question_bank.feedback_zips import write_folder

    names = file_names(list(pages))
    write_folder(folder, {names[student]: to_html(page) for student, page in pages.items()})
    typer.echo(f"{folder}: {len(pages)} pages. Each is for one student: send it to nobody else")


def _write_zip(target: Path, pages: "Mapping[str, Feedback]", names: "Names") -> None:
    """Write a zip of the pages that a course system can hand out."""
    from question_bank.feedback_page import to_html
    from question_bank.feedback_zips import write_zip

    write_zip(target, {name: to_html(pages[student]) for student, name in names.names.items()})
    typer.echo(f"{target}: {len(names.names)} pages")


def _tell(found: "ClassFeedback", names: "Names | None") -> bool:
    """Name on stderr who is left out or waits; return whether anybody is."""
    reasons: dict[str, list[str]] = {}
    for student, why in (*found.left, *(names.left if names else ())):
        reasons.setdefault(why, []).append(student)
    for why, students in sorted(reasons.items()):
        _name(f"left out: {why}", students)
    paperless = [one for one in (names.paperless if names else ()) if one not in dict(found.left)]
    _name("in the class list without a paper", paperless)
    _name("with an open total: a person has still to mark something", found.waiting)
    return bool(reasons or paperless or found.waiting)


def _name(what: str, students: "Sequence[str]") -> None:
    """Name students, the first of many."""
    if students:
        more = f", and {len(students) - SHOWN} more" if len(students) > SHOWN else ""
        typer.echo(f"{len(students)} {what}: {', '.join(students[:SHOWN])}{more}", err=True)
