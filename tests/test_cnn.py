"""Formulas and layers: SymPy, exact arithmetic and torch agree; what is set is what was worked out."""

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from question_bank import cnn, maths
from question_bank.errors import FormatError, FormulaError, StepError
from question_bank.message import Message
from question_bank.steps import Step

layers = st.fixed_dictionaries(
    {
        "n": st.integers(1, 200),
        "k": st.integers(1, 11),
        "s": st.integers(1, 9),
        "p": st.integers(0, 9),
        "d": st.integers(1, 4),
    }
)
images = st.integers(2, 7).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(-9, 9), min_size=width, max_size=width), min_size=2, max_size=7
    )
)
FORMULAS = (
    cnn.SPAN,
    cnn.MOVES,
    cnn.OUTPUT_SIZE,
    cnn.POOL_SIZE,
    "(n - k) / s + 1",
    "-((k - n) // s)",
    "-n*(-k) - (-s)",
)


@settings(deadline=None)  # the first example imports torch or SymPy
@given(layers)
def test_compiled_formulas_are_exact(layer):
    """What SymPy compiled equals exact arithmetic, for whole and for broken values."""
    assert cnn.compiled(*FORMULAS)(layer) == tuple(maths.evaluate(formula, layer) for formula in FORMULAS)


def test_large_numbers_stay_exact():
    """No value goes through a float: 10^30 is divided and rounded down exactly."""
    n = 10**30 + 1
    assert cnn.compiled("n // s", "n / s")({"n": n, "s": 3}) == (n // 3, Fraction(n, 3))


@settings(deadline=None)  # the first example imports torch or SymPy
@given(layers)
def test_the_output_size_is_what_torch_gives(layer):
    """The formula counts the windows that torch makes."""
    import torch
    from torch.nn import functional

    assume(layer["n"] + 2 * layer["p"] > layer["d"] * (layer["k"] - 1))
    line, kernel = torch.zeros(1, 1, layer["n"]), torch.zeros(1, 1, layer["k"])
    out = functional.conv1d(line, kernel, None, layer["s"], layer["p"], layer["d"])
    assert cnn.value(cnn.OUTPUT_SIZE, layer) == out.shape[-1]


def test_identities_hold_for_every_layer():
    """SymPy proves: pooling is the case p = 0, d = 1; an odd kernel with p = (k - 1)/2 and stride 1 keeps the size."""
    import sympy

    size = cnn.symbolic(cnn.OUTPUT_SIZE)
    n, k, s, p, d, m = (sympy.Symbol(name, integer=True, nonnegative=True) for name in "nkspdm")
    assert sympy.simplify(size.subs({p: 0, d: 1}) - cnn.symbolic(cnn.POOL_SIZE)) == 0
    assert sympy.simplify(size.subs({k: 2 * m + 1, p: m, s: 1, d: 1}) - n) == 0
    assert sympy.simplify(size - cnn.symbolic(cnn.MOVES)) == 1
    parameters, weights = cnn.symbolic(cnn.PARAMETERS), cnn.symbolic(cnn.WEIGHTS)
    assert (parameters - weights).free_symbols == {
        sympy.Symbol(x, integer=True, nonnegative=True) for x in ("b", "c_out")
    }


@pytest.mark.parametrize(
    ("c_in", "c_out", "k", "expected"),
    [(1, 6, 5, 156), (6, 16, 5, 2416), (16, 120, 5, 48_120)],
    ids=["C1", "C3", "C5"],
)
def test_lenet_has_its_known_parameters(c_in, c_out, k, expected):
    """The three convolutions of LeNet-5: 156, 2,416 and 48,120 parameters."""
    assert cnn.value(cnn.PARAMETERS, {"c_in": c_in, "c_out": c_out, "k": k, "b": 1}) == expected


@settings(deadline=None)  # the first example imports torch or SymPy
@given(images, st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(-3, 3), st.data())
def test_correlation_by_hand_is_torchs(x, k, stride, padding, bias, data):
    """Windows, products and sums agree with torch.nn.functional.conv2d."""
    import torch
    from torch.nn import functional

    assume(min(len(x), len(x[0])) + 2 * padding >= k)
    w = data.draw(st.lists(st.lists(st.integers(-5, 5), min_size=k, max_size=k), min_size=k, max_size=k))
    as_tensor = [torch.tensor([[rows]], dtype=torch.float64) for rows in (x, w)]
    out = functional.conv2d(*as_tensor, torch.tensor([bias], dtype=torch.float64), stride, padding)
    assert cnn.correlate(x, w, bias, stride, padding) == out[0, 0].tolist()


@settings(deadline=None)  # the first example imports torch or SymPy
@given(images, st.integers(1, 3), st.integers(1, 4))
def test_pooling_by_hand_is_torchs(x, k, stride):
    """Windows that touch, overlap, leave gaps or a remainder agree with torch.nn.functional.max_pool2d."""
    import torch
    from torch.nn import functional

    assume(min(len(x), len(x[0])) >= k)
    out = functional.max_pool2d(torch.tensor([[x]], dtype=torch.float64), k, stride)
    assert cnn.max_pool(x, k, stride) == out[0, 0].tolist()


def expressions():
    """Formulas with names, numbers, and every operation."""
    leaves = st.one_of(st.sampled_from(["a", "b", "c_in"]), st.integers(0, 9).map(str))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//"]), inner).map(
                lambda t: f"({t[0]}) {t[1]} ({t[2]})"
            ),
            inner.map(lambda x: f"-({x})"),
            st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        ),
        max_leaves=8,
    )


@settings(deadline=None)  # the first example imports torch or SymPy
@given(expressions(), st.integers(-9, 9), st.integers(-9, 9), st.integers(-9, 9))
def test_plain_text_means_what_was_evaluated(formula, a, b, c):
    """The plain text, read back as arithmetic, has the same value: brackets are where they must be."""
    numbers = {"a": a, "b": b, "c_in": c}
    try:
        expected = maths.evaluate(formula, numbers)
    except FormulaError:
        assume(False)  # a divisor is 0
    shown = maths.plain(formula, numbers)
    back = (
        shown.replace("\u2212", "-").replace("\u00d7", "*").replace("\u230a", "FLOOR(").replace("\u230b", ")")
    )
    assert maths.evaluate(floors(back)) == expected


def floors(text):
    """Write FLOOR(a / b) as (a // b): the floor stands around exactly one division, the outermost in it."""
    while "FLOOR(" in text:
        start = text.rindex("FLOOR(")
        depth, end = 1, start + 6
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        inside, depth, slash = text[start + 6 : end - 1], 0, -1
        for i, sign in enumerate(inside):
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if sign == "/" and depth == 0 and "//" not in inside[i - 1 : i + 2]:
                slash = i
        text = f"{text[:start]}({inside[:slash]}//{inside[slash + 1 :]}){text[end:]}"
    return text


@settings(deadline=None)  # the first example imports torch or SymPy
@given(expressions())
def test_formulas_are_set_as_well_formed_mathml(formula):
    """MathML is XML with one root; LaTeX has balanced braces."""
    root = ET.fromstring(maths.mathml(formula))  # noqa: S314 -- our own bytes
    assert root.tag == "math"
    assert maths.latex(formula).count("{") == maths.latex(formula).count("}")


def test_a_formula_is_set_in_the_order_it_was_written():
    """Textbook order, floor and fraction; a subscript for an underscore; equality between sides."""
    assert maths.plain("h_out = (n + 2*p - k) // s + 1") == "h_out = ⌊(n + 2 × p − k) / s⌋ + 1"
    assert maths.latex("c_in*k") == "c_{\\mathrm{in}} \\times k"
    assert "<mfrac>" in maths.mathml("n / s")
    assert maths.mathml("c_in").count("<msub>") == 1
    assert "<mrow><mo>\u2212</mo><mn>9</mn></mrow><mo>,</mo>" in maths.mathml(
        "max(-9, n)"
    )  # a sign, no subtraction
    assert maths.plain("a - (b - c)") == "a − (b − c)"
    assert maths.plain("a*b", {"a": -2, "b": Fraction(1, 2)}) == "(−2) × 0.5"


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("__import__('os')", "expected names, whole numbers"),
        ("a.b", "got a.b"),
        ("1.5", "got 1.5"),
        ("True", "got True"),
        ("f(1)", "got f(1)"),
        ("max()", "got max()"),
        ("max(1, key=2)", "got max(1, key=2)"),
        ("a ** b", "got Pow"),
        ("a if b else c", "got a if b else c"),
        ("a +", "expected arithmetic with + - * / //"),
        ("", "expected arithmetic"),
        ("1+" * 3000 + "1", "formula of 6001 characters: expected at most 4000"),
    ],
)
def test_what_is_no_formula_is_refused(formula, message):
    """Nothing but arithmetic is read, and nothing is evaluated as Python."""
    with pytest.raises(FormulaError) as error:
        maths.evaluate(formula, {"a": 1, "b": 1, "c": 1})
    assert message in str(error.value)


def test_a_missing_number_and_a_divisor_of_0_are_named():
    """The message says which number is missing, and what divided by 0."""
    with pytest.raises(FormulaError, match=r"formula 'n // s': expected a number for 's', got \['n'\]"):
        maths.evaluate("n // s", {"n": 1})
    with pytest.raises(FormulaError, match=r"a divisor is 0 with {'n': 1, 's': 0}"):
        maths.evaluate("n // s", {"n": 1, "s": 0})


def test_a_step_that_does_not_hold_cannot_be_made():
    """The message has the label, the equation, and both values."""
    with pytest.raises(StepError, match=r"step 'Span': 2 × \(3 − 1\) \+ 1 is 5, not 6; mend the family"):
        Step(Message("Span"), cnn.SPAN, {"d": 2, "k": 3}, 6)


def test_a_step_shows_symbols_numbers_and_value_once_each():
    """Equal sides are not repeated; a negative value has a minus sign."""
    assert Step(Message("Difference"), "3 - 5", {}, -2).plain() == "Difference: 3 − 5 = −2"
    assert Step(Message("Half"), "n / 2", {"n": 1}, Fraction(1, 2)).plain() == "Half: n / 2 = 1 / 2 = 0.5"
    assert Step(Message("Third"), "n / 6", {"n": 2}, Fraction(1, 3)).plain() == "Third: n / 6 = 2 / 6 = 1 / 3"
    assert Step(Message("Five"), "5", {}, 5).plain() == "Five: 5"


def test_a_template_that_names_no_field_is_refused():
    """The message has the template and the fields there are."""
    with pytest.raises(FormatError, match=r"template 'stride {t}': expected fields among \['s'\]"):
        Message("stride {t}", {"s": 1}).plain()


def test_fields_are_filled_into_their_own_span():
    """Maths and code keep their kind; a field cannot open another span."""
    message = Message("A $k = {k}$ and `{code}`, {word}.", {"k": 3, "code": "f($x$)", "word": "$y$"})
    assert list(message.spans()) == [
        ("text", "A "),
        ("math", "k = 3"),
        ("text", " and "),
        ("code", "f($x$)"),
        ("text", ", $y$."),
    ]
