"""One student's paper: items without keys, frozen; everything in it may be shown to that student."""

import string
from dataclasses import dataclass
from fractions import Fraction

from question_bank import languages
from question_bank.errors import FormatError
from question_bank.frozen import take, take_all, take_rational
from question_bank.languages import SOURCE
from question_bank.model import PublicQuestion
from question_bank.values import Json, Rational, simplest, value_to_json


@dataclass(frozen=True, slots=True)
class Item:
    """A question in a paper: `id` is what responses are keyed by, `slot` the blueprint's slot it fills (from 0)."""

    id: str
    slot: int
    points: Rational
    question: PublicQuestion

    def to_json(self) -> Json:
        """Freeze the item."""
        points = value_to_json(simplest(Fraction(self.points)))
        return {"id": self.id, "slot": self.slot, "points": points, "question": self.question.to_json()}

    @classmethod
    def from_json(cls, data: Json) -> "Item":
        """Read what `to_json` wrote."""
        question = PublicQuestion.from_json(take(data, "question", dict))
        return cls(take(data, "id", str), take(data, "slot", int), take_rational(data, "points"), question)


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
    """

    title: str
    paper: str
    student: str
    items: tuple[Item, ...]
    name: str = ""
    language: str = SOURCE

    def to_json(self) -> Json:
        """Freeze the paper; the language is left out where it is English."""
        items: list[Json] = [item.to_json() for item in self.items]
        return {
            **languages.to_json(self.language),
            "format": "legrade-paper-1",
            "title": self.title,
            "paper": self.paper,
            "student": self.student,
            "name": self.name,
            "items": items,
        }

    @classmethod
    def from_json(cls, data: Json) -> "Paper":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no paper; the message names the field.
        """
        if (got := take(data, "format", str)) != "legrade-paper-1":
            raise FormatError(f"format={got!r}: expected 'legrade-paper-1'; a newer LeGrade may read it")
        return cls(
            take(data, "title", str),
            take(data, "paper", str),
            take(data, "student", str),
            take_all(data, "items", Item.from_json),
            take(data, "name", str),
            languages.from_json(data),
        )


def key_of(item: str, part: int) -> str:
    """Return what the answer to a part (counted from 0) of an item (its id) is called in a file of responses.

    >>> key_of("k7m2", 1)
    'k7m2/b'
    """
    return f"{item}/{string.ascii_lowercase[part]}"
