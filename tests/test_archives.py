"""Archives of submissions: whatever a zip holds or claims, each student gets a submission or a reason, in bounded memory."""

import io
import json
import struct
import subprocess
import sys
import time
import tracemalloc
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path, PurePath

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder import classes
from autograder.archives import MAX_MEMBERS, BadArchiveError, opened
from autograder.classes import read_all, read_archive
from autograder.errors import AutograderError
from autograder.students import identity, submitted
from autograder.submission import MAX_BYTES, MAX_DEPTH, find, from_bytes, read

LIMIT = 2**20
NO_SUBMISSION = "The archive holds no notebook and no .py file."
DAMAGED = "The file is cut off or damaged; make it anew, or hand in the notebook itself."
NO_ZIP = "The file is no zip archive, whatever its name says; make it anew, or hand in the notebook itself."


def notebook(code):
    """Write a notebook of one cell."""
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": code}], "metadata": {}, "nbformat": 4}
    ).encode()


def packed(files, method=zipfile.ZIP_DEFLATED):
    """Write a zip of pairs of name (or ZipInfo) and bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def special(name, mode):
    """Name a member that Unix takes for a link, a pipe, a device."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def codes(submissions):
    """Show whose code was read."""
    return {s.name: s.cells for s in submissions}


def problems(submissions):
    """Show whose file was not read, and why."""
    return {s.name: s.problem for s in submissions}


@pytest.fixture
def grade(tmp_path):
    """Read a class's archive from a file, as `legrade grade class.zip` does."""

    def read_class(data, name="class.zip"):
        path = tmp_path / name
        path.write_bytes(data)
        return read_all([path])

    return read_class


NAMES = {
    "Moodle, folders": ("Nguyễn Ánh_4711_assignsubmission_file_/homework 2.ipynb", "Nguyễn Ánh_4711"),
    "Moodle, flat": ("Nguyễn Ánh_4711_assignsubmission_file_homework 2.ipynb", "Nguyễn Ánh_4711"),
    "Moodle, a name that says another": (
        "Eve_1_assignsubmission_file_An_2_assignsubmission_file_h.py",
        "Eve_1",
    ),
    "Moodle, no underscore": ("An_Le_12_assignsubmission_file/homework.ipynb", "An_Le_12"),
    "Canvas": ("nguyenanh_4711_60213_homework-2.ipynb", "nguyenanh_4711"),
    "Canvas, late": ("nguyenanh_LATE_4711_60213_homework_2.ipynb", "nguyenanh_4711"),
    "a date": ("homework_2026_11_21.ipynb", "homework_2026_11_21"),
    "a folder": ("Trần Thị Bích 🎓/deep/er/still/hw (1).ipynb", "Trần Thị Bích 🎓"),
    "a file": ("  odd name .v2.ipynb", "  odd name .v2"),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_student_is_named_as_the_learning_system_names_them(grade, case):
    """The name and its number are the student; what is not surely a system's pattern is kept whole."""
    name, student = NAMES[case]
    found = grade(packed([(name, notebook("x = 1")), ("zoe.py", "y = 2")]))
    assert codes(found) == {student: ("x = 1",), "zoe": ("y = 2",)}


def test_two_files_that_could_be_one_student_s_stay_apart(grade):
    """Nobody is merged with anybody: the full names are told."""
    names = ["an_4711_60213_a.ipynb", "an_4711_60214_b.ipynb", "Bo_7_assignsubmission_file_a.py"]
    found = grade(packed([(name, notebook(f"x = {i}")) for i, name in enumerate(names)]))
    assert codes(found) == {names[0]: ("x = 0",), names[1]: ("x = 1",), "Bo_7": ("x = 2",)}


def test_what_a_student_typed_into_moodle_s_page_is_no_second_submission(grade):
    """It has no record of its own, unless it is all that the student handed in; so has a file of another kind."""
    page = ("onlinetext_/onlinetext.html", b"<p>done</p>")
    files = [
        (f"An_1_assignsubmission_{page[0]}", page[1]),
        ("An_1_assignsubmission_file_/hw.ipynb", notebook("x = 1")),
        (f"Bo_2_assignsubmission_{page[0]}", page[1]),
        ("Cy_3_assignsubmission_file_hw.pdf", b"%PDF"),
        ("readme.txt", b"read me"),
    ]
    found = grade(packed(files))
    assert problems(found) == {
        "An_1": None,
        "Bo_2": NO_SUBMISSION.replace("archive", "folder"),
        "Cy_3": "The file is no notebook: it is not valid JSON.",
    }


def test_a_student_s_own_zip_is_read_wherever_it_lies(grade, tmp_path):
    """In a folder of submissions, in a class's archive, in a folder there; alone it has its own name; Mac's additions are left out."""
    own = packed(
        [
            ("homework/", b""),
            ("homework/hw.ipynb", notebook("x = 1")),
            ("homework/helper.py", "y = 2"),
            ("homework/.DS_Store", b"\0"),
            ("__MACOSX/homework/._hw.ipynb", b"\0"),
        ]
    )
    folder = tmp_path / "submissions"
    (folder / "bo").mkdir(parents=True)
    (folder / "an.zip").write_bytes(own)
    (folder / "bo" / "work.zip").write_bytes(own)
    expected = {"an": ("x = 1",), "bo": ("x = 1",)}
    assert codes(read_all([folder])) == expected
    assert codes(grade(packed([("an.zip", own), ("bo/work.zip", own)]))) == expected
    assert codes(grade(packed([("hw.ipynb", notebook("x = 1"))]), "cy.zip")) == {"cy": ("x = 1",)}


def test_a_folder_that_holds_the_whole_class_is_opened(grade):
    """Desktops put one folder around everything; one student's folder is not taken for it."""
    two = [("all/an.ipynb", notebook("x = 1")), ("all/bo/hw.py", "y = 2"), ("__MACOSX/all/._an.ipynb", b"")]
    assert codes(grade(packed(two))) == {"an": ("x = 1",), "bo": ("y = 2",)}
    one = [("an/code/hw.py", "x = 1"), ("an/figures/a.png", b""), ("an/notes.txt", b"")]
    assert codes(grade(packed(one))) == {"an": ("x = 1",)}
    moodle = "An_1_assignsubmission_file_/"
    assert codes(grade(packed([(moodle + "a.ipynb", notebook("x = 1")), (moodle + "b.py", "")]))) == {
        "An_1": ("x = 1",)
    }


PARTS = st.sampled_from(
    [
        "an",
        "bo.ipynb",
        "bo.py",
        "Bo.py",
        "Ánh 🎓.py",
        "cy.zip",
        "notes.txt",
        ".hidden",
        "__MACOSX",
        "An_1_assignsubmission_file_",
        "An_1_assignsubmission_onlinetext_",
        "An_1_assignsubmission_file_hw.ipynb",
        "An_1_assignsubmission_file_hw.pdf",
        "dee_123_45678_hw.py",
        "dee_late_123_45679_hw.py",
        "dee_123_45678_hw.pdf",
    ]
)


@st.composite
def trees(draw):
    """Draw the files of a class, as paths that one folder can hold."""
    paths = draw(st.lists(st.lists(PARTS, min_size=1, max_size=3), min_size=2, max_size=8))
    kept = {}
    for path in paths:
        name = "/".join(path)
        clash = any(name.startswith(f"{other}/") or other.startswith(f"{name}/") for other in kept)
        if not clash:
            kept[name] = packed([("hw.py", name)]) if name.endswith(".zip") else f"# {name}".encode()
    return kept


@settings(max_examples=150, deadline=None)
@given(trees())
def test_an_archive_is_read_as_the_folder_that_it_unpacks_to(tmp_path_factory, tree):
    """Names, code, and reasons are the same, so it does not matter what an instructor downloads."""
    folder = tmp_path_factory.mktemp("class")
    data = packed(tree.items())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    unpacked = [read(path, name) for name, path in find(folder)]
    assume(len(unpacked) > 1)
    path = folder.parent / f"{folder.name}.zip"
    path.write_bytes(data)
    found = read_archive(path)
    assert [(s.name, s.cells and s.kind, s.cells, s.notes) for s in found] == [
        (s.name, s.cells and s.kind, s.cells, s.notes) for s in unpacked
    ]
    assert [s.problem for s in found] == [s.problem for s in unpacked]
    assert max(Counter(s.name for s in found).values()) == 1


@settings(max_examples=60, deadline=None)
@given(trees(), st.randoms(use_true_random=False))
def test_the_order_of_the_members_changes_nothing(tmp_path_factory, tree, rng):
    """What is read is a function of names and bytes alone."""
    path = tmp_path_factory.getbasetemp() / "order.zip"
    files = [*tree.items(), ("../x.py", b"1"), ("twice.py", b"1"), ("twice.py", b"2")]
    answers = []
    for _ in range(2):
        with pytest.warns(UserWarning, match="Duplicate name"):
            data = packed(files)
        path.write_bytes(data)
        answers.append(read_archive(path))
        rng.shuffle(files)
    assert answers[0] == answers[1]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(PARTS | st.text(min_size=1, max_size=6), st.booleans()), max_size=10))
def test_no_two_students_share_a_name(entries):
    """Whatever entries are called, their identities differ."""
    assert max(Counter(name for name, _ in submitted(entries)).values(), default=1) == 1


UNSAFE = [
    "../evil.ipynb",
    "an/../../evil.ipynb",
    "/etc/evil.ipynb",
    "C:/evil.ipynb",
    "C:evil.ipynb",
    "..\\evil.ipynb",
    "an\\evil.ipynb",
    "//server/evil.ipynb",
    "an//evil.ipynb",
    "./evil.ipynb",
    "..",
]


@pytest.mark.parametrize("name", UNSAFE)
def test_a_name_that_leads_elsewhere_is_told_and_not_read(grade, tmp_path, name):
    """The record's own name cannot be used as a path; nothing is written anywhere; the others are graded."""
    before = sorted(tmp_path.rglob("*"))
    found = grade(packed([(name, notebook("EVIL = 1")), ("bo.py", "x = 1")]))
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "class.zip"])
    told = [s for s in found if s.problem]
    assert [s.problem for s in told] == ["Its name in the archive is no plain path."]
    assert not set("/\\\0") & set(told[0].name)
    assert codes(found)["bo"] == ("x = 1",)


def test_a_name_with_a_nul_is_told_and_not_read(grade):
    """Python cuts such a name; the whole one is looked at."""
    data = packed([("evil.py#.txt", b"EVIL = 1"), ("bo.py", "x = 1")]).replace(b"evil.py#", b"evil.py\0")
    found = grade(data)
    assert codes(found) == {"\ufffdevil.py\ufffd.txt": (), "bo": ("x = 1",)}


def test_links_and_devices_are_refused(grade):
    """A link's text is never taken for a path or for a submission."""
    files = [
        (special("an.ipynb", 0o120777), "/etc/passwd"),
        (special("bo", 0o120777), "/etc"),
        (special("cy.ipynb", 0o010644), ""),
        (special("dee/hw.py", 0o120777), "/etc/passwd"),
        (special("eli.py", 0o100644), "x = 1"),
    ]
    link = "It is a link to another file; hand in the file itself."
    assert problems(grade(packed(files))) == {
        "an": link,
        "bo": link,
        "cy": "It is no ordinary file; hand in a notebook or a .py file.",
        "dee": f"hw.py: {link}",
        "eli": None,
    }


def test_a_name_that_is_there_twice_is_nobody_s_choice(grade):
    """Which of the two counts, a person says; names that differ in composition alone are one name, in case two."""
    nfd = unicodedata.normalize("NFD", "Ánh.py")
    files = [("an.py", "x = 1"), ("an.py", "x = 2"), ("Ánh.py", "y = 1"), (nfd, "y = 2"), ("AN.py", "z = 1")]
    with pytest.warns(UserWarning, match="Duplicate name"):
        found = grade(packed(files))
    twice = "The archive holds 2 files of this name; hand in one."
    assert problems(found) == {"AN": None, "an": twice, "Ánh": twice}


def test_utf_8_names_that_nobody_declared_are_read_as_such(grade):
    """Macs write them so; what is no UTF-8 is read as code page 437, which zips had first."""
    data = packed([("A#####nh.py", "x = 1"), ("k#ln.py", "y = 2")])
    data = data.replace(b"A#####nh.py", "Á🎓nh.py".encode().ljust(0)).replace(b"k#ln.py", b"k\x94ln.py")
    assert codes(grade(data)) == {"Á🎓nh": ("x = 1",), "köln": ("y = 2",)}


def test_a_locked_member_or_an_odd_method_is_named(grade):
    """One student's password or packer costs nobody else anything."""
    data = bytearray(packed([("an.py", "x = 1"), ("bo.py", "y = 2")]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert problems(grade(bytes(data))) == {
        "an": "It is locked with a password; hand it in without one.",
        "bo": None,
    }
    odd = packed([("an.py", "x = 1")], zipfile.ZIP_LZMA)
    assert problems(grade(odd, "an.zip")) == {
        "an": "It is packed by method 14; expected an ordinary zip (stored or deflated)."
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", NO_ZIP),
        (b"not a zip", NO_ZIP),
        (notebook("x = 1"), NO_ZIP),
        (packed([("an.py", "x = 1")])[:-30], DAMAGED),
        (packed([]), NO_SUBMISSION),
        (packed([("report.pdf", b"%PDF")]), NO_SUBMISSION),
        (packed([("a.py", "1"), ("b.py", "2")]), "The archive holds 2 candidates (a.py, b.py); hand in one."),
    ],
    ids=["empty", "text", "notebook", "cut off", "without members", "without code", "two programs"],
)
def test_a_zip_that_gives_nothing_says_why_and_is_that_student_s_matter(grade, data, reason):
    """The broken zip of one student leaves the others' work as it is."""
    found = grade(packed([("an.zip", data), ("bo.zip", packed([("hw.py", "x = 1")]))]))
    assert problems(found) == {"an": reason, "bo": None}
    assert codes(found)["bo"] == ("x = 1",)


def test_a_class_s_archive_that_cannot_be_opened_is_one_record(grade):
    """There is a record for a person to look at, and no crash; a path that does not exist is an error as ever."""
    assert problems(grade(b"PK\x03\x04 broken")) == {"class": DAMAGED}
    with pytest.raises(AutograderError, match=r"gone\.zip: no such file or folder"):
        read_all([Path("gone.zip")])


def test_damage_in_one_member_costs_that_member(grade):
    """A flipped byte shows in the checksum."""
    data = packed([("an.py", "x = 1"), ("bo.py", "y = 2")], zipfile.ZIP_STORED).replace(b"x = 1", b"x = 2")
    assert problems(grade(data)) == {
        "an": "It is damaged in the archive; make the archive anew, or hand in the notebook itself.",
        "bo": None,
    }


def test_a_part_that_cannot_be_read_is_noted_and_a_person_looks(grade):
    """A whole notebook is graded although another beside it is locked; a module never stands in for a notebook that is not."""
    data = bytearray(packed([("an/a.ipynb", b"?"), ("an/b.ipynb", notebook("x = 1")), ("bo.py", "")]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    an, _ = grade(bytes(data))
    note = "Left out: a.ipynb: It is locked with a password; hand it in without one."
    assert (an.cells, an.notes, an.damaged) == (("x = 1",), (note,), True)
    data = bytearray(packed([("an/a.ipynb", b"?"), ("an/b.py", "x = 1"), ("bo.py", "")]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    an, _ = grade(bytes(data))
    assert (an.cells, an.problem) == ((), note.removeprefix("Left out: "))


def measured(call):
    """Run, and tell the peak of memory in MiB and the time in seconds beside the result."""
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        result = call()
        return result, tracemalloc.get_traced_memory()[1] / 2**20, time.perf_counter() - begun
    finally:
        tracemalloc.stop()


def one_huge():
    """Pack 50 MiB and one byte of zeros into 50 kB."""
    return packed([("hw.py", bytes(MAX_BYTES + 1))])


def understated():
    """Pack the same, and state 5 bytes."""
    data = bytearray(one_huge())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 5)
    return bytes(data)


def overstated():
    """State 40 MiB for 5 bytes."""
    data = bytearray(packed([("hw.py", "x = 1")]))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 40 * 2**20)
    return bytes(data)


def listing(count, name=b"a.py"):
    """Write a table of contents of `count` lines that all mean one member."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    line = (
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0)
        + name
    )
    size = len(line) * count
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, len(local), 0)
    return local + line * count + end


def overlapping():
    """Give two members the same bytes: the way to petabytes."""
    data = bytearray(packed([("a.py", "x" * 99), ("b.py", "x" * 99)], zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def zip64_listing():
    """State a table of contents of 2**60 bytes."""
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**40, 2**40, 2**60, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return record + locator + end


def zip64_member():
    """State a member of 2**60 bytes, packed into 2**59."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 45, 0, 0, 0, 0, 0, 0, 0, 5, 0) + b"hw.py"
    extra = struct.pack("<2H2Q", 1, 16, 2**60, 2**59)
    sizes = (0xFFFFFFFF, 0xFFFFFFFF)
    line = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 45, 45, 0, 0, 0, 0, 0, *sizes, 5, 20, 0, 0, 0, 0, 0)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(line) + 25, len(local), 0)
    return local + line + b"hw.py" + extra + end


def nested():
    """Pack a zip into a zip into a zip, ten of each."""
    data = packed([("hw.py", bytes(2**20))])
    for _ in range(3):
        data = packed([(f"{i}.zip", data) for i in range(10)])
    return data


BOMBS = {
    "one huge member": (
        one_huge,
        f"hw.py: The file has {MAX_BYTES + 1} bytes; expected at most {MAX_BYTES} (50 MiB)",
    ),
    "understated": (understated, "hw.py: It is damaged in the archive"),
    "overstated": (overstated, f"hw.py: It has 5 bytes and the archive states {40 * 2**20}"),
    "many members": (lambda: listing(100_000), f"The archive lists more than {MAX_MEMBERS} files"),
    "a million members": (lambda: listing(1_000_000), "The archive's table of contents has 50000000 bytes"),
    "overlapping": (overlapping, "The archive holds 2 candidates (a.py, b.py)"),
    "one member a thousand times": (lambda: listing(1000), "a.py: The archive holds 1000 files of this name"),
    "zip64, table of contents": (zip64_listing, DAMAGED),
    "zip64, member": (zip64_member, f"hw.py: The file has {2**60} bytes"),
    "nested": (nested, NO_SUBMISSION),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_costs_its_owner_only_in_bounded_memory_and_time(grade, kind):
    """What is listed, read and unpacked is capped before memory is taken; the other student is graded."""
    make, reason = BOMBS[kind]
    bomb = make()
    data = packed([("an.zip", bomb), ("bo.py", "x = 1")])
    found, peak, seconds = measured(lambda: grade(data))
    an, bo = found
    assert an.problem is not None
    assert an.problem.startswith(reason)
    assert bo.cells == ("x = 1",)
    assert peak < 3 * MAX_BYTES / 2**20 + 20, f"{peak} MiB"
    assert seconds < 10


def test_members_that_share_bytes_are_both_refused():
    """Neither of them is read, and a third beside them is."""
    data = bytearray(packed([(f"{i}.py", f"x = {i}" * 9) for i in range(3)], zipfile.ZIP_STORED))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[second + 42 : second + 46] = struct.pack("<I", 10)
    with opened(io.BytesIO(bytes(data)), LIMIT) as archive:
        shared = "Its bytes in the archive are another file's, too, or lie outside; make the archive anew."
        assert [member.problem for member in archive.members] == [shared, shared, None]
        assert archive.read(archive.members[2]) == b"x = 2" * 9
        with pytest.raises(BadArchiveError, match="another file's"):
            archive.read(archive.members[0])


def test_a_class_that_unpacks_to_more_than_the_cap_is_refused_before_it_is_read(grade, monkeypatch):
    """The stated sizes are counted, and no member gives more than it states."""
    monkeypatch.setattr(classes, "MAX_TOTAL", 2 * LIMIT)
    files = [(f"{i}.py", bytes(LIMIT)) for i in range(2)]
    assert len(grade(packed(files))) == 2
    found = grade(packed([*files, ("2.py", b"x")]))
    reason = f"The archive's submissions have {2 * LIMIT + 1} bytes; expected at most {2 * LIMIT}"
    assert found[0].problem.startswith(reason)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"]))
def test_any_bytes_give_a_submission(data, start):
    """Nothing raises; a problem and cells exclude each other."""
    found = from_bytes(start + data, "an.zip", "an")
    assert found.problem is None or found.cells == ()


WHOLE = packed(
    [
        ("an/hw.ipynb", notebook("x = 1")),
        ("Ánh_1_assignsubmission_file_/hw.zip", packed([("hw.py", "y = 1")])),
        ("bo.py", "z = 1" * 50),
        (special("cy.py", 0o120777), "/etc/passwd"),
    ]
)
EXPECTED = {"x = 1", "y = 1", "z = 1" * 50}


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_corrupted_archive_gives_reasons_and_no_code_that_nobody_wrote(tmp_path_factory, data):
    """Bytes are changed, cut and doubled; what is still read is what was packed, whole: the checksums see to it."""
    broken = bytearray(WHOLE)
    places = st.integers(0, len(WHOLE) - 1)
    for _ in range(data.draw(st.integers(1, 6))):
        at = min(data.draw(places), len(broken) - 1) if broken else 0
        how = data.draw(st.sampled_from(["flip", "cut", "copy", "number"]))
        if how == "flip" and broken:
            broken[at] ^= data.draw(st.integers(1, 255))
        elif how == "cut":
            del broken[at : at + data.draw(st.integers(1, 40))]
        elif how == "copy":
            broken[at:at] = broken[at : at + 40]
        else:
            broken[at : at + 4] = struct.pack("<I", data.draw(st.sampled_from([0, 1, 2**31, 2**32 - 1])))
    path = tmp_path_factory.getbasetemp() / "broken.zip"
    path.write_bytes(bytes(broken))
    found, peak, seconds = measured(lambda: read_archive(path))
    assert found
    assert all(s.problem or s.cells for s in found)
    assert {code for s in found for code in s.cells if code} <= EXPECTED
    assert peak < 20
    assert seconds < 5


def test_work_lies_as_deep_in_an_archive_as_in_a_folder():
    """Folders below a student's own are looked into as far as on a disk."""
    for depth, problem in ((MAX_DEPTH, None), (MAX_DEPTH + 1, NO_SUBMISSION)):
        data = packed([("a/" * depth + "hw.py", "x = 1")])
        assert from_bytes(data, "an.zip", "an").problem == problem


def test_two_archives_of_one_class_keep_their_students_apart(tmp_path):
    """The same names in two archives are told apart by the archive."""
    for term in ("spring.zip", "autumn.zip"):
        (tmp_path / term).write_bytes(packed([("an.py", f"# {term}"), ("bo.py", "")]))
    found = read_all([tmp_path / "spring.zip", tmp_path / "autumn.zip"])
    assert len({s.name for s in found}) == 4
    assert found[0].name == f"{tmp_path}/spring.zip/an"


def test_the_command_grades_a_class_s_archive(tmp_path, course):
    """Each student has a record; the broken zip of one needs a person, and the exit code says so."""
    right = (course / "solutions/max_pool2d_forward/correct/loops.py").read_text()
    files = [
        ("Nguyễn Ánh_11_assignsubmission_file_/hw.ipynb", notebook(right)),
        ("Bo Le_12_assignsubmission_file_/hw.zip", packed([("hw/hw.py", right)])),
        ("Cy_13_assignsubmission_file_/hw.zip", b"PK broken"),
    ]
    (tmp_path / "class.zip").write_bytes(packed(files))
    options = ["--function", "max_pool2d_forward", "--seed", "1", "--tier", "C", "--json", "records.json"]
    command = [Path(sys.executable).with_name("legrade"), "grade", "class.zip", *options]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False)
    assert result.returncode == 1, result.stderr
    records = {r["submission"]: r for r in json.loads((tmp_path / "records.json").read_text())}
    assert list(records) == ["Bo Le_12", "Cy_13", "Nguyễn Ánh_11"]
    assert [r["points"] == r["max_points"] for r in records.values()] == [True, False, True]
    assert [r["needs_person"] for r in records.values()] == [False, True, False]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class.zip", "records.json"]


def test_a_name_of_any_length_is_read_at_once():
    """No name makes the patterns slow."""
    begun = time.perf_counter()
    for part in ("_1", "_1_assignsubmission_", "a_", "_LATE_123", "_12345", "1", "_assignsubmission_file_"):
        identity(PurePath(f"a{part * (65_000 // len(part))}"))
    assert time.perf_counter() - begun < 2
