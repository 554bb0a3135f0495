"""Pools: many different items of one stratum for each slot, the same for ever, readable by their owner only."""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from question_bank import bank, pool_cli, pooling
from question_bank.blueprint import Blueprint, Slot
from question_bank.errors import BlueprintError, ExportError, FormatError, UnknownNameError
from question_bank.exporters import KEY_EXPORTERS, KeyExporter
from question_bank.issuing import identity
from question_bank.keys import CourseKey
from question_bank.pool import FrozenPool, Group, Pool, code
from question_bank.readings import read
from question_bank.registry import Registry
from question_bank.spellings import RAISES, UNDETERMINED, decimal, spellings
from question_bank.static_questions import parse_question
from question_bank.values import RAISED, Field, Grid
from question_bank.values import UNDETERMINED as OPEN

LEGRADE = Path(sys.executable).with_name("legrade")
KEY = CourseKey(bytes(range(32)))
SLOTS = (
    Slot("conv-output-size", 2, 2, {"s": (2,)}),
    Slot("max-pool-by-hand", 1, Fraction(5, 2)),
    Slot("which-are-true"),
)
QUIZ = Blueprint("Quiz 1", "quiz-1", SLOTS)


@pytest.fixture(scope="module")
def pool(one_thread):
    """Twelve items of each of four questions."""
    return pooling.make_pool(QUIZ, KEY, 12)


def test_each_question_has_a_group_of_its_own(pool):
    """Names tell slot and family; points are those of the slot; codes are unique and readable."""
    assert [(group.name, group.topic, group.points) for group in pool.groups] == [
        ("Slot 1.1: conv-output-size", "shapes", 2),
        ("Slot 1.2: conv-output-size", "shapes", 2),
        ("Slot 2: max-pool-by-hand", "pooling", Fraction(5, 2)),
        ("Slot 3: which-are-true", "concepts", 1),
    ]
    codes = [item.id for item in pool.items()]
    assert len(set(codes)) == len(codes) == 48
    assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}", each) for each in codes)
    assert code(codes[0]) == f"[{codes[0].upper()}]"


def test_all_items_of_a_group_have_the_same_radicals_and_no_two_items_are_the_same(pool):
    """Fair: the radicals are fixed for all. Different: whichever items a student draws, none comes twice."""
    for group in pool.groups:
        for item in group.items:
            given = item.question.given
            assert {name: given[name] for name in group.radicals} == group.radicals
            assert group.name[5] != "1" or given["s"] == 2
    found = [identity(item.question) for item in pool.items()]
    assert len(set(found)) == len(found)


def test_a_pool_is_frozen_and_read_back(pool):
    """Whatever a family becomes, the frozen items are marked as they were."""
    frozen = FrozenPool(pool, QUIZ, 12, KEY.fingerprint)
    assert FrozenPool.from_json(json.loads(json.dumps(frozen.to_json()))) == frozen


def test_a_small_stratum_gives_what_it_has_and_says_so():
    """Fewer items than wanted are told with the numbers; a second group gets none of the first."""
    fixed = {"k": (3,), "s": (1,), "p": (1,), "d": (1,)}
    space = bank.get("conv-output-size").space
    size = len(space.indexes(fixed))
    pool = pooling.make_pool(Blueprint("Q", "q", (Slot("conv-output-size", 2, 1, fixed),)), KEY, size - 2)
    assert [len(group.items) for group in pool.groups] == [size - 2, 2]
    [said] = pooling.shortages(pool)
    assert said == (
        f"Slot 1.2: conv-output-size: {size - 2} different items wanted, 2 available with s = 1, p = 1, d = 1; "
        "fix other radicals or use another family"
    )


OWN = b"""stem = "What does *padding* change?"
feedback = "Each side gets more pixels."
kind = "choice"
options = ["the size", "the number of channels"]
key = "the size"
[[wrong]]
answer = "the number of channels"
feedback = "Padding is added to height & width."
"""


def test_a_question_of_the_courses_own_is_a_group_of_one():
    """It has one variant, so none is missing; its own reasons are its feedback in every format."""
    own = parse_question(OWN, "why-pad")
    quiz = Blueprint("Q", "q", (Slot("", questions=("why-pad",)),), questions=(own,))
    pool = pooling.make_pool(quiz, KEY, 5)
    assert [(group.name, len(group.items)) for group in pool.groups] == [("Slot 1: own/why-pad", 1)]
    assert pooling.shortages(pool) == ()
    for name in KEY_EXPORTERS.names():
        written = KEY_EXPORTERS.get(name).export(pool)
        assert b"Padding is added to height &amp;" in written.replace(b"&amp;amp;", b"&amp;")
        assert b"misconception: " not in written


def digests(folder):
    """Return the digest of every file by name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_building_again_changes_nothing_and_only_the_owner_can_read_it(tmp_path, monkeypatch):
    """The same bytes; the second time from what is frozen, without asking a family; mode 0600 in a folder of mode 0700."""
    formats = ("canvas", "moodle")
    built = pooling.build_pool(QUIZ, KEY, 3, tmp_path, formats)
    before = digests(tmp_path)
    assert not built.kept
    assert len(built.files) == len(formats)
    assert len(before) == len(formats) + 1
    for path in (tmp_path / "lms").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "lms").stat().st_mode) == 0o700
    monkeypatch.setattr(pooling, "make_pool", None)
    assert pooling.build_pool(QUIZ, KEY, 3, tmp_path, formats).kept
    assert digests(tmp_path) == before


def test_another_process_gives_the_same_bytes(tmp_path, one_thread):
    """Whatever the hash seed is."""
    program = (
        "import sys, pathlib; from question_bank import pooling; from question_bank.blueprint import Blueprint, Slot;"
        "from question_bank.keys import CourseKey;"
        "quiz = Blueprint('Q', 'q', tuple(map(Slot, ('why', 'conv-by-hand'))));"
        "pooling.build_pool(quiz, CourseKey(bytes(32)), 2, pathlib.Path(sys.argv[1]), ('canvas', 'moodle'))"
    )
    there, here = tmp_path / "there", tmp_path / "here"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program, there], env=environment, check=True, timeout=200)
    quiz = Blueprint("Q", "q", tuple(map(Slot, ("why", "conv-by-hand"))))
    pooling.build_pool(quiz, CourseKey(bytes(32)), 2, here, ("canvas", "moodle"))
    assert digests(there) == digests(here)
    assert len(digests(here)) == 3


OTHERS = {
    "blueprint": (Blueprint("Quiz 2", "quiz-1", SLOTS[:1]), KEY, 2, "holds a pool of another blueprint;"),
    "variants": (Blueprint("Quiz", "q", SLOTS[:1]), KEY, 3, "another variants: was 2, is 3;"),
    "key": (Blueprint("Quiz", "q", SLOTS[:1]), CourseKey(bytes(32)), 2, "another key: was "),
}


@pytest.mark.parametrize(("blueprint", "key", "variants", "message"), OTHERS.values(), ids=OTHERS.keys())
def test_pools_are_not_mixed(tmp_path, blueprint, key, variants, message):
    """A folder holds one pool: blueprint, key and number of variants are those of the first build."""
    pooling.build_pool(Blueprint("Quiz", "q", SLOTS[:1]), KEY, 2, tmp_path)
    before = digests(tmp_path)
    with pytest.raises(BlueprintError, match=message) as error:
        pooling.build_pool(blueprint, key, variants, tmp_path)
    assert "build into another folder" in str(error.value)
    assert digests(tmp_path) == before


def test_an_item_that_a_format_cannot_express_stops_the_build_before_a_file_is_written(tmp_path, monkeypatch):
    """The name of the item is in the message, and there is no half of a pool."""

    def refuse(pool):
        raise ExportError(f"item {code(next(pool.items()).id)}: no")

    formats = Registry("course format")
    formats.add("moodle", KeyExporter("moodle", ".xml", refuse, lambda _: ()))
    monkeypatch.setattr(pooling, "KEY_EXPORTERS", formats)
    with pytest.raises(ExportError, match=r"item \[[0-9A-Z]{4}-[0-9A-Z]{4}\]: no"):
        pooling.build_pool(Blueprint("Quiz", "q", SLOTS[:1]), KEY, 2, tmp_path)
    assert digests(tmp_path) == {}


DAMAGED = {
    "cut off": (lambda data: data[: len(data) // 2], "cannot be read as frozen JSON"),
    "another format": (
        lambda data: data.replace(b"legrade-pool-1", b"legrade-pool-9"),
        "expected 'legrade-pool-1'",
    ),
    "no groups": (lambda data: data.replace(b'"groups"', b'"grupps"'), "'groups' is missing"),
    "bytes": (lambda _: b"\xff\xfe\x00", "cannot be read as frozen JSON"),
}


@pytest.mark.parametrize(("change", "message"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_pool_is_told_by_file(tmp_path, change, message):
    """What, where, and what to do; never a traceback of JSON."""
    pooling.build_pool(Blueprint("Quiz", "q", SLOTS[:1]), KEY, 1, tmp_path)
    path = tmp_path / "lms" / "pool.json"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(FormatError) as error:
        pooling.read_pool(tmp_path)
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert "restore it from a copy" in str(error.value)


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["format", "pool", "groups", "items", "sections", "shuffle", "title", "paper", "x"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).map(lambda data: json.dumps(data).encode())
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_frozen_file_holds_is_read_or_refused(tmp_path_factory, data):
    """No file makes anything but a pool or a `FormatError`."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "lms").mkdir()
    (folder / "lms" / "pool.json").write_bytes(data)
    with pytest.raises(FormatError, match="restore it from a copy"):
        pooling.read_pool(folder)


def test_an_unknown_format_is_answered_with_the_nearest(tmp_path):
    """Before a question is made."""
    with pytest.raises(UnknownNameError, match=r"unknown course format 'moodel': did you mean moodle\?"):
        pooling.build_pool(QUIZ, KEY, 2, tmp_path, ["moodel"])


# --- spellings


@given(st.tuples(*[st.integers(1, 5000)] * 3) | st.lists(st.integers(0, 99), max_size=4).map(tuple))
def test_every_spelling_of_a_shape_is_read_as_that_shape(shape):
    """What a course system accepts is what our own page would read."""
    for text in spellings(shape):
        assert read(Field("shape"), text).value == shape, text


@given(st.integers(-(10**6), 10**6) | st.fractions(-500, 500, max_denominator=64))
def test_every_spelling_of_a_number_is_near_it(value):
    """Exact, or rounded where there is no end; no two texts are the same."""
    found = spellings(value)
    assert len(set(found)) == len(found)
    for text in found:
        kind = "integer" if isinstance(value, int) else "number"
        assert abs(read(Field(kind), text).value - value) <= Fraction(5, 1000), text
    assert abs(Fraction(decimal(value)) - value) <= abs(value) * Fraction(1, 10**14)


@given(
    st.fractions(-50, 50, max_denominator=1000),
    st.sampled_from([1, Fraction(1, 20), Fraction(1, 100), Fraction(1, 2000)]),
)
def test_every_spelling_of_a_rounded_number_is_within_its_tolerance(value, tolerance):
    """And the value rounded to as many places as the tolerance asks for is among them."""
    found = spellings(value, tolerance)
    for text in found:
        if "/" not in text:
            assert abs(Fraction(text.replace("\u2212", "-")) - value) <= tolerance, text
    places = next(n for n in range(9) if Fraction(1, 10**n) <= tolerance)
    rounded = round(Fraction(value), places)
    assert rounded == 0 or decimal(rounded) in found


@given(st.lists(st.integers(-99, 99), min_size=1, max_size=6))
def test_every_spelling_of_a_row_is_read_as_that_row(cells):
    """Brackets or none, commas or blanks."""
    grid = Grid.of(cells)
    for text in spellings(grid):
        value = read(Field("array"), text).value
        assert value.cells == grid.cells, text


def test_an_error_and_what_cannot_be_determined_are_typed_as_on_our_pages():
    """Each phrase that is accepted is one that the grammar of answers knows."""
    for text in spellings(RAISED):
        assert read(Field("shape", may_raise=True), text).value is RAISED
    for text in spellings(OPEN):
        assert read(Field("shape", may_be_undetermined=True), text).value is OPEN
    assert spellings(RAISED) == RAISES
    assert spellings(OPEN) == UNDETERMINED


# --- the command

BLUEPRINT = """title = "Quiz 1"
paper = "quiz-1"
[[slots]]
family = "conv-output-size"
[[slots]]
family = "conv-by-hand"
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A folder with a blueprint and a key."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "exam.toml").write_text(BLUEPRINT, encoding="utf-8")
    CourseKey.new(folder / "course.key")
    return folder


def invoke(folder, *arguments):
    """Run the command in this process."""
    app = typer.Typer()
    app.command("pool")(pool_cli.pool)
    paths = [
        str(folder / each) if "." in str(each) and not str(each).startswith("-") else str(each)
        for each in arguments
    ]
    return CliRunner().invoke(app, paths)


def test_the_command_writes_the_files_and_says_what_is_lost(course):
    """Counts, what to import, what is for the instructor alone; on stderr what Moodle marks in another way."""
    result = invoke(course, "exam.toml", "--variants", "4", "--out", "out.d")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "8 items in 2 groups.",
        f"To import: {course}/out.d/lms/quiz-1-moodle.xml",
        f"For you only: {course}/out.d/lms (keys; needed to match responses)",
    ]
    assert (
        "moodle: the size of an array is shown, because each of its cells is a gap (conv-by-hand)"
        in result.stderr
    )
    again = invoke(course, "exam.toml", "--variants", "4", "--out", "out.d")
    assert again.stdout.splitlines()[0] == "8 items in 2 groups, as they were frozen."


WRONG = {
    "a format": (("exam.toml", "--out", "new", "--formats", "moodel"), "did you mean moodle?"),
    "no key": (("exam.toml", "--out", "new", "--key", "none.key"), "there is no course key; make one with"),
    "no blueprint": (("nothing.toml", "--out", "new", "--key", "course.key"), "nothing.toml: cannot be read"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_told_with_the_next_step(course, arguments, message):
    """What, got, expected, next step."""
    assert message in str(invoke(course, *arguments).exception)


def test_a_folder_that_cannot_be_written_is_told(course, monkeypatch):
    """The system's reason and what to do about it."""

    def refuse(*_):
        raise PermissionError(13, "Permission denied", "/out/lms")

    monkeypatch.setattr(pooling, "build_pool", refuse)
    said = str(invoke(course, "exam.toml", "--out", "new").exception)
    assert said == "/out/lms: cannot be written: Permission denied; give --out a folder of your own"


def test_the_command_is_part_of_legrade_exam(course):
    """One line on stderr and exit code 2 where something is wrong; never a traceback."""
    command = [LEGRADE, "exam", "pool", "exam.toml", "--out", "new", "--key", "none.key"]
    result = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "make one with `legrade key new none.key`" in result.stderr


def test_a_group_and_a_pool_say_what_they_hold():
    """Items of all groups, in order."""
    empty = Group("Slot 1: x", "shapes", 1, (), 5)
    assert list(Pool("t", "p", (empty,)).items()) == []
