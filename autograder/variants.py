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
from pathlib import Path
from typing import Any, Final

from autograder.assignment import VARIANTS, Assignment
from autograder.errors import SpecError
from question_bank.blueprint import Blueprint, parse_blueprint
from question_bank.errors import BlueprintError

FIELDS: Final = ("family", "count", "points", "radicals")


def blueprint(assignment: Assignment) -> Blueprint:
    """Read and check the tables.

    Raises:
        SpecError: file, field, got, expected, with the nearest name.
    """
    path = assignment.folder / "assignment.toml"
    lines = [f"title = {_toml(assignment.title)}", f"paper = {_toml(f'{VARIANTS}.{assignment.name}')}"]
    for number, table in enumerate(assignment.variants):
        for field in table:
            if field not in FIELDS:
                raise SpecError(f"{path}: {VARIANTS}[{number}].{field}: expected one of {', '.join(FIELDS)}")
        lines += ["[[slots]]", *(f"{field} = {_toml(value)}" for field, value in table.items())]
    try:
        return parse_blueprint("\n".join(lines).encode(), str(path))
    except BlueprintError as error:
        raise SpecError(str(error).replace("slots[", f"{VARIANTS}[")) from None


def points(assignment: Assignment) -> float:
    """Add up what a student's own questions are worth.

    Raises:
        SpecError: a table is broken.
    """
    return float(sum(slot.points * slot.count for slot in blueprint(assignment).slots))


def folder(key: Path, assignment: str) -> Path:
    """Say where a class's questions are frozen with their answers: beside the course key, and as private as it is."""
    return key.parent / VARIANTS / assignment


def _toml(value: Any) -> str:
    """Write a value that TOML gave as TOML on one line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_toml(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return (
        json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool | int | float) else str(value)
    )
