"""Whose doing it was: what the cases of a hidden test came to, and what a student is told of them."""

from dataclasses import dataclass
from fractions import Fraction

from autograder.errors import NotDefined, StudentFault, StudentRaised
from autograder.model import Outcome, Quantity, TestResult
from autograder.proxy import NotRun
from autograder.testing import Mismatch, Partial

OUR_FAULT = "the grader could not run this test; a person will look at it"


@dataclass(frozen=True, slots=True)
class Case:
    """How one case of one test ended."""

    outcome: Outcome
    reason: str
    detail: str
    shapes: str
    seconds: float
    share: Fraction = Fraction(0)
    """Of its points, where it failed in part."""
    curve: tuple[float, ...] = ()
    """What the suite wants drawn for the student."""
    curve_of: Quantity = Quantity.LOSS
    """What that is."""


@dataclass(frozen=True, slots=True)
class SuiteTest:
    """One test function of a suite, with its share of the part's points."""

    part: int
    name: str
    description: str
    max_points: float
    cases: int


def judge(error: BaseException | None) -> tuple[Outcome, str, str]:
    """Say whose doing an exception in a test is: outcome, the student's reason, the instructor's detail."""
    if error is None:
        return Outcome.PASSED, "", ""
    if isinstance(error, (NotDefined, NotRun)):
        return Outcome.SKIPPED, error.reason, ""
    if isinstance(error, StudentFault):
        return Outcome.FAILED, error.reason, error.detail if isinstance(error, StudentRaised) else ""
    if isinstance(error, Mismatch):
        return Outcome.FAILED, error.reason, str(error)
    if isinstance(error, AssertionError):
        return Outcome.FAILED, "what the test checks does not hold", str(error)
    return Outcome.ERROR, OUR_FAULT, _printable(f"{type(error).__name__}: {error}")


def share_of(error: BaseException | None) -> Fraction:
    """Return what an exception in a test leaves of the case's points: nothing, unless the suite gave a part of them."""
    return error.share if isinstance(error, Partial) else Fraction(error is None)


def _printable(text: str) -> str:
    """Take what steers a terminal out of a text that may quote a worker: its first line is printed."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def collect(test: SuiteTest, function: str, cases: list[Case], diagnosis: str | None) -> TestResult:
    """Fold the cases of one test into its result; an error of ours leaves the points open, whatever the other cases earned."""
    bad = [case for case in cases if case.outcome is not Outcome.PASSED]
    errors = [case for case in bad if case.outcome is Outcome.ERROR]
    failed = [case for case in bad if case.outcome is Outcome.FAILED]
    held = max(0, test.cases - len(bad))
    earned = held + sum((case.share for case in bad), Fraction(0))
    if errors:
        shown, outcome = errors[0], Outcome.ERROR
    elif failed or (bad and held):
        shown, outcome = (failed or bad)[0], Outcome.FAILED
    elif bad:
        shown, outcome = bad[0], Outcome.SKIPPED
    else:
        shown, outcome = cases[0], Outcome.PASSED
    drawn = next((case for case in cases if case.curve), cases[0])
    points = None if errors else test.max_points * float(earned / test.cases)
    return TestResult(
        function=function,
        test=test.name,
        description=test.description,
        points=points,
        max_points=test.max_points,
        outcome=outcome,
        reason=shown.reason,
        diagnosis=diagnosis if outcome is Outcome.FAILED else None,
        seconds=round(sum(case.seconds for case in cases), 4),
        shapes=shown.shapes if bad else "",
        detail="\n".join(case.detail for case in bad if case.detail)[:20_000],
        curve=drawn.curve,
        curve_of=drawn.curve_of,
    )
