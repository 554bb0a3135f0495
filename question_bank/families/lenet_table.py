"""Layer table of LeNet: LeCun et al. 1998, section II-B; Dive into Deep Learning, section 7.6, with padding for 28 x 28 pixels."""

from question_bank import layer_rows, layer_table_mistakes, layer_tables
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.layer_rows import FLATTEN, Row, convolution, dense, pooling
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import Value

_ASKED = ((0, 2), (1, 0), (1, 2), (2, 0), (3, 0), (3, 2))
"""Rows whose shape is asked and whose parameters are asked."""
_FLAT = 4


def _table(given: Given) -> tuple[Row, ...]:
    old = given["old"]
    behind, pool = ("nn.Sigmoid()", "AvgPool2d") if old else ("nn.ReLU()", "MaxPool2d")
    layers = (
        convolution(given["f"], 5, p=given["p"], behind=behind),
        pooling(2, 2, pool),
        convolution(16, 5, behind=behind),
        pooling(2, 2, pool),
        FLATTEN,
        dense(120, behind),
        dense(given["m"], behind),
        dense(10),
    )
    return layer_rows.rows(layers, (given["c"], given["n"], given["n"]))


@family("lenet-table", topic="parameters", version=1)
class LenetTable:
    """Blanks of the layer table of LeNet, with sigmoid and average pooling as published, or with ReLU and max pooling."""

    space = Space(
        asked=tuple(range(len(_ASKED))),
        old=(1, 0),
        c=(1, 3),
        n=(28, 32, 30, 36),
        p=(0, 1, 2),
        f=(6, 8),
        m=(84, 60),
        radicals=("p",),
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
