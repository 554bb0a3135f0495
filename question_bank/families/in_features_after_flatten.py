"""Inputs of the dense layer after a stack of convolutions and poolings: torch.nn.Flatten and torch.nn.Linear, `in_features`."""

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import layer_text, lengths, solve, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_BATCH = 64
_LAST = "    nn.Linear(in_features, 10),\n"
_STEM = (
    "The network below is for batches of shape `{shape}` (batch, channels, height, width). Which number must stand for "
    "`in_features`?"
)
_SIZE = "((n + 2*p - k + 1) // m - k + 1) // m"
_LENGTHS = {
    "padding-ignored": "((n - k + 1) // m - k + 1) // m",
    "padding-once": "((n + p - k + 1) // m - k + 1) // m",
    "same-size-assumed": "n // m // m",
    "plus-one-forgotten": "((n + 2*p - k) // m - k) // m",
    "pooling-forgotten": "n + 2*p - 2*k + 2",
    "one-pooling-forgotten": "(n + 2*p - k + 1) // m - k + 1",
    "pool-stride-one": "n + 2*p - 2*k - 2*m + 4",
    "flattened-before-the-layers": "n",
}
_COUNTS = {
    "flatten-forgets-channels": "h*w",
    "flatten-counts-input-channels": "c*h*w",
    "flatten-counts-the-batch": f"{_BATCH}*f_2*h*w",
    "flatten-one-side-only": "f_2*h",
    "flatten-adds-channels": "(f_1 + f_2)*h*w",
    "flatten-channels-alone": "f_2",
}
_LINES = tuple(
    line
    for side, n in (("Height", "h"), ("Width", "w"))
    for line in (
        (f"{n}_1", f"{side} after the first convolution", f"{n} + 2*p - k + 1"),
        (f"{n}_2", f"{side} after the first pooling", f"{n}_1 // m"),
        (f"{n}_3", f"{side} after the second convolution", f"{n}_2 - k + 1"),
        (f"{n}_4", f"{side} after the second pooling", f"{n}_3 // m"),
    )
)


def _features(given: Given, formula: str = "f_2*h*w", size: str = _SIZE) -> int:
    """Return the numbers in one flattened image, from lengths and a count of channels that may be mistaken."""
    h, w = lengths(size, given)
    return int(solve((formula,), {**given, "h": h, "w": w})[0]) if min(h, w) > 0 else 0


def _wrong(given: Given) -> tuple[Wrong, ...]:
    values = {rule: _features(given, size=size) for rule, size in _LENGTHS.items()}
    values["flattened-before-the-layers"] = given["c"] * given["h"] * given["w"]
    values |= {rule: _features(given, formula) for rule, formula in _COUNTS.items()}
    return live(Integer(_features(given)), {rule: value or None for rule, value in values.items()})


def _code(given: Given) -> str:
    pool = f"nn.MaxPool2d({given['m']})"
    first = layer_text("Conv2d", given["c"], given["f_1"], kernel_size=given["k"], padding=given["p"])
    second = layer_text("Conv2d", given["f_1"], given["f_2"], kernel_size=given["k"])
    layers = (first, "nn.ReLU()", pool, second, "nn.ReLU()", pool, "nn.Flatten()")
    body = "".join(f"    {layer},\n" for layer in layers)
    return f"model = nn.Sequential(\n{body}{_LAST})"


@family("in-features-after-flatten", topic="shapes", version=1)
class InFeaturesAfterFlatten:
    """Inputs of the dense layer after two convolutions, two poolings and a flattening."""

    space = Space(
        c=(1, 3),
        h=(28, 30, 33),
        w=(24, 32, 37, 40),
        f_1=(6, 8),
        f_2=(16, 20, 32),
        k=(3, 5),
        p=(0, 1, 2),
        m=(2, 3),
        radicals=("p", "m"),
    ).where(lambda given: _features(given) > 0)
    rules = (*_LENGTHS, *_COUNTS)
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the number that people find by running the network and reading the error."""
        stem = Message(_STEM, {"shape": (_BATCH, given["c"], given["h"], given["w"])})
        lines = (*_LINES, ("", "Numbers in one image: channels, height, width", "f_2*h_4*w_4"))
        part = Part(Integer(_features(given)), Message("`in_features`"))
        return Draft(stem, (part,), code=_code(given), solution=worked(lines, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run by torch up to the flattening, from the text of the listing."""
        from question_bank.listing import shape_after

        text = question.code.replace(_LAST, "").removeprefix("model = ")
        after = shape_after(text, (1, *shown.shape(question)[1:]))
        return (after[1] if after else 0,)
