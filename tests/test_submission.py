"""Reading submissions: any bytes give a record, earned code is kept, and nothing outside the file is read."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import notebook
from autograder.assignment import load_assignment
from autograder.errors import AutograderError
from autograder.notebook import Cell, parse
from autograder.release import build_notebook
from autograder.submission import MAX_BYTES, MAX_CODE, find, identity, read
from autograder.tampering import GivenCell, given_cells, noted

CODE = "def conv2d_forward(x, w):\n    return x"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "cell_type",
                    "source",
                    "input",
                    "metadata",
                    "nbgrader",
                    "grade_id",
                    "worksheets",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def cell(source, kind="code", **more):
    """Write one cell as Jupyter does."""
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def save(folder, value, name="alice.ipynb", encoding="utf-8"):
    """Write a notebook's JSON, or text as it stands."""
    path = folder / name
    text = (
        value
        if isinstance(value, str)
        else json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": value})
    )
    path.write_bytes(text.encode(encoding))
    return path


def test_a_whole_notebook_gives_its_code_cells_in_order_without_notes(tmp_path):
    """Text stays out of `cells` and in `layout`; nothing is said about a file in order."""
    found = read(
        save(tmp_path, [cell("# Title", "markdown"), cell(["import numpy as np\n", "x = 1"]), cell(CODE)])
    )
    assert (found.name, found.kind, found.problem, found.notes) == ("alice", "notebook", None, ())
    assert found.cells == ("import numpy as np\nx = 1", CODE)
    assert [c.kind for c in found.layout] == ["markdown", "code", "code"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_submission(tmp_path_factory, data):
    """No content of a file raises; a problem and cells exclude each other."""
    path = tmp_path_factory.getbasetemp() / "fuzz.ipynb"
    path.write_bytes(data)
    found = read(path)
    assert found.problem is None or found.cells == ()


@settings(max_examples=300, deadline=None)
@given(JSON, st.integers(min_value=0, max_value=200))
def test_any_json_gives_a_submission_whole_or_cut_off(tmp_path_factory, value, end):
    """Every shape of JSON can be read, and so can every beginning of it."""
    path = tmp_path_factory.getbasetemp() / "fuzz_json.ipynb"
    for text in (json.dumps(value), json.dumps(value)[:end]):
        path.write_text(text)
        found = read(path)
        assert found.problem is None or found.cells == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5), st.data())
def test_a_cut_off_notebook_keeps_every_whole_cell(sources, data):
    """However a file is cut, a cell that is whole in it is kept as it was."""
    text = json.dumps({"cells": [cell(source) for source in sources], "metadata": {}}, indent=1)
    end = data.draw(st.integers(min_value=0, max_value=len(text)))
    kept = [c.source for c in parse(text[:end]).cells]
    assert kept == [notebook.clean(source) for source in sources][: len(kept)]
    assert len(kept) >= len(re.findall(r"^  \},?$", text[:end], re.MULTILINE)) - 1


@pytest.mark.parametrize(
    ("encoding", "prefix", "note"),
    [
        ("utf-8", "", ()),
        ("utf-8-sig", "", ("The file begins with a byte order mark; it was read as UTF-8.",)),
        ("utf-16", "", ("The file begins with a byte order mark; it was read as UTF-16.",)),
        ("latin-1", "é", None),
    ],
)
def test_encodings_lose_no_code(tmp_path, encoding, prefix, note):
    """A byte order mark, UTF-16 and Latin-1 are read, and said."""
    text = json.dumps({"cells": [cell(f"# {prefix}\n{CODE}")]}, ensure_ascii=False)
    found = read(save(tmp_path, text, encoding=encoding))
    assert CODE in found.cells[0]
    if note is None:
        assert found.notes[0].startswith("The file is not UTF-8 (byte ")
    else:
        assert found.notes == note


def test_line_ends_and_trailing_space_do_not_make_a_source_another(tmp_path):
    """Sources are compared with the instructor's, so CRLF and trailing blank lines are the same source."""
    found = read(save(tmp_path, [cell("x = 1\r\ny = 2\r\n\r\n")]))
    assert found.cells == ("x = 1\ny = 2",)


def test_half_a_surrogate_pair_can_be_sent_to_a_worker(tmp_path):
    """JSON can hold text that no encoding carries; the rest of the cell survives."""
    found = read(save(tmp_path, '{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}'))
    assert found.cells == ("x = '?'",)
    assert found.cells[0].encode() == b"x = '?'"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The file is empty."),
        (" \n", "The file is empty."),
        ("[1, 2]", "The file is JSON but no notebook: it has no cells."),
        ("{}", "The file is JSON but no notebook: it has no cells."),
        ('{"cells": 3, "worksheets": {}}', "The file is JSON but no notebook: it has no cells."),
        ("PK\x03\x04 a zip", "The file is no notebook: it is not valid JSON."),
        ("<<<<<<< HEAD\n{", "The file is no notebook: it is not valid JSON, it holds merge markers."),
        ("[" * 100_000, "The file is no notebook: it is not valid JSON."),
        ('{"cells": ' + "1" * 5000 + "}", "The file is no notebook: it is not valid JSON."),
        ("[" * 2_000_001, "The file has 2000001 brackets; a notebook may have 2000000."),
    ],
)
def test_an_unreadable_file_says_why(tmp_path, text, problem):
    """Each reason is in words a student can act on."""
    found = read(save(tmp_path, text))
    assert (found.cells, found.problem) == ((), problem)


def test_merge_markers_cost_only_the_cells_they_cut(tmp_path):
    """Cells outside a conflict are read."""
    text = json.dumps({"cells": [cell(CODE), cell("y = 2"), cell("z = 3")]}, indent=1)
    marked = text.replace(
        '   "source": "y = 2"', '<<<<<<< HEAD\n   "source": "y = 2"\n=======\n>>>>>>> other'
    )
    found = read(save(tmp_path, marked))
    assert found.cells == (CODE, "z = 3")
    assert found.notes == (
        "The file is damaged (it holds merge markers); 2 whole cells could be read from it.",
    )


def test_a_crafted_file_of_cell_beginnings_is_given_up_soon(tmp_path):
    """Salvage is bounded: a megabyte of unfinished cells ends in a problem, not in an hour."""
    found = read(save(tmp_path, '{"id": ' * 150_000))
    assert found.problem == "The file is no notebook: it is not valid JSON."


def test_format_3_is_read(tmp_path):
    """The old format's worksheets and inputs hold the same code."""
    old = {
        "nbformat": 3,
        "worksheets": [{"cells": [{"cell_type": "code", "input": [CODE], "language": "python"}]}],
    }
    found = read(save(tmp_path, json.dumps(old)))
    assert found.cells == (CODE,)
    assert found.notes == ("The notebook has the old format 3; its cells were read all the same.",)


def test_a_cell_without_text_is_left_out_and_said(tmp_path):
    """Odd cells cost themselves only."""
    cells = [cell(CODE), cell({"a": 1}), cell(["x", 3]), 5, cell(None), {"cell_type": "code"}, cell("y = 1")]
    found = read(save(tmp_path, cells))
    assert found.cells == (CODE, "y = 1")
    assert found.notes == ("Left out because the cell holds no text: cell 2, 3, 4 and 2 more.",)


@pytest.mark.parametrize(
    "metadata", [None, 3, [], {"nbgrader": None}, {"nbgrader": [1]}, {"nbgrader": {"grade_id": 5}}]
)
def test_odd_metadata_are_ignored(tmp_path, metadata):
    """Metadata of any shape change nothing about the code."""
    found = read(save(tmp_path, [{"cell_type": "code", "source": CODE, "metadata": metadata}]))
    assert found.layout == (Cell("code", CODE),)
    assert found.notes == ()


@pytest.mark.parametrize(
    "notebook",
    [
        {"nbformat": 4, "metadata": {"kernelspec": {"name": "julia-9", "language": "julia"}}},
        {"nbformat": 4, "metadata": None},
        {"nbformat": 99, "nbformat_minor": "x", "metadata": [1]},
        {"metadata": {"language_info": {"name": "R", "version": 3}}},
        {},
    ],
)
def test_what_a_notebook_says_of_itself_changes_nothing(tmp_path, notebook):
    """Another kernel, a version that does not exist, metadata of another kind, or none: the code is read."""
    found = read(save(tmp_path, json.dumps({**notebook, "cells": [cell(CODE)]})))
    assert (found.cells, found.problem, found.notes) == ((CODE,), None, ())


def test_a_cell_that_is_tagged_to_be_left_out_is_run_and_said(tmp_path):
    """The tag makes nbclient skip a cell; here it does nothing."""
    tagged = {"tags": ["skip-execution", 3]}
    cells = [
        cell(CODE, metadata=tagged),
        cell("text", "markdown", metadata=tagged),
        cell("x = 1", metadata={"tags": 5}),
    ]
    found = read(save(tmp_path, cells))
    assert found.cells == (CODE, "x = 1")
    assert found.notes == ("Run although it is tagged skip-execution: cell 1.",)


GIVEN = (
    GivenCell("stub-f", None, locked=False, points=None),
    GivenCell("check-2", "assert f()", locked=True, points=None),
    GivenCell("points-f", "0.0", locked=True, points=3.0),
)


def handed(source, name=None, points=None):
    """Write a code cell with nbgrader's metadata."""
    role = {"grade_id": name} | ({} if points is None else {"points": points})
    return cell(source, metadata={"nbgrader": role} if name else {})


STUB, CHECK, POINTS = handed(CODE, "stub-f"), handed("assert f()", "check-2"), handed("0.0", "points-f", 3)


@pytest.mark.parametrize(
    ("cells", "changes"),
    [
        ([STUB, CHECK, POINTS], None),
        ([cell("x = 1"), STUB, handed("assert f()"), cell("text", "markdown"), POINTS], None),
        ([cell(CODE)], None),
        ([STUB, POINTS], "missing: check-2"),
        ([STUB, CHECK, handed("3.0", "points-f", 3)], "edited: points-f"),
        ([STUB, CHECK, POINTS, STUB, CHECK], "more than once: stub-f, check-2"),
        ([STUB, CHECK, handed("0.0", "points-f", 99)], "other points claimed: points-f"),
        ([STUB, handed("assert f()", "check-2", -1), POINTS], "other points claimed: check-2"),
        ([POINTS, STUB, CHECK], "in another order: the cells"),
        ([handed("0.0", "stub-f"), handed(CODE, "points-f", 10**400)], "missing: stub-f, check-2; more than once: points-f; edited: points-f"),
    ],
)  # fmt: skip
def test_what_was_changed_of_given_cells_is_noted(tmp_path, cells, changes):
    """Deleted, edited, doubled, moved and revalued cells are named; whoever wrote a notebook of their own reads nothing."""
    found = noted(read(save(tmp_path, cells)), GIVEN)
    words = "What was given out was changed ({}); the instructor's copy counts, and this costs nothing."
    assert found.notes == (() if changes is None else (words.format(changes),))
    assert found.cells == read(save(tmp_path, cells)).cells


def test_a_note_of_changes_is_short_whatever_was_given(tmp_path):
    """Of many cells some are named."""
    given = [
        GivenCell(f"check-{number}", f"assert {number}", locked=True, points=None) for number in range(99)
    ]
    (note,) = noted(read(save(tmp_path, [handed("assert 0")])), given).notes
    assert "missing: check-1, check-2, check-3, check-4, check-5 and 93 more" in note


def test_a_program_changes_nothing_that_was_given(tmp_path):
    """A `.py` file has no roles, even where it holds a check of the assignment."""
    assert noted(read(save(tmp_path, "# %%\nassert f()\n", "bob.py")), GIVEN).notes == ()


def test_the_cells_of_a_release_are_those_that_an_assignment_gives(course):
    """Names, checks and points are the release's, so the release itself is unchanged."""
    given = given_cells(load_assignment(course / "assignments" / "convolution"))
    assert [
        (copy.grade_id, copy.locked, copy.points) for copy in given if not copy.grade_id.startswith("check")
    ] == [
        ("stub-conv2d_forward", False, None),
        ("points-conv2d_forward", True, 10.0),
        ("stub-im2col", False, None),
        ("points-im2col", True, 6.0),
        ("stub-conv2d_1x1_as_dense", False, None),
        ("points-conv2d_1x1_as_dense", True, 4.0),
    ]
    assert all(copy.source for copy in given if copy.grade_id.startswith("check"))


def test_the_command_notes_what_was_changed_of_an_assignment(tmp_path, course):
    """`legrade grade --assignment` says it beside the points; a released notebook as it is says nothing."""
    released = json.loads(build_notebook(course, load_assignment(course / "assignments" / "convolution")))
    for name, cells in (("ana", released["cells"]), ("bo", released["cells"] * 2)):
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(released | {"cells": cells}), encoding="utf-8")
    options = ("--assignment", "convolution", "--seed", "1", "--tier", "C", "--course", str(course))
    command = [Path(sys.executable).with_name("legrade"), "grade", str(tmp_path), *options]
    told = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False).stdout
    ana, bo = told.split("bo: 0 of 20")
    assert ana.startswith("ana: 0 of 20")
    assert "What was given out was changed" not in ana
    assert "What was given out was changed (more than once: stub-conv2d_forward, " in bo


def test_a_retyped_code_cell_is_still_code(tmp_path):
    """A cell of the assignment that was turned into text is run, and said."""
    metadata = {"nbgrader": {"grade_id": "stub-conv2d_forward", "cell_type": "code"}}
    found = read(save(tmp_path, [{"cell_type": "raw", "source": CODE, "metadata": metadata}]))
    assert found.layout == (Cell("code", CODE, "stub-conv2d_forward"),)
    assert found.notes == ("Read as code although its type was changed: cell 1.",)


def test_50_megabytes_of_outputs_are_read_and_one_more_is_not(tmp_path):
    """The cap is on the file, says its size, and says what to do."""
    big = cell(CODE, outputs=[{"output_type": "stream", "text": "x" * (MAX_BYTES - 400)}])
    assert read(save(tmp_path, [big])).cells == (CODE,)
    over = read(save(tmp_path, [cell(CODE, outputs=["x" * MAX_BYTES])]))
    assert over.problem is not None
    assert re.fullmatch(
        rf"The file has \d+ bytes; expected at most {MAX_BYTES} \(50 MiB\): clear its outputs and hand it in again\.",
        over.problem,
    )


def test_more_code_than_anyone_writes_is_refused(tmp_path):
    """A program that is data is named as such."""
    found = read(save(tmp_path, [cell("#" * (MAX_CODE + 2**20))]))
    assert found.problem == "The file holds 11 MiB of code; expected at most 10 MiB."


def test_a_python_file_is_one_cell_or_the_cells_of_its_percent_lines(tmp_path):
    """A plain module runs whole; the percent format keeps its cells apart, so one bad cell costs itself."""
    plain = read(save(tmp_path, CODE + "\n", "bob.py"))
    assert (plain.kind, plain.cells) == ("python", (CODE,))
    text = (
        f'# header\n# %% [markdown]\n# Text\n\n# %%\n{CODE}\n\n# %% legrade_check="public"\n\nassert True\n'
    )
    percent = read(save(tmp_path, text, "bob.py"))
    assert percent.cells == (CODE, "assert True")
    assert [c.kind for c in percent.layout] == ["markdown", "code", "code"]


def test_a_notebook_renamed_to_py_is_read_as_a_notebook(tmp_path):
    """The content decides, not the name."""
    found = read(save(tmp_path, [cell(CODE)], "carol.py"))
    assert (found.kind, found.cells) == ("notebook", (CODE,))


def test_a_link_is_never_followed(tmp_path):
    """A submission cannot make the grader read another file, as a file or as a folder."""
    secret = save(tmp_path, [cell("SECRET = 1")], "secret.ipynb")
    (tmp_path / "mallory.ipynb").symlink_to(secret)
    folder = tmp_path / "eve"
    folder.mkdir()
    (folder / "eve.ipynb").symlink_to(secret)
    (tmp_path / "oscar").symlink_to(folder)
    problem = "It is a link to another file; hand in the file itself."
    for name in ("mallory.ipynb", "eve", "oscar"):
        assert (read(tmp_path / name).problem, read(tmp_path / name).cells) == (problem, ())


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    """A named pipe would block a reader for ever; a missing file has a reason too."""
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert (
        read(tmp_path / "pipe.ipynb").problem == "It is no ordinary file; hand in a notebook or a .py file."
    )
    assert read(tmp_path / "gone.ipynb").problem == "The file cannot be opened: No such file or directory."
    assert read(Path("a\0b.ipynb")).problem == "The file's name is not a name."


def test_a_class_is_found_by_folder_and_by_file(tmp_path):
    """Each entry is one submission, named by its folder or stem; what editors leave behind is none."""
    save(tmp_path, [cell(CODE)], "bob.ipynb")
    (tmp_path / "Nguyễn Ánh").mkdir()
    save(tmp_path / "Nguyễn Ánh", [cell(CODE)], "homework (1).ipynb")
    save(tmp_path / "Nguyễn Ánh", "x = 1", "helper.py")
    (tmp_path / "empty").mkdir()
    (tmp_path / ".ipynb_checkpoints").mkdir()
    save(tmp_path, "readme", "notes.txt")
    (tmp_path / "two").mkdir()
    for name in ("a.ipynb", "b.ipynb"):
        save(tmp_path / "two", [cell(CODE)], name)
    found = {name: read(path, name) for name, path in find(tmp_path)}
    assert list(found) == ["Nguyễn Ánh", "bob", "empty", "two"]
    assert found["Nguyễn Ánh"].cells == found["bob"].cells == (CODE,)
    assert found["empty"].problem == "The folder holds no notebook and no .py file."
    assert found["two"].problem == "The folder holds 2 candidates (a.ipynb, b.ipynb); hand in one."


def test_two_entries_never_share_an_identity(tmp_path):
    """A student's second file is another record, not a lost one."""
    save(tmp_path, [cell(CODE)], "bob.ipynb")
    save(tmp_path, CODE, "bob.py")
    assert [name for name, _ in find(tmp_path)] == ["bob.ipynb", "bob.py"]


def test_a_name_is_composed_as_in_class_lists():
    """A name that a Mac wrote decomposed is the same student."""
    name = "Trần Thị Bích 🎓"
    assert identity(Path(unicodedata.normalize("NFD", name) + ".ipynb")) == name
    assert identity(Path("v1.2 final")) == "v1.2 final"


def test_a_path_that_does_not_exist_is_named(tmp_path):
    """The message says what was expected."""
    with pytest.raises(
        AutograderError, match=r"gone: no such file or folder; expected a notebook, a \.py file or a folder"
    ):
        find(tmp_path / "gone")
