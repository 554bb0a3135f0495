"""A convolution, ReLU and max pooling one after the other by hand: torch.nn.Sequential."""

from question_bank import pipelines
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
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
    "below and the bias $b = {b}$ (cross-correlation, as in PyTorch). Write what the image is after each layer. A part that "
    "follows rightly from your own answer to the part before it counts as right."
)
_PROMPTS = (
    "(a) After the convolution, one row on each line",
    "(b) After the ReLU, one row on each line",
    "(c) After the pooling, one row on each line",
)
_OTHER_ORDER = "pooled-before-the-convolution"


def _stages(w: Matrix, given: Given) -> tuple[Stage, ...]:
    return (
        pipelines.convolution(_PROMPTS[0], w, given["b"], padding=given["p"], label="(a)"),
        pipelines.relu(_PROMPTS[1], label="(b) What is negative becomes 0"),
        pipelines.pooling(_PROMPTS[2], "max", label="(c)"),
    )


def _reordered(x: Grid, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return what the layers lead to in another order, the pooling first."""
    convolution, relu, pool = (stage.operation for stage in _stages(w, given))
    turned_round = relu.apply((convolution.apply((pool.apply((x,)),)),))
    after = Array(pipelines.values(x, _stages(w, given))[-1])
    return live(after, {_OTHER_ORDER: turned_round}, part=2)


def _telling(x: Grid, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where the ReLU sets nothing to 0 or everything."""
    stages = _stages(w, given)
    before = pipelines.values(x, stages)[1].cells
    if not min(before) < 0 < max(before):
        return ()
    return *pipelines.wrong(x, stages), *_reordered(x, w, given)


def _entries(given: Given, draw: Draw) -> tuple[Grid, Matrix]:
    return Grid.of(matrix(draw, given["h"], given["w"], -2, 4)), matrix(draw, 2, 2, -2, 2)


def _askable(given: Given) -> bool:
    """Whether the convolution gives 8 to 16 cells and the image is no square."""
    cells = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and 8 <= cells <= 16


@family("layers-by-hand", topic="convolution", version=2)
class LayersByHand:
    """A convolution, ReLU and max pooling, one after the other."""

    space = Space(
        h=(2, 3, 4, 5), w=(3, 4, 5, 6), k=(2,), s=(1,), p=(0, 1), b=(-3, -2, 1, 2), radicals=("p",)
    ).where(_askable)
    rules = (
        "kernel-flipped",
        "bias-forgotten",
        "padding-ignored",
        "relu-forgotten",
        "magnitude-instead-of-relu",
        "relu-of-the-negatives",
        "mean-instead-of-max",
        "min-instead-of-max",
        "pool-stride-one",
        _OTHER_ORDER,
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which the mistakes of each layer show."""
        x, w = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _telling(*drawn, given), 8
        )
        convolution = layer_text("Conv2d", 1, 1, kernel_size=2, padding=given["p"])
        return pipelines.draft(
            Message(_STEM, {"h": given["h"], "w": given["w"], "b": given["b"]}),
            (convolution, "nn.ReLU()", "nn.MaxPool2d(2)"),
            _stages(w, given),
            x,
            w,
            _reordered(x, w, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run through torch's own layers, read from the listing, with the filter and the bias of the stem."""
        from question_bank.running import of_question

        return of_question(question)
