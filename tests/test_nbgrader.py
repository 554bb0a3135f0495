"""nbgrader's real commands, run on a class of every kind: marks, feedback and exports are right, and nobody is lost.

Nothing is replaced: subprocesses of nbgrader, its gradebook, our sandbox. One class is graded once for the whole file.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
import warnings
from pathlib import Path

import nbformat
import pytest

from autograder.course import open_assignment
from autograder.errors import AutograderError, SpecError
from autograder.grade import grade, inputs_seed
from autograder.leaks import refuse_leaks, secret_lines
from autograder.model import Grade, Outcome, TestResult
from autograder.nbgrader_course import InstructorCell, coursedir_of, read_settings
from autograder.nbgrader_export import as_cell
from autograder.nbgrader_grading import _reasons, plan_of
from autograder.nbgrader_reading import JOINER, RefuseLeaks, restore
from autograder.nbgrader_resuming import finished
from autograder.notebook import Cell
from autograder.release import build
from autograder.submission import Submission, read
from autograder.tampering import given_cells, noted
from question_bank.keys import CourseKey

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from nbgrader.api import Gradebook
    from nbgrader.nbgraderformat import MetadataValidator

pytestmark = pytest.mark.slow
NBGRADER = str(Path(sys.executable).parent / "nbgrader")
FUNCTIONS = ("conv2d_forward", "im2col", "conv2d_1x1_as_dense")
CONV, IM2COL, DENSE = (f"points-{name}" for name in FUNCTIONS)
POINTS = {CONV: 10.0, IM2COL: 6.0, DENSE: 4.0}
"""What the parts of the assignment are worth: no two the same, so that none is paid for another."""
LOOP = "import numpy as np\ndef conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):\n    while True:\n        pass"
NAIVE = "def conv2d_forward(x, w, *more, **named):\n    return x"
FULL = {
    "right",
    "duplicated",
    "noisy",
    "old_schema",
    "format3",
    "points_deleted",
    "shuffled",
    "retyped",
    "bom",
    "not_utf8",
    "swapped",
    "strange",
    "odd_cells",
    "edited",
    "Nguyễn Ánh 🎓",
}
MERGED = "merged"
"""Holds merge markers: every cell but one with text is whole, so it has full marks and a person looks for the rest."""
NOT_GRADED = ("bad_clock", "misnamed", "text_only")
"""Whom nbgrader itself gives up before it reads a notebook; they are listed, and nobody else is harmed."""


def nbgrader(folder, *arguments, check=True, env=None):
    """Run one nbgrader command as an instructor does, in the course folder."""
    done = subprocess.run(
        [NBGRADER, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=240, env=env
    )
    assert not check or done.returncode == 0, done.stderr[-3000:]
    return done


def program(course, function, name="reference"):
    """Take a program of the course as a student would have written it, without its canary."""
    text = (course / "solutions" / function / f"{name}.py").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("# LEGRADE-CANARY"))


def solutions(course):
    """Take the right program of every part."""
    return {name: program(course, name) for name in FUNCTIONS}


def answered(released, answers):
    """Fill the stubs of a released notebook with programs by function."""
    notebook = json.loads(json.dumps(released))
    for cell in notebook["cells"]:
        answer = answers.get(role(cell).removeprefix("stub-"))
        if answer is not None:
            cell["source"] = answer
    return notebook


def role(cell):
    """Take the grade id of a cell."""
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def delete(cells):
    """Delete every cell that was given out but the stubs."""
    return [cell for cell in cells if not role(cell).startswith(("points", "check"))]


def shuffle(cells):
    """Put the points cells first."""
    return [cells[0], *sorted(cells[1:], key=lambda cell: not role(cell).startswith("points"))]


def outdate(cells):
    """Claim an old schema, other points and a key that does not exist."""
    for cell in filter(role, cells):
        cell["metadata"]["nbgrader"] |= {"schema_version": 1, "points": 1000, "extra": [1]}
    return cells


def retype(cells):
    """Turn every cell that was given out into text."""
    for cell in filter(role, cells):
        cell["cell_type"] = "raw" if role(cell).startswith("stub") else "markdown"
    return cells


def disturb(cells):
    """Add cells that print to stderr, warn, leave the folder, use a magic, and do not parse."""
    noise = "import sys, warnings, os\nprint('x' * 10_000, file=sys.stderr)\nwarnings.warn('w')\nos.chdir('/')\n%matplotlib inline"
    tagged = {"cell_type": "code", "id": "n1", "metadata": {"tags": ["skip-execution"]}, "source": noise}
    return [
        cells[0],
        tagged,
        *cells[1:],
        {"cell_type": "code", "id": "n2", "metadata": {}, "source": "def broken(:"},
    ]


def swap(cells):
    """Put each answer where the other one belongs, below a wrong one that was pasted with the same metadata."""
    first, second, _ = (cell for cell in cells if role(cell).startswith("stub"))
    first["source"], second["source"] = second["source"], first["source"]
    wrong = json.loads(json.dumps(second)) | {"source": "def conv2d_forward(*given, **named):\n    return 0"}
    return [cell for old in cells for cell in ([wrong, old] if old is second else [old])]


def estrange(cells):
    """Tag every cell to be left out, and claim a schema that does not exist and negative points."""
    for cell in cells:
        cell["metadata"]["tags"] = ["skip-execution", "remove-cell"]
    for cell in filter(role, cells):
        cell["metadata"]["nbgrader"] |= {"schema_version": 99, "points": -5, "solution": "yes"}
    return cells


def edit(cells):
    """Make every check fail, and every points cell end the process."""
    for cell in cells:
        if role(cell).startswith("check"):
            cell["source"] = "assert False"
        elif role(cell).startswith("points"):
            cell["source"] = "import os\nos._exit(0)"
    return cells


def litter(cells):
    """Add cells whose sources are no text, what is no cell, and outputs of 20 MB."""
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}
    code = {"cell_type": "code", "metadata": {}, "execution_count": None}
    odd = [5, None, [], {"cell_type": "code"}, code | {"source": {"a": 1}}, code | {"source": ["x", 3]}]
    return [
        *odd,
        code | {"source": "x = 1", "outputs": [output]},
        *cells,
        code | {"source": None, "metadata": None},
    ]


TAMPERED = {
    "swapped": swap,
    "strange": estrange,
    "edited": edit,
    "odd_cells": litter,
    "points_deleted": delete,
    "duplicated": lambda cells: cells + cells,
    "shuffled": shuffle,
    "old_schema": outdate,
    "retyped": retype,
    "noisy": disturb,
}


def tampered(right, how):
    """Change a right notebook as students and their tools do; none of it may cost or give a point."""
    notebook = json.loads(json.dumps(right))
    if how == "format3":
        for cell in notebook["cells"]:
            cell["input" if cell["cell_type"] == "code" else "source"] = cell.pop("source")
        sheets = [{"cells": notebook["cells"]}]
        return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    own = {"metadata": {"kernelspec": {"name": "julia-9"}, "x": None}} if how == "strange" else {}
    return notebook | own | {"cells": TAMPERED.get(how, list)(notebook["cells"])}


def faked(released):
    """Claim full marks in every way that nbgrader itself would read."""
    notebook = json.loads(json.dumps(released))
    for cell in notebook["cells"]:
        if role(cell).startswith("points"):
            points = str(cell["metadata"]["nbgrader"]["points"])
            cell["source"] = points
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": points},
                }
            ]
    return notebook


def hand_in(folder, student, content, name="convolution.ipynb"):
    """Put a file where `nbgrader collect` puts it."""
    path = folder / "submitted" / student / "convolution" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(
        content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    )


def hand_in_class(course, folder):
    """Hand in one submission of every kind."""
    released = json.loads((folder / "release/convolution/convolution.ipynb").read_text(encoding="utf-8"))
    programs = solutions(course)
    right = answered(released, programs)
    text = json.dumps(right, indent=1)
    for how in FULL - {"bom", "not_utf8"}:
        hand_in(folder, how, tampered(right, how))
    hand_in(folder, "bom", b"\xef\xbb\xbf" + json.dumps(right).replace("\\n", "\\r\\n").encode())
    latin = answered(released, programs | {"conv2d_forward": f"# é\n{programs['conv2d_forward']}"})
    hand_in(folder, "not_utf8", json.dumps(latin, ensure_ascii=False).encode("latin-1", "replace"))
    marked = text.replace(
        '   "cell_type": "markdown"', '<<<<<<< HEAD\n=======\n   "cell_type": "markdown"', 1
    )
    hand_in(folder, MERGED, marked.encode())
    others = {
        "flipped": program(course, "conv2d_forward", "mistakes/kernel-flipped"),
        "loop": LOOP,
        "exit": "import os\nos._exit(0)",
    }
    for student, conv in others.items():
        hand_in(folder, student, answered(released, programs | {"conv2d_forward": conv}))
    naive = dict(zip(FUNCTIONS, (NAIVE, "im2col = max", "conv2d_1x1_as_dense = None"), strict=True))
    hand_in(folder, "naive", answered(released, naive))
    hand_in(folder, "untouched", released)
    hand_in(folder, "faked", faked(released))
    hand_in(folder, "cut_off", text[: text.index("## Part 2: one matrix product")].encode())
    hand_in(folder, "garbage", b"\x00\xffnot a notebook")
    hand_in(folder, "empty", b"")
    hand_in(folder, "misnamed", right, "convolution (1).ipynb")
    hand_in(folder, "text_only", b"my answers", "answers.txt")
    hand_in(folder, "bad_clock", right)
    (folder / "submitted/bad_clock/convolution/timestamp.txt").write_text("yesterday", encoding="utf-8")
    hand_in(folder, "linker", b"")
    link = folder / "submitted/linker/convolution/convolution.ipynb"
    link.unlink()
    link.symlink_to(folder / "submitted/right/convolution/convolution.ipynb")
    (link.parent / "notes.txt").symlink_to(folder / "course.key")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, course, tier_a):
    """Build, release, hand in, grade, feed back and export; the folder of the course and the log of the grading."""
    folder = tmp_path_factory.mktemp("nbgrader course")
    build(course, "convolution", folder)
    nbgrader(folder, "generate_assignment", "convolution")
    hand_in_class(course, folder)
    log = nbgrader(folder, "autograde", "convolution", check=False)
    nbgrader(folder, "generate_feedback", "convolution", check=False)
    nbgrader(folder, "export")
    return folder, log


def scores(folder):
    """Read every student's marks from nbgrader's gradebook: auto scores by cell and whether a person is needed."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "x") as gradebook:
        found = {}
        for submission in gradebook.assignment_submissions("convolution"):
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            found[submission.student.id] = {
                grade.name: (grade.auto_score, bool(grade.needs_manual_grade)) for grade in grades
            }
        return found


def paid(*, conv=POINTS[CONV], im2col=POINTS[IM2COL], dense=POINTS[DENSE], person=False):
    """Write marks as `scores` reads them: full where nothing is said."""
    return {CONV: (conv, person), IM2COL: (im2col, person), DENSE: (dense, person)}


def test_whoever_was_being_graded_when_the_machine_went_down_is_graded(graded, course, tmp_path):
    """`kill -9` in the middle of a submission, three times: the same command ends with the marks of a quiet run."""
    students = ("flipped", "right", "shuffled", "untouched")
    build(course, "convolution", tmp_path)
    nbgrader(tmp_path, "generate_assignment", "convolution")
    shutil.copy(graded[0] / "course.key", tmp_path / "course.key")
    for student in students:
        shutil.copytree(graded[0] / "submitted" / student, tmp_path / "submitted" / student)
    for victim in students[:3]:
        place = tmp_path / "autograded" / victim / "convolution"
        with subprocess.Popen(
            [NBGRADER, "autograde", "convolution"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as grader:
            while grader.poll() is None and not place.is_dir():
                time.sleep(0.01)
            grader.kill()
        assert grader.returncode == -9
        assert not finished(place / "convolution.ipynb")
    log = nbgrader(tmp_path, "autograde", "convolution").stderr
    assert log.count("Removing what a run left that did not end") == 1
    assert log.count("Skipping existing assignment") == 2
    assert scores(tmp_path) == {student: scores(graded[0])[student] for student in students}
    again = nbgrader(tmp_path, "autograde", "convolution").stderr
    assert again.count("Skipping existing assignment") == len(students)


def test_only_a_whole_notebook_with_our_mark_is_finished(tmp_path):
    """The mark is written last; half a notebook is none."""
    (tmp_path / "whole.ipynb").write_text('{"metadata": {"legrade": {}}, "cells": []}')
    (tmp_path / "stock.ipynb").write_text('{"metadata": {}, "cells": []}')
    (tmp_path / "half.ipynb").write_text('{"metadata": {"legrade": {}}, "cel')
    names = ("whole", "stock", "half", "missing")
    assert [finished(tmp_path / f"{name}.ipynb") for name in names] == [True, False, False, False]


def feedback(folder, student):
    """Read the page that a student gets."""
    return (folder / "feedback" / student / "convolution/convolution.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("student", sorted(FULL))
def test_a_right_program_gets_full_marks_whatever_happened_to_its_notebook(graded, student):
    """Deleted, doubled, shuffled, retyped cells, old formats, noise on stderr and odd names cost nothing."""
    assert scores(graded[0])[student] == paid()


def test_a_wrong_function_costs_its_own_points_and_the_mistake_is_named(graded):
    """The other functions are paid in full; the page names the misconception and its explanation."""
    found = scores(graded[0])["flipped"]
    assert found == paid(conv=found[CONV][0])
    assert 0 < found[CONV][0] < POINTS[CONV]
    assert "It looks like this: " in feedback(graded[0], "flipped")
    assert "flipped" in feedback(graded[0], "flipped").lower()


@pytest.mark.parametrize(("student", "reason"), [("loop", "seconds"), ("exit", "ended")])
def test_a_loop_or_an_exit_costs_its_own_function_only(graded, student, reason):
    """The batch goes on, the others are paid, and the page says what happened."""
    assert scores(graded[0])[student] == paid(conv=0.0)
    assert reason in feedback(graded[0], student)


@pytest.mark.parametrize("student", ["untouched", "faked"])
def test_claims_in_the_notebook_are_worth_nothing(graded, student):
    """Outputs, edited points cells and changed points are not read; an untouched stub has none."""
    assert scores(graded[0])[student] == paid(conv=0.0, im2col=0.0, dense=0.0)


def test_a_cut_off_file_is_paid_for_the_cells_that_are_whole(graded):
    """The part before the cut is graded, the page says that the file is damaged, and a person looks for the rest."""
    assert scores(graded[0])["cut_off"] == paid(im2col=0.0, dense=0.0, person=True)
    assert "The file is damaged (it is cut off or edited by hand)" in feedback(graded[0], "cut_off")


def test_a_notebook_with_merge_markers_is_paid_for_its_whole_cells(graded):
    """All functions are whole; a person looks at what the markers cut."""
    assert scores(graded[0])[MERGED] == paid(person=True)
    assert "it holds merge markers" in feedback(graded[0], MERGED)


CHANGES = {
    "right": None,
    "noisy": None,
    "points_deleted": "missing: check-",
    "duplicated": "more than once: stub-conv2d_forward",
    "shuffled": "in another order: the cells",
    "old_schema": "other points claimed: ",
    "strange": "other points claimed: ",
    "edited": r"\(edited: check-",
    "swapped": "more than once: stub-im2col",
    "faked": "edited: points-conv2d_forward, points-im2col, points-conv2d_1x1_as_dense",
}


@pytest.mark.parametrize("student", CHANGES)
def test_what_was_changed_of_given_cells_is_on_the_page_and_in_the_record(graded, student):
    """It is said once to each, and nothing is said where nothing was changed."""
    folder, _ = graded
    record = json.loads((folder / "records/convolution" / f"{student}.json").read_text(encoding="utf-8"))
    notes = [note for note in record[0]["notes"] if note.startswith("What was given out was changed")]
    assert len(notes) == (CHANGES[student] is not None)
    assert not notes or re.search(CHANGES[student], notes[0])
    assert ("What was given out was changed" in feedback(folder, student)) == bool(notes)


def test_outside_nbgrader_the_same_files_have_the_same_marks(graded, course, tier_a):
    """Read from where they were handed in and graded with the same key: every student's points, by the same rules."""
    folder, _ = graded
    assignment = open_assignment(course, "convolution")
    plan = plan_of(course, "convolution")
    given = given_cells(assignment)
    marks = scores(folder)
    students = sorted(marks.keys() - set(NOT_GRADED) - {"loop"})  # the loop's time is waited for once, above
    paths = [folder / "submitted" / student / "convolution/convolution.ipynb" for student in students]
    people = [noted(read(path, student), given) for path, student in zip(paths, students, strict=True)]
    seed = inputs_seed(CourseKey.load(folder / "course.key"), plan)
    grades = grade(people, plan, sandbox=tier_a, seed=seed, options=assignment.options)
    assert len(grades) > len(FULL)
    for result in grades:
        parts = marks[result.submission]
        assert result.points == pytest.approx(sum(score for score, _ in parts.values()), abs=1e-4), (
            result.submission
        )
        assert {person for _, person in parts.values()} == {result.needs_person}, result.submission
        if result.submission in CHANGES.keys() - {"faked"}:  # here the text of a points cell is not known
            said = " ".join(result.notes)
            assert ("What was given out was changed" in said) == (CHANGES[result.submission] is not None)


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("garbage", "it is not valid JSON"),
        ("empty", "The file is empty."),
        ("linker", "It is a link to another file"),
    ],
)
def test_an_unreadable_file_gives_no_points_and_a_person_looks_at_it(graded, student, reason):
    """The gradebook asks for a person, and both the page and the instructor's list say why."""
    folder, _ = graded
    assert scores(folder)[student] == paid(conv=0.0, im2col=0.0, dense=0.0, person=True)
    assert reason in feedback(folder, student)
    assert reason in dict(needs_person(folder))[student]


def needs_person(folder):
    """Read the instructor's list."""
    with (folder / "needs_person.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [(row["student_id"], row["reason"]) for row in rows]


def test_the_export_has_everybody_and_names_who_needs_a_person(graded):
    """The stock table holds the marks; beside it stand exactly the students whom the grader could not serve."""
    folder, _ = graded
    with (folder / "grades.csv").open(newline="", encoding="utf-8") as file:
        marks = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert {student for student in marks if marks[student] == 20} == FULL | {MERGED}
    named = dict(needs_person(folder))
    assert named.keys() == {MERGED, "cut_off", "empty", "garbage", "linker", *NOT_GRADED}
    assert all("not graded" in named[student] for student in NOT_GRADED)


def test_every_student_has_every_points_cell_exactly_once(graded):
    """Whatever was handed in, formgrader finds what it needs, in valid metadata, and the record for an appeal is kept."""
    folder, log = graded
    students = sorted(path.name for path in (folder / "submitted").iterdir())
    for student in students:
        path = folder / "autograded" / student / "convolution/convolution.ipynb"
        if student in NOT_GRADED:
            assert student in log.stderr
            continue
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
        points = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        assert sorted(role(cell) for cell in points) == sorted(POINTS)
        assert all(cell.outputs for cell in points)
        assert not any(c.outputs for c in notebook.cells if c.cell_type == "code" and c not in points)
        record = json.loads((folder / "records/convolution" / f"{student}.json").read_text(encoding="utf-8"))
        assert (record[0]["submission"], record[0]["tier"], len(record[0]["suite"])) == (student, "A", 32)


def test_nothing_secret_is_in_the_release_or_in_a_students_page(graded, course):
    """No line of solutions/ but the contract; in feedback, for those who had none to hand in, the tests' docstrings too."""
    folder, _ = graded
    refuse_leaks(
        (p for p in (folder / "release").rglob("*") if p.is_file()), secret_lines(course / "solutions")
    )
    pages = [
        folder / "feedback" / student / "convolution/convolution.html"
        for student in ("untouched", "naive", "garbage")
    ]
    refuse_leaks(pages, secret_lines(course / "solutions", feedback=True))
    released = sorted(path.name for path in (folder / "release").rglob("*") if path.is_file())
    assert released == ["convolution.ipynb", "legrade_checks.py"]
    key = (folder / "course.key").read_text().split()[1]
    released = [
        p for name in ("release", "feedback", "autograded") for p in (folder / name).rglob("*") if p.is_file()
    ]
    assert len(released) > 30
    assert not any(key in path.read_text(encoding="utf-8", errors="replace") for path in released)


def test_feedback_shows_docstrings_and_shapes_but_no_value_or_position(graded):
    """The page has what teaches; the instructor's record has the rest, readable by the instructor only."""
    folder, _ = graded
    page = feedback(folder, "flipped")
    record = folder / "records/convolution/flipped.json"
    tests = json.loads(record.read_text(encoding="utf-8"))[0]["tests"]
    failed = [test for test in tests if test["outcome"] == "failed"]
    assert failed
    assert all(test["detail"] and test["detail"] not in page for test in failed)
    assert "first at (" not in page
    assert "Shapes of the arguments: (" in page
    assert record.stat().st_mode & 0o077 == 0


def test_a_second_run_gives_the_same_marks(graded):
    """A re-grade meets the same inputs."""
    folder, _ = graded
    before = scores(folder)["flipped"]
    nbgrader(folder, "autograde", "convolution", "--student", "flipped", "--force")
    assert scores(folder)["flipped"] == before


@pytest.fixture(scope="module")
def broken_suite(tmp_path_factory, course, tier_a):
    """Grade one student by a course where the suite of im2col has a fault of ours."""
    ours = tmp_path_factory.mktemp("course")
    for name in ("assignments/convolution", *(f"solutions/{function}" for function in FUNCTIONS)):
        shutil.copytree(course / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    suite = ours / "solutions/im2col/test_hidden.py"
    fault = '\n\ndef test_fault(student):\n    """A test that breaks."""\n    raise RuntimeError("fault in the suite")\n'
    suite.write_text(suite.read_text(encoding="utf-8") + fault, encoding="utf-8")
    folder = tmp_path_factory.mktemp("faulty")
    build(ours, "convolution", folder)
    nbgrader(folder, "generate_assignment", "convolution")
    released = json.loads((folder / "release/convolution/convolution.ipynb").read_text(encoding="utf-8"))
    hand_in(folder, "right", answered(released, solutions(course)))
    nbgrader(folder, "autograde", "convolution")
    nbgrader(folder, "generate_feedback", "convolution")
    nbgrader(folder, "export")
    return folder


def test_a_fault_of_ours_leaves_the_grade_empty_and_asks_for_a_person(broken_suite):
    """The other parts keep their points; the student reads that it is not their fault, and nothing of the fault itself."""
    assert scores(broken_suite) == {"right": paid(im2col=None, person=True)}
    page = feedback(broken_suite, "right")
    assert "That is not your fault: a person will look at it." in page
    assert "RuntimeError" not in page
    assert "fault in the suite" not in page
    ((student, reason),) = needs_person(broken_suite)
    assert student == "right"
    assert reason.startswith("im2col, test_fault: ")


def test_a_leak_stops_the_release(broken_suite):
    """A file beside the notebook that holds a secret line is named, and the release folder is not left behind."""
    secret = "\n".join(program(read_settings(broken_suite).course, "conv2d_forward").splitlines()[-8:])
    (broken_suite / "source/convolution/hints.txt").write_text(secret, encoding="utf-8")
    done = nbgrader(broken_suite, "generate_assignment", "convolution", "--force", check=False)
    (broken_suite / "source/convolution/hints.txt").unlink()
    assert done.returncode == 1
    assert "hints.txt: holds solutions/conv2d_forward/" in done.stderr
    assert not (broken_suite / "release/convolution").exists()


@pytest.fixture
def one_student(tmp_path, graded):
    """A copy of the graded course, with its gradebook, in which one student's right notebook waits."""
    folder, _ = graded
    for name in ("source", "release", "gradebook.db", "legrade.toml"):
        copy = shutil.copytree if (folder / name).is_dir() else shutil.copy
        copy(folder / name, tmp_path / name)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "x") as gradebook:
        gradebook.remove_student("right")
    hand_in(tmp_path, "right", (folder / "submitted/right/convolution/convolution.ipynb").read_bytes())
    return tmp_path


def test_without_our_configuration_nbgrader_gives_no_grade(one_student):
    """Stock nbgrader, which runs the points cells itself, must not give a class 0 points: its kernel ends, and it says so."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    arguments = ("autograde", "convolution", "--student", "right")
    done = nbgrader(one_student, *arguments, check=False, env={**os.environ, "PATH": path})
    assert done.returncode == 1
    assert "DeadKernelError" in done.stderr
    assert not (one_student / "autograded/right/convolution").exists()
    assert scores(one_student)["right"] == paid(conv=None, im2col=None, dense=None, person=True)


BROKEN = {
    "settings": ('key = ""\nkey = ""\n', {}, "legrade.toml: Cannot overwrite a value"),
    "not installed": (None, {"autograder.py": ""}, "No module named 'autograder.nbgrader_reading'"),
}


@pytest.mark.parametrize(("settings", "shadow", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_configuration_ends_nbgrader_before_student_code_runs(
    one_student, graded, settings, shadow, message
):
    """What a configuration file raises is ignored by nbgrader, but not what we raise: no student code runs."""
    for name in ("nbgrader_config.py", "nbgrader_config.json"):
        shutil.copy(graded[0] / name, one_student / name)
    if settings is not None:
        (one_student / "legrade.toml").write_text(settings, encoding="utf-8")
    (one_student / "elsewhere").mkdir()
    for name, text in shadow.items():
        (one_student / "elsewhere" / name).write_text(text, encoding="utf-8")
    notebook = one_student / "submitted/right/convolution/convolution.ipynb"
    witness = one_student / "student code ran"
    right = json.loads(notebook.read_text(encoding="utf-8"))
    right["cells"].insert(0, nbformat.v4.new_code_cell(f"open({str(witness)!r}, 'w')"))
    notebook.write_text(json.dumps(right), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(one_student / "elsewhere")}
    done = nbgrader(one_student, "autograde", "convolution", "--student", "right", check=False, env=env)
    assert done.returncode == 1
    assert message in done.stderr
    assert not witness.exists()


def test_a_mark_of_an_earlier_hand_in_is_not_taken_for_the_new_ones(graded):
    """Who has marks, but no graded notebook, was graded once and could not be graded again: a person is asked."""
    folder, _ = graded
    kept = folder / "autograded/naive"
    kept.rename(folder / "aside")
    nbgrader(folder, "export")
    (folder / "aside").rename(kept)
    reason = dict(needs_person(folder))["naive"]
    nbgrader(folder, "export")
    assert reason.startswith("handed in, but not graded this time: the mark is an earlier one")


def test_an_assignment_of_other_origin_is_refused_by_name(course):
    """Its students are not marked by the wrong suite; the message says where to grade them."""
    with pytest.raises(
        AutograderError, match=r"'ps1': .* has .*convolution.*in another nbgrader course folder"
    ):
        plan_of(course, "ps1")


def test_the_instructor_reads_one_reason_once():
    """A reference that fails all tests of a function is one sentence in the list, not one a test."""

    def failed(name):
        return TestResult("f", name, "", None, 1.0, Outcome.ERROR, "ours", None, 0.0)

    def made(*tests):
        return Grade("ann", None, 2.0, True, 1, "", {}, "A", tests)

    assert _reasons(made(failed("test_a"))) == ["f, test_a: ours"]
    assert _reasons(made(failed("test_a"), failed("test_b"))) == ["f, 2 tests: ours"]


def test_a_course_that_was_moved_is_named_with_the_file_that_names_it(tmp_path):
    """No assignment is found where there is no course; the message says which line to correct."""
    with pytest.raises(
        AutograderError, match=r"no such folder.*holds no solutions/.*correct `course` in legrade\.toml"
    ):
        plan_of(tmp_path / "no such folder", "convolution")


def test_a_name_is_never_a_formula_in_a_spreadsheet():
    """A student's identity cannot run in the instructor's table."""
    assert [as_cell(text) for text in ("=1+1", "-x", "ann")] == ["'=1+1", "'-x", "ann"]


def test_a_plug_in_outside_nbgrader_says_so():
    """Using a preprocessor by itself is a mistake that is named."""
    with pytest.raises(AutograderError, match="RefuseLeaks: runs inside nbgrader's commands only"):
        coursedir_of(RefuseLeaks())


COPIES = (
    InstructorCell("stub-f", "def f(): ...", locked=False, solution=True, points=None, checksum=None),
    InstructorCell("check-1", "assert f()", locked=True, solution=False, points=None, checksum="0" * 32),
    InstructorCell("points-f", "0.0", locked=True, solution=False, points=3.0, checksum="1" * 32),
)


def test_restoring_trusts_no_claim_of_the_students_copy():
    """An edited locked cell is put back, its text stays as the student's, and a second solution keeps no role."""
    layout = (
        Cell("code", "assert True  # edited", "check-1"),
        Cell("code", "def f(): return 1", "stub-f"),
        Cell("code", "def f(): return 2", "stub-f"),
        Cell("code", "assert f()", "points-f"),
        Cell("markdown", "text", "points-f"),
    )
    made = restore(Submission("x", "notebook", (), layout=layout), COPIES)
    assert [(cell.source, role(cell)) for cell in made.cells] == [
        ("assert True  # edited", ""),
        ("def f(): return 1", "stub-f"),
        ("def f(): return 2", ""),
        ("assert f()", "check-1"),
        ("text", ""),
        ("0.0", "points-f"),
    ]
    assert made.cells[-1].metadata.nbgrader["points"] == 3.0


def test_what_was_said_about_a_file_is_shown_as_text():
    """A reason is text, never markup."""
    made = restore(Submission("x", "notebook", (), problem="The folder holds <b>"), COPIES)
    assert made.cells[0].source == f"**How this file was read**\n\n- The folder holds <{JOINER}b>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"legrade\.toml: .*No such file.*`legrade build-assignment NAME --out \.` writes it"),
        ("course = 3", r"course=3: expected course and key as texts"),
        ('course = "/c"', r"key=None: expected course and key as texts"),
        ('course = "/c"\nkey = "/k"\ntier = 1', r"tier=1: expected course and key as texts"),
    ],
)
def test_broken_settings_are_named(tmp_path, text, message):
    """File, field, got, expected, and the command that mends it."""
    if text is not None:
        (tmp_path / "legrade.toml").write_text(text)
    with pytest.raises(SpecError, match=message):
        read_settings(tmp_path)
