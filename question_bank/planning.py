"""What is fixed for a whole class: the stratum of every item, and whether it holds enough different items."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from question_bank import bank
from question_bank.authoring import Family
from question_bank.blueprint_data import Blueprint, Slot
from question_bank.draw import Draw
from question_bank.errors import BlueprintError
from question_bank.frozen import digest
from question_bank.keys import CourseKey
from question_bank.model import Question
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


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an item's stratum without the items that are avoided; `size` is None where entries are drawn."""

    planned: Planned
    size: int | None
    avoided: int

    def __str__(self) -> str:
        what = f"slots[{self.planned.slot}] ({self.planned.family}): {self.avoided} asked before"
        if self.size is None:
            return f"{what}; its numbers are drawn, so there are more"
        return f"{what} of {self.size} items, {self.size - self.avoided} left"


def plan(
    blueprint: Blueprint, key: CourseKey, students: int, avoid: Collection[str] = ()
) -> tuple[Planned, ...]:
    """Fix the stratum of every item for the whole class: among those that are large enough, else the largest that is left.

    A stratum is taken in proportion to its size, so that every point of the family's space is equally likely.

    Args:
        blueprint: what is asked for.
        key: of the course.
        students: how many different papers there will be.
        avoid: items that are not asked, see `identity`.

    Raises:
        BlueprintError: too few questions of the course's own are left.
    """
    load: dict[tuple[str, tuple[int, ...]], int] = {}
    planned: list[Planned] = []
    for number, slot in enumerate(blueprint.slots):
        if slot.questions:
            planned += _own(blueprint, number, slot, key, avoid)
            continue
        for item, family in enumerate(_families(slot, Draw(key.derive("family", blueprint.paper, number)))):
            strata = _strata(family, slot, avoid)
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


def _own(
    blueprint: Blueprint, number: int, slot: Slot, key: CourseKey, avoid: Collection[str]
) -> list[Planned]:
    """Return the questions of the course's own that a slot asks: some of those that it names, in a drawn order."""
    order = Draw(key.derive("question", blueprint.paper, number)).shuffle(slot.questions)
    families = [family for name in order if own_identity(family := f"{PREFIX}{name}") not in avoid]
    if len(families) < slot.count:
        raise BlueprintError(
            f"slots[{number}]: got a count of {slot.count}, expected at most {len(families)}: {len(order) - len(families)} of "
            f"its questions ({', '.join(slot.questions)}) were asked before; name more of them"
        )
    return [
        Planned(number, item, family, 1, slot.points, credit=slot.credit)
        for item, family in enumerate(families[: slot.count])
    ]


def _families(slot: Slot, draw: Draw) -> tuple[Family, ...]:
    """Return the family of each item of a slot: one after the other, in an order that is drawn for the class."""
    order = draw.shuffle(slot.families)
    return tuple(bank.get(order[item % len(order)]) for item in range(slot.count))


def _strata(family: Family, slot: Slot, avoid: Collection[str]) -> dict[tuple[int, ...], int]:
    """Return how many points each stratum has that the slot allows, and that are not avoided."""
    allowed = set(_unused(family, family.space.indexes(slot.radicals), avoid))
    strata = {
        radicals: left
        for radicals, points in family.space.strata().items()
        if (left := sum(point in allowed for point in points))
    }
    if not strata:
        raise BlueprintError(
            f"family {family.name}: every item with {dict(slot.radicals)} was asked before; fix other radicals, or use another "
            "family"
        )
    return strata


def stratum(planned: Planned, avoid: Collection[str] = ()) -> tuple[int, ...]:
    """Return the numbers of the points of an item's stratum that are not avoided; a question of the course's own has none."""
    if is_own(planned.family):
        return ()
    family = bank.get(planned.family)
    allowed = set(family.space.indexes(planned.fixed))
    points = tuple(index for index in family.space.indexes(planned.radicals) if index in allowed)
    return tuple(_unused(family, points, avoid))


def left(exam: Exam) -> tuple[Left, ...]:
    """Tell what is left of each item's stratum where items are avoided."""
    avoid = frozenset(exam.avoid)
    found: list[Left] = []
    for planned in exam.plan if avoid else ():
        if is_own(planned.family):
            continue
        drawn = bank.get(planned.family).maker.drawn
        size = len(stratum(planned))
        found.append(
            Left(planned, None if drawn else size, 0 if drawn else size - len(stratum(planned, avoid)))
        )
    return tuple(each for each in found if each.avoided)


def most_left(family: Family, slot: Slot, avoid: Collection[str]) -> int:
    """Return how many items a paper could have of a family in a slot: as many as are left of the largest stratum.

    Where entries are drawn, none is ever used up, and it is as many as are asked for.
    """
    allowed = set(_unused(family, family.space.indexes(slot.radicals), avoid))
    if family.maker.drawn:
        return slot.count
    return max(sum(at in allowed for at in points) for points in family.space.strata().values())


def _unused(family: Family, points: Iterable[int], avoid: Collection[str]) -> Iterable[int]:
    """Yield the points that are not avoided; where entries are drawn beside the point, none of them is used up."""
    if not avoid or family.maker.drawn:
        return points
    return (at for at in points if point_identity(family.name, family.space.at(at)) not in avoid)


def identity(question: Question) -> str:
    """Return what two questions share when they are the same item to a student, in whatever order options stand."""
    if is_own(question.family):
        return own_identity(question.family)
    if bank.get(question.family).maker.drawn:
        return bank.redact(question).digest()
    return point_identity(question.family, question.given)


def own_identity(family: str) -> str:
    """Return what a question of the course's own is told apart by: its name, in whatever wording."""
    return digest({"family": family})


def point_identity(family: str, given: Mapping[str, int]) -> str:
    """Return what the question of a point is told apart by, where nothing is drawn beside it."""
    return digest({"family": family, "given": dict(given)})


def shortages(exam: Exam, students: int) -> tuple[Shortage, ...]:
    """Return the strata that have fewer different items than the class needs."""
    needed: dict[tuple[str, tuple[int, ...]], int] = {}
    first: dict[tuple[str, tuple[int, ...]], Planned] = {}
    avoid = frozenset(exam.avoid)
    for planned in exam.plan:
        if is_own(planned.family):
            continue  # everybody has it
        name = (planned.family, stratum(planned, avoid))
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
