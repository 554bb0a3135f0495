"""Use case: submissions -> grades, by the hidden suites, in a sandbox."""

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import Any

import pytest

from autograder.calibration import track_remarks
from autograder.course import suite_digest
from autograder.errors import AutograderError, SpecError
from autograder.journal import Journal, conditions, fingerprint
from autograder.loading import Loading
from autograder.model import Grade, Outcome, Plan, TestResult
from autograder.pytest_plugin import GradingPlugin
from autograder.sandboxes import Sandbox
from autograder.session import run_session
from autograder.submission import Submission
from autograder.suites import load_suites
from question_bank.keys import CourseKey

SESSION = 50
"""Submissions in one pytest session: more save little, fewer cost start-up."""

ATTEMPTS = 3
"""How often a submission is graded whose worker ended in a way that may have been our doing; the last time is believed."""


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
    journal: Journal | None = None,
) -> list[Grade]:
    """Grade submissions on the same inputs.

    A submission whose worker was killed by nobody knows whom, or whose sandbox failed, is graded again: neither is the student's
    doing unless it happens every time.

    Args:
        submissions: what `submission.read` gave; an unreadable one gets a grade with the reason.
        plan: functions, points, features.
        sandbox: where student code runs.
        seed: what the inputs are derived from; a secret of the course.
        options: what the suites' fixture `options` gives, such as the data set.
        record: called with each grade as soon as its submission has ended.
        journal: where grades are kept as they come; what it holds already is not graded again.

    Returns:
        The grades, in the order of the submissions.

    Raises:
        SpecError: a suite or a reference is broken.
        AutograderError: the journal cannot be written.
        KeyboardInterrupt: the grader was interrupted; the grades so far were recorded.
    """
    batch = _Batch(submissions, plan, sandbox, seed, options or {}, record, journal)
    left = [place for place in range(len(submissions)) if not batch.known(place)]
    for start in range(0, len(left), SESSION):
        places = left[start : start + SESSION]
        for attempt in range(1, ATTEMPTS + 1):
            places = batch.run(places, last=attempt == ATTEMPTS)
            if not places:
                break
    return [batch.grades[place] for place in range(len(submissions))]


class _Batch:
    """Submissions that are graded under the same conditions, by their places in the class."""

    def __init__(
        self,
        submissions: Sequence[Submission],
        plan: Plan,
        sandbox: Sandbox,
        seed: bytes,
        options: dict[str, Any],
        record: Callable[[Grade], None] | None,
        journal: Journal | None,
    ) -> None:
        self.grades: dict[int, Grade] = {}
        self._stopped: AutograderError | OSError | None = None
        self._submissions = submissions
        self._plan = plan
        self._sandbox = sandbox
        self._seed = seed
        self._options = options
        self._record = record
        self._journal = journal
        self._suite, self._versions = suite_digest(plan), library_versions() | computed_on(plan, sandbox)
        self._remarks = remarks(plan, self._options, sandbox)
        self._suites = load_suites(plan, self._suite)
        self._marks = self._fingerprints() if journal is not None else []

    def _fingerprints(self) -> list[str]:
        """Digest what decides each grade; only a journal asks for it, and it reads every mistake of the course."""
        given = conditions(
            self._plan,
            self._suite,
            seed=self._seed,
            tier=self._sandbox.tier,
            versions=self._versions,
            options=self._options,
        )
        return [fingerprint(submission, given) for submission in self._submissions]

    def known(self, place: int) -> bool:
        """Take a grade from the journal; tell whether there was one."""
        found = self._journal.find(self._marks[place]) if self._journal is not None else None
        if found is not None:
            self._take(place, found)
        return found is not None

    def run(self, places: list[int], *, last: bool) -> list[int]:
        """Grade submissions in one session; return those that are to be graded again.

        Raises:
            SpecError: the suite is broken, or a submission ended without a grade.
        """
        again: list[int] = []
        ended: list[int] = []

        def done(number: int, tests: list[TestResult], loading: Loading, output: str) -> None:
            place = places[number]
            ended.append(place)
            if loading.doubt and not last:
                again.append(place)
                return
            result = make_grade(self._submissions[place], self._plan, tests, loading=loading, output=output)
            complete = {"suite": self._suite, "versions": self._versions, "tier": self._sandbox.tier}
            complete |= {"notes": (*result["notes"], *self._remarks)}
            self._keep(place, Grade(**(result | complete)))

        chunk = [self._submissions[place] for place in places]
        plugin = GradingPlugin(
            self._plan,
            self._suites,
            chunk,
            self._sandbox,
            seed=self._seed,
            options=self._options,
            done=done,
        )
        try:
            run_session(self._plan, plugin)
        except KeyboardInterrupt:
            if self._stopped is not None:
                raise self._stopped from None
            raise
        if len(ended) != len(places):
            raise SpecError(
                f"{self._plan.name}: {len(places) - len(ended)} submissions ended without a grade"
            )
        return again

    def _keep(self, place: int, result: Grade) -> None:
        """Take a new grade; where it cannot be stored or told, end the session, for what follows could not be either."""
        try:
            if self._journal is not None:
                self._journal.add(self._marks[place], result)
            self._take(place, result)
        except (AutograderError, OSError) as error:
            self._stopped = error
            raise pytest.exit.Exception(str(error)) from None

    def _take(self, place: int, result: Grade) -> None:
        self.grades[place] = result
        if self._record is not None:
            self._record(result)


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


def computed_on(plan: Plan, sandbox: Sandbox) -> dict[str, str]:
    """Name the device, where a part asks for a GPU: a re-grade needs the like."""
    return {"device": sandbox.device} if any(part.spec.limits.gpu_memory_mb for part in plan.parts) else {}


def remarks(plan: Plan, options: Mapping[str, Any], sandbox: Sandbox) -> tuple[str, ...]:
    """Say of each part that asks for a GPU what its accuracies hang on and is not as its assignment meant."""
    return tuple(
        f"{part.spec.name}: {remark}"
        for part in plan.parts
        if part.spec.limits.gpu_memory_mb
        for remark in track_remarks(part.spec.folder, options.get(part.spec.name, {}), sandbox.device)
    )


def library_versions() -> dict[str, str]:
    """Name what a re-grade would have to install."""
    versions = {"python": platform.python_version()}
    for name in ("legrade", "numpy", "torch", "pytest", "ipython"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "absent"
    return versions
