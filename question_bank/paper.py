"""One student's paper: items without keys, frozen; everything in it may be shown to that student."""

import string
from dataclasses import dataclass
from fractions import Fraction

from question_bank import credit, languages
from question_bank.errors import FormatError
from question_bank.frozen import take, take_all, take_rational
from question_bank.languages import SOURCE
from question_bank.model import PublicQuestion
from question_bank.values import Json, Rational, simplest, value_to_json


@dataclass(frozen=True, slots=True)
class Item:
    """A question in a paper: `id` is what responses are keyed by, `slot` the blueprint's slot it fills (from 0).

    `credit` is the partial-credit rule, see `question_bank.credit`.
    """

    id: str
    slot: int
    points: Rational
    question: PublicQuestion
    credit: str = credit.PARTS

    def to_json(self, *, coded: bool = False) -> Json:
        """Freeze the item, with the code that its stem ends in where it is coded."""
        points = value_to_json(simplest(Fraction(self.points)))
        frozen: dict[str, Json] = {"id": self.id, "slot": self.slot, "points": points}
        code: dict[str, Json] = {"code": self.code} if coded else {}
        return {**frozen, **code, "question": self.question.to_json(), **credit.to_json(self.credit)}

    @classmethod
    def from_json(cls, data: Json) -> "Item":
        """Read what `to_json` wrote."""
        question = PublicQuestion.from_json(take(data, "question", dict))
        points = take_rational(data, "points")
        return cls(take(data, "id", str), take(data, "slot", int), points, question, credit.from_json(data))

    @property
    def code(self) -> str:
        """The id as a stem ends in it.

        >>> from question_bank.message import Message
        >>> Item("k7m2-m3xa", 0, 1, PublicQuestion(Message("?"), ())).code
        'K7M2-M3XA'
        """
        return self.id.upper()


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands before the items of a section.

    Attributes:
        title: on one line; may be empty.
        intro: in the language of `Message`, braces as they are; may be empty.
        first: how many items of the paper stand before it.
    """

    title: str
    intro: str
    first: int

    def to_json(self) -> Json:
        """Freeze the heading."""
        return {"title": self.title, "intro": self.intro, "first": self.first}

    @classmethod
    def from_json(cls, data: Json) -> "Heading":
        """Read what `to_json` wrote."""
        return cls(take(data, "title", str), take(data, "intro", str), take(data, "first", int))


@dataclass(frozen=True, slots=True)
class Paper:
    """One student's version: everything here may be shown to that student.

    Attributes:
        title: of the exam.
        paper: the id of the exam, the same for the class.
        student: the student's id.
        items: the questions, in order.
        name: the student's name; may be empty.
        language: in which the items are written, and the page around them.
        sections: what stands before some items.
        version: the paper's letter, where several students have the same paper.
        coded: whether stems end in the code of their item.
        large: whether it is for a student who reads large print.
    """

    title: str
    paper: str
    student: str
    items: tuple[Item, ...]
    name: str = ""
    language: str = SOURCE
    sections: tuple[Heading, ...] = ()
    version: str = ""
    coded: bool = False
    large: bool = False

    def to_json(self) -> Json:
        """Freeze the paper; the language is left out where it is English."""
        items: list[Json] = [item.to_json(coded=self.coded) for item in self.items]
        return {
            **languages.to_json(self.language),
            "format": "legrade-paper-1",
            "title": self.title,
            "paper": self.paper,
            "student": self.student,
            "name": self.name,
            "items": items,
            **({"sections": [heading.to_json() for heading in self.sections]} if self.sections else {}),
            **({"form": self.version} if self.version else {}),
            **({"coded": True} if self.coded else {}),
            **({"large": True} if self.large else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Paper":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no paper; the message names the field.
        """
        has = data if isinstance(data, dict) else {}
        if (got := take(data, "format", str)) != "legrade-paper-1":
            raise FormatError(f"format={got!r}: expected 'legrade-paper-1'; a newer LeGrade may read it")
        return cls(
            take(data, "title", str),
            take(data, "paper", str),
            take(data, "student", str),
            take_all(data, "items", Item.from_json),
            take(data, "name", str),
            languages.from_json(data),
            take_all(data, "sections", Heading.from_json) if "sections" in has else (),
            take(data, "form", str) if "form" in has else "",
            take(data, "coded", bool) if "coded" in has else False,
            take(data, "large", bool) if "large" in has else False,
        )


def key_of(item: str, part: int) -> str:
    """Return what the answer to a part (counted from 0) of an item (its id) is called in a file of responses.

    >>> key_of("k7m2", 1)
    'k7m2/b'
    """
    return f"{item}/{string.ascii_lowercase[part]}"
