"""What a short program does when its lines are carried out one after another: for oracles, which read the text that a student reads.

A program is read with `ast` and carried out here, statement by statement; Python itself never evaluates it. It may use the
names it is given, assignments, arithmetic, comparisons, loops, `if`, `with`, `print`, functions, and classes of layers with
`__init__` and `forward`, which become modules of torch. It is always a text of ours, never one that a student typed.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from torch import nn

from question_bank.errors import QuestionBankError

_BINARY: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}
_COMPARED: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ERRORS = (RuntimeError, TypeError, ValueError, AttributeError, NameError, IndexError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program did.

    Attributes:
        printed: the arguments of each `print`, with the line that it stands on.
        error: the name of the error that ended the program; empty where none did.
        line: the line that was being carried out when the error came, the innermost one.
    """

    printed: tuple[tuple[int, tuple[Any, ...]], ...]
    error: str = ""
    line: int = 0


class _Returned(Exception):  # noqa: N818 -- a way out, not an error
    """Carries the value of a `return` statement."""


class Program:
    """A program and what it may name; what it calls may ask where it is.

    Attributes:
        line: the line that is being carried out.
        assigned: each assignment so far: line, name, value.
        added: the names that `+=` and its like changed, each with the last line that did.
    """

    def __init__(self, text: str, names: Mapping[str, Any]) -> None:
        self.line = 0
        self.assigned: list[tuple[int, str, Any]] = []
        self.added: dict[str, int] = {}
        self._tree = ast.parse(text)
        self._names = {"print": self._print, **names}
        self._printed: list[tuple[int, tuple[Any, ...]]] = []

    def give(self, names: Mapping[str, Any]) -> None:
        """Let the program name more."""
        self._names.update(names)

    def run(self) -> Outcome:
        """Carry the program out.

        Raises:
            QuestionBankError: it has a statement or an expression that programs may not have.
        """
        try:
            self._all(self._tree.body, self._names)
        except _ERRORS as error:
            return Outcome(tuple(self._printed), type(error).__name__, self.line)
        return Outcome(tuple(self._printed))

    def _print(self, *values: Any) -> None:
        self._printed.append((self.line, values))

    def _all(self, body: list[ast.stmt], names: dict[str, Any]) -> None:
        for node in body:
            self.line = node.lineno
            self._statement(node, names)

    def _statement(self, node: ast.stmt, names: dict[str, Any]) -> None:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                pass
            case ast.Assign(targets=[target], value=value):
                self._assign(target, self._value(value, names), names)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                names[name] = _BINARY[type(op)](names[name], self._value(value, names))
                self.added[name] = self.line
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__"))):
                pass  # super().__init__() is done where the module is made
            case ast.Expr(value=value):
                self._value(value, names)
            case ast.Return(value=value):
                raise _Returned(None if value is None else self._value(value, names))
            case ast.ClassDef(name=name):
                names[name] = self._class(node, names)
            case ast.FunctionDef(name=name):
                names[name] = lambda *given: self._function(node, given, names)
            case _:
                self._block(node, names)

    def _block(self, node: ast.stmt, names: dict[str, Any]) -> None:
        match node:
            case ast.For(target=target, iter=values, body=body, orelse=[]):
                for value in self._value(values, names):
                    self._assign(target, value, names)
                    self._all(body, names)
            case ast.If(test=test, body=body, orelse=orelse):
                self._all(body if self._value(test, names) else orelse, names)
            case ast.With(items=items, body=body):
                with ExitStack() as stack:
                    for item in items:
                        stack.enter_context(self._value(item.context_expr, names))
                    self._all(body, names)
            case _:
                raise QuestionBankError(f"statement {ast.unparse(node)!r}: not one that programs may have")

    def _assign(self, target: ast.expr, value: Any, names: dict[str, Any]) -> None:
        match target:
            case ast.Name(id=name):
                names[name] = value
                self.assigned.append((self.line, name, value))
            case ast.Attribute(value=owner, attr=name):
                setattr(self._value(owner, names), name, value)
            case ast.Tuple(elts=targets):
                for part, single in zip(targets, value, strict=True):
                    self._assign(part, single, names)
            case _:
                raise QuestionBankError(f"assignment to {ast.unparse(target)!r}: expected names")

    def _value(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                if name not in names:
                    raise NameError(name)
                return names[name]
            case ast.Attribute(value=owner, attr=name) if not name.startswith("_"):
                return getattr(self._value(owner, names), name)
            case ast.Call(func=function, args=args, keywords=keywords):
                return self._call(self._value(function, names), args, keywords, names)
        return self._compound(node, names)

    def _compound(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                made = self._values(parts, names)
                return tuple(made) if isinstance(node, ast.Tuple) else made
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._value(body if self._value(test, names) else orelse, names)
            case ast.Subscript(value=owner, slice=index):
                return self._value(owner, names)[self._index(index, names)]
            case ast.BinOp(left=left, op=op, right=right):
                return _BINARY[type(op)](self._value(left, names), self._value(right, names))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand, names)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _COMPARED[type(op)](self._value(left, names), self._value(right, names))
        raise QuestionBankError(f"expression {ast.unparse(node)!r}: not one that programs may have")

    def _values(self, nodes: list[ast.expr], names: Mapping[str, Any]) -> list[Any]:
        """Return the values of arguments or of the entries of a list, `*` among them."""
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += self._value(node.value, names)
            else:
                found.append(self._value(node, names))
        return found

    def _index(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        match node:
            case ast.Slice(lower=lower, upper=upper, step=None):
                return slice(*(None if end is None else self._value(end, names) for end in (lower, upper)))
            case ast.Tuple(elts=parts):
                return tuple(self._index(part, names) for part in parts)
        return self._value(node, names)

    def _call(
        self, function: Any, args: list[ast.expr], keywords: list[ast.keyword], names: Mapping[str, Any]
    ) -> Any:
        before = self.line
        given = self._values(args, names)
        named = {str(keyword.arg): self._value(keyword.value, names) for keyword in keywords}
        value = function(*given, **named)
        self.line = before  # not where it raised: then the innermost line stays
        return value

    def _class(self, node: ast.ClassDef, names: Mapping[str, Any]) -> type[nn.Module]:
        """Make a module of torch whose `__init__` and `forward` are carried out here."""
        functions = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
        program = self

        class Built(nn.Module):
            """A class of layers of the listing."""

            def __init__(self, *given: Any) -> None:
                super().__init__()
                program._function(functions["__init__"], (self, *given), names)

            def forward(self, *given: Any) -> Any:
                """Carry out the body of `forward`."""
                return program._function(functions["forward"], (self, *given), names)

        return Built

    def _function(self, node: ast.FunctionDef, given: tuple[Any, ...], names: Mapping[str, Any]) -> Any:
        arguments = [argument.arg for argument in node.args.args]
        local = {**names, **dict(zip(arguments, given, strict=True))}
        try:
            self._all(node.body, local)
        except _Returned as returned:
            return returned.args[0]
        return None


def printed_shape(text: str) -> tuple[int, ...] | None:
    """Return the shape that the first `print` of a listing prints, carried out by torch without its numbers; None where none is reached."""
    import torch

    with torch.device("meta"):
        printed = Program(text, of_torch()).run().printed
    return printed[0][1][0] if printed else None


def value_of(text: str, **names: Any) -> Any:
    """Return the value of one expression of a stem, such as `F.interpolate(x, scale_factor=2)`, where F is `torch.nn.functional`.

    Raises:
        QuestionBankError: it is no expression that programs may have, or it raises an error.
    """
    program = Program(f"value = {text}", of_torch(F=nn.functional, **names))
    outcome = program.run()
    if outcome.error:
        raise QuestionBankError(f"expression {text!r}: {outcome.error}")
    return program.assigned[-1][2]


def of_torch(**more: Any) -> dict[str, Any]:
    """Return what a listing may name after `import torch` and `from torch import nn`, and more."""
    import torch

    return {"torch": torch, "nn": nn, "len": len, "range": range, "tuple": tuple, **more}
