"""Answers as people read them: exact where that is short, else with as many decimals as the comparison needs."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from question_bank.lectures.example import Unreadable, printable
from question_bank.values import Json, Rational, show_number

_USUAL_PLACES = 4
_MOST_PLACES = 12
_LONGEST = 2_000


def places(tolerance: Fraction | None) -> int:
    """Return with how many decimals a right value is shown: one more than the tolerance tells apart.

    >>> places(Fraction(1, 2000)), places(None)
    (5, 4)
    """
    if not tolerance:
        return _USUAL_PLACES
    return min(_MOST_PLACES, max(0, 1 - math.floor(math.log10(tolerance))))


def number_text(value: Any, digits: int = _USUAL_PLACES) -> str:
    """Write one number or text.

    >>> number_text(Fraction(2, 3)), number_text(Fraction(1, 8)), number_text(Decimal("5.0"))
    ('0.6667', '0.125', '5.0')
    """
    if isinstance(value, Fraction | float):
        exact = show_number(value) if isinstance(value, Fraction) else ""
        return (
            exact if exact and "/" not in exact and len(exact) <= digits + 2 else f"{float(value):.{digits}f}"
        )
    if isinstance(value, Unreadable):
        return value.text
    return printable(value) if isinstance(value, str) else str(value)


def rows_text(rows: Sequence[Sequence[Rational]]) -> str:
    """Write a small table on one line: cells with spaces, rows with strokes."""
    return " / ".join(" ".join(number_text(cell) for cell in row) for row in rows)


def text(value: Any, digits: int = _USUAL_PLACES) -> str:
    """Write an answer, stated or right, on one line.

    >>> text(((1, Fraction(1, 3)), (0, 2)))
    '[[1, 0.3333], [0, 2]]'
    """
    whole = _text(value, digits)
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}..."


def _text(value: Any, digits: int) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{printable(str(name))}: {_text(item, digits)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return f"[{', '.join(_text(item, digits) for item in value)}]"
    return "none" if value is None else number_text(value, digits)


def to_json(value: Any, digits: int = _MOST_PLACES) -> Json:
    """Return an answer as JSON; a fraction becomes the nearest decimal, written as a number."""
    if isinstance(value, Mapping):
        return {printable(str(name)): to_json(item, digits) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item, digits) for item in value]
    if isinstance(value, Fraction | float | Decimal):
        return round(float(value), digits)  # type: ignore[return-value]  # frozen JSON has no decimals, this report has
    return number_text(value) if isinstance(value, Unreadable | str) else value
