"""Issued papers with their keys, frozen in a folder of their own: marking reads them and never makes a question again.

    OUT/papers/<student>.html ...   for students, holds no key
    OUT/key/exam.json               the blueprint and what was fixed for the class      (mode 0600)
    OUT/key/students/<student>.json one student's questions with their keys             (mode 0600)

The folder `key/` is readable by its owner only (mode 0700); a file is written whole or not at all.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from question_bank import credit, languages
from question_bank.errors import BlueprintError, FormatError
from question_bank.frozen import canonical, rational, take, take_all, take_rational
from question_bank.languages import SOURCE
from question_bank.model import Question
from question_bank.paper import Heading
from question_bank.planned import Exam, Planned, expect_format
from question_bank.roster import Student, file_stem
from question_bank.values import Json, Rational, simplest, value_to_json

__all__ = [
    "PRACTICE",
    "Exam",
    "KeyItem",
    "Planned",
    "Sheet",
    "private_folder",
    "read_exam",
    "read_sheets",
    "write_beside",
    "write_exam",
    "write_sheet",
    "write_whole",
]

SHEET_FORMAT = "legrade-key-1"
PRACTICE = Path("key") / "practice.json"
"""What makes a folder one of practice sets, see `practice_frozen`."""


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
    credit: str = credit.PARTS

    def to_json(self) -> Json:
        """Freeze the item."""
        points = value_to_json(simplest(Fraction(self.points)))
        frozen: dict[str, Json] = {"id": self.id, "slot": self.slot, "points": points}
        return {
            **frozen,
            "question": self.question.to_json(),
            **({"same": self.same} if self.same else {}),
            **credit.to_json(self.credit),
        }

    @classmethod
    def from_json(cls, data: Json) -> "KeyItem":
        """Read what `to_json` wrote."""
        question = Question.from_json(take(data, "question", dict))
        same = take(data, "same", str) if isinstance(data, dict) and "same" in data else ""
        return cls(
            take(data, "id", str),
            take(data, "slot", int),
            take_rational(data, "points"),
            question,
            same,
            credit.from_json(data),
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One student's paper with its key.

    Attributes:
        title: of the exam.
        paper: its id.
        student: whose paper it is.
        items: in the order of the blueprint, the same for all students.
        language: of the items.
        order: where the items stand on the paper, see `shown`; empty where they stand as they are here.
        sections: what stands before some items, in the order of the paper.
        version: the paper's letter, where several students have the same paper.
        coded: whether stems end in the code of their item; those that were issued before there were codes do not.
    """

    title: str
    paper: str
    student: Student
    items: tuple[KeyItem, ...]
    language: str = SOURCE
    order: tuple[int, ...] = ()
    sections: tuple[Heading, ...] = ()
    version: str = ""
    coded: bool = False

    def __post_init__(self) -> None:
        if self.order and sorted(self.order) != list(range(len(self.items))):
            raise FormatError(
                f"order={list(self.order)}: expected the positions of {len(self.items)} items, each once"
            )

    @property
    def shown(self) -> tuple[KeyItem, ...]:
        """The items in the order of the paper."""
        return tuple(self.items[at] for at in self.order) or self.items

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
            **({"order": list(self.order)} if self.order else {}),
            **({"sections": [heading.to_json() for heading in self.sections]} if self.sections else {}),
            **({"form": self.version} if self.version else {}),
            **({"coded": True} if self.coded else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Sheet":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no sheet; the message names the field.
        """
        expect_format(data, SHEET_FORMAT)
        has = data if isinstance(data, dict) else {}
        student = take(data, "student", dict)
        return cls(
            take(data, "title", str),
            take(data, "paper", str),
            Student(take(student, "id", str), take(student, "name", str), take(student, "email", str)),
            take_all(data, "items", KeyItem.from_json),
            languages.from_json(data),
            tuple(int(at) for at in take_all(data, "order", rational)) if "order" in has else (),
            take_all(data, "sections", Heading.from_json) if "sections" in has else (),
            take(data, "form", str) if "form" in has else "",
            take(data, "coded", bool) if "coded" in has else False,
        )


def read_exam(folder: Path) -> Exam | None:
    """Return what is fixed in an exam's folder; None when nothing was issued there yet.

    Raises:
        BlueprintError: it holds practice sets.
        FormatError: the frozen file is damaged; the message names file and field.
    """
    _refuse_practice(folder)
    path = folder / "key" / "exam.json"
    return Exam.from_json(_read(path)) if path.exists() else None


def read_sheets(folder: Path) -> dict[str, Sheet]:
    """Return every issued paper with its key, by student id, sorted.

    Raises:
        BlueprintError: it holds practice sets, which are never marked.
        FormatError: a frozen file is damaged; the message names file and field.
    """
    _refuse_practice(folder)
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


def write_beside(folder: Path, files: Iterable[tuple[str, Callable[[], bytes]]], mode: int = 0o644) -> None:
    """Write the files that papers in a folder need and that are not there yet."""
    for place, make in files:
        if not (folder / place).exists():
            write_whole(folder / place, make(), mode)


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can open, whatever the umask is."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)


def _refuse_practice(folder: Path) -> None:
    if (folder / PRACTICE).exists():
        raise BlueprintError(
            f"{folder}: holds practice sets, whose pages show every key, and no exam: nothing in it is marked, and no exam is "
            "built into it; name another folder"
        )


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
