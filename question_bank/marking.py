"""Responses -> marks: every answer against the frozen key of the student's own paper; nothing is made again.

A student whose file is missing has 0 points and the reason "no response". Where a file is there and cannot be used, or two
files of one student differ, a person is needed and the points stay open. A question's parts count equally.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from question_bank.corrections import Correction, corrected, read_corrections
from question_bank.errors import ResponseError
from question_bank.issued import Sheet, read_sheets
from question_bank.judging import mark_item
from question_bank.marks import FOR_A_PERSON, ItemMark, Judged, Marks, StudentMark
from question_bank.paper import key_of
from question_bank.response_files import read_responses
from question_bank.responses import Problem, Response
from question_bank.roster import file_stem
from question_bank.written import read_written

_FILE_PREFIX: Final = "responses-"


def mark(
    folder: Path, responses: Path, written: Path | None = None, corrections: Path | None = None
) -> Marks:
    """Mark a file of responses, or a folder of them, with the keys that `exam.build` froze in `folder`.

    Args:
        folder: of the issued papers.
        responses: what was handed in.
        written: the table of written answers, with a person's points filled in; see `question_bank.written`.
        corrections: the file of corrections; see `question_bank.corrections`.

    Raises:
        BlueprintError: the file of corrections cannot be used; the message names the line.
        WrittenError: the table of written answers cannot be used; the message names the line.
        ResponseError: `folder` holds no issued papers, or there is nothing at `responses`.
        FormatError: a frozen key is damaged.
    """
    sheets = read_sheets(folder)
    if not sheets:
        raise ResponseError(
            f"{folder}: holds no issued papers; give the folder that `legrade exam build --out` wrote"
        )
    found, problems = read_responses(responses, sheets)
    judged = read_written(written, sheets) if written else {}
    return mark_all(
        sheets, found, problems, judged, read_corrections(corrections, sheets) if corrections else ()
    )


def mark_all(
    sheets: Mapping[str, Sheet],
    responses: Iterable[Response],
    problems: Iterable[Problem] = (),
    judged: Mapping[str, Mapping[str, Judged]] | None = None,
    corrections: Sequence[Correction] = (),
) -> Marks:
    """Mark what was read.

    Args:
        sheets: the papers with their keys, by student.
        responses: what was handed in.
        problems: the files that could not be read.
        judged: what a person gave for written answers: for each student, by `<item>/<part>`.
        corrections: of the exam.
    """
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
        replace(
            _student_mark(
                sheet,
                usable.get(name, []),
                [p for owner, p in unused if owner == name],
                (judged or {}).get(name),
            ),
            language=sheet.language,
        )
        for name, sheet in sorted(sheets.items())
    )
    students = tuple(_corrected(sheets[mark.student.id], mark, corrections) for mark in students)
    first = next(iter(sheets.values()))
    everything = sorted([*reports, *(p for _, p in unused)], key=lambda p: (p.file, p.reason))
    return Marks(first.paper, first.title, students, tuple(everything))


def _student_mark(
    sheet: Sheet,
    usable: Sequence[Response],
    unused: Sequence[Problem],
    judged: Mapping[str, Judged] | None = None,
) -> StudentMark:
    """Decide which response counts, and mark it."""
    files = ", ".join(response.file for response in usable)
    told = "; ".join(f"{problem.file}: {problem.reason}" for problem in unused)
    if len({tuple(sorted(response.answers.items())) for response in usable}) > 1:
        note = f"{len(usable)} files differ ({files}): delete all but the one that counts"
        return StudentMark(sheet.student, "needs a person", note, "", _blank(sheet))
    if usable:
        answers = usable[0].answers
        items = tuple(mark_item(item, answers, judged) for item in sheet.items)
        unreadable = sum(part.outcome == "unreadable" for item in items for part in item.parts)
        notes = [told] if told else []
        if unreadable:
            notes.insert(0, f"{unreadable} answer{'s' if unreadable > 1 else ''} could not be read")
        waiting = sum(part.outcome == FOR_A_PERSON for item in items for part in item.parts)
        if waiting:
            notes.append(f"{waiting} written answer{'s' if waiting > 1 else ''} to be marked by a person")
        return StudentMark(sheet.student, "marked", "; ".join(notes), usable[0].file, items)
    if unused:
        return StudentMark(sheet.student, "needs a person", told, "", _blank(sheet))
    return StudentMark(sheet.student, "no response", "no response", "", _blank(sheet))


def _corrected(sheet: Sheet, mark: StudentMark, corrections: Sequence[Correction]) -> StudentMark:
    """Apply corrections to what one student has."""
    handed_in = mark.status == "marked"
    items = tuple(
        corrected(item, each, corrections, handed_in=handed_in)
        for item, each in zip(sheet.items, mark.items, strict=True)
    )
    return replace(mark, items=items)


def _blank(sheet: Sheet) -> tuple[ItemMark, ...]:
    return tuple(mark_item(item, {}) for item in sheet.items)


def _keys(sheet: Sheet) -> set[str]:
    """Return what the answers of a paper are called."""
    return {key_of(item.id, number) for item in sheet.items for number in range(len(item.question.parts))}


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
