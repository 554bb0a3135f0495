"""Blueprint and class list -> one paper a student, with its key apart.

Fair: the radicals are drawn once for the class, students differ in incidentals. Different: no two students get the same
item while the stratum is large enough; when it is not, the build says so with the numbers. For ever: what is issued is
frozen, and building again, with more students too, changes none of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from question_bank import bank
from question_bank.assigning import assign
from question_bank.blueprint_data import Blueprint
from question_bank.draw import Draw
from question_bank.errors import BlueprintError
from question_bank.exporters import EXPORTERS, Exporter
from question_bank.issued import (
    Exam,
    Planned,
    Sheet,
    read_exam,
    read_sheets,
    write_exam,
    write_sheet,
    write_whole,
)
from question_bank.issuing import Issuer
from question_bank.keys import CourseKey
from question_bank.model import Question
from question_bank.own_data import is_own
from question_bank.paper import Item, Paper
from question_bank.planning import Shortage, plan, shortages, stratum
from question_bank.roster import Student, file_stem
from question_bank.translation import localize
from question_bank.verification import one_thread


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did.

    Attributes:
        papers: the files for students.
        issued: how many papers are new; `kept`: how many were issued before, and are unchanged.
        shortages: strata that are too small.
    """

    papers: tuple[Path, ...]
    issued: int
    kept: int
    shortages: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Questions that a slot could ask, with keys, for the instructor."""

    planned: Planned
    questions: tuple[Question, ...]


def build(
    blueprint: Blueprint,
    roster: Sequence[Student],
    key: CourseKey,
    out: Path,
    formats: Sequence[str] = ("html", "json"),
) -> Built:
    """Write one paper a student under `out/papers`, and the keys under `out/key`.

    Students who have a paper keep it, byte for byte; new ones get items that nobody has.

    Raises:
        UnknownNameError: no such format.
        BlueprintError: `out` holds papers of another blueprint or key, a family has changed since, or a slot has too few
            items.
        OracleMismatchError: a family's key is wrong; nothing is written.
        MissingTranslationError: a question's text has no translation into a student's language, and nothing is written; or
            one of the page has none, and building again writes what is left.
        FormatError: a frozen file in `out` is damaged.
    """
    exporters = tuple(EXPORTERS.get(name) for name in dict.fromkeys(formats))
    exam = read_exam(out) or Exam(
        blueprint, plan(blueprint, key, papers_of(blueprint, roster)), key.fingerprint
    )
    _check_same(exam.blueprint, blueprint, out)
    kept = read_sheets(out)
    fresh = [student for student in roster if student.id not in kept]
    if fresh:
        _check_versions(exam, out)
        _check_key(exam, key, out)
    with one_thread():
        sheets = _issue(exam, key, kept, fresh, roster)
    write_exam(out, exam)
    for sheet in sheets.values():
        write_sheet(out, sheet)
    everyone = {**kept, **sheets}
    papers = [
        path for student in roster for path in _write_paper(out, everyone[student.id], student, exporters)
    ]
    short = shortages(exam, blueprint.versions or len(everyone))
    return Built(tuple(papers), len(sheets), len(roster) - len(sheets), short)


def papers_of(blueprint: Blueprint, roster: Sequence[Student]) -> int:
    """Return how many different papers there are: one for each version, or for each student."""
    return blueprint.versions or len(roster)


def _issue(
    exam: Exam, key: CourseKey, kept: Mapping[str, Sheet], fresh: Iterable[Student], roster: Iterable[Student]
) -> dict[str, Sheet]:
    """Issue papers to who has none; by the order of ids, so that the order of the class changes nothing."""
    students = sorted(fresh, key=lambda student: student.id)
    if not students:
        return {}
    issuer = Issuer(exam, key, kept.values())
    names = exam.blueprint.version_names()
    versions: dict[str, str] = {}
    if names:
        before = {id_: sheet.version for id_, sheet in kept.items()}
        versions = assign(
            students,
            before,
            roster,
            names,
            lambda id_: Draw(key.derive("version", exam.blueprint.paper, id_)),
        )
    return {student.id: issuer.sheet(student, versions.get(student.id, "")) for student in students}


def preview(blueprint: Blueprint, key: CourseKey, samples: int = 3, students: int = 30) -> tuple[Sample, ...]:
    """Return sample questions for every family of every slot, of the strata that a class of `students` would get, but never its items.

    Raises:
        OracleMismatchError: a family's key is wrong.
    """
    shown: dict[tuple[int, str], Sample] = {}
    for planned in plan(blueprint, key, blueprint.versions or students):
        if (planned.slot, planned.family) in shown:
            continue
        if is_own(planned.family):
            own = blueprint.own(planned.family)
            shown[planned.slot, planned.family] = Sample(
                planned, (own.read_in(own.question, blueprint.language),)
            )
            continue
        indexes = stratum(planned)
        questions = []
        for number in range(samples):
            draw = Draw(
                key.derive("preview", blueprint.paper, planned.slot, planned.family, planned.version, number)
            )
            question = bank.issue(bank.get(planned.family), draw.choice(indexes), draw.child("entries"))
            questions.append(localize(question, blueprint.language))
        shown[planned.slot, planned.family] = Sample(planned, tuple(questions))
    return tuple(shown.values())


def paper_of(sheet: Sheet) -> Paper:
    """Return what the student sees of a sheet."""
    items = tuple(
        Item(item.id, item.slot, item.points, bank.redact(item.question), item.credit) for item in sheet.shown
    )
    return Paper(
        sheet.title,
        sheet.paper,
        sheet.student.id,
        items,
        sheet.student.name,
        sheet.language,
        sheet.sections,
        sheet.version,
        sheet.coded,
    )


def _check_same(issued: Blueprint, asked: Blueprint, out: Path) -> None:
    """Refuse to mix papers of two blueprints."""
    if issued != asked:
        fields = ("title", "paper", "language", "versions", "shuffle", "slots", "sections", "questions")
        what = next(name for name in fields if getattr(issued, name) != getattr(asked, name))
        raise BlueprintError(
            f"{out}: holds papers of another blueprint: {what} was {_part(issued, what)}, is {_part(asked, what)}; "
            "issued papers never change, so build into another folder"
        )


def _check_versions(exam: Exam, out: Path) -> None:
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


def _check_key(exam: Exam, key: CourseKey, out: Path) -> None:
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


def _write_paper(out: Path, sheet: Sheet, student: Student, exporters: Iterable[Exporter]) -> Iterable[Path]:
    """Write a paper in every format; how large its print is, the class list of today says."""
    paper = replace(paper_of(sheet), large=student.large)
    for exporter in exporters:
        path = out / "papers" / f"{file_stem(sheet.student.id)}{exporter.suffix}"
        write_whole(path, exporter.export(paper))
        yield path
