"""The demo's own pieces; the whole of it runs in `make demo`."""

import runpy
import sys
from pathlib import Path

import pytest

from autograder.nbgrader_course import read_settings
from autograder.release import build

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def demo():
    """The names of demo/run.py, which is a script."""
    sys.path.insert(0, str(ROOT / "demo"))
    try:
        yield runpy.run_path(str(ROOT / "demo" / "run.py"), run_name="demo")
    finally:
        sys.path.remove(str(ROOT / "demo"))


@pytest.mark.parametrize("tier", ["A", "C"])
def test_the_tier_that_the_demo_names_is_the_one_that_grades(demo, course, tmp_path, tier):
    """Where tier A is not to be had, the settings say C, once, and can be read."""
    build(course, "convolution", tmp_path)
    demo["name_tier"](tmp_path / "legrade.toml", tier)
    assert read_settings(tmp_path).tier == tier


def test_the_disk_reader_is_handed_in_only_where_the_disk_is_hidden(demo):
    """The other eleven are the same with and without isolation."""
    hidden, open_ = (demo["convolution_hand_ins"](with_disk_reader=with_it) for with_it in (True, False))
    assert len(hidden) == 12
    assert [entry for entry in hidden if entry.student != "s11"] == open_
    assert [entry.what for entry in hidden if entry.student == "s11"] == ["reads the disk for the solution"]
