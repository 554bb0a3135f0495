"""What reading a typed answer gives: an exact value and how it was read, or a problem with a name.

The grammar stands in `question_bank.readings`.
"""

from dataclasses import dataclass
from typing import Final

from question_bank.values import Value

PROBLEMS: Final = {
    "empty": "no answer yet",
    "too-long": "longer than any answer needs to be",
    "not-a-number": "not read as a number: write for example 24, 0.5 or 3/4",
    "number-too-long": "more digits than any answer needs",
    "two-readings": "can be read in two ways: write the number without a separator before its last three digits",
    "zero-denominator": "a fraction with the denominator 0 has no value",
    "not-a-shape": "not read as a shape: write for example (3, 32, 32)",
    "too-many-axes": "more than 8 axes",
    "not-an-array": "not read as an array: write its rows on lines of their own, for example 1 2 3",
    "brackets": "the brackets do not match",
    "too-deep": "more than 6 brackets inside each other",
    "too-many-numbers": "more than 4096 numbers",
    "ragged": "the rows have different lengths",
    "not-an-option": "not one of the options: write its letter",
    "not-options": "not letters of the options: write for example A, C",
    "option-twice": "the same letter twice",
    "text-too-long": "longer than 10000 characters",
    "not-an-expression": "not read as an expression: write for example 2*(n + 1) or v1*w1 + b",
    "expression-too-long": "longer than 1000 characters",
    "unknown-name": "a letter or a name that the question does not have",
    "two-products": "letters side by side that can be read in two ways: write * between factors",
    "missing-sign": "a sign is missing before a number: write * between factors",
    "product-after-division": "a product after a division can be read in two ways: write brackets, and * between factors",
    "function-without-brackets": "a function needs brackets, for example log(p)",
    "wrong-arguments": "too many values in the brackets of a function",
    "exponent": "an exponent is a whole number from -12 to 12; write exp(x) for other powers of e",
    "nested-too-deep": "more than 25 brackets inside each other",
    "too-large": "larger than any answer needs to be",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a typed answer.

    Attributes:
        value: the answer, exact; None when nothing could be read.
        shown: how it was read, for the student: `(32, 24, 24) read as a shape`; empty when nothing could be read.
        problem: a key of `PROBLEMS` when nothing could be read, else empty.
    """

    value: Value | None = None
    shown: str = ""
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether an answer was read; it may still be wrong."""
        return not self.problem


class UnreadableError(Exception):
    """Carries a key of `PROBLEMS` out of a reader; it never leaves `readings.read`."""
