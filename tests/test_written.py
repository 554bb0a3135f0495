"""Written answers: never marked by a program, told to a person in a table, and read back from it."""

import contextlib
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import marking, written
from question_bank.answers import Criterion, Integer, Written
from question_bank.errors import AnswerError, WrittenError
from question_bank.issued import KeyItem, Sheet
from question_bank.marks import Judged
from question_bank.marksheet import to_csv, to_json, write_written
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.responses import Response
from question_bank.roster import Student

AN = Student("B21-0042", "Án")
RUBRIC = (Criterion(Message("names the window"), 2), Criterion(Message("names the maximum"), 1))
QUESTION = Question(
    "test",
    1,
    {},
    Message("What does max pooling do?"),
    (Part(Written(RUBRIC), Message("")), Part(Integer(3), Message(""))),
)
SHEETS = {AN.id: Sheet("Quiz", "quiz-1", AN, (KeyItem("aaaa", 0, 6, QUESTION),))}


def marks(text, judged=None):
    """Mark one written answer beside a right number."""
    response = Response("a.json", "quiz-1", AN.id, {"aaaa/a": text, "aaaa/b": "3"})
    return marking.mark_all(SHEETS, [response], (), judged)


def table(tmp_path, rows, head="answer,points,written"):
    """Write a table as a person would save it."""
    path = tmp_path / "written.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


def test_a_written_answer_waits_for_a_person():
    """No program gives points for it: item and total stay open, and the note says why."""
    [student] = marks("It takes the largest value.").students
    assert (student.points, student.items[0].waiting) == (None, True)
    assert student.note == "1 written answer to be marked by a person"
    row = to_csv(marks("It takes the largest value.")).decode("utf-8-sig").splitlines()[1]
    assert row == "B21-0042,Án,marked,,,6,1 written answer to be marked by a person"
    assert '"points": null' in to_json(marks("It takes the largest value.")).decode()


def test_no_answer_needs_nobody():
    """An empty written answer earns nothing, and nobody has to read it."""
    [student] = marks("  ").students
    assert student.points == 3


def test_the_table_goes_to_a_person_and_comes_back(tmp_path):
    """Points filled in are read exactly, and marking again shows them in the same table."""
    data = written.to_csv(marks("=HYPERLINK(1)"), SHEETS).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in data
    assert "names the window (2); names the maximum (1)" in data
    path = tmp_path / "written.csv"
    path.write_text(data.replace(",3,", ",3,2.5"), encoding="utf-8-sig")
    judged = written.read_written(path, SHEETS)
    assert judged == {AN.id: {"aaaa/a": Judged(Fraction(5, 6), "'=HYPERLINK(1)")}}
    [student] = marks("=HYPERLINK(1)", judged).students
    assert student.points == 3 + 3 * Fraction(5, 6)
    assert ",3,2.5" in written.to_csv(marks("=HYPERLINK(1)", judged), SHEETS).decode()


def test_a_comment_goes_to_the_student_and_stays_in_the_table(tmp_path):
    """Beside points or before there are any; a formula is one for nobody; it counts for the text beside it."""
    head = "answer,written,points,comment"
    for typed, points, comment, kept in (
        ("2.5", 3 + 3 * Fraction(5, 6), "Say why, too.", "Say why, too."),
        ("", None, "Later", "Later"),
        ("3", 6, "'=1+1", "=1+1"),
    ):
        judged = written.read_written(table(tmp_path, [f'aaaa/a,x y,{typed},"{comment}"'], head), SHEETS)
        [student] = marks("x y", judged).students
        assert (student.points, student.items[0].parts[0].comment) == (points, kept)
        assert written.to_csv(marks("x y", judged), SHEETS).decode().rstrip().rstrip('"').endswith(comment)
        assert f'"comment": "{kept}"' in to_json(marks("x y", judged)).decode()
        [other] = marks("z", judged).students
        assert (other.points, other.items[0].parts[0].comment) == (None, "")
    with pytest.raises(
        WrittenError, match="line 2: comment: got 5001 characters, expected at most 5000; make it"
    ):
        written.read_written(table(tmp_path, [f"aaaa/a,x,1,{'c' * 5001}"], head), SHEETS)


def test_a_spreadsheet_of_another_country_is_read(tmp_path):
    """Semicolons and a decimal comma."""
    assert written.read_written(table(tmp_path, ["aaaa/a;1,5;x y"], "answer;points;written"), SHEETS) == {
        AN.id: {"aaaa/a": Judged(Fraction(1, 2), "x y")}
    }


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        (["aaaa/a,4"], "answer,points,written", "line 2: points='4': expected a number from 0 to 3"),
        (["aaaa/a,-1"], "answer,points,written", "expected a number from 0 to 3"),
        (["aaaa/a,nan"], "answer,points,written", "expected a number from 0 to 3"),
        (["aaaa/a,1e2"], "answer,points,written", "expected a number from 0 to 3"),
        (["aaaa/a,1", "aaaa/a,2"], "answer,points,written", "line 3: answer='aaaa/a': is there twice"),
        (["aaaa/b,1"], "answer,points,written", "is no written answer of these papers"),
        (["aaaa/a,1"], "answer,points", "expected answer, written, points among them"),
    ],
)
def test_a_table_that_cannot_be_used_says_which_line(tmp_path, rows, head, message):
    """What, got, expected; nothing is guessed."""
    with pytest.raises(WrittenError, match=message):
        written.read_written(table(tmp_path, rows, head), SHEETS)


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(tmp_path_factory, data):
    """No bytes lead to anything but points or a refusal."""
    path = tmp_path_factory.mktemp("fuzz") / "written.csv"
    path.write_bytes(data)
    with contextlib.suppress(WrittenError):
        assert all(set(given) <= {"aaaa/a"} for given in written.read_written(path, SHEETS).values())


def test_points_count_for_the_text_that_was_read():
    """Who hands in another text waits again; a text whose line ends a spreadsheet changed is the same."""
    judged = {AN.id: {"aaaa/a": Judged(Fraction(1, 3), "It takes\r\nthe largest. ")}}
    assert marks("It takes\nthe largest.", judged).students[0].points == 4
    assert marks("It takes the smallest.", judged).students[0].points is None


def test_a_person_s_work_is_kept_when_its_answer_is_gone(tmp_path):
    """A table that is written anew over another one leaves that one beside it."""
    path = tmp_path / "marks" / "written.csv"
    assert write_written(path, b"filled in")
    assert write_written(path, b"filled in")
    assert not path.with_name("written-before.csv").exists()
    assert write_written(path, b"anew")
    assert path.with_name("written-before.csv").read_bytes() == b"filled in"
    assert not write_written(path, b"")


def test_a_rubric_has_lines_that_count():
    """An empty rubric or a line without points is refused."""
    with pytest.raises(AnswerError, match="expected one criterion or more"):
        Written(())
    with pytest.raises(AnswerError, match="points=0"):
        Criterion(Message("x"), 0)


def test_students_of_one_version_are_judged_each_by_their_own_row(tmp_path):
    """They have the same items, so the row's student tells whose answer it is; a row that does not is refused."""
    minus = Student("-7", "Minus")
    sheets = {
        name: replace(SHEETS[AN.id], student=Student(name, name), version="A") for name in (AN.id, minus.id)
    }
    answers = [Response(f"{name}.json", "quiz-1", name, {"aaaa/a": f"By {name}"}) for name in sheets]
    table_ = written.to_csv(marking.mark_all(sheets, answers), sheets).decode("utf-8-sig")
    assert "aaaa/a,'-7," in table_
    path = tmp_path / "written.csv"
    rows = table_.splitlines()
    path.write_text(
        "\n".join([rows[0], *(f"{row[:-1]}{n}," for n, row in enumerate(rows[1:], start=1))]),
        encoding="utf-8",
    )
    judged = written.read_written(path, sheets)
    assert {name: set(given) for name, given in judged.items()} == {AN.id: {"aaaa/a"}, "-7": {"aaaa/a"}}
    marked = marking.mark_all(sheets, answers, (), judged)
    assert [student.points for student in marked.students] == [1, 2]
    assert rows[1].split(",")[1] == "'-7"
    path.write_text("answer,student,written,points\naaaa/a,Nobody,x,1\n", encoding="utf-8")
    with pytest.raises(
        WrittenError,
        match=r"line 2: student='Nobody': expected one of the 2 students whose paper asks aaaa/a",
    ):
        written.read_written(path, sheets)
    path.write_text("answer,student,written,points\naaaa/a,-7,x,1\naaaa/a,'-7,x,2\n", encoding="utf-8")
    with pytest.raises(WrittenError, match=r"line 3: answer='aaaa/a': is there twice; keep one row"):
        written.read_written(path, sheets)
