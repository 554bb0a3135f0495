"""Responses -> marks: every answer against the frozen key of the student's own paper; nothing is made again.

A student whose file is missing has 0 points and the reason "no response". Where a file is there and cannot be used, or two
files of one student differ, a person is needed and the points stay open. A question's parts count equally.
"""

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from question_bank.answers import Array, Mark
from question_bank.errors import ResponseError
from question_bank.issued import KeyItem, Sheet, read_sheets
from question_bank.marks import ItemMark, Marks, PartMark, StudentMark
from question_bank.model import Part
from question_bank.readings import PROBLEMS, Reading
from question_bank.responses import Problem, Response, read_responses
from question_bank.roster import file_stem

OPEN_CELL: Final = "_"
_CELLS = re.compile(r"[^\[\](){},;|\s]+")
_FILE_PREFIX: Final = "responses-"


def mark(folder: Path, responses: Path) -> Marks:
    """Mark a file of responses, or a folder of them, with the keys that `exam.build` froze in `folder`.

    Raises:
        ResponseError: `folder` holds no issued papers, or there is nothing at `responses`.
        FormatError: a frozen key is damaged.
    """
    sheets = read_sheets(folder)
    if not sheets:
        raise ResponseError(
            f"{folder}: holds no issued papers; give the folder that `legrade exam build --out` wrote"
        )
    found, problems = read_responses(responses)
    return mark_all(sheets, found, problems)


def mark_all(
    sheets: Mapping[str, Sheet], responses: Iterable[Response], problems: Iterable[Problem] = ()
) -> Marks:
    """Mark what was read; `problems` are the files that could not be read."""
    unused: list[tuple[str | None, Problem]] = [(_owner(sheets, p.file), p) for p in problems]
    usable: dict[str, list[Response]] = {}
    reports: list[Problem] = []
    for response in responses:
        reason = _unusable(sheets, response)
        if reason:
            owner = response.student if response.student in sheets else _owner(sheets, response.file)
            unused.append((owner, Problem(response.file, reason)))
            continue
        usable.setdefault(response.student, []).append(response)
        unknown = sorted(set(response.answers) - _keys(sheets[response.student]))
        if unknown:
            reports.append(
                Problem(
                    response.file, f"answers to {len(unknown)} unknown items left out: {_listed(unknown)}"
                )
            )
    students = tuple(
        _student_mark(sheet, usable.get(name, []), [p for owner, p in unused if owner == name])
        for name, sheet in sorted(sheets.items())
    )
    first = next(iter(sheets.values()))
    everything = sorted([*reports, *(p for _, p in unused)], key=lambda p: (p.file, p.reason))
    return Marks(first.paper, first.title, students, tuple(everything))


def mark_item(item: KeyItem, answers: Mapping[str, str]) -> ItemMark:
    """Mark one item; `answers` are the typed texts by `<item>/<part>`."""
    parts = []
    for number, part in enumerate(item.question.parts):
        letter = string.ascii_lowercase[number]
        typed = answers.get(f"{item.id}/{letter}", "")
        reading, result = _judge(part, typed)
        named = (
            ()
            if result.fraction == 1 or reading.value is None
            else item.question.misconceptions(number, reading.value)
        )
        outcome = "no answer" if reading.problem == "empty" else result.reason
        shown = reading.shown or PROBLEMS[reading.problem]
        parts.append(PartMark(letter, typed, shown, outcome, result.fraction, named, result.cells))
    share = sum((part.fraction for part in parts), Fraction(0)) / len(parts)
    return ItemMark(item.id, item.question.family, share * item.points, Fraction(item.points), tuple(parts))


def _judge(part: Part, typed: str) -> tuple[Reading, Mark]:
    """Read and mark one answer; cells that a page left open count as wrong, the others as they are."""
    answer = part.answer
    cells = _CELLS.findall(typed)
    if not isinstance(answer, Array) or OPEN_CELL not in cells or len(cells) != len(answer.value.cells):
        reading = answer.parse(typed, may_raise=part.may_raise)
        return reading, answer.mark(reading)
    filled_up = _CELLS.sub(lambda cell: "0" if cell[0] == OPEN_CELL else cell[0], typed)
    reading = answer.parse(filled_up, may_raise=part.may_raise)
    whole = answer.mark(reading)
    if not whole.cells:
        return reading, whole
    right = tuple(ok and cell != OPEN_CELL for ok, cell in zip(whole.cells, cells, strict=True))
    fraction = Fraction(sum(right), len(right))
    filled = len(cells) - cells.count(OPEN_CELL)
    shown = f"{filled} of {len(cells)} cells read as numbers"
    return Reading(shown=shown), Mark(fraction, "partly" if fraction else "wrong", right)


def _student_mark(sheet: Sheet, usable: Sequence[Response], unused: Sequence[Problem]) -> StudentMark:
    """Decide which response counts, and mark it."""
    files = ", ".join(response.file for response in usable)
    told = "; ".join(f"{problem.file}: {problem.reason}" for problem in unused)
    if len({tuple(sorted(response.answers.items())) for response in usable}) > 1:
        note = f"{len(usable)} files differ ({files}): delete all but the one that counts"
        return StudentMark(sheet.student, "needs a person", note, "", _blank(sheet))
    if usable:
        answers = usable[0].answers
        items = tuple(mark_item(item, answers) for item in sheet.items)
        unreadable = sum(part.outcome == "unreadable" for item in items for part in item.parts)
        notes = [told] if told else []
        if unreadable:
            notes.insert(0, f"{unreadable} answer{'s' if unreadable > 1 else ''} could not be read")
        return StudentMark(sheet.student, "marked", "; ".join(notes), usable[0].file, items)
    if unused:
        return StudentMark(sheet.student, "needs a person", told, "", _blank(sheet))
    return StudentMark(sheet.student, "no response", "no response", "", _blank(sheet))


def _blank(sheet: Sheet) -> tuple[ItemMark, ...]:
    return tuple(mark_item(item, {}) for item in sheet.items)


def _keys(sheet: Sheet) -> set[str]:
    """Return what the answers of a paper are called."""
    return {
        f"{item.id}/{string.ascii_lowercase[number]}"
        for item in sheet.items
        for number in range(len(item.question.parts))
    }


def _unusable(sheets: Mapping[str, Sheet], response: Response) -> str:
    """Say why a file cannot be marked; empty when it can."""
    sheet = sheets.get(response.student)
    if sheet is None:
        return f"student {response.student!r} has no paper here"
    if response.paper != sheet.paper:
        return f"made on paper {response.paper!r}, expected {sheet.paper!r}"
    if response.answers and not _keys(sheet) & set(response.answers):
        return f"answers to none of {response.student}'s items; it was made on another version"
    return ""


def _owner(sheets: Mapping[str, Sheet], file: str) -> str | None:
    """Guess from its name whose file it is, as a course system may have renamed it; None when that is not clear."""
    matches: dict[str, int] = {}
    for name in sheets:
        stem = file_stem(name)
        for weight, start in ((1000, re.escape(_FILE_PREFIX)), (0, r"(?<![A-Za-z0-9])")):
            if re.search(rf"{start}{re.escape(stem)}(?![A-Za-z0-9~])", file):
                matches[name] = weight + len(stem)
                break
    best = [name for name, weight in matches.items() if weight == max(matches.values())]
    return best[0] if len(best) == 1 else None


def _listed(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:most])
    return f"{shown}, ..." if len(names) > most else shown
