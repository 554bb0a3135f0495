"""A pool for a course system: for each slot of a blueprint many items of the same difficulty, of which the system draws one.

A pool is frozen as JSON with its keys, like issued papers: it is what responses are matched with, by the code of their item.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from question_bank import languages
from question_bank.blueprint_data import Blueprint
from question_bank.errors import FormatError
from question_bank.frozen import take, take_all, take_rational, text
from question_bank.issued import KeyItem
from question_bank.languages import SOURCE
from question_bank.paper import Heading
from question_bank.values import Json, Rational, simplest, value_to_json

POOL_FORMAT = "legrade-pool-1"


@dataclass(frozen=True, slots=True)
class Group:
    """Items that may stand for each other.

    Attributes:
        name: as the course system lists it, such as `Slot 1: conv-output-size`.
        topic: of the family.
        points: of each item.
        items: with their keys, all different.
        wanted: how many were asked for; fewer were found where the stratum is small.
        radicals: what all items have in common, which decides how hard they are.
        shuffle: what is to stand in another order for every student: the options of its items, itself among the groups of its
            section, or both (`blueprint_data.SHUFFLES`).
    """

    name: str
    topic: str
    points: Rational
    items: tuple[KeyItem, ...]
    wanted: int
    radicals: Mapping[str, int] = field(default_factory=dict)
    shuffle: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "radicals", MappingProxyType(dict(self.radicals)))

    def to_json(self) -> Json:
        """Freeze the group; what is to be shuffled is left out where it is nothing."""
        items: list[Json] = [item.to_json() for item in self.items]
        return {
            "name": self.name,
            "topic": self.topic,
            "points": value_to_json(simplest(Fraction(self.points))),
            "items": items,
            "wanted": self.wanted,
            "radicals": dict(self.radicals),
            **({"shuffle": list(self.shuffle)} if self.shuffle else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Group":
        """Read what `to_json` wrote."""
        radicals = take(data, "radicals", dict)
        return cls(
            take(data, "name", str),
            take(data, "topic", str),
            take_rational(data, "points"),
            take_all(data, "items", KeyItem.from_json),
            take(data, "wanted", int),
            {name: take(radicals, name, int) for name in radicals},
            take_all(data, "shuffle", text) if isinstance(data, dict) and "shuffle" in data else (),
        )


@dataclass(frozen=True, slots=True)
class Pool:
    """Groups of items with their keys.

    Attributes:
        title: of the quiz.
        paper: its id.
        groups: in the order of the blueprint.
        language: in which the items are written.
        sections: what is said before groups; `first` is how many groups stand before it.
    """

    title: str
    paper: str
    groups: tuple[Group, ...]
    language: str = SOURCE
    sections: tuple[Heading, ...] = ()

    def items(self) -> Iterator[KeyItem]:
        """Yield every item."""
        for group in self.groups:
            yield from group.items

    def by_section(self) -> Iterator[tuple[Heading, tuple[Group, ...]]]:
        """Yield the groups that stand together under what is said before them; an empty heading where nothing is."""
        sections = self.sections
        if not sections or sections[0].first > 0:
            sections = (Heading("", "", 0), *sections)
        ends = (*(heading.first for heading in sections[1:]), len(self.groups))
        for heading, end in zip(sections, ends, strict=True):
            yield heading, self.groups[heading.first : end]

    def to_json(self) -> Json:
        """Freeze the pool; the language is left out where it is English, and sections where there are none."""
        groups: list[Json] = [group.to_json() for group in self.groups]
        return {
            **languages.to_json(self.language),
            "format": POOL_FORMAT,
            "title": self.title,
            "paper": self.paper,
            "groups": groups,
            **({"sections": [heading.to_json() for heading in self.sections]} if self.sections else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Pool":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no pool; the message names the field.
        """
        if (got := take(data, "format", str)) != POOL_FORMAT:
            raise FormatError(f"format={got!r}: expected {POOL_FORMAT!r}; a newer LeGrade may read it")
        groups = take_all(data, "groups", Group.from_json)
        return cls(
            take(data, "title", str),
            take(data, "paper", str),
            groups,
            languages.from_json(data),
            _sections(data, len(groups)) if isinstance(data, dict) and "sections" in data else (),
        )


@dataclass(frozen=True, slots=True)
class FrozenPool:
    """A pool as it lies on the disk: with what it was made from, so that building again changes nothing.

    Attributes:
        pool: the items.
        blueprint: what was asked for.
        variants: how many of each item.
        key: the fingerprint of the course key.
    """

    pool: Pool
    blueprint: Blueprint
    variants: int
    key: str

    def to_json(self) -> Json:
        """Freeze it."""
        return {
            "format": POOL_FORMAT,
            "pool": self.pool.to_json(),
            "blueprint": self.blueprint.to_json(),
            "variants": self.variants,
            "key": self.key,
        }

    @classmethod
    def from_json(cls, data: Json) -> "FrozenPool":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no pool; the message names the field.
        """
        if (got := take(data, "format", str)) != POOL_FORMAT:
            raise FormatError(f"format={got!r}: expected {POOL_FORMAT!r}; a newer LeGrade may read it")
        return cls(
            Pool.from_json(take(data, "pool", dict)),
            Blueprint.from_json(take(data, "blueprint", dict)),
            take(data, "variants", int),
            take(data, "key", str),
        )


def _sections(data: Json, groups: int) -> tuple[Heading, ...]:
    """Read what is said before groups: in their order, so that each group is in one section."""
    sections = take_all(data, "sections", Heading.from_json)
    places = [0, *(heading.first for heading in sections), groups]
    if places != sorted(places):
        raise FormatError(
            f"sections: got the places {places[1:-1]}, expected them in order, from 0 to {groups}"
        )
    return sections


def told(loss: str, groups: Iterable[Group]) -> tuple[str, ...]:
    """Say what of some groups a format loses, with the families that it concerns; nothing where there is no such group."""
    families = dict.fromkeys(item.question.family for group in groups for item in group.items)
    return (f"{loss} ({', '.join(families)})",) if families else ()


def code(item: str) -> str:
    """Write an item's id as it stands at the end of its stem.

    >>> code("k7q2-m3xa")
    '[K7Q2-M3XA]'
    """
    return f"[{item.upper()}]"
