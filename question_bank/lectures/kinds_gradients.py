"""Kinds that go forward and back: a layer, the mean squared error against a target, and the gradients, exactly."""

from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from question_bank.errors import FormatError
from question_bank.lectures.compare import Answer
from question_bank.lectures.given import Given, Image, Pair
from question_bank.lectures.kind import Kind, Mistakes, table
from question_bank.lectures.windows import (
    Convolution,
    Windows,
    inside,
    largest,
    mean,
    pool,
    read_convolution,
    read_windows,
)
from question_bank.lectures.work import Work
from question_bank.values import Rational, simplest

Table: TypeAlias = tuple[tuple[Rational, ...], ...]


def _exact(value: Rational) -> Rational:
    return simplest(Fraction(value))


def _loss(y: Image, target: Image) -> tuple[Rational, Table]:
    """Return the mean of (y - t)^2 over all cells and its gradient 2 (y - t) / cells."""
    if (len(y), len(y[0])) != (len(target), len(target[0])):
        raise FormatError(
            f"target of {len(target)} x {len(target[0])} for an output of {len(y)} x {len(y[0])}; expected one size"
        )
    cells = len(y) * len(y[0])
    apart = [[a - b for a, b in zip(row, wanted, strict=True)] for row, wanted in zip(y, target, strict=True)]
    loss = Fraction(sum(value * value for row in apart for value in row), cells)
    return _exact(loss), tuple(tuple(_exact(Fraction(2 * value, cells)) for value in row) for row in apart)


def _sent_back(x: Image, windows: Windows, dy: Table, *, maximum: bool) -> Table:
    """Return dx: each gradient to the first largest pixel of its window, or in equal shares to all its cells."""
    dx: dict[Pair, Rational] = {}
    size = windows.kernel[0] * windows.kernel[1]
    for i, row in enumerate(dy):
        for j, gradient in enumerate(row):
            pixels = [pixel for _, pixel in windows.cells(i, j) if inside(x, pixel)]
            if maximum:
                pixels = [max(pixels, key=lambda at: x[at[0]][at[1]])]
            for pixel in pixels:
                dx[pixel] = dx.get(pixel, 0) + (gradient if maximum else Fraction(gradient, size))
    return tuple(tuple(_exact(dx.get((i, j), 0)) for j in range(len(x[0]))) for i in range(len(x)))


def _pooled(given: Given, work: Work) -> Answer:
    maximum = given.text("mode", ("max", "avg")) == "max"
    x, windows = given.image("x"), read_windows(given, pooling=True)
    y = pool(x, windows, largest if maximum else mean, work)
    loss, dy = _loss(y, given.image("target"))
    return {"y": y, "loss": loss, "dy": dy, "dx": _sent_back(x, windows, dy, maximum=maximum)}


def _pooled_mistakes(given: Given, work: Work) -> Mistakes:
    """Yield the whole result with the gradient computed as a misconception has it."""
    maximum = given.text("mode") == "max"
    x, windows, target = given.image("x"), read_windows(given, pooling=True), given.image("target")
    y = pool(x, windows, largest if maximum else mean, work)
    loss, dy = _loss(y, target)

    def with_dy(own: Table, own_loss: Rational = loss) -> Answer:
        return {"y": y, "loss": own_loss, "dy": own, "dx": _sent_back(x, windows, own, maximum=maximum)}

    def with_dx(dx: Table) -> Answer:
        return {"y": y, "loss": loss, "dy": dy, "dx": dx}

    cells = len(y) * len(y[0])
    half = tuple(tuple(_exact(Fraction(value) / 2) for value in row) for row in dy)
    summed = tuple(tuple(_exact(value * cells) for value in row) for row in dy)
    shared = _sent_back(x, windows, dy, maximum=False)
    size = windows.kernel[0] * windows.kernel[1]
    yield "factor-two-forgotten", lambda: with_dy(half)
    yield "squared-error-summed", lambda: with_dy(summed, _exact(loss * cells))
    if maximum:
        yield "gradient-shared-in-the-window", lambda: with_dx(shared)
    else:
        whole = tuple(tuple(_exact(value * size) for value in row) for row in shared)
        yield "gradient-not-divided", lambda: with_dx(whole)
        yield "gradient-to-maximum", lambda: with_dx(_sent_back(x, windows, dy, maximum=True))


def _convolved(given: Given, work: Work) -> Answer:
    convolution = read_convolution(given, several=False)
    rectified = given.text("activation", ("relu", "none"), "none") == "relu"
    target = given.image("target")
    work.spend(4 * len(target) * len(target[0]) * len(convolution.w[0][0]) * len(convolution.w[0][0][0]))
    return _there_and_back(convolution, target, work, rectified=rectified)


def _there_and_back(
    convolution: Convolution, target: Image, work: Work, *, rectified: bool, gated: bool = True
) -> Answer:
    before = convolution.output(work)[0]
    y = tuple(tuple(max(0, value) if rectified else value for value in row) for row in before)
    loss, dy = _loss(y, target)
    own = tuple(
        tuple(
            g if not (rectified and gated) or value > 0 else 0 for g, value in zip(row, values, strict=True)
        )
        for row, values in zip(dy, before, strict=True)
    )
    dw = _weight_gradient(convolution, own)
    return {"y": y, "loss": loss, "dy": dy, "dw": dw, "db": _exact(sum(map(sum, own)))}


def _weight_gradient(convolution: Convolution, dz: Table) -> Table:
    """Return dw (KH, KW): each weight meets one pixel for every output cell."""
    image, kernel = convolution.x[0], convolution.windows.kernel
    dw = [[Fraction(0)] * kernel[1] for _ in range(kernel[0])]
    for i, row in enumerate(dz):
        for j, gradient in enumerate(row):
            for (r, c), pixel in convolution.windows.cells(i, j):
                if inside(image, pixel):
                    dw[r][c] += gradient * image[pixel[0]][pixel[1]]
    return tuple(tuple(map(_exact, row)) for row in dw)


def _convolved_mistakes(given: Given, work: Work) -> Mistakes:
    convolution, target = read_convolution(given, several=False), given.image("target")
    rectified = given.text("activation", default="none") == "relu"

    def otherwise(own: Convolution) -> Answer:
        return _there_and_back(own, target, work, rectified=rectified)

    flipped = tuple(tuple(tuple(row[::-1]) for row in part[::-1]) for part in convolution.w[0])
    yield "kernel-flipped", lambda: otherwise(replace(convolution, w=(flipped,)))
    if rectified:
        yield (
            "relu-passes-every-gradient",
            lambda: _there_and_back(convolution, target, work, rectified=True, gated=False),
        )
        yield "relu-forgotten", lambda: _there_and_back(convolution, target, work, rectified=False)


KINDS = table(
    Kind("pool_forward_backward", _pooled, ("pool-mse-backward",), _pooled_mistakes),
    Kind("conv_forward_backward", _convolved, ("conv-relu-mse",), _convolved_mistakes),
)
