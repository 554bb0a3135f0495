"""A residual block with a 1x1 convolution beside it: He et al., arXiv:1512.03385, section 3.2, equation 2."""

from question_bank import shown
from question_bank.answers import Answer, Integer, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.figures import Figure
from question_bank.following import Follow
from question_bank.formulas import layer_text, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("channels", "height", "width")
_STEM = (
    "A residual block computes `torch.relu(path(x) + shortcut(x))` with the layers below. For images of shape `{shape}` (channels, "
    "height, width): (a) what is the shape of its output, (b) how many parameters has the shortcut, and (c) the whole block?"
)
_SIDE = "(n + 2 - 3) // s + 1"
_SHORTCUT, _PATH = "f*c + f", "f*c*9 + f + f*f*9 + f"
_SHORTCUT_RULES = {
    "bias-forgotten": "f*c",
    "pointwise-keeps-kernel": "f*c*9 + f",
    "pointwise-not-connected": "f + f",
    "bias-per-input-channel": "f*c + c",
    "shortcut-thought-free": "0*f",
}
_BLOCK_RULES = {
    "bias-forgotten": "f*c + f*c*9 + f*f*9",
    "shortcut-not-counted": _PATH,
    "path-reads-the-input-twice": "f*c + f + 2*(f*c*9 + f)",
    "kernel-side-once": "f*c + f + f*c*3 + f + f*f*3 + f",
}
_LINES = (
    ("", "(a) Channels, of path and shortcut", "f"),
    ("", "Height behind the path's first convolution; the second one keeps it", "(h + 2 - 3) // s + 1"),
    ("", "Height behind the shortcut, the same", "(h - 1) // s + 1"),
    ("", "Width", "(w + 2 - 3) // s + 1"),
    ("short", "(b) Parameters of the shortcut", _SHORTCUT),
    ("path", "Parameters of the path", _PATH),
    ("", "(c) Parameters of the block; adding and ReLU have none", "short + path"),
)


def _keys(given: Given) -> tuple[Answer, ...]:
    sides = [int(solve((_SIDE,), {"n": given[axis], "s": given["s"]})[0]) for axis in "hw"]
    counts = solve((_SHORTCUT, f"{_SHORTCUT} + {_PATH}"), given)
    return (
        Shape((given["f"], *sides), AXES),
        *(Integer(int(count), "parameters") for count in counts),
    )


def _wrong(given: Given) -> tuple[Wrong, ...]:
    keys = _keys(given)
    f, c, h, w, s = (given[name] for name in ("f", "c", "h", "w", "s"))
    height, width = (h - 1) // s + 1, (w - 1) // s + 1
    shapes: dict[str, Value | None] = {
        "branches-put-side-by-side": (2 * f, height, width),
        "channels-unchanged": (c, height, width),
        "stride-ignored": (f, h, w),
        "stride-used-twice": (f, (height - 1) // s + 1, (width - 1) // s + 1),
        "plus-one-forgotten": (f, height - 1, width - 1),
        "channels-last": (height, width, f),
    }
    return (
        *live(keys[0], shapes),
        *wrong(keys[1], _SHORTCUT_RULES, given, 1, least=0),
        *wrong(keys[2], _BLOCK_RULES, given, 2),
    )


def _code(given: Given) -> str:
    c, f, s = given["c"], given["f"], given["s"]
    first = layer_text("Conv2d", c, f, kernel_size=3, stride=s, padding=1)
    second = layer_text("Conv2d", f, f, kernel_size=3, padding=1)
    return "\n".join(
        (
            f"path = nn.Sequential({first}, nn.ReLU(), {second})",
            f"shortcut = {layer_text('Conv2d', c, f, kernel_size=1, stride=s)}",
        )
    )


_FIGURE = Figure(
    "layer-stack",
    Message(
        "The image goes into the path, a convolution, a ReLU and another convolution, and beside it into the shortcut, one "
        "convolution. What comes out of both is added and goes through a ReLU."
    ),
    {"before": 1, "branches": (3, 1)},
    ("`x`", "`Conv2d`", "`ReLU`", "`Conv2d`", "`Conv2d`\n`shortcut`", "`+`", "`ReLU`"),
)


@family("residual-block", topic="parameters", version=3)
class ResidualBlock:
    """Shape and parameters of a residual block whose shortcut is a 1x1 convolution."""

    space = Space(
        c=(4, 6, 8, 16),
        f=(10, 12, 20, 24, 32),
        h=(14, 15, 20, 28, 33),
        w=(16, 18, 21, 24, 27),
        s=(2, 3),
        radicals=("s",),
    )
    rules = (
        "branches-put-side-by-side",
        "channels-unchanged",
        "stride-ignored",
        "stride-used-twice",
        "plus-one-forgotten",
        "channels-last",
        *dict.fromkeys((*_SHORTCUT_RULES, *_BLOCK_RULES)),
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the shape and both counts."""
        prompts = (
            "(a) Shape (channels, height, width)",
            "(b) Parameters of the shortcut",
            "(c) Parameters of the block",
        )
        path = solve((_PATH,), given)[0]
        follows = (None, None, Follow("formula", (1,), formula=f"a + {path}"))
        parts = tuple(
            Part(key, Message(text), follow=follow)
            for key, text, follow in zip(_keys(given), prompts, follows, strict=True)
        )
        stem = Message(_STEM, {"shape": (given["c"], given["h"], given["w"])})
        solution = worked(_LINES, given)
        return Draft(stem, parts, code=_code(given), solution=solution, wrong=_wrong(given), figure=_FIGURE)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Path and shortcut of the listing are run and added by torch, and their parameters counted."""
        import torch

        from question_bank.listing import layer, parameter_count

        path, shortcut = (line.partition(" = ")[2] for line in question.code.splitlines())
        shown.agree_on_figure(question, before=1, branches=(len(list(layer(path).children())), 1))
        x = torch.zeros(1, *shown.shape(question))
        with torch.no_grad():
            y = torch.relu(layer(path)(x) + layer(shortcut)(x))
        beside = parameter_count(shortcut)
        return tuple(y.shape[1:]), beside, beside + parameter_count(path)
