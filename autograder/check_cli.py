"""The command `legrade check`, for students."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="check")(check)


def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
) -> None:
    """Run your notebook from top to bottom and say which public checks pass; the hidden tests are not here."""
    from autograder.checking import check as check_all
    from autograder.sandboxes.probe import open_sandbox

    with open_sandbox("C") as sandbox:
        found = check_all(notebook, sandbox)
    for entry in found:
        what = "public check" if entry.is_check else "cell"
        typer.echo(f"{what} {entry.cell}: {entry.outcome}" + (f": {entry.said}" if entry.said else ""))
    checks = [entry for entry in found if entry.is_check]
    passed = sum(entry.outcome == "passed" for entry in checks)
    typer.echo(
        f"{passed} of {len(checks)} public checks pass. They are necessary, not sufficient: hidden tests give the points."
    )
    raise typer.Exit(0 if passed == len(checks) else 1)
