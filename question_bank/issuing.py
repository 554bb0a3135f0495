"""Issuing items: the one place that decides which student gets which item."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from question_bank import bank
from question_bank.blueprint_data import ITEMS, OPTIONS, Blueprint
from question_bank.draw import Draw
from question_bank.issued import KeyItem, Sheet
from question_bank.keys import CourseKey
from question_bank.model import Question
from question_bank.own_data import is_own
from question_bank.paper import Heading
from question_bank.planned import Exam, Planned
from question_bank.planning import identity, point_identity, stratum, too_few
from question_bank.roster import Student
from question_bank.shuffling import shuffled
from question_bank.translation import localize

__all__ = ["Issuer", "identity"]

_ATTEMPTS = 64
_CODE_BYTES = 5
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")


def plain(template: str) -> str:
    """Return the text that a template without fields says."""
    return template.replace("{{", "{").replace("}}", "}")


@dataclass(frozen=True, slots=True)
class _Made:
    """An item in English, before it is issued: its plan, its code, what it is the same item by."""

    planned: Planned
    code: str
    question: Question
    same: str

    def item(self, language: str, blueprint: Blueprint) -> KeyItem:
        """Return the item in a language."""
        if is_own(self.planned.family):
            read = blueprint.own(self.planned.family).read_in(self.question, language)
        else:
            read = localize(self.question, language)
        kept = "" if identity(read) == self.same else self.same
        return KeyItem(self.code, self.planned.slot, self.planned.points, read, kept, self.planned.credit)


class Issuer:
    """Issues papers one after the other and knows what the class has already."""

    def __init__(self, exam: Exam, key: CourseKey, issued: Iterable[Sheet]) -> None:
        self._exam = exam
        self._key = key
        self._avoid = frozenset(exam.avoid)
        self._codes: set[str] = set()
        self._uses: dict[str, int] = {}
        self._strata = {id(planned): stratum(planned, self._avoid) for planned in exam.plan}
        self._points: dict[int, dict[str, int]] = {}
        for sheet in issued:
            if not sheet.version:
                self._note((item.id, item.same or identity(item.question)) for item in sheet.items)
        self._versions = {name: self._made(f"version {name}") for name in exam.blueprint.version_names()}

    def sheet(self, student: Student, version: str = "") -> Sheet:
        """Issue one student's paper, in the student's language.

        Args:
            student: whose paper it is.
            version: its letter, where the exam has a number of versions; all students of a version have the same items.

        Raises:
            MissingTranslationError: a text has no translation into it; nothing is issued in two languages.
        """
        blueprint = self._exam.blueprint
        language = student.language or blueprint.language
        who = f"version {version}" if version else student.id
        made = self._versions[version] if version else self._made(who)
        order = self._order(who)
        return Sheet(
            blueprint.title,
            blueprint.paper,
            student,
            tuple(each.item(language, blueprint) for each in made),
            language,
            order,
            self._headings(language),
            version,
            coded=True,
        )

    def _made(self, who: str) -> "tuple[_Made, ...]":
        """Make the items of one paper, and note that they are taken."""
        made: list[_Made] = []
        own: set[str] = set()
        for planned in self._exam.plan:
            question = self._question(planned, who, own)
            same = identity(question)
            own.add(same)
            if self._exam.blueprint.shuffled(planned.slot, OPTIONS):
                question = self._reordered(planned, question, who)
            made.append(_Made(planned, self._code(planned, who), question, same))
        self._note((each.code, each.same) for each in made)
        return tuple(made)

    def _note(self, items: Iterable[tuple[str, str]]) -> None:
        for code, same in items:
            self._codes.add(code)
            self._uses[same] = self._uses.get(same, 0) + 1

    def _reordered(self, planned: Planned, question: Question, who: str) -> Question:
        """Put the options into another order, and prove the key again."""
        if is_own(planned.family) and self._exam.blueprint.own(planned.family).keep_order:
            return question
        seed = self._key.derive("options", self._exam.blueprint.paper, planned.slot, planned.number, who)
        mixed = shuffled(question, Draw(seed))
        if not is_own(planned.family):  # whose key is what its author says; a question checks that it is one
            bank.prove(bank.get(planned.family), mixed)
        return mixed

    def _order(self, who: str) -> tuple[int, ...]:
        """Return where the items stand on a paper; nothing where they stand as they are planned."""
        blueprint, order = self._exam.blueprint, list[int]()
        groups = list(blueprint.groups())
        if not any(ITEMS in shuffle for _, shuffle in groups):
            return ()
        for slots, shuffle in groups:
            inside = [at for at, planned in enumerate(self._exam.plan) if planned.slot in slots]
            draw = Draw(self._key.derive("order", blueprint.paper, slots.start, who))
            order += draw.shuffle(inside) if ITEMS in shuffle else inside
        return tuple(order)

    def _headings(self, language: str) -> tuple[Heading, ...]:
        """Return what stands before the items of sections, in the paper's language."""
        blueprint = self._exam.blueprint

        def said(text: str) -> str:
            return text and plain(blueprint.said(text, language))

        return tuple(
            Heading(
                said(section.title), said(section.intro), sum(p.slot < slots.start for p in self._exam.plan)
            )
            for section, (slots, _) in zip(blueprint.sections, blueprint.groups(), strict=False)
            if section.title or section.intro
        )

    def _question(self, planned: Planned, who: str, own: set[str]) -> Question:
        """Issue an item that nobody has; where there is none left, one that the fewest have."""
        if is_own(planned.family):
            return self._exam.blueprint.own(planned.family).question
        family = bank.get(planned.family)
        seed = self._key.derive(
            "item",
            self._exam.blueprint.paper,
            planned.slot,
            planned.number,
            family.name,
            family.version,
            who,
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
            if same in own or same in self._avoid:
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
                point_identity(planned.family, at(i)): i for i in self._strata[id(planned)]
            }
        points = self._points[id(planned)]
        uses = {index: self._uses.get(same, 0) for same, index in points.items() if same not in own}
        if not uses:
            raise too_few(planned, len(points))
        least = min(uses.values())
        return tuple(index for index, count in uses.items() if count == least)

    def _code(self, planned: Planned, who: str) -> str:
        """Name the item: eight letters and digits without I, L, O, U, unique in the class (Crockford's base 32)."""
        attempt = 0
        while True:
            fields = (self._exam.blueprint.paper, planned.slot, planned.number, who, attempt)
            text = base64.b32encode(self._key.derive("item code", *fields)[:_CODE_BYTES]).decode()
            code = text.translate(_CROCKFORD)
            code = f"{code[:4]}-{code[4:]}"
            if code not in self._codes:
                self._codes.add(code)
                return code
            attempt += 1
