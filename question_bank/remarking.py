"""What a new marking changes: whose mark, by how much, and why; and that no mark falls unless that is wanted."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from question_bank.analysis_reading import exact
from question_bank.errors import MarksFallError
from question_bank.frozen import take, take_all
from question_bank.marks import ItemMark, Marks, StudentMark
from question_bank.marksheet import show_points
from question_bank.spreadsheet import safe_text
from question_bank.values import Json

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Score:
    """What a student has: points of the most there is; None where a person is needed."""

    points: Fraction | None
    max_points: Fraction

    @property
    def share(self) -> Fraction | None:
        """The share of the points; None where a person is needed or nothing counts."""
        return None if self.points is None or not self.max_points else self.points / self.max_points

    def __str__(self) -> str:
        points = "open" if self.points is None else show_points(self.points)
        return f"{points} of {show_points(self.max_points)}"


@dataclass(frozen=True, slots=True)
class Change:
    """One student whose mark is another one now, and why."""

    student: str
    name: str
    before: Score
    after: Score
    reasons: tuple[str, ...]

    @property
    def falls(self) -> bool:
        """Whether the share of the points is less than before, or was there and is open now."""
        if self.before.share is None:
            return False
        return self.after.share is None or self.after.share < self.before.share


def changes(before: Json, after: Marks) -> tuple[Change, ...]:
    """List the students whose marks differ from a record that `marksheet.to_json` wrote, by their id.

    Raises:
        FormatError: `before` is no such record.
    """
    known = {take(row, "student", str): row for row in take_all(before, "students", lambda student: student)}
    found = []
    for mark in after.students:
        row = known.get(mark.student.id)
        if row is None:
            continue
        old, new = _score(row), Score(mark.points, mark.max_points)
        if old != new:
            found.append(Change(mark.student.id, mark.student.name, old, new, _reasons(row, mark)))
    return tuple(found)


def refuse_falling(found: Sequence[Change]) -> None:
    """See that nobody's mark is lower than before.

    Raises:
        MarksFallError: some are; the message names the first of them.
    """
    lower = [change for change in found if change.falls]
    if lower:
        named = "; ".join(f"{c.student}: {c.before}, now {c.after}" for c in lower[:MOST_NAMED])
        more = f"; and {len(lower) - MOST_NAMED} more" if len(lower) > MOST_NAMED else ""
        raise MarksFallError(
            f"{len(lower)} marks would fall ({named}{more}); nothing was written. Give --allow-lower if they shall"
        )


def to_csv(found: Sequence[Change]) -> bytes:
    """Write one row for each change: student, before, after, why; UTF-8 with a byte-order mark."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["id", "name", "before", "after", "why"])
    for change in found:
        texts = (
            change.student,
            change.name,
            str(change.before),
            str(change.after),
            "; ".join(change.reasons),
        )
        writer.writerow(map(safe_text, texts))
    return stream.getvalue().encode("utf-8-sig")


def _score(row: Json) -> Score:
    points = take(row, "points", object)
    return Score(None if points is None else exact(row, "points"), exact(row, "max_points"))


def _reasons(row: Json, mark: StudentMark) -> tuple[str, ...]:
    """Say what changed: the corrections of each item whose points differ, or that it is marked otherwise."""
    old = {take(item, "item", str): item for item in take_all(row, "items", lambda item: item)}
    found: list[str] = []
    for item in mark.items:
        if item.id not in old or _differs(old[item.id], item):
            why = "; ".join(item.corrections) or "other answers, or another judgement of a person"
            found.append(f"{item.id}: {why}")
    if take(row, "status", str) != mark.status:
        found.insert(0, f"{take(row, 'status', str)} before, {mark.status} now")
    return tuple(found)


def _differs(before: Json, item: ItemMark) -> bool:
    known: Mapping[str, Json] = before if isinstance(before, dict) else {}
    points = None if known.get("points") is None else exact(before, "points")
    return (points, exact(before, "max_points")) != (None if item.waiting else item.points, item.max_points)
