"""Shapes and parameters of a stack in Keras: keras.layers.Conv2D, MaxPooling2D, Flatten, Dense; channels last."""

from collections.abc import Callable
from typing import NamedTuple

from question_bank.answers import Integer, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("height", "width", "channels")
_CLASSES = 10
_STEM = (
    "The layers of the listing are those of Keras, with channels last. What is the shape of one image, without the axis of the "
    "batch, (a) behind the pooling, (b) behind the second convolution? (c) How many numbers does `Flatten` give for one image? "
    "(d) How many parameters has the last layer, with its biases?"
)
_PROMPTS = (
    "(a) Shape behind the pooling (height, width, channels)",
    "(b) Shape behind the second convolution (height, width, channels)",
    "(c) Numbers behind the flattening",
    "(d) Parameters of the last layer",
)
_FORMULAS = {
    (0, 1): "{n} - {k} + 1",
    (0, 2): "({n} - {k}) // {s} + 1",
    (1, 1): "{n}",
    (1, 2): "({n} + {s} - 1) // {s}",
}
"""Length behind a layer, by whether its padding is "same", and whether its stride is 1 or more."""


class _Window(NamedTuple):
    """A convolution or a pooling along one axis: length of the window, stride, whether its padding is "same"."""

    k: int
    s: int
    same: int


_Rule = Callable[[_Window, int], int]


def _length(layer: _Window, n: int) -> int:
    return -(-n // layer.s) if layer.same else (n - layer.k) // layer.s + 1


_RULES: dict[str, _Rule] = {
    "same-taken-for-valid": lambda layer, n: _length(layer._replace(same=0), n),
    "valid-taken-for-same": lambda layer, n: _length(layer._replace(same=1), n),
    "same-thought-to-keep-any-size": lambda layer, n: n if layer.same else _length(layer, n),
    "same-rounded-down": lambda layer, n: n // layer.s if layer.same else _length(layer, n),
    "padding-as-in-pytorch": lambda layer, n: (n + layer.same * (layer.k // 2) * 2 - layer.k) // layer.s + 1,
    "plus-one-forgotten": lambda layer, n: _length(layer, n) - 1 + layer.same,
}


def _windows(given: Given) -> tuple[_Window, _Window, _Window]:
    pool = given["pool"]
    return (
        _Window(given["k"], given["s"], given["same_1"]),
        _Window(pool, pool, given["same_pool"]),
        _Window(given["k"], 1, given["same_2"]),
    )


def _after(given: Given, count: int, rule: _Rule = _length) -> tuple[int, ...]:
    """Return height and width after so many layers, by a rule; 0 where nothing is left."""
    lengths = []
    for n in (given["h"], given["w"]):
        for layer in _windows(given)[:count]:
            n = max(rule(layer, n), 0) if n else 0  # noqa: PLW2901 -- the length goes from layer to layer
        lengths.append(n)
    return tuple(lengths)


def _keys(given: Given) -> tuple[Shape, Shape, Integer, Integer]:
    f = given["f"]
    pooled, last = (*_after(given, 2), f), (*_after(given, 3), 2 * f)
    flat = last[0] * last[1] * last[2]
    return (
        Shape(pooled, AXES),
        Shape(last, AXES),
        Integer(flat),
        Integer(_CLASSES * flat + _CLASSES, "parameters"),
    )


def _wrong(given: Given) -> tuple[Wrong, ...]:
    f, keys = given["f"], _keys(given)
    entries: list[Wrong] = []
    for part, count, channels in ((0, 2, f), (1, 3, 2 * f)):
        high, wide = _after(given, count)
        values: dict[str, Value | None] = {
            rule: (*found, channels) if min(found := _after(given, count, length)) else None
            for rule, length in _RULES.items()
        }
        values |= {
            "channels-first-in-keras": (channels, high, wide),
            "channels-unchanged": (high, wide, given["c"]),
        }
        if part == 0:
            values["pooling-forgotten"] = (*_after(given, 1), f)
        entries += live(keys[part], values, part)
    high, wide, channels = keys[1].value
    flat = keys[2].value
    counts: dict[str, Value | None] = {
        "flatten-forgets-channels": high * wide,
        "flatten-one-side-only": high * channels,
        "flatten-counts-input-channels": high * wide * f,
    }
    dense: dict[str, Value | None] = {
        "dense-bias-forgotten": _CLASSES * flat,
        "dense-one-bias": _CLASSES * flat + 1,
        "bias-per-input": _CLASSES * flat + flat,
    }
    return (*entries, *live(keys[2], counts, 2), *live(keys[3], dense, 3))


def _solution(given: Given) -> tuple[tuple[str, str, str], ...]:
    """Return the lines of the worked solution: the height and width after each layer, then the counts."""
    lines = []
    names = ("first convolution", "pooling", "second convolution")
    for number, layer in enumerate(_windows(given)):
        for axis, side in (("h", "Height"), ("w", "Width")):
            before = f"{axis}_{number}" if number else axis
            formula = _FORMULAS[layer.same, min(layer.s, 2)].format(n=before, k=layer.k, s=layer.s)
            lines.append((f"{axis}_{number + 1}", f"{side} after the {names[number]}", formula))
    return (
        *lines,
        ("m", "(c) Numbers of all channels", "h_3*w_3*2*f"),
        ("", "(d) Weights and biases of the last layer", f"{_CLASSES}*m + {_CLASSES}"),
    )


def _code(given: Given) -> str:
    f, k, pool = given["f"], given["k"], given["pool"]
    same = ', padding="same"'
    strides = f", strides={given['s']}" if given["s"] > 1 else ""
    layers = (
        f"keras.Input(shape=({given['h']}, {given['w']}, {given['c']}))",
        f'layers.Conv2D({f}, {k}{strides}{same * given["same_1"]}, activation="relu")',
        f"layers.MaxPooling2D({pool}{same * given['same_pool']})",
        f'layers.Conv2D({2 * f}, {k}{same * given["same_2"]}, activation="relu")',
        "layers.Flatten()",
        f"layers.Dense({_CLASSES})",
    )
    return "\n".join(("model = keras.Sequential([", *(f"    {layer}," for layer in layers), "])"))


def _askable(given: Given) -> bool:
    """Whether the image is no square, a stride goes with padding, something is left, and mistakes show in both shapes."""
    if given["s"] == 2 and not given["same_1"]:
        return False
    if min(_after(given, 3)) < 2:
        return False
    shown = [entry.part for entry in _wrong(given)]
    return all(shown.count(part) >= 3 for part in range(4))


@family("keras-stack", topic="shapes", version=1)
class KerasStack:
    """Shapes, flattened length and parameters of a stack in Keras, with padding "same" and "valid"."""

    space = Space(
        same_1=(0, 1),
        same_pool=(0, 1),
        same_2=(0, 1),
        c=(1, 3),
        h=(25, 28, 32),
        w=(27, 30, 45),
        f=(4, 8),
        k=(2, 3, 5),
        s=(1, 2),
        pool=(2, 3),
        radicals=("same_1", "same_pool", "same_2"),
    ).where(_askable)
    rules = (
        *_RULES,
        "channels-first-in-keras",
        "channels-unchanged",
        "pooling-forgotten",
        "flatten-forgets-channels",
        "flatten-one-side-only",
        "flatten-counts-input-channels",
        "dense-bias-forgotten",
        "dense-one-bias",
        "bias-per-input",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for two shapes, the flattened length, and the parameters that follow from it."""
        follows = (None, None, None, Follow("formula", (2,), formula=f"{_CLASSES}*a + {_CLASSES}"))
        keys: tuple[Shape | Integer, ...] = _keys(given)
        parts = tuple(
            Part(key, Message(prompt), follow=follow)
            for key, prompt, follow in zip(keys, _PROMPTS, follows, strict=True)
        )
        solution = worked(_solution(given), given)
        return Draft(Message(_STEM), parts, code=_code(given), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Padded as TensorFlow does and run by torch, from the text of the listing."""
        from question_bank.keras_listing import shapes

        _, _, pooled, last, flat, scores = shapes(question.code)
        return pooled, last, flat[0], (flat[0] + 1) * scores[0]
