"""The whole course of five assignments through nbgrader's own commands, with our two lines of configuration.

In one course folder each is built, generated, handed in, graded, fed back and exported; `legrade grade` gives the same marks.
"""

import csv
import json
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import function_names, open_assignment, open_function
from autograder.release import build

pytestmark = pytest.mark.slow
MISTAKES = {
    "shapes_and_counts": ("output_shape", "padding-once"),
    "convolution": ("im2col", "windows-thought-to-touch"),
    "pooling": ("avg_pool2d_forward", "sum-instead-of-mean"),
    "backpropagation": ("cross_entropy_backward", "batch-mean-forgotten"),
    "lenet": ("lenet", "conv-padding-forgotten"),
}
"""One wrong program for each assignment; everything else of that student's notebook is right."""


COMMANDS = """
import json, sys
from jupyter_core.application import NoStart
from nbgrader.apps.nbgraderapp import NbGraderApp
for command in json.loads(sys.argv[1]):
    app = NbGraderApp()
    app.initialize(command)
    try:
        app.start()
    except NoStart:  # so a command of Jupyter says that its subcommand has run
        type(app.subapp).clear_instance()
"""
"""What the program `nbgrader` does, several times over: 16 processes would import nbgrader 16 times."""


def nbgrader(folder, *commands):
    """Carry out nbgrader's commands in its course folder, one after the other; the first that fails ends them."""
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, json.dumps(commands)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def program(course, function, mistake=None):
    """Take a program as a student would have written it, by the functions that it defines: the reference, or a mistake."""
    spec = open_function(course, function)
    path = spec.folder / ("reference.py" if mistake is None else f"mistakes/{mistake}.py")
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith(("# LEGRADE-CANARY", "# needs:")))
    first, *others = spec.functions
    return {first: text} | dict.fromkeys(others, f"# {first} stands in the first part")


def hand_in(course, folder, name):
    """Hand in a right notebook, an untouched one, and one with a mistake in it, as `nbgrader collect` puts them."""
    released = json.loads((folder / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    right = {}
    for part in open_assignment(course, name).parts:
        right |= program(course, part.function)
    answers = {"right": right, "untouched": {}, "wrong": right | program(course, *MISTAKES[name])}
    for student, texts in answers.items():
        notebook = json.loads(json.dumps(released))
        for cell in notebook["cells"]:
            role = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if role.startswith("stub-") and role.removeprefix("stub-") in texts:
                cell["source"] = texts[role.removeprefix("stub-")]
        path = folder / "submitted" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, course, tier_a):
    """Take all five from source to export; the course folder."""
    folder = tmp_path_factory.mktemp("five")
    for name in MISTAKES:
        build(course, name, folder)
    nbgrader(folder, *(("generate_assignment", name) for name in MISTAKES))
    for name in MISTAKES:
        hand_in(course, folder, name)
    steps = [(what, name) for what in ("autograde", "generate_feedback") for name in MISTAKES]
    nbgrader(folder, *steps, ("export",))
    return folder


@pytest.fixture(scope="module")
def marks(graded):
    """Read every student's score from what nbgrader exports."""
    with (graded / "grades.csv").open(newline="", encoding="utf-8") as file:
        return {
            (row["student_id"], row["assignment"]): (float(row["score"]), float(row["max_score"]))
            for row in csv.DictReader(file)
        }


def test_the_configuration_is_two_lines(graded):
    """Nothing else is needed beside stock nbgrader."""
    assert len((graded / "nbgrader_config.py").read_text(encoding="utf-8").splitlines()) == 2


def test_every_shipped_assignment_is_here(course):
    """Whoever adds an assignment adds its wrong program."""
    assert MISTAKES.keys() == {
        path.parent.name for path in (course / "assignments").glob("*/assignment.toml")
    }
    assert all(function in function_names(course) for function, _ in MISTAKES.values())


@pytest.mark.parametrize("name", MISTAKES)
def test_right_wrong_and_untouched_notebooks_have_the_marks_they_earned(marks, course, name):
    """Full marks, some, and none; nobody needs a person."""
    total = sum(part.points for part in open_assignment(course, name).parts)
    assert marks["right", name] == (total, total)
    assert marks["untouched", name] == (0.0, total)
    score, most = marks["wrong", name]
    assert 0 < score < most == total


def test_nobody_is_left_to_a_person(graded, marks):
    """The list of whom the grader could not serve is empty, and everybody has a mark for everything."""
    with (graded / "needs_person.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == []
    assert len(marks) == 3 * len(MISTAKES)


@pytest.mark.parametrize("name", MISTAKES)
def test_every_student_has_a_page_and_the_wrong_one_reads_what_is_wrong(graded, name):
    """Feedback is written for all three; where the mistake was recognised it is named."""
    pages = {
        student: (graded / "feedback" / student / name / f"{name}.html").read_text(encoding="utf-8")
        for student in ("right", "untouched", "wrong")
    }
    assert "It looks like this: " not in pages["right"]
    if name != "lenet":  # mistakes of training are not diagnosed by replay
        assert "It looks like this: " in pages["wrong"]


@pytest.mark.parametrize("name", MISTAKES)
def test_legrade_gives_the_same_marks(graded, marks, tmp_path, name):
    """The command reads the same files with the same key, and comes to the same points."""
    students = {"right", "untouched", "wrong"} - (
        {"right"} if name == "lenet" else set()
    )  # trained once, above
    for student in students:
        shutil.copytree(graded / "submitted" / student / name, tmp_path / "class" / student)
    key, records = graded / "course.key", tmp_path / "records.json"
    arguments = ("--assignment", name, "--key", str(key), "--json", str(records))
    done = CliRunner().invoke(app, ["grade", str(tmp_path / "class"), *arguments])
    assert done.exit_code == 0, done.output
    found = {record["submission"]: record for record in json.loads(records.read_text(encoding="utf-8"))}
    assert found.keys() == students
    for student, record in found.items():
        assert record["points"] == pytest.approx(marks[student, name][0], abs=1e-4)
        kept = json.loads((graded / "records" / name / f"{student}.json").read_text(encoding="utf-8"))[0]
        assert (record["suite"], record["round"]) == (kept["suite"], kept["round"])
