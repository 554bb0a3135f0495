"""Layer table of a small network: LeCun et al. 1998, section II-B (LeNet-5), with max pooling; torch.nn, sections Shape."""

from question_bank import shown
from question_bank.answers import Answer, Integer, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

AXES = ("channels", "height", "width")
_STEM = (
    "The network below is for images of shape `{shape}` (channels, height, width); `in_features` is what fits. Fill in the "
    "blanks of its layer table, for one image."
)
_FIRST, _LAST = "n + 2*p - 4", "((n + 2*p - 4) // 2 - 4) // 2"
_COUNTS = {
    "conv_1": "f_1*c*25 + f_1",
    "conv_2": "f_2*f_1*25 + f_2",
    "dense_1": f"m*f_2*({_LAST})*({_LAST}) + m",
    "dense_2": "q*m + q",
}
_LINES = (
    ("side_1", "Height and width after the first convolution", _FIRST),
    ("side_2", "After the first pooling", "side_1 // 2"),
    ("side_3", "After the second convolution", "side_2 - 4"),
    ("side_4", "After the second pooling", "side_3 // 2"),
    ("conv_1", "Parameters of the first convolution", _COUNTS["conv_1"]),
    ("conv_2", "Parameters of the second convolution", _COUNTS["conv_2"]),
    ("inputs", "Inputs of the first dense layer", "f_2*side_4*side_4"),
    ("dense_1", "Its parameters", "m*inputs + m"),
    ("dense_2", "Parameters of the second dense layer", "q*m + q"),
    ("", "Parameters in all; ReLU, pooling and flattening have none", "conv_1 + conv_2 + dense_1 + dense_2"),
)
_RULES = (
    {
        "bias-forgotten": "f_1*c*25",
        "kernel-side-once": "f_1*c*5 + f_1",
        "input-channels-forgotten": "f_1*25 + f_1",
        "one-bias-per-layer": "f_1*c*25 + 1",
    },
    {
        "bias-forgotten": "f_2*f_1*25",
        "image-channels-read-by-all": "f_2*c*25 + f_2",
        "input-channels-forgotten": "f_2*25 + f_2",
        "bias-per-input-channel": "f_2*f_1*25 + f_1",
    },
    {
        "dense-bias-forgotten": f"m*f_2*({_LAST})*({_LAST})",
        "flatten-forgets-channels": f"m*({_LAST})*({_LAST}) + m",
        "flatten-one-side-only": f"m*f_2*({_LAST}) + m",
        "one-pooling-forgotten": f"m*f_2*(({_FIRST}) // 2 - 4)*(({_FIRST}) // 2 - 4) + m",
    },
    {
        "table-last-layer-forgotten": "conv_1 + conv_2 + dense_1",
        "table-convolutions-forgotten": "dense_1 + dense_2",
        "table-biases-forgotten": "conv_1 + conv_2 + dense_1 + dense_2 - f_1 - f_2 - m - q",
    },
)
_PROMPTS = (
    "Shape after the first convolution",
    "Shape after the second pooling",
    "Parameters of the first convolution",
    "Parameters of the second convolution",
    "Parameters of the first dense layer",
    "Parameters of the network",
)


def _keys(given: Given) -> tuple[Answer, ...]:
    first, last, *counts = (int(value) for value in solve((_FIRST, _LAST, *_COUNTS.values()), given))
    shapes = ((given["f_1"], first, first), (given["f_2"], last, last))
    return (
        *(Shape(shape, AXES) for shape in shapes),
        *(Integer(count, "parameters") for count in (*counts[:3], sum(counts))),
    )


def _wrong(given: Given) -> tuple[Wrong, ...]:
    keys = _keys(given)
    n, p, c, f_1, f_2 = (given[name] for name in ("n", "p", "c", "f_1", "f_2"))
    first: dict[str, Value | None] = {
        "padding-ignored": (f_1, n - 4, n - 4),
        "padding-once": (f_1, n + p - 4, n + p - 4),
        "plus-one-forgotten": (f_1, n + 2 * p - 5, n + 2 * p - 5),
        "same-size-assumed": (f_1, n, n),
        "channels-unchanged": (c, n + 2 * p - 4, n + 2 * p - 4),
        "channels-last": (n + 2 * p - 4, n + 2 * p - 4, f_1),
    }
    side = (n + 2 * p - 4) // 2 - 4
    second: dict[str, Value | None] = {
        "one-pooling-forgotten": (f_2, side, side),
        "same-size-assumed": (f_2, n // 4, n // 4),
        "channels-unchanged": (f_1, side // 2, side // 2),
        "channels-last": (side // 2, side // 2, f_2),
    }
    counts = dict(zip(_COUNTS, solve(tuple(_COUNTS.values()), given), strict=True))
    numbers = {**given, **{name: int(count) for name, count in counts.items()}}
    typed = (wrong(keys[part], rules, numbers, part) for part, rules in enumerate(_RULES, start=2))
    return (*live(keys[0], first), *live(keys[1], second, 1), *(entry for part in typed for entry in part))


def _code(given: Given) -> str:
    padding = f", padding={given['p']}" if given["p"] else ""
    layers = (
        f"nn.Conv2d({given['c']}, {given['f_1']}, kernel_size=5{padding})",
        "nn.ReLU()",
        "nn.MaxPool2d(2)",
        f"nn.Conv2d({given['f_1']}, {given['f_2']}, kernel_size=5)",
        "nn.ReLU()",
        "nn.MaxPool2d(2)",
        "nn.Flatten()",
        f"nn.Linear(in_features, {given['m']})",
        "nn.ReLU()",
        f"nn.Linear({given['m']}, {given['q']})",
    )
    return "\n".join(("model = nn.Sequential(", *(f"    {layer}," for layer in layers), ")"))


@family("network-summary", topic="parameters", version=2)
class NetworkSummary:
    """Blanks of a layer table: shapes and parameters of a network like LeNet."""

    space = Space(
        c=(1, 3),
        n=(24, 28, 36),
        p=(0, 1, 2),
        f_1=(4, 6),
        f_2=(12, 16, 20),
        m=(64, 84, 120),
        q=(5, 10),
        radicals=("p",),
    )
    rules = (
        "padding-ignored",
        "padding-once",
        "plus-one-forgotten",
        "same-size-assumed",
        "channels-unchanged",
        "channels-last",
        "one-pooling-forgotten",
        *dict.fromkeys(rule for rules in _RULES for rule in rules if rule != "one-pooling-forgotten"),
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for two shapes, three counts and the total."""
        keys = _keys(given)
        last = given["q"] * given["m"] + given["q"]
        follows = (*[None] * 5, Follow("formula", (2, 3, 4), formula=f"a + b + c + {last}"))
        parts = tuple(
            Part(key, Message(prompt), follow=follow)
            for key, prompt, follow in zip(keys, _PROMPTS, follows, strict=True)
        )
        stem = Message(_STEM, {"shape": (given["c"], given["n"], given["n"])})
        solution = worked(_LINES, given)
        return Draft(stem, parts, code=_code(given), solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run and counted by torch, layer by layer, from the text of the listing."""
        from question_bank.listing import parameter_count, shape_after

        layers = [line.strip(" ,") for line in question.code.splitlines()[1:-1]]
        shapes = [shown.shape(question)]
        counts = []
        for text in layers:
            built = text.replace("in_features", str(shapes[-1][0]))
            counts.append(parameter_count(built))
            shapes.append((shape_after(built, (1, *shapes[-1])) or (1,))[1:])
        return shapes[1], shapes[6], counts[0], counts[3], counts[7], sum(counts)
