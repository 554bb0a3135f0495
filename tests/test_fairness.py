"""A large class is treated fairly: nobody shares an item where there are enough, and no letter is the key more often."""

from collections import Counter

import pytest

from question_bank import bank
from question_bank.answers import Choice
from question_bank.blueprint import Blueprint, Slot
from question_bank.issued import Exam
from question_bank.issuing import Issuer, identity
from question_bank.keys import CourseKey
from question_bank.planning import plan, shortages
from question_bank.roster import Student
from question_bank.verification import one_thread

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
CHOICES = [name for name in bank.names() if isinstance(bank.generate(name, 0).parts[0].answer, Choice)]


@pytest.fixture(scope="module")
def large():
    """A class of 1,000 with ten items each: the exam, and what each slot's items were."""
    families = (*ENOUGH, *TOO_FEW)
    blueprint = Blueprint("Large", "large-1", tuple(Slot(name) for name in families))
    exam = Exam(blueprint, plan(blueprint, KEY, STUDENTS), KEY.fingerprint)
    issuer = Issuer(exam, KEY, ())
    with one_thread():
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


@pytest.mark.parametrize("name", CHOICES)
def test_every_letter_is_the_key_as_often_as_any_other(name):
    """In each family of choices the key's place is uniform: no letter is 4.5 standard deviations off."""
    keys: dict[int, Counter[str]] = {}
    for seed in range(300):
        answer = bank.generate(name, seed).parts[0].answer
        assert isinstance(answer, Choice)
        keys.setdefault(len(answer.options), Counter())[answer.value] += 1
    for options, letters in keys.items():
        count, share = letters.total(), 1 / options
        spread = (count * share * (1 - share)) ** 0.5
        for letter in "ABCDEFGH"[:options]:
            assert abs(letters[letter] - count * share) <= 4.5 * spread + 1, (options, letters)
