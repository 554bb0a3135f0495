"""Use case: a graded function's suite, tried on right and wrong programs: who earns what, and whether that is as it should be.

A right program is graded on the features that it has, a wrong one on everything, and once more without the features that it needs to
show: nobody loses a point over what was not taught. A program that computes nothing has no point.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from autograder.grade import development_seed, grade
from autograder.model import Grade, Outcome, Part, Plan, Spec
from autograder.sandboxes import Sandbox
from autograder.submission import Submission, read

SEED = 0
RIGHT, WRONG = "correct", "mistakes"
ENOUGH = {RIGHT: 5, WRONG: 12}
"""Programs below which a table says little."""
STUB = "def {name}(*args, **kwargs):\n    pass\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One program under one set of features.

    Attributes:
        spec: of the function.
        kind: the folder, `correct` or `mistakes`.
        path: of the program.
        features: that are tested.
        harmless: whether all points are expected.
    """

    spec: Spec
    kind: str
    path: Path
    features: frozenset[str]
    harmless: bool

    @property
    def name(self) -> str:
        """Return what a table calls it."""
        return f"{self.kind}/{self.path.stem}" + (" untaught" if self.kind == WRONG and self.harmless else "")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one program."""

    name: str
    grade: Grade
    wrong: tuple[str, ...]
    """What is not as it should be."""


def cases(spec: Spec) -> Iterator[Case]:
    """List the cases of one function."""
    everything = frozenset(spec.features)
    for path in sorted((spec.folder / RIGHT).glob("*.py")):
        yield Case(spec, RIGHT, path, _named(path, "features", everything), harmless=True)
    for path in sorted((spec.folder / WRONG).glob("*.py")):
        yield Case(spec, WRONG, path, everything, harmless=False)
        if needs := _named(path, "needs", frozenset()):
            yield Case(spec, WRONG, path, everything - needs, harmless=True)


def _named(path: Path, comment: str, default: frozenset[str]) -> frozenset[str]:
    """Read the features that a program's second line names."""
    line = re.search(rf"^# {comment}: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(line[1].split(", ")) - {"none"} if line else default


def grade_cases(
    wanted: Sequence[Case], sandbox: Sandbox, tick: Callable[[], object] = lambda: None
) -> dict[str, Grade]:
    """Grade cases of one function, those with the same features in one session; return the grades by case."""
    found: dict[str, Grade] = {}

    def record(_: Grade) -> None:
        tick()

    def features(case: Case) -> list[str]:
        return sorted(case.features)

    for _, group in groupby(sorted(wanted, key=features), key=features):
        together = list(group)
        submissions = [read(case.path, name=case.name) for case in together]
        plan = Plan(together[0].spec.name, (Part(together[0].spec, None, together[0].features),))
        seed = development_seed(SEED)
        for result in grade(submissions, plan, sandbox=sandbox, seed=seed, record=record):
            found[result.submission] = result
    return found


def judge(case: Case, result: Grade) -> Iterator[str]:
    """Say what is wrong about a grade."""
    where = f"{case.spec.name}, {case.name}: {result.points} of {result.max_points} points"
    if result.needs_person or result.points is None:
        yield f"{where}; expected marks that need no person: {_why_open(result)}"
    elif case.harmless != (result.points == result.max_points):
        yield f"{where}; expected {'all' if case.harmless else 'fewer'}"
    elif not case.harmless and case.spec.diagnose:
        named = {test.diagnosis for test in result.tests if test.outcome is Outcome.FAILED}
        if named != {case.path.stem}:
            yield f"{where}; diagnosed as {sorted(map(str, named))}, expected {case.path.stem}"


def table(spec: Spec, sandbox: Sandbox, known: Collection[str]) -> Iterator[Row]:
    """Grade every program of one function, and one that computes nothing.

    Args:
        spec: of the function.
        sandbox: where they run.
        known: ids of misconceptions that have a text for students.
    """
    yield _stub(spec, sandbox)
    wanted = list(cases(spec))
    graded = grade_cases(wanted, sandbox)
    for case in wanted:
        wrong = list(judge(case, graded[case.name]))
        if case.kind == WRONG and case.path.stem not in known:
            wrong.append(
                f"{case.path.stem}: no text for students; add it to misconceptions.toml in the course's folder"
            )
        yield Row(case.name, graded[case.name], tuple(wrong))


def missing(spec: Spec) -> Iterator[str]:
    """Say of which kind there are too few programs."""
    for kind, enough in ENOUGH.items():
        there = len(list((spec.folder / kind).glob("*.py")))
        if there < enough:
            yield f"{spec.name}: {there} programs in {kind}/; a suite is known after {enough} or more"


def _stub(spec: Spec, sandbox: Sandbox) -> Row:
    source = "\n".join(STUB.format(name=name) for name in spec.functions)
    plan = Plan(spec.name, (Part(spec, None, frozenset(spec.features)),))
    [result] = grade(
        [Submission("stub", "python", (source,))], plan, sandbox=sandbox, seed=development_seed(SEED)
    )
    if result.points is None:
        return Row("stub", result, (f"{spec.name}: the suite cannot be run: {_why_open(result)}",))
    wrong = f"{spec.name}, stub: {result.points} of {result.max_points} points; expected none"
    return Row("stub", result, (wrong,) if result.points else ())


def _why_open(result: Grade) -> str:
    """Say what the first error of ours was, and what was odd about the file."""
    details = [test.detail for test in result.tests if test.outcome is Outcome.ERROR and test.detail]
    return "; ".join([*result.notes, *(detail.splitlines()[0] for detail in details[:1])])
