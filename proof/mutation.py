"""Mutants of a program: copies with one small change each, such as a student makes by accident.

What is changed how is said in `proof.operators_*`. A mutant is named by the lines that differ, so that its name outlives
changes elsewhere in the program.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from proof.operators_expressions import EXPRESSIONS
from proof.operators_statements import BLOCKS
from proof.scopes import Scope

ARROW = " -> "
SHOWN = 2
"""Lines of a change that its name quotes."""
LONG = 160
"""Characters of a change that its name quotes whole."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed program.

    Attributes:
        text: the lines that were, an arrow, the lines that are; with #2 where the same change was possible before.
        source: the whole program.
    """

    text: str
    source: str


def mutants(source: str) -> tuple[Mutant, ...]:
    r"""Make every mutant of a program, none of them twice, in the order of its lines.

    Docstrings, annotations and the texts of errors decide no result: they are left alone.

    >>> for mutant in mutants("def area(side):\n    return side * side"):
    ...     print(mutant.text)
    return side * side -> return None
    return side * side -> return side
    return side * side -> return side + side
    return side * side -> return side / side
    """
    tree = ast.parse(source)
    _drop_docstrings(tree)
    before = ast.unparse(tree).splitlines()
    seen = {tuple(before)}
    found: list[Mutant] = []
    times: Counter[str] = Counter()
    for after in _changes(tree):
        if tuple(after) not in seen:
            seen.add(tuple(after))
            text = difference(before, after)
            times[text] += 1
            found.append(
                Mutant(text if times[text] == 1 else f"{text} #{times[text]}", "\n".join(after) + "\n")
            )
    return tuple(found)


def difference(before: list[str], after: list[str]) -> str:
    """Name a change by the lines that differ.

    >>> difference(["a = 1", "b = 2", "c"], ["a = 1", "b = 3", "c"])
    'b = 2 -> b = 3'
    """
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = (_named(lines[start : len(lines) - end]) for lines in (before, after))
    if max(len(old), len(new)) > LONG:
        old, new = _shortened(old, new)
    if old == new:  # only the indentation differs
        new += " (deeper)" if len(after[start]) > len(before[start]) else " (less deep)"
    return f"{old}{ARROW}{new}"


def _shortened(old: str, new: str) -> tuple[str, str]:
    """Cut what two texts have in common, at spaces."""
    start = old.rfind(" ", 0, _common(old, new)) + 1
    end = _common(old[start:][::-1], new[start:][::-1])
    end = end - 1 - old[len(old) - end :].find(" ") if " " in old[len(old) - end :] else 0
    return f"... {old[start : len(old) - end].strip()} ...", f"... {new[start : len(new) - end].strip()} ..."


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count how far two texts, or two lists of lines, are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _named(lines: list[str]) -> str:
    shown = [line.strip() for line in lines]
    return "; ".join(shown if len(shown) <= SHOWN else [*shown[:SHOWN], "..."]) or "(nothing)"


def _changes(tree: ast.Module) -> Iterator[list[str]]:
    """Change one place after the other; the tree is as it was after each."""
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            scope = Scope.of(function)
            yield from _changes_below(function, tree, scope)


def _changes_below(node: ast.AST, tree: ast.Module, scope: Scope) -> Iterator[list[str]]:
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            yield from _in_list(node, name, value, tree, scope)
        elif isinstance(value, ast.AST):
            yield from _at(value, node, name, tree, scope)


def _in_list(
    node: ast.AST, name: str, items: list[ast.AST], tree: ast.Module, scope: Scope
) -> Iterator[list[str]]:
    """Change a list as a whole, then each of its items."""
    if items and isinstance(items[0], ast.stmt):
        statements = [item for item in items if isinstance(item, ast.stmt)]
        for operator in BLOCKS:
            for other in operator(statements, scope):
                setattr(node, name, other)
                yield _written(tree)
        setattr(node, name, items)
    for place, item in enumerate(items):
        if isinstance(item, ast.expr):
            for replacement in list(_replacements(item, node, scope)):
                items[place] = replacement
                yield _written(tree)
            items[place] = item
        if isinstance(item, ast.AST):
            yield from _entered(item, tree, scope)


def _at(value: ast.AST, node: ast.AST, name: str, tree: ast.Module, scope: Scope) -> Iterator[list[str]]:
    if isinstance(value, (ast.expr, ast.arguments)):
        for replacement in list(_replacements(value, node, scope)):
            setattr(node, name, replacement)
            yield _written(tree)
        setattr(node, name, value)
    yield from _entered(value, tree, scope)


def _entered(node: ast.AST, tree: ast.Module, scope: Scope) -> Iterator[list[str]]:
    if not isinstance(node, (ast.Raise, ast.JoinedStr)):  # what an error says is nobody's result
        yield from _changes_below(node, tree, scope)


def _replacements(node: ast.AST, parent: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    for operator in EXPRESSIONS:
        yield from operator(node, parent, scope)


def _written(tree: ast.Module) -> list[str]:
    return ast.unparse(ast.fix_missing_locations(tree)).splitlines()


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
