"""Short written questions: a stem with numbers, a rubric for the person who marks it, and a model answer whose numbers are worked out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from question_bank.answers import Criterion, Written
from question_bank.authoring import Draft
from question_bank.formulas import Line, worked
from question_bank.message import FieldValue, Message
from question_bank.model import Part

VARIANTS = range(10)
"""Values of the two axes that the numbers of a written question follow from."""


@dataclass(frozen=True, slots=True)
class Essay:
    """One written question.

    Attributes:
        stem: what is asked, with fields.
        rubric: what an answer should say, each with its points.
        model: an answer that gets them all, sentence by sentence.
        numbers: the fields that are numbers, from two counts.
        lines: the worked numbers of the model answer; what they work out may be used as a field, too.
        texts: fields that are texts, from the numbers.
    """

    stem: str
    rubric: tuple[tuple[str, int], ...]
    model: tuple[str, ...]
    numbers: Callable[[int, int], Mapping[str, int]]
    lines: tuple[Line, ...] = ()
    texts: Callable[[Mapping[str, int]], Mapping[str, str]] = lambda _: {}


def drafted(essay: Essay, i: int, j: int) -> Draft:
    """Write the question with the numbers that two counts stand for."""
    numbers = dict(essay.numbers(i, j))
    steps = worked(essay.lines, numbers)
    whole = {name: int(step.value) for (name, _, _), step in zip(essay.lines, steps, strict=True)}
    fields: dict[str, FieldValue] = {**numbers, **whole, **essay.texts(numbers)}
    rubric = tuple(Criterion(Message(text, fields).trimmed(), points) for text, points in essay.rubric)
    return Draft(
        Message(essay.stem, fields).trimmed(),
        (Part(Written(rubric), Message("Your answer")),),
        solution=steps,
        remarks=tuple(Message(text, fields).trimmed() for text in essay.model),
    )
