"""The five notebooks as students meet them: what their texts promise is kept, and a real Jupyter kernel runs them to the end."""

import ast
import asyncio
import json
import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder import legrade_checks
from autograder.assignment import read_cells
from autograder.course import assignment_names, find_course, function_names, open_assignment, open_function
from autograder.release import build_notebook
from question_bank import bank
from question_bank.as_text import question_lines
from question_bank.blueprint import read_blueprint

COURSE = find_course(Path(__file__).resolve().parent.parent)
ORDER = ("shapes_and_counts", "convolution", "pooling", "backpropagation", "lenet")
"""As they follow the lectures; each title begins with its number."""
HELPER = Path(legrade_checks.__file__)
INSTALLED = {"numpy", "torch", "matplotlib", "legrade_checks"}
"""All that a notebook needs beside Python; where the digits are read, scikit-learn, too."""
EXAMPLES = {
    "shapes_and_counts": (("conv-output-shape", 9), ("mlp-vs-cnn-parameters", 3)),
    "convolution": (("conv-by-hand", 11), ("conv-1x1-by-hand", 1)),
    "pooling": (("padded-max-pool", 4), ("avg-pool-by-hand", 3)),
    "backpropagation": (
        ("max-pool-backward", 2),
        ("conv-weight-gradient", 1),
        ("softmax-cross-entropy-gradient", 5),
    ),
    "lenet": (("conv-block-parameters", 32), ("lenet-table", 13)),
}
"""The families and seeds of the worked examples, in the order of the notebook."""


def words(name):
    """Take the text cells of an assignment's notebook, each on one line."""
    cells = read_cells(open_assignment(COURSE, name))
    return [" ".join(cell.source.split()) for cell in cells if cell.kind == "markdown"]


def numbers(text):
    """List the numbers of a text, with either sign for minus."""
    return [float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text.replace("\u2212", "-"))]


def reference(name):
    """Take the solution of a function as a student would have written it, without its canary."""
    [spec] = [s for s in (open_function(COURSE, f) for f in function_names(COURSE)) if name in s.functions]
    text = (spec.folder / "reference.py").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("# LEGRADE-CANARY"))


def test_the_course_has_these_five():
    """No other assignment is shipped, and none is forgotten here."""
    assert sorted(ORDER) == sorted(assignment_names(COURSE))
    assert EXAMPLES.keys() == set(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_the_title_tells_the_place_in_the_course(name):
    """The heading is the assignment's title behind its number."""
    title = open_assignment(COURSE, name).title
    assert words(name)[0].startswith(f"# {ORDER.index(name) + 1}. {title} ")


def test_the_readme_lists_the_five_in_their_order_with_their_points():
    """An instructor reads there what each is worth; the table follows `assignment.toml`."""
    text = (COURSE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (\d+) \| [\d¼½¾]+ \|$", text, re.MULTILINE)
    parts = {name: open_assignment(COURSE, name).parts for name in ORDER}
    assert rows == [(name, f"{sum(part.points for part in parts[name]):g}") for name in ORDER]


@pytest.mark.parametrize("name", ORDER)
def test_the_first_page_says_how_long_it_takes_and_what_the_public_checks_are_worth(name):
    """An estimate of the time; every point of the assignment is said to be hidden; what lies beside the notebook is named."""
    assignment = open_assignment(COURSE, name)
    text = " ".join(words(name))
    total = sum(part.points for part in assignment.parts)
    assert re.search(r"\*\*Time\*\*: about \w+", text)
    assert re.search(rf"\*necessary, not sufficient\*: all {total:g} of the {total:g} points", text)
    for part in assignment.parts:
        assert re.search(rf"\| `{part.function}` \| {part.points:g} \|", text), part.function
    code = "".join(cell.source for cell in read_cells(assignment) if cell.kind == "code")
    uploaded = "`legrade_checks.py` lies beside this notebook (in Colab, upload it as well)"
    assert (uploaded in text) == ("legrade_checks" in code)


@pytest.mark.parametrize("name", ORDER)
def test_a_notebook_needs_what_every_student_of_the_course_has(name):
    """NumPy, torch, matplotlib, and the one module that travels with it; a cell that needs more says so."""
    needed = {
        module
        for cell in read_cells(open_assignment(COURSE, name))
        if cell.kind == "code"
        for module in imported(cell.source)
    }
    more = {"sklearn"} if name == "lenet" else set()
    assert needed <= INSTALLED | more
    assert ("pip install scikit-learn" in " ".join(words(name))) == bool(more)


def test_the_module_that_travels_needs_numpy_and_a_picture_matplotlib():
    """Nothing of LeGrade has to be installed where a student runs the checks."""
    assert imported(HELPER.read_text(encoding="utf-8")) == {"numpy", "matplotlib"}


def imported(source):
    """Name the packages that a program imports and Python does not bring."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)


def holds(run, whole):
    """Tell whether a list stands in another one, its members side by side."""
    return any(whole[start : start + len(run)] == run for start in range(len(whole)))


@pytest.mark.parametrize("name", ORDER)
def test_each_worked_example_is_the_banks(name):
    """The bank asks for the same numbers, row by row, and each cell of its key is printed as a result."""
    told = [text for text in words(name) if "worked example" in text.casefold() and "*" in text]
    told = [text for text in told if "bank show" in text or "**A worked example.**" in text]
    assert len(told) == len(EXAMPLES[name])
    for text, (family, seed) in zip(told, EXAMPLES[name], strict=True):
        question = bank.generate(family, seed)
        lines = [line for line in question_lines(question) if "____" not in line]
        given = [
            line for line in lines if line.startswith("  ")
        ] or lines  # arrays and listings, else the stem
        there = numbers(text)
        missing = [line for line in given if not holds(numbers(line), there)]
        assert not missing, (family, seed, missing)
        bold = [number for part in re.findall(r"\*\*(.+?)\*\*", text) for number in numbers(part)]
        for part in question.parts:
            rows = re.findall(r"[^\[\]]+", bank.show(part.answer.value))
            assert all(
                holds(numbers(row), there) or set(numbers(row)) <= set(bold) for row in rows if numbers(row)
            ), (family, seed, rows)
        other = re.search(rf"`legrade bank show {family} --seed (\d+) --solution`", text)
        assert other is None or int(other[1]) != seed


@pytest.mark.parametrize("name", ORDER)
def test_each_assignment_has_a_quiz_of_its_own_topic(name):
    """Its blueprint can be read, asks what the worked examples show, and is named like the assignment."""
    quiz = read_blueprint(open_assignment(COURSE, name).folder / "exam.toml")
    assert quiz.paper == name.replace("_", "-")
    assert {slot.family for slot in quiz.slots} & {family for family, _ in EXAMPLES[name]}
    assert 6 <= sum(slot.count for slot in quiz.slots) <= 12


def filled(name, answer):
    """Make a notebook as a student has it, with answers by function where the stubs were."""
    notebook = json.loads(build_notebook(COURSE, open_assignment(COURSE, name)))
    for cell in notebook["cells"]:
        role = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if role.startswith("stub-"):
            cell["source"] = answer(role.removeprefix("stub-"), "".join(cell["source"]))
    return nbformat.reads(json.dumps(notebook), as_version=4)


ANSWERS = {
    "solutions": lambda function, _: reference(function),
    "stubs": lambda _, stub: stub,
}
"""What stands in the stub cells: the references, or what was handed out."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run all ten notebooks from top to bottom, two kernels at a time, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("notebooks")
    environment = dict(os.environ)

    async def run(name, how, turn):
        place = folder / how / name
        place.mkdir(parents=True)
        shutil.copy(HELPER, place)
        client = NotebookClient(
            filled(name, ANSWERS[how]),
            timeout=300,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(place)}},
        )
        async with turn:
            return (name, how), await client.async_execute(env=environment)

    async def run_all():
        turn = asyncio.Semaphore(2)
        wanted = [(name, how) for name in reversed(ORDER) for how in ANSWERS]  # the longest first
        return dict(await asyncio.gather(*(run(name, how, turn) for name, how in wanted)))

    return asyncio.run(run_all())


def errors(notebook):
    """List cell's role, exception's name and message of every error among a notebook's outputs."""
    return [
        (cell.metadata.get("nbgrader", {}).get("grade_id", "none"), output.ename, output.evalue)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ORDER)
def test_with_the_solutions_a_kernel_runs_every_cell(ran, name):
    """No error, nothing on stderr, and every code cell was reached."""
    notebook = ran[name, "solutions"]
    assert errors(notebook) == []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ORDER)
def test_with_the_stubs_only_checks_fail_and_they_say_what_they_expect(ran, name):
    """An untouched notebook runs to its end: no cell but a check raises, and a check raises an assertion with words."""
    found = errors(ran[name, "stubs"])
    assert found
    for role, kind, message in found:
        assert role.startswith("check-"), (role, kind, message)
        assert kind == "AssertionError", (role, kind, message)
        assert len(message.split()) > 5
    reached = [cell.execution_count for cell in ran[name, "stubs"].cells if cell.cell_type == "code"]
    assert None not in reached


@pytest.mark.slow
def test_pictures_are_outputs_of_the_notebook(ran):
    """The comparison of four ways of down-sampling ends in a picture, as a notebook shows it."""
    notebook = ran["pooling", "solutions"]
    kinds = [
        set(output.data)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
    ]
    assert any("image/png" in kind for kind in kinds)
