"""The mathematics of convolutional layers, once: formulas for every use, and layers worked out by hand on whole numbers.

A formula is a text in the language of `maths`, so it is set as it is written here; `symbolic` makes it a SymPy expression,
and `compiled` an exact function of it. *Convolution* means cross-correlation, as in PyTorch.

Symbols: n pixels along one axis, k kernel size, s stride, p padding on each side, d dilation, c_in and c_out channels,
b 1 with a bias and 0 without.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from question_bank import maths
from question_bank.values import Rational, simplest

Rows = Sequence[Sequence[int]]
Matrix = list[list[int]]

SPAN = "d*(k - 1) + 1"
"""Pixels that a dilated kernel covers: Dumoulin & Visin, arXiv:1603.07285, section 5.1."""

MOVES = "(n + 2*p - d*(k - 1) - 1) // s"
"""How often the window can move on; torch.nn.Conv2d, section Shape."""

OUTPUT_SIZE = f"{MOVES} + 1"
"""Length of a convolution's output: Dumoulin & Visin, Relationship 15."""

PADDED_SIZE = "(n + 2*p - k) // s + 1"
"""The same without dilation, also of a pooling: Dumoulin & Visin, Relationship 6; torch.nn.MaxPool2d, section Shape."""

POOL_SIZE = "(n - k) // s + 1"
"""Length of a pooling's output without padding: Dumoulin & Visin, Relationship 7."""

POOL_SIZE_CEIL = "min(-((k - n - 2*p) // s), (n + p - 1) // s) + 1"
"""The same with padding, rounded up: a last window must start inside the image or its left padding; torch.nn.MaxPool2d."""

TRANSPOSED_SIZE = "(n - 1)*s - 2*p + k + o"
"""Length of a transposed convolution's output, o the output padding at one end: torch.nn.ConvTranspose2d, section Shape."""

WEIGHTS = "c_out*c_in*k*k"
PARAMETERS = "c_out*c_in*k*k + b*c_out"
"""Weights and biases of a convolution: torch.nn.Conv2d, section Variables."""

GROUPED_WEIGHTS = "c_out*(c_in / g)*k*k"
"""Weights of a convolution with g groups, each of which reads c_in / g channels: torch.nn.Conv2d, section Variables."""

DENSE = "n_out*n_in + n_out"
"""Weights and biases of a dense layer from n_in to n_out numbers: torch.nn.Linear, section Variables."""

BATCH_NORM = "2*c_out"
"""Scale and shift of each channel that batch normalisation trains: torch.nn.BatchNorm2d, `affine`."""


def symbolic(formula: str) -> Any:
    """Return a formula as a SymPy expression in non-negative whole symbols.

    >>> symbolic("c*(k - 1) // 1")
    c*(k - 1)
    """
    import sympy

    symbols = {name: sympy.Symbol(name, integer=True, nonnegative=True) for name in maths.names(formula)}
    return maths.substitute(formula, symbols)


@functools.cache
def compiled(*formulas: str) -> Callable[[Mapping[str, int]], tuple[Rational, ...]]:
    """Compile formulas, through SymPy, into one exact function of the numbers by name.

    >>> compiled(OUTPUT_SIZE, "n / s")({"n": 28, "k": 3, "s": 3, "p": 1, "d": 1})
    (10, Fraction(28, 3))
    """
    import sympy

    order = tuple(dict.fromkeys(name for formula in formulas for name in maths.names(formula)))
    ratios = [sympy.together(symbolic(formula)).as_numer_denom() for formula in formulas]
    symbols = [sympy.Symbol(name, integer=True, nonnegative=True) for name in order]
    function = sympy.lambdify(
        symbols, [part for ratio in ratios for part in ratio], modules=[], printer=_exact_printer()
    )

    def exact(given: Mapping[str, int]) -> tuple[Rational, ...]:
        flat = function(*[given[name] for name in order])
        return tuple(
            top if bottom == 1 else simplest(Fraction(top, bottom))
            for top, bottom in zip(flat[::2], flat[1::2], strict=True)
        )

    return exact


def value(formula: str, given: Mapping[str, int]) -> int:
    """Work out a formula whose value is whole.

    >>> value(PARAMETERS, {"c_in": 6, "c_out": 16, "k": 5, "b": 1})
    2416
    """
    (number,) = compiled(formula)(given)
    return int(number)


@functools.cache
def _exact_printer() -> Any:
    """Return a SymPy printer that writes a floor of a fraction as Python's `//`, which is exact where `/` is not."""
    from sympy.printing.lambdarepr import LambdaPrinter

    class ExactPrinter(LambdaPrinter):  # type: ignore[misc]  # SymPy has no types
        def _print_floor(self, expr: Any) -> str:
            top, bottom = expr.args[0].together().as_numer_denom()
            return f"(({self._print(top)})//({self._print(bottom)}))"

    return ExactPrinter


def padded(x: Rows, padding: int, fill: int = 0) -> Matrix:
    """Return (H + 2 padding, W + 2 padding): x with a border of `fill`."""
    width = len(x[0]) + 2 * padding
    border = [[fill] * width for _ in range(padding)]
    side = [fill] * padding
    return [*border, *([*side, *row, *side] for row in x), *([fill] * width for _ in range(padding))]


def windows(x: Rows, kernel_size: int, stride: int) -> list[list[Matrix]]:
    """Return the windows of x (H, W) that fit whole, by row and column of the output."""
    return [
        [
            [list(row[left : left + kernel_size]) for row in x[top : top + kernel_size]]
            for left in range(0, len(x[0]) - kernel_size + 1, stride)
        ]
        for top in range(0, len(x) - kernel_size + 1, stride)
    ]


def correlate(x: Rows, w: Rows, bias: int = 0, stride: int = 1, padding: int = 0) -> Matrix:
    """Cross-correlate x (H, W) with w (K, K) as torch.nn.Conv2d does, section Shape: the kernel is not flipped.

    >>> correlate([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]], bias=1)
    [[-3, -3], [-3, -3]]
    """
    return [
        [
            bias
            + sum(
                a * b
                for row, weights in zip(window, w, strict=True)
                for a, b in zip(row, weights, strict=True)
            )
            for window in line
        ]
        for line in windows(padded(x, padding), len(w), stride)
    ]


def max_pool(x: Rows, kernel_size: int, stride: int) -> Matrix:
    """Take the largest value of each window of x (H, W) that fits whole; torch.nn.MaxPool2d without padding.

    >>> max_pool([[1, 5, 2], [3, -4, 9]], kernel_size=2, stride=1)
    [[5, 9]]
    """
    return [[max(max(row) for row in window) for window in line] for line in windows(x, kernel_size, stride)]
