"""Marks of a class as frozen data: what was typed, how it was read, what it earned, and why."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from question_bank.languages import SOURCE
from question_bank.responses import Problem
from question_bank.roster import Student

FOR_A_PERSON: Final = "for a person"
BY_A_PERSON: Final = "by a person"
"""The outcomes of a written answer: nobody has marked it yet, or somebody has."""

Status: TypeAlias = Literal["marked", "no response", "needs a person"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person gave for a written answer: the share, 0 to 1, and the text that was read; it counts for no other text.

    `share` is None where there is a `comment` and no points yet; the comment is for the student.
    """

    share: Fraction | None
    text: str
    comment: str = ""

    def fits(self, typed: str) -> bool:
        """Whether this is the answer that was judged; spaces and line ends do not count, which spreadsheets change."""
        return self.text.split() == typed.split()


@dataclass(frozen=True, slots=True)
class PartMark:
    """The mark of one part.

    Attributes:
        part: `a`, `b`, ...
        typed: what the student typed; empty when nothing.
        shown: how it was read, or why it was not.
        outcome: `right`, `right from an earlier answer`, `partly`, `wrong`, `wrong-shape`, `unreadable`, `no answer`,
            `for a person`, or `by a person`.
        fraction: of the part's points, 0 to 1, exact.
        misconceptions: ids of the misconceptions that lead to exactly this answer.
        cells: for an array of the right shape, whether each cell is right.
        comment: of the person who marked a written answer, for the student.
    """

    part: str
    typed: str
    shown: str
    outcome: str
    fraction: Fraction
    misconceptions: tuple[str, ...] = ()
    cells: tuple[bool, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ItemMark:
    """The mark of one item: points earned of `max_points`, exact; `corrections` that were applied, in words."""

    id: str
    family: str
    points: Fraction
    max_points: Fraction
    parts: tuple[PartMark, ...]
    corrections: tuple[str, ...] = ()

    @property
    def waiting(self) -> bool:
        """Whether a written answer of it has still to be marked by a person."""
        return any(part.outcome == FOR_A_PERSON for part in self.parts)


@dataclass(frozen=True, slots=True)
class StudentMark:
    """The marks of one student.

    Attributes:
        status: `marked`, `no response` (0 points), or `needs a person` (no points yet).
        note: why a person is needed, or what a person may want to know.
        file: of the responses that were marked; empty when none was.
        items: in the paper's order; without a response every answer is empty.
        language: of the paper, and so of what the student is told.
    """

    student: Student
    status: Status
    note: str
    file: str
    items: tuple[ItemMark, ...]
    language: str = SOURCE

    @property
    def max_points(self) -> Fraction:
        """The points of the whole paper."""
        return sum((item.max_points for item in self.items), Fraction(0))

    @property
    def points(self) -> Fraction | None:
        """The points earned, exact; None where a person is needed."""
        if self.status == "needs a person" or any(item.waiting for item in self.items):
            return None
        return sum((item.points for item in self.items), Fraction(0))


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a class, by student id, and what could not be used in which file."""

    paper: str
    title: str
    students: tuple[StudentMark, ...]
    problems: tuple[Problem, ...]
