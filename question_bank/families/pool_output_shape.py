"""Shape of a pooling's output: torch.nn.MaxPool2d and torch.nn.AvgPool2d, sections Shape and the note on `ceil_mode`."""

from question_bank import cnn
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along, layer_text, lengths, separated, shape_of, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.pictures import image
from question_bank.space import Space
from question_bank.values import Value

AXES = ("channels", "height", "width")
_NAMES = ("MaxPool2d", "AvgPool2d")
_STEM = (
    "The layer `{layer}` of PyTorch is applied to an image of shape `{shape}` (channels, height, width). "
    "What is the shape of its output?"
)
_ROUNDED_UP = "-((k - n - 2*p) // s) + 1"
_RULES = {
    "plus-one-forgotten": "(n + 2*p - k) // s",
    "padding-once": "(n + p - k) // s + 1",
    "padding-ignored": "(n - k) // s + 1",
    "same-size-assumed": "n",
    "size-over-stride": "n // s",
    "pool-stride-is-kernel": "(n + 2*p - k) // k + 1",
}


def _size(given: Given) -> str:
    return cnn.POOL_SIZE_CEIL if given["ceil"] else cnn.PADDED_SIZE


def _numbers(given: Given) -> dict[str, int]:
    """Return the numbers of a point with the stride that is used where none is given."""
    return {**given, "s": given["s"] or given["k"]}


def _wrong(given: Given) -> tuple[Wrong, ...]:
    c, numbers = given["c"], _numbers(given)
    key = lengths(_size(given), numbers)
    rules = dict(_RULES)
    if not given["s"]:
        rules["pool-stride-one"] = "n + 2*p - k + 1"
    if given["ceil"]:
        rules |= {"ceil-mode-ignored": cnn.PADDED_SIZE, "ceil-mode-window-outside": _ROUNDED_UP}
    else:
        rules["ceil-instead-of-floor"] = _ROUNDED_UP
    values: dict[str, Value | None] = {
        rule: shape_of(lengths(formula, numbers), lambda h, w: (c, h, w)) for rule, formula in rules.items()
    }
    values["pooling-shrinks-channels"] = shape_of(key, lambda h, w: (c // given["k"], h, w))
    values["height-width-swapped"] = shape_of(key, lambda h, w: (c, w, h))
    values["channels-last"] = shape_of(key, lambda h, w: (h, w, c))
    return live(_answer(given), values)


def _answer(given: Given) -> Shape:
    return Shape((given["c"], *map(int, lengths(_size(given), _numbers(given)))), AXES)


@family("pool-output-shape", topic="pooling", version=2)
class PoolOutputShape:
    """Shape of a max or average pooling's output, with stride given or not, padding and ceil_mode."""

    space = Space(
        layer=(0, 1),
        c=(6, 16, 32),
        h=(13, 15, 18, 28),
        w=(14, 17, 23, 32),
        k=(2, 3),
        s=(0, 1, 2, 3),
        p=(0, 1),
        ceil=(0, 1),
        radicals=("p", "ceil"),
    ).where(lambda given: given["s"] <= given["k"] and separated(_wrong(given), 5))
    rules = (
        *_RULES,
        "pool-stride-one",
        "ceil-mode-ignored",
        "ceil-mode-window-outside",
        "ceil-instead-of-floor",
        "pooling-shrinks-channels",
        "height-width-swapped",
        "channels-last",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for channels, height and width at once; a stride of 0 stands for one that is not given."""
        layer = layer_text(
            _NAMES[given["layer"]],
            given["k"],
            stride=str(given["s"]) if given["s"] else None,
            padding=given["p"],
            ceil_mode=bool(given["ceil"]),
        )
        stem = Message(_STEM, {"layer": layer, "shape": (given["c"], given["h"], given["w"])})
        rounding = ", rounded up unless a window would start outside" if given["ceil"] else ""
        lines = (
            ("", "Channels: as many as before", "c"),
            ("", f"Height of the output{rounding}", along(_size(given), n="h")),
            ("", f"Width of the output{rounding}", along(_size(given), n="w")),
        )
        part = Part(_answer(given), Message("Shape (channels, height, width)"))
        figure = image(
            (given["h"], given["w"]), given["k"], given["s"], given["p"]
        )  # no stride unless it is given
        solution = worked(lines, _numbers(given))
        return Draft(stem, (part,), solution=solution, wrong=_wrong(given), figure=figure)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Pooled by torch, with the layer that the stem shows."""
        from question_bank.listing import stem_shape

        return (stem_shape(question) or (),)
