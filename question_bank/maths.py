"""Formulas as short texts: evaluated exactly, and set as MathML, LaTeX or plain text with or without numbers put in.

The language is Python's arithmetic: names, whole numbers, `+ - * / //`, parentheses, `max(...)`, `min(...)`; `//` rounds
down and is set as a floor. `=` may join formulas where they are set, not where they are evaluated. An underscore in a name
sets a subscript. What a reader sees is therefore exactly what was evaluated, in the order it was written.

>>> SIZE = "(n + 2*p - k) // s + 1"
>>> evaluate(SIZE, {"n": 28, "p": 1, "k": 3, "s": 2})
14
>>> plain(SIZE, {"n": 28, "p": 1, "k": 3, "s": 2})
'⌊(28 + 2 × 1 − 3) / 2⌋ + 1'
"""

import ast
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from xml.sax.saxutils import escape

from question_bank.errors import FormulaError
from question_bank.values import Rational, show_number, simplest

_LONGEST = 4000
_SUM, _PRODUCT, _ATOM = 1, 2, 3
_SIGNS: Final[Mapping[type[ast.operator], tuple[str, int]]] = {
    ast.Add: ("+", _SUM),
    ast.Sub: ("\u2212", _SUM),
    ast.Mult: ("\u00d7", _PRODUCT),
}
_NODES = (
    ast.BinOp,
    ast.UnaryOp,
    ast.USub,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Div,
    ast.FloorDiv,
    *_SIGNS,
)
_FUNCTIONS: Final[Mapping[str, Callable[..., Rational]]] = {"max": max, "min": min}


@dataclass(frozen=True, slots=True)
class _Style:
    """How one output language writes the pieces of a formula; every piece is text already set."""

    number: Callable[[str], str]
    name: Callable[[str], str]
    sign: Callable[[str], str]
    bracket: Callable[[str], str]
    fraction: Callable[[str, str], str]
    floor: Callable[[str], str]
    call: Callable[[str, list[str]], str]
    inline_fraction: bool = False


@functools.lru_cache(maxsize=2048)
def _parse(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise FormulaError(f"formula of {len(text)} characters: expected at most {_LONGEST}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"formula {text!r}: expected arithmetic with + - * / //; {error.msg}") from None
    for node in ast.walk(tree):
        known = isinstance(node, _NODES) and not (
            isinstance(node, ast.Constant) and type(node.value) is not int
        )
        if isinstance(node, ast.Call):
            known = (
                isinstance(node.func, ast.Name)
                and node.func.id in _FUNCTIONS
                and bool(node.args)
                and not node.keywords
            )
        if not known:
            raise FormulaError(
                f"formula {text!r}: expected names, whole numbers, + - * / //, max, min; got {ast.unparse(node) or type(node).__name__}"
            )
    return tree


def names(text: str) -> tuple[str, ...]:
    """Return the names in a formula, in order of first appearance.

    >>> names("d*(k - 1) + 1")
    ('d', 'k')
    """
    found = [
        node for node in ast.walk(_parse(text)) if isinstance(node, ast.Name) and node.id not in _FUNCTIONS
    ]
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def evaluate(text: str, numbers: Mapping[str, Rational] | None = None) -> Rational:
    """Work a formula out exactly.

    Raises:
        FormulaError: it is no formula, a name has no number, or a divisor is 0.
    """
    try:
        return simplest(_value(_parse(text), numbers or {}))
    except KeyError as error:
        raise FormulaError(
            f"formula {text!r}: expected a number for {error}, got {sorted(numbers or {})}"
        ) from None
    except ZeroDivisionError:
        raise FormulaError(f"formula {text!r}: a divisor is 0 with {dict(numbers or {})}") from None


def substitute(text: str, leaves: Mapping[str, Any]) -> Any:
    """Work a formula out with anything that has arithmetic, such as SymPy's symbols, in place of its names.

    `max` and `min` want things that can be compared.
    """
    return _value(_parse(text), leaves)


def _value(node: ast.expr, numbers: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(id=name):
            return numbers[name]
        case ast.UnaryOp(operand=operand):
            return -_value(operand, numbers)
        case ast.Call(func=ast.Name(id=name), args=args):
            return _FUNCTIONS[name](*(_value(arg, numbers) for arg in args))
        case ast.BinOp(left=left, op=op, right=right):
            return _operate(op, _value(left, numbers), _value(right, numbers))
    raise AssertionError(ast.dump(node))  # _parse lets nothing else through


def _operate(op: ast.operator, a: Any, b: Any) -> Any:
    if isinstance(op, ast.Add):
        return a + b
    if isinstance(op, ast.Sub):
        return a - b
    if isinstance(op, ast.Mult):
        return a * b
    if isinstance(op, ast.FloorDiv):
        return a // b
    return (Fraction(a) if isinstance(a, int) else a) / b


def plain(text: str, numbers: Mapping[str, Rational] | None = None) -> str:
    """Set formulas joined by `=` as plain text, with numbers put in for the names that have one."""
    return " = ".join(_set(_PLAIN, side, numbers) for side in text.split("="))


def latex(text: str, numbers: Mapping[str, Rational] | None = None) -> str:
    r"""Set formulas joined by `=` as LaTeX, without dollar signs.

    >>> latex("h_out = n // s")
    'h_{\\mathrm{out}} = \\left\\lfloor \\frac{n}{s} \\right\\rfloor'
    """
    return " = ".join(_set(_LATEX, side, numbers) for side in text.split("="))


def typst(text: str, numbers: Mapping[str, Rational] | None = None) -> str:
    """Set formulas joined by `=` as Typst, without dollar signs.

    >>> typst("h_out = 3*n // s", {"s": 2})
    'italic("h")_"out" = floor(frac(3 times italic("n"), 2))'
    """
    return " = ".join(_set(_TYPST, side, numbers) for side in text.split("="))


def mathml(text: str, numbers: Mapping[str, Rational] | None = None) -> str:
    """Set formulas joined by `=` as one MathML element.

    >>> mathml("n + 1", {"n": 2})
    '<math><mrow><mn>2</mn><mo>+</mo><mn>1</mn></mrow></math>'
    """
    sides = [f"<mrow>{_set(_MATHML, side, numbers)}</mrow>" for side in text.split("=")]
    # each side, and each argument, has a row of its own: a minus sign that starts a row is set as a sign, not as a subtraction
    row = "<mo>=</mo>".join(sides)
    return f"<math>{row}</math>" if len(sides) == 1 else f"<math><mrow>{row}</mrow></math>"


def _set(style: _Style, text: str, numbers: Mapping[str, Rational] | None) -> str:
    return _typeset(style, _parse(text.strip()), numbers or {})[0]


def _typeset(style: _Style, node: ast.expr, numbers: Mapping[str, Rational]) -> tuple[str, int]:
    """Return the node's text and how tightly it binds."""
    match node:
        case ast.Constant(value=int(value)):
            return _set_number(style, value)
        case ast.Name(id=name):
            return _set_number(style, numbers[name]) if name in numbers else (style.name(name), _ATOM)
        case ast.UnaryOp(operand=operand):
            return style.sign("\u2212").strip() + _within(style, operand, numbers, _PRODUCT), _SUM
        case ast.Call(func=ast.Name(id=name), args=args):
            return style.call(name, [_typeset(style, arg, numbers)[0] for arg in args]), _ATOM
        case ast.BinOp(left=left, op=op, right=right):
            return _set_operation(style, left, op, right, numbers)
    raise AssertionError(ast.dump(node))  # _parse lets nothing else through


def _set_operation(
    style: _Style, left: ast.expr, op: ast.operator, right: ast.expr, numbers: Mapping[str, Rational]
) -> tuple[str, int]:
    if type(op) in _SIGNS:
        sign, level = _SIGNS[type(op)]
        start = _within(style, left, numbers, level, first=level == _SUM)
        return start + style.sign(sign) + _within(style, right, numbers, level + 1), level
    if style.inline_fraction:
        ratio = style.fraction(_within(style, left, numbers, _PRODUCT), _within(style, right, numbers, _ATOM))
    else:
        ratio = style.fraction(_typeset(style, left, numbers)[0], _typeset(style, right, numbers)[0])
    if isinstance(op, ast.FloorDiv):
        return style.floor(ratio), _ATOM
    return ratio, _PRODUCT


def _within(
    style: _Style, node: ast.expr, numbers: Mapping[str, Rational], level: int, *, first: bool = False
) -> str:
    """Set a part, in brackets where it binds less tightly than its surroundings; a leading minus sign may stand first."""
    text, own = _typeset(style, node, numbers)
    negative = own == _SUM and not isinstance(node, ast.BinOp)
    return text if own >= level and (first or not negative) else style.bracket(text)


def _set_number(style: _Style, value: Rational) -> tuple[str, int]:
    text = style.number(show_number(-value if value < 0 else value))
    return (style.sign("\u2212").strip() + text, _SUM) if value < 0 else (text, _ATOM)


def _subscript(name: str, template: str, whole: str) -> str:
    base, _, sub = name.partition("_")
    return template.format(base, sub) if sub else whole.format(base)


_PLAIN = _Style(
    number=str,
    name=str,
    sign=" {} ".format,
    bracket="({})".format,
    fraction="{} / {}".format,
    floor="\u230a{}\u230b".format,
    call=lambda name, args: f"{name}({', '.join(args)})",
    inline_fraction=True,
)
_LATEX_SIGNS = {"+": " + ", "\u2212": " - ", "\u00d7": " \\times "}
_LATEX = _Style(
    number=str,
    name=lambda name: _subscript(name, "{}_{{\\mathrm{{{}}}}}", "{}"),
    sign=_LATEX_SIGNS.__getitem__,
    bracket="\\left({}\\right)".format,
    fraction="\\frac{{{}}}{{{}}}".format,
    floor="\\left\\lfloor {} \\right\\rfloor".format,
    call=lambda name, args: f"\\{name}\\left({', '.join(args)}\\right)",
)
_TYPST_SIGNS = {"+": " + ", "\u2212": " - ", "\u00d7": " times "}
_TYPST = _Style(
    number=str,
    name=lambda name: _subscript(name, 'italic("{}")_"{}"', 'italic("{}")'),
    sign=_TYPST_SIGNS.__getitem__,
    bracket="({})".format,
    fraction="frac({}, {})".format,
    floor="floor({})".format,
    call=lambda name, args: f"{name}({', '.join(args)})",
)
_MATHML = _Style(
    number="<mn>{}</mn>".format,
    name=lambda name: _subscript(escape(name), "<msub><mi>{}</mi><mi>{}</mi></msub>", "<mi>{}</mi>"),
    sign="<mo>{}</mo>".format,
    bracket="<mrow><mo>(</mo><mrow>{}</mrow><mo>)</mo></mrow>".format,
    fraction="<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>".format,
    floor="<mrow><mo>\u230a</mo>{}<mo>\u230b</mo></mrow>".format,
    call=lambda name, args: (  # the comma reaches below the line, for which some fonts would double the brackets
        f'<mi>{name}</mi><mrow><mo stretchy="false">(</mo>'
        f"{'<mo>,</mo>'.join(f'<mrow>{arg}</mrow>' for arg in args)}"
        f'<mo stretchy="false">)</mo></mrow>'
    ),
)
