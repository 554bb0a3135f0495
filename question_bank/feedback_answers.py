"""An answer as its student reads it back: text, options or cells, what is right, and what is said about a misconception."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from question_bank import languages
from question_bank.answers import Answer, Choice, Choices, Number, Raises, Undetermined, Written
from question_bank.errors import MissingTranslationError
from question_bank.message import Message, literal
from question_bank.misconceptions import CATALOGUE, LECTURES
from question_bank.model import Part
from question_bank.readings import MAX_CHARACTERS, PROBLEMS, read
from question_bank.values import Grid, Raised, show, show_number
from question_bank.values import Undetermined as Undecided

RAISES: Final = "This raises an error"
UNDETERMINED: Final = "This cannot be determined"
MOST_CELLS: Final = 400
"""A larger array is shown as it was typed."""
_CELLS: Final = re.compile(r"[^\[\](){},;|\s]+")
_OPEN: Final = "_"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice: whether it was chosen, and whether it is right; `right` is None where that is withheld."""

    letter: str
    text: str
    chosen: bool
    right: bool | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a typed array: what stands in it, empty where it was left open, and whether it counts as right."""

    text: str
    right: bool


@dataclass(frozen=True, slots=True)
class Plane:
    """Two axes of a typed array; `index` says which, and is empty where there are no others."""

    index: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a student gave.

    Attributes:
        text: as it was typed; empty where the options that were chosen, or cells, say it.
        problem: why it could not be read, in the paper's language; empty where it could.
        options: of a choice, all of them.
        planes: of an array whose cells were marked one by one.
        direct: the share that it would earn by the key alone.
    """

    text: str
    problem: str
    options: tuple[Option, ...]
    planes: tuple[Plane, ...]
    direct: Fraction


@dataclass(frozen=True, slots=True)
class Key:
    """What is right: lines, or an array; for a written answer the lines of the rubric, and `most`: the points of it."""

    lines: tuple[Message, ...]
    grid: Grid | None = None
    most: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about a misconception, in the paper's language."""

    title: Message
    explanation: Message | None = None
    lecture: Message | None = None


def answered(
    part: Part, typed: str, cells: tuple[bool, ...], language: str, *, solutions: bool = True
) -> Answered:
    """Show an answer.

    Args:
        part: with its key.
        typed: what the student typed, whatever it is.
        cells: whether each cell is right, where the answer was marked so.
        language: of the paper.
        solutions: whether an option is told to be right.
    """
    reading = read(part.field, typed)
    direct = part.answer.mark(reading).fraction
    planes = _planes(part, typed, cells)
    problem = "" if planes or reading.problem in {"", "empty"} else PROBLEMS[reading.problem]
    text = _visible(typed)
    if isinstance(reading.value, Raised | Undecided):
        text = languages.text(RAISES if isinstance(reading.value, Raised) else UNDETERMINED, language)
    chosen = reading.value if part.field.options and isinstance(reading.value, str) else ""
    options = _options(part, chosen, solutions=solutions) if part.field.options else ()
    shown = "" if chosen or planes else text
    return Answered(shown, languages.text(problem, language), options, planes, direct)


def key(part: Part, language: str) -> Key:
    """Show what is right."""
    answer = part.answer
    if isinstance(answer, Written):
        lines = tuple(
            Message(f"{line.text.template} ({{points}})", {**line.text.fields, "points": line.points})
            for line in answer.rubric
        )
        return Key(lines, most=sum(line.points for line in answer.rubric))
    if isinstance(answer, Choice | Choices):
        options = zip(answer.field.letters, answer.options, strict=True)
        return Key(tuple(Message(f"{letter}: {text}") for letter, text in options if letter in answer.value))
    if isinstance(answer.value, Grid) and len(answer.value.cells) <= MOST_CELLS:
        return Key((), answer.value)
    return Key((_line(answer, language),))


def _line(answer: Answer, language: str) -> Message:
    """Write a key in one line."""
    match answer:
        case Raises():
            return Message(languages.text(RAISES, language))
        case Undetermined():
            return Message(languages.text(UNDETERMINED, language))
        case Number() if answer.tolerance:
            return Message(
                "{value} ± {within}", {"value": show(answer.value), "within": show_number(answer.tolerance)}
            )
    return Message("{value}", {"value": answer.show()})


def told(name: str, language: str) -> Told:
    """Say what is known of a misconception; a question of a course's own may say in words what is wrong."""
    entry = CATALOGUE.get(name)
    if entry is None:
        return Told(literal(name))
    lecture = Message(_said(LECTURES[name], language)) if name in LECTURES else None
    return Told(Message(_said(entry.title, language)), Message(_said(entry.explanation, language)), lecture)


def _said(text: str, language: str) -> str:
    """Translate a text of the catalogue; one that was added without a translation is told in English, not withheld."""
    try:
        return languages.text(text, language)
    except MissingTranslationError:
        return text


def _options(part: Part, chosen: str, *, solutions: bool) -> tuple[Option, ...]:
    value = part.answer.value if isinstance(part.answer, Choice | Choices) else ""
    pairs = zip(part.field.letters, part.field.options, strict=True)
    return tuple(
        Option(letter, text, letter in chosen, letter in value if solutions else None)
        for letter, text in pairs
    )


def _planes(part: Part, typed: str, cells: tuple[bool, ...]) -> tuple[Plane, ...]:
    """Lay out a typed array whose cells were marked; nothing where its cells cannot be told apart, or are too many."""
    found = _CELLS.findall(typed[:MAX_CHARACTERS])
    value = part.answer.value
    if not isinstance(value, Grid) or not cells or len(cells) > MOST_CELLS:
        return ()
    read_as = read(part.field, typed).value
    if isinstance(read_as, Grid):
        texts = [show_number(number).replace("-", "\u2212") for number in read_as.cells]
    else:
        texts = ["" if text[0] == _OPEN else _visible(text) for text in found]
    if len(texts) != len(cells) or len(cells) != len(value.cells):
        return ()
    marked = [Cell(text, right) for text, right in zip(texts, cells, strict=True)]
    width = value.shape[-1]
    rows = [tuple(marked[at : at + width]) for at in range(0, len(marked), width)]
    height = value.shape[-2] if len(value.shape) > 1 else 1
    several = len(rows) > height
    return tuple(
        Plane(_index(value.shape[:-2], at // height) if several else "", tuple(rows[at : at + height]))
        for at in range(0, len(rows), height)
    )


def _index(outer: tuple[int, ...], plane: int) -> str:
    """Name a plane by its place in the outer axes.

    >>> _index((2, 3), 4)
    '[1, 1]'
    """
    places: list[str] = []
    for length in reversed(outer):
        plane, place = divmod(plane, length)
        places.append(str(place))
    return f"[{', '.join(reversed(places))}]"


def _visible(text: str) -> str:
    """Replace what no page can hold, and cut off what no answer needs.

    >>> _visible("a" + chr(0) + "b")
    'a\ufffdb'
    """
    shown = text[:MAX_CHARACTERS] + ("\u2026" if len(text) > MAX_CHARACTERS else "")
    return "".join(
        "\ufffd" if unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in "\n\t" else c for c in shown
    )
