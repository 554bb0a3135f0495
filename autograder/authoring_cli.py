"""Commands for who writes a course: `legrade new course`, `legrade new function`, `legrade kill-table`."""

from pathlib import Path
from typing import Annotated

import typer

Course = Annotated[Path | None, typer.Option(help="Folder that holds solutions/ and assignments/.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    new = typer.Typer(help="Write a commented skeleton.", no_args_is_help=True)
    new.command(name="course")(new_course)
    new.command(name="function")(new_function)
    app.add_typer(new, name="new")
    app.command(name="kill-table")(kill_table)


def new_course(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Make a folder for a private course of your own."""
    from autograder.skeleton import new_course as make

    _print_next(make(folder))


def new_function(
    signature: Annotated[str, typer.Argument(help='Such as "leaky_relu(x, slope=0.01)".')],
    course: Course = None,
) -> None:
    """Write the files of a new graded function."""
    from autograder.course import find_course
    from autograder.skeleton import new_function as make

    _print_next(make(find_course(course), signature))


def _print_next(lines: tuple[str, ...]) -> None:
    typer.echo("next:")
    for line in lines:
        typer.echo(f"  {line}")


def kill_table(
    functions: Annotated[
        list[str] | None, typer.Argument(help="Folders in solutions/; all when none is named.")
    ] = None,
    course: Course = None,
    tier: Annotated[str, typer.Option(help="Where the programs run, see `legrade grade`.")] = "A",
) -> None:
    """Try each suite on its right and its wrong programs; exit code 1 when one earns what it should not."""
    from autograder.course import find_course, function_names, open_function
    from autograder.course_texts import misconceptions
    from autograder.kill_table import missing, table
    from autograder.sandboxes.probe import open_sandbox

    root = find_course(course)
    specs = [open_function(root, name) for name in functions or function_names(root)]
    texts = misconceptions(root)
    wrong: list[str] = []
    with open_sandbox(tier) as sandbox:
        for spec in specs:
            typer.echo(f"{spec.name}:")
            for row in table(spec, sandbox, texts):
                points = "open" if row.grade.points is None else f"{row.grade.points:g}"
                named = sorted({test.diagnosis for test in row.grade.tests if test.diagnosis})
                told = f", told {', '.join(named)}" if named else ""
                typer.echo(f"  {row.name}: {points} of {row.grade.max_points:g}{told}")
                wrong += row.wrong
            for line in missing(spec):
                typer.echo(f"  {line}")
    for line in wrong:
        typer.echo(f"wrong: {line}")
    raise typer.Exit(1 if wrong else 0)
