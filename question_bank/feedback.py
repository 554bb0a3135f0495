"""What a student reads about an exam that was marked: the own paper, each answer, what it earned and why, and what is right.

A page is made of `Feedback` alone, and `Feedback` of a student's own paper and own row of the marks, field by field: what is not
listed here, such as notes of the marking, names of families, or anything of another student, has no way onto the page.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from question_bank import bank
from question_bank.analysis_reading import exact
from question_bank.corrections import (
    ACCEPTED,
    FULL_MARKS,
    GIVEN,
    REWORD,
    VOID,
    VOIDED,
    Correction,
)
from question_bank.errors import FormatError
from question_bank.feedback_answers import Answered, Key, Told, answered, key, told
from question_bank.frozen import take, take_all, text
from question_bank.issued import KeyItem, Sheet
from question_bank.judging import FOLLOWED
from question_bank.marks import BY_A_PERSON, FOR_A_PERSON
from question_bank.message import Message
from question_bank.model import Step
from question_bank.paper import Heading, Item
from question_bank.values import Field, Json

OUTCOMES: Final = {
    "right": "right",
    FOLLOWED: "followed",
    "partly": "partly",
    "wrong": "wrong",
    "wrong-shape": "wrong shape",
    "unreadable": "unreadable",
    "no answer": "nothing",
    FOR_A_PERSON: "open",
    BY_A_PERSON: "judged",
    ACCEPTED: "accepted",
    GIVEN: "given",
    VOIDED: "void",
}
"""The outcomes of parts in the marks, and what the page's template calls them."""
MARKED: Final = "marked"
_FOR_ALL: Final = frozenset({VOID, REWORD, FULL_MARKS})
"""Corrections that change every item that was handed in and that they are about."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as the student reads it: its action, the reason that was given, the new stem where it was reworded."""

    action: str
    reason: str
    stem: str = ""


@dataclass(frozen=True, slots=True)
class PartFeedback:
    """One part.

    Attributes:
        letter: `a`, `b`, ...
        prompt: as the student read it.
        field: the public side of the answer.
        answer: what the student gave.
        outcome: a value of `OUTCOMES`.
        share: of the part's points, 0 to 1, exact.
        follows: letters of the earlier parts that it was marked from; empty where it was marked by the key alone.
        told: what is said about each misconception that leads to the answer.
        key: what is right; None where solutions are withheld, and of a void question.
        comment: of the person who marked a written answer.
    """

    letter: str
    prompt: Message
    field: Field
    answer: Answered
    outcome: str
    share: Fraction
    follows: tuple[str, ...]
    told: tuple[Told, ...]
    key: Key | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ItemFeedback:
    """One question.

    Attributes:
        item: as the student saw it, with no key.
        points: earned; None while a person has to mark something.
        max_points: what counts now: 0 where a correction made it void.
        parts: in order.
        corrections: that changed this student's item.
        steps: the worked solution, and `remarks`: what it says in words; empty where solutions are withheld, and of a void
            question, whose key may be what was wrong with it.
    """

    item: Item
    points: Fraction | None
    max_points: Fraction
    parts: tuple[PartFeedback, ...]
    corrections: tuple[Corrected, ...] = ()
    steps: tuple[Step, ...] = ()
    remarks: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """All that a student's page is made of.

    Attributes:
        title: of the exam, and `paper`: its id.
        student: the id, and `name`: of its reader.
        language: of the paper, and so of the page.
        status: `marked`, or `no response`, which has no items: whoever was absent may write the paper yet.
        points: earned; None while a person has to mark something. `max_points`: what counts.
        items: in the order of the paper.
        sections: what stands before some items.
        version: the paper's letter, where several students have the same paper.
        coded: whether stems end in the code of their item.
        large: whether the student reads large print.
    """

    title: str
    paper: str
    student: str
    name: str
    language: str
    status: str
    points: Fraction | None
    max_points: Fraction
    items: tuple[ItemFeedback, ...] = ()
    sections: tuple[Heading, ...] = ()
    version: str = ""
    coded: bool = False
    large: bool = False


def feedback(
    sheet: Sheet,
    row: Json,
    corrections: Sequence[Correction] = (),
    *,
    solutions: bool = True,
    large: bool = False,
) -> Feedback:
    """Make one student's feedback.

    Args:
        sheet: the student's paper with its key.
        row: the student's, of a record that `marksheet.to_json` wrote.
        corrections: of the exam, those that the record was made with.
        solutions: whether keys, rubrics and worked solutions are told.
        large: whether the student reads large print.

    Raises:
        FormatError: the row is another student's, of other items, waits for a person as a whole, or was made with other corrections.
    """
    name, status = take(row, "student", str), take(row, "status", str)
    if name != sheet.student.id:
        raise FormatError(f"student {name!r}: expected the marks of {sheet.student.id!r}")
    if status not in {MARKED, "no response"}:
        raise FormatError(
            f"student {name!r}: status={status!r}: expected marks to tell; settle what the marking noted first"
        )
    found = {take(item, "item", str): item for item in take(row, "items", list)}
    if status == MARKED and set(found) != {item.id for item in sheet.items}:
        raise FormatError(f"student {name!r}: the marks are not of the items of this paper; mark again")
    shown = sheet.shown if status == MARKED else ()
    items = tuple(
        _item(item, found[item.id], corrections, sheet.language, solutions=solutions) for item in shown
    )
    return Feedback(
        sheet.title,
        sheet.paper,
        sheet.student.id,
        sheet.student.name,
        sheet.language,
        status,
        None if take(row, "points", object) is None else exact(row, "points"),
        exact(row, "max_points"),
        items,
        sheet.sections if shown else (),
        sheet.version,
        sheet.coded,
        large,
    )


def _item(
    item: KeyItem, marked: Json, corrections: Sequence[Correction], language: str, *, solutions: bool
) -> ItemFeedback:
    """Make the feedback of one question."""
    question = item.question
    rows, corrected = take(marked, "parts", list), _corrected(item, marked, corrections)
    solutions = solutions and all(each.action != VOID for each in corrected)
    if len(rows) != len(question.parts):
        raise FormatError(
            f"item {item.id}: {len(rows)} parts in the marks, {len(question.parts)} on the paper; mark again"
        )
    return ItemFeedback(
        Item(item.id, item.slot, item.points, bank.redact(question), item.credit),
        None if take(marked, "points", object) is None else exact(marked, "points"),
        exact(marked, "max_points"),
        tuple(_part(item, number, row, language, solutions=solutions) for number, row in enumerate(rows)),
        corrected,
        question.solution if solutions else (),
        question.remarks if solutions else (),
    )


def _part(item: KeyItem, number: int, marked: Json, language: str, *, solutions: bool) -> PartFeedback:
    """Make the feedback of one part."""
    part = item.question.parts[number]
    public = bank.redact(item.question).parts[number]
    outcome, share = take(marked, "outcome", str), exact(marked, "fraction")
    if outcome not in OUTCOMES:
        raise FormatError(
            f"item {item.id}: outcome={outcome!r}: expected one of {', '.join(OUTCOMES)}; mark again"
        )
    names = take_all(marked, "misconceptions", lambda entry: take(entry, "id", str))
    cells = tuple(one is True for one in take(marked, "cells", list))
    given = answered(part, take(marked, "typed", str), cells, language, solutions=solutions)
    followed = (
        part.follow is not None and share > given.direct and OUTCOMES[outcome] in {"followed", "partly"}
    )
    follows = part.follow.parts if part.follow and followed else ()
    return PartFeedback(
        string.ascii_lowercase[number],
        public.prompt,
        public.field,
        given,
        OUTCOMES[outcome],
        share,
        tuple(string.ascii_lowercase[earlier] for earlier in follows),
        () if OUTCOMES[outcome] == "followed" else tuple(told(name, language) for name in names),
        key(part, language) if solutions else None,
        _comment(marked) if OUTCOMES[outcome] in {"judged", "given"} else "",
    )


def _comment(marked: Json) -> str:
    return take(marked, "comment", str) if isinstance(marked, dict) and "comment" in marked else ""


def _corrected(item: KeyItem, marked: Json, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
    """Find the corrections that the marks name among those of the exam; what concerns everybody has to be named.

    Raises:
        FormatError: the marks were made with others.
    """
    has = isinstance(marked, dict) and "corrections" in marked
    named = take_all(marked, "corrections", text) if has else ()
    mine = {str(each): each for each in corrections if item.id in each.items}
    missing = [line for line in named if line not in mine]
    missing += [line for line, each in mine.items() if each.action in _FOR_ALL and line not in named]
    if missing:
        raise FormatError(
            f"item {item.id}: the correction {missing[0]!r} is in the marks or in the file of corrections only; mark again"
        )
    return tuple(Corrected(mine[line].action, mine[line].reason, mine[line].stem) for line in named)
