"""Edges by the two Sobel kernels: Sobel and Feldman 1968, as in Gonzalez and Woods, Digital Image Processing, section 10.2."""

from question_bank import cnn, layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import cell_steps, flat, matrix, products, table, total, window_count

_STEM = (
    "Apply the two Sobel kernels below to the image $x$ of {h} rows and {w} columns as PyTorch does (cross-correlation), with "
    "stride 1, without padding and bias. Write the two results $g_x$ and $g_y$, and the strength of the edges: the sum of the "
    "magnitudes of $g_x$ and $g_y$ at each position."
)
_X: Matrix = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
_Y: Matrix = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
_FOLLOWS = {"Strength": Follow("formula", (0, 1), formula="max(a, -a) + max(b, -b)")}
_FILTERED = ("kernel-flipped", "kernels-exchanged")
_STRENGTH = ("signs-kept-in-the-strength", "larger-of-two-magnitudes")


def _combined(a: int, b: int, rule: str) -> int:
    """Combine two results at one position by a mistake's rule, or by the right one."""
    match rule:
        case "signs-kept-in-the-strength":
            return a + b
        case "larger-of-two-magnitudes":
            return max(abs(a), abs(b))
    return abs(a) + abs(b)


def _strength(gx: Matrix, gy: Matrix, rule: str = "") -> Matrix:
    return [[_combined(*pair, rule) for pair in zip(*rows, strict=True)] for rows in zip(gx, gy, strict=True)]


def _wrong(x: Matrix) -> tuple[Wrong, ...]:
    gx, gy = cnn.correlate(x, _X), cnn.correlate(x, _Y)
    found: list[Wrong] = []
    for part, (key, kernel, other) in enumerate(((gx, _X, gy), (gy, _Y, gx))):
        flipped = Grid.of(cnn.correlate(x, layers.turned(kernel)))
        values = dict(zip(_FILTERED, (flipped, Grid.of(other)), strict=True))
        found += live(Array(Grid.of(key)), dict(values), part)
    combined = {rule: Grid.of(_strength(gx, gy, rule)) for rule in _STRENGTH}
    return (*found, *live(Array(Grid.of(_strength(gx, gy))), dict(combined), part=2))


def _entries(given: Given, draw: Draw) -> Matrix:
    """Draw a dark and a bright region with an edge between them, and some noise."""
    h, w = given["h"], given["w"]
    edge, slope = draw.integer(1, w - 1), draw.integer(-1, 1)
    noise = matrix(draw, h, w, 0, 2)
    return [[noise[i][j] + 6 * (j + slope * i >= edge) for j in range(w)] for i in range(h)]


def _solution(x: Matrix, gx: Matrix, gy: Matrix) -> tuple[Step, ...]:
    steps: list[Step] = []
    for name, kernel, result in (("$g_x$", _X, gx), ("$g_y$", _Y, gy)):
        formulas = [
            [total(products(flat(window), flat(kernel))) for window in line]
            for line in cnn.windows(x, len(kernel), 1)
        ]
        steps += cell_steps(formulas, result, name)
    magnitudes = [
        [f"max({a}, -({a})) + max({b}, -({b}))" for a, b in zip(*rows, strict=True)]
        for rows in zip(gx, gy, strict=True)
    ]
    return (*steps, *cell_steps(magnitudes, _strength(gx, gy), "Strength"))


def _askable(given: Given) -> bool:
    """Whether the image is no square and the results have 2 to 6 cells."""
    cells = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and 2 <= cells <= 6


@family("sobel-by-hand", topic="convolution", version=2)
class SobelByHand:
    """Edges of a small image by the two Sobel kernels, and their strength."""

    space = Space(h=(3, 4, 5), w=(3, 4, 5, 6), k=(3,), s=(1,)).where(_askable)
    rules = (*_FILTERED, *_STRENGTH)
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image with an edge on which the mistakes show in every part."""
        x = most_separated(draw, lambda stream: _entries(given, stream), _wrong, 6)
        gx, gy = cnn.correlate(x, _X), cnn.correlate(x, _Y)
        keys = {"$g_x$": gx, "$g_y$": gy, "Strength": _strength(gx, gy)}
        return Draft(
            Message(_STEM, {"h": given["h"], "w": given["w"]}),
            tuple(
                Part(Array(Grid.of(key)), Message(f"{name}, one row on each line"), follow=_FOLLOWS.get(name))
                for name, key in keys.items()
            ),
            tables=(table("Image $x$", x), table("Kernel for $g_x$", _X), table("Kernel for $g_y$", _Y)),
            solution=_solution(x, gx, gy),
            wrong=_wrong(x),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Convolved by torch with both kernels as two filters, from the tables that the stem shows."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import exact, tensor

        x, *kernels = (tensor(entry.value) for entry in question.tables)
        shown.agree_on_size(question)
        both = functional.conv2d(x, torch.cat(kernels))[0]
        return exact(both[0]), exact(both[1]), exact(both.abs().sum(0))
