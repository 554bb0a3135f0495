"""Images made larger or smaller, exactly: torch.nn.functional.interpolate, modes `nearest` and `bilinear`.

Pixel i of m lies at n/m * (i + 1/2) - 1/2 of the n pixels before, and no further out than the first or last one.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from question_bank.cnn import Rows
from question_bank.values import Rational, simplest
from question_bank.writing import total

Exact: TypeAlias = list[list[Rational]]
Taps: TypeAlias = list[dict[int, Fraction]]
"""For each pixel of an output along one axis, the pixels that it is made of, with their shares."""


def taps(n: int, m: int, *, aligned: bool = False, faded: bool = False) -> Taps:
    """Return what each of m pixels is made of, along an axis of n pixels.

    Args:
        n: pixels before.
        m: pixels after.
        aligned: whether the outermost pixels are laid on each other, as `align_corners=True` does.
        faded: whether what lies beyond the border counts as 0, which nothing in torch does.

    >>> taps(2, 4)[1]
    {0: Fraction(3, 4), 1: Fraction(1, 4)}
    """
    found: Taps = []
    for i in range(m):
        at = (
            Fraction(i * (n - 1), max(m - 1, 1))
            if aligned
            else Fraction(n, m) * (i + Fraction(1, 2)) - Fraction(1, 2)
        )
        at = at if faded else min(max(at, Fraction(0)), Fraction(n - 1))
        first = at.numerator // at.denominator
        shares = {first: 1 - (at - first), first + 1: at - first}
        found.append({pixel: share for pixel, share in shares.items() if share and 0 <= pixel < n})
    return found


def nearest(n: int, m: int) -> Taps:
    """Return what each of m pixels is made of in mode `nearest`: the pixel at i * n / m, rounded down."""
    return [{i * n // m: Fraction(1)} for i in range(m)]


def mixed(x: Rows, rows: Taps, columns: Taps) -> Exact:
    """Return the image whose pixels are made of those of x as the taps of both axes say.

    >>> mixed([[0, 8]], [{0: Fraction(1)}], taps(2, 4))
    [[0, 2, 6, 8]]
    """
    return [
        [
            simplest(sum((x[i][j] * row[i] * column[j] for i in row for j in column), start=Fraction(0)))
            for column in columns
        ]
        for row in rows
    ]


def written(x: Rows, rows: Taps, columns: Taps) -> list[list[str]]:
    """Write how each pixel is worked out, in the language of `maths`: shares over their common denominator.

    >>> written([[0, 8]], [{0: Fraction(1)}], taps(2, 4))[0][1]
    '(3*(0) + 1*(8)) / 4'
    """
    return [[_written(x, row, column) for column in columns] for row in rows]


def _written(x: Rows, row: dict[int, Fraction], column: dict[int, Fraction]) -> str:
    shares = {(i, j): row[i] * column[j] for i in row for j in column}
    below = max(share.denominator for share in shares.values())
    whole = {at: share * below for at, share in shares.items()}
    if below == 1:
        return total(str(x[i][j]) for i, j in shares)
    if set(whole.values()) == {Fraction(1)}:
        return f"({total(f'({x[i][j]})' for i, j in shares)}) / {below}"
    return f"({total(f'{share}*({x[i][j]})' for (i, j), share in whole.items())}) / {below}"


def blocks(x: Rows, side: int) -> list[list[Sequence[int]]]:
    """Return the pixels of each block of `side` rows and columns, by row and column of the blocks."""
    return [
        [
            [x[i][j] for i in range(top, top + side) for j in range(left, left + side)]
            for left in range(0, len(x[0]) - side + 1, side)
        ]
        for top in range(0, len(x) - side + 1, side)
    ]
