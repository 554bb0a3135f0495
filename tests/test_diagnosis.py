"""A mistake is named only where it did the same as the student in every call, and no other mistake did."""

import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.course import load_spec
from autograder.diagnosis import Call, diagnose, load_mistakes
from autograder.errors import SpecError
from autograder.grade import development_seed, grade
from autograder.model import Outcome, Part, Plan
from autograder.submission import Submission
from autograder.wire import Strided, Tensor

X = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
MISTAKES = {"doubled": lambda x: 2 * x, "halved": lambda x: x / 2}


def call(result, *args, raised=None, changed=(), **kwargs):
    """Record a call of `f`."""
    return Call("f", args, kwargs, result, raised, changed)


# What counts as the same


def test_one_mistake_that_equals_all_calls_is_named():
    """The whole suite agrees with one mistake."""
    assert diagnose([call(2 * X, X), call(4.0, 2.0)], MISTAKES, {}) == "doubled"


def test_a_mistake_that_differs_in_one_call_is_not_named():
    """One other result, in a test that was passed, is enough against a claim."""
    assert diagnose([call(2 * X, X), call(3.0, 2.0)], MISTAKES, {}) is None


def test_two_mistakes_that_fit_are_no_claim():
    """Where the calls do not tell two mistakes apart nothing is said."""
    assert diagnose([call(0.0, 0.0)], MISTAKES, {}) is None


def test_no_call_is_no_claim():
    """A submission that was never called equals every mistake, and is given none."""
    assert diagnose([], {"doubled": MISTAKES["doubled"]}, {}) is None


@given(arrays.arrays(np.float64, (2, 3), elements=st.floats(-1e6, 1e6)))
def test_precision_and_containers_do_not_matter(x):
    """A student may compute in float32 and return lists."""
    assert diagnose([call((2 * x).astype(np.float32).tolist(), x), call(2 * X, X)], MISTAKES, {}) == "doubled"


@pytest.mark.parametrize(
    "result",
    [2 * X[:1], (2 * X)[None], 2 * X + 1e-3, None, "text", [[1.0], [2.0, 3.0]], np.full((2, 3), np.nan)],
    ids=["smaller", "another rank", "other values", "nothing", "text", "ragged", "NaN"],
)
def test_another_result_is_another_program(result):
    """Shape and values must be those of the mistake."""
    assert diagnose([call(result, X)], MISTAKES, {}) is None


def test_several_results_are_compared_one_by_one():
    """A function that returns arrays of different shapes is diagnosed, too, by all of them and by their order."""
    several = {"both doubled": lambda x: (2 * x, 2 * x[0])}
    assert diagnose([call((2 * X, 2 * X[0]), X), call([2 * X, 2 * X[0]], X)], several, {}) == "both doubled"
    for result in [
        (2 * X, X[0]),
        (2 * X[0], 2 * X),
        (2 * X,),
        (2 * X, 2 * X[0], X),
        (2 * X, None),
        2 * X,
        (),
    ]:
        assert diagnose([call(result, X)], several, {}) is None


def test_nan_and_infinity_compare_as_values():
    """A mistake that gives NaN or infinity is equal to a student who gets the same."""
    odd = {"logarithm": np.log}
    with np.errstate(all="ignore"):
        result = np.log(np.array([-1.0, 0.0, 1.0]))
    assert diagnose([call(result, np.array([-1.0, 0.0, 1.0]))], odd, {}) == "logarithm"


def test_the_same_exception_is_the_same_outcome():
    """A mistake that raises is compared by the built-in exception, a subclass by the nearest one."""

    class OwnError(IndexError):
        pass

    def too_far(x):
        if isinstance(x, float):
            raise OwnError
        return 2 * x

    calls = [call(2 * X, X), call(None, 1.0, raised="IndexError")]
    assert diagnose(calls, {"too-far": too_far}, {}) == "too-far"
    assert diagnose([calls[0], call(None, 1.0, raised="ValueError")], {"too-far": too_far}, {}) is None
    assert diagnose([calls[0], call(2.0, 1.0)], {"too-far": too_far}, {}) is None


@pytest.mark.parametrize("fault", ["LimitHit", "WorkerDied", "NotDefined", "BadReply"])
def test_a_limit_is_no_misconception(fault):
    """What only a process can do has no mistake that equals it."""
    assert diagnose([call(2 * X, X), call(None, X, raised=fault)], MISTAKES, {}) is None


def test_changed_arguments_belong_to_the_outcome():
    """Equal results with another effect on the arguments are not equal, by position or by name."""

    def in_place(x, y):
        y *= 2
        return x + y

    result, mistakes = X + 2 * X, {"in-place": in_place}
    assert diagnose([call(result, X, X, changed=(1,))], mistakes, {}) == "in-place"
    assert diagnose([call(result, X, y=X, changed=(1,))], mistakes, {}) == "in-place"
    assert diagnose([call(result, X, X)], mistakes, {}) is None


def test_mistakes_work_on_copies():
    """A mistake that writes into its arguments spoils neither the record nor the next mistake."""

    def zeroed(x):
        x[:] = 0
        return x

    sent = X.copy()
    both = {"zeroed": zeroed, "doubled": MISTAKES["doubled"]}
    for wrapped in (sent, Strided(sent), Tensor(sent)):
        assert diagnose([call(2 * X, wrapped)], both, {}) == "doubled"
    assert diagnose([call(2 * X[0], (sent, sent))], {"first": lambda pair: 2 * pair[0][0]}, {}) == "first"
    np.testing.assert_array_equal(sent, X)


def test_a_view_reaches_the_mistake_as_a_view():
    """A mistake that depends on how memory lies meets what the student met."""
    found = diagnose([call(0.0, Strided(X))], {"flag": lambda x: float(x.flags.c_contiguous)}, {})
    assert found == "flag"


# The cost


def test_a_class_costs_one_run_of_each_mistake():
    """With one cache each mistake runs once on each input, however many students there are."""
    runs = []

    def counted(x):
        runs.append(x)
        return 2 * x

    cache = {}
    for result in (2 * X, 2 * X, 3 * X):
        diagnose([call(result, X.copy()), call(result, Strided(X))], {"counted": counted}, cache)
    assert len(runs) == 2


def test_a_mistake_is_left_at_its_first_difference():
    """What differs in the first call is not run on the others."""
    runs = []
    mistakes = {"counted": runs.append}
    diagnose([call(2 * X, X), call(2.0, 1.0), call(4.0, 2.0)], mistakes, {})
    assert len(runs) == 1


# Loading


def write(folder, **sources):
    """Write mistakes of a function `f`."""
    mistakes = folder / "f" / "mistakes"
    mistakes.mkdir(parents=True)
    for name, source in sources.items():
        (mistakes / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    return mistakes


def test_mistakes_are_loaded_by_the_name_of_their_file(tmp_path):
    """The id is the stem, the function is that of the folder."""
    found = load_mistakes(write(tmp_path, b="def f(x): return 2 * x", a="f = abs"))
    assert list(found) == ["a", "b"]
    assert found["b"](2) == 4


def test_a_function_without_mistakes_has_none(tmp_path):
    """A course may leave the folder out."""
    assert load_mistakes(tmp_path / "f" / "mistakes") == {}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "def f(:",
            r"wrong\.py: it does not run: SyntaxError.*a mistake is a program that a student could write",
        ),
        ("1 / 0", r"wrong\.py: it does not run: ZeroDivisionError"),
        ("def g(): pass", r"wrong\.py: got no function f; a mistake defines the function of its folder"),
    ],
)
def test_a_broken_mistake_is_named(tmp_path, source, message):
    """The course's own fault says which file and what is expected."""
    with pytest.raises(SpecError, match=message):
        load_mistakes(write(tmp_path, wrong=source))


# Through the grader: the same mistake in another hand

BY_FFT = """
import numpy as np
def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    dh, dw = np.broadcast_to(dilation, 2)
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    F, CG, KH, KW = w.shape
    wide = np.zeros((F, CG, dh * (KH - 1) + 1, dw * (KW - 1) + 1))
    wide[:, :, ::dh, ::dw] = w
    H, W = x.shape[2:]
    product = np.fft.rfft2(x.reshape(len(x), groups, 1, CG, H, W)) * np.fft.rfft2(
        wide.reshape(1, groups, F // groups, CG, *wide.shape[2:]), s=(H, W)
    )
    y = np.fft.irfft2(product.sum(axis=3), s=(H, W)).reshape(len(x), F, H, W)  # a true convolution
    y = y[:, :, wide.shape[2] - 1 :: sh, wide.shape[3] - 1 :: sw]
    return y if b is None else y + b[:, None, None]
"""
ZERO_BORDER = """
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    two = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (ph, pw) = two(kernel_size), two(padding)
    sh, sw = two(kernel_size if stride is None else stride)
    n, c, h, w = x.shape
    pixel = lambda i, j, p, q: float(x[i, j, p, q]) if 0 <= p < h and 0 <= q < w else 0.0
    return [[[[max(pixel(i, j, p, q) for p in range(s, s + kh) for q in range(t, t + kw))
               for t in range(-pw, w + pw - kw + 1, sw)] for s in range(-ph, h + ph - kh + 1, sh)]
             for j in range(c)] for i in range(n)]
"""
TWO_MISTAKES = """
import numpy as np
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    return x[:1, :, ::kernel_size, ::kernel_size]
"""


@pytest.mark.parametrize(
    ("function", "source", "expected"),
    [
        ("conv2d_forward", BY_FFT, "kernel-flipped"),
        ("max_pool2d_forward", ZERO_BORDER, "padding-with-zeros"),
        ("max_pool2d_forward", TWO_MISTAKES, None),
    ],
    ids=["by Fourier transform", "by lists", "an unknown mistake"],
)
def test_a_mistake_is_recognised_in_another_style(tier_c, course, function, source, expected):
    """A program that was never seen is told its misconception by what it computes; an unknown one is told nothing."""
    spec = load_spec(course / "solutions" / function)
    plan = Plan(function, (Part(spec, None, frozenset(spec.features)),))
    submissions = [Submission("other", "python", (source,))]
    (result,) = grade(submissions, plan, sandbox=tier_c, seed=development_seed(3))
    assert {test.diagnosis for test in result.tests if test.outcome is Outcome.FAILED} == {expected}
