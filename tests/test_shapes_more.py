"""Tables, sets of sizes and resized images, against published numbers and by other means than the families' own oracles."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank, layer_rows, resampling
from question_bank.answers import Raises, Undetermined
from question_bank.draw import Draw
from question_bank.errors import QuestionBankError
from question_bank.keras_listing import shapes
from question_bank.layer_rows import FLATTEN, dense
from question_bank.layer_tables import draft, recount
from question_bank.values import RAISED, Grid

seeds = st.integers(0, 2**64)


def built(name, **point):
    """Build the question of one point, which must be in the space."""
    family = bank.get(name)
    assert point in list(family.space)
    return family.build(point, Draw("known"))


@pytest.mark.parametrize(
    ("name", "point", "total"),
    [
        # Simonyan & Zisserman, arXiv:1409.1556, Table 2: 138 million; torchvision's vgg16 has exactly these
        ("vgg16-table", {"asked": 0, "c": 3, "n": 224, "f": 64, "q": 1000}, 138_357_544),
        # LeCun et al. 1998 as taught: 156 + 2416 + 48120 + 10164 + 850
        ("lenet-table", {"asked": 0, "old": 1, "c": 1, "n": 28, "p": 2, "f": 6, "m": 84}, 61_706),
        ("lenet-table", {"asked": 0, "old": 0, "c": 1, "n": 32, "p": 0, "f": 6, "m": 84}, 61_706),
        # on one device: 34944 + 614656 + 885120 + 1327488 + 884992 + 37752832 + 16781312 + 4097000
        ("alexnet-table", {"asked": 0, "c": 3, "n": 227, "p": 0, "u": 32, "q": 1000}, 62_378_344),
        # two networks for digits: 640 + 73856 + 640200 + 2010, and 1600 + 100416 + 401536 + 1605888 + 40970
        ("small-cnn-table", {"plan": 1, "asked": 0, "c": 1, "n": 28, "f": 64, "k": 3, "m": 200}, 716_706),
        ("small-cnn-table", {"plan": 0, "asked": 0, "c": 1, "n": 28, "f": 32, "k": 7, "m": 0}, 2_150_410),
    ],
)
def test_published_networks_have_their_published_parameters(name, point, total):
    """The totals of VGG-16, LeNet and AlexNet are those that everybody quotes."""
    assert built(name, **point).parts[-1].answer.value == total


def test_lenet_has_its_published_shapes():
    """28 x 28 pixels with a padding of 2 become 6 maps of 28, then 14, 16 maps of 10, then 5, and 400 numbers."""
    question = built("lenet-table", asked=3, old=1, c=1, n=28, p=2, f=6, m=84)
    assert all(text in question.code for text in ("(6, 28, 28)", "(6, 14, 14)", "(16, 5, 5)", "10164", "850"))
    values = [part.answer.value for part in question.parts]
    assert (16, 10, 10) in values
    assert 400 in values


@pytest.mark.parametrize(
    "name", ["vgg16-table", "alexnet-table", "nin-table", "lenet-table", "small-cnn-table"]
)
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_a_table_does_not_give_its_blanks_away(name, seed):
    """No cell shows the answer to a blank of its own column where the layers are the same, and every letter stands once."""
    question = bank.generate(name, seed)
    letters = [f"({letter})" for letter in "abcdefgh"[: len(question.parts) - 1]]
    assert all(question.code.count(letter) == 1 for letter in letters)
    rows = [line.split("   ") for line in question.code.splitlines()]
    for row in rows:
        if row[-1].strip() in letters:
            same = [other for other in rows if other[0] == row[0] and other is not row]
            assert all(other[-1].strip() == "?" for other in same)


@pytest.mark.parametrize(("shown", "spoilt"), [("(6, 14, 14)", "(6, 13, 14)"), ("10164", "10080")])
def test_a_table_that_shows_something_wrong_is_no_question(shown, spoilt):
    """The oracle looks at every cell of a table, also at those that nobody is asked for."""
    question = bank.get("lenet-table").build(
        {"asked": 3, "old": 1, "c": 1, "n": 28, "p": 2, "f": 6, "m": 84}, Draw("spoilt")
    )
    assert recount(question) == tuple(part.answer.value for part in question.parts)
    assert recount(replace(question, code=question.code.replace(shown, spoilt))) == ()


def test_a_dense_layer_and_the_total_follow_from_what_was_flattened():
    """Who flattens wrongly, and goes on rightly, has the points of the dense layer; so it is with the total."""
    table = layer_rows.rows((FLATTEN, dense(10)), (2, 3, 3))
    flat, weights, total = draft(table, [(0, "shape"), (1, "parameters")]).parts
    assert [part.answer.value for part in (flat, weights, total)] == [18, 190, 190]
    assert weights.follow.apply((9,)) == 100
    assert total.follow.apply((100,)) == 100


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_every_stride_that_is_named_fits_and_the_next_ones_do_not(seed):
    """The strides just outside the set lead to another height."""
    question = bank.generate("strides-that-fit", seed)
    n, k, p, m = (question.given[name] for name in "nkpm")
    key = question.parts[0].answer.value.cells
    around = range(max(1, key[0] - 2), key[-1] + 3)
    assert tuple(s for s in around if len(range(0, n + 2 * p - k + 1, s)) == m) == key


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_every_padding_that_is_named_fits_and_the_next_ones_do_not(seed):
    """The paddings just outside the set lead to another height."""
    question = bank.generate("paddings-that-fit", seed)
    n, k, s, m = (question.given[name] for name in "nksm")
    key = question.parts[0].answer.value.cells
    around = range(max(0, key[0] - 2), key[-1] + 3)
    assert tuple(p for p in around if len(range(0, n + 2 * p - k + 1, s)) == m) == key


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_an_open_input_size_has_two_inputs_that_prove_it(seed):
    """Where the key is that it cannot be determined, the named smallest and largest input both give the output."""
    question = bank.generate("input-size-from-output", seed)
    if not isinstance(question.parts[0].answer, Undetermined):
        return
    k, s, p, m = (question.given[name] for name in "kspm")
    ends = [wrong.value for wrong in question.wrong if wrong.misconception.endswith("-input-only")]
    assert len(set(ends)) == 2
    assert all(len(range(0, n + 2 * p - k + 1, s)) == m for n in ends)


def test_keras_pads_on_the_right_first():
    """A kernel of 2 keeps 5 pixels with "same" and stride 1, and gives 3 of them with stride 2, as TensorFlow documents."""
    code = 'model = keras.Sequential([keras.Input(shape=(5, 6, 1)), layers.Conv2D(4, 2, padding="same"{})])'
    assert shapes(code.format("")) == [(5, 6, 1), (5, 6, 4)]
    assert shapes(code.format(", strides=2")) == [(5, 6, 1), (3, 3, 4)]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print(1)", "expected keras.Sequential of an input and layers"),
        (
            "m = keras.Sequential([keras.Input(shape=(5, 5, 1)), layers.LSTM(4)])",
            "expected Conv2D, MaxPooling2D",
        ),
        (
            "m = keras.Sequential([keras.Input(shape=(5, 5, 1)), layers.Dense('4')])",
            "expected a whole number",
        ),
        (
            "m = keras.Sequential([keras.Input(shape=(5, 5, 1)), layers.Dense(f(4))])",
            "a whole number or a text",
        ),
        ("m = keras.Sequential([keras.Input(shape=(5, 5, 1)), Dense(4)])", "expected a call such as layers"),
    ],
)
def test_listings_of_keras_that_are_not_known_are_refused(code, message):
    """The reader of listings evaluates nothing and names what it expected."""
    with pytest.raises(QuestionBankError, match=message):
        shapes(code)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 9), m=st.integers(1, 9), aligned=st.booleans())
def test_shares_of_a_resized_pixel_add_up_to_one(n, m, aligned):
    """Whatever the sizes, a pixel is a mean of at most two neighbours; without a border it fades only where asked to."""
    for tap in resampling.taps(n, m, aligned=aligned):
        assert sum(tap.values()) == 1
        assert len(tap) <= 2
        assert max(tap) - min(tap) <= 1


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=2, max_size=4), seed=seeds
)
def test_resized_images_are_those_of_torch(rows, seed):
    """Bilinear, with and without aligned corners, and nearest: torch gives the same for any sizes."""
    import torch
    from torch.nn import functional

    size = (seed % 7 + 1, seed // 7 % 7 + 1)
    x = torch.tensor([[rows]], dtype=torch.float64)
    axes = ((len(rows), size[0]), (3, size[1]))
    for aligned in (False, True):
        got = resampling.mixed(rows, *(resampling.taps(*axis, aligned=aligned) for axis in axes))
        wanted = functional.interpolate(x, size=size, mode="bilinear", align_corners=aligned)
        assert torch.allclose(
            torch.tensor([[float(v) for v in row] for row in got]).double(), wanted[0, 0], atol=1e-5
        )
    got = resampling.mixed(rows, *(resampling.nearest(*axis) for axis in axes))
    assert torch.equal(torch.tensor(got).double(), functional.interpolate(x, size=size, mode="nearest")[0, 0])


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_wrong_resizings_are_those_that_torch_computes_wrongly(seed):
    """Aligned corners, maxima and means of blocks: torch, told so, gives the named wrong answers."""
    import torch
    from torch.nn import functional

    from question_bank.tensors import exact, tensor

    question = bank.generate("downsampling-by-hand", seed)
    x, s = tensor(question.tables[0].value), question.given["s"]
    size = (x.shape[2] // s, x.shape[3] // s)
    aligned = functional.interpolate(x, size=size, mode="bilinear", align_corners=True)
    expected = {
        "max-instead-of-mean": functional.max_pool2d(x, s),
        "mean-of-the-whole-block": functional.avg_pool2d(x, s),
    }
    named = {wrong.misconception: wrong.value for wrong in question.wrong if wrong.part == 1}
    for rule, output in expected.items():
        assert rule not in named or named[rule] == exact(output[0, 0], s * s)
    if found := named.get("corners-aligned"):
        assert isinstance(found, Grid)
        assert torch.allclose(
            torch.tensor([float(cell) for cell in found.cells]).double(), aligned.flatten(), atol=1e-5
        )


@pytest.mark.parametrize("name", ["linear-on-last-axis", "other-image-size", "groups-that-divide"])
def test_some_listings_raise_and_the_page_does_not_tell(name):
    """A sixth to a half of the listings raise an error; fields do not tell which, nor how many axes are printed."""
    questions = [bank.generate(name, seed) for seed in range(200)]
    raising = [question for question in questions if isinstance(question.parts[0].answer, Raises)]
    assert 1 / 6 < len(raising) / len(questions) < 1 / 2
    assert len({str(bank.redact(question).parts) for question in questions}) == 1
    others = [question for question in questions if question not in raising]
    assert all(any(wrong.value is RAISED for wrong in question.wrong) for question in others)
