"""True convolution against cross-correlation: Goodfellow, Bengio, Courville, Deep Learning, equations 9.4 to 9.6."""

from question_bank import cnn, layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import cell_steps, flat, matrix, products, size_steps, table, total, window_count

_STEM = (
    "Work out, for the image $x$ of {h} rows and {w} columns and the kernel $w$ below, first the cross-correlation, which is what "
    "`nn.Conv2d` computes, and then the true convolution of mathematics. Both without bias, with stride 1 and without "
    "padding: only where the kernel lies wholly on the image."
)
_CORRELATION = ("kernel-flipped", "kernel-transposed")
_CONVOLUTION = ("kernel-not-flipped", "kernel-flipped-on-one-axis", "kernel-transposed")


def _kernel(rule: str, w: Matrix) -> Matrix:
    """Return the kernel that a mistake lays on the image."""
    match rule:
        case "kernel-flipped":
            return layers.turned(w)
        case "kernel-transposed":
            return layers.transposed(w)
        case "kernel-flipped-on-one-axis":
            return [row[::-1] for row in w]
    return w


def _wrong(x: Matrix, w: Matrix) -> tuple[Wrong, ...]:
    keys = (cnn.correlate(x, w), cnn.correlate(x, layers.turned(w)))
    found: list[Wrong] = []
    for part, (key, rules) in enumerate(zip(keys, (_CORRELATION, _CONVOLUTION), strict=True)):
        values = {rule: Grid.of(cnn.correlate(x, _kernel(rule, w))) for rule in rules}
        found += live(Array(Grid.of(key)), dict(values), part)
    return tuple(found)


def _both_apart(x: Matrix, w: Matrix) -> tuple[Wrong, ...]:
    """Return the wrong answers of the second part: those of the first are among them, or its key."""
    return tuple(wrong for wrong in _wrong(x, w) if wrong.part == 1)


def _solution(x: Matrix, w: Matrix, given: Given) -> tuple[Step, ...]:
    steps = list(size_steps(given))
    for name, kernel in (
        ("Cross-correlation", w),
        ("True convolution with the turned kernel", layers.turned(w)),
    ):
        formulas = [
            [total(products(flat(window), flat(kernel))) for window in line]
            for line in cnn.windows(x, given["k"], 1)
        ]
        steps += cell_steps(formulas, cnn.correlate(x, kernel), name)
    return tuple(steps)


def _askable(given: Given) -> bool:
    """Whether the image is no square and the output has 2 to 6 cells."""
    cells = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and 2 <= cells <= 6


@family("true-convolution-by-hand", topic="convolution", version=1)
class TrueConvolutionByHand:
    """Cross-correlation and true convolution of the same image and kernel."""

    space = Space(h=(2, 3, 4, 5), w=(2, 3, 4, 5), k=(2, 3), s=(1,), radicals=("k",)).where(_askable)
    rules = (*_CORRELATION, *_CONVOLUTION[:2])
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a kernel that tell the two operations, and the mistakes, apart."""
        x, w = most_separated(
            draw,
            lambda stream: (
                matrix(stream, given["h"], given["w"], -2, 6),
                matrix(stream, given["k"], given["k"], -3, 3),
            ),
            lambda drawn: _both_apart(*drawn),
            len(_CONVOLUTION),
        )
        prompts = ("Cross-correlation, one row on each line", "True convolution, one row on each line")
        keys = (cnn.correlate(x, w), cnn.correlate(x, layers.turned(w)))
        return Draft(
            Message(_STEM, given),
            tuple(
                Part(Array(Grid.of(key)), Message(prompt)) for key, prompt in zip(keys, prompts, strict=True)
            ),
            tables=(table("Image $x$", x), table("Kernel $w$", w)),
            solution=_solution(x, w, given),
            wrong=_wrong(x, w),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """By torch: its convolution, and the inside of its transposed convolution, which is the true one of all overlaps."""
        from torch.nn import functional

        from question_bank.tensors import grid, tensor

        x, w = (tensor(entry.value) for entry in question.tables)
        inset = w.shape[-1] - 1
        shown.agree_on_size(question)
        return grid(functional.conv2d(x, w)), grid(functional.conv_transpose2d(x, w, padding=inset))
