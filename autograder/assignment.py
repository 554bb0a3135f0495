"""An assignment on disk: `assignment.toml` with its points, and its notebook as text in jupytext's percent format.

The cells of the notebook say what they are by one key of cell metadata:

| line | cell |
| --- | --- |
| `# %% [markdown]` | text |
| `# %%` | code that the student may run and change |
| `# %% legrade_stub="NAME"` | where the student writes; a line `...` stands where the code goes |
| `# %% legrade_check="public"` | a check that the student sees; locked, worth nothing, never run when we grade |
| `# %% legrade_points="NAME"` | receives the points of the part NAME; its body is generated |

With tables `[[variants]]`, questions of each student's own stand before the cell `legrade_points="variants"`; see `variants`.
"""

import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from autograder.errors import SpecError
from autograder.percent import Block, split
from autograder.release_list import read_list
from question_bank.registry import unknown

PREFIX = "legrade_"
VARIANTS = "variants"
"""What `legrade_points` calls the questions that each student has of their own; no function may be called so."""
ROLES: tuple[Literal["stub", "check", "points"], ...] = ("stub", "check", "points")


@dataclass(frozen=True, slots=True)
class AssignmentPart:
    """One graded function of an assignment."""

    function: str
    points: float
    features: tuple[str, ...]
    """What was taught of it; tests of other features are not run."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One `assignment.toml`."""

    name: str
    """The folder's name."""
    folder: Path
    title: str
    notebook: Path
    """The text notebook."""
    round: int
    """Raised for another set of hidden inputs."""
    parts: tuple[AssignmentPart, ...]
    options: dict[str, Any] = field(default_factory=dict)
    """Every other table of the file, for the suites' fixture `options`."""
    release: tuple[str, ...] = ()
    """Files of the folder that students get beside the notebook."""
    variants: tuple[dict[str, Any], ...] = ()
    """The tables `[[variants]]`, unread; see `variants.blueprint`."""


@dataclass(frozen=True, slots=True)
class TextCell:
    """One cell of a text notebook."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    role: Literal["stub", "check", "points"] | None = None
    part: str = ""
    """What `role` is about: a function's or a part's name, or `public` for a check."""


def load_assignment(folder: Path) -> Assignment:
    """Read `assignment.toml` in `folder`.

    Raises:
        SpecError: file, field, got, expected, and the nearest known name.
    """
    path = folder / "assignment.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"{path}: {error}; expected a TOML file in UTF-8") from None
    known = ("title", "notebook", "round", "parts", "release", VARIANTS)
    options = {key: value for key, value in table.items() if key not in known}
    for key, value in options.items():
        if not isinstance(value, dict):
            raise SpecError(
                f"{path}: {unknown('field', key, known)}; options of a suite stand in a table [{key}]"
            )
    return Assignment(
        name=folder.name,
        folder=folder,
        title=_text(path, table, "title"),
        notebook=_notebook(path, table),
        round=_round(path, table),
        parts=_parts(path, table.get("parts")),
        options=options,
        release=read_list(path, table.get("release", [])),
        variants=_variants(path, table.get(VARIANTS, [])),
    )


def read_cells(assignment: Assignment) -> tuple[TextCell, ...]:
    """Read the text notebook's cells.

    Raises:
        SpecError: it cannot be read, or a cell's key is unknown.
    """
    path = assignment.notebook
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SpecError(f"{path}: {error}; expected a text notebook in UTF-8") from None
    return tuple(_cell(path, block) for block in split(text))


def grade_id(number: int, cell: TextCell) -> str:
    """Name a cell that has a role as nbgrader does; `number` is its place in the notebook, from 1.

    >>> grade_id(7, TextCell("code", "assert True", "check", "public"))
    'check-7'
    """
    return f"check-{number}" if cell.role == "check" else f"{cell.role}-{cell.part}"


def ignored_cells(assignment: Assignment) -> frozenset[str]:
    """Take the sources of the public checks, which are not the student's to run.

    Raises:
        SpecError: the text notebook cannot be read.
    """
    return frozenset(cell.source for cell in read_cells(assignment) if cell.role == "check")


def _text(path: Path, table: dict[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SpecError(f"{path}: {name}={value!r}: expected a text that is not empty")
    return value


def _notebook(path: Path, table: dict[str, Any]) -> Path:
    name = _text(path, table, "notebook")
    notebook = path.parent / name
    if Path(name).name != name or notebook.suffix != ".py" or not notebook.is_file():
        there = ", ".join(sorted(file.name for file in path.parent.glob("*.py"))) or "none"
        raise SpecError(
            f"{path}: notebook={name!r}: expected a text notebook (.py) in this folder; there: {there}"
        )
    return notebook


def _round(path: Path, table: dict[str, Any]) -> int:
    value = table.get("round", 1)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SpecError(f"{path}: round={value!r}: expected an integer >= 1")
    return value


def _parts(path: Path, value: object) -> tuple[AssignmentPart, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise SpecError(
            f"{path}: parts={value!r}: expected at least one table [[parts]] with function and points"
        )
    parts = tuple(_part(path, number, item) for number, item in enumerate(value, start=1))
    names = [part.function for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"{path}: parts: function {name!r} is there twice; expected each function once")
    return parts


def _variants(path: Path, value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SpecError(f"{path}: variants={value!r}: expected tables [[variants]] with family and points")
    return tuple(value)


def _part(path: Path, number: int, table: dict[str, Any]) -> AssignmentPart:
    where = f"{path}: parts, table {number}"
    known = ("function", "points", "features")
    for key in table:
        if key not in known:
            raise SpecError(f"{where}: {unknown('field', key, known)}")
    function = table.get("function")
    if not isinstance(function, str) or not function.isidentifier():
        raise SpecError(f"{where}: function={function!r}: expected the name of a folder in solutions/")
    if function == VARIANTS:
        raise SpecError(f"{where}: function={function!r}: that is what [[variants]] are called; rename it")
    points = table.get("points")
    if (
        isinstance(points, bool)
        or not isinstance(points, (int, float))
        or not (points > 0 and math.isfinite(points))
    ):
        raise SpecError(f"{where}: points={points!r}: expected a number above 0")
    features = table.get("features", [])
    if not isinstance(features, list) or not all(isinstance(item, str) for item in features):
        raise SpecError(f"{where}: features={features!r}: expected a list of texts")
    return AssignmentPart(function, float(points), tuple(features))


def _cell(path: Path, block: Block) -> TextCell:
    """Read what one cell says that it is."""
    keys = [key for key in block.metadata if key.startswith(PREFIX)]
    if not keys:
        return TextCell(block.kind, block.source)
    roles = {PREFIX + role: role for role in ROLES}
    if len(keys) > 1 or keys[0] not in roles or block.kind != "code":
        what = f"cell keys {', '.join(keys)} on a {block.kind} cell"
        raise SpecError(f"{path}: {what}: expected one of {', '.join(roles)} on a code cell")
    return TextCell("code", block.source, roles[keys[0]], block.metadata[keys[0]])
