"""The door to nbgrader: with `configure(get_config())` its own commands grade in our sandbox.

nbgrader runs student code in the kernel that holds its tests and reads marks from the cells' outputs. With this configuration
`nbgrader autograde` runs nothing itself: our exporter reads whatever was handed in and puts it into the instructor's copy,
our preprocessor grades it by the hidden suites, and writes the marks. `generate_assignment`, `generate_feedback` and
`export`, formgrader's buttons and the gradebook stay nbgrader's. Written against nbgrader 0.9.6.

Fails closed: nbgrader logs whatever a configuration file raises and goes on without it, which would run student code beside
its tests, as the instructor. So `configure` ends the command instead.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.nbgrader_course import read_settings

EXPORTER = "autograder.nbgrader_reading.TolerantExporter"
SANITIZE = ["nbgrader.preprocessors.OverwriteKernelspec"]
AUTOGRADE = [
    "autograder.nbgrader_grading.GradeCells",
    "autograder.nbgrader_grading.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]


def configure(config: Any, course_root: Path | None = None) -> None:
    """Make nbgrader's commands use LeGrade; the last line of `nbgrader_config.py`.

    Args:
        config: what traitlets' `get_config()` gives.
        course_root: nbgrader's course folder; the current folder when None.

    Raises:
        SystemExit: with the reason, when anything goes wrong; whatever else is raised here, nbgrader ignores.
    """
    try:
        _configure(config, Path.cwd() if course_root is None else course_root)
    except Exception as error:
        reason = str(error) if isinstance(error, AutograderError) else f"nbgrader_config.py: {error!r}"
        raise SystemExit(f"legrade: {reason}") from error


def _configure(config: Any, root: Path) -> None:
    """Set every option, or raise."""
    if (
        shutil.which("alembic") is None
    ):  # nbgrader starts it by name, also where its own environment is not activated
        os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{Path(sys.executable).parent}"
    config.Autograde.exporter_class = EXPORTER
    config.Autograde.sanitize_preprocessors = list(SANITIZE)
    config.Autograde.autograde_preprocessors = list(AUTOGRADE)
    config.GenerateAssignment.preprocessors.append("autograder.nbgrader_reading.RefuseLeaks")
    config.ExportApp.plugin_class = "autograder.nbgrader_export.ExportWithReasons"
    if (root / "legrade.toml").exists() and "course_id" not in config.CourseDirectory:
        config.CourseDirectory.course_id = read_settings(root).course_id
