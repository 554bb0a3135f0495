"""Tables that course systems export: their rows as attempts, before anybody knows which item a question is."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank import csv_rows
from question_bank.csv_rows import Row
from question_bank.errors import ResponseError
from question_bank.student import Student

MAX_NAME: Final = 200
_CODE: Final = re.compile(r"\[([0-9a-z]{4}-[0-9a-z]{4})\]", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row: whose it is, and (text of the question, response) of each question that was asked; `row` is its last line."""

    row: int
    student: Student
    responses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Export:
    """A table: its attempts, and (row, reason) of each row that is none."""

    attempts: tuple[Attempt, ...]
    problems: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as it stands: the header, rows with their last line, and (row, reason) of each that cannot be used."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    broken: tuple[tuple[int, str], ...]


def parse_rows(data: bytes) -> Rows:
    """Read the bytes of a table; a row that is no text, or as long as no other, is told, and so is where CSV ends.

    Raises:
        ResponseError: it has no header.
    """
    table = csv_rows.parse(csv_rows.decode(data))
    if not table.header:
        row, reason = table.broken or (1, "got no header")
        raise ResponseError(f"row {row}: {reason}; expected the table as the course system exports it")
    faults = [(row.line, fault) for row in table.rows if (fault := _fault(row, len(table.header)))]
    told = {line for line, _ in faults}
    rows = tuple((row.line, row.fields) for row in table.rows if row.line not in told)
    return Rows(table.header, rows, (*faults, *([table.broken] if table.broken else [])))


def _fault(row: Row, width: int) -> str:
    """Say why a row cannot be used: a system writes every cell, so one that is missing was cut off."""
    if row.cells < width or row.surplus:
        return f"{row.cells} cells, expected {width} as in the header"
    return row.fault


def item_in(text: str, known: Collection[str]) -> str:
    """Return the item whose code stands last in the text of a question; empty where none is known.

    >>> item_in("How many? [K7Q2-M3XA] Pixels", {"k7q2-m3xa"})
    'k7q2-m3xa'
    """
    codes = [code.casefold() for code in _CODE.findall(text)]
    return next((code for code in reversed(codes) if code in known), "")


def student_of(id_: str, name: str, email: str = "") -> Student:
    """Make a student of what stands in a row.

    Raises:
        ResponseError: the id is missing, or none that a class list could have.
    """
    found = unicodedata.normalize("NFC", id_.strip())
    if not found:
        raise ResponseError("no id of a student")
    if len(found) > MAX_NAME or not found.isprintable():
        raise ResponseError(
            f"student {found[:60]!r}: expected an id of at most {MAX_NAME} printable characters"
        )
    plain = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name))
    return Student(
        found, " ".join(plain.split())[:MAX_NAME], email.strip()[:MAX_NAME] if email.isprintable() else ""
    )


def place(header: Sequence[str], *names: str) -> int | None:
    """Return where the first of some columns stands; None where none is there."""
    folded = [column.casefold() for column in header]
    return next((folded.index(name) for name in names if name in folded), None)
