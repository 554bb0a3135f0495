"""The accuracies that LeNet's points hang on: each threshold follows from its recorded runs, and the runs can be made again.

Recorded runs are trained again in the sandbox, seed by seed, for each data set whose images are there: the digits always, the others
where LEGRADE_DATA_DIR names their folder. And the reference is graded a hundred times on the digits, by the whole suite, each time with
other inputs: other secrets, first weights and orders.
"""

import math
import statistics
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder import calibrating, calibration, calibration_programs, datasets, tracks
from autograder.calibration import Calibration
from autograder.course import plan_functions, suite_digest
from autograder.datasets import Dataset
from autograder.errors import SpecError
from autograder.grade import development_seed, grade
from autograder.model import Grade
from autograder.sandboxes import Sandbox
from autograder.sandboxes.probe import open_sandbox
from autograder.submission import read
from autograder.tolerance import threshold
from proof.certificates import ROOT, Proved, Stage, digest_files

LENET = ROOT / "solutions" / "lenet"
QUICK_RUNS, MOST_RUNS = 1, {"digits": 60}
"""Runs that are made again; of a data set that is not named `FEW_RUNS`, for one may take half a minute."""
FEW_RUNS = 5
GRADINGS = 100
OFTEN = "reference graded"
CLAIM = (
    "Each threshold is what its recorded runs give, every recorded and every repeated run of a right solution reaches it, and "
    "the repeated runs are as accurate as the recorded ones. The reference, graded a hundred times with other inputs each time, has all "
    "points every time."
)


def paths() -> list[Path]:
    """List the calibrations."""
    return sorted((LENET / "calibration").glob("*.json"))


def subjects() -> dict[str, str]:
    """Name each calibration, together with the reference that it was made with; and the suite that grades it."""
    made = {path.stem: digest_files([path, LENET / "reference.py"]) for path in paths()}
    return made | {OFTEN: suite_digest(plan_functions(ROOT, ["lenet"]))[:16]}


def recorded(path: Path) -> Calibration:
    """Read a calibration without its images."""
    return calibration.from_json(path.read_text(encoding="utf-8"))


def check(known: Calibration) -> list[str]:
    """Say what in a calibration does not follow from its runs."""
    accuracies = [run.accuracy for run in known.runs]
    bound = threshold(accuracies, known.images)
    found = []
    if not math.isclose(bound, known.threshold, abs_tol=1e-9):
        found.append(f"{known.dataset}: threshold {known.threshold}, its runs give {bound}")
    wanted = tracks.recipe(known.dataset, variant=known.variant)
    if known.recipe != wanted:
        found.append(f"{known.dataset}: made with {known.recipe}, the recipe is {wanted}")
    if min(accuracies) < known.threshold:
        found.append(
            f"{known.dataset}: a recorded run has {min(accuracies)}, below the threshold {known.threshold}"
        )
    figures = statistics.mean(accuracies), statistics.stdev(accuracies)
    if max(abs(figures[0] - known.mean), abs(figures[1] - known.spread)) > 1e-6:
        found.append(f"{known.dataset}: mean {known.mean} and spread {known.spread}, its runs give {figures}")
    return found


def prove(stage: Stage, *, quick: bool = False) -> Proved:
    """Check every calibration; train again where the images are there."""
    results: dict[str, Any] = {}
    measured: dict[str, Any] = {}
    failures: list[str] = []
    with open_sandbox("A") as sandbox:
        for path in paths():
            known = recorded(path)
            failures += check(known)
            most = min(len(known.runs), MOST_RUNS.get(path.stem, FEW_RUNS))
            accuracies = repeat(known, sandbox, QUICK_RUNS if quick else most, stage)
            failures += compare(known, accuracies)
            results[path.stem] = _result(known, len(accuracies))
            measured[path.stem] = {
                "lowest": min(accuracies, default=None),
                "equal_to_recorded": sum(
                    accuracy == run.accuracy for accuracy, run in zip(accuracies, known.runs, strict=False)
                ),
            }
        graded = list(gradings(sandbox, QUICK_RUNS if quick else GRADINGS, stage))
    failures += [line for number, result in enumerate(graded) for line in lost(number, result)]
    results[OFTEN] = {
        "gradings": len(graded),
        "all_points": sum(result.points == result.max_points for result in graded),
    }
    return Proved(
        CLAIM, {"reference": "solutions/lenet/reference.py"}, subjects(), results, tuple(failures), measured
    )


def gradings(sandbox: Sandbox, count: int, stage: Stage) -> Iterator[Grade]:
    """Grade the reference, each time with other inputs."""
    tick, plan = stage("the reference, graded", count), plan_functions(ROOT, ["lenet"])
    submission = read(LENET / "reference.py", name="reference")
    for number in range(count):
        (result,) = grade([submission], plan, sandbox=sandbox, seed=development_seed(number))
        tick()
        yield result


def lost(number: int, result: Grade) -> list[str]:
    """Say what a grading of the reference did not give."""
    return [
        f"grading {number}: {test.test}: {test.reason} {test.detail[:200]}".strip()
        for test in result.tests
        if test.points != test.max_points
    ]


def repeat(known: Calibration, sandbox: Sandbox, count: int, stage: Stage) -> list[float]:
    """Train the first `count` recorded runs again; none where the images are not there."""
    dataset = _available(known.dataset)
    if dataset is None:
        return []
    tick, accuracies = stage(f"{known.dataset} {known.variant}", count), []
    for number in range(count):
        accuracies.append(retrain(known, dataset, sandbox, number))
        tick()
    return accuracies


def retrain(known: Calibration, dataset: Dataset, sandbox: Sandbox, number: int) -> float:
    """Train a recorded run again; return the accuracy on the withheld images."""
    programs = calibration_programs.find_programs(
        LENET, calibration_programs.architecture_named(known.variant)
    )
    plan = calibrating.Plan(dataset, known.recipe, programs, known.variant, known.device)
    run = known.runs[number]
    program = {program.name: program for program in programs}[run.program]
    return calibrating.train_once(plan, sandbox, program, run.seed).accuracy


def compare(known: Calibration, accuracies: list[float]) -> list[str]:
    """Say where repeated runs contradict the recorded ones: below the threshold, or another mean by chance 1 in 1,000."""
    found = [
        f"{known.dataset}, seed {run.seed}: {accuracy}, below the threshold {known.threshold}"
        for run, accuracy in zip(known.runs, accuracies, strict=False)
        if accuracy < known.threshold
    ]
    if accuracies:
        spread = statistics.stdev(run.accuracy for run in known.runs)
        allowed = 3.3 * spread * math.sqrt(1 / len(accuracies) + 1 / len(known.runs))
        means = statistics.mean(accuracies), statistics.mean(run.accuracy for run in known.runs)
        if abs(means[0] - means[1]) > allowed:
            found.append(
                f"{known.dataset}: repeated runs have the mean {means[0]:.4f}, the recorded ones {means[1]:.4f}"
            )
    return found


def _available(name: str) -> Dataset | None:
    try:
        return datasets.load(name)
    except SpecError:
        return None  # its images are nowhere; the certificate says that no run was repeated


def _result(known: Calibration, repeated: int) -> dict[str, Any]:
    values = [run.accuracy for run in known.runs]
    return {
        "recipe": asdict(known.recipe),
        "threshold": known.threshold,
        "levels": list(known.levels),
        "images": known.images,
        "runs": len(values),
        "mean": round(statistics.mean(values), 4),
        "lowest": min(values),
        "repeated": repeated,
    }
