"""Every right and every wrong program of every graded function, through the real sandbox; see `autograder.kill_table`."""

import hashlib
from typing import Any

from autograder.course import function_names, open_function, plan_functions, suite_digest
from autograder.kill_table import SEED, cases, grade_cases, judge
from autograder.model import Grade, Outcome
from autograder.sandboxes.probe import open_sandbox
from proof.certificates import ROOT, Proved, Stage

QUICK = 2
"""Programs of a kind."""
CLAIM = (
    "Every right program has all points; every wrong one loses some, is told its own mistake where the function is diagnosed, "
    "and loses none where the features that it needs were not taught."
)


def subjects() -> dict[str, str]:
    """Name every function with what decides its marks, and with its programs."""
    found = {}
    for name in function_names(ROOT):
        digest = hashlib.sha256(suite_digest(plan_functions(ROOT, [name])).encode())
        for case in cases(open_function(ROOT, name)):
            digest.update(hashlib.sha256(f"{case.name}\n".encode() + case.path.read_bytes()).digest())
        found[name] = digest.hexdigest()[:16]
    return found


def prove(stage: Stage, *, quick: bool = False) -> Proved:
    """Grade all of them in full isolation."""
    results: dict[str, Any] = {}
    failures: list[str] = []
    with open_sandbox("A") as sandbox:
        for name in function_names(ROOT):
            wanted = list(cases(open_function(ROOT, name)))
            wanted = wanted[:QUICK] + wanted[-QUICK:] if quick else wanted
            tick = stage(name, len(wanted))
            graded = grade_cases(wanted, sandbox, tick)
            results[name] = {case.name: row(graded[case.name]) for case in wanted}
            failures += [line for case in wanted for line in judge(case, graded[case.name])]
    return Proved(CLAIM, {"seed": SEED, "tier": "A"}, subjects(), results, tuple(failures))


def row(result: Grade) -> dict[str, Any]:
    """Return what a certificate says about one grade."""
    failed = [test for test in result.tests if test.outcome is not Outcome.PASSED]
    return {
        "points": result.points,
        "of": result.max_points,
        "diagnosis": sorted({test.diagnosis for test in failed if test.diagnosis}),
        "failed": [test.test for test in failed],
    }
