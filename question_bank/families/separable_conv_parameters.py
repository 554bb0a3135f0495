"""Parameters of a depthwise separable convolution: Howard et al., arXiv:1704.04861, section 3.1; torch.nn.Conv2d, `groups`."""

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_DEPTHWISE = "c_in*k*k + b*c_in"
_POINTWISE = "c_out*c_in + b*c_out"
_ORDINARY = "c_out*c_in*k*k + b*c_out"
_RULES = (
    {
        "depthwise-reads-all-channels": "c_in*c_in*k*k + b*c_in",
        "depthwise-one-filter": "k*k + b",
        "bias-forgotten": "c_in*k*k",
        "bias-counted-though-off": "c_in*k*k + c_in",
        "kernel-side-once": "c_in*k + b*c_in",
    },
    {
        "pointwise-not-connected": "c_out + b*c_out",
        "pointwise-keeps-kernel": _ORDINARY,
        "bias-forgotten": "c_out*c_in",
        "bias-counted-though-off": "c_out*c_in + c_out",
        "bias-per-input-channel": "c_out*c_in + b*c_in",
    },
    {
        "input-channels-forgotten": "c_out*k*k + b*c_out",
        "bias-forgotten": "c_out*c_in*k*k",
        "bias-counted-though-off": "c_out*c_in*k*k + c_out",
        "bias-per-input-channel": "c_out*c_in*k*k + b*c_in",
        "kernel-side-once": "c_out*c_in*k + b*c_out",
    },
)
_LINES = (
    ("", "Depthwise: a kernel and its bias for each channel", _DEPTHWISE),
    ("", "Pointwise: a weight for each pair of channels, and the biases", _POINTWISE),
    ("", "Ordinary: a kernel for each pair of channels, and the biases", _ORDINARY),
)
_STEM = (
    "How many parameters does each of these layers have: (a) the depthwise convolution `{depthwise}`, (b) the 1x1 convolution "
    "`{pointwise}` that follows it, and (c) the ordinary convolution `{ordinary}` that the two replace?"
)


def _keys(given: Given) -> list[Integer]:
    return [Integer(int(value), "parameters") for value in solve((_DEPTHWISE, _POINTWISE, _ORDINARY), given)]


def _wrong(given: Given) -> tuple[Wrong, ...]:
    found = [
        wrong(key, rules, given, part)
        for part, (key, rules) in enumerate(zip(_keys(given), _RULES, strict=True))
    ]
    return tuple(entry for part in found for entry in part)


@family("separable-conv-parameters", topic="parameters", version=1)
class SeparableConvParameters:
    """Numbers of parameters of a depthwise, a pointwise and an ordinary convolution."""

    space = Space(
        c_in=(4, 6, 8, 12, 16, 24, 32, 48, 64),
        c_out=(8, 10, 16, 20, 32, 40, 64, 96, 128),
        k=(3, 5, 7, 9),
        b=(0, 1),
        radicals=("b",),
    ).where(lambda given: given["c_in"] != given["c_out"] and separated(_wrong(given), 6))
    rules = tuple(dict.fromkeys(rule for rules in _RULES for rule in rules))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for three counts."""
        c_in, c_out, k, bias = given["c_in"], given["c_out"], given["k"], bool(given["b"])
        layers = {
            "depthwise": layer_text("Conv2d", c_in, c_in, kernel_size=k, groups=c_in, bias=bias),
            "pointwise": layer_text("Conv2d", c_in, c_out, kernel_size=1, bias=bias),
            "ordinary": layer_text("Conv2d", c_in, c_out, kernel_size=k, bias=bias),
        }
        prompts = ("(a) Depthwise convolution", "(b) 1x1 convolution", "(c) Ordinary convolution")
        parts = tuple(Part(key, Message(prompt)) for key, prompt in zip(_keys(given), prompts, strict=True))
        return Draft(Message(_STEM, layers), parts, solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in the layers that the stem shows, as torch builds them."""
        from question_bank.listing import parameter_count

        return tuple(
            parameter_count(shown.text(question, name)) for name in ("depthwise", "pointwise", "ordinary")
        )
