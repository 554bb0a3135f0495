"""One student's frozen questions -> cells of a notebook: text without keys, and a cell for the answers, in the student's language.

They are plain cells: nbgrader compares the locked cells of all students with one copy, and would undo what differs.
"""

import functools
import re
import string
from collections.abc import Iterable
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.release_notebook import NotebookCell, plain_cell
from autograder.variants import answer_names
from question_bank import languages, maths
from question_bank.bank import redact
from question_bank.issued import KeyItem, Sheet
from question_bank.message import Message
from question_bank.model import PublicPart, Table
from question_bank.values import show_number

SPECIAL: Final = re.compile(r"[\\`*_\[\]<>$#|~&]")
POINTS: Final = ("{points} point", "{points} points")


def own_cells(sheet: Sheet) -> list[NotebookCell]:
    """Write the cells of one student; the same sheet always gives the same cells.

    Raises:
        MissingTranslationError: a text has no translation into the student's language.
    """
    environment = _environment(sheet.language)
    name = escaped(sheet.student.name or sheet.student.id)
    heading = environment.get_template("own_heading.md.j2").render(name=name)
    cells = [plain_cell("markdown", "questions", heading.strip())]
    for number, item in enumerate(sheet.items, start=1):
        names = answer_names(number, item)
        shown = environment.get_template("own_question.md.j2").render(_shown(number, item, sheet.language))
        fields = environment.get_template("own_answers.py.j2").render(code=item.id, names=names)
        cells += [
            plain_cell("markdown", f"question-{number}", shown.strip()),
            plain_cell("code", f"answer-{number}", fields.strip()),
        ]
    return cells


@functools.cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("question_bank.exporters"),
        autoescape=False,  # noqa: S701 -- Markdown; what is put in was escaped for it
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    say = functools.partial(languages.text, language=language)
    environment.install_gettext_callables(say, _no_plural, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    return environment


def _no_plural(_one: str, _several: str, _count: int) -> str:
    raise NotImplementedError("a text that depends on a number: write two, as POINTS does")


def _shown(number: int, item: KeyItem, language: str) -> dict[str, Any]:
    """Take what a student sees of a question as Markdown."""
    question = redact(item.question)
    worth = languages.text(POINTS[item.points != 1], language).format(points=show_number(item.points))
    return {
        "number": number,
        "points": worth,
        "code": item.id,
        "stem": markdown(question.stem),
        "alt": markdown(question.figure.alt) if question.figure else "",
        "listing": fenced(question.code, "python") if question.code else "",
        "tables": [
            {"caption": markdown(table.caption), "cells": fenced(_cells(table))} for table in question.tables
        ],
        "parts": [
            _part(part, name, letter if len(question.parts) > 1 else "")
            for part, name, letter in zip(
                question.parts, answer_names(number, item), string.ascii_lowercase, strict=False
            )
        ],
    }


def _part(part: PublicPart, name: str, letter: str) -> dict[str, Any]:
    field = part.field
    return {
        "letter": letter,
        "name": name,
        "prompt": markdown(part.prompt),
        "unit": escaped(field.unit),
        "options": [
            {"letter": label, "text": markdown(Message(text))}
            for label, text in zip(field.letters, field.options, strict=True)
        ],
        "letters": field.kind == "choices",
        "symbols": ", ".join(f"`{symbol}`" for symbol in field.symbols),
        "may_raise": field.may_raise,
        "may_be_undetermined": field.may_be_undetermined,
    }


def markdown(message: Message) -> str:
    r"""Set a message: formulas as LaTeX between dollar signs, code as code, the rest as text that means nothing in Markdown.

    >>> markdown(Message("a_b < $n + 1$ of `x[0]`"))
    'a\\_b \\< $n + 1$ of `x[0]`'
    """
    set_ = {"math": lambda text: f"${maths.latex(text)}$", "code": code_span, "text": escaped}
    return "".join(set_[kind](text) for kind, text in message.spans())


def escaped(text: str) -> str:
    """Keep a text from being read as Markdown, HTML or a formula."""
    return SPECIAL.sub(lambda found: f"\\{found[0]}", text)


def code_span(text: str) -> str:
    """Set code inside a line, with more backquotes around it than are in it."""
    marks = "`" * (1 + _longest(text))
    return f"{marks} {text} {marks}" if len(marks) > 1 else f"`{text}`"


def fenced(text: str, language: str = "") -> str:
    """Set lines as they are, with a longer fence than any that is in them."""
    marks = "`" * max(3, 1 + _longest(text))
    return f"{marks}{language}\n{text}\n{marks}"


def _longest(text: str) -> int:
    """Return the length of the longest row of backquotes."""
    return max(map(len, re.findall("`+", text)), default=0)


def _cells(table: Table) -> str:
    """Write an array in columns; an empty line before each plane but the first."""
    grid = table.value
    rows = [[show_number(cell) for cell in row] for row in grid.rows()]
    width = max(len(cell) for row in rows for cell in row) + 2
    lines = ["".join(cell.rjust(width) for cell in row) for row in rows]
    height = grid.shape[-2] if len(grid.shape) > 1 else 1
    return "\n\n".join("\n".join(lines[at : at + height]) for at in range(0, len(lines), height))


def texts_of(cells: Iterable[NotebookCell]) -> str:
    """Join the sources of cells."""
    return "\n".join("".join(cell["source"]) for cell in cells)
