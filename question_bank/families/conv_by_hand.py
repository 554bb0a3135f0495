"""Convolution by hand: torch.nn.Conv2d (cross-correlation), section Shape; Dumoulin & Visin, arXiv:1603.07285, section 2."""

from question_bank import cnn, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Table, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value

_STEM = (
    "A convolution layer as in PyTorch (cross-correlation) has one input channel, one filter $w$ of ${k} * {k}$ weights, bias "
    "$b = {b}$, stride ${s}$ and zero padding ${p}$ on each side. Write all values of its output for the image $x$ of "
    "{h} rows and {w} columns, row by row."
)
_RULES = (
    "kernel-flipped",
    "kernel-transposed",
    "bias-forgotten",
    "bias-per-product",
    "stride-ignored",
    "padding-ignored",
    "padding-repeats-edge",
    "negatives-clipped",
)


def _mistaken(rule: str, x: Matrix, w: Matrix, given: Given) -> Grid:
    """Return the output that a mistake leads to."""
    b, s, p = given["b"], given["s"], given["p"]
    match rule:
        case "kernel-flipped":
            out = cnn.correlate(x, [row[::-1] for row in reversed(w)], b, s, p)
        case "kernel-transposed":
            out = cnn.correlate(x, [list(column) for column in zip(*w, strict=True)], b, s, p)
        case "bias-forgotten":
            out = cnn.correlate(x, w, 0, s, p)
        case "bias-per-product":
            out = cnn.correlate(x, w, b * len(w) ** 2, s, p)
        case "stride-ignored":
            out = cnn.correlate(x, w, b, 1, p)
        case "padding-ignored":
            out = cnn.correlate(x, w, b, s, 0)
        case "padding-repeats-edge":
            out = cnn.correlate(_edge_padded(x, p), w, b, s, 0)
        case _:
            out = [[max(value, 0) for value in row] for row in cnn.correlate(x, w, b, s, p)]
    return Grid.of(out)


def _edge_padded(x: Matrix, p: int) -> Matrix:
    rows = [x[0]] * p + x + [x[-1]] * p
    return [[row[0]] * p + row + [row[-1]] * p for row in rows]


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array with this stride and padding."""
    idle = {"stride-ignored": given["s"] == 1}
    idle |= dict.fromkeys(("padding-ignored", "padding-repeats-edge"), given["p"] == 0)
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _size(n: int, given: Given) -> int:
    return cnn.value(cnn.OUTPUT_SIZE, {"n": n, "k": given["k"], "s": given["s"], "p": given["p"], "d": 1})


def _askable(given: Given) -> bool:
    """Whether the output has 2 to 9 cells, the image is no square, and a stride of 1 gives another size."""
    if given["h"] == given["w"] or min(given["h"], given["w"]) < given["k"]:
        return False
    return 2 <= _size(given["h"], given) * _size(given["w"], given) <= 9


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    x = [list(draw.integers(given["w"], -3, 5)) for _ in range(given["h"])]
    return x, [list(draw.integers(given["k"], -2, 2)) for _ in range(given["k"])]


def _wrong(x: Matrix, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    key = Array(Grid.of(cnn.correlate(x, w, given["b"], given["s"], given["p"])))
    return live(key, {rule: _mistaken(rule, x, w, given) for rule in _applicable(given)})


def _solution(x: Matrix, w: Matrix, given: Given, key: Matrix) -> tuple[Step, ...]:
    weights = [weight for row in w for weight in row]
    shape = [
        Step(
            Message(label),
            "(n + 2*p - k) // s + 1",
            {"n": n, "p": given["p"], "k": given["k"], "s": given["s"]},
            _size(n, given),
        )
        for label, n in (("Rows of the output", given["h"]), ("Columns of the output", given["w"]))
    ]
    cells = [
        Step(
            Message("Row {row}, column {column}", {"row": i + 1, "column": j + 1}),
            _sum([v for row in window for v in row], weights, given["b"]),
            {},
            key[i][j],
        )
        for i, line in enumerate(cnn.windows(cnn.padded(x, given["p"]), given["k"], given["s"]))
        for j, window in enumerate(line)
    ]
    return (*shape, *cells)


def _sum(values: list[int], weights: list[int], bias: int) -> str:
    products = (f"({value})*({weight})" for value, weight in zip(values, weights, strict=True))
    return " + ".join((*products, f"({bias})"))


@family("conv-by-hand", topic="convolution", version=1)
class ConvByHand:
    """Convolution of a small image with one filter, with stride, padding and bias."""

    space = Space(
        h=(3, 4, 5), w=(3, 4, 5, 6), k=(2, 3), s=(1, 2), p=(0, 1), b=(-2, -1, 1, 2), radicals=("k", "s", "p")
    ).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which the mistakes that can show do show."""
        x, w = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(*drawn, given),
            len(_applicable(given)),
        )
        key = cnn.correlate(x, w, given["b"], given["s"], given["p"])
        part = Part(Array(Grid.of(key)), Message("Output, one row on each line"))
        tables = (Table(Message("Image $x$"), Grid.of(x)), Table(Message("Filter $w$"), Grid.of(w)))
        solution = _solution(x, w, given, key)
        return Draft(
            Message(_STEM, given), (part,), tables=tables, solution=solution, wrong=_wrong(x, w, given)
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Convolved by torch, from the image and the filter that the stem shows."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import grid, tensor

        x, w = (tensor(table.value) for table in question.tables)
        b, s, p = shown.numbers(question, "bsp")
        shown.agree_on_size(question)
        shown.agree(question, k=w.shape[-1])
        return (grid(functional.conv2d(x, w, torch.tensor([b], dtype=x.dtype), s, p)),)
