"""Kinds whose answer is a formula: an output cell or a gradient in letters, the size of an output, the gradient of a loss.

Stated and right are compared as expressions (`question_bank.expressions`): written in another way, they are the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from question_bank import maths
from question_bank.errors import FormatError, FormulaError
from question_bank.expressions import UnreadableExpressionError, equal, read
from question_bank.formulas import SIZE_MISTAKES
from question_bank.layers import transposed, turned
from question_bank.lectures.compare import Answer
from question_bank.lectures.given import Given, Pair, regular
from question_bank.lectures.kind import Kind, Mistakes, Remark, Slip, table
from question_bank.lectures.windows import Windows
from question_bank.lectures.work import Work
from question_bank.values import show_number

_LETTER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,9}")
_MOST_LETTERS = 200
_COST = 50
"""What a comparison of two expressions counts for in the budget."""

Letters = Sequence[Sequence[str]]


def _letter(value: Any, name: str) -> str:
    if not isinstance(value, str) or not _LETTER.fullmatch(value):
        raise FormatError(f"{name}: got {str(value)[:20]!r}, expected a letter with digits, such as v1")
    return value


def _letters(given: Given, name: str) -> Letters:
    return regular(given.raw(name), name, _letter)


def _numbered(letter: str, rows: int, columns: int) -> Letters:
    return [[f"{letter}{row * columns + column + 1}" for column in range(columns)] for row in range(rows)]


def _same(stated: object, right: Answer, symbols: Sequence[str]) -> bool:
    """Compare two expressions.

    Raises:
        FormatError: the stated one is none in these letters.
    """
    if not isinstance(stated, str):
        raise FormatError("stated_answer: expected an expression as a text")
    try:
        return equal(read(stated, symbols), read(str(right), symbols), symbols)
    except UnreadableExpressionError as error:
        raise FormatError(
            f"stated_answer cannot be read: {error.problem}; expected an expression in {', '.join(symbols)}"
        ) from None


# --- one output cell


def _windows(given: Given, kernel: Letters) -> Windows:
    size = (len(kernel), len(kernel[0]))
    return Windows(size, given.pair("stride", 1, least=1), given.pair("padding", 0))


def _symbols(given: Given) -> tuple[str, ...]:
    """Return the letters of image, kernel and bias, each of which must be there once."""
    names = [name for part in ("image", "kernel") for row in _letters(given, part) for name in row]
    if given.has("bias"):
        names.append(_letter(given.raw("bias"), "bias"))
    if len(set(names)) < len(names) or len(names) > _MOST_LETTERS:
        raise FormatError(f"image, kernel, bias: expected at most {_MOST_LETTERS} letters, each once")
    return tuple(names)


def _cell(given: Given, work: Work) -> Answer:
    work.spend(_COST)
    _symbols(given)
    kernel, at = _letters(given, "kernel"), (given.whole("row"), given.whole("col"))
    return _sum(given, kernel, _windows(given, kernel), at)


def _sum(given: Given, kernel: Letters, windows: Windows, at: Pair, *, bias: bool = True) -> str:
    image = _letters(given, "image")
    height, width = windows.count(len(image), len(image[0]))
    if at[0] >= height or at[1] >= width:
        raise FormatError(
            f"cell {at} of an output {(height, width)}: expected indices counted from 0 inside it"
        )
    terms = [
        f"{image[pixel[0]][pixel[1]]}*{kernel[entry[0]][entry[1]]}"
        for entry, pixel in windows.cells(*at)
        if 0 <= pixel[0] < len(image) and 0 <= pixel[1] < len(image[0])
    ]
    if bias and given.has("bias"):
        terms.append(str(given.raw("bias")))
    return " + ".join(terms) or "0"


def _cell_mistakes(given: Given, work: Work) -> Mistakes:
    kernel, at = _letters(given, "kernel"), (given.whole("row"), given.whole("col"))
    windows = _windows(given, kernel)
    work.spend(6 * _COST)
    yield "kernel-flipped", lambda: _sum(given, turned(kernel), windows, at)
    if windows.kernel[0] == windows.kernel[1]:
        yield "kernel-transposed", lambda: _sum(given, transposed(kernel), windows, at)
    yield "bias-forgotten", lambda: _sum(given, kernel, windows, at, bias=False)
    yield "row-column-exchanged", lambda: _sum(given, kernel, windows, at[::-1])
    unit = Windows(windows.kernel, padding=windows.padding)
    yield "stride-ignored", lambda: _sum(given, kernel, unit, at)
    yield "padding-ignored", lambda: _sum(given, kernel, Windows(windows.kernel, windows.stride), at)


def _same_cell(stated: object, right: Answer, given: Given) -> bool:
    return _same(stated, right, _symbols(given))


# --- the gradient of one weight


def _sizes(given: Given) -> tuple[Pair, Pair]:
    """Return the sizes of the image and the kernel: v1, v2, ... and w1, w2, ... row by row; 3 x 3 and 2 x 2 where not given."""
    sizes = [
        (lengths[0], lengths[1])
        for name, default in (("image_size", 3), ("kernel_size", 2))
        for lengths in [given.pair(name, default, least=1)]
    ]
    if sizes[0][0] * sizes[0][1] > _MOST_LETTERS:
        raise FormatError(f"image_size: expected at most {_MOST_LETTERS} pixels")
    return sizes[0], sizes[1]


def _weight(given: Given, work: Work) -> Answer:
    """Return dL/dw of one weight, d1, d2, ... being the gradients of the outputs: a pixel times a gradient for each."""
    work.spend(_COST)
    return _weight_sum(given, given.whole("weight", 1, least=1) - 1)


def _weight_sum(given: Given, weight: int) -> str:
    image, kernel = _sizes(given)
    row, column = divmod(weight, kernel[1])
    if row >= kernel[0]:
        raise FormatError(f"weight={weight + 1}: expected one of the {kernel[0] * kernel[1]} weights")
    height, width = Windows(kernel).count(*image)
    pixels, gradients = _numbered("v", *image), _numbered("d", height, width)
    return " + ".join(
        f"{pixels[i + row][j + column]}*{gradients[i][j]}" for i in range(height) for j in range(width)
    )


def _weight_mistakes(given: Given, work: Work) -> Mistakes:
    image, kernel = _sizes(given)
    height, width = Windows(kernel).count(*image)
    weight = given.whole("weight", 1, least=1) - 1
    work.spend(4 * _COST)
    outputs = range(1, height * width + 1)
    yield "pixels-read-in-a-row", lambda: " + ".join(f"v{number}*d{number}" for number in outputs)
    yield "kernel-gradient-turned", lambda: _weight_sum(given, kernel[0] * kernel[1] - 1 - weight)
    yield "first-position-only", lambda: _weight_sum(given, weight).partition(" + ")[0]
    yield "upstream-gradient-ignored", lambda: re.sub(r"\*d\d+", "", _weight_sum(given, weight))


def _same_weight(stated: object, right: Answer, given: Given) -> bool:
    image, kernel = _sizes(given)
    height, width = Windows(kernel).count(*image)
    sizes = (("v", image), ("w", kernel), ("d", (height, width)))
    names = [name for letter, size in sizes for row in _numbered(letter, *size) for name in row]
    return _same(stated, right, names)


# --- the size of an output

_SIZE_LETTERS = ("n", "k", "s", "p")
_TRIED: Final = tuple(
    {"n": n, "k": k, "s": s, "p": p}
    for n in (28, 27, 10, 9)
    for k in (5, 4, 3)
    for s in (2, 3, 1)
    for p in (0, 1)
)


def _setting(given: Given) -> dict[str, str]:
    """Return what the letters s and p stand for: themselves, or a number where it is given or the formula has no such letter.

    With `total_padding` p is what is added at both ends together, with `same` it is what keeps the size at stride 1.
    """
    try:
        formula = read(given.text("formula"), _SIZE_LETTERS)
    except UnreadableExpressionError as error:
        raise FormatError(f"formula cannot be read: {error.problem}; expected one in n, k, s, p") from None
    used = set(re.findall(r"[a-z]+", formula))
    total, same = given.flag("total_padding"), given.flag("same")
    stride = str(given.whole("stride", least=1)) if given.has("stride") else "s" if "s" in used else "1"
    each = "p" if "p" in used else "0"
    if given.has("padding"):
        each = str(given.whole("padding"))
    padding = "(k - 1)" if same else each if total else f"2*{each}"
    return {"s": stride, "padding": padding}


def _size(given: Given, work: Work) -> Answer:
    """Return floor((n - k + padding) / stride) + 1: Dumoulin & Visin, arXiv:1603.07285, Relationship 6."""
    work.spend(_COST)
    return _size_text(_setting(given))


def _size_text(setting: Mapping[str, str]) -> str:
    moves = _span(setting)
    return f"{moves} + 1" if setting["s"] == "1" else f"floor(({moves})/{setting['s']}) + 1"


def _span(setting: Mapping[str, str]) -> str:
    """Return how many pixels lie behind the first window."""
    known = {"(k - 1)": "n - 1", "2*0": "n - k", "0": "n - k"}
    return known.get(setting["padding"], f"n - k + {setting['padding']}")


def _size_mistakes(given: Given, work: Work) -> Mistakes:
    """Yield the usual mistakes where p is the padding on each side, and those that every setting invites."""
    setting = _setting(given)
    work.spend(12 * _COST)
    yield "floor-forgotten", lambda: f"({_span(setting)})/{setting['s']} + 1"
    yield "plus-one-forgotten", lambda: _size_text(setting).removesuffix(" + 1")
    if given.flag("total_padding"):
        yield "padding-total-on-each-side", lambda: _size_text({**setting, "padding": "2*p"})
        return
    for rule, formula in SIZE_MISTAKES.items():
        if "dilation" not in rule:
            yield rule, lambda formula=formula: _put_in(formula, setting)  # type: ignore[misc]  # bound at once


def _put_in(formula: str, setting: Mapping[str, str]) -> str:
    """Put 1 for the dilation, and what s and p stand for, into a formula of `formulas`."""
    padding = setting["padding"].removeprefix("2*")
    for letter, text in (("d", "1"), ("s", setting["s"]), ("p", padding)):
        formula = re.sub(rf"\b{letter}\b", text, formula)
    return formula


def _same_size(stated: object, right: Answer, given: Given) -> bool:  # noqa: ARG001  # of the same form as the others
    return _same(stated, right, _SIZE_LETTERS)


def _size_slips(given: Given, stated: object, work: Work) -> Iterator[Slip]:
    """Show numbers for which the stated formula gives another size, where it has no function to be worked out."""
    right = str(_size(given, work)).replace("floor((", "((").replace(")/", ")//")
    for point in _TRIED:
        try:
            wrong = maths.evaluate(read(str(stated), _SIZE_LETTERS), point)
            wanted = maths.evaluate(right, point)
        except (FormulaError, UnreadableExpressionError):
            return
        if wrong != wanted:
            numbers = ", ".join(f"{name} = {value}" for name, value in point.items())
            sizes = f"{show_number(wrong)}, right is {show_number(wanted)}"
            yield Slip("counterexample", f"For {numbers} it gives {sizes}.")
            return


# --- the gradient of a loss

_LOSS: Final[Mapping[str, tuple[str, str]]] = {
    "sigmoid_bce": ("x^T (p - y) / N", "sigmoid"),
    "tanh_bce": ("x^T ((p - y)*(1 + p)/p) / N", "tanh"),
    "softmax_ce": ("p - onehot(y)", "softmax"),
}
"""Gradients of the mean binary cross-entropy with respect to the weights, p = sigmoid(x w) or tanh(x w), and of the
cross-entropy of one sample with respect to the logits; the tests derive them with torch's autograd."""

_LOSS_MISTAKES: Final[Mapping[str, Mapping[str, str]]] = {
    "sigmoid_bce": {
        "target-minus-prediction": "x^T (y - p) / N",
        "batch-mean-forgotten": "x^T (p - y)",
        "sigmoid-slope-again": "x^T ((p - y)*p*(1 - p)) / N",
    },
    "tanh_bce": {
        "target-minus-prediction": "x^T ((y - p)*(1 + p)/p) / N",
        "batch-mean-forgotten": "x^T ((p - y)*(1 + p)/p)",
        "slope-of-another-function": "x^T (p - y) / N",
    },
    "softmax_ce": {"one-hot-forgotten": "p", "target-minus-prediction": "onehot(y) - p"},
}
_MATRIX = re.compile(r"(?:x\^T|x\.T)\s{0,9}\*?\s{0,9}\((.{1,300})\)\s{0,9}(/\s{0,9}N)?")


def _loss(given: Given, work: Work) -> Answer:
    work.spend(_COST)
    return _LOSS[given.text("formula", tuple(_LOSS))][0]


def _loss_mistakes(given: Given, work: Work) -> Mistakes:
    work.spend(3 * _COST)
    for rule, wrong in _LOSS_MISTAKES[given.text("formula")].items():
        yield rule, lambda wrong=wrong: wrong  # type: ignore[misc]  # bound at once


def _loss_parts(text: object) -> tuple[bool, bool, str]:
    """Return whether the inputs x and the mean over N stand before and after, and what is between, element by element."""
    if not isinstance(text, str) or len(text) > 400:
        raise FormatError("stated_answer: expected a formula as a text, such as x^T (p - y) / N")
    match = _MATRIX.fullmatch(text.strip())
    inner = (match[1] if match else text).replace("onehot(y)", "h")
    return match is not None, bool(match and match[2]), inner


def _same_loss(stated: object, right: Answer, given: Given) -> bool:  # noqa: ARG001  # of the same form as the others
    *frame, inner = _loss_parts(stated)
    *other_frame, other_inner = _loss_parts(right)
    same = _same(inner, other_inner, ("p", "y", "h"))
    return same and frame == other_frame


def _loss_remarks(given: Given) -> Iterator[Remark]:
    """Say where the loss has no value: the function gives what no logarithm is defined for."""
    if _LOSS[given.text("formula")][1] == "tanh":
        yield Remark(
            "The loss takes the logarithm of p, and tanh gives p below 0, which has none: the formula holds for 0 < p < 1 only."
        )


KINDS = table(
    Kind("symbolic_conv_cell", _cell, ("conv-cell-expression",), _cell_mistakes, same=_same_cell),
    Kind("symbolic_dw1", _weight, ("weight-gradient-expression",), _weight_mistakes, same=_same_weight),
    Kind("size_formula", _size, ("output-size-expression",), _size_mistakes, _size_slips, same=_same_size),
    Kind(
        "gradient_formula",
        _loss,
        ("logistic-gradient-expression", "softmax-cross-entropy-gradient"),
        _loss_mistakes,
        remarks=_loss_remarks,
        same=_same_loss,
    ),
)
