"""Layer table of VGG-16: Simonyan & Zisserman, arXiv:1409.1556, Table 1, column D."""

from question_bank import layer_rows, layer_table_mistakes, layer_tables
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.layer_rows import FLATTEN, Row, convolution, dense, pooling
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import Value

_BLOCKS = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))
"""Convolutions of each block, and how many times the first block's filters each has."""
_ASKED = ((2, 3), (5, 1), (6, 10), (9, 4), (10, 6), (13, 8), (17, 14))
"""Rows whose shape is asked and whose parameters are asked."""
_FLAT = 18


def _table(given: Given) -> tuple[Row, ...]:
    f, m = given["f"], 64 * given["f"]
    layers = []
    for convolutions, times in _BLOCKS:
        layers += [convolution(times * f, 3, p=1)] * convolutions + [pooling(2, 2)]
    head = (
        FLATTEN,
        dense(m, "nn.ReLU()", "nn.Dropout()"),
        dense(m, "nn.ReLU()", "nn.Dropout()"),
        dense(given["q"]),
    )
    return layer_rows.rows((*layers, *head), (given["c"], given["n"], given["n"]))


@family("vgg16-table", topic="parameters", version=1)
class Vgg16Table:
    """Blanks of the layer table of VGG-16, as published and with other images, widths and classes."""

    space = Space(
        asked=tuple(range(len(_ASKED))),
        c=(3, 1),
        n=(224, 96, 128, 160, 200, 230),
        f=(64, 8, 16, 32),
        q=(1000, 10, 100),
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
