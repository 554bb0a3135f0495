"""Marks in the tables that Canvas and Moodle import: their own columns, the exam's points, and nobody lost silently."""

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import gradebook
from question_bank.errors import FormatError, QuestionBankError, RosterError
from question_bank.gradebook import fill

MARKS = {
    "format": "legrade-marks-1",
    "paper": "quiz-1",
    "title": "Quiz 1",
    "problems": [],
    "students": [
        {"student": "7", "name": "Án", "status": "marked", "points": "7/2", "max_points": "4", "items": []},
        {"student": "8", "name": "Bo", "status": "marked", "points": "2", "max_points": "2", "items": []},
        {
            "student": "9",
            "name": "Cy",
            "status": "needs a person",
            "points": None,
            "max_points": "4",
            "items": [],
        },
        {
            "student": "10",
            "name": "Di",
            "status": "no response",
            "points": "0",
            "max_points": "4",
            "items": [],
        },
        {"student": "66", "name": "Ex", "status": "marked", "points": "1", "max_points": "4", "items": []},
    ],
}
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework (11),Quiz 1 (42),Current Score
    Points Possible,,,,,10,4,
"Nguyễn, Án",7,B7,an,A,9,,90
"=cmd(), Bo",8,B8,bo,A,8,,80
"Cy, C",9,B9,cy,B,,,
"Di, D",10,B10,di,B,,,
"Late, L",11,B11,la,B,,,
"Student, Test",,,,A,,,
"""
WORKSHEET = """Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade),Feedback comments
Participant 501,Nguyễn Án,7,an@x.org,Submitted,-,"100,00",Yes,-,
Participant 502,Bo B,8,bo@x.org,Submitted,-,"100,00",Yes,-,
Participant 503,Cy C,9,cy@x.org,Submitted,-,"100,00",Yes,-,
"""
PARTICIPANTS = """First name,Last name,Username,ID number,Email address,Groups,Roles
Án,Nguyễn,an,7,an@x.org,A,Student
Te,Acher,te,1,te@x.org,,Teacher
Bo,B,bo,8,bo@x.org,A,Student
"""


def rows(book):
    """Read a table back as its importer does."""
    return list(csv.reader(io.StringIO(book.table.decode("utf-8-sig"), newline="")))


def test_canvas_gets_its_columns_of_identity_and_the_exam_s_column_by_its_number():
    """Points Possible in the second row; other marks are not handed on; a name that looks like a formula is made safe."""
    book = fill(MARKS, CANVAS, "canvas")
    assert rows(book) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz 1 (42)"],
        ["    Points Possible", "", "", "", "", "4"],
        ["Nguyễn, Án", "7", "B7", "an", "A", "3.5"],
        ["'=cmd(), Bo", "8", "B8", "bo", "A", "4"],
        ["Cy, C", "9", "B9", "cy", "B", ""],
        ["Di, D", "10", "B10", "di", "B", "0"],
    ]
    assert (book.written, book.unknown, book.unmarked, book.waiting) == (3, ("66",), ("11",), ("9",))


def test_a_new_exam_is_a_new_column_in_canvas():
    """Without an assignment of that title the column has no number; a longer title is another one."""
    head = rows(fill(MARKS, CANVAS.replace("Quiz 1 (42)", "Quiz 10 (42)"), "canvas"))[0]
    assert head[-1] == "Quiz 1"


def test_moodle_s_worksheet_is_filled_in_its_own_scale():
    """Every column stays, in order; 3.5 of 4 is 87.5 of 100; an open mark is empty."""
    found = rows(fill(MARKS, WORKSHEET, "moodle"))
    assert found[0] == next(csv.reader([WORKSHEET.splitlines()[0]]))
    assert [(row[0], row[5], row[6]) for row in found[1:]] == [
        ("Participant 501", "87.5", "100,00"),
        ("Participant 502", "100", "100,00"),
        ("Participant 503", "", "100,00"),
    ]


def test_moodle_s_participants_give_columns_to_map():
    """Names, username, number, address, and the exam; a teacher has no row."""
    assert rows(fill(MARKS, PARTICIPANTS, "moodle")) == [
        ["First name", "Last name", "Username", "ID number", "Email address", "Quiz 1"],
        ["Án", "Nguyễn", "an", "7", "an@x.org", "3.5"],
        ["Bo", "B", "bo", "8", "bo@x.org", "4"],
    ]


def test_plain_csv_says_points_most_per_cent_and_status():
    """For everything else; a student whose item is void has the scale of the whole paper."""
    assert rows(fill(MARKS, "id,name\n7,Án\n8,Bo\n9,Cy\n", "csv"))[1:] == [
        ["7", "Án", "", "", "3.5", "4", "87.5", "marked"],
        ["8", "Bo", "", "", "4", "4", "100", "marked"],
        ["9", "Cy", "", "", "", "4", "", "needs a person"],
    ]


def test_ids_are_compared_as_people_read_them():
    """An id in decomposed letters is that of the composed one."""
    marks = {**MARKS, "students": [{**MARKS["students"][0], "student": "\u00c1n"}]}
    assert fill(marks, "id,name\nA\u0301n,An\n", "csv").written == 1


@pytest.mark.parametrize(
    ("roster", "form", "message"),
    [
        ("id,name\n7,An\n", "canvas", "expected the gradebook that Canvas exports (Grades, Export)"),
        (
            "id,name\n7,An\n",
            "moodle",
            "expected an export of Moodle with the username, the ID number or the email",
        ),
        ("id,name\n7,An\n7,An\n", "csv", "mend the list first: legrade roster check"),
        ("who\nx\n", "csv", "expected one 'id' among them"),
    ],
)
def test_a_list_that_a_format_is_not_filled_into_is_refused(roster, form, message):
    """What was got, what is expected."""
    with pytest.raises(RosterError, match=re.escape(message)):
        fill(MARKS, roster, form)


def test_a_record_that_is_none_is_refused():
    """The field that is missing is named."""
    with pytest.raises(FormatError, match="field 'students' is missing"):
        fill({"title": "x"}, "id,name\n1,A\n", "csv")


@given(st.text(alphabet='idname,;\n\t"=+-@7 AnStuECVg', max_size=80), st.sampled_from(gradebook.FORMATS))
def test_any_list_is_filled_or_refused_and_no_cell_is_a_formula(roster, form):
    """Nothing but our own errors; whatever the list holds, a spreadsheet runs none of it."""
    try:
        book = fill(MARKS, "id,name,student\n" + roster, form)
    except QuestionBankError:
        return
    for row in rows(book):
        assert not any(re.match(r"\s*[=+@\t\r]", cell) for cell in row)


def test_the_command_writes_the_table_and_names_whom_it_leaves_out(tmp_path):
    """Exit code 1, three lists of students on stderr; nothing is lost silently."""
    (tmp_path / "marks").mkdir()
    list_ = tmp_path / "canvas.csv"
    list_.write_text(CANVAS, encoding="utf-8")
    runner = CliRunner()
    arguments = ["marks", str(tmp_path), "--format", "canvas", "--roster", str(list_)]
    assert "there is none; mark first" in str(runner.invoke(app, arguments).exception)
    (tmp_path / "marks/marks.json").write_text(json.dumps(MARKS), encoding="utf-8")
    done = runner.invoke(app, arguments)
    assert done.exit_code == 1
    assert "1 have a mark and are not in the class list: 66" in done.output
    assert "1 are in the class list and have no paper: 11" in done.output
    assert "1 wait for a person: 9" in done.output
    target = tmp_path / "marks/canvas.csv"
    assert target.stat().st_mode & 0o777 == 0o600
    other = tmp_path / "marks/before.json"
    other.write_text(json.dumps({**MARKS, "students": MARKS["students"][:1]}), encoding="utf-8")
    before = runner.invoke(app, [*arguments, "--marks", str(other)])
    assert "canvas.csv: 1 students" in before.output
    near = runner.invoke(app, [*arguments[:3], "canvs", *arguments[4:]])
    assert "did you mean canvas" in str(near.exception)
