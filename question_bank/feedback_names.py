"""Under which name a page finds its student when a zip of feedback is uploaded: the rules by which Moodle and Canvas read names.

| system | a file's name                             | what it is matched by                                                         |
| ------ | ----------------------------------------- | ----------------------------------------------------------------------------- |
| Moodle | `NAME_NUMBER_assignfeedback_file_PAGE`    | NUMBER: that of the participant, which the grading worksheet has in `Identifier` |
| Canvas | `name_USER_FILE_PAGE`                     | USER and FILE: numbers of the student and of a file that the student handed in   |

Moodle (`mod/assign/feedback/file/importziplib.php`) splits a name at its first four `_`. Canvas (`infer_comment_context_from_filename`)
takes the first two parts that are numbers; FILE is known from the names of the submissions as Canvas hands them out, alone. Canvas
shows the page under the name of that file. Names of people decide nothing: they are cleaned until they cannot.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.errors import RosterError
from question_bank.roster import parse_class
from question_bank.roster_rows import Rows
from question_bank.student import Student

FORMATS: Final = ("moodle", "canvas")
LONGEST: Final = 60
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_AT_END: Final = re.compile(r"(?<![0-9])0*([1-9][0-9]{0,17})\s*\Z")
_NOT_IN_MOODLE: Final = re.compile("[&<>\"`|':\\\\/\u2018\u2019]|\\.\\.+")
_NO_FILE: Final = re.compile(r"_([0-9]{1,18})_(?:text|link)(?:-[0-9]+)?\.html$")
_ANONYMOUS: Final = re.compile(r"anon_[A-Za-z0-9]+_[0-9]+_")


@dataclass(frozen=True, slots=True)
class Names:
    """What the pages are called.

    Attributes:
        names: of the pages, by student id, for those whom the system can find.
        left: whom it cannot find: (student id, why).
        paperless: students of the class list who have no page.
    """

    names: Mapping[str, str]
    left: tuple[tuple[str, str], ...]
    paperless: tuple[str, ...]


def page_name(paper: str) -> str:
    """Name a page as its student sees it: what is no letter or digit of English is left out, so that no system minds it.

    >>> page_name("midterm_2"), page_name("Bài tập 1"), page_name("//")
    ('midterm-2-feedback.html', 'Bai-tap-1-feedback.html', 'exam-feedback.html')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", paper) if not unicodedata.combining(c))
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', plain)[:LONGEST].strip('-') or 'exam'}-feedback.html"


def moodle_member(name: str, number: str, shown: str) -> str:
    """Name a page in a zip for Moodle: a person's name, the participant's number, and what the student sees."""
    return f"{_moodle_name(name)}_{number}_assignfeedback_file_{shown}"


def canvas_member(name: str, user: str, file: str, shown: str) -> str:
    """Name a page in a zip for Canvas: a person's name, the numbers of the user and of a file of theirs, and an ending."""
    return f"{_canvas_name(name)}_{user}_{file}_{shown}"


def moodle(ids: Sequence[str], paper: str, roster: str, name: str = "roster", id_column: str = "") -> Names:
    """Name pages for "Upload multiple feedback files in a zip" of an assignment.

    Args:
        ids: of the students who have a page.
        paper: the exam's id.
        roster: the text of the assignment's grading worksheet.
        name: what messages call it.
        id_column: the column of the id that the papers were built with, where it is not the usual one.

    Raises:
        RosterError: it is no such worksheet, or two of its students are one participant.
    """
    rows, students = _class(roster, name, id_column, ("identifier", "full name"), WORKSHEET)
    found = {student.id: _AT_END.search(rows[student.id].get("identifier", "")) for student in students}
    numbers = {one: match[1] for one, match in found.items() if match}
    _refuse_twice(numbers, f"{name}: Identifier")
    shown = page_name(paper)
    names = {
        student.id: moodle_member(student.name, numbers[student.id], shown)
        for student in students
        if student.id in numbers
    }
    return _names(ids, names, students, "has no number in the column Identifier")


def canvas(
    ids: Sequence[str],
    paper: str,
    roster: str,
    submissions: Iterable[str],
    name: str = "roster",
    id_column: str = "",
) -> Names:
    """Name pages for "Re-Upload Submissions" of a Canvas assignment.

    Args:
        ids: of the students who have a page.
        paper: the exam's id.
        roster: the text of the gradebook that Canvas exports, whose column ID has the numbers of the students.
        submissions: names of files as "Download submissions" gave them.
        name: what messages call the gradebook.
        id_column: the column of the id that the papers were built with, where it is not the usual one.

    Raises:
        RosterError: it is no such gradebook, or the submissions are anonymous.
    """
    rows, students = _class(roster, name, id_column, ("student", "id"), GRADEBOOK)
    numbers = {student.id: rows[student.id].get("id", "").strip() for student in students}
    _refuse_twice(numbers, f"{name}: ID")
    users = {numbers[student.id]: student for student in students}
    files, textual, anonymous = _files(submissions, frozenset(users))
    if anonymous and not files:
        raise RosterError(
            "the submissions are anonymous: got names that begin with anon_, expected the number of each student in them; "
            "post the grades, or switch anonymous grading off, and download them again"
        )
    shown = page_name(paper)
    names = {
        student.id: canvas_member(student.name, user, files[user], shown)
        for user, student in users.items()
        if user in files
    }
    wrote = {users[user].id for user in textual if user not in files}
    found = _names(ids, names, students, _NO_SUBMISSION)
    left = tuple((one, _TEXT if one in wrote and why == _NO_SUBMISSION else why) for one, why in found.left)
    return Names(found.names, left, found.paperless)


WORKSHEET: Final = (
    "the grading worksheet of the assignment (Submissions, Actions, Download grading worksheet; while students are anonymous it has no "
    "names: reveal them first)"
)
GRADEBOOK: Final = "the gradebook that Canvas exports (Grades, Export)"
_NO_SUBMISSION: Final = "handed in no file there, beside which Canvas could put the page"
_TEXT: Final = "handed in text or a link there: Canvas puts a page beside a file only"


def _class(
    roster: str, name: str, id_column: str, needed: Sequence[str], what: str
) -> tuple[dict[str, dict[str, str]], tuple[Student, ...]]:
    """Read the class list: each student's row, and the students."""
    table = Rows(roster, name)
    if not set(needed) <= set(table.header):
        raise RosterError(f"{name}: got the columns {','.join(table.header)[:200]!r}, expected {what}")
    found = parse_class(roster, name, id_column)
    if found.problems:
        raise RosterError(f"{name}: {found.problems[0]}; mend the list first: legrade roster check {name}")
    rows = {
        unicodedata.normalize("NFC", fields.get(found.columns.id, "").strip()): fields
        for _, fields in table.records()
    }
    return rows, tuple(student for student in found.students if student.id in rows)


def _refuse_twice(numbers: Mapping[str, str], column: str) -> None:
    """See that each number is one student's: a page must not reach another.

    Raises:
        RosterError: one is several students'.
    """
    taken: dict[str, str] = {}
    for student, number in numbers.items():
        if taken.setdefault(number, student) != student:
            raise RosterError(
                f"{column}: got {number!r} for {taken[number]} and {student}, expected another number for each; export the list again"
            )


def _names(ids: Sequence[str], names: Mapping[str, str], students: Sequence[Student], why: str) -> Names:
    listed = {student.id for student in students}
    left = tuple(
        (one, why if one in listed else "is not in the class list") for one in ids if one not in names
    )
    paperless = tuple(student.id for student in students if student.id not in set(ids))
    return Names({one: names[one] for one in ids if one in names}, left, paperless)


def _files(submissions: Iterable[str], users: frozenset[str]) -> tuple[dict[str, str], set[str], bool]:
    """Find a file of each user, the first by number; who handed in text or a link; and whether names are anonymous."""
    files: dict[str, set[int]] = {}
    textual: set[str] = set()
    anonymous = False
    for path in submissions:
        name = path.replace("\\", "/").rpartition("/")[2]
        if name.startswith("."):
            continue
        owners = _owners(name, users)
        for user, number in owners:
            files.setdefault(user, set()).add(number)
        if not owners and (without := _NO_FILE.search(name)):
            textual |= {without[1]} & users
        anonymous = anonymous or bool(_ANONYMOUS.match(name))
    return {user: str(min(numbers)) for user, numbers in files.items()}, textual, anonymous


def _owners(name: str, users: frozenset[str]) -> list[tuple[str, int]]:
    """Return (user, file) as a name says it; nothing where it says none of the class, or several.

    A person's name can end in a number, and a file's begin with one, so that a pair of numbers counts whose first alone is a student's.
    """
    parts = [part for part in name.split("_") if part != "LATE"]
    pairs = [
        (one, other)
        for one, other in itertools.pairwise(parts)
        if one in users and other not in users and _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)
    ]
    return [(user, int(number)) for user, number in pairs] if len(pairs) == 1 else []


def _moodle_name(name: str) -> str:
    """Write a name as Moodle does in its own zips: without `_`, and with nothing that no file's name has.

    >>> _moodle_name("Zoë_O'Neil-Đặng"), _moodle_name("../..")
    ('Zoë ONeil-Đặng', 'student')
    """
    plain = _NOT_IN_MOODLE.sub("", unicodedata.normalize("NFC", name).replace("_", " "))
    shown = "".join(c for c in plain if unicodedata.category(c)[0] != "C")[:LONGEST]
    return shown.strip(" .~") or "student"


def _canvas_name(name: str) -> str:
    """Write a name as Canvas does, letters alone; what Canvas would take for a number or a mark of its own is left out.

    >>> _canvas_name("Nguyễn, Án"), _canvas_name("12"), _canvas_name("Anon")
    ('nguyễnán', 'student', 'student')
    """
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name)).lower()[:LONGEST]
    return "student" if plain in {"", "anon"} or not any(map(str.isalpha, plain)) else plain
