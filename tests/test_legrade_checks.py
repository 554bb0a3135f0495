"""The module that travels with a notebook: its sentences and its picture, with nothing but numpy and matplotlib."""

import builtins
import json
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder import legrade_checks
from autograder.checking import check
from autograder.legrade_checks import compare
from autograder.release import HELPER, build

mpl.use("Agg")
IMAGE = np.arange(30.0).reshape(1, 1, 5, 6)
KERNEL = np.ones((2, 1, 3, 2))


@settings(deadline=None)
@given(arrays.arrays(np.float64, arrays.array_shapes(max_dims=4, max_side=4), elements=st.floats(-9, 9)))
def test_what_is_equal_passes_whatever_holds_it(values):
    """Arrays, lists, numbers, tensors, other precisions."""
    import torch

    for same in (
        values,
        values.tolist(),
        torch.from_numpy(values),
        torch.from_numpy(values).requires_grad_(),
    ):
        compare(same, values)


@pytest.mark.parametrize(
    ("got", "expected", "told"),
    [
        (None, [1], "your function returns None: is there a return statement? Think."),
        ([1, 2], [1, 2, 3], "the shape is (2,), expected (3,). Think."),
        ([[1, 2], [3, 5]], [[1, 2], [3, 4]], "cell (1, 1) is 5, expected 4 (1 of 4 differ). Think."),
        (float("nan"), 2, "the value is nan, expected 2 (1 of 1 differ). Think."),
        ("text", 2, "expected numbers, got str"),
        ([[1], [2, 3]], 2, "expected numbers, got list"),
    ],
)
def test_a_difference_is_told_in_one_sentence(got, expected, told):
    """Nothing returned, another shape, the first wrong cell; then what to think about."""
    with pytest.raises(AssertionError) as failed:
        compare(got, expected, say="Think.")
    assert str(failed.value) == told


def rectangles(axes):
    """Take the framed part of one picture: top, left, height, width."""
    return [
        (patch.get_y() + 0.5, patch.get_x() + 0.5, patch.get_height(), patch.get_width())
        for patch in axes.patches
    ]


def test_the_picture_frames_the_wrong_cell_and_its_window():
    """Input with padding, the filter of the wrong cell's channel, yours and expected."""
    want = np.zeros((1, 2, 3, 3))
    have = want.copy()
    have[0, 1, 2, 1] = 7
    figure = legrade_checks.draw(
        have, want, (0, 1, 2, 1), image=IMAGE, kernel=KERNEL, kernel_size=None, stride=(2, 3), padding=(1, 0)
    )
    image, kernel, yours, expected = figure.axes
    assert [axes.get_title() for axes in figure.axes] == [
        "input, channel 0 (with padding)",
        "kernel",
        "yours",
        "expected",
    ]
    assert rectangles(image) == [(4, 3, 3, 2)]
    assert image.images[0].get_array().shape == (7, 6)
    assert rectangles(kernel) == []
    assert rectangles(yours) == rectangles(expected) == [(2, 1, 1, 1)]
    assert yours.images[0].get_clim() == expected.images[0].get_clim() == (0, 7)


def test_the_padding_of_a_pooling_is_left_blank():
    """Zeros would be wrong around a max pooling, whose padded pixels never win; pixels keep their numbers."""
    want = np.full((1, 1, 2, 2), -8.0)
    figure = legrade_checks.draw(
        want + 8, want, (0, 0, 0, 0), image=want, kernel=None, kernel_size=2, stride=(2, 2), padding=(1, 1)
    )
    image = figure.axes[0]
    assert np.isnan(image.images[0].get_array().filled(np.nan)).sum() == 12
    assert sorted(text.get_text() for text in image.texts) == [""] * 12 + ["-8"] * 4


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4), (1, 2, 3, 4), (40, 30)])
def test_a_result_of_any_shape_can_be_drawn(shape):
    """Numbers, vectors, tables and images; also where it has no finite number."""
    want = np.zeros(shape)
    for wrong in (1.0, np.nan, np.inf):
        have = want.copy()
        have[(-1,) * len(shape)] = wrong
        with pytest.raises(AssertionError, match=r"\(1 of"):
            compare(have, want, image=IMAGE, kernel_size=2)


def test_without_matplotlib_the_sentence_is_still_told(monkeypatch):
    """The picture is an extra."""
    usual = builtins.__import__

    def without(name, *rest):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(AssertionError, match="cell \\(0,\\) is 1, expected 2"):
        compare([1], [2])


def test_it_needs_nothing_of_ours_and_travels_with_the_notebooks_that_use_it(course, tier_c, tmp_path):
    """Alone in a folder it can be imported; `legrade check` finds it beside the notebook."""
    out = tmp_path / "nb"
    made = build(course, "convolution", out).notebook
    helper = made.with_name(f"{HELPER}.py")
    assert helper.read_bytes() == Path(legrade_checks.__file__).read_bytes()
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(made.parent)!r}); import {HELPER}; print(sorted(m for m in sys.modules if 'autograder' in m))"],
        check=False, capture_output=True, text=True, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.strip() == "[]", done.stderr
    found = check(made, tier_c)
    assert {entry.outcome for entry in found if entry.is_check} == {"failed"}
    assert all("returns None" in entry.said for entry in found if entry.is_check)
    helper.unlink()
    assert json.loads(made.read_text())["cells"]
