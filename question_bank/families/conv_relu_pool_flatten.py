"""A convolution, ReLU, a pooling and a flattening by hand, one after the other: torch.nn.Sequential, torch.nn.Flatten."""

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
    "below and the bias {b} (cross-correlation, as in PyTorch). Write what comes out of each layer, for this one image. A part "
    "that follows rightly from your own answer to the part before it counts as right."
)
_PROMPTS = (
    "(a) After the convolution, one row on each line",
    "(b) After the ReLU, one row on each line",
    "(c) After the pooling, one row on each line",
    "(d) After the flattening, in order",
)
_POOLS = ("nn.MaxPool2d(2)", "nn.AvgPool2d(2)")


def _stages(w: Matrix, given: Given) -> Sequence[Stage]:
    return (
        pipelines.convolution(_PROMPTS[0], w, given["b"], label="(a)"),
        pipelines.relu(_PROMPTS[1], label="(b) What is negative becomes 0"),
        pipelines.pooling(_PROMPTS[2], ("max", "avg")[given["mean"]], label="(c)"),
        pipelines.flattening(_PROMPTS[3], label="(d)"),
    )


def _entries(given: Given, draw: Draw) -> tuple[Grid, Matrix]:
    return Grid.of(matrix(draw, given["h"], given["w"], -1, 4)), matrix(draw, 2, 2, -2, 2)


def _telling(x: Grid, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where two cells that are flattened are the same."""
    last = pipelines.values(x, _stages(w, given))[-1].cells
    return pipelines.wrong(x, _stages(w, given)) if len(set(last)) == len(last) else ()


def _askable(given: Given) -> bool:
    """Whether 16 or 20 cells come out of the convolution, of which the pooling makes two rows and two columns."""
    return window_count(given["h"], given) * window_count(given["w"], given) <= 20


@family("conv-relu-pool-flatten", topic="convolution", version=1)
class ConvReluPoolFlatten:
    """A convolution, ReLU, a pooling and a flattening, marked with follow-through."""

    space = Space(
        h=(5, 6), w=(5, 6), k=(2,), s=(1,), b=(-2, -1, 1, 2), mean=(0, 1), radicals=("mean",)
    ).where(_askable)
    rules = (
        "kernel-flipped",
        "bias-forgotten",
        "relu-forgotten",
        "magnitude-instead-of-relu",
        "relu-of-the-negatives",
        "pool-stride-one",
        "mean-instead-of-max",
        "min-instead-of-max",
        "max-instead-of-mean",
        "flattened-by-columns",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which the mistakes show."""
        x, w = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _telling(*drawn, given), 8
        )
        layers = (
            layer_text("Conv2d", 1, 1, kernel_size=2),
            "nn.ReLU()",
            _POOLS[given["mean"]],
            "nn.Flatten()",
        )
        return pipelines.draft(
            Message(_STEM, {"h": given["h"], "w": given["w"], "b": given["b"]}),
            layers,
            _stages(w, given),
            x,
            w,
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run through torch's own layers, read from the listing, with the filter and the bias of the stem."""
        from question_bank.running import of_question

        return of_question(question, 4)
