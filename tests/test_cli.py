"""The command line: exit codes, messages, and what goes where; run as a user runs it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

LEGRADE = Path(sys.executable).with_name("legrade")


def legrade(*arguments, cwd, **variables):
    """Run the installed command."""
    return subprocess.run(
        [LEGRADE, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, **variables},
    )


@pytest.fixture
def work(tmp_path, course):
    """A folder with one right notebook, one wrong program and one broken file."""
    right = (course / "solutions/conv2d_forward/correct/loops.py").read_text()
    wrong = (course / "solutions/conv2d_forward/mistakes/stride-ignored.py").read_text()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(right)])
    (tmp_path / "ana").mkdir()
    nbformat.write(notebook, tmp_path / "ana" / "homework.ipynb")
    (tmp_path / "bo.py").write_text(wrong)
    (tmp_path / "cy.ipynb").write_text("")
    return tmp_path


def test_a_folder_is_graded_and_the_exit_code_says_that_a_person_is_needed(work, tier_a):
    """Every submission has a record, identified by its folder's name or the file's stem."""
    result = legrade(
        "grade", ".", "--function", "conv2d_forward", "--seed", "1", "--json", "records.json", cwd=work
    )
    assert result.returncode == 1, result.stderr
    records = {record["submission"]: record for record in json.loads((work / "records.json").read_text())}
    assert set(records) == {"ana", "bo", "cy"}
    assert records["ana"]["points"] == records["ana"]["max_points"]
    assert 0 < records["bo"]["points"] < records["bo"]["max_points"]
    assert {test["diagnosis"] for test in records["bo"]["tests"] if test["outcome"] == "failed"} == {
        "stride-ignored"
    }
    assert records["cy"]["points"] == 0.0
    assert [record["needs_person"] for record in records.values()] == [False, False, True]
    assert "ana: 50 of 50" in result.stdout
    assert "cy: 0 of 50, needs a person" in result.stdout
    assert "    skipped, 0 of 50: conv2d_forward: 23 tests\n" in result.stdout  # one reason, one line
    assert (work / "records.json").stat().st_mode & 0o077 == 0


def test_what_stands_in_the_environment_changes_no_grade(work, tier_a):
    """CI, options for pytest, an interpreter that leaves asserts out: a grader that others started grades the same."""

    def records(**variables):
        done = legrade(
            "grade",
            "bo.py",
            "--function",
            "conv2d_forward",
            "--seed",
            "1",
            "--json",
            "e.json",
            cwd=work,
            **variables,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads((work / "e.json").read_text())
        for test in found[0]["tests"]:
            del test["seconds"]
        return found

    usual = records()
    assert usual == records(CI="true", BUILD_NUMBER="1", GITHUB_ACTIONS="true")
    assert usual == records(
        PYTEST_ADDOPTS="-k nothing -x", PYTEST_PLUGINS="no_such_plugin", PYTHONOPTIMIZE="1"
    )


def test_an_assignment_is_graded_on_its_points(work, tier_a):
    """Without a person needed the exit code is 0, whatever the marks."""
    result = legrade(
        "grade", "ana", "bo.py", "--assignment", "convolution", "--seed", "1", "--json", "r.json", cwd=work
    )
    assert result.returncode == 0, result.stderr
    assert {record["max_points"] for record in json.loads((work / "r.json").read_text())} == {20.0}


def test_a_course_key_makes_the_inputs_and_its_absence_is_said(work, tier_a):
    """Development inputs are never silent, and a key that others can read is refused."""
    arguments = ("grade", "bo.py", "--function", "max_pool2d_forward")
    assert "no course key" in legrade(*arguments, cwd=work).stderr
    assert legrade("key", "new", "my.key", cwd=work).returncode == 0
    quiet = legrade(*arguments, "--key", "my.key", cwd=work)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    (work / "my.key").chmod(0o644)
    refused = legrade(*arguments, "--key", "my.key", cwd=work)
    assert refused.returncode == 2
    assert "chmod 600" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("grade", "bo.py", "--function", "conv2d"), "did you mean conv2d_forward"),
        (("grade", "bo.py", "--assignment", "convolutoin"), "did you mean convolution"),
        (("grade", "bo.py"), "either --function NAME"),
        (
            ("grade", "bo.py", "--function", "conv2d_forward", "--assignment", "convolution"),
            "either --function",
        ),
        (("grade", "nobody.py", "--function", "conv2d_forward"), "nobody.py"),
        (
            ("grade", "bo.py", "--function", "conv2d_forward", "--tier", "D"),
            "tier='D': expected 'A', 'B' or 'C'",
        ),
        (
            ("grade", "bo.py", "--function", "conv2d_forward", "--course", "ana"),
            "expected a folder that holds solutions/",
        ),
        (("bank", "show", "conv-output-siz"), "did you mean conv-output-size"),
        (("build-assignment", "lenett", "--out", "x"), "did you mean lenet"),
        (("exam", "preview", "none.toml"), "none.toml"),
        (("nonsense",), "nonsense"),
        (
            ("grade", "nothing", "--function", "conv2d_forward"),
            "nothing: got no notebook, no .py file and no",
        ),
        (
            ("grade", "bo.py", "--function", "conv2d_forward", "--json", "bo.py/records.json"),
            "bo.py/records.json: cannot be written: a file is where its folder would be; give --json a file in a folder of your own",
        ),
        (
            ("build-assignment", "lenet", "--out", "bo.py"),
            "bo.py: cannot be written: File exists; give --out a folder of your own",
        ),
        (
            ("grade", "bo.py", "--function", "conv2d_forward", "--json", "ana"),
            "ana: cannot be written: it is a folder",
        ),
    ],
)
def test_wrong_usage_is_one_message_and_exit_code_2(work, arguments, message):
    """The message says what was wrong and what is near; there is no traceback."""
    (work / "nothing").mkdir()
    result = legrade(*arguments, cwd=work)
    assert result.returncode == 2, result.stdout + result.stderr
    assert message in " ".join((result.stdout + result.stderr).replace("│", " ").split())
    assert "Traceback" not in result.stderr


def test_two_submissions_of_one_name_are_told_apart_and_a_missing_folder_is_made(work):
    """Records of two paths have two names, and the records lie where they were asked for."""
    (work / "late").mkdir()
    (work / "late" / "bo.py").write_text((work / "bo.py").read_text())
    options = ("--function", "max_pool2d_forward", "--seed", "1", "--tier", "C", "--json", "new/dir/r.json")
    result = legrade("grade", "bo.py", "late", *options, cwd=work)
    assert result.returncode == 0, result.stderr
    records = json.loads((work / "new/dir/r.json").read_text())
    assert [record["submission"] for record in records] == ["bo.py", "late/bo.py"]


def test_an_interrupted_batch_keeps_what_is_graded(work):
    """Ctrl-C is one line and exit code 130, no process is left, and the same command goes on from there."""
    (work / "zoe.py").write_text("def conv2d_forward(*given, **named):\n    while True:\n        pass\n")
    # a shell's background jobs inherit that interrupts are ignored; a terminal's do not
    command = [
        "env",
        "--default-signal=INT",
        LEGRADE,
        "grade",
        "bo.py",
        "zoe.py",
        "--function",
        "conv2d_forward",
        "--seed",
        "1",
    ]
    command += ["--tier", "C", "--json", "r.json"]
    started = subprocess.Popen(
        command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert started.stdout.readline().startswith("bo: ")
    os.killpg(started.pid, signal.SIGINT)
    _, told = started.communicate(timeout=60)
    words = "legrade: interrupted: 1 of 2 submissions are graded; the same command goes on from there\n"
    assert (started.returncode, told) == (130, words)
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)
    assert not (work / "r.json").exists()
    (work / "zoe.py").write_text("def conv2d_forward(*given, **named):\n    return None\n")
    done = legrade(*command[3:], cwd=work)
    assert "r.json.journal: 1 grade of a run that did not end" in done.stderr
    assert [record["submission"] for record in json.loads((work / "r.json").read_text())] == ["bo", "zoe"]
    assert not (work / "r.json.journal").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root can open every folder")
def test_a_folder_that_cannot_be_opened_is_named(work):
    """Given by itself it is wrong usage; among submissions it is a record with the reason, and a person is asked."""
    (work / "ana").chmod(0)
    alone = legrade("grade", "ana", "--function", "conv2d_forward", cwd=work)
    amid = legrade("grade", ".", "--function", "conv2d_forward", "--seed", "1", "--tier", "C", cwd=work)
    (work / "ana").chmod(0o700)
    assert (alone.returncode, amid.returncode) == (2, 1)
    assert "'ana' is not readable" in " ".join(alone.stderr.replace("│", " ").split())
    assert "ana: 0 of 50, needs a person\n    The folder cannot be opened: Permission denied." in amid.stdout


def test_the_doctor_prints_tier_probe_devices_and_versions(work):
    """What the machine can do, whatever it can."""
    result = legrade("doctor", cwd=work)
    assert result.returncode in (0, 1)
    for word in ("tier: ", "devices: cpu", "versions: python", "numpy", "torch"):
        assert word in result.stdout


def test_a_plain_process_is_used_only_when_named(work):
    """Tier C grades too, and the record says so."""
    result = legrade(
        "grade",
        "bo.py",
        "--function",
        "conv2d_forward",
        "--tier",
        "C",
        "--seed",
        "1",
        "--json",
        "r.json",
        cwd=work,
    )
    assert result.returncode == 0
    assert json.loads((work / "r.json").read_text())[0]["tier"] == "C"
