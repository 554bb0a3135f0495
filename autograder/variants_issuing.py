"""Use case: an assignment's tables `[[variants]]` and a class list -> frozen questions with their answers, beside the course key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import VARIANTS, Assignment
from autograder.errors import SpecError
from autograder.variants import blueprint, folder
from question_bank import bank, exam
from question_bank.answers import Written
from question_bank.blueprint import Blueprint
from question_bank.errors import BlueprintError
from question_bank.issued import Sheet, private_folder, read_sheets
from question_bank.keys import CourseKey, ignore_in_git
from question_bank.roster import Student


@dataclass(frozen=True, slots=True)
class Issued:
    """The questions of a class."""

    sheets: Mapping[str, Sheet]
    """By student id, of everybody who ever got some."""
    remarks: tuple[str, ...]
    """For the instructor."""


def issue(assignment: Assignment, roster: Sequence[Student], key: Path) -> Issued:
    """Issue questions to who has none, and freeze them; who has some keeps them.

    Raises:
        SpecError: a table is broken, or its answers are marked by a person.
        BlueprintError: questions of other tables, another key or another version of a family were issued before.
        KeyFileError: the key cannot be read.
        FormatError: a frozen file is damaged.
    """
    asked = blueprint(assignment)
    _refuse_written(assignment, asked)
    secret = CourseKey.load(key)
    where = folder(key, assignment.name)
    private_folder(where.parent)
    remarks = (
        []
        if where.exists()
        else [
            f"froze the answers in {where}: keep that folder, grading needs it",
            ignore_in_git(where.parent),
        ]
    )
    try:
        built = exam.build(asked, roster, secret, where, formats=())
    except BlueprintError as error:
        told = re.sub(r"\bslots\b", VARIANTS, str(error))
        raise BlueprintError(
            f"{told} (what was handed out stays as it is: give a changed assignment a new name, or remove {where} if nobody "
            "has got any of it)"
        ) from None
    remarks += [re.sub(r"\bslots\b", VARIANTS, str(shortage)) for shortage in built.shortages]
    return Issued(read_sheets(where), tuple(remarks))


def _refuse_written(assignment: Assignment, asked: Blueprint) -> None:
    """See that a machine can mark every answer."""
    for number, slot in enumerate(asked.slots):
        question = bank.generate(slot.family, 0, slot.radicals)
        if any(isinstance(part.answer, Written) for part in question.parts):
            raise SpecError(
                f"{assignment.folder / 'assignment.toml'}: {VARIANTS}[{number}].family: {slot.family} asks for a text that a "
                "person marks; expected a family whose answers are marked here: ask it in an exam instead"
            )
