"""Families about shapes and costs: the lectures' own numbers, and mistakes that torch, told so, makes in the same way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank
from question_bank.answers import Choice, Raises
from question_bank.draw import Draw
from question_bank.errors import QuestionBankError
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.values import RAISED

seeds = st.integers(0, 2**64)


def keys_at(name, **point):
    """Return the keys at a point, of the space or not, after the oracle agreed."""
    family = bank.get(name)
    question = family.build(point, Draw("lecture"))
    bank.prove(family, question)
    return [part.answer.value for part in question.parts]


@pytest.mark.parametrize(
    ("name", "point", "part", "expected"),
    [
        (
            "multiply-adds",
            {"c_in": 128, "c_out": 128, "h": 256, "w": 256, "k": 5, "s": 1, "p": 2},
            1,
            53687091200,
        ),
        ("dense-parameters", {"c": 1, "n": 28, "m": 1000, "q": 10}, 0, 795010),
        ("window-count", {"h": 5, "w": 5, "k": 3, "s": 1}, 0, 9),
        ("pool1d-output-shape", {"h": 6, "w": 6, "k": 3, "s": 3}, 0, (6, 2)),
        (
            "in-features-after-flatten",
            {"c": 1, "h": 28, "w": 28, "f_1": 64, "f_2": 128, "k": 3, "p": 0, "m": 2},
            0,
            3200,
        ),
        ("conv-block-parameters", {"c_in": 1, "c_out": 32, "k": 7, "n": 28, "b": 1}, 0, 1600 + 2 * 32),
    ],
)
def test_the_lectures_own_numbers_come_out(name, point, part, expected):
    """What the slides compute, computed by the family that can issue it."""
    assert keys_at(name, **point)[part] == expected


def test_the_lectures_lost_area_comes_out():
    """Ten layers of 5 x 5 turn 240 x 240 pixels into 200 x 200, which is 30 percent less in the lecture's rounding."""
    (lost,) = keys_at("area-lost", h=240, w=240, k=5, l=10)
    assert abs(lost - 30) < 0.6


def wrong_of(question, rule, part=0):
    """Return the wrong answer that a rule leads to, or None where it is not live."""
    return next((w.value for w in question.wrong if (w.misconception, w.part) == (rule, part)), None)


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_wrong_shapes_are_those_of_layers_that_are_told_so(seed):
    """Without stride, padding or dilation, or with its kernel's sides exchanged, torch gives the named wrong shapes."""
    from torch import nn, zeros

    question = bank.generate("conv-output-shape", seed)
    c_in, c_out, h, w, k_h, k_w, s, p, d = question.given.values()

    def shape(kernel, stride, padding, dilation):
        layer = nn.Conv2d(c_in, c_out, kernel, stride, padding, dilation)
        return tuple(layer(zeros(c_in, h, w)).shape)

    expected = {
        "stride-ignored": shape((k_h, k_w), 1, p, d),
        "padding-ignored": shape((k_h, k_w), s, 0, d),
        "dilation-ignored": shape((k_h, k_w), s, p, 1),
        "pair-order-swapped": shape((k_w, k_h), s, p, d),
    }
    for rule, value in expected.items():
        assert wrong_of(question, rule) in (None, value), rule


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_wrong_poolings_are_those_of_layers_that_are_told_so(seed):
    """Without padding or ceil_mode, or with another stride, torch gives the named wrong shapes."""
    from torch import nn, zeros

    question = bank.generate("pool-output-shape", seed)
    _, c, h, w, k, s, p, ceil = question.given.values()

    def shape(stride, padding, ceil_mode):
        return tuple(nn.MaxPool2d(k, stride, padding, ceil_mode=ceil_mode)(zeros(c, h, w)).shape)

    expected = {
        "pool-stride-one": shape(1, p, bool(ceil)),
        "pool-stride-is-kernel": shape(k, p, ceil_mode=False),
    }
    if ceil:
        expected["ceil-mode-ignored"] = shape(s or k, p, ceil_mode=False)
    else:
        expected["padding-ignored"] = shape(s or k, 0, ceil_mode=False)
    for rule, value in expected.items():
        assert wrong_of(question, rule) in (None, value), rule


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_wrong_counts_are_those_of_layers_that_are_told_so(seed):
    """A convolution without groups, one without a bias, and one of a single group have the named wrong counts."""
    from question_bank.listing import parameter_count

    question = bank.generate("grouped-conv-parameters", seed)
    c_in, c_out, k, g, b = question.given.values()
    expected = {
        "groups-not-counted": parameter_count(f"nn.Conv2d({c_in}, {c_out}, {k}, bias={bool(b)})"),
        "bias-forgotten": parameter_count(f"nn.Conv2d({c_in}, {c_out}, {k}, groups={g}, bias=False)"),
        "bias-counted-though-off": parameter_count(f"nn.Conv2d({c_in}, {c_out}, {k}, groups={g})"),
    }
    for rule, value in expected.items():
        assert wrong_of(question, rule) in (None, value), rule


@pytest.mark.parametrize(
    ("name", "low", "high"), [("concatenated-branches", 0.15, 0.4), ("view-shape", 0.1, 0.35)]
)
def test_some_programs_raise_and_the_page_does_not_tell(name, low, high):
    """A part of the listings raises an error, and their fields are those of the others."""
    questions = [bank.generate(name, seed) for seed in range(150)]
    raising = [q for q in questions if isinstance(q.parts[0].answer, Raises)]
    assert low < len(raising) / len(questions) < high
    assert all(w.value is not RAISED for q in raising for w in q.wrong)
    assert len({str(bank.redact(q).parts) for q in questions}) == 1


def test_what_cannot_be_told_is_the_key_a_fifth_of_the_time_and_always_offered():
    """As often as any other of the five options; it stands last in every question."""
    letters = []
    for seed in range(200):
        answer = bank.generate("weight-shape-choice", seed).parts[0].answer
        assert isinstance(answer, Choice)
        assert answer.options[-1] == "That cannot be determined from this."
        letters.append(answer.value)
    assert 0.1 < letters.count("E") / len(letters) < 0.3
    assert set(letters) == set("ABCDE")


def test_a_stem_without_a_shape_is_an_error_of_the_family():
    """The oracle's reader says which family shows no shape, and what it got."""
    from question_bank.answers import Integer
    from question_bank.listing import stem_shape

    question = Question("some-family", 1, {}, Message("No shape."), (Part(Integer(1), Message("n")),))
    with pytest.raises(
        QuestionBankError, match="stem of family some-family with shape=None: expected a shape"
    ):
        stem_shape(question)


@pytest.mark.parametrize(
    "name", ["conv-vs-dense-parameters", "transposed-conv-size", "window-count", "area-lost"]
)
def test_a_class_of_200_gets_different_items_at_the_same_difficulty(name):
    """Every stratum has at least 200 points."""
    assert min(map(len, bank.get(name).space.strata().values())) >= 200
