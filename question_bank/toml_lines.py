"""On which line of a TOML file a field stands: `tomllib` reads values and forgets where they were (TOML 1.0.0).

Only for texts that `tomllib` has read: what is no TOML gives whatever lines, and never fails.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

FieldPath: TypeAlias = tuple[str | int, ...]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_BASIC: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_LITERAL: Final = re.compile(r"'([^'\n]*)'")
_VALUE: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'[\s\S]*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]|[^"\'#\[\]{}\n]+|["\']',
    re.DOTALL,
)
_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK: Final = re.compile(r"[ \t]*")


def lines_of(text: str) -> Mapping[FieldPath, int]:
    r"""Return the line, from 1, of each table and field; of what stands inside a value, that of the field that has it.

    >>> lines_of('title = "Quiz"\n\n[[slots]]\nfamily = "x"\n')["slots", 0, "family"]
    4
    """
    found: dict[FieldPath, int] = {}
    counts: dict[FieldPath, int] = {}
    here: FieldPath = ()
    for line, header, keys in _statements(text):
        if not header:
            _note(found, (*here, *keys), line)
            continue
        here = _resolved(keys, counts)
        if header == "[[":
            at = counts.get(here, -1) + 1
            counts[here] = at
            here = (*here, at)
        _note(found, here, line)
    return found


def line_at(lines: Mapping[FieldPath, int], path: FieldPath) -> int:
    """Return the line of a field, or of the nearest table around it; 0 where neither is in the file.

    >>> line_at({("slots", 0): 3}, ("slots", 0, "points"))
    3
    """
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 0)


def _note(found: dict[FieldPath, int], path: FieldPath, line: int) -> None:
    for length in range(1, len(path) + 1):
        found.setdefault(path[:length], line)


def _resolved(keys: tuple[str, ...], counts: Mapping[FieldPath, int]) -> FieldPath:
    """Return the path of a header: a name of an array of tables on the way means its last table."""
    path: FieldPath = ()
    for number, key in enumerate(keys):
        path = (*path, key)
        if number < len(keys) - 1 and path in counts:
            path = (*path, counts[path])
    return path


def _statements(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield (line, `[`, `[[` or nothing, names) of each header and each field."""
    at, line, counted = 0, 1, 0
    while (at := _end(_SPACE, text, at)) < len(text):
        line += text.count("\n", counted, at)
        counted = at
        header = "[[" if text.startswith("[[", at) else "[" if text[at] == "[" else ""
        keys, at = _keys(text, at + len(header))
        yield line, header, keys
        at = _after(text, at + 1)


def _keys(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """Read a dotted name; return its pieces and where it ends."""
    keys: list[str] = []
    while True:
        at = _end(_BLANK, text, at)
        match = _BARE.match(text, at) or _BASIC.match(text, at) or _LITERAL.match(text, at)
        if match is None:
            return tuple(keys), at
        keys.append(match[match.lastindex or 0])
        at = _end(_BLANK, text, match.end())
        if text[at : at + 1] != ".":
            return tuple(keys), at
        at += 1


def _after(text: str, at: int) -> int:
    """Return where the statement ends: at the first line end outside brackets and texts."""
    depth = 0
    while match := _VALUE.match(text, at):
        piece, at = match[0], match.end()
        depth += (piece in {"[", "{"}) - (piece in {"]", "}"})
        if piece == "\n" and depth <= 0:
            break
    return at


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
