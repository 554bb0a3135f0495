"""What is fixed for a whole class when an exam is first built, frozen: the plan of every paper's items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from question_bank import credit
from question_bank.blueprint_data import Blueprint
from question_bank.errors import FormatError
from question_bank.frozen import rational, take, take_all, take_rational, text
from question_bank.values import Json, Rational, simplest, value_to_json

EXAM_FORMAT = "legrade-exam-1"


@dataclass(frozen=True, slots=True)
class Planned:
    """One item of every paper: what is the same for the class.

    Attributes:
        slot: the blueprint's slot, from 0.
        number: of the item in its slot, from 0.
        family: the family's name, and its `version` when the exam was first built.
        points: of the item.
        radicals: the stratum: the value of each radical, the same for every student, for fairness.
        fixed: all axes that the blueprint fixes, each to the values it may have.
        credit: the partial-credit rule, see `question_bank.credit`.
    """

    slot: int
    number: int
    family: str
    version: int
    points: Rational
    radicals: Mapping[str, int] = field(default_factory=dict)
    fixed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    credit: str = credit.PARTS

    def __post_init__(self) -> None:
        object.__setattr__(self, "radicals", MappingProxyType(dict(self.radicals)))
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))

    def to_json(self) -> Json:
        """Freeze the plan of the item."""
        return {
            "slot": self.slot,
            "number": self.number,
            "family": self.family,
            "version": self.version,
            "points": value_to_json(simplest(Fraction(self.points))),
            "radicals": dict(self.radicals),
            "fixed": {name: list(values) for name, values in self.fixed.items()},
            **credit.to_json(self.credit),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Planned":
        """Read what `to_json` wrote."""
        radicals, fixed = take(data, "radicals", dict), take(data, "fixed", dict)
        return cls(
            take(data, "slot", int),
            take(data, "number", int),
            take(data, "family", str),
            take(data, "version", int),
            take_rational(data, "points"),
            {name: take(radicals, name, int) for name in radicals},
            {name: tuple(int(value) for value in take_all(fixed, name, rational)) for name in fixed},
            credit.from_json(data),
        )


@dataclass(frozen=True, slots=True)
class Exam:
    """What was fixed when the exam was first built; later papers of the same exam keep to it.

    Attributes:
        blueprint: what was asked for.
        plan: the items of every paper.
        key: which course key the papers are derived from, its `CourseKey.fingerprint`.
        avoid: items that are not asked, sorted, see `planning.identity`.
    """

    blueprint: Blueprint
    plan: tuple[Planned, ...]
    key: str
    avoid: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """Freeze the exam."""
        plan: list[Json] = [planned.to_json() for planned in self.plan]
        return {
            "format": EXAM_FORMAT,
            "blueprint": self.blueprint.to_json(),
            "plan": plan,
            "key": self.key,
            **({"avoid": list(self.avoid)} if self.avoid else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> "Exam":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no exam; the message names the field.
        """
        expect_format(data, EXAM_FORMAT)
        blueprint = Blueprint.from_json(take(data, "blueprint", dict))
        avoid = take_all(data, "avoid", text) if isinstance(data, dict) and "avoid" in data else ()
        return cls(blueprint, take_all(data, "plan", Planned.from_json), take(data, "key", str), avoid)


def expect_format(data: Json, expected: str) -> None:
    """See that an object says that it is of a format.

    Raises:
        FormatError: it does not.
    """
    if (got := take(data, "format", str)) != expected:
        raise FormatError(f"format={got!r}: expected {expected!r}; a newer LeGrade may read it")
