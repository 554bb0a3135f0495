"""Layer table of AlexNet: Krizhevsky, Sutskever & Hinton 2012, section 3.5, on one device; Dive into Deep Learning, section 8.1."""

from question_bank import layer_rows, layer_table_mistakes, layer_tables
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.layer_rows import FLATTEN, Row, convolution, dense, pooling
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import Value

_ASKED = ((0, 2), (1, 0), (2, 4), (3, 5), (4, 6), (7, 2))
"""Rows whose shape is asked and whose parameters are asked."""
_FLAT = 8


def _table(given: Given) -> tuple[Row, ...]:
    u, m = given["u"], 128 * given["u"]
    layers = (
        convolution(3 * u, 11, 4, given["p"]),
        pooling(3, 2),
        convolution(8 * u, 5, p=2),
        pooling(3, 2),
        convolution(12 * u, 3, p=1),
        convolution(12 * u, 3, p=1),
        convolution(8 * u, 3, p=1),
        pooling(3, 2),
        FLATTEN,
        dense(m, "nn.ReLU()", "nn.Dropout()"),
        dense(m, "nn.ReLU()", "nn.Dropout()"),
        dense(given["q"]),
    )
    return layer_rows.rows(layers, (given["c"], given["n"], given["n"]))


@family("alexnet-table", topic="parameters", version=1)
class AlexnetTable:
    """Blanks of the layer table of AlexNet, with the paddings and images that are in use, and other widths."""

    space = Space(
        asked=tuple(range(len(_ASKED))),
        c=(3, 1),
        n=(224, 227, 195, 211, 256),
        p=(0, 1, 2),
        u=(32, 8, 16),
        q=(1000, 10),
    )
    rules = (*layer_table_mistakes.RULES, *layer_table_mistakes.DENSE_RULES)
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a shape, the parameters of a convolution, the flattened length, a dense layer and the total."""
        return layer_tables.draft(
            _table(given), layer_tables.around_the_flattening(*_ASKED[given["asked"]], _FLAT)
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Built and tried by torch, row by row, from the text of the table."""
        return layer_tables.recount(question)
