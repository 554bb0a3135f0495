"""What an nbgrader course folder says about LeGrade: `legrade.toml`, and the instructor's copy in the gradebook."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder.errors import AutograderError, SpecError
from autograder.notebook import clean


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of `legrade.toml`."""

    course: Path
    """The folder that holds `assignments/` and `solutions/`."""
    key: Path
    tier: str = "A"
    course_id: str = ""
    data_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class InstructorCell:
    """A cell with a role, as it was when the assignment was generated; whatever the student's copy says, this holds."""

    grade_id: str
    source: str
    locked: bool
    solution: bool
    points: float | None
    """None: worth nothing."""
    checksum: str | None


def read_settings(root: Path) -> Settings:
    """Read `legrade.toml` in an nbgrader course folder.

    Raises:
        SpecError: it is missing or broken; the message names the command that writes it.
    """
    path = root / "legrade.toml"
    expected = "expected course and key as texts; `legrade build-assignment NAME --out .` writes it"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"{path}: {error}; {expected}") from None
    for name in ("course", "key", "tier", "course_id", "data_dir"):
        value = table.get(name, None if name in ("course", "key") else "")
        if not isinstance(value, str):
            raise SpecError(f"{path}: {name}={value!r}: {expected}")
    data_dir = Path(table["data_dir"]) if table.get("data_dir") else None
    course_id = table.get("course_id", "")
    return Settings(Path(table["course"]), Path(table["key"]), table.get("tier", "A"), course_id, data_dir)


def coursedir_of(plugin: Any) -> Any:
    """Find nbgrader's course directory from one of its plug-ins.

    Raises:
        AutograderError: it runs outside nbgrader.
    """
    holder = plugin
    while holder is not None:
        if getattr(holder, "coursedir", None) is not None:
            return holder.coursedir
        holder = getattr(holder, "parent", None)
    raise AutograderError(f"{type(plugin).__name__}: runs inside nbgrader's commands only")


def instructor_cells(db_url: str, assignment: str, notebook: str) -> tuple[InstructorCell, ...]:
    """Read the instructor's copy of a notebook's cells from the gradebook."""
    with Gradebook(db_url) as gradebook:
        found = gradebook.find_notebook(notebook, assignment)
        points = {cell.name: float(cell.max_score) for cell in found.grade_cells}
        solutions = {cell.name for cell in found.solution_cells}
        return tuple(
            InstructorCell(
                grade_id=cell.name,
                source=clean(cell.source or ""),
                locked=bool(cell.locked),
                solution=cell.name in solutions,
                points=points.get(cell.name),
                checksum=cell.checksum,
            )
            for cell in found.source_cells
        )
