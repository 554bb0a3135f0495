"""Every suite against mutants of its reference: one small change each, graded as a submission with all features.

A mutant with all points survives: the suite does not see the change. Each one needs a better test, or a reason in
`proof/survivors.toml`; what the reasons claim is tried on random calls that the contract allows.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Thread
from typing import Any

from autograder.course import function_names, open_function, plan_functions, suite_digest
from autograder.grade import SESSION
from autograder.kill_table import WRONG
from autograder.model import Outcome, Part, Plan, Spec
from autograder.sandboxes import Sandbox
from autograder.sandboxes.prefork import PreforkSandbox
from autograder.sandboxes.probe import open_sandbox
from autograder.submission import Submission
from proof import equality
from proof.certificates import ROOT, Proved, Stage, digest_files
from proof.domains import DOMAINS
from proof.first_loss import outcomes
from proof.mutation import Mutant, mutants
from proof.survivors import PATH, Reason, explained, read_reasons

SEED = 0
PROCESSES = 2
QUICK = 10
"""Mutants of each function."""
LEFT_OUT = ("lenet",)
"""Functions that are trained: their programs are told apart by training, ten seconds each, as in the kill table."""
ENGINE = (
    "proof/domains.py",
    "proof/equality.py",
    "proof/models.py",
    "proof/mutation.py",
    "proof/operators_calls.py",
    "proof/operators_expressions.py",
    "proof/operators_statements.py",
    "proof/scopes.py",
)
KILLED, SURVIVES, OURS = "killed", "a survivor", "an error of the suite"
OUTCOMES = {Outcome.FAILED: KILLED, Outcome.PASSED: SURVIVES, Outcome.ERROR: OURS}
CLAIM = (
    "Every mutant of a reference loses points, or is explained: on random calls that the contract allows it does what the reference "
    "does, and these calls tell the reference from every wrong program of its kill table (of a network: weights, modes and images). "
    "LeNet is left out: its programs are told apart by training, and its kill table stands for it."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant.

    Attributes:
        name: of the mutant.
        outcome: `KILLED`, `SURVIVES`, or `OURS` where the suite itself raised.
        detail: the test that killed it; what the suite raised; where a survivor differs from the reference after all.
    """

    name: str
    outcome: str
    detail: str = ""


def graded(course: Path = ROOT) -> tuple[str, ...]:
    """List the functions whose references are mutated."""
    return tuple(name for name in function_names(course) if name not in LEFT_OUT)


def subjects(course: Path = ROOT) -> dict[str, str]:
    """Name every function with its suite, its reference, its explained survivors, and what makes and tries its mutants."""
    engine = digest_files([ROOT / name for name in ENGINE])
    reasons = read_reasons()
    found = {}
    for name in graded(course):
        own = [reason for reason in reasons if reason.function == name]
        suite = suite_digest(plan_functions(course, [name]))
        found[name] = hashlib.sha256(f"{engine}\n{suite}\n{own}".encode()).hexdigest()[:16]
    return found


def mutants_of(spec: Spec) -> tuple[Mutant, ...]:
    """Make the mutants of a function's reference."""
    return mutants((spec.folder / "reference.py").read_text(encoding="utf-8"))


def grade_mutants(spec: Spec, wanted: Sequence[Mutant], sandbox: Sandbox) -> list[Verdict]:
    """Grade mutants as submissions, on everything that the function's suite tests, each until it has lost a point."""
    plain = replace(spec, diagnose=False)  # which mistake it resembles decides no point
    plan = Plan(spec.name, (Part(plain, None, frozenset(spec.features)),))
    submissions = [Submission(mutant.text, "python", (mutant.source,)) for mutant in wanted]
    found = outcomes(submissions, plan, sandbox, SEED)
    return [
        Verdict(mutant.text, OUTCOMES[outcome], detail)
        for mutant, (outcome, detail) in zip(wanted, found, strict=True)
    ]


def prove(
    stage: Stage, *, quick: bool = False, course: Path = ROOT, reasons: Sequence[Reason] | None = None
) -> Proved:
    """Grade all of them in full isolation, and try what survives on random calls."""
    reasons = read_reasons() if reasons is None else reasons
    results: dict[str, Any] = {}
    failures = [
        f"{PATH.name} explains {reason.function!r}, which has no mutants; take it out"
        for reason in reasons
        if reason.function not in graded(course)
    ]
    for name, verdicts in _every_verdict(course, reasons, stage, quick=quick):
        known = explained(reasons, name)
        found = results[name] = row(verdicts)
        survivors = len(found["explained"])
        sys.stdout.write(
            f"  {name}: {found['mutants']} mutants, {found['killed']} killed, {survivors} survive\n"
        )
        failures += judge(name, verdicts, known)
        failures += () if quick else stale(name, verdicts, known)
        failures += blind_spots(open_function(course, name))
    settings = {"seed": SEED, "tier": "A", "random_calls": equality.CALLS}
    return Proved(CLAIM, settings, subjects(course), results, tuple(failures))


def _every_verdict(
    course: Path, reasons: Sequence[Reason], stage: Stage, *, quick: bool
) -> Iterator[tuple[str, list[Verdict]]]:
    """Grade the mutants of every function, some dozens at a time, in a few processes."""
    wanted = {}
    for name in graded(course):
        count = len(mutants_of(open_function(course, name)))
        wanted[name] = range(0, min(count, QUICK) if quick else count, QUICK if quick else SESSION)
    tick = stage(f"sessions of {SESSION} mutants", sum(map(len, wanted.values())))
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _open_sandbox) as pool:
        under_way = {
            name: [
                pool.submit(_session, course, name, start, explained(reasons, name), quick=quick)
                for start in starts
            ]
            for name, starts in wanted.items()
        }
        for name, sessions in under_way.items():
            verdicts = []
            for session in sessions:
                verdicts += session.result()
                tick()
            yield name, verdicts


_opened: list[PreforkSandbox] = []
"""The sandbox of a process of the pool."""


def _open_sandbox() -> None:
    Thread(target=_end_with_the_proof, daemon=True).start()
    _opened.append(open_sandbox("A"))
    Finalize(None, _opened[0].close, exitpriority=1)


def _end_with_the_proof() -> None:
    """End this process when the one that started it is gone: a proof that was killed goes on nowhere."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _session(
    course: Path, name: str, start: int, known: Mapping[str, Reason], *, quick: bool
) -> list[Verdict]:
    """Grade some mutants of one function, and try those that survive on random calls."""
    spec = open_function(course, name)
    wanted = mutants_of(spec)[start : start + (QUICK if quick else SESSION)]
    verdicts = grade_mutants(spec, wanted, _opened[0])
    return [_tried(spec, *pair, known) for pair in zip(wanted, verdicts, strict=True)]


def _tried(spec: Spec, mutant: Mutant, verdict: Verdict, known: Mapping[str, Reason]) -> Verdict:
    if verdict.outcome != SURVIVES:
        return verdict
    ties = mutant.text not in known or known[mutant.text].kind == "equal"
    return replace(verdict, detail=equality.difference(spec, mutant.source, ties=ties) or "")


def blind_spots(spec: Spec) -> Iterator[str]:
    """Say which wrong programs no random call tells from the reference: then it says nothing about mutants, either."""
    for path in sorted((spec.folder / WRONG).glob("*.py")) if spec.name in DOMAINS else ():
        if equality.difference(spec, path.read_text(encoding="utf-8"), ties=True) is None:
            yield f"{spec.name}: no random call sees {WRONG}/{path.stem}; draw others in proof/domains.py"


def row(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """Return what a certificate says about one function."""
    verdicts = list(verdicts)
    survivors = [verdict.name for verdict in verdicts if verdict.outcome == SURVIVES]
    return {"mutants": len(verdicts), "killed": len(verdicts) - len(survivors), "explained": survivors}


def judge(function: str, verdicts: Iterable[Verdict], known: Mapping[str, Reason]) -> Iterator[str]:
    """Say which mutants are neither killed nor rightly explained."""
    for verdict in verdicts:
        where = f"{function}: mutant `{verdict.name}`"
        if verdict.outcome == OURS:
            yield f"{where}: the suite itself raised: {verdict.detail}; expected a result that is right or wrong"
        elif verdict.outcome == SURVIVES and verdict.name not in known:
            found = verdict.detail or f"no difference on {equality.CALLS} random calls"
            yield f"{where} has all points: {found}; write a test that sees it, or say why in {PATH.name}"
        elif verdict.outcome == SURVIVES and verdict.detail:
            kind = known[verdict.name].kind
            yield f"{where} is explained as {kind}, but {verdict.detail}; write a test that sees it"


def stale(function: str, verdicts: Iterable[Verdict], known: Mapping[str, Reason]) -> Iterator[str]:
    """Say which explanations are about no survivor."""
    outcomes = {verdict.name: verdict.outcome for verdict in verdicts}
    for name in known:
        if outcomes.get(name) != SURVIVES:
            now = f"it is {outcomes[name]}" if name in outcomes else "there is no such mutant"
            yield f"{function}: {PATH.name} explains `{name}`, but {now}; take it out"
