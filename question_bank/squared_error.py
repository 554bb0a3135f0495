"""The mean squared error of a few exact numbers and its gradients, rightly or by a named mistake: torch.nn.MSELoss."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from question_bank.values import Rational, simplest

SUMMED: Final = "squared-error-summed"
LOSS_RULES: Final = (SUMMED, "squares-forgotten")
GRADIENT_RULES: Final = (SUMMED, "factor-two-forgotten", "target-minus-prediction")


def loss(errors: Sequence[Rational], rule: str = "") -> Rational:
    """Return the loss for some differences y - t.

    >>> loss((3, -1)), loss((3, -1), SUMMED), loss((3, -1), "squares-forgotten")
    (5, 10, 1)
    """
    terms = errors if rule == "squares-forgotten" else [error**2 for error in errors]
    return simplest(Fraction(sum(terms)) / (1 if rule == SUMMED else len(terms)))


def gradients(errors: Sequence[Rational], rule: str = "") -> list[Rational]:
    """Return the gradient of the loss with respect to each y.

    >>> gradients((3, -1)), gradients((3, -1), SUMMED), gradients((3, -1), "target-minus-prediction")
    ([3, -1], [6, -2], [-3, 1])
    """
    factor = {"factor-two-forgotten": 1, "target-minus-prediction": -2}.get(rule, 2)
    count = 1 if rule == SUMMED else len(errors)
    return [simplest(Fraction(factor * error) / count) for error in errors]
