"""Figures of questions, frozen as what they show; `drawings.svg` draws them where a page is made.

A number may be left out where the table says what it then is; `k|(kh, kw)` is one number for both axes, or height and width.
`labels` are texts in the language of `Message` without fields, translated like stems: code between backquotes is the same in all
languages, a line break starts a new line of a block.

| kind            | numbers                                                             | what is drawn                                    |
| --------------- | ------------------------------------------------------------------- | ------------------------------------------------ |
| line-windows    | n, kernel, stride=1, padding=0, dilation=1, bare=0                  | pixels in a row, padding, first two windows      |
| grid-windows    | size=(h, w), kernel=k|(kh, kw), stride=1|.., padding=0|..,          | an image, its padding, the first window, the     |
|                 | dilation=1|.., channels=0, mark=(row, column), output=(h, w), bare=0| next ones to the right and below; a marked pixel |
| layer-stack     | before, branches=(blocks, blocks, ...); labels: before the fork, of | blocks from top to bottom; branches side by side,|
|                 | each branch, then after it; no branches: one chain                  | one of 0 blocks is a plain connection            |
| curves          | train, validation=(), scale=100, first=1; labels: (what is measured,)| two lines over the epochs; values are n / scale  |
| receptive-field | kernels, strides=1 each                                             | one output, its widening view of each layer, `?` |
| upsampling      | n, kernel, stride=1, padding=0                                      | what the first inputs of a transposed convolution|
|                 |                                                                     | are spread to; pixels that padding cuts off      |
| image           | size=(h, w); with `media` and `data`                                | a picture of the instructor's own                |

A stride of 0 is one that is not shown. A drawing writes no number but these (a chart also the ticks of its axes) and none at all where bare=1; it shows windows, never
how many there are. `output` draws a second grid, for a question that asks which layer fits the picture.

>>> Figure("line-windows", Message("A row of {n} pixels", {"n": 7}), {"n": 7, "kernel": 3, "stride": 2}).get("padding")
0
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from question_bank.errors import FormatError
from question_bank.frozen import take, take_all, text
from question_bank.images import MEDIA
from question_bank.message import Message
from question_bank.values import Json

Numbers: TypeAlias = Mapping[str, int | tuple[int, ...]]
"""What a figure shows: whole numbers, or several under one name."""

_LARGEST, _MOST, _LONGEST = 1_000_000, 200, 80
_POSITIVE = ("n", "size", "kernel", "dilation", "output", "kernels", "strides", "scale")
_COUNTS: Final[Mapping[str, range]] = MappingProxyType(
    dict.fromkeys(("branches", "train", "validation", "kernels", "strides"), range(_MOST + 1))
    | dict.fromkeys(("mark", "output"), range(0, 3, 2))
)
"""How many numbers a name may stand for; else one, or one for each axis."""
_FEW: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(("kernel", "stride", "padding", "dilation", "mark", "output", "branches"), 64)
)
"""The largest of those numbers that something is drawn for each of."""
_WINDOWS: Final[Numbers] = MappingProxyType({"stride": 1, "padding": 0, "dilation": 1, "bare": 0})

KINDS: Final[Mapping[str, tuple[tuple[str, ...], Numbers]]] = MappingProxyType(
    {
        "line-windows": (("n", "kernel"), _WINDOWS),
        "grid-windows": (("size", "kernel"), {**_WINDOWS, "channels": 0, "mark": (), "output": ()}),
        "layer-stack": ((), {"before": 0, "branches": ()}),
        "curves": (("train",), {"validation": (), "scale": 100, "first": 1}),
        "receptive-field": (("kernels",), {"strides": ()}),
        "upsampling": (("n", "kernel"), {"stride": 1, "padding": 0}),
        "image": (("size",), {}),
    }
)
"""Each kind with the numbers that it needs, and those that it may have with what they are when left out."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One drawing.

    Attributes:
        kind: one of `KINDS`.
        alt: what a reader who cannot see it is told; everything that it shows, and no more than the stem.
        numbers: what it shows, by the names of its kind.
        labels: texts of its blocks or axes.
        media: of a picture, one of `images.MEDIA`; empty for a drawing.
        data: the bytes of a picture.

    Raises:
        FormatError: the kind is unknown, or a number is missing, unknown or out of range.
    """

    kind: str
    alt: Message
    numbers: Numbers = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    media: str = ""
    data: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", MappingProxyType(dict(self.numbers)))
        if self.kind not in KINDS:
            raise FormatError(f"figure kind={self.kind!r}: expected one of {', '.join(KINDS)}")
        needed, optional = KINDS[self.kind]
        if missing := [name for name in needed if name not in self.numbers]:
            raise FormatError(f"figure {self.kind!r}: {', '.join(missing)} missing; it needs {needed}")
        for name, value in self.numbers.items():
            if name not in needed and name not in optional:
                raise FormatError(
                    f"figure {self.kind!r}: unknown number {name!r}; it has {(*needed, *optional)}"
                )
            _check_number(self.kind, name, value)
        _check_together(self)
        if (self.kind == "image") != bool(self.data) or (self.media in MEDIA) != bool(self.data):
            raise FormatError(
                f"figure {self.kind!r}: media={self.media!r} with {len(self.data)} bytes: expected one of {', '.join(MEDIA)} "
                "for an image alone"
            )

    def get(self, name: str) -> int:
        """Return one number; what the kind says where it was left out."""
        value = self._value(name)
        return value if isinstance(value, int) else value[0]

    def several(self, name: str) -> tuple[int, ...]:
        """Return the numbers under one name."""
        value = self._value(name)
        return (value,) if isinstance(value, int) else value

    def pair(self, name: str) -> tuple[int, int]:
        """Return the numbers of height and width; one number is that of both."""
        value = self.several(name)
        return value[0], value[-1]

    def _value(self, name: str) -> int | tuple[int, ...]:
        return self.numbers[name] if name in self.numbers else KINDS[self.kind][1][name]

    def to_json(self) -> Json:
        """Freeze the figure; labels are left out where there are none."""
        shows: dict[str, Json] = {k: list(v) if isinstance(v, tuple) else v for k, v in self.numbers.items()}
        frozen: dict[str, Json] = {"kind": self.kind, "alt": self.alt.to_json(), "shows": shows}
        if self.data:
            frozen |= {"media": self.media, "data": base64.b64encode(self.data).decode()}
        return {**frozen, "labels": list(self.labels)} if self.labels else frozen

    @classmethod
    def from_json(cls, data: Json) -> "Figure":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no figure; the message names the field.
        """
        numbers: dict[str, int | tuple[int, ...]] = {}
        for name, value in take(data, "shows", dict).items():
            numbers[name] = tuple(value) if isinstance(value, list) else value
        labels = take_all(data, "labels", text) if isinstance(data, dict) and "labels" in data else ()
        picture = _picture(data) if isinstance(data, dict) and "data" in data else ("", b"")
        alt = Message.from_json(take(data, "alt", dict))
        return cls(take(data, "kind", str), alt, numbers, labels, *picture)


def _picture(data: Json) -> tuple[str, bytes]:
    """Read what kind of picture it is, and its bytes."""
    try:
        return take(data, "media", str), base64.b64decode(take(data, "data", str), validate=True)
    except ValueError:
        raise FormatError("figure data: expected base 64") from None


def _check_number(kind: str, name: str, value: object) -> None:
    """See that a number, or each of several, is whole and in its range.

    Raises:
        FormatError: it is not, or there are too many.
    """
    several = value if isinstance(value, tuple) else (value,)
    counts = _COUNTS.get(name, range(1, 3))
    if len(several) not in counts:
        raise FormatError(
            f"figure {kind!r}: {name} has {len(several)} numbers; expected {counts[0]} to {counts[-1]}"
        )
    least, largest = int(name in _POSITIVE), _FEW.get(name, _LARGEST)
    for number in several:
        if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= largest:
            raise FormatError(
                f"figure {kind!r}: {name}={number!r}; expected a whole number from {least} to {largest}"
            )


def _check_together(figure: Figure) -> None:
    """See that numbers and labels fit one another.

    Raises:
        FormatError: there is nothing to draw, or something has no place.
    """
    problem = ""
    match figure.kind:
        case "grid-windows" if mark := figure.several("mark"):
            if len(mark) != 2 or any(at >= n for at, n in zip(mark, figure.pair("size"), strict=True)):
                problem = f"mark={mark}: expected row and column in {figure.pair('size')}, counted from 0"
        case "layer-stack":
            wanted = figure.get("before") + sum(figure.several("branches"))
            if not figure.labels or len(figure.labels) < wanted:
                problem = f"{len(figure.labels)} labels; expected 1 for each of {max(wanted, 1)} blocks"
        case "curves" if not figure.several("train"):
            problem = "train is empty; expected one value for each epoch"
        case "receptive-field":
            kernels, strides = figure.several("kernels"), figure.several("strides")
            if not kernels or len(strides) not in {0, len(kernels)}:
                problem = f"kernels={kernels}, strides={strides}: expected one of each for every layer"
    if len(figure.labels) > _MOST or any(len(label) > _LONGEST for label in figure.labels):
        problem = f"labels: expected {_MOST} at most, of {_LONGEST} characters each"
    if problem:
        raise FormatError(f"figure {figure.kind!r}: {problem}")
