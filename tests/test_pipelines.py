"""Pipelines, cost and numbers: a slip costs one part, copying a wrong key earns nothing, and known values of the lectures hold."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from question_bank import bank, pipelines
from question_bank.draw import Draw
from question_bank.errors import QuestionBankError
from question_bank.issued import KeyItem
from question_bank.judging import FOLLOWED, mark_item
from question_bank.listing import layer
from question_bank.running import outputs
from question_bank.values import Grid, show

pytestmark = pytest.mark.usefixtures("one_thread")
PIPELINES = (
    "pool-then-conv",
    "pad-conv-pool",
    "conv-relu-pool-flatten",
    "strided-conv-then-pool",
    "layers-by-hand",
)
FOLLOWING = (
    *PIPELINES,
    "accuracy-from-logits",
    "batches-per-epoch",
    "conv-relu-mse",
    "cross-entropy-from-logits",
    "he-xavier-spread",
    "mlp-vs-cnn-parameters",
    "multiply-adds",
    "network-memory",
    "network-summary",
    "pool-mse-backward",
    "residual-block",
    "sgd-step",
    "sobel-by-hand",
    "stacked-filters",
    "weights-memory",
)
seeds = st.integers(0, 2**64)


def marked(question, values):
    """Mark typed answers, one for each part."""
    item = KeyItem("q1", 0, 1, question)
    typed = {f"q1/{letter}": show(value) for letter, value in zip("abcdefgh", values, strict=False)}
    return mark_item(item, typed).parts


def keys(question):
    """Return the right answers."""
    return [part.answer.value for part in question.parts]


def even(value):
    """Whether the cells of an array are all the same, so that nothing is left to work out and nothing is followed."""
    return isinstance(value, Grid) and len(set(value.cells)) == 1


def spoilt(value, cell, by):
    """Change one cell of an array, or a number by so many times its size, so that what is rounded later changes, too."""
    if not isinstance(value, Grid):
        return value + by * max(value, 1)
    at = cell % len(value.cells)
    return Grid(value.shape, tuple(old + by * (i == at) for i, old in enumerate(value.cells)))


def slipped(question, cell, by):
    """Spoil the parts that others follow from and that follow from none; carry the slip on rightly; other parts stay right."""
    answers = keys(question)
    starts = {start for part in question.parts if part.follow for start in part.follow.parts}
    for number, part in enumerate(question.parts):
        if part.follow:
            answers[number] = part.follow.apply([answers[start] for start in part.follow.parts])
        elif number in starts:
            answers[number] = spoilt(answers[number], cell, by + number)  # not all in one proportion
    return answers


@pytest.mark.parametrize("name", FOLLOWING)
@settings(max_examples=20, deadline=None)
@given(seed=seeds, cell=st.integers(0, 30), by=st.integers(1, 4))
def test_a_slip_costs_the_part_in_which_it_was_made(name, seed, cell, by):
    """Whoever works on rightly from a wrong but well-shaped answer earns every later part whole."""
    question = bank.generate(name, seed)
    answers = slipped(question, cell, by)
    parts = marked(question, answers)
    followed = [number for number, part in enumerate(question.parts) if part.follow]
    assert followed
    starts = {start for number in followed for start in question.parts[number].follow.parts}
    for number, mark in enumerate(parts):
        if number in followed:
            from_even = any(even(answers[start]) for start in question.parts[number].follow.parts)
            assert mark.fraction == 1 or from_even, (number, mark)
            assert mark.outcome in {"right", FOLLOWED} or from_even
        elif number in starts:
            assert (mark.fraction == 1) == question.parts[number].answer.accepts(answers[number])
        else:
            assert mark.fraction == 1


@pytest.mark.parametrize("name", FOLLOWING)
@settings(max_examples=20, deadline=None)
@given(seed=seeds, cell=st.integers(0, 30))
def test_a_later_part_is_not_right_for_being_copied(name, seed, cell):
    """What follows from another answer than the student's own is marked like any wrong answer."""
    question = bank.generate(name, seed)
    slip = slipped(question, cell, 3)
    for number, part in enumerate(question.parts):
        if not part.follow:
            continue
        if part.answer.accepts(slip[number]):
            # only a cell can be lost on the way, in a maximum
            assert isinstance(slip[part.follow.parts[0]], Grid)
            continue
        answers = keys(question)
        answers[number] = slip[number]
        mark = marked(question, answers)[number]
        assert mark.fraction < 1
        assert mark.outcome != FOLLOWED


@pytest.mark.parametrize("name", PIPELINES)
@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_named_mistakes_carried_on_cost_one_part(name, seed):
    """A named mistake of the right size in the first layer is named there, and what follows from it earns its points."""
    question = bank.generate(name, seed)
    first, tried = question.parts[0].answer, 0
    for wrong in question.wrong:
        if wrong.part or wrong.value.shape != first.value.shape or len(set(wrong.value.cells)) == 1:
            continue
        tried += 1
        answers = [wrong.value]
        for part in question.parts[1:]:
            answers.append(part.follow.apply((answers[-1],)))
        marks = marked(question, answers)
        assert wrong.misconception in marks[0].misconceptions
        assert all(mark.fraction == 1 for mark in marks[1:])
    assume(tried)  # in a few questions each of them has another size


@pytest.mark.parametrize("name", PIPELINES)
@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_an_empty_or_constant_first_answer_carries_nothing(name, seed):
    """Zeros in every cell of the first part, and what follows from zeros, earn nothing by following."""
    question = bank.generate(name, seed)
    zeros = Grid(question.parts[0].answer.value.shape, (0,) * len(question.parts[0].answer.value.cells))
    answers = [zeros]
    for part in question.parts[1:]:
        answers.append(part.follow.apply((answers[-1],)))
    for mark in marked(question, answers)[1:]:
        assert mark.outcome != FOLLOWED


@pytest.mark.parametrize("name", PIPELINES)
def test_mistakes_of_every_layer_are_told_apart(name):
    """On every point, by redrawing, mistakes in each part lead to wrong answers of their own."""
    family = bank.get(name)
    for index, point in enumerate(family.space):
        question = family.build(point, Draw("apart", index))
        for number in range(len(question.parts)):
            values = [wrong.value for wrong in question.wrong if wrong.part == number]
            assert values, (point, number)


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([pipelines.pooling("", "max")], [[21, 29, 36], [14, 16, 14], [25, 12, 28]]),
        (
            [
                pipelines.pooling("", "max"),
                pipelines.convolution("", [[1, 1, 1], [1, -2, 1], [1, 1, 1]], padding=2),
            ],
            [
                [21, 50, 86, 65, 36],
                [35, 17, 43, -13, 50],
                [60, 75, 147, 93, 78],
                [39, -8, 73, -14, 42],
                [25, 37, 65, 40, 28],
            ],
        ),
    ],
    ids=["pooled", "padded and convolved"],
)
def test_a_pipeline_of_the_lecture_gives_what_was_worked_out_by_hand(stages, expected):
    """The 7 x 7 matrix that a lecture pools, pads and convolves."""
    x = Grid.of(
        [
            [12, 2, 29, 4, 1, 2, 3],
            [5, 21, 7, 8, 36, 6, 7],
            [9, 10, 11, 12, 9, 10, 11],
            [13, 14, 15, 16, 13, 14, 15],
            [7, 5, 10, 4, 28, 20, 3],
            [25, 19, 12, 8, 5, 20, 32],
            [9, 10, 11, 12, 21, 10, 11],
        ]
    )
    assert pipelines.values(x, stages)[-1] == Grid.of(expected)


def test_a_listing_of_another_form_is_not_run():
    """The oracle's runner wants nn.Sequential(...) of known layers."""
    with pytest.raises(QuestionBankError, match=r"expected nn\.Sequential"):
        outputs("model", Grid.of([[1]]), [])
    with pytest.raises(QuestionBankError, match=r"expected nn\. with one of"):
        outputs("nn.Sequential(print(1))", Grid.of([[1]]), [])


def of(name, **fixed):
    """Return the first question of a family with these parameters."""
    return bank.generate(name, 0, fixed)


def test_a_network_of_the_lecture_takes_three_megabytes():
    """784 - 1000 - 10 has 795,010 numbers, 3.03 MB in float32."""
    question = of("weights-memory", i=784, m=1000, q=10, z=4, u=1024)
    count, size = keys(question)
    assert count == 795010
    assert round(float(size), 2) == 3.03


def test_a_network_in_training_keeps_outputs_twice():
    """784 - 1000 - 10 with a flattening: 784 + 1000 + 1000 + 10 outputs, 3.06 MB with parameters and image."""
    count, outputs, size = keys(of("network-memory", conv=0, c=1, n=28, f=40, k=3, q=10))
    assert (count, outputs) == (795010, 2794)
    assert round(float(size), 2) == 3.06


def test_weights_spread_as_he_and_xavier_say():
    """A 3 x 3 convolution of 8 channels: fan-in 72, variance 1/36 by He; with 10 filters 2/162 by Xavier."""
    assert keys(of("he-xavier-spread", c_in=8, c_out=10, k=3, xavier=0)) == [72, 90, Fraction(1, 36)]
    assert keys(of("he-xavier-spread", c_in=8, c_out=10, k=3, xavier=1)) == [72, 90, Fraction(1, 81)]
    assert keys(of("init-bound", c_in=6, c_out=8, k=5, xavier=0)) == [Fraction(1, 5)]
    assert keys(of("init-bound", c_in=2, c_out=4, k=5, xavier=1)) == [Fraction(1, 5)]


@pytest.mark.parametrize("case", range(4))
def test_naive_softmax_prints_what_numpy_prints(case):
    """NumPy, given the listing's numbers, overflows as the key says: nowhere, in some places, everywhere, or by dividing 0 by 0."""
    for seed in range(20):
        question = bank.generate("naive-softmax-overflow", seed, {"case": case})
        printed, shift = (part.answer for part in question.parts)
        logits, bits = re.search(r"tensor\((.*), dtype=torch\.float(\d+)\)", question.code).groups()
        z = np.array(json.loads(logits), dtype=f"float{bits}")
        with np.errstate(all="ignore"):
            p = np.exp(z) / np.exp(z).sum()
        assert printed.options["ABCDE".index(printed.value)] == f"`[{', '.join(f'{v:.2f}' for v in p)}]`"
        assert np.isnan(p).all() if case > 1 else np.isnan(p).any() == (case == 1)
        assert np.exp(z - shift.value).max() == 1


def value_of(function, x):
    """Return the key of a sigmoid (0), tanh (1) or softmax (2) family for the number x, from the first seeds that ask for it."""
    for seed in range(400):
        question = bank.generate("activation-values", seed, {"function": function})
        shown = [Fraction(text) for text in str(question.stem.fields["x"]).split(", ")]
        if x in shown:
            return keys(question)[shown.index(x)]
    raise AssertionError(f"no question asks for {x}")


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (0, 1, "0.731"),
        (0, -4, "0.018"),
        (0, 3, "0.953"),
        (0, -2, "0.119"),
        (1, 1, "0.762"),
        (1, 5, "1"),
        (1, -2, "-0.964"),
    ],
)
def test_values_of_the_lecture_are_rounded_not_cut_off(function, x, expected):
    """Sigmoid and tanh of the lecture's numbers, where the slides cut two of them off."""
    assert value_of(function, x) == Fraction(expected)


@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_a_truncated_value_is_named_and_a_longer_one_is_right(seed):
    """0.017 for 0.01799 is cut off; 0.01799 itself is right."""
    question = bank.generate("activation-values", seed)
    exact = bank.get("activation-values").maker.oracle(question)
    assert all(
        mark.fraction == 1 for mark in marked(question, [Fraction(round(v * 10**6), 10**6) for v in exact])
    )
    cut = [Fraction(int(v * 1000), 1000) for v in exact]
    for number, mark in enumerate(marked(question, cut)):
        if cut[number] != keys(question)[number]:
            assert mark.fraction == 0
            assert "result-cut-off" in mark.misconceptions


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_a_single_filter_does_what_two_in_a_row_do(seed):
    """Laid on the image once by torch, the third answer gives the second."""
    question = bank.generate("stacked-filters", seed)
    x = torch.tensor(question.tables[0].value.rows())[None, None]
    _, second, single = keys(question)
    w = torch.tensor(single.rows())[None, None]
    assert torch.nn.functional.conv2d(x, w)[0, 0].tolist() == [list(row) for row in second.rows()]


def filtered(image, kernel):
    """Lay a kernel of 3 rows and 3 columns on an image with NumPy."""
    windows = np.lib.stride_tricks.sliding_window_view(np.array(image), (3, 3))
    return np.einsum("ijkl,kl->ij", windows, np.array(kernel)).tolist()


def kind(kernel):
    """Tell which classic filter a kernel is, by what it is known for."""
    w = np.array(kernel)
    if (w == w[0, 0]).all():
        return "adding"
    if not w.sum() and (w == w[::-1, ::-1]).all():
        return "edges"
    if w.sum() == 1:
        return "sharpening"
    return "along" if not w[:, 1].any() else "down"


TAKEN = {
    "kernels-exchanged": [{"along", "down"}],
    "edges-for-sharpening": [{"sharpening", "edges"}],
    "sharpening-for-edges": [{"sharpening", "edges"}],
    "adding-filter-confused": [{"adding", other} for other in ("sharpening", "edges", "along", "down")],
    "direction-of-edges-not-seen": [
        {one, other} for one in ("sharpening", "edges") for other in ("along", "down")
    ],
}
"""By misconception, which two classic filters are taken for each other."""


def test_each_classic_filter_is_the_key_somewhere_and_alone_made_the_image():
    """The option that is the key turns the first image into the second and no other does; each mistake mixes up what it says."""
    found = set()
    for seed in range(60):
        question = bank.generate("classic-filter-choice", seed)
        (part,) = question.parts
        x, y = ([list(row) for row in table.value.rows()] for table in question.tables)
        kernels = {
            letter: json.loads(option.strip("`"))
            for letter, option in zip("ABCDE", part.answer.options, strict=True)
        }
        assert [letter for letter, w in kernels.items() if filtered(x, w) == y] == [part.answer.value]
        key = kind(kernels[part.answer.value])
        assert {kind(w) for w in kernels.values()} == {"adding", "sharpening", "edges", "along", "down"}
        for wrong in question.wrong:
            assert {key, kind(kernels[wrong.value])} in TAKEN[wrong.misconception]
        found.add((key, part.answer.value))
    assert {key for key, _ in found} == {"adding", "sharpening", "edges", "along", "down"}
    assert {letter for _, letter in found} == set("ABCDE")


FREE = {
    "activation-has-parameters": "ReLU",
    "pooling-has-parameters": "Pool2d",
    "flatten-has-parameters": "Flatten",
    "dropout-has-parameters": "Dropout",
}
OVERLOOKED = {
    "bias-off-thought-untrained": "bias=False",
    "batch-norm-forgotten": "BatchNorm2d",
    "transposed-thought-untrained": "ConvTranspose2d",
}


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_free_layers_are_those_that_torch_trains_nothing_in(seed):
    """An optimiser takes the right layers and refuses the others; each misconception adds or drops the layers that it names."""
    question = bank.generate("parameter-free-layers", seed)
    (part,) = question.parts
    options = {
        letter: option.strip("`") for letter, option in zip("ABCDEFG", part.answer.options, strict=False)
    }
    for letter, text in options.items():
        built = layer(text)
        if letter in part.answer.value:
            torch.optim.SGD(built.parameters(), lr=0.1)
        else:
            with pytest.raises(ValueError, match="empty parameter list"):
                torch.optim.SGD(built.parameters(), lr=0.1)
    assert question.wrong
    for wrong in question.wrong:
        named = (FREE | OVERLOOKED)[wrong.misconception]
        right, chosen = set(part.answer.value), set(wrong.value)
        assert chosen ^ right == {letter for letter, text in options.items() if named in text}
        assert chosen > right if wrong.misconception in FREE else chosen < right


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_accuracy_is_counted_as_a_person_would(seed):
    """Image by image: the place of the largest logit against the class in the stem; the mistakes are other ways to read the rows."""
    question = bank.generate("accuracy-from-logits", seed)
    rows = question.tables[0].value.rows()
    labels = json.loads(f"[{question.stem.fields['labels']}]")
    n, best = len(labels), [sorted(range(len(row)), key=row.__getitem__) for row in rows]
    right = sum(order[-1] == label for order, label in zip(best, labels, strict=True))
    other = {
        "smallest-logit-predicted": sum(order[0] == label for order, label in zip(best, labels, strict=True)),
        "largest-magnitude-predicted": sum(
            all(abs(row[label]) >= abs(value) for value in row)
            for row, label in zip(rows, labels, strict=True)
        ),
        "classes-counted-from-one": sum(
            order[-1] + 1 == label for order, label in zip(best, labels, strict=True)
        ),
        "wrong-ones-counted": n - right,
    }
    assert keys(question) == [right, Fraction(100 * right, n)]
    assert {wrong.misconception for wrong in question.wrong if not wrong.part}
    for wrong in question.wrong:
        if not wrong.part:
            assert wrong.value == other[wrong.misconception] != right
    typed = [right, Fraction(round(1000 * right / n), 10)]
    assert all(mark.fraction == 1 for mark in marked(question, typed))
    assert marked(question, [right, typed[1] + Fraction(1, 5)])[1].fraction == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("activation-values", {"function": 0}),
        ("cross-entropy-from-logits", {"c": 3, "large": 0}),
        ("naive-softmax-overflow", {"case": 2}),
        ("accuracy-from-logits", {"n": 5, "c": 3}),
        ("parameter-free-layers", {"n": 5, "t": 2}),
        ("classic-filter-choice", {"kind": 1}),
    ],
)
def test_a_stratum_has_enough_for_a_class(name, fixed):
    """Two thousand seeds of one stratum give more than a thousand different items, as a class of a thousand needs."""
    seen = {bank.redact(bank.generate(name, seed, fixed)).digest() for seed in range(2000)}
    assert len(seen) > 1000
