"""Figures drawn as SVG: `svg` is pure, so the same figure gives the same bytes, in a page or as a file by itself.

>>> from question_bank.message import Message
>>> image = Figure("line-windows", Message("Seven pixels"), {"n": 7, "kernel": 3, "stride": 2})
>>> svg(image) == svg(image), "<title>Seven pixels</title>" in svg(image)
(True, True)
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from question_bank import diagrams, grid_drawings, vector, window_drawings, window_legends
from question_bank.figures import Figure
from question_bank.vector import Drawing, Say

WORDS: Final = tuple(dict.fromkeys((*window_legends.WORDS, *diagrams.WORDS)))
"""What drawings say beside their labels, for translators: templates of `Message`."""

_DRAW: Final[Mapping[str, Callable[[Figure, Say], Drawing]]] = MappingProxyType(
    {
        "line-windows": window_drawings.line_windows,
        "grid-windows": grid_drawings.grid_windows,
        "upsampling": window_drawings.upsampling,
        "layer-stack": diagrams.layer_stack,
        "curves": diagrams.curves,
        "receptive-field": diagrams.receptive_field,
        "image": diagrams.picture,
    }
)


def svg(figure: Figure, say: Say = str, *, inline: bool = False) -> str:
    """Draw a figure, as a file or inline in HTML; `say` gives a text of `WORDS` in the language of the page."""
    return vector.document(_DRAW[figure.kind](figure, say), figure.alt.plain(), inline=inline)
