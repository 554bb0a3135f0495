"""What of a blueprint is practised: a stream of its own, without what the exam of the same blueprint and key asks.

The id of an exam has no slash, so nothing that is derived for `practice/quiz-1` is ever derived for an exam: practice sets tell
nothing of an exam's numbers, nor of its strata.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from question_bank import bank
from question_bank.blueprint_data import PER_STUDENT, Blueprint, Section, Slot
from question_bank.errors import BlueprintError
from question_bank.issuing import Issuer, identity
from question_bank.keys import CourseKey
from question_bank.own_data import PREFIX, is_own
from question_bank.planned import Exam
from question_bank.planning import most_left, own_identity, plan
from question_bank.roster import Student

STREAM: Final = "practice/"
"""What the id of a blueprint is put after; see `blueprint.parse_blueprint` for what an exam's own id may hold."""


@dataclass(frozen=True, slots=True)
class Practised:
    """What is left to practise.

    Attributes:
        blueprint: of the practice sets.
        left_out: what of the exam's blueprint is not practised, and why.
    """

    blueprint: Blueprint
    left_out: tuple[str, ...]


def asked_by_the_exam(
    blueprint: Blueprint, key: CourseKey, students: Iterable[Student], *, own: bool = True
) -> frozenset[str]:
    """Return the items that the exam of this blueprint and key asks, each as `planning.identity` tells it.

    Args:
        blueprint: of the exam.
        key: of the course.
        students: who will write it; not needed where the exam has a number of versions, which are the same for any class.
        own: whether questions of the course's own are among them, which are known without students, too.
    """
    names = blueprint.version_names()
    writers = sorted(students, key=lambda student: student.id)
    exam = Exam(blueprint, plan(blueprint, key, len(names) or len(writers) or 1), key.fingerprint)
    issuer = Issuer(exam, key, ())
    anybody = Student("", "")
    sheets = [issuer.sheet(anybody, name) for name in names] or [issuer.sheet(each) for each in writers]
    items = {
        item.same or identity(item.question)
        for sheet in sheets
        for item in sheet.items
        if not is_own(item.question.family)
    }
    fixed = {own_identity(each.family) for each in exam.plan if own and is_own(each.family)}
    return frozenset(items | fixed)


def practised(blueprint: Blueprint, avoid: Collection[str]) -> Practised:
    """Return the blueprint of practice sets: as many of each slot's items as are left.

    Args:
        blueprint: of the exam.
        avoid: items that are not practised, those of the exam among them.

    Raises:
        BlueprintError: nothing is left.
    """
    slots: dict[int, Slot] = {}
    left_out: list[str] = []
    for number, slot in enumerate(blueprint.slots):
        kept = _own(slot, avoid) if slot.questions else _families(slot, avoid)
        if kept is None or kept.count < slot.count:
            left_out.append(_why(number, slot, kept))
        if kept is not None:
            slots[number] = kept
    if not slots:
        raise BlueprintError(f"nothing is left to practise: {'; '.join(left_out)}")
    return Practised(
        replace(
            blueprint,
            paper=f"{STREAM}{blueprint.paper}",
            slots=tuple(slots.values()),
            sections=tuple(_sections(blueprint, slots)),
            versions=PER_STUDENT,
        ),
        tuple(left_out),
    )


def _own(slot: Slot, avoid: Collection[str]) -> Slot | None:
    spare = tuple(name for name in slot.questions if own_identity(f"{PREFIX}{name}") not in avoid)
    return replace(slot, questions=spare, count=min(slot.count, len(spare))) if spare else None


def _families(slot: Slot, avoid: Collection[str]) -> Slot | None:
    """Return the slot with those of its families of which something is left."""
    sizes = {name: most_left(bank.get(name), slot, avoid) for name in slot.families}
    left = [name for name, size in sizes.items() if size]
    count = min(slot.count, sum(sizes.values()))
    return replace(slot, family=left[0], others=tuple(left[1:]), count=count) if left else None


def _why(number: int, slot: Slot, kept: Slot | None) -> str:
    own = ", or give --own to practise those of the exam, too" if slot.questions else ""
    return (
        f"slots[{number}] ({slot.source}): {kept.count if kept else 0} of {slot.count} practised, because the exam asks the "
        f"others or they are avoided; name more {'questions' if own else 'families'} there{own}"
    )


def _sections(blueprint: Blueprint, slots: Collection[int]) -> Iterator[Section]:
    """Yield the sections that still have slots."""
    for section, (inside, _) in zip(blueprint.sections, blueprint.groups(), strict=False):
        if count := sum(number in slots for number in inside):
            yield replace(section, slots=count)
