r"""Answers in the cells of a notebook: one rule for quizzes and for questions in an assignment, by which no line of it is run.

An answer is what is assigned to a name such as `answer_1`. A text between quotes is the answer; a number, and a list or tuple of numbers,
are taken as they are written, without what Python allows around them; `None` is no answer. Anything else is taken as it stands in the
source, so that `1/3`, `B`, `error` and `32 x 32` are read as on a page, and `2 * 3` is not computed. Where a cell is no Python, its
lines are taken one by one.

>>> [(each.name, each.text, each.kind) for each in assigned("answer_1 = [1_000,\n  -2]  # both\nanswer_2b = 2 * 3")]
[('answer_1', '[1000, -2]', 'literal'), ('answer_2b', '2 * 3', 'source')]
"""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

MAX_SOURCE: Final = 40_000
"""Characters of a cell that is looked at."""
MAX_DEPTH: Final = 8
"""Of lists in lists; deeper ones are taken as they stand."""

Kind: TypeAlias = Literal["literal", "source", "broken"]

_LINE: Final = re.compile(r"^[ \t]*(answer_\w{1,40})[ \t]*=(?!=)[ \t]*([^\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was assigned to a name.

    Attributes:
        name: such as `answer_1`; empty where the last line of a cell is only a value.
        text: the answer as a page would save it; empty where there is none.
        kind: a literal; what only running would turn into one; or a line that is no Python.
    """

    name: str
    text: str
    kind: Kind


def assigned(source: str, *, bare: bool = False) -> Iterator[Assigned]:
    """Yield the answers of a cell, in its order.

    Args:
        source: of the cell; nothing is found in one of more than `MAX_SOURCE` characters.
        bare: whether the value of the last line counts where nothing is assigned.
    """
    if len(source) > MAX_SOURCE or not (bare or "answer_" in source):
        return
    tree = _parsed(source)
    if tree is None:
        yield from _by_lines(source)
        return
    found = list(_of_tree(tree, source))
    last = tree.body[-1] if tree.body else None
    if bare and not found and isinstance(last, ast.Expr):
        found = [Assigned("", *_answer(last.value, _lines(source)))]
    yield from found


def _by_lines(source: str) -> Iterator[Assigned]:
    """Yield the answers of the lines of a cell that is no Python."""
    for match in _LINE.finditer(source):
        line = match[0].strip()
        tree = _parsed(line)
        if tree is None:
            yield Assigned(match[1], match[2].partition("#")[0].strip(), "broken")
        else:
            yield from _of_tree(tree, line)


def _parsed(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a backslash in a text
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _lines(source: str) -> Sequence[bytes]:
    """Return the lines as Python counts them: columns are counted in bytes."""
    return re.split(rb"(?<=\n)|(?<=\r)(?!\n)", source.encode("utf-8", "replace"))


def _of_tree(tree: ast.Module, source: str) -> Iterator[Assigned]:
    lines = _lines(source)
    for node in tree.body:
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        match node:
            case ast.Assign(targets=targets, value=value):
                pass
            case ast.AnnAssign(target=only, value=value):
                targets = [only]
        for target in targets:
            if isinstance(target, ast.Name) and target.id.startswith("answer_") and value is not None:
                yield Assigned(target.id, *_answer(value, lines))


def _answer(value: ast.expr, lines: Sequence[bytes]) -> tuple[str, Kind]:
    """Return the text of an answer, and what it is."""
    if isinstance(value, ast.Constant) and value.value is None:
        return "", "literal"
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value.encode("utf-8", "replace").decode(), "literal"
    text = _literal(value, lines, 0)
    return (_segment(value, lines), "source") if text is None else (text, "literal")


def _literal(node: ast.expr, lines: Sequence[bytes], depth: int) -> str | None:
    """Write a number, or a list or tuple of them, as it stands in the source; None for anything else."""
    match node:
        case ast.Constant(value=value) if type(value) in (int, float):
            return _segment(node, lines).replace("_", "")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant() as operand):
            number = _literal(operand, lines, depth)
            return None if number is None else f"{'-' if isinstance(sign, ast.USub) else '+'}{number}"
        case ast.List(elts=items) | ast.Tuple(elts=items) if depth < MAX_DEPTH:
            texts = [_literal(item, lines, depth + 1) for item in items]
            if any(text is None for text in texts):
                return None
            inside = ", ".join(map(str, texts))
            alone = "," if isinstance(node, ast.Tuple) and len(items) == 1 else ""
            return f"[{inside}]" if isinstance(node, ast.List) else f"({inside}{alone})"
    return None


def _segment(node: ast.expr, lines: Sequence[bytes]) -> str:
    """Return the source of an expression."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    if first == last:
        return lines[first][node.col_offset : node.end_col_offset].decode("utf-8", "replace")
    inside = (lines[first][node.col_offset :], *lines[first + 1 : last], lines[last][: node.end_col_offset])
    return b"".join(inside).decode("utf-8", "replace")
