"""Convolution over several input channels by hand: torch.nn.Conv2d, section Shape (the sum over C_in) and Variables."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import cnn, layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Table, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value, simplest
from question_bank.writing import cell_steps, flat, matrix, products, size_steps, table, total, window_count

_ONE = (
    "A convolution layer as in PyTorch (cross-correlation) has {c} input channels and one filter with a slice of ${k} * {k}$ "
    "weights for each of them, bias $b = {b}$, stride ${s}$ and no padding. Write its output for the image $x$ below, row by row."
)
_TWO = (
    "A convolution layer as in PyTorch (cross-correlation) has {c} input channels and two filters, each with a slice of ${k} * {k}$ "
    "weights for every input channel, biases $b_1 = {b}$ and $b_2 = {b2}$, stride ${s}$ and no padding. Write both channels of "
    "its output for the image $x$ below, row by row."
)
_RULES = (
    "first-channel-only",
    "one-slice-for-all-channels",
    "channels-averaged",
    "bias-forgotten",
    "bias-per-input-channel-added",
    "kernel-flipped",
    "channels-kept-apart",
    "filter-axes-exchanged",
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The image (C, H, W), the filters (F, C, K, K), the biases (F,) and the stride."""

    x: list[Matrix]
    w: list[list[Matrix]]
    b: list[int]
    s: int

    def output(self, f: int, w: list[Matrix] | None = None, bias: int | None = None) -> Exact:
        """Return output channel f, perhaps with other weights or another bias."""
        return layers.correlate_channels(self.x, w or self.w[f], self.b[f] if bias is None else bias, self.s)


def _entries(given: Given, draw: Draw) -> _Layer:
    c, f, k = given["c"], given["f"], given["k"]
    x = [matrix(draw, given["h"], given["w"], -2, 4) for _ in range(c)]
    w = [[matrix(draw, k, k, -2, 2) for _ in range(c)] for _ in range(f)]
    return _Layer(x, w, [given["b"], given["b"] + 3][:f], given["s"])


def _mistaken(rule: str, layer: _Layer, f: int) -> Exact:
    """Return the output channel f that a mistake leads to."""
    w, b, channels = layer.w[f], layer.b[f], len(layer.x)
    match rule:
        case "first-channel-only":
            return layers.correlate_channels(layer.x[:1], w[:1], b, layer.s)
        case "channels-kept-apart":
            return layers.correlate_channels([layer.x[f]], [w[f]], b, layer.s)
        case "channels-averaged":
            sums = layer.output(f, bias=0)
            return [[simplest(Fraction(value) / channels + b) for value in row] for row in sums]
    weights = {
        "one-slice-for-all-channels": [w[0]] * channels,
        "kernel-flipped": [layers.turned(part) for part in w],
        "filter-axes-exchanged": [other[f] for other in layer.w],
    }
    biases = {"bias-forgotten": 0, "bias-per-input-channel-added": b * channels}
    return layer.output(f, weights.get(rule, w), biases.get(rule, b))


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can be made: the last two need two filters, and the last as many channels."""
    idle = {"channels-kept-apart": given["f"] == 1, "filter-axes-exchanged": given["f"] != given["c"]}
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _wrong(layer: _Layer, given: Given) -> tuple[Wrong, ...]:
    found: list[Wrong] = []
    for f in range(given["f"]):
        values = {rule: Grid.of(_mistaken(rule, layer, f)) for rule in _applicable(given)}
        found += live(Array(Grid.of(layer.output(f))), dict(values), part=f)
    return tuple(found)


def _separated(layer: _Layer, given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers of the filter on which they collide most."""
    wrong = _wrong(layer, given)
    by_part = [tuple(w for w in wrong if w.part == f) for f in range(given["f"])]
    return min(by_part, key=lambda part: len({w.value for w in part}))


def _steps(layer: _Layer, given: Given) -> tuple[Step, ...]:
    """Work out every cell as one sum over all channels."""
    steps = list(size_steps(given))
    lines = [cnn.windows(image, given["k"], given["s"]) for image in layer.x]
    for f, w in enumerate(layer.w):
        weights = [weight for part in w for weight in flat(part)]
        key = layer.output(f)
        formulas = [
            [
                total([*products([v for c in lines for v in flat(c[i][j])], weights), f"({layer.b[f]})"])
                for j in range(len(key[0]))
            ]
            for i in range(len(key))
        ]
        steps += cell_steps(formulas, key, f"Output channel {f + 1}" if given["f"] > 1 else "")
    return tuple(steps)


def _tables(layer: _Layer) -> tuple[Table, ...]:
    images = [table("Image $x$, channel {c}", image, c=c) for c, image in enumerate(layer.x, start=1)]
    slices = [
        table(
            "Filter {f}, slice for channel {c}" if len(layer.w) > 1 else "Filter, slice for channel {c}",
            part,
            f=f,
            c=c,
        )
        for f, w in enumerate(layer.w, start=1)
        for c, part in enumerate(w, start=1)
    ]
    return (*images, *slices)


def _askable(given: Given) -> bool:
    """Whether the image is no square and the output has 2 to 4 cells."""
    if given["h"] == given["w"] or (given["c"], given["f"]) == (3, 2):
        return False
    return 2 <= window_count(given["h"], given) * window_count(given["w"], given) <= 4


@family("conv-several-channels-by-hand", topic="convolution", version=1)
class ConvSeveralChannelsByHand:
    """Convolution of an image with two or three channels, with one filter or two."""

    space = Space(
        c=(2, 3),
        f=(1, 2),
        h=(2, 3, 4),
        w=(2, 3, 4, 5),
        k=(2,),
        s=(1, 2),
        b=(-2, 1),
        radicals=("c", "f"),
    ).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and filters on which the mistakes that can be made do show."""
        layer = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _separated(drawn, given),
            len(_applicable(given)),
        )
        prompts = ("Channel 1 of the output", "Channel 2 of the output") if given["f"] > 1 else ("Output",)
        parts = tuple(
            Part(Array(Grid.of(layer.output(f))), Message(f"{prompt}, one row on each line"))
            for f, prompt in enumerate(prompts)
        )
        return Draft(
            Message(_TWO if given["f"] > 1 else _ONE, {**given, "b2": layer.b[-1]}),
            parts,
            tables=_tables(layer),
            solution=_steps(layer, given),
            wrong=_wrong(layer, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Convolved by torch, from the tables and the biases that the stem shows."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import exact, stacked

        c, s = shown.numbers(question, "cs")
        grids = [entry.value for entry in question.tables]
        f = len(grids) // c - 1
        w = torch.cat([stacked(grids[c + i * c : 2 * c + i * c]) for i in range(f)])
        shown.agree(question, k=w.shape[-1])
        b = torch.tensor(shown.numbers(question, ("b", "b2")[:f]), dtype=w.dtype)
        out = functional.conv2d(stacked(grids[:c]), w, b, s)
        return tuple(exact(channel) for channel in out[0])
