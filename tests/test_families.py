"""Every family: proved whole, the same for ever, public without a key, with mistakes that are what they are called."""

import json
import os
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank
from question_bank.answers import Choice, Raises
from question_bank.authoring import usable
from question_bank.draw import Draw
from question_bank.frozen import canonical
from question_bank.misconceptions import _ENTRIES, CATALOGUE
from question_bank.model import PublicQuestion, Question
from question_bank.values import RAISED, Grid
from question_bank.verification import verify

GOLDEN = Path(__file__).parent / "golden"
POINTS = 100
"""Points of a family that are proved here, three for each mistake where it names more; `make proof` proves all."""
GOLDEN_SEEDS = range(12)
NAMES = bank.names()
seeds = st.integers(0, 2**64)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Tiny tensors are slower on many threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def digests(name):
    """Digest the questions of a few seeds."""
    return [bank.generate(name, seed).digest() for seed in GOLDEN_SEEDS]


def test_the_families_are_there():
    """The bank discovers its families by itself."""
    assert set(NAMES) >= {"conv-output-size", "conv-output-size-choice", "conv-parameters", "conv-by-hand"}
    assert set(NAMES) >= {"max-pool-by-hand", "stack-output-shape"}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_points_are_proved(name):
    """No key differs from the oracle, no option collides, no step fails; the certificates do so for every point."""
    family = bank.get(name)
    most = POINTS if len(family.maker.rules) <= POINTS else 3 * len(family.maker.rules)
    report = verify(family, draws=5, most=most)
    assert report.ok, report.problems
    assert report.points == min(len(family.space), most)
    assert report.undiscriminating == 0
    assert report.steps >= report.questions
    never = [rule for rule, idle in report.idle.items() if idle == report.questions]
    assert not never, f"{never}: live on no question, so the family need not name them"


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_a_seed_gives_one_question_for_ever(name, seed):
    """The same seed gives the same question, frozen and read back too."""
    question = bank.generate(name, seed)
    assert bank.generate(name, seed) == question
    assert Question.from_json(json.loads(canonical(question.to_json()))) == question


@pytest.mark.parametrize("name", NAMES)
def test_neighbouring_seeds_share_nothing(name):
    """Sixty seeds in a row give many different questions."""
    assert len({bank.redact(bank.generate(name, seed)).digest() for seed in range(60)}) >= 50


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_the_public_question_has_no_key(name, seed):
    """What a student gets has stem, listing, tables, perhaps a figure, prompts and fields; it reads back as itself."""
    question = bank.generate(name, seed)
    public = bank.redact(question)
    data = json.loads(canonical(public.to_json()))
    assert set(data) == {"stem", "code", "tables", "parts"} | ({"figure"} if question.figure else set())
    assert all(set(part) == {"prompt", "field"} for part in data["parts"])
    assert PublicQuestion.from_json(data) == public
    assert not isinstance(public, Question)


@pytest.mark.parametrize("name", NAMES)
def test_texts_can_be_shown(name):
    """Stem, captions, prompts and every step give plain text, MathML that is XML, and LaTeX."""
    from xml.etree import ElementTree as ET

    for seed in range(20):
        question = bank.generate(name, seed)
        texts = [question.stem, *(t.caption for t in question.tables), *(p.prompt for p in question.parts)]
        assert all(text.plain().strip() for text in texts)
        for step in question.solution:
            assert step.plain()
            assert step.latex()
            ET.fromstring(step.mathml())  # noqa: S314 -- our own bytes


@pytest.mark.parametrize("name", NAMES)
def test_golden_digests_hold(name):
    """A change that alters a question raises the family's version, and the digests are renewed with it."""
    path = GOLDEN / f"{name}.json"
    golden = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"version": None}
    entry = {"version": bank.get(name).version, "digests": digests(name)}
    if os.environ.get("LEGRADE_RENEW_GOLDENS"):
        assert golden["version"] != entry["version"] or golden == entry, "raise the version first"
        path.write_text(json.dumps(entry, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return
    assert golden == entry, (
        f"family {name} gives other questions than those recorded for version {golden['version']}: raise its "
        "version, list it in CHANGELOG.md, then run LEGRADE_RENEW_GOLDENS=1 pytest tests/test_families.py -k golden"
    )


def test_the_catalogue_is_sound():
    """Ids are unique and kebab-case; every entry has a title, one sentence, and a topic."""
    assert len(CATALOGUE) == len(_ENTRIES), "an id is there twice"
    for entry in _ENTRIES:
        assert entry.id == entry.id.lower().replace("_", "-").replace(" ", "-")
        assert entry.title
        assert entry.topic
        assert entry.explanation.endswith("."), entry.id


@pytest.mark.parametrize("name", NAMES)
def test_rules_are_in_the_catalogue(name):
    """Every misconception that a family names has a text."""
    assert set(bank.get(name).maker.rules) <= set(CATALOGUE)


def test_the_key_stands_anywhere_among_the_options():
    """Each letter is the key about as often as any other."""
    letters = Counter(
        bank.generate("conv-output-size-choice", seed).parts[0].answer.value for seed in range(400)
    )
    assert set(letters) == set("ABCD")
    assert min(letters.values()) > 60


def test_the_key_is_no_special_one_of_the_options_in_size():
    """The key is not always the smallest, the largest, or one in the middle."""
    ranks = Counter()
    for seed in range(200):
        answer = bank.generate("conv-output-size-choice", seed).parts[0].answer
        assert isinstance(answer, Choice)
        values = [int(text.removesuffix(" px")) for text in answer.options]
        ranks[sorted(values).index(values[ord(answer.value) - ord("A")])] += 1
    assert len(ranks) == 4
    assert max(ranks.values()) < 120


def test_some_stacks_raise_and_the_page_does_not_tell():
    """A fifth to two fifths of the listings raise an error, and their fields are those of the others."""
    questions = [bank.generate("stack-output-shape", seed) for seed in range(200)]
    raising = [q for q in questions if isinstance(q.parts[0].answer, Raises)]
    assert 0.2 < len(raising) / len(questions) < 0.4
    assert len({str(bank.redact(q).parts) for q in questions}) == 1


def wrong_of(question, rule):
    """Return the wrong answer that a rule leads to, or None where it is not live."""
    return next((w.value for w in question.wrong if w.misconception == rule), None)


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_wrong_convolutions_are_those_that_torch_computes_wrongly(seed):
    """Flipped and transposed kernels, missing bias, stride and padding: torch, told so, gives the named wrong answers."""
    import torch
    from torch.nn import functional

    from question_bank.tensors import grid, tensor

    question = bank.generate("conv-by-hand", seed)
    x, w = (tensor(table.value) for table in question.tables)
    b, s, p = question.given["b"], question.given["s"], question.given["p"]
    expected = {
        "kernel-flipped": functional.conv2d(x, w.flip(2, 3), stride=s, padding=p) + b,
        "kernel-transposed": functional.conv2d(x, w.transpose(2, 3), stride=s, padding=p) + b,
        "bias-forgotten": functional.conv2d(x, w, stride=s, padding=p),
        "bias-per-product": functional.conv2d(x, w, stride=s, padding=p) + b * w.numel(),
        "stride-ignored": functional.conv2d(x, w, padding=p) + b,
        "padding-ignored": functional.conv2d(x, w, stride=s) + b,
        "padding-repeats-edge": functional.conv2d(
            functional.pad(x, (p, p, p, p), mode="replicate"), w, stride=s
        )
        + b,
        "negatives-clipped": torch.relu(functional.conv2d(x, w, stride=s, padding=p) + b),
    }
    for rule, output in expected.items():
        assert wrong_of(question, rule) in (None, grid(output)), rule


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_wrong_poolings_are_those_that_torch_computes_wrongly(seed):
    """Mean, minimum, another stride, ceil_mode: torch, told so, gives the named wrong answers."""
    from torch.nn import functional

    from question_bank.tensors import grid, tensor

    question = bank.generate("max-pool-by-hand", seed)
    x, k, s = tensor(question.tables[0].value), question.given["k"], question.given["s"]
    expected = {
        "min-instead-of-max": -functional.max_pool2d(-x, k, s),
        "pool-stride-one": functional.max_pool2d(x, k, 1),
        "pool-stride-is-kernel": functional.max_pool2d(x, k, k),
        "remainder-kept": functional.max_pool2d(x, k, s, ceil_mode=True),
    }
    for rule, output in expected.items():
        assert wrong_of(question, rule) in (None, grid(output)), rule
    mean = wrong_of(question, "mean-instead-of-max")
    assert isinstance(mean, Grid)
    sums = functional.avg_pool2d(x, k, s, divisor_override=1)
    assert mean.cells == tuple(Fraction(total, k * k) for total in grid(sums).cells)


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_wrong_sizes_are_those_that_torch_counts_wrongly(seed):
    """Padding once, none, no stride, no dilation, and rounding up: torch, told so, counts the named wrong answers."""
    import torch
    from torch.nn import functional

    question = bank.generate("conv-output-size", seed)
    n, k, s, p, d = (question.given[name] for name in "nkspd")

    def count(n, k, s, p, d):
        """Count outputs for n pixels already padded by p in all; None where the kernel does not fit."""
        line = torch.zeros(1, 1, n + p)
        return (
            functional.conv1d(line, torch.zeros(1, 1, k), None, s, 0, d).shape[-1]
            if n + p > d * (k - 1)
            else None
        )

    expected = {
        "padding-once": count(n, k, s, p, d),
        "padding-ignored": count(n, k, s, 0, d),
        "stride-ignored": count(n, k, 1, 2 * p, d),
        "dilation-ignored": count(n, k, s, 2 * p, 1),
        "ceil-instead-of-floor": count(n + s - 1, k, s, 2 * p, d),
        "same-size-assumed": n,
    }
    for rule, value in expected.items():
        assert value is None or wrong_of(question, rule) in (None, value), rule


@pytest.mark.parametrize("name", ["conv-by-hand", "max-pool-by-hand"])
def test_drawn_entries_tell_the_mistakes_apart(name):
    """On every point, every mistake that can show leads to an answer of its own, by redrawing."""
    family = bank.get(name)
    for index, point in enumerate(family.space):
        question = family.build(point, Draw("apart", index))
        assert len(usable(question.wrong)) == len(question.wrong) >= 4


def test_unnoticed_mismatch_is_the_shape_without_it():
    """The wrong answer to a raising listing is the shape that its layers would give."""
    for seed in range(60):
        question = bank.generate("stack-output-shape", seed)
        if question.parts[0].answer.value is RAISED:
            assert len(question.wrong) == 1
            assert len(question.wrong[0].value) == 4
            assert "raises an error" in question.solution[-1].plain()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nn.Embedding(3, 4)", "expected nn. with one of AvgPool1d, AvgPool2d, BatchNorm2d, Conv1d, Conv2d"),
        ("nn.Sequential(nn.ReLU(), nn.Module())", "layer 'nn.Module()': expected nn. with one of"),
        ("nn.Conv2d(3, 4, (3, len(x)))", "argument 'len(x)': expected a whole number"),
        ("nn.Conv2d(3, 4, 3, padding='circular')", "argument \"'circular'\": expected a whole number"),
        ("nn.Conv2d(open('x'), 4, 3)", "argument \"open('x')\": expected a whole number"),
        ("__import__('os').system('true')", "expected nn. with one of"),
    ],
)
def test_listings_build_layers_only(text, message):
    """The oracle's reader of listings knows some layers, whole numbers and their pairs, and evaluates nothing."""
    from question_bank.errors import QuestionBankError
    from question_bank.listing import layer

    with pytest.raises(QuestionBankError) as error:
        layer(text)
    assert message in str(error.value)


def test_a_listing_of_another_form_is_refused():
    """A listing without a model and an input is an error of the family, not a shape."""
    from question_bank.errors import QuestionBankError
    from question_bank.listing import output_shape

    with pytest.raises(QuestionBankError, match="expected a model and an input"):
        output_shape("print(1)")
