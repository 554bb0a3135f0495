"""Questions of each student's own in an assignment: issued, handed out, answered, marked; with and without nbgrader."""

import json
import shutil
import stat
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.assignment import Assignment, load_assignment
from autograder.cli import app
from autograder.course import open_assignment
from autograder.errors import AutograderError, LeakError, SpecError
from autograder.feedback import as_text
from autograder.model import Grade, Outcome
from autograder.release import build
from autograder.release_class import release_to_class
from autograder.release_folder import release
from autograder.submission import Submission, read
from autograder.variants import answer_names, blueprint, folder, points
from autograder.variants_answers import COMPUTED, TOO_LONG, read_answers
from autograder.variants_cells import own_cells
from autograder.variants_issuing import issue
from autograder.variants_marking import (
    EXCHANGED,
    LEFT_OUT,
    NOBODY,
    SOMEBODY_ELSE,
    OwnQuestions,
    own_questions,
)
from question_bank import bank
from question_bank.answers import Written
from question_bank.errors import BlueprintError, KeyFileError
from question_bank.issued import KeyItem, Sheet
from question_bank.judging import mark_item
from question_bank.keys import HEADER
from question_bank.misconceptions import CATALOGUE
from question_bank.paper import key_of
from question_bank.roster import Student, file_stem
from question_bank.values import show

ANA, BICH, CHI = (
    Student("B21-001", "Ana Sousa"),
    Student("Ng/2", "Đặng Thị Bích", language="vi"),
    Student("chi", "Chi Le"),
)
CLASS = (ANA, BICH, CHI)
FAMILIES = (
    ("conv-output-size", 2),
    ("relu-forward-backward", 1.5),
    ("conv-output-size-choice", 1),
    ("printed-shape", 1),
)
BIN = Path(sys.executable).parent
TABLES = "".join(f'[[variants]]\nfamily = "{family}"\npoints = {points}\n\n' for family, points in FAMILIES)
TOML = 'title = "Homework"\nnotebook = "hw.py"\n\n[[parts]]\nfunction = "twice"\npoints = 3\n\n'
NOTEBOOK = (
    '# %% [markdown]\n# # Homework\n\n# %% legrade_stub="twice"\ndef twice(number):\n    """Give the number, two times."""\n'
    '    ...\n\n# %% legrade_check="public"\nassert twice(2) == 4\n\n# %% legrade_points="twice"\n\n# %% legrade_points="variants"\n'
)
PASSED = Grade("x", 3.0, 3.0, needs_person=False, round=1, suite="s", versions={}, tier="A", tests=())
"""What the hidden suites gave, before a student's own questions are looked at."""


def lay_down(root):
    """Write a course of one function and one assignment with four questions of one's own, and a key."""
    solution = root / "solutions/twice"
    solution.mkdir(parents=True)
    (solution / "spec.toml").write_text('summary = "Give twice the number."\nsignature = "twice(number)"\n')
    (solution / "reference.py").write_text(
        'def twice(number):\n    """Give the number, two times."""\n    doubled_in_secret = number + number\n    return doubled_in_secret\n'
    )
    (solution / "test_hidden.py").write_text(
        'def test_one(student):\n    """Small numbers."""\n    assert student(1) == 2\n'
    )
    assignment = root / "assignments/hw"
    assignment.mkdir(parents=True)
    (assignment / "assignment.toml").write_text(TOML + TABLES)
    (assignment / "hw.py").write_text(NOTEBOOK)
    (root / "course.key").write_text(f"{HEADER}\n{bytes(range(7, 39)).hex()}\n")
    (root / "course.key").chmod(0o600)  # a key of its own would ask other questions in each run
    return root


@pytest.fixture
def small(tmp_path):
    """A fresh course."""
    return lay_down(tmp_path / "course")


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory):
    """A course whose class of three was given its notebooks: the course, and where the folders lie."""
    place = tmp_path_factory.mktemp("class")
    course = lay_down(place / "course")
    release_to_class(course, "hw", place / "out", CLASS)
    return course, place / "out"


@pytest.fixture
def issued(handed_out):
    """What was issued to the class."""
    return own_questions(open_assignment(handed_out[0], "hw"), handed_out[0] / "course.key")


def edit(path, old, new):
    """Replace a text that is there once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def files(root):
    """Read a folder: bytes by relative name."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def right(sheet):
    """Write every right answer, by name."""
    return {
        name: show(part.answer.value)
        for number, item in enumerate(sheet.items, start=1)
        for name, part in zip(answer_names(number, item), item.question.parts, strict=True)
    }


def filled(notebook, answers):
    """Write answers between the quotes of a notebook, as a student does."""
    found = json.loads(notebook) if isinstance(notebook, bytes) else notebook
    for cell in found["cells"]:
        cell["source"] = "\n".join(
            f"{name} = {answers[name]!r}" if (name := line.removesuffix(' = ""')) in answers else line
            for line in "".join(cell["source"]).split("\n")
        )
    return found


def hand_in(path, notebook):
    """Put a notebook into a student's folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def taken(tmp_path, issued, owner, who=None, **answers):
    """Mark what `who` handed in: the notebook of `owner`, with all answers right but those that are given."""
    sheet = issued.sheets[owner.id]
    cells = own_cells(sheet)
    path = hand_in(
        tmp_path / f"{owner.id.replace('/', '_')}.ipynb",
        filled({"cells": cells, "metadata": {}}, right(sheet) | answers),
    )
    return issued.mark(PASSED, read(path, (who or owner).id))


def test_everybody_gets_a_notebook_of_their_own_and_nothing_of_a_key(handed_out, issued):
    """Valid, in the student's language, own cells without a role, keys in a private folder, and no other student's name."""
    course, out = handed_out
    assert sorted(path.name for path in out.iterdir()) == ["B21-001", "Ng_2~" + file_stem("Ng/2")[-8:], "chi"]
    seen = []
    for student in CLASS:
        data = (out / file_stem(student.id) / "hw.ipynb").read_bytes()
        notebook = nbformat.reads(data.decode(), as_version=4)
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert ids[4:] == [
            "questions",
            *(f"{kind}-{n}" for n in range(1, 5) for kind in ("question", "answer")),
            "points-variants",
        ]
        own = notebook.cells[4:-1]
        assert not any(cell.metadata for cell in own)
        text = data.decode()
        assert student.name in text
        assert not [
            other.name for other in CLASS if other is not student and (other.name in text or other.id in text)
        ]
        assert "misconception" not in text
        assert ("Câu 1 (2 điểm)" in text) == (student is BICH)
        assert notebook.cells[-1].source == (
            "**5.5 of the 8.5 points** of this notebook are given by your answers to your own questions above."
        )
        codes = [item.id for item in issued.sheets[student.id].items]
        assert all(f"`[{code}]`" in cell.source for code, cell in zip(codes, own[1::2], strict=True))
        assert all(cell.source.startswith(f"# {code}: ") for code, cell in zip(codes, own[2::2], strict=True))
        seen += codes
    assert len(set(seen)) == len(seen) == 12
    private = folder(course / "course.key", "hw")
    assert [
        stat.S_IMODE(p.stat().st_mode) for p in (private.parent, private / "key", private / "key/students")
    ] == [0o700] * 3
    assert {stat.S_IMODE(p.stat().st_mode) for p in private.rglob("*.json")} == {0o600}


def test_the_same_class_and_key_give_the_same_bytes_and_who_joins_late_changes_nothing(handed_out, tmp_path):
    """Elsewhere, in another order, and again with one more student: what was handed out stays as it is."""
    course, out = handed_out
    shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("variants"))
    release_to_class(tmp_path / "course", "hw", tmp_path / "out", CLASS[::-1])
    assert files(tmp_path / "out") == files(out)
    assert files(tmp_path / "course/variants") == files(course / "variants")
    late = Student("late", "Dung Vo")
    done = release_to_class(tmp_path / "course", "hw", tmp_path / "out", (late, ANA), zipped=True)
    assert done.new == 3  # the notebook of the new one, and two zips
    after = files(tmp_path / "out")
    assert {name: after[name] for name in files(out)} == files(out)
    frozen, before = files(tmp_path / "course/variants"), files(course / "variants")
    issued = [
        name for name in before if name.endswith("exam.json") or "/students/" in name
    ]  # not: how fair the class's are
    assert {name: frozen[name] for name in issued} == {name: before[name] for name in issued}
    assert len(issued) == 1 + len(CLASS)
    assert after["late/hw.ipynb"] != after["B21-001/hw.ipynb"]
    (tmp_path / "out/eve").mkdir()
    (tmp_path / "out/eve/hw.ipynb").write_text("x")
    with pytest.raises(AutograderError, match=r"holds files that are not of this release \(eve/hw\.ipynb\)"):
        release_to_class(tmp_path / "course", "hw", tmp_path / "out", CLASS)


def test_right_answers_have_full_marks_in_every_notebook(tmp_path, issued):
    """Points, tests and the record of which frozen questions were used."""
    for student in CLASS:
        grade = taken(tmp_path, issued, student)
        assert (grade.points, grade.max_points, grade.needs_person, grade.notes) == (8.5, 8.5, False, ())
        assert [test.test for test in grade.tests] == [
            "answer_1",
            "answer_2a",
            "answer_2b",
            "answer_3",
            "answer_4",
        ]
        assert [test.points for test in grade.tests] == [2.0, 0.75, 0.75, 1.0, 1.0]
        assert {test.outcome for test in grade.tests} == {Outcome.PASSED}
        assert len(grade.versions["variants"]) == 32


def test_a_wrong_answer_costs_its_own_points_and_the_mistake_is_named(tmp_path, issued):
    """Every wrong answer with one name: the misconception stands in the feedback, and the key does not."""
    tried = 0
    for student in CLASS:
        for number, item in enumerate(issued.sheets[student.id].items, start=1):
            for wrong in item.question.wrong:
                name = answer_names(number, item)[wrong.part]
                grade = taken(tmp_path, issued, student, **{name: show(wrong.value)})
                (test,) = [test for test in grade.tests if test.test == name]
                named = item.question.misconceptions(wrong.part, wrong.value)
                assert test.outcome is Outcome.FAILED
                assert test.points < test.max_points
                assert test.diagnosis == (named[0] if len(named) == 1 else None)
                text = as_text("variants", grade, 1.0, 5.5)
                assert ("It looks like this: " in text) == (len(named) == 1)
                assert test.detail not in text
                assert f"the key is {item.question.parts[wrong.part].answer.show()}" in test.detail
                tried += 1
    assert tried >= 12


@pytest.mark.parametrize(
    ("typed", "outcome", "reason"),
    [
        ("", Outcome.SKIPPED, "there is no answer"),
        ("twelve", Outcome.FAILED, "not read as a number: write for example 24, 0.5 or 3/4"),
        ("-999", Outcome.FAILED, "-999 read as a whole number: wrong"),
    ],
)
def test_an_answer_that_is_none_says_so(tmp_path, issued, typed, outcome, reason):
    """No answer, an unreadable one, a wrong one: 0 points and the reason, and nobody is needed."""
    grade = taken(tmp_path, issued, ANA, answer_1=typed)
    test = grade.tests[0]
    assert (test.outcome, test.points, test.reason) == (outcome, 0.0, reason)
    assert (grade.points, grade.needs_person) == (6.5, False)


def test_somebody_elses_notebook_is_not_marked_and_a_person_looks(tmp_path, issued):
    """Its questions have codes; with one's own beside them, one's own count and the others are left out."""
    grade = taken(tmp_path, issued, ANA, who=CHI)
    assert (grade.points, grade.max_points, grade.needs_person) == (3.0, 8.5, True)
    assert grade.notes == (EXCHANGED,)
    assert {(test.outcome, test.reason, test.detail) for test in grade.tests} == {
        (Outcome.SKIPPED, SOMEBODY_ELSE, "questions of B21-001")
    }
    own, other = (own_cells(issued.sheets[student.id]) for student in (CHI, ANA))
    both = filled({"cells": own, "metadata": {}}, right(issued.sheets["chi"]))["cells"]
    both += filled({"cells": other, "metadata": {}}, right(issued.sheets["B21-001"]))["cells"]
    grade = issued.mark(PASSED, read(hand_in(tmp_path / "both.ipynb", {"cells": both}), "chi"))
    assert (grade.points, grade.needs_person, grade.notes) == (8.5, False, (LEFT_OUT,))


def test_a_student_without_questions_has_open_points_and_a_person_is_told_whose_they_are(tmp_path, issued):
    """It may be the list, the folder or the student: nobody loses a point before somebody has looked."""
    grade = taken(tmp_path, issued, ANA, who=Student("eve", "Eve"))
    (test,) = grade.tests
    assert (grade.points, grade.max_points, grade.needs_person) == (None, 8.5, True)
    assert (test.outcome, test.points, test.max_points, test.reason) == (Outcome.ERROR, None, 5.5, NOBODY)
    assert "those of B21-001: name the folder by the id of the class list and grade again" in test.detail


@pytest.mark.parametrize(
    ("folder_name", "known"),
    [
        ("Ng/2", True),
        (file_stem("Ng/2"), True),
        ("Đặng Thị Bích_4711", True),
        ("Đặng Thị Bích", True),
        ("Bích", False),
        ("_1", False),
    ],
)
def test_a_student_is_known_by_id_by_folder_and_as_moodle_writes_it(tmp_path, issued, folder_name, known):
    """The name of the folder that was handed out may be handed in again."""
    grade = taken(tmp_path, issued, BICH, who=Student(folder_name, "x"))
    assert (grade.points == 8.5) == known


def test_two_students_of_one_name_are_not_mixed_up(issued):
    """Then the id alone says who it is."""
    twins = OwnQuestions(
        {who: replace(sheet, student=Student(who, "Ana Sousa")) for who, sheet in issued.sheets.items()}
    )
    assert twins._sheet_of("Ana Sousa_12") is None
    assert twins._sheet_of("chi").student.id == "chi"


def test_a_file_that_cannot_be_read_has_no_points_for_its_questions(issued):
    """The reason is the file's; whether a person is needed was decided when it was read."""
    unreadable = replace(PASSED, points=0.0, needs_person=True)
    grade = issued.mark(unreadable, Submission("chi", "notebook", (), problem="The file is empty."))
    assert (grade.points, grade.needs_person) == (0.0, True)
    assert {(test.outcome, test.reason) for test in grade.tests} == {(Outcome.SKIPPED, "The file is empty.")}


def test_answers_without_the_questions_beside_them_are_marked_by_who_handed_them_in(tmp_path, issued):
    """Cells of text may be deleted, and comments too: the folder says who it is."""
    answers = "\n".join(f"{name} = {text!r}" for name, text in right(issued.sheets["chi"]).items())
    grade = issued.mark(
        PASSED,
        read(hand_in(tmp_path / "a.ipynb", {"cells": [{"cell_type": "code", "source": answers}]}), "chi"),
    )
    assert grade.points == 8.5
    (tmp_path / "chi.py").write_text(answers)
    assert issued.mark(PASSED, read(tmp_path / "chi.py")).points == 8.5


def test_an_open_grade_stays_open(tmp_path, issued):
    """Right answers do not hide that the hidden tests failed on our side."""
    sheet = issued.sheets["chi"]
    path = hand_in(tmp_path / "chi.ipynb", filled({"cells": own_cells(sheet)}, right(sheet)))
    grade = issued.mark(replace(PASSED, points=None, needs_person=True), read(path))
    assert (grade.points, grade.max_points, grade.needs_person) == (None, 8.5, True)


@pytest.mark.parametrize("name", bank.names())
def test_every_family_can_be_asked_and_answered_in_a_notebook(name, one_thread, tmp_path):
    """Its key, written between the quotes, is read from the cell and has full marks; the text holds no key that a page would not show."""
    question = bank.generate(name, 3)
    if any(isinstance(part.answer, Written) for part in question.parts):
        (tmp_path / "assignment.toml").write_text(f'[[variants]]\nfamily = "{name}"\n')
        with pytest.raises(SpecError, match=f"{name} asks for a text that a person marks"):
            issue(
                Assignment("hw", tmp_path, "t", tmp_path, 1, (), variants=({"family": name},)),
                CLASS,
                tmp_path,
            )
        return
    item = KeyItem("t722-3nak", 0, 2, question)
    sheet = Sheet("t", "p", ANA, (item,))
    cells = own_cells(sheet)
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    nbformat.validate(nbformat.from_dict(notebook))
    compile("".join(cells[-1]["source"]), "cell", "exec")
    answers = read_answers(
        ["".join(cell["source"]) for cell in filled(notebook, right(sheet))["cells"]]
    ).typed
    typed = {key_of(item.id, n): answers[name] for n, name in enumerate(answer_names(1, item))}
    assert mark_item(item, typed).points == 2
    shown = "".join(cells[1]["source"])
    assert shown.count("```") % 2 == 0
    letters = [letter for part in question.parts for letter in part.field.letters]
    assert all(f"\n- {letter}) " in shown for letter in letters)


@pytest.mark.parametrize(
    ("source", "typed"),
    [
        ('answer_1 = "24"', "24"),
        ("answer_1 = 24", "24"),
        ("answer_1 = -2_000.50", "-2000.50"),
        ("answer_1: str = '3/4'", "3/4"),
        ("x = answer_1 = (3, 32, 32)", "(3, 32, 32)"),
        ("answer_1 = [[1, -2],\n [+3, 4e-1]]", "[[1, -2], [+3, 4e-1]]"),
        ("answer_1 = '''1 2\n3 4'''", "1 2\n3 4"),
        ("answer_1 = '1 ' '2'", "1 2"),
        ("answer_1 = 'a'\nanswer_1 = 'b'", "b"),
        ("é = 'ô'; answer_1 = [7, 8]", "[7, 8]"),
        ("%matplotlib inline\nanswer_1 = '5'", "5"),
        ("def broken(:\n  answer_1 = 7", "7"),
        ("answer_1 = 3 * 8", COMPUTED),
        ("answer_1 = B", COMPUTED),
        ("answer_1 = f'{24}'", COMPUTED),
        ("answer_1 = str(24)", COMPUTED),
        ("answer_1 = b'24'", COMPUTED),
        ("answer_1 = True", COMPUTED),
        ("answer_1 = 2j", COMPUTED),
        ("answer_1 = [1, x]", COMPUTED),
        ("answer_1 = -(3)", "-3"),
        ("answer_1 = --3", COMPUTED),
        ("answer_1 = " + "[" * 40 + "]" * 40, COMPUTED),
        (f"answer_1 = '{'9' * 20_001}'", TOO_LONG),
        ("answer_1 = '5", "the line cannot be read: look at its quotes and brackets"),
        ("answer_1 = " + "(" * 5000, "the line cannot be read: look at its quotes and brackets"),
        ("if True:\n    answer_1 = '24'", None),
        ("answer_1 += '24'", None),
        ("answer_01 = '1'\nanswer = '2'\nmy.answer_1 = '3'\nanswer_1b1 = '4'", None),
        ("answer_1 = 1" + "\n#" * 30_000, None),
        ("open('/tmp/x', 'w'); exit()", None),
    ],
)
def test_an_answer_is_a_literal_that_is_read_and_never_run(source, typed):
    """What is no text, number or list of numbers is no answer, and says why; other code is not looked at."""
    found = read_answers([source])
    assert found.typed.get("answer_1", found.problems.get("answer_1")) == typed
    assert found.typed.keys() | found.problems.keys() <= {"answer_1"}
    assert not found.typed.keys() & found.problems.keys()


def test_a_later_cell_replaces_an_answer_and_its_problem():
    """The last one counts, as in a notebook that is run from top to bottom."""
    assert read_answers(["answer_1 = 1 + 1", "answer_1 = '2'"]).typed == {"answer_1": "2"}
    assert read_answers(["answer_1 = '2'", "answer_1 = 1 + 1"]).problems == {"answer_1": COMPUTED}


LITERALS = st.recursive(
    st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, min_size=1, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(st.characters(codec="utf-8"), max_size=60), LITERALS))
def test_what_python_writes_is_read_as_it_stands(value):
    """The text of any string, number or list of numbers, as `repr` writes it."""
    found = read_answers([f"x = 'ô' \nanswer_2b = {value!r}"]).typed["answer_2b"]
    assert found == (value if isinstance(value, str) else repr(value))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(
                [
                    "answer_1 = ",
                    "answer_2a=",
                    "'",
                    '"""',
                    "[",
                    "(",
                    ",",
                    "-",
                    "1",
                    "\n",
                    "\x00",
                    "\ud800",
                    "\\",
                    "f'",
                    "=",
                    "#",
                    " ",
                ]
            ),
        ),
        max_size=25,
    ).map("".join)
)
def test_any_cell_is_read_without_raising(cell):
    """Whatever a student wrote: answers are texts that any file can hold, and problems have words."""
    found = read_answers([cell])
    assert all(text.encode() is not None for text in found.typed.values())
    assert all(found.problems.values())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"conv-output-size"\n',
            '"conv-output-siz"\n',
            r"line 9: variants\[0\]\.family: .*'conv-output-siz': did you mean conv-output-size",
        ),
        ("points = 1.5", "points = -1", r"line 14: variants\[1\]\.points: got -1, expected a number above 0"),
        (
            "points = 1.5",
            'pionts = "x"',
            r"line 14: variants\[1\]\.pionts: got a field that there is not, .*did you mean points",
        ),
        ("points = 1.5", "radicals = { q = 1 }", r"line 14: variants\[1\]\.radicals: .*unknown axis 'q'"),
        (TABLES, "variants = 3\n", r"variants=3: expected tables \[\[variants\]\] with family and points"),
        (
            'function = "twice"',
            'function = "variants"',
            r"that is what \[\[variants\]\] are called; rename it",
        ),
        (
            '"conv-output-size"\n',
            '"written-training"\n',
            r"variants\[0\]\.family: written-training asks for a text that a person marks",
        ),
    ],
)
def test_a_broken_table_is_named_with_its_line(small, tmp_path, old, new, message):
    """File, line, field, got, expected; nothing is issued."""
    path = small / "assignments/hw/assignment.toml"
    edit(path, old, new) if old != TABLES else path.write_text(new + TOML)
    with pytest.raises(SpecError, match=message):
        release_to_class(small, "hw", tmp_path / "out", CLASS)
    assert not (tmp_path / "out").exists()
    assert not (small / "variants").exists()


def test_tables_in_another_form_mean_the_same(small):
    """`variants = [{...}]`, and a table `[variants.radicals]`."""
    path = small / "assignments/hw/assignment.toml"
    path.write_text(
        TOML + '[[variants]]\nfamily = "conv-output-size"\npoints = 2\n[variants.radicals]\ns = [1, 2]\n'
    )
    first = load_assignment(path.parent)
    path.write_text(
        'variants = [{ family = "conv-output-size", points = 2, radicals = { s = [1, 2] } }]\n' + TOML
    )
    second = load_assignment(path.parent)
    assert blueprint(first) == blueprint(second)
    assert dict(blueprint(first).slots[0].radicals) == {"s": (1, 2)}
    assert (points(first), blueprint(first).paper) == (2.0, "variants.hw")


def test_what_cannot_be_handed_out_is_refused_with_the_next_step(small, tmp_path):
    """No class list, no tables, no key, no cell for the points, nothing issued, other tables than those that were issued."""
    with pytest.raises(
        AutograderError,
        match=r"hw: has questions of each student's own; give the class list by --roster class\.csv",
    ):
        release(small, "hw", tmp_path / "out")
    with pytest.raises(
        AutograderError,
        match=r"hw: has questions .*holds no questions; run `legrade release hw --roster class\.csv",
    ):
        own_questions(open_assignment(small, "hw"), small / "course.key")
    with pytest.raises(AutograderError, match="there is no course key, beside which they lie"):
        own_questions(open_assignment(small, "hw"), None)
    with pytest.raises(KeyFileError, match="there is no course key; make one with `legrade key new"):
        release_to_class(small, "hw", tmp_path / "out", CLASS, key=tmp_path / "none.key")
    release_to_class(small, "hw", tmp_path / "out", CLASS[:1])
    edit(small / "assignments/hw/assignment.toml", "points = 1.5", "points = 2.5")
    with pytest.raises(
        BlueprintError,
        match=r"holds papers of another blueprint.*give a changed assignment a new name, or remove .*variants/hw",
    ):
        release_to_class(small, "hw", tmp_path / "other", CLASS)
    edit(small / "assignments/hw/hw.py", '# %% legrade_points="variants"\n', "")
    with pytest.raises(SpecError, match=r"expected one cell for each part: twice, variants"):
        release_to_class(small, "hw", tmp_path / "other", CLASS)
    edit(small / "assignments/hw/assignment.toml", TABLES.replace("1.5", "2.5"), "")
    assert own_questions(open_assignment(small, "hw"), None) is None
    with pytest.raises(
        AutograderError,
        match=r"hw: has no \[\[variants\]\], so everybody gets the same; release it without --roster",
    ):
        release_to_class(small, "hw", tmp_path / "other", CLASS)
    assert not (tmp_path / "other").exists()


def test_a_student_of_the_class_in_the_common_notebook_stops_the_release(small, tmp_path):
    """A table of marks that was pasted into the text is nobody else's business."""
    edit(small / "assignments/hw/hw.py", "# # Homework", "# # Homework\n# Best of last year: B21-001")
    with pytest.raises(
        LeakError, match=r"hw\.ipynb: names the student 'B21-001', whom it is not for; take it out"
    ):
        release_to_class(small, "hw", tmp_path / "out", CLASS)
    assert not (small / "variants").exists()


def named_mistake(sheet):
    """Take a wrong answer that has exactly one name, to a question of one part: what it is assigned to, its text, its name."""
    for number, item in enumerate(sheet.items, start=1):
        for wrong in item.question.wrong:
            if len(item.question.parts) == 1 == len(item.question.misconceptions(0, wrong.value)):
                return f"answer_{number}", show(wrong.value), wrong.misconception, float(item.points)
    raise AssertionError("no such question was issued: take another key")


def test_names_that_are_parts_of_others_are_no_leak(small, tmp_path):
    """Namesakes, and one whose name begins like another's, get their notebooks."""
    alike = (
        Student("a1001", "An Le"),
        Student("a1002", "An Le"),
        Student("a1003", "An Le Thanh"),
        Student("a10030", "Van An Le"),
    )
    assert release_to_class(small, "hw", tmp_path / "out", alike).new == 4


def run(command, place, *arguments, code=0):
    """Run a command as an instructor does."""
    done = subprocess.run(
        [str(BIN / command), *map(str, arguments)],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == code, done.stdout[-2000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    return done.stdout


def solved(path, sheet, **answers):
    """Fill in a released notebook: the function, and the questions, all right but those that are given."""
    notebook = filled(path.read_bytes(), right(sheet) | answers)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("raise NotImplementedError()", "return 2 * number")
    return notebook


@pytest.mark.slow
def test_from_the_class_list_to_records_with_the_commands(handed_out, tmp_path, tier_a):
    """`legrade release --roster`, three folders handed in, `legrade grade`: points, names of mistakes, who needs a person."""
    course, out = handed_out
    roster = tmp_path / "class.csv"
    roster.write_text(
        "id,name,language\n" + "".join(f"{s.id},{s.name},{s.language}\n" for s in CLASS), encoding="utf-8"
    )
    arguments = [
        "release",
        "hw",
        "--course",
        str(course),
        "--roster",
        str(roster),
        "--out",
        str(tmp_path / "out"),
    ]
    printed = CliRunner().invoke(app, arguments).output.splitlines()
    assert printed == [f"{tmp_path}/out/{file_stem(s.id)}/hw.ipynb" for s in CLASS] + ["wrote 3 files"]
    assert files(tmp_path / "out") == files(out)
    issued = own_questions(open_assignment(course, "hw"), course / "course.key")
    name, typed, misconception, lost = named_mistake(issued.sheets["B21-001"])
    for student, owner, answers in (
        (ANA, ANA, {name: typed}),
        (BICH, BICH, {}),
        (CHI, ANA, {}),
    ):
        source = tmp_path / "out" / file_stem(owner.id) / "hw.ipynb"
        hand_in(
            tmp_path / "in" / file_stem(student.id) / "hw.ipynb",
            solved(source, issued.sheets[owner.id], **answers),
        )
    printed = run(
        "legrade",
        tmp_path,
        "grade",
        "in",
        "--assignment",
        "hw",
        "--course",
        course,
        "--json",
        "r.json",
        code=1,
    )
    assert (
        f"B21-001: {8.5 - lost:g} of 8.5\n    failed, 0 of {lost:g}: variants: Your own question {name[-1]}.\n"
        in printed
    )
    assert f"wrong [{misconception}]\n" in printed
    records = {record["submission"]: record for record in json.loads((tmp_path / "r.json").read_text())}
    assert {who: (r["points"], r["max_points"], r["needs_person"]) for who, r in records.items()} == {
        "B21-001": (8.5 - lost, 8.5, False), file_stem("Ng/2"): (8.5, 8.5, False), "chi": (3.0, 8.5, True)
    }  # fmt: skip
    assert {test["diagnosis"] for test in records["B21-001"]["tests"]} == {None, misconception}
    assert not list(tmp_path.glob("*.journal"))


@pytest.mark.slow
def test_with_stock_nbgrader_each_student_is_marked_by_their_own_questions(small, tmp_path, tier_a):
    """Its commands and our two lines: one release for all, a folder for each student, marks and feedback by the frozen keys."""
    nb = tmp_path / "nb"
    build(small, "hw", nb)
    run("nbgrader", nb, "generate_assignment", "hw", "--create")
    roster = tmp_path / "class.csv"
    roster.write_text(f"id,name\nB21-001,{ANA.name}\nchi,{CHI.name}\neve,Eve Ho\n")
    run("legrade", tmp_path, "release", "hw", "--nbgrader", "nb", "--roster", roster, "--out", "out")
    common = json.loads((nb / "release/hw/hw.ipynb").read_text())["cells"]
    given_out = json.loads((tmp_path / "out/chi/hw.ipynb").read_text())["cells"]
    assert [cell for cell in given_out if not cell["id"].startswith(("question", "answer"))] == common
    issued = own_questions(open_assignment(small, "hw"), small / "course.key")
    name, typed, misconception, lost = named_mistake(issued.sheets["chi"])
    for student, owner, answers in (
        ("chi", "chi", {name: typed}),
        ("eve", "chi", {}),
        ("new", "chi", {}),
    ):
        source = tmp_path / "out" / owner / "hw.ipynb"
        hand_in(nb / "submitted" / student / "hw/hw.ipynb", solved(source, issued.sheets[owner], **answers))
    run("nbgrader", nb, "autograde", "hw", "--create")
    assert {who: (points, person) for who, points, person in marks(nb)} == {
        "chi": (5.5 - lost, False),
        "eve": (0.0, True),
        "new": (None, True),
    }
    page = (nb / "autograded/chi/hw/hw.ipynb").read_text(encoding="utf-8")  # what generate_feedback shows
    assert f"It looks like this: {CATALOGUE[misconception].title}" in page
    assert issued.sheets["chi"].items[0].id in page
    eve = json.loads((nb / "autograded/eve/hw/hw.ipynb").read_text(encoding="utf-8"))
    assert eve["metadata"]["legrade"]["needs_person"] == [EXCHANGED]  # what `nbgrader export` lists
    record = json.loads((nb / "records/hw/new.json").read_text())[0]
    assert [test["reason"] for test in record["tests"] if test["function"] == "variants"] == [NOBODY]


def marks(nb):
    """Read the marks of the part `variants` from nbgrader's gradebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.api import Gradebook
    with Gradebook(f"sqlite:///{nb}/gradebook.db", "x") as gradebook:
        for submission in gradebook.assignment_submissions("hw"):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.name == "points-variants":
                        yield submission.student.id, grade.auto_score, bool(grade.needs_manual_grade)
