"""Answers in a submitted quiz notebook, read without running a line of it.

An answer cell is known by the key in its metadata, or by its first line `# [K7Q2-M3XA]/a`, where a program has dropped metadata.
Its answer is what stands after the last `answer_... =`: of a text in quotation marks its content, of anything else the source
as it was typed, so `(3, 32, 32)`, `32x32`, `1/3` and `error` are read as on a page, and `2 * 3` is not computed. `None`, and a cell
that is empty, is no answer. Where two cells have the same key the later one with an answer counts.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from question_bank.errors import ResponseError
from question_bank.responses import Response, mended

MAX_BYTES: Final = 20_000_000
MAX_CELLS: Final = 5_000
MAX_SOURCE: Final = 40_000

_FORMAT: Final = "legrade-notebook-1"
_LONGEST: Final = 200
_KEY: Final = re.compile(r"[0-9A-Za-z-]{1,64}/[a-z]")
_FIRST: Final = re.compile(r"\s*#\s*\[([0-9A-Za-z-]{1,64})\]/([a-z])\s*(?:\n|$)")
_TYPED: Final = re.compile(r"^[ \t]*answer_\w{1,40}[ \t]*=[ \t]*([^\n]*)", re.MULTILINE)


def parse_notebook(data: bytes, file: str) -> Response:
    """Read the bytes of a notebook.

    Raises:
        ResponseError: it is no notebook of a paper; the message is the reason, without the file's name.
    """
    if len(data) > MAX_BYTES:
        raise ResponseError(f"more than {MAX_BYTES} bytes; expected the quiz notebook, its outputs cleared")
    book = _object(data)
    about = _mapping(_mapping(book, "metadata"), "legrade")
    if about.get("format") != _FORMAT:
        raise ResponseError(
            f"metadata.legrade.format: got {_short(about.get('format'))}, expected {_FORMAT!r}; expected the quiz notebook as it was "
            "handed out, with answers filled in"
        )
    cells = book.get("cells")
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise ResponseError(f"cells: expected a list of at most {MAX_CELLS} cells")
    answers = dict(_answers(cells))
    return Response(file, _name(about, "paper"), _name(about, "student"), answers)


def answer(source: str) -> str:
    r"""Return what is answered in the source of a cell, as it was typed; nothing where there is no answer.

    >>> answer("# [K7Q2-M3XA]/a\nanswer_1 = (3, 32, 32)"), answer('answer_2 = "B"'), answer("answer_3 = None")
    ('(3, 32, 32)', 'B', '')
    >>> answer("answer_1 = 32x32  # by hand"), answer("# [K7Q2-M3XA]/a\n24")
    ('32x32', '24')
    """
    if len(source) > MAX_SOURCE:
        return source  # whoever reads it finds it too long
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        typed = _TYPED.findall(source)
        return "" if not typed else typed[-1].partition("#")[0].strip()
    value = _assigned(body)
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return ""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value.strip()
    return ast.get_source_segment(source, value) or ""


def _assigned(body: list[ast.stmt]) -> ast.expr | None:
    """Return what the last answer is assigned to; where there is none, what the last line says."""
    for statement in reversed(body):
        if isinstance(statement, ast.Assign) and any(map(_is_answer, statement.targets)):
            return statement.value
        if isinstance(statement, ast.AnnAssign) and _is_answer(statement.target):
            return statement.value
    last = body[-1] if body else None
    return last.value if isinstance(last, ast.Expr) else None


def _is_answer(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.startswith("answer_")


def _answers(cells: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, answer) of each cell that has one."""
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        source = _source(cell.get("source"))
        key = _key(cell, source)
        if key and (text := mended(answer(source))):
            yield key, text


def _key(cell: Mapping[str, Any], source: str) -> str:
    """Return the key of an answer cell; nothing of any other."""
    if cell.get("cell_type") != "code":
        return ""
    about = _inside(_inside(cell, "metadata"), "legrade")
    key = about.get("key")
    if isinstance(key, str) and _KEY.fullmatch(key):
        return key
    match = _FIRST.match(source[:_LONGEST])
    return f"{match[1].lower()}/{match[2]}" if match else ""


def _source(source: Any) -> str:
    """Join a cell's source, which may be a text or a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        book = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ResponseError(
            f"not UTF-8 (byte {error.start + 1}); expected a notebook as Jupyter saved it"
        ) from None
    except (ValueError, RecursionError):
        raise ResponseError("not JSON, or cut off; expected a notebook as Jupyter saved it") from None
    if not isinstance(book, dict):
        raise ResponseError(f"got {type(book).__name__}, expected a notebook as Jupyter saved it")
    return book


def _mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    if not isinstance(found, dict):
        raise ResponseError(
            f"{name}: got {type(found).__name__}, expected an object; expected the quiz notebook as it was handed out, with answers "
            "filled in"
        )
    return found


def _inside(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _name(about: Mapping[str, Any], name: str) -> str:
    value = about.get(name)
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise ResponseError(f"metadata.legrade.{name}: expected a text of 1 to {_LONGEST} characters")
    return mended(value)


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
