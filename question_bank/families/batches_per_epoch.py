"""Batches of an epoch: torch.utils.data.DataLoader, `batch_size` and `drop_last`."""

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "A training set of {n} images is read by `DataLoader(train, batch_size={b}, shuffle=True{drop})`, and the model is trained "
    "for {e} epochs with one step of the optimiser for each batch. How many batches has an epoch, how many images has the "
    "last of them, and how many steps are taken in all?"
)
_DOWN, _UP = "n // b", "(n + b - 1) // b"
_RULES = {
    0: (
        {"last-batch-dropped": _DOWN, "batches-not-whole": "n / b", "batch-size-for-batches": "b"},
        {"last-batch-thought-full": "b", "images-left-to-fill": f"({_UP})*b - n"},
        {
            "last-batch-dropped": f"e*({_DOWN})",
            "steps-of-one-epoch": _UP,
            "steps-for-each-image": "e*n",
            "epochs-as-one-long-line": "(e*n + b - 1) // b",
        },
    ),
    1: (
        {"last-batch-kept": _UP, "batches-not-whole": "n / b", "batch-size-for-batches": "b"},
        {"remainder-thought-a-batch": f"n - ({_DOWN})*b"},
        {
            "last-batch-kept": f"e*({_UP})",
            "steps-of-one-epoch": _DOWN,
            "steps-for-each-image": "e*n",
            "epochs-as-one-long-line": "e*n // b",
        },
    ),
}
_KEYS = {
    0: (_UP, f"n - (({_UP}) - 1)*b", f"e*({_UP})"),
    1: (_DOWN, "b", f"e*({_DOWN})"),
}
_LINES = {
    0: (
        ("full", "Full batches", _DOWN),
        ("left", "Images left, which are the last batch", "n - full*b"),
        ("all", "Batches", "full + 1"),
        ("", "Steps", "e*all"),
    ),
    1: (
        ("full", "Full batches, which are all of them", _DOWN),
        ("left", "Images left, which are dropped", "n - full*b"),
        ("", "Images of the last batch", "b"),
        ("", "Steps", "e*full"),
    ),
}
_UNITS = ("batches", "images", "steps")


def _keys(given: Given) -> tuple[Integer, ...]:
    values = solve(_KEYS[given["drop"]], given)
    return tuple(Integer(int(value), unit) for value, unit in zip(values, _UNITS, strict=True))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    parts = zip(_keys(given), _RULES[given["drop"]], strict=True)
    return tuple(
        entry for number, (key, rules) in enumerate(parts) for entry in wrong(key, rules, given, number)
    )


@family("batches-per-epoch", topic="training", version=2)
class BatchesPerEpoch:
    """Batches of an epoch, images of the last one, and steps of a training, with and without drop_last."""

    space = Space(
        n=(500, 800, 1000, 1200, 1500, 1797, 2000, 2500, 4000, 5000),
        b=(16, 24, 32, 48, 60, 64, 100, 128, 150, 256),
        e=(2, 3, 5, 8, 10, 20),
        drop=(0, 1),
        radicals=("drop",),
    ).where(lambda given: given["n"] % given["b"] != 0)
    rules = tuple(dict.fromkeys(rule for parts in _RULES.values() for rules in parts for rule in rules))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for three counts; images are always left over, so that the two settings differ."""
        stem = Message(
            _STEM,
            {
                "n": given["n"],
                "b": given["b"],
                "e": given["e"],
                "drop": ", drop_last=True" if given["drop"] else "",
            },
        )
        prompts = ("Batches of an epoch", "Images of the last batch", "Steps in all")
        follows = (None, None, Follow("formula", (0,), formula=f"{given['e']}*a"))
        parts = tuple(
            Part(key, Message(prompt), follow=follow)
            for key, prompt, follow in zip(_keys(given), prompts, follows, strict=True)
        )
        return Draft(stem, parts, solution=worked(_LINES[given["drop"]], given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """An epoch is cut into batches by torch, and the batches are counted."""
        from torch.utils.data import BatchSampler

        n, b, e = shown.numbers(question, "nbe")
        drop_last = "drop_last=True" in shown.text(question, "drop")
        batches = list(BatchSampler(range(n), b, drop_last))
        return len(batches), len(batches[-1]), sum(len(batches) for _ in range(e))
