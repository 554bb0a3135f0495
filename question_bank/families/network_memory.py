"""Memory of a network in training, as summaries of networks count it: parameters, outputs with their gradients, the image."""

from fractions import Fraction

from question_bank import cnn, shown
from question_bank.answers import Integer, Number
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import along, layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "The network of the listing gets one image of shape `{shape}`; every number takes 4 bytes (`torch.float32`). Memory is counted "
    "for the image, for the parameters, and for the output of every layer of the listing twice, once for its values and once for "
    "their gradients; nothing else is counted. (a) How many parameters are there? (b) How many numbers have the outputs of all "
    "layers together, each counted once? (c) How many megabytes are that in all, with 1 MB = $1024 * 1024$ bytes? Two decimals "
    "are enough; a difference of up to 0.01 is accepted."
)
_IMAGE = "c*n*n"
_FLAT = "f*(n // 2)*(n // 2)"
_PARAMETERS = (
    f"{along(cnn.DENSE, n_in=_IMAGE, n_out='m')} + {along(cnn.DENSE, n_in='m', n_out='q')}",
    f"f*c*k*k + f + {along(cnn.DENSE, n_in=_FLAT, n_out='q')}",
)
_OUTPUTS = (f"{_IMAGE} + 2*m + q", f"2*f*n*n + 2*{_FLAT} + q")
_COUNT_RULES = (
    {
        "dense-bias-forgotten": f"m*{_IMAGE} + q*m",
        "last-layer-forgotten": f"m*{_IMAGE} + m",
        "image-channels-forgotten": "m*n*n + m + q*m + q",
    },
    {
        "dense-bias-forgotten": f"f*c*k*k + f + q*{_FLAT}",
        "last-layer-forgotten": "f*c*k*k + f",
        "input-channels-forgotten": f"f*k*k + f + q*{_FLAT} + q",
    },
)
_OUTPUT_RULES = (
    {
        "relu-output-not-counted": f"{_IMAGE} + m + q",
        "flatten-output-not-counted": "2*m + q",
        "last-output-only": "q",
    },
    {
        "relu-output-not-counted": f"f*n*n + 2*{_FLAT} + q",
        "flatten-output-not-counted": f"2*f*n*n + {_FLAT} + q",
        "pooling-output-at-full-size": "4*f*n*n + q",
        "last-output-only": "q",
    },
)
_MEMORY = "4*({a} + 2*({b}) + {image}) / (1024*1024)"
_MEMORY_RULES = {
    "outputs-counted-once": "4*({a} + {b} + {image}) / (1024*1024)",
    "memory-of-the-parameters-only": "4*({a}) / (1024*1024)",
    "megabyte-of-a-million": "4*({a} + 2*({b}) + {image}) / (1000*1000)",
    "one-byte-for-each-number": "({a} + 2*({b}) + {image}) / (1024*1024)",
    "kilobytes-for-megabytes": "4*({a} + 2*({b}) + {image}) / 1024",
}
_DENSE_LINES = (
    ("first", "First dense layer: weights and biases", along(cnn.DENSE, n_in=_IMAGE, n_out="m")),
    ("last", "Last dense layer: weights and biases", along(cnn.DENSE, n_in="m", n_out="q")),
    ("a", "(a) Parameters", "first + last"),
    ("b", "(b) Outputs of flattening, first dense layer, ReLU and last dense layer", "c*n*n + m + m + q"),
)
_CONV_LINES = (
    ("conv", "Convolution: weights and biases", "f*c*k*k + f"),
    ("flat", "Numbers after the pooling, and after the flattening", _FLAT),
    ("dense", "Dense layer: weights and biases", "q*flat + q"),
    ("a", "(a) Parameters", "conv + dense"),
    (
        "b",
        "(b) Outputs of convolution, ReLU, pooling, flattening and dense layer",
        "f*n*n + f*n*n + flat + flat + q",
    ),
)
_LAST_LINES = (
    ("all", "Numbers in all: parameters, outputs twice, the image", "a + 2*b + c*n*n"),
    ("", "(c) Megabytes", "4*all / (1024*1024)"),
)


def _put_in(formula: str, given: Given) -> str:
    which = given["conv"]
    return formula.format(a=_PARAMETERS[which], b=_OUTPUTS[which], image=_IMAGE)


def _numbers(given: Given) -> dict[str, int]:
    """Return the point with m, the outputs of the hidden layer of a network without convolution."""
    return {**given, "m": 25 * given["f"]}


def _keys(given: Given) -> tuple[Integer, Integer, Number]:
    formulas = (_PARAMETERS[given["conv"]], _OUTPUTS[given["conv"]], _put_in(_MEMORY, given))
    count, outputs, size = solve(formulas, _numbers(given))
    return (
        Integer(int(count), "parameters"),
        Integer(int(outputs), "numbers"),
        Number(size, Fraction(1, 100), "MB"),
    )


def _wrong(given: Given) -> tuple[Wrong, ...]:
    which, numbers = given["conv"], _numbers(given)
    count, outputs, size = _keys(given)
    sizes = {rule: _put_in(formula, given) for rule, formula in _MEMORY_RULES.items()}
    return (
        *wrong(count, _COUNT_RULES[which], numbers),
        *wrong(outputs, _OUTPUT_RULES[which], numbers, part=1),
        *wrong(size, sizes, numbers, part=2, least=0),
    )


def _askable(given: Given) -> bool:
    """Whether k matters where it varies, the memory is half a megabyte at least, and the mistakes differ."""
    if not given["conv"] and given["k"] > 3:
        return False
    return _keys(given)[2].value >= Fraction(1, 2) and separated(_wrong(given), 9)


def _code(given: Given) -> str:
    c, n, f, k, q, m = (_numbers(given)[name] for name in ("c", "n", "f", "k", "q", "m"))
    dense = ("nn.Flatten()", f"nn.Linear({c * n * n}, {m})", "nn.ReLU()", f"nn.Linear({m}, {q})")
    convolution = (
        layer_text("Conv2d", c, f, kernel_size=k, padding=k // 2),
        "nn.ReLU()",
        "nn.MaxPool2d(2)",
        "nn.Flatten()",
        f"nn.Linear({f * (n // 2) ** 2}, {q})",
    )
    layers = (dense, convolution)[given["conv"]]
    return f"nn.Sequential(\n{''.join(f'    {layer},{chr(10)}' for layer in layers)})"


@family("network-memory", topic="cost", version=1)
class NetworkMemory:
    """Parameters, outputs and megabytes of a network in training on one image."""

    space = Space(
        conv=(0, 1),
        c=(1, 3),
        n=(16, 20, 28, 32, 40),
        f=(8, 12, 16, 20, 32, 40),
        k=(3, 5),
        q=(10, 20, 50, 100),
        radicals=("conv", "c"),
    ).where(_askable)
    rules = tuple(
        dict.fromkeys(rule for rules in (*_COUNT_RULES, *_OUTPUT_RULES, _MEMORY_RULES) for rule in rules)
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the counts, and for the memory that follows from them."""
        image = (given["c"], given["n"], given["n"])
        count, outputs, size = _keys(given)
        follow = f"4*(a + 2*b + {given['c'] * given['n'] ** 2}) / (1024*1024)"
        parts = (
            Part(count, Message("(a) Parameters")),
            Part(outputs, Message("(b) Numbers in the outputs")),
            Part(size, Message("(c) Memory"), follow=Follow("formula", (0, 1), formula=follow)),
        )
        lines = (*(_DENSE_LINES, _CONV_LINES)[given["conv"]], *_LAST_LINES)
        return Draft(
            Message(_STEM, {"shape": image}),
            parts,
            code=_code(given),
            solution=worked(lines, _numbers(given)),
            wrong=_wrong(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The image is passed through the layers of the listing by torch, whose outputs and parameters are counted."""
        import math

        from question_bank.listing import parameter_count, shape_after

        image = shown.shape(question)
        shapes = [(1, *image)]
        for line in question.code.splitlines()[1:-1]:
            shapes.append(shape_after(line.strip().rstrip(","), shapes[-1]) or (0,))
        count, outputs = parameter_count(question.code), sum(map(math.prod, shapes[1:]))
        return count, outputs, Fraction(4 * (count + 2 * outputs + math.prod(image)), 2**20)
