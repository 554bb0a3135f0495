"""A class list reads as spreadsheets write it; what would lose or mix up a student is refused, by row."""

import codecs
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.errors import RosterError
from question_bank.roster import Student, file_stem, parse_roster, read_roster

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
    "control": ("id,name\na\x00b,An", r"row 2: id holds the invisible character U\+0000"),
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
    with pytest.raises(RosterError, match=r"row 2: byte 0xe9 is not UTF-8; save the list as 'CSV UTF-8'"):
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
