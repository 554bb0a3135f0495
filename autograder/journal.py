"""What a batch has graded so far, one line for each submission, so that a batch that was killed goes on where it was.

A line counts only for a submission of the same fingerprint: the same cells, suite, inputs, isolation and versions. What ended in
an error of ours is not kept, so it is graded again.
"""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from autograder.errors import AutograderError
from autograder.model import Grade, Outcome, Plan
from autograder.results import from_json, to_object
from autograder.submission import Submission


def fingerprint(submission: Submission, conditions: Mapping[str, Any]) -> str:
    """Digest everything that decides a grade.

    Args:
        submission: what was read of a student's file.
        conditions: see `conditions`.
    """
    parts = {
        "name": submission.name,
        "kind": submission.kind,
        "cells": submission.cells,
        "notes": submission.notes,
        "problem": submission.problem,
        "damaged": submission.damaged,
        **conditions,
    }
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def conditions(
    plan: Plan, suite: str, *, seed: bytes, tier: str, versions: Mapping[str, str], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Name what decides the grades of a whole class: suites, mistakes, inputs, isolation, versions, options."""
    mistakes = hashlib.sha256()
    for part in plan.parts:
        for path in sorted((part.spec.folder / "mistakes").glob("*.py")):
            mistakes.update(repr((part.spec.name, path.stem, path.read_bytes())).encode())
    return {
        "plan": [plan.name, plan.round, [part.spec.name for part in plan.parts], sorted(plan.ignored_cells)],
        "suite": suite,
        "mistakes": mistakes.hexdigest(),
        "inputs": hashlib.sha256(b"journal\0" + seed).hexdigest(),
        "tier": tier,
        "versions": dict(versions),
        "options": dict(options),
    }


class Journal:
    """An append-only file of grades that one grader at a time may write; private."""

    def __init__(self, path: Path) -> None:
        """Open the journal, made where it is not there, and read what it holds.

        Raises:
            AutograderError: another grader is writing it, or it cannot be read or written.
        """
        self._path = path
        try:
            self._file = _locked(path)
            self._end, self._known = _read(self._file)
        except BlockingIOError:
            raise AutograderError(
                f"{path}: another grader is writing it; wait until it has ended, or give --json another file"
            ) from None
        except OSError as error:
            raise AutograderError(f"{path}: {error.strerror}; expected a file that can be written") from None

    def __len__(self) -> int:
        """Count the grades that are kept."""
        return len(self._known)

    def find(self, mark: str) -> Grade | None:
        """Return the grade that was kept under a fingerprint, if any."""
        return self._known.get(mark)

    def add(self, mark: str, grade: Grade) -> None:
        """Keep a grade for good, unless a person is to look at an error of ours in it.

        Raises:
            AutograderError: it could not be written; what was kept before is still there.
        """
        if any(test.outcome is Outcome.ERROR for test in grade.tests):
            return
        line = json.dumps({"fingerprint": mark, "grade": to_object(grade)}).encode() + b"\n"
        try:
            _append(self._file, line, self._end)
        except OSError as error:
            raise AutograderError(
                f"{self._path}: {error.strerror}; make room, then give the same command again: it goes on from there"
            ) from None
        self._end += len(line)
        self._known[mark] = grade

    def clear(self) -> None:
        """Forget everything: it is stored elsewhere now."""
        self._known.clear()

    def close(self) -> None:
        """Let another grader write it; an empty journal is removed."""
        if not self._known:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _locked(path: Path) -> int:
    """Open and lock the file of this name; a lock ends with its process, however that ends."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file).st_nlink:
                return file
        except OSError:
            os.close(file)
            raise
        os.close(file)  # its last grader removed it between our two steps


def _read(file: int) -> tuple[int, dict[str, Grade]]:
    """Read whole lines; return where the last one ends. What a killed grader left of a line is written over."""
    with open(os.dup(file), "rb") as stream:  # noqa: PTH123 -- a descriptor
        data = stream.read()
    whole = data[: data.rfind(b"\n") + 1]
    known = {}
    for line in whole.splitlines():
        with contextlib.suppress(
            ValueError, AutograderError, RecursionError
        ):  # a spoilt line is graded again
            entry = json.loads(line)
            if isinstance(entry, dict) and isinstance(entry.get("fingerprint"), str):
                known[entry["fingerprint"]] = from_json(entry.get("grade"))
    return len(whole), known


def _append(file: int, line: bytes, end: int) -> None:
    """Write a line at the end, whole and on the disk, or take back what was written of it."""
    try:
        written = 0
        while written < len(line):
            written += os.pwrite(file, line[written:], end + written)
        os.ftruncate(file, end + len(line))
        os.fsync(file)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(file, end)
        raise
