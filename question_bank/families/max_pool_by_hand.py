"""Max pooling by hand: torch.nn.MaxPool2d, section Shape, without padding."""

from fractions import Fraction

from question_bank import cnn, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Table, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest

_LARGEST = 9
_STEM = (
    "Apply max pooling with kernel size ${k} * {k}$ and stride ${s}$, without padding, to the image $x$ of {h} rows and {w} "
    "columns below (`nn.MaxPool2d({k}, stride={s})`). Write all values of the output, row by row."
)


def _reduced(x: Matrix, given: Given, how: str) -> Grid:
    """Return the output when each window is reduced in a wrong way, or moved with a wrong stride."""
    stride = {"pool-stride-one": 1, "pool-stride-is-kernel": given["k"]}.get(how, given["s"])
    rows = (
        _with_remainder(x, given["k"], stride)
        if how == "remainder-kept"
        else cnn.windows(x, given["k"], stride)
    )
    return Grid.of([[_reduce([v for row in window for v in row], how) for window in line] for line in rows])


def _reduce(values: list[int], how: str) -> Rational:
    match how:
        case "min-instead-of-max":
            return min(values)
        case "mean-instead-of-max":
            return simplest(Fraction(sum(values), len(values)))
        case "max-of-magnitudes":
            return max(values, key=abs)
    return max(values)


def _with_remainder(x: Matrix, k: int, s: int) -> list[list[Matrix]]:
    """Return the windows that start inside the image and would, one stride earlier, have fitted (ceil_mode=True)."""
    tops = range(0, _end(len(x), k, s), s)
    lefts = range(0, _end(len(x[0]), k, s), s)
    return [[[list(row[left : left + k]) for row in x[top : top + k]] for left in lefts] for top in tops]


def _end(n: int, k: int, s: int) -> int:
    positions = -((k - n) // s) + 1
    return min(positions * s, n)


_REDUCTIONS = (
    "mean-instead-of-max",
    "min-instead-of-max",
    "max-of-magnitudes",
    "pool-stride-one",
    "pool-stride-is-kernel",
    "remainder-kept",
)


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array with this kernel, stride and size."""
    k, s = given["k"], given["s"]
    remainder = any((n - k) % s and -((k - n) // s) * s < n for n in (given["h"], given["w"]))
    idle = {"pool-stride-one": s == 1, "pool-stride-is-kernel": s == k, "remainder-kept": not remainder}
    return tuple(rule for rule in _REDUCTIONS if not idle.get(rule))


def _entries(given: Given, draw: Draw) -> Matrix:
    return [list(draw.integers(given["w"], -_LARGEST, _LARGEST)) for _ in range(given["h"])]


def _wrong(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    key = Array(Grid.of(cnn.max_pool(x, given["k"], given["s"])))
    return live(key, {rule: _reduced(x, given, rule) for rule in _applicable(given)})


def _solution(x: Matrix, given: Given, key: Matrix) -> tuple[Step, ...]:
    size = Message("Rows of the output"), Message("Columns of the output")
    lengths = (given["h"], len(key)), (given["w"], len(key[0]))
    shape = [
        Step(label, cnn.POOL_SIZE, {"n": n, "k": given["k"], "s": given["s"]}, out)
        for label, (n, out) in zip(size, lengths, strict=True)
    ]
    cells = [
        Step(
            Message("Row {row}, column {column}", {"row": i + 1, "column": j + 1}),
            f"max({', '.join(str(v) for row in window for v in row)})",
            {},
            key[i][j],
        )
        for i, line in enumerate(cnn.windows(x, given["k"], given["s"]))
        for j, window in enumerate(line)
    ]
    return (*shape, *cells)


@family("max-pool-by-hand", topic="pooling", version=1)
class MaxPoolByHand:
    """Max pooling of a small image of whole numbers; windows touch, overlap or leave a remainder."""

    space = Space(h=(4, 5, 6), w=(4, 5, 6, 7), k=(2, 3), s=(1, 2, 3), radicals=("k", "s")).where(
        lambda given: given["s"] <= given["k"] and given["h"] != given["w"] and 2 <= _cells(given) <= 12
    )
    rules = _REDUCTIONS
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image on which the mistakes that can show do show."""
        x = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(drawn, given),
            len(_applicable(given)),
        )
        key = cnn.max_pool(x, given["k"], given["s"])
        part = Part(Array(Grid.of(key)), Message("Output, one row on each line"))
        table = Table(Message("Image $x$"), Grid.of(x))
        solution = _solution(x, given, key)
        return Draft(
            Message(_STEM, given), (part,), tables=(table,), solution=solution, wrong=_wrong(x, given)
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Pooled by torch, from the image that the stem shows."""
        from torch.nn import functional

        from question_bank.tensors import grid, tensor

        k, s = shown.numbers(question, "ks")
        shown.agree_on_size(question)
        return (grid(functional.max_pool2d(tensor(question.tables[0].value), k, s)),)


def _cells(given: Given) -> int:
    rows, columns = (
        cnn.value(cnn.POOL_SIZE, {"n": given[axis], "k": given["k"], "s": given["s"]}) for axis in ("h", "w")
    )
    return rows * columns
