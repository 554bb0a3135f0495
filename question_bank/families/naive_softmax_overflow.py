"""Softmax without care in floating point: IEEE 754, section 7; Goodfellow, Bengio, Courville, Deep Learning, section 4.1."""

import math
from collections.abc import Sequence

from question_bank import shown
from question_bank.answers import Choice, Integer
from question_bank.authoring import Draft, family, lettered, live
from question_bank.draw import Draw
from question_bank.errors import OracleMismatchError
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Value
from question_bank.writing import largest, total

_STEM = (
    "In `{dtype}`, `torch.exp` gives `inf` for numbers above {high} and 0 for numbers below {low}. (a) What does the listing print, "
    "rounded to two decimals? (b) Which number has to be subtracted from every entry of `z` first, so that the largest entry of "
    "`e` is exactly 1? The probabilities stay the same."
)
_LIMITS = {32: ("88.7", "\u2212104"), 64: ("709.7", "\u2212746")}
_RAISES = "An error is raised."
_WORKS, _SOME, _ALL, _UNDER = range(4)
_RULES_OF = (
    ("overflow-assumed", "argmax-instead-of-softmax", "overflow-thought-to-raise"),
    ("overflow-unnoticed", "overflow-spoils-all", "infinities-cancel", "overflow-thought-to-raise"),
    ("overflow-unnoticed", "infinities-cancel", "overflow-thought-to-raise"),
    ("underflow-unnoticed", "nothing-over-nothing-is-nothing", "overflow-thought-to-raise"),
)


def _list(values: Sequence[float | str]) -> str:
    """Write numbers as a listing prints them, to two decimals.

    >>> _list([0.5, "nan"])
    '`[0.50, nan]`'
    """
    return f"`[{', '.join(v if isinstance(v, str) else f'{v:.2f}' for v in values)}]`"


def _entries(given: Given, draw: Draw) -> tuple[int, ...]:
    """Draw logits that lie close together where they are large, and far from the limits."""
    c, wide = given["c"], given["bits"] == 64
    near = draw.shuffle(range(7))[:c]
    match given["case"]:
        case 0:
            base = draw.choice((90, 100, 200, 500, 690) if wide else (2, 20, 50, 78))
            return tuple(base + n for n in near)
        case 1:
            base, count = draw.choice((800, 1000, 2000) if wide else (95, 120, 300)), draw.integer(2, c - 1)
            return draw.shuffle((*(base + n for n in near[:count]), *draw.integers(c - count, 0, 9)))
        case 2:
            base = draw.choice((720, 1000, 1200, 2000) if wide else (90, 100, 150, 1000))
            return tuple(base + n for n in near)
    base = draw.choice((800, 1000, 1200, 2000) if wide else (120, 150, 200, 1000))
    return tuple(-base - n for n in near)


def _probabilities(z: Sequence[int]) -> list[float]:
    """Return the softmax with the largest logit subtracted first."""
    powers = [math.exp(value - max(z)) for value in z]
    return [power / sum(powers) for power in powers]


def _printed(z: Sequence[int], given: Given) -> dict[str, str]:
    """Return what the listing prints, under an empty name, and what each mistake of this case expects."""
    large = [value > float(_LIMITS[given["bits"]][0]) for value in z]
    right, nothing = _list(_probabilities(z)), _list(["nan"] * len(z))
    texts = {
        "": (right, _list(["nan" if inf else 0.0 for inf in large]), nothing, nothing)[given["case"]],
        "overflow-assumed": nothing,
        "overflow-spoils-all": nothing,
        "overflow-unnoticed": right,
        "underflow-unnoticed": right,
        "overflow-thought-to-raise": _RAISES,
        "argmax-instead-of-softmax": _list([float(value == max(z)) for value in z]),
        "nothing-over-nothing-is-nothing": _list([0.0] * len(z)),
        "infinities-cancel": _list([float(inf) for inf in large]),
    }
    return {rule: texts[rule] for rule in ("", *_RULES_OF[given["case"]])}


def _steps(z: Sequence[int], given: Given) -> tuple[Step, ...]:
    high, low = _LIMITS[given["bits"]]
    most = Step(Message("Largest logit"), largest(z), {}, max(z))
    infinite = [value for value in z if value > float(high)]
    why = (
        Step(Message("Exponentials that are `inf`, so the probabilities come out right"), "0", {}, 0),
        *(
            Step(
                Message("Exponentials that are `inf`; `inf / inf` is `nan`, and a number over `inf` is 0"),
                total(["1"] * len(infinite)),
                {},
                len(infinite),
            ),
        )
        * 2,
        Step(
            Message("Sum of the exponentials, each below {low} and so 0; 0 / 0 is `nan`", {"low": low}),
            "0",
            {},
            0,
        ),
    )[given["case"]]
    return most, why, Step(Message("(b) Largest logit, subtracted from itself"), "m - m", {"m": max(z)}, 0)


@family("naive-softmax-overflow", topic="activations", version=1)
class NaiveSoftmaxOverflow:
    """What softmax without care prints where exponentials overflow or underflow, and what to subtract first."""

    space = Space(bits=(32, 64), case=(_WORKS, _SOME, _ALL, _UNDER), c=(3, 4), radicals=("case",))
    rules = (
        *dict.fromkeys(rule for rules in _RULES_OF for rule in rules),
        "smallest-logit-subtracted",
        "magnitude-subtracted",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw logits of the point's case; which option stands where is drawn, too."""
        z = _entries(given, draw.child("logits"))
        texts = _printed(z, given)
        order = draw.shuffle(sorted(set(texts.values())))
        letters = lettered(order)
        printed = Choice(order, letters[texts[""]])
        subtracted = Integer(max(z))
        shifts = {"smallest-logit-subtracted": min(z), "magnitude-subtracted": max(map(abs, z))}
        wrong: tuple[Wrong, ...] = (
            *live(printed, {rule: letters[text] for rule, text in texts.items() if rule}),
            *live(subtracted, dict(shifts), part=1),
        )
        high, low = _LIMITS[given["bits"]]
        dtype = f"torch.float{given['bits']}"
        code = (
            f"z = torch.tensor([{', '.join(f'{value}.0' for value in z)}], dtype={dtype})\n"
            "e = torch.exp(z)\np = e / e.sum()\nprint(p)"
        )
        return Draft(
            Message(_STEM, {"dtype": dtype, "high": high, "low": low}),
            (Part(printed, Message("(a) Printed")), Part(subtracted, Message("(b) Number to subtract"))),
            code=code,
            solution=_steps(z, given),
            wrong=wrong,
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed by torch from the numbers and the dtype of the listing, and looked for among the options."""
        import re

        import torch

        line = question.code.splitlines()[0]
        dtype = torch.float32 if "float32" in line else torch.float64
        z = torch.tensor([float(text) for text in re.findall(r"-?\d+\.0", line)], dtype=dtype)
        high, low = (float(shown.text(question, name).replace("\u2212", "-")) for name in ("high", "low"))
        limits = torch.exp(torch.tensor([high, high + 0.1, low + 1, low], dtype=dtype))
        if [math.isinf(e) or not e for e in limits.tolist()] != [False, True, False, True]:
            raise OracleMismatchError(
                f"torch.exp near {high} and {low} gives {limits.tolist()}; mend the limits"
            )
        shown.agree(question, dtype=str(dtype))
        e = torch.exp(z)
        values = (e / e.sum()).tolist()
        text = f"`[{', '.join('nan' if math.isnan(value) else format(value, '.2f') for value in values)}]`"
        return question.parts[0].field.letters_of(lambda option: option == text), int(z.max().item())
