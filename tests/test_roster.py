"""A class list reads as spreadsheets write it; what would lose or mix up a student is refused, by row."""

import codecs
import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.errors import RosterError
from question_bank.roster import Student, file_stem, parse_class, parse_roster, read_roster, seated

AN_BINH = (Student("1", "Nguyễn Văn Án", "an@example.org"), Student("2", "Bình 🙂", ""))


@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8], ids=["plain", "bom"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_reads_what_spreadsheets_write(tmp_path, bom, newline, delimiter):
    """Byte-order mark, line ends, delimiter, column order, blank rows and further columns change nothing."""
    rows = [
        ["Name", " ID ", "group", "E-Mail", "email"],
        ["Nguyễn Văn Án", "1", "A", "", "an@example.org"],
        [""] * 5,
        ["Bình 🙂 ", "2", "", "", ""],
    ]
    path = tmp_path / "class.csv"
    path.write_bytes(bom + newline.join(delimiter.join(row) for row in rows).encode())
    assert read_roster(path) == AN_BINH


def test_decomposed_letters_are_the_same_letters():
    """A name typed on a Mac (decomposed) equals the one typed on Windows (composed)."""
    assert parse_roster("id,name\n1,Nguye\u0302\u0303n\n")[0].name == "Nguy\u1ec5n"


BROKEN = {
    "empty": ("", r"row 1: got the columns 'nothing', expected one 'id'"),
    "no id": ("name\nAn", r"row 1: got the columns 'name', expected one 'id'"),
    "two names": ("id,name,name\n1,a,b", r"expected one 'name' among them, as in id,name,email"),
    "no student": ("id,name\n\n", r"got a header and no student"),
    "empty id": ("id,name\n1,An\n ,Bình", r"row 3: the id is empty"),
    "empty name": ("id,name\n1,", r"row 2: the name of '1' is empty"),
    "separator in a name": (
        "id,name\n1,An, Dr.",
        r"row 2: got 3 fields, expected 2: write \"\" around a name",
    ),
    "twice": ("id,name\nb1,An\nB1,Bình", r"row 3: id 'B1' is already on row 2"),
    "full width": ("id,name\n1,An\n\uff11,Bình", r"row 3: id '\uff11' is already on row 2"),
    "control": ("id,name\na\x01b,An", r"row 2: id holds the invisible character U\+0001"),
    "zero": ("id,name\na\x00b,An", r"row 2: holds the character U\+0000, which is no text"),
    "bidi": ("id,name\na\u202eb,An", r"row 2: id holds the invisible character U\+202E"),
    "long": ("id,name\n" + "9" * 201 + ",An", r"row 2: id has 201 characters, expected at most 200"),
    "quote": ('id,name\n1,"An', r"row \d: not CSV .*unclosed quotation mark"),
    "huge field": ("id,name\n1," + "9" * 200_000, r"row 2: not CSV"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_list_says_which_row(text, message):
    """Each fault is named with its row, what was got and what was expected."""
    with pytest.raises(RosterError, match=message):
        parse_roster(text)


def test_every_wrong_row_is_named_up_to_twelve():
    """One reading lists all faults, so a list is mended in one go."""
    with pytest.raises(RosterError) as caught:
        parse_roster("id,name\n" + ",An\n" * 20)
    lines = str(caught.value).splitlines()
    assert [re.search(r"row \d+", line) is not None for line in lines] == [True] * 12 + [False]
    assert lines[-1] == "roster: and 8 more rows"


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    """Missing, Latin-1 and oversized files are errors that say what to do."""
    with pytest.raises(RosterError, match=r"nowhere\.csv: cannot be read .*give a CSV file"):
        read_roster(tmp_path / "nowhere.csv")
    latin = tmp_path / "latin.csv"
    latin.write_bytes("id,name\n1,Zoé".encode("latin-1"))
    with pytest.raises(RosterError, match=r"row 2: byte 0xe9 is not UTF-8; save the table as 'CSV UTF-8'"):
        read_roster(latin)
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as stream:
        stream.truncate(8_000_001)
    with pytest.raises(RosterError, match="got 8000001 bytes, expected a class list of at most 8000000"):
        read_roster(huge)


@given(st.text(max_size=60))
def test_any_text_is_a_roster_or_a_roster_error(text):
    """No text makes the reader fail in another way."""
    try:
        students = parse_roster("id,name\n" + text)
    except RosterError:
        return
    assert len({file_stem(s.id).casefold() for s in students}) == len(students)


@given(st.text(min_size=1, max_size=300))
def test_a_file_stem_is_safe_everywhere(student_id):
    """Never a path, never hidden, never a device, short, ASCII, and the same each time."""
    stem = file_stem(student_id)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._~-]*", stem)
    assert not stem.endswith(".")
    assert len(stem) <= 64
    assert Path(stem).name == stem
    assert stem == file_stem(student_id)


@pytest.mark.parametrize(
    "student_id", ["..", "a/b", r"a\b", "con", "NUL.txt", ".hidden", "x.", "Án", "🙂", "a b", "a:b", "-rf"]
)
def test_hostile_ids_get_a_digest(student_id):
    """An id that no file system should see stands as letters and a digest, different for every id."""
    assert re.fullmatch(r"[A-Za-z0-9_]+~[0-9a-f]{8}", file_stem(student_id))
    assert file_stem(student_id) != file_stem(student_id + "!")


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (87568490),Final Score\n"
    ",,,,,Manual Posting,\n"
    "    Points Possible,,,,,10,(read only)\n"
    '"Nguyễn, Án",1001,B21-1,an@example.org,"CS 1, CS 2",7,70\n'
    '"Trần, Bình",1002,,binh@example.org,CS 1,,0\n'
    '"Student, Test",1003,abc,abc,CS 1,,0\n'
)
MOODLE = (
    "\ufeffFirst name,Last name,ID number,Email address,Roles,Groups,Last access to course,Status\n"
    'Án,Nguyễn Văn,B21-1,an@example.org,Student,"A, B",2 hours,Active\n'
    "Bình,Trần,B21-2,binh@example.org,Student,No groups,Never,Active\n"
    "Minh,Lê,,minh@example.org,Teacher,No groups,now,Active\n"
)
EXPORTS = {
    "canvas gradebook": (CANVAS, "a Canvas gradebook", ["1001", "1002"], ["Nguyễn, Án", "Trần, Bình"], 3),
    "canvas users": (
        "user_id,login_id,first_name,last_name,email,status\n7,an,Án,Nguyễn,an@example.org,active\n8,b,Bình,Trần,,active\n",
        "Canvas users",
        ["7", "8"],
        ["Án Nguyễn", "Bình Trần"],
        0,
    ),
    "moodle": (MOODLE, "Moodle participants", ["B21-1", "B21-2"], ["Án Nguyễn Văn", "Bình Trần"], 1),
    "moodle without numbers": (
        "First name;Surname;Email address\nÁn;Nguyễn;an@example.org\nBình;;b@example.org\n",
        "Moodle participants",
        ["an@example.org", "b@example.org"],
        ["Án Nguyễn", "Bình"],
        0,
    ),
    "moodle worksheet": (
        "Identifier,Full name,ID number,Email address,Status,Grade\nParticipant 4,Án Nguyễn,B1,a@x,,\nParticipant 5,Bình,B2,,,\n",
        "a Moodle grading worksheet",
        ["B1", "B2"],
        ["Án Nguyễn", "Bình"],
        0,
    ),
    "nbgrader": (
        "id,last_name,first_name,email,lms_user_id\nan,Nguyễn,Án,an@example.org,\nbinh,,Bình,,\n",
        "nbgrader",
        ["an", "binh"],
        ["Án Nguyễn", "Bình"],
        0,
    ),
}


@pytest.mark.parametrize(("text", "source", "ids", "names", "left_out"), EXPORTS.values(), ids=EXPORTS)
def test_exports_of_course_systems_are_read_as_they_are(text, source, ids, names, left_out):
    """Ids, names and groups; rows of points, test students and teachers are no students, and said to be left out."""
    found = parse_class(text)
    assert (found.columns.source.name, found.problems, len(found.skipped)) == (source, (), left_out)
    assert [student.id for student in found.students] == ids
    assert [student.name for student in found.students] == names
    assert parse_roster(text) == found.students


def test_another_column_may_be_the_id():
    """As where students know their number at the university, and not the one of the course system."""
    found = parse_class(CANVAS.replace('Bình",1002,,', 'Bình",1002,B21-2,'), id_column="SIS User ID")
    assert [student.id for student in found.students] == ["B21-1", "B21-2"]
    assert found.students[0].section == "CS 1, CS 2"
    assert parse_class(CANVAS, id_column="sis user id").problems == (
        "row 5: the id is empty (column 'sis user id'): expected what the course knows the student by",
    )
    with pytest.raises(
        RosterError, match=r"row 1: got no column 'SIS' for the id, expected one of student, id, sis user id"
    ):
        parse_class(CANVAS, id_column="SIS")


def test_what_a_student_needs_is_read():
    """Group, language, extra time, large print and seat, in any order, with or without a sign."""
    text = "seat,id,row,large print,extra_time,name,section,language\n3,1,b,yes,25 %,An,CS 1,VI\n,2,,,,Bình,,\n4,3,B,x,+50,Cúc,,en\n"
    assert parse_roster(text) == (
        Student("1", "An", "", "vi", "CS 1", 25, True, "b", "3"),
        Student("2", "Bình"),
        Student("3", "Cúc", "", "en", "", 50, True, "B", "4"),
    )


NEEDS = {
    "extra time": (
        "id,name,extra_time\n1,An,1.5\n",
        r"row 2: got the extra time '1\.5', expected per cent from 0 to 300, as in 25",
    ),
    "much extra time": ("id,name,extra_time\n1,An,301\n", r"row 2: got the extra time '301'"),
    "large print": (
        "id,name,large_print\n1,An,18pt\n",
        r"row 2: got large print '18pt', expected yes, no or nothing",
    ),
    "half a seat": (
        "id,name,row,seat\n1,An,2,\n",
        r"row 2: got row '2' and seat '', expected both, each a number or a letter",
    ),
    "no seat": ("id,name,row,seat\n1,An,front,1\n", r"row 2: got row 'front' and seat '1'"),
    "seat twice": (
        "id,name,row,seat\n1,An,B,1\n2,Bình,2,1\n",
        r"row 3: row 2, seat 1 is taken already, on row 2 of the list",
    ),
    "moodle without an id": (
        "First name,Last name\nAn,B\n",
        r"row 1: got Moodle participants without id number or username or",
    ),
    "canvas users without a name": (
        "user_id,login_id\n1,a\n",
        r"got Canvas users without full_name or first_name\+last_name",
    ),
    "moodle id empty": (
        MOODLE.replace("Teacher", "Student"),
        r"row 4: the id is empty \(column 'id number'\): expected what",
    ),
    "column twice": (
        "id,name,email,email\n1,An,a,b\n",
        r"row 1: got the columns 'id,name,email,email', expected one 'email'",
    ),
}


@pytest.mark.parametrize(("text", "message"), NEEDS.values(), ids=NEEDS)
def test_a_wrong_need_or_export_says_which_row(text, message):
    """Nobody loses time, print or a seat by a slip of the pen."""
    with pytest.raises(RosterError, match=message):
        parse_roster(text)


def test_a_seating_list_is_laid_over_the_class_list(tmp_path):
    """By id; a student or a seat that is not there, or is there twice, is told by row."""
    class_ = parse_roster("id,name\n1,An\n2,Bình\n")
    path = tmp_path / "rows.csv"
    path.write_text("row;seat;id\nA;3;2\n", encoding="utf-8")
    assert [(student.row, student.seat) for student in seated(class_, path)] == [("", ""), ("A", "3")]
    path.write_text("id,row,seat\n9,1,1\n1,1,x9\n2,1,1\n2,1,2\n1,1,1\n", encoding="utf-8")
    with pytest.raises(RosterError) as caught:
        seated(class_, path)
    told = str(caught.value).splitlines()
    assert [line.partition("rows.csv: ")[2] for line in told] == [
        "row 2: student '9' is not in the class list",
        "row 3: got row '1' and seat 'x9', expected both, each a number or a letter",
        "row 5: id '2' is already on row 4: expected ids that differ in more than case or width",
        "row 6: row 1, seat 1 is taken already, on row 4 of the list",
    ]
    path.write_text("id,row\n", encoding="utf-8")
    with pytest.raises(RosterError, match=r"rows\.csv: row 1: got no column 'seat', expected id,row,seat"):
        seated(class_, path)


HEADS = st.sampled_from(
    [
        *(
            "id",
            "name",
            "Student",
            "ID number",
            "First name",
            "Last name",
            "Surname",
            "Email address",
            "Roles",
            "Groups",
        ),
        *(
            "user_id",
            "login_id",
            "first_name",
            "last_name",
            "Identifier",
            "Full name",
            "Section",
            "row",
            "seat",
            "language",
        ),
        *("extra_time", "large_print", "", "ID", "id"),
    ]
)
CELLS = st.one_of(
    st.sampled_from(["1", "", "yes", "vi", "Student", "=1+1", "a\nb", '"', "25%", "B"]), st.text(max_size=5)
)


@given(
    st.lists(HEADS, max_size=9), st.lists(st.lists(CELLS, max_size=10), max_size=5), st.sampled_from(",;\t")
)
def test_any_table_is_a_class_list_or_a_roster_error(heads, rows, delimiter):
    """Whatever columns and cells: nobody is there twice, on a seat twice, or without a name."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([heads, *rows])
    try:
        found = parse_class(stream.getvalue())
    except RosterError:
        return
    ids = [student.id for student in found.students]
    assert len(set(ids)) == len(ids)
    seats = [(student.row, student.seat) for student in found.students if student.seat]
    assert len(set(seats)) == len(seats)
    assert all(student.id and student.name and 0 <= student.extra_time <= 300 for student in found.students)
    assert len(found.students) + len(found.problems) + len(found.skipped) <= len(rows)


def test_a_class_list_is_checked_before_anything_is_built(tmp_path):
    """What is understood on stdout, every problem on stderr, and exit code 1 where there is one."""

    def check(text, *options):
        (tmp_path / "class.csv").write_text(text, encoding="utf-8")
        return subprocess.run(
            [Path(sys.executable).with_name("legrade"), "roster", "check", "class.csv", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    good = check(CANVAS)
    assert (good.returncode, good.stderr) == (0, "")
    for line in (
        "2 students; a Canvas gradebook list",
        "id: id",
        "name: student",
        "sections: CS 1 (1), CS 1, CS 2 (1)",
        "languages: as the exam (2)",
        "not used: sis user id, sis login id, quiz 1 (87568490), final score",
        "left out: row 3: the points of the columns, no student",
        "left out: row 6: Canvas's test student",
    ):
        assert line in good.stdout.splitlines()
    bad = check("id,name,extra_time,large_print,row,seat\n1,An,20,x,1,1\n,Bình,,,,\n3,Cúc,,,1,1\n")
    assert bad.returncode == 1
    assert bad.stderr.splitlines() == [
        "problem: row 3: the id is empty: expected what the course knows the student by",
        "problem: row 4: row 1, seat 1 is taken already, on row 2 of the list",
    ]
    assert "extra time: 20 % (1)\nlarge print: 1\nseats: 1 of 1\n" in bad.stdout
    empty = check("id,name\n")
    assert (empty.returncode, empty.stderr) == (
        1,
        "problem: class.csv: got a header and no student: expected one row per student under it\n",
    )
    assert "got the columns 'a', expected one 'id'" in check("a\n").stderr
