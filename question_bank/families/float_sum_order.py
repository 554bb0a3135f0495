"""Rounding of float32 sums: IEEE 754, section 4.3.1, round to nearest; a significand of 24 binary digits."""

from collections.abc import Callable
from fractions import Fraction

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import Line, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Rational, Value

_STEM = (
    "A program adds the float32 numbers $a = {a}$, $b = {b}$ and $c = {c}$ in two orders, to see whether both give the same. Near "
    "$a$ the float32 numbers lie {g} apart, and $a$ is one of them; each sum is rounded to the nearest one. What does each order "
    "give?"
)
_NEAREST = "(2*({}) + g) // (2*g)*g"
_LINES: tuple[Line, ...] = (
    ("d", "$a + b$, rounded to a multiple of $g$", _NEAREST.format("a + b")),
    ("", "First result: $d + c$, rounded", _NEAREST.format("d + c")),
    ("s", "$b + c$, which is small enough to be exact", "b + c"),
    ("", "Second result: $a + s$, rounded", _NEAREST.format("a + s")),
)
Rounding = Callable[[Rational, int], int]


def _near(value: Rational, gap: int) -> int:
    return int(Fraction(2 * value + gap) // (2 * gap)) * gap


def _numbers(given: Given) -> dict[str, int]:
    """Return a, b, c and the gap g between the float32 numbers from 2^e to 2^(e + 1), one of which is a."""
    gap = 2 ** (given["e"] - 23)
    return {"a": 2 ** given["e"] + given["m"] * gap, "b": given["b"], "c": given["c"], "g": gap}


def _sums(given: Given, rounded: Rounding) -> tuple[int, int]:
    """Return (a + b) + c and a + (b + c), with what becomes of a sum."""
    a, b, c, gap = _numbers(given).values()
    return rounded(rounded(a + b, gap) + c, gap), rounded(a + b + c, gap)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    first, second = _sums(given, _near)
    exact = sum(_sums(given, lambda value, _: int(value))) // 2
    down = _sums(given, lambda value, gap: int(value // gap) * gap)
    up = _sums(given, lambda value, gap: -int(-value // gap) * gap)
    keys = (Integer(first), Integer(second))
    rules = [
        {
            "float-sum-exact": exact,
            "float-order-ignored": second,
            "float-cut-off": down[0],
            "float-rounded-up": up[0],
        },
        {
            "float-sum-exact": exact,
            "float-order-ignored": first,
            "float-cut-off": down[1],
            "float-rounded-up": up[1],
        },
    ]
    return tuple(entry for part in (0, 1) for entry in live(keys[part], dict(rules[part]), part))


def _clear(given: Given) -> bool:
    """Whether no sum lies halfway between two numbers, and the order matters."""
    a, b, c, gap = _numbers(given).values()
    between = (b, _near(a + b, gap) - a + c, b + c)
    first, second = _sums(given, _near)
    return (
        b < gap and c < gap and all(rest % gap not in (0, gap // 2) for rest in between) and first != second
    )


@family("float-sum-order", topic="training", version=1)
class FloatSumOrder:
    """Two sums of the same float32 numbers in different orders, which rounding makes different."""

    space = Space(e=(26, 27, 28), m=range(1, 6), b=range(1, 16), c=range(1, 16), radicals=("e",)).where(
        _clear
    )
    rules = ("float-sum-exact", "float-order-ignored", "float-cut-off", "float-rounded-up")
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both results, which an assertion of equality would compare."""
        numbers = _numbers(given)
        prompts = ("Result of `(a + b) + c`", "Result of `a + (b + c)`")
        parts = tuple(
            Part(Integer(value), Message(prompt))
            for prompt, value in zip(prompts, _sums(given, _near), strict=True)
        )
        return Draft(Message(_STEM, numbers), parts, solution=worked(_LINES, numbers), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Added by torch in float32."""
        import torch

        a, b, c = torch.tensor(shown.numbers(question, "abc"), dtype=torch.float32)
        shown.agree(question, a=int(a), g=int(torch.nextafter(a, 2 * a) - a))
        return int((a + b) + c), int(a + (b + c))
