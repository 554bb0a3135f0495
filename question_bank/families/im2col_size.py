"""Size of the matrix of windows: Chellapilla, Puri & Simard 2006, section 4; torch.nn.Unfold, section Shape."""

from question_bank import cnn, shown
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along, layer_text, lengths, solve, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("rows", "columns")
_STEM = (
    "The layer `{layer}` of PyTorch is applied to one image of shape `{shape}` (channels, height, width), as a product of two "
    "matrices (im2col): each row of the first one holds the weights of a filter, each column of the second one the values of "
    "a window in all channels. What are the shapes of the two matrices?"
)
_SIZE = cnn.PADDED_SIZE
_WINDOWS = {
    "im2col-transposed": ("v", "c_in*k*k"),
    "im2col-one-channel": ("k*k", "v"),
    "im2col-channels-as-columns": ("k*k", "c_in*v"),
    "im2col-column-for-each-pixel": ("c_in*k*k", "h*w"),
    "kernel-side-once": ("c_in*k", "v"),
    "im2col-rows-for-all-filters": ("c_out*c_in*k*k", "v"),
}
_WEIGHTS = {
    "im2col-transposed": ("c_in*k*k", "c_out"),
    "im2col-one-channel": ("c_out", "k*k"),
    "channel-axes-swapped": ("c_in", "c_out*k*k"),
    "kernel-side-once": ("c_out", "c_in*k"),
}
_VALUES = {
    "stride-ignored": "n + 2*p - k + 1",
    "padding-ignored": "(n - k) // s + 1",
    "plus-one-forgotten": "(n + 2*p - k) // s",
}
_LINES = (
    ("values", "Values of a window: rows of the second matrix", "c_in*k*k"),
    ("", "Filters: rows of the first matrix", "c_out"),
    ("rows", "Positions along the height", along(_SIZE, n="h")),
    ("columns", "Positions along the width", along(_SIZE, n="w")),
    ("", "Windows: columns of the second matrix", "rows*columns"),
)


def _shape(formulas: tuple[str, str], given: Given, size: str = _SIZE) -> tuple[int, ...]:
    """Work out rows and columns; v is the number of windows."""
    h, w = lengths(size, given)
    return tuple(int(value) for value in solve(formulas, {**given, "v": h * w}))


def _keys(given: Given) -> tuple[Shape, Shape]:
    weights, windows = _shape(("c_out", "c_in*k*k"), given), _shape(("c_in*k*k", "v"), given)
    return Shape(weights, AXES), Shape(windows, AXES)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    weights, windows = _keys(given)
    first: dict[str, Value | None] = {rule: _shape(pair, given) for rule, pair in _WEIGHTS.items()}
    second: dict[str, Value | None] = {rule: _shape(pair, given) for rule, pair in _WINDOWS.items()}
    second |= {rule: _shape(("c_in*k*k", "v"), given, size) for rule, size in _VALUES.items()}
    return (*live(weights, first), *live(windows, second, 1))


@family("im2col-size", topic="cost", version=1)
class Im2colSize:
    """Shapes of the matrices with which a convolution is a matrix product."""

    space = Space(
        c_in=(1, 3, 8, 16),
        c_out=(6, 12, 32, 64),
        h=(12, 20, 28),
        w=(14, 24, 32),
        k=(2, 3, 5),
        s=(1, 2),
        p=(0, 1, 2),
        radicals=("s", "p"),
    )
    rules = tuple(dict.fromkeys((*_WEIGHTS, *_WINDOWS, *_VALUES)))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both matrices; the stem says which way round they are."""
        layer = layer_text(
            "Conv2d",
            given["c_in"],
            given["c_out"],
            kernel_size=given["k"],
            stride=given["s"],
            padding=given["p"],
            bias=False,
        )
        stem = Message(_STEM, {"layer": layer, "shape": (given["c_in"], given["h"], given["w"])})
        weights, windows = _keys(given)
        parts = (
            Part(weights, Message("Matrix of weights (rows, columns)")),
            Part(windows, Message("Matrix of windows (rows, columns)")),
        )
        return Draft(stem, parts, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The windows are laid out by torch, and so are the weights of the layer that the stem shows."""
        from question_bank.listing import layer, stem_windows

        weight = layer(shown.text(question, "layer")).get_parameter("weight")
        return tuple(weight.flatten(1).shape), tuple(stem_windows(question).shape)
