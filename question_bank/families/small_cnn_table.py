"""Layer tables of small networks for digits and small photographs: torch.nn, sections Shape."""

from question_bank import layer_rows, layer_table_mistakes, layer_tables
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.layer_rows import FLATTEN, Layer, Row, convolution, dense, pooling
from question_bank.layer_tables import Blank
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import Value

_LARGE, _POOLED, _STRIDED = 0, 1, 2
_ASKED = {
    _LARGE: ((0, 1), (1, 2), (2, 1)),
    _POOLED: ((0, 2), (2, 0), (3, 2)),
    _STRIDED: ((1, 2), (3, 1), (4, 3)),
}
"""Rows whose shape is asked and whose parameters are asked, by the kind of network."""


def _body(given: Given) -> list[Layer]:
    """Return the layers before the flattening: four large kernels, poolings, or padded convolutions with strides."""
    f, k = given["f"], given["k"]
    if given["plan"] == _LARGE:
        return [convolution(times * f, k) for times in (1, 2, 4, 8)]
    if given["plan"] == _POOLED:
        return [convolution(f, k), pooling(2, 2), convolution(2 * f, k), pooling(2, 2)]
    strides = ((1, 1), (2, 2), (4, 1), (8, 2), (16, 1))
    return [convolution(times * f, k, s, k // 2) for times, s in strides]


def _table(given: Given) -> tuple[Row, ...]:
    tail = (FLATTEN, dense(given["m"], "nn.ReLU()"), dense(10)) if given["m"] else (FLATTEN, dense(10))
    return layer_rows.rows((*_body(given), *tail), (given["c"], given["n"], given["n"]))


def _blanks(given: Given) -> tuple[Blank, ...]:
    shaped, counted = _ASKED[given["plan"]][given["asked"]]
    flat = len(_body(given))
    found: list[Blank] = [
        (shaped, "shape"),
        (counted, "parameters"),
        (flat, "shape"),
        (flat + 1, "parameters"),
    ]
    return tuple(sorted(found))


@family("small-cnn-table", topic="parameters", version=1)
class SmallCnnTable:
    """Blanks of the layer table of a small network: large kernels, poolings, or convolutions with strides."""

    space = Space(
        plan=(_LARGE, _POOLED, _STRIDED),
        asked=(0, 1, 2),
        c=(1, 3),
        n=(28, 32, 33, 36),
        f=(16, 32, 64),
        k=(3, 5, 7),
        m=(0, 100, 200),
        radicals=("plan",),
    )
    rules = (*layer_table_mistakes.RULES, *layer_table_mistakes.DENSE_RULES)
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a shape, the parameters of a convolution, the flattened length, a dense layer and the total."""
        return layer_tables.draft(_table(given), _blanks(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Built and tried by torch, row by row, from the text of the table."""
        return layer_tables.recount(question)
