"""Marks as files: `marks.csv` for a spreadsheet, `marks.json` with how every answer was read."""

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Final

from question_bank import languages
from question_bank.errors import FormatError, MissingTranslationError
from question_bank.issued import private_folder, write_whole
from question_bank.languages import SOURCE
from question_bank.marks import ItemMark, Marks, PartMark, StudentMark
from question_bank.misconceptions import CATALOGUE, LECTURES
from question_bank.spreadsheet import safe_text
from question_bank.values import Json, show_number, simplest

_PLACES: Final = 4


def write_marks(folder: Path, marks: Marks) -> tuple[Path, Path]:
    """Write `marks.csv` and `marks.json` into `folder`, readable by their owner only; return their paths."""
    private_folder(folder)
    table, record = folder / "marks.csv", folder / "marks.json"
    write_whole(table, to_csv(marks), 0o600)
    write_whole(record, to_json(marks), 0o600)
    return table, record


def read_marks(path: Path) -> Json:
    """Read the record that an earlier marking wrote; None where there is none.

    Raises:
        FormatError: it cannot be read.
    """
    try:
        data: Json = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(f"{path}: cannot be read ({error}); move it away and mark again") from None
    return data


def write_written(path: Path, table: bytes) -> bool:
    """Write the table of written answers, readable by its owner only, where there is any; return whether there is.

    A table that says something else is kept as `written-before.csv`: a person's work is in it, and an answer may be gone.
    """
    if table:
        private_folder(path.parent)
        before = path.read_bytes() if path.exists() else table
        if before != table:
            write_whole(path.with_name("written-before.csv"), before, 0o600)
        write_whole(path, table, 0o600)
    return bool(table)


def to_csv(marks: Marks) -> bytes:
    """Write one row a student: id, name, status, points of every item, total, the most there is, note.

    Points are rounded to four places, the total after adding. Empty points mean that a person is needed, also for one item. UTF-8 with a
    byte-order mark, so that spreadsheets read every name; a text that a spreadsheet would run has a `'` before it.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    most = max(marks.students, key=lambda student: len(student.items)).items if marks.students else ()
    columns = [f"Q{number} /{show_points(item.max_points)}" for number, item in enumerate(most, start=1)]
    writer.writerow(["id", "name", "status", *columns, "total", "max", "note"])
    for mark in marks.students:
        points = [
            "" if mark.status == "needs a person" or item.waiting else show_points(item.points)
            for item in mark.items
        ]
        points += [""] * (len(columns) - len(points))
        total = "" if mark.points is None else show_points(mark.points)
        texts = (mark.student.id, mark.student.name, mark.status)
        writer.writerow(
            [*map(safe_text, texts), *points, total, show_points(mark.max_points), safe_text(mark.note)]
        )
    return stream.getvalue().encode("utf-8-sig")


def to_json(marks: Marks) -> bytes:
    """Write all that is known of every mark; fractions are exact, as texts `n/d`."""
    data: Json = {
        "format": "legrade-marks-1",
        "paper": marks.paper,
        "title": marks.title,
        "students": [_student(mark) for mark in marks.students],
        "problems": [{"file": problem.file, "reason": problem.reason} for problem in marks.problems],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _student(mark: StudentMark) -> Json:
    return {
        "student": mark.student.id,
        "name": mark.student.name,
        "status": mark.status,
        "note": mark.note,
        "file": mark.file,
        "points": None if mark.points is None else _exact(mark.points),
        "max_points": _exact(mark.max_points),
        "items": [item_to_json(item, mark.language) for item in mark.items]
        if mark.status == "marked"
        else [],
    }


def item_to_json(item: ItemMark, language: str = SOURCE) -> Json:
    """Write all that is known of the mark of one item; what is for the student is in the paper's language."""
    return {
        "item": item.id,
        "family": item.family,
        "points": None if item.waiting else _exact(item.points),
        "max_points": _exact(item.max_points),
        "parts": [_part(part, language) for part in item.parts],
        **({"corrections": list(item.corrections)} if item.corrections else {}),
    }


def _part(part: PartMark, language: str) -> Json:
    return {
        "part": part.part,
        "typed": part.typed,
        "read_as": part.shown,
        "outcome": part.outcome,
        "fraction": _exact(part.fraction),
        "misconceptions": [_misconception(name, language) for name in part.misconceptions],
        "cells": list(part.cells),
        **({"comment": part.comment} if part.comment else {}),
    }


def _misconception(name: str, language: str) -> Json:
    """Write what is said about a misconception: the title for the instructor, the rest for the student.

    An entry may have left the catalogue since the paper was issued.
    """
    entry = CATALOGUE.get(name)
    if entry is None:
        return {"id": name, "title": name}
    lecture = {"lecture": _told(LECTURES[name], language)} if name in LECTURES else {}
    return {"id": name, "title": entry.title, "explanation": _told(entry.explanation, language), **lecture}


def _told(text: str, language: str) -> str:
    """Translate a text of the catalogue; one that was added without a translation is told in English, not withheld."""
    try:
        return languages.text(text, language)
    except MissingTranslationError:
        return text


def _exact(value: Fraction) -> str:
    return str(simplest(value))


def show_points(value: Fraction) -> str:
    """Round to four places.

    >>> show_points(Fraction(3, 2)), show_points(Fraction(1, 3))
    ('1.5', '0.3333')
    """
    return show_number(simplest(Fraction(round(value * 10**_PLACES), 10**_PLACES)))
