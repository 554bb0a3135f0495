"""Answers of paper exams, typed line by line: what is written is what the page would have saved, and nothing else."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import marking
from question_bank.answers import Array, Choice, Integer
from question_bank.entering import MAX_LINE, Desk
from question_bank.issued import KeyItem, Sheet, write_sheet
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.response_files import read_responses
from question_bank.roster import Student
from question_bank.values import Grid

ONE = Question("test", 1, {}, Message("How many?"), (Part(Integer(14, unit="px"), Message("")),))
TWO = Question(
    "test",
    1,
    {},
    Message("?"),
    (Part(Array(Grid((2, 2), (1, 2, 3, 4))), Message("")), Part(Choice(("x", "y"), "B"), Message(""))),
)


def sheet(name, order=(), **more):
    """A paper of two questions, the second with two parts; `order` is that of the paper."""
    items = (KeyItem(f"{name}0-aaaa", 0, 1, ONE), KeyItem(f"{name}0-bbbb", 1, 2, TWO))
    return Sheet("Quiz", "quiz-1", Student(name, name.title()), items, order=order, **more)


SHEETS = {"an": sheet("an"), "bo": sheet("bo", order=(1, 0)), "c y": sheet("c y", version="A")}


@pytest.fixture
def exam(tmp_path):
    """A folder with issued papers."""
    for each in SHEETS.values():
        write_sheet(tmp_path / "quiz", each)
    return tmp_path / "quiz"


def type_in(desk, text):
    """Type lines; what is said after each, joined."""
    return ["\n".join(desk.take(line.encode())) for line in text.splitlines()]


def test_what_a_marker_types_is_what_the_page_would_have_saved(exam):
    """Through a real process, from an empty folder: by number on the paper, by code, by the foot of the paper; then marked."""
    typed = """an
1 14 px
2a: 1 2; 3 4
AN0-BBBB/b=b
done
quiz-1 · bo
1(b) A
2 fourteen
done
done
"""
    done = subprocess.run(
        [Path(sys.executable).with_name("legrade"), "exam", "enter", exam.name],
        cwd=exam.parent,
        input=typed,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    saved = exam / "responses" / "responses-an.json"
    assert saved.read_text(encoding="utf-8") == (
        '{\n "format": "legrade-responses",\n "version": 1,\n "paper": "quiz-1",\n "student": "an",\n "answers": {\n'
        '  "an0-aaaa/a": "14 px",\n  "an0-bbbb/a": "1 2; 3 4",\n  "an0-bbbb/b": "b"\n }\n}\n'
    )
    assert saved.stat().st_mode & 0o777 == 0o600
    assert "   1 [AN0-AAAA] 14 read as a whole number\n" in done.stdout
    assert "  2a [AN0-BBBB] [[1, 2], [3, 4]] read as an array of shape (2, 2)\n" in done.stdout
    assert (
        "   2 [BO0-AAAA] 'fourteen' kept as typed, not read as a number: write for example 24, 0.5 or 3/4\n"
        in done.stdout
    )
    assert "2 of 3 answers; no answer to 1a\n" in done.stdout
    assert "Next: legrade exam mark quiz quiz/responses\n" in done.stdout
    assert not re.search("right|wrong|correct", done.stdout)
    marks = marking.mark(exam, exam / "responses")
    assert {mark.student.id: mark.points for mark in marks.students} == {"an": 3, "bo": 0, "c y": 0}
    assert not marks.problems


def test_a_sitting_goes_on_where_the_last_one_ended(exam):
    """By typer's runner: `next` opens the first paper without answers; a written paper is opened with what is there."""
    run = CliRunner()
    first = run.invoke(app, ["exam", "enter", str(exam), "--out", str(exam / "in")], input="an\n1 14\ndone\n")
    assert first.exit_code == 0
    again = run.invoke(
        app,
        ["exam", "enter", str(exam), "--out", str(exam / "in")],
        input="an\n1 15\ndone\nnext\ndone\ndone\n",
    )
    assert again.exit_code == 0
    assert "1 of 3 papers have answers" in again.output.splitlines()[0]
    assert "   1 [AN0-AAAA] 14 read as a whole number\n" in again.output
    assert "15 read as a whole number; was '14'" in again.output
    assert json.loads((exam / "in" / "responses-an.json").read_text())["answers"] == {"an0-aaaa/a": "15"}
    assert json.loads((exam / "in" / "responses-bo.json").read_text())["answers"] == {}


def test_a_paper_that_was_not_done_is_not_written(exam):
    """The input ends: whose paper is open, what to do, exit code 1; the file of before is as it was."""
    run, arguments = CliRunner(), ["exam", "enter", str(exam)]
    run.invoke(app, arguments, input="an\n1 14\ndone\n")
    before = (exam / "responses" / "responses-an.json").read_bytes()
    cut = run.invoke(app, arguments, input="an\n1 15\n")
    assert cut.exit_code == 1
    assert (
        "the input ended in the paper of an; nothing of it was written, open it again and end with done"
        in cut.output
    )
    assert (exam / "responses" / "responses-an.json").read_bytes() == before
    assert [path.name for path in (exam / "responses").iterdir()] == ["responses-an.json"]
    nothing = run.invoke(app, ["exam", "enter", str(exam / "key")])
    assert "holds no issued papers; give the folder that `legrade exam build --out` wrote" in str(
        nothing.exception
    )


def test_lines_are_taken_back_one_by_one(tmp_path):
    """Undo goes back to what was there when the paper was opened; clear and skip."""
    desk = Desk(SHEETS, tmp_path)
    told = type_in(desk, "an\n1 3\n1 4\nclear 1\nundo\nundo\nundo\nundo\n1 5\nskip")
    assert told[4:8] == [
        "taken back:    1 [AN0-AAAA] 4 read as a whole number",
        "taken back:    1 [AN0-AAAA] 3 read as a whole number",
        "taken back:    1 [AN0-AAAA] no answer; expected: whole number (px)",
        "not taken: there is nothing to undo since this paper was opened",
    ]
    assert told[-1] == "an: left; nothing was written"
    assert not list(tmp_path.iterdir())
    assert type_in(desk, "an")[0].splitlines() == [
        "an An",
        "   1 [AN0-AAAA] no answer; expected: whole number (px)",
        "  2a [AN0-BBBB] no answer; expected: array, rows with ; between them",
        "  2b [AN0-BBBB] no answer; expected: one option of A, B",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "got '', expected QUESTION ANSWER, such as 3b 24, or done; help says more"),
        (b"14", "got '14', expected QUESTION ANSWER"),
        (b"2 14", "question '2' is not on this paper; it has 1, 2a, 2b"),
        (b"9a 14", "question '9a' is not on this paper; it has 1, 2a, 2b"),
        (b"BO0-AAAA 14", "question 'BO0-AAAA' is not on this paper"),
        (b"clear 1", "1 has no answer to clear"),
        (b"clear", "question '' is not on this paper"),
        (b"1 \xff", "byte 3 of the line is not UTF-8; type it again, or save the file as UTF-8"),
        (b"1 " + b"1" * MAX_LINE, "got a line of more than 40000 bytes, expected an answer; type it again"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_asked_again(tmp_path, line, reason):
    """What was got, what is expected; the paper is open as before."""
    desk = Desk(SHEETS, tmp_path)
    desk.take(b"an")
    told = desk.take(line)
    assert told[0].startswith(f"not taken: {reason}")
    assert desk.prompt == "an> "


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("AN", "an> "),
        ("[an0-AAAA]", "an> "),
        ("quiz-1 · A · c y", "c y> "),
        ("quiz-1 c y", "c y> "),
        ("next", "an> "),
    ],
)
def test_a_paper_is_found_by_what_stands_on_it(tmp_path, line, prompt):
    """The id, the code of an item, the line at its foot, with or without the version."""
    desk = Desk(SHEETS, tmp_path)
    desk.take(line.encode())
    assert desk.prompt == prompt


def test_a_paper_that_cannot_be_told_is_asked_again(tmp_path):
    """Nobody's, several ones', nothing."""
    shared = {name: Sheet("Quiz", "quiz-1", Student(name, name), SHEETS["an"].items) for name in ("x1", "x2")}
    desk = Desk(shared, tmp_path)
    assert type_in(desk, "an0-aaaa\nx3\n\nlist") == [
        "not taken: 'an0-aaaa' is on 2 papers; type the student's id",
        "not taken: unknown student 'x3': did you mean x2 or x1? Known: x1, x2; help says what else can be typed",
        "not taken: got an empty line, expected a student's id, next or done; help says more",
        f"0 of 2 papers have answers in {tmp_path}\nnone yet: x1, x2",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON, or cut off; expected the file as the page saved it; move it away, or mend it"),
        (
            '{"paper": "quiz-1", "student": "bo", "answers": {}}',
            "has answers of 'bo' to 'quiz-1', expected 'an' to 'quiz-1'; move it away",
        ),
        (
            '{"paper": "quiz-1", "student": "an", "answers": {"zz/a": "1"}}',
            "answers 'zz/a', which is not on the paper of 'an'; move it away, or mend it",
        ),
        (" " * 1_000_001, "more than 1000000 bytes, expected the answers of one paper; move it away"),
    ],
)
def test_what_is_there_and_cannot_be_read_is_never_written_over(tmp_path, text, reason):
    """The file, the reason, the next step; the paper stays closed."""
    path = tmp_path / "responses-an.json"
    path.write_text(text, encoding="utf-8")
    desk = Desk(SHEETS, tmp_path)
    assert desk.take(b"an") == [f"not taken: {path}: {reason}"]
    assert desk.sheet is None
    assert path.read_text(encoding="utf-8") == text


LINES = st.one_of(
    st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")),
    st.sampled_from(["an", "bo", "next", "done", "undo", "skip", "show", "help", "clear 1", "list"]).map(
        str.encode
    ),
    st.builds(
        lambda name, text: f"{name} {text}".encode(),
        st.sampled_from(["1", "2a", "2b", "1a", "2"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    ),
)


@given(st.lists(LINES, max_size=25))
def test_whatever_is_typed_what_is_written_can_be_marked(tmp_path_factory, lines):
    """Any lines: something is said to each, and each file is read back whole with the answers of its student only."""
    out = tmp_path_factory.mktemp("typed")
    desk = Desk(SHEETS, out)
    for line in lines:
        assert desk.take(line)
    found, problems = read_responses(out, SHEETS)
    assert not problems
    assert len(found) == sum(path.suffix == ".json" for path in out.iterdir()) <= desk.written
    for response in found:
        assert all(key.startswith(response.student) for key in response.answers)


@given(
    st.lists(st.tuples(st.sampled_from(["1", "2a", "2b"]), st.sampled_from(["1", "A", "1 2"])), max_size=8)
)
def test_as_many_undos_as_changes_bring_back_what_was_there(tmp_path_factory, typed):
    """Undo is the inverse of a line that changed something."""
    desk = Desk(SHEETS, tmp_path_factory.mktemp("undone"))
    desk.take(b"an")
    seen = [desk.take(b"show")]
    for name, text in typed:
        desk.take(f"{name} {text}".encode())
        if (now := desk.take(b"show")) != seen[-1]:
            seen.append(now)
    for before in reversed(seen[:-1]):
        desk.take(b"undo")
        assert desk.take(b"show") == before
