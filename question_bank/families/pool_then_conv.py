"""Pooling, a padded convolution and a strided one, one after the other by hand: torch.nn.MaxPool2d, AvgPool2d, Conv2d."""

from collections.abc import Sequence

from question_bank import pipelines
from question_bank.authoring import Draft, family, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.formulas import layer_text
from question_bank.message import Message
from question_bank.model import Given, Question
from question_bank.pipelines import Stage
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import matrix

_STEM = (
    "The image $x$ of {h} rows and {w} columns goes through the layers of the listing. Both convolutions have the filter $w$ below "
    "and no bias (cross-correlation, as in PyTorch). Write what comes out of each layer. A part that follows rightly from your "
    "own answer to the part before it counts as right."
)
_POOLS = ("nn.MaxPool2d(2)", "nn.AvgPool2d(2)")
_PROMPTS = (
    "(a) After the pooling, one row on each line",
    "(b) After the first convolution, one row on each line",
    "(c) After the second convolution, one row on each line",
)


def _stages(w: Matrix, given: Given) -> Sequence[Stage]:
    return (
        pipelines.pooling(_PROMPTS[0], ("max", "avg")[given["mean"]], label="(a)"),
        pipelines.convolution(_PROMPTS[1], w, padding=1, label="(b)"),
        pipelines.convolution(_PROMPTS[2], w, stride=2, label="(c)"),
    )


def _entries(given: Given, draw: Draw) -> tuple[Grid, Matrix]:
    """Draw an image whose windows have whole means, and a filter that is not the same turned."""
    h, w = given["h"], given["w"]
    x = matrix(draw, h, w, 0, 9)
    for top in range(0, h - 1, 2):
        for left in range(0, w - 1, 2):
            rest = x[top][left] + x[top][left + 1] + x[top + 1][left]
            x[top + 1][left + 1] = -rest % 4 + 4 * draw.integer(0, 1)
    return Grid.of(x), matrix(draw, 2, 2, -1, 2)


@family("pool-then-conv", topic="convolution", version=1)
class PoolThenConv:
    """Pooling, a padded convolution and a strided one, marked with follow-through."""

    space = Space(h=(4, 5, 6), w=(4, 5, 6, 7), mean=(0, 1), radicals=("mean",)).where(
        lambda given: given["h"] != given["w"] and given["h"] // 2 * (given["w"] // 2) <= 6
    )
    rules = (
        "mean-instead-of-max",
        "max-instead-of-mean",
        "min-instead-of-max",
        "pool-stride-one",
        "kernel-flipped",
        "padding-ignored",
        "stride-ignored",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which the mistakes show."""
        x, w = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: pipelines.wrong(drawn[0], _stages(drawn[1], given)),
            6,
        )
        layers = (
            _POOLS[given["mean"]],
            layer_text("Conv2d", 1, 1, kernel_size=2, padding=1, bias=False),
            layer_text("Conv2d", 1, 1, kernel_size=2, stride=2, bias=False),
        )
        return pipelines.draft(
            Message(_STEM, {"h": given["h"], "w": given["w"]}), layers, _stages(w, given), x, w
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run through torch's own layers, read from the listing, with the filter of the table."""
        from question_bank.running import of_question

        return of_question(question, 4)
