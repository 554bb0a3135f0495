"""The rows of a class list, or of another table by whose rows students are told apart: what is wrong anywhere stops the reading."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from question_bank import csv_rows
from question_bank.errors import RosterError

MAX_BYTES: Final = 8_000_000
SURPLUS: Final = " surplus"  # no column is called so: names of columns are stripped


def read_text(path: Path) -> str:
    """Read the file, refusing what is larger than any class; what is no text in it is told by `Rows`."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RosterError(f"{path}: got {size} bytes, expected a class list of at most {MAX_BYTES}")
        return csv_rows.decode(path.read_bytes())
    except OSError as error:
        raise RosterError(
            f"{path}: cannot be read ({error.strerror}); give a CSV file with the columns id,name"
        ) from None


class Rows:
    """A table of texts: its header in small letters, and its rows that are not blank.

    Raises:
        RosterError: the header is no text, or no CSV.
    """

    def __init__(self, text: str, name: str) -> None:
        self._table = csv_rows.parse(text)
        self._name = name
        self.header = [column.casefold() for column in self._table.header]
        if not self.header and self._table.broken:
            raise self._wrong(*self._table.broken)

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line number, field by lower-case column) of every row that is not blank."""
        for row in self._table.rows:
            if row.fault:
                raise self._wrong(row.line, row.fault)
            given: dict[str, str] = {}
            for column, field in zip(self.header, row.fields, strict=True):
                given.setdefault(column, field)
            if row.surplus:
                given[SURPLUS] = f"{row.cells} fields, expected {len(self.header)}"
            yield row.line, given
        if self._table.broken:
            raise self._wrong(*self._table.broken)

    def _wrong(self, row: int, reason: str) -> RosterError:
        return RosterError(f"{self._name}: row {row}: {reason}")
