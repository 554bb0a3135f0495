"""What a practice page tells of a question: where to begin, the key, the worked solution, why each wrong answer is wrong."""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from question_bank import languages, maths
from question_bank.answers import Answer, Choice, Choices, Raises, Undetermined
from question_bank.keysheets import key_lines
from question_bank.message import Message, literal
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Question
from question_bank.values import Raised, Value, show
from question_bank.values import Undetermined as UndeterminedValue

LEFT_OUT: Final = "{letter} not chosen"
BANNER: Final = "For practice: every answer is shown, and nothing here is marked or saved."
TITLE: Final = "Practice: {title}"
SET: Final = "Practice set"
HINT: Final = "Hint for question {number}"
ANSWER: Final = "Answer to question {number}, and why others are wrong"
ONLY_ANSWER: Final = "Answer to question {number}"
SOLUTION: Final = "Worked solution of question {number}"
WRONG: Final = "Wrong answers, and what leads to them"
SOLUTIONS: Final = "Answers and worked solutions"
WORDS: Final = (LEFT_OUT, BANNER, TITLE, SET, HINT, ANSWER, ONLY_ANSWER, SOLUTION, WRONG, SOLUTIONS)
"""What a practice page says by itself, for translators."""

_BARE: Final = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Hint:
    """A step to take.

    Attributes:
        label: what it works out.
        formula: by which, in the language of `maths`; empty where the formula would be the answer.
    """

    label: Message
    formula: str

    def plain(self) -> str:
        """Return the formula as plain text; nothing where there is none."""
        return maths.plain(self.formula) if self.formula else ""

    def mathml(self) -> str:
        """Return the formula as one MathML element; nothing where there is none."""
        return maths.mathml(self.formula) if self.formula else ""

    def latex(self) -> str:
        """Return the formula as LaTeX, without dollar signs; nothing where there is none."""
        return maths.latex(self.formula) if self.formula else ""

    def typst(self) -> str:
        """Return the formula as Typst, without dollar signs; nothing where there is none."""
        return maths.typst(self.formula) if self.formula else ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a wrong answer is wrong.

    Attributes:
        answer: the wrong answer, with its part where there are several.
        why: what leads to it, each as (its name, empty where a course says it in its own words; what is said about it).
    """

    answer: Message
    why: tuple[tuple[Message | None, Message], ...]


def hints(question: Question) -> tuple[Hint, ...]:
    """Return the steps of the worked solution without what they come to: of steps alike the first, in symbols where it has any.

    A question that is answered without working anything out has none.
    """
    first: dict[str, Hint] = {}
    for step in question.solution:
        formula = "" if _BARE.fullmatch(step.formula.strip("() ")) else step.formula
        first.setdefault(step.label.template, Hint(step.label, formula))
    return tuple(first.values())


def keys(question: Question, language: str) -> tuple[Message, ...]:
    """Return the key of each part, or the lines of its rubric."""
    return tuple(
        Message(f"{letter_of(question, at)}{line.template}", line.fields)
        for at, part in enumerate(question.parts)
        for line in _key(part.answer, language)
    )


def reasons(question: Question, language: str) -> tuple[Reason, ...]:
    """Return every wrong answer that has a name, by part, with why it is wrong; of a choice every wrong option."""
    return tuple(
        Reason(answer, tuple(_why(name, language) for name in dict.fromkeys(names)))
        for at in range(len(question.parts))
        for answer, names in _of_part(question, at, language)
    )


def letter_of(question: Question, part: int) -> str:
    """Return the letter of a part, for a template; empty where there is one part."""
    return f"({string.ascii_lowercase[part]}) " if len(question.parts) > 1 else ""


def _key(answer: Answer, language: str) -> tuple[Message, ...]:
    if isinstance(answer, Raises | Undetermined):
        return (Message("{value}", {"value": _shown(answer.value, language)}),)
    return tuple(key_lines(answer))


def _of_part(question: Question, at: int, language: str) -> Iterator[tuple[Message, list[str]]]:
    """Yield each wrong answer of a part with the names of what leads to it."""
    answer = question.parts[at].answer
    letter = letter_of(question, at)
    found: dict[Value, list[str]] = {}
    for wrong in question.wrong:
        if wrong.part == at:
            found.setdefault(wrong.value, []).append(wrong.misconception)
    if isinstance(answer, Choice | Choices):
        for option, text in zip(answer.field.letters, answer.options, strict=True):
            if names := _of_option(option, answer, found):
                left_out = languages.text(LEFT_OUT, language).format(letter=option)
                yield Message(f"{letter}{left_out if option in answer.value else option}: {text}"), names
        return
    for value, names in found.items():
        yield Message(f"{letter}{{value}}", {"value": _shown(value, language)}), names


def _of_option(option: str, answer: Choice | Choices, found: Mapping[Value, list[str]]) -> list[str]:
    """Return what leads to a wrong option, or to leaving out a right one of several: of the answers that do, the nearest."""
    if isinstance(answer, Choice):
        return found.get(option, [])
    apart = {
        value: len(set(value) ^ set(answer.value))
        for value in found
        if isinstance(value, str) and (option in value) != (option in answer.value)
    }
    least = min(apart.values(), default=0)
    return [name for value, far in apart.items() if far == least for name in found[value]]


def _why(name: str, language: str) -> tuple[Message | None, Message]:
    """Return the name of a misconception and what is said about it; a question of a course's own says it in its own words."""
    if name not in CATALOGUE:
        return None, literal(name)
    entry = CATALOGUE[name]
    return Message(languages.text(entry.title, language)), Message(
        languages.text(entry.explanation, language)
    )


def _shown(value: Value, language: str) -> str:
    said = show(value)
    return languages.text(said, language) if isinstance(value, Raised | UndeterminedValue) else said
