"""Input gradient of a convolution: Dumoulin & Visin, arXiv:1603.07285, section 4 (the transposed convolution); torch autograd."""

from question_bank import layers, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Exact, Share
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import matrix, product, share_steps, table, window_count

_STEM = (
    "A convolution layer as in PyTorch (cross-correlation) with the filter $w$ below, stride ${s}$ and no padding got an image "
    "$x$ of {h} rows and {w} columns with one channel. The gradient of the loss with respect to its output is $dy$. Write the "
    "gradient $dx$ of the loss with respect to $x$: {h} rows of {w} values."
)
_RULES = (
    "kernel-turned-in-backward",
    "gradient-overwritten",
    "upstream-gradient-ignored",
    "stride-ignored-in-backward",
    "kernel-transposed",
)


def _mistaken(rule: str, w: Matrix, dy: Matrix, given: Given) -> Exact:
    """Return the gradient that a mistake leads to."""
    kernels = {"kernel-turned-in-backward": layers.turned, "kernel-transposed": layers.transposed}
    kernel = kernels[rule](w) if rule in kernels else w
    stride = 1 if rule == "stride-ignored-in-backward" else given["s"]
    shares = layers.kernel_shares(dy, kernel, stride)
    if rule == "upstream-gradient-ignored":
        shares = [Share(at.row, at.column, 1, at.factor) for at in shares]
    return layers.arrived(given["h"], given["w"], shares, last_only=rule == "gradient-overwritten")


def _applicable(given: Given) -> tuple[str, ...]:
    """Return the mistakes that can lead to another array with this kernel and stride."""
    idle = {
        "gradient-overwritten": given["s"] >= given["k"],
        "stride-ignored-in-backward": given["s"] == 1,
    }
    return tuple(rule for rule in _RULES if not idle.get(rule))


def _shares(w: Matrix, dy: Matrix, given: Given) -> list[Share]:
    return layers.kernel_shares(dy, w, given["s"])


def _wrong(w: Matrix, dy: Matrix, given: Given) -> tuple[Wrong, ...]:
    answer = Array(Grid.of(layers.arrived(given["h"], given["w"], _shares(w, dy, given))))
    return live(answer, {rule: Grid.of(_mistaken(rule, w, dy, given)) for rule in _applicable(given)})


def _entries(given: Given, draw: Draw) -> tuple[Matrix, Matrix]:
    rows, columns = window_count(given["h"], given), window_count(given["w"], given)
    return matrix(draw, given["k"], given["k"], -3, 3), matrix(draw, rows, columns, -2, 4)


def _askable(given: Given) -> bool:
    """Whether the image is no square, every pixel is covered, and there are 2 to 6 windows."""
    covered = all((given[axis] - given["k"]) % given["s"] == 0 for axis in ("h", "w"))
    windows = window_count(given["h"], given) * window_count(given["w"], given)
    return given["h"] != given["w"] and covered and 2 <= windows <= 6


@family("conv-input-gradient", topic="gradients", version=1)
class ConvInputGradient:
    """Gradient of a convolution with respect to its input."""

    space = Space(h=(2, 3, 4, 5), w=(3, 4, 5, 6), k=(2, 3), s=(1, 2), radicals=("k", "s")).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw a filter and gradients on which the mistakes that can show do show."""
        w, dy = most_separated(
            draw,
            lambda stream: _entries(given, stream),
            lambda drawn: _wrong(*drawn, given),
            len(_applicable(given)),
        )
        shares = _shares(w, dy, given)
        key = layers.arrived(given["h"], given["w"], shares)
        return Draft(
            Message(_STEM, given),
            (Part(Array(Grid.of(key), show_size=True), Message("Gradient $dx$")),),
            tables=(table("Filter $w$", w), table("Gradient $dy$", dy)),
            solution=share_steps(shares, given, lambda share: product(share.gradient, share.factor)),
            wrong=_wrong(w, dy, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch at an image of zeros, since a convolution's gradient does not depend on its input."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import backward, tensor

        w, dy = (tensor(entry.value) for entry in question.tables)
        rows, columns, stride = shown.numbers(question, "hws")
        x = torch.zeros(1, 1, rows, columns, dtype=w.dtype)
        return (backward(lambda image: functional.conv2d(image, w, stride=stride), x, dy),)
