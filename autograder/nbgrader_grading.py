"""nbgrader's execution of a submission, replaced: the hidden suites grade it in our sandbox, and the marks are written."""

import atexit
import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from autograder.course import assignment_names, open_assignment, plan_assignment
from autograder.course_texts import misconceptions
from autograder.errors import AutograderError
from autograder.feedback import NOT_YOUR_FAULT, UNREADABLE, as_html, as_text, points_of
from autograder.grade import grade, inputs_seed
from autograder.model import Grade, Outcome, Plan
from autograder.nbgrader_course import Settings, coursedir_of, instructor_cells, read_settings
from autograder.nbgrader_resuming import MARK, RECORDS
from autograder.results import to_json, write_private
from autograder.sandboxes import Sandbox
from autograder.sandboxes.probe import open_sandbox
from autograder.submission import read
from autograder.tampering import noted
from autograder.variants_marking import own_questions
from question_bank.keys import CourseKey
from question_bank.misconceptions import Misconception

POINTS_PREFIX = "points-"


@functools.cache
def shared_sandbox(tier: str) -> Sandbox:
    """Open the sandbox once for all submissions of this process; it is closed when the process ends."""
    sandbox = open_sandbox(tier)
    atexit.register(sandbox.close)
    return sandbox


class GradeCells(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Grades the file that was handed in and writes an explicit output into every points cell; runs no cell itself."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Grade one submission.

        Raises:
            AutograderError: the grader itself failed; nothing is written, and the student is listed as not graded.
        """
        coursedir = coursedir_of(self)
        names = resources["nbgrader"]
        settings = read_settings(Path(coursedir.root))
        result = self._grade(coursedir, settings, names)
        texts = misconceptions(settings.course)
        scores: dict[str, tuple[float | None, bool]] = {}
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            if utils.is_grade(cell):
                scores[cell.metadata.nbgrader["grade_id"]] = _fill(cell, result, texts)
        resources["legrade"] = scores
        nb.metadata[MARK] = {
            "needs_person": _reasons(result),
            "round": result.round,
            "suite": result.suite,
            "tier": result.tier,
            "versions": result.versions,
        }
        _keep_record(Path(coursedir.root) / RECORDS / names["assignment"], names["student"], result)
        return nb, resources

    def _grade(self, coursedir: Any, settings: Settings, names: dict[str, str]) -> Grade:
        """Grade what lies in `submitted/`, by the instructor's files."""
        folder = coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"])
        submission = read(Path(folder) / f"{names['notebook']}.ipynb", names["student"])
        plan = plan_of(settings.course, names["assignment"])
        copies = instructor_cells(names["db_url"], names["assignment"], names["notebook"])
        submission = noted(submission, copies)
        locked = frozenset(copy.source.strip() for copy in copies if copy.locked)
        plan = replace(plan, ignored_cells=plan.ignored_cells | locked)
        assignment = open_assignment(settings.course, plan.name)
        own = own_questions(assignment, settings.key)
        options = {"data_dir": settings.data_dir, **assignment.options}
        seed = inputs_seed(CourseKey.load(settings.key), plan)
        result = grade([submission], plan, sandbox=shared_sandbox(settings.tier), seed=seed, options=options)[
            0
        ]
        return result if own is None else own.mark(result, submission)


@functools.cache
def plan_of(course: Path, name: str) -> Plan:
    """Load a plan once for a class.

    Raises:
        AutograderError: the course is not where it was, or the assignment is not one of its own.
    """
    if not (course / "solutions").is_dir():
        raise AutograderError(
            f"{course}: holds no solutions/; if the course was moved, correct `course` in legrade.toml"
        )
    if name not in assignment_names(course):
        known = ", ".join(assignment_names(course)) or "none"
        what = f"assignment {name!r}: {course} has {known}"
        raise AutograderError(f"{what}; grade assignments of other origin in another nbgrader course folder")
    return plan_assignment(course, name)


def _fill(cell: Any, result: Grade, texts: Mapping[str, Misconception]) -> tuple[float | None, bool]:
    """Write a points cell's outputs; return its score and whether a person is needed."""
    function = cell.metadata.nbgrader["grade_id"].removeprefix(POINTS_PREFIX)
    most = float(cell.metadata.nbgrader["points"])
    points = points_of([test for test in result.tests if test.function == function], most)
    if points is not None:
        cell.outputs.append(new_output("execute_result", {"text/plain": f"{points:g}"}))
    shown = {
        "text/html": as_html(function, result, points, most, texts),
        "text/plain": as_text(function, result, points, most, texts),
    }
    cell.outputs.append(new_output("display_data", shown))
    return points, points is None or result.needs_person


def _reasons(result: Grade) -> list[str]:
    """Say why a person is needed, in words for the instructor; nothing when none is."""
    if not result.needs_person:
        return []
    failed: dict[tuple[str, str], list[str]] = {}
    for test in result.tests:
        if test.outcome is Outcome.ERROR:
            failed.setdefault((test.function, test.reason or NOT_YOUR_FAULT), []).append(test.test)
    if failed:
        return [
            f"{function}, {tests[0] if len(tests) == 1 else f'{len(tests)} tests'}: {reason}"
            for (function, reason), tests in failed.items()
        ]
    return list(result.notes) or [UNREADABLE]


def _keep_record(folder: Path, student: str, result: Grade) -> None:
    """Keep everything that is known, for the instructor's eyes and for a re-grade."""
    write_private(folder / f"{student}.json", to_json([result]))


class SaveGrades(SaveAutoGrades):  # type: ignore[misc]  # nbgrader has no types
    """Writes our scores into the gradebook; a cell that we did not score stays empty and needs a person."""

    def _add_score(self, cell: Any, resources: Any) -> None:
        """Write one score; nbgrader's own reading of outputs, which gives full marks for none, is not asked."""
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        score, needs_person = resources.get("legrade", {}).get(grade_id, (None, True))
        record = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        record.auto_score = score
        record.needs_manual_grade = needs_person or score is None or record.manual_score is not None
        self.gradebook.db.commit()
