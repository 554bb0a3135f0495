"""1x1 convolution by hand: Lin, Chen and Yan, Network In Network, arXiv:1312.4400, section 3; torch.nn.Conv2d."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value, simplest
from question_bank.writing import cell_steps, matrix, products, table, total

_STEM = (
    "A layer `nn.Conv2d({c}, {f}, kernel_size=1)` has the weights $w$ below, with one row for each filter and one column for "
    "each input channel, and the biases $b$, one for each filter. Write all channels of its output for the image $x$ of {c} "
    "channels, row by row."
)
_RULES = (
    "bias-forgotten",
    "bias-per-input-channel-added",
    "first-channel-only",
    "channels-averaged",
    "one-bias-per-layer",
    "channels-kept-apart",
    "filter-axes-exchanged",
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The image (C, H, W), the weights (F, C) and the biases (F,)."""

    x: list[Matrix]
    w: Matrix
    b: list[int]

    def output(self, weights: list[int], bias: int) -> Exact:
        """Return an output channel (H, W): at each pixel the weighted sum over the channels."""
        return layers.correlate_channels(self.x, [[[weight]] for weight in weights], bias)


def _entries(given: Given, draw: Draw) -> _Layer:
    x = [matrix(draw, given["h"], given["w"], -3, 5) for _ in range(given["c"])]
    (b,) = matrix(draw, 1, given["f"], 1, 4)
    return _Layer(
        x, matrix(draw, given["f"], given["c"], -3, 3), [value * (-1) ** i for i, value in enumerate(b)]
    )


def _mistaken(rule: str, layer: _Layer, f: int) -> Exact:
    """Return the output channel f that a mistake leads to."""
    w, b, channels = layer.w[f], layer.b[f], len(layer.x)
    if rule == "channels-averaged":
        return [[simplest(Fraction(v) / channels + b) for v in row] for row in layer.output(w, 0)]
    weights = {
        "first-channel-only": [w[0], *[0] * (channels - 1)],
        "channels-kept-apart": [weight if c == f else 0 for c, weight in enumerate(w)],
        "filter-axes-exchanged": [row[f % channels] for row in layer.w],
    }
    biases = {
        "bias-forgotten": 0,
        "bias-per-input-channel-added": b * channels,
        "one-bias-per-layer": layer.b[0],
    }
    return layer.output(weights.get(rule, w), biases.get(rule, b))


def _applicable(given: Given, f: int) -> tuple[str, ...]:
    """Return the mistakes that can show in output channel f; the last one needs as many filters as channels."""
    idle = {
        "one-bias-per-layer": f == 0,
        "channels-kept-apart": f == 0,
        "filter-axes-exchanged": given["f"] != given["c"],
    }
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _wrong(layer: _Layer, given: Given) -> tuple[Wrong, ...]:
    found: list[Wrong] = []
    for f in range(given["f"]):
        key = Array(Grid.of(layer.output(layer.w[f], layer.b[f])))
        found += live(
            key, {rule: Grid.of(_mistaken(rule, layer, f)) for rule in _applicable(given, f)}, part=f
        )
    return tuple(found)


def _solution(layer: _Layer) -> tuple[Step, ...]:
    steps: list[Step] = []
    for f, (w, b) in enumerate(zip(layer.w, layer.b, strict=True)):
        formulas = [
            [total([*products(pixel, w), f"({b})"]) for pixel in zip(*rows, strict=True)]
            for rows in zip(*layer.x, strict=True)
        ]
        steps += cell_steps(formulas, layer.output(w, b), f"Output channel {f + 1}")
    return tuple(steps)


@family("conv-1x1-by-hand", topic="convolution", version=1)
class Conv1x1ByHand:
    """1x1 convolution: a weighted sum over the channels at every pixel."""

    space = Space(c=(2, 3), f=(2, 3), h=(1, 2, 3), w=(2, 3), radicals=("c", "f")).where(
        lambda given: given["h"] < given["w"]
    )
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and weights on which the mistakes that can show do show."""
        layer = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(drawn, given),
            sum(len(_applicable(given, f)) for f in range(given["f"])),
        )
        parts = tuple(
            Part(
                Array(Grid.of(layer.output(w, b))),
                Message("Channel {f} of the output, one row on each line", {"f": f}),
            )
            for f, (w, b) in enumerate(zip(layer.w, layer.b, strict=True), start=1)
        )
        images = [table("Image $x$, channel {c}", image, c=c) for c, image in enumerate(layer.x, start=1)]
        return Draft(
            Message(_STEM, {"c": given["c"], "f": given["f"]}),
            parts,
            tables=(*images, table("Weights $w$", layer.w), table("Biases $b$", [layer.b])),
            solution=_solution(layer),
            wrong=_wrong(layer, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """A dense layer of torch over the channels of each pixel, from the tables that the stem shows."""
        from torch.nn import functional

        from question_bank.tensors import exact, stacked, tensor

        *images, w, b = (entry.value for entry in question.tables)
        pixels = stacked(images)[0].movedim(0, -1)  # (H, W, C)
        shown.agree(question, c=len(images), f=w.shape[0])
        out = functional.linear(pixels, tensor(w)[0, 0], tensor(b)[0, 0, 0])
        channels = [int(str(part.prompt.fields["f"])) for part in question.parts]
        return tuple(exact(out[..., channel - 1]) for channel in channels)
