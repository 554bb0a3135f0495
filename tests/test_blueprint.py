"""A blueprint is read whole or refused with file, field, what was got and what was expected."""

import json
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.blueprint import Blueprint, Section, Slot, parse_blueprint, read_blueprint
from question_bank.errors import BlueprintError, FormatError
from question_bank.frozen import canonical
from question_bank.toml_lines import lines_of

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
        r"x\.toml: line 6: slots\[1\]\.family: unknown family 'conv-outputsize': did you mean conv-output-size",
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
    "families of one list twice": (
        HEAD + '[[slots]]\nfamily = ["conv-output-size", "conv-output-size"]',
        r"line 4: slots\[0\]\.family: got .*, expected every name once",
    ),
    "one family of a list": (
        HEAD + '[[slots]]\nfamily = ["conv-output-size",\n  "pool-output-shap"]',
        r"line 4: slots\[0\]\.family: unknown family 'pool-output-shap': did you mean pool-output-shape",
    ),
    "axis that one family lacks": (
        HEAD + '[[slots]]\nfamily = ["conv-output-size", "conv-parameters"]\nradicals.s = 2',
        r"line 5: slots\[0\]\.radicals: family conv-parameters: unknown axis 's'",
    ),
    "rule": (
        HEAD + SLOT + "credit = 'part'",
        r"line 5: slots\[0\]\.credit: got 'part', expected one of parts, .*; did you mean parts\?",
    ),
    "rule 2": (HEAD + SLOT + "credit = 2", r"credit: got 2, expected one of parts, per-cell, whole-parts"),
    "versions": (
        HEAD + "versions = 0\n" + SLOT,
        r"line 3: versions: got 0, expected \"per-student\", or a whole",
    ),
    "versions true": (HEAD + "versions = true\n" + SLOT, r"versions: got True, expected"),
    "versions text": (HEAD + "versions = 'A'\n" + SLOT, r"versions: got 'A', expected .* from 1 to 26"),
    "shuffle": (
        HEAD + "shuffle = ['item']\n" + SLOT,
        r"line 3: shuffle: got 'item', expected some of items, options; did you mean items\?",
    ),
    "shuffle true": (
        HEAD + "shuffle = true\n" + SLOT,
        r"shuffle: got True, expected a list of some of items",
    ),
    "sections and slots": (
        HEAD + SLOT + "[[sections]]\ntitle = 'A'",
        r"line 3: slots: got slots beside sections, expected every slot in a section, \[\[sections\.slots\]\]",
    ),
    "no sections": (HEAD + "sections = []", r"line 3: sections: got \[\], expected at least one table"),
    "sections text": (HEAD + "sections = 'A'", r"sections: got 'A', expected tables \[\[sections\]\]"),
    "section of nothing": (
        HEAD + "[[sections]]\ntitle = 'A'",
        r"line 3: sections\[0\]\.slots: got \[\], expected at least one table \[\[sections\.slots\]\] with a family",
    ),
    "field of a section": (
        HEAD + "[[sections]]\ntitel = 'A'\n[[sections.slots]]\nfamily = 'why'",
        r"line 4: sections\[0\]\.titel: got a field that there is not, .*; did you mean title\?",
    ),
    "slot of the second section": (
        HEAD
        + "[[sections]]\n[[sections.slots]]\nfamily = 'why'\n[[sections]]\n[[sections.slots]]\ncount = 0\nfamily = 'why'",
        r"line 8: sections\[1\]\.slots\[0\]\.count: got 0, expected a whole number from 1 to 100",
    ),
    "formula of an intro": (
        HEAD + "[[sections]]\nintro = 'let $a + $'\n[[sections.slots]]\nfamily = 'why'",
        r"line 4: sections\[0\]\.intro: formula 'a \+': expected arithmetic",
    ),
    "long intro": (
        HEAD + f"[[sections]]\nintro = '{'x' * 5001}'",
        r"sections\[0\]\.slots: got \[\]",
    ),
    "intro of numbers": (
        HEAD + "[[sections]]\nintro = 1\n[[sections.slots]]\nfamily = 'why'",
        r"sections\[0\]\.intro: got 1, expected a text of at most 5000 characters",
    ),
    "texts": (HEAD + "texts = 1\n" + SLOT, r"line 3: texts: got 1, expected tables \[texts\.LANGUAGE\]"),
    "formula of a text": (
        HEAD + SLOT + "[texts.vi]\na = '$+$'",
        r"line 6: texts\.vi\.a: formula '\+': expected arithmetic",
    ),
    "texts of its own": (
        HEAD + SLOT + "[texts.en]\na = 'b'",
        r"line 5: texts\.en: got .*, expected a table for one of vi",
    ),
    "language": (
        HEAD + "language = 'vn'\n" + SLOT,
        r"line 3: language: got 'vn', expected one of en, vi",
    ),
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


def test_every_field_of_a_whole_blueprint_is_read():
    """Sections, intros, lists of families, rules, shuffling and versions come out frozen, and read back."""
    text = HEAD + (
        "versions = 4\nshuffle = ['options']\n[[sections]]\ntitle = ' Sizes '\nintro = 'Let $n = 5$ and {1}.'\n"
        "[[sections.slots]]\nfamily = ['conv-output-size', 'pool-output-shape']\ncredit = 'all-or-nothing'\n"
        "[[sections]]\nshuffle = ['options', 'items']\n[[sections.slots]]\nfamily = 'why'\n[[sections.slots]]\nfamily = 'why'\n"
    )
    blueprint = parse_blueprint(text.encode())
    slots = (
        Slot("conv-output-size", others=("pool-output-shape",), credit="all-or-nothing"),
        Slot("why"),
        Slot("why"),
    )
    first = Section("Sizes", "Let $n = 5$ and {1}.", 1, ("options",))
    second = Section("", "", 2, ("items", "options"))
    assert blueprint == Blueprint("Quiz", "quiz-1", slots, sections=(first, second), versions=4)
    assert Blueprint.from_json(json.loads(canonical(blueprint.to_json()))) == blueprint
    assert [blueprint.shuffled(slot, "items") for slot in range(3)] == [False, True, True]
    assert blueprint.version_names() == ("A", "B", "C", "D")


def test_what_is_left_out_is_not_frozen():
    """A blueprint of before sections freezes to the bytes of before."""
    frozen = parse_blueprint((HEAD + SLOT).encode()).to_json()
    assert set(frozen) == {"title", "paper", "slots"}
    assert set(frozen["slots"][0]) == {"family", "count", "points", "radicals"}
    assert parse_blueprint((HEAD + "versions = 'per-student'\n" + SLOT).encode()).to_json() == frozen


NAMES = st.text(alphabet="abc", min_size=1, max_size=2)
QUOTED = st.sampled_from(["{}", '"{}"', "'{}'"])
HARD = st.sampled_from(
    [
        "1",
        '"[x] # y"',
        "'{ = '",
        '"""\n[[no]]\na = \\"""\n"""',
        "'''\n[no]\n'''",
        "[ # [\n 1,\n [2, 3],\n]",
        "{ x = { y = '}' } }",
        "1979-05-27 07:32:00",
        "true # = [",
    ]
)


@given(
    st.lists(
        st.tuples(NAMES, st.booleans(), st.lists(st.tuples(NAMES, QUOTED, HARD), max_size=3)), max_size=4
    )
)
def test_the_line_of_a_field_is_the_line_it_stands_on(tables):
    """Whatever strings, arrays and comments stand before it; each field is found on the line that names it."""
    text, expected, counts = "", {}, {}
    for name, several, fields in tables:
        if counts.setdefault(name, several) is not several or (not several and (name,) in expected):
            continue
        text += "\n# [[comment]]\n"
        path = (name, sum(p[:1] == (name,) and len(p) == 2 and isinstance(p[1], int) for p in expected))
        path = path if several else (name,)
        expected[path] = text.count("\n") + 1
        text += f"[[{name}]]\n" if several else f"[ {name} ] # x\n"
        for field, quotes, value in {field[0]: field for field in fields}.values():
            expected[*path, field] = text.count("\n") + 1
            text += f"{quotes.format(field)} = {value}\n"
    tomllib.loads(text)
    found = lines_of(text)
    assert {path: found[path] for path in expected} == expected


@given(st.text(alphabet="[]{}\"'=#.\\ab1\n ", max_size=60))
def test_lines_are_found_in_any_text(text):
    """What is no TOML gives whatever lines, at once."""
    assert all(1 <= line <= text.count("\n") + 1 for line in lines_of(text).values())


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
    st.sampled_from(
        [HEAD, SLOT, "[[slots]]\n", "[slots]\n", "[[sections]]\n", "[[sections.slots]]\n", "\x00", "\ufeff"]
    ),
    st.builds(
        "{} = {}\n".format,
        st.sampled_from(
            [
                *("title", "paper", "slots", "family", "count", "points", "radicals", "radicals.s", "x"),
                *("sections", "intro", "shuffle", "versions", "credit", "language"),
            ]
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
    whole = Blueprint("a", "b", (Slot("x"),), sections=(Section("s", "", 1),)).to_json()
    with pytest.raises(FormatError, match=r"sections: expected the 1 slots of the exam in them, each once"):
        Blueprint.from_json({**whole, "sections": [*whole["sections"], *whole["sections"]]})
    with pytest.raises(FormatError, match=r"slots\[0\]: credit='x': expected one of parts"):
        Blueprint.from_json({**whole, "slots": [{**whole["slots"][0], "credit": "x"}]})
