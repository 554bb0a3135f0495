"""Answers in a table: long or wide, by code or number; every row that cannot be used is told, the others are marked."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import marking
from question_bank.answers import Integer
from question_bank.errors import ResponseError
from question_bank.exam import paper_of
from question_bank.exporters.notebook import to_notebook
from question_bank.issued import KeyItem, Sheet, write_sheet
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.response_files import read_responses
from question_bank.responses import Problem
from question_bank.responses_table import parse_table
from question_bank.roster import Student

ONE = Question("test", 1, {}, Message("How many?"), (Part(Integer(14), Message("")),))
TWO = Question("test", 1, {}, Message("?"), (Part(Integer(3), Message("")), Part(Integer(4), Message(""))))


def sheet(name, order=()):
    """A paper of two questions, the second with two parts; `order` is that of the paper."""
    items = (KeyItem(f"{name}0-aaaa", 0, 1, ONE), KeyItem(f"{name}0-bbbb", 1, 2, TWO))
    return Sheet("Quiz", "quiz-1", Student(name, name), items, order=order)


SHEETS = {"an": sheet("an"), "bo": sheet("bo", order=(1, 0)), "cy": sheet("cy")}
LONG = """student,question,answer
an,an0-aaaa,14
an,an0-bbbb/a,3
an,[AN0-BBBB]/b,4
bo,2,14
bo,1a,3
bo,Q1 (b),5
"""
WIDE = """id;1;2a;2b
an;14;3;4
"""


def answers(text, sheets=SHEETS):
    """Read a table: answers by student, and reasons."""
    found, problems = parse_table(text if isinstance(text, bytes) else text.encode(), "t.csv", sheets)
    return {response.student: dict(response.answers) for response in found}, [p.reason for p in problems]


def test_a_row_for_each_answer_names_questions_by_code_or_by_number_on_the_paper():
    """Bo's paper has the second question first."""
    assert answers(LONG) == (
        {
            "an": {"an0-aaaa/a": "14", "an0-bbbb/a": "3", "an0-bbbb/b": "4"},
            "bo": {"bo0-aaaa/a": "14", "bo0-bbbb/a": "3", "bo0-bbbb/b": "5"},
        },
        [],
    )


def test_a_row_for_each_student_has_a_column_for_each_question():
    """With the separator of a spreadsheet of any country; an empty cell is no answer."""
    assert answers(WIDE) == ({"an": {"an0-aaaa/a": "14", "an0-bbbb/a": "3", "an0-bbbb/b": "4"}}, [])
    assert answers("student,1,2b\nan,,4\n")[0] == {"an": {"an0-bbbb/b": "4"}}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("eve,1,14", "row 3: student 'eve' has no paper here"),
        ("an,zzzz,14", "row 3: question 'zzzz' is none of an's paper"),
        ("an,2,14", "row 3: question '2' is none of an's paper"),
        ("an,9a,14", "row 3: question '9a' is none of an's paper"),
        ("an,2c,14", "row 3: question '2c' is none of an's paper"),
        ("an,1,15", "row 3: an0-aaaa/a is answered twice, differently; the first counts"),
        (f"an,2a,{'1' * 40_001}", "row 3: an0-bbbb/a: 40001 characters; expected an answer"),
        ("bo,bo0-bbbb/a,\xff", "row 3: byte 0xff is not UTF-8; save the table as 'CSV UTF-8'"),
        ("an,2a,3,5", 'row 3: 4 cells, expected 3: write "" around an answer that holds the separator'),
        ('an,2a,"3', "row 3: not CSV (unexpected end of data); look for an unclosed quotation mark"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_and_the_others_count(row, reason):
    """The row's number, what is wrong; the answer before it is there."""
    found, problems = answers(f"student,question,answer\nan,1,14\n{row}\n".encode("latin-1"))
    assert found["an"]["an0-aaaa/a"] == "14"
    assert problems == [reason]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,answer\nan,1\n",
            "row 1: got the columns 'name, answer', expected student, question and answer",
        ),
        ("", "row 1: got the columns ''"),
    ],
)
def test_what_is_no_such_table_is_refused(text, message):
    """What was got, what is expected."""
    with pytest.raises(ResponseError, match=re.escape(message)):
        answers(text)


def test_a_cell_that_looks_like_a_formula_is_an_answer_like_any_other():
    """It is text; what is written for spreadsheets later makes it safe."""
    assert answers("student,question,answer\nan,1,=1+1\n")[0] == {"an": {"an0-aaaa/a": "=1+1"}}


@given(
    st.binary(max_size=120) | st.text(alphabet='studenqiowar,;\n"123ab-/[] ', max_size=160).map(str.encode)
)
def test_any_bytes_are_a_table_or_a_refusal(data):
    """No other error than our own, and only students who have a paper."""
    try:
        found, _ = parse_table(b"student,question,answer\n" + data, "t.csv", SHEETS)
    except ResponseError:
        return
    assert {response.student for response in found} <= set(SHEETS)


def test_a_folder_may_hold_pages_tables_and_notebooks(tmp_path):
    """One class in three formats; a file of another kind is told with what is expected."""
    sheets = {name: sheet(name) for name in ("an", "bo", "cy")}
    for each in sheets.values():
        write_sheet(tmp_path / "exam", each)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "an.csv").write_text("student,1,2a,2b\nan,14,3,4\n", encoding="utf-8")
    page = {"paper": "quiz-1", "student": "bo", "answers": {"bo0-aaaa/a": "14"}}
    (folder / "bo.json").write_text(json.dumps(page), encoding="utf-8")
    book = json.loads(to_notebook(paper_of(sheets["cy"])))
    for cell in book["cells"]:
        if cell["metadata"].get("legrade", {}).get("key") == "cy0-bbbb/b":
            cell["source"] = "answer_2b = 4"
    (folder / "cy.ipynb").write_text(json.dumps(book), encoding="utf-8")
    (folder / "scan.pdf").write_bytes(b"%PDF")
    marks = marking.mark(tmp_path / "exam", folder)
    assert {mark.student.id: mark.points for mark in marks.students} == {"an": 3, "bo": 1, "cy": 1}
    assert marks.problems == (
        Problem("scan.pdf", "the name ends in '.pdf', expected .json as the page saved it, .ipynb or .csv"),
    )
    assert len(read_responses(folder, sheets)[0]) == 3
