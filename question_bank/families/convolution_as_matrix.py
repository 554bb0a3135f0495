"""A convolution as a product with a sparse matrix: Dumoulin & Visin, arXiv:1603.07285, section 4.1."""

from question_bank import cnn, shown
from question_bank.answers import Integer, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along, lengths, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "A convolution with one filter of ${k} * {k}$ weights, stride ${s}$, no padding and no bias is applied to an image of {h} rows "
    "and {w} columns. With image and output written row by row as vectors $x$ and $y$, it is a product $y = M*x$. What is the "
    "shape of $M$, how many of its entries are 0 whatever the weights are, and how many different weights does it hold?"
)
_ROWS = f"({along(cnn.POOL_SIZE, n='h')})*({along(cnn.POOL_SIZE, n='w')})"
_ZEROS = f"({_ROWS})*(h*w - k*k)"
_SHAPES = {
    "plus-one-forgotten": "(n - k) // s",
    "stride-ignored": "n - k + 1",
    "same-size-assumed": "n",
}
_ZERO_RULES = {
    "matrix-zeros-of-one-row": "h*w - k*k",
    "matrix-weights-for-zeros": f"({_ROWS})*k*k",
    "matrix-holds-the-kernel-once": f"({_ROWS})*h*w - k*k",
    "kernel-side-once": f"({_ROWS})*(h*w - k)",
    "stride-ignored": "(h - k + 1)*(w - k + 1)*(h*w - k*k)",
}
_WEIGHT_RULES = {
    "matrix-weights-not-shared": f"({_ROWS})*k*k",
    "kernel-side-once": "k",
    "matrix-weights-per-row": "h*w",
}
_LINES = (
    ("rows", "Rows: one for each value of the output", _ROWS),
    ("columns", "Columns: one for each pixel", "h*w"),
    ("weights", "Weights in each row, which are the kernel's", "k*k"),
    ("", "Zeros", "rows*(columns - weights)"),
)


def _keys(given: Given) -> tuple[Shape, Integer, Integer]:
    rows, zeros = (int(value) for value in solve((_ROWS, _ZEROS), given))
    shape = Shape((rows, given["h"] * given["w"]), ("rows", "columns"))
    return shape, Integer(zeros, "zeros"), Integer(given["k"] ** 2, "weights")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    shape, zeros, weights = _keys(given)
    values: dict[str, Value | None] = {"matrix-turned": shape.value[::-1]}
    for rule, size in _SHAPES.items():
        h, w = (int(length) for length in lengths(size, given))
        values[rule] = (h * w, given["h"] * given["w"]) if h * w else None
    first = live(shape, values)
    return (*first, *wrong(zeros, _ZERO_RULES, given, 1), *wrong(weights, _WEIGHT_RULES, given, 2))


@family("convolution-as-matrix", topic="convolution", version=1)
class ConvolutionAsMatrix:
    """Shape, zeros and different weights of the matrix that a convolution multiplies by."""

    space = Space(h=range(4, 13), w=range(4, 13), k=(2, 3, 4, 5), s=(1, 2), radicals=("s",)).where(
        lambda given: (
            given["h"] != given["w"]
            and given["k"] < min(given["h"], given["w"])
            and separated(_wrong(given), 6)
        )
    )
    rules = tuple(dict.fromkeys((*_SHAPES, "matrix-turned", *_ZERO_RULES, *_WEIGHT_RULES)))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for shape, zeros and weights."""
        prompts = ("Shape of M (rows, columns)", "Entries that are always 0", "Different weights")
        keys: tuple[Shape | Integer, ...] = _keys(given)
        parts = tuple(Part(key, Message(prompt)) for key, prompt in zip(keys, prompts, strict=True))
        solution = worked(_LINES, given)
        return Draft(Message(_STEM, given), parts, solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The matrix is made by torch, which convolves one pixel at a time with the kernel 1, 2, 3, ..."""
        import torch
        from torch.nn import functional

        h, w, k, s = shown.numbers(question, "hwks")
        pixels = torch.eye(h * w).reshape(h * w, 1, h, w)
        kernel = torch.arange(1.0, k * k + 1).reshape(1, 1, k, k)
        matrix = functional.conv2d(pixels, kernel, stride=s).flatten(1).T.round().int()
        entries = matrix.flatten().tolist()
        return tuple(matrix.shape), entries.count(0), len(set(entries) - {0})
