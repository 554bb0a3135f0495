"""Gradient of the mean binary cross-entropy through a sigmoid: x^T (p - y) / N; Bishop, Pattern Recognition, equation 4.91."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import shown
from question_bank.answers import Array, Number
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import matrix, table, total

_STEM = (
    "A logistic regression computes $p$ as the sigmoid of $x$ times $w$ plus $b$ for each of {n} samples (the rows of $x$, with one "
    "column for each feature). Its outputs $p$ and the labels $y$ are below, one for each sample. The loss is the binary cross-entropy, "
    "averaged over the {n} samples. Write, exactly, the gradients $dw$ (one value for each feature) and $db$ of the loss with respect to "
    "the weights and to the bias."
)
_RULES = (
    "batch-mean-forgotten",
    "target-minus-prediction",
    "sigmoid-slope-again",
    "first-sample-only",
    "prediction-as-error",
)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Features (N, D), labels (N,), and outputs (N,) in tenths."""

    x: Matrix
    y: list[int]
    tenths: list[int]

    @property
    def p(self) -> list[Rational]:
        """The outputs as exact numbers."""
        return [simplest(Fraction(value, 10)) for value in self.tenths]

    def errors(self, rule: str = "") -> list[Rational]:
        """Return what travels back from each sample, by a mistake's rule or by the right one."""
        pairs = list(zip(self.p, self.y, strict=True))
        match rule:
            case "target-minus-prediction":
                return [y - p for p, y in pairs]
            case "sigmoid-slope-again":
                return [(p - y) * p * (1 - p) for p, y in pairs]
            case "prediction-as-error":
                return [p for p, _ in pairs]
            case "first-sample-only":
                return [pairs[0][0] - pairs[0][1], *[0] * (len(pairs) - 1)]
        return [p - y for p, y in pairs]

    def gradient(self, column: list[int], rule: str = "") -> Rational:
        """Return the mean of the errors weighted with a column of features."""
        count = 1 if rule == "batch-mean-forgotten" else len(column)
        products = (value * error for value, error in zip(column, self.errors(rule), strict=True))
        return simplest(Fraction(sum(products)) / count)

    def weights(self, rule: str = "") -> Grid:
        """Return dw (D,)."""
        return Grid.of([self.gradient(list(column), rule) for column in zip(*self.x, strict=True)])

    def bias(self, rule: str = "") -> Rational:
        """Return db."""
        return self.gradient([1] * len(self.x), rule)


def _wrong(batch: _Batch) -> tuple[Wrong, ...]:
    dw, db = Array(batch.weights(), show_size=True), Number(batch.bias())
    return (
        *live(dw, {rule: batch.weights(rule) for rule in _RULES}),
        *live(db, {rule: batch.bias(rule) for rule in _RULES}, part=1),
    )


def _entries(given: Given, draw: Draw) -> _Batch:
    """Draw features, outputs in tenths, and labels of both classes."""
    n = given["n"]
    x = matrix(draw, n, given["d"], -3, 5)
    return _Batch(x, list(draw.shuffle([i % 2 for i in range(n)])), list(draw.integers(n, 1, 9)))


def _solution(batch: _Batch) -> tuple[Step, ...]:
    errors, n = batch.errors(), len(batch.y)
    steps = [
        Step(
            Message("Error of sample {i}", {"i": i}),
            "p - y",
            {"p": p, "y": y},
            simplest(Fraction(p - y)),
        )
        for i, (p, y) in enumerate(zip(batch.p, batch.y, strict=True), start=1)
    ]
    names = {f"e_{i}": error for i, error in enumerate(errors, start=1)}
    for j, column in enumerate(zip(*batch.x, strict=True), start=1):
        terms = total(f"({value})*{name}" for value, name in zip(column, names, strict=True))
        label = Message("$dw$, feature {j}", {"j": j})
        steps.append(Step(label, f"({terms}) / {n}", names, batch.gradient(list(column))))
    steps.append(Step(Message("$db$"), f"({total(names)}) / {n}", names, batch.bias()))
    return tuple(steps)


@family("logistic-gradient", topic="gradients", version=2)
class LogisticGradient:
    """Gradient of the binary cross-entropy of a logistic regression."""

    space = Space(n=(2, 4, 5), d=(1, 2, 3), radicals=("n", "d"))
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw a batch on which every mistake shows in both parts."""
        batch = most_separated(draw, lambda stream: _entries(given, stream), _wrong, 2 * len(_RULES))
        parts = (
            Part(Array(batch.weights(), show_size=True), Message("Gradient $dw$")),
            Part(Number(batch.bias()), Message("Gradient $db$")),
        )
        return Draft(
            Message(_STEM, given),
            parts,
            tables=(
                table("Features $x$", batch.x),
                table("Outputs $p$", [batch.p]),
                table("Labels $y$", [batch.y]),
            ),
            solution=_solution(batch),
            wrong=_wrong(batch),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch at weights of 0 and a bias for each sample that gives these outputs."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import exact, tensor

        x, p, y = (tensor(entry.value)[0, 0] for entry in question.tables)
        shown.agree(question, n=len(x))
        w = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
        b = torch.zeros((), dtype=x.dtype, requires_grad=True)
        logits = x @ w + b + torch.logit(p[0])
        loss = functional.binary_cross_entropy_with_logits(logits, y[0])
        dw, db = torch.autograd.grad(loss, (w, b))
        denominator = 10 * x.shape[0]
        (bias,) = exact(db.reshape(1), denominator).cells
        return exact(dw, denominator), bias
