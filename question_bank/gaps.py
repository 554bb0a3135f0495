"""What a course system can mark by itself: the parts of a question as gaps, with the wrong entries that have a name.

A course system compares numbers, texts and options, one gap at a time. So:

| answer                                            | gaps                                                                |
| ------------------------------------------------- | ------------------------------------------------------------------- |
| integer, number                                   | a number                                                            |
| shape with named axes                             | a number for each axis                                              |
| shape of unknown length                           | a text, `(3, 32, 32)`                                               |
| array                                             | a number for each cell: the size is shown                           |
| array of rank 1 whose length is asked for         | a text, `[1, 2, 3]`                                                 |
| any of these that may raise or be undetermined    | a text, in whose place `error` or `cannot be determined` is typed   |
| choice, choices                                   | options                                                             |
| expression, written text                          | a person marks it                                                   |

Gaps of one part count equally, and so do parts, or each cell of an array where the item's rule says so. What follows from a
student's own earlier answer cannot be expressed.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from question_bank import credit
from question_bank.answers import Answer, Array, Choice, Choices, Expression, Integer, Number, Shape, Written
from question_bank.errors import ExportError
from question_bank.issued import KeyItem
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.spellings import DIGITS, PLACES, ends
from question_bank.values import Field, Grid, Rational, Value, show

Names: TypeAlias = tuple[str, ...]
"""Misconceptions that lead to the same entry."""

ROUNDED: Final = Fraction(5, 10**PLACES)
"""So near to a number without an end as a decimal a typed one is taken for it."""

Layout: TypeAlias = Literal["line", "axes", "grid"]
_LARGEST: Final = 10 ** (DIGITS - 1)


@dataclass(frozen=True, slots=True)
class NumberGap:
    """A typed number; `wrong` are other numbers that have a name."""

    value: Rational
    tolerance: Rational = 0
    wrong: tuple[tuple[Rational, Names], ...] = ()

    def tolerance_of(self, wrong: Rational) -> Rational:
        """Return how near a typed number must be to a wrong one to be taken for it, where it is not right."""
        return self.tolerance or (0 if ends(wrong) else ROUNDED)


@dataclass(frozen=True, slots=True)
class TextGap:
    """A typed text, compared with the spellings of the answer; `wrong` are other answers that have a name."""

    value: Value
    tolerance: Rational = 0
    wrong: tuple[tuple[Value, Names], ...] = ()


@dataclass(frozen=True, slots=True)
class OptionGap:
    """Options, of which `right` has the letters; `wrong` are the letters of others that have a name."""

    options: tuple[str, ...]
    right: str
    several: bool
    wrong: tuple[tuple[str, Names], ...] = ()

    def letters(self) -> str:
        """Return the letters of all options."""
        return Field("choice", options=self.options).letters


@dataclass(frozen=True, slots=True)
class PersonGap:
    """A text that a person marks by these lines."""

    lines: tuple[Message, ...]


Gap: TypeAlias = NumberGap | TextGap | OptionGap | PersonGap


@dataclass(frozen=True, slots=True)
class Asked:
    """One part as gaps.

    Attributes:
        part: its number, from 0.
        prompt: the text beside the gaps.
        field: what a page of ours would show.
        gaps: in the order in which they are filled in.
        layout: whether they stand in a line, one for each axis, or in the cells of an array of `size`.
        size: of a grid.
        elsewhere: answers of misconceptions that cannot be entered in these gaps.
    """

    part: int
    prompt: Message
    field: Field
    gaps: tuple[Gap, ...]
    layout: Layout = "line"
    size: tuple[int, ...] = ()
    elsewhere: tuple[tuple[Value, Names], ...] = ()

    @property
    def by_person(self) -> bool:
        """Whether a person marks it."""
        return isinstance(self.gaps[0], PersonGap)


def asked(question: Question) -> tuple[Asked, ...]:
    """Return the parts of a question as gaps.

    Raises:
        ExportError: a course system has nothing for one of them; the message names the family and the part.
    """
    return tuple(_part(question, number) for number in range(len(question.parts)))


def weights(parts: tuple[Asked, ...], rule: str) -> tuple[int, ...]:
    """Return for each part what each of its gaps counts, in the smallest whole numbers; `rule` is one of `question_bank.credit`."""
    cells = [len(part.gaps) if rule == credit.PER_CELL and part.layout == "grid" else 1 for part in parts]
    each = math.lcm(*(len(part.gaps) for part in parts))
    found = [count * each // len(part.gaps) for count, part in zip(cells, parts, strict=True)]
    return tuple(weight // math.gcd(*found) for weight in found)


def losses_of(items: Iterable[KeyItem], *, one_by_one: bool = True) -> tuple[str, ...]:
    """Say what of some items no course system marks as our pages do: each rule once, with the families that it applies to.

    `one_by_one`: whether the format can only add up what single gaps earn; else what is due to that is not lost.
    """
    found: dict[str, dict[str, None]] = {}
    for item in items:
        rules = {**_losses(item), **(_one_by_one(item) if one_by_one else {})}
        for loss, applies in rules.items():
            if applies:
                found.setdefault(loss, {})[item.question.family] = None
    return tuple(f"{loss} ({', '.join(families)})" for loss, families in found.items())


def _one_by_one(item: KeyItem) -> dict[str, bool]:
    """Return each rule that only a format without sums of its own needs, and whether it applies to an item."""
    parts = asked(item.question)
    grids = [part for part in parts if part.layout == "grid"]
    return {
        f"gaps count one by one, although the rule is {item.credit}": (
            item.credit in {credit.WHOLE_PARTS, credit.ALL_OR_NOTHING} and not all(map(_whole, parts))
        ),
        "the lengths of a shape are marked one by one": any(part.layout == "axes" for part in parts),
        "cells that are mostly the same number earn points like the others": any(map(_mostly_same, grids)),
    }


def _losses(item: KeyItem) -> dict[str, bool]:
    """Return each rule, and whether it applies to an item."""
    question = item.question
    parts = asked(question)
    grids = [part for part in parts if part.layout == "grid"]
    kinds = [part.gaps[0] for part in parts]
    return {
        "an answer is not marked again from the student's own earlier answers": any(
            part.follow for part in question.parts
        ),
        "the size of an array is shown, because each of its cells is a gap": any(
            part.field.size is None for part in grids
        ),
        "a shape or a row of unknown length, or what may raise an error, is compared as a text": any(
            isinstance(gap, TextGap) for gap in kinds
        ),
        "an expression is marked by a person": any(isinstance(p.answer, Expression) for p in question.parts),
        f"a number without an end as a decimal is right to within 0.{'0' * (PLACES - 1)}5": any(
            gap.tolerance and not ends(gap.value) for gap in _cells(grids)
        ),
    }


def _whole(part: Asked) -> bool:
    return len(part.gaps) == 1 and not (isinstance(part.gaps[0], OptionGap) and part.gaps[0].several)


def _mostly_same(part: Asked) -> bool:
    cells = [gap.value for gap in _cells((part,))]
    often = max(cells.count(cell) for cell in cells)
    return len(cells) < 2 * often < 2 * len(cells)


def _cells(parts: Iterable[Asked]) -> list[NumberGap]:
    return [gap for part in parts for gap in part.gaps if isinstance(gap, NumberGap)]


def _part(question: Question, number: int) -> Asked:
    part = question.parts[number]
    field, answer = part.field, part.answer
    wrong = _named(question, number)
    if (typed := _typed(question, number, wrong)) is not None:
        return typed
    match answer:
        case Integer() | Number():
            return _number(question, number, wrong)
        case Shape(value=shape):
            return _array(part, number, Grid((len(shape),), shape), wrong)
        case Array(value=grid):
            return _array(part, number, grid, wrong)
        case Choice() | Choices():
            return _options(part.prompt, number, answer, wrong)
        case _:
            return Asked(number, part.prompt, field, (PersonGap(_by_what(answer)),))


def _typed(question: Question, number: int, wrong: dict[Value, Names]) -> Asked | None:
    """Make a text of what no numbers can stand for; None where they can.

    Raises:
        ExportError: nothing else can either.
    """
    part = question.parts[number]
    field, answer = part.field, part.answer
    instead = field.may_raise or field.may_be_undetermined
    row = isinstance(answer, Array) and field.size is None and len(answer.value.shape) == 1
    known = field.kind in {"integer", "number", "shape"} or row
    if instead and not known:
        raise _refused(question, number, f"an answer of the kind {field.kind} that may raise an error")
    if known and (instead or row or (field.kind == "shape" and not field.axes)):
        text = TextGap(answer.value, getattr(answer, "tolerance", 0), tuple(wrong.items()))
        return Asked(number, part.prompt, field, (text,))
    return None


def _by_what(answer: Answer) -> tuple[Message, ...]:
    """Return by what a person marks an answer: a rubric, or the key."""
    if isinstance(answer, Written):
        return tuple(
            Message(f"{line.text.template} ({{points}})", {**line.text.fields, "points": line.points})
            for line in answer.rubric
        )
    return (Message("`{key}`", {"key": answer.show()}),)


def _refused(question: Question, number: int, what: str) -> ExportError:
    return ExportError(
        f"family {question.family}, part {number}: {what}; no course system can ask that: leave the family out of this format"
    )


def _named(question: Question, number: int) -> dict[Value, Names]:
    """Return the wrong answers of a part, each with the misconceptions that lead to it."""
    found: dict[Value, Names] = {}
    for wrong in question.wrong:
        if wrong.part == number:
            found[wrong.value] = (*found.get(wrong.value, ()), wrong.misconception)
    return found


def _number(question: Question, number: int, wrong: dict[Value, Names]) -> Asked:
    part = question.parts[number]
    answer = part.answer
    assert isinstance(answer, Integer | Number)  # noqa: S101 -- `_part` has looked
    numbers, elsewhere = _apart(wrong)
    tolerance = getattr(answer, "tolerance", 0)
    gap = _gap(answer.value, tolerance, numbers)
    if any(abs(value) >= _LARGEST for value in (answer.value, *numbers)):
        raise _refused(question, number, f"the number {show(answer.value)}, of more than {DIGITS - 1} digits")
    return Asked(number, part.prompt, part.field, (gap,), elsewhere=elsewhere)


def _apart(wrong: dict[Value, Names]) -> tuple[dict[Rational, Names], tuple[tuple[Value, Names], ...]]:
    numbers = {value: names for value, names in wrong.items() if isinstance(value, int | Fraction)}
    return numbers, tuple((value, names) for value, names in wrong.items() if value not in numbers)


def _gap(value: Rational, tolerance: Rational, wrong: dict[Rational, Names]) -> NumberGap:
    """Make a gap; a number without an end has a tolerance that no wrong number is within."""
    if not tolerance and not ends(value):
        nearest = min((abs(Fraction(other) - value) for other in wrong), default=Fraction(1))
        tolerance = min(ROUNDED, nearest / 3)
    return NumberGap(value, tolerance, tuple(wrong.items()))


def _array(part: Part, number: int, key: Grid, wrong: dict[Value, Names]) -> Asked:
    """Make a gap for each cell; an array of another size cannot be entered."""
    cells: list[dict[Rational, Names]] = [{} for _ in key.cells]
    elsewhere: list[tuple[Value, Names]] = []
    for value, names in wrong.items():
        entries = _entries(value, key.shape)
        if entries is None:
            elsewhere.append((value, names))
            continue
        for place, (entry, right) in enumerate(zip(entries, key.cells, strict=True)):
            if entry != right:
                cells[place][entry] = tuple(dict.fromkeys((*cells[place].get(entry, ()), *names)))
    gaps = tuple(_gap(value, 0, named) for value, named in zip(key.cells, cells, strict=True))
    layout: Layout = "axes" if part.field.kind == "shape" else "grid"
    return Asked(number, part.prompt, part.field, gaps, layout, key.shape, tuple(elsewhere))


def _entries(value: Value, shape: tuple[int, ...]) -> tuple[Rational, ...] | None:
    match value:
        case tuple() if len(value) == shape[0] and len(shape) == 1:
            return value
        case Grid() if value.shape == shape:
            return value.cells
    return None


def _options(prompt: Message, number: int, answer: Choice | Choices, wrong: dict[Value, Names]) -> Asked:
    """Make options; where several are right, a wrong choice names the option that it adds or leaves out."""
    several = isinstance(answer, Choices)
    named: dict[str, Names] = {}
    elsewhere: list[tuple[Value, Names]] = []
    for value, names in wrong.items():
        differ = sorted(set(str(value)) ^ set(answer.value)) if several else [str(value)]
        if len(differ) == 1 and (not several or differ[0] not in answer.value):
            named[differ[0]] = (*named.get(differ[0], ()), *names)
        else:
            elsewhere.append((value, names))
    gap = OptionGap(answer.options, answer.value, several, tuple(sorted(named.items())))
    return Asked(number, prompt, answer.field, (gap,), elsewhere=tuple(elsewhere))
