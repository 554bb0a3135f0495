"""No line of `solutions/` in anything that students receive: the last look before a release.

A release is built from files that never held a secret (DESIGN section 1, promise 8). This module proves it of the bytes that
came out: every text in them, a notebook's sources, outputs and metadata and the members of an archive included.
"""

import ast
import io
import json
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.errors import LeakError

SHORTEST = 12
"""Characters of the shortest line that can be recognised as a secret."""
WHOLE_LINES_FROM = 4 * 2**20
"""Texts longer than this, in characters, are compared line by line instead of searched."""
MAX_NESTING = 3
"""Archives inside archives."""
MAX_MEMBER = 64 * 2**20
TRIVIAL = ("import ", "from ")
TRAVELS = Path(__file__).with_name("legrade_checks.py")
"""What lies beside every notebook that uses it: no line of it is secret, such as `except (TypeError, ValueError):`."""


def secret_lines(solutions: Path, *, feedback: bool = False) -> dict[str, str]:
    """Collect every line of `solutions/` that is secret, and where it stands.

    What is public by contract is left out: the summary and signature of a `spec.toml`, the signature and docstring of the
    functions of a `reference.py`, and what stands in the module that travels with notebooks, too.

    Args:
        solutions: the course's folder of that name.
        feedback: also leave out the docstrings of the hidden tests, which students read after grading.
    """
    secrets: dict[str, str] = {}
    public = {line.strip() for line in TRAVELS.read_text(encoding="utf-8").splitlines()}
    for folder in sorted(path for path in solutions.iterdir() if path.is_dir()):
        functions = _functions(folder)
        public |= _contract(folder)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                text = path.read_text(encoding="utf-8", errors="replace")
                if path.suffix == ".py":
                    docstrings = path.name == "reference.py" or (feedback and path.name.startswith("test_"))
                    public |= _public_lines(
                        text, functions, docstrings=docstrings, every=path.name.startswith("test_")
                    )
                for number, line in enumerate(text.splitlines(), start=1):
                    secrets.setdefault(line.strip(), f"{path.relative_to(solutions.parent)}, line {number}")
    return {line: where for line, where in secrets.items() if _telling(line) and line not in public}


def refuse_leaks(files: Iterable[Path], secrets: dict[str, str]) -> None:
    """Look for secrets in files that are about to be released.

    Raises:
        LeakError: with the released file, and the file and line of the secret that it holds.
    """
    for file in files:
        refuse_leaks_in(file.read_bytes(), str(file), secrets)


def refuse_leaks_in(data: bytes, name: str, secrets: dict[str, str]) -> None:
    """Look for secrets in one file's bytes; `name` is what it is called in the message.

    Raises:
        LeakError: one was found.
    """
    for member, text in _texts(data, name, MAX_NESTING):
        lines = {line.strip() for line in text.splitlines()}
        searched = text if len(text) <= WHOLE_LINES_FROM else ""
        for line, where in secrets.items():
            if line in lines or line in searched:
                raise LeakError(
                    f"{member}: holds {where}: {line!r}; expected no line of solutions/: take it out"
                )


def _telling(line: str) -> bool:
    """Tell whether a line is long and special enough to prove a leak."""
    return (
        len(line) >= SHORTEST
        and not line.startswith(TRIVIAL)
        and any(character.isalnum() for character in line)
    )


def _functions(folder: Path) -> tuple[str, ...]:
    """Name the functions that students write; the signature of each is public."""
    return tuple(_spec(folder).get("functions", (folder.name,)))


def _contract(folder: Path) -> set[str]:
    """Take the lines of a spec that students read anyway."""
    spec = _spec(folder)
    texts = [spec[key] for key in ("summary", "signature", "name") if isinstance(spec.get(key), str)]
    return {line.strip() for text in texts for line in text.splitlines()}


def _spec(folder: Path) -> dict[str, Any]:
    """Read a spec; a broken one is reported elsewhere and makes nothing public here."""
    try:
        return tomllib.loads((folder / "spec.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _public_lines(text: str, functions: tuple[str, ...], *, docstrings: bool, every: bool) -> set[str]:
    """Take the signatures of the named functions, and their docstrings if those are public.

    Args:
        text: a file of the course, ours to parse.
        functions: whose signatures are public.
        docstrings: whether docstrings are public too.
        every: whether that holds for every function of the file, as in a suite.
    """
    lines = text.splitlines()
    found: set[str] = set()
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return found  # a mistake may be one that does not parse; then nothing of it is public
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (node.name in functions or every):
            first = node.body[0]
            if node.name in functions:
                found.update(line.strip() for line in lines[node.lineno - 1 : first.lineno - 1])
            if docstrings and ast.get_docstring(node) is not None:
                found.update(line.strip() for line in lines[first.lineno - 1 : first.end_lineno])
                found.update(line.strip() for line in ast.get_docstring(node, clean=True).splitlines())  # type: ignore[union-attr]  # checked in the line above
    return found


def _texts(data: bytes, name: str, nesting: int) -> Iterator[tuple[str, str]]:
    """Yield every text in a file: as it stands, as the strings of its JSON, and in the members of an archive."""
    if zipfile.is_zipfile(io.BytesIO(data)) and nesting:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.file_size > MAX_MEMBER:
                    raise LeakError(
                        f"{name}: member {entry.filename!r} has {entry.file_size} bytes: too many to be checked"
                    )
                yield from _texts(archive.read(entry), f"{name}: {entry.filename}", nesting - 1)
        return
    text = data.decode("utf-8", "replace")
    yield name, text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield name, "\n".join(_strings(value))


def _strings(value: Any) -> Iterator[str]:
    """Yield every string in parsed JSON; a list of strings, as a notebook's source, also as one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        else:
            for item in value:
                yield from _strings(item)
