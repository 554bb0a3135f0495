"""One item's answers -> its mark: read, judged against the frozen key, followed through, and explained.

A part is judged against its key first. Where it is wrong and its key follows from earlier parts, it is judged against what
follows from the student's own earlier answers, so that a slip costs the part in which it was made. An earlier answer whose
cells are all the same, where the key's are not, is not followed: it would leave nothing to work out. It is where it was itself
worked out rightly from an answer before it, as when a ReLU sets everything to 0.
"""

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from question_bank import recognition
from question_bank.answers import Answer, Array, Integer, Mark, Number
from question_bank.credit import share
from question_bank.issued import KeyItem
from question_bank.marks import BY_A_PERSON, FOR_A_PERSON, ItemMark, Judged, PartMark
from question_bank.model import Part, Question
from question_bank.paper import key_of
from question_bank.readings import PROBLEMS, Reading, read
from question_bank.spreadsheet import safe_text
from question_bank.values import Grid, Value

OPEN_CELL: Final = "_"
FOLLOWED: Final = "right from an earlier answer"
_CELLS = re.compile(r"[^\[\](){},;|\s]+")


@dataclass(frozen=True, slots=True)
class _Earlier:
    """An answer to an earlier part, and whether it is right for following from an answer before it."""

    value: Value | None
    followed: bool


def mark_item(
    item: KeyItem, answers: Mapping[str, str], judged: Mapping[str, Judged] | None = None
) -> ItemMark:
    """Mark one item by its partial-credit rule.

    Args:
        item: with its key.
        answers: the typed texts by `<item>/<part>`.
        judged: what a person gave for written answers, by `<item>/<part>`.
    """
    parts: list[PartMark] = []
    values: list[Value | None] = []
    for number in range(len(item.question.parts)):
        key = key_of(item.id, number)
        typed = answers.get(key, "")
        earlier = [
            _Earlier(value, part.outcome == FOLLOWED) for value, part in zip(values, parts, strict=True)
        ]
        mark, value = _mark_part(item.question, number, typed, earlier)
        given = (judged or {}).get(key)
        if mark.outcome == FOR_A_PERSON and given is not None and given.fits(safe_text(typed)):
            mark = replace(mark, comment=given.comment)
            if given.share is not None:
                mark = replace(mark, outcome=BY_A_PERSON, fraction=given.share)
        parts.append(mark)
        values.append(value)
    keys = [part.answer for part in item.question.parts]
    earned = share(item.credit, keys, [part.fraction for part in parts])
    return ItemMark(item.id, item.question.family, earned * item.points, Fraction(item.points), tuple(parts))


def _mark_part(
    question: Question, number: int, typed: str, earlier: Sequence[_Earlier]
) -> tuple[PartMark, Value | None]:
    """Return a part's mark, and the answer that later parts may follow from."""
    part = question.parts[number]
    reading, result = _judge(part, typed)
    named: tuple[str, ...] = ()
    if result.fraction < 1 and reading.value is not None:
        named = question.misconceptions(number, reading.value) or recognition.axes(part.answer, reading.value)
        followed = _followed(question, number, reading, earlier)
        if followed is not None and followed.fraction > result.fraction:
            result = replace(followed, reason=FOLLOWED if followed.fraction == 1 else followed.reason)
    outcome = "no answer" if reading.problem == "empty" else result.reason
    shown = reading.shown or PROBLEMS[reading.problem]
    letter = string.ascii_lowercase[number]
    return PartMark(letter, typed, shown, outcome, result.fraction, named, result.cells), reading.value


def _judge(part: Part, typed: str) -> tuple[Reading, Mark]:
    """Read and mark one answer; cells that a page left open count as wrong, the others as they are."""
    answer = part.answer
    cells = _CELLS.findall(typed)
    if not isinstance(answer, Array) or OPEN_CELL not in cells or len(cells) != len(answer.value.cells):
        reading = read(part.field, typed)
        return reading, answer.mark(reading)
    filled_up = _CELLS.sub(lambda cell: "0" if cell[0] == OPEN_CELL else cell[0], typed)
    reading = read(part.field, filled_up)
    whole = answer.mark(reading)
    if not whole.cells:
        return reading, whole
    right = tuple(ok and cell != OPEN_CELL for ok, cell in zip(whole.cells, cells, strict=True))
    filled = len(cells) - cells.count(OPEN_CELL)
    shown = f"{filled} of {len(cells)} cells read as numbers"
    return Reading(shown=shown), answer.credit(right)


def _followed(question: Question, number: int, reading: Reading, earlier: Sequence[_Earlier]) -> Mark | None:
    """Judge an answer against what follows from the student's earlier ones; None where nothing does."""
    part = question.parts[number]
    if part.follow is None:
        return None
    starts = [earlier[index] for index in part.follow.parts]
    given = [start.value for start in starts]
    keys = [question.parts[index].answer.value for index in part.follow.parts]
    if given == keys:
        return None
    if any(_trivial(at.value, key) and not at.followed for at, key in zip(starts, keys, strict=True)):
        return None
    key = _with_key(part.answer, part.follow.apply(given))
    return None if key is None else key.mark(reading)


def _trivial(got: Value | None, key: Value) -> bool:
    """Whether an earlier answer leaves nothing to work out: there is none, it is 0, or its cells are all the same or all 0."""
    if got is None or (type(got) is not type(key) and not _numbers(got, key)):
        return True
    if not isinstance(got, Grid) or not isinstance(key, Grid):
        return _numbers(got, key) and not got and bool(key)
    same = len(set(got.cells)) == 1
    return got.shape != key.shape or (same and (len(set(key.cells)) > 1 or not any(got.cells)))


def _numbers(one: Value, other: Value) -> bool:
    return isinstance(one, int | Fraction) and isinstance(other, int | Fraction)


def _with_key(answer: Answer, value: Value | None) -> Answer | None:
    """Return an answer like this one with another key; None where the kinds do not fit."""
    match answer, value:
        case Array(), Grid():
            return replace(answer, value=value)
        case ((Integer() | Number()), int()):
            return replace(answer, value=value)
        case Number(), Fraction():
            return replace(answer, value=value)
    return None
