"""Corrections of an exam that was written: `corrections.toml`, applied when marking; what is frozen never changes.

[[corrections]]
item = "k7m2-abcd"        # the code at the end of a stem; or `slot = 3`, the third question of the blueprint, for everybody
action = "accept"         # accept, full-marks, void or reword
answer = "31"             # accept: what also counts as right, typed as a student would
part = "a"                # accept: of which part, a if left out
reason = "31 is right if the last row is padded"
author = "A. Sousa"

| action       | what it does                                                                                                |
| ------------ | ----------------------------------------------------------------------------------------------------------- |
| `accept`     | another answer is right, too; by code only, as students have other numbers                                    |
| `full-marks` | who handed in the paper has all points of the item                                                          |
| `void`       | the item does not count: neither what was earned nor what could be; the rest of the paper is worth the more  |
| `reword`     | no mark changes; `stem` is what the question should have been, and stands in the record                     |
"""

import difflib
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from question_bank.answers import Written, same
from question_bank.credit import share
from question_bank.issued import KeyItem, Sheet
from question_bank.marks import ItemMark
from question_bank.paper import key_of
from question_bank.readings import read
from question_bank.toml_reading import TomlReader, read_bytes, short
from question_bank.values import Value

ACCEPT: Final = "accept"
FULL_MARKS: Final = "full-marks"
VOID: Final = "void"
REWORD: Final = "reword"
ACTIONS: Final = (ACCEPT, FULL_MARKS, VOID, REWORD)
ACCEPTED: Final = "accepted by a correction"
GIVEN: Final = "given by a correction"
VOIDED: Final = "void"
"""The outcomes of parts that a correction decided."""
MAX_TEXT: Final = 5000
_FIELDS: Final = ("item", "slot", "action", "answer", "part", "stem", "reason", "author")


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction.

    Attributes:
        items: codes of the items that it is about.
        action: one of `ACTIONS`.
        reason: for whoever asks, and `author`: whom to ask.
        part: of `accept`, from 0, and `value`: the answer that is right, too.
        stem: of `reword`.
    """

    items: frozenset[str]
    action: str
    reason: str
    author: str
    part: int = 0
    value: Value | None = None
    stem: str = ""

    def __str__(self) -> str:
        return f"{self.action}: {self.reason} ({self.author})"


def read_corrections(path: Path, sheets: Mapping[str, Sheet]) -> tuple[Correction, ...]:
    """Read and check a file of corrections against the papers that were issued.

    Raises:
        BlueprintError: it cannot be read or is broken; the message has file, line, field, what was got and what was expected.
    """
    return parse_corrections(
        read_bytes(path, "corrections of an exam", "give the path of a corrections.toml"), str(path), sheets
    )


def parse_corrections(data: bytes, name: str, sheets: Mapping[str, Sheet]) -> tuple[Correction, ...]:
    """Read and check the bytes of a file of corrections; `name` is what messages call it.

    Raises:
        BlueprintError: as `read_corrections`.
    """
    reader = TomlReader.of(data, name)
    reader.known(reader.table, (), ("corrections",))
    items = {item.id: item for sheet in sheets.values() for item in sheet.items}
    tables = reader.tables(reader.table, (), "corrections")
    if not tables:
        raise reader.error(("corrections",), "nothing", "at least one table [[corrections]]")
    found = tuple(_correction(reader, number, table, sheets, items) for number, table in enumerate(tables))
    _refuse_contradictions(reader, found)
    return found


def corrected(
    item: KeyItem, mark: ItemMark, corrections: Iterable[Correction], *, handed_in: bool = True
) -> ItemMark:
    """Apply the corrections that are about an item to its mark; nothing but `void` changes what was not handed in."""
    told: list[str] = []
    for correction in corrections:
        if item.id not in correction.items:
            continue
        before = mark
        if correction.action == VOID:
            mark = _all_parts(mark, VOIDED, Fraction(0), max_points=Fraction(0))
        elif handed_in and correction.action == FULL_MARKS:
            mark = _all_parts(mark, GIVEN, Fraction(1), max_points=mark.max_points)
        elif handed_in and correction.action == ACCEPT:
            mark = _accepted(item, mark, correction)
        if mark is not before or correction.action == REWORD:
            told.append(str(correction))
    return replace(mark, corrections=(*mark.corrections, *told)) if told else mark


def _all_parts(mark: ItemMark, outcome: str, fraction: Fraction, max_points: Fraction) -> ItemMark:
    parts = tuple(
        replace(part, outcome=outcome, fraction=fraction, misconceptions=(), cells=()) for part in mark.parts
    )
    return replace(mark, points=fraction * max_points, max_points=max_points, parts=parts)


def _accepted(item: KeyItem, mark: ItemMark, correction: Correction) -> ItemMark:
    """Count a part as right where its answer is the one that was accepted."""
    asked, part = item.question.parts[correction.part], mark.parts[correction.part]
    value = read(asked.field, part.typed).value
    if part.fraction == 1 or value is None or correction.value is None:
        return mark
    if not same(asked.answer, correction.value, value):
        return mark
    right = replace(part, outcome=ACCEPTED, fraction=Fraction(1), misconceptions=(), cells=())
    parts = (*mark.parts[: correction.part], right, *mark.parts[correction.part + 1 :])
    keys = [each.answer for each in item.question.parts]
    earned = share(item.credit, keys, [each.fraction for each in parts])
    return replace(mark, parts=parts, points=earned * mark.max_points)


def _correction(
    reader: TomlReader,
    number: int,
    table: Mapping[str, Any],
    sheets: Mapping[str, Sheet],
    items: Mapping[str, KeyItem],
) -> Correction:
    """Read one table."""
    path = ("corrections", number)
    reader.known(table, path, _FIELDS)
    action = reader.one_of(table, path, "action", ACTIONS, "")
    about = _items(reader, path, table, sheets, items)
    reason, author = (reader.text(table, path, name) for name in ("reason", "author"))
    for name, only in (("answer", ACCEPT), ("part", ACCEPT), ("stem", REWORD)):
        if name in table and action != only:
            raise reader.error((*path, name), short(table[name]), f"it with action = {only!r} only")
    if action == ACCEPT:
        part, value = _answer(reader, path, table, items)
        return Correction(about, action, reason, author, part, value)
    if action == REWORD:
        stem = table.get("stem")
        if not isinstance(stem, str) or not stem.strip() or len(stem) > MAX_TEXT:
            raise reader.error((*path, "stem"), short(stem), f"a text of 1 to {MAX_TEXT} characters")
        return Correction(about, action, reason, author, stem=stem.strip())
    return Correction(about, action, reason, author)


def _items(
    reader: TomlReader,
    path: tuple[str, int],
    table: Mapping[str, Any],
    sheets: Mapping[str, Sheet],
    items: Mapping[str, KeyItem],
) -> frozenset[str]:
    """Find which items a correction is about: one by its code, or those of everybody at one place of the blueprint."""
    if ("item" in table) == ("slot" in table):
        raise reader.fault(path, "expected either item, the code of one, or slot, the number of a question")
    if "item" in table:
        code = reader.text(table, path, "item").strip("[]").casefold()
        if code not in items:
            near = difflib.get_close_matches(code, items, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise reader.error((*path, "item"), repr(code), f"the code of an item of these papers{hint}")
        return frozenset({code})
    most = max(len(sheet.items) for sheet in sheets.values())
    place = reader.whole(table, path, "slot", range(1, most + 1)) - 1
    return frozenset(sheet.items[place].id for sheet in sheets.values() if place < len(sheet.items))


def _answer(
    reader: TomlReader, path: tuple[str, int], table: Mapping[str, Any], items: Mapping[str, KeyItem]
) -> tuple[int, Value]:
    """Read which answer is right, too, as a student's would be read."""
    if "item" not in table:
        raise reader.error(
            (*path, "slot"), short(table["slot"]), "item = CODE: at one place students have different answers"
        )
    item = items[reader.text(table, path, "item").strip("[]").casefold()]
    letters = string.ascii_lowercase[: len(item.question.parts)]
    part = letters.index(reader.one_of(table, path, "part", tuple(letters), "a"))
    asked = item.question.parts[part]
    if isinstance(asked.answer, Written):
        raise reader.fault(path, "a written answer is marked in written.csv; expected another part")
    reading = read(asked.field, str(table.get("answer", "")))
    if reading.value is None:
        raise reader.error(
            (*path, "answer"), short(table.get("answer")), f"an answer to {key_of(item.id, part)}"
        )
    if asked.answer.accepts(reading.value):
        raise reader.error(
            (*path, "answer"),
            short(table["answer"]),
            "an answer that is not right already; take the correction out",
        )
    return part, reading.value


def _refuse_contradictions(reader: TomlReader, corrections: Sequence[Correction]) -> None:
    """Refuse two corrections of an item of which one makes the other pointless."""
    for number, later in enumerate(corrections):
        for earlier in corrections[:number]:
            both = later.items & earlier.items
            if both and {later.action, earlier.action} <= {VOID, FULL_MARKS}:
                raise reader.fault(
                    ("corrections", number),
                    f"item {min(both)} is {earlier.action} already; expected one of void and full-marks",
                )
