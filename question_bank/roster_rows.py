"""The rows of a table that a spreadsheet wrote, as texts."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from question_bank.errors import RosterError

MAX_BYTES: Final = 8_000_000
SURPLUS: Final = " surplus"  # no column is called so: names of columns are stripped
_DELIMITERS: Final = ",;\t"


def read_text(path: Path) -> str:
    """Read the file, refusing what is no text of a sensible size."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RosterError(f"{path}: got {size} bytes, expected a class list of at most {MAX_BYTES}")
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(
            f"{path}: cannot be read ({error.strerror}); give a CSV file with the columns id,name"
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise RosterError(
            f"{path}: row {row}: byte 0x{data[error.start]:02x} is not UTF-8; save the list as 'CSV UTF-8' and try again"
        ) from None


class Rows:
    """A table of texts: its header in small letters, and its rows that are not blank."""

    def __init__(self, text: str, name: str) -> None:
        text = text.removeprefix("\ufeff")
        first = text.split("\n", 1)[0]
        delimiter = max(_DELIMITERS, key=first.count)
        self._name = name
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            self.header = [column.strip().casefold() for column in next(self._reader, [])]
        except csv.Error as error:
            raise self._broken(error) from None

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line number, field by lower-case column) of every row that is not blank."""
        try:
            for fields in self._reader:
                if any(field.strip() for field in fields):
                    given: dict[str, str] = {}
                    for column, field in zip(self.header, fields, strict=False):
                        given.setdefault(column, field)
                    if any(field.strip() for field in fields[len(self.header) :]):
                        given[SURPLUS] = f"{len(fields)} fields, expected {len(self.header)}"
                    yield self._reader.line_num, given
        except csv.Error as error:
            raise self._broken(error) from None

    def _broken(self, error: csv.Error) -> RosterError:
        return RosterError(
            f"{self._name}: row {self._reader.line_num}: not CSV ({error}); look for an unclosed quotation mark"
        )
