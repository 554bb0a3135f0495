"""Sigmoid, tanh and softmax of a few numbers, rounded: torch.sigmoid, torch.tanh, torch.softmax; powers of e by `decimals`."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from question_bank import decimals, shown
from question_bank.answers import Number
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.draw import Draw
from question_bank.maths import evaluate, names
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Rational, Value, show_number, simplest

_STEMS = (
    "Apply the sigmoid function to each of the numbers {x}. Write the results, rounded to three decimals; a calculator is allowed.",
    "Apply the tanh function to each of the numbers {x}. Write the results, rounded to three decimals; a calculator is allowed.",
    "Apply softmax to the three numbers {x} together. Write the results, rounded to three decimals; a calculator is allowed.",
)
_QUOTIENTS = (("t", "1 + t"), ("u - 1", "u + 1"), ("t", "t_1 + t_2 + t_3"))
"""Each function of x, in terms of t, e to the power of x, of u, e to the power of 2x, and of the t of all numbers."""

_FORMULAS = tuple(f"({top}) / ({bottom})" for top, bottom in _QUOTIENTS)
_MISTAKES = (
    {
        "tanh-for-sigmoid": _FORMULAS[1],
        "exponent-sign-turned": "1 / (1 + t)",
        "quotient-turned-over": "(1 + t) / t",
    },
    {
        "sigmoid-for-tanh": _FORMULAS[0],
        "exponent-sign-turned": "(1 - u) / (1 + u)",
        "exponent-not-doubled": "(t - 1) / (t + 1)",
    },
    {
        "softmax-not-normalised": "t",
        "softmax-over-maximum": "t / max(t_1, t_2, t_3)",
        "sigmoid-instead-of-softmax": _FORMULAS[0],
    },
)
_CUT = "result-cut-off"
_LABELS = (
    "Sigmoid of {x}, $t / (1 + t)$: ten thousand times it, rounded down",
    "Tanh of {x}, $(u - 1) / (u + 1)$: ten thousand times it, rounded down",
    "Softmax of {x}, its $t$ over the sum of all: ten thousand times it, rounded down",
)
_TOLERANCE = Fraction(1, 2000)


def _power(x: Rational) -> Rational:
    """Return e to the power of x to eight decimals."""
    return decimals.power(x, 8)


def _numbers(x: Sequence[Rational], i: int) -> Mapping[str, Rational]:
    """Return what formulas may name for the i-th number."""
    every = {f"t_{n}": _power(value) for n, value in enumerate(x, start=1)}
    return {**every, "t": _power(x[i]), "u": _power(2 * x[i])}


def _rounding(formula: str) -> str:
    """Write a formula's value rounded to three decimals as a formula."""
    return f"(2000*({formula}) + 1) // 2 / 1000"


def _keys(x: Sequence[Rational], given: Given) -> tuple[Number, ...]:
    formula = _rounding(_FORMULAS[given["function"]])
    return tuple(Number(evaluate(formula, _numbers(x, i)), _TOLERANCE) for i in range(len(x)))


def _wrong(x: Sequence[Rational], given: Given) -> tuple[Wrong, ...]:
    found: list[Wrong] = []
    for i, key in enumerate(_keys(x, given)):
        numbers = _numbers(x, i)
        exact = Fraction(evaluate(_FORMULAS[given["function"]], numbers))
        values: dict[str, Value | None] = {
            rule: evaluate(_rounding(formula), numbers)
            for rule, formula in _MISTAKES[given["function"]].items()
        }
        found += live(key, {**values, _CUT: simplest(Fraction(int(1000 * exact), 1000))}, i)
    return tuple(found)


def _entries(given: Given, draw: Draw) -> tuple[Rational, ...]:
    """Draw three different numbers, not 0: halves from -5 to 5, for softmax tenths that are close together."""
    most, parts = (20, 10) if given["function"] == len(_QUOTIENTS) - 1 else (10, 2)
    return draw.shuffle([simplest(Fraction(n, parts)) for n in range(-most, most + 1) if n])[:3]


def _cuts_show(x: Sequence[Rational], given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where cutting off gives every key."""
    wrong = _wrong(x, given)
    return wrong if _CUT in {entry.misconception for entry in wrong} else ()


def _solution(x: Sequence[Rational], given: Given) -> tuple[Step, ...]:
    top, bottom = _QUOTIENTS[given["function"]]
    formula = f"10000*({top}) // ({bottom})"
    name, exponent = ("u", "2x") if given["function"] == 1 else ("t", "x")
    steps = []
    for i, value in enumerate(x):
        numbers = _numbers(x, i)
        label = "$e$ to the power of {exponent} = {value}, to eight decimals"
        put_in = {name: numbers[name]}
        shown = show_number(value * 2 if name == "u" else value)
        fields = {"exponent": exponent, "value": shown}
        steps.append(Step(Message(label, fields), name, put_in, numbers[name]))
    for (i, value), key in zip(enumerate(x), _keys(x, given), strict=True):
        put_in = {symbol: _numbers(x, i)[symbol] for symbol in names(formula)}
        n = evaluate(formula, put_in)
        steps.append(Step(Message(_LABELS[given["function"]], {"x": show_number(value)}), formula, put_in, n))
        rounded = Message("Result for {x}, rounded to three decimals", {"x": show_number(value)})
        steps.append(Step(rounded, "(n + 5) // 10 / 1000", {"n": n}, key.value))
    return tuple(steps)


@family("activation-values", topic="activations", version=1)
class ActivationValues:
    """Sigmoid, tanh or softmax of three numbers, to three decimals."""

    space = Space(function=(0, 1, 2), radicals=("function",))
    rules = (*dict.fromkeys(rule for rules in _MISTAKES for rule in rules), _CUT)
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw three numbers; with one of them, at least, rounding matters."""
        x = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _cuts_show(drawn, given), 8
        )
        parts = tuple(
            Part(key, Message("Result for {x}", {"x": show_number(value)}))
            for key, value in zip(_keys(x, given), x, strict=True)
        )
        shown = ", ".join(map(show_number, x))
        return Draft(
            Message(_STEMS[given["function"]], {"x": shown}),
            parts,
            solution=_solution(x, given),
            wrong=_wrong(x, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed by torch from the numbers that the stem shows."""
        import torch

        shown.agree(question, x=", ".join(str(part.prompt.fields["x"]) for part in question.parts))
        x = torch.tensor(shown.several(question, "x"), dtype=torch.float64)
        template = question.stem.template
        if "softmax" in template:
            y = torch.softmax(x, dim=0)
        else:
            y = torch.sigmoid(x) if "sigmoid" in template else torch.tanh(x)
        return tuple(Fraction(value) for value in y.tolist())
