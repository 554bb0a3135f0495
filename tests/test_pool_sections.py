"""Sections and orders of a blueprint in a pool: frozen, said in every format or told to be lost; older pools are as they were."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank, pooling
from question_bank.answers import Choice, Choices, Integer
from question_bank.blueprint import Blueprint, Section, Slot
from question_bank.errors import FormatError
from question_bank.exporters import EXPORTERS, KEY_EXPORTERS
from question_bank.frozen import canonical
from question_bank.issued import KeyItem
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.paper import Heading, Item, Paper
from question_bank.pool import FrozenPool, Group, Pool
from question_bank.static_questions import parse_question

KEY = CourseKey(bytes(range(32)))
BEFORE = Blueprint(
    "Quiz 1",
    "quiz-1",
    (
        Slot("conv-output-size", 2, 2, {"s": (2,)}),
        Slot("conv-output-size-choice"),
        Slot("which-are-true"),
        Slot("why"),
    ),
)
WRITTEN_BEFORE = {
    "pool.json": "5a8794f8dd640cff9431ae110e6b3d9c79a280d91cc63617b2e5ec67ccff2e99",
    "canvas": "f872b48779851ebd659df5529179e4538648d35c98e289fbae2428e40c80371d",
    "gift": "ea886e14da5198ea0d7b070bca12f8f59ca8b59c54925b28601a45ff8a8c404c",
    "markdown": "e25a78e8658565d3b1fa3e20d3e800db93e0d9b45bed4adf9de9f620759f86de",
    "moodle": "3d3ad4b5062a3cf5d4bf83cf2268ad9bb82d52b07d6c133824c2d670888b9555",
}
"""Digests of what this blueprint gave before a pool knew sections."""

OWN = b"""stem = "What does padding change?"
feedback = "Each side gets more pixels."
keep_order = true
kind = "choice"
options = ["the size", "all of them"]
key = "the size"
[[wrong]]
answer = "all of them"
feedback = "Padding is added to height and width."
"""


def test_a_pool_without_sections_has_the_bytes_that_it_had(one_thread):
    """Nothing of an import changes for who uses neither sections nor shuffling."""
    pool = pooling.make_pool(BEFORE, KEY, 3)
    frozen = canonical(FrozenPool(pool, BEFORE, 3, "k").to_json())
    written = {name: KEY_EXPORTERS.get(name).export(pool) for name in WRITTEN_BEFORE if "." not in name}
    found = {"pool.json": frozen, **written}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in found.items()} == WRITTEN_BEFORE


def test_a_pool_knows_its_sections_and_what_they_shuffle(one_thread):
    """Where they begin, in groups; a question that keeps its order does so in a section that shuffles options."""
    quiz = Blueprint(
        "Quiz",
        "quiz-1",
        (Slot("conv-output-size", 2), Slot("", questions=("why-pad",)), Slot("which-are-true")),
        sections=(
            Section("Sizes", "Let $p = 1$; a set is {1, 2}.", 1, ("items",)),
            Section("", "", 2, ("items", "options")),
        ),
        questions=(parse_question(OWN, "why-pad"),),
    )
    pool = pooling.make_pool(quiz, KEY, 2)
    assert pool.sections == (Heading("Sizes", "Let $p = 1$; a set is {1, 2}.", 0), Heading("", "", 2))
    assert [group.shuffle for group in pool.groups] == [
        ("items",),
        ("items",),
        ("items",),
        ("items", "options"),
    ]
    frozen = FrozenPool(pool, quiz, 2, KEY.fingerprint)
    assert FrozenPool.from_json(json.loads(canonical(frozen.to_json()))) == frozen


def test_versions_are_told_to_mean_nothing():
    """The course system draws for each student, and says so itself nowhere."""
    [said] = pooling.unused(Blueprint("Quiz", "q", (Slot("why"),), versions=4))
    assert said.startswith("versions = 4 means nothing to a pool: the course system draws for each student; ")
    assert pooling.unused(Blueprint("Quiz", "q", (Slot("why"),))) == ()


def asking(*parts):
    """Return a question that asks these parts."""
    return Question("window-count", 1, {}, Message("How many?"), parts)


NUMBER = Part(Integer(3), Message("Number"))
ONE = Part(Choice(("yes", "no"), "B"), Message("Right?"))
SEVERAL = Part(Choices(("a", "b", "c"), "AC"), Message("Which?"))


def group(number, question, *shuffle):
    """Return a group of one item."""
    item = KeyItem(f"k7q2-{number:04d}", number, 1, question)
    return Group(f"Slot {number + 1}", "", 1, (item,), 1, {}, shuffle)


@given(st.integers(0, 5), st.lists(st.tuples(st.sampled_from(["", "A/b"]), st.integers(0, 5)), max_size=4))
@settings(deadline=None)
def test_every_group_is_in_one_section(groups, sections):
    """Whatever the sections are, empty ones among them, groups keep their order and none is lost."""
    headings = tuple(
        Heading(title, "", min(at, groups)) for title, at in sorted(sections, key=lambda s: s[1])
    )
    pool = Pool("t", "p", tuple(group(n, asking(NUMBER)) for n in range(groups)), sections=headings)
    assert tuple(each for _, inside in pool.by_section() for each in inside) == pool.groups
    assert Pool.from_json(json.loads(canonical(pool.to_json()))) == pool


@pytest.mark.parametrize("places", [(1, 0), (-1,), (0, 3)], ids=str)
def test_sections_out_of_order_are_no_pool(places):
    """A group would be in two of them, or in none."""
    pool = Pool("t", "p", (group(0, asking(NUMBER)), group(1, asking(NUMBER))))
    data = {**pool.to_json(), "sections": [Heading("", "", at).to_json() for at in places]}
    with pytest.raises(
        FormatError, match=r"sections: got the places \[.*\], expected them in order, from 0 to 2"
    ):
        Pool.from_json(data)


LOSSES = {
    "moodle": ["questions stand in the order that the quiz gives them: tick Shuffle at their section there"],
    "gift": [
        "whether options are shuffled is a setting of the site; its default is that they are",
        "questions stand in the order that the quiz gives them: tick Shuffle at their section there",
    ],
    "canvas": [
        "options are not shuffled: Canvas does that in a whole quiz or not at all, and others are to keep their order",
        "questions stand in the order of their groups, which Canvas does not shuffle",
    ],
}


@pytest.mark.parametrize("name", LOSSES)
def test_an_order_that_a_format_cannot_keep_is_told(name):
    """Each rule once, with the families; nothing where nothing is lost."""
    losses = KEY_EXPORTERS.get(name).losses
    pool = Pool("t", "p", (group(0, asking(ONE), "items", "options"), group(1, asking(SEVERAL))))
    for said in LOSSES[name]:
        assert f"{said} (window-count)" in losses(pool)
    assert losses(Pool("t", "p", (group(0, asking(NUMBER)),))) == ()


def test_canvas_shuffles_where_nobody_minds():
    """A number has no options to keep; letters that are typed are told, because Canvas leaves those in order."""
    losses = KEY_EXPORTERS.get("canvas").losses
    shuffled = Pool("t", "p", (group(0, asking(ONE), "options"), group(1, asking(NUMBER))))
    assert losses(shuffled) == ()
    typed = Pool("t", "p", (group(0, asking(NUMBER, ONE), "options"),))
    assert "options are not shuffled, because their letters are typed (window-count)" in losses(typed)


NOT_TEXT = ("pdf", "qti21", "qti30")


def test_an_intro_with_braces_is_written_in_every_format():
    """Braces are text there, not fields: papers for students, and files for course systems."""
    headings = (Heading("Sets & sizes", "A set is {1, 2}; $n = 5$.", 0),)
    question = asking(NUMBER)
    paper = Paper("T", "p", "ana", (Item("k7q2-0000", 0, 1, bank.redact(question)),), sections=headings)
    pool = Pool("T", "p", (group(0, question),), sections=headings)
    for exporters, document in ((EXPORTERS, paper), (KEY_EXPORTERS, pool)):
        for name in exporters.names():
            data = exporters.get(name).export(document)
            assert name in NOT_TEXT or b"A set is" in data, name
