"""Two filters one after the other, and the single filter that does the same: linear layers compose to a linear layer."""

from collections.abc import Mapping, Sequence

from question_bank import layers, pipelines
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.formulas import layer_text
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.pipelines import Stage
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import cell_steps, matrix, product, table, total

_STEM = (
    "The image $x$ of {h} rows and {w} columns is filtered twice, by the layers of the listing: first with the filter $u$, then the "
    "result with the filter $v$ (cross-correlation, as in PyTorch). Write (a) the result of the first layer and (b) that of the "
    "second; a (b) that follows rightly from your own (a) counts as right. (c) Which single filter of 3 rows and 3 columns, laid on "
    "$x$ once, gives the result of both?"
)
_PROMPTS = (
    "(a) After the filter $u$, one row on each line",
    "(b) After the filter $v$, one row on each line",
    "(c) Single filter, one row on each line",
)
_SINGLE = (
    "combined-filter-turned",
    "filters-added",
    "filters-multiplied-cell-by-cell",
)
_CLASSIC: Mapping[int, Sequence[Matrix]] = {
    0: ([[1, 1], [1, 1]], [[1, -1], [1, -1]], [[1, 1], [-1, -1]], [[-1, 1], [-1, 1]]),
    1: ([[1, 0], [0, -1]], [[0, 1], [-1, 0]], [[1, 1], [0, 0]], [[1, 0], [1, 0]], [[1, -1], [0, 0]]),
}
"""Filters that add up, and that take differences along rows, columns and diagonals."""


def _stages(u: Matrix, v: Matrix) -> tuple[Stage, ...]:
    return (
        pipelines.convolution(_PROMPTS[0], u, label="(a)"),
        pipelines.convolution(_PROMPTS[1], v, label="(b)"),
    )


def _pairs(u: Matrix, v: Matrix, row: int, column: int) -> list[tuple[int, int]]:
    """List the weights of v and u whose places add up to one place of the single filter."""
    return [
        (v[i][j], u[row - i][column - j])
        for i in (0, 1)
        for j in (0, 1)
        if 0 <= row - i <= 1 and 0 <= column - j <= 1
    ]


def _single(u: Matrix, v: Matrix) -> Matrix:
    return [[sum(a * b for a, b in _pairs(u, v, i, j)) for j in range(3)] for i in range(3)]


def _by_cell(u: Matrix, v: Matrix, rule: str) -> Grid:
    """Combine weights at the same place, which gives too small a filter."""
    pairs = zip(u, v, strict=True)
    rows = [
        [a + b if rule == "filters-added" else a * b for a, b in zip(*pair, strict=True)] for pair in pairs
    ]
    return Grid.of(rows)


def _wrong(x: Grid, u: Matrix, v: Matrix) -> tuple[Wrong, ...]:
    single, stages = _single(u, v), _stages(u, v)
    second = Array(pipelines.values(x, stages)[-1])
    values: dict[str, Value | None] = {
        rule: _by_cell(u, v, rule) if "filters" in rule else Grid.of(layers.turned(single))
        for rule in _SINGLE
    }
    on_the_image = stages[1].operation.apply((x,))
    return (
        *pipelines.wrong(x, stages),
        *live(second, {"second-filter-on-the-image": on_the_image}, part=1),
        *live(Array(Grid.of(single)), values, part=2),
    )


def _entries(given: Given, draw: Draw) -> tuple[Grid, Matrix, Matrix]:
    """Draw an image and two different filters, which order does not matter for the single one but for the steps."""
    x = matrix(draw, given["h"], given["w"], 0, 5)
    u, v = draw.shuffle((*_CLASSIC[0], *_CLASSIC[1]))[:2] if given["mixed"] else draw.shuffle(_CLASSIC[0])[:2]
    return Grid.of(x), u, v


def _solution(x: Grid, u: Matrix, v: Matrix) -> tuple[Step, ...]:
    formulas = [[total(product(*pair) for pair in _pairs(u, v, i, j)) for j in range(3)] for i in range(3)]
    return (*pipelines.steps(x, _stages(u, v)), *cell_steps(formulas, _single(u, v), "(c)"))


@family("stacked-filters", topic="convolution", version=1)
class StackedFilters:
    """Two classic filters in a row by hand, and the single filter that does the same."""

    space = Space(h=(3, 4, 5), w=(3, 4, 5), mixed=(0, 1), radicals=("mixed",)).where(
        lambda given: given["h"] != given["w"] and given["h"] * given["w"] <= 15
    )
    rules = ("kernel-flipped", "second-filter-on-the-image", *_SINGLE)
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and filters on which the mistakes show."""
        x, u, v = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _wrong(*drawn), 6
        )
        layer = layer_text("Conv2d", 1, 1, kernel_size=2, bias=False)
        single = Part(Array(Grid.of(_single(u, v))), Message(_PROMPTS[2]))
        return Draft(
            Message(_STEM, {"h": given["h"], "w": given["w"]}),
            (*pipelines.parts(x, _stages(u, v)), single),
            code=pipelines.listing((layer, layer)),
            tables=(table("Image $x$", x.rows()), table("Filter $u$", u), table("Filter $v$", v)),
            solution=_solution(x, u, v),
            wrong=_wrong(x, u, v),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Both layers are run by torch; the single filter is read off what they do to an image with one bright pixel."""
        from question_bank.running import of_question, outputs

        _, u, v = (entry.value for entry in question.tables)
        pixel = Grid.of([[int(i == j == 2) for j in range(5)] for i in range(5)])
        seen = outputs(question.code, pixel, [(u, 0), (v, 0)])[-1]
        return *of_question(question), Grid(seen.shape, seen.cells[::-1])
