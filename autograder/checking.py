"""Use case: a student's notebook -> which of its public checks pass; nothing hidden is needed, and nothing is isolated."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.errors import AutograderError, StudentFault
from autograder.model import Limits
from autograder.sandboxes import Sandbox, Worker
from autograder.submission import read

LIMITS = Limits(
    load_seconds=600.0, total_seconds=3600.0, cpu_seconds=3600, memory_mb=8192, output_kb=64 << 10
)
"""Wide: this is a student's own machine."""
CHECK = "check-"
"""How the ids of public checks begin, see `release`."""
WHERE = "import os, sys\nos.chdir({folder!r})\nsys.path.insert(0, {folder!r})\ndel os, sys\n"
"""As a kernel does: what lies beside the notebook can be opened and imported."""
FAILED = "AssertionError: "


@dataclass(frozen=True, slots=True)
class Checked:
    """One code cell that has something to tell: a public check, or another cell that raised."""

    cell: int
    """The number of the cell among all cells, from 1."""
    is_check: bool
    outcome: Literal["passed", "failed", "raised"]
    said: str
    """What a failed check says, or the exception."""


def check(notebook: Path, sandbox: Sandbox) -> tuple[Checked, ...]:
    """Run a notebook from top to bottom in a fresh process, as "Restart and run all" does.

    Raises:
        AutograderError: it cannot be read, or has no public checks.
    """
    submission = read(notebook)
    if submission.problem is not None:
        raise AutograderError(f"{notebook}: {submission.problem}")
    cells = [(number, cell) for number, cell in enumerate(submission.layout, start=1) if cell.kind == "code"]
    if not any((cell.grade_id or "").startswith(CHECK) for _, cell in cells):
        raise AutograderError(
            f"{notebook}: no public checks; expected a notebook that was handed out with an assignment"
        )
    libraries = ("numpy", "torch") if any("torch" in cell.source for _, cell in cells) else ("numpy",)
    found: list[Checked] = []

    def start() -> Worker:
        made = sandbox.worker(libraries, LIMITS, notebook=True)
        made.run_cell(WHERE.format(folder=str(notebook.resolve().parent)))
        return made

    worker = start()
    try:
        for number, cell in cells:
            is_check = (cell.grade_id or "").startswith(CHECK)
            if not worker.alive:
                worker = start()
            said = _run(worker, cell.source)
            if is_check or said is not None:
                found.append(Checked(number, is_check, *_judged(said)))
    finally:
        worker.close()
    return tuple(found)


def _run(worker: Worker, source: str) -> str | None:
    """Run one cell; return the last line of what went wrong, if anything."""
    try:
        error = worker.run_cell(source)
    except StudentFault as fault:
        return fault.reason
    if error is None:
        return None
    kind, detail = error
    text = detail.strip()
    place = text.rfind(f"{kind}: ")  # a message may have several lines
    return text[place:] if place >= 0 else kind


def _judged(said: str | None) -> tuple[Literal["passed", "failed", "raised"], str]:
    """Tell a check that does not hold from a cell that raised."""
    if said is None:
        return "passed", ""
    if said.startswith(FAILED):
        return "failed", said.removeprefix(FAILED)
    return "raised", said
