"""What a killed `nbgrader autograde` left behind is graded again.

nbgrader makes a student's folder in `autograded/` before it grades, and skips, the next time, whoever has one: a submission that
was being graded when the machine went down would never be graded. Source: nbgrader 0.9.6, BaseConverter.init_destination.
"""

import fcntl
import json
import os
import re
import shutil
import weakref
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.course import assignment_names
from autograder.nbgrader_course import read_settings

RECORDS = "records"
"""Folder of the instructor's full records, one for each submission; private, never fed back."""
MARK = "legrade"
"""Key of the notebook's metadata that grading writes last."""


def forget_unfinished(converter: Any, holder: object) -> None:
    """Remove the folders of `autograded/` whose grading did not end, unless another process is at it.

    Args:
        converter: nbgrader's, before it looks at any folder.
        holder: as long as it lives, no other process does the same for this assignment.
    """
    root = Path(converter.coursedir.root)
    assignment = converter.coursedir.assignment_id
    if assignment not in assignment_names(read_settings(root).course) or not _alone(root, assignment, holder):
        return
    with Gradebook(converter.coursedir.db_url) as gradebook:
        try:
            known = {notebook.name for notebook in gradebook.find_assignment(assignment).notebooks}
        except MissingEntry:
            return  # nothing was released, as nbgrader will say itself
    pattern = converter._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)  # noqa: SLF001 -- there is no public way
    for source, notebooks in converter.assignments.items():
        if names := re.match(pattern, source):
            graded = Path(converter._format_dest(names["assignment"], names["student"]))  # noqa: SLF001 -- the same
            wanted = [graded / Path(notebook).name for notebook in notebooks if Path(notebook).stem in known]
            if graded.is_dir() and not all(map(finished, wanted)):
                converter.log.warning("Removing what a run left that did not end: %s", graded)
                shutil.rmtree(graded)


def finished(notebook: Path) -> bool:
    """Whether a notebook was graded and written to its end."""
    try:
        data = json.loads(notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and MARK in (data.get("metadata") or {})


def _alone(root: Path, assignment: str, holder: object) -> bool:
    """Lock an assignment for as long as the holder lives; a lock ends with its process, however that ends."""
    place = root / RECORDS / assignment
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(place / ".autograding", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    weakref.finalize(holder, os.close, lock)
    return True
