"""The layers of DESIGN hold, files stay small, and what is heavy is imported late: read from the source with `ast`."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("question_bank", "autograder")

ALONE = {
    "autograder.worker",
    "autograder.worker_dispatch",
    "autograder.worker_models",
    "autograder.worker_networks",
    "autograder.worker_probes",
    "autograder.worker_steps",
    "autograder.legrade_checks",
    "autograder.sandboxes.zygote",
    "autograder.sandboxes.jail",
    "autograder.sandboxes.lockdown",
    "autograder.sandboxes.watching",
    "autograder.sandboxes.attempts",
    "autograder.sandboxes.landlock",
    "autograder.sandboxes.seccomp",
    "autograder.sandboxes.system_calls",
}
"""Travel into the sandbox by themselves: standard library, numpy, and torch for the models."""

EDGE = ("cli", "nbgrader_bridge")  # and every module whose name ends in _cli
USE_CASE = {
    "autograder": (
        "calibrating",
        "calibration",
        "calibration_programs",
        "checking",
        "doctor",
        "feedback_page",
        "grade",
        "kill_table",
        "outcomes",
        "proxy",
        "pytest_plugin",
        "release",
        "release_class",
        "release_folder",
        "session",
        "skeleton",
        "suites",
        "tracks",
        "training",
        "training_curves",
        "training_evidence",
        "variants_cells",
        "variants_issuing",
        "variants_marking",
    ),
    "question_bank": (
        "bank",
        "exam",
        "marking",
        "analysis",
        "analysis_page",
        "gallery",
        "issuing",
        "exam_checks",
        "feedback",
        "feedback_class",
        "feedback_page",
        "keysheets",
        "past_items",
        "fairness",
        "planning",
        "pooling",
        "practice",
        "practice_pages",
        "practice_plan",
        "practice_reasons",
        "preview",
        "texts",
        "verification",
    ),
}
PLUGINS = ("sandboxes", "families", "exporters")
RANKS = {"errors": 0, "core": 1, "plug-in": 2, "use case": 3, "edge": 4}


def modules():
    """List every module of both packages with its path."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def layer(name):
    """Place a module in DESIGN's drawing."""
    package, _, rest = name.partition(".")
    first = rest.partition(".")[0]
    if first == "errors":
        return "errors"
    if first in PLUGINS:
        return "plug-in"
    if first in EDGE or first.endswith("_cli") or first.startswith("nbgrader"):
        return "edge"
    if first in USE_CASE[package]:
        return "use case"
    return "core"


def imports(path, *, top_level_only=False):
    """List the absolute names that a file imports, with line numbers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield (full if full in MODULES else node.module), node.lineno


EDGES = {(name, target): line for name, path in MODULES.items() for target, line in imports(path)}


@pytest.mark.parametrize("name", sorted(set(MODULES) - ALONE - set(PACKAGES)))
def test_imports_go_down(name):
    """A module imports only from its own layer or below; the bank never imports the grader."""
    for (source, target), line in EDGES.items():
        if source != name or target not in MODULES:
            continue
        where = f"{MODULES[name].relative_to(ROOT)}:{line} imports {target}"
        if name.startswith("question_bank"):
            assert not target.startswith("autograder"), where
        if target in PACKAGES or (target.partition(".")[0] in PACKAGES and target.count(".") == 0):
            continue  # the public face: names only
        assert RANKS[layer(target)] <= RANKS[layer(name)], f"{where}: {layer(name)} imports {layer(target)}"
        assert target not in ALONE, f"{where}: it ships into the sandbox by itself"


def test_no_import_cycle():
    """Modules can be read in an order in which each comes after what it imports."""
    graph = {}
    for name, path in MODULES.items():
        found = {target for target, _ in imports(path, top_level_only=True) if target in MODULES}
        graph[name] = found - {name}
    done = []

    def visit(name, trail):
        assert name not in trail, f"import cycle: {' -> '.join([*trail, name])}"
        if name not in done:
            for target in sorted(graph[name]):
                visit(target, [*trail, name])
            done.append(name)

    for name in sorted(graph):
        visit(name, [])


@pytest.mark.parametrize("package", ["question_bank.families", "question_bank.exporters"])
def test_plugins_do_not_import_each_other(package):
    """One family or format can be added or deleted without touching another."""
    for (source, target), line in EDGES.items():
        if source.startswith(package + ".") and target.startswith(package + "."):
            pytest.fail(f"{MODULES[source].relative_to(ROOT)}:{line} imports {target}")


@pytest.mark.parametrize("name", sorted(ALONE))
def test_what_ships_into_the_sandbox_imports_nothing_of_ours(name):
    """The standard library, numpy and torch; IPython and matplotlib inside the functions that need them."""
    allowed = set(sys.stdlib_module_names) | {"numpy", "torch", "IPython", "traitlets", "matplotlib"}
    for target, line in imports(MODULES[name]):
        assert target.partition(".")[0] in allowed, f"{name}:{line} imports {target}"


def test_nbgrader_is_imported_by_its_bridge_only():
    """Nbgrader's pipeline is an edge: nothing else needs it, so a GPU machine need not have it."""
    for (source, target), line in EDGES.items():
        if target.partition(".")[0] in ("nbgrader", "nbconvert"):
            assert source.partition(".")[2].startswith("nbgrader"), f"{source}:{line} imports {target}"


def test_nothing_can_unpickle_evaluate_or_draw_unnamed_random_numbers():
    """No module imports pickle or random, or calls eval; only what runs student code or our own source calls exec."""
    for name, path in MODULES.items():
        for target, line in imports(path):
            assert target.partition(".")[0] not in (
                "pickle",
                "cloudpickle",
                "dill",
                "marshal",
                "random",
                "shelve",
            ), f"{name}:{line} imports {target}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "eval", f"{name}:{node.lineno} calls eval"
                if node.func.id == "exec":
                    assert name in ALONE, f"{name}:{node.lineno} calls exec"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_files_and_functions_stay_small(name):
    """No module is over 400 lines, no function over 50."""
    text = MODULES[name].read_text(encoding="utf-8")
    assert text.count("\n") <= 400, f"{name}: {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            size = node.end_lineno - node.lineno + 1
            assert size <= 50, f"{name}:{node.lineno} {node.name}: {size} lines"


def test_every_module_says_what_it_is():
    """Each module begins with a docstring."""
    for name, path in MODULES.items():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name


LATE = ("torch", "sympy", "matplotlib", "IPython", "nbgrader", "sklearn", "scipy", "pytest", "numpy")


@pytest.mark.parametrize(
    "statement",
    [
        "import question_bank",
        "from question_bank import bank; bank.names()",
        "import autograder",
        "import autograder.cli",
    ],
)
def test_starting_imports_nothing_heavy(statement):
    """`legrade --help` and the bank's face start at once because they load none of the large libraries."""
    code = f"import sys; {statement}; print(sorted(set({LATE!r}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.strip() == "[]"


def test_the_wheel_holds_the_two_packages_only():
    """Course content and keys never travel with the tool."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert all(name.partition(".")[0] in PACKAGES for name in settings["packages"])
    on_disk = {
        ".".join(p.parent.relative_to(ROOT).parts) for n in PACKAGES for p in (ROOT / n).rglob("__init__.py")
    }
    assert set(settings["packages"]) == on_disk
