"""Options of a question in another order: the letters change, what is right does not."""

import string
from collections.abc import Mapping
from dataclasses import replace

from question_bank.answers import Choice, Choices
from question_bank.draw import Draw
from question_bank.model import Part, Question, Wrong
from question_bank.values import Value


def shuffled(question: Question, draw: Draw) -> Question:
    """Return a question whose options stand in a random order; parts without options are as they were.

    Parts that offer the same options keep them in the same order.
    """
    orders: dict[tuple[str, ...], tuple[int, ...]] = {}
    letters: dict[int, Mapping[str, str]] = {}
    parts: list[Part] = []
    for number, part in enumerate(question.parts):
        answer = part.answer
        if not isinstance(answer, Choice | Choices):
            parts.append(part)
            continue
        order = orders.setdefault(
            answer.options, draw.child("part", number).shuffle(range(len(answer.options)))
        )
        now = {string.ascii_uppercase[was]: string.ascii_uppercase[at] for at, was in enumerate(order)}
        letters[number] = now
        options = tuple(answer.options[was] for was in order)
        key = _renamed(answer.value, now)
        parts.append(replace(part, answer=replace(answer, options=options, value=key)))
    wrong = tuple(_moved(entry, letters.get(entry.part, {})) for entry in question.wrong)
    return replace(question, parts=tuple(parts), wrong=wrong)


def _moved(wrong: Wrong, now: Mapping[str, str]) -> Wrong:
    return replace(wrong, value=_value(wrong.value, now)) if now else wrong


def _value(value: Value, now: Mapping[str, str]) -> Value:
    return _renamed(value, now) if isinstance(value, str) else value


def _renamed(letters: str, now: Mapping[str, str]) -> str:
    return "".join(sorted(now[letter] for letter in letters))
