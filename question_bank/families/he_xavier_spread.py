"""Variance of initial weights: He et al., arXiv:1502.01852, equation 10; Glorot and Bengio 2010, equation 12; torch.nn.init."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Integer, Number
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEMS = (
    (
        "The layer `{layer}` reads images of {n} rows and {n} columns. He's (Kaiming's) initialisation for ReLU draws its weights "
        "from a normal distribution with mean 0: `nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')`, which uses the fan-in. "
        "Write (a) the fan-in, (b) the fan-out, and (c) the variance of the weights, as a fraction such as 2/75 or to six decimals."
    ),
    (
        "The layer `{layer}` reads images of {n} rows and {n} columns. Xavier's (Glorot's) initialisation draws its weights from a "
        "normal distribution with mean 0: `nn.init.xavier_normal_(layer.weight)`. Write (a) the fan-in, (b) the fan-out, and (c) the "
        "variance of the weights, as a fraction such as 2/75 or to six decimals."
    ),
)
_IN, _OUT = "c_in*k*k", "c_out*k*k"
_VARIANCES = (f"2 / ({_IN})", f"2 / ({_IN} + {_OUT})")
_FOLLOWS = (
    Follow("formula", (0,), formula="2 / a"),
    Follow("formula", (0, 1), formula="2 / (a + b)"),
)
_FAN_RULES = (
    {
        "fan-without-the-kernel": "c_in",
        "fan-kernel-side-once": "c_in*k",
        "fans-exchanged": _OUT,
        "fan-counts-all-weights": "c_in*c_out*k*k",
        "fan-of-the-image": "c_in*n*n",
    },
    {
        "fan-without-the-kernel": "c_out",
        "fan-kernel-side-once": "c_out*k",
        "fans-exchanged": _IN,
        "fan-counts-all-weights": "c_in*c_out*k*k",
        "fan-of-the-image": "c_out*n*n",
    },
)
_SPREAD_RULES = (
    {"other-initialisation": _VARIANCES[1], "spread-numerator-one": f"1 / ({_IN})"},
    {"other-initialisation": _VARIANCES[0], "spread-numerator-one": f"1 / ({_IN} + {_OUT})"},
)
_LINES = (
    ("fan_in", "(a) Fan-in: numbers that one output is summed from", _IN),
    ("fan_out", "(b) Fan-out: output channels times the kernel's pixels", _OUT),
)
_LAST = (
    ("", "(c) Variance: 2 over the fan-in", "2 / fan_in"),
    ("", "(c) Variance: 2 over the sum of both fans", "2 / (fan_in + fan_out)"),
)


def _keys(given: Given) -> tuple[Integer, Integer, Number]:
    fan_in, fan_out, variance = solve((_IN, _OUT, _VARIANCES[given["xavier"]]), given)
    return Integer(int(fan_in)), Integer(int(fan_out)), Number(variance, Fraction(1, 10**6))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    fan_in, fan_out, variance = _keys(given)
    return (
        *wrong(fan_in, _FAN_RULES[0], given),
        *wrong(fan_out, _FAN_RULES[1], given, part=1),
        *wrong(variance, _SPREAD_RULES[given["xavier"]], given, part=2, least=0),
    )


@family("he-xavier-spread", topic="training", version=1)
class HeXavierSpread:
    """Fan-in, fan-out and variance of a convolution's initial weights, by He or by Xavier."""

    space = Space(
        c_in=(1, 3, 4, 6, 8, 12, 16, 32),
        c_out=(2, 4, 6, 8, 10, 16, 20, 32),
        k=(2, 3, 5),
        n=(14, 28, 32),
        xavier=(0, 1),
        radicals=("xavier",),
    ).where(lambda given: given["c_in"] != given["c_out"] and separated(_wrong(given), 10))
    rules = (*_FAN_RULES[0], *_SPREAD_RULES[0])
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both fans, and for the variance that follows from them; the image's size is there to be left aside."""
        method = given["xavier"]
        layer = layer_text("Conv2d", given["c_in"], given["c_out"], kernel_size=given["k"])
        fan_in, fan_out, variance = _keys(given)
        parts = (
            Part(fan_in, Message("(a) Fan-in")),
            Part(fan_out, Message("(b) Fan-out")),
            Part(variance, Message("(c) Variance"), follow=_FOLLOWS[method]),
        )
        stem = Message(_STEMS[method], {"layer": layer, "n": given["n"]})
        return Draft(stem, parts, solution=worked((*_LINES, _LAST[method]), given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Fans as torch counts them; the spread by which torch's own draw is wider than a standard one with the same seed."""
        import torch
        from torch.nn import init

        from question_bank.listing import layer

        built = layer(shown.text(question, "layer"))
        weight = torch.empty_like(built.get_parameter("weight"), dtype=torch.float64)
        fans = init._calculate_fan_in_and_fan_out(weight)  # noqa: SLF001 -- there is no public name for it
        seed = torch.Generator()
        standard = torch.randn(weight.shape, dtype=weight.dtype, generator=seed.manual_seed(1))
        if "xavier" in question.stem.template:
            init.xavier_normal_(weight, generator=seed.manual_seed(1))
        else:
            init.kaiming_normal_(weight, nonlinearity="relu", generator=seed.manual_seed(1))
        spread = (weight.norm() / standard.norm()).item()
        return *fans, Fraction(spread**2).limit_denominator(10**6)
