"""Convolution and pooling of drawn tables, exactly, with sizes that differ by axis as lectures have them.

`cnn` and `layers` have the same for square kernels, which is what questions need. *Convolution* means cross-correlation.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from question_bank.errors import FormatError
from question_bank.lectures.given import Given, Image, Pair
from question_bank.lectures.work import Work
from question_bank.values import Rational, simplest

Images: TypeAlias = tuple[Image, ...]
_BOTH = (0, 1)


@dataclass(frozen=True, slots=True)
class Windows:
    """How windows move over an image; every pair is (along the height, along the width), as in torch.nn.Conv2d."""

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def count(self, height: int, width: int) -> Pair:
        """Return how many windows fit along each axis.

        Raises:
            FormatError: not even one.

        >>> Windows((3, 2), stride=(2, 2)).count(6, 6)
        (2, 3)
        """
        counts = [
            (length + 2 * self.padding[a] - self.dilation[a] * (self.kernel[a] - 1) - 1) // self.stride[a] + 1
            for a, length in enumerate((height, width))
        ]
        if min(counts) < 1:
            raise FormatError(
                f"a kernel of {self.kernel} does not fit into {(height, width)} with padding {self.padding}"
            )
        return counts[0], counts[1]

    def corner(self, row: int, column: int) -> Pair:
        """Return where the window of an output cell starts; negative in the padding."""
        return row * self.stride[0] - self.padding[0], column * self.stride[1] - self.padding[1]

    def cells(self, row: int, column: int) -> Iterator[tuple[Pair, Pair]]:
        """Yield (entry of the kernel, pixel of the image) for an output cell; pixels of the padding lie outside."""
        top, left = self.corner(row, column)
        for i in range(self.kernel[0]):
            for j in range(self.kernel[1]):
                yield (i, j), (top + i * self.dilation[0], left + j * self.dilation[1])


def inside(image: Image, pixel: Pair) -> bool:
    """Tell whether a pixel is of the image and not of its padding."""
    return 0 <= pixel[0] < len(image) and 0 <= pixel[1] < len(image[0])


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution of a drawn image: x (C, H, W), w (F, C, KH, KW), one bias for each filter."""

    x: Images
    w: tuple[Images, ...]
    bias: tuple[Rational, ...]
    stride: Pair
    padding: Pair
    dilation: Pair = (1, 1)

    def __post_init__(self) -> None:
        if len(self.x) != len(self.w[0]):
            raise FormatError(f"x has {len(self.x)} channels, w reads {len(self.w[0])}; expected as many")
        if len(self.bias) != len(self.w):
            raise FormatError(f"bias: {len(self.bias)} numbers for {len(self.w)} filters; expected as many")

    @property
    def windows(self) -> Windows:
        """How the kernel moves."""
        kernel = self.w[0][0]
        return Windows((len(kernel), len(kernel[0])), self.stride, self.padding, self.dilation)

    @property
    def size(self) -> Pair:
        """Height and width of the output."""
        return self.windows.count(len(self.x[0]), len(self.x[0][0]))

    def output(self, work: Work) -> Images:
        """Return the output (F, OH, OW)."""
        height, width = self.size
        kernel = self.windows.kernel
        work.spend(height * width * len(self.w) * len(self.x) * kernel[0] * kernel[1])
        return tuple(
            tuple(tuple(self.cell(f, row, column) for column in range(width)) for row in range(height))
            for f in range(len(self.w))
        )

    def cell(self, filter_: int, row: int, column: int) -> Rational:
        """Return one cell of the output."""
        total = sum((product for product in self.products(filter_, row, column)), start=self.bias[filter_])
        return simplest(Fraction(total))

    def products(self, filter_: int, row: int, column: int) -> list[Rational]:
        """Return the products that one cell adds up, pixels of the padding left out."""
        return [
            image[at[0]][at[1]] * weights[k[0]][k[1]]
            for image, weights in zip(self.x, self.w[filter_], strict=True)
            for k, at in self.windows.cells(row, column)
            if inside(image, at)
        ]


def pool(
    x: Image, windows: Windows, take: Callable[[Sequence[Rational], int], Rational], work: Work
) -> Image:
    """Pool an image (H, W): `take` is given the pixels of each window and how many cells a window has.

    Padded cells are not among the pixels: a maximum never takes one, a mean counts each as 0.

    Raises:
        FormatError: padding of more than half a window, which torch.nn.MaxPool2d refuses.

    >>> pool(((-1, -2), (-3, -4)), Windows((2, 2), (2, 2), (1, 1)), largest, Work())
    ((-1, -2), (-3, -4))
    """
    if any(2 * windows.padding[a] > windows.kernel[a] for a in _BOTH):
        raise FormatError(
            f"padding={windows.padding}: expected at most half of the window {windows.kernel}, as PyTorch does"
        )
    height, width = windows.count(len(x), len(x[0]))
    size = windows.kernel[0] * windows.kernel[1]
    work.spend(height * width * size)
    return tuple(
        tuple(
            simplest(
                Fraction(take([x[i][j] for _, (i, j) in windows.cells(r, c) if inside(x, (i, j))], size))
            )
            for c in range(width)
        )
        for r in range(height)
    )


def largest(pixels: Sequence[Rational], size: int) -> Rational:  # noqa: ARG001  # of the same form as `mean`
    """Return the largest pixel."""
    return max(pixels)


def mean(pixels: Sequence[Rational], size: int) -> Rational:
    """Return the sum over the number of cells of a window, padded ones too: torch.nn.AvgPool2d, `count_include_pad`."""
    return Fraction(sum(pixels), size)


def padded(x: Image, padding: Pair, *, edge: bool = False) -> Image:
    """Return the image with zeros around it, or with its own border repeated."""

    def cell(i: int, j: int) -> Rational:
        if edge:
            return x[min(max(i, 0), len(x) - 1)][min(max(j, 0), len(x[0]) - 1)]
        return x[i][j] if inside(x, (i, j)) else 0

    rows = range(-padding[0], len(x) + padding[0])
    columns = range(-padding[1], len(x[0]) + padding[1])
    return tuple(tuple(cell(i, j) for j in columns) for i in rows)


def read_windows(given: Given, *, pooling: bool) -> Windows:
    """Read kernel_size, stride, padding and dilation, with PyTorch's defaults."""
    kernel = given.pair("kernel_size", least=1)
    stride = given.pair("stride", kernel if pooling else 1, least=1)
    return Windows(kernel, stride, given.pair("padding", 0), given.pair("dilation", 1, least=1))


def read_convolution(given: Given, *, several: bool) -> Convolution:
    """Read x, w, bias and how the kernel moves; `several` channels and filters, or one."""
    x = given.images("x") if several else (given.image("x"),)
    w = given.filters("w") if several else ((given.image("w"),),)
    if given.has("bias"):
        bias = given.numbers("bias") if several else (given.number("bias"),)
    else:
        bias = (0,) * len(w)
    stride, dilation = given.pair("stride", 1, least=1), given.pair("dilation", 1, least=1)
    return Convolution(x, w, bias, stride, given.pair("padding", 0), dilation)
