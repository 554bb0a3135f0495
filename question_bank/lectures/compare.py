"""When a stated answer holds: within the tolerance that its example states, or as exactly as its digits say.

Without a tolerance a whole number stands for itself, a number printed with decimals for every value that rounds to it
(half a unit of its last digit), a text for itself, and `over 53 billion` for 53 to 54 thousand millions. `error` is any error's name.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from question_bank.errors import FormatError
from question_bank.lectures.example import Unreadable

Answer: TypeAlias = "int | Fraction | float | str | tuple[Answer, ...] | Mapping[str, Answer]"
_ROUNDING: Final = 1e-12
_UNITS: Final[Mapping[str, int]] = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_CLAIM = re.compile(
    r"(over|more than|about|around|under|less than)\s+([\d,]{1,20}(?:\.\d{1,9})?)(?:\s+([a-z]+))?"
)
_NO_NUMBERS: Final = frozenset({"nan", "inf", "-inf", "undefined"})
_FRACTION = re.compile(r"(-?\d{1,20})/(\d{1,20})")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the stated answer is wrong.

    Attributes:
        path: indices and names that lead to it; empty for the whole answer.
        stated: what stands there; `right` what belongs there.
    """

    path: tuple[int | str, ...]
    stated: Any
    right: Answer


def differences(stated: Any, right: Answer, tolerance: Fraction | None = None) -> tuple[Difference, ...]:
    """List where a stated answer is wrong, in order; none when it holds.

    Raises:
        FormatError: the stated answer names something that this kind does not work out, or is in words that are not understood.

    >>> differences([Decimal("0.67"), 1], (Fraction(2, 3), 2))
    (Difference(path=(1,), stated=1, right=2),)
    """
    return tuple(_differences(stated, right, tolerance, ()))


def holds(stated: Any, right: Answer, tolerance: Fraction | None = None) -> bool:
    """Tell whether a stated answer holds; ends at the first place where it does not.

    >>> holds([1, Decimal("0.3")], (1, Fraction(1, 3)))
    True
    """
    return next(_differences(stated, right, tolerance, ()), None) is None


def _differences(
    stated: Any, right: Answer, tolerance: Fraction | None, path: tuple[int | str, ...]
) -> Iterator[Difference]:
    if isinstance(right, Mapping):
        yield from _named(stated, right, tolerance, path)
    elif isinstance(right, tuple):
        if not isinstance(stated, list) or len(stated) != len(right):
            yield Difference(path, stated, right)
            return
        for place, (one, other) in enumerate(zip(stated, right, strict=True)):
            yield from _differences(one, other, tolerance, (*path, place))
    elif not _holds(stated, right, tolerance):
        yield Difference(path, stated, right)


def _named(
    stated: Any, right: Mapping[str, Answer], tolerance: Fraction | None, path: tuple[int | str, ...]
) -> Iterator[Difference]:
    if not isinstance(stated, dict) or not stated or not set(stated) <= set(right):
        raise FormatError(f"stated_answer: expected an object with some of {', '.join(right)}")
    for name in stated:
        yield from _differences(stated[name], right[name], tolerance, (*path, name))


def _holds(stated: Any, right: "int | Fraction | float | str", tolerance: Fraction | None) -> bool:
    if right == "error":
        return isinstance(stated, str) and stated.strip().casefold().endswith("error")
    if isinstance(right, str):
        return isinstance(stated, str) and stated.strip().casefold() == right.casefold()
    if isinstance(stated, str):
        return _claimed(stated.strip().casefold(), right)
    if isinstance(stated, bool) or not isinstance(stated, int | Decimal):
        return False
    allowed = tolerance if tolerance is not None else rounding(stated)
    slack = _ROUNDING * max(1.0, abs(right)) if isinstance(right, float) else 0
    exact = Fraction(right) if math.isfinite(right) else None
    return exact is not None and abs(Fraction(stated) - exact) <= allowed + Fraction(slack)


def rounding(stated: int | Decimal) -> Fraction:
    """Return half a unit of the last digit that is printed; 0 for a whole number.

    >>> rounding(Decimal("0.67"))
    Fraction(1, 200)
    """
    places = decimals(stated)
    return Fraction(1, 2 * 10**places) if places else Fraction(0)


def decimals(stated: int | Decimal) -> int:
    """Return how many decimals a number is printed with."""
    if isinstance(stated, int):
        return 0
    exponent = stated.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _claimed(text: str, right: "int | Fraction | float") -> bool:
    """Judge a number written in words.

    Raises:
        FormatError: these words are not understood, so that nobody can say whether they hold.
    """
    if text in _NO_NUMBERS or text.endswith("error"):
        return False
    if match := _FRACTION.fullmatch(text):
        return int(match[2]) > 0 and Fraction(int(match[1]), int(match[2])) == right
    match = _CLAIM.fullmatch(text)
    if match is None or (match[3] and match[3] not in _UNITS):
        raise FormatError(
            f"stated_answer: {text[:40]!r} is not understood; expected a number, 2/3, or such as over 53 billion"
        )
    digits = match[2].replace(",", "")
    times: int = _UNITS[match[3]] if match[3] else 1
    start, unit = Fraction(digits) * times, Fraction(times, 10 ** len(digits.partition(".")[2]))
    if match[1] in ("over", "more than"):
        return start < right < start + unit
    if match[1] in ("under", "less than"):
        return start - unit < right < start
    return -unit <= 2 * (right - start) <= unit


def readable(stated: Any) -> bool:
    """Tell whether every number of a stated answer is one."""
    if isinstance(stated, dict):
        return all(map(readable, stated.values()))
    if isinstance(stated, list):
        return all(map(readable, stated))
    return not isinstance(stated, Unreadable)
