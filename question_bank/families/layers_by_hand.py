"""A convolution, ReLU and max pooling one after the other by hand: torch.nn.Sequential."""

from question_bank import cnn, layers
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import cell_steps, flat, largest, matrix, products, table, total, window_count

_STEM = (
    "The image $x$ of {h} rows and {w} columns goes through the layers of the listing, where the convolution has the filter $w$ "
    "below and the bias $b = {b}$ (cross-correlation, as in PyTorch). Write what the image is after the convolution, and what "
    "comes out after all three layers."
)
_LAYERS = "nn.Conv2d(1, 1, kernel_size=2{padding})", "nn.ReLU()", "nn.MaxPool2d(2)"
_AFTER_CONVOLUTION = ("kernel-flipped", "bias-forgotten", "padding-ignored")
_AFTER_ALL = ("relu-forgotten", "mean-instead-of-max", "pool-stride-one", "pooled-before-the-convolution")


def _convolved(x: Matrix, w: Matrix, given: Given, rule: str = "") -> Matrix:
    """Return what the image is after the convolution, by a mistake's rule or by the right one."""
    kernel = layers.turned(w) if rule == "kernel-flipped" else w
    bias = 0 if rule == "bias-forgotten" else given["b"]
    return cnn.correlate(x, kernel, bias, 1, 0 if rule == "padding-ignored" else given["p"])


def _relu(x: Matrix) -> Matrix:
    return [[max(value, 0) for value in row] for row in x]


def _after_all(x: Matrix, w: Matrix, given: Given, rule: str) -> Grid | None:
    """Return what comes out at the end, by the rule of a mistake in any layer; None where nothing is left."""
    if rule == "pooled-before-the-convolution":
        pooled = cnn.max_pool(x, 2, 2)
        fits = min(len(pooled), len(pooled[0])) + 2 * given["p"] >= len(w)
        return Grid.of(_relu(_convolved(pooled, w, given))) if fits else None
    before = _convolved(x, w, given, rule)
    if min(len(before), len(before[0])) < 2:
        return None
    active = before if rule == "relu-forgotten" else _relu(before)
    if rule == "mean-instead-of-max":
        return Grid.of(layers.avg_pool(active, 2, 2))
    return Grid.of(cnn.max_pool(active, 2, 1 if rule == "pool-stride-one" else 2))


def _key(x: Matrix, w: Matrix, given: Given) -> tuple[Array, Array]:
    convolved = _convolved(x, w, given)
    return Array(Grid.of(convolved)), Array(Grid.of(cnn.max_pool(_relu(convolved), 2, 2)))


def _wrong(x: Matrix, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers; a mistake in the convolution is carried on to the end."""
    first, last = _key(x, w, given)
    rules = [rule for rule in _AFTER_CONVOLUTION if given["p"] or rule != "padding-ignored"]
    middle: dict[str, Value | None] = {rule: Grid.of(_convolved(x, w, given, rule)) for rule in rules}
    end: dict[str, Value | None] = {rule: _after_all(x, w, given, rule) for rule in (*rules, *_AFTER_ALL)}
    return (*live(first, middle), *live(last, end, part=1))


def _telling(x: Matrix, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where a forgotten ReLU leads to the key."""
    wrong = _wrong(x, w, given)
    return wrong if "relu-forgotten" in {entry.misconception for entry in wrong} else ()


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    return matrix(draw, given["h"], given["w"], -2, 4), matrix(draw, 2, 2, -2, 2)


def _solution(x: Matrix, w: Matrix, given: Given) -> tuple[Step, ...]:
    convolved = _convolved(x, w, given)
    sums = [
        [total([*products(flat(window), flat(w)), f"({given['b']})"]) for window in line]
        for line in cnn.windows(cnn.padded(x, given["p"]), 2, 1)
    ]
    maxima = [
        [largest([max(value, 0) for value in flat(window)]) for window in line]
        for line in cnn.windows(convolved, 2, 2)
    ]
    result = cnn.max_pool(_relu(convolved), 2, 2)
    return (
        *cell_steps(sums, convolved, "Convolution"),
        *cell_steps(maxima, result, "Pooling, negative values set to 0 before"),
    )


def _askable(given: Given) -> bool:
    """Whether the convolution gives 8 to 16 cells and the image is no square."""
    cells = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and 8 <= cells <= 16


@family("layers-by-hand", topic="convolution", version=1)
class LayersByHand:
    """A convolution, ReLU and max pooling, one after the other."""

    space = Space(
        h=(2, 3, 4, 5), w=(3, 4, 5, 6), k=(2,), s=(1,), p=(0, 1), b=(-3, -2, 1, 2), radicals=("p",)
    ).where(_askable)
    rules = (*_AFTER_CONVOLUTION, *_AFTER_ALL)
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a filter on which the mistakes of each layer show."""
        x, w = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _telling(*drawn, given),
            6,
        )
        padding = f", padding={given['p']}" if given["p"] else ""
        lines = ",\n".join(f"    {line.format(padding=padding)}" for line in _LAYERS)
        prompts = ("After the convolution, one row on each line", "After all layers, one row on each line")
        return Draft(
            Message(_STEM, {"h": given["h"], "w": given["w"], "b": given["b"]}),
            tuple(Part(key, Message(prompt)) for key, prompt in zip(_key(x, w, given), prompts, strict=True)),
            code=f"model = nn.Sequential(\n{lines},\n)",
            tables=(table("Image $x$", x), table("Filter $w$", w)),
            solution=_solution(x, w, given),
            wrong=_wrong(x, w, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run through torch's own layers with these weights, read from the listing and the tables."""
        import torch
        from torch import nn

        from question_bank.listing import layer
        from question_bank.tensors import grid, tensor

        x, w = (tensor(entry.value) for entry in question.tables)
        lines = question.code.splitlines()[1:-1]
        convolution, *rest = (layer(line.strip().rstrip(",")) for line in lines)
        bias = torch.tensor([float(str(question.stem.fields["b"]))], dtype=w.dtype)
        middle = torch.func.functional_call(convolution, {"weight": w, "bias": bias}, (x,))
        return grid(middle), grid(nn.Sequential(*rest)(middle))
