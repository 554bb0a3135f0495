"""Figures that several families show, with what is told to readers who cannot see them.

Each sentence of an alternative text is there in few forms, so that translators have few texts; a stride of 1 and no padding are
not named, because a listing does not name them either.
"""

from question_bank.figures import Figure
from question_bank.message import Message


def row(n: int, kernel: int, stride: int, padding: int = 0, dilation: int = 1) -> Figure:
    """Values in a row, such as pixels, and a kernel at its first two positions."""
    numbers = {"n": n, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    fits = 0 < stride <= n + 2 * padding - dilation * (kernel - 1) - 1
    sentences = (
        "A row of {n} values with {p} more of padding at each end." if padding else "A row of {n} values.",
        "A kernel of {k} with dilation {d} stands at its left end."
        if dilation > 1
        else "A kernel of {k} stands at its left end.",
        *_next(stride, fits, "Its next position is dashed.", "Its next position is dashed, {s} further."),
    )
    fields = {"n": n, "k": kernel, "s": stride, "p": padding, "d": dilation}
    return Figure("line-windows", _alt(sentences, fields), numbers)


def image(
    size: tuple[int, int],
    kernel: int,
    stride: int,
    padding: int = 0,
    *,
    mark: tuple[int, int] | None = None,
) -> Figure:
    """An image, a square kernel at its first positions along both axes, and perhaps a marked pixel."""
    numbers: dict[str, int | tuple[int, ...]] = {"size": size, "kernel": kernel, "stride": stride}
    fields = {"h": size[0], "w": size[1], "k": kernel, "s": stride, "p": padding}
    if padding:
        numbers["padding"] = padding
    if mark:
        numbers["mark"] = mark
        fields |= {"i": mark[0], "j": mark[1]}
    fits = 0 < stride <= max(size) + 2 * padding - kernel
    sentences = (
        "An image of {h} rows and {w} columns, with a border of padding that is {p} wide."
        if padding
        else "An image of {h} rows and {w} columns.",
        "A kernel of {k} rows and {k} columns stands in its upper left corner.",
        *_next(
            stride,
            fits,
            "Its next positions are dashed.",
            "Its next positions are dashed, {s} pixels further.",
        ),
        *(("A dot marks the pixel in row {i}, column {j}, both counted from 0.",) if mark else ()),
    )
    return Figure("grid-windows", _alt(sentences, fields), numbers)


def spread(n: int, kernel: int, stride: int, padding: int = 0) -> Figure:
    """What a transposed convolution makes of its first inputs along one axis."""
    sentences = (
        "Along one axis each of {n} pixels is spread over a kernel of {k}.",
        "The next one starts {s} pixels further." if stride > 1 else "The next one starts one pixel further.",
        "What overlaps is added.",
        *(("Then a padding of {p} is cut off at each end.",) if padding else ()),
    )
    fields = {"n": n, "k": kernel, "s": stride, "p": padding}
    numbers = {"n": n, "kernel": kernel, "stride": stride, "padding": padding}
    return Figure("upsampling", _alt(sentences, fields), numbers)


def _next(stride: int, fits: bool, one: str, several: str) -> tuple[str, ...]:  # noqa: FBT001 -- what it depends on
    if not fits:
        return ()
    return (several if stride > 1 else one,)


def _alt(sentences: tuple[str, ...], fields: dict[str, int]) -> Message:
    return Message(" ".join(sentences), dict(fields)).trimmed()
