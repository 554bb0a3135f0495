"""`legrade check`: what a student sees at home is what the public checks of the notebook say, and nothing hidden is needed."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import legrade_checks
from autograder.assignment import read_cells
from autograder.checking import check
from autograder.cli import app
from autograder.course import assignment_names, find_course, function_names, open_assignment, open_function
from autograder.errors import AutograderError
from autograder.release import build_notebook

COURSE = find_course(None)


def notebook_of(name, answers=None):
    """Take an assignment's notebook as a student has it, with answers by function in place of stubs."""
    notebook = json.loads(build_notebook(COURSE, open_assignment(COURSE, name)))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id.startswith("stub-") and answers is not None:
            cell["source"] = answers(grade_id.removeprefix("stub-"))
    return notebook


def reference(name):
    """Take the solution of a function as a student's answer."""
    [spec] = [s for s in (open_function(COURSE, f) for f in function_names(COURSE)) if name in s.functions]
    return (spec.folder / "reference.py").read_text(encoding="utf-8")


def save(tmp_path, notebook):
    """Write a notebook where a student has it, with the module that travels with it."""
    path = tmp_path / "mine.ipynb"
    shutil.copy(Path(legrade_checks.__file__), tmp_path)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def as_nbgrader_releases(notebook):
    """Put into every stub what `nbgrader generate_assignment` puts there; other releases let it return None."""
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        cell["source"] = re.sub(
            r"### BEGIN SOLUTION\n\s*### END SOLUTION", "raise NotImplementedError()", source
        )
    return notebook


@pytest.mark.parametrize("name", assignment_names(COURSE))
def test_the_solutions_pass_every_public_check_and_the_stubs_fail_some(tier_c, tmp_path, name):
    """Checks and references agree; nothing else raises, neither with the solutions nor with the stubs that nbgrader hands out."""
    public = sum(cell.role == "check" for cell in read_cells(open_assignment(COURSE, name)))
    right = check(save(tmp_path, notebook_of(name, reference)), tier_c)
    assert [entry.outcome for entry in right] == ["passed"] * public
    stubs = check(save(tmp_path, as_nbgrader_releases(notebook_of(name))), tier_c)
    assert all(entry.is_check for entry in stubs), "a stub makes a cell fail that is no check"
    found = {(entry.outcome, entry.said) for entry in stubs}
    assert found <= {("passed", ""), ("raised", "NotImplementedError")}
    assert ("raised", "NotImplementedError") in found


def test_a_check_says_what_it_expects(tier_c, tmp_path):
    """The words of the assertion, the whole message, and the number of the cell."""
    told = check(
        save(tmp_path, notebook_of("convolution", lambda name: f"def {name}(*given, **named): pass")), tier_c
    )
    assert told[0].outcome == "failed"
    assert told[0].said.startswith("your function returns None: is there a return statement? 0*0 + 1*1")


def test_a_cell_that_ends_its_process_costs_the_others_nothing(tier_c, tmp_path):
    """What it defined is gone, as after a crash of the kernel; the checks that need it say so."""
    notebook = notebook_of("convolution", reference)
    dying = {
        "cell_type": "code",
        "id": "x",
        "metadata": {},
        "source": "import os; os._exit(3)",
        "outputs": [],
    }
    notebook["cells"].insert(1, dying)
    told = check(save(tmp_path, notebook), tier_c)
    assert (told[0].cell, told[0].outcome, told[0].is_check) == (2, "raised", False)
    assert "exit code 3" in told[0].said
    assert {entry.outcome for entry in told[1:]} == {"passed"}


def test_a_notebook_without_checks_is_told_so(tier_c, tmp_path):
    """A copy without metadata, or no notebook at all."""
    bare = {
        "cells": [{"cell_type": "code", "metadata": {}, "source": "x = 1"}],
        "metadata": {},
        "nbformat": 4,
    }
    with pytest.raises(AutograderError, match="expected a notebook that was handed out"):
        check(save(tmp_path, bare), tier_c)
    (tmp_path / "empty.ipynb").write_text("")
    with pytest.raises(AutograderError, match="The file is empty"):
        check(tmp_path / "empty.ipynb", tier_c)


def test_the_command_counts_and_its_exit_code_says_whether_all_pass(tmp_path):
    """0 when all public checks pass, else 1; it promises no points."""
    runner = CliRunner()
    right = runner.invoke(app, ["check", str(save(tmp_path, notebook_of("convolution", reference)))])
    assert right.exit_code == 0, right.output
    assert "public checks pass. They are necessary, not sufficient" in right.output
    wrong = runner.invoke(app, ["check", str(save(tmp_path, notebook_of("convolution")))])
    assert wrong.exit_code == 1
    assert "failed: your function returns None: is there a return statement?" in wrong.output
