"""A course on disk: `solutions/<function>/` and `assignments/<name>/`, opened by path, never imported by name."""

import ast
import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, ignored_cells, load_assignment
from autograder.errors import SpecError, UnknownNameError
from autograder.forbidden import read_forbidden
from autograder.model import Limits, Part, Plan, Spec
from question_bank.registry import unknown

OURS = ("reference.py", "test_hidden.py")
LIBRARIES = ("numpy", "torch")
PROGRAMS = ("correct", "mistakes", "__pycache__")
"""Folders of a function that decide no mark; everything else goes into the suite's digest."""


def find_course(folder: Path | None) -> Path:
    """Take the course that was named, else the current folder, else the open example beside the packages.

    Raises:
        UnknownNameError: the folder holds no `solutions/`.
    """
    candidates = [folder] if folder is not None else [Path.cwd(), Path(__file__).resolve().parent.parent]
    for candidate in candidates:
        if (candidate / "solutions").is_dir():
            return candidate.resolve()
    raise UnknownNameError(
        f"course={str(candidates[0])!r}: expected a folder that holds solutions/; pass --course DIR"
    )


def load_spec(folder: Path) -> Spec:
    """Read one `spec.toml`.

    Raises:
        SpecError: file, field, got, expected.
    """
    path = folder / "spec.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"{path}: {error}; expected a TOML file in UTF-8") from None
    known = {
        "name",
        "functions",
        "signature",
        "summary",
        "libraries",
        "features",
        "limits",
        "call_seconds",
        "diagnose",
        "forbidden",
    }
    for key in table.keys() - known:
        raise SpecError(f"{path}: {unknown('field', key, known)}")
    if table.get("name", folder.name) != folder.name:
        raise SpecError(f"{path}: name={table['name']!r}: expected the folder's name, {folder.name!r}")
    libraries = _texts(path, table, "libraries", ("numpy",))
    for name in libraries:
        if name not in LIBRARIES:
            raise SpecError(f"{path}: libraries: got {name!r}: expected some of {', '.join(LIBRARIES)}")
    return Spec(
        name=folder.name,
        folder=folder,
        functions=_texts(path, table, "functions", (folder.name,)),
        signature=_text(path, table, "signature"),
        summary=_text(path, table, "summary"),
        libraries=libraries,
        features=_texts(path, table, "features", ()),
        limits=_limits(path, table.get("limits", {})),
        call_seconds=_seconds(path, table.get("call_seconds", {})),
        diagnose=bool(table.get("diagnose", True)),
        forbidden=read_forbidden(path, table.get("forbidden", {}), libraries),
    )


def _text(path: Path, table: dict[str, Any], field: str) -> str:
    value = table.get(field, "")
    if not isinstance(value, str):
        raise SpecError(f"{path}: {field}={value!r}: expected a text")
    return value


def _texts(path: Path, table: dict[str, Any], field: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = table.get(field, list(default))
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecError(f"{path}: {field}={value!r}: expected a list of texts")
    if field == "functions" and not (value and all(item.isidentifier() for item in value)):
        raise SpecError(f"{path}: {field}={value!r}: expected at least one name of a function")
    return tuple(value)


def _number(path: Path, field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e6:
        raise SpecError(f"{path}: {field}={value!r}: expected a number above 0")
    return value


def _limits(path: Path, table: object) -> Limits:
    known = {field.name for field in fields(Limits)}
    if not isinstance(table, dict):
        raise SpecError(f"{path}: limits={table!r}: expected a table")
    for key in table.keys() - known:
        raise SpecError(f"{path}: limits: {unknown('limit', key, known)}")
    whole = {f.name for f in fields(Limits) if f.type is int}
    values = {key: _number(path, f"limits.{key}", value) for key, value in table.items()}
    if "total_seconds" in values:
        values.setdefault("cpu_seconds", values["total_seconds"] + 10)
    return Limits(**{key: int(value) if key in whole else float(value) for key, value in values.items()})  # type: ignore[arg-type]  # each value has its field's type


def _seconds(path: Path, table: object) -> dict[str, float]:
    if not isinstance(table, dict):
        raise SpecError(f"{path}: call_seconds={table!r}: expected a table of function = seconds")
    return {key: float(_number(path, f"call_seconds.{key}", value)) for key, value in table.items()}


def function_names(course: Path) -> tuple[str, ...]:
    """List the graded functions of a course."""
    return tuple(sorted(path.parent.name for path in (course / "solutions").glob("*/spec.toml")))


def assignment_names(course: Path) -> tuple[str, ...]:
    """List the assignments of a course."""
    return tuple(sorted(path.parent.name for path in (course / "assignments").glob("*/assignment.toml")))


def open_function(course: Path, name: str) -> Spec:
    """Load a graded function by name.

    Raises:
        UnknownNameError: with the nearest names.
        SpecError: its spec, or a program of ours, is broken.
    """
    known = function_names(course)
    if name not in known:
        raise UnknownNameError(f"{course / 'solutions'}: {unknown('function', name, known)}")
    spec = load_spec(course / "solutions" / name)
    for program in OURS:
        _check_parses(spec.folder / program)
    return spec


def _check_parses(path: Path) -> None:
    """Find a program that cannot be read before a student's work meets it."""
    try:
        ast.parse(path.read_bytes())
    except OSError as error:
        raise SpecError(f"{path}: cannot be read ({error.strerror}); expected a Python program") from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise SpecError(
            f"{path}: line {line}: {getattr(error, 'msg', error)}; expected a Python program"
        ) from None


def open_assignment(course: Path, name: str) -> Assignment:
    """Load an assignment by name.

    Raises:
        UnknownNameError: with the nearest names.
        SpecError: its assignment.toml is broken.
    """
    known = assignment_names(course)
    if name not in known:
        raise UnknownNameError(f"{course / 'assignments'}: {unknown('assignment', name, known)}")
    return load_assignment(course / "assignments" / name)


def plan_functions(course: Path, names: Iterable[str]) -> Plan:
    """Plan to grade functions on every feature of their specs, at the suites' own weights."""
    specs = [open_function(course, name) for name in names]
    parts = tuple(Part(spec, None, frozenset(spec.features)) for spec in specs)
    return Plan("+".join(spec.name for spec in specs), parts)


def plan_assignment(course: Path, name: str) -> Plan:
    """Plan to grade an assignment: its points, and only the features it taught.

    Raises:
        UnknownNameError: the assignment, or a function or feature that it names, does not exist.
    """
    assignment = open_assignment(course, name)
    parts = []
    for part in assignment.parts:
        spec = open_function(course, part.function)
        for feature in part.features:
            if feature not in spec.features:
                what = unknown("feature", feature, spec.features)
                raise UnknownNameError(f"assignment {name!r}, function {spec.name}: {what}")
        parts.append(Part(spec, float(part.points), frozenset(part.features)))
    ignored = frozenset(source.strip() for source in ignored_cells(assignment))
    return Plan(name, tuple(parts), round=assignment.round, ignored_cells=ignored)


def suite_digest(plan: Plan) -> str:
    """Digest what decides a mark under this plan: suites, references, specs, calibrations, points, features."""
    digest = hashlib.sha256()
    for part in plan.parts:
        digest.update(repr((part.spec.name, part.points, sorted(part.features))).encode())
        for path in sorted(part.spec.folder.rglob("*")):
            inside = path.relative_to(part.spec.folder)
            if path.is_file() and inside.parts[0] not in PROGRAMS:
                for data in (inside.as_posix().encode(), path.read_bytes()):
                    digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:32]
