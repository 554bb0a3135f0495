"""Which student gets which version: as many of each as there can be, and different ones side by side where seats are known."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from question_bank.draw import Draw
from question_bank.student import Student, place_number

Seat: TypeAlias = tuple[int, int]
"""Row and place in it; seats are beside one another where the places differ by one, behind where the rows do."""

_NEAR: Final = {(0, -1): 2, (0, 1): 2, (-1, 0): 1, (1, 0): 1}
_ACROSS: Final = dict.fromkeys(((-1, -1), (-1, 1), (1, -1), (1, 1)), 1)
_KINDS: Final = {"side by side": (0, 1), "one behind the other": (1, 0), "across": (1, 1)}
_ENOUGH: Final = 4


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How many pairs of students sit so, and how many of them have the same version."""

    kind: str
    pairs: int
    alike: int


def seat_of(student: Student) -> Seat | None:
    """Return where a student sits; None where that is not known. Rows and seats are numbers or letters, A is 1.

    >>> seat_of(Student("1", "An", row="B", seat="12"))
    (2, 12)
    """
    row, seat = place_number(student.row), place_number(student.seat)
    return None if row is None or seat is None else (row, seat)


def assign(
    students: Iterable[Student],
    kept: Mapping[str, str],
    everyone: Iterable[Student],
    names: Sequence[str],
    draw: Callable[[str], Draw],
) -> dict[str, str]:
    """Return the version of each student, by id.

    Args:
        students: who has none yet; the order in which they come changes nothing.
        kept: the versions that were issued before, by id.
        everyone: the class, with seats.
        names: of the versions.
        draw: a stream of a student's own, by id, for where several versions are as good.
    """
    seats = {student.id: seat for student in everyone if (seat := seat_of(student))}
    taken = {seats[id_]: version for id_, version in kept.items() if id_ in seats}
    uses = Counter(kept.values())
    found: dict[str, str] = {}
    for student in sorted(students, key=lambda s: (s.id not in seats, seats.get(s.id, (0, 0)), s.id)):
        seat = seats.get(student.id)
        costs = {name: (*_cost(seat, name, names, taken), uses[name]) for name in names}
        least = min(costs.values())
        version = draw(student.id).choice([name for name in names if costs[name] == least])
        found[student.id] = version
        uses[version] += 1
        if seat:
            taken[seat] = version
    return found


def neighbours(students: Iterable[Student], versions: Mapping[str, str]) -> tuple[Neighbours, ...]:
    """Count who sits near whom, and where the same version does."""
    at = {seat: versions[s.id] for s in students if s.id in versions and (seat := seat_of(s))}
    found = []
    for kind, (rows, places) in _KINDS.items():
        pairs = [
            (version, at[row + rows, place + step])
            for (row, place), version in at.items()
            for step in sorted({places, -places if rows else places})
            if (row + rows, place + step) in at
        ]
        found.append(Neighbours(kind, len(pairs), sum(one == other for one, other in pairs)))
    return tuple(found)


def _cost(
    seat: Seat | None, name: str, names: Sequence[str], taken: Mapping[Seat, str]
) -> tuple[int, bool, int]:
    """Return how near the same version is, whether the pattern of the room says another, and how often it is across.

    The pattern is a chequerboard for two versions; with four and more, all eight neighbours have other versions. It goes
    before who sits across: to avoid those one by one would bring the same versions side by side further on.
    """
    if seat is None:
        return 0, False, 0
    row, place = seat
    near, across = (
        sum(w for (rows, places), w in weights.items() if taken.get((row + rows, place + places)) == name)
        for weights in (_NEAR, _ACROSS)
    )
    step = 2 if len(names) >= _ENOUGH else 1
    return near, names[(place + step * row) % len(names)] != name, across
