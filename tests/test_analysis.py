"""Item analysis: statistics as published, misconceptions that were planted, a page and a table that can be given to anybody."""

import contextlib
import copy
import csv
import io
import json
import re
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import analysis, analysis_page, bank, marksheet
from question_bank import item_statistics as statistics
from question_bank.analysis import analyse
from question_bank.analysis_reading import RIGHT
from question_bank.blueprint import Blueprint, Slot
from question_bank.errors import FormatError, ResponseError
from question_bank.exam import build
from question_bank.issued import read_sheets
from question_bank.keys import CourseKey
from question_bank.marking import mark_all
from question_bank.paper import key_of
from question_bank.responses import Response
from question_bank.roster import Student
from question_bank.values import show

# Law School Admission Test, section 6: 1,000 students by their pattern of right answers to five items, 00000 to 11111
# (Bock & Lieberman, Psychometrika 35, 1970, table 1).
LSAT = (
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15,
    10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
)  # fmt: skip
PLANTED = {"plus-one-forgotten": 12, "padding-once": 7}
"""How many of forty students have which misconception; the others are right."""


def lsat():
    """The table of item scores."""
    return [
        [int(bit) for bit in f"{pattern:05b}"] for pattern, count in enumerate(LSAT) for _ in range(count)
    ]


def test_facility_discrimination_and_alpha_are_as_published():
    """As Rizopoulos (J. Stat. Software 17(5), 2006) gives them for the LSAT: excluded correlations, alpha, proportions."""
    table = lsat()
    assert [round(float(share), 3) for share in np.mean(table, axis=0)] == [0.924, 0.709, 0.553, 0.763, 0.870]
    found = [round(statistics.discrimination(table, item), 4) for item in range(5)]
    assert found == [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
    assert round(statistics.alpha(table), 4) == 0.2950
    without = [round(statistics.alpha(np.delete(table, item, axis=1).tolist()), 4) for item in range(5)]
    assert without == [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]


def test_the_interval_of_alpha_covers_the_true_value_as_often_as_it_says():
    """600 classes of 40 students and 6 items of one factor: 95 % of the intervals hold the alpha of the population."""
    rng = np.random.default_rng(7)
    true = 6 / 5 * (1 - 6 * 2.0 / (36 * 1.0 + 6 * 1.0))
    held = 0
    for _ in range(600):
        table = rng.standard_normal((40, 1)) + rng.standard_normal((40, 6))
        found = statistics.reliability(table.tolist())
        held += found.lower <= true <= found.upper
    assert 0.92 < held / 600 < 0.98


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda items: st.lists(
            st.lists(st.integers(0, 3), min_size=items, max_size=items), min_size=3, max_size=12
        )
    ),
    st.randoms(use_true_random=False),
)
def test_statistics_do_not_depend_on_the_order_and_are_none_where_nothing_varies(table, random):
    """The same students in another order give the same numbers; what a table does not determine is None."""
    shuffled = random.sample(table, len(table))
    one, other = statistics.alpha(table), statistics.alpha(shuffled)
    assert (one is None) == (len({sum(row) for row in table}) == 1)
    assert one is None or (one <= 1 and one == pytest.approx(other, abs=1e-9))
    for item in range(len(table[0])):
        found = statistics.discrimination(table, item)
        rest = {sum(row) - row[item] for row in table}
        assert (found is None) == (len(rest) == 1 or len({row[item] for row in table}) == 1)
        assert found is None or -1 <= found <= 1


def test_groups_are_compared_by_ranks_and_small_ones_are_left_out():
    """Groups that differ have a small p; four students are no group."""
    low, high = [0.0, 0.0, 0.1, 0.2, 0.1], [0.9, 1.0, 0.8, 1.0, 0.9]
    found = statistics.kruskal_wallis(low + high + [1.0] * 4, ["a"] * 5 + ["b"] * 5 + ["c"] * 4)
    assert found.p < 0.01
    assert found == statistics.kruskal_wallis(low + high, ["a"] * 5 + ["b"] * 5)
    assert statistics.kruskal_wallis(low + [1.0] * 4, ["a"] * 5 + ["c"] * 4) is None


def answers_of(sheet, misconception=None, wrong_items=()):
    """Answer a paper as a student with one misconception would: its answer where it is live, else the key."""
    typed = {}
    for place, item in enumerate(sheet.items):
        for number, part in enumerate(item.question.parts):
            value = part.answer.value
            for wrong in item.question.wrong:
                if wrong.part == number and wrong.misconception == misconception:
                    value = wrong.value
            typed[key_of(item.id, number)] = "" if place in wrong_items else show(value)
    return typed


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    """Forty students: a folder with papers, and the sheets."""
    folder = tmp_path_factory.mktemp("exam")
    slots = (
        Slot("conv-output-size", 4, radicals={"p": (2,), "s": (1,)}),
        Slot("conv-parameters"),
        Slot("max-pool-by-hand"),
    )
    class_ = [Student(f"s{number:02}", f"Student {number}") for number in range(40)]
    build(Blueprint("Quiz", "quiz-1", slots), class_, CourseKey(bytes(32)), folder / "quiz", ())
    return folder / "quiz"


def marked(exam, respond):
    """Mark what `respond(number, sheet)` answers and read the record as the command does; None hands nothing in."""
    sheets = read_sheets(exam)
    responses = [
        Response(f"{name}.json", sheet.paper, name, typed)
        for number, (name, sheet) in enumerate(sorted(sheets.items()))
        if (typed := respond(number, sheet)) is not None
    ]
    return sheets, json.loads(marksheet.to_json(mark_all(sheets, responses)))


def planted(number, sheet):
    """Give the first students the misconceptions; let one hand nothing in."""
    if number == 39:
        return None
    names = [name for name, count in PLANTED.items() for _ in range(count)]
    return answers_of(sheet, names[number] if number < len(names) else None)


@pytest.fixture(scope="module")
def recorded(exam):
    """The sheets, and the marks of the class with the planted misconceptions; copy them before a change."""
    return marked(exam, planted)


def test_planted_misconceptions_are_found_again_in_their_numbers(recorded):
    """Who holds one throughout is counted, and nobody else; each item counts the answers that a misconception leads to."""
    sheets, marks = recorded
    found = analyse(sheets, marks)
    assert found.counted == 39
    assert found.left_out == {"no response": 1}
    assert {one.name: one.throughout for one in found.misconceptions[:2]} == PLANTED
    assert not any(one.throughout for one in found.misconceptions[2:])
    names = [name for name, count in PLANTED.items() for _ in range(count)]
    for place, item in enumerate(found.items):
        want = dict.fromkeys(PLANTED, 0)
        for (_, sheet), held in zip(sorted(sheets.items()), names, strict=False):
            question = sheet.items[place].question
            values = [wrong.value for wrong in question.wrong if wrong.misconception == held]
            for name in question.misconceptions(0, values[0]) if values else ():
                want[name] = want.get(name, 0) + 1
        got = {name: sum(a.count for a in item.answers if name in a.name.split(" or ")) for name in want}
        assert got == want
        assert sum(answer.count for answer in item.answers) == 39
    assert found.items[-1].facility == 1
    assert found.items[-1].discrimination is None
    assert [a.name for a in found.items[-1].answers] == [RIGHT]


def test_a_variant_that_is_harder_than_the_others_is_told(exam):
    """Students with a larger image all leave the first item empty: its axis n is named, with a small p; no other item's."""
    sheets = read_sheets(exam)
    sizes = sorted(sheet.items[0].question.given["n"] for sheet in sheets.values())

    def respond(_, sheet):
        hard = sheet.items[0].question.given["n"] >= sizes[len(sizes) // 2]
        return answers_of(sheet, wrong_items=(0,) if hard else ())

    found = analyse(*marked(exam, respond))
    assert [drift.what for drift in found.items[0].drifts if drift.adjusted < 0.001] == ["n"]
    assert any(remark.startswith("variants differ by n") for remark in found.items[0].remarks)
    assert not any(item.drifts for item in found.items[1:])


def test_a_key_that_the_best_students_miss_is_told(exam):
    """Who is right elsewhere is wrong in the third item: negative discrimination, look at the key."""

    def respond(number, sheet):
        return answers_of(sheet, wrong_items=(2,) if number % 2 else (0, 1))

    found = analyse(*marked(exam, respond))
    assert found.items[2].discrimination == pytest.approx(-1)
    assert "students who are good elsewhere do worse here: look at the key" in found.items[2].remarks


class Closed(HTMLParser):
    """Sees that every element is closed in its turn, and collects attributes and text."""

    def __init__(self, source):
        super().__init__()
        self.open, self.attributes, self.text = [], [], []
        self.feed(source)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note an element without content."""
        del tag
        self.attributes += attrs

    def handle_endtag(self, tag):
        """Close the last one."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Collect the text."""
        self.text.append(data)


def test_the_page_is_whole_loads_nothing_and_is_the_same_twice(exam, recorded):
    """Well-formed, no address, every plot has words; the same marks give the same bytes."""
    found = analyse(*recorded)
    source = analysis_page.to_html(found)
    page = Closed(source.decode())
    assert source == analysis_page.to_html(analyse(*marked(exam, planted)))
    assert not re.search(rb"https?://", source)
    assert not [value for name, value in page.attributes if name in {"src", "style"} or name.startswith("on")]
    assert source.count(b"<svg viewBox") - source.count(b'aria-hidden="true"') <= source.count(b'role="img"')
    text = " ".join(page.text)
    assert "Padding counted on one side only" in text
    assert "not counted: 1 (no response)" in " ".join(text.split())


def test_the_table_has_every_answer_and_runs_nothing_in_a_spreadsheet(recorded):
    """One row for each answer of each part; a name that looks like a formula is made safe."""
    found = analyse(*recorded)
    rows = list(csv.DictReader(io.StringIO(analysis_page.to_csv(found).decode("utf-8-sig"))))
    assert len(rows) == sum(len(item.answers) for item in found.items)
    assert sum(int(row["count"]) for row in rows if row["item"] == "1") == 39
    odd = analysis.WrongAnswers(0, "=cmd()", 1, 1.0, None)
    item = found.items[0]
    evil = type(found)(
        found.title, found.paper, 1, {}, (1.0,), None, None,
        (type(item)(1, ("f",), Fraction(1), 1, 1, 1.0, None, (odd,), (), ("=1+1",)),),
    )  # fmt: skip
    [row] = csv.DictReader(io.StringIO(analysis_page.to_csv(evil).decode("utf-8-sig")))
    assert (row["answer"], row["remarks"]) == ("'=cmd()", "'=1+1")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda marks: marks["students"].clear(),
            ResponseError,
            "no student has a mark: mark responses first",
        ),
        (
            lambda marks: marks["students"][0].update(student="nobody"),
            FormatError,
            "student 'nobody' has marks and no paper here; give the folder that was marked",
        ),
        (
            lambda marks: marks["students"][0]["items"][0].update(item="zzzz"),
            FormatError,
            "is in the marks or the paper only; mark again",
        ),
        (lambda marks: marks.pop("title"), FormatError, "field 'title' is missing"),
        (
            lambda marks: marks["students"][0]["items"][0].update(points="many"),
            FormatError,
            "points='many': expected a number written n or n/d; mark again",
        ),
    ],
)
def test_marks_that_do_not_fit_the_papers_are_refused(recorded, change, error, message):
    """The message says what does not fit, and what to do."""
    sheets, marks = recorded[0], copy.deepcopy(recorded[1])
    change(marks)
    with pytest.raises(error, match=re.escape(message)):
        analyse(sheets, marks)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_damaged_marks_give_an_analysis_or_a_refusal(recorded, data):
    """Whatever is put in the place of one field, nothing but our own error is raised."""
    sheets, marks = recorded[0], copy.deepcopy(recorded[1])
    at = marks
    while True:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.integers(0, 5)) == 0:
            break
        at = at[key]
    at[key] = data.draw(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
            ),
            max_leaves=4,
        )
    )
    with contextlib.suppress(FormatError, ResponseError):
        analysis_page.to_html(analyse(sheets, marks))


def test_the_command_writes_page_and_table_for_the_instructor_only(exam, recorded, tmp_path):
    """Mode 0600, what to look at on the terminal; without marks it says what to do."""
    _, marks = recorded
    record = tmp_path / "marks.json"
    runner = CliRunner()
    missing = runner.invoke(app, ["exam", "analyse", str(exam), "--marks", str(record)])
    assert "there is none; mark responses first" in str(missing.exception)
    record.write_text(json.dumps(marks), encoding="utf-8")
    done = runner.invoke(app, ["exam", "analyse", str(exam), "--marks", str(record)])
    assert done.exit_code == 0, done.output
    assert "39 students, 6 items, alpha" in done.output
    assert "item 5 (conv-parameters): easy: 100% of the points were earned" in done.output
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("analysis.*")} == {
        "analysis.html": 0o600,
        "analysis.csv": 0o600,
    }
    assert bank.get("conv-parameters").name in (tmp_path / "analysis.html").read_text(encoding="utf-8")
