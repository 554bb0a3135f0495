"""Grade programs until each has lost a point: what follows decides no longer whether it has full marks.

The same plug-in, suite, sandbox and comparison as in `autograder.grade`; only cases after the first loss of a program are not run.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from autograder.course import suite_digest
from autograder.grade import development_seed, grade
from autograder.loading import Loading
from autograder.model import Outcome, Plan, TestResult
from autograder.outcomes import Case
from autograder.pytest_plugin import PLACE, GradingPlugin
from autograder.sandboxes import Sandbox
from autograder.session import run_session
from autograder.submission import Submission
from autograder.suites import load_suites

AFTER = Case(Outcome.FAILED, "not run: the program has lost a point already", "", "", 0.0)


class FirstLoss(GradingPlugin):
    """The plug-in, with a short cut."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Take a case of a program that has lost before for lost."""
        number, part, name, _ = item.stash[PLACE]
        run = self._runs[number]
        if all(case.outcome is Outcome.PASSED for cases in run.cases.values() for case in cases):
            return None
        run.cases.setdefault((part, name), []).append(AFTER)
        self.pytest_runtest_teardown(item, nextitem)
        self.pytest_runtest_logfinish(item.nodeid)
        return True


def outcomes(
    submissions: Sequence[Submission], plan: Plan, sandbox: Sandbox, seed: int
) -> list[tuple[Outcome, str]]:
    """Say of each program whether it has full marks, and if not, why.

    Returns:
        `PASSED` with nothing; `FAILED` with the test that saw it first; `ERROR` with what the suite itself raised.
    """
    found: dict[int, tuple[Outcome, str]] = {}
    doubtful: list[int] = []

    def done(number: int, tests: list[TestResult], loading: Loading, _output: str) -> None:
        found[number] = summary(tests)
        if loading.doubt:
            doubtful.append(number)

    options: dict[str, Any] = {}
    plugin = FirstLoss(
        plan,
        load_suites(plan, suite_digest(plan)),
        submissions,
        sandbox,
        seed=development_seed(seed),
        options=options,
        done=done,
    )
    run_session(plan, plugin)
    again = [submissions[number] for number in doubtful]  # a worker ended, perhaps not by the program's doing
    for number, result in zip(
        doubtful, grade(again, plan, sandbox=sandbox, seed=development_seed(seed)), strict=True
    ):
        found[number] = summary(result.tests)
    return [found[number] for number in range(len(submissions))]


def summary(tests: Sequence[TestResult]) -> tuple[Outcome, str]:
    """Fold a program's tests: an error of ours before a loss, a loss before full marks."""
    for test in tests:
        if test.outcome is Outcome.ERROR:
            return Outcome.ERROR, test.detail.splitlines()[0] if test.detail else test.reason
    lost = [test.test for test in tests if test.points != test.max_points]
    return (Outcome.FAILED, lost[0]) if lost else (Outcome.PASSED, "")
