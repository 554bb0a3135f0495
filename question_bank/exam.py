"""Blueprint and class list -> one paper a student, with its key apart.

Fair: the radicals are drawn once for the class, students differ in incidentals. Different: no two students get the same
item while the stratum is large enough; when it is not, the build says so with the numbers. For ever: what is issued is
frozen, and building again, with more students too, changes none of it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from question_bank import bank
from question_bank.assigning import Neighbours, assign, neighbours
from question_bank.blueprint_data import Blueprint
from question_bank.draw import Draw
from question_bank.errors import BlueprintError
from question_bank.exam_checks import check_family_versions, check_key, check_made_again, check_same
from question_bank.exporters import EXPORTERS, Exporter
from question_bank.fairness import write_report
from question_bank.invigilation import write_table
from question_bank.issued import (
    Exam,
    Planned,
    Sheet,
    read_exam,
    read_sheets,
    write_beside,
    write_exam,
    write_sheet,
    write_whole,
)
from question_bank.issuing import Issuer
from question_bank.keys import CourseKey
from question_bank.keysheets import write_keysheets
from question_bank.model import Question
from question_bank.own_data import is_own
from question_bank.paper import Item, Paper
from question_bank.planning import Left, Shortage, left, plan, shortages, stratum
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
        left: what is left of the strata where items were asked before.
        keys: the key sheets.
        report: how fair the papers are.
        neighbours: pairs of students who sit near each other with the same version.
    """

    papers: tuple[Path, ...]
    issued: int
    kept: int
    shortages: tuple[Shortage, ...]
    left: tuple[Left, ...] = ()
    keys: tuple[Path, ...] = ()
    report: Path | None = None
    neighbours: tuple[Neighbours, ...] = ()


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
    avoid: Collection[str] = (),
) -> Built:
    """Write one paper a student under `out/papers`, and the keys under `out/key`.

    Students who have a paper keep it, byte for byte; new ones get items that nobody has, and none of those to `avoid`.

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
    exam = _exam(blueprint, key, out, papers_of(blueprint, roster), avoid)
    check_same(exam.blueprint, blueprint, out)
    kept = read_sheets(out)
    fresh = [student for student in roster if student.id not in kept]
    if fresh:
        check_family_versions(exam, out)
        check_key(exam, key, out)
    with one_thread():
        sheets = _issue(exam, key, kept, fresh, roster)
    write_exam(out, exam)
    for sheet in sheets.values():
        write_sheet(out, sheet)
    return _write(exam, {**kept, **sheets}, len(sheets), roster, out, exporters)


def _write(
    exam: Exam,
    sheets: Mapping[str, Sheet],
    issued: int,
    roster: Sequence[Student],
    out: Path,
    exporters: Sequence[Exporter],
) -> Built:
    """Write what people read: papers, key sheets, the report, who gets which paper."""
    keys = write_keysheets(out, sheets, exam.blueprint.language, {exporter.name for exporter in exporters})
    report = write_report(out, exam, sheets, roster)
    write_table(out, sheets, roster)
    papers = [
        path for student in roster for path in _write_paper(out, sheets[student.id], student, exporters)
    ]
    short = shortages(exam, exam.blueprint.versions or len(sheets))
    near = alike(roster, sheets)
    return Built(tuple(papers), issued, len(roster) - issued, short, left(exam), keys, report, near)


def _exam(blueprint: Blueprint, key: CourseKey, out: Path, papers: int, avoid: Collection[str]) -> Exam:
    """Return what is fixed for the class: as it was when the exam was first built, with what is to be avoided since."""
    exam = read_exam(out)
    if exam is None:
        planned = plan(blueprint, key, papers, frozenset(avoid))
        return Exam(blueprint, planned, key.fingerprint, tuple(sorted(avoid)))
    new = set(avoid) - set(exam.avoid)
    if new and exam.blueprint.versions:
        raise BlueprintError(
            f"{out}: got {len(new)} more items to avoid, expected those of its first build: its versions are fixed; build into "
            "another folder"
        )
    return replace(exam, avoid=tuple(sorted({*exam.avoid, *new}))) if new else exam


def alike(roster: Sequence[Student], sheets: Mapping[str, Sheet]) -> tuple[Neighbours, ...]:
    """Count the neighbours in the room who have the same version."""
    versions = {id_: sheet.version or id_ for id_, sheet in sheets.items()}
    return tuple(each for each in neighbours(roster, versions) if each.alike)


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
        check_made_again(issuer, kept.values())
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


def _write_paper(out: Path, sheet: Sheet, student: Student, exporters: Iterable[Exporter]) -> Iterable[Path]:
    """Write a paper in every format; how large its print is, the class list of today says."""
    paper = replace(paper_of(sheet), large=student.large)
    for exporter in exporters:
        path = out / "papers" / f"{exporter.stem(file_stem(sheet.student.id))}{exporter.suffix}"
        write_whole(path, exporter.export(paper))
        write_beside(path.parent, exporter.beside(paper))
        yield path
