"""Layer table of a network in network: Lin, Chen & Yan, arXiv:1312.4400, section 3; Dive into Deep Learning, section 8.3."""

from question_bank import layer_rows, layer_table_mistakes, layer_tables
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.layer_rows import GLOBAL, Layer, Row, convolution, pooling
from question_bank.layer_tables import Blank
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import Value

_ASKED = ((0, 4, 2), (3, 0, 5), (4, 8, 1), (7, 4, 9), (8, 12, 6), (11, 8, 13))
"""Rows whose shape is asked, and whose parameters are asked: a large kernel and a 1x1 kernel."""


def _block(out: int, k: int, s: int, p: int) -> list[Layer]:
    """Return a convolution and the two 1x1 convolutions behind it."""
    return [convolution(out, k, s, p), convolution(out, 1), convolution(out, 1)]


def _table(given: Given) -> tuple[Row, ...]:
    u = given["u"]
    layers = [
        *_block(3 * u, 11, 4, given["p"]),
        pooling(3, 2),
        *_block(8 * u, 5, 1, 2),
        pooling(3, 2),
        *_block(12 * u, 3, 1, 1),
        pooling(3, 2),
        *_block(given["q"], 3, 1, 1),
        GLOBAL,
    ]
    return layer_rows.rows(layers, (given["c"], given["n"], given["n"]))


def _blanks(given: Given) -> tuple[Blank, ...]:
    shaped, large, small = _ASKED[given["asked"]]
    found: list[Blank] = [(shaped, "shape"), (large, "parameters"), (small, "parameters")]
    return tuple(sorted(found))


@family("nin-table", topic="parameters", version=1)
class NinTable:
    """Blanks of the layer table of a network in network, which has no dense layer."""

    space = Space(
        asked=tuple(range(len(_ASKED))),
        c=(3, 1),
        n=(224, 227, 195, 211, 256),
        p=(0, 1),
        u=(32, 8, 16),
        q=(10, 100, 1000),
    )
    rules = layer_table_mistakes.RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a shape, the parameters of two convolutions and the total."""
        return layer_tables.draft(_table(given), _blanks(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Built and tried by torch, row by row, from the text of the table."""
        return layer_tables.recount(question)
