"""A network on images of another size: Long, Shelhamer & Darrell, arXiv:1411.4038, section 3.1; Lin, Chen & Yan, arXiv:1312.4400."""

import math

from question_bank import shown
from question_bank.answers import Answer, Raises, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import RAISED, Value

_STEM = (
    "This network was made for images of {n} rows and {n} columns, for which it gives {q} scores. Now it gets "
    "the image `x`. What does the last line print? Where it raises an error, say so."
)
_CONVOLUTION, _DENSE, _GLOBAL = 0, 1, 2
_MAPS = 8
_LINES = (
    ("h_1", "Height after the first convolution", "(h - 1) // 2 + 1"),
    ("h_2", "Height after the second convolution", "(h_1 - 1) // 2 + 1"),
    ("w_1", "Width after the first convolution", "(w - 1) // 2 + 1"),
    ("w_2", "Width after the second convolution", "(w_1 - 1) // 2 + 1"),
)
_LAST = {
    _CONVOLUTION: (
        ("", "Positions of the large kernel along the height; there must be one or more", "h_2 - k + 1"),
        ("", "And along the width", "w_2 - k + 1"),
    ),
    _DENSE: (
        ("", "Numbers that the flattening gives", "8*h_2*w_2"),
        ("", "Numbers that the dense layer takes; other ones raise an error", "8*k*k"),
    ),
    _GLOBAL: (("", "Numbers that the global pooling leaves, whatever the size of the maps", "8"),),
}


def _side(n: int) -> int:
    """Return the length after both convolutions, each of which halves it and rounds up."""
    return -(-n // 4)


def _sizes(given: Given) -> dict[str, int]:
    """Return the numbers of a point with the image's height and width and the side that the network was made for."""
    n = given["n"]
    return {**given, "h": n + given["dh"], "w": n + given["dw"], "k": _side(n)}


def _answer(given: Given) -> Answer:
    sizes = _sizes(given)
    high, wide, k = _side(sizes["h"]), _side(sizes["w"]), sizes["k"]
    one = Shape((1, given["q"]))
    if given["head"] == _CONVOLUTION:
        fits = min(high, wide) >= k
        return Shape((1, given["q"], high - k + 1, wide - k + 1)) if fits else Raises(one.field)
    return one if given["head"] == _GLOBAL or high * wide == k * k else Raises(one.field)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    answer, sizes, q = _answer(given), _sizes(given), given["q"]
    high, wide, k = _side(sizes["h"]), _side(sizes["w"]), sizes["k"]
    moved = (1, q, high - k + 1, wide - k + 1) if min(high, wide) >= k else None
    values: dict[str, Value | None] = {"raises-assumed": RAISED}
    if given["head"] == _CONVOLUTION:
        values |= {
            "one-output-for-any-size": (1, q, 1, 1),
            "scores-thought-flat": (1, q),
            "same-size-assumed": (1, q, high, wide),
            "plus-one-forgotten": (1, q, high - k, wide - k) if min(high, wide) > k else None,
            "stride-ignored": (1, q, sizes["h"] - k + 1, sizes["w"] - k + 1),
        }
    else:
        values |= {"dense-thought-to-slide": moved or (1, q, high, wide)}
        if given["head"] == _DENSE:
            values["dense-size-unnoticed"] = (1, q)
        else:
            values["global-pooling-keeps-the-map"] = (1, q, high, wide)
        values["features-kept-behind-dense"] = (
            (1, _MAPS * high * wide) if given["head"] == _DENSE else (1, _MAPS)
        )
    return live(answer, values)


def _askable(given: Given) -> bool:
    """Whether the point is kept: a third of those where a dense layer raises, half of the simple ones, all others."""
    number = given["dh"] + given["dw"] + given["n"] // 4 + given["q"] // 5
    if given["head"] == _DENSE and isinstance(_answer(given), Raises):
        return number % 3 == 0
    return given["head"] != _GLOBAL or number % 2 == 0


def _code(given: Given) -> str:
    sizes, q = _sizes(given), given["q"]
    k = sizes["k"]
    heads = {
        _CONVOLUTION: (
            f"nn.Conv2d({_MAPS}, 16, kernel_size={k})",
            "nn.ReLU()",
            f"nn.Conv2d(16, {q}, kernel_size=1)",
        ),
        _DENSE: ("nn.Flatten()", f"nn.Linear({_MAPS * k * k}, {q})"),
        _GLOBAL: ("nn.AdaptiveAvgPool2d(1)", "nn.Flatten()", f"nn.Linear({_MAPS}, {q})"),
    }
    layers = (
        f"nn.Conv2d({given['c']}, 4, kernel_size=3, stride=2, padding=1)",
        "nn.ReLU()",
        f"nn.Conv2d(4, {_MAPS}, kernel_size=3, stride=2, padding=1)",
        "nn.ReLU()",
        *heads[given["head"]],
    )
    body = "".join(f"    {layer},\n" for layer in layers)
    size = f"1, {given['c']}, {sizes['h']}, {sizes['w']}"
    return f"model = nn.Sequential(\n{body})\nx = torch.zeros({size})\nprint(tuple(model(x).shape))"


@family("other-image-size", topic="shapes", version=2)
class OtherImageSize:
    """Shape that a network gives for images of another size, by its head: convolutions, a dense layer, global pooling."""

    space = Space(
        head=(_CONVOLUTION, _DENSE, _GLOBAL),
        c=(1, 3),
        n=(24, 28, 32),
        q=(5, 10),
        dh=(-8, -2, -1, 0, 8, 13, 20),
        dw=(-3, -2, 0, 4, 11, 16, 36),
        radicals=("head",),
    ).where(_askable)
    rules = (
        "raises-assumed",
        "one-output-for-any-size",
        "scores-thought-flat",
        "same-size-assumed",
        "plus-one-forgotten",
        "stride-ignored",
        "dense-thought-to-slide",
        "dense-size-unnoticed",
        "global-pooling-keeps-the-map",
        "features-kept-behind-dense",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask what is printed; the page does not tell how many axes that has."""
        part = Part(_answer(given), Message("Shape"), may_raise=True)
        stem = Message(_STEM, {"n": given["n"], "q": given["q"]})
        solution = worked((*_LINES, *_LAST[given["head"]]), _sizes(given))
        return Draft(stem, (part,), code=_code(given), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run by torch, from the text of the listing."""
        import re

        from question_bank.listing import output_shape

        n = shown.number(question, "n")
        made_for = re.sub(r"(zeros\(\d+, \d+), \d+, \d+", rf"\1, {n}, {n}", question.code)
        shown.agree(question, q=math.prod(output_shape(made_for) or ()))
        return (output_shape(question.code) or RAISED,)
