"""Use case: submissions -> grades, by the hidden suites, in a sandbox."""

import hashlib
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from autograder.course import suite_digest
from autograder.errors import SpecError
from autograder.model import Grade, Outcome, Plan, TestResult
from autograder.proxy import Loading
from autograder.pytest_plugin import GradingPlugin
from autograder.sandboxes import Sandbox
from autograder.submission import Submission
from autograder.suites import load_suites
from question_bank.keys import CourseKey

SESSION = 50
"""Submissions in one pytest session: more save little, fewer cost start-up."""

PLUGINS_LEFT_OUT = (
    "cacheprovider",  # writes into the course
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "terminal",
    "threadexception",
    "unittest",
    "unraisableexception",  # collects garbage for 0.3 s at the end of each session
    "warnings",
)
PYTEST_OPTIONS = (
    *("-c", os.devnull, "-o", "addopts="),  # nothing of the surrounding project
    *("--import-mode=importlib", "--strict-markers", "--disable-plugin-autoload", "--capture=no"),
    *(flag for name in PLUGINS_LEFT_OUT for flag in ("-p", f"no:{name}")),
)


def development_seed(number: int) -> bytes:
    """Make a seed that anybody can make again; never for marks."""
    return hashlib.sha256(f"legrade development {number}".encode()).digest()


def inputs_seed(key: CourseKey, plan: Plan) -> bytes:
    """Derive a plan's inputs: the same for a whole class, others after any change of suite or round."""
    return key.derive("hidden-inputs", plan.name, suite_digest(plan), str(plan.round))


def grade(
    submissions: Sequence[Submission],
    plan: Plan,
    *,
    sandbox: Sandbox,
    seed: bytes,
    options: dict[str, Any] | None = None,
    record: Callable[[Grade], None] | None = None,
) -> list[Grade]:
    """Grade submissions on the same inputs.

    Args:
        submissions: what `submission.read` gave; an unreadable one gets a grade with the reason.
        plan: functions, points, features.
        sandbox: where student code runs.
        seed: what the inputs are derived from; a secret of the course.
        options: what the suites' fixture `options` gives, such as the data set.
        record: called with each grade as soon as its submission has ended.

    Raises:
        SpecError: a suite or a reference is broken.
        KeyboardInterrupt: the grader was interrupted; the grades so far were recorded.
    """
    grades: list[Grade] = []
    digest, versions = suite_digest(plan), library_versions()
    suites = load_suites(plan, digest)

    def done(submission: Submission, tests: list[TestResult], loading: Loading, output: str) -> None:
        result = make_grade(submission, plan, tests, loading=loading, output=output)
        complete = Grade(**{**result, "suite": digest, "versions": versions, "tier": sandbox.tier})
        grades.append(complete)
        if record is not None:
            record(complete)

    for start in range(0, len(submissions), SESSION):
        chunk = submissions[start : start + SESSION]
        plugin = GradingPlugin(plan, suites, chunk, sandbox, seed=seed, options=options or {}, done=done)
        run_session(plan, plugin)
        if len(grades) != start + len(chunk):
            raise SpecError(
                f"{plan.name}: {start + len(chunk) - len(grades)} submissions ended without a grade"
            )
    return grades


def run_session(plan: Plan, plugin: GradingPlugin) -> None:
    """Run pytest in this process, with nothing of the surrounding project's configuration.

    Raises:
        SpecError: a suite could not be collected.
        KeyboardInterrupt: the user's.
    """
    suites = [part.spec.folder / "test_hidden.py" for part in plan.parts]
    arguments = [*PYTEST_OPTIONS, "--rootdir", str(plan.parts[0].spec.folder.parent), *map(str, suites)]
    before = set(sys.modules)
    try:
        code = pytest.main(arguments, plugins=[plugin])
    finally:
        for name in set(sys.modules) - before:  # another course may have a suite of the same name
            origin = getattr(sys.modules[name], "__file__", None)
            if origin is not None and Path(origin) in suites:
                del sys.modules[name]
    if code == pytest.ExitCode.INTERRUPTED and not plugin.broken:
        raise KeyboardInterrupt
    if plugin.broken or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise SpecError(f"{plan.name}: the suite is broken ({code!r}): {'; '.join(plugin.broken)}")


def make_grade(
    submission: Submission, plan: Plan, tests: list[TestResult], *, loading: Loading, output: str
) -> dict[str, Any]:
    """Add up one submission's tests; an error of ours anywhere leaves its points open."""
    errors = any(test.outcome is Outcome.ERROR for test in tests)
    points = None if errors else round(sum(test.points or 0.0 for test in tests), 6)
    notes = list(submission.notes)
    if submission.problem is not None:
        notes.append(submission.problem)
    elif summary := loading.summary():
        notes.append(summary)
    return {
        "submission": submission.name,
        "points": points,
        "max_points": round(sum(test.max_points for test in tests), 6),
        "needs_person": errors or submission.problem is not None or submission.damaged,
        "round": plan.round,
        "tests": tuple(tests),
        "notes": tuple(notes),
        "output": output + "".join(f"\n{detail}" for detail in loading.details),
    }


def library_versions() -> dict[str, str]:
    """Name what a re-grade would have to install."""
    versions = {"python": platform.python_version()}
    for name in ("legrade", "numpy", "torch", "pytest", "ipython"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "absent"
    return versions
