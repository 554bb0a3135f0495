"""Grading end to end: real suites, real workers; every submission ends with a record and a reason."""

import json
import textwrap
from fractions import Fraction

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import load_spec, plan_assignment, plan_functions, suite_digest
from autograder.errors import AutograderError, SpecError, UnknownNameError
from autograder.grade import development_seed, grade, inputs_seed
from autograder.model import Outcome
from autograder.outcomes import Case, SuiteTest, collect
from autograder.results import from_json, to_json
from autograder.submission import read
from autograder.testing import Mismatch, assert_same
from question_bank.keys import CourseKey

SUITE = '''
import numpy as np
import pytest
from autograder.testing import assert_raises, assert_same, assert_unchanged

@pytest.mark.weight(3)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_doubles(student, reference, rng, n):
    """Every entry is doubled."""
    x = rng.standard_normal((n, 2))
    assert_same(student(x), reference(x))

@pytest.mark.weight(1)
def test_leaves_its_argument(student, rng):
    """The argument stays as it was."""
    assert_same(student(rng.standard_normal(3)).shape, (3,))
    assert_unchanged(student)

@pytest.mark.feature("scale")
@pytest.mark.weight(2)
def test_scale(student, reference, rng):
    """A scale multiplies instead of two."""
    x = rng.standard_normal(4)
    assert_same(student(x, scale=3), reference(x, scale=3))
'''
REFERENCE = "def double(x, scale=2):\n    return x * scale\n"
RIGHT = "def double(x, scale=2):\n    return x * scale\n"


@pytest.fixture
def small(tmp_path):
    """A private course with one function, written from nothing."""
    folder = tmp_path / "course" / "solutions" / "double"
    (folder / "mistakes").mkdir(parents=True)
    (folder / "spec.toml").write_text(
        'signature = "double(x, scale=2)"\nsummary = "Double."\nfeatures = ["scale"]\n[limits]\nload_seconds = 2\ncall_seconds = 1\n'
    )
    (folder / "reference.py").write_text(REFERENCE)
    (folder / "test_hidden.py").write_text(SUITE)
    (folder / "mistakes" / "scale-ignored.py").write_text("def double(x, scale=2):\n    return x * 2\n")
    (folder / "mistakes" / "squares.py").write_text("def double(x, scale=2):\n    return x * x\n")
    return tmp_path / "course"


@pytest.fixture
def grade_text(small, tier_a, tmp_path):
    """Grade one .py submission given as text."""

    def run(text, **options):
        path = tmp_path / "ana.py"
        path.write_text(textwrap.dedent(text))
        (result,) = grade(
            [read(path)],
            plan_functions(small, ["double"]),
            sandbox=tier_a,
            seed=development_seed(1),
            **options,
        )
        return result

    return run


def by_name(result):
    """Index a grade's tests."""
    return {test.test: test for test in result.tests}


def test_right_code_gets_every_point_and_a_complete_record(grade_text, small):
    """The JSON has what an appeal needs, with these names."""
    result = grade_text(RIGHT)
    assert (result.points, result.max_points, result.needs_person) == (6.0, 6.0, False)
    (record,) = json.loads(to_json([result]))
    needed = {
        "submission",
        "points",
        "max_points",
        "needs_person",
        "round",
        "suite",
        "versions",
        "tier",
        "tests",
    }
    assert needed <= set(record)
    assert record["submission"] == "ana"
    assert record["tier"] == "A"
    assert record["suite"] == suite_digest(plan_functions(small, ["double"]))
    assert {"function", "test", "points", "max_points", "outcome", "reason", "diagnosis", "seconds"} <= set(
        record["tests"][0]
    )


def test_a_partly_right_program_gets_its_part_and_the_mistakes_name(grade_text):
    """Weights share the points, and the one mistake that explains all outputs is named on failed tests only."""
    result = grade_text("def double(x, scale=2):\n    return x + x\n")
    tests = by_name(result)
    assert result.points == 4.0
    assert tests["test_scale"].outcome is Outcome.FAILED
    assert tests["test_scale"].diagnosis == "scale-ignored"
    assert tests["test_doubles"].diagnosis is None


def test_cases_of_one_test_count_proportionally(grade_text):
    """Two of three cases give two of three points."""
    result = grade_text("def double(x, scale=2):\n    return x * (scale if len(x) != 2 else 0)\n")
    test = by_name(result)["test_doubles"]
    assert (test.points, test.max_points, test.outcome) == (2.0, 3.0, Outcome.FAILED)
    assert test.diagnosis is None


def test_a_mistake_is_claimed_only_when_it_explains_everything(grade_text):
    """A program that is wrong in its own way gets no name."""
    assert {test.diagnosis for test in grade_text("def double(x, scale=2):\n    return x - 1\n").tests} == {
        None
    }


def test_a_missing_function_is_skipped_with_no_points(grade_text):
    """The student's reason, zero points, and nobody is called."""
    result = grade_text("x = 1\n")
    assert result.points == 0.0
    assert not result.needs_person
    assert {test.outcome for test in result.tests} == {Outcome.SKIPPED}
    assert "`double` is not defined in the submission" in result.tests[0].reason


def test_an_endless_loop_costs_the_tests_that_run_into_it(grade_text):
    """A fresh worker goes on with the next test."""
    result = grade_text("""
        def double(x, scale=2):
            while scale == 3:
                pass
            return x * scale
    """)
    assert result.points == 4.0
    assert "limit of 1 s for one call (call_seconds)" in by_name(result)["test_scale"].reason


def test_a_program_that_always_loops_is_not_tried_for_ever(grade_text):
    """After three dead workers the remaining tests are skipped."""
    result = grade_text("def double(x, scale=2):\n    while True: pass\n")
    assert result.points == 0.0
    reasons = [test.reason for test in result.tests]
    assert any("hit a limit 3 times before" in reason for reason in reasons)


@pytest.mark.parametrize(
    "bad", ["while True: pass", "import os; os._exit(1)", "import ctypes\nctypes.string_at(0)"]
)
def test_a_statement_that_ends_the_process_costs_only_itself(grade_text, bad):
    """Definitions before and after it, in the same file, keep their points; the record names it."""
    result = grade_text(f"{RIGHT}{bad}\ny = 1\n")
    assert result.points == 6.0
    assert "cell " in result.notes[0]


def test_text_that_takes_a_parser_down_costs_nobody_else(grade_text):
    """It is parsed in a worker; the grader goes on."""
    result = grade_text("x = " + "-" * 200_000 + "1\n" + RIGHT + "while True: pass\n")
    assert result.points == 0.0
    assert grade_text(RIGHT).points == 6.0


def test_an_exception_while_loading_is_noted(grade_text):
    """What was defined before it counts."""
    result = grade_text(f"{RIGHT}raise KeyError('x')\n")
    assert result.points == 6.0
    assert result.notes == ("cell 1 raised KeyError",)


def test_notebook_cells_run_in_order_and_the_last_definition_wins(small, tier_a, tmp_path):
    """A broken cell, magics and shadowed names in other cells cost nothing."""
    notebook = nbformat.v4.new_notebook()
    sources = [
        "%matplotlib inline\n!ls",
        "def double(x, scale=2):\n    return 0",
        "def (",
        "1 / 0",
        RIGHT,
        "print('x')",
    ]
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = tmp_path / "Đặng Thị 🎓.ipynb"
    nbformat.write(notebook, path)
    (result,) = grade(
        [read(path)], plan_functions(small, ["double"]), sandbox=tier_a, seed=development_seed(0)
    )
    assert result.submission == "Đặng Thị 🎓"
    assert result.points == 6.0
    assert result.notes == ("cell 3 raised SyntaxError; cell 4 raised ZeroDivisionError",)


def test_an_unreadable_file_has_a_record_and_needs_a_person_and_the_others_are_graded(
    small, tier_a, tmp_path
):
    """Nothing of the batch is lost."""
    broken, right = tmp_path / "a.ipynb", tmp_path / "b.py"
    broken.write_bytes(b"\xff\xfe\x00")
    right.write_text(RIGHT)
    grades = grade(
        [read(broken), read(right)],
        plan_functions(small, ["double"]),
        sandbox=tier_a,
        seed=development_seed(0),
    )
    assert [g.submission for g in grades] == ["a", "b"]
    assert [g.points for g in grades] == [0.0, 6.0]
    assert [g.needs_person for g in grades] == [True, False]
    assert {t.outcome for t in grades[0].tests} == {Outcome.SKIPPED}
    assert "could not be read" in grades[0].tests[0].reason


def test_a_damaged_notebook_is_graded_and_a_person_looks_for_the_rest(small, tier_a, tmp_path):
    """Whole cells of a cut-off file keep their points, and the record needs a person."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(RIGHT), nbformat.v4.new_code_cell("x = 1")]
    )
    text = nbformat.writes(notebook)
    path = tmp_path / "cut.ipynb"
    path.write_text(text[: text.index("x = 1")])
    (result,) = grade(
        [read(path)], plan_functions(small, ["double"]), sandbox=tier_a, seed=development_seed(0)
    )
    assert result.points == 6.0
    assert result.needs_person
    assert "damaged" in result.notes[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return x * scale", "raise RuntimeError('broken reference')"),
        ("return x * scale", "return {'not': 'an array'}"),
    ],
)
def test_a_broken_reference_is_our_error_and_never_a_zero(small, grade_text, old, new):
    """Points stay open and a person is needed."""
    path = small / "solutions" / "double" / "reference.py"
    path.write_text(REFERENCE.replace(old, new))
    result = grade_text(RIGHT)
    assert result.points is None
    assert result.needs_person
    assert by_name(result)["test_doubles"].outcome is Outcome.ERROR
    assert by_name(result)["test_doubles"].points is None
    assert "broken reference" not in by_name(result)["test_doubles"].reason


def test_a_suite_that_skips_or_fails_by_itself_is_our_error(small, grade_text):
    """A skip is not a pass, and a bug of the suite is not the student's."""
    suite = small / "solutions" / "double" / "test_hidden.py"
    suite.write_text(
        SUITE
        + '\ndef test_bug(student):\n    """Ours."""\n    {}["x"]\n'
        + '\ndef test_skip(student):\n    """Ours too."""\n    pytest.skip("no data here")\n'
    )
    tests = by_name(grade_text(RIGHT))
    assert tests["test_bug"].outcome is Outcome.ERROR
    assert tests["test_skip"].outcome is Outcome.ERROR
    assert tests["test_doubles"].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def test_x(rng):\n    pass\n", "expected it to use `student`"),
        ("import no_such_thing\n", "no_such_thing"),
        (
            "import pytest\n@pytest.mark.feature('colour')\ndef test_x(student):\n    pass\n",
            "'colour' is not in spec.toml",
        ),
        ("import pytest\n@pytest.mark.wieght(1)\ndef test_x(student):\n    pass\n", "wieght"),
        ("x = 1\n", "no test is left"),
        ("x = 1\n\ndef test_x(student:\n    pass\n", r"test_hidden\.py: line 3: .*expected a Python program"),
        ("x = '\0'\n", r"test_hidden\.py: line \w+: .*null bytes.*expected a Python program"),
    ],
)
def test_a_broken_suite_stops_the_run_with_its_reason(small, grade_text, text, message):
    """Nobody is graded by half a suite."""
    (small / "solutions" / "double" / "test_hidden.py").write_text(text)
    with pytest.raises(SpecError, match=message):
        grade_text(RIGHT)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("signature = 3", "signature=3: expected a text"),
        ("featurs = []", "did you mean features"),
        ("[limits]\ncal_seconds = 1", "did you mean call_seconds"),
        ("[limits]\ncall_seconds = -1", "expected a number above 0"),
        ("libraries = ['tensorflow']", "got 'tensorflow': expected some of numpy, torch"),
        ("name = 'other'", "expected the folder's name, 'double'"),
        ("functions = []", "at least one name"),
        ("features = 'stride'", "expected a list of texts"),
        ("= 1", "expected a TOML file"),
    ],
)
def test_a_broken_spec_says_file_field_got_and_expected(small, text, message):
    """spec.toml is read strictly."""
    path = small / "solutions" / "double" / "spec.toml"
    path.write_text(text)
    with pytest.raises(SpecError, match=message) as refused:
        load_spec(path.parent)
    assert "spec.toml" in str(refused.value)


def test_a_function_without_its_suite_is_named(small):
    """A folder that was copied without its tests grades nobody."""
    (small / "solutions" / "double" / "test_hidden.py").unlink()
    with pytest.raises(
        SpecError, match=r"test_hidden\.py: cannot be read \(No such file.*\); expected a Python"
    ):
        plan_functions(small, ["double"])


def test_unknown_names_are_answered_with_the_nearest(course):
    """Functions and assignments alike."""
    with pytest.raises(UnknownNameError, match="did you mean conv2d_forward"):
        plan_functions(course, ["conv2d_foward"])
    with pytest.raises(UnknownNameError, match="did you mean convolution"):
        plan_assignment(course, "convoluton")


def test_an_assignment_gives_its_points_and_tests_what_was_taught(course):
    """The suite's weights become shares of the assignment's points."""
    plan = plan_assignment(course, "convolution")
    assert [part.spec.name for part in plan.parts] == ["conv2d_forward", "im2col", "conv2d_1x1_as_dense"]
    assert plan.parts[0].features < set(plan.parts[0].spec.features)


def test_inputs_differ_by_key_and_round_and_repeat_otherwise(small, tmp_path):
    """The seed is derived from the course key, the assignment, the suite and the round."""
    plan = plan_functions(small, ["double"])
    one, other = CourseKey.new(tmp_path / "a.key"), CourseKey.new(tmp_path / "b.key")
    assert inputs_seed(one, plan) == inputs_seed(CourseKey.load(tmp_path / "a.key"), plan)
    assert inputs_seed(one, plan) != inputs_seed(other, plan)
    suite = small / "solutions" / "double" / "test_hidden.py"
    before = inputs_seed(one, plan)
    suite.write_text(suite.read_text() + "\n# changed\n")
    assert inputs_seed(one, plan) != before


def test_the_whole_class_meets_the_same_inputs(small, tier_a, tmp_path):
    """Two equal submissions fail with equal values, to the last digit."""
    text = "def double(x, scale=2):\n    return x * 5\n"
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text(text)
    plan = plan_functions(small, ["double"])
    submissions = [read(tmp_path / f"{name}.py") for name in ("a", "b")]
    first, second = grade(submissions, plan, sandbox=tier_a, seed=development_seed(3))
    assert [t.detail for t in first.tests] == [t.detail for t in second.tests]
    assert first.tests[0].detail
    (again,) = grade(submissions[:1], plan, sandbox=tier_a, seed=development_seed(3))
    assert [t.detail for t in again.tests] == [t.detail for t in first.tests]


@pytest.mark.parametrize("shape", [(2, 3), (1,), (), (0,), (30, 40)])
def test_the_instructor_s_record_has_every_value_of_a_wrong_result(shape):
    """What came and what should have come, as nested lists; of a large array the first cells, and how many more there are."""
    want = np.arange(np.prod(shape), dtype=float).reshape(shape)
    with pytest.raises(Mismatch) as raised:
        assert_same(want + 0.5 if want.size else np.zeros(1), want)
    told, got, expected = str(raised.value).split("\n")
    assert told.startswith(raised.value.reason)
    assert raised.value.reason not in got + expected
    if want.size > 600:
        assert got.startswith(f"got {shape}: 0.5, 1.5, ")
        assert expected.endswith(f"599, and {want.size - 600} more")
    else:
        assert json.loads(expected.removeprefix("expected ")) == want.tolist()
        assert json.loads(got.removeprefix("got ")) == (want + 0.5 if want.size else np.zeros(1)).tolist()


def test_an_array_that_claims_more_cells_than_there_is_memory_is_told_by_its_first():
    """One cell behind a trillion of them: the message is short, and nothing of that size is made."""
    many = np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 40,), (0,))
    with pytest.raises(Mismatch, match="and 1099511627176 more") as raised:
        assert_same(many, np.zeros(3))
    assert len(str(raised.value)) < 5000


def test_a_record_is_handed_over_as_soon_as_its_submission_has_ended(small, tier_a, tmp_path):
    """A batch that is stopped keeps what it had."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text(RIGHT)
    seen = []

    def stop_after_two(result):
        seen.append(result.submission)
        if len(seen) == 2:
            raise KeyboardInterrupt

    submissions = [read(tmp_path / f"{name}.py") for name in ("a", "b", "c")]
    with pytest.raises(KeyboardInterrupt):
        grade(
            submissions,
            plan_functions(small, ["double"]),
            sandbox=tier_a,
            seed=development_seed(0),
            record=stop_after_two,
        )
    assert seen == ["a", "b"]


def test_what_a_student_reads_has_no_value_of_a_hidden_test(grade_text):
    """Reasons name shapes of arguments, limits and built-in exceptions only."""
    result = grade_text("def double(x, scale=2):\n    raise ValueError(f'input was {x.tolist()}')\n")
    test = by_name(result)["test_doubles"]
    assert test.reason == "your code raised ValueError"
    assert test.shapes == "(1, 2)"
    assert "input was" in test.detail


def test_a_program_over_its_size_is_not_run(small, grade_text):
    """The limit is named; there is no room to paste weights where the spec says so."""
    spec = small / "solutions" / "double" / "spec.toml"
    spec.write_text(spec.read_text() + "source_kb = 1\n")
    result = grade_text(RIGHT + "# " + "x" * 2000 + "\n")
    assert result.points == 0.0
    assert {t.outcome for t in result.tests} == {Outcome.FAILED}
    assert "limit of 1 KiB (source_kb)" in result.tests[0].reason


def test_the_digest_covers_everything_but_programs(small):
    """A calibration or any other file beside the suite changes it; a new mistake does not."""
    plan = plan_functions(small, ["double"])
    before = suite_digest(plan)
    (small / "solutions" / "double" / "mistakes" / "new.py").write_text("def double(x, scale=2): return 0\n")
    assert suite_digest(plan) == before
    (small / "solutions" / "double" / "calibration").mkdir()
    (small / "solutions" / "double" / "calibration" / "digits.json").write_text("{}")
    assert suite_digest(plan) != before


SHARES = '''
from fractions import Fraction
import pytest
from autograder.testing import Mismatch, credit

@pytest.mark.weight(6)
def test_share(student):
    """As large as it says."""
    share = student(0)
    credit(Fraction(int(share[0]), int(share[1])), "it is not the whole", f"{share}")

@pytest.mark.weight(2)
@pytest.mark.parametrize("n", [1, 2])
def test_share_of_a_case(student, n):
    """One case in part, another whole."""
    credit(Fraction(1, n), "a case in part", f"case {n}")
'''


@pytest.mark.parametrize(
    ("share", "points", "outcome"),
    [((2, 3), 4.0, "failed"), ((0, 3), 0.0, "failed"), ((3, 3), 6.0, "passed"), ((1, 7), 6 / 7, "failed")],
)
def test_a_suite_may_give_a_share_of_a_test_s_points(small, grade_text, share, points, outcome):
    """The share is exact and stands in the record; what is less than the whole has not passed, and says why."""
    (small / "solutions" / "double" / "test_hidden.py").write_text(SHARES)
    result = grade_text(f"def double(x, scale=2):\n    return {share}\n")
    whole, cases = result.tests
    assert (whole.points, whole.outcome) == (pytest.approx(points), outcome)
    assert (cases.points, cases.outcome, cases.reason) == (1.5, "failed", "a case in part")
    assert cases.detail == "a case in part: case 2; credit 1/2"
    assert result.points == pytest.approx(points + 1.5, abs=1e-6)
    if outcome == "failed":
        assert whole.reason == "it is not the whole"
        assert whole.detail.endswith(f"; credit {Fraction(*share)}")


@pytest.mark.parametrize(
    ("share", "said"), [("0.5", "credit=0.5"), ("Fraction(7, 6)", "credit=7/6"), ("-1", "credit=-1")]
)
def test_a_share_that_is_none_is_our_fault(small, grade_text, share, said):
    """A broken suite costs nobody points: a share is exact, and from 0 to 1."""
    suite = SHARES.replace("Fraction(int(share[0]), int(share[1]))", share)
    (small / "solutions" / "double" / "test_hidden.py").write_text(suite)
    result = grade_text("def double(x, scale=2):\n    return (1, 2)\n")
    assert result.points is None
    assert f"{said}: expected a Fraction from 0 to 1" in result.tests[0].detail


@given(
    st.lists(st.sampled_from(["passed", "failed", "skipped", "error"]), min_size=1, max_size=5),
    st.lists(st.fractions(0, 1, max_denominator=400), min_size=5, max_size=5),
    st.floats(0.1, 20),
)
def test_points_of_a_test_are_the_shares_of_its_cases(outcomes, shares, most):
    """Exactly added, never above the maximum, open after any error of ours."""
    cases = [
        Case(Outcome(name), "r", "", "", 0.0, share if name == "failed" else Fraction(name == "passed"))
        for name, share in zip(outcomes, shares, strict=False)
    ]
    got = collect(SuiteTest(0, "t", "d", most, len(cases)), "f", cases, None).points
    if "error" in outcomes:
        assert got is None
    else:
        assert got == most * float(sum(case.share for case in cases) / len(cases))
        assert 0 <= got <= most


CURVE = '''
import pytest

def test_falls(student, curve):
    """It falls."""
    losses = student(0)
    curve(losses)
    assert losses[-1] < losses[0]

@pytest.mark.parametrize("n", [1, 2])
def test_other(student, n):
    """Nothing is drawn."""
'''


@pytest.mark.parametrize(("losses", "outcome"), [("[2.5, 1.25, 1]", "passed"), ("[1.0, 2.0]", "failed")])
def test_a_suite_hands_over_what_is_drawn_for_the_student(small, grade_text, losses, outcome):
    """Whether the test passes or not; it stands in the record, and comes back from there."""
    (small / "solutions" / "double" / "test_hidden.py").write_text(CURVE)
    result = grade_text(f"def double(x, scale=2):\n    return {losses}\n")
    first, second = result.tests
    assert (first.outcome, first.curve, second.curve) == (outcome, tuple(map(float, json.loads(losses))), ())
    assert from_json(json.loads(to_json([result]))[0]) == result


def test_a_record_whose_curve_is_no_list_of_numbers_is_refused(small, grade_text):
    """What was written by another hand is not drawn."""
    record = json.loads(to_json([grade_text(RIGHT)]))[0]
    for curve in ("<svg>", [1, "2"], [[1.0]], {"a": 1}, None, [True]):
        record["tests"][0]["curve"] = curve
        with pytest.raises(AutograderError, match="curve="):
            from_json(record)
