"""From a class list of 200 to the gradebook by the commands of the document, in its order; the planted misconceptions are found."""

import csv
import json
import os
import re
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from question_bank import analysis
from question_bank.issued import read_sheets

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.findall(
    r"^```sh\n(.*?)^```",
    (ROOT / "docs/after-the-exam.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
VOIDED_BY_FULL_MARKS = 6
"""The place of the question whose answers a correction decided."""
SIMULATED = runpy.run_path(str(ROOT / "demo/simulated_class.py"))


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Run every block in turn: the folder, and what each printed."""
    folder = tmp_path_factory.mktemp("course")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "LEGRADE": str(ROOT)}
    found = []
    for block in BLOCKS:
        done = subprocess.run(
            ["bash", "-eu", "-c", block],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        found.append(done.stdout)
    return folder, found


@pytest.mark.slow
def test_every_step_works_for_two_hundred_students(printed):
    """Built, answered in three formats, marked, corrected, marked again, analysed, uploaded, told."""
    folder, (built, marked, again, analysed, uploaded, told) = printed
    assert "200 students; a Canvas gradebook list" in built
    assert "200 papers issued." in built
    kinds = {path.suffix for path in (folder / "responses").iterdir()}
    assert kinds == {".json", ".csv", ".ipynb"}
    assert "Midterm: 200 marked" in marked
    assert re.search(r"[0-9]+ marks changed since the last marking", again)
    assert "full-marks: the picture was missing in room B (A. Sousa)" in again
    assert "Midterm: 200 students, 7 items, alpha 0." in analysed
    assert "canvas.csv: 200 students" in uploaded
    assert "feedback: 200 pages" in told
    pages = [path.read_bytes() for path in (folder / "midterm/marks/feedback").iterdir()]
    assert len(pages) == 200
    assert all(b"the picture was missing in room B" in page for page in pages)


@pytest.mark.slow
def test_the_gradebook_has_every_student_s_points_after_the_correction(printed):
    """The table to upload says what the marks say; the seventh question gives everybody its two points."""
    folder, _ = printed
    marks = json.loads((folder / "midterm/marks/marks.json").read_text(encoding="utf-8"))
    points = {row["student"]: row["points"] for row in marks["students"]}
    with (folder / "midterm/marks/canvas.csv").open(encoding="utf-8-sig", newline="") as file:
        _, possible, *rows = csv.reader(file)
    assert possible[-1] == "9"
    assert len(rows) == 200
    for row in rows:
        number, *below = points[row[1]].split("/")
        assert float(row[-1]) == pytest.approx(int(number) / int(below[0] if below else 1), abs=1e-4)
    assert {row["items"][6]["points"] for row in marks["students"]} == {"2"}


@pytest.mark.slow
def test_the_analysis_recovers_the_planted_misconceptions(printed):
    """Every planted answer is counted, and most students who showed theirs throughout are named; hardly anybody else is."""
    folder, _ = printed
    sheets = read_sheets(folder / "midterm")
    marks = json.loads((folder / "midterm/marks/marks.json").read_text(encoding="utf-8"))
    found = {one.name: one for one in analysis.analyse(sheets, marks).misconceptions}
    answers, students = Counter(), Counter()
    for number, (student, sheet) in enumerate(sheets.items()):
        name = SIMULATED["held_by"](number)
        chances = [
            SIMULATED["chance"](student, item.id, wrong.part) >= SIMULATED["SLIPS"]
            for place, item in enumerate(sheet.items)
            for wrong in item.question.wrong
            if wrong.misconception == name and place != VOIDED_BY_FULL_MARKS
        ]
        answers[name] += sum(chances)
        students[name] += len(chances) > 1 and all(chances)
    assert sum(students[name] for name in SIMULATED["HELD"]) > 20
    for name in SIMULATED["HELD"]:
        assert answers[name] == 0 or found[name].fits >= answers[name]
        assert students[name] == 0 or found[name].throughout >= 0.8 * students[name]
    others = sum(one.throughout for one in found.values() if one.name not in SIMULATED["HELD"])
    assert others <= 0.1 * sum(students.values())
