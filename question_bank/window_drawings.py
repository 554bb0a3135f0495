"""Windows over a line of pixels: where a kernel stands first and next, and what a transposed one spreads.

Long lines are torn off where nothing new comes; how many windows there are is never drawn.
"""

from typing import Final

from question_bank import vector
from question_bank.figures import Figure
from question_bank.vector import Drawing, Entry, Say, said
from question_bank.window_legends import legend

_WIDE: Final = 320
_LEFT: Final = 18
_LARGEST_CELL, _SMALLEST_CELL = 22, 3
_WHOLE: Final = 21
"""Pixels, with their padding, that are all drawn."""
_SHORTEST: Final = 12
_TAIL: Final = 2
_SPREAD: Final = 3


def line_windows(figure: Figure, say: Say) -> Drawing:
    """Pixels of a line in a row, and below them the first two positions of the kernel."""
    n, k, s, p, d = (figure.get(name) for name in ("n", "kernel", "stride", "padding", "dilation"))
    span, total = d * (k - 1) + 1, n + 2 * p
    head = max(span + s + 1, _SHORTEST)
    whole = total <= max(_WHOLE, head + _TAIL + p + 1)
    shown = [*range(total)] if whole else [*range(head), -1, *range(total - _TAIL - p, total)]
    width = max(len(shown), span)
    cell = max(min(_LARGEST_CELL, _WIDE // width), _SMALLEST_CELL)
    pieces = [_pixel(_LEFT + place * cell, 8, cell, at, n, p) for place, at in enumerate(shown)]
    first, second = 8 + cell + 10, 8 + 2 * cell + 24
    pieces.append(_taps(_LEFT, first, cell, k, d, dashed=False))
    fits = 0 < s <= total - span
    if fits:
        pieces.append(_taps(_LEFT + s * cell, second, cell, k, d, dashed=True))
        pieces.append(vector.arrow((_LEFT, second + cell / 2), (_LEFT + s * cell, second + cell / 2)))
        pieces.append(vector.line(((_LEFT, first + cell), (_LEFT, second + cell)), dashed=True))
    below = second + cell if fits else first + cell
    entries = legend(figure, say, fits=fits, line=True)
    return Drawing(_LEFT * 2 + width * cell, below + 12, tuple(pieces), entries)


def _pixel(x: float, y: float, cell: float, at: int, n: int, padding: int) -> str:
    """Draw pixel `at` of a padded line of `n`, counted from 0; -1 is where the line is torn."""
    if at < 0:
        return vector.words(x + cell / 2, y + cell / 2, "\u2026", anchor="middle")
    inside = padding <= at < padding + n
    return vector.box(x, y, cell, cell, fill=0.07 if inside else 0, dashed=not inside)


def _taps(x: float, y: float, cell: float, k: int, d: int, *, dashed: bool) -> str:
    """Draw the entries of a kernel on a line."""
    fill = 0 if dashed else 0.28
    boxes = "".join(
        vector.box(x + d * entry * cell, y, cell, cell, fill=fill, thick=2, dashed=dashed)
        for entry in range(k)
    )
    if d == 1:
        return boxes
    gaps = (
        vector.line(
            ((x + (d * entry + 1) * cell, y + cell / 2), (x + d * (entry + 1) * cell, y + cell / 2)), thick=2
        )
        for entry in range(k - 1)
    )
    return boxes + "".join(gaps)


def upsampling(figure: Figure, say: Say) -> Drawing:
    """The first inputs of a transposed convolution one below the other, each spread over the kernel; their sum is torn off."""
    n, k, s, p = (figure.get(name) for name in ("n", "kernel", "stride", "padding"))
    inputs = min(_SPREAD, max(n - 1, 1))
    shown = (inputs - 1) * s + k + 1
    cell = max(min(_LARGEST_CELL, (_WIDE - 60) // (shown + 1)), _SMALLEST_CELL)
    left, pieces = _LEFT + 56, []
    for number in range(inputs):
        y, start = 12 + number * (cell + 10), left + number * s * cell
        pieces.append(vector.box(_LEFT, y, cell, cell, fill=0.07))
        pieces.append(vector.line(((_LEFT + cell, y + cell / 2), (start, y + cell / 2)), dashed=True))
        pieces.append(_taps(start, y, cell, k, 1, dashed=False))
        if number:
            pieces.append(vector.arrow((start - s * cell, y - 4), (start, y - 4)))
    y = 12 + inputs * (cell + 10)
    pieces.append(vector.words(_LEFT + cell / 2, y + 4, "\u22ee", anchor="middle"))
    pieces.append(vector.line(((left, y + 12), (left + (shown + 1) * cell, y + 12)), thick=1.5))
    pieces += _sum(say, left, y + 18, cell, shown, p)
    width, height = left + (shown + 1) * cell + 8, y + cell + 30
    return Drawing(width, height, tuple(pieces), _spreading(figure, say, several=inputs > 1))


def _sum(say: Say, left: float, y: float, cell: float, shown: int, cut: int) -> list[str]:
    """Draw the first pixels of the output, those that padding cuts off crossed out."""
    pieces = [vector.words(left - 6, y + cell / 2, say("output"), anchor="end")]
    for at in range(shown):
        x = left + at * cell
        pieces.append(vector.box(x, y, cell, cell, dashed=at < cut))
        if at < cut:
            pieces.append(vector.line(((x, y), (x + cell, y + cell))))
    return [*pieces, vector.words(left + (shown + 0.5) * cell, y + cell / 2, "\u2026", anchor="middle")]


def _spreading(figure: Figure, say: Say, *, several: bool) -> tuple[Entry, ...]:
    n, k, s, p = (figure.get(name) for name in ("n", "kernel", "stride", "padding"))
    entries = [
        ("pixel", said(say, "input length: {n}", n=n)),
        ("first", said(say, "each is spread over the kernel: {k}", k=k)),
    ]
    if several:
        entries.append(
            (
                "arrow",
                said(say, "from one to the next, stride: {s}", s=s) if s > 1 else say("from one to the next"),
            )
        )
    if p:
        entries.append(("cut", said(say, "cut off, padding: {p} at each end", p=p)))
    return tuple(entries)
