"""Parameters of convolutions as a formula: torch.nn.Conv2d, section Variables; torch.nn.BatchNorm2d."""

import itertools
import math
from collections.abc import Mapping
from fractions import Fraction

from question_bank import expressions, shown
from question_bank.answers import Expression
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along
from question_bank.lettering import LETTER, expr, left_open, texts
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Expr, Value

CONV, CONV_NORM, SEPARABLE, TWO_CONVS = range(4)
_STEM = (
    "In this listing, letters stand for whole numbers. How many parameters can be trained in it altogether? Write their number as an "
    "expression in `{letters}`."
)
_LISTINGS = {
    CONV: ("nn.Conv2d({c}, {f}, kernel_size={k}{bias})",),
    CONV_NORM: ("nn.Conv2d({c}, {f}, kernel_size={k}{bias})", "nn.BatchNorm2d({f})"),
    SEPARABLE: (
        "nn.Conv2d({c}, {c}, kernel_size={k}, groups={c}{bias})",
        "nn.Conv2d({c}, {f}, kernel_size=1{bias})",
    ),
    TWO_CONVS: (
        "nn.Conv2d({c}, {f}, kernel_size={k}{bias})",
        "nn.Conv2d({f}, {f}, kernel_size={k}{bias})",
    ),
}
_WEIGHTS = {
    CONV: "f*c*k*k",
    CONV_NORM: "f*c*k*k + 2*f",
    SEPARABLE: "c*k*k + f*c",
    TWO_CONVS: "f*c*k*k + f*f*k*k",
}
_BIASES = {CONV: "f", CONV_NORM: "f", SEPARABLE: "c + f", TWO_CONVS: "2*f"}
_MISTAKES: Mapping[int, Mapping[str, str]] = {
    CONV: {
        "input-channels-forgotten": "f*k*k",
        "output-channels-forgotten": "c*k*k",
        "kernel-side-once": "f*c*k",
    },
    CONV_NORM: {
        "input-channels-forgotten": "f*k*k + 2*f",
        "kernel-side-once": "f*c*k + 2*f",
        "batch-norm-of-input-channels": "f*c*k*k + 2*c",
    },
    SEPARABLE: {
        "depthwise-reads-all-channels": "c*c*k*k + f*c",
        "depthwise-one-filter": "k*k + f*c",
        "kernel-side-once": "c*k + f*c",
    },
    TWO_CONVS: {
        "input-channels-forgotten": "2*f*k*k",
        "image-channels-read-by-all": "2*f*c*k*k",
        "kernel-side-once": "f*c*k + f*f*k",
    },
}
_WRONG_BIASES = {
    CONV: {"bias-per-input-channel": "c", "one-bias-per-layer": "1"},
    CONV_NORM: {"bias-per-input-channel": "c", "one-bias-per-layer": "1"},
    SEPARABLE: {"one-bias-per-layer": "2"},
    TWO_CONVS: {"bias-per-input-channel": "c + f", "one-bias-per-layer": "2"},
}
_RULES = tuple(
    dict.fromkeys(
        (
            "bias-forgotten",
            "bias-counted-though-off",
            *itertools.chain(*_MISTAKES.values(), *_WRONG_BIASES.values()),
        )
    )
)
_ON = "The weights are ${weights}$, and the biases are ${biases}$."
_OFF = "The weights are ${weights}$, and there are no biases."
_NORM_ON = "The convolution has ${weights}$ weights and ${biases}$ biases; batch normalisation has a scale and a shift for each channel, ${norm}$."
_NORM_OFF = "The convolution has ${weights}$ weights and no biases; batch normalisation has a scale and a shift for each channel, ${norm}$."


def _texts(given: Given) -> dict[str, str]:
    return texts(given, "cfk")


def _symbols(given: Given) -> tuple[str, ...]:
    return left_open(given, "cfk")


def _code(given: Given) -> str:
    fields = {**_texts(given), "bias": "" if given["bias"] else ", bias=False"}
    layers = [line.format(**fields) for line in _LISTINGS[given["layers"]]]
    if len(layers) == 1:
        return layers[0]
    return "\n".join(["nn.Sequential(", *(f"    {layer}," for layer in layers), ")"])


def _formula(given: Given, weights: str, biases: str) -> str:
    """Put numbers in where the question gives them."""
    whole = f"{weights} + {biases}" if biases else weights
    if given["k"] != LETTER:
        whole = whole.replace("k*k", str(given["k"] ** 2))
    return along(whole, **{name: text for name, text in _texts(given).items() if text != name})


def _answer(given: Given) -> Expression:
    layers = given["layers"]
    text = _formula(given, _WEIGHTS[layers], _BIASES[layers] if given["bias"] else "")
    return Expression(expressions.read(text, _symbols(given)), _symbols(given))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    layers = given["layers"]
    biases = _BIASES[layers] if given["bias"] else ""
    pieces = {rule: (weights, biases) for rule, weights in _MISTAKES[layers].items()}
    if biases:
        pieces |= {rule: (_WEIGHTS[layers], mistaken) for rule, mistaken in _WRONG_BIASES[layers].items()}
        pieces["bias-forgotten"] = (_WEIGHTS[layers], "")
    else:
        pieces["bias-counted-though-off"] = (_WEIGHTS[layers], _BIASES[layers])
    found = {rule: expr(_formula(given, *piece), _symbols(given)) for rule, piece in pieces.items()}
    return live(_answer(given), {rule: found[rule] for rule in _RULES if rule in found})


def _remark(given: Given) -> Message:
    layers, on = given["layers"], given["bias"]
    said = {"weights": _formula(given, _WEIGHTS[layers].removesuffix(" + 2*f"), "")}
    if on:
        said["biases"] = _formula(given, _BIASES[layers], "")
    if layers == CONV_NORM:
        return Message(_NORM_ON if on else _NORM_OFF, {**said, "norm": _formula(given, "2*f", "")})
    return Message(_ON if on else _OFF, said)


def _askable(given: Given) -> bool:
    """Whether something is a letter, and a depthwise convolution has several channels."""
    return bool(_symbols(given)) and not (given["layers"] == SEPARABLE and given["c"] == 1)


_NEWTON = ((3, -3, 1), (Fraction(-5, 2), 4, Fraction(-3, 2)), (Fraction(1, 2), -1, Fraction(1, 2)))
"""The coefficients of 1, t and t*t of the parabola through three points at t = 1, 2, 3, by the values there."""


def _fitted(code: str, letters: tuple[str, ...]) -> Expr:
    """Return the polynomial, of degree 2 at most in each letter, that torch's counts for 1, 2 and 3 lie on."""
    from question_bank.listing import parameter_count

    places = list(itertools.product(range(3), repeat=len(letters)))
    counts = {
        place: parameter_count(
            along(code, **{name: str(at + 1) for name, at in zip(letters, place, strict=True)})
        )
        for place in places
    }
    terms = []
    for powers in places:
        shares = (
            counts[place] * math.prod(_NEWTON[power][at] for power, at in zip(powers, place, strict=True))
            for place in places
        )
        coefficient = sum(shares, Fraction(0))
        if coefficient:
            names = [f"{name}^{power}" for name, power in zip(letters, powers, strict=True)]
            terms.append("*".join([f"({coefficient})", *names]))
    return expr(" + ".join(terms), letters)


@family("parameter-count-expression", topic="parameters", version=1)
class ParameterCountExpression:
    """Number of parameters of convolution layers as an expression."""

    space = Space(
        layers=range(4),
        c=(LETTER, 1, 3, 8, 16),
        f=(LETTER, 6, 16, 32, 64),
        k=(LETTER, 2, 3, 5, 7),
        bias=(0, 1),
        radicals=("layers",),
    ).where(_askable)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the number of parameters."""
        return Draft(
            Message(_STEM, {"letters": ", ".join(_symbols(given))}),
            (Part(_answer(given), Message("Parameters")),),
            code=_code(given),
            wrong=_wrong(given),
            remarks=(_remark(given),),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted by torch, for small numbers in place of the letters, and fitted."""
        symbols = question.parts[0].field.symbols
        shown.agree(question, letters=", ".join(symbols))
        return (_fitted(question.code, symbols),)
