"""What families share that ask for all whole numbers that fit: a first and a last one, each as a formula."""

from collections.abc import Mapping

from question_bank.answers import Array
from question_bank.authoring import live
from question_bank.formulas import solve
from question_bank.model import Given, Wrong
from question_bank.values import Grid, Value

Ends = tuple[str, str]
"""The formulas of the smallest and the largest number, in the language of `maths`."""


def between(ends: Ends, given: Given, least: int = 1) -> list[int]:
    """Return the whole numbers from one end to the other, those below `least` left out.

    >>> between(("n - 3", "n // 2 + 1"), {"n": 2})
    [1, 2]
    """
    smallest, largest = solve(ends, given)
    return list(range(max(least, int(smallest)), int(largest) + 1))


def all_that_fit(ends: Ends, given: Given, least: int = 1) -> Array:
    """Return the key: every number from one end to the other; the page does not show how many there are."""
    return Array(Grid.of(between(ends, given, least)))


def wrong_sets(key: Array, rules: Mapping[str, Ends], given: Given, least: int = 1) -> tuple[Wrong, ...]:
    """Return the misconceptions that lead to another set of numbers; an empty one is not believable and left out."""
    found = {rule: between(ends, given, least) for rule, ends in rules.items()}
    values: dict[str, Value | None] = {
        rule: Grid.of(numbers) if numbers else None for rule, numbers in found.items()
    }
    return live(key, values)
