"""One cell of a convolution's output: torch.nn.Conv2d (cross-correlation), section Shape; which window belongs to which cell."""

from question_bank import cnn, layers, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Value
from question_bank.writing import flat, matrix, products, table, total, window_count

_STEM = (
    "A convolution layer as in PyTorch (cross-correlation) has one input channel, one filter $w$ of ${k} * {k}$ weights, bias "
    "$b = {b}$, stride ${s}$ and zero padding ${p}$ on each side. Which value has its output for the image $x$ of {h} rows and "
    "{w} columns at row {i} and column {j}? Rows and columns are counted from 0."
)
_RULES = (
    "kernel-flipped",
    "bias-forgotten",
    "stride-only-in-the-size",
    "padding-ignored",
    "counted-from-one",
    "row-column-exchanged",
    "window-centred-on-the-pixel",
)


def _at(x: Matrix, w: Matrix, given: Given, row: int, column: int) -> int | None:
    """Return the output whose window starts at this pixel of x, in the padding where negative; None where it does not fit."""
    p, k = given["p"], given["k"]
    top, left = row + p, column + p
    image = cnn.padded(x, p)
    if not (0 <= top <= len(image) - k and 0 <= left <= len(image[0]) - k):
        return None
    window = [line[left : left + k] for line in image[top : top + k]]
    return cnn.correlate(window, w, given["b"])[0][0]


def _start(given: Given) -> tuple[int, int]:
    return given["i"] * given["s"] - given["p"], given["j"] * given["s"] - given["p"]


def _wrong(x: Matrix, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    i, j, s, p, k = (given[name] for name in "ijspk")
    row, column = _start(given)
    key = _at(x, w, given, row, column)
    values: dict[str, Value | None] = {
        "kernel-flipped": _at(x, layers.turned(w), given, row, column),
        "bias-forgotten": _at(x, w, {**given, "b": 0}, row, column),
        "stride-only-in-the-size": _at(x, w, given, i - p, j - p),
        "padding-ignored": _at(x, w, given, i * s, j * s),
        "counted-from-one": _at(x, w, given, (i - 1) * s - p, (j - 1) * s - p),
        "row-column-exchanged": _at(x, w, given, column, row),
        "window-centred-on-the-pixel": _at(x, w, given, i * s - k // 2, j * s - k // 2) if not p else None,
    }
    return live(Integer(key or 0), values)


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    return matrix(draw, given["h"], given["w"], -2, 5), matrix(draw, given["k"], given["k"], -2, 2)


def _solution(x: Matrix, w: Matrix, given: Given, key: int) -> tuple[Step, ...]:
    row, column = _start(given)
    p, k, s = given["p"], given["k"], given["s"]
    window = [line[column + p : column + p + k] for line in cnn.padded(x, p)[row + p : row + p + k]]
    where = "of $x$ at which the window starts" + (", -1 being the padding" if p else "")
    return (
        Step(Message(f"Row {where}"), "i*s - p", {"i": given["i"], "s": s, "p": p}, row),
        Step(Message(f"Column {where}"), "j*s - p", {"j": given["j"], "s": s, "p": p}, column),
        Step(Message("Output"), total([*products(flat(window), flat(w)), f"({given['b']})"]), {}, key),
    )


def _askable(given: Given) -> bool:
    """Whether the output has such a cell, not on its diagonal, and not the first one, where most methods agree."""
    inside = given["i"] < window_count(given["h"], given) and given["j"] < window_count(given["w"], given)
    return inside and given["i"] != given["j"]


@family("conv-output-cell", topic="convolution", version=1)
class ConvOutputCell:
    """One cell of a convolution's output, with stride and padding."""

    space = Space(
        h=(5,),
        w=(6,),
        k=(2, 3),
        s=(1, 2, 3),
        p=(0, 1),
        i=(0, 1, 2, 3),
        j=(0, 1, 2, 3),
        b=(-2, 3),
        radicals=("k", "s", "p"),
    ).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which four mistakes lead to different numbers."""
        x, w = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(*drawn, given),
            4,
        )
        key = _at(x, w, given, *_start(given)) or 0
        return Draft(
            Message(_STEM, given),
            (Part(Integer(key), Message("Value")),),
            tables=(table("Image $x$", x), table("Filter $w$", w)),
            solution=_solution(x, w, given, key),
            wrong=_wrong(x, w, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """One cell of what torch convolves, from the image and the filter that the stem shows."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import tensor

        x, w = (tensor(entry.value) for entry in question.tables)
        b, s, p, i, j = shown.numbers(question, "bspij")
        shown.agree_on_size(question)
        shown.agree(question, k=w.shape[-1])
        return (int(functional.conv2d(x, w, torch.tensor([b], dtype=x.dtype), s, p)[0, 0, i, j]),)
