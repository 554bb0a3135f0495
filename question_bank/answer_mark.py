"""How much of an answer is right, and why."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from question_bank.readings import Reading
from question_bank.values import Value


class _Accepting(Protocol):
    def accepts(self, value: Value) -> bool:
        """Whether `value` is right."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How much of an answer is right.

    Attributes:
        fraction: 0 to 1, exact.
        reason: `right`, `wrong`, `partly`, `wrong-shape`, `unreadable` or `for a person`.
        cells: for an array of the right shape, whether each cell is right, row-major; else empty.
    """

    fraction: Fraction
    reason: str
    cells: tuple[bool, ...] = ()


RIGHT, WRONG = Mark(Fraction(1), "right"), Mark(Fraction(0), "wrong")


def mark_whole(answer: _Accepting, reading: Reading) -> Mark:
    """Mark what was read: all or nothing."""
    if reading.value is None:
        return Mark(Fraction(0), "unreadable")
    return RIGHT if answer.accepts(reading.value) else WRONG
