"""What a kind of example is: how its answer is worked out, which families ask for it, and which mistakes it invites."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from question_bank.lectures.compare import Answer
from question_bank.lectures.given import Given
from question_bank.lectures.work import Work

Mistakes: TypeAlias = Iterator[tuple[str, Callable[[], Answer]]]
"""Ids of the catalogue of misconceptions, each with what it leads to."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of an answer that holds."""

    text: str


@dataclass(frozen=True, slots=True)
class Slip:
    """Why a stated answer is wrong.

    Attributes:
        id: of the catalogue of misconceptions, or a slip's own name.
        text: one sentence for the page.
        misconception: whether the id is one of the catalogue.
    """

    id: str
    text: str
    misconception: bool = False


def no_mistakes(given: Given, work: Work) -> Mistakes:  # noqa: ARG001  # of the same form as those that have some
    """Know of no misconception."""
    yield from ()


def no_slips(given: Given, stated: object, work: Work) -> Iterator[Slip]:  # noqa: ARG001  # the same
    """Know of no slip."""
    yield from ()


def no_remarks(given: Given) -> Iterator[Remark]:  # noqa: ARG001  # the same
    """Have nothing to say of an answer that holds."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind that can be recomputed.

    Attributes:
        name: as files have it.
        right: works the answer out; it takes every field that it understands.
        families: names of the families that issue such questions.
        mistakes: misconceptions and what they lead to.
        slips: looks for a slip that explains exactly what is stated.
        remarks: what is to be said even where the answer holds.
        axes: whether the answer is a shape or a list of shapes, whose axes can be confused.
        same: whether a stated answer and a right one mean the same, for texts that can be written in many ways.
    """

    name: str
    right: Callable[[Given, Work], Answer]
    families: tuple[str, ...]
    mistakes: Callable[[Given, Work], Mistakes] = no_mistakes
    slips: Callable[[Given, object, Work], Iterator[Slip]] = no_slips
    remarks: Callable[[Given], Iterator[Remark]] = no_remarks
    axes: bool = False
    same: Callable[[object, Answer, Given], bool] | None = None


def table(*kinds: Kind) -> Mapping[str, Kind]:
    """Return kinds by name."""
    return {kind.name: kind for kind in kinds}
