"""The feedback of a class: who gets a page, and who gets none, with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from question_bank.corrections import Correction
from question_bank.errors import FormatError
from question_bank.feedback import Feedback, feedback
from question_bank.frozen import take, take_all
from question_bank.invigilation import NAME
from question_bank.issued import Sheet
from question_bank.roster import ClassList, file_stem, parse_class
from question_bank.roster_rows import read_text
from question_bank.spreadsheet import safe_text
from question_bank.values import Json


@dataclass(frozen=True, slots=True)
class ClassFeedback:
    """What a class may read.

    Attributes:
        pages: by student id, sorted.
        left: who gets none: (student id, why).
        waiting: whose total is open, as a person has still to mark something.
        files: the name of the file that was marked, by student id; empty where none was.
    """

    pages: Mapping[str, Feedback]
    left: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]
    files: Mapping[str, str]


def of_class(
    sheets: Mapping[str, Sheet],
    record: Json,
    corrections: Sequence[Correction] = (),
    large: frozenset[str] = frozenset(),
    *,
    solutions: bool = True,
) -> ClassFeedback:
    """Make the feedback of everybody who has marks.

    Args:
        sheets: the issued papers with their keys, by student.
        record: of the marks, as `marksheet.to_json` writes it.
        corrections: of the exam.
        large: ids of those who read large print.
        solutions: whether keys and worked solutions are told.

    Raises:
        FormatError: the record cannot be used, or is of another exam or of other corrections; the message names the student.
    """
    rows = _rows(record, sheets)
    pages: dict[str, Feedback] = {}
    left: list[tuple[str, str]] = [
        (name, "has no marks yet: mark again") for name in sheets if name not in rows
    ]
    for name, row in rows.items():
        if take(row, "status", str) == "needs a person":
            left.append((name, "needs a person: settle what the marking noted, and mark again"))
            continue
        try:
            pages[name] = feedback(sheets[name], row, corrections, solutions=solutions, large=name in large)
        except FormatError as error:
            raise FormatError(f"the marks of {name!r}: {error}") from None
    waiting = tuple(name for name, page in pages.items() if page.points is None)
    files = {name: take(row, "file", str) for name, row in rows.items()}
    return ClassFeedback(pages, tuple(sorted(left)), waiting, files)


def file_names(students: Sequence[str]) -> dict[str, str]:
    """Name each student's page; what an id holds cannot lead out of a folder.

    Raises:
        FormatError: two students would have one file where a system does not tell cases apart.
    """
    names = {student: f"{file_stem(student)}.html" for student in students}
    taken: dict[str, str] = {}
    for student, name in names.items():
        if taken.setdefault(name.casefold(), student) != student:
            raise FormatError(
                f"students {taken[name.casefold()]!r} and {student!r}: both pages would be {name}; give them ids that differ in more "
                "than case"
            )
    return names


def readers_of_large_print(
    folder: Path, roster: str | None = None, name: str = "roster", id_column: str = ""
) -> frozenset[str]:
    """Tell who reads large print: what the class list says, else the table that was written with the papers.

    Args:
        folder: of the issued papers.
        roster: the text of a class list; None where none is given.
        name: what messages call it.
        id_column: the column of the id that the papers were built with, where it is not the usual one.

    Raises:
        RosterError: the list cannot be used.
    """
    if roster is not None:
        found = parse_class(roster, name, id_column)
        if "large" in found.columns.fields:
            return _large(found)
    table = folder / "key" / NAME
    return _large(parse_class(read_text(table), str(table))) if table.exists() else frozenset()


def _large(found: ClassList) -> frozenset[str]:
    """Take the ids as they are, and without the mark that keeps a spreadsheet from running them."""
    ids = {student.id for student in found.students if student.large}
    return frozenset(ids | {one[1:] for one in ids if one[:1] == "'" and safe_text(one[1:]) == one})


def _rows(record: Json, sheets: Mapping[str, Sheet]) -> dict[str, Json]:
    """Take the rows of a record, by student id, sorted."""
    papers = sorted({sheet.paper for sheet in sheets.values()})
    if (paper := take(record, "paper", str)) not in papers:
        raise FormatError(f"paper={paper!r}: expected marks of {', '.join(papers)}; give those of this exam")
    found: dict[str, Json] = {}
    for row in take_all(record, "students", lambda row: row):
        name = take(row, "student", str)
        if name in found or name not in sheets:
            why = "is there twice" if name in found else "has marks and no paper here"
            raise FormatError(f"student {name!r} {why}; mark again")
        found[name] = row
    return dict(sorted(found.items()))
