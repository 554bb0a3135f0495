"""Memory of a network's weights: torch.nn.Linear, section Variables; torch.Tensor.element_size; IEC 80000-13 for powers of 1024."""

from fractions import Fraction

from question_bank import cnn, shown
from question_bank.answers import Integer, Number
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import along, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_DTYPES = {2: "torch.float16", 4: "torch.float32", 8: "torch.float64"}
_STEM = (
    "The weights and biases of the network below are stored with `dtype={dtype}`. (a) How many numbers are they? (b) How many "
    "megabytes do they take, with 1 MB = ${u} * {u}$ bytes? Two decimals are enough; a difference of up to 0.01 is accepted."
)
_FIRST, _LAST = along(cnn.DENSE, n_in="i", n_out="m"), along(cnn.DENSE, n_in="m", n_out="q")
_COUNT = f"{_FIRST} + {_LAST}"
_COUNT_RULES = {
    "dense-bias-forgotten": "m*i + q*m",
    "last-layer-forgotten": _FIRST,
    "neurons-counted": "m + q",
    "bias-per-input": "m*i + i + q*m + m",
    "layer-sizes-multiplied": "i*m*q",
}
_SIZE_RULES = {
    1024: {
        "megabyte-of-a-million": f"z*({_COUNT}) / (1000*1000)",
        "kilobytes-for-megabytes": f"z*({_COUNT}) / 1024",
    },
    1000: {
        "megabyte-of-1024-squared": f"z*({_COUNT}) / (1024*1024)",
        "divided-by-a-thousand-once": f"z*({_COUNT}) / 1000",
    },
}
_EITHER_RULES = {
    "bits-for-bytes": f"8*z*({_COUNT}) / (u*u)",
    "one-byte-for-each-number": f"({_COUNT}) / (u*u)",
    "four-bytes-for-each-number": f"4*({_COUNT}) / (u*u)",
}
_LINES = (
    ("first", "First dense layer: weights and biases", _FIRST),
    ("last", "Last dense layer: weights and biases", _LAST),
    ("numbers", "(a) Numbers; flattening and ReLU have none", "first + last"),
    ("bytes", "Bytes", "z*numbers"),
    ("", "(b) Megabytes", "bytes / (u*u)"),
)


def _keys(given: Given) -> tuple[Integer, Number]:
    count, size = solve((_COUNT, f"z*({_COUNT}) / (u*u)"), given)
    return Integer(int(count), unit="numbers"), Number(size, tolerance=Fraction(1, 100), unit="MB")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    count, size = _keys(given)
    rules = {**_SIZE_RULES[given["u"]], **_EITHER_RULES}
    return (*wrong(count, _COUNT_RULES, given), *wrong(size, rules, given, part=1, least=0))


@family("weights-memory", topic="cost", version=1)
class WeightsMemory:
    """Numbers and megabytes of the weights and biases of a network of dense layers, by their dtype."""

    space = Space(
        i=(784, 1024, 2352, 3072, 4096),
        m=(128, 200, 256, 300, 500, 512, 800, 1000),
        q=(10, 20, 26, 50, 100),
        z=tuple(_DTYPES),
        u=(1024, 1000),
        radicals=("z", "u"),
    ).where(lambda given: _keys(given)[1].value >= 1 and separated(_wrong(given), 8))
    rules = tuple(dict.fromkeys((*_COUNT_RULES, *_SIZE_RULES[1024], *_SIZE_RULES[1000], *_EITHER_RULES)))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the count and the memory; z is how many bytes a number takes, u times u what a megabyte is."""
        i, m, q, z, u = (given[name] for name in "imqzu")
        layers = ("nn.Flatten()", f"nn.Linear({i}, {m})", "nn.ReLU()", f"nn.Linear({m}, {q})")
        count, size = _keys(given)
        parts = (
            Part(count, Message("(a) Numbers")),
            Part(size, Message("(b) Memory"), follow=Follow("formula", (0,), formula=f"{z}*a / ({u}*{u})")),
        )
        code = f"nn.Sequential(\n{''.join(f'    {layer},{chr(10)}' for layer in layers)})"
        stem = Message(_STEM, {"dtype": _DTYPES[z], "u": u})
        return Draft(stem, parts, code=code, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in the network that the listing shows, and measured on a tensor of so many numbers that holds no memory."""
        import torch

        from question_bank.listing import parameter_count

        count = parameter_count(question.code)
        dtype = getattr(torch, shown.text(question, "dtype").removeprefix("torch."))
        size = torch.empty(count, dtype=dtype, device="meta").nbytes
        return count, Fraction(size, shown.number(question, "u") ** 2)
