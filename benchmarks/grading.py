"""How long does a class take? The same notebooks through stock nbgrader, through ours inside nbgrader, and through ours.

Run: python benchmarks/grading.py [--submissions 12]

Stock nbgrader gets the same notebooks and equivalent hidden tests in its usual form: cells with the reference and the
same calls, run in the student's kernel. All three run one after the other, several times over if asked, in one process
tree; what is printed is the wall time for each submission, start-up included, and the ratio to stock nbgrader.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "demo"))

from students import HandIn, fill_in  # noqa: E402 -- the demo's folder is no package

BIN = Path(sys.executable).parent
ASSIGNMENT = "convolution"
STYLES = (
    {"conv2d_forward": "loops", "im2col": "loops", "conv2d_1x1_as_dense": "einsum"},
    {"conv2d_forward": "sliding_window", "im2col": "sliding_window", "conv2d_1x1_as_dense": "tensordot"},
    {"conv2d_forward": "single_precision", "im2col": "lists", "conv2d_1x1_as_dense": "single_precision"},
)
"""Right programs, by function: what one student in three hands in."""

HIDDEN_TESTS = """
### BEGIN HIDDEN TESTS
import numpy as np
{reference}
_reference = {function}
{student}
_rng = np.random.default_rng(0)
for _args, _kwargs in {cases}:
    _arrays = [_rng.standard_normal(shape) for shape in _args]
    _got = {function}(*_arrays, **_kwargs)
    _expected = _reference(*_arrays, **_kwargs)
    assert np.shape(_got) == _expected.shape
    np.testing.assert_allclose(_got, _expected, rtol=1e-5, atol=1e-5)
### END HIDDEN TESTS
"""
IMAGES = (2, 2, 7, 9)
CASES = {
    "conv2d_forward": [(((1, 1, 6, 6), (1, 1, 3, 3)), {})] * 8
    + [((IMAGES, (3, 2, 3, 2)), {"stride": 2, "padding": 1})] * 16,
    "im2col": [(((1, 1, 6, 6),), {"kernel_size": 2})] * 8
    + [((IMAGES,), {"kernel_size": 3, "stride": 2})] * 12,
    "conv2d_1x1_as_dense": [((IMAGES, (3, 2, 1, 1)), {})] * 16 + [((IMAGES, (3, 2, 1, 1), (3,)), {})] * 8,
}


def run(*command: str, cwd: Path) -> float:
    """Run one command and return its wall time in seconds."""
    started = time.monotonic()
    environment = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"
    }  # stock nbgrader calls alembic by name
    result = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        sys.exit(
            f"{' '.join(command)} ended with {result.returncode}:\n{(result.stdout + result.stderr)[-3000:]}"
        )
    return time.monotonic() - started


def prepare(folder: Path, *, stock: bool) -> Path:
    """Make an nbgrader course with the assignment; the stock one has hidden tests in its cells."""
    course = folder / ("stock" if stock else "ours")
    run(
        "legrade",
        "build-assignment",
        ASSIGNMENT,
        "--key",
        str(folder / "course.key"),
        "--out",
        str(course),
        cwd=ROOT,
    )
    if stock:
        for name in ("nbgrader_config.py", "nbgrader_config.json"):
            (course / name).unlink()
        source = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        notebook = json.loads(source.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade"):
                function = cell["metadata"]["nbgrader"]["grade_id"].removeprefix("points-")
                cell["source"] = hidden_cell(function).splitlines(keepends=True)
        source.write_text(json.dumps(notebook), encoding="utf-8")
    run("nbgrader", "generate_assignment", ASSIGNMENT, "--create", "--force", cwd=course)
    return course


def hidden_cell(function: str) -> str:
    """Write hidden tests as instructors do: the reference under the same name, then the student's back in place."""
    reference = (ROOT / "solutions" / function / "reference.py").read_text(encoding="utf-8")
    return HIDDEN_TESTS.format(
        reference=f"_student = {function}\n{reference}",
        student=f"{function} = _student",
        function=function,
        cases=repr(CASES[function]),
    )


def hand_in(course: Path, count: int) -> None:
    """Give each invented student a right program in one of several styles, in the notebook that this course released."""
    released = (course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    for number in range(count):
        style = STYLES[number % len(STYLES)]
        sources = tuple(
            ROOT / "solutions" / function / "correct" / f"{name}.py" for function, name in style.items()
        )
        folder = course / "submitted" / f"s{number:03}" / ASSIGNMENT
        folder.mkdir(parents=True)
        text = fill_in(released, HandIn(f"s{number:03}", "right", sources))
        (folder / f"{ASSIGNMENT}.ipynb").write_text(text, encoding="utf-8")
        shutil.copy(
            course / "release" / ASSIGNMENT / "legrade_checks.py", folder
        )  # stock nbgrader runs the checks


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=12)
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {
        "stock nbgrader autograde": [],
        "ours in nbgrader autograde": [],
        "legrade grade": [],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run("legrade", "key", "new", str(folder / "course.key"), cwd=ROOT)
        courses = {
            "stock nbgrader autograde": prepare(folder, stock=True),
            "ours in nbgrader autograde": prepare(folder, stock=False),
        }
        for course in courses.values():
            hand_in(course, options.submissions)
        loose = folder / "loose"
        for path in sorted(
            courses["ours in nbgrader autograde"].glob(f"submitted/*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
        ):
            (loose / path.parent.parent.name).mkdir(parents=True)
            shutil.copy(path, loose / path.parent.parent.name)
        for _ in range(options.repeat):
            for what, course in courses.items():
                seconds[what].append(
                    run("nbgrader", "autograde", ASSIGNMENT, "--create", "--force", cwd=course)
                )
            arguments = ("--assignment", ASSIGNMENT, "--key", str(folder / "course.key"))
            seconds["legrade grade"].append(run("legrade", "grade", str(loose), *arguments, cwd=ROOT))
    stock = statistics.median(seconds["stock nbgrader autograde"])
    print(f"{options.submissions} submissions, {options.repeat} runs, medians, start-up included")
    for what, times in seconds.items():
        median = statistics.median(times)
        print(f"{what:28} {median / options.submissions:7.3f} s a submission  {stock / median:5.1f} x stock")


if __name__ == "__main__":
    main()
