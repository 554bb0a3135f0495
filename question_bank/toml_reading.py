"""Fields of a TOML file, checked one by one: what is wrong is told with file, line, field, what was got and what was expected."""

import difflib
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from question_bank.errors import BlueprintError
from question_bank.toml_lines import FieldPath, line_at, lines_of
from question_bank.values import Rational, simplest

MAX_BYTES: Final = 1_000_000
MAX_TITLE: Final = 200
MAX_POINTS: Final = 1000
_SMALLEST: Final = Decimal("0.0001")
_SHOWN: Final = 60
_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class TomlReader:
    """A file's table, and the line of each of its fields."""

    file: str
    table: Mapping[str, Any]
    lines: Mapping[FieldPath, int] = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes, file: str) -> "TomlReader":
        """Read the bytes of a file.

        Raises:
            BlueprintError: it is not UTF-8, or not TOML; the message has the line.
        """
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
            return cls(file, tomllib.loads(text, parse_float=Decimal), lines_of(text))
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise BlueprintError(
                f"{file}: line {line}: byte 0x{data[error.start]:02x} is not UTF-8; save it as UTF-8"
            ) from None
        except (
            ValueError,
            RecursionError,
        ) as error:  # tomllib's error has the line; a number can be too long to read
            raise BlueprintError(f"{file}: not TOML: {str(error) or 'too deep'}") from None

    def error(self, path: FieldPath, got: str, expected: str) -> BlueprintError:
        """Make the error for a field that has something else than is expected."""
        return self.fault(path, f"got {got}, expected {expected}")

    def fault(self, path: FieldPath, problem: str) -> BlueprintError:
        """Make the error for a field."""
        line = line_at(self.lines, path)
        place = f"line {line}: " if line else ""
        return BlueprintError(f"{self.file}: {place}{dotted(path)}: {problem}")

    def known(self, table: Mapping[str, Any], path: FieldPath, fields: Collection[str]) -> None:
        """Refuse a field that there is not, with the nearest that there is."""
        for name in table:
            if name not in fields:
                near = difflib.get_close_matches(name, fields, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise self.error(
                    (*path, name), "a field that there is not", f"one of {', '.join(fields)}{hint}"
                )

    def tables(self, table: Mapping[str, Any], path: FieldPath, name: str) -> list[Mapping[str, Any]]:
        """Return an array of tables; empty where there is none."""
        value = table.get(name, [])
        where = (*path, name)
        if not isinstance(value, list):
            raise self.error(where, short(value), f"tables [[{header(where)}]]")
        for number, each in enumerate(value):
            if not isinstance(each, dict):
                raise self.error((*where, number), short(each), f"a table [[{header(where)}]]")
        return value

    def text(self, table: Mapping[str, Any], path: FieldPath, name: str) -> str:
        """Return a text on one line, without blanks at its ends."""
        value = table.get(name)
        if (
            not isinstance(value, str)
            or not value.strip()
            or len(value) > MAX_TITLE
            or not value.isprintable()
        ):
            raise self.error(
                (*path, name), short(value), f"a text of 1 to {MAX_TITLE} characters on one line"
            )
        return value.strip()

    def one_of(
        self, table: Mapping[str, Any], path: FieldPath, name: str, known: Sequence[str], default: str
    ) -> str:
        """Return one of some words."""
        value = table.get(name, default)
        if value not in known:
            raise self.error((*path, name), short(value), f"one of {', '.join(known)}{_near(value, known)}")
        return str(value)

    def some_of(
        self, table: Mapping[str, Any], path: FieldPath, name: str, known: Sequence[str]
    ) -> tuple[str, ...] | None:
        """Return a list of some words, in the order of `known`; None where it is left out."""
        if name not in table:
            return None
        values = table[name]
        if not isinstance(values, list):
            raise self.error((*path, name), short(values), f"a list of some of {', '.join(known)}")
        for value in values:
            if value not in known:
                raise self.error(
                    (*path, name), short(value), f"some of {', '.join(known)}{_near(value, known)}"
                )
        return tuple(word for word in known if word in values)

    def names(self, table: Mapping[str, Any], path: FieldPath, name: str, expected: str) -> tuple[str, ...]:
        """Return a text, or a list of different ones."""
        value = table.get(name)
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(each, str) for each in values):
            raise self.error((*path, name), short(value), expected)
        if len(set(values)) < len(values):
            raise self.error((*path, name), short(value), "every name once")
        return tuple(values)

    def whole(
        self, table: Mapping[str, Any], path: FieldPath, name: str, span: range, default: int | None = None
    ) -> int:
        """Return a whole number of a range."""
        value = table.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value not in span:
            raise self.error((*path, name), short(value), f"a whole number from {span[0]} to {span[-1]}")
        return value

    def flag(self, table: Mapping[str, Any], path: FieldPath, name: str) -> bool:
        """Return a switch, off where it is left out."""
        value = table.get(name, False)
        if not isinstance(value, bool):
            raise self.error((*path, name), short(value), "true or false")
        return value

    def points(self, table: Mapping[str, Any], path: FieldPath) -> Rational:
        """Return the exact number `points`, 1 where it is left out."""
        value = table.get("points", 1)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            if number.is_finite() and 0 < number <= MAX_POINTS and number == number.quantize(_SMALLEST):
                return simplest(Fraction(number))  # never before the test: 1e-999999999 would fill the memory
        raise self.error(
            (*path, "points"),
            short(value),
            f"a number above 0 and up to {MAX_POINTS}, at most 4 decimals",
        )


def read_bytes(path: Path, what: str, next_step: str) -> bytes:
    """Return the bytes of a file of at most a million.

    Raises:
        BlueprintError: it cannot be read, or is larger.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BlueprintError(f"{path}: cannot be read ({error.strerror}); {next_step}") from None
    if len(data) > MAX_BYTES:
        raise BlueprintError(f"{path}: more than {MAX_BYTES} bytes, expected {what}")
    return data


def dotted(path: FieldPath) -> str:
    """Write the place of a field.

    >>> dotted(("slots", 0, "radicals", "s"))
    'slots[0].radicals.s'
    """
    return "".join(f"[{piece}]" if isinstance(piece, int) else f".{piece}" for piece in path).lstrip(".")


def header(path: FieldPath) -> str:
    """Write the header of an array of tables.

    >>> header(("sections", 0, "slots"))
    'sections.slots'
    """
    return ".".join(piece for piece in path if isinstance(piece, str))


def short(value: Any) -> str:
    """Write what was got, cut where it is long."""
    if value is None:
        return "nothing"
    shown = str(value) if isinstance(value, Decimal) else repr(value)
    return shown if len(shown) <= MAX_TITLE else f"{shown[:_SHOWN]}..."


def _near(value: Any, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(value, known, n=1) if isinstance(value, str) else []
    return f"; did you mean {near[0]}?" if near else ""
