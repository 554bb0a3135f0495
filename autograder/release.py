"""Use case: an assignment -> a notebook for students and a folder in which nbgrader works, built from public files only."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.course import open_assignment
from autograder.errors import AutograderError
from autograder.leaks import Guard, secret_lines
from autograder.release_list import HELPER, read_files
from autograder.release_notebook import build_notebook
from question_bank.keys import DEFAULT_NAME, CourseKey, ignore_in_git

CONFIG = "from autograder.nbgrader_bridge import configure\nconfigure(get_config())\n"
EXPORTER_ONLY = {"Autograde": {"exporter_class": "autograder.nbgrader_reading.TolerantExporter"}}
"""For nbgrader_config.json: where LeGrade is not installed, nbgrader ignores nbgrader_config.py, but cannot go on without this."""
PRIVATE = "# Private: where the hidden tests and the course key are. Never release or share this file.\n"


@dataclass(frozen=True, slots=True)
class Built:
    """What `build` wrote, and what is left to do."""

    notebook: Path
    messages: tuple[str, ...]


def build(course: Path, name: str, out: Path, *, key: Path | None = None) -> Built:
    """Write an assignment into an nbgrader course folder.

    Writes `source/NAME/NAME.ipynb`, the module that its public checks use, the files that it lists, and, where they are missing,
    `nbgrader_config.py` and `.json`, `legrade.toml` and a course key.

    Args:
        course: the folder that holds `assignments/` and `solutions/`.
        name: the assignment.
        out: the nbgrader course folder; made when it is missing.
        key: the course key; the course's own when None, else a new one in `out`.

    Raises:
        SpecError: the assignment or its text notebook is broken.
        UnknownNameError: the assignment, or a function that it names, does not exist.
        LeakError: the text notebook, or a listed file, holds a line of `solutions/`; nothing is written.
        AutograderError: `out` belongs to another course.
        KeyFileError: the key cannot be read or made.
    """
    assignment = open_assignment(course, name)
    files = handed_out(assignment, build_notebook(course, assignment))
    guard = Guard(secret_lines(course / "solutions"))
    for file, data in files.items():
        guard.refuse(data, file)
    out.mkdir(parents=True, exist_ok=True)
    messages = [*_settle(course, out, key), *_config(out)]
    folder = out / "source" / name
    for file, data in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(data)
    return Built(folder / f"{name}.ipynb", tuple(messages))


def handed_out(assignment: Assignment, notebook: bytes) -> dict[str, bytes]:
    """List all that leaves with a notebook, by name: itself, the module that its public checks use, and the listed files.

    Raises:
        SpecError: a listed file cannot be read.
    """
    files = {f"{assignment.name}.ipynb": notebook}
    if HELPER.encode() in notebook:
        files[f"{HELPER}.py"] = Path(__file__).with_name(f"{HELPER}.py").read_bytes()
    return files | read_files(assignment.folder, assignment.release)


def _settle(course: Path, out: Path, key: Path | None) -> list[str]:
    """Write down, for the grader only, which course this folder grades with which key."""
    path = out / "legrade.toml"
    if path.exists():
        there = path.read_text(encoding="utf-8").splitlines()
        for name, wanted in (("course", course), ("key", key)):
            if wanted is not None and _line(name, wanted) not in there:
                expected = f"expected {_line(name, wanted)}: use another --out, or remove the file"
                raise AutograderError(f"{path}: names another {name}; {expected}")
        return []
    chosen, messages = _key(course, out, key)
    course_id = re.sub(r"\W+", "_", out.resolve().name) or "course"
    path.touch(mode=0o600)
    lines = (_line("course", course), _line("key", chosen), 'tier = "A"', f'course_id = "{course_id}"')
    path.write_text(PRIVATE + "\n".join(lines) + "\n", encoding="utf-8")
    return messages


def _line(name: str, path: Path) -> str:
    """Write a path as a line of TOML, whose basic strings are JSON's."""
    return f"{name} = {json.dumps(str(path.resolve()), ensure_ascii=False)}"


def _key(course: Path, out: Path, key: Path | None) -> tuple[Path, list[str]]:
    """Choose the key: the one that was named, the course's, this folder's, or a new one."""
    for candidate in (key, course / DEFAULT_NAME, out / DEFAULT_NAME):
        if candidate is not None and (candidate == key or candidate.exists()):
            CourseKey.load(candidate)
            return candidate, []
    new = out / DEFAULT_NAME
    CourseKey.new(new)
    return new, [
        f"made a course key, {new}: keep it, a re-grade needs it; share it with nobody",
        ignore_in_git(new),
    ]


def _config(out: Path) -> list[str]:
    """Write nbgrader's configuration, or say which lines one that is there needs."""
    fixed = out / "nbgrader_config.json"
    if not fixed.exists():
        fixed.write_text(json.dumps(EXPORTER_ONLY, indent=1) + "\n", encoding="utf-8")
    path = out / "nbgrader_config.py"
    if not path.exists():
        path.write_text(CONFIG, encoding="utf-8")
    elif "autograder.nbgrader_bridge" not in path.read_text(encoding="utf-8", errors="replace"):
        return [f"{path} is yours and was left as it is; add these lines:\n{CONFIG}"]
    return []
