"""What a course says to students in words of its own: the misconceptions that its programs in `mistakes/` stand for."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import SpecError
from question_bank.misconceptions import CATALOGUE, Misconception
from question_bank.registry import unknown

FILE = "misconceptions.toml"
FIELDS = ("title", "explanation", "topic")


def misconceptions(course: Path) -> Mapping[str, Misconception]:
    """Take the catalogue, and what the course's own file adds to it or says in other words.

    Raises:
        SpecError: file, entry, field, got, expected.
    """
    path = course / FILE
    if not path.exists():
        return CATALOGUE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"{path}: {error}; expected a TOML file in UTF-8") from None
    return CATALOGUE | {name: _entry(path, name, table) for name, table in tables.items()}


def _entry(path: Path, name: str, table: object) -> Misconception:
    if not isinstance(table, dict):
        raise SpecError(f"{path}: {name}={table!r}: expected a table [{name}] with title and explanation")
    for field in table:
        if field not in FIELDS:
            raise SpecError(f"{path}: {name}: {unknown('field', field, FIELDS)}")
    for field in FIELDS[:2]:
        if not isinstance(table.get(field), str) or not table[field].strip():
            raise SpecError(f"{path}: {name}.{field}={table.get(field)!r}: expected a text for students")
    topic = table.get("topic", "")
    if not isinstance(topic, str):
        raise SpecError(f"{path}: {name}.topic={topic!r}: expected a text")
    return Misconception(name, table["title"], table["explanation"], topic)
