"""A training's losses or accuracies as a picture: what a student's own program reported or reached, drawn by us from checked numbers.

The picture is SVG, written here: a few lines of text that are the same bytes everywhere, and hold nothing but numbers and our words.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from autograder.model import Quantity

MOST = 1000
"""Values that are drawn, and kept."""
WIDTH, HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 30, 40
GUESSING = math.log(10)
"""Loss of a program that takes each of ten classes for equally likely."""
TENTH = 0.1
"""Its accuracy."""
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


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of curve is called, and the level of a program that guesses."""

    title: str
    each: str
    many: str
    guessing: float
    guess: str
    least: float
    """To which the axis reaches at least, from 0."""
    best: str


WORDS = {
    Quantity.LOSS: Words(
        "Mean loss of each epoch", "Loss of each epoch", "Loss of {n} epochs",
        GUESSING, "guessing among ten classes: ln 10", GUESSING, "smallest",
    ),
    Quantity.ACCURACY: Words(
        "Accuracy after each epoch, on images held back", "Accuracy after each epoch, on images held back",
        "Accuracy after {n} epochs, on images held back", TENTH, "guessing among ten classes: 0.1", 1.0, "largest",
    ),
}  # fmt: skip
AT_THE_END = (
    "Accuracy after the training, on images held back: {value:.3g}. It is drawn for each epoch where fit passes every image "
    "through the model once an epoch, in batches of the size given"
)


def is_drawn(values: Sequence[float], of: Quantity = Quantity.LOSS) -> bool:
    """Whether there is a picture: an accuracy that is known at the end only is told in words."""
    return len(values) > (of is Quantity.ACCURACY)


def in_words(values: Sequence[float], of: Quantity = Quantity.LOSS) -> str:
    """Say what the picture shows; of many values the first, the last and the best.

    >>> in_words([2.301, 0.5, 0.25])
    'Loss of each epoch: 2.3, 0.5, 0.25'
    """
    words = WORDS[of]
    if not is_drawn(values, of):
        return AT_THE_END.format(value=values[0])
    if len(values) <= 20:
        return f"{words.each}: {', '.join(f'{value:.3g}' for value in values)}"
    ends = f"{values[0]:.3g} in the first, {values[-1]:.3g} in the last"
    best = min(values) if of is Quantity.LOSS else max(values)
    return f"{words.many.format(n=len(values))}: {ends}, {best:.3g} at its {words.best}"


def as_image(values: Sequence[float], of: Quantity = Quantity.LOSS) -> str:
    """Write the picture as an image for a page, with its description in words; nothing in an image can run."""
    data = b64encode(as_svg(values, of).encode()).decode()
    return (
        f'<img alt="{escape(in_words(values, of))}" width="{WIDTH}" src="data:image/svg+xml;base64,{data}">'
    )


def as_svg(values: Sequence[float], of: Quantity = Quantity.LOSS) -> str:
    """Draw values over epochs, from 0, with the level of guessing among ten classes as a dashed line where there is room.

    Args:
        values: at least one, as `checked` gives them.
        of: what they are.
    """
    words = WORDS[of]
    low, high = min(0.0, *values), max(words.least, *values)
    points = [(_across(i, len(values)), _up(value, low, high)) for i, value in enumerate(values)]
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(WIDTH / 2, 18, words.title, "middle"),
        *_axes(low, high, len(values)),
        *_level(words, low, high),
    ]
    path = " ".join(f"{x},{y}" for x, y in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#1f5fa8" stroke-width="2"/>')
    if len(points) <= DOTTED_UP_TO:
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="#1f5fa8"/>' for x, y in points]
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return f"{head}{''.join(parts)}</svg>"


def _axes(low: float, high: float, count: int) -> list[str]:
    """Draw both axes, with three marks each."""
    bottom = HEIGHT - BOTTOM
    parts = [
        _line(LEFT, TOP, LEFT, bottom) + _line(LEFT, bottom, WIDTH - RIGHT, bottom),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "epoch", "middle"),
    ]
    for value in (low, (low + high) / 2, high):
        y = _up(value, low, high)
        parts.append(_line(LEFT - 4, y, LEFT, y) + _text(LEFT - 8, y + 4, f"{value:.3g}", "end"))
    for i in sorted({0, (count - 1) // 2, count - 1}):
        x = _across(i, count)
        parts.append(_line(x, bottom, x, bottom + 4) + _text(x, bottom + 16, str(i + 1), "middle"))
    return parts


def _level(words: Words, low: float, high: float) -> list[str]:
    """Draw what guessing would give, its text on the side of the line that a training leaves."""
    y = _up(words.guessing, low, high)
    under = words.guessing == words.least
    if y >= HEIGHT - BOTTOM - (20 if under else 4):
        return []
    line = _line(LEFT, y, WIDTH - RIGHT, y, ' stroke-dasharray="4 3"')
    return [line, _text(WIDTH - RIGHT, y + (14 if under else -5), words.guess, "end")]


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
