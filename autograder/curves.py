"""A training's losses as a picture: what a student's own program reported, drawn by us from checked numbers.

The picture is SVG, written here: a few lines of text that are the same bytes everywhere, and hold nothing but numbers and our words.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from html import escape

MOST = 1000
"""Values that are drawn, and kept."""
WIDTH, HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 30, 40
GUESSING = math.log(10)
"""Loss of a program that takes each of ten classes for equally likely."""
DOTTED_UP_TO = 60


def checked(values: Sequence[float]) -> tuple[float, ...]:
    """Take what is to be drawn: the first `MOST` values, as finite numbers.

    Raises:
        ValueError: one is not finite.

    >>> checked([2.3, 1])
    (2.3, 1.0)
    """
    found = tuple(float(value) for value in values[:MOST])
    if not all(map(math.isfinite, found)):
        raise ValueError(f"curve: {found[:5]}: expected finite numbers")
    return found


def in_words(values: Sequence[float]) -> str:
    """Say what the picture shows; of many values the first, the last and the smallest.

    >>> in_words([2.301, 0.5, 0.25])
    'Loss of each epoch: 2.3, 0.5, 0.25'
    """
    if len(values) <= 20:
        return f"Loss of each epoch: {', '.join(f'{value:.3g}' for value in values)}"
    ends = f"{values[0]:.3g} in the first, {values[-1]:.3g} in the last"
    return f"Loss of {len(values)} epochs: {ends}, {min(values):.3g} at its smallest"


def as_image(values: Sequence[float]) -> str:
    """Write the picture as an image for a page, with its description in words; nothing in an image can run."""
    data = b64encode(as_svg(values).encode()).decode()
    return f'<img alt="{escape(in_words(values))}" width="{WIDTH}" src="data:image/svg+xml;base64,{data}">'


def as_svg(values: Sequence[float]) -> str:
    """Draw losses over epochs, from 0, with the loss of guessing among ten classes as a dashed line where there is room.

    Args:
        values: at least one, as `checked` gives them.
    """
    low, high = min(0.0, *values), max(GUESSING, *values)
    points = [(_across(i, len(values)), _up(value, low, high)) for i, value in enumerate(values)]
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(WIDTH / 2, 18, "Mean loss of each epoch", "middle"),
        _line(LEFT, TOP, LEFT, HEIGHT - BOTTOM)
        + _line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "epoch", "middle"),
    ]
    for value in (low, (low + high) / 2, high):
        y = _up(value, low, high)
        parts.append(_line(LEFT - 4, y, LEFT, y) + _text(LEFT - 8, y + 4, f"{value:.3g}", "end"))
    for i in sorted({0, (len(values) - 1) // 2, len(values) - 1}):
        x = _across(i, len(values))
        bottom = HEIGHT - BOTTOM
        parts.append(_line(x, bottom, x, bottom + 4) + _text(x, bottom + 16, str(i + 1), "middle"))
    y = _up(GUESSING, low, high)
    if y < HEIGHT - BOTTOM - 20:
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, ' stroke-dasharray="4 3"'))
        parts.append(_text(WIDTH - RIGHT, y + 14, "guessing among ten classes: ln 10", "end"))
    path = " ".join(f"{x},{y}" for x, y in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#1f5fa8" stroke-width="2"/>')
    if len(points) <= DOTTED_UP_TO:
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="#1f5fa8"/>' for x, y in points]
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return f"{head}{''.join(parts)}</svg>"


def _across(i: int, count: int) -> float:
    """Place the i-th of `count` values."""
    return round(LEFT + 10 + (WIDTH - RIGHT - LEFT - 20) * (i / (count - 1) if count > 1 else 0.5), 1)


def _up(value: float, low: float, high: float) -> float:
    """Place a value; the span is divided before it is multiplied, so that no finite loss overflows."""
    share = value / 2 / (high / 2 - low / 2) - low / 2 / (high / 2 - low / 2)
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share, 1)


def _line(x1: float, y1: float, x2: float, y2: float, more: str = "") -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#444"{more}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{round(y, 1)}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'
