"""Shape of a 1-D pooling's output: torch.nn.MaxPool1d, section Shape."""

from question_bank import cnn
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along, layer_text, separated, solve, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.pictures import row
from question_bank.space import Space
from question_bank.values import Value

AXES = ("rows", "columns")
_STEM = (
    "The layer `{layer}` of PyTorch is applied to an array of shape `{shape}` (rows, columns), each row of which is a channel. "
    "What is the shape of its output?"
)
_COLUMNS = along(cnn.POOL_SIZE, n="w")
_RULES = {
    "pool1d-over-both-axes": (along(cnn.POOL_SIZE, n="h"), _COLUMNS),
    "pool1d-along-the-columns": (along(cnn.POOL_SIZE, n="h"), "w"),
    "plus-one-forgotten": ("h", "(w - k) // s"),
    "pool-stride-is-kernel": ("h", "(w - k) // k + 1"),
    "ceil-instead-of-floor": ("h", "-((k - w) // s) + 1"),
    "size-over-stride": ("h", "w // s"),
    "pool1d-turned": (_COLUMNS, "h"),
}
_LINES = (
    ("", "Rows: each is pooled by itself", "h"),
    ("", "Columns: positions of the window along a row", _COLUMNS),
)


def _numbers(given: Given) -> dict[str, int]:
    """Return the numbers of a point with the stride that is used where none is given."""
    return {**given, "s": given["s"] or given["k"]}


def _pair(formulas: tuple[str, str], given: Given) -> tuple[int, ...]:
    return tuple(int(value) for value in solve(formulas, _numbers(given)))


def _key(given: Given) -> Shape:
    return Shape(_pair(("h", _COLUMNS), given), AXES)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    rules = dict(_RULES)
    if not given["s"]:
        rules["pool-stride-one"] = ("h", "w - k + 1")
    pairs = {rule: _pair(formulas, given) for rule, formulas in rules.items()}
    return live(_key(given), {rule: pair if min(pair) > 0 else None for rule, pair in pairs.items()})


@family("pool1d-output-shape", topic="pooling", version=3)
class Pool1dOutputShape:
    """Shape of a 1-D max pooling's output on an array of several rows."""

    space = Space(
        h=range(3, 13),
        w=(6, 8, 9, 11, 12, 14, 16, 17, 20, 22, 25, 30),
        k=(2, 3, 4),
        s=(0, 1, 2, 3),
        radicals=("s",),
    ).where(lambda given: given["s"] <= given["k"] and separated(_wrong(given), 4))
    rules = (*_RULES, "pool-stride-one")
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for rows and columns; a stride of 0 stands for one that is not given."""
        layer = layer_text("MaxPool1d", given["k"], stride=str(given["s"]) if given["s"] else None)
        stem = Message(_STEM, {"layer": layer, "shape": (given["h"], given["w"])})
        part = Part(_key(given), Message("Shape (rows, columns)"))
        solution = worked(_LINES, _numbers(given))
        figure = row(given["w"], given["k"], given["s"])  # one row; a stride that is not given is not shown
        return Draft(stem, (part,), solution=solution, wrong=_wrong(given), figure=figure)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Pooled by torch, with the layer that the stem shows."""
        from question_bank.listing import stem_shape

        return (stem_shape(question) or (),)
