"""Layers and their gradients worked out by hand, on small images of exact numbers; `cnn` has the formulas and the windows.

A gradient travels back along products: output cell y += a * b for an input cell a means da += dy * b. `Share` is one such
product on its way to one cell, so that the sum can be shown term by term and a mistake can lose or replace terms.
*Convolution* means cross-correlation, as in PyTorch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, TypeVar

from question_bank import cnn
from question_bank.cnn import Rows
from question_bank.values import Rational, simplest

Exact: TypeAlias = list[list[Rational]]
ExactRows: TypeAlias = Sequence[Sequence[Rational]]
T = TypeVar("T")


def turned(w: Sequence[Sequence[T]]) -> list[list[T]]:
    """Return w turned by 180 degrees.

    >>> turned([[1, 2], [3, 4]])
    [[4, 3], [2, 1]]
    """
    return [list(row[::-1]) for row in reversed(w)]


def transposed(w: Sequence[Sequence[T]]) -> list[list[T]]:
    """Return w with rows and columns exchanged."""
    return [list(column) for column in zip(*w, strict=True)]


def added(images: Sequence[ExactRows]) -> Exact:
    """Add images of one size cell by cell.

    >>> added([[[1, 2]], [[3, 4]]])
    [[4, 6]]
    """
    return [[sum(cells, start=0) for cells in zip(*rows, strict=True)] for rows in zip(*images, strict=True)]


def correlate_channels(
    x: Sequence[Rows], w: Sequence[Rows], bias: int = 0, stride: int = 1, padding: int = 0
) -> Exact:
    """Cross-correlate x (C, H, W) with one filter w (C, K, K): the channels' results are added; torch.nn.Conv2d.

    >>> correlate_channels([[[1, 2]], [[3, 4]]], [[[1]], [[10]]], bias=5)
    [[36, 47]]
    """
    slices = [cnn.correlate(image, part, 0, stride, padding) for image, part in zip(x, w, strict=True)]
    return [[value + bias for value in row] for row in added(slices)]


def avg_pool(x: Rows, kernel_size: int, stride: int, padding: int = 0) -> Exact:
    """Take the mean of each window that fits whole, padded zeros counted; torch.nn.AvgPool2d, `count_include_pad=True`.

    >>> avg_pool([[1, 2], [3, 5]], kernel_size=2, stride=2)
    [[Fraction(11, 4)]]
    """
    return [
        [simplest(Fraction(sum(sum(row) for row in window), kernel_size**2)) for window in line]
        for line in cnn.windows(cnn.padded(x, padding), kernel_size, stride)
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """What one output cell sends back to the input cell (row, column): its gradient times a factor."""

    row: int
    column: int
    gradient: Rational
    factor: Rational = 1

    @property
    def value(self) -> Rational:
        """The product."""
        return self.gradient * self.factor


def arrived(height: int, width: int, shares: Iterable[Share], *, last_only: bool = False) -> Exact:
    """Add up what arrives at each cell (height, width); `last_only` keeps the last share alone, as an assignment would.

    >>> arrived(1, 2, [Share(0, 1, 5), Share(0, 1, 2, 3)])
    [[0, 11]]
    """
    out: Exact = [[0] * width for _ in range(height)]
    for share in shares:
        before = 0 if last_only else out[share.row][share.column]
        out[share.row][share.column] = simplest(Fraction(before + share.value))
    return out


def mean_kernel(kernel_size: int) -> Exact:
    """Return the weights (K, K) with which average pooling adds the pixels of a window."""
    return [[Fraction(1, kernel_size**2)] * kernel_size for _ in range(kernel_size)]


def kernel_shares(dy: ExactRows, w: ExactRows, stride: int = 1) -> list[Share]:
    """Send dy (OH, OW) back through a kernel w (K, K): cell (i, j) reaches the pixels from (i * stride, j * stride) on.

    This is the input gradient of a convolution without padding; with w = 1/k^2 everywhere that of average pooling.

    >>> [share.column for share in kernel_shares([[1, 1]], [[2, 3]], stride=1)]
    [0, 1, 1, 2]
    """
    return [
        Share(i * stride + row, j * stride + column, gradient, factor)
        for i, line in enumerate(dy)
        for j, gradient in enumerate(line)
        for row, weights in enumerate(w)
        for column, factor in enumerate(weights)
    ]


def maximum_shares(x: Rows, dy: ExactRows, kernel_size: int, stride: int) -> list[Share]:
    """Send dy (OH, OW) back through max pooling: each cell to the largest pixel of its window, which must be one pixel.

    >>> maximum_shares([[1, 5], [3, 2]], [[7]], kernel_size=2, stride=2)
    [Share(row=0, column=1, gradient=7, factor=1)]
    """
    shares = []
    for i, line in enumerate(dy):
        for j, gradient in enumerate(line):
            row, column = max(
                ((i * stride + r, j * stride + c) for r in range(kernel_size) for c in range(kernel_size)),
                key=lambda at: x[at[0]][at[1]],
            )
            shares.append(Share(row, column, gradient))
    return shares


def weight_gradient(x: Rows, dy: ExactRows, kernel_size: int, stride: int = 1) -> Exact:
    """Return dw (K, K) of a convolution of x (H, W) without padding: weight (r, c) meets the pixels (i s + r, j s + c).

    >>> weight_gradient([[1, 2], [3, 4]], [[10]], kernel_size=2)
    [[10, 20], [30, 40]]
    """
    return [
        [
            simplest(Fraction(sum(a * b for a, b in weight_pairs(x, dy, (row, column), stride))))
            for column in range(kernel_size)
        ]
        for row in range(kernel_size)
    ]


def weight_pairs(
    x: Rows, dy: ExactRows, weight: tuple[int, int], stride: int = 1
) -> list[tuple[int, Rational]]:
    """List (pixel, gradient) for every output cell to which one weight (row, column) contributed."""
    top, left = weight
    return [
        (x[i * stride + top][j * stride + left], gradient)
        for i, line in enumerate(dy)
        for j, gradient in enumerate(line)
    ]
