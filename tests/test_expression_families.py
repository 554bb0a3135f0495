"""Families whose answers are expressions: keys against torch in floating point, marks for other forms, names for mistakes."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from question_bank import bank, judging
from question_bank.answers import same
from question_bank.draw import Draw
from question_bank.issued import KeyItem
from question_bank.lettering import listed, symbols_of
from question_bank.marks import ItemMark
from question_bank.verification import candidate

pytestmark = pytest.mark.usefixtures("one_thread")
NAMES = (
    "conv-cell-expression",
    "weight-gradient-expression",
    "output-size-expression",
    "logistic-gradient-expression",
    "parameter-count-expression",
    "softmax-gradient-expression",
)
SEEDS = st.integers(0, 100_000)


def value(text, letters):
    """Work out a key, which is our own text, with numbers for its letters."""
    return eval(text.replace("^", "**"), {"floor": math.floor, **letters})  # noqa: S307 -- a key of the bank


def numbered(rows, rng):
    """Return letters with numbers for them, and those numbers as a tensor."""
    numbers = {letter: rng.uniform(-2, 2) for letter in symbols_of(rows)}
    return numbers, torch.tensor([[numbers[letter] for letter in row] for row in rows], dtype=torch.float64)


@given(SEEDS, st.randoms())
@settings(max_examples=40, deadline=None)
def test_an_output_cell_is_what_torch_computes(seed, rng):
    """With numbers for all letters."""
    question = bank.generate("conv-cell-expression", seed)
    arrays = listed(question.code)
    (pixels, x), (weights, w) = (numbered(arrays[name], rng) for name in "xw")
    point = question.given
    output = functional.conv2d(
        x[None, None], w[None, None], torch.tensor([0.5], dtype=torch.float64), point["s"], point["p"]
    )
    expected = float(output[0, 0, point["i"], point["j"]])
    assert value(question.parts[0].answer.text, {**pixels, **weights, "b": 0.5}) == pytest.approx(expected)


@given(SEEDS, st.randoms())
@settings(max_examples=40, deadline=None)
def test_a_weights_gradient_is_what_torch_differentiates(seed, rng):
    """Backwards through one convolution, with numbers for all letters."""
    question = bank.generate("weight-gradient-expression", seed)
    arrays = listed(question.code)
    (pixels, x), (_, w), (above, d) = (numbered(arrays[name], rng) for name in "xwd")
    w.requires_grad_()
    functional.conv2d(x[None, None], w[None, None], stride=question.given["s"]).backward(d[None, None])
    expected = float(w.grad.flatten()[question.given["m"] - 1])
    assert value(question.parts[0].answer.text, {**pixels, **above}) == pytest.approx(expected)


def mean_loss(kind, z, y):
    """The losses that the stems describe, from z; z is positive where the logarithm of its tanh is taken."""
    sigmoid, tanh = torch.sigmoid(z), torch.tanh(z)
    if kind in (0, 1):
        p = (sigmoid, tanh)[kind]
        return p, functional.binary_cross_entropy(p, y)
    p = (z, sigmoid, tanh)[kind - 2]
    return p, functional.mse_loss(p, y)


@given(SEEDS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_losss_gradient_is_what_torch_differentiates(seed, rng):
    """Backwards from the loss to w, b or one z."""
    question = bank.generate("logistic-gradient-expression", seed)
    point = question.given
    n = point["n"]
    labels = [
        float(point["labels"] >> (n - 1 - i) & 1) if point["labels"] else rng.random() for i in range(n)
    ]
    x = torch.tensor([rng.uniform(0.2, 1) for _ in range(n)], dtype=torch.float64)
    y = torch.tensor(labels, dtype=torch.float64)
    w, b = (torch.tensor(number, dtype=torch.float64).requires_grad_() for number in (0.8, 0.3))
    z = w * x + b
    z.retain_grad()
    p, loss = mean_loss(point["loss"], z, y)
    loss.backward()
    expected = (w.grad, b.grad, *z.grad)[point["by"]]
    letters = {f"x{i}": float(x[i - 1]) for i in range(1, n + 1)}
    letters |= {f"p{i}": float(p.detach()[i - 1]) for i in range(1, n + 1)} | {
        f"y{i}": labels[i - 1] for i in range(1, n + 1)
    }
    assert value(question.parts[0].answer.text, letters) == pytest.approx(float(expected), rel=1e-9)


@given(SEEDS, st.randoms(), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_a_logits_gradient_is_what_torch_differentiates(seed, rng, images):
    """Backwards from the mean cross-entropy of a batch to one logit of one image."""
    question = bank.generate("softmax-gradient-expression", seed)
    point = question.given
    n = images if point["n"] < 0 else point["n"]
    logits = torch.tensor(
        [[rng.uniform(-2, 2) for _ in range(point["m"])] for _ in range(n)], dtype=torch.float64
    )
    logits.requires_grad_()
    labels = torch.full((n,), point["label"])
    functional.cross_entropy(logits, labels).backward()
    asked = question.stem.fields["asked"]
    p = float(logits.detach().softmax(1)[0, asked])
    expected = pytest.approx(float(logits.grad[0, asked]))
    assert value(question.parts[0].answer.text, {"p": p, "n": n}) == expected


@given(SEEDS, st.integers(1, 4), st.integers(30, 70))
@settings(max_examples=60, deadline=None)
def test_an_output_size_is_what_torch_gives(seed, number, n):
    """With a number for every letter."""
    question = bank.generate("output-size-expression", seed)
    small = {name: number if question.given[name] < 0 else question.given[name] for name in "kspd"}
    line, kernel = torch.zeros(1, 1, n), torch.zeros(1, 1, small["k"])
    made = functional.conv1d(line, kernel, None, small["s"], small["p"], small["d"]).shape[-1]
    assert value(question.parts[0].answer.text, {"n": n, **small}) == made


def marked(question, text) -> ItemMark:
    """Mark one typed answer to a question of one part."""
    return judging.mark_item(KeyItem("x", 0, 1, question), {"x/a": text})


@pytest.mark.parametrize("name", NAMES)
def test_other_forms_of_a_key_and_of_mistakes_are_known(name):
    """The key in brackets, doubled and halved is right; a mistake in another form has its name."""
    family = bank.get(name)
    draw = Draw(name)
    for _ in range(12):
        question = candidate(family, draw.integer(0, len(family.space) - 1))
        assert marked(question, f"(2*({question.parts[0].answer.text}))/2").points == 1
        for wrong in question.wrong:
            mark = marked(question, f"0 + 2*({wrong.value.text})/2")
            assert mark.points == 0
            assert wrong.misconception in mark.parts[0].misconceptions


@pytest.mark.parametrize("name", NAMES)
def test_every_question_tells_two_mistakes_apart(name):
    """Not only in how they are written: as expressions, from the key and from each other."""
    family = bank.get(name)
    draw = Draw(name)
    for _ in range(15):
        question = candidate(family, draw.integer(0, len(family.space) - 1))
        answer = question.parts[0].answer
        assert not any(answer.accepts(wrong.value) for wrong in question.wrong)
        first = question.wrong[0].value
        assert any(not same(answer, first, wrong.value) for wrong in question.wrong), question.given


def test_the_lectures_own_slip_is_named():
    """The gradient of w1 with the outputs' numbers in place of the pixels'."""
    family = bank.get("weight-gradient-expression")
    (index,) = family.space.indexes({"h": 3, "w": 3, "k": 2, "s": 1, "m": 1})
    question = candidate(family, index)
    assert question.parts[0].answer.text == "v1*d1 + v2*d2 + v4*d3 + v5*d4"
    mark = marked(question, "v1 d1 + v2 d2 + v3 d3 + v4 d4")
    assert mark.parts[0].misconceptions == ("pixels-read-in-a-row",)


def test_no_stem_shows_its_key():
    """A key is in no text that a student sees."""
    for name in NAMES:
        for seed in range(20):
            question = bank.generate(name, seed)
            seen = re.sub(r"[\s$`]", "", question.stem.plain() + question.code)
            key = re.sub(r"\s", "", question.parts[0].answer.text)
            assert len(key) < 4 or key not in seen
