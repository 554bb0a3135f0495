"""Issued papers with their keys, frozen in a folder of their own: marking reads them and never makes a question again.

    OUT/papers/<student>.html ...   for students, holds no key
    OUT/key/exam.json               the blueprint and what was fixed for the class      (mode 0600)
    OUT/key/students/<student>.json one student's questions with their keys             (mode 0600)

The folder `key/` is readable by its owner only (mode 0700); a file is written whole or not at all.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from question_bank import languages
from question_bank.blueprint import Blueprint
from question_bank.errors import FormatError
from question_bank.frozen import canonical, rational, take, take_all, take_rational
from question_bank.languages import SOURCE
from question_bank.model import Question
from question_bank.roster import Student, file_stem
from question_bank.values import Json, Rational, simplest, value_to_json

SHEET_FORMAT = "legrade-key-1"
EXAM_FORMAT = "legrade-exam-1"


@dataclass(frozen=True, slots=True)
class KeyItem:
    """An item with its key: the fields of `paper.Item`, but the question is whole.

    `same` is what it shares with the items in other languages that are the same to a student; empty where `question` tells.
    """

    id: str
    slot: int
    points: Rational
    question: Question
    same: str = ""

    def to_json(self) -> Json:
        """Freeze the item."""
        points = value_to_json(simplest(Fraction(self.points)))
        frozen: dict[str, Json] = {"id": self.id, "slot": self.slot, "points": points}
        return {**frozen, "question": self.question.to_json(), **({"same": self.same} if self.same else {})}

    @classmethod
    def from_json(cls, data: Json) -> "KeyItem":
        """Read what `to_json` wrote."""
        question = Question.from_json(take(data, "question", dict))
        same = take(data, "same", str) if isinstance(data, dict) and "same" in data else ""
        return cls(
            take(data, "id", str), take(data, "slot", int), take_rational(data, "points"), question, same
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One student's paper with its key: title and id of the exam, the student, the items in order, their language."""

    title: str
    paper: str
    student: Student
    items: tuple[KeyItem, ...]
    language: str = SOURCE

    def to_json(self) -> Json:
        """Freeze the sheet; the language is left out where it is English."""
        items: list[Json] = [item.to_json() for item in self.items]
        student: Json = {"id": self.student.id, "name": self.student.name, "email": self.student.email}
        return {
            **languages.to_json(self.language),
            "format": SHEET_FORMAT,
            "title": self.title,
            "paper": self.paper,
            "student": student,
            "items": items,
        }

    @classmethod
    def from_json(cls, data: Json) -> "Sheet":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no sheet; the message names the field.
        """
        _expect_format(data, SHEET_FORMAT)
        student = take(data, "student", dict)
        return cls(
            take(data, "title", str),
            take(data, "paper", str),
            Student(take(student, "id", str), take(student, "name", str), take(student, "email", str)),
            take_all(data, "items", KeyItem.from_json),
            languages.from_json(data),
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """One item of every paper: what is the same for the class.

    Attributes:
        slot: the blueprint's slot, from 0.
        number: of the item in its slot, from 0.
        family: the family's name, and its `version` when the exam was first built.
        points: of the item.
        radicals: the stratum: the value of each radical, the same for every student, for fairness.
        fixed: all axes that the blueprint fixes, each to the values it may have.
    """

    slot: int
    number: int
    family: str
    version: int
    points: Rational
    radicals: Mapping[str, int] = field(default_factory=dict)
    fixed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "radicals", MappingProxyType(dict(self.radicals)))
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))

    def to_json(self) -> Json:
        """Freeze the plan of the item."""
        return {
            "slot": self.slot,
            "number": self.number,
            "family": self.family,
            "version": self.version,
            "points": value_to_json(simplest(Fraction(self.points))),
            "radicals": dict(self.radicals),
            "fixed": {name: list(values) for name, values in self.fixed.items()},
        }

    @classmethod
    def from_json(cls, data: Json) -> "Planned":
        """Read what `to_json` wrote."""
        radicals, fixed = take(data, "radicals", dict), take(data, "fixed", dict)
        return cls(
            take(data, "slot", int),
            take(data, "number", int),
            take(data, "family", str),
            take(data, "version", int),
            take_rational(data, "points"),
            {name: take(radicals, name, int) for name in radicals},
            {name: tuple(int(value) for value in take_all(fixed, name, rational)) for name in fixed},
        )


@dataclass(frozen=True, slots=True)
class Exam:
    """What was fixed when the exam was first built; later papers of the same exam keep to it.

    Attributes:
        blueprint: what was asked for.
        plan: the items of every paper.
        key: which course key the papers are derived from, its `CourseKey.fingerprint`.
    """

    blueprint: Blueprint
    plan: tuple[Planned, ...]
    key: str

    def to_json(self) -> Json:
        """Freeze the exam."""
        plan: list[Json] = [planned.to_json() for planned in self.plan]
        return {
            "format": EXAM_FORMAT,
            "blueprint": self.blueprint.to_json(),
            "plan": plan,
            "key": self.key,
        }

    @classmethod
    def from_json(cls, data: Json) -> "Exam":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no exam; the message names the field.
        """
        _expect_format(data, EXAM_FORMAT)
        blueprint = Blueprint.from_json(take(data, "blueprint", dict))
        return cls(blueprint, take_all(data, "plan", Planned.from_json), take(data, "key", str))


def read_exam(folder: Path) -> Exam | None:
    """Return what is fixed in an exam's folder; None when nothing was issued there yet.

    Raises:
        FormatError: the frozen file is damaged; the message names file and field.
    """
    path = folder / "key" / "exam.json"
    return Exam.from_json(_read(path)) if path.exists() else None


def read_sheets(folder: Path) -> dict[str, Sheet]:
    """Return every issued paper with its key, by student id, sorted.

    Raises:
        FormatError: a frozen file is damaged; the message names file and field.
    """
    sheets: dict[str, Sheet] = {}
    for path in sorted((folder / "key" / "students").glob("*.json")):
        data = _read(path)
        try:
            sheet = Sheet.from_json(data)
        except FormatError as error:
            raise FormatError(f"{path}: {error}; restore it from a copy") from None
        sheets[sheet.student.id] = sheet
    return dict(sorted(sheets.items()))


def write_exam(folder: Path, exam: Exam) -> None:
    """Freeze what is fixed for the class."""
    _write_private(folder / "key" / "exam.json", canonical(exam.to_json()) + b"\n")


def write_sheet(folder: Path, sheet: Sheet) -> None:
    """Freeze one student's paper with its key."""
    path = folder / "key" / "students" / f"{file_stem(sheet.student.id)}.json"
    _write_private(path, canonical(sheet.to_json()) + b"\n")


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that, whatever happens, the old one or the new one is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can open, whatever the umask is."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)


def _write_private(path: Path, data: bytes) -> None:
    for folder in (path.parent.parent, path.parent) if path.parent.name == "students" else (path.parent,):
        private_folder(folder)
    write_whole(path, data, 0o600)


def _read(path: Path) -> Json:
    try:
        data: Json = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(
            f"{path}: cannot be read as frozen JSON ({error}); restore it from a copy"
        ) from None
    return data


def _expect_format(data: Json, expected: str) -> None:
    if (got := take(data, "format", str)) != expected:
        raise FormatError(f"format={got!r}: expected {expected!r}; a newer LeGrade may read it")
