"""`legrade bank` and `legrade key` as a person runs them: real processes, exit codes, both streams."""

import json
import subprocess
import sys

import pytest

import question_bank.verification
from question_bank import bank
from question_bank.cli import bank_app
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE, LECTURES
from question_bank.values import show


def test_list_names_every_family(legrade):
    """The table has a line for each family; the JSON has its topic, version and radicals, and on demand its points."""
    done = legrade("bank", "list")
    assert done.returncode == 0
    assert all(any(line.startswith(name) for line in done.stdout.splitlines()) for name in bank.names())
    rows = json.loads(legrade("bank", "list", "--json").stdout)
    assert [row["family"] for row in rows] == list(bank.names())
    assert rows[0].keys() == {"family", "topic", "version", "drawn", "radicals", "title"}
    counted = json.loads(legrade("bank", "list", "--json", "--points", "--topic", "pooling").stdout)
    assert {row["topic"] for row in counted} == {"pooling"}
    assert all(row["points"] == len(bank.get(row["family"]).space) for row in counted)
    assert "did you mean pooling" in legrade("bank", "list", "--topic", "poolign").stderr


def test_show_prints_the_same_question_for_a_seed_and_no_key(legrade):
    """Without --solution neither key nor steps are shown; with it, both and the named wrong answers."""
    plain = legrade("bank", "show", "conv-output-size", "--seed", "7").stdout
    assert plain == legrade("bank", "show", "conv-output-size", "--seed", "7").stdout
    assert "Key" not in plain
    assert "Output length [px]: ______" in plain
    full = legrade("bank", "show", "conv-output-size", "--seed", "7", "--solution").stdout
    assert full.startswith(plain.rstrip("\n"))
    key = bank.generate("conv-output-size", 7).parts[0].answer.value
    assert f"Key: {key}" in full
    assert "Output length: ⌊(n + 2 × p − span) / s⌋ + 1 = " in full
    assert "Wrong answers with a name:" in full


@pytest.mark.parametrize("name", bank.names())
def test_show_shows_every_family(name):
    """Listings, tables, options and the raising alternative are all in the text."""
    from typer.testing import CliRunner

    text = CliRunner().invoke(bank_app, ["show", name, "--seed", "3", "--solution"]).stdout
    question = bank.generate(name, 3)
    assert question.stem.plain() in text
    assert all(line in text for line in question.code.splitlines())
    assert all(f") {Message(option).plain()}" in text for option in question.parts[0].field.options)
    assert ("or: this raises an error" in text) == question.parts[0].may_raise
    assert all(step.plain() in text for step in question.solution)
    assert all(remark.plain() in text for remark in question.remarks)


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_unknown_family_is_wrong_usage(legrade, command):
    """Exit code 2, the name, the nearest names, and no traceback."""
    done = legrade("bank", command, "conv-output-sise")
    assert done.returncode == 2
    assert "unknown family 'conv-output-sise': did you mean conv-output-size" in done.stderr
    assert "Traceback" not in done.stderr


def test_verify_prints_what_was_proved(legrade):
    """Points, wrong keys, colliding options, questions that do not discriminate, and seconds; exit code 0."""
    done = legrade("bank", "verify", "normalized-pixel")
    assert done.returncode == 0
    head, line = done.stdout.splitlines()[:2]
    for column in ("points", "wrong keys", "colliding", "not discriminating", "seconds"):
        assert column in head
    assert line.split()[:2] == ["normalized-pixel", f"{len(bank.get('normalized-pixel').space):,}"]
    report = json.loads(legrade("bank", "verify", "normalized-pixel", "--json").stdout)[0]
    assert (report["wrong_keys"], report["colliding"], report["broken"]) == (0, 0, 0)


def test_verify_fails_when_a_key_is_wrong(monkeypatch):
    """One wrong key of thousands gives exit code 1 and names the point."""
    from typer.testing import CliRunner

    family = bank.get("normalized-pixel")
    honest = type(family.maker).oracle

    def lies_once(self, question):
        (answer,) = honest(self, question)
        return (answer + (dict(question.given) == family.space.at(17)),)

    monkeypatch.setattr(type(family.maker), "oracle", lies_once)
    done = CliRunner().invoke(bank_app, ["verify", "normalized-pixel"])
    assert done.exit_code == 1
    assert f"normalized-pixel: {family.space.at(17)}: family normalized-pixel" in done.stdout
    assert question_bank.verification.verify(family).wrong_keys == 1


def test_a_key_is_made_once_and_ignored_by_git(legrade, tmp_path):
    """`legrade key new` says where the key is, that git ignores it, and refuses to overwrite it."""
    subprocess.run(["git", "-C", str(tmp_path), "init"], check=True, capture_output=True)
    done = legrade("key", "new", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "course.key").stat().st_mode & 0o777 == 0o600
    assert "readable by you only" in done.stdout
    assert "Added /course.key to" in done.stdout
    secret = (tmp_path / "course.key").read_text().split()[1]
    assert secret not in done.stdout + done.stderr
    again = legrade("key", "new", cwd=tmp_path)
    assert again.returncode == 2
    assert "there is a key already" in again.stderr


def test_help_is_fast():
    """Neither torch nor SymPy is imported for help."""
    code = "import sys; from question_bank.cli import register; print({'torch', 'sympy', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_one_answer_is_marked_and_explained(legrade):
    """`bank mark` says how an answer was read, what it is worth, and which misconception leads to it."""
    key = bank.generate("conv-output-size", 3).parts[0].answer.value
    right = legrade("bank", "mark", "conv-output-size", f"{key} px", "--seed", "3")
    assert (right.returncode, right.stdout) == (0, f"(a) right, 1 of 1: {key} read as a whole number\n")
    wrong = bank.generate("conv-output-size", 3).wrong[0]
    told = legrade("bank", "mark", "conv-output-size", str(wrong.value), "--seed", "3")
    assert told.returncode == 1
    assert CATALOGUE[wrong.misconception].explanation in told.stdout


def test_marking_as_json_and_with_too_few_answers(legrade):
    """One object for programs; the number of answers is checked."""
    done = legrade("bank", "mark", "conv-output-size", "x", "--json")
    assert json.loads(done.stdout)["parts"][0]["outcome"] == "unreadable"
    assert "expected 1, one for each part" in legrade("bank", "mark", "conv-output-size", "1", "2").stderr


def test_the_slide_and_pytorch_are_told_apart(legrade):
    """Where slides err, the mark says what they print and what PyTorch does."""
    assert set(LECTURES) <= set(CATALOGUE)
    seed, wrong = next(
        (seed, entry)
        for seed in range(200)
        for entry in bank.generate("padded-max-pool", seed).wrong
        if entry.misconception == "padding-with-zeros"
    )
    done = legrade("bank", "mark", "padded-max-pool", show(wrong.value), "--seed", str(seed))
    assert LECTURES["padding-with-zeros"] in done.stdout
