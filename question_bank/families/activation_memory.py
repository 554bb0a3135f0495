"""Memory of a layer's output: torch.Tensor.element_size; IEC 80000-13 for powers of 1024."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Number
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_DTYPES = {8: "torch.float64", 4: "torch.float32", 2: "torch.float16", 1: "torch.uint8"}
_STEM = (
    "A layer gives a tensor of shape `{shape}` (batch, channels, height, width) with `dtype={dtype}`. How many megabytes do "
    "its numbers take, with 1 MB = $1024 * 1024$ bytes? Two decimals are enough."
)
_NUMBERS = "b*c*h*w"
_KEY = f"z*{_NUMBERS} / (1024*1024)"
_RULES = {
    "megabyte-of-a-million": f"z*{_NUMBERS} / 1000000",
    "kilobytes-for-megabytes": f"z*{_NUMBERS} / 1024",
    "bits-for-bytes": f"8*z*{_NUMBERS} / (1024*1024)",
    "one-byte-for-each-number": f"{_NUMBERS} / (1024*1024)",
    "four-bytes-for-each-number": f"4*{_NUMBERS} / (1024*1024)",
    "memory-of-one-image": "z*c*h*w / (1024*1024)",
    "memory-of-one-channel": "z*b*h*w / (1024*1024)",
}
_LINES = (
    ("numbers", "Numbers in the tensor", _NUMBERS),
    ("bytes", "Bytes", "z*numbers"),
    ("", "Megabytes", "bytes / (1024*1024)"),
)


def _key(given: Given) -> Number:
    return Number(solve((_KEY,), given)[0], tolerance=Fraction(1, 100), unit="MB")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given, least=0)


@family("activation-memory", topic="cost", version=1)
class ActivationMemory:
    """Megabytes of a tensor, by its shape and dtype."""

    space = Space(
        b=(8, 16, 32, 64, 100, 128, 256),
        c=(3, 6, 16, 32, 64, 128),
        h=(14, 28, 32, 56, 112, 224),
        w=(16, 28, 32, 64, 112, 224),
        z=tuple(_DTYPES),
        radicals=("z",),
    ).where(
        lambda given: (
            given["h"] <= given["w"] <= 2 * given["h"]
            and _key(given).value >= 1
            and separated(_wrong(given), 5)
        )
    )
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for megabytes, with the stem saying which; z is how many bytes a number takes."""
        shape = (given["b"], given["c"], given["h"], given["w"])
        stem = Message(_STEM, {"shape": shape, "dtype": _DTYPES[given["z"]]})
        part = Part(_key(given), Message("Memory"))
        return Draft(stem, (part,), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Measured on such a tensor of torch, which holds no memory of its own."""
        import torch

        dtype = getattr(torch, shown.text(question, "dtype").removeprefix("torch."))
        size = torch.empty(shown.shape(question), dtype=dtype, device="meta").nbytes
        return (Fraction(size, 2**20),)
