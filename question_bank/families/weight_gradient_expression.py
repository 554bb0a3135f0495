"""The gradient of one weight of a convolution in letters: the sum over all positions that used it; torch autograd."""

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
    "listing shows. A convolution layer as in PyTorch (cross-correlation) applies the filter with stride ${s}$ and no padding. `d` "
    "holds the gradients of the loss $L$ with respect to the layer's outputs. Write the gradient of $L$ with respect to the weight "
    "${weight}$ as an expression in the letters of `x` and `d`."
)
_REMARK = (
    "In each window ${weight}$ meets the pixel in row {r} and column {c} of the window, both counted from 0, so the output there "
    "has that pixel as its derivative. The products of all positions are added: ${key}$."
)
_RULES = (
    "pixels-read-in-a-row",
    "kernel-gradient-turned",
    "kernel-gradient-transposed",
    "gradient-averaged-over-positions",
    "first-position-only",
    "upstream-gradient-ignored",
    "stride-ignored-in-backward",
)


def _arrays(given: Given) -> tuple[Letters, Letters, Letters]:
    """Return the letters of the image, the filter and the gradients of the outputs."""
    rows, columns = window_count(given["h"], given), window_count(given["w"], given)
    k = given["k"]
    return letters("v", given["h"], given["w"]), letters("w", k, k), letters("d", rows, columns)


def _pairs(given: Given, r: int, c: int, stride: int) -> list[tuple[str, str]]:
    """Return the pixels that weight (r, c) met and the gradients of the outputs there."""
    image, _, above = _arrays(given)
    return [
        (image[i * stride + r][j * stride + c], letter)
        for i, line in enumerate(above)
        for j, letter in enumerate(line)
    ]


def _place(given: Given) -> tuple[int, int]:
    return divmod(given["m"] - 1, given["k"])


def _wrong(given: Given, symbols: tuple[str, ...]) -> tuple[Wrong, ...]:
    (r, c), k, s = _place(given), given["k"], given["s"]
    image, _, above = _arrays(given)
    right = _pairs(given, r, c, s)
    outputs = symbols_of(above)
    in_a_row = symbols_of(image)[r * given["w"] + c :][: len(outputs)]
    texts = {
        "pixels-read-in-a-row": products(zip(in_a_row, outputs, strict=False)),
        "kernel-gradient-turned": products(_pairs(given, k - 1 - r, k - 1 - c, s)),
        "kernel-gradient-transposed": products(_pairs(given, c, r, s)),
        "gradient-averaged-over-positions": f"({products(right)})/{len(right)}",
        "first-position-only": products(right[:1]),
        "upstream-gradient-ignored": " + ".join(pixel for pixel, _ in right),
        "stride-ignored-in-backward": products(_pairs(given, r, c, 1)),
    }
    answer = Expression(products(right), symbols)
    return live(answer, {rule: expr(text, symbols) for rule, text in texts.items()})


def _askable(given: Given) -> bool:
    """Whether the filter has such a weight and there are 2 to 9 windows."""
    if given["k"] > min(given["h"], given["w"]) or given["m"] > given["k"] ** 2:
        return False
    return 2 <= window_count(given["h"], given) * window_count(given["w"], given) <= 9


@family("weight-gradient-expression", topic="gradients", version=1)
class WeightGradientExpression:
    """Gradient of one weight of a convolution as an expression in letters."""

    space = Space(h=(3, 4, 5), w=(3, 4, 5), k=(2, 3), s=(1, 2), m=range(1, 10), radicals=("k",)).where(
        _askable
    )
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the gradient of one weight."""
        image, weights, above = _arrays(given)
        symbols = symbols_of(image, above)
        (r, c), s = _place(given), given["s"]
        key = products(_pairs(given, r, c, s))
        said: dict[str, FieldValue] = {"weight": f"w_{given['m']}", "r": r, "c": c, "key": set_as_maths(key)}
        outputs = {"h_out": len(above), "w_out": len(above[0])}
        return Draft(
            Message(_STEM, {**given, "weight": f"w_{given['m']}"}),
            (Part(Expression(key, symbols), Message("Gradient")),),
            code=listing(x=image, w=weights, d=above),
            solution=(Step(Message("Positions"), "h_out*w_out", outputs, len(symbols_of(above))),),
            wrong=_wrong(given, symbols),
            remarks=(Message(_REMARK, said),),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by torch: a channel of its own for each pixel and output, 1 there, tells whether their product takes part."""
        import torch
        from torch.nn import functional

        arrays = {name: symbols_of(rows) for name, rows in listed(question.code).items()}
        pixels, outputs, weights = (arrays[name] for name in "xdw")
        shape = {name: (len(rows), len(rows[0])) for name, rows in listed(question.code).items()}
        shown.agree(question, h=shape["x"][0], w=shape["x"][1], k=shape["w"][0])
        asked = weights.index(shown.text(question, "weight").replace("_", ""))
        count = len(pixels) * len(outputs)
        image = torch.eye(len(pixels)).repeat_interleave(len(outputs), 0).reshape(1, count, *shape["x"])
        above = torch.eye(len(outputs)).repeat(len(pixels), 1).reshape(1, count, *shape["d"])
        w = torch.zeros(count, 1, *shape["w"], requires_grad=True)
        y = functional.conv2d(image, w, None, shown.number(question, "s"), groups=count)
        (gradient,) = torch.autograd.grad(y, w, above)
        there = gradient.reshape(len(pixels), len(outputs), len(weights))[:, :, asked]
        pairs = ((pixels[pixel], outputs[output]) for pixel, output in there.nonzero().tolist())
        return (expr(products(pairs), (*pixels, *outputs)),)
