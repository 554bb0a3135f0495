"""What an exam is made of: `exam.toml`, read into a frozen `Blueprint` and checked against the families that there are.

title = "Convolution and pooling"
paper = "quiz-1"                  # the exam's id; another id gives other versions
language = "vi"                   # of the papers, en if left out; a column `language` of the class list goes before it

[[slots]]
family = "conv-output-size"       # see `legrade bank list`
count = 2                         # questions from this family, 1 if left out
points = 1.5                      # for each of them, 1 if left out
radicals = { s = 2, p = [1, 2] }  # axes fixed to a value or to some, the same for the whole class; may be left out
"""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from question_bank import languages
from question_bank.authoring import FAMILIES, Family
from question_bank.errors import BlueprintError, QuestionBankError
from question_bank.frozen import rational, take, take_all, take_rational
from question_bank.languages import LANGUAGES, SOURCE
from question_bank.registry import Registry
from question_bank.values import Json, Rational, simplest, value_to_json

MAX_BYTES = 1_000_000
MAX_COUNT = 100
MAX_POINTS = 1000
MAX_TITLE = 200

_PAPER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_SMALLEST = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of the blueprint, filled for every student from one family.

    Attributes:
        family: the family's name.
        count: how many questions.
        points: for each of them.
        radicals: axes that are fixed for the whole class, each to the values that it may have.
    """

    family: str
    count: int = 1
    points: Rational = 1
    radicals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "radicals", MappingProxyType(dict(self.radicals)))

    def to_json(self) -> Json:
        """Freeze the slot."""
        radicals: dict[str, Json] = {name: list(values) for name, values in self.radicals.items()}
        points = value_to_json(simplest(Fraction(self.points)))
        return {"family": self.family, "count": self.count, "points": points, "radicals": radicals}

    @classmethod
    def from_json(cls, data: Json) -> "Slot":
        """Read what `to_json` wrote."""
        radicals = take(data, "radicals", dict)
        fixed = {name: tuple(int(value) for value in take_all(radicals, name, rational)) for name in radicals}
        return cls(take(data, "family", str), take(data, "count", int), take_rational(data, "points"), fixed)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """An exam: its title, its id `paper`, its slots in order, and the language of students who have none of their own."""

    title: str
    paper: str
    slots: tuple[Slot, ...]
    language: str = SOURCE

    def to_json(self) -> Json:
        """Freeze the blueprint; the language is left out where it is English."""
        slots: list[Json] = [slot.to_json() for slot in self.slots]
        return {
            "title": self.title,
            "paper": self.paper,
            "slots": slots,
            **languages.to_json(self.language),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Blueprint":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no blueprint; the message names the field.
        """
        return cls(
            take(data, "title", str),
            take(data, "paper", str),
            take_all(data, "slots", Slot.from_json),
            languages.from_json(data),
        )


def read_blueprint(path: Path, families: Registry[Family] = FAMILIES) -> Blueprint:
    """Read and check a blueprint.

    Raises:
        BlueprintError: the file cannot be read or is broken; the message has file, field, what was got and what was expected.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BlueprintError(
            f"{path}: cannot be read ({error.strerror}); give the path of an exam.toml"
        ) from None
    if len(data) > MAX_BYTES:
        raise BlueprintError(f"{path}: more than {MAX_BYTES} bytes, expected a blueprint of some lines")
    return parse_blueprint(data, str(path), families)


def parse_blueprint(data: bytes, name: str = "exam.toml", families: Registry[Family] = FAMILIES) -> Blueprint:
    """Read and check the bytes of a blueprint; `name` stands in the messages.

    Raises:
        BlueprintError: as `read_blueprint`.
    """
    try:
        table = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BlueprintError(
            f"{name}: line {line}: byte 0x{data[error.start]:02x} is not UTF-8; save it as UTF-8"
        ) from None
    except (
        ValueError,
        RecursionError,
    ) as error:  # tomllib's error has the line; a number can be too long to read
        raise BlueprintError(f"{name}: not TOML: {str(error) or 'too deep'}") from None
    reader = _Reader(name, families)
    reader.known(table, "", ("title", "paper", "language", "slots"))
    title = reader.text(table, "title")
    paper = reader.text(table, "paper")
    if not _PAPER.fullmatch(paper):
        raise reader.error(
            "paper", repr(paper), "letters, digits and . _ - between them, at most 64, as in quiz-1"
        )
    language = table.get("language", SOURCE)
    if language not in LANGUAGES:
        raise reader.error("language", _short(language), f"one of {', '.join(LANGUAGES)}")
    slots = table.get("slots", [])
    if not isinstance(slots, list) or not slots:
        raise reader.error("slots", _short(slots), "at least one table [[slots]] with a family")
    filled = tuple(reader.slot(slot, f"slots[{i}]") for i, slot in enumerate(slots))
    return Blueprint(title, paper, filled, language)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Checks fields and says where they stand."""

    file: str
    families: Registry[Family]

    def error(self, where: str, got: str, expected: str) -> BlueprintError:
        return BlueprintError(f"{self.file}: {where}: got {got}, expected {expected}")

    def known(self, table: Mapping[str, Any], where: str, fields: Collection[str]) -> None:
        for name in table:
            if name not in fields:
                near = difflib.get_close_matches(name, fields, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise self.error(
                    f"{where}{name}", "a field that there is not", f"one of {', '.join(fields)}{hint}"
                )

    def text(self, table: Mapping[str, Any], name: str) -> str:
        value = table.get(name)
        if (
            not isinstance(value, str)
            or not value.strip()
            or len(value) > MAX_TITLE
            or not value.isprintable()
        ):
            raise self.error(name, _short(value), f"a text of 1 to {MAX_TITLE} characters on one line")
        return value.strip()

    def slot(self, table: Any, where: str) -> Slot:
        if not isinstance(table, dict):
            raise self.error(where, _short(table), "a table [[slots]]")
        self.known(table, f"{where}.", ("family", "count", "points", "radicals"))
        family = self._family(table.get("family"), where)
        count = table.get("count", 1)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
            raise self.error(f"{where}.count", _short(count), f"a whole number from 1 to {MAX_COUNT}")
        points = self._points(table.get("points", 1), where)
        return Slot(family.name, count, points, self._radicals(table.get("radicals", {}), where, family))

    def _family(self, name: Any, where: str) -> Family:
        if not isinstance(name, str):
            raise self.error(f"{where}.family", _short(name), "a name that `legrade bank list` shows")
        try:
            return self.families.get(name)
        except QuestionBankError as error:
            raise BlueprintError(f"{self.file}: {where}.family: {error}") from None

    def _points(self, value: Any, where: str) -> Rational:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            if number.is_finite() and 0 < number <= MAX_POINTS and number == number.quantize(_SMALLEST):
                return simplest(Fraction(number))  # never before the test: 1e-999999999 would fill the memory
        raise self.error(
            f"{where}.points",
            _short(value),
            f"a number above 0 and up to {MAX_POINTS}, at most 4 decimals",
        )

    def _radicals(self, table: Any, where: str, family: Family) -> dict[str, tuple[int, ...]]:
        where = f"{where}.radicals"
        if not isinstance(table, dict):
            raise self.error(where, _short(table), "a table of axes, as in { s = 2 }")
        fixed: dict[str, tuple[int, ...]] = {}
        for name, value in table.items():
            values = value if isinstance(value, list) else [value]
            if not values or any(isinstance(v, bool) or not isinstance(v, int) for v in values):
                raise self.error(f"{where}.{name}", _short(value), "a whole number or a list of them")
            fixed[name] = tuple(dict.fromkeys(values))
        try:
            family.space.indexes(fixed)
        except QuestionBankError as error:
            raise BlueprintError(f"{self.file}: {where}: family {family.name}: {error}") from None
        return fixed


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    shown = str(value) if isinstance(value, Decimal) else repr(value)
    return shown if len(shown) <= MAX_TITLE else f"{shown[:60]}..."
