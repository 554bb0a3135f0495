"""Questions, and what students see of them: frozen data that crosses every boundary of the bank.

`PublicQuestion` has no answer field and is no parent of `Question`, so the type checker refuses one for the other;
`bank.redact` makes one of the other and is the only place that does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from question_bank.answer_json import answer_from_json, answer_to_json, field_from_json, field_to_json
from question_bank.answers import Answer, Raises
from question_bank.errors import AnswerError, FormatError
from question_bank.frozen import digest, take, take_all, take_rational
from question_bank.message import Message
from question_bank.steps import Step
from question_bank.values import Field, Grid, Json, Rational, Value, simplest, value_from_json, value_to_json

__all__ = [
    "Given",
    "Item",
    "Paper",
    "Part",
    "PublicPart",
    "PublicQuestion",
    "Question",
    "Step",
    "Table",
    "Wrong",
]

Given: TypeAlias = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers that the stem shows, such as an image or a kernel; `caption` names them."""

    caption: Message
    value: Grid

    def to_json(self) -> Json:
        """Freeze the table."""
        return {"caption": self.caption.to_json(), "value": value_to_json(self.value)}

    @classmethod
    def from_json(cls, data: Json) -> "Table":
        """Read what `to_json` wrote."""
        return cls(Message.from_json(take(data, "caption", dict)), _grid(take(data, "value", dict)))


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked.

    Attributes:
        answer: the key.
        prompt: the text beside the field; may be empty when the stem asks.
        may_raise: whether "this raises an error" is offered; it must be where it is the key.
    """

    answer: Answer
    prompt: Message
    may_raise: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.answer, Raises) and not self.may_raise:
            raise AnswerError("may_raise=False: expected True where the key is that it raises an error")

    @property
    def field(self) -> Field:
        """The public side of the answer."""
        return replace(self.answer.field, may_raise=self.may_raise)


@dataclass(frozen=True, slots=True)
class Wrong:
    """The answer to one part (counted from 0) that a misconception leads to; it differs from the key."""

    misconception: str
    part: int
    value: Value


@dataclass(frozen=True, slots=True)
class Question:
    """An item with its key: for instructors and the marker, never for a student.

    Attributes:
        family: the name of the family that made it, and its `version`.
        given: the parameters, by the name of their axis.
        stem: the question.
        parts: what is asked, with the keys.
        code: a listing that belongs to the stem; may be empty.
        tables: numbers that belong to the stem.
        solution: the worked solution, every step of which holds.
        wrong: the misconceptions that are live here, with the answers they lead to.
    """

    family: str
    version: int
    given: Given
    stem: Message
    parts: tuple[Part, ...]
    code: str = ""
    tables: tuple[Table, ...] = ()
    solution: tuple[Step, ...] = ()
    wrong: tuple[Wrong, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", MappingProxyType(dict(self.given)))
        for wrong in self.wrong:
            if not 0 <= wrong.part < len(self.parts) or self.parts[wrong.part].answer.accepts(wrong.value):
                raise AnswerError(
                    f"{wrong}: expected an answer to one of {len(self.parts)} parts that differs from the key"
                )

    def misconceptions(self, part: int, value: Value) -> tuple[str, ...]:
        """Name the misconceptions that lead to this answer of this part; none when it is right or unknown."""
        return tuple(
            wrong.misconception for wrong in self.wrong if wrong.part == part and wrong.value == value
        )

    def to_json(self) -> Json:
        """Freeze the question with its key."""
        return {
            "family": self.family,
            "version": self.version,
            "given": dict(self.given),
            "stem": self.stem.to_json(),
            "code": self.code,
            "tables": [table.to_json() for table in self.tables],
            "parts": [_part_to_json(part) for part in self.parts],
            "solution": [step.to_json() for step in self.solution],
            "wrong": [[w.misconception, w.part, value_to_json(w.value)] for w in self.wrong],
        }

    @classmethod
    def from_json(cls, data: Json) -> "Question":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no question; the message names the field.
        """
        return cls(
            family=take(data, "family", str),
            version=take(data, "version", int),
            given={name: take(take(data, "given", dict), name, int) for name in take(data, "given", dict)},
            stem=Message.from_json(take(data, "stem", dict)),
            code=take(data, "code", str),
            tables=take_all(data, "tables", Table.from_json),
            parts=take_all(data, "parts", _part_from_json),
            solution=take_all(data, "solution", Step.from_json),
            wrong=take_all(data, "wrong", _wrong_from_json),
        )

    def digest(self) -> str:
        """Return the SHA-256 of the frozen question; it holds no library's text form."""
        return digest(self.to_json())


@dataclass(frozen=True, slots=True)
class PublicPart:
    """One thing that is asked, as a student sees it; `field` says kind, unit, axes, options, size and may_raise."""

    prompt: Message
    field: Field

    def to_json(self) -> Json:
        """Freeze the part."""
        return {"prompt": self.prompt.to_json(), "field": field_to_json(self.field)}

    @classmethod
    def from_json(cls, data: Json) -> "PublicPart":
        """Read what `to_json` wrote."""
        return cls(Message.from_json(take(data, "prompt", dict)), field_from_json(take(data, "field", dict)))


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """An item as a student sees it: no key, no seed, no misconception, nothing from which one is read off."""

    stem: Message
    parts: tuple[PublicPart, ...]
    code: str = ""
    tables: tuple[Table, ...] = ()

    def to_json(self) -> Json:
        """Freeze the question."""
        return {
            "stem": self.stem.to_json(),
            "code": self.code,
            "tables": [table.to_json() for table in self.tables],
            "parts": [part.to_json() for part in self.parts],
        }

    @classmethod
    def from_json(cls, data: Json) -> "PublicQuestion":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no question; the message names the field.
        """
        return cls(
            stem=Message.from_json(take(data, "stem", dict)),
            code=take(data, "code", str),
            tables=take_all(data, "tables", Table.from_json),
            parts=take_all(data, "parts", PublicPart.from_json),
        )

    def digest(self) -> str:
        """Return the SHA-256 of what a student sees: two items with the same digest are the same item."""
        return digest(self.to_json())


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
    """

    title: str
    paper: str
    student: str
    items: tuple[Item, ...]
    name: str = ""

    def to_json(self) -> Json:
        """Freeze the paper."""
        items: list[Json] = [item.to_json() for item in self.items]
        return {
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
        )


def _part_to_json(part: Part) -> Json:
    return {
        "prompt": part.prompt.to_json(),
        "field": field_to_json(part.field),
        "answer": answer_to_json(part.answer),
    }


def _part_from_json(data: Json) -> Part:
    field = field_from_json(take(data, "field", dict))
    answer = answer_from_json(field, take(data, "answer", dict))
    return Part(answer, Message.from_json(take(data, "prompt", dict)), may_raise=field.may_raise)


def _grid(data: Json) -> Grid:
    value = value_from_json(data)
    if not isinstance(value, Grid):
        raise FormatError(f"{value!r}: expected an array with shape and cells")
    return value


def _wrong_from_json(data: Json) -> Wrong:
    match data:
        case [str(name), int(part), value]:
            return Wrong(name, part, value_from_json(value))
    raise FormatError(f"{data!r}: expected [misconception, part, value]")
