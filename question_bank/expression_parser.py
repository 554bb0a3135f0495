"""Typed expressions as trees, and trees as text: the grammar and the canonical form that `question_bank.expressions` states."""

import functools
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from question_bank.expression_tokens import MAX_TYPED, Token, UnreadableExpressionError, tokens
from question_bank.values import Rational, show_number, simplest

MAX_NESTING, MAX_SIZE, MAX_EXPONENT, _MOST_ARGUMENTS = 25, 1000, 12, 16
_CLOSING: Final = {"(": ")", "[": "]", "{": "}", "\u230a": "\u230b", "\u2308": "\u2309"}
_ROUNDING: Final = {"\u230a": "floor", "\u2308": "ceil"}
_BEGINS: Final = frozenset({"letter", "function", "e", "frac", *_CLOSING})
_SEVERAL: Final = frozenset({"max", "min"})
_END: Final = Token("end", "", -1, -1)


@dataclass(frozen=True, slots=True)
class Num:
    """A number, not negative."""

    value: Rational


@dataclass(frozen=True, slots=True)
class Sym:
    """A letter."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their signs, 1 or -1."""

    terms: tuple[tuple[int, "Tree"], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors, each with `*` or `/` before it, worked out from left to right; the first has `*`."""

    factors: tuple[tuple[str, "Tree"], ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A base to a whole number."""

    base: "Tree"
    exponent: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments."""

    name: str
    args: tuple["Tree", ...]


Tree: TypeAlias = Num | Sym | Sum | Product | Power | Call


@functools.lru_cache(maxsize=1024)
def parse(text: str, symbols: tuple[str, ...]) -> Tree:
    """Read a tidied text.

    Raises:
        UnreadableExpressionError: it is no expression in these letters.
    """
    tree = _Parser(tokens(text, symbols)).whole()
    if size(tree) > MAX_SIZE:
        raise UnreadableExpressionError("too-large")
    return tree


def size(tree: Tree) -> int:
    """Bound the degree, and the digits, of what an expression can come to; see `expressions`."""
    match tree:
        case Num(value):
            return len(str(value.numerator)) + len(str(value.denominator)) - 1
        case Sum(parts) | Product(parts):
            return sum(size(part) for _, part in parts)
        case Power(base, exponent):
            return size(base) * max(1, abs(exponent))
        case Call(_, args):
            return 1 + sum(map(size, args))
    return 1


class _Parser:
    """Reads tokens from left to right, once."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = [*found, _END, _END, _END]
        self._at = 0
        self._brackets = 0
        self._floors = 0
        self._calls = 0

    def whole(self) -> Tree:
        """Read all tokens."""
        tree = self._sum()
        if self._kind == "end":
            return tree
        raise UnreadableExpressionError(
            "brackets" if self._kind in _CLOSING.values() else "not-an-expression"
        )

    @property
    def _kind(self) -> str:
        return self._tokens[self._at].kind

    def _signs(self) -> int:
        """Read signs; return 1 or -1."""
        sign = 1
        while self._kind in ("+", "-"):
            sign = -sign if self._kind == "-" else sign
            self._at += 1
        return sign

    def _sum(self) -> Tree:
        terms = [(self._signs(), self._term())]
        while self._kind in ("+", "-"):
            terms.append((self._signs(), self._term()))
        return terms[0][1] if len(terms) == 1 and terms[0][0] == 1 else Sum(tuple(terms))

    def _term(self) -> Tree:
        factors = [("*", self._power())]
        divided = False
        while True:
            kind = self._kind
            if kind in ("*", "/", "//"):
                self._at += 1
                sign = self._signs()
                factor = self._power()
                factor = factor if sign == 1 else Sum(((-1, factor),))
                factors.append(("/" if kind == "//" else kind, factor))
                divided = kind != "*"
                if kind == "//":
                    factors = [("*", self._floored(factors))]
            elif kind in _BEGINS:
                if divided:
                    raise UnreadableExpressionError("product-after-division")
                factors.append(("*", self._power()))
            elif kind == "number":
                raise UnreadableExpressionError("missing-sign")
            else:
                return factors[0][1] if len(factors) == 1 else Product(tuple(factors))

    def _floored(self, factors: list[tuple[str, Tree]]) -> Tree:
        self._floors += 1
        if self._floors > MAX_NESTING:
            raise UnreadableExpressionError("nested-too-deep")
        return Call("floor", (Product(tuple(factors)),))

    def _power(self) -> Tree:
        natural = self._kind == "e"
        base = self._primary()
        if self._kind != "^":
            return base
        self._at += 1
        sign = self._signs()
        exponent = self._primary()
        if self._kind == "^":
            raise UnreadableExpressionError("exponent")
        signed = exponent if sign == 1 else Sum(((-1, exponent),))
        return Call("exp", (signed,)) if natural else _raised(base, _constant(signed))

    def _primary(self) -> Tree:
        token = self._tokens[self._at]
        if token.kind in _ROUNDING:
            return Call(_ROUNDING[token.kind], (self._group(token.kind),))
        if token.kind in _CLOSING:
            return self._group(token.kind)
        self._at += 1
        return self._after(token)

    def _after(self, token: Token) -> Tree:
        """Read what begins with a token that is no bracket."""
        match token.kind:
            case "number":
                return Num(self._number(token))
            case "letter":
                return Sym(token.text)
            case "e":
                return Call("exp", (Num(1),))
            case "function":
                return self._call(token.text)
            case "frac":
                top, bottom = self._group("{"), self._group("{")
                return Product((("*", top), ("/", bottom)))
        raise UnreadableExpressionError("not-an-expression")

    def _number(self, token: Token) -> Rational:
        """Read a number, and a decimal comma where no function's brackets are open."""
        text = token.text
        comma, after = self._tokens[self._at : self._at + 2]
        adjoining = token.end == comma.start and comma.end == after.start
        if not self._calls and adjoining and comma.kind == "," and (text + after.text).isdecimal():
            text += "." + after.text
            self._at += 2
        return simplest(Fraction(text))

    def _open(self, bracket: str) -> None:
        if self._kind != bracket:
            raise UnreadableExpressionError("not-an-expression")
        self._at += 1
        self._brackets += 1
        if self._brackets > MAX_NESTING:
            raise UnreadableExpressionError("nested-too-deep")

    def _close(self, bracket: str) -> None:
        if self._kind != _CLOSING[bracket]:
            missing = self._kind == "end" or self._kind in _CLOSING.values()
            raise UnreadableExpressionError("brackets" if missing else "not-an-expression")
        self._at += 1
        self._brackets -= 1

    def _group(self, bracket: str) -> Tree:
        self._open(bracket)
        tree = self._sum()
        self._close(bracket)
        return tree

    def _call(self, name: str) -> Tree:
        bracket = self._kind
        if bracket not in ("(", "[", "{"):
            raise UnreadableExpressionError("function-without-brackets")
        self._open(bracket)
        self._calls += 1
        args = [self._sum()]
        while self._kind == ",":
            self._at += 1
            args.append(self._sum())
        self._calls -= 1
        self._close(bracket)
        if len(args) > (_MOST_ARGUMENTS if name in _SEVERAL else 1):
            raise UnreadableExpressionError("wrong-arguments")
        return Call(name, tuple(args))


def _constant(tree: Tree) -> Fraction | None:
    """Return the value of an exponent: a number, numbers divided by each other, with a sign or not."""
    match tree:
        case Num(value):
            return Fraction(value)
        case Sum(((sign, part),)):
            inner = _constant(part)
            return None if inner is None else sign * inner
        case Product((("*", Num(top)), ("/", Num(bottom)))) if bottom:
            return Fraction(top) / bottom
    return None


def _raised(base: Tree, exponent: Fraction | None) -> Tree:
    if exponent is not None and exponent.denominator == 1 and abs(exponent) <= MAX_EXPONENT:
        return Power(base, exponent.numerator)
    if exponent == Fraction(1, 2):
        return Call("sqrt", (base,))
    if exponent == Fraction(-1, 2):
        return Product((("*", Num(1)), ("/", Call("sqrt", (base,)))))
    raise UnreadableExpressionError("exponent")


def write(tree: Tree) -> str:
    """Write the canonical form.

    Raises:
        UnreadableExpressionError: it would be too large to be read again.
    """
    text = _write(tree)
    if len(text) > MAX_TYPED or _nesting(text) > MAX_NESTING:
        raise UnreadableExpressionError("too-large")
    return text


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _write(tree: Tree) -> str:
    match tree:
        case Num(value):
            return show_number(value)
        case Sym(name):
            return name
        case Sum(terms):
            return _write_sum(terms)
        case Product(factors):
            return _write_product(factors)
        case Power(base, exponent):
            bare = isinstance(base, Num | Sym | Call)
            start = _write(base) if bare else f"({_write(base)})"
            return f"{start}^{exponent}" if exponent >= 0 else f"{start}^({exponent})"
        case Call(name, args):
            return f"{name}({', '.join(map(_write, args))})"


def _write_sum(terms: tuple[tuple[int, Tree], ...]) -> str:
    text = ""
    for sign, term in terms:
        joint = (" - " if sign < 0 else " + ") if text else ("-" if sign < 0 else "")
        inner = isinstance(term, Sum) and bool(joint)  # a sum that comes first needs no brackets
        text += joint + (f"({_write(term)})" if inner else _write(term))
    return text


def _write_product(factors: tuple[tuple[str, Tree], ...]) -> str:
    text, divided = "", False
    for sign, factor in factors:
        compound = isinstance(factor, Sum | (Product if text else Sum))
        piece = f"({_write(factor)})" if compound else _write(factor)
        if not text:
            text, divided = piece, isinstance(factor, Product) and _divides(factor)
            continue
        text = f"({text}){sign}{piece}" if divided else f"{text}{sign}{piece}"
        divided = sign == "/"
    return text


def _divides(product: Product) -> bool:
    return product.factors[-1][0] == "/"
