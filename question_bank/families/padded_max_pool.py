"""Max pooling with padding by hand: torch.nn.MaxPool2d, which pads with minus infinity (its section on `padding`)."""

from question_bank import cnn, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.pictures import image
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import cell_steps, flat, largest, matrix, size_steps, table, window_count

_STEM = (
    "Apply max pooling with kernel size ${k} * {k}$, stride ${s}$ and padding ${p}$ on each side to the image $x$ of {h} rows and "
    "{w} columns below (`{layer}`). Write all values of the output, row by row."
)
_LOW, _HIGH = -9, 3
_OUTSIDE = _LOW - 100  # below every pixel, as minus infinity is
_RULES = (
    "padding-with-zeros",
    "padding-ignored",
    "padding-once",
    "min-instead-of-max",
    "max-of-magnitudes",
    "pool-stride-one",
    "pool-stride-is-kernel",
)


def _pooled(x: Matrix, given: Given, *, stride: int | None = None, fill: int = _OUTSIDE) -> Matrix:
    return cnn.max_pool(cnn.padded(x, given["p"], fill), given["k"], stride or given["s"])


def _mistaken(rule: str, x: Matrix, given: Given) -> Matrix:
    """Return the output that a mistake leads to."""
    k, s, p = given["k"], given["s"], given["p"]
    match rule:
        case "padding-with-zeros":
            return _pooled(x, given, fill=0)
        case "padding-ignored":
            return cnn.max_pool(x, k, s)
        case "padding-once":
            return cnn.max_pool([row[:-p] for row in cnn.padded(x, p, _OUTSIDE)[:-p]], k, s)
        case "pool-stride-one":
            return _pooled(x, given, stride=1)
        case "pool-stride-is-kernel":
            return _pooled(x, given, stride=k)
    best = min if rule == "min-instead-of-max" else lambda values: max(values, key=abs)
    return [[best(window) for window in line] for line in _present(x, given)]


def _present(x: Matrix, given: Given) -> list[list[list[int]]]:
    """Return the pixels of each window without the padded ones."""
    lines = cnn.windows(cnn.padded(x, given["p"], _OUTSIDE), given["k"], given["s"])
    return [[[v for v in flat(window) if v != _OUTSIDE] for window in line] for line in lines]


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array with this kernel, stride and size."""
    k, s, p = given["k"], given["s"], given["p"]
    unpadded = [n - k for n in (given["h"], given["w"])]
    idle = {
        "pool-stride-one": s == 1,
        "pool-stride-is-kernel": s == k,
        "padding-once": all((n + 2 * p) // s == (n + p) // s for n in unpadded),
    }
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _wrong(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    key = Array(Grid.of(_pooled(x, given)))
    return live(key, {rule: Grid.of(_mistaken(rule, x, given)) for rule in _applicable(given)})


def _telling(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where zeros around the image would lead to the key."""
    wrong = _wrong(x, given)
    return wrong if "padding-with-zeros" in {entry.misconception for entry in wrong} else ()


def _solution(x: Matrix, given: Given, key: Matrix) -> tuple[Step, ...]:
    formulas = [[largest(window) for window in line] for line in _present(x, given)]
    return (*size_steps(given), *cell_steps(formulas, key))


def _askable(given: Given) -> bool:
    """Whether the image is no square, windows leave no gap, and the output has 4 to 12 cells."""
    cells = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and given["s"] <= given["k"] and 4 <= cells <= 12


@family("padded-max-pool", topic="pooling", version=2)
class PaddedMaxPool:
    """Max pooling with padding of a small image of mostly negative numbers."""

    space = Space(h=(3, 4, 5, 6), w=(3, 4, 5, 6), k=(2, 3), s=(1, 2, 3), p=(1,), radicals=("k", "s")).where(
        _askable
    )
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image on which the mistakes that can show do show."""
        x = most_separated(
            draw,
            lambda stream: matrix(stream, given["h"], given["w"], _LOW, _HIGH),
            lambda drawn: _telling(drawn, given),
            len(_applicable(given)),
        )
        key = _pooled(x, given)
        layer = f"nn.MaxPool2d({given['k']}, stride={given['s']}, padding={given['p']})"
        return Draft(
            Message(_STEM, {**given, "layer": layer}),
            (Part(Array(Grid.of(key)), Message("Output, one row on each line")),),
            tables=(table("Image $x$", x),),
            solution=_solution(x, given, key),
            wrong=_wrong(x, given),
            figure=image((given["h"], given["w"]), given["k"], given["s"], given["p"]),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Pooled by torch, from the image that the stem shows."""
        from torch.nn import functional

        from question_bank.tensors import grid, tensor

        k, s, p = shown.numbers(question, "ksp")
        shown.agree(question, layer=f"nn.MaxPool2d({k}, stride={s}, padding={p})")
        shown.agree_on_size(question)
        shown.agree_on_figure(question, size=question.tables[0].value.shape, kernel=k, stride=s, padding=p)
        return (grid(functional.max_pool2d(tensor(question.tables[0].value), k, s, p)),)
