"""A blueprint is read whole or refused with file, field, what was got and what was expected."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.blueprint import Blueprint, Slot, parse_blueprint, read_blueprint
from question_bank.errors import BlueprintError, FormatError

HEAD = 'title = "Quiz"\npaper = "quiz-1"\n'
SLOT = '[[slots]]\nfamily = "conv-output-size"\n'
ASSIGNMENTS = Path(__file__).resolve().parent.parent / "assignments"


def test_reads_every_field(tmp_path):
    """Counts, exact points and radicals (one value or several) come out frozen; left-out fields have their defaults."""
    path = tmp_path / "exam.toml"
    text = HEAD + SLOT + "count = 2\npoints = 1.5\nradicals = { s = 2, p = [1, 2, 1] }\n" + SLOT
    path.write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert read_blueprint(path) == Blueprint(
        "Quiz",
        "quiz-1",
        (Slot("conv-output-size", 2, Fraction(3, 2), {"s": (2,), "p": (1, 2)}), Slot("conv-output-size")),
    )


@pytest.mark.parametrize("points", ["0.1", "2.25", "3"])
def test_freezes_and_reads_back(points):
    """The frozen form is exact."""
    blueprint = parse_blueprint(f"{HEAD}{SLOT}points = {points}\nradicals.s = 2".encode())
    assert Blueprint.from_json(blueprint.to_json()) == blueprint


def test_the_quizzes_of_the_assignments_can_be_built():
    """Each is read, and each has an id of its own: papers of two quizzes cannot be mistaken for each other."""
    quizzes = [read_blueprint(path) for path in sorted(ASSIGNMENTS.glob("*/exam.toml"))]
    assert len(quizzes) >= 4
    assert len({quiz.paper for quiz in quizzes}) == len(quizzes)


BROKEN = {
    "not TOML": ("title = \n", r"x\.toml: not TOML: .*line 1"),
    "not UTF-8": (b"title = '\xff'", r"x\.toml: line 1: byte 0xff is not UTF-8"),
    "deep": ("a = " + "[" * 5000, r"x\.toml: not TOML"),
    "huge number": (HEAD + "n = " + "9" * 5000, r"x\.toml: not TOML"),
    "no title": ('paper = "q"\n' + SLOT, r"x\.toml: title: got nothing, expected a text of 1 to 200"),
    "title of two lines": ('title = "a\\nb"\npaper = "q"', r"title: got 'a\\nb', expected a text"),
    "paper is a path": ('title = "a"\npaper = "../q"', r"paper: got '\.\./q', expected letters, digits"),
    "unknown field": (
        HEAD + "slot = 1",
        r"slot: got a field that there is not, expected .*; did you mean slots\?",
    ),
    "no slots": (HEAD, r"slots: got \[\], expected at least one table \[\[slots\]\]"),
    "slots a table": (
        HEAD + "[slots]\nfamily = 'x'",
        r"slots: got \{'family': 'x'\}, expected at least one table",
    ),
    "slots of numbers": (HEAD + "slots = [1]", r"slots\[0\]: got 1, expected a table"),
    "misspelt field": (HEAD + SLOT + "point = 1", r"slots\[0\]\.point: .*did you mean points\?"),
    "no family": (HEAD + "[[slots]]\ncount = 1", r"slots\[0\]\.family: got nothing, expected a name that"),
    "unknown family": (
        HEAD + SLOT + '[[slots]]\nfamily = "conv-outputsize"',
        r"x\.toml: slots\[1\]\.family: unknown family 'conv-outputsize': did you mean conv-output-size",
    ),
    "count 0": (
        HEAD + SLOT + "count = 0",
        r"slots\[0\]\.count: got 0, expected a whole number from 1 to 100",
    ),
    "count true": (HEAD + SLOT + "count = true", r"slots\[0\]\.count: got True, expected a whole number"),
    "points 0": (HEAD + SLOT + "points = 0", r"slots\[0\]\.points: got 0, expected a number above 0"),
    "points nan": (HEAD + SLOT + "points = nan", r"slots\[0\]\.points: got NaN, expected a number above 0"),
    "points inf": (
        HEAD + SLOT + "points = inf",
        r"slots\[0\]\.points: got Infinity, expected a number above 0",
    ),
    "points fine": (
        HEAD + SLOT + "points = 0.00001",
        r"slots\[0\]\.points: got 0\.00001, .*at most 4 decimals",
    ),
    "points huge": (
        HEAD + SLOT + "points = 1e999999",
        r"slots\[0\]\.points: got 1E\+999999, expected a number",
    ),
    "points tiny": (
        HEAD + SLOT + "points = 1e-999999999999",
        r"slots\[0\]\.points: got 1E-999999999999, expected a number",
    ),
    "points text": (HEAD + SLOT + "points = '1'", r"slots\[0\]\.points: got '1', expected a number"),
    "radicals": (HEAD + SLOT + "radicals = 2", r"slots\[0\]\.radicals: got 2, expected a table of axes"),
    "unknown axis": (
        HEAD + SLOT + "radicals.ss = 2",
        r"slots\[0\]\.radicals: .*unknown axis 'ss': did you mean s",
    ),
    "no such value": (HEAD + SLOT + "radicals.s = 99", r"slots\[0\]\.radicals: .*s=99: expected one of"),
    "empty list": (
        HEAD + SLOT + "radicals.s = []",
        r"slots\[0\]\.radicals\.s: got \[\], expected a whole number",
    ),
    "a float": (
        HEAD + SLOT + "radicals.s = 2.0",
        r"slots\[0\]\.radicals\.s: got .*, expected a whole number",
    ),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_blueprint_says_where_what_and_what_instead(text, message):
    """Each fault is named with file, field, what was got and what was expected."""
    with pytest.raises(BlueprintError, match=message):
        parse_blueprint(text if isinstance(text, bytes) else text.encode(), "x.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    """A missing file, a folder and a flood are errors of one line."""
    with pytest.raises(
        BlueprintError, match=r"nowhere\.toml: cannot be read .*give the path of an exam\.toml"
    ):
        read_blueprint(tmp_path / "nowhere.toml")
    with pytest.raises(BlueprintError, match="cannot be read"):
        read_blueprint(tmp_path)
    (tmp_path / "flood.toml").write_bytes(b" " * 1_000_001)
    with pytest.raises(BlueprintError, match="more than 1000000 bytes"):
        read_blueprint(tmp_path / "flood.toml")


VALUES = st.sampled_from(
    [
        '"a"',
        "1",
        "-1",
        "0.5",
        "nan",
        "true",
        "[]",
        "[[]]",
        "{}",
        "{ s = 2 }",
        "1979-05-27",
        '"conv-parameters"',
        "''",
    ]
)
LINES = st.one_of(
    st.sampled_from([HEAD, SLOT, "[[slots]]\n", "[slots]\n", "\x00", "\ufeff"]),
    st.builds(
        "{} = {}\n".format,
        st.sampled_from(
            ["title", "paper", "slots", "family", "count", "points", "radicals", "radicals.s", "x"]
        ),
        VALUES,
    ),
    st.text(max_size=20),
)


@given(st.lists(LINES, max_size=8).map("".join))
def test_any_text_is_a_blueprint_or_a_blueprint_error(text):
    """No text makes the reader fail in another way, and what it reads freezes and reads back."""
    try:
        blueprint = parse_blueprint(text.encode("utf-8", "surrogatepass"))
    except BlueprintError:
        return
    assert Blueprint.from_json(blueprint.to_json()) == blueprint


def test_a_damaged_frozen_blueprint_names_the_field():
    """Frozen files are checked when they are read back."""
    with pytest.raises(FormatError, match=r"slots\[0\]: field 'count' is missing"):
        Blueprint.from_json({"title": "a", "paper": "b", "slots": [{"family": "x", "radicals": {}}]})
