"""What is known about the cells of one submission while it is graded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograder.errors import SandboxError, WorkerKilled

MAX_DETAILS = 100_000
"""Characters of tracebacks that are kept of one submission's cells."""
MAX_NAMED = 5
"""Cells that a summary names."""


@dataclass
class Loading:
    """What is known about the cells of one submission; shared by its functions, so a bad cell costs its time once."""

    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)
    """Cells that are not run again, and why."""
    errors: dict[int, str] = field(default_factory=dict)
    """Cells that raised, and the exception's kind."""
    details: list[str] = field(default_factory=list)
    """Tracebacks, for the instructor."""
    deaths: int = 0
    """How many workers ended while they ran the cells; one that hit a limit counts twice."""
    kept: int = 0
    """Characters in `details`."""
    doubt: str = ""
    """What ended a worker, where it may have been our doing; the submission is then graded again."""
    numbers: list[int] = field(default_factory=list)
    """The submission's number of each cell, from 1: a cell may be run in pieces."""

    def __post_init__(self) -> None:
        self.numbers = self.numbers or list(range(1, len(self.cells) + 1))

    def note(self, detail: str) -> None:
        """Keep a text for the instructor, while there is room."""
        if self.kept + len(detail) <= MAX_DETAILS:
            self.kept += len(detail)
            self.details.append(detail)

    @contextmanager
    def doubting(self) -> Iterator[None]:
        """Take down what goes wrong in a worker where it may be our doing: the sandbox fails, or somebody kills it."""
        try:
            yield
        except (WorkerKilled, SandboxError) as error:
            self.doubt = str(error)
            raise

    def summary(self) -> str:
        """Say in one sentence which cells did not come through."""
        texts = [f"cell {self.numbers[i]}: {why}" for i, why in sorted(self.faults.items())]
        texts += [f"cell {self.numbers[i]} raised {kind}" for i, kind in sorted(self.errors.items())]
        more = [f"and {len(texts) - MAX_NAMED} more cells"] if len(texts) > MAX_NAMED else []
        return "; ".join(texts[:MAX_NAMED] + more)
