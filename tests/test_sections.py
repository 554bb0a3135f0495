"""Sections, lists of families, partial-credit rules, orders and versions: fair, frozen, and nothing of it changes a key."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank, credit, exam, families, shuffling
from question_bank.answers import Array, Choice, Choices, Integer
from question_bank.assigning import assign, neighbours
from question_bank.blueprint import Blueprint, Section, Slot, parse_blueprint
from question_bank.draw import Draw
from question_bank.errors import BlueprintError, FormatError, MissingTranslationError
from question_bank.exporters import EXPORTERS
from question_bank.frozen import canonical
from question_bank.issued import KeyItem, Sheet, read_exam, read_sheets
from question_bank.issuing import identity
from question_bank.judging import mark_item
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import Part, Question, Wrong
from question_bank.paper import Paper
from question_bank.roster import Student
from question_bank.values import Grid

KEY = CourseKey(bytes(range(32)))
OLD = b"""title = "Quiz 1"
paper = "quiz-1"

[[slots]]
family = "conv-output-size"
count = 2
points = 1.5
radicals = { s = 2, p = [1, 2] }

[[slots]]
family = "max-pool-by-hand"
points = 2

[[slots]]
family = "conv-output-size-choice"

[[slots]]
family = "why"
"""
ISSUED_BEFORE = {
    "exam": "4c4241815522a9327b9f3551f66df4023c06aa5c4064756244eaf7ad09c6a340",
    "key/students/s0.json": "ca877c48b8b5654beebf87d9cdd33533c383baee89c59c981b92e04c8bc8fc7f",
    "key/students/s1.json": "d66452ed1b44b461f19759c76fd8cd1f000c11c68bee9c412d01f55632f8b293",
    "key/students/s2.json": "2c26cdb1a6f61b13b919c2b18e2c225e99bc693b4b51a6cb566ed8b2ecd785f5",
    "key/students/s3.json": "db15c4a3d72cb6622bfe3c8799f01b946856f6635055bd579242fd154fc78e3b",
    "papers/s0.json": "d6ec6d70af78c850f7852486a798db2a4b027e50c1ef9e15b3f60ba1643d6e59",
    "papers/s1.json": "07c8745915969dcf6147a49f61868950ba58d1d116b5364c0b8ebcc97cfaa523",
    "papers/s2.json": "b627dfe380cb7fee80701d22c6c9e5cc9802dcc60a11607fc6023130870e1b0e",
    "papers/s3.json": "cffd1dfbea3f5cf87af5b26771c80c0ba3361514f1117effb26659828552cdb6",
}
"""Digests of what this blueprint gave before there were sections, versions and codes at the end of stems."""

WHOLE = """title = "Exam"
paper = "exam-1"
shuffle = ["items", "options"]

[[sections]]
title = "Sizes"
intro = "Let $n = 5$; a set is {1, 2}."
[[sections.slots]]
family = ["conv-output-size", "pool-output-shape"]
count = 4
[[sections.slots]]
family = "conv-output-size-choice"
credit = "all-or-nothing"

[[sections]]
shuffle = []
[[sections.slots]]
family = "max-pool-by-hand"
credit = "per-cell"

[texts.vi]
Sizes = "Kích thước"
"Let $n = 5$; a set is {1, 2}." = "Cho $n = 5$; một tập hợp là {1, 2}."
""".encode()


def students(count):
    """Make a class, one of whom writes in Vietnamese."""
    return tuple(Student(f"s{n}", f"Student {n}", language=("", "vi")[n == 2]) for n in range(count))


def without_codes(data):
    """Return frozen JSON as it was before stems ended in codes."""
    frozen = json.loads(data)
    assert frozen.pop("coded") is True
    for item in frozen["items"]:
        item.pop("code", None)
    return canonical(frozen) + b"\n"


def test_a_blueprint_of_before_gives_the_papers_of_before(tmp_path):
    """Byte for byte, in both languages, but for the codes at the end of stems."""
    exam.build(parse_blueprint(OLD), students(4), KEY, tmp_path, ["json"])
    assert hashlib.sha256((tmp_path / "key" / "exam.json").read_bytes()).hexdigest() == ISSUED_BEFORE["exam"]
    for name in sorted(ISSUED_BEFORE)[1:]:
        digest = hashlib.sha256(without_codes((tmp_path / name).read_bytes())).hexdigest()
        assert digest == ISSUED_BEFORE[name], name


def test_a_paper_of_before_is_shown_as_before(tmp_path):
    """A sheet that was frozen without codes stays without, in every format."""
    exam.build(parse_blueprint(OLD), students(1), KEY, tmp_path, ["json"])
    sheet = replace(read_sheets(tmp_path)["s0"], coded=False)
    for name in ("html", "json"):
        shown = EXPORTERS.get(name).export(exam.paper_of(sheet)).decode()
        assert f"[{sheet.items[0].id.upper()}]" not in shown
    assert b"coded" not in canonical(sheet.to_json())
    assert not any("code" in item for item in exam.paper_of(sheet).to_json()["items"])


def test_every_stem_ends_in_the_code_of_its_item(tmp_path):
    """On the page after the text, in JSON beside it."""
    exam.build(parse_blueprint(OLD), students(1), KEY, tmp_path)
    sheet = read_sheets(tmp_path)["s0"]
    page = (tmp_path / "papers" / "s0.html").read_text(encoding="utf-8")
    paper = json.loads((tmp_path / "papers" / "s0.json").read_bytes())
    for item, shown in zip(sheet.items, paper["items"], strict=True):
        assert page.count(f"[{item.id.upper()}]</span></p>") == 1
        assert shown["code"] == item.id.upper()


def test_sections_families_rules_and_orders_are_frozen_and_shown(tmp_path):
    """The paper tells titles, formulas and rules; its items stand inside their section; all of it reads back."""
    blueprint = parse_blueprint(WHOLE)
    assert Blueprint.from_json(json.loads(canonical(blueprint.to_json()))) == blueprint
    exam.build(blueprint, students(6), KEY, tmp_path)
    sheets = read_sheets(tmp_path)
    assert read_exam(tmp_path).blueprint == blueprint
    for name, sheet in sheets.items():
        assert Sheet.from_json(json.loads(canonical(sheet.to_json()))) == sheet
        paper = Paper.from_json(json.loads((tmp_path / "papers" / f"{name}.json").read_bytes()))
        assert paper == exam.paper_of(sheet)
        assert [heading.first for heading in paper.sections] == [0]
        assert {item.slot for item in paper.items[:5]} == {0, 1}
        assert [item.id for item in paper.items] == [item.id for item in sheet.shown]
        assert [item.slot for item in sheet.items] == [
            0,
            0,
            0,
            0,
            1,
            2,
        ]  # columns of marks are the same for all
    assert len({sheet.order for sheet in sheets.values()}) > 1
    page = (tmp_path / "papers" / "s0.html").read_text(encoding="utf-8")
    for words in (
        "<h2>Sizes</h2>",
        "a set is {1, 2}.",
        "All points for a whole right answer, otherwise none.",
    ):
        assert page.count(words) == 1
    vietnamese = (tmp_path / "papers" / "s2.html").read_text(encoding="utf-8")
    for words in ("Trả lời đúng hoàn toàn", "<h2>Kích thước</h2>", "một tập hợp là {1, 2}."):
        assert words in vietnamese
    assert "Sizes" not in vietnamese


def test_a_section_without_its_title_in_a_language_stops_the_issue(tmp_path):
    """No paper mixes languages; the message names the text, and where to add it."""
    blueprint = parse_blueprint(WHOLE.replace(b'Sizes = "', b'Size = "'))
    with pytest.raises(
        MissingTranslationError,
        match=r"the exam is in 'en' and has no 'Sizes' in 'vi'; add it under \[texts\.vi\]",
    ):
        exam.build(blueprint, students(3), KEY, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_which_family_of_a_list_is_taken_is_the_same_for_the_class(tmp_path):
    """One after the other: two families, four items, two of each; another course key may take another order."""
    exam.build(parse_blueprint(WHOLE), students(5), KEY, tmp_path)
    found = {tuple(item.question.family for item in sheet.items) for sheet in read_sheets(tmp_path).values()}
    assert len(found) == 1
    assert Counter(found.pop()[:4]) == {"conv-output-size": 2, "pool-output-shape": 2}
    one = Blueprint("Q", "q", (Slot("conv-output-size", others=("pool-output-shape",)),))
    from question_bank.planning import plan

    first = {plan(one, CourseKey(bytes([n] * 32)), 3)[0].family for n in range(12)}
    assert first == {"conv-output-size", "pool-output-shape"}


def test_options_in_another_order_are_proved_again(one_thread):
    """In every family that has options: the oracle finds the same ones right, and wrong answers keep their text."""
    mixed_families = 0
    for path in sorted(Path(families.__file__).parent.glob("*.py")):
        if not re.search("Choice|lettered|concepts", path.read_text(encoding="utf-8")):
            continue  # its spaces take long to count, and it offers no options
        name = path.stem.replace("_", "-")
        if name not in bank.names():
            continue
        family = bank.get(name)
        question = family.build(family.space.at(len(family.space) // 2), Draw("options", name))
        if not any(isinstance(part.answer, Choice | Choices) for part in question.parts):
            continue
        mixed = shuffling.shuffled(question, Draw("mix", name))
        bank.prove(family, mixed)
        mixed_families += mixed != question
        for part, other in zip(question.parts, mixed.parts, strict=True):
            if isinstance(part.answer, Choice | Choices):
                assert sorted(part.answer.options) == sorted(other.answer.options)
                assert texts(part.answer, part.answer.value) == texts(other.answer, other.answer.value)
        assert [told(question, wrong) for wrong in question.wrong] == [
            told(mixed, wrong) for wrong in mixed.wrong
        ]
    assert mixed_families >= 8


def texts(answer, letters):
    """Return the options that letters stand for."""
    return {answer.options[ord(letter) - ord("A")] for letter in letters}


def told(question, wrong):
    """Return a wrong answer without letters."""
    answer = question.parts[wrong.part].answer
    options = isinstance(answer, Choice | Choices) and isinstance(wrong.value, str)
    return wrong.misconception, wrong.part, texts(answer, wrong.value) if options else wrong.value


def test_shuffled_options_do_not_make_an_item_another_one(tmp_path):
    """Two versions of a question that differ in the order of options count as the same item."""
    blueprint = parse_blueprint(WHOLE)
    exam.build(blueprint, students(4), KEY, tmp_path)
    for sheet in read_sheets(tmp_path).values():
        item = sheet.items[4]
        plain = bank.get(item.question.family)
        assert (item.same or identity(item.question)) != ""
        bank.prove(plain, item.question)


def question(*answers):
    """Return a question with these keys."""
    return Question("x", 1, {}, Message("?"), tuple(Part(answer, Message("p")) for answer in answers))


GRID = Array(Grid((1, 4), (1, 2, 3, 4)), show_size=True)
RULES = {
    "parts": Fraction(3, 8),
    "per-cell": Fraction(3, 5),
    "whole-parts": Fraction(0),
    "all-or-nothing": Fraction(0),
}


@pytest.mark.parametrize(("rule", "earned"), RULES.items(), ids=RULES)
def test_a_rule_decides_what_parts_earn(rule, earned):
    """Three of four cells right, the other part wrong; frozen with the item, and all points for all right."""
    item = KeyItem("k", 0, 2, question(GRID, Integer(7)), credit=rule)
    assert KeyItem.from_json(json.loads(canonical(item.to_json()))) == item
    assert mark_item(item, {"k/a": "1 2 3 9", "k/b": "8"}).points == 2 * earned
    assert mark_item(item, {"k/a": "1 2 3 4", "k/b": "7"}).points == 2
    assert mark_item(item, {}).points == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.fractions(0, 1), min_size=1, max_size=6))
def test_no_rule_gives_more_than_all_or_less_than_nothing(fractions):
    """Stricter rules never give more; all right is always everything."""
    answers = [Integer(1)] * len(fractions)
    shares = [credit.share(rule, answers, fractions) for rule in credit.RULES]
    assert 0 <= shares[3] <= shares[2] <= shares[0] == shares[1] <= 1
    assert {credit.share(rule, answers, [Fraction(1)] * len(fractions)) for rule in credit.RULES} == {1}


def test_a_rule_that_there_is_not_is_refused():
    """A frozen file of a newer LeGrade is not marked by another rule."""
    data = KeyItem("k", 0, 1, question(GRID), credit="whole-parts").to_json()
    with pytest.raises(FormatError, match=r"credit='half': expected one of parts, per-cell.*a newer LeGrade"):
        KeyItem.from_json({**data, "credit": "half"})


def test_an_order_that_is_none_is_refused():
    """A damaged order would leave an item out."""
    sheet = Sheet("Q", "q", Student("1", "An"), (KeyItem("k", 0, 1, question(GRID)),) * 2, order=(1, 0))
    with pytest.raises(FormatError, match=r"order=\[0, 0\]: expected the positions of 2 items, each once"):
        Sheet.from_json({**sheet.to_json(), "order": [0, 0]})


def versions(count):
    """Return a blueprint of some versions."""
    slots = (Slot("conv-output-size", 2), Slot("max-pool-by-hand"))
    return Blueprint("Quiz", "quiz-1", slots, versions=count, shuffle=("items",))


def test_students_of_a_version_have_the_same_items(tmp_path):
    """Three versions for ten students: as many of each as can be, the same codes within, other items between."""
    exam.build(versions(3), students(10), KEY, tmp_path)
    sheets = read_sheets(tmp_path)
    assert sorted(Counter(sheet.version for sheet in sheets.values()).values()) == [3, 3, 4]
    codes = {(sheet.version, tuple(item.id for item in sheet.shown)) for sheet in sheets.values()}
    assert len(codes) == 3
    assert len({code for _, items in codes for code in items}) == 9
    items = {(item.same or identity(item.question)) for sheet in sheets.values() for item in sheet.items}
    assert len(items) == 9
    page = (tmp_path / "papers" / "s0.html").read_text(encoding="utf-8")
    assert f"<dt>Version</dt><dd>{sheets['s0'].version}</dd>" in page
    assert "Every student gets other numbers" not in page


def test_a_late_joiner_gets_one_of_the_versions_and_changes_nothing(tmp_path):
    """Also one who writes in another language than anybody of that version did."""
    exam.build(versions(2), students(2), KEY, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    exam.build(versions(2), students(6), KEY, tmp_path)
    assert {path: path.read_bytes() for path in before} == before
    sheets = read_sheets(tmp_path)
    assert sheets["s2"].language == "vi"
    assert len({tuple(item.id for item in sheet.items) for sheet in sheets.values()}) == 2


def test_versions_of_a_build_that_was_killed_go_on_as_if_it_had_not_been(tmp_path):
    """Sheets are written by id: with the last ones missing, building again ends with the same bytes, seats or not."""
    seats = [(n % 3, n // 3) for n in range(9)]
    class_ = (
        *(
            Student(f"s{(7 * n) % 9}", "x", row=str(row + 1), seat=str(place + 1))
            for n, (row, place) in enumerate(seats)
        ),
        *(Student(f"{name}{n}", "x") for n in range(2) for name in "az"),
    )
    exam.build(versions(3), class_, KEY, tmp_path, ["json"])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for missing in (1, 5, 12):
        for path in sorted((tmp_path / "key" / "students").glob("*.json"))[-missing:]:
            path.unlink()
        exam.build(versions(3), class_[::-1], KEY, tmp_path, ["json"])
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_one_version_for_everybody(tmp_path):
    """A classic exam: the same paper for the class."""
    built = exam.build(versions(1), students(30), KEY, tmp_path, ["json"])
    assert built.shortages == ()
    assert {sheet.version for sheet in read_sheets(tmp_path).values()} == {"A"}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 6),
    st.sets(st.tuples(st.integers(1, 6), st.integers(1, 8)), min_size=1, max_size=30),
    st.integers(0, 5),
)
def test_neighbours_have_different_versions(count, seats, standing):
    """In any room, nobody beside or behind has the same; with four and more, nobody across either. Who has no seat gets one, too."""
    seated = [Student(f"s{n}", "x", row=str(r), seat=str(c)) for n, (r, c) in enumerate(sorted(seats))]
    class_ = [*seated, *(Student(f"t{n}", "x") for n in range(standing))]
    names = "ABCDEF"[:count]
    found = assign(class_, {}, class_, names, lambda id_: Draw("v", id_))
    assert found == assign(class_[::-1], {}, class_, names, lambda id_: Draw("v", id_))
    assert set(found) == {student.id for student in class_}
    beside, behind, across = neighbours(class_, found)
    assert (beside.alike, behind.alike) == (0, 0)
    assert across.alike == 0 or count < 4


@given(st.integers(1, 6), st.integers(0, 40), st.integers(0, 40))
def test_without_seats_versions_are_balanced(count, old, new):
    """No version is used two times more often than another, late joiners included."""
    names = "ABCDEF"[:count]
    first = [Student(f"s{n:02}", "x") for n in range(old)]
    kept = assign(first, {}, first, names, lambda id_: Draw("v", id_))
    later = [Student(f"t{n:02}", "x") for n in range(new)]
    found = assign(later, kept, [*first, *later], names, lambda id_: Draw("v", id_))
    uses = Counter(dict.fromkeys(names, 0))
    uses.update([*kept.values(), *found.values()])
    assert max(uses.values()) - min(uses.values()) <= 1


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("versions", 3, r"versions was 2, is 3"),
        ("shuffle", (), r"shuffle was \('items',\), is \(\)"),
        ("sections", (Section("A", "", 2),), r"sections was \(\), is"),
    ],
)
def test_papers_of_another_blueprint_are_not_mixed(tmp_path, field, value, what):
    """Each field of the exam counts."""
    exam.build(versions(2), students(2), KEY, tmp_path, ["json"])
    with pytest.raises(BlueprintError, match=what):
        exam.build(replace(versions(2), **{field: value}), students(2), KEY, tmp_path, ["json"])


def test_wrong_answers_move_with_their_option():
    """A misconception that is named by a letter is named by the letter that the option has now."""
    asked = replace(
        question(Choice(("3", "4", "5"), "B")),
        wrong=(Wrong("padding-once", 0, "A"), Wrong("padding-ignored", 0, "C")),
    )
    for seed in range(6):
        mixed = shuffling.shuffled(asked, Draw("s", seed))
        answer = mixed.parts[0].answer
        assert texts(answer, answer.value) == {"4"}
        assert [texts(answer, wrong.value) for wrong in mixed.wrong] == [{"3"}, {"5"}]
