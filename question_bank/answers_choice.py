"""Answers that are options: one, or several."""

from dataclasses import dataclass, replace
from fractions import Fraction

from question_bank.answer_mark import Mark, mark_whole
from question_bank.errors import AnswerError
from question_bank.readings import Reading, read
from question_bank.values import Field, Value

_MOST_OPTIONS = 26


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of several; `value` is the letter of the right one.

    Raises:
        AnswerError: the letter is no option, two options are the same, or there are fewer than 2 or more than 26.
    """

    options: tuple[str, ...]
    value: str

    def __post_init__(self) -> None:
        _check(self.options)
        if self.value not in self.field.letters or len(self.value) != 1:
            raise AnswerError(f"value={self.value!r}: expected one of the letters {self.field.letters}")

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("choice", options=self.options)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read: all or nothing."""
        return mark_whole(self, reading)

    def accepts(self, value: Value) -> bool:
        """Whether `value` is the right letter."""
        return isinstance(value, str) and value == self.value

    def show(self) -> str:
        """Write the key: the letter and its text."""
        return f"{self.value}: {self.options[ord(self.value) - ord('A')]}"


@dataclass(frozen=True, slots=True)
class Choices:
    """Several options of several; `value` has the letters of all right ones, in order.

    Each option is worth the same: the right ones that were chosen less the wrong ones that were chosen, over the number of
    right ones, and never below 0. The page says so.

    Raises:
        AnswerError: the letters are no options or out of order, two options are the same, or there are fewer than 2 or more
            than 26.

    >>> answer = Choices(("a", "b", "c", "d"), "AC")
    >>> [str(answer.mark(answer.parse(text)).fraction) for text in ("A, C", "A", "ABC", "b d")]
    ['1', '1/2', '1/2', '0']
    """

    options: tuple[str, ...]
    value: str

    def __post_init__(self) -> None:
        _check(self.options)
        if not self.value or self.value != "".join(sorted(set(self.value) & set(self.field.letters))):
            raise AnswerError(
                f"value={self.value!r}: expected some of the letters {self.field.letters}, in order"
            )

    @property
    def field(self) -> Field:
        """What the page shows."""
        return Field("choices", options=self.options)

    def parse(self, text: str, *, may_raise: bool = False) -> Reading:
        """Read what a student typed."""
        return read(replace(self.field, may_raise=may_raise), text)

    def mark(self, reading: Reading) -> Mark:
        """Mark what was read, with credit for a part."""
        if not isinstance(reading.value, str):
            return mark_whole(self, reading)
        chosen, right = set(reading.value), set(self.value)
        fraction = max(Fraction(len(chosen & right) - len(chosen - right), len(right)), Fraction(0))
        return Mark(fraction, "right" if fraction == 1 else "partly" if fraction else "wrong")

    def accepts(self, value: Value) -> bool:
        """Whether `value` has the letters of all right options and no other."""
        return isinstance(value, str) and value == self.value

    def show(self) -> str:
        """Write the key: the letters and their texts."""
        return "; ".join(f"{letter}: {self.options[ord(letter) - ord('A')]}" for letter in self.value)


def _check(options: tuple[str, ...]) -> None:
    if not 2 <= len(set(options)) == len(options) <= _MOST_OPTIONS:
        raise AnswerError(f"options={options}: expected 2 to 26 different texts")
