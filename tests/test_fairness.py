"""A class is treated fairly: nobody shares an item where there are enough; neither its letter nor its length tells the key."""

from collections import Counter, defaultdict
from string import ascii_uppercase

import pytest

from question_bank import bank
from question_bank.answers import Choice, Choices
from question_bank.blueprint import Blueprint, Slot
from question_bank.draw import Draw
from question_bank.issued import Exam
from question_bank.issuing import Issuer, identity
from question_bank.keys import CourseKey
from question_bank.languages import LANGUAGES
from question_bank.message import Message
from question_bank.planning import plan, shortages
from question_bank.roster import Student
from question_bank.translation import localize
from question_bank.verification import candidate

pytestmark = pytest.mark.usefixtures("one_thread")

STUDENTS = 1000
ENOUGH = (
    "conv-parameters",
    "stack-output-shape",
    "sgd-step",
    "softmax-by-hand",
    "conv-bias-gradient",
    "conv-1d-by-hand",
)
TOO_FEW = ("window-count", "area-lost", "network-summary", "weight-shape-choice")
KEY = CourseKey(b"fairness" * 4)


@pytest.fixture(scope="module")
def large(one_thread):
    """A class of 1,000 with ten items each: the exam, and what each slot's items were."""
    families = (*ENOUGH, *TOO_FEW)
    blueprint = Blueprint("Large", "large-1", tuple(Slot(name) for name in families))
    exam = Exam(blueprint, plan(blueprint, KEY, STUDENTS), KEY.fingerprint)
    issuer = Issuer(exam, KEY, ())
    sheets = [issuer.sheet(Student(f"s{number}", f"Student {number}")) for number in range(STUDENTS)]
    uses = [
        Counter(identity(sheet.items[slot].question) for sheet in sheets) for slot in range(len(families))
    ]
    return exam, uses


@pytest.mark.slow
def test_no_item_is_repeated_where_there_are_enough(large):
    """A thousand students get a thousand different items of every stratum that has them."""
    exam, uses = large
    short = {shortage.planned.family for shortage in shortages(exam, STUDENTS)}
    assert len(exam.plan) == 10
    assert short == set(TOO_FEW)
    for planned in exam.plan:
        if planned.family in ENOUGH:
            assert set(uses[planned.slot].values()) == {1}, planned.family


@pytest.mark.slow
def test_where_there_are_too_few_the_numbers_are_told_and_the_items_shared_evenly(large):
    """The tool says how many are needed and available; all are used, none more than once more than another."""
    exam, uses = large
    found = shortages(exam, STUDENTS)
    assert found
    for shortage in found:
        counts = uses[shortage.planned.slot]
        assert (shortage.needed, shortage.available) == (STUDENTS, len(counts))
        assert f"{STUDENTS} different items needed, {len(counts)} available" in str(shortage)
        assert max(counts.values()) - min(counts.values()) <= 1


def sampled(name, most):
    """Yield questions at so many points of a family at most, evenly spaced, as they are before the oracle is asked."""
    family = bank.get(name)
    count = len(family.space)
    for number in range(min(count, most)):
        yield candidate(family, number * count // min(count, most))


def choices(question):
    """Yield (number, answer) for each part that asks for a choice."""
    for number, part in enumerate(question.parts):
        if isinstance(part.answer, Choice | Choices):
            yield number, part.answer


def offers_choices(name):
    """Whether a family asks for choices, at one of a few points at least."""
    return any(any(choices(question)) for question in sampled(name, 12))


def are_sentences(answer):
    """Whether options are sentences, so that a reader could go by how long they are."""
    return all(option.endswith(".") and " " in option for option in answer.options)


def offers_sentences(name):
    """Whether a family asks to choose from sentences, at one of a few points at least."""
    return any(
        any(are_sentences(answer) for _, answer in choices(question)) for question in sampled(name, 12)
    )


def test_choices_are_found_in_any_part_and_of_any_kind():
    """Families whose later part is a choice, or that ask for several options, are among those that are looked at."""
    assert all(
        map(offers_choices, ("conv-output-size-choice", "missing-layer-line", "parameter-free-layers"))
    )
    assert not offers_choices("conv-output-size")
    assert all(map(offers_sentences, ("why", "which-are-true", "missing-layer-line", "training-loop-bug")))
    assert not any(map(offers_sentences, ("true-or-false", "weight-shape-choice", "classic-filter-choice")))


@pytest.mark.parametrize("name", bank.names())
def test_every_letter_is_right_as_often_as_any_other(name):
    """In each part that asks for a choice, the right options stand anywhere: no letter is 4.5 standard deviations off."""
    right = defaultdict(list)
    family = bank.get(name)
    points = family.space.indexes()
    for seed in range(150 if offers_choices(name) else 0):
        index = Draw("letters", name, seed).choice(points)
        for number, answer in choices(candidate(family, index, seed)):
            right[number, len(answer.options)].append(answer.value)
    for (number, options), keys in right.items():
        share = sum(map(len, keys)) / len(keys) / options
        spread = (len(keys) * share * (1 - share)) ** 0.5
        for letter in ascii_uppercase[:options]:
            often = sum(letter in key for key in keys)
            assert abs(often - len(keys) * share) <= 4.5 * spread + 1, (number, letter, often, len(keys))


def gained(answer):
    """Return what going by length earns: for each rank, from the longest option down, the share of options there that are right."""
    lengths = [len(Message(option).plain()) for option in answer.options]
    right = [letter in answer.value for letter in ascii_uppercase[: len(lengths)]]
    ranked = [
        [right[at] for at, other in enumerate(lengths) if other == length] for length in sorted(lengths)
    ]
    return [sum(tied) / len(tied) for tied in reversed(ranked)]


def test_going_by_length_earns_what_it_earns():
    """The key of three options is the longest; where two are of one length, going by length is half a guess."""
    assert gained(Choice(("long.", "longer.", "a."), "B")) == [1, 0, 0]
    assert gained(Choice(("long.", "same.", "a."), "B")) == [0.5, 0.5, 0]
    assert gained(Choices(("long.", "longer.", "a."), "AC")) == [0, 1, 1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", bank.names())
def test_no_rule_of_length_finds_the_right_sentence(name, language):
    """The longest, the shortest, or any other sentence by length is right at most a tenth more often than one at random."""
    gains = defaultdict(list)
    for question in sampled(name, 400) if offers_sentences(name) else ():
        for number, answer in choices(localize(question, language)):
            gains[number, len(answer.options)].append(gained(answer))
    for ranks in gains.values():
        by_rank = [sum(column) / len(ranks) for column in zip(*ranks, strict=True)]
        chance = sum(by_rank) / len(by_rank)
        assert max(by_rank) <= chance + 0.1, by_rank
