"""Answers in notebooks: one rule for quizzes and for questions in an assignment; what only running would give is read as it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.model import Outcome
from autograder.variants_answers import BROKEN, COMPUTED, NAME, read_answers
from autograder.variants_marking import _marked
from question_bank.answers import Choice, Integer, Number, Shape
from question_bank.issued import KeyItem
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.notebook_answers import MAX_DEPTH, MAX_SOURCE, assigned
from question_bank.responses_notebook import answer

PIECES = [
    "answer_1 = ",
    "answer_1: int = ",
    "x = ",
    "[",
    "]",
    "(",
    ")",
    ",",
    "1",
    "-",
    "2_0",
    "'",
    '"""',
    "\n",
    "\r",
    "\\",
    "#",
    " ",
    "é",
    "None",
    "x",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=20).map("".join))
@settings(max_examples=300, deadline=None)
def test_both_notebooks_are_read_in_the_same_way(source):
    """A quiz's cell and an assignment's: the last answer in it is the same text, which any file can hold."""
    found = [each for each in assigned(source) if NAME.fullmatch(each.name)]
    answers = read_answers([source])
    both = {**answers.as_they_stand, **answers.typed}
    assert both == {each.name: each.text for each in found}
    if found and len({each.name for each in assigned(source)}) == 1:
        assert answer(source) == found[-1].text.strip()
    assert all(each.text.encode() is not None for each in found)


@pytest.mark.parametrize(
    ("source", "text", "kind"),
    [
        ("answer_1 = [1_0, # ten\n  -2]", "[10, -2]", "literal"),
        ("answer_1 = (3,)", "(3,)", "literal"),
        ("answer_1 = 3, 4", "(3, 4)", "literal"),
        ("answer_1 = None", "", "literal"),
        ("answer_1 = 1/3", "1/3", "source"),
        ("é = 'ô'; answer_1 = (ô *\r\n  2)", "ô *\r\n  2", "source"),
        ("answer_1 = 32 x 32  # by hand", "32 x 32", "broken"),
        ("answer_1 == 3", None, ""),
        ("!ls\nanswer_1 == 3", None, ""),
        (
            "answer_1 = " + "[" * (MAX_DEPTH + 1) + "1" + "]" * (MAX_DEPTH + 1),
            "[[[[[[[[[1]]]]]]]]]",
            "source",
        ),
        ("answer_1 = 1" + " " * MAX_SOURCE, None, ""),
    ],
)
def test_what_is_taken(source, text, kind):
    """The text as a page would save it, and what it is; a comparison is no answer, and caps hold."""
    found = [(each.text, each.kind) for each in assigned(source)]
    assert found == ([] if text is None else [(text, kind)])


def test_an_answer_that_a_page_would_read_counts_without_quotes_and_the_others_are_told():
    """A fraction, a letter, a shape by hand: no point is lost over quotes; a product is not computed."""
    answers = (Number(1, 0), Choice(("yes", "no"), "B"), Shape((32, 32)), Integer(6), Integer(7))
    parts = tuple(Part(each, Message("?")) for each in answers)
    item = KeyItem("k7q2-0000", 0, 5, Question("window-count", 1, {}, Message("?"), parts))
    cell = "answer_1a = 3/3\nanswer_1b = B\nanswer_1c = 32 x 32\nanswer_1d = 2 * 3\nanswer_1e = '7"
    marked = [(test.outcome, test.reason) for test in _marked(1, item, read_answers([cell]))]
    assert marked == [(Outcome.PASSED, "")] * 3 + [(Outcome.FAILED, COMPUTED), (Outcome.FAILED, BROKEN)]
