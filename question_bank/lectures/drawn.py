"""Slips of a drawn convolution: the kernel, pixel or bias that the stated table really belongs to, found by solving for it.

A table follows from the kernel linearly, so the kernel that gives it is the solution of as many equations as the table has cells.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from question_bank.lectures.given import Image, Pair
from question_bank.lectures.kind import Slip
from question_bank.lectures.show import rows_text
from question_bank.lectures.windows import Convolution, inside
from question_bank.lectures.work import Work
from question_bank.values import Rational, show_number, simplest

_SPARE_EQUATIONS = 3
"""So many more cells than weights must agree before an unlike kernel is believed; with fewer, some kernel fits any table."""

_MOST_CHANGED = 2
_BELIEVED = 0.75
"""The share of the wrong cells that one slip must explain: among nine products, one often fits a single cell by chance."""


def slips(convolution: Convolution, stated: object, work: Work) -> Iterator[Slip]:
    """Look for what one channel's stated table (OH, OW) belongs to; the convolution has one filter of one channel."""
    cells = _numbers(stated, convolution.size)
    if cells is None:
        return
    right = [cell for row in convolution.output(work)[0] for cell in row]
    misses = [Fraction(one) - other for one, other in zip(cells, right, strict=True)]
    if not any(misses):
        return
    found = [*_other_kernel(convolution, cells, work), *_other_bias(convolution, misses)]
    found += _other_pixel(convolution, misses, work)
    yield from found or _by_cell(convolution, misses)


def _numbers(stated: object, size: Pair) -> list[Fraction] | None:
    """Return a stated table's numbers, or None where it is no table of this size."""
    if not isinstance(stated, list) or len(stated) != size[0]:
        return None
    cells = [
        cell for row in stated for cell in (row if isinstance(row, list) and len(row) == size[1] else [None])
    ]
    known = [
        Fraction(cell) for cell in cells if isinstance(cell, int | Decimal) and not isinstance(cell, bool)
    ]
    return known if len(known) == len(cells) else None


def _patches(convolution: Convolution) -> list[list[Rational]]:
    """Return the pixels under the window, row by row of the kernel, for each output cell; 0 in the padding."""
    height, width = convolution.size
    image = convolution.x[0]
    return [
        [image[i][j] if inside(image, (i, j)) else 0 for _, (i, j) in convolution.windows.cells(row, column)]
        for row in range(height)
        for column in range(width)
    ]


def _other_kernel(convolution: Convolution, cells: Sequence[Fraction], work: Work) -> Iterator[Slip]:
    patches, drawn = _patches(convolution), [weight for row in convolution.w[0][0] for weight in row]
    work.spend(len(patches) * len(drawn) ** 2)
    wanted = [cell - convolution.bias[0] for cell in cells]
    solved = solution(patches, wanted)
    if solved is not None:
        unlike = sum(one != other for one, other in zip(solved, drawn, strict=True))
        if unlike <= _MOST_CHANGED or len(cells) >= len(drawn) + _SPARE_EQUATIONS:
            yield _kernel_slip(convolution, solved)
        return
    for one, other in combinations(range(len(drawn)), 2):
        swapped = list(drawn)
        swapped[one], swapped[other] = drawn[other], drawn[one]
        if swapped != drawn and all(
            sum(a * b for a, b in zip(patch, swapped, strict=True)) == cell
            for patch, cell in zip(patches, wanted, strict=True)
        ):
            yield _kernel_slip(convolution, swapped)


def _kernel_slip(convolution: Convolution, weights: Sequence[Rational]) -> Slip:
    drawn = convolution.w[0][0]
    width = len(drawn[0])
    rows = tuple(
        tuple(map(simplest, map(Fraction, weights[i : i + width]))) for i in range(0, len(weights), width)
    )
    return Slip(
        "another-kernel",
        f"The stated table is exactly that of the kernel {rows_text(rows)}; given is {rows_text(drawn)}.",
    )


def _other_bias(convolution: Convolution, misses: Sequence[Fraction]) -> Iterator[Slip]:
    if len(set(misses)) == 1 and len(misses) > 1:
        bias = simplest(Fraction(convolution.bias[0] + misses[0]))
        yield Slip(
            "another-bias",
            f"The stated table is exactly that with a bias of {show_number(bias)}; "
            f"given is {show_number(convolution.bias[0])}.",
        )


def _other_pixel(convolution: Convolution, misses: Sequence[Fraction], work: Work) -> Iterator[Slip]:
    """Look for one pixel that, drawn otherwise, gives the stated table; it must lie under two windows at least."""
    image: Image = convolution.x[0]
    height, width = convolution.size
    work.spend(len(image) * len(image[0]) * height * width)
    places = [(row, column) for row in range(height) for column in range(width)]
    weights: dict[Pair, list[Rational]] = {}
    for number, (row, column) in enumerate(places):
        for (i, j), pixel in convolution.windows.cells(row, column):
            if inside(image, pixel):
                weights.setdefault(pixel, [0] * len(places))[number] = convolution.w[0][0][i][j]
    for pixel, factors in weights.items():
        ratios = {miss / factor for miss, factor in zip(misses, factors, strict=True) if factor}
        fits = all(bool(miss) <= bool(factor) for miss, factor in zip(misses, factors, strict=True))
        if fits and len(ratios) == 1 and sum(map(bool, factors)) > 1:
            value = simplest(Fraction(image[pixel[0]][pixel[1]] + ratios.pop()))
            yield Slip(
                "another-pixel",
                f"The stated table is exactly that of an image with {show_number(value)} at {pixel}; "
                f"given is {show_number(image[pixel[0]][pixel[1]])} (row and column from 0).",
            )


def _by_cell(convolution: Convolution, misses: Sequence[Fraction]) -> Iterator[Slip]:
    """Name the cells that are off by exactly one product."""
    width = convolution.size[1]
    signs, lost = [], []
    for number, miss in enumerate(misses):
        at = divmod(number, width)
        products = convolution.products(0, *at)
        if miss and any(miss == -2 * product for product in products):
            signs.append(at)
        elif miss and any(miss == -product for product in products):
            lost.append(at)
    wrong = sum(map(bool, misses))
    if len(signs) >= _BELIEVED * wrong:
        yield Slip(
            "sign-of-a-product", f"One product is taken with the wrong sign in {_places(signs, wrong)}."
        )
    elif len(lost) >= _BELIEVED * wrong:
        yield Slip("product-left-out", f"One product is left out in {_places(lost, wrong)}.")


def _places(cells: Sequence[Pair], wrong: int) -> str:
    """List cells, and how many of the wrong ones they are."""
    listed = ", ".join(map(str, cells))
    share = "" if len(cells) == wrong else f", {len(cells)} of the {wrong} wrong cells"
    return f"{'the cell' if len(cells) == 1 else 'the cells'} {listed} (row and column from 0){share}"


def solution(rows: Sequence[Sequence[Rational]], values: Sequence[Rational]) -> list[Fraction] | None:
    """Solve linear equations exactly; None where there is no solution or more than one.

    >>> solution([[1, 1], [1, -1], [2, 0]], [3, 1, 4])
    [Fraction(2, 1), Fraction(1, 1)]
    """
    matrix = [[*map(Fraction, row), Fraction(value)] for row, value in zip(rows, values, strict=True)]
    unknowns = len(rows[0])
    for column in range(unknowns):
        pivot = next((r for r in range(column, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            return None
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        scale = matrix[column][column]
        matrix[column] = [entry / scale for entry in matrix[column]]
        for r, row in enumerate(matrix):
            if r != column and row[column]:
                factor = row[column]
                matrix[r] = [a - factor * b for a, b in zip(row, matrix[column], strict=True)]
    if any(row[-1] for row in matrix[unknowns:]):
        return None
    return [row[-1] for row in matrix[:unknowns]]
