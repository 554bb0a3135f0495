"""Whether two expressions are equal, decided from their values at points that follow from the expressions alone.

Two expressions are equal when they have the same value wherever both have one, and both have one at a quarter of the points
or more, so that x/x is 1 and a key times 0/0 is nothing. What the letters stand for, and how it is decided, depends on what stands in either:

- *only + - * / and whole powers*: exactly, at 3 points of whole numbers from 1 to 2^40, taken from a SHAKE-256 hash of both.
  A difference that is not 0 everywhere has a numerator of degree below 2,000, so that a point misses it with a chance below 2^-29
  (Schwartz and Zippel), and three below 2^-87; the hash leaves nobody a choice of the points.
- *with floor or ceil*: letters are positive whole numbers, as sizes are. Exactly, at 64 points, most of them small, some up to 2^40.
- *with max, min, relu or abs*: exactly, at 64 fractions of both signs, small and large. Every piece that holds a sixteenth of the
  points is met with a chance of 98 % or more.
- *with exp, log, sqrt, tanh or sigmoid*: to 60 decimal digits at 24 points, 12 of them between 0 and 1 where probabilities lie; equal
  values agree in 40 digits. A power of e beyond 10,000 has no value.

One exact difference ends the comparison. Only the first rule is a proof up to its chance; by the others an expression that differs from
the key where no point lies would count as equal, and whoever writes one has written the key into it.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, DecimalException
from typing import Final, TypeAlias, TypeVar

from question_bank.expression_parser import Call, Num, Power, Product, Sum, Sym, Tree

Ratio: TypeAlias = tuple[int, int]
"""A numerator and a positive denominator, not in lowest terms: they grow no faster than the expression's size allows."""
Point: TypeAlias = Mapping[str, Ratio]

T = TypeVar("T")

_ROUNDING: Final = frozenset({"floor", "ceil"})
_PIECES: Final = frozenset({"max", "min", "relu", "abs"})
_CONTEXT: Final = Context(prec=60, Emax=1_000_000, Emin=-1_000_000)
_CLOSE, _NEAR, _LARGEST_POWER = Decimal("1e-40"), Decimal("1e-50"), 10_000
_ENOUGH: Final = 3
_ONE: Final = Decimal(1)


class _UndefinedError(Exception):
    """An expression has no value at a point."""


def agree(one: Tree, other: Tree, seed: str) -> bool:
    """Whether two expressions are equal; `seed` is a text that both decide, from which the points follow."""
    if one == other:
        return True
    letters, functions = _used(one)
    more_letters, more_functions = _used(other)
    names, called = sorted(letters | more_letters), functions | more_functions
    places = _Stream(seed)
    if called - _ROUNDING - _PIECES:
        return _same(one, other, _real_points(names, places), _decimal, _close)
    if called & _ROUNDING:
        return _same(one, other, _whole_points(names, places), _ratio, _equal)
    if called:
        return _same(one, other, _signed_points(names, places), _ratio, _equal)
    return _same(one, other, _large_points(names, places), _ratio, _equal)


def _same(
    one: Tree,
    other: Tree,
    points: Sequence[Point],
    value: Callable[[Tree, Point], T],
    equal: Callable[[T, T], bool],
) -> bool:
    defined = 0
    for point in points:
        try:
            mine, theirs = value(one, point), value(other, point)
        except _UndefinedError:
            continue
        if not equal(mine, theirs):
            return False
        defined += 1
    return 4 * defined >= len(points)


def _used(tree: Tree) -> tuple[set[str], set[str]]:
    """Return the letters and the functions of an expression."""
    letters: set[str] = set()
    functions: set[str] = set()
    for part in _parts(tree):
        if isinstance(part, Sym):
            letters.add(part.name)
        elif isinstance(part, Call):
            functions.add(part.name)
    return letters, functions


def _parts(tree: Tree) -> Iterator[Tree]:
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case Sum(parts) | Product(parts):
                waiting += [inner for _, inner in parts]
            case Power(base):
                waiting.append(base)
            case Call(_, args):
                waiting += args


class _Stream:
    """Whole numbers that follow from a text."""

    def __init__(self, text: str) -> None:
        self._bytes = hashlib.shake_256(text.encode()).digest(8192)
        self._at = 0

    def below(self, bound: int) -> int:
        """Return the next number, from 0 to `bound` - 1."""
        if self._at + 8 > len(self._bytes):
            self._bytes, self._at = hashlib.shake_256(self._bytes).digest(8192), 0
        self._at += 8
        return int.from_bytes(self._bytes[self._at - 8 : self._at]) % bound


def _large_points(names: list[str], stream: _Stream) -> Sequence[Point]:
    return [{name: (1 + stream.below(2**40), 1) for name in names} for _ in range(_ENOUGH)]


def _whole_points(names: list[str], stream: _Stream) -> Sequence[Point]:
    tops = [9] * 28 + [30] * 16 + [300] * 12 + [10**6] * 4 + [2**40] * 4
    return [{name: (1 + stream.below(top), 1) for name in names} for top in tops]


def _signed_points(names: list[str], stream: _Stream) -> Sequence[Point]:
    tops = [9] * 40 + [100] * 12 + [10**4] * 6 + [2**40] * 6
    return [{name: (stream.below(2 * top + 1) - top, 1 + stream.below(7)) for name in names} for top in tops]


def _real_points(names: list[str], stream: _Stream) -> Sequence[Point]:
    between = [{name: (1 + stream.below(9998), 10_000) for name in names} for _ in range(12)]
    signed = [
        {name: (stream.below(2001) - 1000, scale) for name in names}
        for scale in (300, 300, 100, 100, 10, 1_000_000)
    ]
    positive = [
        {name: (1 + stream.below(1000), scale) for name in names} for scale in (300, 100, 100, 10, 10, 1)
    ]
    return between + signed + positive


def _equal(one: Ratio, other: Ratio) -> bool:
    return one[0] * other[1] == other[0] * one[1]


def _ratio(tree: Tree, point: Point) -> Ratio:
    """Work an expression out exactly."""
    match tree:
        case Num(value):
            return value.numerator, value.denominator
        case Sym(name):
            return point[name]
        case Sum(terms):
            top, bottom = 0, 1
            for sign, term in terms:
                n, d = _ratio(term, point)
                top, bottom = (
                    (top + sign * n, bottom) if d == bottom else (top * d + sign * n * bottom, bottom * d)
                )
            return top, bottom
        case Product(factors):
            top, bottom = 1, 1
            for operation, factor in factors:
                n, d = _ratio(factor, point)
                n, d = (n, d) if operation == "*" else _inverse((n, d))
                top, bottom = top * n, bottom * d
            return top, bottom
        case Power(base, exponent):
            ratio = _ratio(base, point)
            n, d = ratio if exponent >= 0 else _inverse(ratio)
            return n ** abs(exponent), d ** abs(exponent)
        case Call(name, args):
            return _piece(name, [_ratio(arg, point) for arg in args])


def _inverse(ratio: Ratio) -> Ratio:
    n, d = ratio
    if not n:
        raise _UndefinedError
    return (d, n) if n > 0 else (-d, -n)


def _piece(name: str, args: list[Ratio]) -> Ratio:
    n, d = args[0]
    match name:
        case "floor":
            return n // d, 1
        case "ceil":
            return -(-n // d), 1
        case "relu":
            return max(n, 0), d
        case "abs":
            return abs(n), d
    for other in args[1:]:
        larger = other[0] * d > n * other[1]
        n, d = other if larger == (name == "max") else (n, d)
    return n, d


def _close(one: Decimal, other: Decimal) -> bool:
    scale = _CONTEXT.add(_CONTEXT.abs(one), _CONTEXT.abs(other))
    return _CONTEXT.abs(_CONTEXT.subtract(one, other)) <= _CONTEXT.add(
        _CONTEXT.multiply(_CLOSE, scale), _NEAR
    )


def _decimal(tree: Tree, point: Point) -> Decimal:
    """Work an expression out to 60 digits."""
    try:
        return _number(tree, point)
    except (DecimalException, OverflowError):
        raise _UndefinedError from None


def _number(tree: Tree, point: Point) -> Decimal:
    match tree:
        case Num() | Sym():
            n, d = _ratio(tree, point)
            return _CONTEXT.divide(Decimal(n), Decimal(d))
        case Sum(terms):
            total = Decimal(0)
            for sign, term in terms:
                total = (_CONTEXT.add if sign > 0 else _CONTEXT.subtract)(total, _number(term, point))
            return total
        case Product(factors):
            total = _ONE
            for operation, factor in factors:
                total = (_CONTEXT.multiply if operation == "*" else _CONTEXT.divide)(
                    total, _number(factor, point)
                )
            return total
        case Power(base, exponent):
            start, whole = _number(base, point), _ONE
            for _ in range(abs(exponent)):
                whole = _CONTEXT.multiply(whole, start)
            return whole if exponent >= 0 else _CONTEXT.divide(_ONE, whole)
        case Call(name, args):
            return _function(name, [_number(arg, point) for arg in args])


def _function(name: str, args: list[Decimal]) -> Decimal:
    if name in ("max", "min"):
        return max(args) if name == "max" else min(args)
    return _OF_ONE[name](args[0])


def _exp(x: Decimal) -> Decimal:
    if not -_LARGEST_POWER <= x <= _LARGEST_POWER:
        raise _UndefinedError
    return _CONTEXT.exp(x)


def _log(x: Decimal) -> Decimal:
    if x <= 0:
        raise _UndefinedError
    return _CONTEXT.ln(x)


def _sigmoid(x: Decimal) -> Decimal:
    return _CONTEXT.divide(_ONE, _CONTEXT.add(_ONE, _exp(_CONTEXT.minus(x))))


def _tanh(x: Decimal) -> Decimal:
    square = _exp(_CONTEXT.add(x, x))
    return _CONTEXT.divide(_CONTEXT.subtract(square, _ONE), _CONTEXT.add(square, _ONE))


_OF_ONE: Final[Mapping[str, Callable[[Decimal], Decimal]]] = {
    "floor": lambda x: x.to_integral_value(ROUND_FLOOR, _CONTEXT),
    "ceil": lambda x: x.to_integral_value(ROUND_CEILING, _CONTEXT),
    "abs": _CONTEXT.abs,
    "relu": lambda x: max(x, Decimal(0)),
    "exp": _exp,
    "log": _log,
    "sqrt": _CONTEXT.sqrt,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
}
