"""What LeNet's marks are made of: variants of the network, points from an accuracy, repetitions and their chance of error."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.architectures import INPUTS, VARIANTS, architecture_of, refuse_other_images
from autograder.beside import load_file
from autograder.errors import SpecError
from autograder.training import MARGIN, REPEATS, chances, miss, repeated, share_of_points

REFERENCE = Path(__file__).resolve().parent.parent / "solutions" / "lenet" / "reference.py"
shares = st.fractions(0, 1, max_denominator=400)
levels = st.tuples(shares, shares).filter(lambda pair: pair[0] != pair[1]).map(sorted)


# Variants


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("chosen", INPUTS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_reference_is_the_architecture_that_was_asked_for(variant, chosen, batch):
    """Its parameters, in order, have the shapes of the table, and its layers the output shapes, for any batch."""
    import torch

    lenet = architecture_of({"variant": variant, "input": chosen})
    model = load_file(REFERENCE).build_lenet(**lenet.arguments)
    assert tuple(tuple(p.shape) for p in model.parameters()) == lenet.shapes
    assert sum(p.numel() for p in model.parameters()) == lenet.parameters
    x, found = torch.zeros(batch, *lenet.image), []
    for layer in model:
        x = layer(x)
        if list(layer.parameters()):
            found.append(tuple(x.shape))
    assert found == [(batch, *shape) for shape, _ in lenet.rows]
    assert {type(layer).__name__ for layer in model} >= set(VARIANTS[variant])


def test_the_numbers_of_parameters_are_those_of_the_course():
    """Counted by hand: 156 + 2,416 + 48,120 + 10,164 + 850, and so on; arrays can be told apart by their sizes."""
    counts = {name: architecture_of({"input": name}).parameters for name in INPUTS}
    assert counts == {"1x28x28": 61706, "1x28x28-unpadded": 44426, "3x32x32": 62006}
    for name in INPUTS:
        sizes = architecture_of({"input": name}).sizes
        assert len(set(sizes)) == len(sizes)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"variant": "sigmod"},
            r"\[lenet\]: unknown variant 'sigmod': did you mean sigmoid\? Known: relu, sigmoid",
        ),
        (
            {"input": "28x28"},
            r"\[lenet\]: unknown input '28x28': did you mean .*1x28x28.* Known: 1x28x28, 1x28x28-unpadded, 3x32x32",
        ),
        ({"variant": 3}, r"\[lenet\]: unknown variant '3': Known: relu, sigmoid"),
        ({"input": ["1x28x28"]}, r"\[lenet\]: unknown input .* Known: 1x28x28, 1x28x28-unpadded, 3x32x32"),
    ],
)
def test_a_variant_that_there_is_none_of_is_refused(options, said):
    """The message names the option, what it was, and what it may be."""
    with pytest.raises(SpecError, match=said):
        architecture_of(options)


def test_a_data_set_of_other_images_is_refused():
    """The message says which input would fit."""
    refuse_other_images(architecture_of({}), "digits", (1, 28, 28))
    expected = r"input='1x28x28': the images of cifar10 are 3x32x32; expected input '3x32x32'"
    with pytest.raises(SpecError, match=expected):
        refuse_other_images(architecture_of({}), "cifar10", (3, 32, 32))
    with pytest.raises(SpecError, match=r"expected input '1x28x28' or '1x28x28-unpadded'"):
        refuse_other_images(architecture_of({"input": "3x32x32"}), "digits", (1, 28, 28))
    with pytest.raises(SpecError, match="expected input of another data set"):
        refuse_other_images(architecture_of({}), "faces", (1, 64, 64))


# Points


@given(shares, shares, levels)
def test_points_grow_in_a_straight_line_between_two_accuracies(one, other, bounds):
    """None up to the first, all from the second on, in between exactly as far as the accuracy is; never less for more."""
    low, full = bounds
    got = share_of_points(one, low, full)
    assert isinstance(got, Fraction)
    assert got == (0 if one <= low else 1 if one >= full else (one - low) / (full - low))
    if one <= other:
        assert got <= share_of_points(other, low, full)


@given(shares, st.lists(shares, min_size=REPEATS, max_size=REPEATS), shares)
def test_a_run_is_repeated_only_while_the_best_one_just_misses(first, later, full):
    """Not once it has all points, not when it is far from them, never more than the rule says."""
    scores = repeated(first, lambda number: later[number - 1], full)
    assert scores == (first, *later)[: len(scores)]
    for done in range(1, len(scores)):
        assert full - MARGIN <= max(scores[:done]) < full
    if len(scores) <= REPEATS:
        assert max(scores) >= full or max(scores) < full - MARGIN


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_chance_of_error_is_that_of_the_rule(one, other):
    """Worked out over all ways in which the trainings can end, by their chances."""
    far, below = sorted((one, other))
    ends = {
        Fraction(1): 1 - below,
        Fraction(97, 100): below - far,
        Fraction(0): far,
    }  # at, near and far from 1
    total = 0.0
    for a, pa in ends.items():
        for b, pb in ends.items():
            for c, pc in ends.items():
                if max(repeated(a, lambda n, two=(b, c): two[n - 1], Fraction(1))) < 1:
                    total += pa * pb * pc
    assert miss(below, far) == pytest.approx(total)


def test_the_chances_are_those_of_the_runs():
    """Runs drawn from a known distribution give its chances, within the error of 20,000 runs."""
    rng = np.random.default_rng(0)
    log_odds = rng.normal(3.0, 0.4, 20_000)
    images = 10**6
    below, far = chances((1 / (1 + np.exp(-log_odds))).tolist(), images, 0.93)
    share = 1 / (1 + np.exp(-log_odds))
    assert below == pytest.approx(np.mean(share < 0.93), abs=0.01)
    assert far == pytest.approx(np.mean(share < 0.88), abs=0.005)
    assert chances([1.0, 1.0], 400, 0.9)[0] < 1e-9  # runs without a single fault have log-odds, too
