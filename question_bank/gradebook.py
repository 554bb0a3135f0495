"""Marks as the tables that gradebooks import, filled into what they export themselves, so that their own columns tell who is who.

| format   | the class list (`--roster`)                       | what is written                                                        |
| -------- | ------------------------------------------------- | ---------------------------------------------------------------------- |
| `canvas` | the gradebook that Canvas exports                 | its columns of identity, `Points Possible`, and the exam's column         |
| `moodle` | the grading worksheet of an assignment            | the worksheet as it is, with `Grade` in its own scale, and a comment      |
| `moodle` | the participants, or a gradebook, as CSV          | their columns of identity, and the exam's column, to be mapped at import  |
| `csv`    | any                                               | id, name, email, section, points, most points, per cent, status           |

Where a correction made an item void for some students, all points are given on the scale of the whole paper. A mark that waits for
a person is left empty; who handed nothing in has 0.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from question_bank.analysis_reading import exact
from question_bank.errors import RosterError
from question_bank.frozen import take, take_all
from question_bank.marksheet import show_points
from question_bank.roster import parse_class
from question_bank.roster_rows import Rows
from question_bank.spreadsheet import safe_text
from question_bank.values import Json

FORMATS: Final = ("canvas", "moodle", "csv")
CANVAS: Final = ("student", "id", "sis user id", "sis login id", "integration id", "root account", "section")
MOODLE: Final = ("first name", "last name", "surname", "username", "id number", "email address", "email")
"""Columns of identity; what else an export holds, such as other marks, is not handed on."""
MOST_NAMED: Final = 20
_TITLED: Final = r"{}(?: \([0-9]+\))?"
"""A column of Canvas: the assignment's title, and its number once it has one."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one student has, on the scale of the whole paper; `points` is None where a person is needed."""

    points: Fraction | None
    max_points: Fraction
    status: str


@dataclass(frozen=True, slots=True)
class Gradebook:
    """A table to upload, and whom it does not settle.

    Attributes:
        table: CSV in UTF-8 with a byte-order mark.
        written: how many students have points in it.
        unknown: students with a mark who are not in the class list.
        unmarked: students of the class list who have no paper.
        waiting: students whose marks wait for a person.
        notes: what else a person should know.
    """

    table: bytes
    written: int
    unknown: tuple[str, ...]
    unmarked: tuple[str, ...]
    waiting: tuple[str, ...]
    notes: tuple[str, ...] = ()


def results(marks: Json) -> dict[str, Result]:
    """Take what every student has from a record that `marksheet.to_json` wrote.

    Raises:
        FormatError: it is no such record.
    """
    rows = take_all(marks, "students", lambda row: row)
    whole = max((exact(row, "max_points") for row in rows), default=Fraction(0))
    found = {}
    for row in rows:
        own, status = exact(row, "max_points"), take(row, "status", str)
        points = None if take(row, "points", object) is None else exact(row, "points")
        if points is not None and own:
            points = points * whole / own
        found[take(row, "student", str)] = Result(points, whole, status)
    return found


def fill(marks: Json, roster: str, form: str, name: str = "roster", id_column: str = "") -> Gradebook:
    """Write a table to upload.

    Args:
        marks: the record of `marksheet.to_json`.
        roster: the text of the class list, see the table above.
        form: one of `FORMATS`.
        name: what messages call the class list.
        id_column: the column of the id that the papers were built with, where it is not the usual one.

    Raises:
        RosterError: the list cannot be used, or is not what this format is filled into.
        FormatError: `marks` is no record of marks.
    """
    scores, title = results(marks), take(marks, "title", str)
    students = parse_class(roster, name, id_column)
    if students.problems:
        raise RosterError(f"{name}: {students.problems[0]}; mend the list first: legrade roster check {name}")
    rows = Rows(roster, name)
    column = students.columns.id
    records = {
        unicodedata.normalize("NFC", fields.get(column, "").strip()): fields for _, fields in rows.records()
    }
    ids = [student.id for student in students.students]
    found = {student.id: records[student.id] for student in students.students if student.id in records}
    if form == "canvas":
        lines = _canvas(rows.header, found, scores, title, name)
    elif form == "moodle":
        lines = _moodle(rows.header, found, scores, title, name)
    else:
        lines = [["id", "name", "email", "section", "points", "most", "per cent", "status"]]
        lines += [
            [s.id, s.name, s.email, s.section, *_plain(scores[s.id])]
            for s in students.students
            if s.id in scores
        ]
    known = [one for one in ids if one in scores]
    return Gradebook(
        _table(lines),
        sum(scores[one].points is not None for one in known),
        tuple(sorted(set(scores) - set(ids))),
        tuple(one for one in ids if one not in scores),
        tuple(one for one in known if scores[one].points is None),
    )


def _canvas(
    header: Sequence[str],
    found: Mapping[str, Mapping[str, str]],
    scores: Mapping[str, Result],
    title: str,
    name: str,
) -> list[list[str]]:
    """Fill the exam's column; Canvas knows it by the title, or by the title and a number once there is such an assignment."""
    if "student" not in header or "id" not in header:
        raise RosterError(
            f"{name}: got the columns {','.join(header)[:200]!r}, expected the gradebook that Canvas exports (Grades, Export)"
        )
    own = [column for column in CANVAS if column in header]
    pattern = re.compile(_TITLED.format(re.escape(title.casefold())))
    there = [column for column in header if pattern.fullmatch(column)]
    heads = {"id": "ID", "sis user id": "SIS User ID", "sis login id": "SIS Login ID"}
    most = show_points(next(iter(scores.values())).max_points) if scores else "0"
    lines = [[*(heads.get(column, column.title()) for column in own), _as_titled(there, title)]]
    lines.append(["    Points Possible", *[""] * (len(own) - 1), most])
    for one, fields in found.items():
        if one in scores:
            lines.append([*(fields.get(column, "") for column in own), _points(scores[one])])
    return lines


def _as_titled(there: Sequence[str], title: str) -> str:
    """Return the column's name: the title as it was given, with the number that Canvas has for it."""
    number = re.search(r" \([0-9]+\)$", there[0]) if there else None
    return title + (number.group() if number else "")


def _moodle(
    header: Sequence[str],
    found: Mapping[str, Mapping[str, str]],
    scores: Mapping[str, Result],
    title: str,
    name: str,
) -> list[list[str]]:
    """Fill a grading worksheet, or write the columns that an import of grades is mapped by."""
    if "identifier" in header and "grade" in header:
        return _worksheet(header, found, scores)
    own = [column for column in MOODLE if column in header]
    if not {"username", "id number", "email address", "email"} & set(own):
        raise RosterError(
            f"{name}: got the columns {','.join(header)[:200]!r}, expected an export of Moodle with the username, the ID number or "
            "the email address, by which it knows its users"
        )
    lines = [[*(column.capitalize().replace("Id ", "ID ") for column in own), title]]
    for one, fields in found.items():
        if one in scores:
            lines.append([*(fields.get(column, "") for column in own), _points(scores[one])])
    return lines


def _worksheet(
    header: Sequence[str], found: Mapping[str, Mapping[str, str]], scores: Mapping[str, Result]
) -> list[list[str]]:
    """Fill in Grade, in the scale of the worksheet; everything else stays, as Moodle compares it."""
    heads = [column.capitalize().replace("Id ", "ID ") for column in header]
    lines = [["Maximum Grade" if head == "Maximum grade" else head for head in heads]]
    for one, fields in found.items():
        if one in scores:
            filled = {**fields, "grade": _scaled(scores[one], fields.get("maximum grade", ""))}
            lines.append([filled.get(column, "") for column in header])
    return lines


def _scaled(result: Result, maximum: str) -> str:
    """Write points in a scale of Moodle, such as 100,00; as they are where it names none."""
    number = maximum.strip().replace(",", ".")
    if result.points is None or not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,5})?", number):
        return _points(result)
    return show_points(result.points * Fraction(number) / result.max_points) if result.max_points else "0"


def _points(result: Result) -> str:
    return "" if result.points is None else show_points(result.points)


def _plain(result: Result) -> list[str]:
    share = None if result.points is None or not result.max_points else result.points / result.max_points
    per_cent = "" if share is None else show_points(100 * share)
    return [_points(result), show_points(result.max_points), per_cent, result.status]


def _table(lines: Sequence[Sequence[str]]) -> bytes:
    """Write CSV that runs nothing in a spreadsheet; numbers stay numbers."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerows(
        [field if re.fullmatch(r"-?[0-9.]+", field) else safe_text(field) for field in line] for line in lines
    )
    return stream.getvalue().encode("utf-8-sig")
