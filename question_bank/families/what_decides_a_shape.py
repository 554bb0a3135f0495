"""What decides the shape of a weight and of an output: torch.nn.Conv2d, LazyConv2d, MaxPool2d and AdaptiveAvgPool2d, sections Shape."""

from question_bank import cnn
from question_bank.answers import Answer, Shape, Undetermined
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import layer_text, worked
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import UNDETERMINED, Value

_WEIGHT, _OUTPUT = ("filters", "channels", "height", "width"), ("channels", "height", "width")
_OPEN = "Where what is said does not decide it, say so."
_NEW = "The layer `{layer}` has just been made."
_ASKED = "What is the shape of its output for one image (channels, height, width)?"
_WEIGHS = "What is the shape that its weight has or will have (filters, channels, height, width)?"
_STEMS = (
    f"{_NEW} {_WEIGHS} {_OPEN}",
    f"{_NEW} {_ASKED} {_OPEN}",
    f"{_NEW} It gets images of shape `{{image}}`. {_ASKED} {_OPEN}",
    f"{_NEW} {_WEIGHS} {_OPEN}",
    f"{_NEW} It gets images of shape `{{image}}`. {_WEIGHS} {_OPEN}",
    f"The layer `{{layer}}` gets images with {{c}} channels. {_ASKED} {_OPEN}",
    f"The layer `{{layer}}` gets images with {{c}} channels. {_ASKED} {_OPEN}",
)
_CONV_WEIGHT, _CONV_OPEN, _CONV, _LAZY_OPEN, _LAZY, _ADAPTIVE, _POOL_OPEN = range(7)
_UNDECIDED = (_CONV_OPEN, _LAZY_OPEN, _POOL_OPEN)
_USED = {
    _CONV_WEIGHT: "ckspf",
    _CONV_OPEN: "ckspf",
    _CONV: "ckspf",
    _LAZY_OPEN: "kspf",
    _LAZY: "ckfh",
    _ADAPTIVE: "ckf",
    _POOL_OPEN: "cks",
}
"""The axes that matter to each question; the others stay at their first value, so that no question is there twice."""
_FIRST = {"c": 8, "f": 16, "k": 3, "s": 1, "p": 0, "h": 28, "w": 30}
_REMARKS = {
    _CONV_WEIGHT: "The weight is decided by filters, channels and kernel; stride, padding and the image do not matter to it.",
    _CONV_OPEN: "The output depends on the size of the image, which is not known.",
    _CONV: "Layer and image together decide the output.",
    _LAZY_OPEN: "Such a layer takes its input channels from its first image, which is not known.",
    _LAZY: "Such a layer takes its input channels from its first image.",
    _ADAPTIVE: "Adaptive pooling is told the size of its output, and pooling keeps the channels.",
    _POOL_OPEN: "The output depends on the size of the image, which is not known.",
}


def _layer(given: Given) -> str:
    c, f, k = given["c"], given["f"], given["k"]
    options = {"kernel_size": k, "stride": given["s"], "padding": given["p"]}
    match given["case"]:
        case 3 | 4:
            return layer_text("LazyConv2d", f, **options)
        case 5:
            return f"nn.AdaptiveAvgPool2d(({k}, {given['f'] // 2}))"
        case 6:
            return layer_text("MaxPool2d", k, stride=given["s"])
    return layer_text("Conv2d", c, f, **options)


def _lengths(given: Given) -> tuple[int, int]:
    sizes = {name: given[name] for name in "ksp"}
    high, wide = (cnn.value(cnn.PADDED_SIZE, {**sizes, "n": given[axis]}) for axis in "hw")
    return high, wide


def _key(given: Given) -> Shape:
    """Return the shape that is decided, or one of its kind where none is."""
    c, f, k = given["c"], given["f"], given["k"]
    if given["case"] in {_CONV_WEIGHT, _LAZY_OPEN, _LAZY}:
        return Shape((f, c, k, k), _WEIGHT)
    if given["case"] == _ADAPTIVE:
        return Shape((c, k, f // 2), _OUTPUT)
    return Shape((f, *_lengths(given)), _OUTPUT)


def _answer(given: Given) -> Answer:
    key = _key(given)
    return Undetermined(key.field) if given["case"] in _UNDECIDED else key


def _wrong(given: Given) -> tuple[Wrong, ...]:
    c, f, k, key = given["c"], given["f"], given["k"], _key(given).value
    high, wide = _lengths(given)
    kernel: dict[str, Value | None] = {
        "channel-axes-swapped": (c, f, k, k),
        "weight-channels-last": (k, k, c, f),
        "shape-thought-open": UNDETERMINED,
    }
    values: dict[int, dict[str, Value | None]] = {
        _CONV_WEIGHT: kernel,
        _CONV_OPEN: {"kernel-taken-for-the-output": (f, k, k), "channels-taken-for-the-size": (f, c, c)},
        _CONV: {
            "kernel-taken-for-the-output": (f, k, k),
            "channels-unchanged": (c, high, wide),
            "same-size-assumed": (f, given["h"], given["w"]),
            "shape-thought-open": UNDETERMINED,
        },
        _LAZY_OPEN: {"colour-assumed": (f, 3, k, k), "one-channel-assumed": (f, 1, k, k)},
        _LAZY: {
            **kernel,
            "weight-like-the-image": (f, c, given["h"], given["w"]),
            "one-channel-assumed": (f, 1, k, k),
        },
        _ADAPTIVE: {
            "pooling-shrinks-channels": (1, *key[1:]),
            "height-width-swapped": (c, f // 2, k),
            "shape-thought-open": UNDETERMINED,
        },
        _POOL_OPEN: {"kernel-taken-for-the-output": (c, k, k), "one-value-for-each-channel": (c, 1, 1)},
    }
    return live(_answer(given), values[given["case"]])


def _lines(given: Given) -> tuple[tuple[str, str, str], ...]:
    """Return the lines of the solution; where nothing is decided, two images of other size show it."""
    size = "({} - k) // s + 1" if given["case"] == _POOL_OPEN else "({} + 2*p - k) // s + 1"
    match given["case"]:
        case 0 | 4:
            return (("", "Weights of one filter", "c*k*k"), ("", "Weights of all filters", "f*c*k*k"))
        case 1 | 6:
            return (
                ("", "Rows of the output for an image of 30 rows", size.format(30)),
                ("", "Rows of the output for an image of 40 rows", size.format(40)),
            )
        case 2:
            return (
                ("", "Rows of the output", size.format("h")),
                ("", "Columns of the output", size.format("w")),
            )
        case 3:
            return (
                ("", "Weights of one filter for images with 1 channel", "1*k*k"),
                ("", "Weights of one filter for images with 3 channels", "3*k*k"),
            )
    return (("", "Rows of the output", "rows"), ("", "Columns of the output", "columns"))


def _askable(given: Given) -> bool:
    """Whether axes that do not matter are at their first value, and a padding is smaller than half the kernel."""
    idle = set(_FIRST) - set(_USED[given["case"]])
    return all(given[name] == _FIRST[name] for name in idle) and 2 * given["p"] < given["k"]


@family("what-decides-a-shape", topic="shapes", version=1)
class WhatDecidesAShape:
    """Shape of a weight or an output from what is known of layer and image, where that decides it."""

    space = Space(
        case=tuple(range(len(_STEMS))),
        c=(8, 3, 12),
        f=(16, 6, 32),
        k=(3, 5, 7),
        s=(1, 2),
        p=(0, 1, 2),
        h=(28, 33),
        w=(30,),
    ).where(_askable)
    rules = (
        "channel-axes-swapped",
        "weight-channels-last",
        "shape-thought-open",
        "kernel-taken-for-the-output",
        "channels-taken-for-the-size",
        "channels-unchanged",
        "same-size-assumed",
        "colour-assumed",
        "one-channel-assumed",
        "weight-like-the-image",
        "pooling-shrinks-channels",
        "height-width-swapped",
        "one-value-for-each-channel",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the shape; that it cannot be determined is always offered."""
        fields: dict[str, FieldValue] = {"layer": _layer(given)}
        if given["case"] in {_CONV, _LAZY}:
            fields["image"] = tuple(given[name] for name in "chw")
        if given["case"] in {_ADAPTIVE, _POOL_OPEN}:
            fields["c"] = given["c"]
        numbers = {**given, "rows": given["k"], "columns": given["f"] // 2}
        return Draft(
            Message(_STEMS[given["case"]], fields),
            (Part(_answer(given), Message("Shape"), may_be_undetermined=True),),
            solution=worked(_lines(given), numbers),
            wrong=_wrong(given),
            remarks=(Message(_REMARKS[given["case"]]),),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Made and run by torch for every image that the words allow; more than one shape is none."""
        import ast

        import torch
        from torch import nn

        fields = question.stem.fields
        call = ast.parse(str(fields["layer"]), mode="eval").body
        assert isinstance(call, ast.Call)  # noqa: S101 -- written in `build`
        sizes = [ast.literal_eval(argument) for argument in call.args]
        named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
        name = str(fields["layer"]).removeprefix("nn.").partition("(")[0]
        told = fields.get("image")
        channels = [sizes[0]] if name == "Conv2d" else [fields["c"]] if "c" in fields else [1, 3]
        images = [(c, n, n + 3) for c in map(int, map(str, channels)) for n in (16, 25)]
        found: set[tuple[int, ...]] = set()
        with torch.device("meta"), torch.no_grad():
            for image in [told] if isinstance(told, tuple) else images:
                made = getattr(nn, name)(*sizes, **named)
                output = made(torch.zeros(1, *image))
                weighs = "its weight" in question.stem.template
                found.add(tuple(made.weight.shape) if weighs else tuple(output.shape[1:]))
        return (found.pop() if len(found) == 1 else UNDETERMINED,)
