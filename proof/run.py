"""Run proofs and write their certificates: `python -m proof.run [NAME ...] [--stale] [--quick]`.

A name is a proof, or a group of them, such as `bank` for the proofs of all families; all are run when none is named. Exit
code 1 when one fails (it gets no certificate), 2 for an unknown name.
"""

import argparse
import importlib
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from proof.bank import FamilyProof
from proof.certificates import ROOT, SHOWN, Proved, Stage, Tick, read, renewal, stale, write
from question_bank import bank
from question_bank.errors import UnknownNameError
from question_bank.registry import unknown

FAMILIES = "bank"
SINGLE = ("wire_fuzz", "calibration", "kill_table", "mutants", "soak", "kills")
_FAILED, _USAGE = 1, 2
_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
    TextColumn("left"),
    TimeRemainingColumn(),
)


class Proof(Protocol):
    """What can be proved: a module, or a family of the bank."""

    def prove(self, stage: Stage, *, quick: bool = False) -> Proved:
        """Do it."""

    def subjects(self) -> dict[str, str]:
        """Name what exists now that the proof is about, each with its version or digest."""


def names() -> tuple[str, ...]:
    """Name every proof; each has one certificate."""
    return (*(f"{FAMILIES}/{family}" for family in bank.names()), *SINGLE)


def expand(name: str) -> tuple[str, ...]:
    """Return the proofs that a name stands for.

    Raises:
        UnknownNameError: none; the message lists the nearest names.
    """
    found = tuple(known for known in names() if name in (known, known.partition("/")[0]))
    if not found:
        raise unknown("proof", name, (FAMILIES, *names()))
    return found


def load(name: str) -> Proof:
    """Open one proof of `names()`."""
    group, _, family = name.partition("/")
    if group == FAMILIES:
        return FamilyProof(bank.get(family))
    return cast("Proof", importlib.import_module(f"proof.{name}"))


def outdated(name: str) -> bool:
    """Whether a proof has no certificate that covers what exists now; a family's is sampled, too."""
    try:
        certificate = read(name)
    except (FileNotFoundError, ValueError):
        return True
    proof = load(name)
    if stale(name, certificate, proof.subjects()):
        return True
    return isinstance(proof, FamilyProof) and not proof.holds_still(certificate)


def run(name: str, console: Console, begun: Mapping[str, str], *, quick: bool) -> bool:
    """Run one proof, say what it found, and write its certificate unless it failed or was quick.

    Args:
        name: of the proof.
        console: where to say it.
        begun: the subjects when the command was started; a proof of sources that changed meanwhile is none.
        quick: whether to look only.
    """
    started = time.monotonic()
    with Progress(*_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as progress:

        def stage(label: str, steps: int) -> Tick:
            task = progress.add_task(f"{name}: {label}", total=steps)
            return lambda: progress.advance(task)

        proved = load(name).prove(stage, quick=quick)
    seconds = time.monotonic() - started
    failures = proved.failures
    if proved.subjects != begun:
        failures += (f"its sources changed while the proof ran; {renewal(name)}",)
    verdict = "fails" if failures else "holds"
    console.print(f"{name} {verdict}, {seconds:.0f} s: {proved.claim}", markup=False)
    for failure in failures:
        console.print(f"  {name}: {failure}", style="red", markup=False)
    if not (quick or failures):
        write(name, proved, seconds)
        console.print(f"  {SHOWN}/{name}.json", markup=False)
    return not failures


def apart(groups: Sequence[str], options: Sequence[str]) -> bool:
    """Run each group in a process of its own, so that none measures another's memory; return whether all held."""
    held = True
    for group in groups:
        command = [sys.executable, "-m", "proof.run", group, *options]
        held &= subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    return held


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m proof.run", description=__doc__)
    known = ", ".join((FAMILIES, f"{FAMILIES}/FAMILY", *SINGLE))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {known}; all when none is given")
    parser.add_argument(
        "--stale", action="store_true", help="only those whose certificate is missing or out of date"
    )
    parser.add_argument("--quick", action="store_true", help="small counts, and write nothing")
    given = parser.parse_args(arguments)
    groups = given.names or [FAMILIES, *SINGLE]
    try:
        wanted = [name for group in groups for name in expand(group)]
    except UnknownNameError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    if given.stale:
        groups = wanted = [name for name in wanted if outdated(name)]
    if len(groups) != 1:
        return 0 if apart(groups, ["--quick"] if given.quick else []) else _FAILED
    begun = {name: load(name).subjects() for name in wanted}
    console = Console(highlight=False, soft_wrap=True)
    done = [run(name, console, subjects, quick=given.quick) for name, subjects in begun.items()]
    return 0 if all(done) else _FAILED


if __name__ == "__main__":
    sys.exit(main())
