"""A strided convolution and an overlapping pooling by hand, one after the other: torch.nn.Conv2d, MaxPool2d, AvgPool2d."""

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
from question_bank.writing import matrix, window_count

_STEM = (
    "The image $x$ of {h} rows and {w} columns goes through the layers of the listing, where the convolution has the filter $w$ "
    "below and the bias {b} (cross-correlation, as in PyTorch). Write what comes out of each of the two layers, exactly. A part "
    "that follows rightly from your own answer to the part before it counts as right."
)
_PROMPTS = (
    "(a) After the convolution, one row on each line",
    "(b) After the pooling, one row on each line",
)
_POOLS = ("nn.MaxPool2d(2, stride=1)", "nn.AvgPool2d(2, stride=1)")


def _stages(w: Matrix, given: Given) -> Sequence[Stage]:
    return (
        pipelines.convolution(_PROMPTS[0], w, given["b"], given["s"], label="(a)"),
        pipelines.pooling(_PROMPTS[1], ("max", "avg")[given["mean"]], stride=1, label="(b)"),
    )


def _entries(given: Given, draw: Draw) -> tuple[Grid, Matrix]:
    return Grid.of(matrix(draw, given["h"], given["w"], -1, 4)), matrix(draw, given["k"], given["k"], -1, 2)


def _askable(given: Given) -> bool:
    """Whether the image is no square, and 6 to 9 cells come out of the convolution, in two rows and columns at least."""
    rows, columns = window_count(given["h"], given), window_count(given["w"], given)
    few = 6 <= rows * columns <= 9 and min(rows, columns) >= 2
    return few and given["h"] != given["w"] and max(given["h"], given["w"]) <= (8 if given["k"] == 2 else 7)


@family("strided-conv-then-pool", topic="convolution", version=1)
class StridedConvThenPool:
    """A strided convolution and a pooling whose windows overlap, marked with follow-through."""

    space = Space(
        h=(4, 5, 6, 7),
        w=(4, 5, 6, 7, 8),
        k=(2, 3),
        s=(2, 3),
        b=(-1, 1, 2),
        mean=(0, 1),
        radicals=("s", "mean"),
    ).where(_askable)
    rules = (
        "kernel-flipped",
        "bias-forgotten",
        "stride-ignored",
        "pool-stride-is-kernel",
        "mean-instead-of-max",
        "min-instead-of-max",
        "max-instead-of-mean",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which the mistakes show."""
        x, w = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: pipelines.wrong(drawn[0], _stages(drawn[1], given)),
            6 if not given["mean"] else 5,
        )
        convolution = layer_text("Conv2d", 1, 1, kernel_size=given["k"], stride=given["s"])
        return pipelines.draft(
            Message(_STEM, {"h": given["h"], "w": given["w"], "b": given["b"]}),
            (convolution, _POOLS[given["mean"]]),
            _stages(w, given),
            x,
            w,
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run through torch's own layers, read from the listing, with the filter and the bias of the stem."""
        from question_bank.running import of_question

        return of_question(question, 4)
