"""Practice sets: never an item of the exam, marked as practice, never marked as an exam, frozen, a reason for each wrong answer."""

import json
import stat
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import bank, exam, practice_reasons
from question_bank.answers import Choice, Choices, Integer
from question_bank.blueprint import Blueprint, Slot, parse_blueprint
from question_bank.errors import (
    BlueprintError,
    FormatError,
    MissingTranslationError,
    QuestionBankError,
    UnknownNameError,
)
from question_bank.issued import PRACTICE, read_exam, read_sheets
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import Part, Question, Wrong
from question_bank.past_items import items_of
from question_bank.planning import identity, plan, point_identity, stratum
from question_bank.practice import build_practice, numbered
from question_bank.practice_frozen import PracticeSets, read_practice
from question_bank.practice_plan import STREAM, asked_by_the_exam, practised
from question_bank.roster import Student
from question_bank.static_questions import parse_question

KEY = CourseKey(bytes(range(32)))
SLOT = Slot("conv-output-size", 2, radicals={"s": (2,), "p": (1,), "d": (1,)})
QUIZ = Blueprint("Quiz", "quiz-1", (SLOT, Slot("max-pool-by-hand")))
QUESTION = """stem = "What is {name} for?"
kind = "choice"
options = ["{{size}}", "speed", "colour"]
key = "{{size}}"
[[wrong]]
answer = "speed"
feedback = "{{It}} costs *time*."
[[wrong]]
answer = "colour"
misconception = "padding-once"
[texts.vi]
"What is {name} for?" = "{name} để làm gì?"
"speed" = "tốc độ"
"colour" = "màu sắc"
"{{size}}" = "{{kích thước}}"
"""
FEEDBACK_VI = '"{It} costs *time*." = "{Nó} tốn *thời gian*."\n'


def students(count):
    """Make a class."""
    return tuple(Student(f"s{n:02}", f"Student {n}") for n in range(count))


def items(sheets):
    """Return what the items of some sheets are told apart by."""
    return [item.same or identity(item.question) for sheet in sheets for item in sheet.items]


def with_own(count, names=("pad", "stride"), extra=FEEDBACK_VI):
    """Return a blueprint that asks own questions beside a generated one."""
    texts = {
        name: QUESTION.replace("{name}", name).replace("{{", "{").replace("}}", "}") + extra for name in names
    }
    questions = tuple(parse_question(text.encode(), name) for name, text in texts.items())
    return replace(QUIZ, slots=(SLOT, Slot("", count, questions=tuple(names))), questions=questions)


@given(st.binary(min_size=32, max_size=32), st.sampled_from([0, 2]), st.integers(1, 12))
@settings(max_examples=4, deadline=None)
def test_no_set_holds_an_item_of_the_exam(secret, versions, count):
    """Whatever the key: neither of the versions, nor of the papers of a class list; streams and strata are of their own."""
    key, blueprint = CourseKey(secret), replace(QUIZ, slots=(SLOT,), versions=versions)
    asked = asked_by_the_exam(blueprint, key, students(count))
    assert len(asked) == 2 * (versions or count)
    found = practised(blueprint, asked)
    assert found.blueprint.paper == f"{STREAM}quiz-1"
    family = bank.get("conv-output-size")
    allowed = {at for planned in plan(found.blueprint, key, 3, asked) for at in stratum(planned, asked)}
    assert allowed
    assert not asked & {point_identity(family.name, family.space.at(at)) for at in allowed}


def test_the_sets_and_the_exam_of_a_class_share_nothing(tmp_path):
    """Issued by both builds; and an exam that avoids numbered sets asks none of them, with late joiners, too."""
    build_practice(QUIZ, KEY, tmp_path / "own", students(6))
    exam.build(QUIZ, students(6), KEY, tmp_path / "exam", ["json"])
    asked = set(items(read_sheets(tmp_path / "exam").values()))
    assert asked == asked_by_the_exam(QUIZ, KEY, students(6))
    practised_items = items(read_practice(tmp_path / "own").sheets)
    assert len(set(practised_items)) == len(practised_items) == 18
    assert not asked & set(practised_items)
    build_practice(QUIZ, KEY, tmp_path / "sets", sets=4)
    avoid = items_of([tmp_path / "sets"])
    assert avoid == set(items(read_practice(tmp_path / "sets").sheets))
    exam.build(QUIZ, students(5), KEY, tmp_path / "later", ["json"], avoid)
    exam.build(QUIZ, students(7), KEY, tmp_path / "later", ["json"])
    assert not avoid & set(items(read_sheets(tmp_path / "later").values()))


def test_what_an_exam_uses_up_is_left_out_and_told(tmp_path):
    """Of a stratum that the class needs whole nothing is left to practise, of one that it needs but two points of, these."""
    small = replace(SLOT, radicals={**SLOT.radicals, "k": (3,), "n": tuple(range(10, 22))})
    one = replace(QUIZ, slots=(replace(small, count=1), Slot("max-pool-by-hand")))
    points = len(stratum(plan(one, KEY, 1)[0]))
    built = build_practice(one, KEY, tmp_path / "whole", students(points), formats=())
    told = "slots[0] (conv-output-size): 0 of 1 practised, because the exam asks the others or they are avoided; name more"
    assert built.left_out == (f"{told} families there",)
    twice = replace(QUIZ, slots=(small,))
    asked = asked_by_the_exam(replace(one, slots=one.slots[:1]), KEY, students(points - 1))
    [slot] = practised(twice, asked).blueprint.slots
    assert slot.count == 1
    with pytest.raises(
        BlueprintError, match=r"nothing is left to practise: slots\[0\] \(conv-output-size\): 0 of 1"
    ):
        build_practice(replace(one, slots=one.slots[:1]), KEY, tmp_path / "none", students(points))


def test_a_set_stays_as_it_is(tmp_path):
    """Building again changes no byte; more sets are added; another blueprint, kind, key or exam is refused."""
    first = build_practice(QUIZ, KEY, tmp_path / "p", sets=2, formats=["html", "markdown"])
    before = {path.name: path.read_bytes() for path in first.pages}
    assert sorted(before) == [f"practice-set-{n}.{kind}" for n in (1, 2) for kind in ("html", "md")]
    more = build_practice(QUIZ, KEY, tmp_path / "p", sets=3, formats=["html", "markdown"])
    assert (more.issued, more.kept) == (1, 2)
    assert before.items() <= {path.name: path.read_bytes() for path in more.pages}.items()
    assert stat.S_IMODE((tmp_path / "p" / PRACTICE).stat().st_mode) == 0o600
    frozen = read_practice(tmp_path / "p")
    assert PracticeSets.from_json(json.loads(json.dumps(frozen.to_json()))) == frozen
    for say, wrong in {
        "holds papers of another blueprint: title was 'Quiz', is 'Other'": {
            "blueprint": replace(QUIZ, title="Other")
        },
        "its practice sets were built without --roster, got with --roster; build these": {
            "roster": students(1)
        },
        "its practice sets were built without --own, got with --own; build these": {"own": True},
        "its papers were made with another course key": {"key": CourseKey(bytes(32)), "sets": 4},
    }.items():
        given = {"blueprint": QUIZ, "key": KEY, "out": tmp_path / "p", **wrong}
        with pytest.raises(BlueprintError, match=say):
            build_practice(**given)
    with pytest.raises(
        UnknownNameError, match=r"unknown format of practice sets 'pfd': did you mean pdf\? Known: html"
    ):
        build_practice(QUIZ, KEY, tmp_path / "q", formats=["pfd"])


def test_practice_is_never_taken_for_an_exam(tmp_path):
    """Neither is built into the other's folder, and every command that reads papers refuses the sets with one message."""
    build_practice(QUIZ, KEY, tmp_path / "p")
    exam.build(replace(QUIZ, slots=(SLOT,)), students(1), KEY, tmp_path / "x", ["json"])
    refused = "holds practice sets, whose pages show every key, and no exam: nothing in it is marked, and no exam is built"
    for read in (read_exam, read_sheets, lambda out: exam.build(QUIZ, students(1), KEY, out, ["json"])):
        with pytest.raises(BlueprintError, match=refused):
            read(tmp_path / "p")
    with pytest.raises(
        BlueprintError, match="holds an exam; practice sets show their keys, so build them into another"
    ):
        build_practice(QUIZ, KEY, tmp_path / "x")
    (tmp_path / "answers.json").write_text("{}", encoding="utf-8")
    for command in (["mark", "p", "answers.json"], ["enter", "p"]):
        place = [str(tmp_path / word) if word in {"p", "answers.json"} else word for word in command]
        told = CliRunner().invoke(app, ["exam", *place])
        assert told.exit_code != 0
        assert refused in str(told.exception) + told.output
    assert not (tmp_path / "p" / "marks").exists()


def test_own_questions_are_practised_where_the_exam_does_not_ask_them(tmp_path):
    """With what their author says of wrong options; with --own those of the exam, too; braces and stars stay text."""
    blueprint = with_own(1)
    [asked] = [each for each in plan(blueprint, KEY, 1) if each.slot == 1]
    built = build_practice(blueprint, KEY, tmp_path / "spare")
    [item] = [item for item in read_practice(tmp_path / "spare").sheets[0].items if item.slot == 1]
    assert {item.question.family, asked.family} == {"own/pad", "own/stride"}
    page = built.pages[0].read_text(encoding="utf-8")
    assert "<dt>" in page
    assert "{It} costs *time*.</dd>" in page
    assert (
        "<strong>Padding counted on one side only.</strong> A padding of p adds p pixels on each side" in page
    )
    both = with_own(2)
    assert (
        "--own to practise those of the exam, too" in build_practice(both, KEY, tmp_path / "none").left_out[0]
    )
    build_practice(both, KEY, tmp_path / "all", own=True)
    [sheet] = read_practice(tmp_path / "all").sheets
    assert {item.question.family for item in sheet.items if item.slot == 1} == {"own/pad", "own/stride"}


def test_reasons_of_own_questions_are_in_the_language_of_the_set(tmp_path):
    """Frozen so; one without a translation stops the build, and nothing is written."""
    roster = (Student("1", "Án", language="vi"), Student("2", "Bo"))
    build_practice(with_own(1), KEY, tmp_path / "p", roster)
    pages = [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "p" / "practice").iterdir())]
    assert ["{Nó} tốn *thời gian*." in page for page in pages] == [True, False]
    assert ["Luyện tập: Quiz" in page for page in pages] == [True, False]
    with pytest.raises(
        MissingTranslationError, match=r"has no '\{\{It\}\} costs \*time\*\.' in 'vi'; add it under"
    ):
        build_practice(with_own(1, extra=""), KEY, tmp_path / "q", roster)
    assert not (tmp_path / "q").exists()


def test_sections_without_questions_are_left_out(tmp_path):
    """Titles stand before the items that are left."""
    text = """title = "Q"
paper = "q-1"
[[sections]]
title = "Gone"
[[sections.slots]]
family = "conv-output-size"
radicals = { s = 2, p = 1, d = 1, k = 3, n = [10, 11, 12, 13, 14] }
[[sections]]
title = "Left"
[[sections.slots]]
family = "max-pool-by-hand"
"""
    blueprint = parse_blueprint(text.encode())
    points = len(stratum(plan(blueprint, KEY, 1)[0]))
    built = build_practice(blueprint, KEY, tmp_path, students(points), formats=["markdown"])
    page = built.pages[0].read_text(encoding="utf-8")
    assert "# Left\n\n## Question 1" in page
    assert "Gone" not in page


LETTERED = ("one", "two", "three", "four")


@given(st.sets(st.sampled_from("ABCD"), min_size=1, max_size=3), st.data())
@settings(max_examples=40, deadline=None)
def test_every_wrong_option_has_the_reason_of_the_nearest_wrong_answer(right, data):
    """Of several options: a wrong one has what leads to it, a right one what leads to leaving it out."""
    key = "".join(sorted(right))
    others = data.draw(
        st.lists(
            st.sets(st.sampled_from("ABCD"), min_size=1).filter(lambda s: s != right),
            min_size=1,
            max_size=4,
            unique_by=frozenset,
        )
    )
    wrong = tuple(Wrong(f"because {''.join(sorted(each))}", 0, "".join(sorted(each))) for each in others)
    question = Question(
        "own/x", 1, {}, Message("?"), (Part(Choices(LETTERED, key), Message("")),), wrong=wrong
    )
    told = {
        each.answer.plain(): [said.plain() for _, said in each.why]
        for each in practice_reasons.reasons(question, "en")
    }
    for letter, text in zip("ABCD", LETTERED, strict=True):
        name = f"{letter} not chosen: {text}" if letter in right else f"{letter}: {text}"
        differing = [each for each in others if (letter in each) != (letter in right)]
        least = min((len(each ^ right) for each in differing), default=0)
        wanted = [f"because {''.join(sorted(each))}" for each in differing if len(each ^ right) == least]
        assert told.get(name, []) == wanted


def test_answers_that_several_mistakes_lead_to_are_told_once():
    """With all of them; parts have their letters; a choice tells its wrong options in their order."""
    parts = (Part(Integer(3), Message("")), Part(Choice(("one", "two"), "B"), Message("")))
    wrong = (
        Wrong("padding-once", 0, 4),
        Wrong("floor-forgotten", 0, Fraction(7, 2)),
        Wrong("no", 0, 4),
        Wrong("A?", 1, "A"),
    )
    question = Question("own/x", 1, {}, Message("?"), parts, wrong=wrong)
    told = practice_reasons.reasons(question, "vi")
    assert [each.answer.plain() for each in told] == ["(a) 4", "(a) 3.5", "(b) A: one"]
    assert [name is None for name, _ in told[0].why] == [False, True]
    assert [line.plain() for line in practice_reasons.keys(question, "vi")] == ["(a) 3", "(b) B: two"]


def frozen_text():
    """Return frozen sets without drawing any."""
    found = exam.Exam(QUIZ, (), KEY.fingerprint)
    return PracticeSets(QUIZ, found, ()).to_json()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "legrade-practice-9"}, "expected 'legrade-practice-1'; a newer LeGrade may read it"),
        ({"asked": 3}, "asked"),
        ({"exam": {}}, "format"),
        ({"sheets": [1]}, "expected"),
        ({"listed": "yes"}, "listed"),
        ({"own": None}, "own"),
    ],
)
def test_damaged_sets_are_told_by_field(tmp_path, change, told):
    """With the file and what to do."""
    (tmp_path / "key").mkdir()
    (tmp_path / PRACTICE).write_text(json.dumps(frozen_text() | change), encoding="utf-8")
    with pytest.raises(FormatError, match=rf"practice\.json: .*{told}.*restore it from a copy"):
        read_practice(tmp_path)


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_no_bytes_are_read_as_something_else(tmp_path_factory, data):
    """Whatever stands in the file: sets, or an error of ours."""
    whole = json.dumps(frozen_text())
    cut = data.draw(st.integers(0, len(whole)))
    put = data.draw(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"[" * 3000, b"null", b'{"x":', b"\xff"]))
    )
    folder = tmp_path_factory.mktemp("sets")
    (folder / "key").mkdir()
    (folder / PRACTICE).write_bytes(
        whole[:cut].encode() + put + whole[cut + data.draw(st.integers(0, 5)) :].encode()
    )
    try:
        found = read_practice(folder)
    except QuestionBankError as error:
        found = str(error)
    assert isinstance(found, PracticeSets) or "practice.json" in found


def test_the_command_says_what_it_wrote_and_what_it_cannot(tmp_path, monkeypatch):
    """From an empty folder; options that do not fit are refused by name."""
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    for command in (["key", "new"], ["exam", "new"]):
        assert run.invoke(app, command).exit_code == 0
    built = run.invoke(app, ["exam", "build", "exam.toml", "--practice", "--sets", "2", "--out", "p"])
    assert built.exit_code == 0
    assert "slots[3] (question why-pad): 0 of 1 practised" in built.output
    assert "2 practice sets issued." in built.output
    assert "For students, with answers: p/practice (2 files)" in built.output
    assert "build the exam with --avoid p" in built.output
    (tmp_path / "class.csv").write_text("id,name\n1,An\n", encoding="utf-8")
    for options, told in {
        "--practice --out q --sets 2 --roster class.csv": "--sets 2: with --roster every student has a set; give one of",
        "--practice --out q --seating class.csv": "--seating: is of no use for practice sets; leave it out",
        "--out q --roster class.csv --own": "--own: is for practice sets; give --practice, too",
        "--out q --roster class.csv --sets 2": "--sets: is for practice sets; give --practice, too",
        "--out q": "--roster is missing: expected a class list; give one, or --practice",
        "--practice --out q --format moodle": "unknown format of practice sets 'moodle'",
    }.items():
        refused = run.invoke(app, ["exam", "build", "exam.toml", *options.split()])
        assert told in str(refused.exception) + refused.output
        assert refused.exit_code != 0
    assert not (tmp_path / "q").exists()
    assert [each.id for each in numbered(2)] == ["set-1", "set-2"]
