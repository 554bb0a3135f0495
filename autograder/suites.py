"""What a plan's suites compare with: references and mistakes, loaded by path, once for each grader process."""

import importlib.util
from collections.abc import Callable
from typing import Any

from autograder.diagnosis import load_mistakes
from autograder.errors import SpecError
from autograder.model import Part, Plan
from autograder.reference_proxy import ReferenceProxy


class Suites:
    """References and mistakes of a plan, loaded once per grader process."""

    def __init__(self, plan: Plan) -> None:
        self.references = [ReferenceProxy(p.spec, load_functions(p)) for p in plan.parts]
        self.mistakes = [
            load_mistakes(p.spec.folder / "mistakes") if p.spec.diagnose else {} for p in plan.parts
        ]
        self.caches: list[dict[Any, Any]] = [{} for _ in plan.parts]


def load_functions(part: Part) -> dict[str, Callable[..., Any]]:
    """Load a reference by path.

    Raises:
        SpecError: it does not run, or lacks a function that the spec names.
    """
    path = part.spec.folder / "reference.py"
    spec = importlib.util.spec_from_file_location(f"legrade_reference_{part.spec.name}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SpecError(f"{path}: expected the reference implementation")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SpecError(f"{path}: it does not run: {error!r}") from error
    missing = [name for name in part.spec.functions if not callable(getattr(module, name, None))]
    if missing:
        raise SpecError(f"{path}: got no function {', '.join(missing)}; spec.toml names it")
    return {name: getattr(module, name) for name in part.spec.functions}


_LOADED: dict[tuple[object, ...], Suites] = {}
_KEPT = 8


def load_suites(plan: Plan, digest: str) -> Suites:
    """Load a plan's suites, or give those that this process loaded before: a class costs them once, file by file.

    Args:
        plan: what is graded.
        digest: `course.suite_digest(plan)`.
    """
    mistakes = [path for part in plan.parts for path in sorted((part.spec.folder / "mistakes").glob("*.py"))]
    key = (digest, *((str(path), path.stat().st_mtime_ns) for path in mistakes))
    if key not in _LOADED:
        while len(_LOADED) >= _KEPT:
            _LOADED.pop(next(iter(_LOADED)))
        _LOADED[key] = Suites(plan)
    return _LOADED[key]
