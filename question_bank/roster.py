"""The class list: a CSV file with the columns `id` and `name`, and perhaps `email` and `language`, read into frozen students.

Written by spreadsheets, so read as they write: UTF-8 with or without a byte-order mark, any line ends, comma, semicolon or
tab between the columns, columns in any order, further columns ignored. What would lose or mix up a student is refused, by row.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from question_bank.errors import RosterError
from question_bank.languages import LANGUAGES

MAX_BYTES = 8_000_000
MAX_FIELD = 200
MAX_REPORTED = 12

_SURPLUS = " surplus"  # no column is called so: names of columns are stripped
_DELIMITERS = ",;\t"
_PLAIN_STEM = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")  # device names on Windows


@dataclass(frozen=True, slots=True)
class Student:
    """One student of the class.

    Attributes:
        id: what the course knows the student by, unique in the class; NFC-normalised, no control characters.
        name: for people; may be in any script.
        email: empty when the list has none.
        language: of the student's paper, `en` or `vi`; empty where the exam decides.
        section: the group of the class; empty when the list has none.
        extra_time: how much longer the student may take, in per cent.
        large: whether the student reads large print.
        row: where the student sits, a number or a letter; empty when the list has none.
        seat: the place in that row.
    """

    id: str
    name: str
    email: str = ""
    language: str = ""
    section: str = ""
    extra_time: int = 0
    large: bool = False
    row: str = ""
    seat: str = ""


def file_stem(student_id: str) -> str:
    """Name the student's files: the id itself where that is safe on every system, else a safe form with a digest of the id.

    A function of the id alone, so a file keeps its name when the class changes. Two ids of one roster never share a stem, not
    even on a file system that ignores case: `read_roster` refuses ids that differ only in case.

    >>> file_stem("B21-0042")
    'B21-0042'
    >>> file_stem("../../etc/passwd")
    'etc_passwd~3754d6cb'
    >>> file_stem("CON")
    'CON~a3dbc4b6'
    """
    if _PLAIN_STEM.fullmatch(student_id) and not _RESERVED.fullmatch(student_id):
        return student_id
    digest = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9]+", "_", student_id).strip("_")[:40]
    return f"{readable or 'student'}~{digest}"


def read_roster(path: Path) -> tuple[Student, ...]:
    """Read the class list, in the file's order.

    Raises:
        RosterError: the file cannot be read, is no such list, or has rows that are wrong; every such row is named, up to twelve.
    """
    return parse_roster(_read_text(path), str(path))


def parse_roster(text: str, name: str = "roster") -> tuple[Student, ...]:
    r"""Read the class list from its text; `name` stands in the messages.

    >>> parse_roster("id;name\r\n7;Nguyễn Văn Án\r\n")
    (Student(id='7', name='Nguyễn Văn Án', email='', language='', section='', extra_time=0, large=False, row='', seat=''),)

    Raises:
        RosterError: as `read_roster`.
    """
    students: list[Student] = []
    problems: list[str] = []
    rows: dict[str, int] = {}
    for row, fields in _records(text, name):
        student, problem = _student(fields)
        fold = unicodedata.normalize("NFKC", student.id).casefold()
        if not problem and fold in rows:
            problem = f"id {student.id!r} is already on row {rows[fold]}: expected ids that differ in more than case or width"
        if problem:
            problems.append(f"row {row}: {problem}")
            continue
        rows[fold] = row
        students.append(student)
    if problems:
        more = [f"and {len(problems) - MAX_REPORTED} more rows"] if len(problems) > MAX_REPORTED else []
        raise RosterError(f"{name}: " + f"\n{name}: ".join(problems[:MAX_REPORTED] + more))
    if not students:
        raise RosterError(f"{name}: got a header and no student: expected one row per student under it")
    return tuple(students)


def _read_text(path: Path) -> str:
    """Read the file, refusing what is no text of a sensible size."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RosterError(f"{path}: got {size} bytes, expected a class list of at most {MAX_BYTES}")
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(
            f"{path}: cannot be read ({error.strerror}); give a CSV file with the columns id,name"
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise RosterError(
            f"{path}: row {row}: byte 0x{data[error.start]:02x} is not UTF-8; save the list as 'CSV UTF-8' and try again"
        ) from None


def _records(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, field by lower-case column) of every row that is not blank."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [column.strip().casefold() for column in next(reader, [])]
        _check_header(header, name)
        for fields in reader:
            if any(field.strip() for field in fields):
                given: dict[str, str] = dict(zip(header, fields, strict=False))
                if any(field.strip() for field in fields[len(header) :]):
                    given[_SURPLUS] = f"{len(fields)} fields, expected {len(header)}"
                yield reader.line_num, given
    except csv.Error as error:
        raise RosterError(
            f"{name}: row {reader.line_num}: not CSV ({error}); look for an unclosed quotation mark"
        ) from None


def _check_header(header: list[str], name: str) -> None:
    """Require the columns `id` and `name`, each once."""
    for column in ("id", "name"):
        if header.count(column) != 1:
            got = ",".join(header)[:MAX_FIELD] or "nothing"
            raise RosterError(
                f"{name}: row 1: got the columns {got!r}, expected one {column!r} among them, as in id,name,email"
            )


def _student(fields: dict[str, str]) -> tuple[Student, str]:
    """Read one row; the second value says what is wrong with it, empty when nothing is."""
    given = {
        column: unicodedata.normalize("NFC", fields.get(column, "").strip())
        for column in ("id", "name", "email", "language")
    }
    student = Student(given["id"], given["name"], given["email"], given["language"].casefold())
    if _SURPLUS in fields:
        return student, f'got {fields[_SURPLUS]}: write "" around a name that holds the separator'
    if not student.id:
        return student, "the id is empty: expected what the course knows the student by"
    for column, value in given.items():
        if problem := _unprintable(column, value):
            return student, problem
    if not student.name:
        return student, f"the name of {student.id!r} is empty: expected a name"
    if student.language and student.language not in LANGUAGES:
        expected = f"expected one of {', '.join(LANGUAGES)}, or nothing where the exam decides"
        return student, f"got the language {given['language']!r}, {expected}"
    return student, ""


def _unprintable(column: str, value: str) -> str:
    """Say why a value can be no field of a student; empty when it can."""
    if len(value) > MAX_FIELD:
        return f"{column} has {len(value)} characters, expected at most {MAX_FIELD}"
    bad = [
        c
        for c in value
        if unicodedata.category(c) in {"Cc", "Cs"} or (column == "id" and unicodedata.category(c) == "Cf")
    ]
    return f"{column} holds the invisible character U+{ord(bad[0]):04X}; delete it" if bad else ""
