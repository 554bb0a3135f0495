"""Papers as plain data for a Typst template, with the template: no text of a paper is ever read as Typst code.

Texts are data (JSON in a string); formulas alone are code, which `maths` wrote.
"""

import functools
import json
import re
import string
from collections.abc import Sequence
from typing import Final, TypeAlias

from question_bank import credit, languages, markdown_text, maths
from question_bank.drawings import svg
from question_bank.figures import Figure
from question_bank.issued import KeyItem
from question_bank.message import Message, literal
from question_bank.model import PublicQuestion, Question, Table
from question_bank.paper import Item, Paper
from question_bank.values import Field, Grid, Json, Rational, show_number

Messages: TypeAlias = tuple[Message, ...]
Named: TypeAlias = tuple[tuple[Message, Message], ...]
"""Wrong answers, each with its name."""

_SHEET: Final = "Answer sheet"
_WHERE: Final = "Write your answers on the answer sheet at the end; other pages are not marked."
_CHANGE: Final = "To change an answer, strike it out and write the new one beside it."
_NOTES: Final = (
    "<em>Convolution</em> means cross-correlation, as in PyTorch: the kernel is not flipped.",
    "Axes are ordered (C, H, W): channels, height, width; with a batch, (N, C, H, W).",
    "A window that does not fit whole is left out: sizes are rounded down (floor).",
    "A padding of <math><mi>p</mi></math> adds <math><mi>p</mi></math> pixels on <em>each</em> side.",
)
_NAMED: Final = {name: name for name in ("Name", "Student", "Paper", "Version", "Questions", "Conventions")}
_RAISES: Final = "This raises an error"
_UNDETERMINED: Final = "This cannot be determined"
WORDS: Final = (_SHEET, _WHERE, _CHANGE)
"""What a printed paper says beside the words of pages and of Markdown, for translators."""

_TAG: Final = re.compile(r"</?[a-z]+>")
_MINUS: Final = re.compile(r"(?<![\w)\]])-(?=[\d.])")
_WIDTH: Final = re.compile(r'<svg[^>]* width="([0-9.]+)"')
_MOST_CELLS, _MOST_AXES = 150, 3
_WIDEST_ROW: Final = 16


def source(template: str, data: Json) -> bytes:
    """Return a Typst document in UTF-8: the data as a string that is read as JSON, then the template."""
    told = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    escaped = told.replace("\\", "\\\\").replace('"', '\\"')
    return f'#let data = json(bytes("{escaped}"))\n{template}'.encode("utf-8", "replace")


def printed_words(language: str) -> dict[str, str]:
    """Return what a printed paper says beside its items, by short names."""
    say = functools.partial(languages.text, language=language)
    words = {name.lower(): say(text) for name, text in _NAMED.items()}
    words |= {"sheet": say(_SHEET), "where": say(_WHERE), "change": say(_CHANGE)}
    return words | {"raises": say(_RAISES), "undetermined": say(_UNDETERMINED)}


def printed_notes(language: str) -> tuple[str, ...]:
    """Return the conventions that hold on every paper, as plain texts."""
    return tuple(_TAG.sub("", languages.text(note, language)) for note in _NOTES)


def paper_data(paper: Paper) -> dict[str, Json]:
    """Return all that a printed paper shows."""
    words: dict[str, Json] = dict(printed_words(paper.language))
    total = sum(item.points for item in paper.items)
    return {
        "language": paper.language,
        "large": paper.large,
        "title": paper.title,
        "paper": paper.paper,
        "student": paper.student,
        "name": paper.name,
        "version": paper.version,
        "total": f"{len(paper.items)}, {markdown_text.points(total, paper.language)}",
        "words": words,
        "notes": list(printed_notes(paper.language)),
        "sections": [
            {"title": each.title, "intro": spans(literal(each.intro)), "first": each.first}
            for each in paper.sections
        ],
        "items": [
            item_data(item, number, paper.language, coded=paper.coded)
            for number, item in enumerate(paper.items, 1)
        ],
    }


def item_data(item: Item | KeyItem, number: int, language: str, *, coded: bool) -> dict[str, Json]:
    """Return all that an item shows, without its key."""
    question = item.question
    rule = credit_rule(item.credit, len(question.parts))
    return {
        "heading": languages.text("Question {number}", language).format(number=number),
        "number": number,
        "points": markdown_text.points(item.points, language),
        "code": item.id.upper(),
        "coded": coded,
        "stem": spans(question.stem),
        "rule": languages.text(rule, language) if rule else "",
        "listing": question.code,
        "longest": max(map(len, question.code.splitlines()), default=0),
        "figure": _figure(question, language),
        "tables": [_table(table) for table in question.tables],
        "parts": [_part(question, at, language) for at in range(len(question.parts))],
    }


def key_data(
    paper: Paper, questions: Sequence[Question], keys: Sequence[Messages], wrong: Sequence[Named]
) -> Json:
    """Return all that a printed key shows: the paper, and what is known of each of its items, in the same order."""
    solved: list[Json] = [
        {
            **item_data(item, number, paper.language, coded=True),
            "keys": [spans(line) for line in keys[number - 1]],
            "steps": [[spans(step.label), step.typst(), step.plain()] for step in question.solution],
            "remarks": [spans(remark) for remark in question.remarks],
            "wrong": [[spans(answer), spans(title)] for answer, title in wrong[number - 1]],
        }
        for number, (item, question) in enumerate(zip(paper.items, questions, strict=True), 1)
    ]
    return {**paper_data(paper), "items": solved}


def credit_rule(rule: str, parts: int) -> str:
    """Return what a student is told of an item's rule of credit; empty where there is nothing to tell."""
    if rule == credit.ALL_OR_NOTHING or (rule == credit.WHOLE_PARTS and parts == 1):
        return "All points for a whole right answer, otherwise none."
    if rule == credit.WHOLE_PARTS:
        return "Each part counts when all of it is right."
    if rule == credit.PER_CELL and parts > 1:
        return "Each number of an array counts as much as another part."
    return ""


def spans(message: Message) -> Json:
    """Return a message as pieces of a kind (text, math, code) with what is set, and a formula's plain text.

    >>> spans(Message("Stride $s = {s}$, `x[{s}]`", {"s": 2}))
    [['text', 'Stride '], ['math', 'italic("s") = 2', 's = 2'], ['text', ', '], ['code', 'x[2]']]
    """
    found: list[Json] = []
    for kind, text in message.spans():
        if kind == "math":
            found.append(["math", maths.typst(text), maths.plain(text)])
        else:
            found.append([kind, text if kind == "code" else _MINUS.sub("\u2212", text)])
    return found


def _figure(question: PublicQuestion | Question, language: str) -> Json:
    """Return a drawing as SVG with its width, and what it shows in words."""
    if question.figure is None:
        return None
    drawn, width = printed_figure(question.figure, language)
    return {"svg": drawn, "width": width, "alt": question.figure.alt.plain()}


def printed_figure(figure: Figure, language: str) -> tuple[str, str]:
    """Return a drawing as SVG, black, and its width in pixels."""
    drawn = svg(figure, functools.partial(languages.text, language=language))
    [width] = _WIDTH.findall(drawn)
    return drawn.replace("currentColor", "#000"), width


def _table(table: Table) -> Json:
    """Return an array as planes, each with its index (empty when there is one)."""
    planes: list[Json] = [
        {"index": index, "rows": [[show_number(cell).replace("-", "\u2212") for cell in row] for row in rows]}
        for index, rows in planes_of(table.value)
    ]
    return {"caption": spans(table.caption), "planes": planes}


def planes_of(grid: Grid) -> list[tuple[str, list[tuple[Rational, ...]]]]:
    """Split an array into (index of the plane, its rows)."""
    height = grid.shape[-2] if len(grid.shape) > 1 else 1
    rows = grid.rows()
    names = [""]
    for length in grid.shape[:-2]:
        names = [f"{name}, {place}" if name else str(place) for name in names for place in range(length)]
    return [
        (f"[{name}]" if name else "", rows[at * height : (at + 1) * height]) for at, name in enumerate(names)
    ]


def _part(question: PublicQuestion | Question, at: int, language: str) -> Json:
    asked = question.parts[at]
    field = asked.field
    several = len(question.parts) > 1
    letter = f"({string.ascii_lowercase[at]})" if several else ""
    prompted = asked.prompt.template
    axes = field.axes and field.axes[0] not in asked.prompt.plain()
    said = [] if field.kind == "choice" else markdown_text.hints(field, language)
    return {
        "letter": letter,
        "told": several and prompted.startswith("("),
        "prompt": spans(asked.prompt) if prompted else [],
        "axes": f"({', '.join(field.axes)})" if axes else "",
        "unit": field.unit,
        "kind": field.kind,
        "options": [spans(Message(option)) for option in field.options],
        "letters": list(field.letters),
        "hints": " ".join(said),
        "cells": [list(plane) for plane in cells_of(field)],
        "raises": field.may_raise,
        "undetermined": field.may_be_undetermined,
    }


def cells_of(field: Field) -> list[tuple[str, int, int]]:
    """Return the planes of cells to fill in, as (index, rows, columns); none where a box is left blank."""
    size = field.size
    if size is None or not 0 < len(size) <= _MOST_AXES or size[-1] > _WIDEST_ROW:
        return []
    blank = Grid(size, (0,) * functools.reduce(int.__mul__, size))
    if len(blank.cells) > _MOST_CELLS:
        return []
    return [(index, len(rows), size[-1]) for index, rows in planes_of(blank)]
