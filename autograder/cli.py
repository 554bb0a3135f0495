"""The command line: `legrade`. Parses, calls a use case, prints, and sets the exit code."""

import sys
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autograder.errors import AutograderError, brief
from question_bank.cli import register as register_bank
from question_bank.errors import QuestionBankError

if TYPE_CHECKING:
    from autograder.journal import Journal
    from autograder.model import Grade, Plan, TestResult
    from autograder.submission import Submission
    from autograder.variants_marking import OwnQuestions

app = typer.Typer(
    name="legrade",
    help="Auto-graded assignments and exams for courses on convolutional networks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
register_bank(app)

WRONG_USAGE = 2
INTERRUPTED = 130
FOLDED = 4
"""So many tests of a function, all with one reason, are one line."""


def main() -> None:
    """Run `legrade`; an error of ours is one line on stderr and exit code 2, never a traceback."""
    try:
        app()
    except (AutograderError, QuestionBankError) as error:
        sys.stderr.write(f"legrade: {brief(error)}\n")
        raise SystemExit(WRONG_USAGE) from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename is not None else ""
        sys.stderr.write(f"legrade: {place}{error.strerror or error}\n")
        raise SystemExit(WRONG_USAGE) from None


@app.command()
def grade(
    paths: Annotated[list[Path], typer.Argument(help="Notebooks, .py files, folders or zips of them.")],
    function: Annotated[list[str] | None, typer.Option(help="Grade this function on every feature.")] = None,
    assignment: Annotated[str | None, typer.Option(help="Grade this assignment.")] = None,
    course: Annotated[
        Path | None, typer.Option(help="Folder that holds solutions/ and assignments/.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all records here.")] = None,
    seed: Annotated[int | None, typer.Option(help="Inputs for development; never for marks.")] = None,
    key: Annotated[Path | None, typer.Option(help="Course key; COURSE/course.key by default.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="IDX data sets; LEGRADE_DATA_DIR by default.")] = None,
    tier: Annotated[
        str,
        typer.Option(
            help="A; B where no user namespace can be had; C, a plain process, for self-checks only."
        ),
    ] = "A",
) -> None:
    """Grade submissions with the hidden suites, in the sandbox."""
    from autograder.classes import read_all

    plan, options = _plan(course, function or [], assignment, data_dir)
    inputs = _seed(course, plan, key, seed)
    own = _own_questions(course, assignment, key)
    submissions = _noted(read_all(paths), course, assignment)
    grades = _graded(submissions, plan, json_file, tier, own=own, seed=inputs, options=options)
    raise typer.Exit(1 if any(g.needs_person for g in grades) else 0)


def _noted(
    submissions: "list[Submission]", course: Path | None, assignment: str | None
) -> "list[Submission]":
    """Note what was changed of the cells that an assignment gave out."""
    from autograder.course import find_course, open_assignment
    from autograder.tampering import given_cells, noted

    if assignment is None:
        return submissions
    given = given_cells(open_assignment(find_course(course), assignment))
    return [noted(submission, given) for submission in submissions]


def _own_questions(course: Path | None, assignment: str | None, key: Path | None) -> "OwnQuestions | None":
    """Open the questions that each student has of their own, where the assignment asks some."""
    from autograder.course import find_course, open_assignment

    root = find_course(course)
    if assignment is None or not (found := open_assignment(root, assignment)).variants:
        return None
    from autograder.variants_marking import own_questions
    from question_bank.keys import DEFAULT_NAME

    return own_questions(found, key if key is not None else root / DEFAULT_NAME)


def _graded(
    submissions: "list[Submission]",
    plan: "Plan",
    json_file: Path | None,
    tier: str,
    own: "OwnQuestions | None",
    **how: Any,
) -> "list[Grade]":
    """Grade and print, and keep the records where a file is named for them."""
    from autograder.grade import grade as grade_all
    from autograder.results import claim, to_json, write_private
    from autograder.sandboxes.probe import open_sandbox

    told: list[Grade] = []
    by_name = {submission.name: submission for submission in submissions}

    def whole(result: "Grade") -> "Grade":
        return result if own is None else own.mark(result, by_name[result.submission])

    def record(result: "Grade") -> None:
        told.append(result)
        _print_grade(whole(result))

    if json_file is not None:
        claim(json_file)
    with _journal(json_file) as journal:
        try:
            with open_sandbox(tier) as sandbox:
                suites = grade_all(submissions, plan, sandbox=sandbox, record=record, journal=journal, **how)
        except KeyboardInterrupt:
            done = f"{len(told)} of {len(submissions)} submissions are graded"
            more = "; the same command goes on from there" if journal is not None else ""
            sys.stderr.write(f"legrade: interrupted: {done}{more}\n")
            raise typer.Exit(INTERRUPTED) from None
        grades = [whole(result) for result in suites]
        if json_file is not None and journal is not None:
            write_private(json_file, to_json(grades))
            journal.clear()
    return grades


def _journal(json_file: Path | None) -> "Journal | nullcontext[None]":
    """Open the journal beside the records, and say what is in it."""
    from autograder.journal import Journal

    if json_file is None:
        return nullcontext()
    path = json_file.with_name(f"{json_file.name}.journal")
    journal = Journal(path)
    if kept := len(journal):
        what = f"{kept} grade{'s' if kept > 1 else ''} of a run that did not end"
        sys.stderr.write(
            f"legrade: {path}: {what}; where nothing has changed since, they are taken from there\n"
        )
    return journal


def _plan(
    course: Path | None, functions: list[str], assignment: str | None, data_dir: Path | None
) -> tuple["Plan", dict[str, Any]]:
    """Decide what is graded, and with which options."""
    from autograder.course import find_course, open_assignment, plan_assignment, plan_functions

    root = find_course(course)
    options: dict[str, Any] = {"data_dir": data_dir}
    if bool(functions) == (assignment is not None):
        raise typer.BadParameter("expected either --function NAME ... or --assignment NAME")
    if assignment is not None:
        options |= open_assignment(root, assignment).options
        return plan_assignment(root, assignment), options
    return plan_functions(root, functions), options


def _seed(course: Path | None, plan: "Plan", key: Path | None, seed: int | None) -> bytes:
    """Derive the inputs from the course key; without one, say that anybody can."""
    from autograder.course import find_course
    from autograder.grade import development_seed, inputs_seed
    from question_bank.keys import DEFAULT_NAME, CourseKey

    if seed is not None:
        return development_seed(seed)
    path = key if key is not None else find_course(course) / DEFAULT_NAME
    if key is not None or path.exists():
        return inputs_seed(CourseKey.load(path), plan)
    sys.stderr.write(
        f"legrade: no course key at {path}: development inputs, not for marks; `legrade key new {path}`\n"
    )
    return development_seed(0)


def _print_grade(result: "Grade") -> None:
    """Print one submission as soon as it is graded: its points, and a line for each test that did not pass."""
    points = "open" if result.points is None else _points(result.points)
    person = ", needs a person" if result.needs_person else ""
    typer.echo(f"{result.submission}: {points} of {_points(result.max_points)}{person}")
    for note in result.notes:
        typer.echo(f"    {note}")
    lost = (test for test in result.tests if test.outcome != "passed")
    for (function, outcome, reason, _, _), group in groupby(lost, key=_same):
        tests = list(group)
        folded = [tests] if len(tests) >= FOLDED else [[test] for test in tests]
        for some in folded:
            first = some[0]
            share = "open" if first.points is None else _points(sum(test.points or 0 for test in some))
            what = first.description.splitlines()[0] if len(some) == 1 else f"{len(some)} tests"
            most = _points(sum(test.max_points for test in some))
            typer.echo(f"    {outcome}, {share} of {most}: {function}: {what}")
            named = f" [{first.diagnosis}]" if first.diagnosis else ""
            ours = f" ({first.detail.splitlines()[0]})" if outcome == "error" and first.detail else ""
            typer.echo(f"        {reason}{named}{ours}")


def _same(test: "TestResult") -> tuple[str, str, str, str | None, bool]:
    """Return what tests share that are told in one line."""
    return test.function, test.outcome, test.reason, test.diagnosis, test.points == 0


def _points(value: float) -> str:
    """Write points to the hundredth; the records have them whole."""
    return f"{round(value, 2):g}"


@app.command()
def doctor() -> None:
    """Print the isolation tier, what the probe saw, devices and versions, and what to do about what is missing."""
    from autograder.doctor import examine

    healthy = True
    for line in examine():
        typer.echo(line.text)
        healthy = healthy and line.ok
    raise typer.Exit(0 if healthy else 1)


def _mount() -> None:
    from autograder import authoring_cli, calibrate_cli, check_cli, feedback_cli, release_cli

    for commands in (authoring_cli, calibrate_cli, check_cli, feedback_cli, release_cli):
        commands.register(app)


_mount()
