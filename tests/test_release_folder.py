"""`legrade release`: an allow-list, the same bytes twice, and nothing that anybody but the instructor may have."""

import base64
import contextlib
import gzip
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.assignment import load_assignment
from autograder.checking import check
from autograder.cli import app
from autograder.course import assignment_names, find_course, open_assignment
from autograder.errors import AutograderError, LeakError, SpecError
from autograder.grade import inputs_seed
from autograder.leaks import CANARY, Guard
from autograder.release import build
from autograder.release_folder import common_files, release
from autograder.release_notebook import GUARD
from autograder.release_readings import readings
from autograder.release_secrets import names_in
from autograder.submission import read
from autograder.tampering import given_cells, noted
from question_bank.keys import HEADER, CourseKey
from question_bank.roster import Student

ASSIGNMENTS = assignment_names(find_course(None))
SECRET = "secret_total = first_secret + second_secret  # the trick"  # noqa: S105 -- what is looked for
LEGRADE = [str(Path(sys.executable).with_name("legrade"))]


@pytest.fixture
def small(tmp_path):
    """Lay down a course of one function and one assignment that hands out a file."""
    root = tmp_path / "course"
    solution = root / "solutions/twice"
    solution.mkdir(parents=True)
    (solution / "spec.toml").write_text('summary = "Give twice the number."\nsignature = "twice(number)"\n')
    (solution / "reference.py").write_text(
        f'# {CANARY} solutions/twice/reference.py\ndef twice(number):\n    """Give the number, two times."""\n    {SECRET}\n    return secret_total\n'
    )
    (solution / "test_hidden.py").write_text(
        'def test_one(student):\n    """Small."""\n    assert student(1) == 2\n'
    )
    assignment = root / "assignments/hw"
    (assignment / "data").mkdir(parents=True)
    (assignment / "data/numbers.csv").write_text("1,2\n")
    (assignment / "secret.txt").write_text("not on the list")
    (assignment / "assignment.toml").write_text(
        'title = "Homework"\nnotebook = "hw.py"\nrelease = ["data/numbers.csv"]\n[[parts]]\nfunction = "twice"\npoints = 3\n'
    )
    (assignment / "hw.py").write_text(
        '# %% [markdown]\n# # Homework\n\n# %% legrade_stub="twice"\ndef twice(number):\n    """Give the number, two times."""\n'
        '    ...\n\n# %% legrade_check="public"\nfrom legrade_checks import compare\ncompare(twice(2), 4)\n\n# %% legrade_points="twice"\n'
    )
    (root / "course.key").write_text(f"{HEADER}\n{bytes(range(7, 39)).hex()}\n")
    (root / "course.key").chmod(0o600)
    return root


def edit(path, old, new):
    """Replace a text that is there once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def files(folder):
    """Read a folder: bytes by relative name."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_a_release_is_the_notebook_its_module_and_the_listed_files(small, tmp_path):
    """Nothing else goes out; stubs hold no marker of a solution, and nothing in the notebook is nbgrader's alone."""
    release(small, "hw", tmp_path / "out")
    found = files(tmp_path / "out")
    assert sorted(found) == ["data/numbers.csv", "hw.ipynb", "legrade_checks.py"]
    assert found["data/numbers.csv"] == b"1,2\n"
    notebook = nbformat.reads(found["hw.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    kinds = [(cell.cell_type, cell.id) for cell in notebook.cells]
    assert kinds == [
        ("markdown", "markdown-1"),
        ("code", "stub-twice"),
        ("code", "check-3"),
        ("markdown", "points-twice"),
    ]
    assert notebook.cells[1].source == (
        'def twice(number):\n    """Give the number, two times."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    )
    assert notebook.cells[3].source == (
        "**3 of the 3 points** of this notebook are given by 1 hidden test of `twice`. "
        "The public checks are necessary, not sufficient."
    )
    text = found["hw.ipynb"].decode()
    assert not [word for word in ("SOLUTION", "HIDDEN", GUARD.splitlines()[0], "NBGRADER") if word in text]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_shipped_assignment_is_released_the_same_twice(course, tmp_path, name):
    """Folder and zip have the same bytes, in the order of names, with one time, and pass the last look as they lie there."""
    out = tmp_path / name
    release(course, name, out, zipped=True)
    first = files(out)
    assert first == common_files(course, open_assignment(course, name), None)
    with zipfile.ZipFile(tmp_path / f"{name}.zip") as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry: archive.read(entry) for entry in names} == {
            f"{name}/{file}": data for file, data in first.items()
        }


def test_a_student_can_check_the_notebook_and_it_is_read_without_remarks(small, tmp_path, tier_c):
    """`legrade check` finds the public checks, grading notes no change, and nbgrader's copy takes the student's cells."""
    release(small, "hw", tmp_path / "out")
    notebook = tmp_path / "out/hw.ipynb"
    assert [(entry.cell, entry.outcome) for entry in check(notebook, tier_c) if entry.is_check] == [
        (3, "raised")
    ]
    edit(notebook, "raise NotImplementedError()", "return 2 * number")
    assert [(entry.cell, entry.outcome) for entry in check(notebook, tier_c)] == [(3, "passed")]
    given = given_cells(load_assignment(small / "assignments/hw"))
    assert noted(read(notebook), given).notes == ()
    edit(notebook, '"compare(twice(2), 4)"', '"compare(4, 4)"')
    assert "edited: check-3" in noted(read(notebook), given).notes[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("two times", "three times", r"stub of twice: its docstring differs from the reference's; copy that"),
        (
            "(number)",
            "(n, k=1)",
            r"stub of twice: got the arguments \(n, k=1\), expected the reference's \(number\)",
        ),
        (
            "def twice",
            "def thrice",
            r"stub of twice: there is none; expected a cell with `def twice\(number\)`",
        ),
        ("def twice", "def twice twice", r"legrade_stub='twice': .*expected a function with its docstring"),
    ],
)
def test_a_stub_that_promises_something_else_is_refused(small, tmp_path, old, new, message):
    """Students would write what is not graded."""
    edit(small / "assignments/hw/hw.py", old, new)
    with pytest.raises(SpecError, match=message):
        release(small, "hw", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def zipped(name, data, comment=b"", extra=b""):
    """Put one file into an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.extra, entry.comment, entry.compress_type = extra, comment, zipfile.ZIP_DEFLATED
        archive.writestr(entry, data)
    return stream.getvalue()


def notebook_with(**cell):
    """Write a notebook of one cell."""
    made = {"cell_type": "code", "source": [], "outputs": [], "metadata": {}} | cell
    return json.dumps({"cells": [made], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


LINE = SECRET.encode()
CODED = base64.b64encode(LINE).decode()
PLACES = {
    "source": (notebook_with(source=["x\n", SECRET]), "cells[0].source"),
    "split source": (notebook_with(source=[SECRET[:9], SECRET[9:]]), "cells[0].source"),
    "output": (notebook_with(outputs=[{"text": [f"a {SECRET}\n", "b"]}]), "cells[0].outputs[0].text"),
    "html output": (
        notebook_with(outputs=[{"data": {"text/html": SECRET.replace("+", "&plus;")}}]),
        "cells[0].outputs[0].data.text/html (HTML)",
    ),
    "metadata": (notebook_with(metadata={"a": {"b": [1, SECRET]}}), "cells[0].metadata.a.b[1]"),
    "metadata key": (notebook_with(metadata={SECRET: 1}), "cells[0].metadata"),
    "attachment": (
        notebook_with(attachments={"a.png": {"image/png": CODED}}),
        "cells[0].attachments.a.png.image/png (base64)",
    ),
    "json in json": (notebook_with(source=json.dumps({"a": f"é {SECRET}"})), "cells[0].source: a"),
    "base64, wrapped": (f"x = {CODED[:40]}\n{CODED[40:]}\n".encode(), "(base64)"),
    "base64, URL-safe": (b"?q=" + base64.urlsafe_b64encode(b"???" + LINE), "(base64)"),
    "base64, begun elsewhere": (base64.b64encode(b"zzz" + LINE)[2:], "(base64)"),
    "base64 of a zip": (base64.b64encode(zipped("a", LINE)), "(base64): a"),
    "hexadecimal": (b"key: f" + LINE.hex().encode(), "(hexadecimal)"),
    "percent signs": (b"data:," + LINE.replace(b" ", b"%20").replace(b"+", b"%2B"), "(percent signs)"),
    "backslashes": (repr(LINE).replace("first", "\\x66irst").encode(), "(backslashes)"),
    "utf-16": (f"a {SECRET} b".encode("utf-16"), "(UTF-16)"),
    "utf-16 without a mark": (f"é {SECRET}".encode("utf-16-be"), "(UTF-16)"),
    "utf-16 in a binary file": (b"\xff\0\x81" * 90 + SECRET.encode("utf-16-le"), "(UTF-16)"),
    "utf-32": (SECRET.encode("utf-32"), "(UTF-32)"),
    "gzip": (gzip.compress(LINE), "(gzip)"),
    "second gzip": (gzip.compress(b"a") + gzip.compress(LINE), "(gzip)"),
    "zip member": (zipped("a.txt", LINE), "a.txt"),
    "zip member's name": (zipped(f"d/{SECRET}.txt", b""), ""),
    "zip comment": (zipped("a", b"", comment=LINE), ""),
    "zip extra field": (zipped("a", b"", extra=b"\x99\x99" + len(LINE).to_bytes(2, "little") + LINE), ""),
    "before a zip": (LINE + zipped("a", b""), ""),
    "nested zip": (
        zipped("b.zip", zipped("a.ipynb", notebook_with(source=SECRET))),
        "b.zip: a.ipynb: cells[0].source",
    ),
    "canary": (f"# {CANARY} solutions/any".encode(), ""),
    "anywhere in long bytes": (b"\x00\x7f" * 300_000 + LINE + b"\n", ""),
}


@pytest.mark.parametrize("kind", PLACES)
def test_a_secret_is_found_in_every_reading_that_is_listed(small, tmp_path, kind):
    """Planted in a file that the assignment lists: refused with the place, and nothing is written."""
    data, place = PLACES[kind]
    (small / "assignments/hw/data/numbers.csv").write_bytes(data)
    with pytest.raises(LeakError) as caught:
        release(small, "hw", tmp_path / "out", zipped=True)
    message = str(caught.value)
    assert message.startswith("data/numbers.csv")
    assert f"{place}: holds solutions/twice/reference.py, line" in message or (
        kind == "canary" and f"{place}: holds a canary" in message
    )
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("    return total", True),
        ("x\n\treturn total  \ny", True),
        ("print('return total')", True),
        ("<pre>return total</pre>", True),
        ("return total, more", False),
        ("never return total", False),
        ("return totals", False),
    ],
)
def test_a_short_line_counts_where_it_stands_by_itself(text, found):
    """Everyday beginnings of other lines do not stop a release."""
    with pytest.raises(LeakError) if found else contextlib.nullcontext():
        Guard({"return total": "here"}).refuse(text.encode(), "f")


def test_a_secret_in_the_name_of_a_file_is_found(small, tmp_path):
    """A name is handed out, too."""
    (small / "assignments/hw" / f"{SECRET}.txt").write_text("x")
    edit(small / "assignments/hw/assignment.toml", "data/numbers.csv", f"{SECRET}.txt")
    with pytest.raises(LeakError, match=r"its name: holds solutions/twice/reference\.py, line 4"):
        release(small, "hw", tmp_path / "out")


def test_a_secret_in_the_module_of_the_public_checks_is_found(small, tmp_path, monkeypatch):
    """What travels with notebooks is looked through like the rest."""
    original = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: original(path) + (LINE if path.name == "legrade_checks.py" else b"")
    )
    with pytest.raises(LeakError, match=r"legrade_checks\.py: holds solutions/twice/reference\.py, line 4"):
        release(small, "hw", tmp_path / "out")


def hidden_texts(root):
    """Write what is the instructor's alone, as it could get into a file."""
    key = CourseKey.load(root / "course.key")
    raw = bytes.fromhex((root / "course.key").read_text().split()[1])
    from autograder.course import plan_assignment

    seed = inputs_seed(key, plan_assignment(root, "hw"))
    return {
        "the course key": [
            raw,
            raw.hex().encode(),
            raw.hex().upper().encode(),
            base64.b64encode(raw),
            repr(raw).encode(),
        ],
        "the course key's file": [(root / "course.key").read_bytes()[:25]],
        "a seed of the hidden inputs": [seed, seed.hex().encode(), base64.b64encode(b"a" + seed)],
        "a path of this machine": [
            str(root / "assignments").encode(),
            str(root).encode("utf-16-le"),
            f"{Path.home()}/notes".encode(),
            str(Path.cwd()).encode(),
            sys.prefix.encode(),
        ],
    }


@pytest.mark.parametrize(
    "what",
    ["the course key", "the course key's file", "a seed of the hidden inputs", "a path of this machine"],
)
def test_keys_seeds_and_places_stay_and_the_message_does_not_tell_them(small, tmp_path, what):
    """Raw, in hexadecimal, in base64, as a literal of Python: refused, and named without being shown."""
    for data in hidden_texts(small)[what]:
        (small / "assignments/hw/data/numbers.csv").write_bytes(b"numbers: " + data)
        with pytest.raises(LeakError) as caught:
            release(small, "hw", tmp_path / "out")
        assert f": holds {what}; nobody but you may have it: take it out" in str(caught.value)
        assert data.decode("latin-1") not in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(
    before=st.binary(max_size=40),
    after=st.binary(max_size=40),
    way=st.sampled_from(["plain", "base64", "hex", "utf-16-le", "utf-16-be", "zip", "gzip", "json"]),
)
def test_a_line_is_found_between_any_bytes_in_any_packing(before, after, way):
    """Whatever stands around a line: what packs it does not hide it."""
    data = before + LINE + after
    packed = {
        "plain": lambda: data,
        "base64": lambda: base64.b64encode(data),
        "hex": lambda: data.hex().encode(),
        "utf-16-le": lambda: before + SECRET.encode("utf-16-le") + after,
        "utf-16-be": lambda: before + SECRET.encode("utf-16-be") + after,
        "zip": lambda: zipped("a", data),
        "gzip": lambda: gzip.compress(data),
        "json": lambda: json.dumps({"a": [data.decode("latin-1")]}).encode(),
    }[way]()
    with contextlib.suppress(LeakError):
        Guard({SECRET: "here"}).refuse(packed, "f")
        pytest.fail("not found")


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.tuples(
            st.sampled_from(
                [
                    b"PK\x03\x04",
                    b"\x1f\x8b\x08",
                    b"BZh",
                    b"{",
                    b"[[",
                    b"\xff\xfe",
                    b"&#x",
                    b"%",
                    b"\\u",
                    zipped("a", b"b" * 40),
                ]
            ),
            st.binary(max_size=120),
        ).map(b"".join),
    )
)
def test_any_bytes_are_read_or_refused(data):
    """Damaged archives, half escapes and deep brackets end in readings or in a LeakError, and the bytes themselves are one."""
    with contextlib.suppress(LeakError):
        found = list(readings(data, "f"))
        assert ("f", data) in found
        assert all(place.startswith("f") for place, _ in found)


def locked():
    """Make an archive whose member says that it has a password."""
    data = bytearray(zipped("a", b"b" * 40))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def nested(times):
    """Put an archive into archives."""
    data = zipped("a", b"b")
    for _ in range(times):
        data = zipped("a.zip", data)
    return data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"BZh91AY", r"f: is packed by bzip2 and cannot be checked; expected a zip, gzip or plain file"),
        (b"7z\xbc\xaf\x27\x1c", "f: is packed by 7z and cannot be checked"),
        (locked(), r"f: a member cannot be unpacked to be checked \(.*password.*\); leave it out"),
        (gzip.compress(b"a" * 90, mtime=0)[:20], None),
        (b"\x1f\x8b\x08\x00\xff", None),
        (b"\x1f\x8b\x08\x00" + b"\xff" * 30, r"f: cannot be unpacked to be checked \(.*\); leave it out"),
        (
            gzip.compress(bytes(64 * 2**20 + 1)),
            "f: unpacks to more than 67108864 bytes: too many to be checked",
        ),
        (nested(8), "is packed more than 6 times; expected files that can be checked"),
        (b"[" * 100_000, None),
    ],
)
def test_what_cannot_be_looked_into_is_not_released(data, message):
    """It is refused with the reason; what is cut off is looked through as far as it goes."""
    if message is None:
        assert ("f", data) in list(readings(data, "f"))
        return
    with pytest.raises(LeakError, match=message):
        list(readings(data, "f"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("points of B21-0042: 3", "B21-0042"),
        ("B21-00421 and AB21-0042", None),
        ("mail to an@uni.edu.", "B21-0042"),
        ("7 and 12345 and ana are in every text", None),
        ("by Bich Dang", "7"),
        ("by Bich Dangson and ABich Dang", None),
        ("student 20201234", "20201234"),
        ("é/x 9! is odd", "é/x 9!"),
    ],
)
def test_another_student_is_told_by_id_name_or_address(text, found):
    """Short ids stand in any text; those that are told by chance would stop every release."""
    students = [
        Student("B21-0042", "An", "an@uni.edu"),
        Student("7", "Bich Dang"),
        Student("ana", "Ana"),
        Student("12345", "Binh"),
        Student("20201234", "Chi"),
        Student("é/x 9!", "Dung"),
    ]
    assert names_in(text.encode(), students) == found


def test_a_folder_with_anything_else_is_left_alone(small, tmp_path):
    """Other files, another release, a file in the way: refused with a message, and not a byte changes."""
    out = tmp_path / "out"
    assert release(small, "hw", out, zipped=True).new == 4
    before = files(tmp_path)
    assert release(small, "hw", out, zipped=True).new == 0
    (out / "data/numbers.csv").unlink()
    assert release(small, "hw", out).new == 1
    assert files(tmp_path) == before
    (out / "my.ipynb").write_text("mine")
    with pytest.raises(
        AutograderError,
        match=r"out: holds files that are not of this release \(my\.ipynb\).*give --out a new",
    ):
        release(small, "hw", out)
    (out / "my.ipynb").unlink()
    (out / "hw.ipynb").write_text("a student's work")
    with pytest.raises(
        AutograderError, match=r"hw\.ipynb: is there already and is not what would be written"
    ):
        release(small, "hw", out)
    assert (out / "hw.ipynb").read_text() == "a student's work"
    with pytest.raises(AutograderError, match=r"hw\.ipynb: is a file; give --out a folder of its own"):
        release(small, "hw", out / "hw.ipynb")
    with pytest.raises(AutograderError, match=r"course: holds files that are not of this release"):
        release(small, "hw", small)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ('"data/numbers.csv"', r"release='data/numbers\.csv': expected a list of files of this folder"),
        ("[1]", r"release=\[1\]: expected a list of files"),
        ('["../../course.key"]', "expected a plain path inside this folder, such as data/digits.csv"),
        ('["/etc/passwd"]', "expected a plain path inside"),
        ('["data//numbers.csv"]', "expected a plain path inside"),
        ('["a\\\\b"]', "expected a plain path inside"),
        ('["assignment.toml"]', r"'assignment\.toml': hidden files, \.toml and keys are never handed out"),
        ('[".git/config"]', "hidden files"),
        ('["hw.py"]', "notebooks and the module of the public checks are handed out by themselves"),
        ('["legrade_checks.py"]', "handed out by themselves"),
        ('["hw.ipynb"]', "handed out by themselves"),
        (
            '["none.csv"]',
            r"'none\.csv': there is no such file \(No such file or directory\); expected one in",
        ),
        ('["data"]', "expected a file of its own, no link and no folder"),
        ('["link.csv"]', "expected a file of its own, no link"),
        ('["folder/numbers.csv"]', "expected a file of its own, no link"),
        ('["secret.txt", "secret.txt"]', "'secret.txt' is there twice; expected each file once"),
        (str([f"f{i}" for i in range(101)]), "got 101 files, expected at most 100; put them into a zip"),
    ],
)
def test_the_list_names_files_of_the_assignment_alone(small, listed, message):
    """Whatever else it names is refused when the assignment is read."""
    folder = small / "assignments/hw"
    (folder / "link.csv").symlink_to(small / "course.key")
    (folder / "folder").symlink_to(folder / "data")
    edit(folder / "assignment.toml", '["data/numbers.csv"]', listed)
    with pytest.raises(SpecError, match=message):
        load_assignment(folder)


def test_nbgraders_release_is_handed_out_by_the_same_rules(small, tmp_path):
    """A file that is not on the list, a missing one, a secret: refused. With nbgrader itself: `test_variants`."""
    nb = tmp_path / "nb"
    build(small, "hw", nb)
    with pytest.raises(
        AutograderError,
        match=r"is not there; run `legrade build-assignment hw --out .*nbgrader generate_assignment hw`",
    ):
        release(small, "hw", tmp_path / "out", nbgrader=nb)
    assert sorted(files(nb / "source/hw")) == ["data/numbers.csv", "hw.ipynb", "legrade_checks.py"]
    shutil.copytree(nb / "source/hw", nb / "release/hw")
    release(small, "hw", tmp_path / "out", nbgrader=nb)
    assert files(tmp_path / "out") == files(nb / "release/hw")
    (nb / "release/hw/grades.csv").write_text("ana,3\n")
    with pytest.raises(
        AutograderError, match=r"grades\.csv: is not on the list of what is handed out; remove it, or name it"
    ):
        release(small, "hw", tmp_path / "other", nbgrader=nb)
    (nb / "release/hw/grades.csv").unlink()
    notebook = nb / "release/hw/hw.ipynb"
    notebook.write_text(notebook.read_text().replace("# Homework", f"# {SECRET}"))
    with pytest.raises(LeakError, match=r"hw\.ipynb: cells\[0\]\.source.*: holds solutions/twice"):
        release(small, "hw", tmp_path / "other", nbgrader=nb)


def test_the_command_lists_what_it_wrote_and_says_what_is_wrong(small, tmp_path):
    """As an instructor types it, in an empty folder; exit 2 with one line where it cannot be done."""

    def run(*arguments):
        return subprocess.run(
            [*LEGRADE, "release", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    done = run("hw", "--course", "course", "--out", "hand-out", "--zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "hand-out/data/numbers.csv", "hand-out/hw.ipynb", "hand-out/legrade_checks.py", "hand-out.zip", "wrote 4 files"
    ]  # fmt: skip
    done = run("hv", "--course", "course", "--out", "other")
    assert (done.returncode, "unknown assignment 'hv': did you mean hw?" in done.stderr) == (2, True)
    again = ["release", "hw", "--course", str(small), "--out", str(tmp_path / "hand-out"), "--zip"]
    assert CliRunner().invoke(app, again).output.splitlines()[-1] == "wrote 0 files, 4 were there already"
    nowhere = CliRunner().invoke(app, [*again[:5], "/proc/none/x"])
    assert "cannot be written" in str(nowhere.exception)
    assert isinstance(nowhere.exception, AutograderError)
