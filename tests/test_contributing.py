"""What CONTRIBUTING.md promises to contributors: the family it shows is one file, short, and enough."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LISTING = re.compile(r"```python\n(\"\"\"Pixels of an image.*?)```", re.DOTALL)
RUN = (
    "import question_bank.families as families; families.__path__.append({folder!r}); "
    "from autograder.cli import main; main()"
)


@pytest.fixture
def legrade(tmp_path):
    """Run the command line where the shown family is one more file in the folder of families."""
    [listing] = LISTING.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(listing.splitlines()) <= 40
    (tmp_path / "padded_pixels.py").write_text(listing, encoding="utf-8")

    def run(*arguments):
        command = (sys.executable, "-c", RUN.format(folder=str(tmp_path)), *arguments)
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    return run


def test_the_family_shown_is_enough_to_be_proved(legrade):
    """One file of at most 40 lines is found by itself, and its whole space is proved."""
    done = legrade("bank", "verify", "padded-pixels", "--json")
    assert done.returncode == 0, done.stderr
    assert '"points": 768' in done.stdout
    assert '"wrong_keys": 0' in done.stdout
    assert '"undiscriminating": 0' in done.stdout


def test_the_family_shown_is_asked_and_marked_as_any_other(legrade):
    """It is listed, shown, and a wrong answer to it is named."""
    assert "padded-pixels" in legrade("bank", "list").stdout
    shown = legrade("bank", "show", "padded-pixels", "--seed", "4", "--solution").stdout
    assert "How many pixels has it then?" in shown
    wrong = re.search(r"^  (\d+): Padding left out$", shown, re.MULTILINE)
    assert wrong, shown
    marked = legrade("bank", "mark", "padded-pixels", wrong[1], "--seed", "4")
    assert (marked.returncode, "Padding left out" in marked.stdout) == (1, True)


def test_every_test_that_the_security_page_names_is_there():
    """A promise whose test was renamed or deleted is no promise."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\btest_\w+(?=[`\[])", page)) - {"test_wire"}
    defined = {
        name
        for path in (ROOT / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    files = {f"{name}.py" for name in re.findall(r"\b(test_\w+)\.py", page)}
    assert len(named) > 20
    assert named <= defined, named - defined
    assert files <= {path.name for path in (ROOT / "tests").glob("test_*.py")}
