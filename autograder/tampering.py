"""What a student changed of the cells that were given out: noted for whoever marks, and neither punished nor trusted.

Marks come from the instructor's files alone, so nothing here changes one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from autograder.assignment import VARIANTS, Assignment, grade_id, read_cells
from autograder.notebook import Cell, clean
from autograder.submission import Submission

MAX_NAMED = 5
"""Cells that a note names of each kind of change."""


class Given(Protocol):
    """A cell with a role, as it was given out."""

    @property
    def grade_id(self) -> str:
        """Its name."""
        ...

    @property
    def source(self) -> str | None:
        """Its text; None where that is not known."""
        ...

    @property
    def locked(self) -> bool:
        """Whether students are to leave it as it is."""
        ...

    @property
    def points(self) -> float | None:
        """What it is worth; None: nothing."""
        ...


@dataclass(frozen=True, slots=True)
class GivenCell:
    """A cell with a role, as an assignment's text notebook has it."""

    grade_id: str
    source: str | None
    locked: bool
    points: float | None


def given_cells(assignment: Assignment) -> tuple[GivenCell, ...]:
    """Take the cells with a role from an assignment.

    Raises:
        SpecError: the text notebook cannot be read.
    """
    worth = {part.function: part.points for part in assignment.parts}
    if assignment.variants:
        from autograder.variants import points  # here, because few assignments ask questions of the bank

        worth[VARIANTS] = points(assignment)
    return tuple(
        GivenCell(
            grade_id=grade_id(number, cell),
            source=clean(cell.source) if cell.role == "check" else None,
            locked=cell.role != "stub",
            points=worth.get(cell.part) if cell.role == "points" else None,
        )
        for number, cell in enumerate(read_cells(assignment), start=1)
        if cell.role is not None
    )


def noted(submission: Submission, given: Iterable[Given]) -> Submission:
    """Add a note about what was changed of the given cells, if anything was.

    Nothing is said of a file that has none of them, such as a program of the student's own making.
    """
    found = list(_changes(submission.layout, tuple(given)))
    if not found or submission.kind != "notebook":
        return submission
    note = f"What was given out was changed ({'; '.join(found)}); the instructor's copy counts, and this costs nothing."
    return replace(submission, notes=(*submission.notes, note))


def _changes(layout: Sequence[Cell], given: Sequence[Given]) -> Iterator[str]:
    """Name each kind of change, and its cells by the names that they were given."""
    names = {copy.source: copy.grade_id for copy in given if copy.locked and copy.source}
    known = {copy.grade_id: copy for copy in given}
    placed = [
        (name, cell)
        for cell in layout
        if (name := names.get(cell.source) or cell.grade_id) is not None and name in known
    ]
    order = list(dict.fromkeys(name for name, _ in placed))
    if not placed:
        return
    claims = [(cell, known[cell.grade_id]) for cell in layout if cell.grade_id in known]
    counts = Counter(name for name, _ in placed)
    kinds = {
        "missing": [name for name in known if name not in counts and not _is_unwritten(known[name])],
        "more than once": [name for name in known if counts[name] > 1],
        "edited": [copy.grade_id for cell, copy in claims if copy.locked and _differs(cell, copy)],
        "other points claimed": [
            copy.grade_id for cell, copy in claims if cell.points not in (None, copy.points)
        ],
        "in another order": [] if order == [name for name in known if name in counts] else ["the cells"],
    }
    for kind, cells in kinds.items():
        if cells:
            unique = list(dict.fromkeys(cells))
            more = f" and {len(unique) - MAX_NAMED} more" if len(unique) > MAX_NAMED else ""
            yield f"{kind}: {', '.join(unique[:MAX_NAMED])}{more}"


def _is_unwritten(copy: Given) -> bool:
    """Tell a cell that receives points where its text is not known: outside nbgrader nobody is given one."""
    return copy.points is not None and copy.source is None


def _differs(cell: Cell, copy: Given) -> bool:
    """Tell whether a cell is not the text that it claims to be."""
    return copy.source is not None and cell.source != copy.source
