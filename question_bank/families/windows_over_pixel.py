"""Windows that read a pixel: Dumoulin & Visin, arXiv:1603.07285, section 2; torch.nn.Fold, section on overlapping values."""

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.pictures import image
from question_bank.space import Space
from question_bank.values import Value


def _along(pixel: str, *, padding: str = "p", stride: str = "s") -> str:
    """Return the number of windows over a pixel along one axis."""
    end = f"min(({pixel} + {padding}) // {stride}, (n + 2*{padding} - k) // {stride})"
    return f"({end} - max(-((k - 1 - {pixel} - {padding}) // {stride}), 0) + 1)"


_RULES = {
    "covered-by-every-entry": "k*k",
    "covered-by-one-window": "1 + 0*n",
    "stride-ignored": f"{_along('i', stride='1')}*{_along('j', stride='1')}",
    "padding-ignored": f"{_along('i', padding='0')}*{_along('j', padding='0')}",
    "covered-along-one-axis": _along("j"),
    "covered-counts-added": f"{_along('i')} + {_along('j')}",
    "covered-borders-ignored": "((i + p) // s + (k - 1 - i - p) // s + 1)*((j + p) // s + (k - 1 - j - p) // s + 1)",
}
_LINES = tuple(
    line
    for side, i in (("rows", "i"), ("columns", "j"))
    for line in (
        (f"first_{i}", f"First window over the pixel along the {side}", f"max(-((k - 1 - {i} - p) // s), 0)"),
        (f"last_{i}", "Last one", f"min(({i} + p) // s, (n + 2*p - k) // s)"),
        (f"count_{i}", "Number of them", f"last_{i} - first_{i} + 1"),
    )
)
_STEM = (
    "A convolution with a kernel of ${k} * {k}$, stride ${s}$ and zero padding ${p}$ on each side is applied to an image of "
    "${n} * {n}$ pixels. At how many of its positions does the kernel stand over the pixel in row {i}, column {j}, both counted "
    "from 0?"
)


def _key(given: Given) -> Integer:
    return Integer(int(solve((f"{_along('i')}*{_along('j')}",), given)[0]), unit="positions")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given, least=0)


@family("windows-over-pixel", topic="convolution", version=3)
class WindowsOverPixel:
    """At how many positions a kernel stands over one pixel, in the middle and at the border."""

    space = Space(
        n=(6, 7, 8, 9, 10),
        k=(2, 3, 5),
        s=(1, 2, 3),
        p=(0, 1),
        i=(0, 1, 2, 3, 4, 5),
        j=(0, 1, 2, 3, 5),
        radicals=("s", "p"),
    ).where(lambda given: given["s"] <= given["k"] and separated(_wrong(given), 3))
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one count; a pixel in a remainder that no window reaches has 0."""
        part = Part(_key(given), Message("Number of positions"))
        lines = (*_LINES, ("", "Windows over the pixel", "count_i*count_j"))
        figure = image((given["n"],) * 2, given["k"], given["s"], given["p"], mark=(given["i"], given["j"]))
        solution = worked(lines, given)
        return Draft(Message(_STEM, given), (part,), solution=solution, wrong=_wrong(given), figure=figure)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted by torch, which adds 1 to every pixel of every window."""
        import torch
        from torch.nn import functional

        n, k, s, p, i, j = shown.numbers(question, "nkspij")
        shown.agree_on_figure(question, size=(n, n), kernel=k, stride=s, padding=p, mark=(i, j))
        windows = functional.unfold(torch.ones(1, 1, n, n), k, padding=p, stride=s)
        counts = functional.fold(torch.ones_like(windows), (n, n), k, padding=p, stride=s)
        return (int(counts[0, 0, i, j]),)
