"""Practice sets of a blueprint: pages with hints, keys, worked solutions and a reason for each wrong answer, marked as such.

Everybody's sets are numbered; with a class list each student has one, in the student's language. A set that was issued stays as
it is. A folder holds practice sets or an exam, never both.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from question_bank.blueprint_data import Blueprint
from question_bank.errors import BlueprintError
from question_bank.exam_checks import check_family_versions, check_key, check_same
from question_bank.issued import KeyItem, Sheet, read_exam, read_sheets, write_whole
from question_bank.issuing import Issuer, plain
from question_bank.keys import CourseKey
from question_bank.misconceptions import CATALOGUE
from question_bank.own_data import OwnQuestion, is_own, template
from question_bank.planned import Exam
from question_bank.planning import plan
from question_bank.practice_frozen import PracticeSets, read_practice, write_practice
from question_bank.practice_pages import FORMATS
from question_bank.practice_plan import asked_by_the_exam, practised
from question_bank.registry import unknown
from question_bank.roster import Student, file_stem
from question_bank.verification import one_thread

FOLDER: Final = "practice"
MAX_SETS: Final = 200


@dataclass(frozen=True, slots=True)
class BuiltPractice:
    """What a build did.

    Attributes:
        pages: the files for students.
        issued: how many sets are new; `kept`: how many were issued before, and are unchanged.
        left_out: what of the blueprint is not practised, and why.
    """

    pages: tuple[Path, ...]
    issued: int
    kept: int
    left_out: tuple[str, ...]


def numbered(count: int) -> tuple[Student, ...]:
    """Return the sets for everybody, as the students that they are issued to.

    >>> [each.id for each in numbered(2)]
    ['set-1', 'set-2']
    """
    return tuple(Student(f"set-{number}", "") for number in range(1, count + 1))


def build_practice(
    blueprint: Blueprint,
    key: CourseKey,
    out: Path,
    roster: Sequence[Student] = (),
    *,
    sets: int = 1,
    formats: Sequence[str] = ("html",),
    avoid: Collection[str] = (),
    own: bool = False,
) -> BuiltPractice:
    """Write practice sets under `out/practice`, and what they are frozen as under `out/key`.

    No item is one that the exam of this blueprint asks of these students, or in one of its versions.

    Args:
        blueprint: of the exam.
        key: of the course.
        out: the folder.
        roster: whom each a set is made for; numbered `sets` are made where it is empty.
        sets: how many.
        formats: some of `practice_pages.FORMATS`.
        avoid: further items that are not practised.
        own: whether the course's own questions are practised that the exam asks.

    Raises:
        UnknownNameError: no such format, or one that practice sets are not written in.
        BlueprintError: `out` holds an exam, or sets of another blueprint, kind or key; or nothing is left to practise.
        OracleMismatchError: a family's key is wrong; nothing is written.
        MissingTranslationError: a text has no translation into a student's language; nothing is written.
        FormatError: the frozen sets are damaged.
    """
    for name in formats:
        if name not in FORMATS:
            raise unknown("format of practice sets", name, sorted(FORMATS))
    asked = _Asked(blueprint, key, tuple(roster) or numbered(sets), bool(roster), frozenset(avoid), own)
    frozen = read_practice(out)
    _check(frozen, asked, out)
    with one_thread():
        left_out, made = ((), _go_on(asked, frozen, out)) if frozen else _begin(asked)
        written = list(_written(made, asked.students, tuple(dict.fromkeys(formats)), out))
    write_practice(out, made)
    for path, data in written:
        write_whole(path, data)
    issued = len(made.sheets) - len(frozen.sheets if frozen else ())
    return BuiltPractice(tuple(path for path, _ in written), issued, len(asked.students) - issued, left_out)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a build is asked for; see `build_practice`."""

    blueprint: Blueprint
    key: CourseKey
    students: tuple[Student, ...]
    listed: bool
    avoid: frozenset[str]
    own: bool

    def avoided(self) -> frozenset[str]:
        """Return what is not practised: what is avoided, and what the exam asks."""
        writers = self.students if self.listed else ()
        return self.avoid | asked_by_the_exam(self.blueprint, self.key, writers, own=not self.own)


def _begin(asked: _Asked) -> tuple[tuple[str, ...], PracticeSets]:
    """Plan the sets and issue them; return what of the blueprint is left out, too."""
    avoided = asked.avoided()
    found = practised(asked.blueprint, avoided)
    planned = plan(found.blueprint, asked.key, len(asked.students), avoided)
    exam = Exam(found.blueprint, planned, asked.key.fingerprint, tuple(sorted(avoided)))
    empty = PracticeSets(asked.blueprint, exam, (), asked.listed, asked.own)
    return found.left_out, _issued(empty, asked.students, asked.key)


def _go_on(asked: _Asked, frozen: PracticeSets, out: Path) -> PracticeSets:
    """Issue sets to who has none."""
    kept = {sheet.student.id for sheet in frozen.sheets}
    fresh = tuple(each for each in asked.students if each.id not in kept)
    if not fresh:
        return frozen
    check_family_versions(frozen.exam, out)
    check_key(frozen.exam, asked.key, out)
    avoid = tuple(sorted({*frozen.exam.avoid, *asked.avoided()}))
    return _issued(replace(frozen, exam=replace(frozen.exam, avoid=avoid)), fresh, asked.key)


def _issued(sets: PracticeSets, fresh: Sequence[Student], key: CourseKey) -> PracticeSets:
    """Return the sets with those of some students more; by the order of ids, so that the order of the class changes nothing."""
    issuer = Issuer(sets.exam, key, sets.sheets)
    made = [
        _with_reasons(issuer.sheet(student), sets.exam.blueprint)
        for student in sorted(fresh, key=lambda student: student.id)
    ]
    return replace(sets, sheets=tuple(sorted((*sets.sheets, *made), key=lambda sheet: sheet.student.id)))


def _written(
    sets: PracticeSets, students: Sequence[Student], formats: Sequence[str], out: Path
) -> Iterator[tuple[Path, bytes]]:
    """Yield the files for students; how large their print is, the class list of today says."""
    sheets = {sheet.student.id: sheet for sheet in sets.sheets}
    for student in students:
        for name in formats:
            form = FORMATS[name]
            path = out / FOLDER / f"practice-{file_stem(student.id)}{form.suffix}"
            yield path, form.write(sheets[student.id], student.large)


def _check(frozen: PracticeSets | None, asked: _Asked, out: Path) -> None:
    """Refuse to mix sets of two kinds, or sets and an exam."""
    if frozen is None:
        if read_exam(out) is not None or read_sheets(out):
            raise BlueprintError(
                f"{out}: holds an exam; practice sets show their keys, so build them into another folder"
            )
        return
    check_same(frozen.asked, asked.blueprint, out)
    for what, told in (("listed", "with --roster"), ("own", "with --own")):
        was = getattr(frozen, what)
        if was != getattr(asked, what):
            now = told if not was else told.replace("with", "without")
            before = told if was else told.replace("with", "without")
            raise BlueprintError(
                f"{out}: its practice sets were built {before}, got {now}; build these into another folder"
            )


def _with_reasons(sheet: Sheet, blueprint: Blueprint) -> Sheet:
    """Return the set with what is said about wrong answers to the course's own questions in the language of the set."""
    return replace(sheet, items=tuple(_own_reasons(item, blueprint, sheet.language) for item in sheet.items))


def _own_reasons(item: KeyItem, blueprint: Blueprint, language: str) -> KeyItem:
    if not is_own(item.question.family):
        return item
    own = blueprint.own(item.question.family)
    wrong = tuple(
        replace(each, misconception=_reason(own, each.misconception, language))
        for each in item.question.wrong
    )
    return replace(item, question=replace(item.question, wrong=wrong))


def _reason(own: OwnQuestion, said: str, language: str) -> str:
    return said if said in CATALOGUE else plain(own.said(template(said), language))
