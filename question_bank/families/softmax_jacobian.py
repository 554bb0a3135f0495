"""The Jacobian of a softmax from its probabilities: p_i (1 if i = j else 0) - p_i p_j; Bishop, equation 4.106."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, usable
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import table

_STEM = (
    "A softmax turned {n} logits $z$ into the probabilities $p$ below. Write its Jacobian, exactly: the value in row $i$ and column "
    "$j$ is the derivative of $p_i$ with respect to $z_j$. Fractions such as 1/6 may be written as such."
)
_MOST = 12
"""The largest denominator of a probability."""
_RULES = (
    "jacobian-diagonal-only",
    "jacobian-without-diagonal-term",
    "jacobian-signs-alike",
    "jacobian-without-probability",
    "sigmoid-instead-of-softmax",
    "slope-is-the-output",
)


def _probabilities(given: Given) -> list[Fraction]:
    shares = [given[name] for name in "abc" if given[name]]
    return [Fraction(share, sum(shares)) for share in shares]


def _cell(p: list[Fraction], i: int, j: int, rule: str = "") -> Rational:
    """Return the derivative of p_i with respect to z_j, by a mistake's rule or by the right one."""
    same = int(i == j)
    mistaken: dict[str, Rational] = {
        "jacobian-diagonal-only": same * p[i] * (1 - p[i]),
        "jacobian-without-diagonal-term": -p[i] * p[j],
        "jacobian-signs-alike": p[i] * (1 - p[i]) if same else p[i] * p[j],
        "jacobian-without-probability": same - p[j],
        "sigmoid-instead-of-softmax": p[j] * (1 - p[j]),
        "slope-is-the-output": same * p[i],
    }
    return mistaken.get(rule, p[i] * (same - p[j]))


def _jacobian(p: list[Fraction], rule: str = "") -> Grid:
    places = range(len(p))
    return Grid.of([[simplest(Fraction(_cell(p, i, j, rule))) for j in places] for i in places])


def _wrong(given: Given) -> tuple[Wrong, ...]:
    p = _probabilities(given)
    return live(Array(_jacobian(p)), {rule: _jacobian(p, rule) for rule in _RULES})


def _askable(given: Given) -> bool:
    """Whether the shares have no common factor and are not all alike, and the mistakes can be told apart."""
    shares = [given[name] for name in "abc" if given[name]]
    whole = all(any(share % factor for share in shares) for factor in (2, 3, 5))
    return whole and len(set(shares)) > 1 and sum(shares) <= _MOST and len(usable(_wrong(given))) >= 4


def _solution(p: list[Fraction]) -> tuple[Step, ...]:
    """Work out the first diagonal cell, one beside it, and the sum of the first row, which is 0."""
    row = [_cell(p, 0, j) for j in range(len(p))]
    names = {f"J_1{j}": simplest(Fraction(value)) for j, value in enumerate(row, start=1)}
    first, second = simplest(p[0]), simplest(p[1])
    return (
        Step(Message("Row 1, column 1"), "p_1*(1 - p_1)", {"p_1": first}, simplest(Fraction(row[0]))),
        Step(
            Message("Row 1, column 2"), "-p_1*p_2", {"p_1": first, "p_2": second}, simplest(Fraction(row[1]))
        ),
        Step(Message("Sum of row 1, as a check"), " + ".join(names), names, 0),
    )


@family("softmax-jacobian", topic="gradients", version=1)
class SoftmaxJacobian:
    """Jacobian of a softmax with two or three classes."""

    space = Space(a=range(1, 9), b=range(1, 9), c=range(7)).where(_askable)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for all cells."""
        p = _probabilities(given)
        answer = Array(_jacobian(p), show_size=True)
        return Draft(
            Message(_STEM, {"n": len(p)}),
            (Part(answer, Message("Jacobian")),),
            tables=(table("Probabilities $p$", [[simplest(value) for value in p]]),),
            solution=_solution(p),
            wrong=_wrong(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch at the logarithms of the probabilities that the stem shows."""
        import math

        import torch

        from question_bank.tensors import exact

        p = [Fraction(value) for value in question.tables[0].value.cells]
        shown.agree(question, n=len(p))
        logits = torch.tensor([[float(value) for value in p]] * len(p), dtype=torch.float64).log()
        logits.requires_grad_()
        (rows,) = torch.autograd.grad(logits.softmax(1).diagonal().sum(), logits)
        return (exact(rows, math.lcm(*(value.denominator for value in p)) ** 2),)
