"""Grades as JSON: deterministic but for the seconds, for the instructor's eyes."""

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from autograder.errors import AutograderError
from autograder.model import Grade


def to_json(grades: Iterable[Grade]) -> str:
    """Write a list with one object for each submission.

    Each has `submission`, `points` (null when an error of ours is to be looked at), `max_points`, `needs_person`,
    `round`, `suite` (digest), `versions`, `tier`, `notes`, `output`, and `tests`, each with `function`, `test`,
    `description`, `points`, `max_points`, `outcome`, `reason`, `diagnosis` (a misconception's id or null), `seconds`,
    `shapes` and `detail`. `detail` and `output` are for the instructor only.
    """
    return json.dumps([asdict(grade) for grade in grades], indent=1, ensure_ascii=False) + "\n"


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
    """Write a file that its owner alone can read, whole or not at all; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
