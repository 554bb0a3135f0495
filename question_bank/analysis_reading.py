"""Marks read back for an analysis: one student's items in the order of the blueprint, each answer by what led to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from question_bank.errors import FormatError
from question_bank.frozen import take, take_all
from question_bank.issued import KeyItem, Sheet
from question_bank.values import Json

OR = " or "
"""Between the misconceptions that all lead to one answer."""
RIGHT, PARTLY, UNNAMED, EMPTY = "right", "partly right", "wrong, without a name", "no answer"
_NUMBER = re.compile(r"[0-9]{1,30}(?:/[1-9][0-9]{0,29})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seen:
    """One student's item: the share that was earned, and what the answers were, part by part."""

    item: KeyItem
    version: str
    share: float
    answers: tuple[str, ...]


def read_row(sheets: Mapping[str, Sheet], student: Json) -> tuple[Seen, ...]:
    """Take one student's items in the order of the blueprint."""
    name = take(student, "student", str)
    if name not in sheets:
        raise FormatError(f"student {name!r} has marks and no paper here; give the folder that was marked")
    sheet = sheets[name]
    found = {take(item, "item", str): item for item in take(student, "items", list)}
    missing = sorted({item.id for item in sheet.items} ^ set(found))
    if missing:
        raise FormatError(
            f"student {name!r}: item {missing[0]!r} is in the marks or the paper only; mark again"
        )
    return tuple(_seen(item, sheet.version, found[item.id]) for item in sheet.items)


def _seen(item: KeyItem, version: str, marked: Json) -> Seen:
    most = exact(marked, "max_points")
    share = exact(marked, "points") / most if most else Fraction(0)
    return Seen(item, version, float(share), take_all(marked, "parts", _answer))


def exact(data: Json, name: str) -> Fraction:
    """Read a number as `marksheet` writes it: a text `n` or `n/d`."""
    text = take(data, name, str)
    if not _NUMBER.fullmatch(text):
        raise FormatError(f"{name}={text[:40]!r}: expected a number written n or n/d; mark again")
    return Fraction(text)


def _answer(part: Json) -> str:
    """Name an answer by what led to it."""
    share = exact(part, "fraction")
    named = take_all(part, "misconceptions", lambda entry: take(entry, "id", str))
    if share == 1:
        return RIGHT
    if take(part, "outcome", str) == "no answer":
        return EMPTY
    return OR.join(named) or (PARTLY if share else UNNAMED)
