"""Feedback: what a student reads of a grade, and what never reaches a student."""

import re

from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback import as_html, as_text, points_of
from autograder.model import Grade, Outcome, TestResult
from question_bank.misconceptions import CATALOGUE

TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=30)


@st.composite
def results(draw):
    """Draw a test's result of any outcome."""
    outcome = draw(st.sampled_from(Outcome))
    most = draw(st.floats(min_value=0.01, max_value=10))
    share = {Outcome.PASSED: 1.0, Outcome.FAILED: draw(st.floats(min_value=0, max_value=0.9))}.get(
        outcome, 0.0
    )
    return TestResult(
        function=draw(st.sampled_from(["f", "g"])),
        test="test_secret_name",
        description=draw(TEXT),
        points=None if outcome is Outcome.ERROR else share * most,
        max_points=most,
        outcome=outcome,
        reason=draw(TEXT),
        diagnosis=draw(st.sampled_from([None, "kernel-flipped", "no-such-id"])),
        seconds=0.1,
        shapes=draw(st.sampled_from(["", "(1, 2, 3, 4)"])),
        detail="HIDDEN_VALUE 3.25 at (0, 1)",
    )


def graded(tests, **more):
    """Make a grade of some tests."""
    fields = {
        "submission": "s",
        "points": None,
        "max_points": 1.0,
        "needs_person": False,
        "round": 1,
        "suite": "0" * 32,
    }
    return Grade(
        **fields | {"versions": {}, "tier": "A", "tests": tuple(tests), "output": "HIDDEN_OUTPUT"} | more
    )


@given(st.lists(results(), max_size=6), TEXT)
def test_no_value_no_output_and_no_test_name_reaches_a_student(tests, note):
    """Of a hidden test a student reads the docstring, the outcome, the reason, the shapes and the diagnosis."""
    grade = graded(tests, notes=(note,))
    for write in (as_html, as_text):
        assert not re.search("HIDDEN|test_secret_name", write("f", grade, points_of(tests, 3.0), 3.0))


@given(st.lists(results(), max_size=6), TEXT)
def test_every_text_is_escaped(tests, note):
    """A page holds no tag but our own, whatever a docstring or a note says."""
    page = as_html("<f>", graded([t for t in tests if t.function == "f"], notes=(note,)), None, 3.0)
    tags = set(re.findall(r"</?([^ >]*)[^>]*>", page))
    assert tags <= {"p", "strong", "table", "tr", "th", "td", "br", "small"}
    assert not re.findall(r"&(?!amp;|lt;|gt;|quot;|#x27;|nbsp;)", page)


@given(st.lists(results(), min_size=1, max_size=6), st.floats(min_value=0.5, max_value=100))
def test_points_are_the_share_that_was_earned_and_open_after_a_fault_of_ours(tests, most):
    """Nobody gets more than a part is worth, and an error of ours is never a zero."""
    points = points_of(tests, most)
    if any(test.outcome is Outcome.ERROR for test in tests):
        assert points is None
    else:
        assert points is not None
        assert 0 <= points <= most + 1e-6
        if all(test.outcome is Outcome.PASSED for test in tests):
            assert abs(points - most) < 1e-6


def one(outcome, **more):
    """Make one result of function f."""
    fields = {
        "function": "f",
        "test": "t",
        "description": "It works.",
        "points": 0.0,
        "max_points": 2.0,
        "reason": "you see",
    }
    return TestResult(**fields | {"outcome": outcome, "diagnosis": None, "seconds": 0.0, "detail": ""} | more)


def test_a_failed_test_says_what_was_tested_why_and_on_which_shapes():
    """One screen that teaches: the named mistake first, then each test."""
    failed = one(Outcome.FAILED, diagnosis="kernel-flipped", shapes="(1, 1, 3, 3)")
    title = CATALOGUE["kernel-flipped"]
    assert as_text("f", graded([failed]), 1.23456, 2.0).splitlines() == [
        "f: 1.23 of 2 points",
        f"It looks like this: {title.title}. {title.explanation}",
        "✗ 0/2  It works.",
        "      You see.",
        "      Shapes of the arguments: (1, 1, 3, 3).",
    ]


def test_a_fault_of_ours_is_called_ours_and_its_reason_is_kept():
    """The student reads that a person will look, and nothing of the fault."""
    text = as_text("f", graded([one(Outcome.ERROR, points=None)]), None, 2.0)
    assert "f: not graded yet of 2 points" in text
    assert "That is not your fault: a person will look at it." in text
    assert "you see" not in text


def test_an_unreadable_file_gets_the_reason_once_instead_of_a_list_of_tests():
    """Tests that could not run say nothing that the note does not."""
    grade = graded([one(Outcome.SKIPPED)] * 9, needs_person=True, notes=("The file is empty.",))
    assert as_text("f", grade, 0.0, 2.0).splitlines() == [
        "f: 0 of 2 points",
        "Your file could not be read. A person will look at it.",
        "The file is empty.",
    ]
