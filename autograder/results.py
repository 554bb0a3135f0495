"""Grades as JSON: deterministic but for the seconds, for the instructor's eyes."""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.model import Grade, Outcome, Quantity, TestResult


def to_json(grades: Iterable[Grade]) -> str:
    """Write a list with one object for each submission.

    Each has `submission`, `points` (null when an error of ours is to be looked at), `max_points`, `needs_person`,
    `round`, `suite` (digest), `versions`, `tier`, `notes`, `output`, and `tests`, each with `function`, `test`,
    `description`, `points`, `max_points`, `outcome`, `reason`, `diagnosis` (a misconception's id or null), `seconds`,
    `shapes`, `detail`, `curve` (what the student's program reported or reached over time) and `curve_of` (`loss` or `accuracy`).
    `detail` and `output` are for the instructor only.
    """
    return json.dumps([to_object(grade) for grade in grades], indent=1, ensure_ascii=False) + "\n"


def to_object(grade: Grade) -> dict[str, Any]:
    """Take a grade as what JSON can hold."""
    return asdict(grade)


def from_json(data: object) -> Grade:
    """Read back what `to_object` gave.

    Raises:
        AutograderError: a field is missing, unknown, or of another kind.
    """
    return Grade(**_fields(Grade, data))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and all(type(number) in (int, float) for number in value)


_KINDS: dict[Any, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    str: (lambda value: isinstance(value, str), str),
    str | None: (lambda value: value is None or isinstance(value, str), lambda value: value),
    bool: (lambda value: isinstance(value, bool), bool),
    int: (lambda value: type(value) is int, int),
    float: (lambda value: type(value) in (int, float), float),
    float | None: (lambda value: value is None or type(value) in (int, float), lambda value: value),
    Outcome: (lambda value: isinstance(value, str) and value in set(Outcome), Outcome),
    Quantity: (lambda value: isinstance(value, str) and value in set(Quantity), Quantity),
    dict[str, str]: (lambda value: isinstance(value, dict) and _texts([*value.values()]), dict),
    tuple[str, ...]: (_texts, tuple),
    tuple[float, ...]: (_numbers, tuple),
    tuple[TestResult, ...]: (
        lambda value: isinstance(value, list),
        lambda value: tuple(TestResult(**_fields(TestResult, test)) for test in value),
    ),
}
"""A field's type -> whether a value of JSON is one, and how it is taken."""


def _fields(kind: type[Grade] | type[TestResult], data: object) -> dict[str, Any]:
    """Take an object that has the fields of a dataclass, each of its kind, and no other."""
    if not isinstance(data, dict):
        raise AutograderError(f"{str(data)[:100]!r}: expected an object with the fields of a {kind.__name__}")
    if set(data) != {field.name for field in fields(kind)}:
        expected = sorted(field.name for field in fields(kind))
        raise AutograderError(f"got the fields {sorted(map(str, data))}, expected {expected}")
    taken = {}
    for field in fields(kind):
        fits, take = _KINDS[field.type]
        if not fits(data[field.name]):
            raise AutograderError(f"{field.name}={str(data[field.name])[:100]!r}: expected {field.type}")
        taken[field.name] = take(data[field.name])
    return taken


def claim(path: Path) -> None:
    """Make sure, before anything is graded, that records can be written to `path`; make its folder.

    Raises:
        AutograderError: they cannot; the message says why.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            problem = "it is a folder" if path.is_dir() else ""
    except FileExistsError:
        problem = "a file is where its folder would be"
    except OSError as error:
        problem = error.strerror or str(error)
    if problem:
        raise AutograderError(
            f"{path}: cannot be written: {problem}; give --json a file in a folder of your own"
        )


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, on the disk whole or not at all; its folder is made.

    Raises:
        AutograderError: it cannot be written; what was there before still is.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise AutograderError(
            f"{path}: {error.strerror}; make room or take another place, and give the same command again"
        ) from None
