"""The length of a convolution's output as a formula: Dumoulin & Visin, arXiv:1603.07285, Relationships 6 and 15."""

from collections.abc import Mapping

from question_bank import expressions, shown
from question_bank.answers import Expression
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.errors import OracleMismatchError
from question_bank.formulas import SIZE_MISTAKES, along
from question_bank.lettering import LETTER, expr, left_open, texts
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "A line of $n$ pixels goes through `nn.Conv1d(1, 1, kernel_size={k}, stride={s}, padding={p}, dilation={d})`, where letters stand "
    "for whole numbers for which at least one window fits. Write the length of the output as an expression in {count} letters: "
    "`{letters}`. Write `floor(a/b)` for a quotient that is rounded down."
)
_ONE_LETTER = (
    "A line of $n$ pixels goes through `nn.Conv1d(1, 1, kernel_size={k}, stride={s}, padding={p}, dilation={d})`, where $n$ is large "
    "enough for one window at least. Write the length of the output as an expression in the letter `n`. Write `floor(a/b)` for a "
    "quotient that is rounded down."
)
_SPAN = "The kernel covers ${span}$ pixels, and the padded line has ${padded}$."
_MOVES = "After the first window, the kernel can move on ${moves}$ times, and each position gives one output: ${moves} + 1$."
_MOVES_OF_ONE = "After the first window, the kernel can move on by one pixel ${moves}$ times, and each position gives one output: ${moves} + 1$."
_RULES = SIZE_MISTAKES


def _texts(given: Given) -> dict[str, str]:
    """Return what stands for each of k, s, p, d: its number, or the letter itself."""
    return texts(given, "kspd")


def _symbols(given: Given) -> tuple[str, ...]:
    return ("n", *left_open(given, "kspd"))


def _tidy(given: Given) -> dict[str, str]:
    """Return the span of the kernel, the padded length and the moves, with numbers worked out where there are no letters."""
    text = _texts(given)
    s, p, d = (given[name] for name in "spd")
    reach = _reach(given)
    span = text["k"] if d == 1 else (f"{reach} + 1" if not reach.isdecimal() else str(int(reach) + 1))
    padded = "n + 2*p" if p == LETTER else (f"n + {2 * p}" if p else "n")
    left = f"{padded} - ({span})" if "+" in span else f"{padded} - {span}"
    if p != LETTER and span.isdecimal():
        left = _shifted(2 * p - int(span))
    return {"span": span, "padded": padded, "moves": left if s == 1 else f"({left})//{text['s']}"}


def _reach(given: Given) -> str:
    """Return how far the kernel's last entry lies from its first."""
    text, (k, d) = _texts(given), (given["k"], given["d"])
    if LETTER not in (k, d):
        return str(d * (k - 1))
    if k == LETTER:
        return "k - 1" if d == 1 else f"{text['d']}*(k - 1)"
    return "d" if k == 2 else f"{k - 1}*d"


def _shifted(by: int) -> str:
    """Write n plus a number."""
    return f"n + {by}" if by > 0 else (f"n - {-by}" if by < 0 else "n")


def _key(given: Given) -> str:
    """Write the formula as a person would."""
    tidy, reach, p = _tidy(given), _reach(given), given["p"]
    if given["s"] != 1:
        return f"{tidy['moves']} + 1"
    if given["d"] == 1 and given["k"] == LETTER:
        return f"{tidy['padded']} - k + 1"
    if p != LETTER and reach.isdecimal():
        return _shifted(2 * p - int(reach))
    return f"{tidy['padded']} - {reach}"


def _with_numbers(formula: str, given: Given) -> str:
    return along(formula, **{name: text for name, text in _texts(given).items() if text != name})


def _answer(given: Given) -> Expression:
    return Expression(expressions.read(_key(given), _symbols(given)), _symbols(given))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    symbols = _symbols(given)
    values = {rule: expr(_with_numbers(formula, given), symbols) for rule, formula in _RULES.items()}
    return live(_answer(given), values)


def _askable(given: Given) -> bool:
    """Whether the padding is shorter than the kernel, a single pixel is not dilated, and something is a letter or rounded."""
    k, s, p, d = (given[name] for name in "kspd")
    if k == 1 and (d != 1 or p):
        return False
    if LETTER not in (k, d) and p > d * (k - 1) // 2:
        return False
    return s != 1 or LETTER in (k, p, d)


def _examples(texts: Mapping[str, str]) -> list[dict[str, int]]:
    """Return the settings that a question shows, with numbers for its letters."""
    found = []
    for n in (9, 10, 14, 23):
        for number in (1, 2, 3):
            small = {name: number if text == name else int(text) for name, text in texts.items()}
            if n + 2 * small["p"] >= small["d"] * (small["k"] - 1) + 1:
                found.append({"n": n, **small})
    return found


@family("output-size-expression", topic="shapes", version=1)
class OutputSizeExpression:
    """Length of a convolution's output as an expression."""

    space = Space(
        k=(LETTER, 1, 2, 3, 5, 7),
        s=(LETTER, 1, 2, 3, 4),
        p=(LETTER, 0, 1, 2, 3),
        d=(1, 2, 3, LETTER),
        radicals=("s",),
    ).where(_askable)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the formula with the numbers that are given."""
        symbols, tidy = _symbols(given), _tidy(given)
        said: dict[str, FieldValue] = {**_texts(given), "count": len(symbols), "letters": ", ".join(symbols)}
        return Draft(
            Message(_STEM if len(symbols) > 1 else _ONE_LETTER, said),
            (Part(_answer(given), Message("Length")),),
            wrong=_wrong(given),
            remarks=(Message(_SPAN, tidy), Message(_MOVES_OF_ONE if given["s"] == 1 else _MOVES, tidy)),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Count the starts of windows, `len(range(0, padded - span + 1, stride))`; torch has to count as many for some numbers."""
        import torch
        from torch.nn import functional

        texts, symbols = (
            {name: shown.text(question, name) for name in "kspd"},
            question.parts[0].field.symbols,
        )
        if "{letters}" in question.stem.template:
            shown.agree(question, letters=", ".join(symbols), count=len(symbols))
        elif symbols != ("n",):
            raise OracleMismatchError(f"letters {symbols}: the stem says that the only letter is n")
        for numbers in _examples(texts):
            line, kernel = torch.zeros(1, 1, numbers["n"]), torch.zeros(1, 1, numbers["k"])
            made = functional.conv1d(line, kernel, None, numbers["s"], numbers["p"], numbers["d"])
            stop = numbers["n"] + 2 * numbers["p"] - numbers["d"] * (numbers["k"] - 1)
            if made.shape[-1] != len(range(0, stop, numbers["s"])):
                raise OracleMismatchError(
                    f"{numbers}: torch gives {made.shape[-1]}; the starts are counted wrongly"
                )
        return (expr(along("ceil((n + 2*p - d*(k - 1))/s)", **texts), symbols),)
