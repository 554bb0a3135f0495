"""`nbgrader export`: nbgrader's own table of marks, and beside it who needs a person, and why."""

import csv
import glob
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import CsvExportPlugin

from autograder.nbgrader_course import coursedir_of

FILE = "needs_person.csv"
COLUMNS = ("assignment", "student_id", "reason")
NOT_GRADED = "handed in, but not graded: run `nbgrader autograde` and read its log"
NOT_GRADED_AGAIN = "handed in, but not graded this time: the mark is an earlier one; run `nbgrader autograde` and read its log"
NO_SCORE = "a part has no score: the grader failed on it"
REVIEW = "marked for review in the gradebook"


class ExportWithReasons(CsvExportPlugin):  # type: ignore[misc]  # nbgrader has no types
    """Writes the stock table and `needs_person.csv` in the same folder."""

    def export(self, gradebook: Any) -> None:
        """Write both files."""
        super().export(gradebook)
        coursedir = coursedir_of(self)
        path = Path(self.to or "grades.csv").with_name(FILE)
        assignments = [
            a.name
            for a in gradebook.assignments
            if not self.assignment or a.name in map(str, self.assignment)
        ]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for assignment in assignments:
                for student, reason in reasons(coursedir, gradebook, assignment):
                    if not self.student or student in map(str, self.student):
                        writer.writerow([as_cell(assignment), as_cell(student), as_cell(reason)])
        self.log.info("Students who need a person: %s", path)


def reasons(coursedir: Any, gradebook: Gradebook, assignment: str) -> Iterator[tuple[str, str]]:
    """List the students of an assignment who need a person, each once, with every reason."""
    pattern = coursedir.format_path(coursedir.submitted_directory, "*", assignment)
    place = Path(pattern).parts.index("*")
    handed_in = {Path(found).parts[place] for found in glob.glob(pattern)}  # noqa: PTH207 -- as nbgrader finds them, wherever they lie
    for student in sorted(handed_in | {student.id for student in gradebook.students}):
        reason = _reason(coursedir, gradebook, assignment, student, handed_in=student in handed_in)
        if reason:
            yield student, reason


def _reason(coursedir: Any, gradebook: Gradebook, assignment: str, student: str, *, handed_in: bool) -> str:
    """Say why a person is needed for one student; empty when none is."""
    folder = Path(coursedir.format_path(coursedir.autograded_directory, student, assignment))
    notebooks = sorted(folder.glob("*.ipynb"))
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return NOT_GRADED if handed_in else ""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    unscored = any(grade.auto_score is None and grade.manual_score is None for grade in grades)
    if not notebooks and handed_in:
        return NOT_GRADED if unscored else NOT_GRADED_AGAIN
    if not (unscored or any(grade.needs_manual_grade for grade in grades)):
        return ""
    return "; ".join(_written(notebooks) or [NO_SCORE if unscored else REVIEW])


def _written(notebooks: list[Path]) -> list[str]:
    """Read the reasons that grading left in autograded notebooks."""
    found: list[str] = []
    for path in notebooks:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        found += metadata.get("legrade", {}).get("needs_person", [])
    return found


def as_cell(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
