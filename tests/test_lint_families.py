"""The check and the families agree: what a family asks, written as a worked example, has the family's key as its right answer."""

import re
from decimal import Decimal

import pytest

from question_bank import bank
from question_bank.draw import Draw
from question_bank.expressions import equal
from question_bank.lectures.check import KINDS, check
from question_bank.lectures.compare import differences
from question_bank.lectures.example import Example
from question_bank.values import Expr, Grid


def rows(grid):
    """Return a grid as rows."""
    return [list(row) for row in grid.rows()]


def images(question, *names):
    """Return the first tables of a question by name, as rows."""
    return {name: rows(table.value) for name, table in zip(names, question.tables, strict=False)}


def pool(given):
    """Return the parameters of a pooling."""
    found = {"kernel_size": given["k"], "padding": given.get("p", 0)}
    return found | ({"stride": given["s"]} if given["s"] else {})


def conv(given):
    """Return the parameters of a convolution."""
    return {"stride": given["s"], "padding": given.get("p", 0)}


def several(question):
    """Return channels and filters, which a question shows one table for each slice of."""
    channels, given = question.given["c"], question.given
    tables = [rows(table.value) for table in question.tables]
    biases = [given["b"], question.stem.fields.get("b2", 0)]
    w = [tables[channels * (1 + number) : channels * (2 + number)] for number in range(given["f"])]
    return {"x": tables[:channels], "w": w, "bias": biases[: given["f"]]}, {"stride": given["s"]}


def summary(question):
    """Return the layers of the network's listing."""
    g = question.given
    size = (((g["n"] + 2 * g["p"] - 4) // 2) - 4) // 2
    convs = [(g["c"], g["f_1"], g["p"]), (g["f_1"], g["f_2"], 0)]
    layers = []
    for inputs, outputs, padding in convs:
        layers.append(
            {
                "type": "conv2d",
                "in_channels": inputs,
                "out_channels": outputs,
                "kernel_size": 5,
                "padding": padding,
            }
        )
        layers += [{"type": "relu"}, {"type": "maxpool2d", "kernel_size": 2}]
    flat = g["f_2"] * size * size
    layers += [
        {"type": "flatten"},
        {"type": "linear", "in_features": flat, "out_features": g["m"]},
        {"type": "relu"},
    ]
    return [*layers, {"type": "linear", "in_features": g["m"], "out_features": g["q"]}]


CASES = {
    "conv-by-hand": ("conv2d", lambda q: (images(q, "x", "w") | {"bias": q.given["b"]}, conv(q.given)), [()]),
    "conv-output-cell": (
        "conv2d_cell",
        lambda q: (
            images(q, "x", "w") | {"bias": q.given["b"]},
            conv(q.given) | {"row": q.given["i"], "col": q.given["j"]},
        ),
        [()],
    ),
    "max-pool-by-hand": ("max_pool2d", lambda q: (images(q, "x"), pool(q.given)), [()]),
    "padded-max-pool": ("max_pool2d", lambda q: (images(q, "x"), pool(q.given)), [()]),
    "avg-pool-by-hand": ("avg_pool2d", lambda q: (images(q, "x"), pool(q.given)), [()]),
    "window-count": (
        "window_count",
        lambda q: (
            {"shape": [q.given["h"], q.given["w"]]},
            {"kernel_size": q.given["k"], "stride": q.given["s"]},
        ),
        [()],
    ),
    "pool1d-output-shape": (
        "pool1d_shape",
        lambda q: (
            {"shape": [q.given["h"], q.given["w"]]},
            {n: v for n, v in pool(q.given).items() if n != "padding"},
        ),
        [()],
    ),
    "padded-shape": (
        "array_shape",
        lambda q: (images(q, "x"), {"padding": [q.given["p"], q.given["q"]]}),
        [(0,), (1,)],
    ),
    "multiply-adds": (
        "operation_count",
        lambda q: (
            {"shape": [(q.given[a] + 2 * q.given["p"] - q.given["k"]) // q.given["s"] + 1 for a in "hw"]},
            {"kernel_size": q.given["k"], "in_channels": q.given["c_in"], "out_channels": q.given["c_out"]}
            | {"count": "multiply-adds"},
        ),
        [()],
    ),
    "conv-relu-mse": (
        "conv_forward_backward",
        lambda q: (images(q, "x", "w", "target") | {"bias": q.given["b"]}, {"activation": "relu"}),
        [("y",), ("loss",), ("dw",), ("db",)],
    ),
    "pool-mse-backward": (
        "pool_forward_backward",
        lambda q: (images(q, "x", "target"), {"mode": "avg" if q.given["mean"] else "max", "kernel_size": 2}),
        [("y",), ("loss",), ("dx",)],
    ),
    "network-summary": (
        "parameter_table",
        lambda q: ({"shape": [q.given["c"], q.given["n"], q.given["n"]]}, {"layers": summary(q)}),
        [("shapes", 0), ("shapes", 5), ("params", 0), ("params", 3), ("params", 7), ("total",)],
    ),
    "conv-parameters": (
        "parameter_count",
        lambda q: (
            {},
            {
                "layers": [
                    {"type": "conv2d", "in_channels": q.given["c_in"], "out_channels": q.given["c_out"]}
                    | {"kernel_size": q.given["k"], "bias": bool(q.given["b"])}
                ]
            },
        ),
        [()],
    ),
}


def as_stated(value):
    """Write a family's answer as a file of examples would have it."""
    if isinstance(value, Grid):
        cells = [[as_stated(cell) for cell in row] for row in value.rows()]
        return cells if len(value.shape) > 1 else cells[0]
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, int) else Decimal(value.numerator) / Decimal(value.denominator)


def at(right, path):
    """Return a part of a right answer."""
    for step in path:
        right = right[step]
    return right


@pytest.mark.parametrize("family", CASES)
def test_a_question_of_the_family_is_an_example_of_the_kind(family):
    """For fifty questions the right answer of the example is the key, part by part; the kind names the family."""
    kind, convert, paths = CASES[family]
    assert family in KINDS[kind].families
    for seed in range(50):
        question = bank.generate(family, seed)
        inputs, parameters = convert(question)
        (finding,) = check([Example("1", "", "", kind, inputs, parameters)])
        assert finding.verdict == "exercise", finding.reason
        for part, path in zip(question.parts, paths, strict=False):
            stated = as_stated(part.answer.value)
            assert not differences(stated, at(finding.right, path)), (question.stem.plain(), finding.right)


def test_several_channels_are_added_in_both():
    """The output of several filters is asked filter by filter, or as one array."""
    for seed in range(50):
        question = bank.generate("conv-several-channels-by-hand", seed)
        inputs, parameters = several(question)
        (finding,) = check([Example("1", "", "", "conv2d_multi", inputs, parameters)])
        keys = [rows(part.answer.value) for part in question.parts]
        right = [cell for image in finding.right for row in image for cell in row]
        assert [cell for key in keys for row in key for cell in row] == right


def test_a_wrong_answer_that_a_family_names_is_named_by_the_check():
    """A lecture that states what a misconception leads to is told so: the check finds the family's name for it."""
    named = total = 0
    for seed in range(40):
        question = bank.generate("conv-by-hand", seed)
        inputs, parameters = CASES["conv-by-hand"][1](question)
        for wrong in question.wrong:
            if wrong.misconception in (
                "kernel-flipped",
                "bias-forgotten",
                "padding-ignored",
                "stride-ignored",
            ):
                example = Example("1", "", "", "conv2d", inputs, parameters, as_stated(wrong.value))
                (finding,) = check([example])
                assert finding.verdict == "wrong"
                named += wrong.misconception in [slip.id for slip in finding.why]
                total += 1
    assert named == total > 40


def letters(letter, rows, columns):
    """Return letters with numbers, row by row."""
    return [[f"{letter}{columns * row + column + 1}" for column in range(columns)] for row in range(rows)]


def test_a_cell_and_a_weight_gradient_in_letters_have_the_keys_of_their_families():
    """As expressions; a window that moves by one for the gradient, which lectures have."""
    for seed in range(60):
        question = bank.generate("conv-cell-expression", seed)
        g = question.given
        inputs = {"image": letters("v", g["h"], g["w"]), "kernel": letters("w", g["k"], g["k"]), "bias": "b"}
        parameters = {"stride": g["s"], "padding": g["p"], "row": g["i"], "col": g["j"]}
        (finding,) = check(
            [
                Example(
                    "1", "", "", "symbolic_conv_cell", inputs, parameters, question.parts[0].answer.value.text
                )
            ]
        )
        assert finding.verdict == "right", finding
        question = bank.generate("weight-gradient-expression", seed, {"s": 1})
        g = question.given
        parameters = {"image_size": [g["h"], g["w"]], "kernel_size": g["k"], "weight": g["m"]}
        (finding,) = check(
            [Example("1", "", "", "symbolic_dw1", {}, parameters, question.parts[0].answer.value.text)]
        )
        assert finding.verdict == "right", finding


def test_a_size_formula_is_the_key_of_its_family():
    """With the numbers put in that the family gives, letters where it gives none; without dilation."""
    compared = 0
    for seed in range(200):
        question = bank.generate("output-size-expression", seed)
        if question.given["d"] != 1:
            continue
        (finding,) = check([Example("1", "", "", "size_formula", {}, {"formula": "(n - k + 2*p)/s"})])
        text = finding.right
        for letter in "ksp":
            if question.given[letter] >= 0:
                text = re.sub(rf"\b{letter}\b", str(question.given[letter]), text)
        assert equal(text, question.parts[0].answer.value.text, question.parts[0].field.symbols)
        compared += 1
    assert compared > 20


@pytest.mark.parametrize(("loss", "formula"), [(0, "sigmoid_bce"), (1, "tanh_bce")])
def test_the_gradient_of_a_loss_is_the_key_of_its_family(loss, formula):
    """The product with x^T written out for a few samples and one feature is what the family asks for."""
    (finding,) = check([Example("1", "", "", "gradient_formula", {}, {"formula": formula})])
    inner = finding.right.removeprefix("x^T ").removesuffix(" / N")
    for samples in (2, 3, 4):
        for seed in range(40):
            question = bank.generate(
                "logistic-gradient-expression", seed, {"loss": loss, "by": 0, "n": samples}
            )
            symbols = question.parts[0].field.symbols
            if "y1" in symbols:
                break
        terms = (re.sub(r"\b([py])\b", rf"\g<1>{i}", f"x{i}*{inner}") for i in range(1, samples + 1))
        assert equal(f"({' + '.join(terms)})/{samples}", question.parts[0].answer.value.text, symbols)


@pytest.mark.parametrize(
    ("family", "point", "answers"),
    [
        ("padded-shape", {"h": 5, "w": 3, "p": 1, "q": 1}, [(5, 3), (7, 5)]),
        (
            "weight-gradient-expression",
            {"h": 3, "w": 3, "k": 2, "s": 1, "m": 1},
            [Expr("v1*d1 + v2*d2 + v4*d3 + v5*d4")],
        ),
        (
            "conv-cell-expression",
            {"h": 3, "w": 3, "k": 2, "s": 1, "p": 0, "i": 1, "j": 1},
            [Expr("v5*w1 + v6*w2 + v8*w3 + v9*w4 + b")],
        ),
        ("conv-output-size", {"n": 8, "k": 3, "s": 1, "p": 1, "d": 1}, [8]),
        ("conv-output-size", {"n": 8, "k": 3, "s": 2, "p": 1, "d": 1}, [4]),
        ("conv-output-size", {"n": 28, "k": 5, "s": 2, "p": 0, "d": 1}, [12]),
        ("conv-output-size", {"n": 28, "k": 7, "s": 1, "p": 0, "d": 1}, [22]),
        ("conv-output-size", {"n": 32, "k": 5, "s": 1, "p": 0, "d": 1}, [28]),
        (
            "network-summary",
            {"c": 1, "n": 28, "p": 2, "f_1": 6, "f_2": 16, "m": 120, "q": 10},
            [(6, 28, 28), (16, 5, 5)],
        ),
        (
            "small-cnn-table",
            {"plan": 1, "asked": 0, "c": 1, "n": 28, "f": 64, "k": 3, "m": 200},
            [(64, 26, 26), 73_856, 3200, 640_200, 716_706],
        ),
        (
            "lenet-table",
            {"asked": 0, "old": 1, "c": 1, "n": 28, "p": 2, "f": 6, "m": 84},
            [(6, 28, 28), 2416, 400, 48_120, 61_706],
        ),
        (
            "vgg16-table",
            {"asked": 0, "c": 1, "n": 224, "f": 64, "q": 1000},
            [(64, 112, 112), 73_856, 25_088, 102_764_544, 138_356_392],
        ),
        ("weights-memory", {"i": 784, "m": 1000, "q": 10, "z": 4, "u": 1024}, [795_010]),
    ],
)
def test_a_family_issues_the_task_of_a_lecture(family, point, answers):
    """The numbers of the lectures' own tasks lie in the family's space, and the key is what the check calls right."""
    own = bank.get(family)
    question = bank.issue(own, list(own.space).index(point), Draw("any"))
    assert [part.answer.value for part in question.parts][: len(answers)] == answers
