"""How one answer may be typed where a program compares texts letter by letter, as course systems do, ignoring case and outer spaces.

The first spelling is the one that a page asks for. What a page of ours reads beyond these is not accepted there.
"""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context
from fractions import Fraction
from typing import Final

from question_bank.values import (
    Grid,
    Raised,
    Rational,
    Undetermined,
    Value,
    show_grid,
    show_number,
    show_shape,
)

RAISES: Final = (
    "error",
    "an error",
    "raises an error",
    "it raises an error",
    "this raises an error",
    "lỗi",
    "báo lỗi",
)
UNDETERMINED: Final = (
    "cannot be determined",
    "undetermined",
    "not determined",
    "it cannot be determined",
    "this cannot be determined",
    "không xác định được",
    "không thể xác định",
)
PLACES: Final = 4
"""To so many decimals a number is written that has no end as a decimal."""

DIGITS: Final = 15
"""So many significant digits a course system's arithmetic keeps."""

_MOST: Final = 60
_MOST_PLACES: Final = 10


def spellings(value: Value, tolerance: Rational = 0) -> tuple[str, ...]:
    """Return how an answer may be typed, the usual way first; of a number within a tolerance, its decimals.

    >>> spellings((3, 32))
    ('(3, 32)', '(3,32)', '3, 32', '3,32', '3 32', '3x32', '3 x 32', '[3, 32]', '[3,32]', 'torch.Size([3, 32])')
    >>> spellings(Fraction(-1, 2))
    ('-0.5', '-.5', '-0.50', '-1/2', '−0.5', '−.5', '−0.50', '−1/2')
    """
    return tuple(dict.fromkeys(_spellings(value, tolerance)))


def decimal(value: Rational) -> str:
    """Write a number as a decimal: exactly where 15 digits are enough, else rounded to 15.

    >>> decimal(Fraction(-1, 4)), decimal(Fraction(2, 3)), decimal(1200)
    ('-0.25', '0.666666666666667', '1200')
    """
    exact = show_number(value)
    if "/" not in exact and len(exact.strip("-0.").replace(".", "")) <= DIGITS:
        return exact
    rounded = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN).divide(value.numerator, value.denominator)
    return f"{rounded:f}"


def ends(value: Rational) -> bool:
    """Whether a number has an end as a decimal, and not too far away.

    >>> ends(Fraction(1, 8)), ends(Fraction(1, 3))
    (True, False)
    """
    return Fraction(decimal(value)) == value


def _spellings(value: Value, tolerance: Rational) -> Iterator[str]:
    match value:
        case Raised():
            yield from RAISES
        case Undetermined():
            yield from UNDETERMINED
        case int() | Fraction():
            yield from _with_minus(list(_number(value, tolerance)))
        case tuple():
            yield from _shape(value)
        case Grid(shape=(_,), cells=cells):
            yield from _row([decimal(cell) for cell in cells], show_grid(value))
        case _:
            raise NotImplementedError(f"{value!r} is not typed as a text")


def _number(value: Rational, tolerance: Rational) -> Iterator[str]:
    if tolerance:
        yield from _near(value, tolerance)
    elif isinstance(value, int):
        yield str(value)
        if abs(value) >= 1000:
            yield f"{value:,}"
    else:
        if ends(value):
            yield from _decimals(decimal(value))
        else:
            for places in (PLACES, *range(2, _MOST_PLACES)):
                yield from _decimals(_fixed(round(value, places), places))
        yield f"{value.numerator}/{value.denominator}"


def _near(value: Rational, tolerance: Rational) -> Iterator[str]:
    """Write the decimals within the tolerance, of as few places as tell apart, then the value with more of them."""
    places = 0
    while Fraction(1, 10**places) > tolerance:
        places += 1
    unit = Fraction(1, 10**places)
    middle = round(Fraction(value) / unit)
    reach = int(tolerance / unit) + 1
    for step in sorted(range(-reach, reach + 1), key=abs)[:_MOST]:
        if abs((middle + step) * unit - value) <= tolerance:
            yield from _decimals(_fixed((middle + step) * unit, places))
    for more in range(places + 1, places + 7):
        yield from _decimals(_fixed(round(Fraction(value), more), more))
    yield show_number(value)
    if value.denominator > 1:
        yield f"{value.numerator}/{value.denominator}"


def _fixed(value: Rational, places: int) -> str:
    """Write a number with so many decimals, exactly."""
    whole = int(value * 10**places)
    digits = str(abs(whole)).rjust(places + 1, "0")
    return f"{'-' if whole < 0 else ''}{digits[: len(digits) - places]}{'.' if places else ''}{digits[len(digits) - places :]}"


def _decimals(text: str) -> Iterator[str]:
    """Write a decimal as it is, without a leading zero, and with one zero more where a single place stands."""
    yield text
    if "." not in text:
        return
    bare = text.rstrip("0").rstrip(".")
    for form in (bare, text):
        if "." in form:
            yield form.replace("0.", ".", 1) if form.removeprefix("-").startswith("0.") else form
        yield form
    if len(text.partition(".")[2]) == 1:
        yield f"{text}0"


def _with_minus(texts: Sequence[str]) -> Iterator[str]:
    yield from texts
    yield from (text.replace("-", "\u2212") for text in texts if text.startswith("-"))


def _shape(shape: tuple[int, ...]) -> Iterator[str]:
    cells = [str(length) for length in shape]
    yield from _row(cells, show_shape(shape), "()")
    if len(shape) > 1:
        yield "x".join(cells)
        yield " x ".join(cells)
    yield f"[{', '.join(cells)}]"
    yield f"[{','.join(cells)}]"
    yield f"torch.Size([{', '.join(cells)}])"


def _row(cells: Sequence[str], usual: str, brackets: str = "[]") -> Iterator[str]:
    spaced, tight = ", ".join(cells), ",".join(cells)
    yield usual
    yield f"{brackets[0]}{spaced}{brackets[1]}"
    yield f"{brackets[0]}{tight}{brackets[1]}"
    if cells:
        yield spaced
        yield tight
        yield " ".join(cells)
        if brackets == "[]":
            yield f"({spaced})"
            yield f"({tight})"
            yield "; ".join(cells)
