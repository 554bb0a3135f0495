"""Typed answers: what is read, how it is marked, and that hostile text is refused quickly."""

import json
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.answers import Array, Choice, Integer, Number, Raises, Shape
from question_bank.errors import AnswerError
from question_bank.readings import MAX_CHARACTERS, PROBLEMS, read
from question_bank.values import (
    KINDS,
    RAISED,
    Field,
    Grid,
    show,
    show_number,
    value_from_json,
    value_to_json,
)

ROWS = json.loads((Path(__file__).parent / "answer_readings.json").read_text(encoding="utf-8"))
rationals = st.one_of(st.integers(-(10**12), 10**12), st.fractions(-(10**9), 10**9, max_denominator=999))
shapes = st.lists(st.integers(0, 10**6), max_size=8).map(tuple)


@st.composite
def grids(draw):
    """Grids of rank 1 to 4 with few cells."""
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    size = 1
    for length in shape:
        size *= length
    return Grid(shape, tuple(draw(st.lists(st.integers(-99, 99), min_size=size, max_size=size))))


def field_of(row):
    """Make the field of a row of the table."""
    return Field(
        row["kind"],
        unit=row.get("unit", ""),
        options=tuple(row.get("options", ())),
        may_raise=row.get("may_raise", False),
        may_be_undetermined=row.get("may_be_undetermined", False),
        symbols=tuple(row.get("symbols", ())),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}: {row['text'][:30]!r}")
def test_readings_are_those_of_the_table(row):
    """Every row that the page's JavaScript is tested against is read so here."""
    reading = read(field_of(row), row["text"])
    assert (reading.ok, reading.shown, reading.problem) == (row["ok"], row["shown"], row["problem"])


def test_the_table_is_wide():
    """The table has every kind, every problem but length, and at least 60 rows."""
    assert len(ROWS) >= 60
    assert {row["kind"] for row in ROWS} == set(KINDS)
    assert {row["problem"] for row in ROWS} == {*PROBLEMS, ""} - {"too-long", "too-many-numbers"}


@given(rationals)
def test_a_number_shown_reads_back_exactly(value):
    """What is shown for a number, typed again, is the same number."""
    reading = read(Field("number"), show_number(value))
    assert reading.ok
    assert reading.value == value


@given(shapes)
def test_a_shape_shown_reads_back_exactly(shape):
    """What is shown for a shape, typed again, is the same shape."""
    assert read(Field("shape"), show(shape)).value == shape


@given(grids())
def test_an_array_shown_reads_back_exactly(grid):
    """What is shown for an array, typed again, is the same array."""
    assert read(Field("array"), show(grid)).value == grid


@given(
    grids().filter(lambda grid: len(grid.shape) == 2 and grid.shape[0] > 1),
    st.sampled_from([" ", ", ", "\t", " | "]),
)
def test_rows_on_lines_of_their_own_are_an_array(grid, separator):
    """An array written as rows, with any separator, is read."""
    text = "\n".join(separator.join(map(str, row)) for row in grid.rows())
    assert read(Field("array"), text).value == grid


@given(st.text(max_size=200), st.sampled_from(KINDS), st.booleans())
def test_any_text_is_read_or_refused_with_a_known_problem(text, kind, may_raise):
    """No text raises; a refusal has a problem that a student is told in words."""
    reading = read(Field(kind, options=("x", "y"), may_raise=may_raise), text)
    assert reading.ok == (reading.value is not None)
    assert reading.ok or reading.problem in PROBLEMS


@given(st.text(alphabet="0123456789 .,;x*[](){}-+/eE=\n", max_size=300), st.sampled_from(KINDS))
def test_texts_of_the_grammars_own_signs_never_break_it(text, kind):
    """Brackets, signs and separators in any order are read or refused."""
    reading = read(Field(kind, options=("x", "y")), text)
    assert reading.ok or reading.problem in PROBLEMS


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "[" * 9_000 + "]" * 9_000,
        "1," * 10_000,
        "1 " * 10_000,
        "9" * 20_000,
        "(" + " " * 19_000 + "x",
        "tensor(" + " \n" * 9_000,
        "=" * 20_000,
        ("1" * 12 + " ") * 1_500 + "x",
        "array(" + ")" * 19_000,
        "1e99" * 5_000,
        "-" * 20_000,
        "\n" * 19_999,
        "[1," * 6_000,
        "1 ; \n" * 4_000 + ";",
        "9,999" * 4_000 + "-",
    ],
    ids=lambda text: text[:8],
)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_hostile_text_is_refused_quickly(kind, text):
    """Text made to blow up a parser takes less than a quarter of a second."""
    start = time.perf_counter()
    reading = read(Field(kind, options=("x", "y")), text)
    assert time.perf_counter() - start < 0.25
    assert not reading.ok


def test_a_text_of_more_characters_than_any_answer_needs_is_not_looked_at():
    """One character over the cap is refused, though the text would be read without it."""
    assert read(Field("integer"), " " * (MAX_CHARACTERS - 1) + "1").value == 1
    assert read(Field("integer"), " " * MAX_CHARACTERS + "1").problem == "too-long"


def test_too_many_numbers_are_refused():
    """4096 cells are read, one more is not, as rows and in brackets."""
    assert len(read(Field("array"), "1 " * 4096).value.cells) == 4096
    assert read(Field("array"), "1 " * 4097).problem == "too-many-numbers"
    assert read(Field("array"), f"[{'1 ' * 4097}]").problem == "too-many-numbers"


MARKS = [
    (Integer(24), "24", Fraction(1), "right"),
    (Integer(24), "24.0", Fraction(1), "right"),
    (Integer(24), "24.5", Fraction(0), "wrong"),
    (Integer(24), "?", Fraction(0), "unreadable"),
    (Number(Fraction(1, 3)), "1/3", Fraction(1), "right"),
    (Number(Fraction(1, 3)), "0.333", Fraction(0), "wrong"),
    (Number(Fraction(1, 3), Fraction(1, 1000)), "0.333", Fraction(1), "right"),
    (Number(5, Fraction(1, 10)), "5.1", Fraction(1), "right"),
    (Number(5, Fraction(1, 10)), "5.1000001", Fraction(0), "wrong"),
    (Shape((3, 4)), "3x4", Fraction(1), "right"),
    (Shape((3, 4)), "4x3", Fraction(0), "wrong"),
    (Array(Grid.of([[1, 2], [3, 4]])), "1 2\n3 4", Fraction(1), "right"),
    (Array(Grid.of([[1, 2], [3, 4]])), "1 2\n3 5", Fraction(3, 4), "partly"),
    (Array(Grid.of([[1, 2], [3, 4]])), "5 6\n7 8", Fraction(0), "wrong"),
    (Array(Grid.of([[1, 2], [3, 4]])), "1 2 3 4", Fraction(0), "wrong-shape"),
    (Array(Grid.of([[1, 2, 3]])), "1 2 3", Fraction(1), "right"),
    (Array(Grid.of([[1, 2, 3]])), "[[[1, 2, 3]]]", Fraction(1), "right"),
    (Array(Grid.of([[1], [2]])), "1 2", Fraction(0), "wrong-shape"),
    (Array(Grid.of([[7]])), "7", Fraction(1), "right"),
    (Array(Grid.of([[1, 2]])), "?", Fraction(0), "unreadable"),
    (Choice(("a", "b", "c"), "B"), "b)", Fraction(1), "right"),
    (Choice(("a", "b", "c"), "B"), "C", Fraction(0), "wrong"),
    (Raises(Field("shape")), "this raises an error", Fraction(1), "right"),
    (Raises(Field("shape")), "(3, 4)", Fraction(0), "wrong"),
]


@pytest.mark.parametrize(("answer", "text", "fraction", "reason"), MARKS, ids=lambda value: str(value)[:24])
def test_marks(answer, text, fraction, reason):
    """Each kind marks right, wrong and unreadable answers, arrays cell by cell."""
    mark = answer.mark(answer.parse(text))
    assert (mark.fraction, mark.reason) == (fraction, reason)


def test_cells_of_an_array_are_marked_one_by_one():
    """The mark tells which cells are right."""
    answer = Array(Grid.of([[1, 2], [3, 4]]))
    assert answer.mark(answer.parse("1 0\n3 0")).cells == (True, False, True, False)


def test_raising_is_wrong_where_the_key_is_a_value():
    """Where raising is offered but is not the key, it is a wrong answer, not an unreadable one."""
    answer = Shape((3, 4))
    assert answer.mark(answer.parse("error", may_raise=True)).reason == "wrong"
    assert answer.mark(answer.parse("error")).reason == "unreadable"


@pytest.mark.parametrize("answer", [row[0] for row in MARKS], ids=str)
def test_the_key_shown_and_typed_earns_everything(answer):
    """What `show` writes is a right answer."""
    text = answer.value if isinstance(answer, Choice) else answer.show()
    assert answer.mark(answer.parse(text, may_raise=isinstance(answer, Raises))).fraction == 1


def test_a_raising_key_shows_the_same_field_as_any_other():
    """The field does not tell whether the key is that it raises."""
    shape = Shape((1, 2), ("height", "width"))
    assert Raises(shape.field).field == shape.field


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Number(1, -1), "tolerance=-1: expected a number >= 0"),
        (lambda: Shape((1, 2), ("height",)), "expected 2 names, one for each axis"),
        (lambda: Choice(("a", "a"), "A"), "expected 2 to 26 different texts"),
        (lambda: Choice(("a",), "A"), "expected 2 to 26 different texts"),
        (lambda: Choice(("a", "b"), "C"), "value='C': expected one of the letters AB"),
        (lambda: Choice(("a", "b"), "AB"), "value='AB': expected one of the letters AB"),
        (
            lambda: Grid((2, 2), (1, 2, 3)),
            "expected positive lengths whose product is the number of cells, 3",
        ),
        (lambda: Grid((0,), ()), "expected positive lengths"),
    ],
)
def test_answers_that_contradict_themselves_are_refused(make, message):
    """Each refusal says what was wrong and what was expected."""
    with pytest.raises(AnswerError) as error:
        make()
    assert message in str(error.value)


@given(st.one_of(rationals, shapes, grids(), st.just(RAISED), st.sampled_from("ABC")))
def test_values_survive_json(value):
    """A frozen value reads back as itself, through JSON text."""
    assert value_from_json(json.loads(json.dumps(value_to_json(value)))) == value
