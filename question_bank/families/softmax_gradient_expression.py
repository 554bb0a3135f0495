"""Gradient of the softmax cross-entropy with respect to one logit, in letters; Bishop, Pattern Recognition, equation 4.109."""

import functools

from question_bank import expressions, shown
from question_bank.answers import Expression
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.errors import OracleMismatchError
from question_bank.lettering import LETTER, expr, left_open, texts
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "A network gives {m} logits for each of ${images}$ images. For one of the images, whose label is class {label}, the softmax of the "
    "logits gives class {asked} the probability $p$; classes are counted from 0. The loss is the cross-entropy (with the natural logarithm), "
    "averaged over the ${images}$ images. Write the derivative of the loss with respect to this image's logit of class {asked} as an "
    "expression in `{letters}`."
)
_TRUE = "The derivative of this image's own loss is its probability minus 1, since class {asked} is its label; the mean divides by ${images}$: ${key}$."
_OTHER = "The derivative of this image's own loss is its probability, since class {asked} is not its label; the mean divides by ${images}$: ${key}$."
_RULES = (
    "batch-mean-forgotten",
    "target-minus-prediction",
    "prediction-as-error",
    "label-subtracted-everywhere",
    "gradient-of-the-probabilities",
    "slope-is-the-gradient",
)


def _images(given: Given) -> str:
    return texts(given, "n")["n"]


def _symbols(given: Given) -> tuple[str, ...]:
    return ("p", *left_open(given, "n"))


def _key(given: Given) -> str:
    own = "(p - 1)" if given["own"] else "p"
    return f"{own}/{_images(given)}"


def _wrong(given: Given) -> tuple[Wrong, ...]:
    images, symbols, true = _images(given), _symbols(given), given["own"]
    texts = {
        "batch-mean-forgotten": "p - 1" if true else "p",
        "target-minus-prediction": f"(1 - p)/{images}" if true else f"-p/{images}",
        "prediction-as-error": f"p/{images}",
        "label-subtracted-everywhere": f"(p - 1)/{images}",
        "gradient-of-the-probabilities": f"-1/({images}*p)" if true else "0",
        "slope-is-the-gradient": f"p*(1 - p)/{images}",
    }
    values = {rule: expr(texts[rule], symbols) for rule in _RULES}
    return live(Expression(_key(given), symbols), values)


def _asked(given: Given) -> int:
    """Return the class whose logit is asked about: the label, or another one."""
    label, m = given["label"], given["m"]
    return label if given["own"] else (label + 1 + label % (m - 1)) % m


@functools.cache
def _derived(*, true: bool) -> str:
    """Let SymPy differentiate one image's loss, and put the probability in for the logit."""
    import sympy

    z, p, rest, other = sympy.symbols("z p rest other", positive=True)
    total = sympy.exp(z) + rest
    loss = sympy.log(total) - (z if true else other)
    slope = sympy.diff(loss, z).subs(rest, sympy.exp(z) * (1 - p) / p)
    return str(sympy.simplify(slope)).replace("**", "^")


@family("softmax-gradient-expression", topic="gradients", version=1)
class SoftmaxGradientExpression:
    """Gradient of the cross-entropy with respect to one logit as an expression."""

    space = Space(
        m=(3, 4, 5, 6, 10), label=range(10), own=(0, 1), n=(LETTER, 2, 8, 32, 64), radicals=("own",)
    ).where(lambda given: given["label"] < given["m"])
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one derivative."""
        symbols, images = _symbols(given), _images(given)
        asked = _asked(given)
        key = expressions.read(_key(given), symbols)
        said: dict[str, FieldValue] = {
            "m": given["m"],
            "label": given["label"],
            "asked": asked,
            "images": images,
        }
        return Draft(
            Message(_STEM, {**said, "letters": ", ".join(symbols)}),
            (Part(Expression(key, symbols), Message("Derivative")),),
            wrong=_wrong(given),
            remarks=(
                Message(
                    _TRUE if given["own"] else _OTHER,
                    {"asked": asked, "images": images, "key": key},
                ),
            ),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Differentiated by SymPy, with one logit in a letter and the others' exponentials as what is left of the sum."""
        asked, label, classes = shown.numbers(question, ("asked", "label", "m"))
        if not max(asked, label) < classes:
            raise OracleMismatchError(
                f"classes {asked} and {label}: expected numbers below {classes}; mend the family"
            )
        images, symbols = shown.text(question, "images"), question.parts[0].field.symbols
        shown.agree(question, letters=", ".join(symbols))
        return (expr(f"({_derived(true=asked == label)})/({images})", symbols),)
