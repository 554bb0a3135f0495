"""What can go wrong with an expression: another operator, one off, an argument forgotten, two axes exchanged."""

import ast
from collections.abc import Iterator

from proof.operators_calls import CALLS, Operator, neighbours_exchanged, one_off
from proof.scopes import Scope

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.NotEq, ast.GtE),
    ast.LtE: (ast.Lt, ast.Eq, ast.Gt),
    ast.Gt: (ast.GtE, ast.NotEq, ast.LtE),
    ast.GtE: (ast.Gt, ast.Eq, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult, ast.Mod),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}


def comparisons(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Compare otherwise: equality more or less, inequality only, the opposite."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for kind in COMPARISONS[type(node.ops[0])]:
            yield ast.Compare(node.left, [kind()], node.comparators)


def arithmetic(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Compute otherwise, or leave out one side."""
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
        for kind in ARITHMETIC.get(type(node.op), ()):
            yield ast.BinOp(node.left, kind(), node.right)


def signs(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Leave out a minus or a `not`."""
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def constants(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Count one more or one less, take the double or the half, turn a switch, look up another text."""
    if not isinstance(node, ast.Constant):
        return
    match node.value:
        case bool():
            yield ast.Constant(not node.value)
        case int():
            yield ast.Constant(node.value + 1)
            yield ast.Constant(node.value - 1)
        case float():
            yield ast.Constant(2 * node.value or 1.0)
            yield ast.Constant(node.value / 2)
        case str() if node.value:
            yield ast.Constant("")


def defaults(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Give a parameter of default None the default 1, and exchange neighbouring parameters."""
    if not isinstance(node, ast.arguments):
        return
    for place, value in enumerate(node.defaults):
        if isinstance(value, ast.Constant) and value.value is None:
            values = [*node.defaults[:place], ast.Constant(1), *node.defaults[place + 1 :]]
            yield ast.arguments(
                node.posonlyargs,
                node.args,
                node.vararg,
                node.kwonlyargs,
                node.kw_defaults,
                node.kwarg,
                values,
            )
    for exchanged in neighbours_exchanged(node.args):
        yield ast.arguments(
            node.posonlyargs,
            exchanged,
            node.vararg,
            node.kwonlyargs,
            node.kw_defaults,
            node.kwarg,
            node.defaults,
        )


def conditions(node: ast.AST, parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Take a condition for always true or never true, or take one of its parts for the whole."""
    decides = isinstance(parent, (ast.If, ast.IfExp)) and node is parent.test
    if decides:
        yield ast.Constant(True)
        yield ast.Constant(False)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield from node.values


def names(node: ast.AST, _parent: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    """Take another name that is easily taken for this one."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in scope.partners.get(node.id, ()):
            yield ast.Name(other, ast.Load())


def tuples(node: ast.AST, parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Exchange neighbours, as two axes; leave one out."""
    if isinstance(node, (ast.Tuple, ast.List)):
        for exchanged in neighbours_exchanged(node.elts):
            yield type(node)(exchanged, node.ctx)
        if isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
            for place in range(len(node.elts)):
                rest = node.elts[:place] + node.elts[place + 1 :]
                yield (
                    rest[0]
                    if isinstance(parent, ast.Subscript) and len(rest) == 1
                    else type(node)(rest, node.ctx)
                )


def slices(node: ast.AST, _parent: ast.AST, _scope: Scope) -> Iterator[ast.AST]:
    """Leave out a bound or the step of a slice, or move a bound by one."""
    if not isinstance(node, ast.Slice):
        return
    lower, upper, step = node.lower, node.upper, node.step
    for other in (None, *one_off(lower)) if lower else ():
        yield ast.Slice(other, upper, step)
    for other in (None, *one_off(upper)) if upper else ():
        yield ast.Slice(lower, other, step)
    if step:
        yield ast.Slice(lower, upper, None)


EXPRESSIONS: tuple[Operator, ...] = (
    comparisons,
    arithmetic,
    signs,
    constants,
    defaults,
    conditions,
    names,
    tuples,
    slices,
    *CALLS,
)
