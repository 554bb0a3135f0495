"""Answers of many students in one table, as a marker or a form writes it; read row by row, what cannot be used is told by its row.

Either a row for each answer, with the columns `student`, `question`, `answer`, or a row for each student: a column `student` and one
for each question. A question is the code of an item and its part, as `k7m2-abcd/b`, or its number on the student's paper and the
part, as `3b`; the part may be left out where there is one only. Nothing in a cell is evaluated.
"""

import csv
import io
import re
import string
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from question_bank.errors import ResponseError
from question_bank.issued import Sheet
from question_bank.paper import key_of
from question_bank.responses import Problem, Response

MAX_ROWS: Final = 200_000
MAX_ANSWER: Final = 40_000
STUDENT: Final = ("student", "id", "student id")
QUESTION: Final = ("question", "item")
ANSWER: Final = ("answer", "response")
_NUMBERED: Final = re.compile(r"q?\s*([0-9]{1,3})\s*[./(]?\s*([a-z])?\)?", re.ASCII)
_CODED: Final = re.compile(r"\[?([0-9a-z-]{1,64})\]?(?:\s*/\s*([a-z]))?", re.ASCII)
_DELIMITERS: Final = ",;\t"
_NOT_UTF8: Final = "\ufffd"


def parse_table(
    data: bytes, file: str, sheets: Mapping[str, Sheet]
) -> tuple[tuple[Response, ...], tuple[Problem, ...]]:
    """Read the bytes of a table; one response for each student in it.

    Raises:
        ResponseError: it is no such table; the message is the reason, without the file's name.
    """
    text, broken = _text(data)
    header, rows = _rows(text)
    who = _column(header, STUDENT)
    if who is None:
        raise ResponseError(
            f"row 1: got the columns {', '.join(header)[:120]!r}, expected student, question and answer, or student and one column for "
            "each question"
        )
    what, typed = _column(header, QUESTION), _column(header, ANSWER)
    answers: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    try:
        for line, fields in rows:
            student = unicodedata.normalize("NFC", fields[who].strip())
            if broken and any(_NOT_UTF8 in field for field in fields):
                problems.append(Problem(file, f"row {line}: not UTF-8; save the table as 'CSV UTF-8'"))
                continue
            if student not in sheets:
                problems.append(Problem(file, f"row {line}: student {student[:60]!r} has no paper here"))
                continue
            own = answers.setdefault(student, {})
            problems += [
                Problem(file, f"row {line}: {reason}")
                for name, cell in _given(header, fields, who, what, typed)
                if (reason := _take(sheets[student], name, cell, own))
            ]
    except ResponseError as error:  # the rows before count
        problems.append(Problem(file, str(error)))
    found = (Response(file, sheets[name].paper, name, given) for name, given in answers.items())
    return tuple(found), tuple(problems)


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


def _text(data: bytes) -> tuple[str, bool]:
    """Decode a table; where it is not UTF-8, the rows that are not can be told by what stands in them, and the others are used."""
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return data.decode("utf-8-sig", "replace"), True


def _rows(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the header in small letters, and the rows that are not blank, each as long as the header."""
    delimiter = max(_DELIMITERS, key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [column.strip().casefold() for column in next(reader, [])]
    except csv.Error as error:
        raise ResponseError(f"row 1: not CSV ({error})") from None

    def records() -> Iterator[tuple[int, list[str]]]:
        try:
            for number, fields in enumerate(reader):
                if number >= MAX_ROWS:
                    raise ResponseError(f"more than {MAX_ROWS} rows; expected the answers of a class")
                if any(field.strip() for field in fields):
                    yield reader.line_num, [*fields, *[""] * len(header)][: len(header)]
        except csv.Error as error:
            raise ResponseError(
                f"row {reader.line_num}: not CSV ({error}); look for an unclosed quotation mark"
            ) from None

    return header, records()


def _column(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)
