"""A text notebook -> the notebook that is handed out: the instructor's copy for nbgrader, or what students get without it."""

import ast
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograder.assignment import VARIANTS, Assignment, TextCell, grade_id, read_cells
from autograder.course import open_function
from autograder.errors import SpecError
from autograder.model import Spec

GUARD = """import os
if os.environ.get("NBGRADER_EXECUTION") == "autograde":
    os._exit(1)  # nbgrader runs without LeGrade here: better no grade than 0 points"""
PLACE = re.compile(r"^(?P<indent>[ \t]*)\.\.\.$", re.MULTILINE)
FOR_NBGRADER = r"\g<indent>### BEGIN SOLUTION\n\g<indent>### END SOLUTION"
FOR_STUDENTS = r"\g<indent># YOUR CODE HERE\n\g<indent>raise NotImplementedError()"
"""What nbgrader makes of the one above."""
LONGEST_ID = 64
"""Characters of a cell's id in nbformat 4.5."""
NECESSARY = "The public checks are necessary, not sufficient."

NotebookCell = dict[str, Any]


def build_notebook(course: Path, assignment: Assignment) -> bytes:
    """Make the instructor's copy for nbgrader: metadata of schema 3, and the same bytes for the same files.

    Raises:
        SpecError: the text notebook is broken or does not fit `assignment.toml`.
    """
    worth = _worth(assignment)

    def points(number: int, cell: TextCell) -> NotebookCell:
        source = points_cell(course, assignment, cell.part)
        made = _with_role(number, cell, source)
        made["metadata"]["nbgrader"]["points"] = worth[cell.part]
        return made

    return _written(assignment, FOR_NBGRADER, points)


def student_notebook(course: Path, assignment: Assignment, own: Sequence[NotebookCell] = ()) -> bytes:
    """Make what students get without nbgrader: stubs, public checks, and in place of a points cell what it is worth.

    Args:
        course: the folder that holds `solutions/`.
        assignment: of that course.
        own: the cells of the questions that are one student's own.

    Raises:
        SpecError: the text notebook is broken, does not fit `assignment.toml`, or a stub is not the reference's.
    """
    _refuse_other_stubs(course, assignment)

    def points(_: int, cell: TextCell) -> NotebookCell:
        return plain_cell("markdown", f"points-{cell.part}", _worth_in_words(course, assignment, cell.part))

    return with_own_cells(_written(assignment, FOR_STUDENTS, points), own)


def with_own_cells(notebook: bytes, own: Sequence[NotebookCell]) -> bytes:
    """Put a student's own questions before the cell that receives their points, in a notebook of either kind.

    Raises:
        SpecError: there is no such cell.
    """
    if not own:
        return notebook
    found = json.loads(notebook)
    name = f"points-{VARIANTS}"
    places = [
        place
        for place, cell in enumerate(found["cells"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id", cell.get("id")) == name
    ]
    if len(places) != 1:
        raise SpecError(
            f'expected one cell legrade_points="{VARIANTS}", got {len(places)}; build the assignment again'
        )
    found["cells"][places[0] : places[0]] = own
    return _bytes(found)


def points_cell(course: Path, assignment: Assignment, name: str) -> str:
    """Write the source of the cell that receives a part's points.

    Run by a student it gives none. Run by `nbgrader autograde` without our configuration it ends the kernel, so that nbgrader
    reports an error and a class is not given 0 points.
    """
    worth = _worth(assignment)
    given = f"# {worth[name]:g} of the {sum(worth.values()):g} points of this notebook are given here, by {_by(course, assignment, name)}.\n"
    necessary = "" if name == VARIANTS else f"# {NECESSARY} "
    return f"{given}{necessary or '# '}This cell gets its points when your notebook is graded.\n{GUARD}\n0.0"


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


def _worth(assignment: Assignment) -> dict[str, float]:
    """Say how many points each part has, the questions of one's own last."""
    worth = {part.function: part.points for part in assignment.parts}
    if assignment.variants:
        from autograder.variants import points  # here, because few assignments ask questions of the bank

        worth[VARIANTS] = points(assignment)
    return worth


def _by(course: Path, assignment: Assignment, name: str, quote: str = "") -> str:
    """Say what gives the points of a part."""
    if name == VARIANTS:
        return "your answers to your own questions above"
    part = next(part for part in assignment.parts if part.function == name)
    tests = count_tests(open_function(course, name), part.features)
    return f"{tests} hidden test{'s' * (tests != 1)} of {quote}{name}{quote}"


def _worth_in_words(course: Path, assignment: Assignment, name: str) -> str:
    """Say to students what a part is worth, where no cell receives its points."""
    worth = _worth(assignment)
    given = f"**{worth[name]:g} of the {sum(worth.values()):g} points** of this notebook are given by"
    necessary = "" if name == VARIANTS else f" {NECESSARY}"
    return f"{given} {_by(course, assignment, name, '`')}.{necessary}"


def _refuse_other_stubs(course: Path, assignment: Assignment) -> None:
    """See that each stub promises what is graded: signature and docstring of the reference."""
    written = {
        node.name: node
        for cell in read_cells(assignment)
        if cell.role == "stub"
        for node in _parsed(assignment, cell).body
        if isinstance(node, ast.FunctionDef)
    }
    for part in assignment.parts:
        spec = open_function(course, part.function)
        for node in ast.parse((spec.folder / "reference.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name in spec.functions:
                _refuse_other_stub(assignment, node, written.get(node.name))


def _parsed(assignment: Assignment, cell: TextCell) -> ast.Module:
    try:
        return ast.parse(cell.source)
    except (SyntaxError, ValueError) as error:
        raise SpecError(
            f"{assignment.notebook}: legrade_stub={cell.part!r}: {error}; expected a function with its docstring"
        ) from None


def _refuse_other_stub(
    assignment: Assignment, reference: ast.FunctionDef, stub: ast.FunctionDef | None
) -> None:
    where = f"{assignment.notebook}: stub of {reference.name}"
    if stub is None:
        raise SpecError(
            f"{where}: there is none; expected a cell with `def {reference.name}({ast.unparse(reference.args)})`"
        )
    if ast.unparse(stub.args) != ast.unparse(reference.args):
        raise SpecError(
            f"{where}: got the arguments ({ast.unparse(stub.args)}), expected the reference's ({ast.unparse(reference.args)})"
        )
    if ast.get_docstring(stub) != ast.get_docstring(reference):
        raise SpecError(
            f"{where}: its docstring differs from the reference's; copy that, since it is what is graded"
        )


def _written(assignment: Assignment, place: str, points: Callable[[int, TextCell], NotebookCell]) -> bytes:
    """Write the notebook: `place` stands where the code goes, `points` makes the cell of a part."""
    cells = read_cells(assignment)
    _check_points(assignment, cells)
    made = []
    for number, cell in enumerate(cells, start=1):
        if cell.role is None:
            made.append(plain_cell(cell.kind, f"{cell.kind}-{number}", cell.source))
        elif cell.role == "points":
            made.append(points(number, cell))
        else:
            source = _stub(assignment, cell, place) if cell.role == "stub" else cell.source
            made.append(_with_role(number, cell, source))
    ids = [cell["id"] for cell in made]
    for cell_id in ids:
        if ids.count(cell_id) > 1:
            raise SpecError(
                f"{assignment.notebook}: cell {cell_id!r} is there twice; expected each stub once"
            )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "title": assignment.title}
    return _bytes({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _check_points(assignment: Assignment, cells: tuple[TextCell, ...]) -> None:
    parts = [part.function for part in assignment.parts] + [VARIANTS] * bool(assignment.variants)
    named = sorted(cell.part for cell in cells if cell.role == "points")
    if named != sorted(parts):
        expected = ", ".join(sorted(parts))
        raise SpecError(
            f"{assignment.notebook}: legrade_points={named}: expected one cell for each part: {expected}"
        )


def _stub(assignment: Assignment, cell: TextCell, place: str) -> str:
    source, places = PLACE.subn(place, cell.source)
    if not places:
        raise SpecError(
            f"{assignment.notebook}: legrade_stub={cell.part!r}: expected a line `...` where the code goes"
        )
    return source


def _bytes(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _with_role(number: int, cell: TextCell, source: str) -> NotebookCell:
    """Make a code cell with nbgrader's metadata."""
    name = grade_id(number, cell)
    made = plain_cell("code", name, source)
    made["metadata"]["nbgrader"] = {
        "grade": cell.role == "points",
        "grade_id": name,
        "locked": cell.role != "stub",
        "schema_version": 3,
        "solution": cell.role == "stub",
        "task": False,
    }
    return made


def plain_cell(kind: str, cell_id: str, source: str) -> NotebookCell:
    """Make a cell without a role."""
    cell = {
        "cell_type": kind,
        "id": cell_id[:LONGEST_ID],
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
