"""Answers that are no number and no option: an error, "cannot be determined", an expression, a written text."""

from dataclasses import dataclass, replace
from fractions import Fraction

from question_bank import values
from question_bank.answer_mark import Mark, mark_whole
from question_bank.errors import AnswerError
from question_bank.message import Message
from question_bank.readings import PROBLEMS, Reading, read
from question_bank.values import RAISED, WRITTEN, Expr, Field, Prose, Raised, Value, show


@dataclass(frozen=True, slots=True)
class Raises:
    """The right answer is that it raises an error; `instead` is the field that the page shows, as if it did not."""

    instead: Field

    @property
    def value(self) -> Raised:
        """The key."""
        return RAISED

    @property
    def field(self) -> Field:
        """What the page shows: exactly what a question that does not raise shows."""
        return self.instead

    def parse(self, text: str, *, may_raise: bool = True) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is "this raises an error"."""
        return isinstance(value, Raised)

    def show(self) -> str:
        """Write the key."""
        return show(RAISED)


@dataclass(frozen=True, slots=True)
class Undetermined:
    """The right answer is that what is given does not decide it; `instead` is the field that the page shows, as if it did."""

    instead: Field

    @property
    def value(self) -> values.Undetermined:
        """The key."""
        return values.UNDETERMINED

    @property
    def field(self) -> Field:
        """What the page shows: exactly what a question that can be answered shows."""
        return self.instead

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise, may_be_undetermined=True), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is "this cannot be determined"."""
        return isinstance(value, values.Undetermined)

    def show(self) -> str:
        """Write the key."""
        return show(values.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression in letters that the stem declares; whatever equals it as an expression is right.

    Raises:
        AnswerError: the key is no expression in these letters.

    >>> answer = Expression("v1*w1 + b", ("v1", "w1", "b"))
    >>> answer.mark(answer.parse("b + w1 v1")).reason
    'right'
    """

    text: str
    symbols: tuple[str, ...]

    def __post_init__(self) -> None:
        if problem := self.parse(self.text).problem:
            raise AnswerError(f"expression {self.text!r} in {', '.join(self.symbols)}: {PROBLEMS[problem]}")

    @property
    def value(self) -> Expr:
        """The key, in canonical form."""
        value = self.parse(self.text).value
        return value if isinstance(value, Expr) else Expr(self.text)

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("expression", symbols=self.symbols)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` equals the key as an expression."""
        from question_bank import expressions  # here, because few questions need it

        return isinstance(value, Expr) and expressions.equal(value.text, self.value.text, self.symbols)

    def show(self) -> str:
        """Write the key."""
        return self.text


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric: what an answer must say, and its share of the points."""

    text: Message
    points: int

    def __post_init__(self) -> None:
        if self.points < 1:
            raise AnswerError(f"points={self.points} of {self.text.plain()!r}: expected an integer >= 1")


@dataclass(frozen=True, slots=True)
class Written:
    """A text that a person marks with a rubric, never a program; the rubric belongs to the key.

    Raises:
        AnswerError: the rubric is empty.
    """

    rubric: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        if not self.rubric:
            raise AnswerError("rubric=(): expected one criterion or more")

    @property
    def value(self) -> Prose:
        """What stands in for a key."""
        return WRITTEN

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("text")

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Leave it to a person; what is empty or too long to be read earns nothing."""
        return Mark(Fraction(0), "unreadable" if reading.value is None else "for a person")

    def accepts(self, value: Value) -> bool:
        """Whether `value` is a text at all; its worth is for a person to say."""
        return isinstance(value, Prose)

    def show(self) -> str:
        """Write the rubric."""
        return "; ".join(f"{line.text.plain()} ({line.points})" for line in self.rubric)
