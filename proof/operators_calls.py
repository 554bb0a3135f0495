"""What can go wrong with a call: an argument forgotten or exchanged, another function, none at all, one step too many."""

import ast
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from proof.scopes import Scope

Operator: TypeAlias = Callable[[ast.AST, ast.AST, Scope], Iterator[ast.AST]]

ALIKE = {
    "all": ("any",),
    "any": ("all",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "ceil": ("floor",),
    "exp": ("expm1",),
    "floor": ("ceil",),
    "log": ("log10", "log1p"),
    "max": ("min", "mean"),
    "maximum": ("minimum",),
    "mean": ("sum",),
    "min": ("max",),
    "minimum": ("maximum",),
    "ones": ("zeros",),
    "sum": ("mean", "max"),
    "zeros": ("ones",),
}
"""Functions that are taken for each other."""
BOUNDS = ("range", "slice")
"""Functions whose arguments are bounds."""
SYMMETRIC = ("max", "min", "maximum", "minimum", "add", "multiply")
"""Functions whose arguments may stand in any order."""


def arguments(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Leave out an argument by name or the last one by position, exchange two neighbours."""
    if isinstance(node, ast.Call):
        for place in range(len(node.keywords)):
            yield ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :])
        if len(node.args) > 1:
            yield ast.Call(node.func, node.args[:-1], node.keywords)
        if called(node) not in SYMMETRIC:
            for exchanged in neighbours_exchanged(node.args):
                yield ast.Call(node.func, exchanged, node.keywords)


def functions(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Call another function, or none: keep the array that a method is called on, or the first argument."""
    if not isinstance(node, ast.Call):
        return
    for other in ALIKE.get(called(node), ()):
        if isinstance(node.func, ast.Attribute):
            yield ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)
        elif other in ("all", "any", "max", "min", "sum"):
            yield ast.Call(ast.Name(other, ast.Load()), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield node.func.value
    elif node.args:
        yield node.args[0]


def attributes(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Forget to transpose."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


def bounds(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Begin or end a range or a slice one step too early or too late."""
    if not (isinstance(node, ast.Call) and called(node) in BOUNDS):
        return
    for place, value in enumerate(node.args[:2]):
        for moved in one_off(value):
            yield ast.Call(node.func, [*node.args[:place], moved, *node.args[place + 1 :]], node.keywords)
    if called(node) == "range" and len(node.args) == 1:
        yield ast.Call(node.func, [ast.Constant(1), *node.args], node.keywords)


def one_off(value: ast.expr) -> Iterator[ast.expr]:
    """Add and subtract one; constants are changed elsewhere."""
    if not isinstance(value, (ast.Constant, ast.UnaryOp)):
        yield ast.BinOp(value, ast.Add(), ast.Constant(1))
        yield ast.BinOp(value, ast.Sub(), ast.Constant(1))


def called(node: ast.Call) -> str:
    """Name what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def neighbours_exchanged(items: Sequence[Any]) -> Iterator[list[Any]]:
    """Exchange each two neighbours of a list.

    >>> list(neighbours_exchanged("abc"))
    [['b', 'a', 'c'], ['a', 'c', 'b']]
    """
    for place, (one, other) in enumerate(pairwise(items)):
        yield [*items[:place], other, one, *items[place + 2 :]]


def _is_module(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("np", "nn", "F", "torch", "math")


CALLS: tuple[Operator, ...] = (arguments, functions, attributes, bounds)
