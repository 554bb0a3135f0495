"""A network that halves by pooling, and by strides instead: Springenberg et al., arXiv:1412.6806, section 2."""

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along, layer_text, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "The network of the listing is for images of shape `{shape}` (channels, height, width). (a) How many numbers does its "
    "flattening give for one image? (b) Both poolings are left out, and the convolution before each gets `stride=2` instead. How "
    "many numbers does the flattening give then?"
)
_PROMPTS = ("(a) Numbers with poolings", "(b) Numbers with strides")
_CONV, _POOLED, _STRIDED = "n + 2*p - k + 1", "(n + 2*p - k + 1) // 2", "(n + 2*p - k) // 2 + 1"


def _kept(n: int, given: Given, padding: int) -> int:
    """Return the length behind a convolution of stride 1."""
    return max(n + 2 * padding - given["k"] + 1, 0)


def _length(n: int, given: Given, way: str) -> int:
    """Return the length behind all three convolutions, in one of the two ways or by a mistake; 0 when nothing is left."""
    padding = 0 if way.endswith("padding-ignored") else given["p"]
    for stage in range(2):
        if way.startswith("strided"):
            n = max((n + 2 * padding - given["k"]) // 2 + 1, 0)
        else:
            n = _kept(n, given, padding)
            once = way == "one-pooling-forgotten" and stage == 1
            n = n if once or way in {"pooling-forgotten", "stride-ignored"} else n // 2
    return _kept(n, given, padding)


def _count(given: Given, way: str) -> int:
    return given["f"] * 4 * _length(given["h"], given, way) * _length(given["w"], given, way)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    pooled, strided = _count(given, "pooled"), _count(given, "strided")
    sides = [_length(given[axis], given, "pooled") for axis in ("h", "w")]
    values: dict[str, Value | None] = {
        rule: _count(given, rule) or None
        for rule in ("pooling-forgotten", "one-pooling-forgotten", "padding-ignored")
    }
    values |= {
        "flatten-forgets-channels": sides[0] * sides[1],
        "flatten-one-side-only": given["f"] * 4 * sides[0],
        "flatten-adds-channels": given["f"] * 7 * sides[0] * sides[1],
    }
    others: dict[str, Value | None] = {
        "stride-thought-like-pooling": pooled,
        "stride-ignored": _count(given, "stride-ignored") or None,
        "padding-ignored": _count(given, "strided-padding-ignored") or None,
        "flatten-forgets-channels": strided // (given["f"] * 4),
    }
    return (*live(Integer(pooled), values), *live(Integer(strided), others, 1))


def _lines() -> tuple[tuple[str, str, str], ...]:
    lines = []
    for letter, formula, what in (("(a)", _POOLED, "pooling"), ("(b)", _STRIDED, "strided convolution")):
        tag = "p" if letter == "(a)" else "s"
        for axis, side in (("h", "Height"), ("w", "Width")):
            first, second, last = (f"{axis}_{tag}{stage}" for stage in (1, 2, 3))
            lines += [
                (first, f"{letter} {side} after the first {what}", along(formula, n=axis)),
                (second, f"{letter} {side} after the second {what}", along(formula, n=first)),
                (last, f"{letter} {side} after the last convolution", along(_CONV, n=second)),
            ]
        product = f"f_3*h_{tag}3*w_{tag}3"
        lines.append(("", f"{letter} Numbers of all channels", product))
    return tuple(lines)


def _code(given: Given) -> str:
    c, f, p = given["c"], given["f"], given["p"]
    convolutions = [
        layer_text("Conv2d", before, after, kernel_size=given["k"], padding=p)
        for before, after in ((c, f), (f, 2 * f), (2 * f, 4 * f))
    ]
    lines = [f"{layer}, nn.ReLU(), nn.MaxPool2d(2)" for layer in convolutions[:2]]
    body = "".join(f"    {line},\n" for line in (*lines, f"{convolutions[2]}, nn.ReLU()", "nn.Flatten()"))
    return f"model = nn.Sequential(\n{body})"


def _askable(given: Given) -> bool:
    """Whether something is left, and the two ways differ or the point is one of the fifth of the others."""
    if given["p"] > given["k"] // 2 or min(_length(given[axis], given, "pooled") for axis in ("h", "w")) < 2:
        return False
    same = _count(given, "pooled") == _count(given, "strided")
    return not same or (given["h"] + given["w"] + given["f"] + given["c"]) % 5 == 0


@family("stride-instead-of-pooling", topic="shapes", version=1)
class StrideInsteadOfPooling:
    """Flattened length of a network with poolings, and of the same one with strides in their place."""

    space = Space(
        c=(1, 3),
        f=(8, 16, 32),
        k=(3, 5),
        p=(0, 1, 2),
        h=(26, 27, 28, 29, 32, 35),
        w=(28, 30, 31, 33, 37, 40),
        radicals=("p",),
    ).where(_askable)
    rules = (
        "pooling-forgotten",
        "one-pooling-forgotten",
        "padding-ignored",
        "flatten-forgets-channels",
        "flatten-one-side-only",
        "flatten-adds-channels",
        "stride-thought-like-pooling",
        "stride-ignored",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both numbers."""
        counts = (_count(given, "pooled"), _count(given, "strided"))
        parts = tuple(
            Part(Integer(count), Message(prompt)) for count, prompt in zip(counts, _PROMPTS, strict=True)
        )
        stem = Message(_STEM, {"shape": (given["c"], given["h"], given["w"])})
        solution = worked(_lines(), {**given, "f_3": 4 * given["f"]})
        return Draft(stem, parts, code=_code(given), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Tried by torch from the text of the listing, as it stands and with strides written in."""
        from question_bank.listing import sized

        shape = shown.shape(question)
        after = []
        for strides in (False, True):
            reached = shape
            for line in question.code.splitlines()[1:-1]:
                text = line.strip(" ,")
                if strides and "MaxPool2d" in text:
                    text = text.replace("), nn.ReLU(), nn.MaxPool2d(2)", ", stride=2), nn.ReLU()")
                reached = sized(text, reached)[0]
            after.append(reached[0])
        return tuple(after)
