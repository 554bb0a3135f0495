"""Use case: the answers to a student's own questions -> points of the part `variants`, by the frozen key of that student.

Who the student is, is said by the folder's name, or by nbgrader, and never by the notebook. The codes of the questions in it say whose
questions they are: those of somebody else are not marked as one's own, and a person looks at them.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from unicodedata import normalize

from autograder.assignment import VARIANTS, Assignment
from autograder.errors import AutograderError
from autograder.model import Grade, Outcome, TestResult
from autograder.submission import Submission
from autograder.variants import answer_names, folder
from autograder.variants_answers import Answers, codes_in, read_answers
from question_bank.frozen import digest
from question_bank.issued import KeyItem, Sheet, read_sheets
from question_bank.judging import mark_item
from question_bank.marks import PartMark
from question_bank.misconceptions import CATALOGUE
from question_bank.paper import key_of
from question_bank.roster import file_stem

SOMEBODY_ELSE = (
    "these are the questions of another student, so they were not marked as yours; a person will look at it"
)
EXCHANGED = "The questions of one's own in this notebook are another student's. A person will look at it."
LEFT_OUT = "Questions of another student are in the notebook, too; the answers to them were left out."
NOBODY = "no questions were issued under this name"
NO_ANSWER = "there is no answer"
SAID = {"partly": "right in part", "wrong-shape": "an array of another shape is asked for"}
"""What is said about an outcome that is not simply wrong."""


@dataclass(frozen=True, slots=True)
class OwnQuestions:
    """What was issued to a class."""

    sheets: Mapping[str, Sheet]
    """By student id."""

    def mark(self, grade: Grade, submission: Submission) -> Grade:
        """Add the part `variants` to a grade."""
        sheet = self._sheet_of(submission.name)
        if sheet is None:
            return _added(grade, [self._nobody(submission)])
        marked = _with_version(grade, sheet)
        if submission.problem is not None:
            return _added(marked, _all(sheet, Outcome.SKIPPED, submission.problem))
        own = {item.id for item in sheet.items}
        there = self._codes(submission)
        others = there - own
        if others and not there & own:
            whose = ", ".join(sorted({self._owner(code) for code in others}))
            tests = _all(sheet, Outcome.SKIPPED, SOMEBODY_ELSE, f"questions of {whose}")
            return replace(_added(marked, tests), needs_person=True, notes=(*grade.notes, EXCHANGED))
        answers = read_answers(cell for cell in submission.cells if not codes_in(cell) & others)
        tests = [
            test
            for number, item in enumerate(sheet.items, start=1)
            for test in _marked(number, item, answers)
        ]
        notes = (*grade.notes, LEFT_OUT) if others else grade.notes
        return replace(_added(marked, tests), notes=notes)

    def _sheet_of(self, name: str) -> Sheet | None:
        """Find a student by id, by the name of the folder that was handed out, or by a name that Moodle wrote before a number."""
        if name in self.sheets:
            return self.sheets[name]
        full = normalize("NFC", name.rpartition("_")[0] if name.rpartition("_")[2].isdigit() else name)
        found = [
            sheet
            for who, sheet in self.sheets.items()
            if name == file_stem(who) or (sheet.student.name and full == sheet.student.name)
        ]
        return found[0] if len(found) == 1 else None

    def _codes(self, submission: Submission) -> set[str]:
        """Find the items of anybody in a submission's text."""
        sources = [cell.source for cell in submission.layout] or list(submission.cells)
        known = {item.id for sheet in self.sheets.values() for item in sheet.items}
        return {code for source in sources for code in codes_in(source)} & known

    def _owner(self, code: str) -> str:
        return next(who for who, sheet in self.sheets.items() if any(item.id == code for item in sheet.items))

    def _nobody(self, submission: Submission) -> TestResult:
        """Leave the points open: whether the list, a folder's name or the student is wrong, nobody here can tell."""
        whose = ", ".join(sorted({self._owner(code) for code in self._codes(submission)})) or "nobody"
        detail = f"the questions in it are those of {whose}: name the folder by the id of the class list and grade again, or release to the student"
        points = sum((Fraction(item.points) for item in next(iter(self.sheets.values())).items), Fraction(0))
        return _test("questions", "Your own questions.", float(points), Outcome.ERROR, NOBODY, detail=detail)


def own_questions(assignment: Assignment, key: Path | None) -> OwnQuestions | None:
    """Open what was issued to the class; None where the assignment has no questions of one's own.

    Raises:
        AutograderError: nothing was issued.
        FormatError: a frozen file is damaged.
    """
    if not assignment.variants:
        return None
    where = folder(key, assignment.name) if key is not None else None
    sheets = _sheets(where) if where is not None else {}
    if not sheets:
        place = (
            f"{where}: holds no questions"
            if where is not None
            else "there is no course key, beside which they lie"
        )
        raise AutograderError(
            f"{assignment.name}: has questions of each student's own, but {place}; run `legrade release {assignment.name} --roster "
            "class.csv --out DIR` first, and grade with the same key"
        )
    return OwnQuestions(sheets)


def _sheets(where: Path) -> Mapping[str, Sheet]:
    """Read a class's questions, and not again for each student of it: a file that is written changes its folder's time."""
    students = where / "key" / "students"
    return _kept(where, students.stat().st_mtime_ns) if students.is_dir() else {}


@functools.lru_cache(maxsize=4)
def _kept(where: Path, _changed: int) -> Mapping[str, Sheet]:
    return read_sheets(where)


def _added(grade: Grade, tests: Sequence[TestResult]) -> Grade:
    """Add tests to a grade; an error leaves its points open."""
    added = [test.points for test in tests]
    open_ = grade.points is None or any(points is None for points in added)
    return replace(
        grade,
        tests=(*grade.tests, *tests),
        points=None if open_ else round((grade.points or 0.0) + sum(points or 0.0 for points in added), 6),
        max_points=round(grade.max_points + sum(test.max_points for test in tests), 6),
        needs_person=grade.needs_person or any(test.outcome is Outcome.ERROR for test in tests),
    )


def _with_version(grade: Grade, sheet: Sheet) -> Grade:
    """Record which frozen questions were used."""
    return replace(grade, versions={**grade.versions, VARIANTS: digest(sheet.to_json())[:32]})


def _all(sheet: Sheet, outcome: Outcome, reason: str, detail: str = "") -> list[TestResult]:
    """Give every question the same outcome."""
    return [
        _test(name, _description(name), float(_share(item)), outcome, reason, detail=detail)
        for number, item in enumerate(sheet.items, start=1)
        for name in answer_names(number, item)
    ]


def _marked(number: int, item: KeyItem, answers: Answers) -> Iterator[TestResult]:
    """Mark one question."""
    names = answer_names(number, item)
    given = {**answers.as_they_stand, **answers.typed}
    typed = {key_of(item.id, part): given.get(name, "") for part, name in enumerate(names)}
    mark = mark_item(item, typed)
    share = _share(item)
    earned = sum((part.fraction for part in mark.parts), Fraction(0)) * share
    for part, name, asked in zip(mark.parts, names, item.question.parts, strict=True):
        points = (
            part.fraction * share * (mark.points / earned if earned else 0)
        )  # a slot may count whole questions only
        outcome, reason = _outcome(part, right=points == share)
        unread = part.outcome in {"no answer", "unreadable"}
        yield _test(
            name,
            _description(name),
            float(share),
            outcome,
            answers.problems.get(name, reason) if unread else reason,
            points=float(points),
            diagnosis=part.misconceptions[0] if len(part.misconceptions) == 1 else None,
            detail=f"typed {part.typed!r}; the key is {asked.answer.show()}",
        )


def _outcome(part: PartMark, *, right: bool) -> tuple[Outcome, str]:
    """Say how a part ended, and why it did not pass."""
    if right:
        return Outcome.PASSED, ""
    if part.outcome == "no answer":
        return Outcome.SKIPPED, NO_ANSWER
    if part.outcome == "unreadable":
        return Outcome.FAILED, part.shown
    titles = [CATALOGUE[name].title for name in part.misconceptions if name in CATALOGUE]
    perhaps = f"; perhaps one of these: {'; '.join(titles)}" if len(titles) > 1 else ""
    right_but = "right, but the question counts as a whole" if part.fraction == 1 else "wrong"
    return Outcome.FAILED, f"{part.shown}: {SAID.get(part.outcome, right_but)}{perhaps}"


def _share(item: KeyItem) -> Fraction:
    return Fraction(item.points) / len(item.question.parts)


def _description(name: str) -> str:
    return f"Your own question {name.removeprefix('answer_')}."


def _test(
    name: str,
    description: str,
    max_points: float,
    outcome: Outcome,
    reason: str,
    *,
    points: float = 0.0,
    diagnosis: str | None = None,
    detail: str = "",
) -> TestResult:
    return TestResult(
        function=VARIANTS,
        test=name,
        description=description,
        points=None if outcome is Outcome.ERROR else round(points, 6),
        max_points=round(max_points, 6),
        outcome=outcome,
        reason=reason,
        diagnosis=diagnosis,
        seconds=0.0,
        detail=detail,
    )
