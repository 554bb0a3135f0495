"""Reading a training log: best epoch and early stopping, Goodfellow et al. 2016, Deep Learning, section 7.8, algorithm 7.1."""

from fractions import Fraction
from itertools import pairwise

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.draw import Draw
from question_bank.errors import OracleMismatchError
from question_bank.figures import Figure
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Table, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest

_STEM = (
    "The table shows the losses of a network after each of {n} epochs. Early stopping with a patience of {p} would have ended the "
    "training as soon as {p} epochs in a row had brought no validation loss below the smallest one before them, and would have kept "
    "the weights of the epoch with the smallest validation loss until then. In which epoch of the whole table is the validation loss "
    "smallest, after which epoch would the training have ended, and of which epoch would the weights have been kept?"
)
_PROMPTS = (
    "Epoch with the smallest validation loss",
    "Last epoch with early stopping",
    "Epoch whose weights are kept",
)
_Losses = tuple[tuple[int, ...], tuple[int, ...]]  # training and validation, in hundredths


def _losses(given: Given, draw: Draw) -> _Losses:
    """Draw losses: the validation loss falls until an epoch, wavers for as long as the patience lasts, and falls again or not."""
    n, p, first = given["n"], given["p"], given["first"]
    train, level = [], draw.integer(190, 230)
    for left in range(n, 0, -1):
        level -= draw.integer(2, 4 + left)
        train.append(max(level, 12 + left))
    validation, loss = [], draw.integer(200, 240)
    for _ in range(first):
        loss -= draw.integer(5, 14)
        validation.append(loss)
    smallest = loss
    validation += [smallest + draw.integer(1, 16) for _ in range(p)]
    for number in range(n - first - p):
        falls = given["later"] and number >= given["later"] - 1
        loss = (
            loss - draw.integer(2, 9) if falls and number < given["later"] + 1 else loss + draw.integer(1, 9)
        )
        loss -= loss == smallest  # so that one epoch alone has the smallest loss
        validation.append(loss if falls else max(loss, smallest + 1))
    return tuple(train), tuple(validation)


def _stop(validation: tuple[int, ...], p: int) -> int:
    """Return the epoch after which the training ends: the patience after the smallest loss that none of so many epochs beat."""
    return next(
        best + p
        for best in range(1, len(validation) - p + 1)
        if min(validation[:best]) == validation[best - 1]
        and min(validation[best : best + p]) >= validation[best - 1]
    )


def _epoch(losses: tuple[int, ...]) -> int:
    return losses.index(min(losses)) + 1


def _rises(validation: tuple[int, ...], count: int) -> int | None:
    """Return the first epoch that ends so many rises in a row, from 1; None where there is none."""
    run = 0
    for epoch, (before, loss) in enumerate(pairwise(validation), start=2):
        run = run + 1 if loss > before else 0
        if run == count:
            return epoch
    return None


def _keys(losses: _Losses, p: int) -> tuple[int, int, int]:
    stop = _stop(losses[1], p)
    return _epoch(losses[1]), stop, _epoch(losses[1][:stop])


def _wrong(losses: _Losses, p: int) -> tuple[Wrong, ...]:
    train, validation = losses
    best, stop, kept = _keys(losses, p)
    gaps = tuple(abs(a - b) for a, b in zip(train, validation, strict=True))
    rules: tuple[dict[str, Value | None], ...] = (
        {
            "best-epoch-by-training-loss": _epoch(train),
            "last-epoch-kept": len(train),
            "gap-for-the-loss": _epoch(gaps),
        },
        {
            "stopped-at-first-rise": _rises(validation, 1),
            "patience-counts-rises": _rises(validation, p),
            "patience-one-late": stop + 1,
            "patience-one-early": stop - 1,
            "never-stopped": len(train),
        },
        {"weights-of-the-stop-kept": stop, "best-after-the-stop": best},
    )
    return tuple(
        wrong
        for number, (key, values) in enumerate(zip((best, stop, kept), rules, strict=True))
        for wrong in live(Integer(key), values, number)
    )


def _telling(losses: _Losses, p: int) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where two epochs have the smallest validation loss, so that either could be named."""
    validation = losses[1]
    return _wrong(losses, p) if validation.count(min(validation)) == 1 else ()


def _solution(validation: tuple[int, ...], p: int) -> tuple[Step, ...]:
    stop = _stop(validation, p)
    kept = stop - p
    values = {f"v_{i}": simplest(Fraction(loss, 100)) for i, loss in enumerate(validation, start=1)}
    after = {f"v_{i}": values[f"v_{i}"] for i in range(kept + 1, stop + 1)}
    least = min(range(kept + 1, len(validation) + 1), key=lambda epoch: validation[epoch - 1])
    both = {name: values[name] for name in (f"v_{kept}", f"v_{least}")}
    names = {"epoch": kept, "p": p, "best": _epoch(validation)}
    return (
        Step(
            Message(
                "Smallest loss in the {p} epochs after epoch {epoch}, none of which is below that of epoch {epoch}",
                names,
            ),
            f"min({', '.join(after)})",
            after,
            min(after.values()),
        ),
        Step(
            Message("Last epoch: {p} epochs after epoch {epoch}, whose weights are kept", names),
            "e + p",
            {"e": kept, "p": p},
            stop,
        ),
        Step(
            Message("Smallest validation loss of the table, in epoch {best}", names),
            f"min({', '.join(both)})",
            both,
            min(both.values()),
        ),
    )


@family("training-log", topic="code", version=2)
class TrainingLog:
    """Best epoch, end of the training and weights kept with early stopping, from a training log."""

    space = Space(
        n=(9, 10, 12), p=(2, 3, 4), first=(2, 3, 4, 5), later=(0, 1, 2), radicals=("p", "later")
    ).where(lambda given: given["first"] + given["p"] + given["later"] < given["n"])
    rules = (
        "best-epoch-by-training-loss",
        "last-epoch-kept",
        "gap-for-the-loss",
        "stopped-at-first-rise",
        "patience-counts-rises",
        "patience-one-late",
        "patience-one-early",
        "never-stopped",
        "weights-of-the-stop-kept",
        "best-after-the-stop",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Ask for three epochs; losses are drawn so that mistakes can be told apart."""
        p, n = given["p"], given["n"]
        losses = most_separated(draw, lambda d: _losses(given, d), lambda found: _telling(found, p), wanted=6)
        rows: list[list[Rational]] = [list(range(1, n + 1))]
        rows += [[simplest(Fraction(x, 100)) for x in row] for row in losses]
        caption = Message("Rows: epoch, training loss, validation loss")
        alt = Message("Training loss and validation loss over {n} epochs, as in the table", {"n": n})
        numbers = {"train": losses[0], "validation": losses[1]}
        return Draft(
            Message(_STEM, {"n": n, "p": p}),
            tuple(Part(Integer(k), Message(t)) for k, t in zip(_keys(losses, p), _PROMPTS, strict=True)),
            tables=(Table(caption, Grid.of(rows)),),
            figure=Figure("curves", alt, numbers, ("Loss",)),
            solution=_solution(losses[1], p),
            wrong=_wrong(losses, p),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The epochs are gone through one by one, as a training program does."""
        epochs, training, losses = question.tables[0].value.rows()
        curves = {"train": training, "validation": losses}
        shown.agree_on_figure(
            question, **{name: tuple(int(x * 100) for x in row) for name, row in curves.items()}
        )
        patience = shown.number(question, "p")
        shown.agree(question, n=len(epochs))
        best, kept, waited, end = losses[0], 1, 0, 0
        for epoch, loss in list(zip(epochs, losses, strict=True))[1:]:
            if loss < best:
                best, kept, waited = loss, int(epoch), 0
            else:
                waited += 1
            if waited == patience:
                end = int(epoch)
                break
        smallest = [epoch for epoch, loss in zip(epochs, losses, strict=True) if loss == min(losses)]
        if len(smallest) > 1:
            raise OracleMismatchError(
                f"epochs {smallest} have the smallest loss; expected one, which (a) asks for"
            )
        return int(smallest[0]), end, kept
