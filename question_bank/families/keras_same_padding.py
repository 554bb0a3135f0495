"""Zeros that padding "same" adds: TensorFlow, tf.nn, Notes on padding; keras.layers.Conv2D, `padding`."""

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    'In Keras with TensorFlow, `layers.Conv2D(8, {k}, strides={s}, padding="same")` is applied to an image of {n} rows. Padding '
    '"same" gives ceil({n} / {s}) output rows, adds as few rows of zeros as this needs, and puts the odd one, if any, below '
    "the image. How many rows of zeros are added above and below the image?"
)
_OUT = "(n + s - 1) // s"
_TOTAL = f"max((({_OUT}) - 1)*s + k - n, 0)"
_KEYS = (f"({_TOTAL}) // 2", f"({_TOTAL}) - ({_TOTAL}) // 2")
_RULES = (
    {
        "padding-as-in-pytorch": "k // 2",
        "same-padding-stride-ignored": "(k - 1) // 2",
        "odd-row-above": _KEYS[1],
        "padding-total-on-each-side": _TOTAL,
    },
    {
        "padding-as-in-pytorch": "k // 2",
        "same-padding-stride-ignored": "(k - 1) - (k - 1) // 2",
        "odd-row-above": _KEYS[0],
        "padding-total-on-each-side": _TOTAL,
    },
)
_LINES = (
    ("out", "Rows of the output: n / s, rounded up", _OUT),
    ("all", "Rows of zeros in all", "max((out - 1)*s + k - n, 0)"),
    ("above", "Above the image", "all // 2"),
    ("", "Below it", "all - above"),
)


def _keys(given: Given) -> tuple[Integer, ...]:
    return tuple(Integer(int(value), "rows") for value in solve(_KEYS, given))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    parts = zip(_keys(given), _RULES, strict=True)
    return tuple(
        entry
        for number, (key, rules) in enumerate(parts)
        for entry in wrong(key, rules, given, number, least=0)
    )


@family("keras-same-padding", topic="shapes", version=2)
class KerasSamePadding:
    """Rows of zeros that padding "same" adds above and below, where Keras and PyTorch differ."""

    space = Space(n=range(9, 81), k=(2, 3, 4, 5, 6, 7), s=(1, 2, 3, 4), radicals=("s",)).where(
        lambda given: given["s"] <= given["k"] and separated(_wrong(given), 2)
    )
    rules = tuple(dict.fromkeys(rule for rules in _RULES for rule in rules))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both sides; they differ where an odd number of rows is added."""
        prompts = ("Rows of zeros above", "Rows of zeros below")
        parts = tuple(Part(key, Message(prompt)) for key, prompt in zip(_keys(given), prompts, strict=True))
        solution = worked(_LINES, given)
        return Draft(Message(_STEM, given), parts, solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Rows are added to an image of torch, below and above in turn, until enough windows fit."""
        import torch
        from torch.nn import functional

        n, k, s = shown.numbers(question, "nks")
        rows, wanted = torch.zeros(n), len(torch.zeros(n)[::s])
        above = below = 0
        while len(rows) < k or len(rows.unfold(0, k, s)) < wanted:
            above, below = (above + 1, below) if below > above else (above, below + 1)
            rows = functional.pad(torch.zeros(n), (above, below))
        return above, below
