"""The class list: a CSV file, read into frozen students; `question_bank.roster_columns` says which columns there may be.

Written by spreadsheets and course systems, so read as they write: UTF-8 with or without a byte-order mark, any line ends, comma,
semicolon or tab between the columns, columns in any order, further columns ignored. What would lose or mix up a student is
refused, by row.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from question_bank.errors import RosterError
from question_bank.languages import LANGUAGES
from question_bank.roster_columns import Columns, understand
from question_bank.roster_rows import SURPLUS, Rows, read_text
from question_bank.student import Student, file_stem, place_number

__all__ = ["ClassList", "Student", "file_stem", "parse_roster", "read_class", "read_roster", "seated"]

MAX_FIELD: Final = 200
MAX_REPORTED: Final = 12
MAX_EXTRA: Final = 300

_PER_CENT: Final = re.compile(r"\+?([0-9]{1,3}) ?%?")
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "c\u00f3"})
_NO: Final = frozenset({"", "no", "n", "false", "0", "kh\u00f4ng"})
_STUDENTS: Final = ("student", "sinh vi\u00ean", "h\u1ecdc vi\u00ean", "h\u1ecdc sinh")
_TEST_STUDENT: Final = frozenset({"student, test", "test student"})


@dataclass(frozen=True, slots=True)
class ClassList:
    """What was understood of a class list.

    Attributes:
        columns: what each column is.
        students: of the rows without a problem, in their order.
        problems: what is wrong, each with its row.
        skipped: rows that are no student, each with the reason.
    """

    columns: Columns
    students: tuple[Student, ...]
    problems: tuple[str, ...]
    skipped: tuple[str, ...]


def read_roster(path: Path, id_column: str = "") -> tuple[Student, ...]:
    """Read the class list, in the file's order.

    Args:
        path: of the file.
        id_column: which column the id is taken from; the one that its source has for it where this is empty.

    Raises:
        RosterError: the file cannot be read, is no such list, or has rows that are wrong; every such row is named, up to twelve.
    """
    return parse_roster(read_text(path), str(path), id_column)


def parse_roster(text: str, name: str = "roster", id_column: str = "") -> tuple[Student, ...]:
    r"""Read the class list from its text; `name` stands in the messages.

    >>> [student.name for student in parse_roster("id;name\r\n7;Nguyễn Văn Án\r\n")]
    ['Nguyễn Văn Án']

    Raises:
        RosterError: as `read_roster`.
    """
    found = parse_class(text, name, id_column)
    if problems := found.problems:
        more = [f"and {len(problems) - MAX_REPORTED} more rows"] if len(problems) > MAX_REPORTED else []
        raise RosterError(f"{name}: " + f"\n{name}: ".join([*problems[:MAX_REPORTED], *more]))
    if not found.students:
        raise RosterError(f"{name}: got a header and no student: expected one row per student under it")
    return found.students


def read_class(path: Path, id_column: str = "") -> ClassList:
    """Read the class list with all that is wrong with it.

    Raises:
        RosterError: the file cannot be read, or its header is none of a class list.
    """
    return parse_class(read_text(path), str(path), id_column)


def parse_class(text: str, name: str = "roster", id_column: str = "") -> ClassList:
    """Read the class list from its text, with all that is wrong with it.

    Raises:
        RosterError: as `read_class`.
    """
    rows = Rows(text, name)
    columns = understand(rows.header, name, id_column)
    records = list(rows.records())
    roles = columns.source.roles
    is_student = [
        any(word in fields.get(roles, "").casefold() for word in _STUDENTS) for _, fields in records
    ]
    several_roles = roles in rows.header and any(is_student)
    students: list[Student] = []
    problems: list[str] = []
    skipped: list[str] = []
    taken: dict[object, int] = {}
    for (row, fields), role in zip(records, is_student, strict=True):
        if several_roles and not role:
            skipped.append(f"row {row}: role {fields.get(roles, '')!r}, no student")
        elif reason := _no_student(fields, columns):
            skipped.append(f"row {row}: {reason}")
        else:
            student, problem = _student(fields, columns)
            problem = problem or _taken(student, taken, row)
            if problem:
                problems.append(f"row {row}: {problem}")
            else:
                students.append(student)
    return ClassList(columns, tuple(students), tuple(problems), tuple(skipped))


def seated(students: Iterable[Student], path: Path) -> tuple[Student, ...]:
    """Return the students with the seats of a list with the columns `id`, `row` and `seat`.

    Raises:
        RosterError: it cannot be read, or names a student or a seat that is not there, or one of them twice.
    """
    rows = Rows(read_text(path), str(path))
    for column in ("id", "row", "seat"):
        if rows.header.count(column) != 1:
            raise RosterError(f"{path}: row 1: got no column {column!r}, expected id,row,seat")
    everyone = {student.id: student for student in students}
    problems: list[str] = []
    taken: dict[object, int] = {}
    for row, fields in rows.records():
        id_ = unicodedata.normalize("NFC", fields.get("id", "").strip())
        row_, seat = fields.get("row", "").strip(), fields.get("seat", "").strip()
        if id_ not in everyone:
            problem = f"student {id_[:MAX_FIELD]!r} is not in the class list"
        else:
            everyone[id_] = replace(everyone[id_], row=row_, seat=seat)
            problem = _no_seat(row_, seat) or _taken(everyone[id_], taken, row)
        if problem:
            problems.append(f"{path}: row {row}: {problem}")
    if problems:
        raise RosterError("\n".join(problems[:MAX_REPORTED]))
    return tuple(everyone.values())


def _no_student(fields: Mapping[str, str], columns: Columns) -> str:
    """Say why a row of a Canvas gradebook is no student; empty where it is one."""
    name = fields.get("student", "").strip().casefold()
    if columns.names != ("student",):
        return ""
    if name == "points possible" or (not name and not fields.get("id", "").strip()):
        return "the points of the columns, no student"
    return "Canvas's test student" if name in _TEST_STUDENT else ""


def _student(fields: Mapping[str, str], columns: Columns) -> tuple[Student, str]:
    """Read one row; the second value says what is wrong with it, empty when nothing is."""
    given = {field: _tidy(fields.get(column, "")) for field, column in columns.fields.items()}
    given |= {
        "id": _tidy(fields.get(columns.id, "")),
        "name": " ".join(filter(None, (_tidy(fields.get(column, "")) for column in columns.names))),
    }
    extra = _PER_CENT.fullmatch(given.get("extra_time", "") or "0")
    student = Student(
        given["id"],
        given["name"],
        given.get("email", ""),
        given.get("language", "").casefold(),
        given.get("section", ""),
        int(extra[1]) if extra else 0,
        given.get("large", "").casefold() in _YES,
        given.get("row", ""),
        given.get("seat", ""),
    )
    problems = _problems(student, fields, {**given, "id column": columns.id})
    return student, next(problems, "")


def _problems(student: Student, fields: Mapping[str, str], given: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with a row, the gravest first."""
    if SURPLUS in fields:
        yield f'got {fields[SURPLUS]}: write "" around a name that holds the separator'
    if not student.id:
        where = "" if given["id column"] == "id" else f" (column {given['id column']!r})"
        yield f"the id is empty{where}: expected what the course knows the student by"
    yield from filter(None, (_unprintable(column, value) for column, value in given.items()))
    if not student.name:
        yield f"the name of {student.id!r} is empty: expected a name"
    if student.language and student.language not in LANGUAGES:
        expected = f"expected one of {', '.join(LANGUAGES)}, or nothing where the exam decides"
        yield f"got the language {given['language']!r}, {expected}"
    extra = given.get("extra_time", "")
    if extra and (_PER_CENT.fullmatch(extra) is None or student.extra_time > MAX_EXTRA):
        yield f"got the extra time {extra!r}, expected per cent from 0 to {MAX_EXTRA}, as in 25"
    if given.get("large", "").casefold() not in _YES | _NO:
        yield f"got large print {given['large']!r}, expected yes, no or nothing"
    yield from filter(None, [_no_seat(student.row, student.seat)])


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _no_seat(row: str, seat: str) -> str:
    """Say why a row and a seat are none; empty where they are, or neither is given."""
    if not row and not seat:
        return ""
    if place_number(row) is None or place_number(seat) is None:
        return f"got row {row!r} and seat {seat!r}, expected both, each a number or a letter"
    return ""


def _taken(student: Student, taken: dict[object, int], row: int) -> str:
    """Note a student's id and seat; say who has one of them already."""
    fold = unicodedata.normalize("NFKC", student.id).casefold()
    if fold in taken:
        return f"id {student.id!r} is already on row {taken[fold]}: expected ids that differ in more than case or width"
    seat = (place_number(student.row), place_number(student.seat))
    if seat != (None, None) and seat in taken:
        return f"row {student.row}, seat {student.seat} is taken already, on row {taken[seat]} of the list"
    taken[fold] = row
    if seat != (None, None):
        taken[seat] = row
    return ""


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
