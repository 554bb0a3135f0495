"""Cross-entropy from logits by way of log-sum-exp: torch.nn.CrossEntropyLoss; powers and logarithms by `decimals`."""

from collections.abc import Sequence
from fractions import Fraction

from question_bank import decimals, shown
from question_bank.answers import Number
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Rational, Value, simplest
from question_bank.writing import largest, total

_STEM = (
    "For one image a network gives the logits {logits} for the classes 0 to {last}; the true class is {true}. (a) What is the "
    "natural logarithm of the sum of $e$ to the power of each logit (log-sum-exp)? (b) What is the cross-entropy loss, as "
    "`nn.CrossEntropyLoss()` computes it from the logits? Write both to two decimals; a difference of up to 0.01 is accepted."
)
_LARGE = " To keep a calculator from overflowing, subtract the largest logit from all of them first, and add it to the logarithm."
_TOLERANCE = Fraction(1, 100)
_SUM_RULES = (
    "largest-logit-for-log-sum-exp",
    "logarithm-to-base-ten",
    "shift-not-undone",
    "logits-added-before-the-exponential",
)
_LOSS_RULES = (
    "minus-sign-forgotten",
    "loss-of-the-predicted-class",
    "log-sum-exp-forgotten",
    "classes-counted-from-one",
)


def _powers(z: Sequence[int]) -> list[Rational]:
    """Return e to the power of each logit's distance to the largest, to six decimals."""
    return [decimals.power(value - max(z), 6) for value in z]


def _logarithm(z: Sequence[int]) -> Rational:
    """Return the natural logarithm of the sum of those powers, to four decimals."""
    return decimals.logarithm(sum(map(Fraction, _powers(z)), start=Fraction(0)), 4)


def _keys(z: Sequence[int], true: int) -> tuple[Number, Number]:
    both = max(z) + _logarithm(z)
    return Number(simplest(Fraction(both)), _TOLERANCE), Number(
        simplest(Fraction(both - z[true])), _TOLERANCE
    )


def _wrong(z: Sequence[int], true: int) -> tuple[Wrong, ...]:
    whole, loss = _keys(z, true)
    sums = dict(
        zip(
            _SUM_RULES,
            (max(z), decimals.to_base_ten(whole.value, 4), _logarithm(z), sum(z)),
            strict=True,
        )
    )
    losses = (-loss.value, whole.value - max(z), -z[true], whole.value - z[true - 1] if true else None)
    return (
        *live(whole, dict(sums)),
        *live(loss, dict(zip(_LOSS_RULES, losses, strict=True)), part=1),
    )


def _entries(given: Given, draw: Draw) -> tuple[tuple[int, ...], int]:
    """Draw different logits that are close together and a true class."""
    base = draw.choice((100, 300, 1000)) if given["large"] else 0
    logits = draw.shuffle([n for n in range(-6, 8) if n])[: given["c"]]
    return tuple(base + value for value in logits), draw.integer(0, given["c"] - 1)


def _telling(z: Sequence[int], true: int) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where the largest logit alone is as good as the sum."""
    found = _wrong(z, true)
    return found if _SUM_RULES[0] in {entry.misconception for entry in found} else ()


def _solution(z: Sequence[int], true: int) -> tuple[Step, ...]:
    powers, logarithm, m = _powers(z), _logarithm(z), max(z)
    each = [
        Step(
            Message(
                "$e$ to the power of logit {i} less the largest, {x}, to six decimals",
                {"i": i, "x": value - m},
            ),
            "t",
            {"t": power},
            power,
        )
        for i, (value, power) in enumerate(zip(z, powers, strict=True))
    ]
    named = {f"t_{i}": power for i, power in enumerate(powers)}
    whole, loss = (key.value for key in _keys(z, true))
    return (
        Step(Message("Largest logit"), largest(z), {}, m),
        *each,
        Step(Message("Sum"), total(named), named, simplest(sum(map(Fraction, powers), start=Fraction(0)))),
        Step(Message("Its natural logarithm, to four decimals"), "l", {"l": logarithm}, logarithm),
        Step(Message("(a) Log-sum-exp"), "m + l", {"m": m, "l": logarithm}, whole),
        Step(Message("(b) Loss: less the true class's logit"), "a - z", {"a": whole, "z": z[true]}, loss),
    )


@family("cross-entropy-from-logits", topic="activations", version=1)
class CrossEntropyFromLogits:
    """Log-sum-exp of logits and the cross-entropy loss, perhaps with logits too large for the naive way."""

    space = Space(c=(3, 4), large=(0, 1), radicals=("c", "large"))
    rules = (*_SUM_RULES, *_LOSS_RULES)
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw logits and the true class; the loss follows from whatever was worked out for (a)."""
        z, true = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _telling(*drawn), 6
        )
        whole, loss = _keys(z, true)
        follow = Follow("formula", (0,), formula=f"a - ({z[true]})")
        fields: dict[str, int | str] = {"logits": ", ".join(map(str, z)), "last": len(z) - 1, "true": true}
        return Draft(
            Message(_STEM + (_LARGE if given["large"] else ""), fields),
            (Part(whole, Message("(a) Log-sum-exp")), Part(loss, Message("(b) Loss"), follow=follow)),
            solution=_solution(z, true),
            wrong=_wrong(z, true),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed by torch from the logits and the class that the stem shows."""
        import torch
        from torch.nn import functional

        z = torch.tensor(shown.several(question, "logits"), dtype=torch.float64)
        true = torch.tensor(shown.number(question, "true"))
        shown.agree(question, last=len(z) - 1)
        return Fraction(torch.logsumexp(z, 0).item()), Fraction(functional.cross_entropy(z, true).item())
