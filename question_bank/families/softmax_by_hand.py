"""Softmax by hand: Goodfellow, Bengio, Courville, Deep Learning, equation 6.29; logits are logarithms, so results are exact."""

import math
from collections.abc import Sequence
from fractions import Fraction

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest

_STEM = (
    "A network's logits for {c} classes are `z = ({logits})`, where ln is the natural logarithm, so that $e$ to the power of "
    "ln a is a. Write the probabilities that softmax gives, exactly: {c} decimals or fractions such as 2/7."
)
_SHIFTED = (
    " (Computed naively in floating point, $e$ to the power of {shift} would overflow; subtract the same number from all "
    "logits first, which changes no probability.)"
)
_RULES = (
    "softmax-not-normalised",
    "softmax-over-maximum",
    "argmax-instead-of-softmax",
    "sigmoid-instead-of-softmax",
    "softmax-sign-turned",
)
_SHIFTS = (0, 1000)


def _mistaken(rule: str, a: Sequence[int]) -> list[Rational]:
    """Return what a mistake leads to from the exponentials of the logits."""
    match rule:
        case "softmax-not-normalised":
            return list(a)
        case "softmax-over-maximum":
            return [simplest(Fraction(value, max(a))) for value in a]
        case "argmax-instead-of-softmax":
            return [int(value == max(a)) for value in a]
        case "sigmoid-instead-of-softmax":
            return [simplest(Fraction(value, 1 + value)) for value in a]
    inverse = [Fraction(1, value) for value in a]
    return [simplest(value / sum(inverse)) for value in inverse]


def _probabilities(a: Sequence[int]) -> list[Rational]:
    return [simplest(Fraction(value, sum(a))) for value in a]


def _wrong(a: Sequence[int], given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers; with shifted logits the exponentials themselves are far from these."""
    unshifted = {"softmax-not-normalised", "sigmoid-instead-of-softmax"}
    rules = [rule for rule in _RULES if not (given["shifted"] and rule in unshifted)]
    return live(Array(Grid.of(_probabilities(a))), {rule: Grid.of(_mistaken(rule, a)) for rule in rules})


def _entries(given: Given, draw: Draw) -> tuple[int, ...]:
    return draw.shuffle(range(1, 13))[: given["c"]]


def _logit(a: int, shift: int) -> str:
    """Write ln a, with the shift before it.

    >>> _logit(1, 0), _logit(3, 1000), _logit(1, 1000)
    ('0', '1000 + ln 3', '1000')
    """
    terms = [str(shift)] * bool(shift) + [f"ln {a}"] * (a > 1)
    return " + ".join(terms) or "0"


def _term(text: str) -> float:
    """Read a term of a logit, `1000` or `ln3`."""
    return math.log(int(text.removeprefix("ln"))) if text.startswith("ln") else float(text)


def _solution(a: Sequence[int], shift: int) -> tuple[Step, ...]:
    whole = sum(a)
    label = "Sum of the exponentials" + (", {shift} subtracted from every logit" if shift else "")
    sums = Step(
        Message(label, {"shift": shift}),
        " + ".join(map(str, a)),
        {},
        whole,
    )
    return (
        sums,
        *(
            Step(
                Message("Class {c}", {"c": c}),
                "a / total",
                {"a": value, "total": whole},
                _probabilities(a)[c],
            )
            for c, value in enumerate(a)
        ),
    )


@family("softmax-by-hand", topic="activations", version=1)
class SoftmaxByHand:
    """Softmax of logits that are logarithms, perhaps too large for the naive way."""

    space = Space(c=(3, 4, 5), shifted=(0, 1), radicals=("c", "shifted"))
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw different exponentials, on which the mistakes that can show do show."""
        a = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(drawn, given),
            3 if given["shifted"] else len(_RULES),
        )
        shift = _SHIFTS[given["shifted"]]
        logits = ", ".join(_logit(value, shift) for value in a)
        key = Array(Grid.of(_probabilities(a)), show_size=True)
        stem = Message(
            _STEM + (_SHIFTED if shift else ""), {"c": given["c"], "logits": logits, "shift": shift}
        )
        return Draft(
            stem,
            (Part(key, Message("Probabilities")),),
            solution=_solution(a, shift),
            wrong=_wrong(a, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed by torch from the logits that the stem shows; the nearest fractions with a small denominator."""
        import torch

        texts = shown.text(question, "logits").replace("ln ", "ln").split(", ")
        shown.agree(question, c=len(texts))
        terms = [[_term(term) for term in text.split(" + ")] for text in texts]
        logits = [sum(numbers) for numbers in terms]
        out = torch.softmax(torch.tensor(logits, dtype=torch.float64), dim=0)
        return (Grid.of([simplest(Fraction(p).limit_denominator(50)) for p in out.tolist()]),)
