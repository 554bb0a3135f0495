"""What is fixed for a whole class: the stratum of every item, and whether it holds enough different items."""

from collections.abc import Mapping
from dataclasses import dataclass

from question_bank import bank
from question_bank.authoring import Family
from question_bank.blueprint_data import Blueprint, Slot
from question_bank.draw import Draw
from question_bank.errors import BlueprintError
from question_bank.keys import CourseKey
from question_bank.own_data import PREFIX, is_own
from question_bank.planned import Exam, Planned


@dataclass(frozen=True, slots=True)
class Shortage:
    """A stratum that has fewer different items than the class needs, so that students share some."""

    planned: Planned
    needed: int
    available: int

    def __str__(self) -> str:
        where = (
            ", ".join(f"{name} = {value}" for name, value in self.planned.radicals.items()) or "no radicals"
        )
        return (
            f"slots[{self.planned.slot}] ({self.planned.family}; {where}): {self.needed} different items needed, "
            f"{self.available} available, so some students share items; fix other radicals or use another family"
        )


def plan(blueprint: Blueprint, key: CourseKey, students: int) -> tuple[Planned, ...]:
    """Fix the stratum of every item for the whole class: among those that are large enough, else the largest that is left.

    A stratum is taken in proportion to its size, so that every point of the family's space is equally likely.
    """
    load: dict[tuple[str, tuple[int, ...]], int] = {}
    planned: list[Planned] = []
    for number, slot in enumerate(blueprint.slots):
        if slot.questions:
            planned += _own(blueprint, number, slot, key)
            continue
        for item, family in enumerate(_families(slot, Draw(key.derive("family", blueprint.paper, number)))):
            strata = _strata(family, slot)
            draw = Draw(key.derive("stratum", blueprint.paper, number, item, family.name, family.version))
            free = {r: size - load.get((family.name, r), 0) for r, size in strata.items()}
            enough = {r: n for r, n in strata.items() if free[r] >= students or family.maker.drawn}
            radicals = _weighted(draw, enough) if enough else max(free, key=lambda r: (free[r], r))
            load[family.name, radicals] = load.get((family.name, radicals), 0) + students
            values = dict(zip(family.space.radicals, radicals, strict=True))
            planned.append(
                Planned(
                    number, item, family.name, family.version, slot.points, values, slot.radicals, slot.credit
                )
            )
    return tuple(planned)


def _own(blueprint: Blueprint, number: int, slot: Slot, key: CourseKey) -> list[Planned]:
    """Return the questions of the course's own that a slot asks: some of those that it names, in a drawn order."""
    order = Draw(key.derive("question", blueprint.paper, number)).shuffle(slot.questions)
    return [
        Planned(number, item, f"{PREFIX}{name}", 1, slot.points, credit=slot.credit)
        for item, name in enumerate(order[: slot.count])
    ]


def _families(slot: Slot, draw: Draw) -> tuple[Family, ...]:
    """Return the family of each item of a slot: one after the other, in an order that is drawn for the class."""
    order = draw.shuffle(slot.families)
    return tuple(bank.get(order[item % len(order)]) for item in range(slot.count))


def _strata(family: Family, slot: Slot) -> dict[tuple[int, ...], int]:
    """Return how many points each stratum has that the slot allows."""
    allowed = set(family.space.indexes(slot.radicals))
    return {
        radicals: left
        for radicals, points in family.space.strata().items()
        if (left := sum(point in allowed for point in points))
    }


def stratum(planned: Planned) -> tuple[int, ...]:
    """Return the numbers of the points of an item's stratum; a question of the course's own has none."""
    if is_own(planned.family):
        return ()
    space = bank.get(planned.family).space
    allowed = set(space.indexes(planned.fixed))
    return tuple(index for index in space.indexes(planned.radicals) if index in allowed)


def shortages(exam: Exam, students: int) -> tuple[Shortage, ...]:
    """Return the strata that have fewer different items than the class needs."""
    needed: dict[tuple[str, tuple[int, ...]], int] = {}
    first: dict[tuple[str, tuple[int, ...]], Planned] = {}
    for planned in exam.plan:
        if is_own(planned.family):
            continue  # everybody has it
        name = (planned.family, stratum(planned))
        needed[name] = needed.get(name, 0) + students
        first.setdefault(name, planned)
    return tuple(
        Shortage(first[name], count, len(name[1]))
        for name, count in needed.items()
        if not bank.get(name[0]).maker.drawn and count > len(name[1])
    )


def too_few(planned: Planned, available: int) -> BlueprintError:
    """Make the error for a paper that would hold the same item twice."""
    return BlueprintError(
        f"slots[{planned.slot}]: got count above {planned.number}, expected at most {available}: {planned.family} has only "
        f"{available} different items with {dict(planned.radicals)}; lower the count or fix other radicals"
    )


def _weighted(draw: Draw, sizes: Mapping[tuple[int, ...], int]) -> tuple[int, ...]:
    """Draw one of the keys, each as likely as its size says."""
    place = draw.integer(1, sum(sizes.values()))
    for name, size in sizes.items():
        place -= size
        if place <= 0:
            return name
    raise AssertionError(sizes)  # the sizes add up to the largest place
