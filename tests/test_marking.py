"""Every response ends as a mark, as "no response", or with a person; every file that could not be used is told with a reason."""

import csv
import io
import json
import os
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import bank, languages, marking
from question_bank.answers import Array, Choice, Integer, Number, Shape, Written
from question_bank.errors import ResponseError
from question_bank.issued import KeyItem, Sheet, write_sheet
from question_bank.marksheet import to_csv, to_json, write_marks
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Part, Question, Wrong
from question_bank.response_files import read_responses
from question_bank.responses import Problem, Response, parse_response
from question_bank.roster import Student
from question_bank.values import Grid

GRID = Grid((2, 2), (1, -2, 3, 4))
PARTS = (
    Part(Integer(14), Message("")),
    Part(Shape((3, 4)), Message(""), may_raise=True),
    Part(Array(GRID, show_size=True), Message("")),
    Part(Choice(("13", "14"), "B"), Message("")),
)
WRONG = (Wrong("padding-once", 0, 13), Wrong("plus-one-forgotten", 0, 13), Wrong("stride-ignored", 1, (3, 8)))
QUESTION = Question("test", 1, {}, Message("?"), PARTS, wrong=WRONG)
AN, BINH, CUC = (
    Student("B21-0042", "Nguyễn Văn Án"),
    Student("B21-0043", "Bình"),
    Student("../c", "=HYPERLINK(1)"),
)


def sheet(student, code):
    """One student's sheet: an item of four parts for 4 points, and one of one part for 1/3 point."""
    single = Question("test", 1, {}, Message("?"), PARTS[:1])
    items = (KeyItem(f"{code}-1", 0, 4, QUESTION), KeyItem(f"{code}-2", 1, Fraction(1, 3), single))
    return Sheet("Quiz", "quiz-1", student, items)


SHEETS = {s.student.id: s for s in (sheet(AN, "aaaa"), sheet(BINH, "bbbb"), sheet(CUC, "cccc"))}
RIGHT = {"1/a": "14", "1/b": "3x4", "1/c": "[[1, -2], [3, 4]]", "1/d": "b", "2/a": "14"}


def response(student=AN, code="aaaa", answers=RIGHT, **other):
    """A file's content."""
    named = {f"{code}-{key}": text for key, text in answers.items()}
    return {"paper": "quiz-1", "student": student.id, "answers": named, **other}


def hand_in(folder, name, data):
    """Write a file as a student would hand it in."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def marks_of(*files):
    """Mark (name, content) pairs without a disk."""
    found, problems = [], []
    for name, data in files:
        try:
            found.append(parse_response(data if isinstance(data, bytes) else json.dumps(data).encode(), name))
        except ResponseError as error:
            problems.append(Problem(name, str(error)))
    return marking.mark_all(SHEETS, found, problems)


def student(marks, who=AN):
    """Return one student's mark."""
    return next(mark for mark in marks.students if mark.student == who)


def one(answer, part="a"):
    """Mark one answer of the first item; return the mark of its part."""
    item = marking.mark_item(SHEETS[AN.id].items[0], {f"aaaa-1/{part}": answer})
    return next(mark for mark in item.parts if mark.part == part)


def test_all_right_earns_all_points():
    """Points are exact: 4 and 1/3."""
    mark = student(marks_of(("a.json", response())))
    assert (mark.status, mark.points, mark.max_points, mark.note) == (
        "marked",
        Fraction(13, 3),
        Fraction(13, 3),
        "",
    )
    assert [item.points for item in mark.items] == [4, Fraction(1, 3)]


@pytest.mark.parametrize(
    ("part", "typed", "outcome", "fraction", "shown"),
    [
        ("a", "14 px", "right", 1, "14 read as a whole number"),
        ("a", "15", "wrong", 0, "15 read as a whole number"),
        ("a", "fourteen", "unreadable", 0, "not read as a number: write for example 24, 0.5 or 3/4"),
        ("a", "  ", "no answer", 0, "no answer yet"),
        ("b", "this raises an error", "wrong", 0, "this raises an error"),
        ("c", "1 -2\n3 5", "partly", Fraction(3, 4), "[[1, -2], [3, 5]] read as an array of shape (2, 2)"),
        ("c", "[[1, _], [3, 4]]", "partly", Fraction(3, 4), "3 of 4 cells read as numbers"),
        ("c", "[[_, -2], [_, 9]]", "partly", Fraction(1, 4), "2 of 4 cells read as numbers"),
        ("c", "[[_, _], [_, 0]]", "wrong", 0, "1 of 4 cells read as numbers"),
        ("c", "1 -2 3 4", "wrong-shape", 0, "[1, -2, 3, 4] read as an array of shape (4,)"),
        (
            "c",
            "[[_, x], [3, 4]]",
            "unreadable",
            0,
            "not read as an array: write its rows on lines of their own, for example 1 2 3",
        ),
        ("d", "A", "wrong", 0, "option A"),
    ],
)
def test_one_answer(part, typed, outcome, fraction, shown):
    """What was typed, how it was read, and what it is worth; an array counts cell by cell, an open cell as wrong."""
    mark = one(typed, part)
    assert (mark.typed, mark.outcome, mark.fraction, mark.shown) == (typed, outcome, fraction, shown)


def test_an_open_cell_is_wrong_even_where_the_key_is_0():
    """A cell that was left open is never read as 0."""
    zeros = Question(
        "test", 1, {}, Message("?"), (Part(Array(Grid((1, 2), (0, 0)), show_size=True), Message("")),)
    )
    mark = marking.mark_item(KeyItem("x", 0, 1, zeros), {"x/a": "[[_, 0]]"}).parts[0]
    assert (mark.fraction, mark.cells) == (Fraction(1, 2), (False, True))


def test_a_wrong_answer_is_named_when_a_misconception_leads_to_it():
    """All misconceptions that lead to exactly this answer are named, and none where none does."""
    assert one("13").misconceptions == ("padding-once", "plus-one-forgotten")
    assert one("(3, 8)", "b").misconceptions == ("stride-ignored",)
    assert one("12").misconceptions == one("14").misconceptions == one("?").misconceptions == ()


def test_who_handed_in_nothing_has_0_points_and_the_reason():
    """Every student of the class has a row."""
    marks = marks_of(("a.json", response()))
    assert [mark.status for mark in marks.students] == ["no response", "marked", "no response"]
    assert (student(marks, BINH).points, student(marks, BINH).note) == (0, "no response")


UNUSABLE = {
    "not JSON": (b"{", "not JSON, or cut off"),
    "not UTF-8": (b'{"paper": "\xff', "not UTF-8 (byte 12)"),
    "UTF-16": ("{}".encode("utf-16"), "not UTF-8"),
    "empty": (b"", "not JSON, or cut off"),
    "deep": (b"[" * 100_000, "not JSON, or cut off"),
    "long number": (b"9" * 10_000, "not JSON, or cut off"),
    "NaN": (b'{"paper": NaN}', "NaN is no JSON"),
    "a list": ([], "got list, expected an object with paper, student and answers"),
    "no answers": ({"paper": "quiz-1", "student": AN.id}, "answers: expected an object of texts by item"),
    "no paper": (response(paper=""), "paper: expected a text of 1 to 200 characters"),
    "long student": (response(student=Student("9" * 201, "")), "student: expected a text of 1 to 200"),
    "a number": (response() | {"answers": {"aaaa-1/a": 14}}, "answers['aaaa-1/a']: got int, expected a text"),
    "twice": (b'{"paper": "a", "paper": "b"}', "'paper' is there twice"),
    "wrong paper": (response(paper="quiz-2"), "made on paper 'quiz-2', expected 'quiz-1'"),
    "wrong student": (response(student=Student("nobody", "")), "student 'nobody' has no paper here"),
    "another version": (
        response(code="bbbb"),
        "answers to none of B21-0042's items; it was made on another version",
    ),
}


@pytest.mark.parametrize(("data", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_file_that_cannot_be_used_is_told_and_leaves_the_points_to_a_person(data, reason):
    """The file's name says whose it is; the others are marked as if it were not there."""
    marks = marks_of(("sub/responses-B21-0042 (1).json", data), ("b.json", response(BINH, "bbbb")))
    mark = student(marks)
    assert (mark.status, mark.points) == ("needs a person", None)
    assert mark.note.startswith(f"sub/responses-B21-0042 (1).json: {reason}")
    assert [problem.file for problem in marks.problems] == ["sub/responses-B21-0042 (1).json"]
    assert student(marks, BINH).points == Fraction(13, 3)


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("responses-B21-0042.json", AN.id),
        ("an_12345_assignsubmission_file/responses-B21-0043-1.json", BINH.id),
        ("B21-0043/answers.json", BINH.id),
        ("responses-B21-00422.json", None),
        ("homework.json", None),
        ("B21-0042/B21-0043.json", None),
        ("B21-0042/responses-B21-0043.json", BINH.id),
    ],
)
def test_whose_file_it_is_is_read_from_its_name_where_that_is_clear(name, owner):
    """Course systems rename files; where the name is not clear no student is touched."""
    marks = marks_of((name, b"{"))
    assert [m.student.id for m in marks.students if m.status == "needs a person"] == [o for o in [owner] if o]
    assert len(marks.problems) == 1


def test_two_different_files_of_one_student_need_a_person():
    """Which one counts is not ours to say; the same file twice is one."""
    other = response(answers={**RIGHT, "1/a": "15"})
    mark = student(marks_of(("a.json", response()), ("b.json", other)))
    assert (mark.status, mark.points) == ("needs a person", None)
    assert mark.note == "2 files differ (a.json, b.json): delete all but the one that counts"
    assert student(marks_of(("a.json", response()), ("b.json", response()))).points == Fraction(13, 3)


def test_a_good_file_counts_beside_a_broken_one():
    """The note says that there is another."""
    mark = student(marks_of(("a.json", response()), ("responses-B21-0042.json", b"{")))
    assert (mark.status, mark.file, mark.points) == ("marked", "a.json", Fraction(13, 3))
    assert mark.note.startswith("responses-B21-0042.json: not JSON")


def test_unknown_items_are_told_and_the_others_marked():
    """One item too many costs nothing."""
    body = response()
    body["answers"]["zzzz-9/a"] = "1"
    marks = marks_of(("a.json", body))
    assert student(marks).points == Fraction(13, 3)
    assert marks.problems == (Problem("a.json", "answers to 1 unknown items left out: 'zzzz-9/a'"),)


def test_a_folder_is_read_whole_and_nothing_else(tmp_path):
    """Subfolders count, what systems leave behind does not; links, floods, pipes and other files are refused by name."""
    folder = tmp_path / "in"
    outside = hand_in(tmp_path, "outside.json", response(BINH, "bbbb"))
    hand_in(folder, "x/y/a.json", b"\xef\xbb\xbf" + json.dumps(response()).encode())
    hand_in(folder, "__MACOSX/._a.json", b"junk")
    hand_in(folder, ".DS_Store", b"junk")
    hand_in(folder, "notes.txt", b"hello")
    hand_in(folder, "flood.json", b" " * 1_000_001)
    (folder / "link.json").symlink_to(outside)
    (folder / "away").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.json")
    found, problems = read_responses(folder, SHEETS)
    assert [r.file for r in found] == ["x/y/a.json"]
    reasons = {problem.file: problem.reason for problem in problems}
    assert sorted(reasons) == ["away", "flood.json", "link.json", "notes.txt", "pipe.json"]
    assert "more than 1000000 bytes" in reasons["flood.json"]
    assert "expected a file of its own, no link" in reasons["link.json"]
    assert "expected .json as the page saved it" in reasons["notes.txt"]


def test_nothing_to_mark_is_an_error(tmp_path):
    """A wrong path is told with what to give instead."""
    with pytest.raises(
        ResponseError, match=r"holds no issued papers; give the folder that `legrade exam build --out` wrote"
    ):
        marking.mark(tmp_path, tmp_path)
    write_sheet(tmp_path, SHEETS[AN.id])
    with pytest.raises(ResponseError, match="there is nothing; give a responses file or a folder"):
        marking.mark(tmp_path, tmp_path / "nowhere")


def test_the_table_opens_in_a_spreadsheet_and_runs_nothing(tmp_path):
    """UTF-8 with its mark, one row a student, rounded points, and no cell that is a formula."""
    broken = ("responses-B21-0043.json", b"{")
    table, record = write_marks(tmp_path / "marks", marks_of(("=cmd.json", response()), broken))
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["id", "name", "status", "Q1 /4", "Q2 /0.3333", "total", "max", "note"]
    assert rows[1] == ["../c", "'=HYPERLINK(1)", "no response", "0", "0", "0", "4.3333", "no response"]
    assert rows[2] == ["B21-0042", "Nguyễn Văn Án", "marked", "4", "0.3333", "4.3333", "4.3333", ""]
    assert rows[3][:7] == ["B21-0043", "Bình", "needs a person", "", "", "", "4.3333"]
    assert {oct(path.stat().st_mode & 0o777) for path in (table, record)} == {"0o600"}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u200b=1", "＝1", "\r=1"])
def test_no_text_is_a_formula(name):
    """What starts like a formula, behind blanks and invisible characters too, has an apostrophe before it."""
    hostile = {"x": Sheet("Quiz", "quiz-1", Student("x", name), SHEETS[AN.id].items)}
    rows = list(
        csv.reader(io.StringIO(to_csv(marking.mark_all(hostile, ())).decode("utf-8-sig"), newline=""))
    )
    assert rows[1][1] == f"'{name}"


def test_the_record_says_how_every_answer_was_read():
    """marks.json has typed text, reading, outcome, exact fraction and the misconception's title for every part."""
    body = response(answers={**RIGHT, "1/a": "13", "1/c": "1 -2\n3 5"})
    data = json.loads(to_json(marks_of(("a.json", body))))
    mark = next(entry for entry in data["students"] if entry["student"] == AN.id)
    first, _, third, _ = mark["items"][0]["parts"]
    assert mark["points"] == str(Fraction(4) * Fraction(11, 16) + Fraction(1, 3))
    assert first == {
        "part": "a",
        "typed": "13",
        "read_as": "13 read as a whole number",
        "outcome": "wrong",
        "fraction": "0",
        "misconceptions": [
            {
                "id": "padding-once",
                "title": "Padding counted on one side only",
                "explanation": CATALOGUE["padding-once"].explanation,
            },
            {
                "id": "plus-one-forgotten",
                "title": "The first window is not counted",
                "explanation": CATALOGUE["plus-one-forgotten"].explanation,
            },
        ],
        "cells": [],
    }
    assert (third["fraction"], third["cells"]) == ("3/4", [True, True, True, False])


def test_halves_of_characters_can_be_written_down():
    """A lone surrogate, which JSON can spell, does not stop the report."""
    text = json.dumps(response()).replace('"14"', '"\\ud800"').encode()
    assert student(marks_of(("a.json", text))).items[0].parts[0].outcome == "unreadable"
    assert b'"typed": "?"' in to_json(marks_of(("a.json", text)))


@pytest.mark.parametrize("name", bank.names())
def test_every_family_marks_its_own_key_right_and_its_own_mistakes_wrong(name):
    """The key, typed as it is shown, earns all; a misconception's answer earns less and is named."""
    for seed in range(5):
        question = bank.generate(name, seed)
        item = KeyItem("x", 0, 1, question)
        keys = {f"x/{'abcdefgh'[i]}": typed_key(part.answer) for i, part in enumerate(question.parts)}
        outcomes = {part.outcome for part in marking.mark_item(item, keys).parts}
        for_a_person = any(isinstance(part.answer, Written) for part in question.parts)
        assert outcomes <= ({"right", "for a person"} if for_a_person else {"right"})
        for wrong in question.wrong:
            part = question.parts[wrong.part]
            typed = bank_show(wrong.value)
            mark = marking.mark_item(item, {**keys, f"x/{'abcdefgh'[wrong.part]}": typed})
            if part.answer.parse(typed, may_raise=part.may_raise).value == wrong.value:
                assert mark.points < 1
                assert wrong.misconception in mark.parts[wrong.part].misconceptions


def typed_key(answer):
    """Write the key as a student would type it; to a written question, anything."""
    if isinstance(answer, Written):
        return "Because of the window."
    return answer.value if isinstance(answer.value, str) else answer.show()


def bank_show(value):
    """Write a value as a student would type it."""
    from question_bank.values import show

    return show(value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([AN.id, "quiz-1", "aaaa-1/a", "14"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["paper", "student", "answers", "aaaa-1/a", "aaaa-1/c", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.lists(st.tuples(st.text(max_size=30), st.binary(max_size=60) | JSON), max_size=4))
def test_any_files_end_as_marks_for_the_whole_class(files):
    """Whatever is handed in, every student has one row, and both reports can be written."""
    marks = marks_of(*files)
    assert [mark.student.id for mark in marks.students] == sorted(SHEETS)
    assert len(json.loads(to_json(marks))["students"]) == len(SHEETS)
    assert (
        len(list(csv.reader(io.StringIO(to_csv(marks).decode("utf-8-sig"), newline="")))) == len(SHEETS) + 1
    )


@given(st.dictionaries(st.sampled_from(sorted(f"aaaa-{key}" for key in RIGHT)), st.text(max_size=40)))
def test_points_are_never_outside_the_paper(answers):
    """Any texts earn from nothing to all."""
    [mark] = marking.mark_all({AN.id: SHEETS[AN.id]}, [Response("a.json", "quiz-1", AN.id, answers)]).students
    assert 0 <= mark.points <= mark.max_points


@pytest.mark.parametrize("language", languages.LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("(24, 32, 3)", ("channels-last",)),
        ("3 x 32 x 24", ("height-width-swapped",)),
        ("(32, 24, 3)", ("axes-out-of-order",)),
        ("(3, 24, 33)", ()),
        ("(3, 24)", ()),
        ("(3, 24, 32)", ()),
    ],
)
def test_axes_out_of_order_are_recognised(typed, named, language):
    """Channels last and exchanged sides are named in any shape, without a rule of the family, in any language."""
    axes = tuple(languages.text(axis, language) for axis in ("channels", "height", "width"))
    shape = Shape((3, 24, 32), axes=axes)
    item = KeyItem("x", 0, 1, Question("test", 1, {}, Message("?"), (Part(shape, Message("")),)))
    assert marking.mark_item(item, {"x/a": typed}).parts[0].misconceptions == named


def test_filling_a_gradient_with_zeros_earns_nothing():
    """Where most cells of the key are 0, only what goes beyond them counts; few right cells of many still do."""
    key = Grid((3, 4), (0, 0, 0, 5, 0, 0, 7, 0, 0, 0, 0, 0))
    item = KeyItem("x", 0, 1, Question("test", 1, {}, Message("?"), (Part(Array(key), Message("")),)))
    earned = {
        typed: marking.mark_item(item, {"x/a": typed}).parts[0].fraction
        for typed in ("0 0 0 0; 0 0 0 0; 0 0 0 0", "0 0 0 5; 0 0 0 0; 0 0 0 0", "0 0 0 5; 0 0 7 0; 0 0 0 0")
    }
    assert list(earned.values()) == [0, Fraction(1, 2), 1]


def test_a_wrong_number_is_recognised_within_the_tolerance():
    """A number that a misconception leads to is named when it was rounded as the key may be."""
    part = Part(Number(Fraction(1, 3), Fraction(1, 200)), Message(""))
    question = Question(
        "test", 1, {}, Message("?"), (part,), wrong=(Wrong("padding-once", 0, Fraction(2, 3)),)
    )
    mark = marking.mark_item(KeyItem("x", 0, 1, question), {"x/a": "0.667"}).parts[0]
    assert (mark.outcome, mark.misconceptions) == ("wrong", ("padding-once",))
