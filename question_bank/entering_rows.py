"""What a marker at a desk reads and types: how a paper is found, how its questions are called, how an answer is read back."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from question_bank.errors import ResponseError
from question_bank.issued import KeyItem, Sheet
from question_bank.paper import key_of
from question_bank.readings import PROBLEMS, read
from question_bank.responses_table import part_key
from question_bank.values import Field

LISTED: Final = 20
"""The most names in one line."""
_LONGEST: Final = 60
_BETWEEN: Final = re.compile(r"[\s\u00b7]+")
_KINDS: Final = {
    "integer": "whole number",
    "number": "number",
    "shape": "shape",
    "array": "array, rows with ; between them",
    "choice": "one option",
    "choices": "options",
    "expression": "expression",
    "text": "text on one line",
}


def names_of(sheet: Sheet) -> Iterable[str]:
    """Yield what a paper is found by: the id, the line at its foot, the codes of its items."""
    who = sheet.student.id
    foot = (sheet.paper, sheet.version, who)
    names = (who, " ".join(filter(None, foot)), f"{sheet.paper} {who}")
    codes = [name for item in sheet.items for name in (item.id, f"[{item.id}]")]
    return dict.fromkeys(map(folded, (*names, *codes)))


def folded(text: str) -> str:
    """Make texts equal that differ in case, in spaces, or in the points of a paper's last line only."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFC", text)).strip().casefold()


def part_named(sheet: Sheet, question: str) -> str:
    """Find the part that a line names."""
    key = part_key(sheet, question.casefold())
    if key is None:
        places = [place(sheet, each) for each in fields(sheet)]
        raise ResponseError(
            f"question {question[:60]!r} is not on this paper; it has {', '.join(places[:LISTED])}"
            f"{', ...' if len(places) > LISTED else ''}"
        )
    return key


def fields(sheet: Sheet) -> dict[str, Field]:
    """Return what is answered on a paper, in its order."""
    return {
        key_of(item.id, number): part.field
        for item in sheet.shown
        for number, part in enumerate(item.question.parts)
    }


def place(sheet: Sheet, key: str) -> str:
    """Name a part as the paper does: `3b`."""
    at, item = _item(sheet, key)
    return f"{at}{key[-1] if len(item.question.parts) > 1 else ''}"


def _item(sheet: Sheet, key: str) -> tuple[int, KeyItem]:
    return next(
        (at, item) for at, item in enumerate(sheet.shown, start=1) if item.id == key.rpartition("/")[0]
    )


def row(sheet: Sheet, key: str, text: str) -> str:
    """Say how an answer is read; what is expected where there is none."""
    field = fields(sheet)[key]
    item = _item(sheet, key)[1]
    start = f"{place(sheet, key):>4} [{item.id.upper()}]"
    if not text:
        options = f" of {', '.join(field.letters)}" if field.options else ""
        unit = f" ({field.unit})" if field.unit else ""
        return f"{start} no answer; expected: {_KINDS[field.kind]}{options}{unit}"
    reading = read(field, text)
    if reading.ok:
        return f"{start} {reading.shown}"
    kept = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return f"{start} {kept!r} kept as typed, {PROBLEMS[reading.problem]}"
