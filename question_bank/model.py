"""Questions, and what students see of them: frozen data that crosses every boundary of the bank.

`PublicQuestion` has no answer field and is no parent of `Question`, so the type checker refuses one for the other;
`bank.redact` makes one of the other and is the only place that does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from question_bank.answer_json import answer_from_json, answer_to_json, field_from_json, field_to_json
from question_bank.answers import Answer, Raises, Undetermined, same
from question_bank.errors import AnswerError, FormatError
from question_bank.figures import Figure
from question_bank.following import Follow
from question_bank.frozen import digest, take, take_all
from question_bank.message import Message
from question_bank.steps import Step
from question_bank.values import Field, Grid, Json, Value, value_from_json, value_to_json

__all__ = [
    "Given",
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
        may_be_undetermined: whether "this cannot be determined" is offered; it must be where it is the key.
        follow: how the answer follows from a student's answers to earlier parts; None where it stands by itself.
    """

    answer: Answer
    prompt: Message
    may_raise: bool = False
    may_be_undetermined: bool = False
    follow: Follow | None = None

    def __post_init__(self) -> None:
        if isinstance(self.answer, Raises) and not self.may_raise:
            raise AnswerError("may_raise=False: expected True where the key is that it raises an error")
        if isinstance(self.answer, Undetermined) and not self.may_be_undetermined:
            raise AnswerError(
                "may_be_undetermined=False: expected True where the key is that it cannot be determined"
            )

    @property
    def field(self) -> Field:
        """The public side of the answer."""
        return replace(
            self.answer.field, may_raise=self.may_raise, may_be_undetermined=self.may_be_undetermined
        )


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
        figure: a drawing that belongs to the stem; None where none helps.
        remarks: what the worked solution says in words.
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
    figure: Figure | None = None
    remarks: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", MappingProxyType(dict(self.given)))
        _check_following(self.parts)
        for wrong in self.wrong:
            if not 0 <= wrong.part < len(self.parts) or self.parts[wrong.part].answer.accepts(wrong.value):
                raise AnswerError(
                    f"{wrong}: expected an answer to one of {len(self.parts)} parts that differs from the key"
                )

    def misconceptions(self, part: int, value: Value) -> tuple[str, ...]:
        """Name the misconceptions that lead to this answer of this part; none when it is right or unknown."""
        answer = self.parts[part].answer
        return tuple(
            wrong.misconception
            for wrong in self.wrong
            if wrong.part == part and same(answer, wrong.value, value)
        )

    def to_json(self) -> Json:
        """Freeze the question with its key; what few questions have is left out where it is not there."""
        return {
            **_rare(self.figure),
            **({"remarks": [remark.to_json() for remark in self.remarks]} if self.remarks else {}),
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
            figure=_figure(data),
            remarks=take_all(data, "remarks", Message.from_json) if "remarks" in _names(data) else (),
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
    figure: Figure | None = None

    def to_json(self) -> Json:
        """Freeze the question."""
        return {
            **_rare(self.figure),
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
            figure=_figure(data),
        )

    def digest(self) -> str:
        """Return the SHA-256 of what a student sees: two items with the same digest are the same item."""
        return digest(self.to_json())


def _check_following(parts: tuple[Part, ...]) -> None:
    """See that what follows from the keys is the key.

    Raises:
        AnswerError: it is not, or a part follows from itself or a later one.
    """
    for number, part in enumerate(parts):
        if part.follow is None:
            continue
        if any(earlier >= number for earlier in part.follow.parts):
            raise AnswerError(f"part {number} follows from {part.follow.parts}: expected earlier parts")
        keys = [parts[earlier].answer.value for earlier in part.follow.parts]
        follows = part.follow.apply(keys)
        if follows is None or not part.answer.accepts(follows):
            raise AnswerError(
                f"part {number}: the key is {part.answer.show()}, but {follows} follows from the keys before it; mend the family"
            )


def _rare(figure: Figure | None) -> dict[str, Json]:
    return {"figure": figure.to_json()} if figure else {}


def _figure(data: Json) -> Figure | None:
    return Figure.from_json(take(data, "figure", dict)) if "figure" in _names(data) else None


def _names(data: Json) -> tuple[str, ...]:
    return tuple(data) if isinstance(data, dict) else ()


def _part_to_json(part: Part) -> Json:
    frozen: dict[str, Json] = {
        "prompt": part.prompt.to_json(),
        "field": field_to_json(part.field),
        "answer": answer_to_json(part.answer),
    }
    return {**frozen, "follow": part.follow.to_json()} if part.follow else frozen


def _part_from_json(data: Json) -> Part:
    field = field_from_json(take(data, "field", dict))
    return Part(
        answer_from_json(field, take(data, "answer", dict)),
        Message.from_json(take(data, "prompt", dict)),
        may_raise=field.may_raise,
        may_be_undetermined=field.may_be_undetermined,
        follow=Follow.from_json(take(data, "follow", dict)) if "follow" in _names(data) else None,
    )


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
