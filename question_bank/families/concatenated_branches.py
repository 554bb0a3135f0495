"""Branches joined along the channels: Szegedy et al., arXiv:1409.4842, section 4 (Inception); torch.cat."""

from question_bank import shown
from question_bank.answers import Answer, Integer, Raises, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.figures import Figure
from question_bank.formulas import layer_text, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import RAISED, Value

AXES = ("batch", "channels", "height", "width")
_BATCH = 2
_STEM = (
    "What does the last line of this program print? Where it raises an error, say so. And how many parameters have the four "
    "branches in all?"
)
_COUNT = "f_1*c + f_1 + r*c + r + f_2*r*9 + f_2 + f_3*c*25 + f_3 + f_4*c + f_4"
_RULES = {
    "bias-forgotten": "f_1*c + r*c + f_2*r*9 + f_3*c*25 + f_4*c",
    "branch-reduction-forgotten": "f_1*c + f_1 + f_2*c*9 + f_2 + f_3*c*25 + f_3 + f_4*c + f_4",
    "branches-in-a-row": "f_1*c + f_1 + r*f_1 + r + f_2*r*9 + f_2 + f_3*f_2*25 + f_3 + f_4*f_3 + f_4",
    "input-channels-forgotten": "f_1 + f_1 + r + r + f_2*9 + f_2 + f_3*25 + f_3 + f_4 + f_4",
}
_LINES = (
    ("a", "Branch 1", "f_1*c + f_1"),
    ("b", "Branch 2: its 1x1 convolution, then its 3x3 convolution", "r*c + r + f_2*r*9 + f_2"),
    ("e", "Branch 3", "f_3*c*25 + f_3"),
    ("d", "Branch 4: its pooling has none", "f_4*c + f_4"),
    ("", "Parameters in all", "a + b + e + d"),
)


def _code(given: Given) -> str:
    c, r = given["c"], given["r"]
    first = layer_text("Conv2d", c, r, kernel_size=1)
    second = layer_text("Conv2d", r, given["f_2"], kernel_size=3, padding=1)
    third = layer_text("Conv2d", c, given["f_3"], kernel_size=5, padding=2 if given["fits"] else 1)
    last = layer_text("Conv2d", c, given["f_4"], kernel_size=1)
    return "\n".join(
        (
            f"b1 = {layer_text('Conv2d', c, given['f_1'], kernel_size=1)}",
            f"b2 = nn.Sequential({first}, {second})",
            f"b3 = {third}",
            f"b4 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), {last})",
            f"x = torch.zeros({_BATCH}, {c}, {given['h']}, {given['w']})",
            "y = torch.cat((b1(x), b2(x), b3(x), b4(x)), dim=1)",
            "print(tuple(y.shape))",
        )
    )


def _shape(given: Given) -> Shape:
    channels = given["f_1"] + given["f_2"] + given["f_3"] + given["f_4"]
    return Shape((_BATCH, channels, given["h"], given["w"]), AXES)


def _answer(given: Given) -> Answer:
    return _shape(given) if given["fits"] else Raises(_shape(given).field)


def _count(given: Given) -> Integer:
    return Integer(int(solve((_COUNT,), given)[0]), "parameters")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    h, w, filters = given["h"], given["w"], [given[f"f_{number}"] for number in range(1, 5)]
    values: dict[str, Value | None] = {"branch-sizes-unnoticed": _shape(given).value}
    if given["fits"]:
        values = {
            "branches-added": (_BATCH, max(filters), h, w),
            "branches-joined-in-height": (_BATCH, filters[0], 4 * h, w),
            "branch-of-pooling-keeps-channels": (_BATCH, sum(filters[:3]) + given["c"], h, w),
            "branch-reduction-counted": (_BATCH, sum(filters) + given["r"], h, w),
            "branch-paddings-ignored": (_BATCH, sum(filters), h - 4, w - 4),
            "raises-assumed": RAISED,
        }
    return (*live(_answer(given), values), *wrong(_count(given), _RULES, given, 1))


def _solution(given: Given) -> tuple[Step, ...]:
    sizes = (
        Step(
            Message("Height after branch 3"), "h + 2*p - 4", {"h": given["h"], "p": p}, given["h"] + 2 * p - 4
        )
        for p in ((2,) if given["fits"] else (1,))
    )
    label = "Channels: those of all branches"
    if not given["fits"]:
        label = (
            "Branch 3 is smaller than the others, so torch.cat raises an error; else the channels would be"
        )
    channels = worked((("", label, "f_1 + f_2 + f_3 + f_4"),), given)
    return (*sizes, *channels, *worked(_LINES, given))


_FIGURE = Figure(
    "layer-stack",
    Message(
        "The input goes into four branches side by side: a convolution; two convolutions; a convolution; a pooling and a "
        "convolution. `torch.cat` joins what comes out of them."
    ),
    {"before": 1, "branches": (1, 2, 1, 2)},
    (
        "`x`",
        "`b1`\n`Conv2d`",
        "`b2`\n`Conv2d`",
        "`Conv2d`",
        "`b3`\n`Conv2d`",
        "`b4`\n`MaxPool2d`",
        "`Conv2d`",
        "`cat`",
    ),
)


@family("concatenated-branches", topic="shapes", version=2)
class ConcatenatedBranches:
    """Shape and parameters of four branches joined along the channels, or the error that they raise."""

    space = Space(
        fits=(1, 0),
        c=(8, 16, 24),
        h=(7, 8),
        w=(6, 10),
        r=(4, 6),
        f_1=(8, 12, 16),
        f_2=(10, 20, 32),
        f_3=(5, 9),
        f_4=(3, 6),
        radicals=("fits",),
    ).where(
        lambda given: given["fits"] == 1 or (given["c"] + given["f_1"] + given["f_2"] + given["f_4"]) % 3 == 0
    )
    rules = (
        "branches-added",
        "branches-joined-in-height",
        "branch-of-pooling-keeps-channels",
        "branch-reduction-counted",
        "branch-paddings-ignored",
        "branch-sizes-unnoticed",
        "raises-assumed",
        *_RULES,
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask what is printed, and for the parameters; fits = 0 leaves branch 3 smaller than the others."""
        parts = (
            Part(_answer(given), Message("Shape (batch, channels, height, width)"), may_raise=True),
            Part(_count(given), Message("Parameters of the branches")),
        )
        code, solution = _code(given), _solution(given)
        return Draft(Message(_STEM), parts, code=code, solution=solution, wrong=_wrong(given), figure=_FIGURE)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out by torch, and the parameters of its branches are counted."""
        from question_bank.listing import layer, parameter_count
        from question_bank.programs import printed_shape

        branches = [line.partition(" = ")[2] for line in question.code.splitlines()[:4]]
        counts = tuple(len(list(layer(branch).children())) or 1 for branch in branches)
        shown.agree_on_figure(question, before=1, branches=counts)
        return printed_shape(question.code) or RAISED, sum(map(parameter_count, branches))
