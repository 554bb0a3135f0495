"""What families share that ask for expressions: letters in rows, sums of products of letters, and what a listing of them says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from question_bank import expressions
from question_bank.values import Expr

Letters: TypeAlias = list[list[str]]
LETTER: Final = -1
"""Stands on an axis for a number that the question leaves open, and names by a letter."""


def texts(given: Mapping[str, int], names: Iterable[str]) -> dict[str, str]:
    """Return what stands for each of some numbers: the number itself, or its letter where it is left open.

    >>> texts({"k": 3, "s": LETTER}, "ks")
    {'k': '3', 's': 's'}
    """
    return {name: name if given[name] == LETTER else str(given[name]) for name in names}


def left_open(given: Mapping[str, int], names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the numbers that are left open.

    >>> left_open({"k": 3, "s": LETTER}, "ks")
    ('s',)
    """
    return tuple(name for name in names if given[name] == LETTER)


def letters(name: str, rows: int, columns: int) -> Letters:
    """Return rows of numbered letters.

    >>> letters("w", 2, 2)
    [['w1', 'w2'], ['w3', 'w4']]
    """
    return [[f"{name}{row * columns + column + 1}" for column in range(columns)] for row in range(rows)]


def listing(**arrays: Letters) -> str:
    """Write arrays of letters as Python would.

    >>> print(listing(w=letters("w", 2, 2)))
    w = [[w1, w2],
         [w3, w4]]
    """
    lines = []
    for name, rows in arrays.items():
        start = f"{name} = ["
        joint = ",\n" + " " * len(start)
        lines.append(start + joint.join(f"[{', '.join(row)}]" for row in rows) + "]")
    return "\n".join(lines)


def listed(code: str) -> dict[str, Letters]:
    """Read what `listing` wrote.

    >>> listed("w = [[w1, w2], [w3, w4]]")
    {'w': [['w1', 'w2'], ['w3', 'w4']]}
    """
    found: dict[str, Letters] = {}
    for name, body in re.findall(r"(\w+) = \[(.*?)\](?=\n\w|$)", code, re.DOTALL):
        found[name] = [row.split(", ") for row in re.findall(r"\[([^\[\]]*)\]", body)]
    return found


def symbols_of(*arrays: Letters) -> tuple[str, ...]:
    """Return all letters, in order."""
    return tuple(letter for rows in arrays for row in rows for letter in row)


def products(pairs: Iterable[tuple[str, str]]) -> str:
    """Write a sum of products; 0 where there are none.

    >>> products([("v1", "w1"), ("v2", "w2")])
    'v1*w1 + v2*w2'
    """
    return " + ".join(f"{one}*{other}" for one, other in pairs) or "0"


def expr(text: str, symbols: Sequence[str]) -> Expr:
    """Return the value that a text stands for."""
    return Expr(expressions.read(text, symbols))


def set_as_maths(text: str) -> str:
    """Write an expression in the language of `maths`, with numbers of letters as subscripts.

    >>> set_as_maths("v12*w1 + b")
    'v_12*w_1 + b'
    """
    return re.sub(r"\b([a-z])([0-9]+)\b", r"\1_\2", text)
