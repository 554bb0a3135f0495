"""Gradient of the mean cross-entropy with respect to the logits: Goodfellow, Bengio, Courville, Deep Learning, section 6.2.2.3."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.draw import Draw
from question_bank.layers import Exact
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value, simplest
from question_bank.writing import table

_STEM = (
    "For a batch of {n} images a network's logits $z$ gave, after softmax, the probabilities $p$ below: one row for each image, "
    "one column for each of {c} classes. The true classes, counted from 0, are {classes}. The loss is "
    "`nn.CrossEntropyLoss()` of the logits: the mean over the batch of the negative logarithm of the true class's "
    "probability. Write the gradient $dz$ of the loss with respect to the logits, exactly: {n} rows of {c} values."
)
_STEM_ONE = (
    "For one image a network's logits $z$ gave, after softmax, the probabilities $p$ of {c} classes below. The true class, "
    "counted from 0, is {classes}. The loss is `nn.CrossEntropyLoss()` of the logits: the negative logarithm of the true "
    "class's probability. Write the gradient $dz$ of the loss with respect to the logits, exactly: {c} values."
)
_RULES = (
    "batch-mean-forgotten",
    "one-hot-forgotten",
    "target-minus-prediction",
    "true-class-only",
    "gradient-of-the-probabilities",
    "classes-counted-from-one",
)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Probabilities (N, C) in parts of `whole`, and the true classes (N,)."""

    parts: list[list[int]]
    classes: list[int]
    whole: int

    @property
    def probabilities(self) -> Exact:
        """The probabilities as exact numbers."""
        return [[simplest(Fraction(part, self.whole)) for part in row] for row in self.parts]


def _entries(given: Given, draw: Draw) -> _Batch:
    """Draw probabilities that are multiples of 0.05, none 0, and classes."""
    n, c, whole = given["n"], given["c"], 20
    rows = []
    for _ in range(n):
        cuts = sorted(draw.shuffle(range(1, whole))[: c - 1])
        rows.append([high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)])
    return _Batch(rows, list(draw.integers(n, 0, c - 1)), whole)


def _gradient(batch: _Batch, rule: str = "") -> Exact:
    """Return the gradient (N, C) by a mistake's rule, or by the right one."""
    shift = int(rule == "classes-counted-from-one")
    rows = []
    for row, true in zip(batch.probabilities, batch.classes, strict=True):
        hot = [int(c == true - shift) for c in range(len(row))]
        match rule:
            case "one-hot-forgotten":
                error = row
            case "true-class-only":
                error = [(p - 1) * y for p, y in zip(row, hot, strict=True)]
            case "gradient-of-the-probabilities":
                error = [-Fraction(y) / p for p, y in zip(row, hot, strict=True)]
            case _:
                error = [p - y for p, y in zip(row, hot, strict=True)]
        rows.append(error)
    sign = -1 if rule == "target-minus-prediction" else 1
    images = 1 if rule == "batch-mean-forgotten" else len(rows)
    return [[simplest(sign * Fraction(value) / images) for value in row] for row in rows]


def _applicable(batch: _Batch) -> tuple[str, ...]:
    """Return the mistakes that can be made: one image has no mean, and class 0 none before it."""
    idle = {"batch-mean-forgotten": len(batch.classes) == 1, "classes-counted-from-one": 0 in batch.classes}
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _wrong(batch: _Batch) -> tuple[Wrong, ...]:
    key = Array(Grid.of(_gradient(batch)))
    return live(key, {rule: Grid.of(_gradient(batch, rule)) for rule in _applicable(batch)})


def _solution(batch: _Batch) -> tuple[Step, ...]:
    n = len(batch.classes)
    return tuple(
        Step(
            Message(
                "$dz$ of image {image}, class {c}" + (" (the true one)" if c == true else ""),
                {"image": image, "c": c},
            ),
            ("(p - 1)" if c == true else "p") + (f" / {n}" if n > 1 else ""),
            {"p": p},
            value,
        )
        for image, (row, true, gradients) in enumerate(
            zip(batch.probabilities, batch.classes, _gradient(batch), strict=True), start=1
        )
        for c, (p, value) in enumerate(zip(row, gradients, strict=True))
    )


@family("softmax-cross-entropy-gradient", topic="gradients", version=1)
class SoftmaxCrossEntropyGradient:
    """Gradient of the cross-entropy with respect to the logits, from the probabilities."""

    space = Space(n=(1, 2, 4), c=(3, 4, 5), radicals=("n", "c")).where(
        lambda given: given["n"] * given["c"] <= 12
    )
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw probabilities and true classes on which the mistakes that can show do show."""
        batch = most_separated(draw, lambda stream: _entries(given, stream), _wrong, 4)
        key = Array(Grid.of(_gradient(batch)), show_size=True)
        classes = ", ".join(map(str, batch.classes))
        return Draft(
            Message(_STEM if given["n"] > 1 else _STEM_ONE, {**given, "classes": classes}),
            (Part(key, Message("Gradient $dz$")),),
            tables=(table("Probabilities $p$", batch.probabilities),),
            solution=_solution(batch),
            wrong=_wrong(batch),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch at logits with these probabilities: their logarithms."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import backward, stacked

        logits = torch.log(stacked([question.tables[0].value])[0, 0])
        classes = torch.tensor(shown.several(question, "classes"))
        shown.agree(question, c=logits.shape[1], **({"n": len(logits)} if len(logits) > 1 else {}))
        one = torch.ones((), dtype=logits.dtype)
        loss = functional.cross_entropy
        return (backward(lambda z: loss(z, classes), logits, one, 20 * len(classes)),)
