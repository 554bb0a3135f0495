"""Accuracy counted from logits and labels: the class with the largest logit is predicted; torch.argmax."""

from collections.abc import Sequence
from fractions import Fraction

from question_bank import shown
from question_bank.answers import Integer, Number
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Rational, Value, simplest
from question_bank.writing import table, total

_STEM = (
    "A network gave the logits below: one row for each of {n} images, one column for each of {c} classes. The true classes, counted "
    "from 0, are {labels}. (a) How many images are predicted rightly? (b) What is the accuracy in percent, to one decimal?"
)
_COUNT_RULES = (
    "smallest-logit-predicted",
    "largest-magnitude-predicted",
    "classes-counted-from-one",
    "wrong-ones-counted",
)
_SHARE_RULES = ("wrong-ones-counted", "percent-of-right-over-wrong", "share-not-in-percent")
_TOLERANCE = Fraction(1, 20)


def _predicted(row: Sequence[int], rule: str = "") -> int:
    """Return the class that is predicted, by a mistake's rule or by the right one."""
    match rule:
        case "smallest-logit-predicted":
            return row.index(min(row))
        case "largest-magnitude-predicted":
            return row.index(max(row, key=abs))
        case "classes-counted-from-one":
            return row.index(max(row)) + 1
    return row.index(max(row))


def _right(logits: Matrix, labels: Sequence[int], rule: str = "") -> int:
    """Count the images whose predicted class is the true one."""
    hits = sum(_predicted(row, rule) == label for row, label in zip(logits, labels, strict=True))
    return len(labels) - hits if rule == "wrong-ones-counted" else hits


def _share(right: int, n: int) -> Rational:
    return simplest(Fraction(100 * right, n))


def _keys(logits: Matrix, labels: Sequence[int]) -> tuple[Integer, Number]:
    right = _right(logits, labels)
    return Integer(right, unit="images"), Number(_share(right, len(labels)), _TOLERANCE, unit="%")


def _wrong(logits: Matrix, labels: Sequence[int]) -> tuple[Wrong, ...]:
    count, share = _keys(logits, labels)
    n, right = len(labels), count.value
    counts: dict[str, Value | None] = {rule: _right(logits, labels, rule) for rule in _COUNT_RULES}
    shares: dict[str, Value | None] = {
        "wrong-ones-counted": _share(n - right, n),
        "percent-of-right-over-wrong": _share(right, n - right) if right < n else None,
        "share-not-in-percent": simplest(Fraction(right, n)),
    }
    return (*live(count, counts), *live(share, shares, part=1))


def _entries(given: Given, draw: Draw) -> tuple[Matrix, list[int]]:
    """Draw logits of different magnitudes within a row, and labels that are right more often than not."""
    logits, labels = [], []
    for _ in range(given["n"]):
        sizes = draw.shuffle(range(1, 10))[: given["c"]]
        row = [size * draw.choice((1, 1, -1)) for size in sizes]
        logits.append(row)
        labels.append(draw.choice((row.index(max(row)), draw.integer(0, given["c"] - 1))))
    return logits, labels


def _solution(logits: Matrix, labels: Sequence[int]) -> tuple[Step, ...]:
    label = "Image {i}: largest logit, of class {predicted}; the true class is {true}"
    rows = [
        Step(
            Message(label, {"i": i, "predicted": _predicted(row), "true": true}),
            f"max({', '.join(map(str, row))})",
            {},
            max(row),
        )
        for i, (row, true) in enumerate(zip(logits, labels, strict=True), start=1)
    ]
    hits = [str(int(_predicted(row) == true)) for row, true in zip(logits, labels, strict=True)]
    count, share = (key.value for key in _keys(logits, labels))
    return (
        *rows,
        Step(Message("(a) Right predictions, each counted as 1"), total(hits), {}, count),
        Step(Message("(b) Accuracy in percent"), "100*a / n", {"a": count, "n": len(labels)}, share),
    )


@family("accuracy-from-logits", topic="training", version=1)
class AccuracyFromLogits:
    """Right predictions and accuracy from the logits of some images and their true classes."""

    space = Space(n=(5, 6, 8, 10), c=(3, 4), radicals=("n", "c"))
    rules = tuple(dict.fromkeys((*_COUNT_RULES, *_SHARE_RULES)))
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw logits and labels on which the ways to misread them differ."""
        logits, labels = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _wrong(*drawn), 6
        )
        count, share = _keys(logits, labels)
        follow = Follow("formula", (0,), formula=f"100*a / {given['n']}")
        parts = (
            Part(count, Message("(a) Images predicted rightly")),
            Part(share, Message("(b) Accuracy"), follow=follow),
        )
        return Draft(
            Message(_STEM, {**given, "labels": ", ".join(map(str, labels))}),
            parts,
            tables=(table("Logits", logits),),
            solution=_solution(logits, labels),
            wrong=_wrong(logits, labels),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Predicted by torch from the table, compared with the labels of the stem."""
        import torch

        logits = torch.tensor(question.tables[0].value.rows())
        shown.agree(question, n=logits.shape[0], c=logits.shape[1])
        right = logits.argmax(1) == torch.tensor(shown.several(question, "labels"))
        return int(right.sum().item()), Fraction(int(right.sum().item()) * 100, right.numel())
