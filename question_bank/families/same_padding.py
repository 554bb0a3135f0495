"""Padding that keeps the size: Dumoulin & Visin, arXiv:1603.07285, Relationship 3 (half padding) with dilation, section 5.1."""

from question_bank import shown
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along, layer_text, separated, solve, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "The layer `{layer}` of PyTorch shall give an image of the size that it gets, {h} rows and {w} columns. Which padding "
    "(rows on each side, columns on each side) does it need?"
)
_PADDING = "d*(k - 1) // 2"
_RULES = {
    "padding-total-on-each-side": "d*(k - 1)",
    "dilation-ignored": "(k - 1) // 2",
    "dilation-times-kernel": "d*k // 2",
    "padding-as-long-as-the-kernel": "k",
    "padding-one-too-many": "d*(k - 1) // 2 + 1",
    "padding-always-one": "1 + 0*k",
    "padding-none-for-the-same-size": "0*k",
}
_LINES = tuple(
    line
    for side, k in (("Rows", "k_h"), ("Columns", "k_w"))
    for line in (
        (f"lost_{k[-1]}", f"{side} that are lost without padding", f"d*({k} - 1)"),
        ("", "Half of them on each side", f"lost_{k[-1]} / 2"),
    )
)


def _pair(formula: str, given: Given) -> tuple[int, ...]:
    return tuple(int(value) for value in solve([along(formula, k=name) for name in ("k_h", "k_w")], given))


def _key(given: Given) -> Shape:
    return Shape(_pair(_PADDING, given), ("rows", "columns"))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    values: dict[str, Value | None] = {rule: _pair(formula, given) for rule, formula in _RULES.items()}
    values["pair-order-swapped"] = _key(given).value[::-1]
    return live(_key(given), values)


@family("same-padding", topic="shapes", version=1)
class SamePadding:
    """Padding with which a convolution of stride 1 keeps the size, for dilated kernels that are no squares."""

    space = Space(
        k_h=(1, 3, 5, 7, 9),
        k_w=(1, 3, 5, 7, 9, 11),
        d=(1, 2, 3),
        h=(32, 40, 48, 56),
        w=(34, 36, 44, 64),
        radicals=("d",),
    ).where(lambda given: given["k_h"] != given["k_w"] and separated(_wrong(given), 5))
    rules = (*_RULES, "pair-order-swapped")
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a pair, as PyTorch takes it; the size of the image is there to be left aside."""
        layer = layer_text(
            "Conv2d",
            3,
            8,
            kernel_size=(given["k_h"], given["k_w"]),
            padding="(?, ?)",
            dilation=given["d"],
        )
        stem = Message(_STEM, {"layer": layer, "h": given["h"], "w": given["w"]})
        part = Part(_key(given), Message("Padding (rows, columns)"))
        return Draft(stem, (part,), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """One padding after another is written into the layer and tried by torch, until each axis was kept once."""
        from question_bank.listing import layer, sized

        text, size = shown.text(question, "layer"), shown.numbers(question, "hw")
        channels = layer(text.replace("?", "0")).get_parameter("weight").shape[1]
        found: dict[int, int] = {}
        for p in range(min(size)):
            after, _ = sized(text.replace("?", str(p)), (channels, *size))
            for axis in (0, 1):
                if after[1 + axis] == size[axis]:
                    found.setdefault(axis, p)
            if len(found) == len(size):
                break
        return ((found[0], found[1]),)
