"""Every right and every wrong program of every graded function, through the real sandbox.

A right program is graded on the features that it has, a wrong one on everything, and once more without the features that
it needs to show: nobody loses a point over what was not taught.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from autograder.course import function_names, open_function, plan_functions, suite_digest
from autograder.grade import development_seed, grade
from autograder.model import Grade, Outcome, Part, Plan, Spec
from autograder.sandboxes import Sandbox
from autograder.sandboxes.probe import open_sandbox
from autograder.submission import read
from proof.certificates import ROOT, Proved, Stage

QUICK = 2
"""Programs of a kind."""
SEED = 0
CLAIM = (
    "Every right program has all points; every wrong one loses some, is told its own mistake where the function is diagnosed, "
    "and loses none where the features that it needs were not taught."
)


@dataclass(frozen=True, slots=True)
class Case:
    """One program under one set of features.

    Attributes:
        function: a folder of `solutions/`.
        kind: `correct` or `mistakes`.
        path: of the program.
        features: that are tested.
        harmless: whether all points are expected.
    """

    function: str
    kind: str
    path: Path
    features: frozenset[str]
    harmless: bool

    @property
    def name(self) -> str:
        """Return what the certificate calls it."""
        return f"{self.kind}/{self.path.stem}" + (
            " untaught" if self.kind == "mistakes" and self.harmless else ""
        )


def cases(spec: Spec) -> Iterator[Case]:
    """List the cases of one function."""
    everything = frozenset(spec.features)
    for path in sorted((spec.folder / "correct").glob("*.py")):
        features = _named(path, "features", everything)
        yield Case(spec.name, "correct", path, features, harmless=True)
    for path in sorted((spec.folder / "mistakes").glob("*.py")):
        yield Case(spec.name, "mistakes", path, everything, harmless=False)
        if needs := _named(path, "needs", frozenset()):
            yield Case(spec.name, "mistakes", path, everything - needs, harmless=True)


def _named(path: Path, comment: str, default: frozenset[str]) -> frozenset[str]:
    """Read the features that a program's second line names."""
    line = re.search(rf"^# {comment}: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(line[1].split(", ")) - {"none"} if line else default


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


def grade_cases(wanted: list[Case], sandbox: Sandbox, tick: Any = lambda: None) -> dict[str, Grade]:
    """Grade cases of one function, those with the same features in one session; return the grades by case."""
    found: dict[str, Grade] = {}

    def features(case: Case) -> list[str]:
        return sorted(case.features)

    for _, group in groupby(sorted(wanted, key=features), key=features):
        together = list(group)
        plan = Plan(
            together[0].function,
            (Part(open_function(ROOT, together[0].function), None, together[0].features),),
        )
        submissions = [read(case.path, name=case.name) for case in together]
        seed = development_seed(SEED)
        for result in grade(submissions, plan, sandbox=sandbox, seed=seed, record=lambda _: tick()):
            found[result.submission] = result
    return found


def row(result: Grade) -> dict[str, Any]:
    """Return what a certificate says about one grade."""
    failed = [test for test in result.tests if test.outcome is not Outcome.PASSED]
    return {
        "points": result.points,
        "of": result.max_points,
        "diagnosis": sorted({test.diagnosis for test in failed if test.diagnosis}),
        "failed": [test.test for test in failed],
    }


def judge(case: Case, result: Grade) -> Iterator[str]:
    """Say what is wrong about a grade."""
    where = f"{case.function}, {case.name}: {result.points} of {result.max_points} points"
    if result.needs_person or result.points is None:
        yield f"{where}; expected marks that need no person: {'; '.join(result.notes)}"
    elif case.harmless != (result.points == result.max_points):
        yield f"{where}; expected {'all' if case.harmless else 'fewer'}"
    elif not case.harmless and open_function(ROOT, case.function).diagnose:
        named = {test.diagnosis for test in result.tests if test.outcome is Outcome.FAILED}
        if named != {case.path.stem}:
            yield f"{where}; diagnosed as {sorted(map(str, named))}, expected {case.path.stem}"
