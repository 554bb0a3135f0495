"""Families: what makes questions. A family is one file in `question_bank/families/` with one decorated class.

The class has a `space`, `rules` (the ids of its misconceptions), `build(given, draw) -> Draft` and `oracle(question)`. The
oracle works out every part's answer again from what a student sees, see `shown`, sharing no code with `build`; it imports what
is heavy inside the method.
"""

import string
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from question_bank.answers import Answer
from question_bank.draw import Draw
from question_bank.figures import Figure
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Given, Part, Question, Step, Table, Wrong
from question_bank.registry import Registry, unknown
from question_bank.space import Space
from question_bank.values import Value


@dataclass(frozen=True, slots=True)
class Draft:
    """What a family writes; the bank makes a `Question` of it. See `Question` for the fields."""

    stem: Message
    parts: tuple[Part, ...]
    code: str = ""
    tables: tuple[Table, ...] = ()
    solution: tuple[Step, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    figure: Figure | None = None
    remarks: tuple[Message, ...] = ()


class Maker(Protocol):
    """The class that a family's file declares."""

    @property
    def space(self) -> Space:
        """The parameters."""

    @property
    def rules(self) -> Collection[str]:
        """The ids of the misconceptions that it knows wrong answers for."""

    @property
    def drawn(self) -> bool:
        """Whether array entries are drawn beside the point, so that one point gives many questions."""

    def build(self, given: Given, draw: Draw) -> Draft:
        """Write the question of one point; what is drawn comes from `draw` alone."""

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Work out the answer to every part from what the question shows, by other means than `build`."""


@dataclass(frozen=True, slots=True)
class Family:
    """A registered family.

    Attributes:
        name: kebab-case.
        topic: the part of the lectures.
        version: raised whenever a change alters any question, so that an issued paper says which one made it.
        title: what it asks, in a few words; the first line of its docstring.
        maker: an instance of the class.
    """

    name: str
    topic: str
    version: int
    title: str
    maker: Maker

    @property
    def space(self) -> Space:
        """The family's parameters."""
        return self.maker.space

    def build(self, given: Given, draw: Draw) -> Question:
        """Write the question of one point; it is not proved yet, see `bank.issue`."""
        draft = self.maker.build(given, draw)
        return Question(
            family=self.name,
            version=self.version,
            given=given,
            stem=draft.stem,
            parts=draft.parts,
            code=draft.code,
            tables=draft.tables,
            solution=draft.solution,
            wrong=draft.wrong,
            figure=draft.figure,
            remarks=draft.remarks,
        )


FAMILIES: Registry[Family] = Registry("family", "question_bank.families")
M = TypeVar("M", bound=Maker)
E = TypeVar("E")
Option = TypeVar("Option", bound=Hashable)


def family(
    name: str, *, topic: str, version: int, registry: Registry[Family] = FAMILIES
) -> Callable[[type[M]], type[M]]:
    """Register the decorated class as a family.

    Raises:
        DuplicateNameError: the name is taken.
        UnknownNameError: one of its rules is in no entry of the catalogue.
    """

    def register(maker: type[M]) -> type[M]:
        instance = maker()
        for rule in instance.rules:
            if rule not in CATALOGUE:
                raise unknown("misconception", rule, CATALOGUE)
        title = (maker.__doc__ or name).strip().splitlines()[0].rstrip(".")
        registry.add(name, Family(name, topic, version, title, instance))
        return maker

    return register


def lettered(options: Iterable[Option]) -> dict[Option, str]:
    """Return the letter of each option, in their order.

    >>> lettered(["3 px", "4 px"])
    {'3 px': 'A', '4 px': 'B'}
    """
    return dict(zip(options, string.ascii_uppercase, strict=False))


def live(answer: Answer, values: Mapping[str, Value | None], part: int = 0) -> tuple[Wrong, ...]:
    """Return the misconceptions whose answers are wrong here; one that leads to the key, or to None, is not live."""
    return tuple(
        Wrong(rule, part, value)
        for rule, value in values.items()
        if value is not None and not answer.accepts(value)
    )


def usable(wrong: Collection[Wrong]) -> dict[Value, str]:
    """Return the distinct wrong answers, each with the first misconception that leads to it."""
    found: dict[Value, str] = {}
    for entry in wrong:
        found.setdefault(entry.value, entry.misconception)
    return found


def most_separated(
    draw: Draw,
    entries: Callable[[Draw], E],
    wrong: Callable[[E], tuple[Wrong, ...]],
    wanted: int,
    attempts: int = 40,
) -> E:
    """Draw entries until `wanted` misconceptions lead to distinct wrong answers, else keep the first with the most.

    Deterministic and bounded: the n-th attempt has a stream of its own.
    """
    best, most = entries(draw.child("attempt", 0)), -1
    for number in range(attempts):
        drawn = entries(draw.child("attempt", number))
        distinct = len(usable(wrong(drawn)))
        if distinct > most:
            best, most = drawn, distinct
        if most >= wanted:
            break
    return best
