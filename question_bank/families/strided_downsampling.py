"""Down-sampling without weights, by slicing, pooling and a 1x1 convolution: torch.nn.Conv2d and MaxPool2d, sections Shape."""

from question_bank import shown
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import lengths, worked
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("channels", "height", "width")
_STEM = (
    "An image `x` of shape `{shape}` (channels, height, width) is made smaller in three ways. What is the shape after each: "
    "(a) the slice `{slice}`, (b) `{pool}`, (c) `{conv}`?"
)
_PROMPTS = ("(a) Shape after the slice", "(b) Shape after the pooling", "(c) Shape after the convolution")
_SLICE, _POOL, _CONV = "(n - o + s - 1) // s", "(n - s) // s + 1", "(n - 1) // s + 1"
_LINES = (
    ("", "(a) Height: every $s$-th row from row $o$ on, rounded up", "(h - o + s - 1) // s"),
    ("", "Width", "(w - o + s - 1) // s"),
    ("", "(b) Height: windows that fit whole, rounded down", "(h - s) // s + 1"),
    ("", "Width", "(w - s) // s + 1"),
    ("", "(c) Height: a kernel of 1 pixel fits on every $s$-th row", "(h - 1) // s + 1"),
    ("", "Width", "(w - 1) // s + 1"),
)


def _shape(formula: str, channels: int, given: Given) -> tuple[int, ...]:
    h, w = lengths(formula, given)
    return channels, int(h), int(w)


def _keys(given: Given) -> tuple[Shape, ...]:
    c, f = given["c"], given["f"]
    formulas = ((_SLICE, c), (_POOL, c), (_CONV, f))
    return tuple(Shape(_shape(formula, channels, given), AXES) for formula, channels in formulas)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    c, f, s = given["c"], given["f"], given["s"]
    sliced, pooled, convolved = _keys(given)
    taken: dict[str, Value | None] = {
        "slice-rounded-down": _shape("n // s", c, given),
        "slice-start-ignored": _shape("(n + s - 1) // s", c, given),
        "slice-drops-every-s-th": _shape("n - (n + s - 1) // s", c, given),
        "slice-thins-channels": _shape(_SLICE, -(-c // s), given),
    }
    fitting: dict[str, Value | None] = {
        "ceil-instead-of-floor": _shape("(n + s - 1) // s", c, given),
        "pool-stride-one": _shape("n - s + 1", c, given),
        "pooling-shrinks-channels": _shape(_POOL, -(-c // s), given),
    }
    kernel: dict[str, Value | None] = {
        "size-over-stride": _shape("n // s", f, given),
        "plus-one-forgotten": _shape("(n - 1) // s", f, given),
        "stride-ignored": _shape("n", f, given),
        "channels-unchanged": (c, *convolved.value[1:]),
        "channels-multiplied": (c * f, *convolved.value[1:]),
    }
    return (*live(sliced, taken), *live(pooled, fitting, 1), *live(convolved, kernel, 2))


@family("strided-downsampling", topic="shapes", version=1)
class StridedDownsampling:
    """Shapes after a slice with steps, a pooling and a strided 1x1 convolution, where the size does not divide."""

    space = Space(
        c=(3, 4, 6),
        f=(8, 16),
        s=(2, 3),
        o=(0, 1),
        h=(23, 25, 28, 31, 33, 35),
        w=(24, 26, 27, 29, 32, 37),
        radicals=("s", "o"),
    ).where(lambda given: given["h"] % given["s"] != 0 or given["w"] % given["s"] != 0)
    rules = (
        "slice-rounded-down",
        "slice-start-ignored",
        "slice-drops-every-s-th",
        "slice-thins-channels",
        "ceil-instead-of-floor",
        "pool-stride-one",
        "pooling-shrinks-channels",
        "size-over-stride",
        "plus-one-forgotten",
        "stride-ignored",
        "channels-unchanged",
        "channels-multiplied",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the three shapes."""
        c, s, o = given["c"], given["s"], given["o"] or ""
        fields: dict[str, FieldValue] = {
            "shape": (c, given["h"], given["w"]),
            "slice": f"x[:, {o}::{s}, {o}::{s}]",
            "pool": f"nn.MaxPool2d({s})",
            "conv": f"nn.Conv2d({c}, {given['f']}, kernel_size=1, stride={s})",
        }
        parts = tuple(Part(key, Message(prompt)) for key, prompt in zip(_keys(given), _PROMPTS, strict=True))
        return Draft(Message(_STEM, fields), parts, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Sliced by torch with the numbers of the slice's text; pooled and convolved by the layers as they are written."""
        import re

        import torch

        from question_bank.listing import shape_after

        shape = shown.shape(question)
        (rows, columns) = re.findall(r"(\d*)::(\d+)", shown.text(question, "slice"))
        at = tuple(slice(int(start or 0), None, int(step)) for start, step in (rows, columns))
        layers = [shown.text(question, name) for name in ("pool", "conv")]
        after = [shape_after(layer, (1, *shape)) for layer in layers]
        return tuple(torch.zeros(shape)[:, at[0], at[1]].shape), *((found or (1,))[1:] for found in after)
