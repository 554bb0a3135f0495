"""Mutants of the references: the engine makes what it says, the proof sees a weak suite, and a sample of it comes out the same.

`python -m proof.run mutants` grades all of them; here a few of each function go through the whole suite again.
"""

import ast
import contextlib
import doctest
import hashlib
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the proofs are in no installed package

from autograder.course import open_function  # noqa: E402 -- after the path
from autograder.grade import development_seed, grade  # noqa: E402 -- the same
from autograder.model import Outcome, Part, Plan, TestResult  # noqa: E402 -- the same
from autograder.submission import Submission  # noqa: E402 -- the same
from proof import (  # noqa: E402 -- the same
    certificates,
    domains,
    equality,
    first_loss,
    mutants,
    mutation,
    operators_calls,
    operators_expressions,
    operators_statements,
    scopes,
    survivors,
)
from proof.survivors import Reason  # noqa: E402 -- the same

FUNCTIONS = mutants.graded()


def changes(body):
    """Name the mutants of one line of a function."""
    program = f"def f(x, y=None):\n    h, w = x\n    {body}"
    kept = ast.unparse(ast.parse(program)).splitlines()[:2]
    found = [mutant for mutant in mutation.mutants(program) if mutant.source.splitlines()[:2] == kept]
    return {mutant.text.partition(mutation.ARROW)[2] for mutant in found}


# The engine


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return h < 3", {"return h <= 3", "return h != 3", "return h >= 3", "return h < 4", "return h < 2"}),
        (
            "return h // w",
            {"return h / w", "return h * w", "return h % w", "return h", "return w", "return w // w"},
        ),
        ("return -h", {"return h"}),
        ("return h * 2.0", {"return h * 4.0", "return h * 1.0"}),
        ("return np.zeros(h, dtype=int)", {"return np.zeros(h)", "return np.ones(h, dtype=int)"}),
        ("return max(h, w)", {"return min(h, w)", "return max(h)"}),
        ("return h.copy()", {"return h"}),
        (
            "return h.sum(axis=(2, 3))",
            {"return h.sum(axis=(3, 2))", "return h.sum(axis=(2,))", "return h.mean(axis=(2, 3))"},
        ),
        (
            "return h[1:w, ::2]",
            {"return h[:w, ::2]", "return h[1:, ::2]", "return h[1:w + 1, ::2]", "return h[1:w, :]"},
        ),
        ("return h.T @ w", {"return h @ w", "return h.T * w"}),
        ("return 1 if y is None else h", {"return 1 if y is not None else h", "return 1 if True else h"}),
        ("return x and y", {"return x or y", "return x"}),
        (
            "return list(range(h))",
            {"return list(range(1, h))", "return list(range(h - 1))", "return list(range(w))"},
        ),
        ("h += w", {"h -= w", "h = w", "pass"}),
        ("return h", {"return None", "return w", "return x", "return y"}),
        ("return {'bias': True}", {"return {'': True}", "return {'bias': False}"}),
        ("raise ValueError(f'{h - w} pixels')", {"pass"}),
    ],
)
def test_each_mistake_that_is_named_is_made(body, expected):
    """Operators, constants, arguments, axes, bounds, conditions, names, statements and results change, as their docstrings say."""
    assert expected <= changes(body)


def test_what_an_error_says_and_what_a_docstring_says_is_left_alone():
    """They decide no result, so no mutant is about them."""
    assert changes("raise ValueError(f'{h - w} pixels')") == {"pass"}
    assert not any(
        "text" in mutant.source for mutant in mutation.mutants('def f(x):\n    """text"""\n    return x')
    )


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("def f(x, y, s=None):\n    return x", {"def f(y, x, s=None):", "def f(x, y, s=1):"}),
        ("def f(n):\n    for i in n:\n        g(i)\n    return n", {"return n (deeper)"}),
        ("def f(n):\n    for i in n:\n        g(i)\n        h(i)", {"h(i) (less deep)"}),
        ("def f(n):\n    for i in n:\n        for j in i:\n            g(j)", {"g(i)"}),
        ("def f(n):\n    for i in n:\n        break", {"continue"}),
    ],
)
def test_loops_and_parameters_are_changed_too(program, expected):
    """Parameters are exchanged, statements stand too deep or not deep enough, counters are mixed up."""
    assert expected <= {mutant.text.partition(mutation.ARROW)[2] for mutant in mutation.mutants(program)}


NAMES = st.sampled_from(["x", "y", "h"])
EXPRESSIONS = st.recursive(
    NAMES | st.integers(-2, 9).map(str) | st.sampled_from(["None", "True", "2.5", "'text'"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "@", "<", "==", "and"]), inner).map(
            lambda parts: "({} {} {})".format(*parts)
        ),
        st.tuples(NAMES, inner, inner).map(lambda parts: "{}[{}:{}]".format(*parts)),
        st.tuples(NAMES, inner, inner).map(lambda parts: "{}.sum({}, axis={})".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: "({}, {})".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: "({} if {} else 1)".format(*parts, 0)),
    ),
    max_leaves=6,
)
STATEMENTS = st.tuples(
    st.sampled_from(["h = {}", "h += {}", "g({})", "if {}:\n        h = 1", "return {}"]), EXPRESSIONS
).map(lambda parts: parts[0].format(parts[1]))


@settings(deadline=None, max_examples=25)
@given(st.lists(STATEMENTS, min_size=1, max_size=4))
def test_every_mutant_is_another_program_with_a_name_of_its_own(statements):
    """Whatever the program: its mutants compile, differ from it and from each other, and come in the same order again."""
    program = "def f(x, y=1):\n    " + "\n    ".join(statements)
    found = mutation.mutants(program)
    sources = [mutant.source for mutant in found]
    assert ast.unparse(ast.parse(program)) + "\n" not in sources
    assert len(set(sources)) == len({mutant.text for mutant in found}) == len(found)
    assert mutation.mutants(program) == found
    for source in sources:
        compile(source, "<mutant>", "exec")


@pytest.mark.parametrize(
    "module",
    [mutation, scopes, operators_calls, operators_expressions, operators_statements, equality],
    ids=lambda module: module.__name__,
)
def test_examples_hold(module):
    """Docstrings with examples are run here: the proofs are in no package that pytest collects."""
    assert doctest.testmod(module).failed == 0


# The random calls


@pytest.mark.parametrize("function", sorted(domains.DOMAINS))
def test_random_calls_are_allowed_and_tell_wrong_programs(function):
    """The reference takes them, and some wrong programs of the kill table, chosen by digest, differ on at least one."""
    spec = open_function(ROOT, function)
    reference = (spec.folder / "reference.py").read_text(encoding="utf-8")
    found = equality.effects(reference, spec.functions[0], function, ties=True)
    allowed = {"", "ValueError"} if function == "output_shape" else {""}
    assert {effect.raised for effect in found} == allowed
    wrong = sorted((spec.folder / "mistakes").glob("*.py"), key=lambda path: digest(function, path.stem))
    for path in wrong[:3]:
        assert equality.difference(spec, path.read_text(encoding="utf-8"), ties=True), path.stem


def test_random_calls_are_the_same_each_time_and_of_every_kind():
    """Numbers and pairs, whole numbers, single precision, views, ties and none are among them."""
    once, again = (list(domains.calls("avg_pool2d_forward", 60, ties=True)) for _ in range(2))
    for one, other in zip(once, again, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        assert one[1:] == other[1:]
    images = [arguments[0] for arguments in once]
    assert {str(x.dtype) for x in images} == {"float32", "float64", "int64"}
    assert {x.flags["C_CONTIGUOUS"] for x in images} == {True, False}
    assert {type(arguments[1]) for arguments in once} == {int, tuple}
    assert any(len(np.unique(x)) < x.size for x in images)
    for dout, x in domains.calls("relu_backward", 60, ties=False):
        assert len(np.unique(x)) == x.size
        assert dout.all()
        assert x.all()


def test_a_changed_argument_an_exception_and_a_wrong_number_of_results_are_differences():
    """A program that gives the right values is another one all the same when it changes what it was given."""
    spec = open_function(ROOT, "relu")
    right = "import numpy as np\ndef relu(x):\n    return np.maximum(x, 0)\n"
    assert equality.difference(spec, right, ties=True) is None
    changed = right.replace("np.maximum(x, 0)", "np.maximum(x, 0, out=x)")
    assert "values are wrong" in equality.difference(spec, changed, ties=True)
    raising = right.replace("return np.maximum(x, 0)", "raise TypeError")
    assert "raised TypeError, expected nothing" in equality.difference(spec, raising, ties=True)
    backward = open_function(ROOT, "conv2d_backward")
    two = "def conv2d_backward(dout, x, w, *more):\n    return dout, x\n"
    assert "got 2 results, expected 3" in equality.difference(backward, two, ties=True)


# Explanations


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reason = 1", r"survivors\.toml: got reason, expected only \[\[reason\]\] tables"),
        ("[other]", r"survivors\.toml: got other, expected only \[\[reason\]\] tables"),
        (
            "[[reason]]\nfunction = 'relu'",
            r"reason 1: got function; expected because, function, kind, mutants",
        ),
        ("reason = [3]", r"reason 1: got 3; expected because, function, kind, mutants"),
        (
            "[[reason]]\nfunction = 'relu'\nkind = 'same'\nbecause = 'b'\nmutants = ['m']",
            r"reason 1: kind='same': expected equal or accepted",
        ),
        (
            "[[reason]]\nfunction = 'relu'\nkind = 'equal'\nbecause = ' '\nmutants = ['m']",
            r"reason 1: because=' ': expected a text",
        ),
        (
            "[[reason]]\nfunction = 'relu'\nkind = 'equal'\nbecause = 'b'\nmutants = []",
            r"reason 1: mutants=\[\]: expected a list of mutants' names, at least one",
        ),
        ("[[reason", r"survivors\.toml: .*; expected a TOML file of \[\[reason\]\] tables"),
    ],
)
def test_a_broken_list_of_reasons_says_what_is_wrong(tmp_path, text, message):
    """File, entry, got, expected."""
    path = tmp_path / "survivors.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        survivors.read_reasons(path)


def test_a_missing_list_of_reasons_is_named(tmp_path):
    """It is a file that belongs there."""
    with pytest.raises(ValueError, match=r"survivors\.toml: .*No such file.*; expected a TOML file"):
        survivors.read_reasons(tmp_path / "survivors.toml")


PIECES = [
    "[[reason]]\n",
    "function = 'f'\n",
    "kind = 'equal'\n",
    "because = 'b'\n",
    "mutants = ['m']\n",
    "mutants = 3\n",
    "kind = []\n",
    "é = ",
]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map("".join))
def test_any_text_is_a_list_of_reasons_or_an_error(tmp_path_factory, text):
    """Nothing else comes out of the reader."""
    path = tmp_path_factory.getbasetemp() / "any-survivors.toml"
    path.write_text(text, encoding="utf-8")
    with contextlib.suppress(ValueError):
        found = survivors.read_reasons(path)
        assert all(isinstance(reason, Reason) and reason.mutants for reason in found)


def test_a_mutant_is_explained_once():
    """Two reasons for one mutant are one too many."""
    reason = Reason("relu", "equal", "b", ("m",))
    assert survivors.explained([reason], "relu") == {"m": reason}
    assert survivors.explained([reason], "softmax") == {}
    with pytest.raises(ValueError, match=r"survivors\.toml: relu: 'm' is explained twice; keep one reason"):
        survivors.explained([reason, reason], "relu")


# The proof


def test_what_is_neither_killed_nor_rightly_explained_is_told():
    """A survivor without a reason, one that differs after all, a suite that raises, and reasons about nothing."""
    equal = Reason("f", "equal", "b", ("a", "b", "c", "gone"))
    known = dict.fromkeys(equal.mutants, equal)
    verdicts = [
        mutants.Verdict("a", mutants.SURVIVES),
        mutants.Verdict("b", mutants.SURVIVES, "differs on 1"),
        mutants.Verdict("c", mutants.KILLED, "test_x"),
        mutants.Verdict("d", mutants.SURVIVES, "differs on 2"),
        mutants.Verdict("e", mutants.SURVIVES),
        mutants.Verdict("g", mutants.OURS, "IndexError: 3"),
    ]
    assert list(mutants.judge("f", verdicts, known)) == [
        "f: mutant `b` is explained as equal, but differs on 1; write a test that sees it",
        "f: mutant `d` has all points: differs on 2; write a test that sees it, or say why in survivors.toml",
        f"f: mutant `e` has all points: no difference on {equality.CALLS} random calls; write a test that sees it, or say why in survivors.toml",
        "f: mutant `g`: the suite itself raised: IndexError: 3; expected a result that is right or wrong",
    ]
    assert list(mutants.stale("f", verdicts, known)) == [
        "f: survivors.toml explains `c`, but it is killed; take it out",
        "f: survivors.toml explains `gone`, but there is no such mutant; take it out",
    ]


def test_an_error_of_a_suite_is_no_kill():
    """What the suite raised comes before what the program lost."""
    test = TestResult("f", "test_a", "", 0.0, 1.0, Outcome.FAILED, "", None, 0.0)
    error = replace(test, test="test_b", points=None, outcome=Outcome.ERROR, detail="KeyError: 1\nmore")
    assert first_loss.summary([test, error]) == (Outcome.ERROR, "KeyError: 1")
    assert first_loss.summary([test]) == (Outcome.FAILED, "test_a")
    assert first_loss.summary([replace(test, points=1.0)]) == (Outcome.PASSED, "")


@pytest.fixture
def weak_course(tmp_path):
    """A course of one function, whose suite has lost all but one of its tests."""
    folder = tmp_path / "solutions" / "relu"
    shutil.copytree(ROOT / "solutions" / "relu", folder)
    suite = (folder / "test_hidden.py").read_text(encoding="utf-8")
    head, first, *_ = re.split(r"(?=@pytest\.mark\.weight)", suite)
    one_shape = first.replace("[(4, 6), (5, 3)]", "[(4, 6)]")
    assert one_shape != first
    (folder / "test_hidden.py").write_text(
        head + one_shape.replace("*shape", "*shape, low=1.5"), encoding="utf-8"
    )
    return tmp_path


def test_the_proof_sees_a_weak_suite(weak_course, capsys):
    """Where all entries are far from zero, nobody sees a threshold of 1; and a reason that is none is told, too."""
    zero = "if x[position] > 0: -> if x[position] >= 0:"
    reasons = [
        Reason(
            "relu",
            "equal",
            "An entry of 0 is 0 either way.",
            (zero, "if x[position] > 0: -> if x[position] > 1:"),
        ),
        Reason("softmax", "equal", "It is none of this course.", ("m",)),
    ]
    proved = mutants.prove(certificates.quiet, course=weak_course, reasons=reasons)
    told = "\n".join(proved.failures)
    assert "survivors.toml explains 'softmax', which has no mutants" in told
    assert "`if x[position] > 0: -> if x[position] > 1:` is explained as equal, but differs on" in told
    assert "`if x[position] > 0: -> if x[position] > -1:` has all points: differs on" in told
    assert f"`{zero}`" not in told
    found = proved.results["relu"]
    assert found["mutants"] == len(mutants.mutants_of(open_function(weak_course, "relu"))) > found["killed"]
    assert zero in found["explained"]
    counts = f"{found['mutants']} mutants, {found['killed']} killed, {len(found['explained'])} survive"
    assert f"relu: {counts}" in capsys.readouterr().out


def test_random_calls_that_are_blind_are_told(weak_course):
    """A wrong program that no random call sees would make every explanation worthless; here it is a right one."""
    folder = weak_course / "solutions" / "relu"
    spec = open_function(weak_course, "relu")
    assert list(mutants.blind_spots(spec)) == []
    shutil.copy(folder / "reference.py", folder / "mistakes" / "none-at-all.py")
    (line,) = mutants.blind_spots(spec)
    assert line == "relu: no random call sees mistakes/none-at-all; draw others in proof/domains.py"


def test_networks_are_compared_by_what_they_compute(monkeypatch):
    """Orders that mean the same are equal; another rate of dropout, a layer that is another one, and a broken one are not."""
    from proof import models  # torch

    monkeypatch.setattr(models, "CALLS", 1)
    spec = open_function(ROOT, "build_sequential")
    reference = (spec.folder / "reference.py").read_text(encoding="utf-8")
    same = reference.replace("nn.ReLU(),\n        nn.MaxPool2d(2)", "nn.MaxPool2d(2),\n        nn.ReLU()")
    assert same != reference
    assert equality.difference(spec, same, ties=True) is None
    for wrong in ("nn.Dropout(0.5)", "nn.Identity()", "nn.Softmax(0)", "3"):
        other = reference.replace("nn.Dropout(0.25)", wrong)
        assert "the network differs: " in equality.difference(spec, other, ties=True)


def test_a_function_that_nobody_knows_calls_of_is_told(weak_course):
    """A new function needs random calls before a survivor of it can be explained."""
    spec = replace(open_function(weak_course, "relu"), name="leaky_relu")
    found = equality.difference(spec, "def relu(x):\n    return x\n", ties=True)
    assert found == "nobody has said what leaky_relu may be called with; add it to proof/domains.py"


# The certificate


def digest(function, name):
    """Number a mutant, to choose some of them."""
    return hashlib.sha256(f"{function}\0{name}".encode()).hexdigest()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_mutants_fare_as_certified(tier_a, function):
    """All mutants were tried; a survivor and another, through the whole suite again, have all points or fewer as before."""
    certified = certificates.read("mutants")["results"][function]
    spec = open_function(ROOT, function)
    every = {mutant.text: mutant for mutant in mutants.mutants_of(spec)}
    assert certified["mutants"] == len(every) == certified["killed"] + len(certified["explained"])
    assert set(certified["explained"]) == set(survivors.explained(survivors.read_reasons(), function))
    ranked = sorted(every, key=lambda name: (name not in certified["explained"][:1], digest(function, name)))
    plan = Plan(function, (Part(replace(spec, diagnose=False), None, frozenset(spec.features)),))
    wanted = [Submission(name, "python", (every[name].source,)) for name in ranked[:2]]
    for result in grade(wanted, plan, sandbox=tier_a, seed=development_seed(mutants.SEED)):
        assert result.points is not None, result.submission
        assert (result.points == result.max_points) == (result.submission in certified["explained"]), (
            result.submission
        )
