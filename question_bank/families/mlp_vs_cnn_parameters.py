"""Parameters of a network of dense layers beside those of a small convolutional network: torch.nn, sections Variables."""

from fractions import Fraction

from question_bank import shown
from question_bank.answers import Integer, Number
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.formulas import layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "Both networks below sort images of shape `{shape}` (channels, height, width) into {q} classes. (a) How many parameters has "
    "`mlp`, (b) how many has `cnn`, and (c) how many times as many as `cnn` has `mlp`, to one decimal? In (c) a difference of up "
    "to 0.1 is accepted."
)
_MLP = "m*c*n*n + m + q*m + q"
_INPUTS = "g*(n // 4)*(n // 4)"
_CONVS = "f*c*k*k + f + g*f*k*k + g"
_CNN = f"{_CONVS} + q*{_INPUTS} + q"
_RULES = (
    {
        "dense-bias-forgotten": "m*c*n*n + q*m",
        "last-layer-forgotten": "m*c*n*n + m",
        "image-channels-forgotten": "m*n*n + m + q*m + q",
        "networks-exchanged": _CNN,
    },
    {
        "bias-forgotten": f"f*c*k*k + g*f*k*k + q*{_INPUTS} + q",
        "table-convolutions-forgotten": f"q*{_INPUTS} + q",
        "table-last-layer-forgotten": _CONVS,
        "image-channels-read-by-all": f"f*c*k*k + f + g*c*k*k + g + q*{_INPUTS} + q",
        "networks-exchanged": _MLP,
    },
    {
        "ratio-turned-over": f"({_CNN}) / ({_MLP})",
        "difference-for-ratio": f"{_MLP} - ({_CNN})",
    },
)
_LINES = (
    ("dense_1", "`mlp`, first dense layer", "m*c*n*n + m"),
    ("dense_2", "`mlp`, second dense layer", "q*m + q"),
    ("mlp", "(a) Parameters of `mlp`", "dense_1 + dense_2"),
    ("conv_1", "`cnn`, first convolution", "f*c*k*k + f"),
    ("conv_2", "`cnn`, second convolution", "g*f*k*k + g"),
    ("side", "Side of the image after both poolings; the padded convolutions keep it", "n // 4"),
    ("last", "`cnn`, dense layer", "q*g*side*side + q"),
    ("cnn", "(b) Parameters of `cnn`", "conv_1 + conv_2 + last"),
    ("tenths", "Ten times the ratio, rounded down", "10*mlp // cnn"),
    ("", "(c) Ratio", "tenths / 10"),
)


def _keys(given: Given) -> tuple[Integer, Integer, Number]:
    mlp, cnn = solve((_MLP, _CNN), given)
    ratio = round(Fraction(mlp) / Fraction(cnn), 2)
    return (
        Integer(int(mlp), "parameters"),
        Integer(int(cnn), "parameters"),
        Number(ratio, Fraction(1, 10), "times"),
    )


def _wrong(given: Given) -> tuple[Wrong, ...]:
    mlp, cnn, ratio = _keys(given)
    return (
        *wrong(mlp, _RULES[0], given),
        *wrong(cnn, _RULES[1], given, part=1),
        *wrong(ratio, _RULES[2], given, part=2, least=0),
    )


def _network(name: str, layers: tuple[str, ...]) -> str:
    return f"{name} = nn.Sequential(\n{''.join(f'    {layer},{chr(10)}' for layer in layers)})"


def _code(given: Given) -> str:
    c, n, m, f, g, k, q = (given[name] for name in ("c", "n", "m", "f", "g", "k", "q"))
    mlp = ("nn.Flatten()", f"nn.Linear({c * n * n}, {m})", "nn.ReLU()", f"nn.Linear({m}, {q})")
    cnn = (
        layer_text("Conv2d", c, f, kernel_size=k, padding=k // 2),
        "nn.ReLU()",
        "nn.MaxPool2d(2)",
        layer_text("Conv2d", f, g, kernel_size=k, padding=k // 2),
        "nn.ReLU()",
        "nn.MaxPool2d(2)",
        "nn.Flatten()",
        f"nn.Linear({g * (n // 4) ** 2}, {q})",
    )
    return f"{_network('mlp', mlp)}\n{_network('cnn', cnn)}"


@family("mlp-vs-cnn-parameters", topic="parameters", version=1)
class MlpVsCnnParameters:
    """Parameters of a network of dense layers and of a small convolutional network, and how many times as many."""

    space = Space(
        c=(1, 3),
        n=(16, 20, 28, 32),
        m=(64, 100, 128, 256, 500),
        f=(4, 6, 8),
        g=(12, 16, 20),
        k=(3, 5),
        q=(5, 10, 20),
        radicals=("c", "k"),
    ).where(lambda given: _keys(given)[2].value >= 2 and separated(_wrong(given), 10))
    rules = tuple(dict.fromkeys(rule for rules in _RULES for rule in rules))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for both counts and their ratio, which follows from whatever was counted."""
        mlp, cnn, ratio = _keys(given)
        parts = (
            Part(mlp, Message("(a) `mlp`")),
            Part(cnn, Message("(b) `cnn`")),
            Part(ratio, Message("(c) Ratio"), follow=Follow("formula", (0, 1), formula="a / b")),
        )
        stem = Message(_STEM, {"shape": (given["c"], given["n"], given["n"]), "q": given["q"]})
        return Draft(stem, parts, code=_code(given), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted in both networks that the listing shows, as torch builds them."""
        import ast

        from question_bank.listing import sized

        networks = [node.value for node in ast.parse(question.code).body if isinstance(node, ast.Assign)]
        (scores, mlp), (others, cnn) = (sized(ast.unparse(part), shown.shape(question)) for part in networks)
        shown.agree(question, q=scores[0] if scores == others else 0)
        return mlp, cnn, Fraction(mlp, cnn)
