"""Use case: an empty private course, and the files of a new graded function, with comments that say what belongs there."""

import ast
import re
from pathlib import Path

from autograder.course import function_names
from autograder.course_texts import FILE
from autograder.errors import SpecError
from question_bank.keys import DEFAULT_NAME

GITIGNORE = f"""# The key that hidden inputs are derived from: share it with nobody, and keep a copy, since a re-grade needs it.
{DEFAULT_NAME}
"""
TEXTS = """# What students are told about the mistakes of solutions/*/mistakes/, by file name; LeGrade's own texts hold beside these.
#
# [slope-ignored]
# title = "Negative inputs become zero"
# explanation = "The slope is what a negative input is multiplied by; without it the function is a plain ReLU."
"""
SPEC = """{canary}
# What a submission defines, and how it is tested. Lines that are commented out show what holds without them.
signature = "{signature}"
summary = "TODO: one sentence that says what the function computes."
# functions = ["{name}"] # all that a submission defines; the first is what `student(...)` calls in the suite
# libraries = ["numpy"] # or ["numpy", "torch"]: what the student's code may import
features = [] # what an assignment may leave out; a test of it has @pytest.mark.feature("its name")
# diagnose = true # whether the programs in mistakes/ may name what is wrong with a submission

# [limits] # for one submission; each has a default
# call_seconds = 5
# memory_mb = 2048
"""
REFERENCE = '''{canary}
import numpy as np


def {signature}:
    """TODO: the contract that students read: what is computed, shapes, dtypes, what may be None.

    Args:
        {first}: TODO

    Returns:
        TODO
    """
    # TODO: where this is defined (paper, section; documentation); plain code, which the suite compares with
    raise NotImplementedError
'''
SUITE = '''{canary}
"""Hidden suite for {name}; a test's docstring is what a student reads of it."""

import numpy as np
import pytest

from autograder.testing import assert_same, assert_unchanged


@pytest.mark.weight(3)
@pytest.mark.parametrize("shape", [(4,), (2, 3)])
def test_values(student, reference, rng, shape):
    """TODO: what of the function this tests, in a sentence without numbers."""
    x = rng.standard_normal(shape)
    assert_same(student(x), reference(x), rtol=1e-5)


@pytest.mark.weight(1)
def test_leaves_its_arguments(student, rng):
    """The arguments stay as they were."""
    student(np.asarray(rng.standard_normal(5)))
    assert_unchanged(student)
'''
NEXT = (
    "fill in the TODOs of spec.toml, reference.py and test_hidden.py",
    "write right programs in correct/STYLE.py and wrong ones in mistakes/MISCONCEPTION.py; each begins with the line",
    "    # LEGRADE-CANARY solutions/{name}/correct/STYLE.py   (its own path)",
    f"say in {FILE} what students are told about each mistake",
    "legrade kill-table {name} --course {course}",
)


def new_course(folder: Path) -> tuple[str, ...]:
    """Make a folder for a course of one's own; return what to do next.

    Raises:
        SpecError: there is something in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SpecError(f"{folder}: is there already; expected a new or empty folder")
    for name in ("solutions", "assignments"):
        (folder / name).mkdir(parents=True)
    (folder / FILE).write_text(TEXTS, encoding="utf-8")
    (folder / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    return (
        f"legrade new function NAME --course {folder}",
        f"legrade key new {folder / DEFAULT_NAME}",
        "keep this folder private: solutions/ holds what students must not see",
    )


def new_function(course: Path, signature: str) -> tuple[str, ...]:
    """Write the files of a graded function; return what to do next.

    Args:
        course: a folder that holds `solutions/`.
        signature: as in Python, such as `leaky_relu(x, slope=0.01)`.

    Raises:
        SpecError: it is no signature, or the function is there.
    """
    name, first = _parsed(signature)
    folder = course / "solutions" / name
    if name in function_names(course) or folder.exists():
        raise SpecError(f"{folder}: is there already; expected the name of a new function")
    texts = {"spec.toml": SPEC, "reference.py": REFERENCE, "test_hidden.py": SUITE}
    for kind in ("correct", "mistakes"):
        (folder / kind).mkdir(parents=True)
    for file, text in texts.items():
        canary = f"# LEGRADE-CANARY solutions/{name}/{file}"
        filled = text.format(canary=canary, name=name, signature=signature, first=first)
        (folder / file).write_text(filled, encoding="utf-8")
    return tuple(line.format(name=name, course=course) for line in NEXT)


def _parsed(signature: str) -> tuple[str, str]:
    """Read a signature: the function's name and that of its first parameter."""
    problem = f"signature={signature!r}: expected a function's name and parameters, such as leaky_relu(x, slope=0.01)"
    if not re.fullmatch(r"[^\n\"\\{}]{3,300}", signature):
        raise SpecError(problem)
    try:
        body = ast.parse(f"def {signature}: ...").body
    except (SyntaxError, ValueError):
        raise SpecError(problem) from None
    function = body[0]
    if len(body) != 1 or not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
        raise SpecError(problem)
    names = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return function.name, names[0].arg if names else "nothing"
