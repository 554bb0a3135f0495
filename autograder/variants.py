"""Questions that each student has of their own in an assignment: the tables `[[variants]]` of `assignment.toml`.

    [[variants]]
    family = "conv-output-size"      # see `legrade bank list`
    points = 2                       # for each question, 1 if left out
    count = 1                        # 1 if left out
    radicals = { s = 2 }             # fixed for the whole class; may be left out

They are issued as an exam's questions are (`question_bank.exam`): derived from the course key, frozen as JSON where the key lies, the
same for ever, and different for every student while there are enough.
"""

import json
import re
import string
import tomllib
from pathlib import Path
from typing import Any, Final

from autograder.assignment import VARIANTS, Assignment
from autograder.errors import SpecError
from question_bank.blueprint import Blueprint, parse_blueprint
from question_bank.errors import BlueprintError
from question_bank.issued import KeyItem

HEADER: Final = re.compile(r"^(\s*\[\[?\s*)variants(?=[\s.\]])", re.MULTILINE)
TABLE: Final = re.compile(r"^\s*\[")


def blueprint(assignment: Assignment) -> Blueprint:
    """Read and check the tables.

    Raises:
        SpecError: file, line, field, got, expected, with the nearest name.
    """
    path = assignment.folder / "assignment.toml"
    try:
        text = path.read_text(encoding="utf-8")
        return parse_blueprint(_as_exam(assignment, text).encode(), str(path))
    except (BlueprintError, OSError, ValueError) as error:
        raise SpecError(re.sub(r"\bslots\b", VARIANTS, str(error))) from None


def points(assignment: Assignment) -> float:
    """Add up what a student's own questions are worth.

    Raises:
        SpecError: a table is broken.
    """
    return float(sum(slot.points * slot.count for slot in blueprint(assignment).slots))


def folder(key: Path, assignment: str) -> Path:
    """Say where a class's questions are frozen with their answers: beside the course key, and as private as it is."""
    return key.parent / VARIANTS / assignment


def answer_names(number: int, item: KeyItem) -> tuple[str, ...]:
    """Name what the answers to a question's parts are assigned to; questions are counted from 1."""
    count = len(item.question.parts)
    letters = string.ascii_lowercase[:count] if count > 1 else [""]
    return tuple(f"answer_{number}{letter}" for letter in letters)


def _as_exam(assignment: Assignment, text: str) -> str:
    """Write the tables as the slots of an exam, each on the line on which it stands, so that errors name the right one."""
    head = [
        f"title = {json.dumps(assignment.title)}",
        f"paper = {json.dumps(f'{VARIANTS}.{assignment.name}')}",
    ]
    lines: list[str] = []
    ours = False
    for line in text.split("\n"):
        ours = bool(HEADER.match(line)) if TABLE.match(line) else ours
        lines.append(HEADER.sub(r"\1slots", line) if ours else "")
    moved = "\n".join([*head, *lines[len(head) :]])
    try:
        if tomllib.loads(moved)["slots"] == list(assignment.variants):
            return moved
    except (tomllib.TOMLDecodeError, KeyError):
        pass  # written in another way, such as `variants = [{...}]`: then the lines are not the file's
    return "\n".join([*head, f"slots = {_toml(list(assignment.variants))}"])


def _toml(value: Any) -> str:
    """Write a value that TOML gave as TOML on one line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_toml(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value) if isinstance(value, str | bool | int | float) else json.dumps(str(value))
