"""`legrade bank mark`: one answer to one question, marked as a paper's would be."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from question_bank.marks import ItemMark

_NOT_RIGHT = 1


def register(bank_app: typer.Typer) -> None:
    """Add the command to `legrade bank`."""
    bank_app.command("mark")(mark)


def mark(
    family: Annotated[str, typer.Argument(help="Name of the family; see `legrade bank list`.")],
    answers: Annotated[
        list[str], typer.Argument(help="One answer for each part, in order; '' leaves one out.")
    ],
    *,
    seed: Annotated[int, typer.Option(help="Which question; the same as for `bank show`.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Mark answers to the question that `bank show --seed` shows. Exit code 1 when not all is right."""
    from fractions import Fraction

    from question_bank import bank
    from question_bank.errors import ResponseError
    from question_bank.issued import KeyItem
    from question_bank.judging import mark_item

    question = bank.generate(family, seed)
    if len(answers) != len(question.parts):
        raise ResponseError(
            f"{len(answers)} answers: expected {len(question.parts)}, one for each part; see `legrade bank show {family} --seed {seed}`"
        )
    typed = {
        f"item/{letter}": text for letter, text in zip("abcdefghijklmnopqrstuvwxyz", answers, strict=False)
    }
    item = mark_item(KeyItem("item", 0, Fraction(1), question), typed)
    if as_json:
        from question_bank.marksheet import item_to_json

        typer.echo(json.dumps(item_to_json(item), indent=1, ensure_ascii=False))
    else:
        typer.echo("\n".join(_lines(item)))
    if item.points < item.max_points:
        raise typer.Exit(_NOT_RIGHT)


def _lines(item: "ItemMark") -> list[str]:
    from question_bank.misconceptions import CATALOGUE, LECTURES
    from question_bank.values import show_number

    lines: list[str] = []
    for part in item.parts:
        lines.append(f"({part.part}) {part.outcome}, {show_number(part.fraction)} of 1: {part.shown}")
        for name in part.misconceptions:
            lines.append(f"    {CATALOGUE[name].title}: {CATALOGUE[name].explanation}")
            lines += [f"    {LECTURES[name]}"] if name in LECTURES else []
    return lines
