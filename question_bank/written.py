"""Written answers for a person: a table of those that wait, and the same table with the points filled in.

`written.csv` has one row for each answer: what was asked, what was written, the rubric, and empty columns `points` and `comment`. A
person fills in the points, from 0 to the row's `max`, and marking reads them back; an empty cell leaves the answer waiting. What
stands in `comment` is for the student, beside the points. Both count for the text that stands beside them only: who hands in
another one waits again.
"""

import csv
import io
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

from question_bank.answers import Written
from question_bank.errors import WrittenError
from question_bank.issued import Sheet
from question_bank.marks import BY_A_PERSON, FOR_A_PERSON, Judged, Marks
from question_bank.paper import key_of
from question_bank.spreadsheet import safe_text

COLUMNS: Final = ("answer", "student", "question", "written", "rubric", "max", "points", "comment")
_NEEDED: Final = ("answer", "written", "points")
_LARGEST: Final = 50_000_000
_LONGEST: Final = 5000


def to_csv(marks: Marks, sheets: Mapping[str, Sheet]) -> bytes:
    """Write the answers that a person has to mark, or has marked, by student and item; empty when there is none."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    count = 0
    for student in marks.students:
        questions = {item.id: item.question for item in sheets[student.student.id].items}
        for item in student.items:
            for number, part in enumerate(item.parts):
                answer = questions[item.id].parts[number].answer
                if not isinstance(answer, Written) or part.outcome not in {FOR_A_PERSON, BY_A_PERSON}:
                    continue
                count += 1
                most = sum(line.points for line in answer.rubric)
                points = "" if part.outcome == FOR_A_PERSON else str(float(part.fraction * most))
                texts = (questions[item.id].stem.plain(), part.typed, answer.show())
                name = safe_text(student.student.id)
                comment = safe_text(part.comment)
                writer.writerow(
                    [f"{item.id}/{part.part}", name, *map(safe_text, texts), most, points, comment]
                )
    return stream.getvalue().encode("utf-8-sig") if count else b""


def read_written(path: Path, sheets: Mapping[str, Sheet]) -> dict[str, dict[str, Judged]]:
    """Read the points that a person filled in: for each student, by `<item>/<part>`.

    Raises:
        WrittenError: the table cannot be read, a row names no written answer, or one of several students without saying whose,
            names one twice, or has points that are no number from 0 to its most, or a comment that is too long; the message says
            which line.
    """
    most = _most_points(sheets)
    found: dict[str, dict[str, Judged]] = {}
    seen: set[tuple[str, str]] = set()
    for line, row in _rows(path):
        key = row["answer"].strip()
        if key not in most:
            raise WrittenError(f"{path}, line {line}: answer={key!r}: is no written answer of these papers")
        students = most[key]
        whose = _whose(row["student"].strip(), students)
        if not whose:
            raise WrittenError(
                f"{path}, line {line}: student={row['student']!r}: expected one of the {len(students)} students whose paper asks "
                f"{key}, as marking wrote it"
            )
        if (whose, key) in seen:
            raise WrittenError(f"{path}, line {line}: answer={key!r}: is there twice; keep one row")
        seen.add((whose, key))
        judged = _judged(f"{path}, line {line}", row, students[whose])
        if judged is not None:
            found.setdefault(whose, {})[key] = judged
    return found


def _judged(where: str, row: Mapping[str, str], most: int) -> Judged | None:
    """Read what a person filled in; None where that is nothing."""
    typed, comment = row["points"].strip().replace(",", "."), row["comment"].strip()
    if comment[:1] == "'" and safe_text(comment[1:]) == comment:
        comment = comment[1:]  # the mark that we put before it
    if len(comment) > _LONGEST:
        raise WrittenError(
            f"{where}: comment: got {len(comment)} characters, expected at most {_LONGEST}; make it shorter"
        )
    if not typed:
        return Judged(None, row["written"], comment) if comment else None
    points = _number(typed)
    if points is None or not 0 <= points <= most:
        raise WrittenError(
            f"{where}: points={row['points']!r}: expected a number from 0 to {most}, or nothing"
        )
    return Judged(points / most, row["written"], comment)


def _whose(written: str, students: Mapping[str, int]) -> str:
    """Return whose answer a row is; empty where that is not clear. Students of one version have the same items."""
    if len(students) == 1:
        return next(iter(students))
    return next((name for name in students if written in {name, safe_text(name)}), "")


def _most_points(sheets: Mapping[str, Sheet]) -> dict[str, dict[str, int]]:
    """Return the points that each written answer can earn: by `<item>/<part>`, of each student who has the item."""
    most: dict[str, dict[str, int]] = {}
    for name, sheet in sheets.items():
        for item in sheet.items:
            for number, part in enumerate(item.question.parts):
                if isinstance(part.answer, Written):
                    points = sum(line.points for line in part.answer.rubric)
                    most.setdefault(key_of(item.id, number), {})[name] = points
    return most


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read the table; each row with the number of its last line."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise WrittenError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrittenError(f"{path}: is no UTF-8; save it as CSV UTF-8") from None
    if len(data) > _LARGEST:
        raise WrittenError(f"{path}: more than {_LARGEST} bytes; expected the table that marking wrote")
    start = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in start else ",")
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise WrittenError(f"{path}, line {reader.line_num}: {error}") from None
    if not set(_NEEDED) <= set(reader.fieldnames or ()):
        raise WrittenError(f"{path}: columns {reader.fieldnames}: expected {', '.join(_NEEDED)} among them")
    return [
        (line, {name: row.get(name) or "" for name in (*_NEEDED, "student", "comment")}) for line, row in rows
    ]


def _number(text: str) -> Fraction | None:
    """Read a short decimal number; None when it is none."""
    whole, _, decimals = text.partition(".")
    digits = whole + decimals
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        return None
    return Fraction(int(digits), 10 ** len(decimals))
