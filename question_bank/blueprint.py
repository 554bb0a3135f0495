"""What an exam is made of: `exam.toml`, read into a frozen `Blueprint` and checked against the families that there are.

title = "Convolution and pooling"
paper = "quiz-1"                  # the exam's id; another id gives other versions
language = "vi"                   # of the papers, en if left out; a column `language` of the class list goes before it
versions = 4                      # papers A, B, C and D; "per-student", one for everybody, if left out
shuffle = ["items", "options"]    # what stands in another order on every paper; nothing if left out

[[slots]]
family = "conv-output-size"       # see `legrade bank list`; a list draws one of them, the same for the whole class
count = 2                         # questions from this family, 1 if left out
points = 1.5                      # for each of them, 1 if left out
credit = "parts"                  # or per-cell, whole-parts, all-or-nothing: see `question_bank.credit`
radicals = { s = 2, p = [1, 2] }  # axes fixed to a value or to some, the same for the whole class; may be left out

A slot with `question = "NAME"` in place of `family` asks a question of the course's own, `questions/NAME.toml` beside the
blueprint (see `question_bank.static_questions`); of a list of names, `count` are drawn, the same for the whole class.

In place of `[[slots]]` there may be sections, each `[[sections]]` with a `title`, an `intro`, a `shuffle` of its own and its
`[[sections.slots]]`; [texts.vi] has "English title" = "Vietnamese title" of them, for who writes in it. `legrade exam new` writes an example of everything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from question_bank.authoring import FAMILIES, Family
from question_bank.blueprint_data import PER_STUDENT, SHUFFLES, Blueprint, Section, Slot
from question_bank.credit import PARTS, RULES
from question_bank.errors import BlueprintError, QuestionBankError
from question_bank.languages import LANGUAGES, SOURCE
from question_bank.message import literal
from question_bank.own_data import OwnQuestion
from question_bank.own_texts import read_texts
from question_bank.registry import Registry
from question_bank.static_questions import FOLDER, read_question
from question_bank.toml_lines import FieldPath
from question_bank.toml_reading import TomlReader, read_bytes, short

__all__ = ["Blueprint", "Section", "Slot", "parse_blueprint", "read_blueprint"]

MAX_COUNT: Final = 100
MAX_VERSIONS: Final = 26
MAX_INTRO: Final = 5000

_PAPER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_FIELDS: Final = ("title", "paper", "language", "versions", "shuffle", "slots", "sections", "texts")
_SECTION: Final = ("title", "intro", "shuffle", "slots")
_SLOT: Final = ("family", "question", "count", "points", "radicals", "credit")


def read_blueprint(path: Path, families: Registry[Family] = FAMILIES) -> Blueprint:
    """Read and check a blueprint.

    Raises:
        BlueprintError: the file cannot be read or is broken; the message has file, line, field, what was got and what was
            expected.
    """
    data = read_bytes(path, "a blueprint of some lines", "give the path of an exam.toml")
    return parse_blueprint(data, str(path), families, path.parent / FOLDER)


def parse_blueprint(
    data: bytes,
    name: str = "exam.toml",
    families: Registry[Family] = FAMILIES,
    folder: Path = Path(FOLDER),
) -> Blueprint:
    """Read and check the bytes of a blueprint.

    Args:
        data: the TOML file.
        name: how messages call it.
        families: that there are.
        folder: of the course's own questions.

    Raises:
        BlueprintError: as `read_blueprint`.
    """
    reader = TomlReader.of(data, name)
    table = reader.table
    reader.known(table, (), _FIELDS)
    title = reader.text(table, (), "title")
    paper = reader.text(table, (), "paper")
    if not _PAPER.fullmatch(paper):
        raise reader.error(
            ("paper",), repr(paper), "letters, digits and . _ - between them, at most 64, as in quiz-1"
        )
    language = reader.one_of(table, (), "language", LANGUAGES, SOURCE)
    shuffle = reader.some_of(table, (), "shuffle", SHUFFLES) or ()
    known = _Known(families, folder)
    sections, slots = _sections(reader, shuffle, known)
    questions = tuple(known.questions[each] for each in sorted(known.questions))
    outside = () if sections else shuffle
    return Blueprint(
        title,
        paper,
        slots,
        language,
        sections,
        outside,
        _versions(reader),
        questions,
        read_texts(reader, language),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What a slot may be filled from: families, and the questions of a folder, each read once."""

    families: Registry[Family]
    folder: Path
    questions: dict[str, OwnQuestion] = field(default_factory=dict)


def _versions(reader: TomlReader) -> int:
    value = reader.table.get("versions", "per-student")
    if value == "per-student":
        return PER_STUDENT
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_VERSIONS:
        raise reader.error(
            ("versions",), short(value), f'"per-student", or a whole number from 1 to {MAX_VERSIONS}'
        )
    return value


def _sections(
    reader: TomlReader, shuffle: tuple[str, ...], known: _Known
) -> tuple[tuple[Section, ...], tuple[Slot, ...]]:
    """Read the sections, and the slots of all of them; or the slots alone, where there are no sections."""
    if "sections" not in reader.table:
        return (), _slots(reader, reader.table, (), known)
    if "slots" in reader.table:
        raise reader.error(("slots",), "slots beside sections", "every slot in a section, [[sections.slots]]")
    sections: list[Section] = []
    slots: list[Slot] = []
    for number, table in enumerate(reader.tables(reader.table, (), "sections")):
        path: FieldPath = ("sections", number)
        reader.known(table, path, _SECTION)
        inside = _slots(reader, table, path, known)
        title = reader.text(table, path, "title") if "title" in table else ""
        own = reader.some_of(table, path, "shuffle", SHUFFLES)
        sections.append(
            Section(title, _intro(reader, table, path), len(inside), shuffle if own is None else own)
        )
        slots += inside
    if not sections:
        raise reader.error(("sections",), "[]", "at least one table [[sections]]")
    return tuple(sections), tuple(slots)


def _intro(reader: TomlReader, table: Mapping[str, Any], path: FieldPath) -> str:
    """Read what is said before the questions of a section; its formulas must be of the language of `maths`."""
    intro = table.get("intro", "")
    if not isinstance(intro, str) or len(intro) > MAX_INTRO:
        raise reader.error((*path, "intro"), short(intro), f"a text of at most {MAX_INTRO} characters")
    try:
        literal(intro.strip()).check()
    except QuestionBankError as error:
        raise reader.fault((*path, "intro"), str(error)) from None
    return intro.strip()


def _slots(reader: TomlReader, table: Mapping[str, Any], path: FieldPath, known: _Known) -> tuple[Slot, ...]:
    where = (*path, "slots")
    value = table.get("slots", [])
    if not isinstance(value, list) or not value:
        name = "sections.slots" if path else "slots"
        raise reader.error(where, short(value), f"at least one table [[{name}]] with a family")
    slots = reader.tables(table, path, "slots")
    return tuple(_slot(reader, slot, (*where, number), known) for number, slot in enumerate(slots))


def _slot(reader: TomlReader, table: Mapping[str, Any], path: FieldPath, known: _Known) -> Slot:
    reader.known(table, path, _SLOT)
    if "question" in table:
        return _own_slot(reader, table, path, known)
    names = reader.names(
        table, path, "family", "a name that `legrade bank list` shows, or a list of such names"
    )
    found = [_family(reader, name, path, known.families) for name in names]
    count = reader.whole(table, path, "count", range(1, MAX_COUNT + 1), 1)
    return Slot(
        found[0].name,
        count,
        reader.points(table, path),
        _radicals(reader, table.get("radicals", {}), path, found),
        tuple(family.name for family in found[1:]),
        credit=reader.one_of(table, path, "credit", RULES, PARTS),
    )


def _own_slot(reader: TomlReader, table: Mapping[str, Any], path: FieldPath, known: _Known) -> Slot:
    """Read a slot that asks questions of the course's own."""
    for name in ("family", "radicals"):
        if name in table:
            raise reader.error((*path, name), f"{name} beside question", "one of them; write two slots")
    names = reader.names(table, path, "question", "the name of a file in questions/, or a list of such names")
    count = reader.whole(table, path, "count", range(1, MAX_COUNT + 1), 1)
    if count > len(names):
        raise reader.error(
            (*path, "count"), str(count), f"at most {len(names)}, the number of questions named"
        )
    for name in names:
        if name not in known.questions:
            try:
                known.questions[name] = read_question(known.folder, name)
            except BlueprintError as error:
                if not str(error).startswith("unknown"):
                    raise  # it names its own file and line
                raise reader.fault((*path, "question"), str(error)) from None
    rule = reader.one_of(table, path, "credit", RULES, PARTS)
    return Slot("", count, reader.points(table, path), questions=names, credit=rule)


def _family(reader: TomlReader, name: str, path: FieldPath, families: Registry[Family]) -> Family:
    try:
        return families.get(name)
    except QuestionBankError as error:
        raise reader.fault((*path, "family"), str(error)) from None


def _radicals(
    reader: TomlReader, table: Any, path: FieldPath, families: list[Family]
) -> dict[str, tuple[int, ...]]:
    """Read the axes that are fixed; each family of the slot must have them, with points that have these values."""
    where = (*path, "radicals")
    if not isinstance(table, dict):
        raise reader.error(where, short(table), "a table of axes, as in { s = 2 }")
    fixed: dict[str, tuple[int, ...]] = {}
    for name, value in table.items():
        values = value if isinstance(value, list) else [value]
        if not values or any(isinstance(v, bool) or not isinstance(v, int) for v in values):
            raise reader.error((*where, name), short(value), "a whole number or a list of them")
        fixed[name] = tuple(dict.fromkeys(values))
    for family in families:
        try:
            family.space.indexes(fixed)
        except QuestionBankError as error:
            raise reader.fault(where, f"family {family.name}: {error}") from None
    return fixed
