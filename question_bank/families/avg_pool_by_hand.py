"""Average pooling by hand: torch.nn.AvgPool2d, section Shape and `count_include_pad`, which is True unless it is given."""

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
from question_bank.writing import cell_steps, flat, matrix, size_steps, table, total, window_count

_STEM = (
    "Apply average pooling with kernel size ${k} * {k}$, stride ${s}$ and zero padding ${p}$ on each side to the image $x$ of "
    "{h} rows and {w} columns below (`{layer}`). Write all values of the output, row by row, exactly: as decimals or as "
    "fractions such as 7/4."
)
_COUNTED = " Padded zeros count as values, as they do in PyTorch unless `count_include_pad=False` is given."
_RULES = (
    "max-instead-of-mean",
    "sum-instead-of-mean",
    "mean-over-side",
    "mean-rounded-down",
    "padding-not-counted",
    "padding-ignored",
    "pool-stride-one",
    "pool-stride-is-kernel",
)


def _mistaken(rule: str, x: Matrix, given: Given) -> Exact:
    """Return the output that a mistake leads to."""
    k, s, p = given["k"], given["s"], given["p"]
    match rule:
        case "padding-ignored":
            return layers.avg_pool(x, k, s)
        case "pool-stride-one":
            return layers.avg_pool(x, k, 1, p)
        case "pool-stride-is-kernel":
            return layers.avg_pool(x, k, k, p)
        case "padding-not-counted":
            present = layers.avg_pool([[1] * given["w"]] * given["h"], k, s, p)
            return [
                [simplest(Fraction(mean) / share) for mean, share in zip(*rows, strict=True)]
                for rows in zip(layers.avg_pool(x, k, s, p), present, strict=True)
            ]
    return [
        [_reduced(flat(window), rule, k) for window in line] for line in cnn.windows(cnn.padded(x, p), k, s)
    ]


def _reduced(values: list[int], rule: str, k: int) -> Rational:
    match rule:
        case "max-instead-of-mean":
            return max(values)
        case "mean-over-side":
            return simplest(Fraction(sum(values), k))
        case "mean-rounded-down":
            return sum(values) // k**2
    return sum(values)


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array with this kernel, stride and padding."""
    idle = {"pool-stride-one": given["s"] == 1, "pool-stride-is-kernel": given["s"] == given["k"]}
    idle |= dict.fromkeys(("padding-not-counted", "padding-ignored"), given["p"] == 0)
    if given["k"] > min(given["h"], given["w"]):
        idle["padding-ignored"] = True
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _wrong(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    key = Array(Grid.of(layers.avg_pool(x, given["k"], given["s"], given["p"])))
    return live(key, {rule: Grid.of(_mistaken(rule, x, given)) for rule in _applicable(given)})


def _solution(x: Matrix, given: Given, key: Exact) -> tuple[Step, ...]:
    k = given["k"]
    formulas = [
        [f"({total(f'({value})' for value in flat(window))}) / {k * k}" for window in line]
        for line in cnn.windows(cnn.padded(x, given["p"]), k, given["s"])
    ]
    return (*size_steps(given), *cell_steps(formulas, key))


def _askable(given: Given) -> bool:
    """Whether the image is no square, windows leave no gap, and the output has 2 to 9 cells."""
    cells = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and given["s"] <= given["k"] and 2 <= cells <= 9


@family("avg-pool-by-hand", topic="pooling", version=1)
class AvgPoolByHand:
    """Average pooling of a small image of whole numbers, with stride and padding."""

    space = Space(
        h=(2, 3, 4, 5), w=(3, 4, 5, 6), k=(2, 3), s=(1, 2, 3), p=(0, 1), radicals=("k", "s", "p")
    ).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image on which the mistakes that can show do show."""
        x = most_separated(
            draw,
            lambda stream: matrix(stream, given["h"], given["w"], -6, 9),
            lambda drawn: _wrong(drawn, given),
            len(_applicable(given)),
        )
        key = layers.avg_pool(x, given["k"], given["s"], given["p"])
        layer = f"nn.AvgPool2d({given['k']}, stride={given['s']}, padding={given['p']})"
        stem = Message(_STEM + (_COUNTED if given["p"] else ""), {**given, "layer": layer})
        part = Part(Array(Grid.of(key)), Message("Output, one row on each line"))
        return Draft(
            stem,
            (part,),
            tables=(table("Image $x$", x),),
            solution=_solution(x, given, key),
            wrong=_wrong(x, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Pooled by torch, from the image that the stem shows."""
        from torch.nn import functional

        from question_bank.tensors import exact, tensor

        k, s, p = shown.numbers(question, "ksp")
        shown.agree(question, layer=f"nn.AvgPool2d({k}, stride={s}, padding={p})")
        shown.agree_on_size(question)
        pooled = functional.avg_pool2d(tensor(question.tables[0].value), k, s, p)
        return (exact(pooled[0, 0], k * k),)
