"""nbgrader's reading of a submission, replaced: any file becomes a notebook with every points cell exactly once."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.leaks import refuse_leaks, refuse_leaks_in, secret_lines
from autograder.nbgrader_course import InstructorCell, coursedir_of, instructor_cells, read_settings
from autograder.nbgrader_resuming import forget_unfinished
from autograder.notebook import Cell
from autograder.submission import Submission, read
from autograder.tampering import noted

GRADING_PHASE = "autograde"
"""Value of NBGRADER_EXECUTION while nbgrader reads our own notebook back."""
JOINER = "\u2060"
"""WORD JOINER: has no width, and is part of no tag, entity, scheme or TeX command."""
ACTIVE = re.compile(
    r"(?P<tag><)(?=[A-Za-z/!?])|(?P<entity>&)(?=[A-Za-z#])|(?P<scheme>javascript|vbscript)(?=\\?:)"
    r"|(?P<tex>\\)(?=href|require|style|class|cssId)",
    re.IGNORECASE,
)


class TolerantExporter(NotebookExporter):  # type: ignore[misc]  # nbconvert has no types
    """Reads a submission whatever its state and gives the instructor's copy with the student's cells in it."""

    def __init__(self, **kw: Any) -> None:
        """Begin an `autograde`: nbgrader makes its exporter before it decides whom to skip."""
        super().__init__(**kw)
        forget_unfinished(self.parent, self)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Read a submitted file in the first pass, and the notebook that this made of it in the second."""
        if os.environ.get("NBGRADER_EXECUTION") == GRADING_PHASE:
            found: tuple[str, Any] = super().from_filename(filename, resources=resources, **kw)
            return found
        names = resources["nbgrader"]
        coursedir = coursedir_of(self)
        _drop_linked_files(coursedir, names["student"], names["assignment"])
        copies = instructor_cells(names["db_url"], names["assignment"], names["notebook"])
        notebook = restore(noted(read(Path(filename), names["student"]), copies), copies)
        resources["metadata"] = {"name": names["notebook"], "path": str(Path(filename).parent)}
        made: tuple[str, Any] = self.from_notebook_node(notebook, resources=resources, **kw)
        return made


def restore(submission: Submission, copies: Iterable[InstructorCell]) -> Any:
    """Put a student's cells into the instructor's copy.

    Cells with a role get it from the copy alone: a cell of the student's stands for one when its source is the copy's, or, where
    students write, when it has the copy's grade id. Everything else stays as a cell without a role.

    Returns:
        A notebook with the student's cells in their order, each locked cell as it was given out and never twice, and the
        points cells that were missing at the end.
    """
    known = {copy.grade_id: copy for copy in copies}
    by_source = {copy.source: copy for copy in known.values() if copy.locked}
    placed: set[str] = set()
    cells = []
    for cell in submission.layout:
        claimed = known.get(cell.grade_id or "")
        copy = by_source.get(cell.source)
        if copy is None and claimed is not None and not claimed.locked and claimed.grade_id not in placed:
            placed.add(claimed.grade_id)
            cells.append(_with_role(claimed, cell.source))
        elif copy is None:
            cells.append(_plain(cell))
        elif copy.grade_id not in placed:
            placed.add(copy.grade_id)
            cells.append(_with_role(copy, copy.source))
    missing = [copy for copy in known.values() if copy.points is not None and copy.grade_id not in placed]
    cells += [_with_role(copy, copy.source) for copy in missing]
    said = [*submission.notes, *([submission.problem] if submission.problem else [])]
    if said:
        listed = "\n".join(f"- {harmless(sentence)}" for sentence in said)
        cells.insert(0, new_markdown_cell(f"**How this file was read**\n\n{listed}"))
    notebook = new_notebook(cells=cells)
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"  # the same file gives the same notebook
    return notebook


def _with_role(copy: InstructorCell, source: str) -> Any:
    """Make a code cell with the instructor's metadata, whatever the student's said."""
    role = {
        "cell_type": "code",
        "grade": copy.points is not None,
        "grade_id": copy.grade_id,
        "locked": copy.locked,
        "schema_version": 3,
        "solution": copy.solution,
        "task": False,
    }
    role |= {"points": copy.points} if copy.points is not None else {}
    role |= {"checksum": copy.checksum} if copy.checksum else {}
    return new_code_cell(source, metadata={"nbgrader": role, "deletable": False})


def _plain(cell: Cell) -> Any:
    """Make a cell without a role."""
    if cell.kind == "markdown":
        return new_markdown_cell(harmless(cell.source))
    return {"code": new_code_cell, "raw": new_raw_cell}[cell.kind](cell.source)


def harmless(text: str) -> str:
    """Keep a student's text from running in the browser of whoever marks it.

    nbgrader's pages turn Markdown into HTML as it is, and formgrader shows it where the instructor's files are. A joiner after
    what begins a tag, an entity or a TeX link, and inside `javascript:`, leaves the look as it was and the meaning a text's,
    in code and in formulas, too.

    >>> harmless("a < b, <b>c</b>").replace(JOINER, "|")
    'a < b, <|b>c<|/b>'
    """
    return ACTIVE.sub(lambda found: found[0] + JOINER, text)


def _drop_linked_files(coursedir: Any, student: str, assignment: str) -> None:
    """Remove what nbgrader copied through a student's links before the notebook is read.

    A link to a file of this machine would otherwise go into the student's feedback.
    """
    submitted = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    copied = Path(coursedir.format_path(coursedir.autograded_directory, student, assignment))
    for folder, _, names in os.walk(submitted):
        for name in names:
            path = Path(folder, name)
            if path.is_symlink():
                (copied / path.relative_to(submitted)).unlink(missing_ok=True)


class RefuseLeaks(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Last of `nbgrader generate_assignment`: no line of `solutions/` leaves in the notebook or in a file beside it."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Look for secrets in the notebook and in all that was copied into the release folder.

        Raises:
            LeakError: one was found; nbgrader then removes the release.
        """
        coursedir = coursedir_of(self)
        names = resources["nbgrader"]
        secrets = secret_lines(read_settings(Path(coursedir.root)).course / "solutions")
        refuse_leaks_in(nbformat.writes(nb).encode(), f"{names['notebook']}.ipynb", secrets)
        folder = Path(
            coursedir.format_path(coursedir.release_directory, names["student"], names["assignment"])
        )
        refuse_leaks((path for path in sorted(folder.rglob("*")) if path.is_file()), secrets)
        return nb, resources
