"""One reader of CSV: what spreadsheets write is read as it was meant, and what is no text is told by its row, whoever asks."""

import codecs
import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from question_bank import csv_rows
from question_bank.csv_rows import Table, decode, parse
from question_bank.errors import ResponseError, RosterError
from question_bank.responses_course import parse_rows
from question_bank.responses_table import parse_table
from question_bank.roster import parse_roster, read_roster

CELLS = st.text(st.sampled_from("ab1 ,;\t\"\n\r'=\u00e9\u1ec7\U0001f642\ufffd-"), max_size=6)
ENCODINGS = {
    "plain": lambda text: text.encode(),
    "mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "no mark": lambda text: text.encode("utf-16-le"),
}


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5),
    st.sampled_from(csv_rows._DELIMITERS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(list(ENCODINGS)),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_what_a_spreadsheet_writes_is_read_back(rows, delimiter, ending, encoding, said):
    """Every encoding, separator and line end; separators, quotation marks and line ends within cells."""
    stream = io.StringIO(newline="")
    stream.write(f"sep={delimiter}{ending}" if said else "")
    header = ["id", "a, b; c", "d"]
    # Python's writer puts only the line end that it writes itself into quotation marks.
    several = any(set("\r\n") & set(cell) for row in rows for cell in row)
    quoting = csv.QUOTE_ALL if several else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows([header, *rows])
    table = parse(decode(ENCODINGS[encoding](stream.getvalue())))
    assert table.header == tuple(header)
    assert table.broken is None
    wanted = [tuple(row) for row in rows if any(map(str.strip, row))]
    assert [(row.fields, row.cells, row.surplus, row.fault) for row in table.rows] == [
        (row, 3, False, "") for row in wanted
    ]
    lines = [row.line for row in table.rows]
    assert lines == sorted(set(lines))


def test_a_row_may_lack_its_last_cells_and_not_have_more():
    """A spreadsheet leaves out empty cells at the end; what stands beyond the last column belongs to another."""
    short, blank, more = parse("a,b\n1\n1,2,,\n1,2,3\n").rows
    assert (short.fields, short.cells, short.surplus) == (("1", ""), 1, False)
    assert (blank.fields, blank.cells, blank.surplus) == (("1", "2"), 4, False)
    assert (more.fields, more.cells, more.surplus) == (("1", "2"), 3, True)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"a,b\n\n1,\xe9\n", "byte 0xe9 is not UTF-8; save the table as 'CSV UTF-8'"),
        (b"a,b\n\n1,\xed\xa0\x80\n", "byte 0xed is not UTF-8; save the table as 'CSV UTF-8'"),
        ("a,b\n\n1,\ud800\n".encode("utf-16", "surrogatepass"), "half a character is not UTF-8; save"),
        (b"a,b\n\n1,2\x00\n", "holds the character U+0000, which is no text; save the table as 'CSV UTF-8'"),
        (b"a,b\n\n1,2,\xff\n", "byte 0xff is not UTF-8; save the table as 'CSV UTF-8'"),
    ],
    ids=["latin-1", "encoded half", "half", "zero", "beyond the last column"],
)
def test_what_is_no_text_is_told_by_its_row(data, fault):
    """The row, the byte, what to do; a replacement character that stands in the file itself is text."""
    table = parse(decode(data))
    assert [(row.line, row.fault[: len(fault)]) for row in table.rows] == [(3, fault)]
    assert parse(decode("a\n\ufffd\n".encode())).rows[0].fault == ""


@pytest.mark.parametrize(
    ("name", "most", "text", "broken"),
    [
        (
            "MAX_ROWS",
            2,
            "a\n1\n2\n3\n",
            (4, "more than 2 rows or 10000000 cells; expected the table of a class"),
        ),
        (
            "MAX_CELLS",
            2,
            "a\n1\n2\n,,\n",
            (4, "more than 200000 rows or 2 cells; expected the table of a class"),
        ),
        ("MAX_COLUMNS", 2, "a,b,c\n", (1, "got 3 columns, expected at most 2")),
        (
            "MAX_ROWS",
            9,
            'a\n1\n2\n"3',
            (4, "not CSV (unexpected end of data); look for an unclosed quotation mark"),
        ),
        (
            "MAX_ROWS",
            9,
            "a\n1\n2\n" + "x" * 140_000,
            (4, "not CSV (field larger than field limit (131072)); look"),
        ),
        ("MAX_ROWS", 9, "a\0,b\n", (1, "holds the character U+0000, which is no text; save the table as")),
    ],
    ids=["rows", "cells", "columns", "quote", "cell", "header"],
)
def test_a_table_breaks_off_where_it_is_too_large_or_no_csv(monkeypatch, name, most, text, broken):
    """The line and the reason; the rows before it are there."""
    monkeypatch.setattr(csv_rows, name, most)
    table = parse(text)
    assert table.broken is not None
    assert (table.broken[0], table.broken[1][: len(broken[1])]) == broken
    assert [row.fields for row in table.rows] == ([("1",), ("2",)] if broken[0] == 4 else [])


@given(
    st.binary(max_size=80) | st.text(st.sampled_from('a,;"\n\r\t\0\u00e9= sep'), max_size=60).map(str.encode)
)
@example(b"\xff\xfe\x00\xd8")
@example(b"\xfe\xff\xd8")
@example(b"\x00a\xdc\x00")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_table(data):
    """Nothing raises here, and everyone who reads a table has no other error than its own; a row without a fault is text."""
    table = parse(decode(data))
    assert isinstance(table, Table)
    for row in table.rows:
        assert len(row.fields) == len(table.header)
        if not row.fault:
            "".join(row.fields).encode()
    for reads, error in (
        (lambda: parse_roster(decode(data)), RosterError),
        (lambda: parse_table(data, "t.csv", {}), ResponseError),
        (lambda: parse_rows(data), ResponseError),
    ):
        try:
            reads()
        except error as problem:
            str(problem).encode()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_whoever_reads_a_table_reads_it_in_the_same_way(tmp_path, encoding):
    """A class list, answers, an export: what one takes the others take, and the row of a fault is the same."""
    text = 'sep=;\r\nid;name\r\n\r\n1;"\u00c1n; L\u00ea"\r\n2;\u1ec6\r\n'
    data = ENCODINGS[encoding](text)
    path = tmp_path / "class.csv"
    path.write_bytes(data)
    assert [student.name for student in read_roster(path)] == ["\u00c1n; L\u00ea", "\u1ec6"]
    assert parse_rows(data).rows == ((4, ("1", "\u00c1n; L\u00ea")), (5, ("2", "\u1ec6")))
    _, problems = parse_table(data, "t.csv", {})
    assert [problem.reason.partition(":")[0] for problem in problems] == ["row 4", "row 5"]
