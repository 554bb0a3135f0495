"""Steps of worked solutions: equations that are checked when they are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from question_bank import maths
from question_bank.errors import StepError
from question_bank.frozen import numbers, take, take_rational
from question_bank.message import Message
from question_bank.values import Json, Rational, show_number, value_to_json


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
        sides = dict.fromkeys(self._sides(maths.plain))
        return f"{self.label.plain()}: {' = '.join(sides)}"

    def mathml(self) -> str:
        """Return the equation as one MathML element."""
        inner = (side.removeprefix("<math>").removesuffix("</math>") for side in self.mathml_sides())
        return f"<math>{'<mo>=</mo>'.join(inner)}</math>"

    def mathml_sides(self) -> tuple[str, ...]:
        """Return what the equation says to be equal, a MathML element each: browsers break no line inside of one."""
        return tuple(dict.fromkeys(self._sides(maths.mathml)))

    def latex(self) -> str:
        """Return the equation as LaTeX, without dollar signs."""
        return " = ".join(dict.fromkeys(self._sides(maths.latex)))

    def typst(self) -> str:
        """Return the equation as Typst, without dollar signs."""
        return " = ".join(dict.fromkeys(self._sides(maths.typst)))

    def _sides(self, setter: Callable[[str, Mapping[str, Rational]], str]) -> tuple[str, str, str]:
        """Set the formula, the formula with numbers, and the value: as a decimal where it ends, else as a fraction."""
        ends = "/" not in show_number(self.value)
        value = "value" if ends else f"{self.value.numerator} / {self.value.denominator}"
        return (
            setter(self.formula, {}),
            setter(self.formula, self.numbers),
            setter(value, {"value": self.value}),
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
