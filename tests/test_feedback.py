"""Feedback: what a student reads of a grade, and what never reaches a student."""

import base64
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.curves import GUESSING, MOST, as_svg, checked, in_words
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
        curve=tuple(draw(st.lists(st.floats(0, 9), max_size=3))),
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
    assert tags <= {"p", "strong", "table", "tr", "th", "td", "br", "small", "img"}
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


# The curve of a training


NUMBER = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(NUMBER, min_size=1, max_size=80))
def test_a_curve_is_a_picture_of_its_numbers(values):
    """Well-formed, the same bytes twice, every point on the sheet, higher for a larger loss; no finite number is too large."""
    svg = as_svg(checked(values))
    assert svg == as_svg(checked(values))
    root = ET.fromstring(svg)  # noqa: S314 -- our own text
    points = [tuple(map(float, point.split(","))) for point in root.find("{*}polyline").get("points").split()]
    assert len(points) == len(values)
    assert all(0 <= x <= 480 and 30 <= y <= 200 for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    for (_, y), value in zip(points, values, strict=True):
        for (_, other_y), other in zip(points, values, strict=True):
            assert y <= other_y or value <= other
    assert {element.tag.partition("}")[2] for element in root.iter()} <= {
        "svg", "rect", "text", "line", "polyline", "circle",
    }  # fmt: skip


def test_a_curve_shows_the_loss_of_guessing_where_there_is_room():
    """What is below the dashed line has been learned."""
    assert "guessing among ten classes" in as_svg([1.0, 0.5])
    assert "guessing among ten classes" not in as_svg([100 * GUESSING, 1.0])


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_drawn(bad):
    """A suite checks what it hands over; the message says what it was."""
    with pytest.raises(ValueError, match=r"curve: \(1.0, (nan|inf)\): expected finite numbers"):
        checked([1.0, bad])
    assert len(checked([1.0] * (MOST + 5))) == MOST


def test_the_curve_is_in_both_kinds_of_feedback_with_its_numbers_in_words():
    """On the page as an image, in which nothing can run, with its text; on a terminal as text alone."""
    test = TestResult("f", "t", "Falls.", 1.0, 1.0, Outcome.PASSED, "", None, 0.1, curve=(2.25, 0.5))
    page, text = (write("f", graded([test]), 1.0, 1.0) for write in (as_html, as_text))
    assert "Loss of each epoch: 2.25, 0.5" in text
    [(alternative, data)] = re.findall(
        r'<img alt="([^"]*)" width="480" src="data:image/svg\+xml;base64,([^"]*)">', page
    )
    assert alternative == "Loss of each epoch: 2.25, 0.5"
    assert base64.b64decode(data).decode() == as_svg((2.25, 0.5))
    assert (
        in_words([2.0] * 30 + [1.5])
        == "Loss of 31 epochs: 2 in the first, 1.5 in the last, 1.5 at its smallest"
    )
    assert "<img" not in as_html("f", graded([]), 1.0, 1.0)
