"""Papers and pools as Markdown: all that is asked, keys for instructors alone."""

import base64
import re

import mistune
import pytest

from question_bank import bank, exam, markdown_text
from question_bank.answers import Choice, Choices, Written
from question_bank.exporters import EXPORTERS, KEY_EXPORTERS
from question_bank.issued import KeyItem, Sheet
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.paper import Heading, Item, Paper
from question_bank.pool import Group, Pool
from question_bank.roster import Student
from question_bank.translation import localize
from question_bank.values import show

FAMILIES = bank.names()


@pytest.fixture(scope="module", params=FAMILIES)
def question(request, one_thread):
    """A question of each family."""
    return bank.generate(request.param, 3)


def pool_of(question, language="en"):
    """Return a pool of one item, as Markdown."""
    group = Group("Slot 1: x", "", 1, (KeyItem("k7q2-0000", 0, 1, question),), 1)
    return KEY_EXPORTERS.get("markdown").export(Pool("Quiz", "q", (group,), language)).decode()


def test_a_pool_has_keys_solutions_and_reasons_and_a_paper_asks_the_same_without(question):
    """What the paper says is the beginning of what the pool says; keys, steps and explanations follow there alone."""
    told = pool_of(question)
    sheet = Sheet("Quiz", "q", Student("1", "An"), (KeyItem("k7q2-0000", 0, 1, question),), coded=True)
    asked = EXPORTERS.get("markdown").export(exam.paper_of(sheet)).decode()
    stem = markdown_text.text(question.stem)
    assert f"{stem} \\[K7Q2-0000\\]" in asked
    for text in (question.code, *(step.latex() for step in question.solution)):
        assert text in told
    for table in question.tables:
        for row in table.value.rows():
            assert " & ".join(map(show, row)) in asked
    assert (
        told.count("](data:image/svg+xml;base64,")
        == asked.count("](data:image/svg+xml;base64,")
        == bool(question.figure)
    )
    for part in question.parts:
        for letter, option in zip(part.field.letters, part.field.options, strict=True):
            assert f"- {letter}: {markdown_text.text(Message(option))}" in asked
        if isinstance(part.answer, Written):
            assert all(
                f"{markdown_text.text(line.text)} ({line.points})" in told for line in part.answer.rubric
            )
        elif not isinstance(part.answer, Choice | Choices):
            assert markdown_text.plain(part.answer.show()) in told
    for wrong in question.wrong:
        why = markdown_text.text(Message(CATALOGUE[wrong.misconception].explanation))
        assert why in told
        assert why not in asked
    assert "Worked solution" not in asked


def test_figures_unpack_and_sections_stand_before_their_items():
    """An embedded drawing is one; titles and intros are where the blueprint has them."""
    named = (bank.redact(bank.generate(name, 3)) for name in FAMILIES)
    question = next(question for question in named if question.figure)
    items = tuple(Item(f"k7q2-000{n}", n, 1, question) for n in range(2))
    told = EXPORTERS.get("markdown").export(
        Paper("Q*", "q", "1", items, sections=(Heading("Two", "Go on.", 1),), version="B")
    )
    text = told.decode()
    [data, _] = re.findall(r"base64,([^)]+)\)", text)
    assert base64.b64decode(data).startswith(b"<svg")
    assert text.index("## Question 1") < text.index("# Two\n\nGo on.\n\n## Question 2")
    assert text.startswith("# Q\\*\n\n- 1\n- q\n- B\n")


def test_it_is_rendered_as_it_is_meant():
    """Headings, options as a list, the listing as code, by a Markdown reader."""
    page = mistune.create_markdown()(pool_of(bank.generate("which-are-true", 3)))
    assert "<h2>Question 1 (1 point)</h2>" in page
    assert page.count("<li>A: ") == 2 - ("A" not in bank.generate("which-are-true", 3).parts[0].answer.value)
    assert '<code class="language-python">' in mistune.create_markdown()(
        pool_of(bank.generate("printed-shape", 3))
    )


@pytest.mark.parametrize("name", ["linear-on-last-axis", "which-are-true", "written-convolution"])
def test_in_vietnamese_no_english_word_of_ours_is_left(name):
    """The words beside the question are in its language."""
    told = pool_of(localize(bank.generate(name, 1), "vi"), "vi")
    for word in markdown_text.WORDS:
        assert word not in told
