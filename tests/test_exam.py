"""Papers are fair, different, and for ever: what is issued never changes, and its key lies apart."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from question_bank import bank, exam
from question_bank.answers import Integer
from question_bank.authoring import FAMILIES, Draft, family
from question_bank.blueprint import Blueprint, Slot
from question_bank.errors import BlueprintError, FormatError, OracleMismatchError, UnknownNameError
from question_bank.issued import Exam, Sheet, read_exam, read_sheets
from question_bank.issuing import identity
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import Part, Table
from question_bank.planning import plan
from question_bank.roster import Student
from question_bank.space import Space
from question_bank.values import Grid


class Tiny:
    """Ten items in each of two strata."""

    space = Space(n=range(10), level=(1, 2), radicals=("level",))
    rules = ()
    drawn = False
    wrong_by = 0

    def build(self, given, draw):
        """Ask for a number."""
        answer = Integer(given["n"] * given["level"] + self.wrong_by)
        return Draft(
            Message("{n} times {level}, {noise}?", {**given, "noise": draw.integer(0, 10**9)}),
            (Part(answer, Message("")),),
        )

    def oracle(self, question):
        """Count it."""
        return (sum(question.given["level"] for _ in range(question.given["n"])),)


class Drawn(Tiny):
    """Entries of 0 or 1 are drawn: four items."""

    space = Space(level=(1,))
    drawn = True

    def build(self, given, draw):  # noqa: ARG002 -- its one point says nothing
        """Ask for a sum."""
        entries = draw.integers(2, 0, 1)
        table = Table(Message("x"), Grid((2,), entries))
        return Draft(Message("Sum?"), (Part(Integer(sum(entries)), Message("")),), tables=(table,))

    def oracle(self, question):
        """Add the table up."""
        return (sum(question.tables[0].value.cells),)


class Wrong(Tiny):
    """Its key is off by one."""

    wrong_by = 1


@pytest.fixture(autouse=True)
def families(monkeypatch):
    """Add small families whose every item can be counted."""
    FAMILIES.names()
    monkeypatch.setattr(FAMILIES, "_entries", dict(FAMILIES._entries))
    family("tiny", topic="test", version=1)(Tiny)
    family("tiny-drawn", topic="test", version=1)(Drawn)
    family("tiny-wrong", topic="test", version=1)(Wrong)


@pytest.fixture
def key(tmp_path):
    """A course key."""
    return CourseKey.new(tmp_path / "course.key")


def students(count, start=0):
    """Make a class."""
    return tuple(Student(f"s{number:03}", f"Student {number}") for number in range(start, start + count))


def blueprint(*slots):
    """Make a blueprint of slots."""
    return Blueprint("Quiz", "quiz-1", slots)


def files(folder):
    """Return every issued file's bytes by path; how fair an exam is, and who is there, changes with the class."""
    paths = (
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"fairness.txt", "class.csv"}
    )
    return {path.relative_to(folder): path.read_bytes() for path in paths}


def test_all_students_get_the_same_stratum_and_different_items(tmp_path, key):
    """Radicals are the class's, incidentals the student's; with ten items for ten students, each is used once."""
    built = exam.build(blueprint(Slot("tiny")), students(10), key, tmp_path / "out")
    questions = [sheet.items[0].question for sheet in read_sheets(tmp_path / "out").values()]
    assert built.shortages == ()
    assert len({question.given["level"] for question in questions}) == 1
    assert sorted(question.given["n"] for question in questions) == list(range(10))


def test_two_items_of_one_slot_differ_within_a_paper(tmp_path, key):
    """No student meets an item twice, in one slot or in two."""
    slots = (Slot("tiny", 3, radicals={"level": (1,)}), Slot("tiny", 4), Slot("tiny-drawn", 4))
    exam.build(blueprint(*slots), students(12), key, tmp_path / "out")
    for sheet in read_sheets(tmp_path / "out").values():
        assert len({identity(item.question) for item in sheet.items}) == 11
        assert [item.question.given["level"] for item in sheet.items[:3]] == [1, 1, 1]


def test_a_stratum_that_is_too_small_is_told_with_the_numbers_and_shared_evenly(tmp_path, key):
    """25 students, 10 items: the build says so, and no item is used more than three times."""
    built = exam.build(blueprint(Slot("tiny", radicals={"level": (2,)})), students(25), key, tmp_path / "out")
    [shortage] = built.shortages
    assert (shortage.needed, shortage.available) == (25, 10)
    assert str(shortage).startswith(
        "slots[0] (tiny; level = 2): 25 different items needed, 10 available, so some students"
    )
    uses = Counter(identity(sheet.items[0].question) for sheet in read_sheets(tmp_path / "out").values())
    assert sorted(uses.values()) == [2] * 5 + [3] * 5


def test_the_stratum_is_one_that_is_large_enough(key):
    """Two slots of ten students each take the two strata; neither is overfilled."""
    planned = plan(blueprint(Slot("tiny"), Slot("tiny")), key, 10)
    assert {item.radicals["level"] for item in planned} == {1, 2}


def test_drawn_entries_are_told_apart_by_what_the_student_sees(tmp_path, key):
    """Four students get the four possible tables; a fifth shares one."""
    exam.build(blueprint(Slot("tiny-drawn")), students(5), key, tmp_path / "out")
    uses = Counter(identity(sheet.items[0].question) for sheet in read_sheets(tmp_path / "out").values())
    assert sorted(uses.values()) == [1, 1, 1, 2]


@pytest.mark.parametrize(
    "slot", [Slot("tiny", 11, radicals={"level": (1,)}), Slot("tiny-drawn", 5)], ids=["points", "drawn"]
)
def test_a_paper_that_would_repeat_an_item_is_refused(tmp_path, key, slot):
    """More items than there are is an error, not a repetition; nothing is written."""
    with pytest.raises(
        BlueprintError,
        match=r"slots\[0\]: got count above \d+, expected at most (10|4): tiny.*lower the count",
    ):
        exam.build(blueprint(slot), students(1), key, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_building_again_changes_nothing_and_adds_new_students(tmp_path, key):
    """Issued papers stay byte for byte, in whatever order the class comes; newcomers get items that nobody has."""
    plan_ = blueprint(Slot("tiny"), Slot("conv-output-size", 2))
    exam.build(plan_, students(4, 3), key, tmp_path / "out")
    before = files(tmp_path / "out")
    again = exam.build(plan_, students(4, 3)[::-1], key, tmp_path / "out")
    assert (again.issued, again.kept) == (0, 4)
    assert files(tmp_path / "out") == before
    more = exam.build(plan_, students(10), key, tmp_path / "out")
    after = files(tmp_path / "out")
    assert (more.issued, more.kept) == (6, 4)
    assert {path: after[path] for path in before} == before
    for slot in range(3):
        sheets = read_sheets(tmp_path / "out").values()
        assert len({identity(sheet.items[slot].question) for sheet in sheets}) == 10


def test_a_build_that_was_killed_goes_on_as_if_it_had_not_been(tmp_path, key):
    """With some sheets missing, building again ends with the same bytes."""
    plan_ = blueprint(Slot("tiny"), Slot("tiny-drawn"))
    exam.build(plan_, students(6), key, tmp_path / "out")
    before = files(tmp_path / "out")
    for number in (4, 5):
        (tmp_path / "out" / "key" / "students" / f"s00{number}.json").unlink()
        (tmp_path / "out" / "papers" / f"s00{number}.html").unlink()
    exam.build(plan_, students(6), key, tmp_path / "out")
    assert files(tmp_path / "out") == before


def test_another_paper_id_another_key_and_another_student_give_other_versions(tmp_path, key):
    """Versions follow from key, paper and student, and from nothing else."""

    def given(out, paper, key):
        exam.build(replace(blueprint(Slot("conv-parameters")), paper=paper), students(5), key, tmp_path / out)
        return [dict(sheet.items[0].question.given) for sheet in read_sheets(tmp_path / out).values()]

    first = given("a", "quiz-1", key)
    assert given("b", "quiz-1", key) == first
    assert given("c", "quiz-2", key) != first
    assert given("d", "quiz-1", CourseKey.new(tmp_path / "other.key")) != first


def test_keys_lie_apart_and_only_their_owner_can_read_them(tmp_path, key):
    """`papers/` holds what students get; `key/` is 0700 with files of 0600, and opens to a hostile student id no path."""
    roster = (*students(2), Student("../../up", "Up"))
    exam.build(blueprint(Slot("tiny")), roster, key, tmp_path / "out")
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == ["key", "papers"]
    assert {oct(p.stat().st_mode & 0o777) for p in (out / "key", out / "key" / "students")} == {"0o700"}
    assert {oct(p.stat().st_mode & 0o777) for p in (out / "key").rglob("*.json")} == {"0o600"}
    assert sorted(p.name.partition("~")[0] for p in (out / "papers").glob("*.html")) == [
        "s000.html",
        "s001.html",
        "up",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course.key", "out"]


def test_another_blueprint_in_the_same_folder_is_refused(tmp_path, key):
    """Issued papers are never mixed with those of another blueprint."""
    exam.build(blueprint(Slot("tiny")), students(2), key, tmp_path / "out")
    with pytest.raises(
        BlueprintError, match=r"slots was \['1 x tiny \(1\)'\], is \['2 x tiny \(1\)'\]; issued papers never"
    ):
        exam.build(blueprint(Slot("tiny", 2)), students(2), key, tmp_path / "out")
    with pytest.raises(BlueprintError, match=r"paper was 'quiz-1', is 'quiz-2'.*build into another folder"):
        exam.build(replace(blueprint(Slot("tiny")), paper="quiz-2"), students(2), key, tmp_path / "out")


def test_newcomers_are_not_issued_papers_of_another_key(tmp_path, key):
    """Papers of one folder can all be made again from one key; what was issued can be written again with any."""
    exam.build(blueprint(Slot("tiny")), students(2), key, tmp_path / "out")
    other = CourseKey.new(tmp_path / "other.key")
    before = files(tmp_path / "out")
    assert exam.build(blueprint(Slot("tiny")), students(2), other, tmp_path / "out").issued == 0
    message = rf"made with another course key \({key.fingerprint}, got {other.fingerprint}\); give that one by --key"
    with pytest.raises(BlueprintError, match=message):
        exam.build(blueprint(Slot("tiny")), students(3), other, tmp_path / "out")
    assert files(tmp_path / "out") == before


def test_newcomers_do_not_get_another_version_of_a_family(tmp_path, key, monkeypatch):
    """After a family changed, issued papers can be written again, but new ones are refused."""
    exam.build(blueprint(Slot("tiny")), students(2), key, tmp_path / "out")
    monkeypatch.setitem(FAMILIES._entries, "tiny", replace(bank.get("tiny"), version=2))
    assert exam.build(blueprint(Slot("tiny")), students(2), key, tmp_path / "out").issued == 0
    with pytest.raises(
        BlueprintError, match="made by version 1 of tiny, which is now version 2; give the new students"
    ):
        exam.build(blueprint(Slot("tiny")), students(3), key, tmp_path / "out")


def test_a_family_whose_key_is_wrong_issues_nothing(tmp_path, key):
    """Key and oracle differ: no file is written."""
    with pytest.raises(OracleMismatchError, match=r"tiny-wrong.*the question is not issued"):
        exam.build(blueprint(Slot("tiny"), Slot("tiny-wrong")), students(2), key, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_writes_nothing(tmp_path, key):
    """The name is checked before anything is issued."""
    with pytest.raises(UnknownNameError, match="unknown format 'docx'"):
        exam.build(blueprint(Slot("tiny")), students(2), key, tmp_path / "out", ("html", "docx"))
    assert not (tmp_path / "out").exists()


def test_frozen_sheets_read_back_whole(tmp_path, key):
    """Exam and sheets are the same after a round through their files, for every family of the bank."""
    plan_ = blueprint(*(Slot(name) for name in bank.names() if name != "tiny-wrong"))
    exam.build(plan_, students(3), key, tmp_path / "out")
    for sheet in read_sheets(tmp_path / "out").values():
        assert Sheet.from_json(json.loads(json.dumps(sheet.to_json()))) == sheet
    frozen = read_exam(tmp_path / "out")
    assert frozen.blueprint == plan_
    assert Exam.from_json(json.loads(json.dumps(frozen.to_json()))) == frozen


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"s000\.json: cannot be read as frozen JSON .*restore it from a copy"),
        ('{"format": "legrade-key-9"}', r"s000\.json: format='legrade-key-9': expected 'legrade-key-1'"),
        ("[]", r"s000\.json: \[\]: expected an object with the field 'format'"),
    ],
    ids=["cut off", "newer", "list"],
)
def test_a_damaged_key_names_its_file(tmp_path, key, text, message):
    """Damage is told, never repaired by making a question again."""
    exam.build(blueprint(Slot("tiny")), students(1), key, tmp_path / "out")
    (tmp_path / "out" / "key" / "students" / "s000.json").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        read_sheets(tmp_path / "out")


def test_item_codes_are_short_and_unique(tmp_path, key):
    """Eight letters and digits, none of which is taken for another."""
    exam.build(blueprint(Slot("tiny", 5), Slot("tiny", 5)), students(10), key, tmp_path / "out")
    codes = [item.id for sheet in read_sheets(tmp_path / "out").values() for item in sheet.items]
    assert len(set(codes)) == 100
    assert all(len(code) == 9 and code[4] == "-" and not set(code) & set("ilou") for code in codes)


def test_a_preview_shows_samples_but_no_issued_item_stream(tmp_path, key):
    """Three questions a slot, of the stratum that the class gets, the same each time."""
    plan_ = blueprint(Slot("conv-output-size", 2), Slot("tiny"))
    shown = exam.preview(plan_, key)
    assert [len(sample.questions) for sample in shown] == [3, 3]
    assert exam.preview(plan_, key) == shown
    exam.build(plan_, students(30), key, tmp_path / "out")
    issued = read_sheets(tmp_path / "out")["s000"].items[0].question
    for name, value in shown[0].planned.radicals.items():
        assert issued.given[name] == value
