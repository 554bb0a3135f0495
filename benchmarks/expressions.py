"""How long does it take to mark an answer that is an expression? Ours against the usual way, SymPy's parser and simplify.

Run: python benchmarks/expressions.py [--answers 1000] [--by-sympy 200]

The answers are those that students give to the bank's own questions: the key in other forms, keys of named mistakes, slips of the
pen, and texts that are no expression. Each is read and compared with its key, as marking does; no answer occurs twice, so that nothing comes from
a cache but the key. SymPy gets the same answers, rewritten in its own language, and the same keys. `parse_expr` evaluates what it is given
and is safe for our own texts only. Wall times on one thread, in one run; answers on which both disagree are printed.
"""

import argparse
import random
import re
import statistics
import time
import tokenize
from collections.abc import Callable, Iterator
from typing import NamedTuple

from question_bank import bank, expression_parser, expressions
from question_bank.answers import Expression
from question_bank.values import Expr
from question_bank.verification import candidate

FAMILIES = (
    "conv-cell-expression",
    "weight-gradient-expression",
    "output-size-expression",
    "logistic-gradient-expression",
    "parameter-count-expression",
)
WANTED = 2.0
"""Milliseconds that the median may take."""


class Typed(NamedTuple):
    """A question's answer, and what somebody typed for it."""

    answer: Expression
    text: str


def turned(text: str, rng: random.Random) -> str:
    """Put the terms of a sum of products in another order, and the factors too."""
    if "(" in text:
        number = rng.randint(1, 99)
        return f"{number} + {text} - {number}" if rng.random() < 0.5 else f"1*({text})"
    terms = text.split(" + ")
    rng.shuffle(terms)
    return " + ".join("*".join(reversed(term.split("*"))) for term in terms)


def spelled(text: str, rng: random.Random) -> str:
    """Write it as LaTeX, with Unicode, or with products that have no sign."""
    if rng.random() < 0.3:
        return re.sub(r"([a-z])([0-9])\b", r"\1_{\2}", text).replace("*", " \\cdot ")
    if rng.random() < 0.5:
        return text.replace("*", "\u00b7")
    return re.sub(r"([a-z][0-9]*)\*([a-z])", r"\1 \2", text)


def slipped(text: str, rng: random.Random) -> str:
    """Change a sign or a number."""
    places = [match.start() for match in re.finditer(r"[-+0-9]", text)]
    place = rng.choice(places or [0])
    swap = {"+": "-", "-": "+"}
    other = swap.get(text[place]) or str((int(text[place]) + 1) % 10 if text[place].isdigit() else 2)
    return text[:place] + other + text[place + 1 :]


def answers(count: int, rng: random.Random) -> Iterator[Typed]:
    """Yield different answers: half right, most of the others wrong, some not to be read."""
    seen: set[tuple[str, str]] = set()
    while len(seen) < count:
        family = bank.get(rng.choice(FAMILIES))
        question = candidate(family, rng.randrange(len(family.space)))
        answer = question.parts[0].answer
        if not isinstance(answer, Expression):
            continue
        key, kind = answer.text, rng.random()
        mistaken = rng.choice(question.wrong).value
        wrong = mistaken.text if isinstance(mistaken, Expr) else key
        text = (
            spelled(turned(key, rng), rng)
            if kind < 0.5
            else spelled(wrong, rng)
            if kind < 0.75
            else slipped(key, rng)
            if kind < 0.95
            else key + rng.choice([" +", ")", " unknown", " ("])
        )
        if (key, text) not in seen:
            seen.add((key, text))
            yield Typed(answer, text)


def by_us(typed: Typed) -> bool | None:
    """Mark one answer; None when it is not read."""
    mark = typed.answer.mark(typed.answer.parse(typed.text))
    return None if mark.reason == "unreadable" else mark.reason == "right"


def by_sympy(typed: Typed) -> bool | None:
    """Parse an answer and its key with SymPy, and simplify the difference."""
    import sympy
    from sympy.parsing import sympy_parser

    letters = {name: sympy.Symbol(name, integer=True, positive=True) for name in typed.answer.symbols}
    names = letters | {"floor": sympy.floor, "ceil": sympy.ceiling}
    rules = (
        *sympy_parser.standard_transformations,
        sympy_parser.implicit_multiplication,
        sympy_parser.convert_xor,
    )
    plain = re.sub(r"_\{(\w+)\}", r"\1", typed.text).replace("\\cdot", "*").replace("\u00b7", "*")
    try:
        mine = sympy_parser.parse_expr(plain, names, rules)
        key = sympy_parser.parse_expr(typed.answer.text, names, rules)
    except (SyntaxError, TypeError, ValueError, tokenize.TokenError):
        return None
    if mine.free_symbols - set(letters.values()):
        return None
    return bool(sympy.simplify(mine - key) == 0)


def timed(mark: Callable[[Typed], bool | None], typed: list[Typed]) -> tuple[list[float], list[bool | None]]:
    """Mark answers; return the milliseconds that each took, and what came out."""
    spent: list[float] = []
    found: list[bool | None] = []
    for one in typed:
        started = time.perf_counter()
        found.append(mark(one))
        spent.append(1000 * (time.perf_counter() - started))
    return spent, found


def main() -> None:
    """Print both ways' times and their ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--by-sympy", type=int, default=200)
    options = parser.parse_args()
    typed = list(answers(options.answers, random.Random(1)))  # noqa: S311 -- no secret depends on it
    timed(by_us, typed[:3])  # imports
    timed(by_sympy, typed[:3])
    expressions._read.cache_clear()  # noqa: SLF001 -- building the questions has read their keys and mistakes
    expression_parser.parse.cache_clear()
    ours, found = timed(by_us, typed)
    theirs, proved = timed(by_sympy, typed[: options.by_sympy])
    print(f"{'':12}{'answers':>8}{'median, ms':>12}{'95 %, ms':>10}{'most, ms':>10}")
    for name, spent in (("LeGrade", ours), ("SymPy", theirs)):
        tail = statistics.quantiles(spent, n=20)[-1]
        print(f"{name:12}{len(spent):>8}{statistics.median(spent):>12.2f}{tail:>10.2f}{max(spent):>10.2f}")
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(
        f"right {found.count(True)}, wrong {found.count(False)}, not read {found.count(None)}; SymPy / LeGrade: {ratio:.0f} times"
    )
    print(f"median of at most {WANTED} ms: {'yes' if statistics.median(ours) <= WANTED else 'NO'}")
    for one, mine, other in zip(typed, found, proved, strict=False):
        if mine != other:
            print(f"  {one.text!r} for {one.answer.text!r}: {mine}, SymPy {other}")


if __name__ == "__main__":
    main()
