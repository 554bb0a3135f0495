"""Bound of uniform initial weights: He et al., arXiv:1502.01852, section 2.2; Glorot and Bengio 2010, equation 16; torch.nn.init."""

from fractions import Fraction
from math import isqrt

from question_bank import shown
from question_bank.answers import Number
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import layer_text, worked
from question_bank.maths import evaluate
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Rational, Value, simplest

_STEMS = (
    (
        "The weights of the layer `{layer}` are drawn from a uniform distribution between $-a$ and $a$ by "
        "`nn.init.kaiming_uniform_(layer.weight, nonlinearity='relu')`: He's initialisation with the fan-in, by which the weights have "
        "the variance 2 / fan-in. What is $a$? Write a fraction such as 1/7, or four decimals."
    ),
    (
        "The weights of the layer `{layer}` are drawn from a uniform distribution between $-a$ and $a$ by "
        "`nn.init.xavier_uniform_(layer.weight)`: Xavier's initialisation, by which the weights have the variance 2 / (fan-in + "
        "fan-out). What is $a$? Write a fraction such as 1/7, or four decimals."
    ),
)
_FANS = ("c_in*k*k", "(c_in + c_out)*k*k")
_OTHER = ("(c_in + c_out)*k*k", "c_in*k*k")
_RULES = (
    "variance-for-the-bound",
    "root-forgotten",
    "spread-numerator-one",
    "fan-without-the-kernel",
    "other-initialisation",
    "fans-exchanged",
)
_TOLERANCE = Fraction(1, 10**4)


def _root(square: Rational) -> Rational:
    """Return a square root to eight decimals, exact where it is rational.

    >>> _root(Fraction(4, 9)), _root(Fraction(1, 2))
    (Fraction(2, 3), Fraction(35355339, 50000000))
    """
    top, bottom = square.numerator, square.denominator
    if isqrt(top) ** 2 == top and isqrt(bottom) ** 2 == bottom:
        return simplest(Fraction(isqrt(top), isqrt(bottom)))
    return simplest(Fraction(isqrt(top * 10**16 // bottom), 10**8))


def _square(given: Given) -> Rational:
    return evaluate(f"6 / ({_FANS[given['xavier']]})", given)


def _key(given: Given) -> Number:
    return Number(_root(_square(given)), _TOLERANCE)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    fan, other = _FANS[given["xavier"]], _OTHER[given["xavier"]]
    squares = {
        "variance-for-the-bound": f"2 / ({fan})",
        "spread-numerator-one": f"3 / ({fan})",
        "fan-without-the-kernel": f"6*k*k / ({fan})",
        "other-initialisation": f"6 / ({other})",
    }
    if not given["xavier"]:
        squares["fans-exchanged"] = "6 / (c_out*k*k)"
    values: dict[str, Value | None] = {
        rule: _root(evaluate(square, given)) for rule, square in squares.items()
    }
    return live(_key(given), {**values, "root-forgotten": _square(given)})


def _lines(given: Given) -> tuple[tuple[str, str, str], ...]:
    fan = (
        ("fan", "Fan-in: numbers that one output is summed from", "c_in*k*k"),
        ("fan", "Fan-in and fan-out together", "c_in*k*k + c_out*k*k"),
    )[given["xavier"]]
    bound = _key(given).value
    return (
        fan,
        ("variance", "Variance of the weights", "2 / fan"),
        ("square", "It is $a*a / 3$, so this is $a*a$", "3*variance"),
        ("", "$a$, whose square that is", f"{bound.numerator} / {bound.denominator}"),
        (
            "",
            "Check: $a*a$",
            f"({bound.numerator} / {bound.denominator})*({bound.numerator} / {bound.denominator})",
        ),
    )


def _is_square(given: Given) -> bool:
    """Whether the bound is a fraction, so that nobody needs a root to many places."""
    square = _square(given)
    return all(isqrt(n) ** 2 == n for n in (square.numerator, square.denominator))


def _is_small(given: Given) -> bool:
    """Whether the layer is no larger than torch draws in a moment, and its fans differ."""
    return given["c_in"] != given["c_out"] and given["c_in"] * given["c_out"] * given["k"] ** 2 <= 40_000


@family("init-bound", topic="training", version=1)
class InitBound:
    """Bound between which a convolution's initial weights are drawn, by He or by Xavier."""

    space = Space(
        c_in=(2, 4, 6, 8, 10, 12, 16, 18, 22, 24, 32, 48, 54, 64, 96),
        c_out=range(2, 97, 2),
        k=(2, 3, 4, 5, 7),
        xavier=(0, 1),
        radicals=("xavier",),
    ).where(lambda given: _is_square(given) and _is_small(given) and len(_wrong(given)) >= 4)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the bound; the channels are such that it is a simple fraction."""
        layer = layer_text("Conv2d", given["c_in"], given["c_out"], kernel_size=given["k"])
        return Draft(
            Message(_STEMS[given["xavier"]], {"layer": layer}),
            (Part(_key(given), Message("Bound $a$")),),
            solution=worked(_lines(given), given),
            wrong=_wrong(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The factor by which torch's own draw is wider than one between -1 and 1 with the same seed."""
        import torch
        from torch.nn import init

        from question_bank.listing import layer

        built = layer(shown.text(question, "layer"))
        weight = torch.empty_like(built.get_parameter("weight"), dtype=torch.float64)
        seed = torch.Generator()
        standard = torch.empty_like(weight).uniform_(-1, 1, generator=seed.manual_seed(1))
        if "xavier" in question.stem.template:
            init.xavier_uniform_(weight, generator=seed.manual_seed(1))
        else:
            init.kaiming_uniform_(weight, nonlinearity="relu", generator=seed.manual_seed(1))
        return (Fraction((weight.norm() / standard.norm()).item()),)
