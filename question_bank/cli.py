"""The bank's commands: `legrade bank`, `legrade key`, and `legrade exam` from `exam_cli`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from question_bank.analysis_cli import register as register_analysis
from question_bank.entering_cli import register as register_entering
from question_bank.exam_cli import exam_app
from question_bank.exam_cli import register as register_exam
from question_bank.exam_mark_cli import register as register_exam_mark
from question_bank.feedback_cli import register as register_feedback
from question_bank.gallery_cli import register as register_gallery
from question_bank.gradebook_cli import register as register_gradebook
from question_bank.lint_cli import register as register_check
from question_bank.marking_cli import register as register_marking
from question_bank.pool_cli import register as register_pool
from question_bank.pool_marking_cli import register as register_import
from question_bank.roster_cli import register as register_roster
from question_bank.texts_cli import register as register_texts

if TYPE_CHECKING:
    from question_bank.verification import Report

bank_app = typer.Typer(name="bank", help="Families of questions: list, show, prove.", no_args_is_help=True)
key_app = typer.Typer(
    name="key", help="The course key, from which all papers are derived.", no_args_is_help=True
)

_WRONG_KEYS = 1
register_marking(bank_app)
register_check(bank_app)
register_texts(bank_app)
register_exam_mark(exam_app)
register_entering(exam_app)
register_pool(exam_app)
register_import(exam_app)
register_analysis(exam_app)
register_feedback(exam_app)


def register(app: typer.Typer) -> None:
    """Add the bank's commands to an app."""
    app.add_typer(bank_app)
    app.add_typer(key_app)
    register_exam(app)
    register_gradebook(app)
    register_roster(app)
    register_gallery(bank_app)


@bank_app.command("list")
def list_families(
    *,
    topic: Annotated[str | None, typer.Option(help="Families of this topic only.")] = None,
    points: Annotated[
        bool, typer.Option("--points", help="Count the points of each space, too: seconds.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """List the families: topic, version, title."""
    from question_bank import bank
    from question_bank.registry import unknown

    families = [bank.get(name) for name in bank.names()]
    topics = {family.topic for family in families}
    if topic is not None and topic not in topics:
        raise unknown("topic", topic, topics)
    rows: list[dict[str, object]] = [
        {
            "family": family.name,
            "topic": family.topic,
            "version": family.version,
            "drawn": family.maker.drawn,
            "radicals": list(family.space.radicals),
            "title": family.title,
            **({"points": len(family.space)} if points else {}),
        }
        for family in families
        if topic in (None, family.topic)
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    heads = ("family", "topic", "version", *(("points",) if points else ()), "asks")
    names = ("family", "topic", "version", *(("points",) if points else ()), "title")
    _print_table(
        heads, [tuple(_points(row) if name == "points" else str(row[name]) for name in names) for row in rows]
    )


def _points(row: dict[str, object]) -> str:
    return f"{row['points']:,}" + (" x draws" if row["drawn"] else "")


@bank_app.command()
def show(
    *,
    family: Annotated[str, typer.Argument(help="Name of the family; see `legrade bank list`.")],
    seed: Annotated[int, typer.Option(help="Which question; the same seed always gives the same.")] = 0,
    solution: Annotated[
        bool, typer.Option("--solution", help="Add key, worked solution and live mistakes.")
    ] = False,
    language: Annotated[str, typer.Option(help="Of the question: en or vi.")] = "en",
) -> None:
    """Show one question as text."""
    from question_bank import bank
    from question_bank.as_text import question_lines, solution_lines
    from question_bank.translation import localize

    question = localize(bank.generate(family, seed), language)
    typer.echo("\n".join(question_lines(question) + (solution_lines(question) if solution else [])))


@bank_app.command()
def verify(
    *,
    families: Annotated[
        list[str] | None, typer.Argument(help="Names; all families when none is given.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Questions for each point where entries are drawn.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """Prove families: every point of the space against torch. Exit code 1 when a key is wrong."""
    from question_bank import bank
    from question_bank.verification import verify as prove

    chosen = [bank.get(name) for name in families or bank.names()]
    with _progress(sum(len(family.space) for family in chosen)) as begin:
        reports = [prove(family, draws=draws, tick=begin(family.name)) for family in chosen]
    if as_json:
        typer.echo(json.dumps([asdict(report) for report in reports], indent=2))
    else:
        _print_reports(reports)
    if not all(report.ok for report in reports):
        raise typer.Exit(_WRONG_KEYS)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], Callable[[], object]]]:
    """Show on a terminal's stderr how many of all points are proved, of which family, and how long it will take."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=total)

        def begin(family: str) -> Callable[[], object]:
            progress.update(task, description=family)
            return lambda: progress.advance(task)

        yield begin


_COLUMNS = (
    "family",
    "points",
    "questions",
    "wrong keys",
    "colliding",
    "broken",
    "not discriminating",
    "steps",
    "seconds",
)


def _print_reports(reports: "list[Report]") -> None:
    rows = []
    for report in reports:
        counts = (report.points, report.questions, report.wrong_keys, report.colliding, report.broken)
        more = (report.undiscriminating, report.steps)
        rows.append((report.family, *(f"{count:,}" for count in counts + more), f"{report.seconds:.1f}"))
    _print_table(_COLUMNS, rows)
    for report in reports:
        for problem in report.problems:
            typer.echo(f"{report.family}: {problem}")
        if idle := {rule: count for rule, count in report.idle.items() if count == report.questions}:
            typer.echo(f"{report.family}: never live: {', '.join(idle)}")


def _print_table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print aligned columns, the same on a terminal and in a file; columns of numbers stand to the right."""
    columns = list(zip(heads, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(cell[:1].isdigit() for cell in column[1:]) for column in columns]
    for row in (heads, *rows):
        cells = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True))
        typer.echo("  ".join(cells).rstrip())


@key_app.command("new")
def new_key(path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("course.key")) -> None:
    """Make a course key, readable by you only and ignored by git."""
    from question_bank.keys import CourseKey, ignore_in_git

    CourseKey.new(path)
    typer.echo(f"{path}: new course key, readable by you only (mode 0600).")
    typer.echo(
        "Keep a copy in a safe place: papers made with it can only be made again with it. Show it to nobody."
    )
    typer.echo(ignore_in_git(path))
