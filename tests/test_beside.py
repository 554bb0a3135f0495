"""Modules beside a hidden suite: loaded by path, loaded anew after a change, in the digest, and ours when they are broken."""

import pytest

from autograder.beside import beside, load_file, reference_beside
from autograder.course import plan_functions, suite_digest
from autograder.errors import SpecError
from autograder.grade import development_seed, grade
from autograder.submission import Submission

SUITE = '''
from autograder.beside import beside
from autograder.testing import assert_same

shared = beside(__file__, "suite_numbers")


def test_twice(student):
    """It doubles."""
    for number in shared.numbers():
        assert_same(student(number), 2 * number)
'''
NUMBERS = "def numbers():\n    return (1, 2, 3)\n"


@pytest.fixture
def small(tmp_path):
    """A course of one function, whose suite has a module beside it."""
    folder = tmp_path / "solutions" / "twice"
    folder.mkdir(parents=True)
    (folder / "spec.toml").write_text('signature = "twice(x)"\nsummary = "Double."\n')
    (folder / "reference.py").write_text("def twice(x):\n    return 2 * x\n")
    (folder / "test_hidden.py").write_text(SUITE)
    (folder / "suite_numbers.py").write_text(NUMBERS)
    return tmp_path


def points(course, sandbox, text):
    """Grade one program."""
    submission = Submission("ana", "python", (text,))
    plan = plan_functions(course, ["twice"])
    return grade([submission], plan, sandbox=sandbox, seed=development_seed(0))[0].points


def test_a_change_beside_the_suite_is_another_suite(small, tier_c):
    """Another digest, so other inputs; the same grader sees the new file, though it had loaded the old one."""
    limited = "def twice(x):\n    return 2 * x if x < 4 else 0\n"
    before = suite_digest(plan_functions(small, ["twice"]))
    assert points(small, tier_c, limited) == 1
    (small / "solutions" / "twice" / "suite_numbers.py").write_text(NUMBERS.replace("3)", "3, 4)"))
    assert points(small, tier_c, limited) == 0
    assert suite_digest(plan_functions(small, ["twice"])) != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, r"suite_numbers\.py: cannot be read \(No such file or directory\); expected a Python program"),
        ("def numbers(:\n", r"suite_numbers\.py: it does not run: SyntaxError"),
        ("1 / 0\n", r"suite_numbers\.py: it does not run: ZeroDivisionError"),
    ],
)
def test_a_broken_module_is_ours_and_is_named(small, tier_c, text, said):
    """Nobody is graded by half a suite."""
    path = small / "solutions" / "twice" / "suite_numbers.py"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(SpecError, match=rf"twice: the suite is broken[\s\S]*{said}"):
        points(small, tier_c, "def twice(x):\n    return 2 * x\n")


def test_a_file_is_loaded_once_until_it_changes(tmp_path):
    """Modules beside each other share what a third one computes."""
    path = tmp_path / "reference.py"
    path.write_text("KEPT = []\n")
    beside(str(tmp_path / "test_hidden.py"), "reference").KEPT.append(1)
    assert reference_beside(str(tmp_path / "suite_other.py")).KEPT == [1]
    path.write_text("KEPT = [2, 2]\n")
    assert load_file(path).KEPT == [2, 2]
    other = tmp_path / "notes.txt"
    other.write_text("")
    with pytest.raises(SpecError, match=r"notes\.txt: no Python file; expected a name that ends in \.py"):
        load_file(other)
