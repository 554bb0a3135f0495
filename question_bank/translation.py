"""Questions in the student's language.

Only words change: structure, key, letters of options, fields, code and maths are those of the English question.
"""

import functools
from collections.abc import Callable
from dataclasses import replace

from question_bank.answers import (
    Answer,
    Choice,
    Choices,
    Integer,
    Number,
    Raises,
    Shape,
    Undetermined,
    Written,
)
from question_bank.languages import SOURCE, known, text
from question_bank.message import Message
from question_bank.model import Part, Question, Step, Table
from question_bank.values import Field


def localize(question: Question, language: str) -> Question:
    """Return a question in another language; its key, numbers, letters and listing are unchanged.

    Raises:
        MissingTranslationError: one of its texts has no translation.
        UnknownNameError: there is no such language.
    """
    if known(language) == SOURCE:
        return question
    return rewritten(question, lambda template: text(template, language))


def rewritten(question: Question, say: Callable[[str], str]) -> Question:
    """Return a question with every template, option, unit and name of an axis put through `say`."""
    message = functools.partial(_said, say=say)
    return replace(
        question,
        stem=message(question.stem),
        parts=tuple(_part(part, say) for part in question.parts),
        tables=tuple(Table(message(table.caption), table.value) for table in question.tables),
        solution=tuple(
            Step(message(step.label), step.formula, step.numbers, step.value) for step in question.solution
        ),
        figure=question.figure
        and replace(
            question.figure,
            alt=message(question.figure.alt),
            labels=tuple(map(say, question.figure.labels)),
        ),
        remarks=tuple(map(message, question.remarks)),
    )


def _said(message: Message, say: Callable[[str], str]) -> Message:
    return Message(say(message.template), message.fields)


def _part(part: Part, say: Callable[[str], str]) -> Part:
    return replace(part, answer=_answer(part.answer, say), prompt=_said(part.prompt, say))


def _answer(answer: Answer, say: Callable[[str], str]) -> Answer:
    match answer:
        case Integer() | Number():
            return replace(answer, unit=say(answer.unit))
        case Shape():
            return replace(answer, axes=tuple(map(say, answer.axes)))
        case Choice() | Choices():
            return replace(answer, options=tuple(map(say, answer.options)))
        case Raises() | Undetermined():
            return replace(answer, instead=_field(answer.instead, say))
        case Written():
            return replace(
                answer, rubric=tuple(replace(line, text=_said(line.text, say)) for line in answer.rubric)
            )
        case _:
            return answer  # arrays and expressions have no words


def _field(field: Field, say: Callable[[str], str]) -> Field:
    return replace(
        field,
        unit=say(field.unit),
        axes=tuple(map(say, field.axes)),
        options=tuple(map(say, field.options)),
    )
