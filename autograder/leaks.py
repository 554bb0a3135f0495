"""No line of `solutions/` in anything that students receive: the last look before a release.

A release is built from files that never held a secret (DESIGN section 1, promise 8). This module proves it of the bytes that
came out, in every reading that `release_readings` lists: a notebook's sources, outputs and metadata, members of archives, encodings.
"""

import ast
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from autograder.errors import LeakError
from autograder.release_readings import readings

SHORTEST = 12
"""Characters of the shortest line that can be recognised as a secret."""
WHOLE_BELOW = 24
"""A shorter line, such as `return total`, counts only where it stands by itself, and not as the beginning of another."""
BEFORE, AFTER = b"\n\r\"'`>\0", b"\n\r\"'`<\0\\"
"""What may stand beside a line that stands by itself, white space apart."""
CANARY = "LEGRADE-CANARY"
"""Begins the first line of every file of `solutions/`; nothing that is released says it."""
A_CANARY = "a canary of solutions/"
MAX_KEPT = 2**16
"""Bytes of the longest text that is remembered as clean."""
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


class Guard:
    """Looks for what must not go out; what one look has cleared is not read again by the next."""

    def __init__(
        self, lines: Mapping[str, str], hidden: Iterable[tuple[str, Callable[[bytes], bool]]] = ()
    ) -> None:
        """Prepare to look.

        Args:
            lines: secret lines, and where each stands; a message may show them.
            hidden: what other secrets are called, and how they are told in bytes; a message never shows them.
        """
        self._starts: dict[bytes, list[tuple[bytes, str]]] = {}
        for line, where in {**lines, CANARY: A_CANARY}.items():
            text = line.encode("utf-8", "surrogatepass")
            self._starts.setdefault(text[:SHORTEST], []).append((text, where))
        self._hidden = tuple(hidden)
        self._clean: set[bytes] = set()

    def refuse(self, data: bytes, name: str) -> None:
        """Look through one file; `name` is what it is called in the message.

        Raises:
            LeakError: with the place, and what stands there.
        """
        for place, text in readings(data, name):
            if text in self._clean:
                continue
            for what, is_in in self._hidden:
                if is_in(text):
                    raise LeakError(f"{place}: holds {what}; nobody but you may have it: take it out")
            self._refuse_lines(text, place)
            if len(text) <= MAX_KEPT:
                self._clean.add(text)

    def _refuse_lines(self, text: bytes, place: str) -> None:
        starts = self._starts
        for at in range(len(text) - SHORTEST + 1):
            for line, where in starts.get(text[at : at + SHORTEST], ()):
                if text.startswith(line, at) and (
                    where == A_CANARY or len(line) >= WHOLE_BELOW or _alone(text, at, len(line))
                ):
                    shown = line.decode("utf-8", "replace")
                    raise LeakError(
                        f"{place}: holds {where}: {shown!r}; expected no line of solutions/: take it out"
                    )


def _alone(text: bytes, start: int, length: int) -> bool:
    """Whether nothing else stands in the line, or between the quotes, in which these bytes stand."""
    before, after = (
        text[max(start - 200, 0) : start].rstrip(b" \t"),
        text[start + length : start + length + 200].lstrip(b" \t"),
    )
    return (not before or before[-1] in BEFORE) and (not after or after[0] in AFTER)


def refuse_leaks(files: Iterable[Path], secrets: Mapping[str, str]) -> None:
    """Look for secrets in files that are about to be released, and in their names.

    Raises:
        LeakError: with the released file, and the file and line of the secret that it holds.
    """
    guard = Guard(secrets)
    for file in files:
        guard.refuse(file.name.encode("utf-8", "surrogateescape"), f"{file}: its name")
        guard.refuse(file.read_bytes(), str(file))


def refuse_leaks_in(data: bytes, name: str, secrets: Mapping[str, str]) -> None:
    """Look for secrets in one file's bytes; `name` is what it is called in the message.

    Raises:
        LeakError: one was found.
    """
    Guard(secrets).refuse(data, name)


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
