"""Multiply-adds and operations of a convolution: Sze et al., arXiv:1703.09039, section III-B; Howard et al., arXiv:1704.04861."""

from question_bank import cnn, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import along, layer_text, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "The layer `{layer}` of PyTorch is applied to one image of shape `{shape}` (channels, height, width). How many "
    "multiply-adds does it need, when one multiplication and one addition together count as one and products with padded "
    "zeros count, too? And how many operations, when multiplications and additions count one by one? (There is no bias.)"
)
_ROWS = along(cnn.PADDED_SIZE, n="h")
_COLUMNS = along(cnn.PADDED_SIZE, n="w")
_EACH = "c_out*c_in*k*k"
_RULES = {
    "cost-at-input-size": f"h*w*{_EACH}",
    "cost-of-one-position": _EACH,
    "cost-along-one-axis": f"({_ROWS})*{_EACH}",
    "output-channels-forgotten": f"({_ROWS})*({_COLUMNS})*c_in*k*k",
    "input-channels-forgotten": f"({_ROWS})*({_COLUMNS})*c_out*k*k",
    "kernel-side-once": f"({_ROWS})*({_COLUMNS})*c_out*c_in*k",
    "stride-ignored": f"(h + 2*p - k + 1)*(w + 2*p - k + 1)*{_EACH}",
    "cost-of-the-output-values": f"({_ROWS})*({_COLUMNS})*c_out",
}
_KEY = f"({_ROWS})*({_COLUMNS})*{_EACH}"
_LINES = (
    ("rows", "Rows of the output", _ROWS),
    ("columns", "Columns of the output", _COLUMNS),
    ("each", "Multiply-adds for one value of the output", "c_in*k*k"),
    ("all", "Multiply-adds for all values of the output", "c_out*rows*columns*each"),
    ("", "Operations: a multiplication and an addition each", "2*all"),
)


def _keys(given: Given) -> tuple[Integer, Integer]:
    count = int(solve((_KEY,), given)[0])
    return Integer(count, unit="multiply-adds"), Integer(2 * count, unit="operations")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    count, operations = _keys(given)
    first = {**_RULES, "operations-for-multiply-adds": f"2*({_KEY})"}
    second = {
        **{rule: f"2*{formula}" for rule, formula in _RULES.items()},
        "multiply-adds-for-operations": _KEY,
    }
    return (*wrong(count, first, given), *wrong(operations, second, given, 1))


@family("multiply-adds", topic="cost", version=2)
class MultiplyAdds:
    """Multiply-adds and operations of a convolution layer."""

    space = Space(
        c_in=(1, 3, 16, 32),
        c_out=(8, 24, 64, 128),
        h=(14, 28, 56),
        w=(18, 32, 64),
        k=(3, 5, 7),
        s=(1, 2),
        p=(0, 1, 2),
        radicals=("s", "p"),
    )
    rules = (*_RULES, "operations-for-multiply-adds", "multiply-adds-for-operations")
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both ways to count, so that nobody has to guess which is meant."""
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
        count, operations = _keys(given)
        parts = (
            Part(count, Message("Multiply-adds")),
            Part(operations, Message("Operations"), follow=Follow("formula", (0,), formula="2*a")),
        )
        return Draft(stem, parts, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every product has one entry in the matrix of windows that torch unfolds, for each filter."""
        from question_bank.listing import layer, stem_windows

        filters = len(layer(shown.text(question, "layer")).get_parameter("weight"))
        products = stem_windows(question).numel() * filters
        return products, products + products
