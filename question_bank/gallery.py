"""One page with a question of each family, as a student sees it, and what its author knows about it: to look a bank over."""

import string
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from question_bank import bank, languages, translation
from question_bank.answers import Answer, Choice, Choices, Number, Written
from question_bank.authoring import Family
from question_bank.exporters.html import page
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Question, Wrong
from question_bank.paper import Item
from question_bank.registry import unknown
from question_bank.values import Value, show, show_number
from question_bank.verification import one_thread


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A wrong answer as the page shows it, with what is said about it in the page's language."""

    answer: Message
    title: Message
    explanation: Message


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One family in the gallery.

    Attributes:
        number: its place on the page, from 1.
        family: what made the question.
        question: with its key, in the page's language.
        item: what a student sees of it.
        keys: the key of each part.
        wrong: the wrong answers that have a name.
    """

    number: int
    family: Family
    question: Question
    item: Item
    keys: tuple[Message, ...]
    wrong: tuple[WrongAnswer, ...]


def select(names: Collection[str] = (), topics: Collection[str] = ()) -> tuple[Family, ...]:
    """Return the families of some names and topics, by topic and name; all when none is given.

    Raises:
        UnknownNameError: there is no such family or topic; the message lists the nearest.
    """
    families = [bank.get(name) for name in names or bank.names()]
    known = {bank.get(name).topic for name in bank.names()}
    for topic in topics:
        if topic not in known:
            raise unknown("topic", topic, sorted(known))
    chosen = (family for family in families if not topics or family.topic in topics)
    return tuple(sorted(chosen, key=lambda family: (family.topic, family.name)))


def gallery(families: Iterable[Family], seed: int = 0, language: str = languages.SOURCE) -> bytes:
    """Write the page; the same families, seed and language always give the same bytes.

    Raises:
        MissingTranslationError: a text of a question or of the catalogue has no translation.
        OracleMismatchError: a key is wrong.
        UnknownNameError: there is no such language.
    """
    topics: dict[str, list[Exhibit]] = {}
    languages.known(language)
    with one_thread():
        for number, family in enumerate(families, start=1):
            exhibit = _exhibit(number, family, seed, language)
            topics.setdefault(family.topic, []).append(exhibit)
    styles = ("page.css.j2", "gallery.css.j2")
    return page("gallery.html.j2", language, styles=styles, topics=tuple(topics.items()))


def _exhibit(number: int, family: Family, seed: int, language: str) -> Exhibit:
    question = translation.localize(bank.generate(family.name, seed), language)
    several = len(question.parts) > 1
    keys = [
        Message(f"{_letter(part) if several else ''}{line.template}", line.fields)
        for part, asked in enumerate(question.parts)
        for line in _key_lines(asked.answer)
    ]
    return Exhibit(
        number,
        family,
        question,
        Item(family.name, 0, 1, bank.redact(question)),
        tuple(keys),
        tuple(_wrong(question, wrong, language) for wrong in question.wrong),
    )


def _key_lines(answer: Answer) -> list[Message]:
    """Write the key of a part, or the lines of its rubric."""
    if isinstance(answer, Written):
        return [
            Message(f"{line.text.template} ({{points}})", {**line.text.fields, "points": line.points})
            for line in answer.rubric
        ]
    if isinstance(answer, Choice | Choices):  # option texts are of the language of `Message`
        options = zip(answer.field.letters, answer.options, strict=True)
        return [Message(f"{letter}: {text}") for letter, text in options if letter in answer.value]
    line = _shown(answer.value)
    if isinstance(answer, Number) and answer.tolerance:
        within = show_number(answer.tolerance)
        return [Message(f"{line.template} ± {{within}}", {**line.fields, "within": within})]
    return [line]


def _wrong(question: Question, wrong: Wrong, language: str) -> WrongAnswer:
    entry = CATALOGUE[wrong.misconception]
    shown = _shown(wrong.value)
    part = _letter(wrong.part) if len(question.parts) > 1 else ""
    return WrongAnswer(
        Message(part + shown.template, shown.fields),
        Message(languages.text(entry.title, language)),
        Message(languages.text(entry.explanation, language)),
    )


def _shown(value: Value) -> Message:
    return Message("{value}", {"value": show(value)})


def _letter(part: int) -> str:
    return f"({string.ascii_lowercase[part]}) "
