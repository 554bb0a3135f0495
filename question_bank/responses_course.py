"""Tables that course systems export: their rows as attempts, before anybody knows which item a question is."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.errors import ResponseError
from question_bank.student import Student

MAX_ROWS: Final = 50_000
MAX_NAME: Final = 200
_NOT_UTF8: Final = "\ufffd"
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
    """A table as it stands: the header, rows with their last line, and the reason where it breaks off."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    broken: tuple[tuple[int, str], ...]


def parse_rows(data: bytes) -> Rows:
    """Read the bytes of a table with commas; a row that is not UTF-8, or as long as no other, is told, and so is where CSV ends.

    Raises:
        ResponseError: it has no header.
    """
    text = data.decode("utf-8-sig", "replace")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    broken: list[tuple[int, str]] = []
    header: tuple[str, ...] = ()
    try:
        header = tuple(column.strip() for column in next(reader, []))
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            if len(rows) >= MAX_ROWS:
                raise ResponseError(f"more than {MAX_ROWS} rows; expected the attempts of a class")
            if len(fields) != len(header):
                broken.append(
                    (reader.line_num, f"{len(fields)} cells, expected {len(header)} as in the header")
                )
            elif any(_NOT_UTF8 in field for field in fields):
                broken.append(
                    (reader.line_num, "not UTF-8; download the table again, or save it as 'CSV UTF-8'")
                )
            else:
                rows.append((reader.line_num, tuple(fields)))
    except csv.Error as error:
        broken.append((reader.line_num, f"not CSV ({error}); look for an unclosed quotation mark"))
    if not header:
        raise ResponseError("row 1: got no header; expected the table as the course system exports it")
    return Rows(header, tuple(rows), tuple(broken))


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
