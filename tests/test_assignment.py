"""Assignments on disk: what is right is read as jupytext reads it, what is broken is named by file, field and value."""

import string
from pathlib import Path

import jupytext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import AssignmentPart, ignored_cells, load_assignment, read_cells
from autograder.course import find_course, open_assignment, open_function
from autograder.errors import SpecError
from autograder.leaks import TRAVELS, refuse_leaks, secret_lines
from autograder.notebook import clean
from autograder.percent import split

ROOT = Path(__file__).parent.parent
ASSIGNMENTS = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/assignment.toml"))
GOOD = """title = "Layers"
notebook = "layers.py"
round = 2
[[parts]]
function = "conv2d_forward"
points = 7.5
features = ["stride"]
[lenet]
dataset = "digits"
"""
NOTEBOOK = """# %% [markdown]
# # Layers

# %% legrade_stub="conv2d_forward"
def conv2d_forward(x, w):
    ...

# %% legrade_check="public"
assert True

# %% legrade_points="conv2d_forward"
"""


def write(tmp_path, toml=GOOD, notebook=NOTEBOOK):
    """Lay an assignment down and return its folder."""
    folder = tmp_path / "layers"
    folder.mkdir()
    (folder / "assignment.toml").write_text(toml)
    (folder / "layers.py").write_text(notebook)
    return folder


def test_an_assignment_is_read_whole(tmp_path):
    """Every field arrives; other tables are options for the suites."""
    found = load_assignment(write(tmp_path))
    assert (found.name, found.title, found.notebook.name, found.round) == ("layers", "Layers", "layers.py", 2)
    assert found.parts == (AssignmentPart("conv2d_forward", 7.5, ("stride",)),)
    assert found.options == {"lenet": {"dataset": "digits"}}


def test_cells_say_their_roles_and_the_public_checks_are_ignored_in_grading(tmp_path):
    """Only the checks are not the student's to run."""
    found = load_assignment(write(tmp_path))
    assert [(cell.role, cell.part) for cell in read_cells(found)] == [
        (None, ""),
        ("stub", "conv2d_forward"),
        ("check", "public"),
        ("points", "conv2d_forward"),
    ]
    assert ignored_cells(found) == {"assert True"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Layers"', "title = 3", r"title=3: expected a text that is not empty"),
        ('title = "Layers"', "", r"title=None: expected a text that is not empty"),
        (
            '"layers.py"',
            '"layer.py"',
            r"notebook='layer.py': expected a text notebook \(\.py\) in this folder; there: layers.py",
        ),
        ('"layers.py"', '"../layers/layers.py"', r"expected a text notebook"),
        ("round = 2", "round = 0", r"round=0: expected an integer >= 1"),
        ("round = 2", "round = true", r"round=True: expected an integer >= 1"),
        ("round = 2", "ruond = 2", r"unknown field 'ruond': did you mean round\?.*\[ruond\]"),
        ("[[parts]]", "[parts]", r"parts=\{.*\}: expected at least one table \[\[parts\]\]"),
        ("points = 7.5", "points = 0", r"parts, table 1: points=0: expected a number above 0"),
        ("points = 7.5", "points = inf", r"points=inf: expected a number above 0"),
        ("points = 7.5", "point = 1", r"parts, table 1: unknown field 'point': did you mean points\?"),
        ('"conv2d_forward"', '"../x"', r"function='\.\./x': expected the name of a folder in solutions/"),
        ('["stride"]', '"stride"', r"features='stride': expected a list of texts"),
        (
            "[lenet]",
            '[[parts]]\nfunction = "conv2d_forward"\npoints = 1\n[lenet]',
            r"'conv2d_forward' is there twice",
        ),
        (
            "round = 2",
            "round = ",
            r"assignment.toml: Invalid value \(at line 3, column 9\); expected a TOML file in UTF-8",
        ),
    ],
)
def test_a_broken_assignment_is_named_by_file_field_and_value(tmp_path, old, new, message):
    """The message holds what an instructor needs to mend it."""
    folder = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(SpecError, match=message) as caught:
        load_assignment(folder)
    assert str(folder / "assignment.toml") in str(caught.value)


def test_a_missing_assignment_file_is_named(tmp_path):
    """A folder without the file says so."""
    with pytest.raises(SpecError, match=r"assignment\.toml.*expected a TOML file"):
        load_assignment(tmp_path)


def test_an_unknown_cell_key_is_named(tmp_path):
    """A misspelt key would make a stub an ordinary cell."""
    folder = write(tmp_path, notebook=NOTEBOOK.replace("legrade_stub", "legrade_stob"))
    with pytest.raises(
        SpecError, match=r"cell keys legrade_stob on a code cell: expected one of legrade_stub, legrade_check"
    ):
        read_cells(load_assignment(folder))


def test_a_text_notebook_that_is_no_text_is_named(tmp_path):
    """Bytes that are not UTF-8 are refused, not guessed at."""
    folder = write(tmp_path)
    (folder / "layers.py").write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError, match=r"layers\.py.*expected a text notebook in UTF-8"):
        read_cells(load_assignment(folder))


LINES = st.text(alphabet=string.ascii_letters + " =()_1", max_size=12).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["code", "markdown"]), st.lists(LINES.filter(bool), min_size=1, max_size=3)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_the_percent_format_is_read_as_jupytext_reads_it(cells):
    """Two readers that share no code agree on kinds and sources."""
    text = ""
    for kind, lines in cells:
        mark, prefix = ("", "") if kind == "code" else (" [markdown]", "# ")
        text += f"# %%{mark}\n" + "".join(f"{prefix}{line}\n" for line in lines) + "\n"
    theirs = [(cell.cell_type, clean(cell.source)) for cell in jupytext.reads(text, fmt="py:percent").cells]
    assert [(block.kind, block.source) for block in split(text)] == theirs


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_shipped_text_notebook_is_read_as_jupytext_reads_it(name):
    """The same holds for every assignment of the course, metadata included."""
    path = load_assignment(ROOT / "assignments" / name).notebook
    theirs = jupytext.read(path, fmt="py:percent").cells
    assert [(b.kind, b.source, b.metadata) for b in split(path.read_text())] == [
        (
            cell.cell_type,
            clean(cell.source),
            {k: v for k, v in cell.metadata.items() if k.startswith("legrade_")},
        )
        for cell in theirs
        if cell.source.strip() or cell.metadata
    ]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_shipped_part_has_its_stub_and_its_points_cell(name):
    """An assignment names functions and features that exist, and its notebook has a place for each."""
    course = find_course(ROOT)
    assignment = open_assignment(course, name)
    cells = read_cells(assignment)
    points = [cell.part for cell in cells if cell.role == "points"]
    assert sorted(points) == sorted(part.function for part in assignment.parts)
    for part in assignment.parts:
        assert set(part.features) <= set(open_function(course, part.function).features)


def test_what_lies_beside_a_notebook_passes_the_last_look_before_a_release():
    """The module of the public checks shares everyday lines with the suites; they must not stop nbgrader's release."""
    refuse_leaks([TRAVELS], secret_lines(ROOT / "solutions"))
