"""Where flattening puts a value: torch.nn.Flatten on a contiguous (C, H, W) tensor, row-major order."""

from question_bank import cnn, shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live, usable
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Value

POSITION = "i_c*h*w + i_h*w + i_w"
_RULES = {
    "flattened-channels-last": "(i_h*w + i_w)*c + i_c",
    "flattened-by-columns": "i_c*h*w + i_w*h + i_h",
    "earlier-channels-forgotten": "i_h*w + i_w",
    "row-times-height": "i_c*h*w + i_h*h + i_w",
    "counted-from-one": f"{POSITION} + 1",
}
_STEM = (
    "A tensor `x` of shape `{shape}` with the axes (channels, height, width) is flattened: `y = x.flatten()`. At which index of "
    "`y` is the value `x[{i_c}, {i_h}, {i_w}]`? All indices are counted from 0."
)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    values = cnn.compiled(*_RULES.values())(given)
    return live(Integer(cnn.value(POSITION, given)), dict(zip(_RULES, values, strict=True)))


def _askable(given: Given) -> bool:
    """Whether the image is no square, the index lies inside, and four mistakes lead to four other places."""
    inside = all(given[f"i_{axis}"] < given[axis] for axis in "chw")
    return inside and given["h"] != given["w"] and len(usable(_wrong(given))) == len(_RULES)


@family("flatten-position", topic="shapes", version=1)
class FlattenPosition:
    """Index of a value after flattening an image with several channels."""

    space = Space(
        c=(2, 3, 6, 16),
        h=(4, 5, 7),
        w=(4, 5, 6, 8),
        i_c=(1, 2, 4),
        i_h=(1, 2, 3),
        i_w=(0, 1, 2, 3),
        radicals=("c",),
    ).where(_askable)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the place of one value."""
        key = cnn.value(POSITION, given)
        i_c, i_h, i_w, h, w = (given[name] for name in ("i_c", "i_h", "i_w", "h", "w"))
        solution = (
            Step(
                Message("Values in the channels before"),
                "i_c*h*w",
                {"i_c": i_c, "h": h, "w": w},
                i_c * h * w,
            ),
            Step(
                Message("Values in the rows before, in its channel"), "i_h*w", {"i_h": i_h, "w": w}, i_h * w
            ),
            Step(Message("Index"), f"{i_c * h * w} + {i_h * w} + i_w", {"i_w": i_w}, key),
        )
        shape = given["c"], h, w
        return Draft(
            Message(_STEM, {"shape": shape, "i_c": i_c, "i_h": i_h, "i_w": i_w}),
            (Part(Integer(key), Message("Index")),),
            solution=solution,
            wrong=_wrong(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Found by torch: the one place in the flattened tensor that changes when this value does."""
        import torch

        x = torch.zeros(shown.shape(question))
        x[shown.numbers(question, ("i_c", "i_h", "i_w"))] = 1
        return (int(x.flatten().argmax()),)
