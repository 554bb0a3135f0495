"""Who gets which paper, for whoever hands them out: a table with versions, seats, extra time and large print.

It says more about students than their papers do, so it lies beside the keys.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from question_bank.assigning import seat_of
from question_bank.issued import Sheet, private_folder, write_whole
from question_bank.roster import Student, file_stem
from question_bank.spreadsheet import safe_text

NAME: Final = "class.csv"
COLUMNS: Final = (
    *("row", "seat", "id", "name", "section", "version", "language"),
    *("extra_time", "large_print", "file"),
)


def write_table(out: Path, sheets: Mapping[str, Sheet], students: Sequence[Student]) -> Path:
    """Write the table into the folder of the keys, readable by its owner only."""
    path = out / "key" / NAME
    private_folder(path.parent)
    write_whole(path, table(sheets, students), 0o600)
    return path


def table(sheets: Mapping[str, Sheet], students: Sequence[Student]) -> bytes:
    """Write one row a student, by seat, who has none last; UTF-8 with a byte-order mark, safe in a spreadsheet."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for student in sorted(students, key=lambda s: (seat_of(s) is None, seat_of(s) or (0, 0), s.id)):
        sheet = sheets[student.id]
        extra = f"{student.extra_time}%" if student.extra_time else ""
        texts = (student.row, student.seat, student.id, student.name, student.section, sheet.version)
        more = (sheet.language, extra, "yes" if student.large else "", file_stem(student.id))
        writer.writerow([*map(safe_text, texts), *more])
    return stream.getvalue().encode("utf-8-sig")
