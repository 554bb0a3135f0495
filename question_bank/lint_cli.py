"""`legrade bank check`: worked examples of lectures, recomputed."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from question_bank.errors import QuestionBankError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from question_bank.lectures.check import Finding

_WRONG = 1
_UNUSABLE = 2
_SHOWN = 20


def register(bank_app: typer.Typer) -> None:
    """Add the command to `legrade bank`."""
    bank_app.command("check")(check)


def check(
    examples: Annotated[Path, typer.Argument(metavar="EXAMPLES", help="A JSON file of worked examples.")],
    *,
    errata: Annotated[
        Path | None,
        typer.Option(
            metavar="PAGE",
            help="Write a page of the errata here, to publish; `html` names it after the examples, in this folder.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Recompute worked examples of lectures and report every stated answer that is wrong, with the reason.

    Exit code 1 when a stated answer is wrong, else 2 when an example could not be used, else 0.
    """
    from question_bank.lectures.check import check as recompute
    from question_bank.lectures.example import read_examples
    from question_bank.lectures.report import counts, to_json

    if errata is not None and errata.exists() and errata.samefile(examples):
        raise QuestionBankError(f"--errata {errata}: these are the examples; give a file of its own")
    findings = recompute(read_examples(examples))
    if errata == Path("html"):
        errata = Path(f"{examples.stem}-errata.html")
    if errata is not None:
        _write(errata, findings)
    if as_json:
        typer.echo(json.dumps(to_json(findings), indent=1, ensure_ascii=False))
    else:
        _print(findings)
        if errata is not None:
            typer.echo(f"Errata page: {errata}")
    found = counts(findings)
    if found["wrong"] or found["unusable"]:
        raise typer.Exit(_WRONG if found["wrong"] else _UNUSABLE)


def _write(page: Path, findings: "Sequence[Finding]") -> None:
    from question_bank.issued import write_whole
    from question_bank.lectures.page import to_html

    try:
        write_whole(page, to_html(findings))
    except OSError as error:
        raise QuestionBankError(
            f"{page}: cannot be written: {error.strerror}; give --errata a file in a folder of your own"
        ) from None


def _print(findings: "Sequence[Finding]") -> None:
    from question_bank.lectures.report import counts, lines

    for finding in findings:
        if finding.verdict in ("wrong", "remark", "unusable"):
            typer.echo("\n".join(lines(finding)))
    _print_rest(findings)
    found = counts(findings)
    typer.echo(
        f"{sum(found.values())} examples: {found['right'] + found['remark']} right, {found['wrong']} wrong, "
        f"{found['exercise']} without a stated answer, {found['not recomputed']} not recomputed, "
        f"{found['unusable']} unusable."
    )


def _print_rest(findings: "Sequence[Finding]") -> None:
    """List what was answered where nothing is stated, and what cannot be recomputed, by reason."""
    from question_bank.lectures.report import answer_text, unjudged

    exercises = [finding for finding in findings if finding.verdict == "exercise"]
    if exercises:
        typer.echo("\nNothing stated; the right answers:")
    for finding in exercises:
        typer.echo(f"  {finding.id} ({finding.kind}) {answer_text(finding)}")
    if left := unjudged(findings):
        typer.echo("\nNot recomputed:")
    for (kind, reason), ids in left.items():
        shown = ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")
        typer.echo(f"  {kind}: {reason}: {shown}")
    typer.echo("")
