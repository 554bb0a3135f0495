"""What is refused where papers were issued before: those of another blueprint, key, family or version are never mixed."""

from collections.abc import Iterable
from pathlib import Path

from question_bank import bank
from question_bank.blueprint_data import Blueprint
from question_bank.errors import BlueprintError
from question_bank.issued import Sheet
from question_bank.issuing import Issuer
from question_bank.keys import CourseKey
from question_bank.own_data import is_own
from question_bank.planned import Exam


def check_same(issued: Blueprint, asked: Blueprint, out: Path) -> None:
    """Refuse to mix papers of two blueprints."""
    if issued != asked:
        fields = (
            "title",
            "paper",
            "language",
            "versions",
            "shuffle",
            "slots",
            "sections",
            "questions",
            "texts",
        )
        what = next(name for name in fields if getattr(issued, name) != getattr(asked, name))
        raise BlueprintError(
            f"{out}: holds papers of another blueprint: {what} was {_part(issued, what)}, is {_part(asked, what)}; "
            "issued papers never change, so build into another folder"
        )


def check_family_versions(exam: Exam, out: Path) -> None:
    """Refuse to mix papers of two versions of a family."""
    for planned in exam.plan:
        if is_own(planned.family):
            continue  # it is frozen with the blueprint
        version = bank.get(planned.family).version
        if version != planned.version:
            raise BlueprintError(
                f"{out}: slots[{planned.slot}]: its papers were made by version {planned.version} of {planned.family}, which "
                f"is now version {version}; give the new students a paper of their own in another folder"
            )


def check_made_again(issuer: Issuer, kept: Iterable[Sheet]) -> None:
    """See that a version that is made again is the one that was issued."""
    for sheet in kept:
        again = issuer.sheet(sheet.student, sheet.version)
        if [item.id for item in again.items] != [item.id for item in sheet.items]:
            raise BlueprintError(
                f"version {sheet.version} has other items than {sheet.student.id} was issued: another LeGrade made it; give the "
                "new students a paper of their own in another folder"
            )


def check_key(exam: Exam, key: CourseKey, out: Path) -> None:
    """Refuse to mix papers of two keys: the key and the blueprint alone must give the papers again."""
    if exam.key != key.fingerprint:
        raise BlueprintError(
            f"{out}: its papers were made with another course key ({exam.key}, got {key.fingerprint}); give that one by --key, "
            "or give the new students a paper of their own in another folder"
        )


def _part(blueprint: Blueprint, what: str) -> object:
    if what == "slots":
        return [f"{slot.count} x {slot.source} ({slot.points})" for slot in blueprint.slots]
    if what == "questions":
        return ", ".join(f"{each.name} ({each.question.digest()[:8]})" for each in blueprint.questions)
    return repr(getattr(blueprint, what))
