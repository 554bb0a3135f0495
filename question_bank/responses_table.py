"""Answers of many students in one table, as a marker or a form writes it; read row by row, what cannot be used is told by its row.

Either a row for each answer, with the columns `student`, `question`, `answer`, or a row for each student: a column `student` and one
for each question. A question is the code of an item and its part, as `k7m2-abcd/b`, or its number on the student's paper and the
part, as `3b`; the part may be left out where there is one only. Nothing in a cell is evaluated.
"""

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from question_bank import csv_rows
from question_bank.csv_rows import Row
from question_bank.errors import ResponseError
from question_bank.issued import Sheet
from question_bank.paper import key_of
from question_bank.responses import Problem, Response

MAX_ANSWER: Final = 40_000
STUDENT: Final = ("student", "id", "student id")
QUESTION: Final = ("question", "item")
ANSWER: Final = ("answer", "response")
_NUMBERED: Final = re.compile(r"q?\s*([0-9]{1,3})\s*[./(]?\s*([a-z])?\)?", re.ASCII)
_CODED: Final = re.compile(r"\[?([0-9a-z-]{1,64})\]?(?:\s*/\s*([a-z]))?", re.ASCII)


def parse_table(
    data: bytes, file: str, sheets: Mapping[str, Sheet]
) -> tuple[tuple[Response, ...], tuple[Problem, ...]]:
    """Read the bytes of a table; one response for each student in it.

    Raises:
        ResponseError: it is no such table; the message is the reason, without the file's name.
    """
    table = csv_rows.parse(csv_rows.decode(data))
    header = [column.casefold() for column in table.header]
    if not header and table.broken:
        raise ResponseError(f"row {table.broken[0]}: {table.broken[1]}")
    who = _column(header, STUDENT)
    if who is None:
        raise ResponseError(
            f"row 1: got the columns {', '.join(header)[:120]!r}, expected student, question and answer, or student and one column for "
            "each question"
        )
    what, typed = _column(header, QUESTION), _column(header, ANSWER)
    answers: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for row in table.rows:
        student = unicodedata.normalize("NFC", row.fields[who].strip())
        if reason := _unusable(row, header, student, sheets):
            problems.append(Problem(file, f"row {row.line}: {reason}"))
            continue
        own = answers.setdefault(student, {})
        problems += [
            Problem(file, f"row {row.line}: {reason}")
            for name, cell in _given(header, row.fields, who, what, typed)
            if (reason := _take(sheets[student], name, cell, own))
        ]
    if table.broken:
        problems.append(Problem(file, f"row {table.broken[0]}: {table.broken[1]}"))
    found = (Response(file, sheets[name].paper, name, given) for name, given in answers.items())
    return tuple(found), tuple(problems)


def _unusable(row: Row, header: Sequence[str], student: str, sheets: Mapping[str, Sheet]) -> str:
    """Say why nothing of a row can be used; empty where it can."""
    if row.fault:
        return row.fault
    if row.surplus:
        return (
            f'{row.cells} cells, expected {len(header)}: write "" around an answer that holds the separator'
        )
    return "" if student in sheets else f"student {student[:60]!r} has no paper here"


def _given(
    header: Sequence[str], fields: Sequence[str], who: int, what: int | None, typed: int | None
) -> list[tuple[str, str]]:
    """Return the (question, answer) pairs of a row."""
    if what is not None and typed is not None:
        return [(fields[what], fields[typed])]
    return [(name, cell) for at, (name, cell) in enumerate(zip(header, fields, strict=True)) if at != who]


def _take(sheet: Sheet, question: str, answer: str, into: dict[str, str]) -> str:
    """Note one answer; say why it cannot be used, nothing where it can."""
    if not answer.strip():
        return ""
    key = part_key(sheet, question.strip().casefold())
    if key is None:
        return f"question {question.strip()[:60]!r} is none of {sheet.student.id}'s paper"
    if len(answer) > MAX_ANSWER:
        return f"{key}: {len(answer)} characters; expected an answer"
    if into.get(key, answer) != answer:
        return f"{key} is answered twice, differently; the first counts"
    into[key] = answer
    return ""


def part_key(sheet: Sheet, question: str) -> str | None:
    """Find the part that a column or a cell names; None where there is no such part."""
    numbered, coded = _NUMBERED.fullmatch(question), _CODED.fullmatch(question)
    items = {item.id: item for item in sheet.items}
    if coded and coded[1] in items:
        item, part = items[coded[1]], coded[2]
    elif numbered and 1 <= int(numbered[1]) <= len(sheet.shown):
        item, part = sheet.shown[int(numbered[1]) - 1], numbered[2]
    else:
        return None
    parts = len(item.question.parts)
    number = 0 if part is None and parts == 1 else string.ascii_lowercase.find(part or "?")
    return key_of(item.id, number) if 0 <= number < parts else None


def _column(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)
