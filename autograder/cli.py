"""The command line: `legrade`. Parses, calls a use case, prints, and sets the exit code."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autograder.errors import AutograderError
from question_bank.cli import register as register_bank
from question_bank.errors import QuestionBankError

if TYPE_CHECKING:
    from autograder.model import Grade, Plan

app = typer.Typer(
    name="legrade",
    help="Auto-graded assignments and exams for courses on convolutional networks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
register_bank(app)

WRONG_USAGE = 2


def main() -> None:
    """Run `legrade`; an error of ours is one line on stderr and exit code 2, never a traceback."""
    try:
        app()
    except (AutograderError, QuestionBankError) as error:
        sys.stderr.write(f"legrade: {error}\n")
        raise SystemExit(WRONG_USAGE) from None


@app.command()
def grade(
    paths: Annotated[list[Path], typer.Argument(help="Notebooks, .py files, or folders of them.")],
    function: Annotated[list[str] | None, typer.Option(help="Grade this function on every feature.")] = None,
    assignment: Annotated[str | None, typer.Option(help="Grade this assignment.")] = None,
    course: Annotated[
        Path | None, typer.Option(help="Folder that holds solutions/ and assignments/.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all records here.")] = None,
    seed: Annotated[int | None, typer.Option(help="Inputs for development; never for marks.")] = None,
    key: Annotated[Path | None, typer.Option(help="Course key; COURSE/course.key by default.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="IDX data sets; LEGRADE_DATA_DIR by default.")] = None,
    tier: Annotated[str, typer.Option(help="A, or C: a plain process, for self-checks only.")] = "A",
) -> None:
    """Grade submissions with the hidden suites, in the sandbox."""
    from autograder.grade import grade as grade_all
    from autograder.results import to_json
    from autograder.sandboxes.probe import open_sandbox
    from autograder.submission import find, read

    plan, options = _plan(course, function or [], assignment, data_dir)
    inputs = _seed(course, plan, key, seed)
    found = [entry for path in paths for entry in find(path)]
    submissions = [read(path, name=name) for name, path in found]
    with open_sandbox(tier) as sandbox:
        grades = grade_all(
            submissions, plan, sandbox=sandbox, seed=inputs, options=options, record=_print_grade
        )
    if json_file is not None:
        json_file.write_text(to_json(grades), encoding="utf-8")
    raise typer.Exit(1 if any(g.needs_person for g in grades) else 0)


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
    points = "open" if result.points is None else f"{result.points:g}"
    person = ", needs a person" if result.needs_person else ""
    typer.echo(f"{result.submission}: {points} of {result.max_points:g}{person}")
    for note in result.notes:
        typer.echo(f"    {note}")
    for test in result.tests:
        if test.outcome != "passed":
            share = "open" if test.points is None else f"{test.points:g}"
            named = f" [{test.diagnosis}]" if test.diagnosis else ""
            what = test.description.splitlines()[0]
            typer.echo(f"    {test.outcome}, {share} of {test.max_points:g}: {test.function}: {what}")
            ours = f" ({test.detail.splitlines()[0]})" if test.outcome == "error" and test.detail else ""
            typer.echo(f"        {test.reason}{named}{ours}")


@app.command()
def doctor() -> None:
    """Print the isolation tier, what the probe saw, devices and versions, and what to do about what is missing."""
    from autograder.doctor import examine

    healthy = True
    for line in examine():
        typer.echo(line.text)
        healthy = healthy and line.ok
    raise typer.Exit(0 if healthy else 1)


def _mount_release() -> None:
    from autograder.release_cli import register

    register(app)


_mount_release()
