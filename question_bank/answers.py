"""The kinds of answer: integer, number, shape, array, choice, choices, expression, written text.

In place of any of them the right answer may be "this raises an error" or "this cannot be determined".
Each kind can `parse` what a student typed, `mark` what was read, and `show` the key. A kind's `field` is its public side.
The grammar of typed answers stands in `question_bank.readings`.

>>> answer = Shape((32, 24, 24), axes=("channels", "height", "width"))
>>> reading = answer.parse("32x24x24")
>>> reading.shown, answer.mark(reading).fraction
('(32, 24, 24) read as a shape', Fraction(1, 1))
"""

from fractions import Fraction
from typing import TypeAlias

from question_bank.answer_mark import Mark
from question_bank.answers_choice import Choice, Choices
from question_bank.answers_numeric import Array, Integer, Number, Shape
from question_bank.answers_open import Criterion, Expression, Raises, Undetermined, Written
from question_bank.values import Expr, Value

__all__ = [
    "Answer",
    "Array",
    "Choice",
    "Choices",
    "Criterion",
    "Expression",
    "Integer",
    "Mark",
    "Number",
    "Raises",
    "Shape",
    "Undetermined",
    "Written",
    "same",
]

Answer: TypeAlias = (
    Integer | Number | Shape | Array | Choice | Choices | Expression | Written | Raises | Undetermined
)


def same(answer: Answer, one: Value, other: Value) -> bool:
    """Whether two answers to one question are the same: within the tolerance of a number, equal as expressions.

    >>> same(Number(Fraction(1, 3), Fraction(1, 100)), Fraction(2, 3), Fraction(67, 100))
    True
    """
    if one == other:
        return True
    if isinstance(answer, Expression) and isinstance(one, Expr):
        return isinstance(other, Expr) and Expression(one.text, answer.symbols).accepts(other)
    numbers = isinstance(one, int | Fraction) and isinstance(other, int | Fraction)
    return isinstance(answer, Number) and numbers and Number(one, answer.tolerance).accepts(other)  # type: ignore[arg-type]  # both are numbers
