"""What can go wrong with a block of statements: one is forgotten, or stands one step too deep, or too shallow."""

import ast
from collections.abc import Callable, Iterator
from copy import copy
from typing import TypeAlias

from proof.scopes import Scope

Block: TypeAlias = list[ast.stmt]
BlockOperator: TypeAlias = Callable[[Block, Scope], Iterator[Block]]


def dropped(block: Block, _scope: Scope) -> Iterator[Block]:
    """Leave out a statement, a loop or a condition with all that it holds; a result becomes None."""
    for place, statement in enumerate(block):
        if isinstance(statement, ast.Return):
            yield _put(block, place, ast.Return(ast.Constant(None)))
        elif not isinstance(statement, (ast.Pass, ast.FunctionDef)):
            yield _put(block, place, ast.Pass())


def other_returns(block: Block, scope: Scope) -> Iterator[Block]:
    """Return another parameter or variable."""
    for place, statement in enumerate(block):
        if isinstance(statement, ast.Return):
            for name in scope.names:
                yield _put(block, place, ast.Return(ast.Name(name, ast.Load())))


def updates(block: Block, _scope: Scope) -> Iterator[Block]:
    """Subtract instead of adding, and forget what was there before."""
    for place, statement in enumerate(block):
        if isinstance(statement, ast.AugAssign):
            other = ast.Sub() if isinstance(statement.op, ast.Add) else ast.Add()
            yield _put(block, place, ast.AugAssign(statement.target, other, statement.value))
            yield _put(block, place, ast.Assign([statement.target], statement.value))


def jumps(block: Block, _scope: Scope) -> Iterator[Block]:
    """Take `break` for `continue`."""
    for place, statement in enumerate(block):
        if isinstance(statement, (ast.Break, ast.Continue)):
            yield _put(block, place, ast.Break() if isinstance(statement, ast.Continue) else ast.Continue())


def pulled_in(block: Block, _scope: Scope) -> Iterator[Block]:
    """Indent the statement that follows a loop or a condition: it becomes the last one inside."""
    for place, statement in enumerate(block[:-1]):
        if isinstance(statement, (ast.For, ast.While, ast.If)):
            longer = copy(statement)
            longer.body = [*statement.body, block[place + 1]]
            yield [*block[:place], longer, *block[place + 2 :]]


def pushed_out(block: Block, _scope: Scope) -> Iterator[Block]:
    """Indent the last statement of a loop or of a condition too little: it follows."""
    for place, statement in enumerate(block):
        if isinstance(statement, (ast.For, ast.While, ast.If)) and len(statement.body) > 1:
            shorter = copy(statement)
            shorter.body = statement.body[:-1]
            yield [*block[:place], shorter, statement.body[-1], *block[place + 1 :]]


def _put(block: Block, place: int, statement: ast.stmt) -> Block:
    return [*block[:place], statement, *block[place + 1 :]]


BLOCKS: tuple[BlockOperator, ...] = (dropped, other_returns, updates, jumps, pulled_in, pushed_out)
