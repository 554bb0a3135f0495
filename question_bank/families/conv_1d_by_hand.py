"""One-dimensional convolution by hand: torch.nn.Conv1d (cross-correlation), section Shape."""

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value
from question_bank.writing import flat, matrix, products, table, total, window_count

_ROWS = {1: "one row for its one input channel", 2: "one row for each of its two input channels"}
_STEMS = {
    channels: (
        f"A layer `{{layer}}` as in PyTorch (cross-correlation) has the weights $w$ below, {rows}, and the bias $b = {{b}}$. "
        "Write all values of its output for the signal $x$ of length {w}."
    )
    for channels, rows in _ROWS.items()
}
_RULES = (
    "kernel-flipped",
    "bias-forgotten",
    "bias-per-product",
    "stride-ignored",
    "padding-ignored",
    "first-channel-only",
)


def _convolved(x: Matrix, w: Matrix, b: int, s: int, p: int) -> list[Rational]:
    """Convolve the signal x (C, L) with one filter w (C, K)."""
    rows = [[0] * p + row + [0] * p for row in x]
    windows = [[row[at : at + len(w[0])] for row in rows] for at in range(0, len(rows[0]) - len(w[0]) + 1, s)]
    return [b + sum(a * c for a, c in zip(flat(window), flat(w), strict=True)) for window in windows]


def _mistaken(rule: str, x: Matrix, w: Matrix, given: Given) -> list[Rational]:
    """Return the output that a mistake leads to."""
    b, s, p = given["b"], given["s"], given["p"]
    match rule:
        case "kernel-flipped":
            return _convolved(x, [row[::-1] for row in w], b, s, p)
        case "bias-forgotten":
            return _convolved(x, w, 0, s, p)
        case "bias-per-product":
            return _convolved(x, w, b * len(flat(w)), s, p)
        case "stride-ignored":
            return _convolved(x, w, b, 1, p)
        case "padding-ignored":
            return _convolved(x, w, b, s, 0)
    return _convolved(x[:1], w[:1], b, s, p)


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to other values with this stride, padding and number of channels."""
    idle = {
        "stride-ignored": given["s"] == 1,
        "padding-ignored": given["p"] == 0,
        "first-channel-only": given["c"] == 1,
    }
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _key(x: Matrix, w: Matrix, given: Given) -> list[Rational]:
    return _convolved(x, w, given["b"], given["s"], given["p"])


def _wrong(x: Matrix, w: Matrix, given: Given) -> tuple[Wrong, ...]:
    answer = Array(Grid.of(_key(x, w, given)))
    return live(answer, {rule: Grid.of(_mistaken(rule, x, w, given)) for rule in _applicable(given)})


def _solution(x: Matrix, w: Matrix, given: Given) -> tuple[Step, ...]:
    key, k, p = _key(x, w, given), given["k"], given["p"]
    rows = [[0] * p + row + [0] * p for row in x]
    numbers = {"n": given["w"], "p": p, "k": k, "s": given["s"]}
    cells = []
    for number, value in enumerate(key):
        at = number * given["s"]
        terms = products([v for row in rows for v in row[at : at + k]], flat(w))
        label = Message("Value {number}", {"number": number + 1})
        cells.append(Step(label, total([*terms, f"({given['b']})"]), {}, value))
    return (Step(Message("Length of the output"), "(n + 2*p - k) // s + 1", numbers, len(key)), *cells)


@family("conv-1d-by-hand", topic="convolution", version=2)
class Conv1dByHand:
    """Convolution of a short signal with one or two channels."""

    space = Space(
        c=(1, 2),
        w=(4, 5, 6, 7, 8),
        k=(2, 3),
        s=(1, 2),
        p=(0, 1),
        b=(-2, 3),
        radicals=("c", "k", "s", "p"),
    ).where(lambda given: 2 <= window_count(given["w"], given) <= 6)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw a signal and weights on which the mistakes that can show do show."""
        x, w = most_separated(
            draw,
            lambda stream: (
                matrix(stream, given["c"], given["w"], -3, 5),
                matrix(stream, given["c"], given["k"], -3, 3),
            ),
            lambda drawn: _wrong(*drawn, given),
            len(_applicable(given)),
        )
        layer = (
            f"nn.Conv1d({given['c']}, 1, kernel_size={given['k']}, stride={given['s']}, padding={given['p']})"
        )
        return Draft(
            Message(_STEMS[given["c"]], {"layer": layer, "b": given["b"], "w": given["w"]}),
            (Part(Array(Grid.of(_key(x, w, given))), Message("Output")),),
            tables=(table("Signal $x$", x), table("Weights $w$", w)),
            solution=_solution(x, w, given),
            wrong=_wrong(x, w, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Convolved by the layer of torch that the stem shows, with the numbers of the tables and the bias."""
        from question_bank.running import convolved
        from question_bank.tensors import exact, tensor

        x, w = (tensor(entry.value)[0] for entry in question.tables)
        shown.agree(question, w=x.shape[-1])
        made = convolved(shown.text(question, "layer"), x, w, shown.numbers(question, "b"))
        return (exact(made[0, 0]),)
