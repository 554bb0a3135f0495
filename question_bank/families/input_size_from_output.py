"""Size of a convolution's input from that of its output: Dumoulin & Visin, arXiv:1603.07285, Relationship 6, solved for n."""

from question_bank import shown
from question_bank.answers import Answer, Integer, Undetermined
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import separated, solve, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import UNDETERMINED, Value

_LAYER = (
    "A convolution with a kernel {k} pixels high, stride ${s}$, padding ${p}$ on each side and no dilation gives an output that "
    "is ${m}$ pixels high."
)
_ASKED = "How many pixels high is its input? Where this does not decide it, say so."
_STEMS = (
    f"{_LAYER} {_ASKED}",
    f"{_LAYER} Its last window ends with the last row of the padded image. {_ASKED}",
    f"{_LAYER} The height of its input is an even number. {_ASKED}",
    f"{_LAYER} The height of its input is a multiple of 4. {_ASKED}",
)
_MULTIPLES = (1, 1, 2, 4)
_SMALLEST = "(m - 1)*s + k - 2*p"
_RULES = {
    "padding-once": "(m - 1)*s + k - p",
    "padding-ignored": "(m - 1)*s + k",
    "plus-one-forgotten": "m*s + k - 2*p",
    "size-times-stride": "m*s",
    "same-size-assumed": "m",
}
_LINES = (
    ("", "Smallest input: the last window ends with the padded image", _SMALLEST),
    ("", "Largest input: with one row more the kernel could move once more", f"{_SMALLEST} + s - 1"),
)
_ONE, _LEFT, _OPEN = (
    Message("With a stride of 1 both are the same."),
    Message("What is said beside leaves only one size from the smallest to the largest."),
    Message("More than one size is left, so it cannot be determined."),
)


def _remark(given: Given) -> Message:
    if len(_sizes(given)) > 1:
        return _OPEN
    return _ONE if given["s"] == 1 else _LEFT


def _sizes(given: Given) -> list[int]:
    """Return the inputs that what the stem says leaves open."""
    smallest = int(solve((_SMALLEST,), given)[0])
    last = smallest if given["known"] == 1 else smallest + given["s"] - 1
    return [n for n in range(smallest, last + 1) if n % _MULTIPLES[given["known"]] == 0]


def _answer(given: Given) -> Answer:
    sizes = _sizes(given)
    key = Integer(sizes[0], "px")
    return key if len(sizes) == 1 else Undetermined(key.field)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    answer, sizes = _answer(given), _sizes(given)
    values: dict[str, Value | None] = dict(zip(_RULES, solve(tuple(_RULES.values()), given), strict=True))
    if len(sizes) == 1:
        values["input-size-thought-open"] = UNDETERMINED
    else:
        values |= {"smallest-input-only": sizes[0], "largest-input-only": sizes[-1]}
    return live(answer, values)


def _askable(given: Given) -> bool:
    """Whether the padding is smaller than half the kernel, some size is left, and what is told tells something."""
    if 2 * given["p"] >= given["k"] or not _sizes(given):
        return False
    idle = given["s"] == 1 and given["known"] > 0
    return not idle and separated(_wrong(given), 4)


@family("input-size-from-output", topic="shapes", version=1)
class InputSizeFromOutput:
    """Height of a convolution's input from that of its output, where it is decided."""

    space = Space(
        known=(0, 1, 2, 3),
        k=(2, 3, 5, 7),
        s=(1, 2, 3, 4),
        p=(0, 1, 2, 3),
        m=range(6, 31),
        radicals=("known",),
    ).where(_askable)
    rules = (*_RULES, "input-size-thought-open", "smallest-input-only", "largest-input-only")
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the size; that it cannot be determined is always offered."""
        part = Part(_answer(given), Message("Height of the input"), may_be_undetermined=True)
        stem = Message(_STEMS[given["known"]], {name: given[name] for name in "kspm"})
        solution, remarks = worked(_LINES, given), (_remark(given),)
        return Draft(stem, (part,), solution=solution, wrong=_wrong(given), remarks=remarks)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every input of up to 200 pixels that the words allow is tried by torch."""
        import torch

        k, s, p, m = shown.numbers(question, "kspm")
        said = question.stem.template
        multiple = 4 if "multiple of 4" in said else 2 if "even number" in said else 1
        found = []
        for n in range(multiple, 200, multiple):
            line = torch.arange(n + 2 * p)
            windows = line.unfold(0, k, s) if len(line) >= k else line[:0]
            if len(windows) == m and ("last row" not in said or windows[-1, -1] == line[-1]):
                found.append(n)
        return (found[0] if len(found) == 1 else UNDETERMINED,)
