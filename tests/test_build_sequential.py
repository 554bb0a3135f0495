"""Networks that stay in the worker: what is asked about them, what a forged answer is worth, and what an honest one earns."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch import nn

from autograder import wire
from autograder.course import load_spec
from autograder.diagnosis import diagnose
from autograder.errors import BadReply, SandboxError
from autograder.evidence import believe
from autograder.evidence_networks import FORMS, MAX_ENTRIES, MAX_STAGES, Stages
from autograder.grade import development_seed, grade
from autograder.model import Outcome, Part, Plan
from autograder.operations import operate
from autograder.reference_proxy import ReferenceProxy
from autograder.replay import Call
from autograder.submission import Submission
from autograder.suites import load_functions
from autograder.worker_networks import MAX_TEXT, OPERATIONS

SPEC = load_spec(Path(__file__).resolve().parent.parent / "solutions" / "build_sequential")
SHAPE = (2, 3, 6, 6)
X = np.linspace(-1, 1, 4 * 108, dtype=np.float32).reshape(4, 3, 6, 6)


def network():
    """Build a small network with every kind of layer that matters here, one of them lazy."""
    return nn.Sequential(
        nn.LazyConv2d(2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(32, 5)
    )


def values(of=network):
    """Draw values for all parameters and buffers of a network, as a suite does."""
    rng = np.random.default_rng(0)
    shapes = [shape for row in operate("stages", [of(), SHAPE]).rows for _, shape in row.entries]
    return [rng.random(shape, dtype=np.float32) for shape in shapes]


def plainly(model, x, given):
    """Compute what the network gives in evaluation mode, without any of our operations."""
    model.eval()
    model(torch.zeros(SHAPE))
    with torch.no_grad():
        entries = [e for m in model for e in (*m.parameters(recurse=False), *m.buffers(recurse=False))]
        for entry, value in zip(entries, given, strict=True):
            entry.copy_(torch.as_tensor(value))
        return model(torch.from_numpy(x)).numpy()


# What is asked


def test_stages_are_the_layers_with_entries_in_the_order_they_ran():
    """Shapes in and out, and those of the entries by name; mode and running statistics stay as they were."""
    made = network()
    made[4].eval()
    found = operate("stages", [made, SHAPE])
    assert [(row.taken, row.given) for row in found.rows] == [
        ((2, 3, 6, 6), (2, 2, 4, 4)),
        ((2, 2, 4, 4), (2, 2, 4, 4)),
        ((2, 32), (2, 5)),
    ]
    assert found.rows[0].entries == (("weight", (2, 3, 3, 3)), ("bias", (2,)))
    assert [name for name, _ in found.rows[1].entries] == [
        "weight", "bias", "running_mean", "running_var", "num_batches_tracked",
    ]  # fmt: skip
    assert (found.given, found.error) == ((2, 5), "")
    assert [module.training for module in made] == [True, True, True, True, False, True]
    assert int(made[1].num_batches_tracked) == 0
    assert operate("stages", [made, SHAPE]) == found  # no hook was left behind


@pytest.mark.parametrize(
    ("layers", "count", "taken"),
    [
        ((nn.Conv2d(3, 2, 3), nn.BatchNorm2d(3), nn.Flatten()), 2, (2, 2, 4, 4)),
        ((nn.Conv2d(3, 2, 3), nn.Linear(32, 5)), 2, (2, 2, 4, 4)),
        ((nn.Conv2d(3, 2, 3), nn.Flatten(), nn.Linear(31, 5)), 2, (2, 32)),
        ((nn.Flatten(), nn.Flatten(5), nn.Linear(31, 5)), 0, None),
    ],
    ids=["channels", "not flattened", "features", "no layer with weights"],
)
def test_a_network_that_does_not_run_says_how_far_it_came(layers, count, taken):
    """The layer that raised is the last row: it took something and gave nothing; its text is cut."""
    found = operate("stages", [nn.Sequential(*layers), SHAPE])
    assert len(found.rows) == count
    assert found.given == ()
    assert 0 < len(found.error) <= MAX_TEXT
    if count:
        assert (found.rows[-1].taken, found.rows[-1].given) == (taken, ())


def test_a_layer_that_is_used_twice_is_one_stage():
    """Its entries are set once."""
    same = nn.Conv2d(3, 3, 1)
    found = operate("stages", [nn.Sequential(same, nn.ReLU(), same), SHAPE])
    assert len(found.rows) == 1


def test_run_gives_what_the_network_gives():
    """In evaluation mode it is what torch computes; a number fills a whole entry."""
    given = values()
    given[3] = 0.25
    made = network()
    output, entries = operate("run", [made, X, given, False, 1])
    np.testing.assert_allclose(output, plainly(network(), X, given), rtol=1e-5)
    assert (entries[3] == 0.25).all()
    np.testing.assert_array_equal(entries[0], given[0])
    assert all(module.training for module in made)


def test_run_is_complete_in_itself():
    """What was asked before changes nothing; training moves the statistics and draws from the seed that is given alone."""
    given, made = values(), network()
    first = operate("run", [made, X, given, True, 1])
    operate("run", [made, X * 3, [0.5] * len(given), True, 9])
    state = torch.random.get_rng_state()
    again = operate("run", [made, X, given, True, 1])
    assert torch.equal(torch.random.get_rng_state(), state)
    np.testing.assert_array_equal(again[0], first[0])
    np.testing.assert_allclose(first[1][4], 0.9 * given[4] + 0.1 * batch_mean(given), rtol=1e-4)
    assert (operate("run", [made, X, given, True, 2])[0] != first[0]).any()


def batch_mean(given):
    """Compute the mean of each channel behind the convolution of `network`."""
    weight, bias = torch.from_numpy(given[0]), torch.from_numpy(given[1])
    return nn.functional.conv2d(torch.from_numpy(X), weight, bias).mean((0, 2, 3)).numpy()


def test_values_that_do_not_fit_are_refused():
    """The message counts both; a shape that could be broadcast is none of the entry's."""
    given = values()
    with pytest.raises(ValueError, match="8 values: expected one for each of the model's 9 entries"):
        operate("run", [network(), X, given[:-1], False, 1])
    with pytest.raises(ValueError, match="9 values: expected one for each of the model's 9 entries"):
        operate("gradients", [network(), X, [given[0][:, :1], *given[1:]]])
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        operate("run", [nn.Sequential(nn.Flatten(), nn.Linear(3, 5)), X, [0.0, 0.0], False, 1])


def test_what_gives_no_tensor_is_refused():
    """A layer that returns a pair is told by its kind."""
    with pytest.raises(TypeError, match="the model gave a tuple, expected a tensor"):
        operate("run", [nn.Sequential(nn.Flatten(2), nn.RNN(36, 2)), X, [0.1] * 4, False, 1])


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_what_is_no_network_is_refused(operation):
    """The message says what the function returned."""
    more = {"alike": [{}, SHAPE], "gradients": [X, []], "run": [X, [], False, 1], "stages": [SHAPE]}
    with pytest.raises(TypeError, match=r"the function returned a dict, expected a torch\.nn\.Module"):
        operate(operation, [{}, *more.get(operation, [])])


def test_gradients_are_those_of_torch_and_leave_none_behind():
    """One length for each parameter; frozen ones, and those before a detach, have none."""
    made, given = network(), values()
    found = operate("gradients", [made, X, given])
    other = network()
    plainly(other, X, given)
    other(torch.from_numpy(X)).square().sum().backward()
    want = [float(p.grad.norm()) for p in other.parameters()]
    np.testing.assert_allclose(found, want, rtol=1e-4)
    assert all(p.grad is None for p in made.parameters())
    made[0].weight.requires_grad_(requires_grad=False)
    assert operate("gradients", [made, X, given])[0] == 0.0


def test_two_networks_are_alike_when_they_share_or_repeat_weights():
    """Shared, equal, or one number throughout; scales and biases do not count."""
    one, two = network(), network()
    assert operate("alike", [one, two, SHAPE]) == (False, False, False)
    assert operate("alike", [one, one, SHAPE]) == (True, True, False)
    two.load_state_dict(one.state_dict())
    assert operate("alike", [one, two, SHAPE]) == (False, True, False)
    nn.init.zeros_(one[5].weight)
    assert operate("alike", [one, network(), SHAPE]) == (False, False, True)


def test_state_tells_the_kind_and_the_mode_of_every_module():
    """One layer in evaluation mode is enough."""
    assert operate("state_of", [network()]) == (True, True)
    assert operate("state_of", [nn.ModuleList([nn.ReLU()])]) == (False, True)
    made = network()
    made[1].eval()
    assert operate("state_of", [made]) == (True, False)


def test_an_unknown_operation_is_refused():
    """The message lists those that are complete in themselves."""
    with pytest.raises(KeyError, match="'weights': expected one of alike, gradients, run, stages, state_of"):
        operate("weights", [network()])


# What comes back


def over_the_wire(value):
    """Send a value as a worker does: lists of numbers as arrays."""
    from autograder.worker import Worker

    return wire.decode(wire.encode(Worker(wire, {})._give(value)))


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_answer_is_the_same_from_a_worker_and_from_here(operation):
    """Whichever way it came, the form is one, so that a mistake can be compared with a submission."""
    more = {
        "alike": [network(), SHAPE],
        "gradients": [X, values()],
        "run": [X, values(), True, 3],
        "stages": [SHAPE],
    }
    made = network()
    torch.manual_seed(1)
    operate("stages", [made, SHAPE])
    raw = OPERATIONS[operation](made, *more.get(operation, []))
    here, there = believe(operation, raw), believe(operation, over_the_wire(raw))
    np.testing.assert_equal(there, here)


MALFORMED = {
    "alike": [None, np.array([True, False]), np.zeros(3), [True, False, 1], "yes"],
    "gradients": [None, 3.0, np.zeros((2, 2)), [1.0, "x"], [[1.0], [2.0, 3.0]], np.array([True])],
    "run": [
        None,
        [],
        [np.zeros(2, np.float32)],
        [np.zeros(2), []],
        [np.zeros(2, np.float32), [1.0]],
        [[], []],
    ],
    "stages": [
        None,
        [[], [], 3],
        [[3], [], ""],
        [[[[], []]], [], ""],
        [[[[], [], [["w"]]]], [], ""],
        [[[[], [], [[3, []]]]], [], ""],
        [[[[1.5], [], []]], [], ""],
        [[[[True], [], []]], [], ""],
        [[[np.zeros(2), [], []]], [], ""],
        [[[[1] * 9, [], []]], [], ""],
        [[[[], [], []]] * (MAX_STAGES + 1), [], ""],
        [[[[], [], [["w", []]] * (MAX_ENTRIES + 1)]], [], ""],
    ],
    "state_of": [None, np.array([True]), [1, 0], {"sequential": True}],
}


@pytest.mark.parametrize("operation", sorted(MALFORMED))
def test_an_answer_of_another_form_is_the_student_s_doing(operation):
    """No suite computes with it."""
    for value in MALFORMED[operation]:
        with pytest.raises(BadReply, match="what came back about the network is no answer"):
            believe(operation, value)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.builds(wire.Handle, st.integers(0, 9))
    | st.builds(
        lambda dtype, shape: np.zeros(shape, dtype),
        st.sampled_from(wire.DTYPES),
        st.lists(st.integers(0, 3), max_size=3).map(tuple),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(FORMS)), anything)
def test_no_answer_breaks_the_grader(operation, value):
    """Whatever comes, it has the operation's form or is refused, and its numbers can be compared."""
    try:
        found = believe(operation, value)
    except BadReply:
        return
    assert found is not None
    if isinstance(found, Stages):
        assert all(isinstance(number, int) for number in found.numbers())


def test_equal_numbers_mean_equal_stages():
    """Where one shape ends and the next begins is part of it."""
    one = believe("stages", [[[[2, 3], [2], [["weight", [4]]]]], [2], ""])
    two = believe("stages", [[[[2], [3, 2], [["weight", [4]]]]], [2], "RuntimeError: a text for people"])
    assert one.numbers() != two.numbers()
    assert one.numbers() == believe("stages", [[[[2, 3], [2], [["other", [4]]]]], [2], "said"]).numbers()


# Diagnosis and reference


def asked(operation, *args, result):
    """Record that a suite asked something."""
    return Call(operation, args, {}, result, None, (), asked=True)


def wide():
    """Make a network that is wrong in one way."""
    return nn.Sequential(nn.Flatten(), nn.Linear(108, 4))


def biasless():
    """Make one that is wrong in another."""
    return nn.Sequential(nn.Flatten(), nn.Linear(108, 4, bias=False))


def calls_of(function, handles=(0, 1)):
    """Record what a suite would of a submission that defines `function`, in a worker that gives these handles."""
    found = []
    for number in handles:
        found.append(Call("f", (), {}, wire.Handle(number), None, ()))
        answer = operate("stages", [function(), SHAPE])
        found.append(asked("stages", wire.Handle(number), SHAPE, result=answer))
    return found


def test_a_network_is_compared_by_what_is_asked_about_it():
    """One mistake that answers everything alike is named, whatever the handles' numbers were; another one is not."""
    mistakes = {"wide": wide, "biasless": biasless, "none": lambda: None}
    assert diagnose(calls_of(wide), mistakes, {}) == "wide"
    assert diagnose(calls_of(biasless, (7, 0)), mistakes, {}) == "biasless"
    assert diagnose(calls_of(wide) + calls_of(biasless), mistakes, {}) is None
    assert diagnose(calls_of(lambda: nn.Sequential(nn.Linear(6, 4))), mistakes, {}) is None


def test_a_handle_s_number_is_used_again_after_a_crash():
    """It stands for what was made last under it."""
    cache = {}
    assert diagnose(calls_of(wide, (0, 0, 0)), {"wide": wide}, cache) == "wide"
    assert len(cache) == 2  # one way to make it, one question: a class meets in the cache
    assert diagnose(calls_of(wide, (5,)), {"wide": wide}, cache) == "wide"
    assert len(cache) == 2


def test_a_mistake_s_seed_stays_its_own():
    """A mistake that seeds torch's random numbers does not steer ours."""

    def seeding():
        torch.manual_seed(0)
        return wide()

    calls = calls_of(wide)
    state = torch.random.get_rng_state()
    assert diagnose(calls, {"seeding": seeding}, {}) == "seeding"
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_handle_that_nobody_made_is_no_mistake_s():
    """A forged handle has no call behind it: the question fails for every mistake."""
    forged = asked("stages", wire.Handle(3), SHAPE, result=operate("stages", [wide(), SHAPE]))
    assert diagnose([forged], {"wide": wide}, {}) is None


def test_the_reference_is_asked_once():
    """The same question to the reference is answered from memory; a question that it cannot answer is our fault."""
    made = []

    def build():
        made.append(wide())
        return made[-1]

    reference = ReferenceProxy(SPEC, {"build_sequential": build})
    first = reference.ask("stages", reference(), SHAPE)
    assert reference.ask("stages", reference(), SHAPE) is first
    assert len(made) == 1
    assert reference.ask("stages", reference(), (1, 3, 6, 6)) != first
    with pytest.raises(SandboxError, match=r"run on what the reference made raised ValueError\(.1 values"):
        reference.ask("run", reference(), X, [0.0], False, 1)


def test_the_reference_is_asked_about_each_network_by_itself():
    """Two networks that equal questions are asked about have answers of their own."""
    functions = {"build_sequential": lambda width=2: nn.Sequential(nn.Conv2d(1, width, 3), nn.Flatten())}
    reference = ReferenceProxy(SPEC, functions)
    narrow, wide = (reference.ask("stages", reference(width), [1, 1, 6, 6]) for width in (2, 3))
    assert narrow.numbers() != wide.numbers()
    assert reference.ask("stages", reference(2), [1, 1, 6, 6]) is narrow


# What the suite makes of it


def failures(result):
    """Name the tests that did not pass, and why."""
    return {test.test: test.reason for test in result.tests if test.outcome is not Outcome.PASSED}


def grade_texts(texts, sandbox):
    """Grade programs by the suite's own weights."""
    plan = Plan("build_sequential", (Part(SPEC, None, frozenset()),))
    submissions = [Submission(name, "python", (text,)) for name, text in texts.items()]
    results = grade(submissions, plan, sandbox=sandbox, seed=development_seed(3))
    return {result.submission: result for result in results}


HEAD = "from torch import nn\ndef build_sequential(): return "
EMPTY = {
    "no layers": HEAD + "nn.Sequential()",
    "linear only": HEAD + "nn.Sequential(nn.Flatten(), nn.Linear(784, 10))",
    "not called": HEAD + "nn.Sequential",
    "a list": HEAD + "[nn.Conv2d(1, 16, 3), nn.Flatten()]",
    "a pair of networks": HEAD + "(nn.Sequential(), nn.Sequential())",
    "no tensor": HEAD + "nn.Sequential(nn.Flatten(2), nn.RNN(784, 10))",
}


def test_what_is_hardly_a_network_earns_nothing(tier_c):
    """A Sequential in training mode with fresh weights is no achievement by itself."""
    found = grade_texts(EMPTY, tier_c)
    assert {name: result.points for name, result in found.items()} == dict.fromkeys(EMPTY, 0.0)
    assert not any(result.needs_person for result in found.values())


def test_the_reference_passes_whatever_was_drawn(tier_a):
    """Full marks in full isolation, under another seed."""
    text = (SPEC.folder / "reference.py").read_text(encoding="utf-8")
    result = grade_texts({"right": text}, tier_a)["right"]
    assert failures(result) == {}
    assert result.points == result.max_points


def test_a_student_reads_what_is_wrong_and_no_value(tier_c):
    """Two mistakes together are not diagnosed; the reasons name them, without shapes or numbers."""
    text = (SPEC.folder / "reference.py").read_text(encoding="utf-8")
    both = text.replace("nn.Dropout(0.25)", "nn.Dropout(0.6)").replace(
        "32 * 7 * 7, 10)", "32 * 7 * 7, 10).eval()"
    )
    result = grade_texts({"both": both}, tier_c)["both"]
    found = failures(result)
    assert found["test_begins_in_training_mode"] == "a new network, or a part of it, is in evaluation mode"
    assert found["test_dropout"] == "dropout does not set the share asked for to zero"
    assert found["test_training"] == "the result's values are wrong"
    assert len(found) == 3
    assert {test.diagnosis for test in result.tests} == {None}


def test_chance_fails_nobody():
    """A right dropout misses the bounds of the suite less than once in a million gradings."""
    share = stats.binom(960, 0.25)  # of these the 4 in 1,000 that are dropped four times are left out
    outside = share.cdf(np.ceil(960 * (0.25 - 0.085)) - 1) + share.sf(np.floor(960 * (0.25 + 0.085)))
    together = stats.binom(480, 0.625).sf(np.floor(480 * 0.75))
    hardly = stats.binom(320, 0.5625).cdf(59)  # of the eight logits that are independent
    assert outside + together + hardly < 1e-6


def test_the_reference_counts_what_its_docstring_says():
    """The number of parameters in the contract is the reference's."""
    build = load_functions(Part(SPEC, None, frozenset()))["build_sequential"]
    count = sum(p.numel() for p in build().parameters())
    assert f"{count:,} parameters" in build.__doc__
