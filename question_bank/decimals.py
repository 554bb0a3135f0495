"""Powers of e and logarithms of exact numbers, correctly rounded to so many decimals: exact again, and the same on every machine."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final

from question_bank.values import Rational, simplest

_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)


def power(x: Rational, places: int) -> Rational:
    """Return e to the power of x.

    >>> power(1, 8)
    Fraction(271828183, 100000000)
    """
    return _rounded(_CONTEXT.exp(_decimal(x)), places)


def logarithm(x: Rational, places: int) -> Rational:
    """Return the natural logarithm of a positive number.

    >>> logarithm(2, 4)
    Fraction(6931, 10000)
    """
    return _rounded(_CONTEXT.ln(_decimal(x)), places)


def to_base_ten(x: Rational, places: int) -> Rational:
    """Return what a natural logarithm would have been to base ten.

    >>> to_base_ten(logarithm(100, 20), 4)
    2
    """
    return _rounded(_CONTEXT.divide(_decimal(x), _CONTEXT.ln(Decimal(10))), places)


def _decimal(x: Rational) -> Decimal:
    return _CONTEXT.divide(Decimal(x.numerator), Decimal(x.denominator))


def _rounded(x: Decimal, places: int) -> Rational:
    return simplest(Fraction(x.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)))
