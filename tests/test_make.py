"""`make` on a machine where something is missing: one line says what, and which line installs it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OLD = """case "$*" in *--version*) echo "Python 3.9.2";; *) exit 1;; esac"""
NO_VENV = f"""case "$*" in *ensurepip*) exit 1;; *) exec {sys.executable} "$@";; esac"""
THIS = f"{sys.version_info[0]}.{sys.version_info[1]}"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            None,
            "python is missing, LeGrade needs Python 3.11 or newer; install it with: sudo apt-get install python3",
        ),
        (OLD, "Python 3.9.2 is too old, LeGrade needs 3.11 or newer"),
        (NO_VENV, f"Python's venv is missing; install it with: sudo apt-get install python{THIS}-venv"),
    ],
    ids=["none", "old", "no venv"],
)
def test_what_is_missing_is_named_with_the_line_that_installs_it(tmp_path, script, message):
    """Nothing is made before the interpreter is known to do."""
    python = tmp_path / "my python"
    if script is not None:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    done = subprocess.run(
        ["make", "demo", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert message in done.stdout
    assert not (tmp_path / ".venv").exists()
