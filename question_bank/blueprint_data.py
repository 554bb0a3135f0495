"""What an exam is made of, as frozen data: `Blueprint`, its sections and slots. `question_bank.blueprint` reads it from a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from question_bank import credit, languages
from question_bank.errors import FormatError, MissingTranslationError
from question_bank.frozen import rational, take, take_all, take_rational, text
from question_bank.languages import SOURCE
from question_bank.own_data import PREFIX, OwnQuestion, template
from question_bank.values import Json, Rational, simplest, value_to_json

PER_STUDENT: Final = 0
"""The number of versions that stands for one of its own for every student."""
ITEMS: Final = "items"
OPTIONS: Final = "options"
SHUFFLES: Final = (ITEMS, OPTIONS)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of the blueprint, filled for every student from the same family or by the same question of the course's own.

    Attributes:
        family: the family's name; empty where `questions` says what is asked.
        count: how many questions.
        points: for each of them.
        radicals: axes that are fixed for the whole class, each to the values that it may have.
        others: families that may be taken in place of `family`; which one is drawn once for the whole class.
        questions: names of questions of the course's own; `count` of them are drawn once for the whole class.
        credit: the partial-credit rule, see `question_bank.credit`.
    """

    family: str
    count: int = 1
    points: Rational = 1
    radicals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    credit: str = credit.PARTS

    def __post_init__(self) -> None:
        object.__setattr__(self, "radicals", MappingProxyType(dict(self.radicals)))

    @property
    def families(self) -> tuple[str, ...]:
        """All families that it may be filled from."""
        return (self.family, *self.others) if self.family else ()

    @property
    def source(self) -> str:
        """What it is filled from, in words."""
        return " or ".join(self.families or (f"question {name}" for name in self.questions))

    def to_json(self) -> Json:
        """Freeze the slot; what few slots have is left out where it is not there."""
        radicals: dict[str, Json] = {name: list(values) for name, values in self.radicals.items()}
        points = value_to_json(simplest(Fraction(self.points)))
        return {
            "family": self.family,
            "count": self.count,
            "points": points,
            "radicals": radicals,
            **({"others": list(self.others)} if self.others else {}),
            **({"questions": list(self.questions)} if self.questions else {}),
            **credit.to_json(self.credit),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Slot":
        """Read what `to_json` wrote."""
        radicals = take(data, "radicals", dict)
        fixed = {name: tuple(int(value) for value in take_all(radicals, name, rational)) for name in radicals}
        return cls(
            take(data, "family", str),
            take(data, "count", int),
            take_rational(data, "points"),
            fixed,
            _names(data, "others"),
            _names(data, "questions"),
            credit.from_json(data),
        )


@dataclass(frozen=True, slots=True)
class Section:
    """Some slots that stand together under a title.

    Attributes:
        title: on one line; may be empty.
        intro: what is said before its questions, in the language of `Message` without fields; may be empty.
        slots: how many slots of the blueprint belong to it; sections follow one another.
        shuffle: what stands in another order on every paper: some of `SHUFFLES`.
    """

    title: str
    intro: str
    slots: int
    shuffle: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """Freeze the section."""
        return {"title": self.title, "intro": self.intro, "slots": self.slots, **_shuffle(self.shuffle)}

    @classmethod
    def from_json(cls, data: Json) -> "Section":
        """Read what `to_json` wrote."""
        title, intro = take(data, "title", str), take(data, "intro", str)
        return cls(title, intro, take(data, "slots", int), _names(data, "shuffle"))


@dataclass(frozen=True, slots=True)
class Blueprint:
    """An exam.

    Attributes:
        title: of the exam.
        paper: its id.
        slots: in order.
        language: of students who have none of their own.
        sections: to which the slots belong, in order; none where the blueprint has none.
        shuffle: what stands in another order on every paper, where there are no sections.
        versions: how many different papers there are; `PER_STUDENT` where every student has one of their own.
        questions: the questions of the course's own that slots name, as they were when the exam was first built.
        texts: what titles and intros of sections are in other languages, by language; all of them as templates.
    """

    title: str
    paper: str
    slots: tuple[Slot, ...]
    language: str = SOURCE
    sections: tuple[Section, ...] = ()
    shuffle: tuple[str, ...] = ()
    versions: int = PER_STUDENT
    questions: tuple[OwnQuestion, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frozen = {name: MappingProxyType(dict(said)) for name, said in self.texts.items()}
        object.__setattr__(self, "texts", MappingProxyType(frozen))

    def said(self, text: str, language: str) -> str:
        """Return the title or intro of a section in a language, as a template.

        Raises:
            MissingTranslationError: it is not there in it.
        """
        source = template(text)
        if language == self.language or not languages.needs_words(source):
            return source
        found = self.texts.get(language, {}).get(source)
        if found is None:
            raise MissingTranslationError(
                f"the exam is in {self.language!r} and has no {text!r} in {language!r}; add it under [texts.{language}]"
            )
        return found

    def own(self, name: str) -> OwnQuestion:
        """Return the question of the course's own of this name, with or without the prefix of its family."""
        return next(each for each in self.questions if each.name == name.removeprefix(PREFIX))

    def shuffled(self, slot: int, what: str) -> bool:
        """Whether the items, or the options, of a slot stand in another order on every paper."""
        return next((what in shuffle for slots, shuffle in self.groups() if slot in slots), False)

    def groups(self) -> Iterator[tuple[range, tuple[str, ...]]]:
        """Yield the numbers of the slots that stand together, and what is shuffled there."""
        if not self.sections:
            yield range(len(self.slots)), self.shuffle
        first = 0
        for section in self.sections:
            yield range(first, first + section.slots), section.shuffle
            first += section.slots

    def version_names(self) -> tuple[str, ...]:
        """Return what the papers are called, A, B, ...; nothing where every student has one of their own."""
        return tuple(chr(ord("A") + number) for number in range(self.versions))

    def to_json(self) -> Json:
        """Freeze the blueprint; what few blueprints have is left out where it is not there."""
        slots: list[Json] = [slot.to_json() for slot in self.slots]
        return {
            "title": self.title,
            "paper": self.paper,
            "slots": slots,
            **languages.to_json(self.language),
            **({"sections": [section.to_json() for section in self.sections]} if self.sections else {}),
            **_shuffle(self.shuffle),
            **({"versions": self.versions} if self.versions else {}),
            **({"texts": {name: dict(said) for name, said in self.texts.items()}} if self.texts else {}),
            **({"questions": [each.to_json() for each in self.questions]} if self.questions else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Blueprint":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no blueprint; the message names the field.
        """
        has = data if isinstance(data, dict) else {}
        slots = take_all(data, "slots", Slot.from_json)
        sections = take_all(data, "sections", Section.from_json) if "sections" in has else ()
        if sections and sum(section.slots for section in sections) != len(slots):
            raise FormatError(f"sections: expected the {len(slots)} slots of the exam in them, each once")
        return cls(
            take(data, "title", str),
            take(data, "paper", str),
            slots,
            languages.from_json(data),
            sections,
            _names(data, "shuffle"),
            take(data, "versions", int) if "versions" in has else PER_STUDENT,
            take_all(data, "questions", OwnQuestion.from_json) if "questions" in has else (),
            _texts(take(data, "texts", dict)) if "texts" in has else {},
        )


def _shuffle(shuffle: tuple[str, ...]) -> dict[str, Json]:
    return {"shuffle": list(shuffle)} if shuffle else {}


def _texts(data: dict[str, Json]) -> dict[str, dict[str, str]]:
    return {name: {key: take(data[name], key, str) for key in take(data, name, dict)} for name in data}


def _names(data: Json, name: str) -> tuple[str, ...]:
    return take_all(data, name, text) if isinstance(data, dict) and name in data else ()
