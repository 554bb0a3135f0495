"""Blocks of a network, curves over epochs, and how a receptive field widens: drawings without pixels."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from question_bank import vector
from question_bank.figures import Figure
from question_bank.values import show_number, simplest
from question_bank.vector import Drawing, Entry, Say, said

WORDS: Final = (
    "training",
    "validation",
    "epoch",
    "one output",
    "input",
    "kernel: {k}",
    "kernel: {k}, stride: {s}",
    "not to scale",
)

_WIDE: Final = 340
_WIDEST: Final = 680
_GAP: Final = 24
"""Between a block and the next, where the arrow is."""
_PADDING: Final = 20
_TOP: Final = 8
_X0, _X1, _Y0, _Y1 = 50.0, 326.0, 30.0, 190.0
"""The corners of a chart."""
_CENTRE, _FIRST_BAR, _BAR, _RISE, _NARROW, _WIDENING = 90.0, 11.0, 14.0, 46.0, 8.0, 70.0
"""The pyramid of a receptive field."""
_MOST_TICKS: Final = 12
_MOST_STEPS: Final = 6
_POWERS: Final = tuple(10**power for power in range(7))


def layer_stack(figure: Figure, say: Say) -> Drawing:  # noqa: ARG001 -- its labels are of the page's language
    """Blocks from top to bottom; where they fork, branches stand side by side until they join."""
    before, lengths = figure.get("before"), figure.several("branches")
    labels = [label.split("\n") for label in figure.labels]
    ends = [*accumulate(lengths, initial=before)]
    branches = [labels[start:end] for start, end in pairwise(ends)]
    column = max([_width(block) for branch in branches for block in branch], default=0) + 12
    column = max(column, 44)
    width = max(column * len(branches), *(_width(block) for block in labels)) + 16
    centre = width / 2
    pieces: list[str] = []
    y = _chain(pieces, labels[:before], centre, _TOP)
    if branches:
        y = _fork(pieces, branches, column, centre, y, starts=before > 0)
    y = _chain(pieces, labels[ends[-1] :], centre, y, arrives=bool(ends[-1]))
    return Drawing(width, y + 6, tuple(pieces))


def _chain(
    pieces: list[str], blocks: Sequence[list[str]], centre: float, y: float, *, arrives: bool = False
) -> float:
    """Draw blocks below one another from `y` down; return where the last one ends."""
    for number, block in enumerate(blocks):
        if number or arrives:
            pieces.append(vector.arrow((centre, y), (centre, y + _GAP)))
            y += _GAP
        height = len(block) * vector.LINE + 8
        width = _width(block)
        pieces.append(vector.box(centre - width / 2, y, width, height, fill=0.07, round_=5))
        for index, text in enumerate(block):
            pieces.append(vector.label(centre, y + 4 + (index + 0.5) * vector.LINE, text))
        y += height
    return y


def _fork(
    pieces: list[str],
    branches: Sequence[Sequence[list[str]]],
    column: float,
    centre: float,
    y: float,
    *,
    starts: bool,
) -> float:
    """Draw branches side by side between two bars; return where they are joined."""
    places = [centre + (number - (len(branches) - 1) / 2) * column for number in range(len(branches))]
    if starts:
        pieces.append(vector.line(((centre, y), (centre, y + _GAP / 2)), thick=1.5))
        y += _GAP / 2
    pieces.append(vector.line(((places[0], y), (places[-1], y)), thick=1.5))
    drawn: list[str] = []
    bottoms = [
        _chain(drawn, branch, place, y, arrives=True) for branch, place in zip(branches, places, strict=True)
    ]
    joined = max(bottoms) + _GAP / 2
    pieces += drawn
    pieces += [
        vector.line(((place, bottom), (place, joined)), thick=1.5)
        for place, bottom in zip(places, bottoms, strict=True)
    ]
    pieces.append(vector.line(((places[0], joined), (places[-1], joined)), thick=1.5))
    return joined


def _width(block: Sequence[str]) -> float:
    return max(vector.width_of(text.replace("`", "")) for text in block) + _PADDING


def curves(figure: Figure, say: Say) -> Drawing:
    """Training and validation over the epochs, told apart by marks and dashes, with ticks on both axes."""
    train, validation = figure.several("train"), figure.several("validation")
    plot = _Plot(max(len(train), len(validation)), *_ticks(min(train + validation), max(train + validation)))
    pieces = [
        vector.line(((_X0, _Y0 - 6), (_X0, _Y1), (_X1, _Y1))),
        *plot.ticks(figure.get("first"), figure.get("scale")),
        *_curve([plot.place(*point) for point in enumerate(train)], dashed=False),
        *_curve([plot.place(*point) for point in enumerate(validation)], dashed=True),
        vector.words((_X0 + _X1) / 2, _Y1 + 33, say("epoch"), anchor="middle"),
        *(vector.label(8, 10, text, anchor="start") for text in figure.labels[:1]),
    ]
    legend: tuple[Entry, ...] = (("discs", say("training")), ("squares", say("validation")))
    return Drawing(_WIDE, _Y1 + 48, tuple(pieces), legend if validation else legend[:1])


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where values of `count` epochs stand between the ticks `low` and `high`."""

    count: int
    low: int
    high: int
    step: int

    def place(self, index: int, value: int) -> tuple[float, float]:
        across, up = (index + 0.5) / self.count, (value - self.low) / (self.high - self.low)
        return _X0 + across * (_X1 - _X0), _Y1 - up * (_Y1 - _Y0)

    def ticks(self, first: int, scale: int) -> list[str]:
        """Write round values with lines across, and epochs, every one of a few."""
        pieces = []
        for value in range(self.low, self.high + 1, self.step):
            y = self.place(0, value)[1]
            shown = show_number(simplest(Fraction(value, scale)))
            pieces += [vector.words(_X0 - 8, y, shown, anchor="end", size=12), vector.rule(_X0, _X1, y)]
        every = -(-self.count // _MOST_TICKS)
        for index in range(0, self.count, every):
            x = self.place(index, self.low)[0]
            pieces.append(vector.words(x, _Y1 + 14, str(first + index), anchor="middle", size=12))
        return pieces


def _curve(points: Sequence[tuple[float, float]], *, dashed: bool) -> list[str]:
    if not points:
        return []
    marks = [vector.box(x - 3, y - 3, 6, 6, fill=1) if dashed else vector.dot(x, y, 3) for x, y in points]
    return [vector.line(points, thick=2, dashed=dashed), *marks]


def _ticks(least: int, most: int) -> tuple[int, int, int]:
    """Return first, last and step of four to eight round ticks around some values.

    >>> _ticks(12, 231)
    (0, 250, 50)
    """
    spread = max(most - least, 4)
    step = next(
        unit * power for power in _POWERS for unit in (1, 2, 5) if spread <= unit * power * _MOST_STEPS
    )
    return least // step * step, -(-max(most, least + 1) // step) * step, step


def receptive_field(figure: Figure, say: Say) -> Drawing:
    """One output at the top and what it sees of each layer below, not to scale; how much of the input is asked."""
    kernels = figure.several("kernels")[::-1]
    strides = figure.several("strides")[::-1] or (1,) * len(kernels)
    halves = [_NARROW + _WIDENING * number / len(kernels) for number in range(len(kernels) + 1)]
    pieces = [vector.words(_CENTRE + 22, 18, say("one output"))]
    for number, (k, s) in enumerate(zip(kernels, strides, strict=True)):
        y, half, below = _FIRST_BAR + number * _RISE, halves[number], halves[number + 1]
        pieces.append(vector.box(_CENTRE - half, y, 2 * half, _BAR, fill=0.07 if number else 0.28))
        pieces += [
            vector.line(((_CENTRE - half, y + _BAR), (_CENTRE - below, y + _RISE)), dashed=True),
            vector.line(((_CENTRE + half, y + _BAR), (_CENTRE + below, y + _RISE)), dashed=True),
            vector.words(_CENTRE + below + 10, y + (_BAR + _RISE) / 2, _layer(say, k, s)),
        ]
    y, half = _FIRST_BAR + len(kernels) * _RISE, halves[-1]
    pieces += [
        vector.box(_CENTRE - half, y, 2 * half, _BAR, fill=0.28),
        vector.line(((_CENTRE - half - 8, y + _BAR), (_CENTRE + half + 8, y + _BAR))),
        vector.words(_CENTRE, y + _BAR + 14, "?", anchor="middle"),
        vector.words(_CENTRE + half + 16, y + _BAR / 2, say("input")),
        vector.words(_WIDE - 6, y + _BAR + 14, say("not to scale"), anchor="end", size=12),
    ]
    return Drawing(_WIDE, y + _BAR + 28, tuple(pieces))


def _layer(say: Say, kernel: int, stride: int) -> str:
    if stride == 1:
        return said(say, "kernel: {k}", k=kernel)
    return said(say, "kernel: {k}, stride: {s}", k=kernel, s=stride)


def picture(figure: Figure, say: Say) -> Drawing:  # noqa: ARG001 -- it says nothing
    """Show a picture of the instructor's own, on white, as wide as there is room."""
    height, width = figure.pair("size")
    scale = min(1.0, _WIDEST / width)
    place = f'x="0" y="0" width="{round(width * scale, 2)}" height="{round(height * scale, 2)}"'
    source = f"data:{figure.media};base64,{base64.b64encode(figure.data).decode()}"
    white = f'<rect {place} fill="#fff" stroke="none"/>'
    return Drawing(width * scale, height * scale, (white, f'<image {place} href="{source}"/>'))
