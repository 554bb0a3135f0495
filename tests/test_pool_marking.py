"""Exports of course systems, written here as their sources write them, are read back: marked by our keys, and every bad row is told."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import bank, gaps, marking, pooling
from question_bank.answers import Array, Choice, Integer
from question_bank.blueprint import Blueprint, Slot
from question_bank.course_html import Look
from question_bank.errors import ExportError, ResponseError
from question_bank.gaps import NumberGap, OptionGap
from question_bank.issued import KeyItem, read_sheets, write_exam
from question_bank.judging import mark_item
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.paper import Heading
from question_bank.pool import Group, Pool, code
from question_bank.pool_answers import answers_of
from question_bank.pool_marking import import_export, known, write_import
from question_bank.spellings import decimal, spellings
from question_bank.values import Grid

LOOKS = {
    True: Look(lambda latex: f"\\({latex}\\)", lambda _: ""),
    False: Look(lambda _: "<img>", lambda _: ""),
}


def text_of(source):
    """Do what both systems do to HTML: tags go, entities are decoded."""
    return html.unescape(re.sub("<[^>]*>", "", source))


def entered(gap, *, moodle, letters, right=True):
    """Return how the right entry of a gap, or another, stands in an export."""
    if isinstance(gap, NumberGap):
        return decimal(gap.value + (0 if right else 12_345))
    if not isinstance(gap, OptionGap):
        return spellings(gap.value, gap.tolerance)[0] if right else "(12345, 1)"
    chosen = gap.right if right else next(each for each in gap.letters() if each not in gap.right)
    if letters:
        return chosen.replace("", " ").strip()
    texts = [text_of(LOOKS[moodle].template(gap.options[gap.letters().index(each)])) for each in chosen]
    if moodle or not gap.several:
        return "; ".join(texts)
    return ",".join(text.replace(",", "\\,") for text in texts)


def response(question, *, moodle, right=True):
    """Write the cell of a question whose gaps are all right, or all wrong."""
    parts = gaps.asked(question)
    every = [gap for part in parts for gap in part.gaps]
    alone = len(every) == 1 and parts[0].layout == "line"
    dropdowns = all(isinstance(gap, OptionGap) and not gap.several for gap in every)
    letters = not moodle and not alone and not dropdowns
    texts = [entered(gap, moodle=moodle, letters=letters, right=right) for gap in every]
    if alone:
        return texts[0]
    if moodle:
        return "; ".join(f"part {number}: {text}" for number, text in enumerate(texts, start=1))
    return ",".join(text.replace(",", "\\,") for text in texts)


@pytest.mark.parametrize("moodle", [True, False])
def test_a_right_response_is_read_back_as_its_key(moodle, one_thread):
    """All points, from what the export says: one family in three, other ones for each system."""
    read_back = 0
    for name in bank.names()[int(moodle) :: 3]:
        item = KeyItem("k7q2-m3xa", 0, 1, bank.generate(name, 3))
        try:
            parts = gaps.asked(item.question)
        except ExportError:
            continue
        if any(part.by_person for part in parts):
            continue
        given = answers_of(item, response(item.question, moodle=moodle), moodle=moodle, language="en")
        read_back += 1
        mark = mark_item(item, given)
        assert mark.points == 1, (name, given, mark)
    assert read_back > 30


ONE = Question("test", 1, {}, Message("How many?"), (Part(Integer(14), Message("")),))
THIRD = Question("test", 1, {}, Message("?"), (Part(Array(Grid((1, 2), (Fraction(1, 3), 2))), Message("")),))
TWO = Question(
    "test",
    1,
    {},
    Message("?"),
    (Part(Integer(3), Message("")), Part(Choice(("less, or so", "more; much"), "B"), Message(""))),
)
POOL = Pool(
    "Quiz",
    "quiz-1",
    tuple(
        Group(
            f"Slot {slot + 1}",
            "t",
            1,
            tuple(KeyItem(f"{letter}{slot}xx-aaaa", slot, 1, q) for letter in "ab"),
            2,
        )
        for slot, q in enumerate((ONE, TWO, THIRD))
    ),
)
ITEMS = {item.id: item for item in POOL.items()}
MOODLE_HEAD = ["Last name", "First name", "ID number", "Email address", "State", "Grade/3.00"]


def moodle_csv(rows, *, text=True, columns=3):
    """Write the report: (id, [(item, response)]) of each row."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    numbered = range(1, columns + 1)
    kinds = (["Question {}"] if text else []) + ["Response {}", "Right answer {}"]
    writer.writerow([*MOODLE_HEAD, *(kind.format(n) for n in numbered for kind in kinds)])
    for id_, cells in rows:
        row = ["Lê", "Án", id_, f"{id_}@x.org", "Finished", "1.00"]
        for item, answer in cells:
            row += [f"How many? {code(item) if item else 'nothing'} Pixels"] if text else []
            row += [answer, "secret"]
        writer.writerow(row)
    return stream.getvalue().encode("utf-8-sig")


def canvas_csv(rows, texts=()):
    """Write the analysis: a pair of columns for each item that anybody was asked, after those of questions that ask nothing."""
    asked = list(dict.fromkeys(item for _, cells in rows for item, _ in cells))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    heads = [cell for n, text in enumerate(texts) for cell in (f"{900 + n}: {text}", "0.0")]
    heads += [cell for n, item in enumerate(asked) for cell in (f"{100 + n}: How\nmany? {code(item)}", "1.0")]
    writer.writerow(
        [
            "name",
            "id",
            "sis_id",
            "section",
            "section_id",
            "submitted",
            *heads,
            "n correct",
            "n incorrect",
            "score",
        ]
    )
    for id_, cells in rows:
        given = dict(cells)
        pairs = ["", "0.0"] * len(texts)
        pairs += [cell for item in asked for cell in ((given[item], "0.0") if item in given else ("", ""))]
        writer.writerow(["Lê Án", id_, "s", "A", "1", "2026-11-21", *pairs, "0", "3", "0.0"])
    return stream.getvalue().encode()


GOOD_M = [
    ("a0xx-aaaa", "14"),
    ("b1xx-aaaa", "part 1: 3; part 2: more; much"),
    ("a2xx-aaaa", "part 1: 0.3333; part 2: "),
]
GOOD_C = [("a0xx-aaaa", "14"), ("b1xx-aaaa", "3,B"), ("a2xx-aaaa", "0.3333,2")]


def reasons(found):
    """What was told."""
    return [problem.reason for problem in found.problems]


def test_a_class_goes_from_a_report_to_marks(tmp_path):
    """Moodle's rows become papers of the items that were drawn; an empty gap costs its share; a decimal stands for its third."""
    rows = [("an", GOOD_M), ("bo", [("b0xx-aaaa", "-"), *GOOD_M[1:]]), ("cy", [("", "-")] * 3)]
    rows[2] = ("cy", [("a0xx-aaaa", "-"), ("a1xx-aaaa", "-"), ("b2xx-aaaa", "-")])
    found = write_import(tmp_path, import_export(POOL, moodle_csv(rows), "m.csv"))
    assert not found.problems
    assert [item.id for item in read_sheets(tmp_path)["bo"].items] == ["b0xx-aaaa", "b1xx-aaaa", "a2xx-aaaa"]
    marks = marking.mark(tmp_path, tmp_path / "responses")
    assert {mark.student.id: mark.points for mark in marks.students} == {
        "an": Fraction(5, 2),
        "bo": Fraction(3, 2),
        "cy": 0,
    }
    assert marks.students[0].student.name == "Án Lê"
    assert not marks.problems
    assert b"secret" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    again = write_import(tmp_path, import_export(POOL, moodle_csv(rows), "m.csv"))
    assert not again.problems
    other = import_export(POOL, moodle_csv([("an", [("b0xx-aaaa", "14"), *GOOD_M[1:]])]), "m.csv")
    assert reasons(write_import(tmp_path, other)) == [
        f"an: has a paper of other items in {tmp_path}; import into another folder"
    ]


def test_canvas_rows_have_a_pair_of_columns_for_each_item_that_anybody_drew(tmp_path):
    """A question that was not drawn has two empty cells; one that was and is empty has points."""
    rows = [("7", GOOD_C), ("8", [("b0xx-aaaa", ""), ("a1xx-aaaa", "3,A"), ("b2xx-aaaa", "1,2")])]
    found = write_import(tmp_path, import_export(POOL, canvas_csv(rows), "c.csv"))
    assert not found.problems
    marks = marking.mark(tmp_path, tmp_path / "responses")
    assert {mark.student.id: mark.points for mark in marks.students} == {"7": 3, "8": 1}


def test_what_a_section_says_is_no_question_of_canvas(tmp_path):
    """Its text is a column of the analysis like any other: without tags, its formulas gone, a point column of 0.0."""
    pool = replace(POOL, sections=(Heading("A & B", "Let $n = 5$; x < 3.", 0), Heading("", "More.", 2)))
    data = canvas_csv([("7", GOOD_C)], texts=("A &amp; B\nLet ; x &lt; 3.", "More."))
    found = write_import(tmp_path, import_export(pool, data, "c.csv"))
    assert not found.problems
    assert [item.id for item in read_sheets(tmp_path)["7"].items] == [name for name, _ in GOOD_C]
    other = import_export(POOL, data, "c.csv")
    assert (
        "row 6: 7: question '900: A &amp; B\\nLet ; x &lt; 3.' has the code of no item of this pool"
        in reasons(other)
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            [("", "14"), *GOOD_M[1:]],
            "bo: question 'How many? nothing Pixels' has the code of no item of this pool",
        ),
        ([GOOD_M[1], *GOOD_M[1:]], "bo: item [B1XX-AAAA] is there twice"),
        ([("a1xx-aaaa", "-"), *GOOD_M[1:]], "bo: 2 items of 'Slot 2', expected one"),
        (
            [GOOD_M[0], ("b1xx-aaaa", "part 1: 3"), GOOD_M[2]],
            "bo: [B1XX-AAAA] counts as not answered: gap 2 of 2 is missing",
        ),
        (
            [GOOD_M[0], ("b1xx-aaaa", "part 1: 3; part 2: none"), GOOD_M[2]],
            "bo: [B1XX-AAAA] counts as not answered: 'none' is none of the options",
        ),
        (
            [GOOD_M[0], ("b1xx-aaaa", "3"), GOOD_M[2]],
            "bo: [B1XX-AAAA] counts as not answered: got '3 ', expected 2 gaps as 'part 1: 24; part 2: 3'",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_told_and_the_others_are_read(cells, reason):
    """The row, whose it is, what is wrong."""
    found = import_export(POOL, moodle_csv([("an", GOOD_M), ("bo", cells)]), "m.csv")
    assert f"row 3: {reason}" in reasons(found)
    assert "an" in found.sheets


def test_rows_of_one_student_strangers_and_broken_rows_are_told():
    """Two attempts, no id, not UTF-8, too short, not in the class list, a slot that others were asked."""
    rows = [("an", GOOD_M), ("bo", GOOD_M), ("bo", GOOD_M), ("", GOOD_M), ("x\x07", GOOD_M), ("cy", GOOD_M)]
    data = (
        moodle_csv(rows)
        + b"a,b\n"
        + moodle_csv([("di", GOOD_M)]).split(b"\r\n", 1)[1].replace(b"di,", b"d\xff,")
    )
    found = known(import_export(POOL, data, "m.csv"), ["an"], "class.csv")
    assert reasons(found) == [
        "row 8: 2 cells, expected 15 as in the header",
        "row 9: byte 0xff is not UTF-8; save the table as 'CSV UTF-8'",
        "row 5: no id of a student",
        "row 6: student 'x\\x07': expected an id of at most 200 printable characters",
        "row 3: bo: 2 rows (3, 4); leave the attempt that counts",
        "cy: is not in class.csv",
    ]
    assert list(found.sheets) == ["an"]
    short = import_export(POOL, canvas_csv([("7", GOOD_C), ("8", GOOD_C[:2])]), "c.csv")
    assert reasons(short) == ["8: no item of 'Slot 3', which others were asked; mark by hand"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "m.csv: row 1: got no header; expected the table as the course system exports it"),
        (
            b"a,b\n1,2\n",
            "m.csv: row 1: got the columns 'a, b', expected Moodle's quiz report 'Responses' or Canvas's",
        ),
        (
            moodle_csv([("an", GOOD_M)], text=False),
            "m.csv: row 1: got 'Response 1' and no 'Question 1'; tick 'question text' under 'Display options'",
        ),
        (
            b"Question 1,Response 1\nq,r\n",
            "m.csv: row 1: expected a column 'ID number', 'Username' or 'Email address'",
        ),
        (b"name,1: q,1.0,n correct\nx,1,1,1\n", "m.csv: row 1: expected a column 'id'; an anonymous survey"),
    ],
)
def test_what_is_no_such_export_is_refused(data, message):
    """What was got, what is expected, what to tick."""
    with pytest.raises(ResponseError, match=re.escape(message)):
        import_export(POOL, data, "m.csv")


def test_papers_that_were_built_are_left_alone(tmp_path):
    """An exam of our own and what a course system asked do not mix."""
    from question_bank.planned import Exam

    write_exam(tmp_path, Exam(Blueprint("Quiz", "quiz-1", (Slot("conv-output-size"),)), (), "key"))
    with pytest.raises(
        ResponseError, match="holds papers that `legrade exam build` wrote; give --out a folder of its own"
    ):
        write_import(tmp_path, import_export(POOL, moodle_csv([("an", GOOD_M)]), "m.csv"))


def test_the_command_takes_a_report_to_marks_and_tells_what_is_left_out(tmp_path, one_thread):
    """A pool of families, its export with wrong answers of everybody but one, a class list; exit code 1 for the stranger."""
    quiz = Blueprint("Quiz", "quiz-1", (Slot("conv-output-size"), Slot("max-pool-by-hand")))
    built = pooling.build_pool(quiz, CourseKey(bytes(range(32))), 3, tmp_path / "pool", ["moodle"])
    rows = [
        (
            id_,
            [
                (g.items[0].id, response(g.items[0].question, moodle=True, right=id_ == "an"))
                for g in built.pool.groups
            ],
        )
        for id_ in ("an", "bo", "eve")
    ]
    (tmp_path / "m.csv").write_bytes(moodle_csv(rows, columns=2))
    (tmp_path / "class.csv").write_text("id,name\nan,An\nbo,Bo\n", encoding="utf-8")
    run, out = CliRunner(), str(tmp_path / "back")
    arguments = ["exam", "import", str(tmp_path / "pool"), str(tmp_path / "m.csv"), "--out", out]
    done = run.invoke(app, [*arguments, "--roster", str(tmp_path / "class.csv")])
    assert done.exit_code == 1
    assert f"not used: m.csv: eve: is not in {tmp_path / 'class.csv'}" in done.output
    assert f"Next: legrade exam mark {out} {out}/responses" in done.output
    assert run.invoke(app, ["exam", "mark", out, f"{out}/responses"]).exit_code == 0
    record = json.loads((tmp_path / "back" / "marks" / "marks.json").read_bytes())
    assert {each["student"]: each["points"] for each in record["students"]} == {"an": "2", "bo": "0"}
    none = run.invoke(app, ["exam", "import", out, str(tmp_path / "m.csv"), "--out", out])
    assert "holds no pool; give the folder that `legrade exam pool --out` wrote" in str(none.exception)


@settings(max_examples=150)
@given(st.binary(max_size=60) | st.text('14,"\n;: part-[]AXa0', max_size=80).map(str.encode), st.booleans())
def test_any_bytes_are_an_export_or_a_refusal(noise, moodle):
    """Nothing but our own errors, and papers only of students and items that are there."""
    base = moodle_csv([("an", GOOD_M)]) if moodle else canvas_csv([("7", GOOD_C)])
    for data in (noise, base + noise, base[: len(noise) * 7] + noise):
        try:
            found = import_export(POOL, data, "x.csv")
        except ResponseError:
            continue
        for sheet in found.sheets.values():
            assert {item.id for item in sheet.items} <= set(ITEMS)


@given(st.text("ab1;:, part23", max_size=60))
def test_a_cell_is_read_whole_or_refused(cell):
    """Whatever stands in it."""
    for item in ITEMS.values():
        for moodle in (True, False):
            try:
                given_ = answers_of(item, cell, moodle=moodle, language="en")
            except ResponseError:
                continue
            assert mark_item(item, given_).max_points == 1
