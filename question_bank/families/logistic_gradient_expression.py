"""Gradient of a loss through an activation in letters; Bishop, Pattern Recognition and Machine Learning, equation 4.91."""

import functools
import re

from question_bank import expressions, shown
from question_bank.answers import Expression
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.lettering import expr, set_as_maths
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

SIGMOID_BCE, TANH_BCE, MSE, SIGMOID_MSE, TANH_MSE = range(5)
_ERROR, _SIGMOID, _TANH = "(p - y)", "p*(1 - p)", "(1 - p)*(1 + p)"
_BCE_SLOPE = "(p - y)/(p*(1 - p))"
_KEYS = (
    _ERROR,
    "(p - y)*(1 + p)/p",
    f"2*{_ERROR}",
    f"2*{_ERROR}*{_SIGMOID}",
    f"2*{_ERROR}*{_TANH}",
)
"""The derivative of one sample's loss with respect to its z, by kind of loss."""
_MISTAKES: tuple[dict[str, str], ...] = (
    {"sigmoid-slope-again": f"{_ERROR}*{_SIGMOID}", "prediction-as-error": "p"},
    {"slope-left-out": _BCE_SLOPE, "slope-of-another-function": _ERROR},
    {"factor-two-forgotten": _ERROR, "prediction-as-error": "2*p"},
    {
        "factor-two-forgotten": f"{_ERROR}*{_SIGMOID}",
        "slope-left-out": f"2*{_ERROR}",
        "slope-of-another-function": f"2*{_ERROR}*{_TANH}",
    },
    {
        "factor-two-forgotten": f"{_ERROR}*{_TANH}",
        "slope-left-out": f"2*{_ERROR}",
        "slope-of-another-function": f"2*{_ERROR}*{_SIGMOID}",
    },
)
_MODELS = (
    (
        "A model with one feature computes $z_i = w*x_i + b$ and $p_i$, the sigmoid of $z_i$, for each of {n} samples. The loss $L$ is "
        "the binary cross-entropy (with the natural logarithm) of $p_i$ and the labels $y_i$, averaged over the {n} samples."
    ),
    (
        "A model with one feature computes $z_i = w*x_i + b$ and $p_i$, the tanh of $z_i$, for each of {n} samples; here every $p_i$ lies "
        "between 0 and 1. The loss $L$ is the binary cross-entropy (with the natural logarithm) of $p_i$ and the labels $y_i$, averaged over the {n} samples."
    ),
    (
        "A model with one feature computes $p_i = z_i = w*x_i + b$ for each of {n} samples. The loss $L$ is the mean of the {n} squares of "
        "$p_i - y_i$, where $y_i$ are the labels."
    ),
    (
        "A model with one feature computes $z_i = w*x_i + b$ and $p_i$, the sigmoid of $z_i$, for each of {n} samples. The loss $L$ is "
        "the mean of the {n} squares of $p_i - y_i$, where $y_i$ are the labels."
    ),
    (
        "A model with one feature computes $z_i = w*x_i + b$ and $p_i$, the tanh of $z_i$, for each of {n} samples. The loss $L$ is "
        "the mean of the {n} squares of $p_i - y_i$, where $y_i$ are the labels."
    ),
)
_TASKS = (
    " Write the derivative of $L$ with respect to ${by}$ as an expression in the letters `{letters}`.",
    " The labels are `{labels}`, in order. Write the derivative of $L$ with respect to ${by}$ as an expression in the letters `{letters}`.",
)
_SAMPLE = "With respect to its own $z_i$, the loss of sample $i$ has the derivative ${slope}$."
_TOGETHER = "The derivative of $z_i$ is $x_i$ with respect to $w$ and 1 with respect to $b$, and the mean divides by {n}: ${key}$."
_RULES = (
    "batch-mean-forgotten",
    "target-minus-prediction",
    "first-sample-only",
    "weight-and-bias-gradient-exchanged",
    *dict.fromkeys(rule for mistakes in _MISTAKES for rule in mistakes),
)


def _label(given: Given, i: int) -> str:
    """Return the label of sample i (from 1): a letter, or 0 or 1."""
    return f"y{i}" if not given["labels"] else str(given["labels"] >> (given["n"] - i) & 1)


def _symbols(given: Given) -> tuple[str, ...]:
    names = "xp" if given["labels"] else "xpy"
    return tuple(f"{name}{i}" for name in names for i in range(1, given["n"] + 1))


def _of_sample(slope: str, given: Given, i: int) -> str:
    label = _label(given, i)
    text = slope.replace("(p - y)", f"p{i}" if label == "0" else f"(p{i} - {label})")
    return re.sub(r"\bp\b", f"p{i}", text)


def _asked(given: Given) -> str:
    """Return what the derivative is taken of: w, b, or one z."""
    return ("w", "b")[given["by"]] if given["by"] < 2 else f"z_{given['by'] - 1}"


def _total(
    slope: str, given: Given, *, samples: int = 0, divide: bool = True, exchanged: bool = False
) -> str:
    """Write the derivative that a sample's slope leads to, for the first few samples or all."""
    by = _asked(given)
    chosen = range(1, (samples or given["n"]) + 1) if by in "wb" else [given["by"] - 1]
    feature = (by == "w") != exchanged
    terms = [_of_sample(slope, given, i) + (f"*x{i}" if feature else "") for i in chosen]
    return f"({' + '.join(terms)})" + (f"/{given['n']}" if divide else "")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    slope, symbols = _KEYS[given["loss"]], _symbols(given)
    texts = {
        "batch-mean-forgotten": _total(slope, given, divide=False),
        "target-minus-prediction": f"-{_total(slope, given)}",
        **{rule: _total(mistaken, given) for rule, mistaken in _MISTAKES[given["loss"]].items()},
    }
    if _asked(given) in "wb":
        texts["first-sample-only"] = _total(slope, given, samples=1)
        texts["weight-and-bias-gradient-exchanged"] = _total(slope, given, exchanged=True)
    answer = Expression(_total(slope, given), symbols)
    return live(answer, {rule: expr(text, symbols) for rule, text in texts.items()})


def _askable(given: Given) -> bool:
    """Whether there is such a sample, and the labels are letters or of both classes."""
    return given["by"] < given["n"] + 2 and given["labels"] < 2 ** given["n"] - 1


@functools.cache
def _derived(function: str, *, entropy: bool) -> str:
    """Let SymPy differentiate one sample's loss, and write the result with p in place of z."""
    import sympy

    p, y, z = sympy.symbols("p y z")
    error = -y * sympy.log(p) - (1 - y) * sympy.log(1 - p) if entropy else (p - y) ** 2
    made, inverse = {
        "sigmoid": (1 / (1 + sympy.exp(-z)), sympy.log(p / (1 - p))),
        "tanh": (1 - 2 / (1 + sympy.exp(2 * z)), sympy.log((1 + p) / (1 - p)) / 2),
        "": (z, p),
    }[function]
    slope = sympy.diff(error, p) * sympy.diff(made, z).subs(z, inverse)
    return str(sympy.factor(sympy.simplify(slope))).replace("**", "^")


@family("logistic-gradient-expression", topic="gradients", version=1)
class LogisticGradientExpression:
    """Gradient of a mean loss through an activation as an expression."""

    space = Space(loss=range(5), by=range(6), n=(2, 3, 4), labels=range(15), radicals=("loss",)).where(
        _askable
    )
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one derivative."""
        n, symbols = given["n"], _symbols(given)
        key = expressions.read(_total(_KEYS[given["loss"]], given), symbols)
        said: dict[str, FieldValue] = {
            "n": n,
            "by": _asked(given),
            "letters": ", ".join(symbols),
            "labels": ", ".join(_label(given, i) for i in range(1, n + 1)),
        }
        slope = re.sub(r"\b([py])\b", r"\1_i", _KEYS[given["loss"]])
        return Draft(
            Message(_MODELS[given["loss"]] + _TASKS[bool(given["labels"])], said),
            (Part(Expression(key, symbols), Message("Derivative")),),
            wrong=_wrong(given),
            remarks=(
                Message(_SAMPLE, {"slope": slope}),
                Message(_TOGETHER, {"n": n, "key": set_as_maths(key)}),
            ),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by SymPy, and summed over the samples that the question asks about."""
        said, n, by = question.stem.template, shown.number(question, "n"), shown.text(question, "by")
        symbols = question.parts[0].field.symbols
        shown.agree(question, letters=", ".join(symbols))
        labels = shown.several(question, "labels") if "{labels}" in said else None
        slope = _derived(_function(said), entropy="cross-entropy" in said)
        parts = []
        for i in range(1, n + 1):
            of_z = {"w": f"x{i}", "b": "1", f"z_{i}": "1"}.get(by, "0")
            label = str(int(labels[i - 1])) if labels else f"y{i}"
            mine = re.sub(r"\bp\b", f"p{i}", re.sub(r"\by\b", label, slope))
            parts.append(f"({mine})*{of_z}/{n}")
        return (expr(" + ".join(parts), symbols),)


def _function(said: str) -> str:
    """Return which function makes a prediction of z, by the words of the stem; none in a linear model."""
    return next((name for name in ("sigmoid", "tanh") if f"the {name} of $z_i$" in said), "")
