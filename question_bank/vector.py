"""Pieces of SVG 1.1 as text: the same arguments give the same bytes; ink is the page's own colour, so it prints and reads in the dark.

Positions are in user units, which are CSS pixels where there is room: about 340 fit a phone.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from question_bank.message import Message

TEXT_SIZE: Final = 13
LINE: Final = 19
"""From one line of text to the next."""

_WIDTH_OF_CHARACTER: Final = 7.3
_MONOSPACE: Final = "ui-monospace, DejaVu Sans Mono, Consolas, monospace"
_PLAIN: Final = "system-ui, Segoe UI, Roboto, Noto Sans, Helvetica, Arial, sans-serif"
_ARROW: Final = 5
_SHORT: Final = 10
_LEGEND_TEXT: Final = 44


Say: TypeAlias = Callable[[str], str]
"""Gives a text in the language of the page."""

Entry: TypeAlias = tuple[str, str]
"""A line of a legend: the name of its symbol, and what it stands for."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Pieces of SVG on a canvas from (0, 0) to (width, height), and what its legend explains below them."""

    width: float
    height: float
    pieces: tuple[str, ...]
    legend: tuple[Entry, ...] = ()


def document(drawing: Drawing, title: str, *, inline: bool = False) -> str:
    """Write a drawing with its legend; the title is what a reader who cannot see it is told.

    Args:
        drawing: what is shown.
        title: an element of its own, which browsers show beside the pointer; an attribute where the drawing is inline.
        inline: whether it stands in HTML, which needs no name of the namespace; else it is a file by itself.
    """
    legend = [
        _SYMBOLS[name](drawing.height + (index + 0.5) * LINE)
        + words(_LEGEND_TEXT, drawing.height + (index + 0.5) * LINE, text)
        for index, (name, text) in enumerate(drawing.legend)
    ]
    width = max(drawing.width, *(_LEGEND_TEXT + width_of(text) for _, text in drawing.legend), 0)
    height = drawing.height + len(legend) * LINE + 4
    size = f'width="{_n(width)}" height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}"'
    inside = "".join((*drawing.pieces, *legend))
    named = f" aria-label={quoteattr(title)}" if inline else ' xmlns="http://www.w3.org/2000/svg"'
    told = "" if inline else f"<title>{escape(title)}</title>"
    return (
        f'<svg{named} class="drawing" role="img" {size} fill="none" stroke="currentColor" '
        f'font-family="{_PLAIN}" font-size="{TEXT_SIZE}">{told}{inside}</svg>'
    )


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: float = 0,
    thick: float = 1,
    dashed: bool = False,
    round_: float = 0,
) -> str:
    """Draw a rectangle; `fill` is how much ink it is filled with, from 0 to 1."""
    inside = f' fill="currentColor" fill-opacity="{_n(fill)}"' if fill else ""
    corner = f' rx="{_n(round_)}"' if round_ else ""
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{corner}{inside}{_pen(thick, dashed)}/>'


def wash(x: float, y: float, width: float, height: float, fill: float) -> str:
    """Shade a rectangle without an outline."""
    size = f'width="{_n(width)}" height="{_n(height)}"'
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" {size} fill="currentColor" fill-opacity="{_n(fill)}" stroke="none"/>'
    )


def line(points: Sequence[tuple[float, float]], *, thick: float = 1, dashed: bool = False) -> str:
    """Draw a line from point to point."""
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return f'<polyline points="{path}"{_pen(thick, dashed)}/>'


def rule(left: float, right: float, y: float) -> str:
    """Draw a faint line across."""
    return f'<path d="M{_n(left)} {_n(y)}H{_n(right)}" stroke-opacity="0.2"/>'


def dot(x: float, y: float, radius: float) -> str:
    """Draw a filled disc."""
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="currentColor" stroke="none"/>'


def arrow(start: tuple[float, float], end: tuple[float, float], *, thick: float = 1.5) -> str:
    """Draw an arrow along one of the axes; the head of a short one is smaller."""
    (x1, y1), (x2, y2) = start, end
    head = _ARROW if abs(x2 - x1) + abs(y2 - y1) > _SHORT else _ARROW * 0.6
    if y1 == y2:
        back = x2 - head if x2 > x1 else x2 + head
        tip = ((back, y2 - head * 0.8), (x2, y2), (back, y2 + head * 0.8))
    else:
        back = y2 - head if y2 > y1 else y2 + head
        tip = ((x2 - head * 0.8, back), (x2, y2), (x2 + head * 0.8, back))
    return line((start, end), thick=thick) + line(tip, thick=thick)


def words(x: float, y: float, text: str, *, anchor: str = "start", size: float = TEXT_SIZE) -> str:
    """Write plain text; `y` is its middle."""
    return _text(x, y, escape(text), anchor, size)


def label(x: float, y: float, text: str, *, anchor: str = "middle") -> str:
    """Write a text in the language of `Message`, code in a face of its own; `y` is its middle."""
    spans = (
        f'<tspan font-family="{_MONOSPACE}" font-size="{TEXT_SIZE - 1}">{escape(span)}</tspan>'
        if kind == "code"
        else escape(span)
        for kind, span in Message(text).spans()
    )
    return _text(x, y, "".join(spans), anchor, TEXT_SIZE)


def said(say: Say, template: str, **numbers: int) -> str:
    """Return a text in the language of the page with numbers put in."""
    return Message(say(template), numbers).plain()


def width_of(text: str) -> float:
    """Return about how wide a text is, never less than it is."""
    return len(text) * _WIDTH_OF_CHARACTER


def _text(x: float, y: float, inside: str, anchor: str, size: float) -> str:
    place = f'x="{_n(x)}" y="{_n(y + size * 0.35)}"'
    how = "" if anchor == "start" else f' text-anchor="{anchor}"'
    large = "" if size == TEXT_SIZE else f' font-size="{_n(size)}"'
    return f'<text {place}{how}{large} fill="currentColor" stroke="none">{inside}</text>'


def _pen(thick: float, dashed: bool) -> str:  # noqa: FBT001 -- one of the two things that a pen is
    width = "" if thick == 1 else f' stroke-width="{_n(thick)}"'
    return width + (' stroke-dasharray="3 2.5"' if dashed else "")


@functools.lru_cache(maxsize=4096)
def _n(value: float) -> str:
    """Write a position, to a hundredth."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def _square(y: float, *, fill: float = 0, thick: float = 1, dashed: bool = False) -> str:
    return box(15, y - 6, 12, 12, fill=fill, thick=thick, dashed=dashed)


_SYMBOLS: Final[Mapping[str, Callable[[float], str]]] = MappingProxyType(
    {
        "pixel": lambda y: _square(y, fill=0.07),
        "padding": lambda y: _square(y, dashed=True),
        "cut": lambda y: _square(y, dashed=True) + line(((15, y - 6), (27, y + 6))),
        "first": lambda y: _square(y, fill=0.28, thick=2),
        "next": lambda y: _square(y, thick=2, dashed=True),
        "arrow": lambda y: arrow((11, y), (31, y)),
        "dot": lambda y: dot(21, y, 4),
        "discs": lambda y: line(((8, y), (34, y)), thick=2) + dot(21, y, 3),
        "squares": lambda y: line(((8, y), (34, y)), thick=2, dashed=True) + box(18, y - 3, 6, 6, fill=1),
    }
)
"""Symbols of legends by name, drawn around a height."""
