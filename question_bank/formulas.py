"""What families that ask for formulas share: wrong answers given as formulas, and worked solutions line by line.

Formulas are texts in the language of `maths`, with the symbols of `cnn`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from question_bank import cnn, maths
from question_bank.answers import Answer
from question_bank.authoring import live, usable
from question_bank.message import Message
from question_bank.model import Step, Wrong
from question_bank.values import Rational, Value, simplest

Line = tuple[str, str, str]
"""A line of a worked solution: the name of what it works out, the text before it, the formula."""

SIZE_MISTAKES: Final[Mapping[str, str]] = {
    "plus-one-forgotten": cnn.MOVES,
    "padding-once": "(n + p - d*(k - 1) - 1) // s + 1",
    "padding-ignored": "(n - d*(k - 1) - 1) // s + 1",
    "stride-ignored": "n + 2*p - d*(k - 1)",
    "dilation-ignored": "(n + 2*p - k) // s + 1",
    "dilation-times-kernel": "(n + 2*p - d*k) // s + 1",
    "ceil-instead-of-floor": "-((d*(k - 1) + 1 - n - 2*p) // s) + 1",
    "floor-forgotten": "(n + 2*p - d*(k - 1) - 1) / s + 1",
    "same-size-assumed": "n",
    "size-over-stride": "n // s",
}
"""Wrong lengths of a convolution's output along one axis, by misconception."""


def solve(formulas: Sequence[str], given: Mapping[str, Rational]) -> tuple[Rational, ...]:
    """Work formulas out exactly, compiled where they have no maximum or minimum.

    >>> solve(("n // s", "max(n, 3)"), {"n": 2, "s": 1})
    (2, 3)
    """
    if any("max(" in formula or "min(" in formula for formula in formulas):
        return tuple(maths.evaluate(formula, given) for formula in formulas)
    return tuple(simplest(value) for value in cnn.compiled(*formulas)(given))  # type: ignore[arg-type]  # fractions work, too


def wrong(
    answer: Answer, rules: Mapping[str, str], given: Mapping[str, int], part: int = 0, least: int = 1
) -> tuple[Wrong, ...]:
    """Return the misconceptions that lead to a wrong number here; one below `least` is not believable and left out.

    >>> from question_bank.answers import Integer
    >>> [entry.value for entry in wrong(Integer(5), {"padding-ignored": "n - k", "same-size-assumed": "n"}, {"n": 5, "k": 3})]
    [2]
    """
    values = solve(tuple(rules.values()), given)
    believable = {rule: value for rule, value in zip(rules, values, strict=True) if value >= least}
    return live(answer, believable, part)


def separated(found: Iterable[Wrong], wanted: int) -> bool:
    """Tell whether the misconceptions lead to as many distinct wrong answers as are wanted."""
    return len(usable(tuple(found))) >= wanted


def lengths(
    formula: str, given: Mapping[str, int], axes: Sequence[str] = ("h", "w"), **renamed: Sequence[str]
) -> tuple[Rational, ...]:
    """Work out a formula of n along each axis: n is the axis's length, and other symbols may differ by axis, too.

    >>> lengths("n - k + 1", {"h": 5, "w": 7, "kh": 3, "kw": 1}, k=("kh", "kw"))
    (3, 7)
    """
    found: list[Rational] = []
    for position, axis in enumerate(axes):
        own = {symbol: given[names[position]] for symbol, names in renamed.items()}
        found += solve((formula,), {**given, "n": given[axis], **own})
    return tuple(found)


def along(formula: str, **axes: str) -> str:
    """Rename symbols of a formula, such as n to the name of an axis.

    >>> along("min(n, k)", n="h")
    'min(h, k)'
    """
    for symbol, axis in axes.items():
        formula = re.sub(rf"\b{symbol}\b", axis, formula)
    return formula


def shape_of(values: Sequence[Rational], build: Callable[..., tuple[int, ...]]) -> Value | None:
    """Return the shape that `build` makes of lengths, or None where one is no positive whole number.

    >>> shape_of((3, 4), lambda h, w: (8, h, w)), shape_of((0, 4), lambda h, w: (8, h, w))
    ((8, 3, 4), None)
    """
    whole = [value for value in values if isinstance(value, int) and value > 0]
    return build(*whole) if len(whole) == len(values) else None


def worked(lines: Iterable[Line], given: Mapping[str, Rational]) -> tuple[Step, ...]:
    """Work lines out in order; what one works out may be used by its name in those after it.

    >>> [step.plain() for step in worked([("a", "Area", "n*n"), ("", "Twice", "2*a")], {"n": 3})]
    ['Area: n × n = 3 × 3 = 9', 'Twice: 2 × a = 2 × 9 = 18']
    """
    numbers = dict(given)
    steps = []
    for name, label, formula in lines:
        value = maths.evaluate(formula, numbers)
        used = {symbol: numbers[symbol] for symbol in maths.names(formula)}
        steps.append(Step(Message(label), formula, used, value))
        numbers[name] = value
    return tuple(steps)


_DEFAULTS: Final[Mapping[str, object]] = {
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "output_padding": 0,
    "ceil_mode": False,
}


def layer_text(name: str, *sizes: int, **named: object) -> str:
    """Write a layer of torch.nn as people do: what is as by default, or None, is left out; a pair of equals is one number.

    >>> layer_text("Conv2d", 3, 16, kernel_size=(5, 5), stride=2, padding=0, bias=False)
    'nn.Conv2d(3, 16, kernel_size=5, stride=2, bias=False)'
    """
    single = {
        key: value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value
        for key, value in named.items()
    }
    shown = [
        f"{key}={value}"
        for key, value in single.items()
        if value is not None and not (key in _DEFAULTS and value == _DEFAULTS[key])
    ]
    return f"nn.{name}({', '.join([*map(str, sizes), *shown])})"
