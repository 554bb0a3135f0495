"""One output cell of a convolution in letters: torch.nn.Conv2d (cross-correlation), section Shape."""

from question_bank import shown
from question_bank.answers import Expression
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.lettering import (
    Letters,
    expr,
    letters,
    listed,
    listing,
    products,
    set_as_maths,
    symbols_of,
)
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Value
from question_bank.writing import window_count

_STEM = (
    "The pixels of an image `x` of {h} rows and {w} columns, and the weights of a filter `w` of ${k} * {k}$, are letters, as the "
    "listing shows. A convolution layer as in PyTorch (cross-correlation) has this filter, the bias $b$, stride ${s}$ and zero "
    "padding ${p}$ on each side. Write its output at row {i} and column {j}, both counted from 0, as an expression in these letters."
)
_PADDED = (
    "The window covers {k} rows from row {row} and {k} columns from column {column}; what lies outside the image is 0 "
    "and leaves no product: ${key}$."
)
_INSIDE = (
    "The window covers {k} rows from row {row} and {k} columns from column {column}. Each pixel meets the weight at its own place in "
    "the window, and the bias is added once: ${key}$."
)
_RULES = (
    "kernel-flipped",
    "kernel-transposed",
    "bias-forgotten",
    "bias-per-product",
    "stride-only-in-the-size",
    "padding-ignored",
    "counted-from-one",
    "row-column-exchanged",
    "window-pixels-in-a-row",
)


def _arrays(given: Given) -> tuple[Letters, Letters]:
    return letters("v", given["h"], given["w"]), letters("w", given["k"], given["k"])


def _pairs(given: Given, row: int, column: int, weights: Letters) -> list[tuple[str, str]] | None:
    """Return the pixels of a window and the weights they meet; None where the window reaches beyond the padding."""
    image, _ = _arrays(given)
    k, p, h, w = (given[name] for name in "kphw")
    if not (-p <= row <= h + p - k and -p <= column <= w + p - k):
        return None
    inside = [(r, c) for r in range(k) for c in range(k) if 0 <= row + r < h and 0 <= column + c < w]
    return [(image[row + r][column + c], weights[r][c]) for r, c in inside]


def _start(given: Given) -> tuple[int, int]:
    return given["i"] * given["s"] - given["p"], given["j"] * given["s"] - given["p"]


def _key(given: Given) -> str:
    return products(_pairs(given, *_start(given), _arrays(given)[1]) or ()) + " + b"


def _in_a_row(given: Given) -> list[tuple[str, str]] | None:
    """Pair the weights with as many pixels one after another, as if the window were a row."""
    image, weights = (symbols_of(array) for array in _arrays(given))
    row, column = _start(given)
    first = row * given["w"] + column
    fits = row >= 0 and column >= 0 and first + len(weights) <= len(image)
    return list(zip(image[first:], weights, strict=False)) if fits else None


def _wrong(given: Given) -> tuple[Wrong, ...]:
    image, weights = _arrays(given)
    row, column = _start(given)
    i, j, p, s = (given[name] for name in "ijps")
    flipped = [line[::-1] for line in weights[::-1]]
    transposed = [list(line) for line in zip(*weights, strict=True)]
    found = {
        "kernel-flipped": _pairs(given, row, column, flipped),
        "kernel-transposed": _pairs(given, row, column, transposed),
        "stride-only-in-the-size": _pairs(given, i - p, j - p, weights),
        "padding-ignored": _pairs(given, i * s, j * s, weights),
        "counted-from-one": _pairs(given, row - s, column - s, weights),
        "row-column-exchanged": _pairs(given, column, row, weights),
        "window-pixels-in-a-row": _in_a_row(given),
    }
    symbols = (*symbols_of(image, weights), "b")
    right = _pairs(given, row, column, weights) or []
    texts = {rule: f"{products(pairs)} + b" for rule, pairs in found.items() if pairs}
    texts["bias-forgotten"] = products(right)
    texts["bias-per-product"] = f"{products(right)} + {len(right)}*b"
    answer = Expression(_key(given), symbols)
    return live(answer, {rule: expr(texts[rule], symbols) for rule in _RULES if rule in texts})


def _askable(given: Given) -> bool:
    """Whether the output has such a cell, and at least two of its pixels lie in the image."""
    inside = given["i"] < window_count(given["h"], given) and given["j"] < window_count(given["w"], given)
    return inside and len(_pairs(given, *_start(given), _arrays(given)[1]) or ()) >= 2


@family("conv-cell-expression", topic="convolution", version=1)
class ConvCellExpression:
    """One output cell of a convolution as an expression in letters."""

    space = Space(
        h=(3, 4, 5),
        w=(3, 4, 5),
        k=(2, 3),
        s=(1, 2),
        p=(0, 1),
        i=(0, 1, 2, 3),
        j=(0, 1, 2, 3),
        radicals=("k", "p"),
    ).where(_askable)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one cell."""
        image, weights = _arrays(given)
        row, column = _start(given)
        numbers = {name: given[name] for name in "sp"}
        key = _key(given)
        said: dict[str, FieldValue] = {
            "k": given["k"],
            "row": row,
            "column": column,
            "key": set_as_maths(key),
        }
        steps = (
            Step(Message("First row of the window"), "i*s - p", {"i": given["i"], **numbers}, row),
            Step(Message("First column of the window"), "j*s - p", {"j": given["j"], **numbers}, column),
        )
        return Draft(
            Message(_STEM, given),
            (Part(Expression(key, (*symbols_of(image, weights), "b")), Message("Output")),),
            code=listing(x=image, w=weights),
            solution=steps,
            wrong=_wrong(given),
            remarks=(Message(_PADDED if given["p"] else _INSIDE, said),),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Which products torch adds: it convolves an image for each pixel, 1 there, with a filter for each weight, 1 there."""
        import torch
        from torch.nn import functional

        arrays = listed(question.code)
        s, p, i, j = shown.numbers(question, "spij")
        shown.agree(question, h=len(arrays["x"]), w=len(arrays["x"][0]), k=len(arrays["w"]))
        pixels, weights = symbols_of(arrays["x"]), symbols_of(arrays["w"])
        images = torch.eye(len(pixels)).reshape(len(pixels), 1, len(arrays["x"]), -1)
        filters = torch.eye(len(weights)).reshape(len(weights), 1, len(arrays["w"]), -1)
        output = functional.conv2d(images, filters, None, s, p)
        there = output[:, :, i, j].nonzero().tolist()
        symbols = (*pixels, *weights, "b")
        return (
            expr(products((pixels[pixel], weights[weight]) for pixel, weight in there) + " + b", symbols),
        )
