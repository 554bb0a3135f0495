"""A graded function of one's own, from an empty folder: the commands, the files and the order that CONTRIBUTING.md names."""

import pytest

from autograder.course import function_names, open_function, plan_functions
from autograder.course_texts import misconceptions
from autograder.errors import SpecError
from autograder.feedback import as_html, as_text
from autograder.grade import development_seed, grade
from autograder.kill_table import table
from autograder.skeleton import new_course, new_function
from autograder.submission import Submission
from question_bank.misconceptions import CATALOGUE

SIGNATURE = "leaky_relu(x, slope=0.01)"
FILES = {
    "reference.py": '''
import numpy as np

def leaky_relu(x, slope=0.01):
    """Keep what is positive, and multiply what is negative by a slope.

    Args:
        x: array of floats of any shape.
        slope: what a negative entry is multiplied by, a float.

    Returns:
        Array of x's shape.
    """
    # Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013, section 2
    return np.where(x > 0, x, slope * x)
''',
    "test_hidden.py": '''
"""Hidden suite for leaky_relu; a test's docstring is what a student reads of it."""

import pytest

from autograder.testing import assert_same, assert_unchanged


@pytest.mark.weight(3)
@pytest.mark.parametrize("shape", [(4,), (2, 3)])
def test_values(student, reference, rng, shape):
    """Entries of both signs, with the default slope."""
    x = rng.standard_normal(shape)
    assert_same(student(x), reference(x), rtol=1e-5)


@pytest.mark.weight(2)
def test_slope(student, reference, rng):
    """Another slope than the default one."""
    x = rng.standard_normal((3, 4))
    assert_same(student(x, slope=0.5), reference(x, slope=0.5), rtol=1e-5)


@pytest.mark.weight(1)
def test_leaves_its_arguments(student, reference, rng):
    """The argument stays as it was."""
    x = rng.standard_normal(5)
    assert_same(student(x), reference(x), rtol=1e-5)
    assert_unchanged(student)
''',
    "correct/loops.py": "def leaky_relu(x, slope=0.01):\n    import numpy as np\n    out = np.array(x)\n    for i in np.ndindex(*x.shape):\n        out[i] = x[i] if x[i] > 0 else slope * x[i]\n    return out\n",
    "correct/maximum.py": "import numpy as np\ndef leaky_relu(x, slope=0.01):\n    return np.maximum(x, 0) + slope * np.minimum(x, 0)\n",
    "mistakes/slope-ignored.py": "import numpy as np\ndef leaky_relu(x, slope=0.01):\n    return np.maximum(x, 0)\n",
    "mistakes/default-slope-only.py": "import numpy as np\ndef leaky_relu(x, slope=0.01):\n    return np.where(x > 0, x, 0.01 * x)\n",
    "mistakes/argument-changed.py": "def leaky_relu(x, slope=0.01):\n    x[x < 0] *= slope\n    return x\n",
}
TEXTS = """
[slope-ignored]
title = "Negative entries become zero"
explanation = "The slope is what a negative entry is multiplied by; without it the function is a plain ReLU."

[default-slope-only]
title = "The slope that was passed is not used"
explanation = "The parameter has a default, and a caller may pass another value."
"""


def fill(course):
    """Write what an instructor writes into the skeleton."""
    folder = course / "solutions" / "leaky_relu"
    for name, text in FILES.items():
        canary = f"# LEGRADE-CANARY solutions/leaky_relu/{name}\n"
        (folder / name).write_text(canary + text.lstrip("\n"), encoding="utf-8")
    spec = folder / "spec.toml"
    spec.write_text(
        spec.read_text().replace("TODO: one sentence that says what the function computes.", "A leaky ReLU.")
    )
    (course / "misconceptions.toml").write_text(TEXTS, encoding="utf-8")


def test_a_new_function_in_an_empty_course_is_whole_when_its_files_are_filled_in(legrade, tier_a, tmp_path):
    """The commands say what comes next, the table says when it is done, and students read the course's own words."""
    course = tmp_path / "mine"
    assert "legrade new function" in legrade("new", "course", "mine", cwd=tmp_path).stdout
    made = legrade("new", "function", SIGNATURE, "--course", "mine", cwd=tmp_path)
    assert "legrade kill-table leaky_relu" in made.stdout, made.stderr
    empty = legrade("kill-table", "leaky_relu", "--course", "mine", cwd=tmp_path)
    assert empty.returncode == 1
    assert (
        "wrong: leaky_relu: the suite cannot be run: SandboxError: the reference leaky_relu raised NotImplementedError()"
        in empty.stdout
    )
    fill(course)
    whole = legrade("kill-table", "--course", "mine", cwd=tmp_path)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    lines = whole.stdout.splitlines()
    assert "  stub: 0 of 6" in lines
    assert "  correct/loops: 6 of 6" in lines
    assert "  mistakes/slope-ignored: 0 of 6, told slope-ignored" in lines
    assert "leaky_relu: 2 programs in correct/; a suite is known after 5 or more" in whole.stdout
    plan = plan_functions(course, ["leaky_relu"])
    student = Submission("ana", "python", (FILES["mistakes/default-slope-only.py"],))
    [result] = grade([student], plan, sandbox=tier_a, seed=development_seed(7))
    for page in (as_text, as_html):
        assert "The slope that was passed is not used" in page(
            "leaky_relu", result, 4.0, 6.0, misconceptions(course)
        )


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("mistakes/late.py", FILES["correct/maximum.py"], "6.0 of 6.0 points; expected fewer"),
        ("correct/half.py", FILES["mistakes/slope-ignored.py"], "0.0 of 6.0 points; expected all"),
        ("mistakes/twin.py", FILES["mistakes/slope-ignored.py"], "diagnosed as ['None'], expected twin"),
        (
            "mistakes/nameless.py",
            "def leaky_relu(x, slope=0.01):\n    return x * 7\n",
            "no text for students",
        ),
    ],
)
def test_a_table_says_what_is_wrong_with_a_suite_or_a_program(tier_c, tmp_path, name, text, told):
    """A wrong program that passes, a right one that does not, two that cannot be told apart, one without a text."""
    course = tmp_path / "mine"
    new_course(course)
    new_function(course, SIGNATURE)
    fill(course)
    (course / "solutions" / "leaky_relu" / name).write_text(
        f"# LEGRADE-CANARY solutions/leaky_relu/{name}\n{text}"
    )
    rows = table(open_function(course, "leaky_relu"), tier_c, misconceptions(course))
    assert any(told in line for row in rows for line in row.wrong)


def test_a_suite_that_a_stub_passes_is_told(tier_c, tmp_path):
    """A test that checks nothing gives points to a program that computes nothing."""
    course = tmp_path / "mine"
    new_course(course)
    new_function(course, SIGNATURE)
    fill(course)
    suite = course / "solutions" / "leaky_relu" / "test_hidden.py"
    suite.write_text(
        suite.read_text()
        + '\n\ndef test_nothing(student, rng):\n    """Nothing."""\n    student(rng.random(3))\n'
    )
    [stub, *_] = table(open_function(course, "leaky_relu"), tier_c, misconceptions(course))
    assert stub.wrong == ("leaky_relu, stub: 1.0 of 7.0 points; expected none",)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "leaky_relu",
        "f(x): pass\ndef g(",
        "f(x",
        "_hidden(x)",
        "f(x); import os",
        'f(x="{0}")',
        "class(x)",
        "f(" + "x" * 400 + ")",
    ],
)
def test_what_is_no_signature_is_refused(tmp_path, signature):
    """Nothing is written."""
    new_course(tmp_path / "mine")
    with pytest.raises(SpecError, match="expected a function's name and parameters"):
        new_function(tmp_path / "mine", signature)
    assert function_names(tmp_path / "mine") == ()


def test_nothing_that_is_there_is_written_over(tmp_path):
    """Neither a course nor a function."""
    new_course(tmp_path / "mine")
    new_function(tmp_path / "mine", SIGNATURE)
    with pytest.raises(SpecError, match="expected the name of a new function"):
        new_function(tmp_path / "mine", SIGNATURE)
    with pytest.raises(SpecError, match="expected a new or empty folder"):
        new_course(tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1", "expected a table [x] with title and explanation"),
        ("[x]\ntitle = 'T'", "x.explanation=None: expected a text for students"),
        ("[x]\ntitle = ' '\nexplanation = 'E'", "x.title=' ': expected a text for students"),
        ("[x]\ntitel = 'T'", "did you mean title"),
        ("[x]\ntitle = 'T'\nexplanation = 'E'\ntopic = 3", "x.topic=3: expected a text"),
        ("[x", "expected a TOML file in UTF-8"),
    ],
)
def test_a_broken_file_of_texts_is_told(tmp_path, text, told):
    """File, entry, field, what was expected."""
    (tmp_path / "misconceptions.toml").write_text(text)
    with pytest.raises(SpecError) as error:
        misconceptions(tmp_path)
    assert told in str(error.value)
    assert "misconceptions.toml" in str(error.value)


def test_a_course_adds_to_the_catalogue_and_may_say_it_in_other_words(tmp_path):
    """Without a file of its own the catalogue holds."""
    assert misconceptions(tmp_path) is CATALOGUE
    (tmp_path / "misconceptions.toml").write_text("[kernel-flipped]\ntitle = 'T'\nexplanation = 'E'\n")
    found = misconceptions(tmp_path)
    assert found["kernel-flipped"].title == "T"
    assert len(found) == len(CATALOGUE)
    assert CATALOGUE["kernel-flipped"].title != "T"
