"""Shape of a convolution's output in Keras: keras.layers.Conv2D, `padding` and Output shape, with `channels_last`."""

from question_bank import shown
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import lengths, shape_of, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("height", "width", "channels")
_STEM = (
    "In Keras, with its default data format `channels_last`, the layer `{layer}` is applied to images of shape `{shape}`. What "
    "is the shape of its output for one image, with its axes in the order of Keras?"
)
_SAME, _VALID = "(n + s - 1) // s", "(n - k) // s + 1"
_RULES = {
    0: {
        "valid-taken-for-same": _SAME,
        "plus-one-forgotten": "(n - k) // s",
        "stride-ignored": "n - k + 1",
        "ceil-instead-of-floor": "-((k - n) // s) + 1",
        "size-over-stride": "n // s",
    },
    1: {
        "same-taken-for-valid": _VALID,
        "same-thought-to-keep-any-size": "n",
        "same-rounded-down": "n // s",
        "padding-once": "(n + k // 2 - k) // s + 1",
        "plus-one-forgotten": f"{_SAME} - 1",
    },
}
_LINES = {
    0: (
        ("", "Height: windows that stay inside the image", "(h - k) // s + 1"),
        ("", "Width", "(w - k) // s + 1"),
        ("", "Channels: one for each filter", "f"),
    ),
    1: (
        ("", "Height: a window at every s-th pixel, rounded up", "(h + s - 1) // s"),
        ("", "Width", "(w + s - 1) // s"),
        ("", "Channels: one for each filter", "f"),
    ),
}


def _lengths(given: Given) -> tuple[int, int]:
    h, w = lengths(_SAME if given["same"] else _VALID, given)
    return int(h), int(w)


def _key(given: Given) -> Shape:
    return Shape((*_lengths(given), given["f"]), AXES)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    f, (height, width) = given["f"], _lengths(given)
    values: dict[str, Value | None] = {
        rule: shape_of(lengths(formula, given), lambda h, w: (h, w, f))
        for rule, formula in _RULES[given["same"]].items()
    }
    values |= {
        "channels-first-in-keras": (f, height, width),
        "channels-unchanged": (height, width, given["c"]),
        "height-width-swapped": (width, height, f),
    }
    return live(_key(given), values)


@family("keras-conv-shape", topic="shapes", version=1)
class KerasConvShape:
    """Shape of a convolution's output in Keras, with padding "valid" or "same"."""

    space = Space(
        same=(0, 1),
        c=(1, 3),
        h=(25, 28, 32, 45),
        w=(27, 30, 36, 50),
        f=(8, 16, 32),
        k=(2, 3, 5, 7),
        s=(1, 2, 3),
        radicals=("same", "s"),
    )
    rules = (
        *dict.fromkeys(rule for rules in _RULES.values() for rule in rules),
        "channels-first-in-keras",
        "channels-unchanged",
        "height-width-swapped",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the three axes."""
        strides = f", strides={given['s']}" if given["s"] > 1 else ""
        padding = "same" if given["same"] else "valid"
        layer = f'layers.Conv2D({given["f"]}, {given["k"]}{strides}, padding="{padding}")'
        stem = Message(_STEM, {"layer": layer, "shape": (given["h"], given["w"], given["c"])})
        part = Part(_key(given), Message("Shape (height, width, channels)"))
        solution = worked(_LINES[given["same"]], given)
        return Draft(stem, (part,), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Padded as TensorFlow does and convolved by torch, with the layer that the stem shows."""
        from question_bank.keras_listing import after

        return (after(shown.text(question, "layer"), shown.shape(question)),)
