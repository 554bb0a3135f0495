"""What the README says can be done, done: its shell blocks run in order, in a new folder, as a reader would."""

import csv
import json
import os
import re
import string
import subprocess
import sys
from pathlib import Path

from question_bank.issued import read_sheets
from question_bank.values import show

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.findall(
    r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


def shell(script, folder):
    """Run a block and return what it printed."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, f"{script}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def test_a_newcomer_gets_from_the_readme_to_marks(tmp_path, tier_a):
    """Three questions from an own blueprint, two responses marked, one notebook graded, a CSV to open."""
    quiz, mark, grade = BLOCKS
    activate, *rest = quiz.splitlines()
    assert activate.startswith(". .venv/bin/activate")
    shell("\n".join(rest), tmp_path)
    course = tmp_path / "my-course"
    (course / "responses").mkdir()
    for student, sheet in read_sheets(course / "quiz").items():
        answers = {
            f"{item.id}/{letter}": show(part.answer.value)
            for item in sheet.items
            for letter, part in zip(string.ascii_lowercase, item.question.parts, strict=False)
        }
        content = {"paper": sheet.paper, "student": student, "answers": answers}
        (course / "responses" / f"{student}.json").write_text(json.dumps(content))
    shell(mark, course)
    with (course / "quiz" / "marks" / "marks.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["total"]) for row in rows] == [("ana", "5"), ("bich", "5")]
    shell(grade, course)
    (record,) = json.loads((course / "records.json").read_text())
    assert record["submission"] == "ana"
    assert record["points"] == 0.0  # the stubs were not filled in
    assert record["max_points"] == 20.0


def test_the_readme_is_one_page():
    """It stays short enough to be read."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 115
