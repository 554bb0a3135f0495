"""A padded convolution, ReLU and max pooling by hand, one after the other: torch.nn.Conv2d, ReLU, MaxPool2d."""

from collections.abc import Sequence

from question_bank import pipelines
from question_bank.authoring import Draft, family, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.formulas import layer_text
from question_bank.message import Message
from question_bank.model import Given, Question, Wrong
from question_bank.pipelines import Stage
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import matrix, window_count

_STEM = (
    "The image $x$ of {h} rows and {w} columns goes through the layers of the listing, where the convolution has the filter $w$ "
    "below and the bias {b} (cross-correlation, as in PyTorch). Write what comes out of each layer. A part that follows rightly "
    "from your own answer to the part before it counts as right."
)
_PROMPTS = (
    "(a) After the convolution, one row on each line",
    "(b) After the ReLU, one row on each line",
    "(c) After the pooling, one row on each line",
)


def _stages(w: Matrix, given: Given) -> Sequence[Stage]:
    return (
        pipelines.convolution(_PROMPTS[0], w, given["b"], given["s"], given["p"], label="(a)"),
        pipelines.relu(_PROMPTS[1], label="(b) What is negative becomes 0"),
        pipelines.pooling(_PROMPTS[2], "max", label="(c)"),
    )


def _entries(given: Given, draw: Draw) -> tuple[Grid, Matrix]:
    """Draw an image and a filter of five ones and minus ones, at most, so that the sums are short."""
    x = matrix(draw, given["h"], given["w"], 0, 5)
    cells = draw.shuffle((1, 1, 1, -1, -1, 0, 0, 0, 0))
    return Grid.of(x), [list(cells[start : start + 3]) for start in (0, 3, 6)]


def _telling(x: Grid, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where every positive value is lost, or none is negative."""
    before = pipelines.values(x, _stages(w, given))[1].cells
    return pipelines.wrong(x, _stages(w, given)) if min(before) < 0 < max(before) else ()


def _askable(given: Given) -> bool:
    """Whether the image is no square, and 8 to 12 cells come out of the convolution."""
    cells = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and 8 <= cells <= 12


@family("pad-conv-pool", topic="convolution", version=1)
class PadConvPool:
    """A padded convolution, perhaps with a stride, ReLU and max pooling, marked with follow-through."""

    space = Space(
        h=(2, 3, 4, 5, 6, 7), w=(4, 5, 6, 7, 8), k=(3,), s=(1, 2), p=(1,), b=(-2, -1, 1, 2), radicals=("s",)
    ).where(_askable)
    rules = (
        "kernel-flipped",
        "bias-forgotten",
        "stride-ignored",
        "padding-ignored",
        "relu-forgotten",
        "magnitude-instead-of-relu",
        "relu-of-the-negatives",
        "pool-stride-one",
        "mean-instead-of-max",
        "min-instead-of-max",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which the mistakes show."""
        x, w = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _telling(*drawn, given), 8
        )
        convolution = layer_text("Conv2d", 1, 1, kernel_size=3, stride=given["s"], padding=given["p"])
        return pipelines.draft(
            Message(_STEM, {"h": given["h"], "w": given["w"], "b": given["b"]}),
            (convolution, "nn.ReLU()", "nn.MaxPool2d(2)"),
            _stages(w, given),
            x,
            w,
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run through torch's own layers, read from the listing, with the filter and the bias of the stem."""
        from question_bank.running import of_question

        return of_question(question)
