"""The course key: private, never overwritten, and every purpose and field apart."""

import hashlib
import hmac
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.draw import encode
from question_bank.errors import KeyFileError
from question_bank.keys import CourseKey, ignore_in_git

KEY = CourseKey(bytes(range(32)))
texts = st.lists(st.text(max_size=6), min_size=1, max_size=3)


def test_a_new_key_is_readable_by_its_owner_only(tmp_path):
    """Mode 0600 whatever the umask; read back, it derives the same."""
    before = os.umask(0)
    try:
        key = CourseKey.new(tmp_path / "course.key")
    finally:
        os.umask(before)
    assert (tmp_path / "course.key").stat().st_mode & 0o777 == 0o600
    assert CourseKey.load(tmp_path / "course.key") == key
    assert key != CourseKey.new(tmp_path / "other.key")


def test_a_key_is_never_overwritten(tmp_path):
    """A second `new` is refused and the first key stays."""
    path = tmp_path / "course.key"
    CourseKey.new(path)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="there is a key already"):
        CourseKey.new(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    """The message says the mode and what to run."""
    path = tmp_path / "course.key"
    CourseKey.new(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError) as error:
        CourseKey.load(path)
    assert f"others can read it (mode {mode:04o}); run `chmod 600 {path}`" in str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"legrade-course-key-1\n",
        b"legrade-course-key-1\nzz\n",
        b"other\n" + b"00" * 32,
        b"\xff\xfe" * 50,
        b"0" * 9999,
    ],
)
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    """The message says what a key looks like, and shows nothing of the file."""
    path = tmp_path / "course.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(
        KeyFileError, match="is no course key; expected the line legrade-course-key-1 and 64 hexadecimal"
    ):
        CourseKey.load(path)


def test_a_key_of_the_wrong_length_is_refused(tmp_path):
    """Too few bytes are said to be so."""
    path = tmp_path / "course.key"
    path.write_text("legrade-course-key-1\n00ff\n")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="a course key of 2 bytes: expected 32"):
        CourseKey.load(path)


def test_a_missing_key_is_answered_with_the_command_that_makes_one(tmp_path):
    """So is a folder in its place."""
    with pytest.raises(KeyFileError, match="there is no course key; make one with `legrade key new"):
        CourseKey.load(tmp_path / "course.key")
    with pytest.raises(KeyFileError, match="is no file"):
        CourseKey.load(tmp_path)


def test_a_key_cannot_be_written_where_there_is_no_folder(tmp_path):
    """The message names the path."""
    with pytest.raises(KeyFileError, match=r"nowhere/course.key: cannot be written"):
        CourseKey.new(tmp_path / "nowhere" / "course.key")


def test_derivation_is_hmac_sha256_of_the_documented_bytes():
    """Any language can derive the same 32 bytes."""
    expected = hmac.new(bytes(range(32)), encode(("seed", "quiz-1", 3)), hashlib.sha256).digest()
    assert KEY.derive("seed", "quiz-1", 3) == expected
    assert expected.hex() == "73d5d22dc792221206a606109a646305762638ae2f443ce4a68898e8f25dcc26"


@given(texts, texts)
def test_other_fields_derive_other_bytes(one, other):
    """No two lists of fields run into each other."""
    if encode(one) != encode(other):
        assert KEY.derive(*one) != KEY.derive(*other)


def test_another_key_derives_other_bytes():
    """Two courses share nothing."""
    assert KEY.derive("seed") != CourseKey(bytes(32)).derive("seed")


def test_a_key_shows_nothing_of_itself():
    """Neither its text form nor its attributes' names give the secret away in a log."""
    assert bytes(range(32)).hex() not in repr(KEY)
    assert "\\x01" not in repr(KEY)
    assert repr(KEY) == "CourseKey()"


def git(folder, *arguments):
    """Run git in a folder."""
    return subprocess.run(["git", "-C", str(folder), *arguments], check=False, capture_output=True, text=True)


def test_a_key_in_a_git_tree_is_ignored(tmp_path):
    """A line is added to .gitignore once, and git then ignores the key."""
    git(tmp_path, "init")
    path = tmp_path / "course.key"
    (tmp_path / ".gitignore").write_text("*.tmp")
    CourseKey.new(path)
    assert "Added /course.key to" in ignore_in_git(path)
    assert (tmp_path / ".gitignore").read_text() == "*.tmp\n/course.key\n"
    assert git(tmp_path, "check-ignore", "course.key").returncode == 0
    assert ignore_in_git(path) == "Git ignores it already."


def test_a_key_outside_git_trees_is_left_alone(tmp_path):
    """No .gitignore is made where there is no repository."""
    if any((place / ".git").exists() for place in tmp_path.parents):
        pytest.skip("the temporary folder lies in a git tree")
    assert "in no git tree" in ignore_in_git(tmp_path / "course.key")
    assert not Path(tmp_path / ".gitignore").exists()
