"""Families about code: listings are carried out line by line, and what is said of them is what torch does."""

from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from question_bank import bank
from question_bank.answers import Raises
from question_bank.draw import Draw
from question_bank.errors import QuestionBankError
from question_bank.listing import layer
from question_bank.net_listing import Net
from question_bank.numbered_lines import numbered, unnumbered
from question_bank.programs import Program, of_torch
from question_bank.tensors import exact
from question_bank.training_faults import GROUPS, TEXTS
from question_bank.training_listing import FAULTS, NAMES, OPTIMIZERS, PLACES, number_of, right, written
from question_bank.training_watch import faults

pytestmark = pytest.mark.usefixtures("one_thread")
seeds = st.integers(0, 2**64)
loops = st.builds(
    right,
    st.sampled_from(NAMES),
    st.sampled_from(OPTIMIZERS),
    st.integers(2, 50),
    early=st.booleans(),
    totals=st.booleans(),
)


def text_of(listing):
    """Return the program that a listing is."""
    return "\n".join(written(listing))


# --- programs carried out


def test_a_program_does_what_python_does():
    """Assignments, loops, conditions, sums and slices, checked against Python itself."""
    text = "t = 0\nfor i in range(5):\n    if i % 2 == 1:\n        t += i ** 2\n    else:\n        t += -i\nprint(t, (1, 2)[0:1])"
    assert Program(text, of_torch()).run().printed == ((7, (1 + 9 - 0 - 2 - 4, (1,))),)


def test_a_function_of_a_program_does_what_pythons_does():
    """Arguments, a choice between two values and a list that is taken apart, checked against Python itself."""
    text = "def f(n, a):\n    made = []\n    for i in range(n):\n        made += [a if i == 0 else -a]\n    return tuple((*made, n))\nprint(f(3, 7))"
    assert Program(text, {"range": range, "tuple": tuple}).run().printed == ((6, ((7, -7, -7, 3),)),)


@pytest.mark.parametrize(
    "text",
    [
        "x = (1).__class__",
        "x = [i for i in range(3)]",
        "while True:\n    pass",
        "x = lambda: 1",
        "x = f'{1}'",
        "x[0] = 1",
    ],
)
def test_what_programs_may_not_have_is_refused(text):
    """Private attributes, comprehensions, endless loops, functions without a name and the like are errors of ours, not of the program."""
    with pytest.raises(QuestionBankError, match=r"that programs may have|expected names"):
        Program(text, {"x": [0]}).run()


@pytest.mark.parametrize("text", ["__import__('os')", "open('x')", "eval('1')", "exec('1')"])
def test_a_program_knows_no_name_but_those_given(text):
    """Python's own functions are not there; to the program that is an unknown name."""
    assert Program(text, of_torch()).run().error == "NameError"


def test_an_error_is_found_where_it_comes_from():
    """The innermost line counts: that of `forward`, not that which calls the network."""
    net = Net(c=3, n=24, f1=6, k1=3, p1=0, f2=16, k2=3, p2=0, m=2, fault="channels")
    lines = net.listing()
    outcome = Program("\n".join(lines), of_torch()).run()
    assert outcome.error == "RuntimeError"
    assert "self.conv2(x)" in lines[outcome.line - 1]


@given(st.lists(st.text("abc =.()", min_size=1), max_size=30))
def test_numbers_of_lines_come_off_again(lines):
    """What is numbered and unnumbered is the same program, blanks at the ends of lines aside."""
    assert unnumbered(numbered(tuple(lines))) == "\n".join(line.rstrip() for line in lines)


# --- training loops


@settings(max_examples=40, deadline=None)
@given(loops)
def test_a_right_training_loop_has_no_fault(listing):
    """Whatever it calls its variables, and wherever it clears the gradients."""
    assert faults(text_of(listing)) == ()


@pytest.mark.parametrize("fault", FAULTS)
@settings(max_examples=12, deadline=None)
@given(listing=loops)
def test_each_fault_is_the_only_one_that_is_seen(fault, listing):
    """A fault that was put in shows when the program runs, by itself, at its own line."""
    if fault == "step-first" and [line.does for line in listing].index("zero") > [
        line.does for line in listing
    ].index("forward"):
        return  # torch may stop such a program; the family leaves it out
    faulty = FAULTS[fault](listing)
    ((seen, line),) = faults(text_of(faulty))
    assert seen == fault
    if fault in PLACES:
        assert line == number_of(faulty, PLACES[fault])


@pytest.mark.parametrize(
    ("one", "other"), [("softmax", "no-eval"), ("over-batches", "sign"), ("trained-on-test", "not-zeroed")]
)
def test_two_faults_are_both_seen(one, other):
    """The watch does not stop at the first fault that it sees."""
    listing = right(NAMES[0], OPTIMIZERS[0], 10, early=True, totals=False)
    assert {name for name, _ in faults(text_of(FAULTS[one](FAULTS[other](listing))))} == {one, other}


@settings(max_examples=40, deadline=None)
@given(
    listing=loops,
    fault=st.sampled_from(sorted(set(PLACES) - {"train-once", "not-reset", "optimizer-anew", "model-anew"})),
)
def test_mending_the_blamed_line_mends_the_program(listing, fault):
    """With the line that is blamed written as it should be, and no other line changed, nothing is wrong any more."""
    lines = list(written(FAULTS[fault](listing)))
    ((_, blamed),) = faults("\n".join(lines))
    lines[blamed - 1] = written(listing)[blamed - 1]
    assert faults("\n".join(lines)) == ()


def test_a_loop_that_stops_is_reported_with_its_line():
    """An error that no fault explains is seen as such."""
    listing = right(NAMES[0], OPTIMIZERS[0], 10, early=True, totals=False)
    text = text_of(listing).replace("logits = model(images)", "logits = net(images)")
    assert faults(text) == (("NameError", 8),)


def test_every_fault_has_words_and_a_group():
    """What can be put in can be said, and is asked somewhere."""
    assert set(FAULTS) == set(TEXTS) == {name for group in GROUPS for name in group}


def test_some_training_loops_are_right():
    """A tenth to a third of the listings have no fault, so that "nothing" is an answer to be reckoned with."""
    keys = [bank.generate("training-loop-bug", seed).parts[0].answer.value for seed in range(150)]
    assert 0.1 < Counter(keys)["F"] / len(keys) < 0.34


# --- logs


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_a_log_has_one_best_epoch_and_a_stop(seed):
    """The smallest validation loss occurs once, and the stop comes before the end of the table."""
    question = bank.generate("training-log", seed)
    epochs, train, validation = question.tables[0].value.rows()
    assert len({*validation}) > 1
    assert validation.count(min(validation)) == 1
    best, stop, kept = (part.answer.value for part in question.parts)
    assert validation[best - 1] == min(validation)
    assert kept + question.given["p"] == stop <= len(epochs)
    assert all(validation[epoch - 1] >= validation[kept - 1] for epoch in range(kept, stop + 1))
    assert all(loss > 0 for loss in (*train, *validation))
    shown = question.figure.numbers
    assert [x * 100 for x in train] == list(shown["train"])
    assert [x * 100 for x in validation] == list(shown["validation"])


def test_a_better_epoch_after_the_stop_occurs():
    """In a good part of the logs the best epoch of the table is never reached, so that the two questions differ."""
    questions = [bank.generate("training-log", seed) for seed in range(120)]
    later = [q for q in questions if q.parts[0].answer.value > q.parts[1].answer.value]
    assert 0.2 < len(later) / len(questions) < 0.9


# --- layers and networks


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_one_layer_alone_fits_the_picture(seed):
    """Of all options one gives the output that the picture shows, and it has the picture's kernel, stride and padding."""
    question = bank.generate("which-conv-fits", seed)
    answer, figure = question.parts[0].answer, question.figure
    image, output = question.stem.fields["image"], question.stem.fields["output"]
    fitting = []
    for letter, text in zip("ABCDEF", answer.options, strict=False):
        built = layer(text.strip("`"))
        try:
            shape = tuple(built(torch.zeros(1, *image)).shape[1:])
        except RuntimeError:
            continue
        if shape == output:
            fitting.append((letter, built))
    ((letter, built),) = fitting
    assert letter == answer.value
    assert built.kernel_size == (figure.get("kernel"),) * 2
    assert built.stride == (figure.get("stride"),) * 2
    assert built.padding == (figure.get("padding"),) * 2
    assert figure.pair("output") == output[1:]


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_a_printed_shape_is_that_of_the_layers_before_it(seed):
    """Layers built one by one from the listing give the shape, or raise the error, that the key says."""
    question = bank.generate("printed-shape", seed)
    made = dict(
        line.strip().removeprefix("self.").split(" = ")
        for line in question.code.split("\n")
        if "= nn." in line
    )
    x = torch.zeros(8, question.given["c"], question.given["n"], question.given["n"])
    names = ("conv1", "pool", "conv2", "pool")[: question.given["at"] + 1]
    try:
        for name in names:
            x = layer(made[name])(x)
    except RuntimeError:
        assert isinstance(question.parts[0].answer, Raises)
        return
    if question.given["at"] == 4:
        x = nn.Flatten()(x)
    assert question.parts[0].answer.value == tuple(x.shape)


def test_some_programs_stop_and_the_page_does_not_tell():
    """Some listings raise an error before they print, and their fields are those of the others."""
    questions = [bank.generate("printed-shape", seed) for seed in range(200)]
    raising = [q for q in questions if isinstance(q.parts[0].answer, Raises)]
    assert 0.05 < len(raising) / len(questions) < 0.4
    assert len({str(bank.redact(q).parts) for q in questions}) == 1


@settings(max_examples=30, deadline=None)
@given(
    c=st.integers(1, 3),
    n=st.integers(16, 40),
    f=st.integers(1, 8),
    k=st.sampled_from([1, 3, 5]),
    p=st.integers(0, 2),
)
def test_a_network_without_a_fault_runs(c, n, f, k, p):
    """The listing runs to its end, prints each shape that it is said to have, and its last layer fits."""
    net = Net(c=c, n=n, f1=f, k1=k, p1=p, f2=16, k2=3, p2=0, m=2)
    for number, shape in enumerate(net.shapes()):
        outcome = Program("\n".join(net.listing(number)), of_torch()).run()
        assert not outcome.error
        assert outcome.printed[0][1] == (shape,)


# --- tensors


WRONG = {
    "x.view(3, 2)": {"view-for-transpose": lambda x: x.t()},
    "x.t()": {"view-for-transpose": lambda x: x.reshape(3, 2)},
    "x.sum(dim=0)": {"sum-over-the-other-axis": lambda x: x.sum(1)},
    "x.sum(dim=1)": {"sum-over-the-other-axis": lambda x: x.sum(0)},
    "x.argmax(dim=0)": {
        "argmax-over-the-batch": lambda x: x.argmax(1),
        "largest-value-for-its-place": lambda x: x.max(0).values,
        "counted-from-one": lambda x: x.argmax(0) + 1,
    },
    "x.argmax(dim=1)": {
        "argmax-over-the-batch": lambda x: x.argmax(0),
        "largest-value-for-its-place": lambda x: x.max(1).values,
    },
    "torch.cat([x, x + 10], dim=0)": {"joined-along-the-other-axis": lambda x: torch.cat([x, x + 10], 1)},
    "torch.cat([x, x + 10], dim=1)": {"joined-along-the-other-axis": lambda x: torch.cat([x, x + 10], 0)},
    "x[:, 1]": {"row-for-column": lambda x: x[1], "counted-from-one": lambda x: x[:, 0]},
    "x[:, 0:2]": {"slice-end-included": lambda x: x[:, 0:3], "row-for-column": lambda x: x[0:1]},
    "x.view(-1)": {"flat-by-columns": lambda x: x.t().reshape(-1)},
}


def test_wrong_values_are_those_that_torch_computes_wrongly():
    """Torch, told to do the other thing, gives the named wrong answers; each kind of line is met."""
    family, met = bank.get("printed-value"), set()
    for index, point in enumerate(family.space):
        question = family.build(point, Draw("wrong", index))
        first, *_, last = question.code.split("\n")
        call = last.removeprefix("print(")[:-1]
        x = torch.tensor(
            [[int(v) for v in row.split(",")] for row in first.partition("[[")[2][:-3].split("], [")]
        )
        found = {wrong.misconception: wrong.value for wrong in question.wrong}
        for rule, compute in WRONG.get(call, {}).items():
            assert found.get(rule, exact(compute(x))) == exact(compute(x)), (call, rule)
            met.add((call, rule))
    assert met == {(call, rule) for call, rules in WRONG.items() for rule in rules}


# --- with torch itself in place of the stand-ins


class Small(nn.Module):
    """A real network with dropout, for images of four pixels."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 10))

    def forward(self, x):
        """Give logits."""
        return self.layers(x)


def accuracies(listing):
    """Run a listing with real loaders, layers and optimisers on images that are easy to tell apart; return what it prints."""
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(0)
    labels = torch.arange(60) % 2
    images = torch.randn(60, 4) + 4 * labels[:, None]
    data = TensorDataset(images, labels)
    names = {
        "Net": Small,
        "train_loader": DataLoader(data, batch_size=10, shuffle=True),
        "test_loader": DataLoader(data, batch_size=25),
        "train_data": data,
        "test_data": data,
    }
    outcome = Program(text_of(listing), of_torch(**names)).run()
    return outcome.error, [values[0] for _, values in outcome.printed]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("early", [True, False])
def test_a_right_listing_trains_with_torch_itself(optimizer, early):
    """With nothing put in for torch, the loop runs to its end and learns to tell two kinds of images apart."""
    error, printed = accuracies(right(NAMES[1], optimizer, 80, early=early, totals=False))
    assert not error
    assert len(printed) == 80
    assert all(0 <= value <= 1 for value in printed)
    assert printed[-1] > 0.9


def test_faults_do_in_torch_what_is_said_of_them():
    """No backward pass leaves the network as it was; a turned sign makes it worse; a count that is not reset goes beyond 1."""
    listing = right(NAMES[0], OPTIMIZERS[0], 30, early=True, totals=False)
    assert len({round(value, 6) for value in accuracies(FAULTS["no-backward"](listing))[1]}) == 1
    assert len({round(value, 6) for value in accuracies(FAULTS["zeroed-late"](listing))[1]}) == 1
    assert accuracies(FAULTS["sign"](listing))[1][-1] < 0.6
    assert accuracies(FAULTS["not-reset"](listing))[1][-1] > 10
    assert accuracies(FAULTS["over-batches"](listing))[1][-1] > 10
    assert accuracies(FAULTS["wrong-axis"](listing))[0] == "RuntimeError"
