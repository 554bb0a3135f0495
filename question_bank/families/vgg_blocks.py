"""A network of VGG blocks: Simonyan & Zisserman, arXiv:1409.1556, section 2.1; Dive into Deep Learning, section 8.2."""

from question_bank import shown
from question_bank.answers import Integer, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("channels", "height", "width")
_STEM = (
    "The function below makes a block of a network. What is the shape that `model` gives for an image of shape `{shape}` "
    "(channels, height, width), and how many parameters has its last block?"
)
_CODE = """\
def block(convs, c_in, c_out):
    layers = []
    for i in range(convs):
        layers += [nn.Conv2d(c_in if i == 0 else c_out, c_out, kernel_size=3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.MaxPool2d(2))

model = nn.Sequential(
    block({convs_1}, {c}, {f_1}),
    block({convs_2}, {f_1}, {f_2}),
    block({convs_3}, {f_2}, {f_3}),
)"""
_COUNT = "f_3*f_2*9 + f_3 + (convs_3 - 1)*(f_3*f_3*9 + f_3)"
_RULES = {
    "block-of-one-convolution": "f_3*f_2*9 + f_3",
    "block-reads-what-it-gives": "convs_3*(f_3*f_3*9 + f_3)",
    "block-reads-its-input-always": "convs_3*(f_3*f_2*9 + f_3)",
    "bias-forgotten": "f_3*f_2*9 + (convs_3 - 1)*f_3*f_3*9",
    "kernel-side-once": "f_3*f_2*3 + f_3 + (convs_3 - 1)*(f_3*f_3*3 + f_3)",
}
_LINES = (
    ("", "Channels: those of the last block", "f_3"),
    ("", "Height: each block halves it once, its convolutions keep it", "h // 2 // 2 // 2"),
    ("", "Width", "w // 2 // 2 // 2"),
    ("first", "Parameters of the last block's first convolution", "f_3*f_2*9 + f_3"),
    ("others", "Parameters of its other convolutions", "(convs_3 - 1)*(f_3*f_3*9 + f_3)"),
    ("", "Parameters of the last block", "first + others"),
)


def _numbers(given: Given) -> dict[str, int]:
    """Return the numbers of a point, with the channels doubling from block to block."""
    return {**given, "f_1": given["f"], "f_2": 2 * given["f"], "f_3": 4 * given["f"]}


def _convolutions(given: Given) -> tuple[int, int, int]:
    return given["convs_1"], given["convs_2"], given["convs_3"]


def _key(given: Given) -> Shape:
    return Shape((4 * given["f"], given["h"] // 8, given["w"] // 8), AXES)


def _shrinking(given: Given, n: int) -> int:
    """Return the length when each convolution takes 2 pixels away, as without padding; 0 when nothing is left."""
    for convs in _convolutions(given):
        n = max(n - 2 * convs, 0) // 2
    return n


def _wrong(given: Given) -> tuple[Wrong, ...]:
    channels, height, width = _key(given).value
    h, w, times = given["h"], given["w"], 2 ** sum(_convolutions(given))
    shapes: dict[str, tuple[int, ...]] = {
        "padding-ignored": (channels, _shrinking(given, h), _shrinking(given, w)),
        "pooling-forgotten": (channels, h, w),
        "pooling-after-each-convolution": (channels, h // times, w // times),
        "one-pooling-forgotten": (channels, h // 4, w // 4),
        "pooling-shrinks-channels": (channels // 2, height, width),
        "channels-unchanged": (given["c"], height, width),
        "channels-last": (height, width, channels),
    }
    believable = {rule: shape if min(shape) > 0 else None for rule, shape in shapes.items()}
    return (*live(_key(given), believable), *wrong(_count(given), _RULES, _numbers(given), 1))


def _count(given: Given) -> Integer:
    return Integer(int(solve((_COUNT,), _numbers(given))[0]), "parameters")


@family("vgg-blocks", topic="shapes", version=1)
class VggBlocks:
    """Shape behind VGG blocks that a loop makes, and parameters of the last one."""

    space = Space(
        convs_1=(1, 2),
        convs_2=(1, 2),
        convs_3=(2, 3, 4),
        c=(1, 3),
        f=(4, 6, 8, 16),
        h=(48, 56, 67),
        w=(50, 64, 72),
        radicals=("convs_3",),
    )
    rules = (
        "padding-ignored",
        "pooling-forgotten",
        "pooling-after-each-convolution",
        "one-pooling-forgotten",
        "pooling-shrinks-channels",
        "channels-unchanged",
        "channels-last",
        *_RULES,
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the shape and the parameters."""
        stem = Message(_STEM, {"shape": (given["c"], given["h"], given["w"])})
        parts = (
            Part(_key(given), Message("Shape (channels, height, width)")),
            Part(_count(given), Message("Parameters of the last block")),
        )
        numbers = _numbers(given)
        solution = worked(_LINES, numbers)
        return Draft(stem, parts, code=_CODE.format(**numbers), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out by torch, and its model is given an image without numbers."""
        import torch

        from question_bank.programs import Program, of_torch

        program = Program(question.code, of_torch())
        with torch.device("meta"):
            program.run()
            model = {name: value for _, name, value in program.assigned}["model"]
            after = model(torch.zeros(1, *shown.shape(question)))
        return tuple(after.shape[1:]), sum(parameter.numel() for parameter in model[-1].parameters())
