"""One-dimensional pooling by hand: torch.nn.MaxPool1d and torch.nn.AvgPool1d, sections Shape."""

from fractions import Fraction

from question_bank import cnn, layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import cell_steps, largest, matrix, table, total, window_count

_STEM = (
    "The layer `{layer}` is applied to $x$, which has {h} channels (the rows below) of length {w}. "
    "Write all values of its output, one row for each channel."
)
_EXACTLY = " Write them exactly: as decimals or as fractions such as 7/3."
_NAMES = ("MaxPool1d", "AvgPool1d")
_RULES = (
    "mean-for-max-or-max-for-mean",
    "pooled-along-columns",
    "rows-pooled-together",
    "pool-stride-one",
    "pool-stride-is-kernel",
    "remainder-kept",
)


def _reduce(values: list[int], mean: int) -> Rational:
    return simplest(Fraction(sum(values), len(values))) if mean else max(values)


def _starts(n: int, given: Given, stride: int, *, remainder: bool = False) -> range:
    return range(0, n if remainder else n - given["k"] + 1, stride)


def _pooled(x: Matrix, given: Given, stride: int, mean: int, *, remainder: bool = False) -> Exact:
    """Reduce the windows of each row; with a remainder also those at the end that are cut short."""
    starts = _starts(len(x[0]), given, stride, remainder=remainder)
    return [[_reduce(row[at : at + given["k"]], mean) for at in starts] for row in x]


def _mistaken(rule: str, x: Matrix, given: Given) -> Exact:
    """Return the output that a mistake leads to."""
    k, s, mean = given["k"], given["s"], given["mean"]
    match rule:
        case "mean-for-max-or-max-for-mean":
            return _pooled(x, given, s, 1 - mean)
        case "rows-pooled-together":
            return layers.avg_pool(x, k, s) if mean else _whole(cnn.max_pool(x, k, s))
        case "pooled-along-columns":
            columns = _pooled(layers.transposed(x), given, s, mean)
            return [list(row) for row in zip(*columns, strict=True)]
    stride = {"pool-stride-one": 1, "pool-stride-is-kernel": k}.get(rule, s)
    return _pooled(x, given, stride, mean, remainder=rule == "remainder-kept")


def _whole(rows: Matrix) -> Exact:
    return [list(row) for row in rows]


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array with this kernel, stride and size."""
    h, w, k, s = (given[name] for name in ("h", "w", "k", "s"))
    idle = {"pool-stride-one": s == 1, "pool-stride-is-kernel": s == k}
    idle["remainder-kept"] = (w - k) % s == 0
    idle |= dict.fromkeys(("pooled-along-columns", "rows-pooled-together"), h < k)
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _wrong(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    key = Array(Grid.of(_pooled(x, given, given["s"], given["mean"])))
    return live(key, {rule: Grid.of(_mistaken(rule, x, given)) for rule in _applicable(given)})


def _solution(x: Matrix, given: Given, key: Exact) -> tuple[Step, ...]:
    k, n = given["k"], given["w"]
    windows = [[row[at : at + k] for at in _starts(n, given, given["s"])] for row in x]
    formulas = [
        [f"({total(f'({v})' for v in window)}) / {k}" if given["mean"] else largest(window) for window in row]
        for row in windows
    ]
    numbers = {"n": n, "k": k, "s": given["s"]}
    return (
        Step(Message("Length of the output"), cnn.POOL_SIZE, numbers, len(key[0])),
        *cell_steps(formulas, key),
    )


@family("pool-1d-by-hand", topic="pooling", version=1)
class Pool1dByHand:
    """Max or average pooling along the rows of a small array."""

    space = Space(
        mean=(0, 1), h=(2, 3, 4), w=(5, 6, 7, 8), k=(2, 3), s=(1, 2, 3), radicals=("mean", "k", "s")
    ).where(lambda given: given["s"] <= given["k"] and 2 <= window_count(given["w"], given) <= 4)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw rows on which the mistakes that can show do show."""
        x = most_separated(
            draw,
            lambda stream: matrix(stream, given["h"], given["w"], -4, 9),
            lambda drawn: _wrong(drawn, given),
            len(_applicable(given)),
        )
        key = _pooled(x, given, given["s"], given["mean"])
        layer = f"nn.{_NAMES[given['mean']]}({given['k']}, stride={given['s']})"
        return Draft(
            Message(
                _STEM + (_EXACTLY if given["mean"] else ""),
                {"layer": layer, "h": given["h"], "w": given["w"]},
            ),
            (Part(Array(Grid.of(key)), Message("Output, one row on each line")),),
            tables=(table("Input $x$", x),),
            solution=_solution(x, given, key),
            wrong=_wrong(x, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Pooled by the layer of torch that the stem shows, from the rows that it shows."""
        from question_bank.listing import layer
        from question_bank.tensors import exact, tensor

        shown.agree_on_size(question)
        pooled = layer(shown.text(question, "layer"))(tensor(question.tables[0].value)[0])
        return (exact(pooled[0], 12),)
