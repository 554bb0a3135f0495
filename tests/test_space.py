"""Spaces of parameters: enumerated in one order, filtered, divided into strata."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.errors import SpaceError, UnknownNameError
from question_bank.space import Space

axes = st.dictionaries(
    st.sampled_from("abcd"), st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True), min_size=1
)


def even_sum(given):
    """Keep points whose values add up to an even number."""
    return sum(given.values()) % 2 == 0


@given(axes)
def test_points_are_the_product_of_the_axes_in_order(axes):
    """The order is that of nested loops, the last axis fastest, and `at` agrees with it."""
    space = Space(**axes)
    expected = [dict(zip(axes, point, strict=True)) for point in itertools.product(*axes.values())]
    assert list(space) == expected == [space.at(i) for i in range(len(space))]


@given(axes)
def test_a_constraint_keeps_what_satisfies_it(axes):
    """Filtering the space is filtering its points, and leaves the first space as it was."""
    space = Space(**axes)
    expected = [point for point in space if even_sum(point)]
    if expected:
        assert list(space.where(even_sum)) == expected
    else:
        with pytest.raises(SpaceError, match="no point satisfies the constraint"):
            list(space.where(even_sum))
    assert len(space) == len(list(itertools.product(*axes.values())))


@given(axes)
def test_strata_divide_the_space(axes):
    """Every point is in exactly one stratum, with that stratum's radicals, and `indexes` finds the same points."""
    radicals = sorted(axes)[:2]
    space = Space(radicals=radicals, **axes)
    strata = space.strata()
    assert sorted(i for indexes in strata.values() for i in indexes) == list(range(len(space)))
    for values, indexes in strata.items():
        assert space.indexes(dict(zip(radicals, values, strict=True))) == indexes


def test_several_values_may_be_allowed_for_an_axis():
    """A list fixes an axis to one of its values."""
    space = Space(n=range(5), s=(1, 2))
    assert [space.at(i) for i in space.indexes({"n": [1, 3], "s": 2})] == [{"n": 1, "s": 2}, {"n": 3, "s": 2}]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Space(n=()), SpaceError, "axis n=[]: expected at least one value, each once"),
        (lambda: Space(n=(1, 1)), SpaceError, "axis n=[1, 1]: expected at least one value, each once"),
        (lambda: Space(n=(1,), radicals=("m",)), UnknownNameError, "unknown axis 'm': Known: n"),
        (lambda: Space(n=(1, 2)).at(2), SpaceError, "index=2: expected 0 to 1"),
        (lambda: Space(n=(1, 2)).at(-1), SpaceError, "index=-1: expected 0 to 1"),
        (lambda: Space(stride=(1, 2)).indexes({"strides": 1}), UnknownNameError, "did you mean stride?"),
        (lambda: Space(n=(1, 2)).indexes({"n": 3}), SpaceError, "n=3: expected one of 1, 2"),
        (
            lambda: Space(a=(0, 1), b=(0, 1)).where(even_sum).indexes({"a": 0, "b": 1}),
            SpaceError,
            "fixed={'a': 0, 'b': 1}: no point of the space has these values together",
        ),
    ],
)
def test_what_a_space_cannot_hold_is_refused(make, error, message):
    """Each refusal says what was wrong, what was expected, and the nearest name."""
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value)
