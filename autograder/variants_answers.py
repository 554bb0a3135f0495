"""What a student answered in cells such as `answer_1 = "24"`: taken from the source with `ast`, and never run.

A text between quotes is the answer. A number, and a list or tuple of numbers, are taken as they are written. Anything that would have
to be computed, a name, a call, a sum, is no answer, and the student is told. The last assignment of a name counts.
"""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MAX_CELL: Final = 50_000
"""Characters of a cell that is looked at."""
MAX_ANSWER: Final = 20_000
MAX_DEPTH: Final = 8
NAME: Final = re.compile(r"answer_[1-9][0-9]{0,2}[a-z]?")
LINE: Final = re.compile(rf"^[ \t]*{NAME.pattern}[ \t]*=.*$", re.MULTILINE)
COMPUTED: Final = "the answer is not a text between quotes, a number or a list: nothing is computed here, so write what comes out"
TOO_LONG: Final = f"the answer has more than {MAX_ANSWER} characters"
CODE: Final = re.compile(r"(?<![0-9a-z-])[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}(?![0-9a-z-])")
"""How items are named, see `question_bank.issuing`."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found."""

    typed: Mapping[str, str]
    """Texts by name."""
    problems: Mapping[str, str]
    """Why a name's answer is none; in words for the student."""


def read_answers(cells: Iterable[str]) -> Answers:
    r"""Read the answers in some code cells, in their order.

    >>> read_answers(["answer_1 = '24'", "answer_2a = [[1, -2.50], [3, 4]]\nanswer_2b = 2 * 3"]).typed
    {'answer_1': '24', 'answer_2a': '[[1, -2.50], [3, 4]]'}
    """
    typed: dict[str, str] = {}
    problems: dict[str, str] = {}
    for cell in cells:
        for name, text, problem in _assigned(cell):
            typed.pop(name, None)
            problems.pop(name, None)
            if problem:
                problems[name] = problem
            else:
                typed[name] = text
    return Answers(typed, problems)


def codes_in(text: str) -> set[str]:
    """Find what could be the codes of items.

    >>> sorted(codes_in("[k7m2-abcd] k7m2-abcde 1999-2000"))
    ['1999-2000', 'k7m2-abcd']
    """
    return set(CODE.findall(text))


def _assigned(cell: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, answer, problem) of each assignment; of a cell that is no Python, those of its lines that are."""
    if len(cell) > MAX_CELL or not NAME.search(cell):
        return
    tree = _parsed(cell)
    if tree is not None:
        yield from _of_tree(tree, cell)
        return
    for line in LINE.findall(cell):
        text = line.strip()
        tree = _parsed(text)
        if tree is None:
            yield (
                text.partition("=")[0].strip(),
                "",
                "the line cannot be read: look at its quotes and brackets",
            )
        else:
            yield from _of_tree(tree, text)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a backslash in a text
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _of_tree(tree: ast.Module, source: str) -> Iterator[tuple[str, str, str]]:
    lines = source.encode("utf-8", "replace").split(b"\n")  # columns are counted in bytes
    for node in tree.body:
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        match node:
            case ast.Assign(targets=targets, value=value):
                pass
            case ast.AnnAssign(target=only, value=value):
                targets = [only]
        for target in targets:
            if isinstance(target, ast.Name) and NAME.fullmatch(target.id) and value is not None:
                yield (target.id, *_answer(value, lines))


def _answer(value: ast.expr, lines: Sequence[bytes]) -> tuple[str, str]:
    """Return the text of an answer, and why there is none."""
    text = (
        value.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
        else _literal(value, lines, 0)
    )
    if text is None:
        return "", COMPUTED
    return ("", TOO_LONG) if len(text) > MAX_ANSWER else (text.encode("utf-8", "replace").decode(), "")


def _literal(node: ast.expr, lines: Sequence[bytes], depth: int) -> str | None:
    """Write a number, or a list or tuple of them, as it stands in the source; None for anything else."""
    match node:
        case ast.Constant(value=value) if type(value) in (int, float):
            written = lines[node.lineno - 1][node.col_offset : node.end_col_offset]
            return written.decode("utf-8", "replace").replace("_", "")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant() as operand):
            number = _literal(operand, lines, depth)
            return None if number is None else f"{'-' if isinstance(sign, ast.USub) else '+'}{number}"
        case ast.List(elts=items) | ast.Tuple(elts=items) if depth < MAX_DEPTH:
            texts = [_literal(item, lines, depth + 1) for item in items]
            if any(text is None for text in texts):
                return None
            inside = ", ".join(map(str, texts))
            return f"[{inside}]" if isinstance(node, ast.List) else f"({inside})"
    return None
