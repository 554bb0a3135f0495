"""Corrections of a written exam: what each action changes, whose marks change and why, and that none falls unasked."""

import json
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import marking, marksheet, remarking
from question_bank.answers import Array, Choice, Integer, Written
from question_bank.answers_open import Criterion
from question_bank.corrections import ACCEPTED, parse_corrections
from question_bank.errors import BlueprintError, FormatError, MarksFallError
from question_bank.issued import KeyItem, Sheet, write_sheet
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.responses import Response
from question_bank.roster import Student
from question_bank.values import Grid

SIZE = Question("test", 1, {}, Message("How large?"), (Part(Integer(14), Message("Rows")),))
PAIR = Question(
    "test", 1, {}, Message("?"),
    (Part(Integer(3), Message("")), Part(Array(Grid((2, 2), (1, 2, 3, 4))), Message(""))),
)  # fmt: skip
PICK = Question("test", 1, {}, Message("?"), (Part(Choice(("13", "14"), "B"), Message("")),))
ESSAY = Question("test", 1, {}, Message("?"), (Part(Written((Criterion(Message("why"), 2),)), Message("")),))


def sheet(name):
    """One student's paper: three items for 2, 4 and 1 points."""
    items = (
        KeyItem(f"{name}aa-1111", 0, 2, SIZE),
        KeyItem(f"{name}aa-2222", 1, 4, PAIR),
        KeyItem(f"{name}aa-3333", 2, 1, PICK),
    )
    return Sheet("Quiz", "quiz-1", Student(name, name.title()), items)


SHEETS = {name: sheet(name) for name in ("ana", "bob", "cem")}
ANSWERS = {
    "ana": {"anaaa-1111/a": "14", "anaaa-2222/a": "3", "anaaa-2222/b": "1 2; 3 4", "anaaa-3333/a": "B"},
    "bob": {"bobaa-1111/a": "15", "bobaa-2222/a": "4", "bobaa-2222/b": "1 2; 3 0", "bobaa-3333/a": "A"},
}
WHO = 'reason = "the stem was ambiguous"\nauthor = "A. Sousa"\n'


def corrections(text):
    """Read corrections for the class."""
    return parse_corrections(text.encode(), "corrections.toml", SHEETS)


def marks(text=""):
    """Mark the class; Cem handed nothing in."""
    responses = [Response(f"{name}.json", "quiz-1", name, given) for name, given in ANSWERS.items()]
    return marking.mark_all(SHEETS, responses, corrections=corrections(text) if text else ())


def points(found):
    """Points of each student, and the most there is."""
    return {mark.student.id: (mark.points, mark.max_points) for mark in found.students}


def record(found):
    """The record as a later marking reads it."""
    return json.loads(marksheet.to_json(found))


def test_without_corrections_the_marks_are_what_they_are():
    """The ground for the tests below."""
    assert points(marks()) == {"ana": (7, 7), "bob": (Fraction(3, 2), 7), "cem": (0, 7)}


def test_an_accepted_answer_is_right_for_that_item_only():
    """Bob's 15 counts; however it is typed; Ana's item is another one."""
    text = f'[[corrections]]\nitem = "[BOBAA-1111]"\naction = "accept"\nanswer = "15.0"\n{WHO}'
    found = marks(text)
    assert points(found) == {"ana": (7, 7), "bob": (Fraction(7, 2), 7), "cem": (0, 7)}
    [part] = found.students[1].items[0].parts
    assert (part.outcome, part.fraction) == (ACCEPTED, 1)
    assert found.students[1].items[0].corrections == ("accept: the stem was ambiguous (A. Sousa)",)


def test_an_accepted_part_counts_by_the_item_s_rule():
    """Of two parts, the accepted one gives its half; the other keeps what it earned by itself."""
    text = f'[[corrections]]\nitem = "bobaa-2222"\npart = "a"\naction = "accept"\nanswer = "4"\n{WHO}'
    assert points(marks(text))["bob"] == (Fraction(3, 2) + 2, 7)


def test_full_marks_are_for_who_handed_in():
    """The whole second question, for everybody who wrote the exam; Cem did not."""
    text = f'[[corrections]]\nslot = 2\naction = "full-marks"\n{WHO}'
    assert points(marks(text)) == {"ana": (7, 7), "bob": (4, 7), "cem": (0, 7)}


def test_a_void_item_counts_for_nobody():
    """Neither its points nor what could be had, for who was absent, too."""
    text = f'[[corrections]]\nslot = 2\naction = "void"\n{WHO}'
    assert points(marks(text)) == {"ana": (3, 3), "bob": (0, 3), "cem": (0, 3)}


def test_rewording_changes_no_mark_and_stands_in_the_record():
    """What the question should have been is kept with the reason."""
    text = f'[[corrections]]\nslot = 1\naction = "reword"\nstem = "How many rows?"\n{WHO}'
    found = marks(text)
    assert points(found) == points(marks())
    [correction] = corrections(text)
    assert correction.stem == "How many rows?"
    assert record(found)["students"][0]["items"][0]["corrections"] == [
        "reword: the stem was ambiguous (A. Sousa)"
    ]


def test_who_changes_is_listed_with_before_after_and_reason():
    """Bob rises; Ana and Cem do not change and are not listed."""
    after = marks(f'[[corrections]]\nslot = 2\naction = "full-marks"\n{WHO}')
    [change] = remarking.changes(record(marks()), after)
    assert (change.student, str(change.before), str(change.after)) == ("bob", "1.5 of 7", "4 of 7")
    assert change.reasons == ("bobaa-2222: full-marks: the stem was ambiguous (A. Sousa)",)
    assert not change.falls
    assert remarking.changes(record(after), after) == ()
    table = remarking.to_csv((change,)).decode("utf-8-sig").splitlines()
    assert table[0] == "id,name,before,after,why"
    assert table[1].startswith("bob,Bob,1.5 of 7,4 of 7,")


def test_a_mark_that_would_fall_is_refused_by_name():
    """Without its only right question Bob would have less; the message names him and the switch."""
    after = marks(f'[[corrections]]\nslot = 2\naction = "void"\n{WHO}')
    changed = remarking.changes(record(marks()), after)
    assert {change.student: change.falls for change in changed} == {"ana": False, "bob": True, "cem": False}
    message = re.escape(
        "1 marks would fall (bob: 1.5 of 7, now 0 of 3); nothing was written. Give --allow-lower"
    )
    with pytest.raises(MarksFallError, match=message):
        remarking.refuse_falling(changed)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "corrections: got nothing, expected at least one table [[corrections]]"),
        (
            f'[[corrections]]\nitem = "bobaa-1112"\naction = "void"\n{WHO}',
            "line 2: corrections[0].item: got 'bobaa-1112', expected the code of an item of these papers; did you mean bobaa-1111?",
        ),
        (
            f'[[corrections]]\nslot = 4\naction = "void"\n{WHO}',
            "line 2: corrections[0].slot: got 4, expected a whole number from 1 to 3",
        ),
        (
            f'[[corrections]]\nslot = 1\naction = "viod"\n{WHO}',
            "line 3: corrections[0].action: got 'viod', expected one of accept, full-marks, void, reword; did you mean void?",
        ),
        (
            f'[[corrections]]\naction = "void"\n{WHO}',
            "line 1: corrections[0]: expected either item, the code of one, or slot, the number of a question",
        ),
        (
            f'[[corrections]]\nslot = 1\naction = "accept"\nanswer = "3"\n{WHO}',
            "line 2: corrections[0].slot: got 1, expected item = CODE: at one place students have different answers",
        ),
        (
            f'[[corrections]]\nitem = "bobaa-1111"\naction = "accept"\nanswer = "many"\n{WHO}',
            "line 4: corrections[0].answer: got 'many', expected an answer to bobaa-1111/a",
        ),
        (
            f'[[corrections]]\nitem = "bobaa-1111"\naction = "accept"\nanswer = "14"\n{WHO}',
            "line 4: corrections[0].answer: got '14', expected an answer that is not right already",
        ),
        (
            f'[[corrections]]\nitem = "bobaa-1111"\npart = "b"\naction = "accept"\nanswer = "15"\n{WHO}',
            "line 3: corrections[0].part: got 'b', expected one of a",
        ),
        (
            f'[[corrections]]\nslot = 1\naction = "void"\nanswer = "15"\n{WHO}',
            "line 4: corrections[0].answer: got '15', expected it with action = 'accept' only",
        ),
        (
            f'[[corrections]]\nslot = 1\naction = "reword"\n{WHO}',
            "corrections[0].stem: got nothing, expected a text of 1 to 5000 characters",
        ),
        (
            '[[corrections]]\nslot = 1\naction = "void"\nauthor = "A"\n',
            "corrections[0].reason: got nothing, expected a text of 1 to 200 characters on one line",
        ),
        (
            f'[[corrections]]\nslot = 1\naction = "void"\nwhy = "x"\n{WHO}',
            "line 4: corrections[0].why: got a field that there is not, expected one of item, slot,",
        ),
        (
            f'[[corrections]]\nslot = 1\naction = "void"\n{WHO}[[corrections]]\nitem = "bobaa-1111"\naction = "full-marks"\n{WHO}',
            "line 6: corrections[1]: item bobaa-1111 is void already; expected one of void and full-marks",
        ),
    ],
)
def test_what_is_wrong_is_told_with_line_and_field(text, message):
    """File, line, field, got, expected, and the nearest name."""
    with pytest.raises(BlueprintError, match=re.escape(message)):
        corrections(text)


def test_a_written_answer_is_not_corrected_here():
    """A person marks it, in its own table."""
    sheets = {"ana": Sheet("Quiz", "quiz-1", Student("ana", "Ana"), (KeyItem("anaaa-9999", 0, 2, ESSAY),))}
    text = f'[[corrections]]\nitem = "anaaa-9999"\naction = "accept"\nanswer = "x"\n{WHO}'
    with pytest.raises(BlueprintError, match=r"a written answer is marked in written\.csv"):
        parse_corrections(text.encode(), "corrections.toml", sheets)


@given(
    st.binary(max_size=80)
    | st.text(alphabet='[]corections"=\n itmslovdacepn1234.#', max_size=120).map(str.encode)
)
def test_any_bytes_are_corrections_or_a_refusal(data):
    """No other error than our own."""
    try:
        assert parse_corrections(data, "corrections.toml", SHEETS)
    except BlueprintError:
        return


def test_a_damaged_record_of_marks_is_refused():
    """What a later marking is compared with has to be a record."""
    with pytest.raises(FormatError, match="field 'students' is missing"):
        remarking.changes({}, marks())


def test_the_command_marks_again_lists_changes_and_refuses_to_lower(tmp_path):
    """Marked, corrected and marked again; a fall is refused, nothing is written; with the switch it is."""
    for each in SHEETS.values():
        write_sheet(tmp_path, each)
    folder = tmp_path / "responses"
    folder.mkdir()
    for name, given_answers in ANSWERS.items():
        body = {"paper": "quiz-1", "student": name, "answers": given_answers}
        (folder / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    runner = CliRunner()
    arguments = ["exam", "mark", str(tmp_path), str(folder)]
    first = runner.invoke(app, arguments)
    assert first.exit_code == 0, first.output
    assert "changed" not in first.output
    file = tmp_path / "corrections.toml"
    file.write_text(f'[[corrections]]\nslot = 2\naction = "full-marks"\n{WHO}', encoding="utf-8")
    again = runner.invoke(app, arguments)
    assert "1 marks changed since the last marking" in again.output
    assert "bob: 1.5 of 7, now 4 of 7; bobaa-2222: full-marks" in again.output
    before = (tmp_path / "marks/marks.json").read_bytes()
    file.write_text(f'[[corrections]]\nslot = 2\naction = "void"\n{WHO}', encoding="utf-8")
    lower = runner.invoke(app, arguments)
    assert isinstance(lower.exception, MarksFallError)
    assert (tmp_path / "marks/marks.json").read_bytes() == before
    allowed = runner.invoke(app, [*arguments, "--allow-lower"])
    assert allowed.exit_code == 0, allowed.output
    assert "bob: 4 of 7, now 0 of 3" in allowed.output
