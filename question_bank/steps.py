"""Steps of worked solutions: equations that are checked when they are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from question_bank import maths
from question_bank.errors import StepError
from question_bank.frozen import numbers, take, take_rational
from question_bank.message import Message
from question_bank.values import Json, Rational, value_to_json


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a worked solution: formula = numbers put in = value.

    Attributes:
        label: what the step works out.
        formula: in the language of `maths`.
        numbers: what is put in for the formula's names.
        value: what comes out.

    Raises:
        StepError: the formula does not give the value.

    >>> Step(Message("Span of the kernel"), "d*(k - 1) + 1", {"d": 2, "k": 3}, 5).plain()
    'Span of the kernel: d × (k − 1) + 1 = 2 × (3 − 1) + 1 = 5'
    """

    label: Message
    formula: str
    numbers: Mapping[str, Rational]
    value: Rational

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", MappingProxyType(dict(self.numbers)))
        got = maths.evaluate(self.formula, self.numbers)
        if got != self.value:
            raise StepError(
                f"step {self.label.plain()!r}: {maths.plain(self.formula, self.numbers)} is {got}, not {self.value}; mend the family"
            )

    def plain(self) -> str:
        """Return the line as plain text."""
        sides = dict.fromkeys(
            (maths.plain(self.formula), maths.plain(self.formula, self.numbers), maths.plain(self._value))
        )
        return f"{self.label.plain()}: {' = '.join(sides)}"

    def mathml(self) -> str:
        """Return the equation as one MathML element."""
        sides = (
            maths.mathml(self.formula),
            maths.mathml(self.formula, self.numbers),
            maths.mathml(self._value),
        )
        inner = dict.fromkeys(side.removeprefix("<math>").removesuffix("</math>") for side in sides)
        return f"<math>{'<mo>=</mo>'.join(inner)}</math>"

    def latex(self) -> str:
        """Return the equation as LaTeX, without dollar signs."""
        return " = ".join(
            dict.fromkeys(
                (maths.latex(self.formula), maths.latex(self.formula, self.numbers), maths.latex(self._value))
            )
        )

    @property
    def _value(self) -> str:
        return (
            f"{self.value.numerator} / {self.value.denominator}"
            if self.value.denominator > 1
            else str(self.value)
        )

    def to_json(self) -> Json:
        """Freeze the step."""
        put_in = {name: value_to_json(number) for name, number in self.numbers.items()}
        return {
            "label": self.label.to_json(),
            "formula": self.formula,
            "numbers": put_in,
            "value": value_to_json(self.value),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Step":
        """Read what `to_json` wrote; the step is checked again."""
        label = Message.from_json(take(data, "label", dict))
        return cls(label, take(data, "formula", str), numbers(data, "numbers"), take_rational(data, "value"))
