"""Issuing items: the one place that decides which student gets which item."""

import base64
from collections.abc import Iterable, Mapping

from question_bank import bank
from question_bank.draw import Draw
from question_bank.frozen import digest
from question_bank.issued import Exam, KeyItem, Planned, Sheet
from question_bank.keys import CourseKey
from question_bank.model import Question
from question_bank.planning import stratum, too_few
from question_bank.roster import Student
from question_bank.translation import localize

_ATTEMPTS = 64
_CODE_BYTES = 5
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")


class Issuer:
    """Issues papers one after the other and knows what the class has already."""

    def __init__(self, exam: Exam, key: CourseKey, issued: Iterable[Sheet]) -> None:
        self._exam = exam
        self._key = key
        self._codes: set[str] = set()
        self._uses: dict[str, int] = {}
        self._strata = {id(planned): stratum(planned) for planned in exam.plan}
        self._points: dict[int, dict[str, int]] = {}
        for sheet in issued:
            self._note(sheet)

    def sheet(self, student: Student) -> Sheet:
        """Issue one student's paper, in the student's language.

        Raises:
            MissingTranslationError: a text has no translation into it; nothing is issued in two languages.
        """
        language = student.language or self._exam.blueprint.language
        items: list[KeyItem] = []
        own: set[str] = set()
        for planned in self._exam.plan:
            question = self._question(planned, student, own)
            same = identity(question)
            own.add(same)
            read = localize(question, language)
            kept = "" if identity(read) == same else same
            items.append(KeyItem(self._code(planned, student), planned.slot, planned.points, read, kept))
        blueprint = self._exam.blueprint
        sheet = Sheet(blueprint.title, blueprint.paper, student, tuple(items), language)
        self._note(sheet)
        return sheet

    def _note(self, sheet: Sheet) -> None:
        for item in sheet.items:
            self._codes.add(item.id)
            same = item.same or identity(item.question)
            self._uses[same] = self._uses.get(same, 0) + 1

    def _question(self, planned: Planned, student: Student, own: set[str]) -> Question:
        """Issue an item that nobody has; where there is none left, one that the fewest have."""
        family = bank.get(planned.family)
        seed = self._key.derive(
            "item",
            self._exam.blueprint.paper,
            planned.slot,
            planned.number,
            family.name,
            family.version,
            student.id,
        )
        draw = Draw(seed)
        if not family.maker.drawn:
            index = draw.choice(self._least_used(planned, own))
            return bank.issue(family, index, draw.child("entries"))
        found: dict[str, Question] = {}
        for attempt in range(_ATTEMPTS):
            stream = draw.child("attempt", attempt)
            question = bank.issue(family, stream.choice(self._strata[id(planned)]), stream.child("entries"))
            same = identity(question)
            if same in own:
                continue
            if not self._uses.get(same):
                return question
            found.setdefault(same, question)
        if not found:
            raise too_few(planned, len(own))
        return found[min(found, key=lambda same: self._uses[same])]

    def _least_used(self, planned: Planned, own: set[str]) -> tuple[int, ...]:
        """Return the points of the stratum that the fewest papers have, without the student's own."""
        if id(planned) not in self._points:
            at = bank.get(planned.family).space.at
            self._points[id(planned)] = {
                _point_identity(planned.family, at(i)): i for i in self._strata[id(planned)]
            }
        points = self._points[id(planned)]
        uses = {index: self._uses.get(same, 0) for same, index in points.items() if same not in own}
        if not uses:
            raise too_few(planned, len(points))
        least = min(uses.values())
        return tuple(index for index, count in uses.items() if count == least)

    def _code(self, planned: Planned, student: Student) -> str:
        """Name the item: eight letters and digits without I, L, O, U, unique in the class (Crockford's base 32)."""
        attempt = 0
        while True:
            fields = (self._exam.blueprint.paper, planned.slot, planned.number, student.id, attempt)
            text = base64.b32encode(self._key.derive("item code", *fields)[:_CODE_BYTES]).decode()
            code = text.translate(_CROCKFORD)
            code = f"{code[:4]}-{code[4:]}"
            if code not in self._codes:
                self._codes.add(code)
                return code
            attempt += 1


def identity(question: Question) -> str:
    """Return what two questions share when they are the same item to a student, in whatever order options stand."""
    if bank.get(question.family).maker.drawn:
        return bank.redact(question).digest()
    return _point_identity(question.family, question.given)


def _point_identity(family: str, given: Mapping[str, int]) -> str:
    return digest({"family": family, "given": dict(given)})
