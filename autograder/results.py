"""Grades as JSON: deterministic but for the seconds, for the instructor's eyes."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from autograder.model import Grade


def to_json(grades: Iterable[Grade]) -> str:
    """Write a list with one object for each submission.

    Each has `submission`, `points` (null when an error of ours is to be looked at), `max_points`, `needs_person`,
    `round`, `suite` (digest), `versions`, `tier`, `notes`, `output`, and `tests`, each with `function`, `test`,
    `description`, `points`, `max_points`, `outcome`, `reason`, `diagnosis` (a misconception's id or null), `seconds`,
    `shapes` and `detail`. `detail` and `output` are for the instructor only.
    """
    return json.dumps([asdict(grade) for grade in grades], indent=1, ensure_ascii=False) + "\n"
