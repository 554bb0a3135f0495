"""How long does a class's exam take? 200 students x 10 items: issued, proved, frozen, and written as pages and JSON.

Run: python benchmarks/papers.py [--students 200] [--versions 0]

A first build of two students, not counted, compiles what is compiled once. `again` builds the same folder a second
time, as for a late joiner.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from question_bank import exam
from question_bank.blueprint import Blueprint, Slot
from question_bank.keys import CourseKey
from question_bank.roster import Student

FAMILIES = (
    "conv-output-size",
    "conv-output-shape",
    "conv-output-size-choice",
    "max-pool-by-hand",
    "conv-by-hand",
    "conv-parameters",
    "pool-output-shape",
    "softmax-by-hand",
    "conv-weight-gradient",
    "written-convolution",
)


def build(blueprint: Blueprint, students: int, out: Path, formats: tuple[str, ...]) -> tuple[float, float]:
    """Build an exam and return how many seconds it took: on the wall, and of the processor."""
    roster = [Student(f"s{number:04}", f"Student {number}") for number in range(students)]
    started, worked = time.perf_counter(), time.process_time()
    exam.build(blueprint, roster, CourseKey(bytes(32)), out, formats)
    return time.perf_counter() - started, time.process_time() - worked


def main() -> None:
    """Print what each format costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--versions", type=int, default=0, help="0: one for each student")
    options = parser.parse_args()
    blueprint = Blueprint("Exam", "exam", tuple(map(Slot, FAMILIES)), versions=options.versions)
    print(f"{options.students} students, {len(FAMILIES)} items each, key sheets and report included")
    with tempfile.TemporaryDirectory() as folder:
        build(replace(blueprint, paper="warm-up"), 2, Path(folder) / "warm", ("html", "json"))
        for formats in (("json",), ("html",), ("html", "json")):
            out = Path(folder) / "-".join(formats)
            first = build(blueprint, options.students, out, formats)
            again = build(blueprint, options.students, out, formats)
            size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
            print(
                f"{'+'.join(formats):10} {first[0]:7.1f} s ({first[1]:.1f} s of the processor), again {again[0]:5.1f} s ({again[1]:.1f} s), {size:6.1f} MB"
            )


if __name__ == "__main__":
    main()
