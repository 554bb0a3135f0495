"""The tables of `docs/lenet.md`: what each wrong training program costs and by which test, and how often luck costs a right one.

`python -m proof.lenet_table` grades every program of `solutions/lenet/` in the best sandbox there is and writes the tables between
their markers; with `--luck` it writes what follows from the calibrations, and grades nothing. `tests/test_lenet.py` compares the
tables with the kill table's certificate.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.calibration import Calibration, from_json
from autograder.course import load_spec
from autograder.kill_table import WRONG, cases, grade_cases
from autograder.model import Grade, Outcome
from autograder.sandboxes.probe import open_sandbox
from autograder.training import chances, miss
from proof.certificates import ROOT
from question_bank.misconceptions import CATALOGUE

LENET = ROOT / "solutions" / "lenet"
DOCUMENT = ROOT / "docs" / "lenet.md"
POINTS = 20
"""Of the shipped assignment; the tables are on this scale."""
LUCK = ("test_accuracy", "test_loss_falls")
"""Tests whose points hang on a whole training, and so on the processor's rounding."""


def weights_table(grade: Grade) -> str:
    """Say what each test is worth and what it looks at; any grade will do."""
    rows = [
        f"| `{t.test}` | {t.max_points * _scale(grade):.2f} | {' '.join(t.description.split())} |"
        for t in grade.tests
    ]
    return "\n".join(("| test | points | what it looks at |", "| --- | --- | --- |", *rows))


def mistakes_table(grades: Mapping[str, Grade]) -> str:
    """Say of each wrong program, by name, what it loses and where."""
    rows = []
    for name, grade in sorted(grades.items()):
        failed = [f"`{t.test.removeprefix('test_')}`" for t in grade.tests if t.outcome is not Outcome.PASSED]
        rows.append(f"| {CATALOGUE[name].title} (`{name}`) | {lost(grade):.1f} | {', '.join(failed)} |")
    return "\n".join((f"| mistake | costs, of {POINTS} | fails |", "| --- | --- | --- |", *rows))


def read_mistakes(document: str) -> dict[str, tuple[float, frozenset[str]]]:
    """Read what `mistakes_table` wrote: what each program costs, and the tests that it fails."""
    rows = re.findall(r"^\| .* \(`([\w-]+)`\) \| ([\d.]+) \| (.*) \|$", document, re.MULTILINE)
    return {
        name: (float(costs), frozenset(f"test_{test}" for test in re.findall(r"`(\w+)`", failed)))
        for name, costs, failed in rows
    }


def lost(grade: Grade) -> float:
    """Return what a program loses on the assignment's scale.

    Raises:
        ValueError: an error of ours left its points open.
    """
    if grade.points is None:
        raise ValueError(f"{grade.submission}: no points; expected a grade that needs no person")
    return (grade.max_points - grade.points) * _scale(grade)


def _scale(grade: Grade) -> float:
    return POINTS / grade.max_points


def calibrations() -> dict[str, Calibration]:
    """Read the recorded calibrations."""
    paths = sorted((LENET / "calibration").glob("*.json"))
    return {path.stem: from_json(path.read_text(encoding="utf-8")) for path in paths}


def luck_table() -> str:
    """Say of each calibration how often a right solution misses the points for accuracy by luck alone."""
    head = (
        "| track | device | runs | mean | spread | all points from | one training misses | by more than the margin | misses after repetitions |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    )
    return "\n".join((*head, *(_luck(name, known) for name, known in calibrations().items())))


def _luck(name: str, known: Calibration) -> str:
    below, far = chances([run.accuracy for run in known.runs], known.images, known.threshold)
    numbers = f"{len(known.runs)} | {known.mean:.4f} | {known.spread:.4f} | {known.threshold:.2f}"
    return f"| {name} | {known.device} | {numbers} | {_chance(below)} | {_chance(far)} | {_chance(miss(below, far))} |"


def _chance(value: float) -> str:
    return f"{value:.0e}" if value >= 1e-9 else "below 1e-09"


def filled(document: str, tables: Mapping[str, str]) -> str:
    """Put tables between their markers, `<!-- NAME -->` and `<!-- end -->`.

    Raises:
        ValueError: a marker is missing.
    """
    for name, table in tables.items():
        place = re.compile(rf"(<!-- {name} -->\n)(?:(?!<!--).)*(<!-- end -->)", re.DOTALL)
        if not place.search(document):
            raise ValueError(
                f"{name}: no marker <!-- {name} --> with an <!-- end -->; expected one in {DOCUMENT.name}"
            )
        document = place.sub(lambda found, table=table: found[1] + table + "\n" + found[2], document, count=1)  # type: ignore[misc]  # bound now
    return document


def renew(document: Path, grades: Mapping[str, Grade]) -> None:
    """Write the table of calibrations into the document, and those of the grades where there are any."""
    tables = {"luck": luck_table()}
    if grades:
        tables |= {
            "weights": weights_table(next(iter(grades.values()))),
            "mistakes": mistakes_table(grades),
        }
    document.write_text(filled(document.read_text(encoding="utf-8"), tables), encoding="utf-8")


def main() -> None:
    """Grade, and write; with `--luck` write only what follows from the calibrations."""
    wanted = [case for case in cases(load_spec(LENET)) if case.kind == WRONG]
    if "--luck" in sys.argv[1:]:
        renew(DOCUMENT, {})
        return
    with open_sandbox("A") as sandbox:
        graded = grade_cases(wanted, sandbox)
    renew(DOCUMENT, {case.path.stem: graded[case.name] for case in wanted})


if __name__ == "__main__":
    main()
