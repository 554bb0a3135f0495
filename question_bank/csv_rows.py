r"""Tables that others wrote as CSV: class lists, answers, exports of course systems. One reader, as forgiving as it can be without guessing.

Read as spreadsheets and course systems write: UTF-8 with or without a byte-order mark, UTF-16 ("Unicode text"), commas, semicolons or
tabs, `sep=;` in the first line, any line ends, cells over several lines, blank rows, rows without their last empty cells. No other
encoding is guessed, because names would be mangled in silence: a row that is none of these is told, and the others are there.

>>> table = parse(decode("\ufeffid;name\r\n7;\"Án;\nLê\"\r\n8;".encode()))
>>> table.header, [(row.line, row.fields) for row in table.rows]
(('id', 'name'), [(3, ('7', 'Án;\nLê')), (4, ('8', ''))])
"""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 50_000
"""Canvas has a pair of columns for each item that anybody was asked."""
MAX_CELLS: Final = 10_000_000

_DELIMITERS: Final = ",;\t"
_SAID: Final = re.compile(r"sep=([,;\t])(?:\r\n|\r|\n|\Z)")
_UNREADABLE: Final = re.compile("[\ud800-\udfff\0]")
_BYTES: Final = range(0xDC80, 0xDD00)
"""What `surrogateescape` makes of bytes that are not UTF-8."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank.

    Attributes:
        line: its last line in the file; lines count from 1.
        fields: as many as the header has: empty ones where cells are missing at the end.
        cells: how many cells there were.
        surplus: whether something stands beyond the last column, as where a separator is not in quotation marks.
        fault: why it cannot be used; empty where it can.
    """

    line: int
    fields: tuple[str, ...]
    cells: int
    surplus: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts: its header without blanks around the names, its rows, and the reason where it breaks off (line, why)."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    broken: tuple[int, str] | None = None


def decode(data: bytes) -> str:
    """Return the text of a file; bytes that are none stay in it as half characters, which `parse` tells by their row."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf_16(data, "utf-16")
    if len(data) > 1 and 0 in data[:2] and data[:2] != b"\0\0":  # ASCII, without a mark
        return _utf_16(data, "utf-16-le" if data[1] == 0 else "utf-16-be")
    return data.decode("utf-8-sig", "surrogateescape")


def _utf_16(data: bytes, encoding: str) -> str:
    return data[: len(data) // 2 * 2].decode(encoding, "surrogatepass")


def parse(text: str) -> Table:
    """Read a table: the rows up to where it breaks off, each with its fault."""
    text = text.removeprefix("\ufeff")
    said = _SAID.match(text)
    stream = io.StringIO(text[said.end() :] if said else text, newline="")
    delimiter = said[1] if said else _delimiter(text)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    above = 1 if said else 0
    rows: list[Row] = []
    header: tuple[str, ...] = ()
    try:
        header = tuple(column.strip() for column in next(reader, []))
        if fault := _fault(header) or _too_wide(header):
            return Table((), (), (reader.line_num + above, fault))
        cells = 0
        for fields in reader:
            cells += len(fields)
            if len(rows) >= MAX_ROWS or cells > MAX_CELLS:
                reason = f"more than {MAX_ROWS} rows or {MAX_CELLS} cells; expected the table of a class"
                return Table(header, tuple(rows), (reader.line_num + above, reason))
            if any(field.strip() for field in fields):
                rows.append(_row(reader.line_num + above, fields, len(header)))
    except csv.Error as error:
        reason = f"not CSV ({error}); look for an unclosed quotation mark"
        return Table(header, tuple(rows), (reader.line_num + above, reason))
    return Table(header, tuple(rows))


def _row(line: int, fields: Sequence[str], width: int) -> Row:
    whole = (*fields[:width], *("",) * (width - len(fields)))
    return Row(line, whole, len(fields), any(map(str.strip, fields[width:])), _fault(fields))


def _fault(fields: Sequence[str]) -> str:
    """Say what of some cells is no text; empty where all are."""
    found = next(filter(None, map(_UNREADABLE.search, fields)), None)
    if found is None:
        return ""
    number = ord(found[0])
    if number == 0:
        return "holds the character U+0000, which is no text; save the table as 'CSV UTF-8'"
    what = f"byte 0x{number - 0xDC00:02x} is" if number in _BYTES else "half a character is"
    return f"{what} not UTF-8; save the table as 'CSV UTF-8'"


def _too_wide(header: Sequence[str]) -> str:
    return f"got {len(header)} columns, expected at most {MAX_COLUMNS}" if len(header) > MAX_COLUMNS else ""


def _delimiter(text: str) -> str:
    """Return what stands most often between the cells of the header, outside of quotation marks; a comma where nothing does."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for character in text:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n":
            break
        elif not quoted and character in counts:
            counts[character] += 1
    return max(_DELIMITERS, key=counts.__getitem__)
