"""What the legends of windows over pixels say: sizes, padding, stride, with their numbers unless a figure is bare."""

from typing import Final

from question_bank.figures import Figure
from question_bank.vector import Entry, Say, said

WORDS: Final = (
    "input length: {n}",
    "input: {h} rows, {w} columns",
    "input: {c} channels of {h} rows, {w} columns",
    "input",
    "output",
    "padding: {p} on each side",
    "padding: {v} above and below, {u} left and right",
    "padding",
    "kernel: {k}",
    "kernel: {k}, dilation: {d}",
    "kernel: {v} rows, {u} columns",
    "kernel: {v} rows, {u} columns, dilation: {d}, {e}",
    "kernel, first position",
    "next position, stride: {s}",
    "next positions, stride: {s}",
    "next positions, stride: {v} down, {u} to the right",
    "next position",
    "next positions",
    "the pixel that is asked about",
    "each is spread over the kernel: {k}",
    "from one to the next, stride: {s}",
    "from one to the next",
    "cut off, padding: {p} at each end",
)


def legend(figure: Figure, say: Say, *, fits: bool, line: bool) -> tuple[Entry, ...]:
    """Explain pixels, padding, kernel, stride; with their numbers unless the figure is bare."""
    bare = figure.get("bare")
    padded = any(figure.several("padding"))
    entries: list[Entry] = []
    if not bare:
        entries.append(("pixel", _input(figure, say, line=line)))
    if padded:
        entries.append(("padding", say("padding") if bare else _padding(figure, say)))
    entries.append(("first", say("kernel, first position") if bare else _size(figure, say)))
    if fits:
        entries.append(("next", _next(figure, say, line=line)))
    if not line and figure.several("mark"):
        entries.append(("dot", say("the pixel that is asked about")))
    return tuple(entries)


def _input(figure: Figure, say: Say, *, line: bool) -> str:
    if line:
        return said(say, "input length: {n}", n=figure.get("n"))
    h, w = figure.pair("size")
    if c := figure.get("channels"):
        return said(say, "input: {c} channels of {h} rows, {w} columns", c=c, h=h, w=w)
    return said(say, "input: {h} rows, {w} columns", h=h, w=w)


def _padding(figure: Figure, say: Say) -> str:
    v, u = figure.pair("padding")
    if v == u:
        return said(say, "padding: {p} on each side", p=v)
    return said(say, "padding: {v} above and below, {u} left and right", v=v, u=u)


def _size(figure: Figure, say: Say) -> str:
    (v, u), (d, e) = figure.pair("kernel"), figure.pair("dilation")
    if v == u and d == e:
        plain = "kernel: {k}" if d == 1 else "kernel: {k}, dilation: {d}"
        return said(say, plain, **({"k": v} if d == 1 else {"k": v, "d": d}))
    if d == e == 1:
        return said(say, "kernel: {v} rows, {u} columns", v=v, u=u)
    return said(say, "kernel: {v} rows, {u} columns, dilation: {d}, {e}", v=v, u=u, d=d, e=e)


def _next(figure: Figure, say: Say, *, line: bool) -> str:
    v, u = figure.pair("stride")
    if figure.get("bare") or v == u == 1:
        return say("next position" if line else "next positions")
    if line:
        return said(say, "next position, stride: {s}", s=v)
    if v == u:
        return said(say, "next positions, stride: {s}", s=v)
    return said(say, "next positions, stride: {v} down, {u} to the right", v=v, u=u)
