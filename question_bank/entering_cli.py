"""The command `legrade exam enter`: a marker types the answers of paper exams."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

UNFINISHED = 1


def register(exam_app: typer.Typer) -> None:
    """Add the command to `legrade exam`."""
    exam_app.command("enter")(enter)


def enter(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `exam build` wrote.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the files of answers; DIR/responses by default.")
    ] = None,
) -> None:
    """Type in the answers of papers, line by line; `help` says how. Exit code 1 when the input ends in the middle of a paper.

    Each paper's answers are written when it is done, as its page would have saved them: go on at any time, then mark the folder.
    """
    from question_bank.entering import MAX_LINE, Desk
    from question_bank.errors import ResponseError
    from question_bank.issued import private_folder, read_sheets
    from question_bank.writable import writing

    sheets = read_sheets(folder)
    if not sheets:
        raise ResponseError(
            f"{folder}: holds no issued papers; give the folder that `legrade exam build --out` wrote"
        )
    target = out if out is not None else folder / "responses"
    lines = typer.get_binary_stream("stdin")
    with writing(target):
        if not target.exists():
            private_folder(target)
        desk = Desk(sheets, target)
        typer.echo(f"{desk.progress()}. `help` says what can be typed.")
        while not desk.finished:
            typer.echo(desk.prompt, nl=not sys.stdin.isatty())
            line = _line(lines, MAX_LINE)
            if not line:
                break
            for told in desk.take(line):
                typer.echo(told)
    typer.echo(f"Next: legrade exam mark {folder} {target}")
    if desk.sheet is not None:
        typer.echo(
            f"legrade: the input ended in the paper of {desk.sheet.student.id}; nothing of it was written, open it again and end with done",
            err=True,
        )
        raise typer.Exit(UNFINISHED)


def _line(stream: BinaryIO, most: int) -> bytes:
    """Read one line; of one that is too long a little more than the most, the rest of it is dropped."""
    line = stream.readline(most + 1)
    more = line
    while more and not more.endswith(b"\n"):
        more = stream.readline(most)
    return line
