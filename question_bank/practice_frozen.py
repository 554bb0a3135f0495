"""Practice sets as they lie on the disk, frozen: what was drawn for whom, so that building again changes no set.

    OUT/practice/practice-set-1.html ...  what students get, keys and all
    OUT/key/practice.json                 blueprint, plan and sets; a blueprint holds questions of exams, too   (mode 0600)

It is no exam: `issued.read_exam` and `issued.read_sheets` refuse such a folder, so nothing of it is ever marked.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from question_bank.blueprint_data import Blueprint
from question_bank.errors import FormatError
from question_bank.frozen import canonical, take, take_all
from question_bank.issued import PRACTICE, Sheet, private_folder, write_whole
from question_bank.planned import Exam, expect_format
from question_bank.values import Json

PRACTICE_FORMAT: Final = "legrade-practice-1"


@dataclass(frozen=True, slots=True)
class PracticeSets:
    """What was issued to practise with.

    Attributes:
        asked: the blueprint that it was made from, as it was given.
        exam: what the sets are drawn from: a stream and a plan of their own.
        sheets: the sets, by the id of their student, or of the set.
        listed: whether each student of a class list has one; else they are numbered, for everybody.
        own: whether the course's own questions are asked that an exam of the blueprint may ask.
    """

    asked: Blueprint
    exam: Exam
    sheets: tuple[Sheet, ...]
    listed: bool = False
    own: bool = False

    def to_json(self) -> Json:
        """Freeze the sets."""
        sheets: list[Json] = [sheet.to_json() for sheet in self.sheets]
        return {
            "format": PRACTICE_FORMAT,
            "asked": self.asked.to_json(),
            "exam": self.exam.to_json(),
            "sheets": sheets,
            "listed": self.listed,
            "own": self.own,
        }

    @classmethod
    def from_json(cls, data: Json) -> "PracticeSets":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is none; the message names the field.
        """
        expect_format(data, PRACTICE_FORMAT)
        return cls(
            Blueprint.from_json(take(data, "asked", dict)),
            Exam.from_json(take(data, "exam", dict)),
            take_all(data, "sheets", Sheet.from_json),
            take(data, "listed", bool),
            take(data, "own", bool),
        )


def read_practice(folder: Path) -> PracticeSets | None:
    """Return the practice sets of a folder; None where there are none.

    Raises:
        FormatError: the frozen file is damaged; the message names file and field.
    """
    path = folder / PRACTICE
    if not path.exists():
        return None
    try:
        return PracticeSets.from_json(json.loads(path.read_bytes()))
    except FormatError as error:
        raise FormatError(f"{path}: {error}; restore it from a copy") from None
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(
            f"{path}: cannot be read as frozen JSON ({error}); restore it from a copy"
        ) from None


def write_practice(folder: Path, sets: PracticeSets) -> None:
    """Freeze the sets, readable by their owner only."""
    path = folder / PRACTICE
    private_folder(path.parent)
    write_whole(path, canonical(sets.to_json()) + b"\n", 0o600)
