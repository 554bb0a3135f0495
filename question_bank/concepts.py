"""The curated bank of statements about CNNs: each with its opposite, the reason, and the misconception that believes the opposite.

What is true is curated, not computed. Where a program can tell, `concept_checks` has an independent check of both texts; the rest
name a source to be read. Texts are messages without fields, so a brace would be doubled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from question_bank.draw import Draw
from question_bank.errors import QuestionBankError
from question_bank.message import Message

TOPICS = (
    "convolution",
    "pooling",
    "shapes",
    "parameters",
    "receptive-field",
    "architectures",
    "training",
    "regularisation",
    "evaluation",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to be known.

    Attributes:
        id: kebab-case, unique.
        topic: one of `TOPICS`.
        about: two facts of a topic that are about the same thing answer each other and never stand in one item.
        true: a statement that holds.
        false: its opposite, which does not.
        reason: one sentence that says why.
        misconception: whoever holds it takes `false` for true.
        source: where it is written, for what no program can check; else empty.
    """

    id: str
    topic: str
    about: str
    true: str
    false: str
    reason: str
    misconception: str
    source: str = ""

    def statement(self, holds: bool) -> str:  # noqa: FBT001 -- which of the two
        """Return the statement, or its opposite."""
        return self.true if holds else self.false


Stated = tuple[Fact, bool]
"""A fact, and whether its statement is shown or its opposite."""


@cache
def facts(topic: str = "") -> tuple[Fact, ...]:
    """Return the facts of a topic, or all, in a fixed order."""
    from question_bank import facts_evaluation, facts_layers, facts_networks, facts_sizes, facts_training

    modules = (facts_layers, facts_sizes, facts_networks, facts_training, facts_evaluation)
    found = [fact for module in modules for fact in module.FACTS]
    return tuple(fact for fact in found if topic in {"", fact.topic})


@cache
def by_statement() -> Mapping[str, tuple[Fact, bool]]:
    """Return each statement with its fact and whether it is said to hold."""
    return MappingProxyType(
        {fact.statement(holds): (fact, holds) for fact in facts() for holds in (True, False)}
    )


def compatible(chosen: Sequence[Fact], fact: Fact) -> bool:
    """Whether a fact may stand beside others: about something else, and for another misconception."""
    return all(other.about != fact.about and other.misconception != fact.misconception for other in chosen)


def verdict(statement: str) -> bool:
    """Tell whether a statement holds: by its check, or by authority where it has a source instead.

    Raises:
        QuestionBankError: a check bears out both a statement and its opposite, or neither.
    """
    from question_bank import concept_checks

    fact, said = by_statement()[statement]
    if fact.source:
        return said
    claim, opposite = concept_checks.verdict(fact.id)
    if claim == opposite:
        raise QuestionBankError(
            f"fact {fact.id}: its check says {claim} of the statement and of its opposite; mend one of them"
        )
    return claim if said else opposite


def choose(draw: Draw, topic: str, count: int) -> tuple[Fact, ...]:
    """Draw so many facts of a topic that may stand beside each other."""
    chosen: list[Fact] = []
    for fact in draw.shuffle(facts(topic)):
        if len(chosen) < count and compatible(chosen, fact):
            chosen.append(fact)
    return tuple(chosen)


@cache
def sets(name: str, topic: str, count: int, right: int | None, wanted: int) -> tuple[tuple[Stated, ...], ...]:
    """Draw sets of statements about a topic, no two of which are the same in another order.

    Args:
        name: of the stream.
        topic: one of `TOPICS`.
        count: statements of a set.
        right: how many of them hold; None leaves that to chance.
        wanted: sets.
    """
    found: dict[frozenset[Stated], tuple[Stated, ...]] = {}
    number = 0
    while len(found) < wanted:
        draw = Draw(name, topic, count, -1 if right is None else right, number)
        chosen = choose(draw.child("facts"), topic, count)
        limit = draw.integer(0, count) if right is None else right
        drawn = tuple(zip(chosen, draw.shuffle([k < limit for k in range(count)]), strict=True))
        found.setdefault(frozenset(drawn), drawn)
        number += 1
    return tuple(found.values())


def explained(fact: Fact, holds: bool, name: str = "") -> tuple[Message, ...]:  # noqa: FBT001 -- which of the two
    """Say in a worked solution whether a statement is true, what is right where it is not, and why.

    Args:
        fact: whose statement it is.
        holds: whether it, or its opposite, is shown.
        name: of the statement where there are several.
    """
    if name:
        verdict_on = "Statement {n} is true." if holds else "Statement {n} is false. This is right:"
        said = Message(verdict_on, {"n": name})
    else:
        said = Message("The statement is true." if holds else "The statement is false. This is right:")
    right = () if holds else (Message(fact.true),)
    source = (Message("Source: {source}.", {"source": fact.source}),) if fact.source else ()
    return (said, *right, Message(fact.reason), *source)
