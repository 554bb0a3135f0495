"""`kill -9` at random moments of a batch: the grader, its zygote, a supervisor, a worker; it ends with the grades of a quiet run.

Whatever is killed, the same command is given again until it ends; nothing is lost, and nothing is there twice.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof.certificates import ROOT, Proved, Stage, digest_files

KILLS, QUICK_KILLS = 100, 10
BETWEEN = (0.0, 0.1)
"""Seconds between two looks at who is there to be killed."""
PATIENCE = 300.0
"""Seconds that a batch may take between two kills, on a slow machine."""
KILLED = -signal.SIGKILL
FUNCTION = "max_pool2d_forward"
VICTIMS = ("grader", "zygote", "supervisor", "worker")
"""By how deep they lie below the grader; in tier A the zygote's parent, which only waits, lies between."""
CLAIM = (
    "A batch in which graders, zygotes, supervisors and workers are killed at random moments, and which is started again each time, "
    "ends with the grades of a batch that nobody disturbed, one for each submission."
)


@dataclass(frozen=True, slots=True)
class Batch:
    """A class of programs, right and wrong ones, and where its records go."""

    submissions: Path
    records: Path

    def start(self) -> subprocess.Popen[str]:
        """Give the command."""
        command = [sys.executable, "-c", "from autograder.cli import main; main()", "grade"]
        command += [str(self.submissions), "--function", FUNCTION, "--seed", "1", "--tier", "A"]
        command += ["--course", str(ROOT), "--json", str(self.records)]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.submissions.parent
        )

    def graded(self) -> int:
        """Tell how far the batch is, by the size of its journal."""
        try:
            return self.records.with_name(f"{self.records.name}.journal").stat().st_size
        except FileNotFoundError:
            return 0

    def grades(self) -> list[dict[str, Any]]:
        """Read the records; the seconds, which differ from run to run, are left out."""
        found: list[dict[str, Any]] = json.loads(self.records.read_text(encoding="utf-8"))
        for grade in found:
            for test in grade["tests"]:
                del test["seconds"]
        return found


def subjects() -> dict[str, str]:
    """Name what starts, ends and keeps grades by its sources."""
    folder = ROOT / "autograder"
    names = ("grade", "journal", "loading", "proxy", "pytest_plugin", "results", "session")
    files = [*(folder / "sandboxes").glob("*.py"), *(folder / f"{name}.py" for name in names)]
    return {"batch": digest_files(files)}


def prove(stage: Stage, *, quick: bool = False) -> Proved:
    """Grade a class in peace, then with kills until there were enough."""
    count = QUICK_KILLS if quick else KILLS
    failures: list[str] = []
    killer = Killer(count)
    with tempfile.TemporaryDirectory(prefix="legrade-kills-") as place:
        batch = _class(Path(place))
        expected = _undisturbed(batch)
        tick = stage("kills", count)
        while killer.left and not failures:
            batch.records.unlink()
            while not batch.records.exists() and not failures:
                failures += killer.disturb(batch, tick)
            if batch.records.exists() and (wrong := _differences(batch.grades(), expected)):
                failures.append(f"after {count - killer.left} kills: {wrong}")
        known = ("class", "records.json")
        left = sorted(path.name for path in Path(place).iterdir() if path.name not in known)
        failures += [f"left beside the records: {', '.join(left)}"] if left else []
    settings = {"kills": count, "submissions": len(expected)}
    results = {"killed": {name: killer.hits[name] for name in VICTIMS}}
    return Proved(CLAIM, settings, subjects(), results, tuple(failures[:20]), {"starts": killer.starts})


class Killer:
    """Ends processes of batches, of each kind in turn, and never two without a grade between them."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.hits: Counter[str] = Counter()
        self.starts = 0
        self._dice = random.Random(count)  # noqa: S311 -- no secret

    def disturb(self, batch: Batch, tick: Callable[[], object]) -> Iterator[str]:
        """Start a batch, or go on with it, kill what comes in turn until it ends; yield what is wrong with how it ended."""
        self.starts += 1
        killed = []
        with batch.start() as run:
            graded = batch.graded()
            while self.left and run.poll() is None:
                time.sleep(self._dice.uniform(*BETWEEN))
                victim = VICTIMS[self.hits.total() % len(VICTIMS)]
                if batch.graded() != graded and _kill(_find(run, victim)):
                    graded = batch.graded()
                    killed.append(victim)
                    self.hits[victim] += 1
                    self.left -= 1
                    tick()
            told, _ = run.communicate(timeout=PATIENCE)
        if run.returncode not in (0, KILLED if "grader" in killed else 0):
            yield f"killed {killed}: exit code {run.returncode}: {told[-500:]}"


def _class(place: Path) -> Batch:
    """Hand in the reference and some mistakes, as students would."""
    folder = place / "class"
    folder.mkdir()
    solution = ROOT / "solutions" / FUNCTION
    for number, source in enumerate(
        [solution / "reference.py", *sorted((solution / "mistakes").glob("*.py"))]
    ):
        (folder / f"s{number}.py").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    return Batch(folder, place / "records.json")


def _undisturbed(batch: Batch) -> list[dict[str, Any]]:
    with batch.start() as run:
        told, _ = run.communicate(timeout=PATIENCE)
    if run.returncode != 0:
        raise AssertionError(f"the undisturbed run ended with {run.returncode}: {told[-2000:]}")
    return batch.grades()


def _find(run: subprocess.Popen[str], victim: str) -> int:
    """Return the process that is the victim now; 0 when there is none."""
    depth = VICTIMS.index(victim)
    level = [run.pid]
    for _ in range(depth + 1 if depth else 0):  # one more: the zygote's parent
        level = [child for pid in level for child in _children(pid)]
    return level[0] if level else 0


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        ]
    except OSError:
        return []


def _kill(pid: int) -> bool:
    """End a process that this batch started; tell whether it was still there."""
    if not pid:
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _differences(got: list[dict[str, Any]], expected: list[dict[str, Any]]) -> str:
    names = [grade["submission"] for grade in got]
    if names != [grade["submission"] for grade in expected]:
        return f"submissions {names}"
    return "; ".join(
        f"{g['submission']}: {field}={g[field]!r}, expected {e[field]!r}"
        for g, e in zip(got, expected, strict=True)
        for field in e
        if g[field] != e[field]
    )
