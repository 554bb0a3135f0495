"""Programs of others that read what we write: installed once, as they are named here, and never in the way of `make test`."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / "tests" / "npm"
TARGET = ".venv/npm/.installed"


@pytest.fixture
def made(tmp_path):
    """Run make for these packages in a copy, where `npm` is this script, or is missing."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    shutil.copytree(NPM, tmp_path / "tests" / "npm")
    shutil.copy(ROOT / "Makefile", tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "mkdir", "rm", "cp", "touch", "cat"):
        (tools / name).symlink_to(shutil.which(name))

    def make(npm=None):
        if npm is not None:
            (tools / "npm").write_text(f"#!/bin/sh\n{npm}\n")
            (tools / "npm").chmod(0o755)
        done = subprocess.run(
            [shutil.which("make"), "--no-print-directory", "-o", "check-python", TARGET],
            cwd=tmp_path,
            env={**os.environ, "PATH": str(tools), "MAKEFLAGS": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, (tmp_path / TARGET).exists()

    return make


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_what_cannot_be_installed_is_said_and_tried_again(made):
    """No npm, then no network, then both: the tests can go on each time, and the last of them finds the programs."""
    said, done = made()
    assert said.startswith(
        "npm is missing: the tests that ask other programs are skipped; Node.js 20 or newer"
    )
    assert not done
    said, done = made("echo ENOTFOUND; exit 1")
    assert "ENOTFOUND\nthe packages of tests/npm could not be installed" in said
    assert not done
    said, done = made('echo "$*"; cat package-lock.json >seen')
    assert said.startswith("ci --ignore-scripts ")
    assert done
    said, done = made("exit 1")
    assert "up to date" in said
    assert done


def test_every_package_is_named_exactly():
    """One version each, as in the lock, and a digest for everything that comes with them."""
    wanted = json.loads((NPM / "package.json").read_bytes())["dependencies"]
    locked = json.loads((NPM / "package-lock.json").read_bytes())["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())
