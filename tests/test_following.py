"""Follow-through: a slip costs the part in which it was made; what is trivial, misshapen or forged earns nothing by it."""

import json
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from question_bank import bank
from question_bank.answers import Array, Integer, Number
from question_bank.errors import AnswerError, FormatError
from question_bank.following import OPERATIONS, Follow
from question_bank.frozen import canonical
from question_bank.issued import KeyItem
from question_bank.judging import FOLLOWED, mark_item
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.paper import key_of
from question_bank.values import Grid, show

KERNEL = Grid.of([[1, 0], [2, -1]])
RULES = {
    "conv2d": Follow("conv2d", (0,), {"bias": 3, "stride": 2, "padding": 1}, {"kernel": KERNEL}),
    "max_pool2d": Follow("max_pool2d", (0,), {"kernel_size": 2, "stride": 1}),
    "avg_pool2d": Follow("avg_pool2d", (0,), {"kernel_size": 2}),
    "pad2d": Follow("pad2d", (0,), {"padding": 2}),
    "relu": Follow("relu", (0,)),
    "flatten": Follow("flatten", (0,)),
    "select": Follow("select", (0,), {"row": 1, "column": 2}),
}


def by_torch(name, x):
    """Work the rule out with torch on a (1, 1, H, W) tensor."""
    w = torch.tensor(KERNEL.rows(), dtype=torch.float64)[None, None]
    return {
        "conv2d": lambda: functional.conv2d(x, w, torch.tensor([3.0], dtype=x.dtype), 2, 1)[0, 0],
        "max_pool2d": lambda: functional.max_pool2d(x, 2, 1)[0, 0],
        "avg_pool2d": lambda: functional.avg_pool2d(x, 2)[0, 0],
        "pad2d": lambda: functional.pad(x, (2, 2, 2, 2))[0, 0],
        "relu": lambda: functional.relu(x)[0, 0],
        "flatten": x.flatten,
        "select": lambda: x[0, 0, 1, 2],
    }[name]()


@st.composite
def images(draw):
    """Images of 3 x 3 to 6 x 6 small whole numbers."""
    height, width = draw(st.integers(3, 6)), draw(st.integers(3, 6))
    cells = draw(st.lists(st.integers(-9, 9), min_size=height * width, max_size=height * width))
    return Grid((height, width), tuple(cells))


def test_every_operation_is_tried():
    """The rules above and the loss below cover the closed set of operations."""
    assert {*RULES, "mse"} == set(OPERATIONS)


@given(grid=images(), target=images())
def test_the_loss_that_follows_is_torchs(grid, target):
    """The mean of the squared differences is exact, and an array of another shape than the target's has none."""
    loss = Follow("mse", (0,), grids={"target": target}).apply((grid,))
    if grid.shape != target.shape:
        assert loss is None
        return
    y, t = (torch.tensor(each.rows(), dtype=torch.float64) for each in (grid, target))
    assert float(loss) == pytest.approx(functional.mse_loss(y, t).item())


@given(one=images(), other=images(), rate=st.integers(-5, 5))
def test_a_formula_of_arrays_is_worked_out_cell_by_cell(one, other, rate):
    """Earlier answers, frozen arrays and frozen numbers meet cell by cell; arrays of different shapes lead nowhere."""
    step = Follow("formula", (0,), {"lr": rate}, {"v": other}, "a - lr*v")
    got = step.apply((one,))
    if one.shape != other.shape:
        assert got is None
        return
    first, second = (torch.tensor(each.rows()) for each in (one, other))
    assert torch.tensor(got.rows()).equal(first - rate * second)
    assert Follow("formula", (0, 1), {"lr": rate}, formula="a - lr*b").apply((one, other)) == got


@pytest.mark.parametrize("name", RULES)
@given(grid=images())
def test_what_follows_is_what_torch_computes(name, grid):
    """An operation on a student's array means what it does in PyTorch."""
    x = torch.tensor(grid.rows(), dtype=torch.float64)[None, None]
    expected = by_torch(name, x)
    got = RULES[name].apply((grid,))
    assert got is not None
    values = [Fraction(value) for value in expected.flatten().tolist()]
    assert (list(got.cells) if isinstance(got, Grid) else [got]) == values
    assert not isinstance(got, Grid) or got.shape == tuple(expected.shape)


@pytest.mark.parametrize("rule", [*RULES.values(), Follow("formula", (0, 1), formula="2*a + b")], ids=str)
def test_a_rule_is_frozen_and_read_back(rule):
    """Marking needs nothing but what was frozen."""
    assert Follow.from_json(json.loads(canonical(rule.to_json()))) == rule


@pytest.mark.parametrize(
    "change",
    [
        {"operation": "eval"},
        {"parts": []},
        {"parts": [0, 1]},
        {"parts": ["a"]},
        {"numbers": {"stride": "2"}},
        {"grids": {"kernel": 3}},
        {"formula": None},
    ],
)
def test_a_malformed_rule_is_refused(change):
    """What is no rule is told with its field."""
    with pytest.raises(FormatError):
        Follow.from_json({**RULES["relu"].to_json(), **change})


@given(st.tuples(st.integers(-5, 5) | images() | st.just((1, 2)) | st.none()))
def test_whatever_a_student_answered_leads_somewhere_or_nowhere(earlier):
    """No earlier answer raises: an image too small, a shape, a number, nothing."""
    for rule in (*RULES.values(), Follow("formula", (0,), formula="1 / a")):
        rule.apply(earlier)


PADDED = Grid.of([[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 5, 0], [0, 0, 0, 0]])
CONVOLVED = RULES["avg_pool2d"].apply((PADDED,))


def question():
    """Pad, pool, count: three parts, each from the one before."""
    assert isinstance(CONVOLVED, Grid)
    first = Part(Array(PADDED, show_size=True), Message("padded"))
    second = Part(Array(CONVOLVED, show_size=True), Message("pooled"), follow=RULES["avg_pool2d"])
    return Question("test", 1, {}, Message("?"), (first, second))


def marked(*answers):
    """Mark typed answers to `question`."""
    item = KeyItem("x", 0, 1, question())
    return mark_item(item, {f"x/{letter}": text for letter, text in zip("ab", answers, strict=False)}).parts


def test_a_slip_costs_one_part():
    """A wrong padding followed rightly earns the second part, and the mark says so."""
    slipped = Grid((4, 4), (*PADDED.cells[:5], 7, *PADDED.cells[6:]))
    first, second = marked(show(slipped), show(RULES["avg_pool2d"].apply((slipped,))))
    assert first.outcome == "partly"
    assert (second.outcome, second.fraction) == (FOLLOWED, 1)


def test_the_key_is_right_after_a_slip_too():
    """The key itself stays right, whatever was answered before."""
    assert marked("0", show(CONVOLVED))[1].outcome == "right"


@pytest.mark.parametrize("first", ["", "x", "0", show(Grid((4, 4), (0,) * 16)), "1 2; 3 4"])
def test_what_leaves_nothing_to_work_out_is_not_followed(first):
    """Nothing, an array of another size, or the same number everywhere does not make the second part easy."""
    assert marked(first, "0 0; 0 0")[1].fraction == 0


def test_what_was_itself_worked_out_rightly_is_followed_even_where_it_is_the_same_everywhere():
    """A slip after which the ReLU sets everything to 0 costs one part; zeros that follow from nothing earn nothing."""
    before, key = Grid.of([[1, -2], [-3, 4]]), Grid.of([[1, 0], [0, 4]])
    pool = Follow("max_pool2d", (1,), {"kernel_size": 2})
    three = (
        Part(Array(before), Message("convolved")),
        Part(Array(key), Message("after the ReLU"), follow=RULES["relu"]),
        Part(Array(Grid.of([[4]])), Message("pooled"), follow=pool),
    )
    item = KeyItem("x", 0, 1, Question("test", 1, {}, Message("?"), three))
    slipped = mark_item(item, {"x/a": "-1 -2; -3 -4", "x/b": "0 0; 0 0", "x/c": "0"}).parts
    assert [part.outcome for part in slipped][1:] == [FOLLOWED, FOLLOWED]
    for first in ("", "0 0; 0 0", "1 -2; -3 4"):
        copied = mark_item(item, {"x/a": first, "x/b": "0 0; 0 0", "x/c": "0"}).parts
        assert FOLLOWED not in {part.outcome for part in copied}


def test_formulas_follow_numbers():
    """A total from a student's own counts."""
    counts = (Part(Integer(320), Message("first")), Part(Integer(650), Message("second")))
    total = Part(Integer(970), Message("total"), follow=Follow("formula", (0, 1), formula="a + b"))
    item = KeyItem("x", 0, 1, Question("test", 1, {}, Message("?"), (*counts, total)))
    parts = mark_item(item, {"x/a": "300", "x/b": "650", "x/c": "950"}).parts
    assert [part.outcome for part in parts] == ["wrong", "right", FOLLOWED]
    parts = mark_item(item, {"x/a": "", "x/b": "650", "x/c": "650"}).parts
    assert parts[2].fraction == 0


def test_zero_everywhere_is_followed_in_no_family():
    """Who writes 0 in every field works nothing out, in whatever way later parts follow from earlier ones."""
    followed = 0
    for name in bank.names():
        item = KeyItem("x", 0, 1, bank.generate(name, 7))
        typed = {key_of("x", number): "0" for number in range(len(item.question.parts))}
        followed += any(part.follow for part in item.question.parts)
        assert FOLLOWED not in {part.outcome for part in mark_item(item, typed).parts}, name
    assert followed > 5


def test_a_family_whose_rule_does_not_lead_to_its_key_is_refused():
    """A question is checked when it is made."""
    with pytest.raises(AnswerError, match="the key is 5, but 4 follows"):
        Question(
            "test",
            1,
            {},
            Message("?"),
            (
                Part(Integer(2), Message("")),
                Part(Integer(5), Message(""), follow=Follow("formula", (0,), formula="2*a")),
            ),
        )
    part = Part(Number(4), Message(""), follow=Follow("formula", (0,), formula="a"))
    with pytest.raises(AnswerError, match="expected earlier parts"):
        Question("test", 1, {}, Message("?"), (part,))


def test_shapes_are_not_followed():
    """A rule over an answer of another kind leads nowhere instead of failing."""
    assert RULES["relu"].apply(((1, 2),)) is None
