"""Answers in a submitted quiz notebook, read without running a line of it, as `question_bank.notebook_answers` says.

An answer cell is known by the key in its metadata, or by its first line `# [K7Q2-M3XA]/a`, where a program has dropped metadata.
Its answer is what is assigned last, or what its last line says. Where two cells have the same key the later one with an answer counts.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from question_bank.errors import ResponseError
from question_bank.notebook_answers import MAX_SOURCE, assigned
from question_bank.responses import Response, mended

MAX_BYTES: Final = 20_000_000
MAX_CELLS: Final = 5_000

_FORMAT: Final = "legrade-notebook-1"
_LONGEST: Final = 200
_KEY: Final = re.compile(r"[0-9A-Za-z-]{1,64}/[a-z]")
_FIRST: Final = re.compile(r"\s*#\s*\[([0-9A-Za-z-]{1,64})\]/([a-z])\s*(?:\n|$)")


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
    found = list(assigned(source, bare=True))
    return found[-1].text.strip() if found else ""


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
