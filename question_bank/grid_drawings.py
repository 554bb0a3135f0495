"""Windows over an image: its padding, the first position of the kernel, the next ones, and the output where it is shown.

Large images are torn off where nothing new comes; how many windows there are is never drawn.
"""

from dataclasses import dataclass
from typing import Final

from question_bank import vector
from question_bank.figures import Figure
from question_bank.vector import Drawing, Say
from question_bank.window_legends import legend

_WIDE: Final = 320
_LARGEST_CELL, _SMALLEST_CELL = 22, 3
_WHOLE: Final = 12
"""Rows or columns, with their padding, that are all drawn."""
_COUNTED: Final = 24
_TORN: Final = 8


def grid_windows(figure: Figure, say: Say) -> Drawing:
    """An image with the first position of the kernel, and the next ones to the right and below where they fit."""
    rows, columns = (_Axis.of(figure, axis) for axis in (0, 1))
    cell = min(_LARGEST_CELL, (_WIDE - 30) // columns.room, _WIDE // rows.room)
    cell = max(cell, _SMALLEST_CELL)
    output = figure.several("output")
    left, top = 26, 44 if output else 24
    pieces = [
        *_sheets(figure, left, top, rows, columns, cell),
        *_image(left, top, rows, columns, cell),
        *_kernel(left, top, rows, columns, cell),
    ]
    if mark := figure.several("mark"):
        across, down = columns.padding + mark[1] + 0.5, rows.padding + mark[0] + 0.5
        pieces.append(vector.dot(left + across * cell, top + down * cell, cell * 0.27))
    width, height = left + columns.drawn(cell) + (22 if columns.torn else 14), top + rows.drawn(cell) + 14
    if output:
        pieces += _result(figure, say, width, top, cell)
        pieces.append(vector.words(left, 10, say("input")))
        width += 34 + output[1] * cell
        height = max(height, top + output[0] * cell + 14)
    fits = rows.fits or columns.fits
    return Drawing(width, height, tuple(pieces), legend(figure, say, fits=fits, line=False))


@dataclass(frozen=True, slots=True)
class _Axis:
    """What is drawn along one axis of an image."""

    n: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    mark: int
    whole: bool

    @classmethod
    def of(cls, figure: Figure, axis: int) -> "_Axis":
        mark = figure.pair("mark")[axis] if figure.several("mark") else 0
        names = ("size", "kernel", "stride", "padding", "dilation")
        n, kernel, stride, padding, dilation = (figure.pair(name)[axis] for name in names)
        return cls(n, kernel, stride, padding, dilation, mark, bool(figure.get("bare")))

    @property
    def span(self) -> int:
        """Pixels from the first entry of the kernel to the last."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def total(self) -> int:
        return self.n + 2 * self.padding

    @property
    def fits(self) -> bool:
        """Whether there is a second position."""
        return 0 < self.stride <= self.total - self.span

    @property
    def shown(self) -> int:
        needed = max(self.span + self.stride + 1, _WHOLE - 2, self.padding + self.mark + 2)
        most = _COUNTED if self.whole else _WHOLE  # where nothing is written, pixels are counted
        return self.total if self.total <= max(needed, most) else needed

    @property
    def room(self) -> int:
        """Pixels that the drawing has room for; a kernel may be larger than the image."""
        return max(self.shown, self.span)

    @property
    def torn(self) -> bool:
        return self.shown < self.total

    @property
    def inside(self) -> int:
        """Pixels of the image itself that are drawn."""
        return self.shown - self.padding if self.torn else self.n

    def drawn(self, cell: float) -> float:
        """How long the drawing is, with what sticks out where it is torn."""
        return self.room * cell + (_TORN if self.torn else 0)


def _image(left: float, top: float, rows: _Axis, columns: _Axis, cell: float) -> list[str]:
    """Draw the padding dashed, and the image over it."""
    pieces = []
    if rows.padding or columns.padding:
        pieces += _grid(left, top, rows.shown, columns.shown, cell, (rows.torn, columns.torn), dashed=True)
    x, y = left + columns.padding * cell, top + rows.padding * cell
    pieces.append(vector.wash(x, y, columns.inside * cell, rows.inside * cell, 0.07))
    pieces += _grid(x, y, rows.inside, columns.inside, cell, (rows.torn, columns.torn), dashed=False)
    right, bottom = left + columns.drawn(cell), top + rows.drawn(cell)
    if columns.torn:
        pieces.append(vector.words(right + 4, top + rows.shown * cell / 2, "\u2026"))
    if rows.torn:
        pieces.append(vector.words(left + columns.shown * cell / 2, bottom + 8, "\u22ee", anchor="middle"))
    return pieces


def _grid(
    x: float, y: float, rows: int, columns: int, cell: float, torn: tuple[bool, bool], *, dashed: bool
) -> list[str]:
    """Draw lines around cells; where the grid is torn they stick out."""
    bottom = y + rows * cell + (_TORN if torn[0] else 0)
    right = x + columns * cell + (_TORN if torn[1] else 0)
    across = [((x, y + row * cell), (right, y + row * cell)) for row in range(rows + 1)]
    down = [((x + column * cell, y), (x + column * cell, bottom)) for column in range(columns + 1)]
    return [vector.line(points, dashed=dashed) for points in (*across, *down)]


def _kernel(left: float, top: float, rows: _Axis, columns: _Axis, cell: float) -> list[str]:
    """Draw the first position, and the next ones with arrows along the edges of the image."""
    high, wide = rows.span * cell, columns.span * cell
    pieces = [
        vector.wash(left + columns.dilation * j * cell, top + rows.dilation * i * cell, cell, cell, 0.28)
        for i in range(rows.kernel)
        for j in range(columns.kernel)
    ]
    if columns.fits:
        step = columns.stride * cell
        pieces.append(vector.box(left + step + 2, top + 2, wide - 4, high - 4, thick=2, dashed=True))
        pieces.append(vector.arrow((left, top - 8), (left + step, top - 8)))
    if rows.fits:
        step = rows.stride * cell
        pieces.append(vector.box(left + 2, top + step + 2, wide - 4, high - 4, thick=2, dashed=True))
        pieces.append(vector.arrow((left - 8, top), (left - 8, top + step)))
    return [*pieces, vector.box(left, top, wide, high, thick=2.5)]


def _sheets(figure: Figure, left: float, top: float, rows: _Axis, columns: _Axis, cell: float) -> list[str]:
    """Draw the edges of more channels behind the image."""
    if figure.get("channels") < 2 or rows.torn or columns.torn:
        return []
    right, bottom = left + columns.shown * cell, top + rows.shown * cell
    return [
        vector.line(
            (
                (right + by - 4, top + by),
                (right + by, top + by),
                (right + by, bottom + by),
                (left + by, bottom + by),
                (left + by, bottom + by - 4),
            )
        )
        for by in (4, 8)
    ]


def _result(figure: Figure, say: Say, x: float, top: float, cell: float) -> list[str]:
    """Draw the whole output beside the image, for a question that shows both."""
    rows, columns = figure.pair("output")
    left = x + 30
    return [
        vector.arrow((x + 2, top + cell), (left - 6, top + cell)),
        vector.words(left, 10, say("output")),
        *_grid(left, top, rows, columns, cell, (False, False), dashed=False),
        vector.box(left, top, cell, cell, fill=0.28, thick=2.5),
    ]
