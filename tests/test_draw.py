"""The named stream: the same for ever, unbiased, and apart from every other."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.draw import Draw, encode
from question_bank.errors import QuestionBankError

fields = st.lists(st.one_of(st.text(max_size=8), st.integers(-999, 999), st.binary(max_size=8)), max_size=4)


def test_the_stream_is_shake_256_of_the_name_and_a_counter():
    """The first bytes are what hashlib gives for the documented input, so any language can draw the same."""
    name = b"s" + (4).to_bytes(8, "big") + b"name" + b"i" + (1).to_bytes(8, "big") + b"7"
    assert encode(["name", 7]) == name
    stream = b"".join(
        hashlib.shake_256(name + counter.to_bytes(8, "big")).digest(272) for counter in range(3)
    )
    draw = Draw("name", 7)
    assert bytes(draw.integers(700, 0, 255)) == stream[:700]


def test_known_draws_never_change():
    """Recorded draws: a change here would change every paper ever issued."""
    draw = Draw("vector", 1, b"\x00")
    assert draw.integers(10, 0, 99) == (79, 68, 56, 6, 42, 89, 94, 23, 3, 33)
    assert draw.integer(0, 10**30) == 447598940784984718181290861011
    assert "".join(draw.shuffle("abcdef")) == "febcad"
    assert draw.child("c").integers(5, -3, 3) == (-3, -2, 2, 0, -3)


@given(fields, fields)
def test_different_names_have_different_encodings(one, other):
    """Lengths stand before the fields, so no two names share a stream."""
    assert (encode(one) == encode(other)) == (
        [(type(f), f) for f in one] == [(type(f), f) for f in other] or same(one, other)
    )


def same(one, other):
    """Whether two names are equal after NFC."""
    from unicodedata import normalize

    def key(name):
        return [(type(f), normalize("NFC", f) if isinstance(f, str) else f) for f in name]

    return key(one) == key(other)


def test_a_name_typed_on_another_system_is_the_same_name():
    """Composed and decomposed letters give one stream."""
    assert Draw("Nguy\u1ec5n").integer(0, 10**9) == Draw("Nguye\u0302\u0303n").integer(0, 10**9)


@given(st.integers(-(10**20), 10**20), st.integers(0, 10**20), st.integers())
def test_integers_stay_in_their_range(low, span, seed):
    """Both ends are included, nothing beyond them."""
    assert low <= Draw(seed).integer(low, low + span) <= low + span


def test_integers_are_unbiased():
    """Chi-squared of 30,000 draws from 10 values is below the 99.99 % point; the draws never change, so neither does this."""
    counts = Counter(Draw("uniform").integers(30_000, 1, 10))
    assert set(counts) == set(range(1, 11))
    assert sum((count - 3000) ** 2 / 3000 for count in counts.values()) < 33.7


def test_shuffles_are_unbiased():
    """All 24 orders of four items come equally often."""
    draw = Draw("orders")
    counts = Counter(draw.shuffle("abcd") for _ in range(12_000))
    assert len(counts) == 24
    assert (
        sum((count - 500) ** 2 / 500 for count in counts.values()) < 57.1
    )  # 99.99 % point, 23 degrees of freedom


@given(st.lists(st.integers()))
def test_a_shuffle_loses_nothing(items):
    """The same items in another order."""
    assert Counter(Draw("s").shuffle(items)) == Counter(items)


def test_a_child_does_not_depend_on_what_was_drawn():
    """A purpose has a stream of its own."""
    draw = Draw("parent")
    before = draw.child("entries").integers(5, 0, 9)
    draw.integers(100, 0, 9)
    assert draw.child("entries").integers(5, 0, 9) == before != draw.child("options").integers(5, 0, 9)


def test_impossible_draws_are_refused():
    """An empty range and an empty choice say what was expected."""
    with pytest.raises(QuestionBankError, match="high=1: expected at least low=2"):
        Draw().integer(2, 1)
    with pytest.raises(QuestionBankError, match="expected at least one to draw from"):
        Draw().choice(())
