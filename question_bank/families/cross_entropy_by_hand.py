"""Cross-entropy of a batch by hand: torch.nn.CrossEntropyLoss, reduction `mean`; logarithms by `decimals`."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import decimals, shown
from question_bank.answers import Number
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Rational, Value, show_number, simplest
from question_bank.writing import table, total

_STEM = (
    "For a batch of {n} images a network gave, after softmax, the probabilities $p$ below: one row for each image, one column for "
    "each of {c} classes. The true classes, counted from 0, are {classes}. What is the cross-entropy loss of the batch, the "
    "mean over its images, to two decimals? A difference of up to 0.01 is accepted."
)
_TOLERANCE = Fraction(1, 100)
_WHOLE, _PLACES = 20, 4
_RULES = (
    "logarithm-to-base-ten",
    "minus-sign-forgotten",
    "loss-of-the-predicted-class",
    "loss-not-averaged",
    "logarithm-of-the-mean",
    "classes-counted-from-one",
)


def _loss(probability: Fraction) -> Rational:
    """Return -ln of a probability, to four decimals.

    >>> _loss(Fraction(1, 2))
    Fraction(6931, 10000)
    """
    return -decimals.logarithm(probability, _PLACES)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Probabilities (N, C) in twentieths and the true classes (N,)."""

    parts: Matrix
    classes: list[int]

    def probabilities(self, shift: int = 0) -> list[Fraction]:
        """Return the probability of each image's true class, or of the class `shift` before it."""
        return [
            Fraction(row[true - shift], _WHOLE) for row, true in zip(self.parts, self.classes, strict=True)
        ]

    def mean(self, probabilities: list[Fraction]) -> Rational:
        """Return the mean of their losses."""
        return simplest(Fraction(sum(map(_loss, probabilities))) / len(probabilities))

    @property
    def key(self) -> Number:
        """The loss of the batch."""
        return Number(self.mean(self.probabilities()), _TOLERANCE)


def _wrong(batch: _Batch) -> tuple[Wrong, ...]:
    n, loss, p = len(batch.classes), batch.key.value, batch.probabilities()
    one_before = None if 0 in batch.classes else batch.mean(batch.probabilities(shift=1))
    values: dict[str, Value | None] = {
        "logarithm-to-base-ten": decimals.to_base_ten(loss, _PLACES),
        "minus-sign-forgotten": -loss,
        "loss-of-the-predicted-class": batch.mean([Fraction(max(row), _WHOLE) for row in batch.parts]),
        "loss-not-averaged": simplest(Fraction(loss) * n),
        "logarithm-of-the-mean": _loss(sum(p, start=Fraction()) / n),
        "classes-counted-from-one": one_before,
    }
    return live(batch.key, values)


def _entries(given: Given, draw: Draw) -> _Batch:
    """Draw probabilities that are multiples of 0.05, none 0, and classes."""
    rows = []
    for _ in range(given["n"]):
        cuts = sorted(draw.shuffle(range(1, _WHOLE))[: given["c"] - 1])
        rows.append([high - low for low, high in zip([0, *cuts], [*cuts, _WHOLE], strict=True)])
    return _Batch(rows, list(draw.integers(given["n"], 0, given["c"] - 1)))


def _solution(batch: _Batch) -> tuple[Step, ...]:
    probabilities = batch.probabilities()
    names = {f"l_{i}": _loss(p) for i, p in enumerate(probabilities, start=1)}
    label = "Negative natural logarithm of {p}, the probability of the true class of image {i}"
    losses = [
        Step(Message(label, {"p": show_number(simplest(p)), "i": i}), name, {name: names[name]}, names[name])
        for i, (p, name) in enumerate(zip(probabilities, names, strict=True), start=1)
    ]
    formula = f"({total(names)}) / {len(names)}" if len(names) > 1 else "l_1"
    return (*losses, Step(Message("Mean over the batch"), formula, names, batch.key.value))


@family("cross-entropy-by-hand", topic="activations", version=1)
class CrossEntropyByHand:
    """Cross-entropy loss of a batch from the probabilities of its images."""

    space = Space(n=(2, 4, 5), c=(3, 4, 5), radicals=("n", "c"))
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw probabilities and true classes on which the mistakes that can show do show."""
        batch = most_separated(draw, lambda stream: _entries(given, stream), _wrong, 5)
        rows = [[simplest(Fraction(part, _WHOLE)) for part in row] for row in batch.parts]
        classes = ", ".join(map(str, batch.classes))
        return Draft(
            Message(_STEM, {**given, "classes": classes}),
            (Part(batch.key, Message("Loss")),),
            tables=(table("Probabilities $p$", rows),),
            solution=_solution(batch),
            wrong=_wrong(batch),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed by torch from logits with these probabilities: their logarithms."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import tensor

        shown.agree(question, **dict(zip("nc", question.tables[0].value.shape, strict=True)))
        logits = torch.log(tensor(question.tables[0].value)[0, 0])
        classes = torch.tensor(shown.several(question, "classes"))
        return (Fraction(functional.cross_entropy(logits, classes).item()),)
