"""Items of past exams and pools are not asked again; what is left is told; late joiners keep to it."""

from dataclasses import replace

import pytest

from question_bank import exam, pooling
from question_bank.blueprint import Blueprint, Slot, parse_blueprint
from question_bank.errors import BlueprintError
from question_bank.issued import read_exam, read_sheets
from question_bank.keys import CourseKey
from question_bank.past_items import items_of
from question_bank.planning import identity, plan, stratum
from question_bank.roster import Student

KEY = CourseKey(bytes(range(32)))
SLOTS = (
    Slot("conv-output-size", 2, radicals={"s": (2,), "p": (1,), "d": (1,)}),
    Slot("max-pool-by-hand"),
)


def students(count):
    """Make a class."""
    return tuple(Student(f"s{n:02}", f"Student {n}") for n in range(count))


def asked(folder):
    """Return the items that a folder's papers ask."""
    return [
        item.same or identity(item.question) for sheet in read_sheets(folder).values() for item in sheet.items
    ]


def test_a_second_exam_asks_nothing_that_the_first_asked(tmp_path):
    """Of points and of drawn entries; late joiners of the second, built without the option, keep to it, too."""
    first, second = Blueprint("Q", "q-1", SLOTS), Blueprint("Q", "q-2", SLOTS)
    exam.build(first, students(12), KEY, tmp_path / "a", ["json"])
    avoid = items_of([tmp_path / "a"])
    assert avoid == set(asked(tmp_path / "a"))
    built = exam.build(second, students(10), KEY, tmp_path / "b", ["json"], avoid)
    exam.build(second, students(14), KEY, tmp_path / "b", ["json"])
    assert not avoid & set(asked(tmp_path / "b"))
    assert read_exam(tmp_path / "b").avoid == tuple(sorted(avoid))
    points = [each for each in built.left if each.planned.slot == 0]
    whole = len(stratum(points[0].planned))
    assert [(each.size, each.avoided) for each in points] == [(whole, 24), (whole, 24)]
    assert (
        str(points[0]) == f"slots[0] (conv-output-size): 24 asked before of {whole} items, {whole - 24} left"
    )
    assert [each for each in built.left if each.planned.slot == 1] == []


def test_without_anything_to_avoid_nothing_changes(tmp_path):
    """The same bytes as before there was such an option."""
    blueprint = Blueprint("Q", "q-1", SLOTS)
    exam.build(blueprint, students(3), KEY, tmp_path / "a", ["json"])
    exam.build(blueprint, students(3), KEY, tmp_path / "b", ["json"], frozenset())
    files = [{path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.json")} for name in "ab"]
    assert files[0] == files[1]


def test_a_shortage_counts_what_is_left(tmp_path):
    """What was asked is not there for the class; a stratum of which nothing is left is not taken."""
    slot = SLOTS[0]
    points = stratum(plan(Blueprint("Q", "q", (slot,)), KEY, 1)[0])
    blueprint = Blueprint("Q", "q-1", (replace(slot, count=1),))
    exam.build(blueprint, students(len(points) - 2), KEY, tmp_path / "a", ["json"])
    avoid = items_of([tmp_path / "a"])
    built = exam.build(replace(blueprint, paper="q-2"), students(3), KEY, tmp_path / "b", ["json"], avoid)
    [shortage] = built.shortages
    assert (shortage.needed, shortage.available) == (3, 2)
    exam.build(replace(blueprint, paper="q-2"), students(2), KEY, tmp_path / "c", ["json"], avoid)
    everything = items_of([tmp_path / "a", tmp_path / "c"])
    assert len(everything) == len(points)
    with pytest.raises(
        BlueprintError,
        match=r"family conv-output-size: every item with .* was asked before; fix other radicals",
    ):
        exam.build(replace(blueprint, paper="q-3"), students(1), KEY, tmp_path / "d", ["json"], everything)
    assert not (tmp_path / "d").exists()


def test_own_questions_that_were_asked_are_left_out(tmp_path):
    """Of a list the others are asked, whatever their wording is now; where too few are left, the message says so."""
    (tmp_path / "questions").mkdir()
    for name in ("a", "b"):
        text = f'stem = "{name}?"\nkind = "integer"\nkey = 1'
        (tmp_path / "questions" / f"{name}.toml").write_text(text, encoding="utf-8")
    text = 'title = "Q"\npaper = "q"\n[[slots]]\nquestion = ["a", "b"]\n'
    blueprint = parse_blueprint(text.encode(), folder=tmp_path / "questions")
    exam.build(blueprint, students(2), KEY, tmp_path / "one", ["json"])
    first = items_of([tmp_path / "one"])
    exam.build(replace(blueprint, paper="q2"), students(2), KEY, tmp_path / "two", ["json"], first)
    assert not first & set(asked(tmp_path / "two"))
    both = items_of([tmp_path / "one", tmp_path / "two"])
    with pytest.raises(
        BlueprintError,
        match=r"slots\[0\]: got a count of 1, expected at most 0: 2 of its questions \(a, b\) were asked",
    ):
        exam.build(replace(blueprint, paper="q3"), students(2), KEY, tmp_path / "three", ["json"], both)


def test_a_pool_is_avoided_too(tmp_path):
    """A practice pool in the course system asks nothing of the exam."""
    blueprint = Blueprint("Q", "practice", SLOTS[:1])
    pooling.build_pool(blueprint, KEY, 8, tmp_path / "pool")
    avoid = items_of([tmp_path / "pool"])
    assert len(avoid) == 16
    exam.build(replace(blueprint, paper="q"), students(5), KEY, tmp_path / "out", ["json"], avoid)
    assert not avoid & set(asked(tmp_path / "out"))


def test_a_folder_without_items_is_refused(tmp_path):
    """A slip of the pen would ask everything again."""
    with pytest.raises(
        BlueprintError, match=r"nowhere: holds no issued papers and no pool; give a folder that `exam build`"
    ):
        items_of([tmp_path / "nowhere"])


def test_versions_are_fixed_with_what_they_avoid(tmp_path):
    """They can be made again for late joiners only from what they were first made of."""
    blueprint = Blueprint("Q", "q", SLOTS, versions=2)
    exam.build(replace(blueprint, paper="old"), students(2), KEY, tmp_path / "old", ["json"])
    avoid = items_of([tmp_path / "old"])
    exam.build(blueprint, students(3), KEY, tmp_path / "out", ["json"], avoid)
    exam.build(blueprint, students(6), KEY, tmp_path / "out", ["json"])
    assert not avoid & set(asked(tmp_path / "out"))
    with pytest.raises(
        BlueprintError,
        match=r"got 1 more items to avoid, expected those of its first build: its versions are",
    ):
        exam.build(blueprint, students(7), KEY, tmp_path / "out", ["json"], {*avoid, "0" * 64})
