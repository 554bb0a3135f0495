"""Under which name a page of feedback finds its student when a zip is uploaded: by the names under which work was handed in.

What was graded out of a download of Moodle or Canvas is called by the system, and the number in that name is its student's. How the
systems read names back stands in `question_bank.feedback_names`. Nothing is guessed from a name that no system gave.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from autograder.students import MOODLE, readable
from question_bank.feedback_names import canvas_member, moodle_member

FORMATS: Final = ("moodle", "canvas")
_CANVAS: Final = re.compile(r"(?!anon_)([^_]+)(?:_(?i:late))?_([0-9]{3,})_([0-9]{5,})_.*")


def members(
    form: str, submissions: Sequence[str], handed_in: Iterable[str], shown: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Name the pages of submissions for a course system.

    Args:
        form: one of `FORMATS`.
        submissions: as the records name them.
        handed_in: paths in the download of the system, as it was graded.
        shown: what students see a page called.

    Returns:
        The member of each submission that the system can find, and the submissions that no path names.
    """
    known = _moodle(handed_in) if form == "moodle" else _canvas(handed_in)
    write = {"moodle": _moodle_member, "canvas": _canvas_member}[form]
    names = {one: write(known[one], shown) for one in submissions if one in known}
    return names, tuple(one for one in submissions if one not in names)


@dataclass(slots=True)
class _Known:
    """What the names of a download say of a submission: whose it is, and which files there are of it."""

    name: str
    number: str
    files: set[int]


def _moodle_member(known: _Known, shown: str) -> str:
    return moodle_member(known.name, known.number, shown)


def _canvas_member(known: _Known, shown: str) -> str:
    return canvas_member(known.name, known.number, str(min(known.files)), shown)


def _moodle(paths: Iterable[str]) -> dict[str, _Known]:
    """Read Moodle's names, of folders or files, by submission."""
    parts = (readable(part) for path in paths for part in path.split("/"))
    named = [match[1] for part in parts if (match := MOODLE.fullmatch(part))]
    return {one: _Known(one.rpartition("_")[0], one.rpartition("_")[2], set()) for one in named}


def _canvas(paths: Iterable[str]) -> dict[str, _Known]:
    """Read Canvas's names, by submission."""
    found: dict[str, _Known] = {}
    for path in paths:
        if match := _CANVAS.fullmatch(readable(path.rpartition("/")[2])):
            name, user, file = match.groups()
            found.setdefault(f"{name}_{user}", _Known(name, user, set())).files.add(int(file))
    return found
