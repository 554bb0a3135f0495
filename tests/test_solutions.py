"""The kill table: every suite passes the right programs and rejects the wrong ones, each under its own name.

Everything here is found by its folder, so that a new `solutions/<function>/` is tested without a line being added.
"""

import ast
import functools
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import load_spec
from autograder.grade import development_seed, grade
from autograder.model import Outcome, Part, Plan
from autograder.submission import Submission, read
from autograder.suites import load_functions
from question_bank.misconceptions import CATALOGUE

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"
SPECS = [load_spec(path.parent) for path in sorted(SOLUTIONS.glob("*/spec.toml"))]
DIAGNOSED = {spec.name: spec for spec in SPECS if spec.diagnose}
SECRET_FILES = [path for suffix in ("py", "toml") for path in sorted(SOLUTIONS.glob(f"**/*.{suffix}"))]


@dataclass(frozen=True, slots=True)
class Program:
    """One file of `correct/` or `mistakes/`, and what its second line says: features it has, or needs to show."""

    function: str
    kind: str
    name: str
    path: Path
    features: frozenset[str]

    @property
    def plans(self):
        """The sets of features that this program is graded under."""
        everything = frozenset(DIAGNOSED[self.function].features)
        if self.kind == "correct":
            return (self.features,)
        return (everything, everything - self.features if self.features else frozenset())


def find_programs(kind, comment):
    """List the programs of one kind; without the comment a right one has all features and a wrong one needs none."""
    found = []
    for function, spec in DIAGNOSED.items():
        for path in sorted((spec.folder / kind).glob("*.py")):
            line = re.search(rf"^# {comment}: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            names = line[1].split(", ") if line else spec.features if kind == "correct" else ()
            features = frozenset(names) - {"none"}
            found.append(Program(function, kind, path.stem, path, features))
    return found


CORRECT = find_programs("correct", "features")
MISTAKES = find_programs("mistakes", "needs")


def each(programs):
    """Run a test once for each program."""
    return pytest.mark.parametrize("program", programs, ids=[f"{p.function}-{p.name}" for p in programs])


def grade_all(submissions, function, features, sandbox):
    """Grade on some features of one function."""
    plan = Plan(function, (Part(DIAGNOSED[function], None, features),))
    grades = grade(submissions, plan, sandbox=sandbox, seed=development_seed(0))
    return {result.submission: result for result in grades}


@pytest.fixture(scope="module")
def look_up(tier_c):
    """Grade all programs that share a function and a plan in one session; they are ours, so a plain process will do."""
    graded = {}

    def look(program, features):
        key = program.function, features
        if key not in graded:
            wanted = [p for p in CORRECT + MISTAKES if p.function == program.function and features in p.plans]
            submissions = [read(p.path, name=f"{p.kind}/{p.name}") for p in wanted]
            graded[key] = grade_all(submissions, program.function, features, tier_c)
        return graded[key][f"{program.kind}/{program.name}"]

    return look


def failures(result):
    """Name the tests that did not pass."""
    return [test.test for test in result.tests if test.outcome is not Outcome.PASSED]


# The kill table


@each(CORRECT)
def test_a_right_program_earns_full_marks(look_up, program):
    """Every style passes every test of the features that it has."""
    result = look_up(program, program.features)
    assert failures(result) == []
    assert result.points == result.max_points > 0


@each(MISTAKES)
def test_a_mistake_is_caught_under_its_own_name(look_up, program):
    """Every wrong program loses points, and is told the misconception that it was written for."""
    result = look_up(program, program.plans[0])
    assert result.points < result.max_points
    assert not result.needs_person
    assert {test.diagnosis for test in result.tests if test.outcome is Outcome.FAILED} == {program.name}
    assert {test.diagnosis for test in result.tests if test.outcome is Outcome.PASSED} <= {None}


@each([p for p in MISTAKES if not p.features])
def test_a_mistake_in_the_core_is_caught_whatever_was_taught(look_up, program):
    """A mistake that needs no feature loses points where none was taught."""
    result = look_up(program, frozenset())
    assert result.points < result.max_points


@each([p for p in MISTAKES if p.features])
def test_a_mistake_in_a_feature_costs_nothing_where_it_was_not_taught(look_up, program):
    """Nobody loses a point over a feature that the assignment left out."""
    result = look_up(program, program.plans[1])
    assert failures(result) == []


BODIES = {
    "raises": "raise NotImplementedError",
    "returns nothing": "pass",
    "returns its argument": "return args[0]",
    "returns a number": "return 0.0",
    "returns NaN": "return float('nan')",
    "prints": "print('all tests passed')",
}


@pytest.mark.parametrize("function", DIAGNOSED)
def test_a_stub_earns_nothing(tier_c, function):
    """A program that does not compute anything has no point, whatever it returns."""
    sources = {name: f"def {function}(*args, **kwargs):\n    {body}\n" for name, body in BODIES.items()}
    submissions = [Submission(name, "python", (source,)) for name, source in sources.items()]
    submissions.append(Submission("is empty", "python", ("",)))
    graded = grade_all(submissions, function, frozenset(DIAGNOSED[function].features), tier_c)
    assert {name: result.points for name, result in graded.items()} == dict.fromkeys(
        [*BODIES, "is empty"], 0.0
    )


ZEROS = {
    "conv2d_forward": """
import numpy as np
def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    s, p, d = (np.broadcast_to(v, 2) for v in (stride, padding, dilation))
    size = (np.array(x.shape[2:]) + 2 * p - d * (np.array(w.shape[2:]) - 1) - 1) // s + 1
    return np.zeros((len(x), len(w), *size))
""",
    "max_pool2d_forward": """
import numpy as np
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    k, s, p = (np.broadcast_to(v, 2) for v in (kernel_size, kernel_size if stride is None else stride, padding))
    return np.zeros((*x.shape[:2], *((np.array(x.shape[2:]) + 2 * p - k) // s + 1)))
""",
}


@pytest.mark.parametrize("function", ZEROS)
def test_the_right_shape_alone_earns_nothing(tier_c, function):
    """Zeros in the right shape are wrong in every test."""
    submission = Submission("zeros", "python", (ZEROS[function],))
    result = grade_all([submission], function, frozenset(DIAGNOSED[function].features), tier_c)["zeros"]
    assert result.points == 0.0
    assert {test.reason for test in result.tests} == {"the result's values are wrong"}


# The references


def pairs(low, high):
    """An integer, or a pair of them."""
    number = st.integers(low, high)
    return number | st.tuples(number, number)


def both(value):
    """Take an integer as a pair."""
    return (value, value) if isinstance(value, int) else value


@functools.cache
def reference(name):
    """Load one reference, once."""
    return load_functions(Part(DIAGNOSED[name], None, frozenset()))[name]


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_the_convolution_reference_agrees_with_torch(data):
    """Over the whole documented domain the reference computes what torch does."""
    import torch

    stride, padding, dilation = (
        data.draw(pairs(*r), n) for n, r in (("s", (1, 3)), ("p", (0, 3)), ("d", (1, 3)))
    )
    groups, share, filters, images = (data.draw(st.integers(1, 3)) for _ in range(4))
    kernel = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3)), "kernel")
    least = [
        max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(kernel, both(dilation), both(padding), strict=True)
    ]
    size = [data.draw(st.integers(n, n + 4), "size") for n in least]
    rng = np.random.default_rng(data.draw(st.integers(0, 99), "seed"))
    x = rng.standard_normal((images, groups * share, *size))
    w = rng.standard_normal((groups * filters, share, *kernel))
    b = data.draw(st.none() | st.just(rng.standard_normal(groups * filters)), "bias")
    got = reference("conv2d_forward")(x, w, b, stride, padding, dilation, groups)
    tensors = (torch.from_numpy(x), torch.from_numpy(w), None if b is None else torch.from_numpy(b))
    want = torch.nn.functional.conv2d(*tensors, stride, padding, dilation, groups)
    np.testing.assert_allclose(got, want.numpy(), rtol=1e-9, atol=1e-12, strict=True)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_the_pooling_reference_agrees_with_torch(data):
    """Over the whole documented domain the reference computes what torch does, ties and negative images too."""
    import torch

    kernel = data.draw(pairs(1, 4), "kernel")
    half = min(both(kernel)) // 2
    stride, padding = data.draw(st.none() | pairs(1, 4), "stride"), data.draw(pairs(0, half), "padding")
    least = [max(1, k - 2 * p) for k, p in zip(both(kernel), both(padding), strict=True)]
    shape = [data.draw(st.integers(n, n + 5), "size") for n in (1, 1, *least)]
    rng = np.random.default_rng(data.draw(st.integers(0, 99), "seed"))
    x = data.draw(
        st.sampled_from([rng.standard_normal(shape), -rng.random(shape), rng.integers(0, 2, shape) - 1.0])
    )
    got = reference("max_pool2d_forward")(x, kernel, stride, padding)
    want = torch.nn.functional.max_pool2d(torch.from_numpy(x), kernel, stride, padding)
    np.testing.assert_array_equal(got, want.numpy(), strict=True)


# The files


@pytest.mark.parametrize("path", SECRET_FILES, ids=lambda p: p.relative_to(SOLUTIONS).as_posix())
def test_a_secret_file_begins_with_its_canary(path):
    """A release that holds a line of it is noticed, and says which file leaked."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# LEGRADE-CANARY solutions/{path.relative_to(SOLUTIONS).as_posix()}"


@each(MISTAKES)
def test_a_mistake_is_in_the_catalogue(program):
    """Its name has a text that a student can read."""
    assert program.name in CATALOGUE


@each(CORRECT + MISTAKES)
def test_a_program_names_features_of_its_spec(program):
    """The second line of a program is no typing error."""
    assert program.features <= set(DIAGNOSED[program.function].features)


@pytest.mark.parametrize("function", DIAGNOSED)
def test_the_table_is_large_enough(function):
    """A suite is judged by at least twelve wrong programs and five right ones."""
    assert sum(p.function == function for p in MISTAKES) >= 12
    assert sum(p.function == function for p in CORRECT) >= 5


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.name)
def test_the_signature_is_that_of_the_reference(spec):
    """What a student reads, what the suite calls and what the reference takes are the same."""
    functions = load_functions(Part(spec, None, frozenset()))
    signatures = [f"{name}{inspect.signature(function)}" for name, function in functions.items()]
    assert signatures[0] in spec.signature
    assert all(inspect.getdoc(function) for function in functions.values())


@pytest.mark.parametrize("spec", DIAGNOSED.values(), ids=lambda s: s.name)
def test_a_suite_imports_only_what_it_may(spec):
    """A suite that is read by a student gives nothing away, and runs nothing of theirs."""
    tree = ast.parse((spec.folder / "test_hidden.py").read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert set(names) <= {"numpy", "pytest", "autograder.testing"}


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.name)
def test_a_hidden_test_tells_what_it_tests_without_values(spec):
    """A docstring is all that a student reads: one sentence, no number of an input."""
    tree = ast.parse((spec.folder / "test_hidden.py").read_text(encoding="utf-8"))
    tests = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    assert tests
    for test in tests:
        text = ast.get_docstring(test) or ""
        assert text.endswith("."), test.name
        assert not re.search(r"\d", text), test.name
