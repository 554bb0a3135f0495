"""The names of a function, as far as one can be taken for another."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Scope:
    """What a function names.

    Attributes:
        names: of parameters and local variables, in the order in which they appear.
        partners: for each name those that are easily taken for it: made beside it, as `h` in `h, w = x.shape`; the
            counter of a loop around or inside; the parameter beside it.
    """

    names: tuple[str, ...]
    partners: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, function: ast.FunctionDef) -> "Scope":
        r"""Read a function.

        >>> scope = Scope.of(ast.parse("def f(x):\n    h, w = x.shape\n    return h").body[0])
        >>> scope.names, scope.partners["h"]
        (('x', 'h', 'w'), ('w',))
        """
        parameters = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
        names = dict.fromkeys(parameters)
        partners: dict[str, dict[str, None]] = defaultdict(dict)
        groups = list(pairwise(parameters))
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names[node.id] = None
        for group in (*groups, *_made_together(function), *_loops(function, ())):
            for name in group:
                partners[name] |= dict.fromkeys(other for other in group if other not in (name, "_"))
        return cls(tuple(names), {name: tuple(others) for name, others in partners.items()})


def _made_together(function: ast.FunctionDef) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            yield tuple(item.id for item in node.elts if isinstance(item, ast.Name))


def _loops(node: ast.AST, around: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Pair each loop's counter with those of the loops around it."""
    if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
        for outer in around:
            yield outer, node.target.id
        around = (*around, node.target.id)
    for child in ast.iter_child_nodes(node):
        yield from _loops(child, around)
