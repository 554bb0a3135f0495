"""What families that work on arrays share: drawing entries, and steps for sizes and cells."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from question_bank import cnn
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.layers import Share
from question_bank.message import Message
from question_bank.model import Given, Step, Table
from question_bank.values import Grid, Rational, simplest


def matrix(draw: Draw, rows: int, columns: int, low: int, high: int) -> Matrix:
    """Draw whole numbers from `low` to `high` in rows."""
    return [list(draw.integers(columns, low, high)) for _ in range(rows)]


def table(caption: str, rows: Sequence[Sequence[Rational]], **fields: int) -> Table:
    """Show an array under a caption, a template of a message."""
    return Table(Message(caption, fields), Grid.of(rows))


def total(terms: Iterable[str]) -> str:
    """Write a sum; nothing at all adds up to 0.

    >>> total(["a*2", "b"]), total([])
    ('a*2 + b', '0')
    """
    return " + ".join(terms) or "0"


def product(a: Rational, b: Rational) -> str:
    """Write a product of two numbers.

    >>> product(2, -3)
    '(2)*(-3)'
    """
    return f"({a})*({b})"


def products(values: Iterable[Rational], weights: Iterable[Rational]) -> list[str]:
    """Write the products of numbers and weights, pair by pair."""
    return [product(value, weight) for value, weight in zip(values, weights, strict=True)]


def largest(values: Sequence[Rational]) -> str:
    """Write the maximum of some numbers; that of one number is the number.

    >>> largest([1, -2]), largest([3])
    ('max(1, -2)', '3')
    """
    return f"max({', '.join(map(str, values))})" if len(values) > 1 else str(values[0])


def flat(rows: Iterable[Iterable[int]]) -> list[int]:
    """List the numbers row by row."""
    return [value for row in rows for value in row]


def cell_steps(
    formulas: Sequence[Sequence[str]], values: Sequence[Sequence[Rational]], name: str = ""
) -> tuple[Step, ...]:
    """Work out each cell; rows and columns are counted from 1, after the name of the array where there are several."""
    label = f"{name}, row {{row}}, column {{column}}" if name else "Row {row}, column {column}"
    return tuple(
        Step(Message(label, {"row": i, "column": j}), formula, {}, value)
        for i, (line, row) in enumerate(zip(formulas, values, strict=True), start=1)
        for j, (formula, value) in enumerate(zip(line, row, strict=True), start=1)
    )


def share_steps(shares: Sequence[Share], given: Given, write: Callable[[Share], str]) -> tuple[Step, ...]:
    """Add up what arrives at each of the h times w pixels, as `write` shows a share; pixels that get nothing come last."""
    arrived: dict[tuple[int, int], list[Share]] = {}
    for share in sorted(shares, key=lambda at: (at.row, at.column)):
        arrived.setdefault((share.row, share.column), []).append(share)
    sums = tuple(
        Step(
            Message("$dx$, row {row}, column {column}", {"row": row + 1, "column": column + 1}),
            total(map(write, terms)),
            {},
            simplest(Fraction(sum(term.value for term in terms))),
        )
        for (row, column), terms in arrived.items()
    )
    if len(sums) == given["h"] * given["w"]:
        return sums
    return (*sums, Step(Message("$dx$ of every other pixel"), "0", {}, 0))


def window_count(n: int, given: Given) -> int:
    """Return how many windows fit along n pixels, with k, s and, where there is one, p of the point; 0 for none."""
    padding = given.get("p", 0)
    if n + 2 * padding < given["k"]:
        return 0
    return cnn.value(cnn.OUTPUT_SIZE, {"n": n, "k": given["k"], "s": given["s"], "p": padding, "d": 1})


def size_steps(given: Given) -> tuple[Step, Step]:
    """Work out the rows and columns of an output from h, w, k, s and, where there is one, p of the point."""
    formula = "(n + 2*p - k) // s + 1" if "p" in given else cnn.POOL_SIZE
    numbers = {name: given[name] for name in ("p", "k", "s") if name in given}
    return (
        Step(
            Message("Rows of the output"),
            formula,
            {"n": given["h"], **numbers},
            window_count(given["h"], given),
        ),
        Step(
            Message("Columns of the output"),
            formula,
            {"n": given["w"], **numbers},
            window_count(given["w"], given),
        ),
    )
