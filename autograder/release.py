"""Use case: an assignment -> a notebook for students and a folder in which nbgrader works, built from public files only."""

import ast
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, AssignmentPart, TextCell, grade_id, read_cells
from autograder.course import open_assignment, open_function
from autograder.errors import AutograderError, SpecError
from autograder.leaks import refuse_leaks_in, secret_lines
from autograder.model import Spec
from question_bank.keys import DEFAULT_NAME, CourseKey, ignore_in_git

CONFIG = "from autograder.nbgrader_bridge import configure\nconfigure(get_config())\n"
EXPORTER_ONLY = {"Autograde": {"exporter_class": "autograder.nbgrader_reading.TolerantExporter"}}
"""For nbgrader_config.json: where LeGrade is not installed, nbgrader ignores nbgrader_config.py, but cannot go on without this."""
GUARD = """import os
if os.environ.get("NBGRADER_EXECUTION") == "autograde":
    os._exit(1)  # nbgrader runs without LeGrade here: better no grade than 0 points"""
HELPER = "legrade_checks"
"""The one module that travels with a notebook, where its public checks use it."""
PRIVATE = "# Private: where the hidden tests and the course key are. Never release or share this file.\n"
PLACE = re.compile(r"^(?P<indent>[ \t]*)\.\.\.$", re.MULTILINE)
LONGEST_ID = 64
"""Characters of a cell's id in nbformat 4.5."""


@dataclass(frozen=True, slots=True)
class Built:
    """What `build` wrote, and what is left to do."""

    notebook: Path
    messages: tuple[str, ...]


def build(course: Path, name: str, out: Path, *, key: Path | None = None) -> Built:
    """Write an assignment into an nbgrader course folder.

    Writes `source/NAME/NAME.ipynb`, the module that its public checks use, and, where they are missing, `nbgrader_config.py` and `.json`, `legrade.toml` and a course
    key.

    Args:
        course: the folder that holds `assignments/` and `solutions/`.
        name: the assignment.
        out: the nbgrader course folder; made when it is missing.
        key: the course key; the course's own when None, else a new one in `out`.

    Raises:
        SpecError: the assignment or its text notebook is broken.
        UnknownNameError: the assignment, or a function that it names, does not exist.
        LeakError: the text notebook holds a line of `solutions/`; nothing is written.
        AutograderError: `out` belongs to another course.
        KeyFileError: the key cannot be read or made.
    """
    data = build_notebook(course, open_assignment(course, name))
    refuse_leaks_in(data, f"{name}.ipynb", secret_lines(course / "solutions"))
    out.mkdir(parents=True, exist_ok=True)
    messages = [*_settle(course, out, key), *_config(out)]
    path = out / "source" / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if HELPER.encode() in data:
        shutil.copyfile(Path(__file__).with_name(f"{HELPER}.py"), path.with_name(f"{HELPER}.py"))
    return Built(path, tuple(messages))


def build_notebook(course: Path, assignment: Assignment) -> bytes:
    """Make the instructor's copy for nbgrader: metadata of schema 3, and the same bytes for the same files.

    Raises:
        SpecError: the text notebook is broken or does not fit `assignment.toml`.
    """
    cells = read_cells(assignment)
    parts = {part.function: part for part in assignment.parts}
    named = sorted(cell.part for cell in cells if cell.role == "points")
    if named != sorted(parts):
        expected = ", ".join(sorted(parts))
        raise SpecError(
            f"{assignment.notebook}: legrade_points={named}: expected one cell for each part: {expected}"
        )
    total = sum(part.points for part in assignment.parts)

    def points_source(name: str) -> str:
        return points_cell(parts[name], total, open_function(course, name))

    made = [
        _notebook_cell(assignment, number, cell, points_source) for number, cell in enumerate(cells, start=1)
    ]
    for cell, part in zip(made, cells, strict=True):
        if part.role == "points":
            cell["metadata"]["nbgrader"]["points"] = parts[part.part].points
    ids = [cell["id"] for cell in made]
    for cell_id in ids:
        if ids.count(cell_id) > 1:
            raise SpecError(
                f"{assignment.notebook}: cell {cell_id!r} is there twice; expected each stub once"
            )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "title": assignment.title}
    notebook = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def points_cell(part: AssignmentPart, total: float, spec: Spec) -> str:
    """Write the source of the cell that receives a part's points.

    Run by a student it gives none. Run by `nbgrader autograde` without our configuration it ends the kernel, so that nbgrader
    reports an error and a class is not given 0 points.
    """
    tests = count_tests(spec, part.features)
    return (
        f"# {part.points:g} of the {total:g} points of this notebook are given here, by {tests} hidden test{'s' * (tests != 1)} of "
        f"{part.function}.\n"
        "# The public checks are necessary, not sufficient. This cell gets its points when your notebook is graded.\n"
        f"{GUARD}\n"
        "0.0"
    )


def count_tests(spec: Spec, features: tuple[str, ...]) -> int:
    """Count the hidden tests of what was taught, by reading the suite without running it."""
    tree = ast.parse((spec.folder / "test_hidden.py").read_text(encoding="utf-8"))
    tests = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return sum(_features(test) <= set(features) for test in tests)


def _features(test: ast.FunctionDef) -> set[str]:
    """Take the features that a test's marks name."""
    found: set[str] = set()
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.feature":
            found.update(str(ast.literal_eval(argument)) for argument in mark.args)
    return found


def _notebook_cell(
    assignment: Assignment, number: int, cell: TextCell, points_source: Callable[[str], str]
) -> dict[str, Any]:
    """Turn a text cell into a notebook's, with nbgrader's metadata where it has a role."""
    if cell.role is None:
        return _plain(cell.kind, f"{cell.kind}-{number}", cell.source)
    name = grade_id(number, cell)
    source = cell.source
    if cell.role == "points":
        source = points_source(cell.part)
    elif cell.role == "stub":
        source, places = PLACE.subn(r"\g<indent>### BEGIN SOLUTION\n\g<indent>### END SOLUTION", source)
        if not places:
            raise SpecError(
                f"{assignment.notebook}: legrade_stub={cell.part!r}: expected a line `...` where the code goes"
            )
    made = _plain("code", name, source)
    made["metadata"]["nbgrader"] = {
        "grade": cell.role == "points",
        "grade_id": name,
        "locked": cell.role != "stub",
        "schema_version": 3,
        "solution": cell.role == "stub",
        "task": False,
    }
    return made


def _plain(kind: str, cell_id: str, source: str) -> dict[str, Any]:
    """Make a cell without a role."""
    cell = {
        "cell_type": kind,
        "id": cell_id[:LONGEST_ID],
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _settle(course: Path, out: Path, key: Path | None) -> list[str]:
    """Write down, for the grader only, which course this folder grades with which key."""
    path = out / "legrade.toml"
    if path.exists():
        there = path.read_text(encoding="utf-8").splitlines()
        for name, wanted in (("course", course), ("key", key)):
            if wanted is not None and _line(name, wanted) not in there:
                expected = f"expected {_line(name, wanted)}: use another --out, or remove the file"
                raise AutograderError(f"{path}: names another {name}; {expected}")
        return []
    chosen, messages = _key(course, out, key)
    course_id = re.sub(r"\W+", "_", out.resolve().name) or "course"
    path.touch(mode=0o600)
    lines = (_line("course", course), _line("key", chosen), 'tier = "A"', f'course_id = "{course_id}"')
    path.write_text(PRIVATE + "\n".join(lines) + "\n", encoding="utf-8")
    return messages


def _line(name: str, path: Path) -> str:
    """Write a path as a line of TOML, whose basic strings are JSON's."""
    return f"{name} = {json.dumps(str(path.resolve()), ensure_ascii=False)}"


def _key(course: Path, out: Path, key: Path | None) -> tuple[Path, list[str]]:
    """Choose the key: the one that was named, the course's, this folder's, or a new one."""
    for candidate in (key, course / DEFAULT_NAME, out / DEFAULT_NAME):
        if candidate is not None and (candidate == key or candidate.exists()):
            CourseKey.load(candidate)
            return candidate, []
    new = out / DEFAULT_NAME
    CourseKey.new(new)
    return new, [
        f"made a course key, {new}: keep it, a re-grade needs it; share it with nobody",
        ignore_in_git(new),
    ]


def _config(out: Path) -> list[str]:
    """Write nbgrader's configuration, or say which lines one that is there needs."""
    fixed = out / "nbgrader_config.json"
    if not fixed.exists():
        fixed.write_text(json.dumps(EXPORTER_ONLY, indent=1) + "\n", encoding="utf-8")
    path = out / "nbgrader_config.py"
    if not path.exists():
        path.write_text(CONFIG, encoding="utf-8")
    elif "autograder.nbgrader_bridge" not in path.read_text(encoding="utf-8", errors="replace"):
        return [f"{path} is yours and was left as it is; add these lines:\n{CONFIG}"]
    return []
