"""Run the proofs and write their certificates: `python -m proof.run [NAME ...] [--quick]`.

All of them when none is named. Exit code 1 when one fails (no certificate is written for it), 2 for an unknown name.
"""

import argparse
import importlib
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

from proof.certificates import ROOT, Proved, Stage, Tick, renewal, write
from question_bank.errors import UnknownNameError
from question_bank.registry import unknown

NAMES = ("bank", "wire_fuzz", "calibration", "kill_table", "soak")
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
    """The module of a proof."""

    def prove(self, stage: Stage, *, quick: bool = False) -> Proved:
        """Do it."""

    def subjects(self) -> dict[str, str]:
        """Name what exists now that the proof is about, each with its version or digest."""


def load(name: str) -> Proof:
    """Import one proof.

    Raises:
        UnknownNameError: there is none of this name; the message lists the nearest.
    """
    if name not in NAMES:
        raise unknown("proof", name, NAMES)
    return cast("Proof", importlib.import_module(f"proof.{name}"))


def run(name: str, console: Console, begun: Mapping[str, str], *, quick: bool) -> bool:
    """Run one proof, say what it found, and write its certificate unless it failed or was quick.

    Args:
        name: of the proof.
        console: where to say it.
        begun: the subjects when the command was started; a proof of sources that changed meanwhile is none.
        quick: whether to look only.
    """
    console.print(f"[bold]{name}[/bold]", style="cyan")
    started = time.monotonic()
    with Progress(*_COLUMNS, console=console, transient=True) as progress:

        def stage(label: str, steps: int) -> Tick:
            task = progress.add_task(f"{name}: {label}", total=steps)
            return lambda: progress.advance(task)

        proved = load(name).prove(stage, quick=quick)
    seconds = time.monotonic() - started
    failures = proved.failures
    if proved.subjects != begun:
        failures += (f"{name}: its sources changed while the proof ran; {renewal(name)}",)
    for failure in failures:
        console.print(f"  {failure}", style="red", markup=False)
    verdict = f"{len(failures)} failures" if failures else "holds"
    console.print(
        f"  {verdict}, {len(proved.subjects)} subjects, {seconds:.0f} s: {proved.claim}", markup=False
    )
    if not (quick or failures):
        console.print(f"  {write(name, proved, seconds).relative_to(ROOT)}", markup=False)
    return not failures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m proof.run", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"some of: {', '.join(NAMES)}; all when none is given"
    )
    parser.add_argument("--quick", action="store_true", help="small counts, and write nothing")
    given = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    try:
        begun = {name: load(name).subjects() for name in given.names or NAMES}
    except UnknownNameError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    done = [run(name, console, subjects, quick=given.quick) for name, subjects in begun.items()]
    return 0 if all(done) else _FAILED


if __name__ == "__main__":
    sys.exit(main())
