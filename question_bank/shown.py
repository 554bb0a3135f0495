"""What a question shows, for oracles: they read what the student reads, never the point that the question was made from.

A field that the stem's template does not name is not shown, so it cannot be read.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from question_bank.errors import OracleMismatchError, QuestionBankError
from question_bank.message import FieldValue
from question_bank.model import Question

T = TypeVar("T", int, str, tuple[int, ...])
_KINDS: Final[Mapping[type, str]] = MappingProxyType({int: "a whole number", str: "a text", tuple: "a shape"})
_LETTERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "n": ("n",),
        "size": ("h", "w"),
        "kernel": ("k",),
        "stride": ("s",),
        "padding": ("p",),
        "dilation": ("d",),
        "mark": ("i", "j"),
        "output": ("h_out", "w_out"),
    }
)
"""What the words for a figure call its numbers."""


def number(question: Question, name: str) -> int:
    """Return a whole number that the stem shows under a name.

    Raises:
        QuestionBankError: it shows no such number.
    """
    return _field(question, name, int)


def numbers(question: Question, names: Iterable[str]) -> tuple[int, ...]:
    """Return whole numbers that the stem shows under several names, such as `"hwk"`.

    Raises:
        QuestionBankError: it does not show one of them.
    """
    return tuple(_field(question, name, int) for name in names)


def shape(question: Question, name: str = "shape") -> tuple[int, ...]:
    """Return a shape that the stem shows.

    Raises:
        QuestionBankError: it shows no such shape.
    """
    return _field(question, name, tuple)


def text(question: Question, name: str) -> str:
    """Return a text that the stem shows, such as a layer.

    Raises:
        QuestionBankError: it shows no such text.
    """
    return _field(question, name, str)


def several(question: Question, name: str) -> tuple[float, ...]:
    """Return the numbers that the stem lists under one name, such as `0, 2.5, -1`.

    Raises:
        QuestionBankError: it shows no such list.
    """
    written = text(question, name)
    try:
        return tuple(int(part) if part.isdecimal() else float(part) for part in written.split(", "))
    except ValueError:
        raise QuestionBankError(
            f"stem of family {question.family} with {name}={written!r}: expected numbers with commas between them"
        ) from None


def agree(question: Question, **elsewhere: FieldValue) -> None:
    """See that the stem says of its fields what tables, listing or layers say of them.

    Raises:
        OracleMismatchError: they differ, so that the question could be read in two ways.
    """
    fields = question.stem.trimmed().fields
    for name, value in elsewhere.items():
        if fields.get(name) != value:
            raise OracleMismatchError(
                f"family {question.family}: the stem says {name}={fields.get(name)!r}, what stands beside it says {value!r}; "
                "mend the family"
            )


def agree_on_size(question: Question) -> None:
    """See that the first table has as many rows and columns as the stem says under `h` and `w`.

    Raises:
        OracleMismatchError: it has not.
    """
    h, w = question.tables[0].value.shape
    agree(question, h=h, w=w)


def draws(question: Question, **numbers: int | tuple[int, ...]) -> bool:
    """Tell whether the figure draws these numbers, by the names of its kind, and its words tell them; true where there is none."""
    if question.figure is None:
        return True
    words = question.figure.alt.trimmed().fields
    for name, value in numbers.items():
        told, drawn = _of_both_axes(value), _of_both_axes(question.figure.several(name))
        letters = zip(_LETTERS.get(name, ()), told, strict=False)
        if drawn != told or any(words.get(letter, number) != number for letter, number in letters):
            return False
    return True


def agree_on_figure(question: Question, **numbers: int | tuple[int, ...]) -> None:
    """See that the figure, where there is one, draws these numbers, and its words tell them.

    Raises:
        OracleMismatchError: they are others.
    """
    if not draws(question, **numbers):
        raise OracleMismatchError(
            f"family {question.family}: the question shows {numbers}, its figure {question.figure}; mend the family"
        )


def _of_both_axes(value: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the numbers of a figure, one for both axes twice."""
    numbers = value if isinstance(value, tuple) else (value,)
    return numbers * 2 if len(numbers) == 1 else numbers


def _field(question: Question, name: str, kind: type[T]) -> T:
    value = question.stem.trimmed().fields.get(name)
    if not isinstance(value, kind):
        raise QuestionBankError(
            f"stem of family {question.family} with {name}={value!r}: expected {_KINDS[kind]} that its template names"
        )
    return value
