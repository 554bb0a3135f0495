"""Releases: built from public files only, the same bytes twice, refused when a line of `solutions/` is in them."""

import ast
import contextlib
import io
import json
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import legrade_checks
from autograder.assignment import read_cells
from autograder.course import assignment_names, find_course, open_assignment, open_function, plan_assignment
from autograder.errors import AutograderError, LeakError, SpecError
from autograder.leaks import refuse_leaks, refuse_leaks_in, secret_lines
from autograder.nbgrader_bridge import EXPORTER
from autograder.release import CONFIG, build
from autograder.release_notebook import GUARD, build_notebook, count_tests
from question_bank.errors import KeyFileError
from question_bank.keys import CourseKey

ASSIGNMENTS = assignment_names(find_course(None))
TRICK = "    secret_total = first_secret + second_secret  # the trick"


@pytest.fixture
def small(tmp_path):
    """Lay down a course of one function and one assignment."""
    root = tmp_path / "course"
    solution = root / "solutions/twice"
    (solution / "mistakes").mkdir(parents=True)
    (solution / "spec.toml").write_text(
        'summary = "Give twice the number."\nsignature = "twice(number)"\nfeatures = ["big"]\n'
    )
    (solution / "reference.py").write_text(
        f'def twice(number):\n    """Give the number, two times."""\n{TRICK}\n    return secret_total\n'
    )
    (solution / "test_hidden.py").write_text(
        'import pytest\n\n\ndef test_one(student):\n    """One gives two, as hidden text."""\n    assert student(1) == 2\n\n\n'
        '@pytest.mark.feature("big")\ndef test_big(student):\n    """Large numbers."""\n    assert student(10**6) == 2 * 10**6\n'
    )
    (solution / "mistakes/thrice.py").write_text(
        "def twice(number):\n    return number + number + number  # wrong\n"
    )
    assignment = root / "assignments/hw"
    assignment.mkdir(parents=True)
    (assignment / "assignment.toml").write_text(
        'title = "Homework"\nnotebook = "hw.py"\n[[parts]]\nfunction = "twice"\npoints = 3\n'
    )
    (assignment / "hw.py").write_text(
        '# %% [markdown]\n# # Homework\n\n# %% legrade_stub="twice"\ndef twice(number):\n    """Give the number, two times."""\n'
        '    ...\n\n# %% legrade_check="public"\nassert twice(2) == 4\n\n# %% legrade_points="twice"\n'
    )
    return root


def edit(path, old, new):
    """Replace a text that is there once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_a_build_writes_the_notebook_the_configuration_and_a_private_key(small, tmp_path):
    """Everything that nbgrader needs is there; key and settings are readable by the instructor only."""
    out = tmp_path / "nb course"
    built = build(small, "hw", out)
    assert built.notebook == out / "source/hw/hw.ipynb"
    assert (out / "nbgrader_config.py").read_text() == CONFIG
    assert len(CONFIG.splitlines()) == 2
    assert json.loads((out / "nbgrader_config.json").read_text()) == {
        "Autograde": {"exporter_class": EXPORTER}
    }
    assert (out / "legrade.toml").stat().st_mode & 0o077 == 0
    assert str(small) in (out / "legrade.toml").read_text()
    assert CourseKey.load(out / "course.key")
    assert (
        built.messages[0]
        == f"made a course key, {out / 'course.key'}: keep it, a re-grade needs it; share it with nobody"
    )
    again = build(small, "hw", out)
    assert again.messages == ()


def test_the_notebook_has_valid_metadata_and_no_code_in_its_stub(small, tmp_path):
    """Schema 3 of nbgrader and Jupyter's own accept it; a points cell says what is hidden and gives nothing by itself."""
    notebook = nbformat.read(build(small, "hw", tmp_path / "out").notebook, as_version=4)
    nbformat.validate(notebook)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.nbgraderformat import MetadataValidator
    MetadataValidator().validate_nb(notebook)
    roles = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    assert list(roles) == ["stub-twice", "check-3", "points-twice"]
    assert roles["stub-twice"].source.splitlines()[-2:] == ["    ### BEGIN SOLUTION", "    ### END SOLUTION"]
    assert roles["points-twice"].metadata.nbgrader.points == 3
    assert roles["points-twice"].source == (
        "# 3 of the 3 points of this notebook are given here, by 1 hidden test of twice.\n"
        "# The public checks are necessary, not sufficient. This cell gets its points when your notebook is graded.\n"
        f"{GUARD}\n0.0"
    )
    assert ast.parse(GUARD)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_shipped_assignment_builds_the_same_bytes_twice_and_leaks_nothing(course, name):
    """Same files, same notebook; no line of solutions/ but the public contract is in it."""
    first, second = (build_notebook(course, open_assignment(course, name)) for _ in range(2))
    assert first == second
    refuse_leaks_in(first, name, secret_lines(course / "solutions"))
    nbformat.validate(nbformat.reads(first.decode(), as_version=4))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_stub_promises_what_the_reference_does(course, name):
    """Signature and docstring of every stub are the reference's, word by word."""
    assignment = open_assignment(course, name)
    references = {}
    for part in assignment.parts:
        spec = open_function(course, part.function)
        tree = ast.parse((spec.folder / "reference.py").read_text())
        references |= {
            node.name: node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name in spec.functions
        }
    stubs = [
        node for cell in read_cells(assignment) if cell.role == "stub" for node in ast.parse(cell.source).body
    ]
    written = {node.name: node for node in stubs if isinstance(node, ast.FunctionDef)}
    assert written.keys() == references.keys()
    for function, node in written.items():
        assert ast.unparse(node.args) == ast.unparse(references[function].args)
        assert ast.get_docstring(node) == ast.get_docstring(references[function])


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_public_checks_hold_for_the_reference(course, tmp_path, name):
    """A check that a right program fails would teach the wrong thing; run as a student does, in a fresh process."""
    shutil.copy(Path(legrade_checks.__file__), tmp_path)  # travels with the notebook
    assignment = open_assignment(course, name)
    lines = [
        "import importlib.util, sys",
        "def take(path):",
        "    spec = importlib.util.spec_from_file_location('r', path)",
    ]
    lines += [
        "    module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)",
        "    return vars(module)",
    ]
    for part in assignment.parts:
        lines.append(
            f"globals().update(take({str(course / 'solutions' / part.function / 'reference.py')!r}))"
        )
    lines += [
        cell.source for cell in read_cells(assignment) if cell.kind == "code" and cell.role in (None, "check")
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_number_of_hidden_tests_is_what_grading_runs(course, name):
    """Tests of what was not taught are not counted."""
    for part in plan_assignment(course, name).parts:
        every = count_tests(part.spec, part.spec.features)
        assert 0 < count_tests(part.spec, tuple(part.features)) <= every
        assert count_tests(part.spec, ()) <= every


def test_only_taught_features_are_counted(small):
    """The suite is read, not run."""
    spec = open_function(small, "twice")
    assert (count_tests(spec, ()), count_tests(spec, ("big",))) == (1, 2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    ...\n", "    pass\n", r"legrade_stub='twice': expected a line `\.\.\.` where the code goes"),
        ('# %% legrade_points="twice"', "", r"legrade_points=\[\]: expected one cell for each part: twice"),
        (
            'legrade_points="twice"',
            'legrade_points="twise"',
            r"legrade_points=\['twise'\]: expected one cell for each part: twice",
        ),
        (
            'legrade_check="public"',
            'legrade_stub="twice"\n    ...',
            r"cell 'stub-twice' is there twice; expected each stub once",
        ),
    ],
)
def test_a_notebook_that_does_not_fit_its_assignment_is_named(small, tmp_path, old, new, message):
    """Nothing is written, and the message says which cell."""
    edit(small / "assignments/hw/hw.py", old, new)
    with pytest.raises(SpecError, match=message):
        build(small, "hw", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_course_is_not_taken_over(small, tmp_path):
    """Two courses in one nbgrader folder would grade with one key."""
    build(small, "hw", tmp_path / "out")
    other = tmp_path / "other"
    shutil.copytree(small, other)
    with pytest.raises(
        AutograderError, match=r"legrade\.toml: names another course; expected .*other.*use another --out"
    ):
        build(other, "hw", tmp_path / "out")


def test_a_named_key_is_used_and_must_be_there(small, tmp_path):
    """A key that was named is never replaced by a new one."""
    with pytest.raises(KeyFileError, match="there is no course key"):
        build(small, "hw", tmp_path / "out", key=tmp_path / "my.key")
    CourseKey.new(tmp_path / "my.key")
    assert build(small, "hw", tmp_path / "out", key=tmp_path / "my.key").messages == ()
    assert str(tmp_path / "my.key") in (tmp_path / "out/legrade.toml").read_text()


def test_a_folder_keeps_its_key(small, tmp_path):
    """Another key would give other hidden inputs to the rest of the class."""
    build(small, "hw", tmp_path / "out")
    CourseKey.new(tmp_path / "my.key")
    with pytest.raises(
        AutograderError, match=r'legrade\.toml: names another key; expected key = ".*my\.key": use another'
    ):
        build(small, "hw", tmp_path / "out", key=tmp_path / "my.key")


def test_a_new_key_is_kept_out_of_git(small, tmp_path):
    """A course folder under version control does not publish its secret."""
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(["git", "init", "-q", str(out)], check=True, timeout=60)
    build(small, "hw", out)
    status = subprocess.run(
        ["git", "-C", str(out), "status", "--short"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "course.key" not in status.stdout
    assert "source/" in status.stdout


def test_an_instructors_own_configuration_is_left_alone(small, tmp_path):
    """The two lines that are missing are said."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "nbgrader_config.py").write_text("c = get_config()\n")
    built = build(small, "hw", out)
    assert (out / "nbgrader_config.py").read_text() == "c = get_config()\n"
    assert (
        built.messages[-1]
        == f"{out / 'nbgrader_config.py'} is yours and was left as it is; add these lines:\n{CONFIG}"
    )


def test_a_secret_in_the_text_notebook_stops_the_build(small, tmp_path):
    """The line is named where it is and where it is from."""
    edit(small / "assignments/hw/hw.py", "    ...", TRICK + "\n    ...")
    with pytest.raises(
        LeakError,
        match=r"hw\.ipynb: cells\[1\]\.source: holds solutions/twice/reference\.py, line 3: 'secret_total = ",
    ):
        build(small, "hw", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def zipped(name, data):
    """Put one file into an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def output(line):
    """Write a notebook that printed a line."""
    outputs = [{"output_type": "stream", "text": ["x\n", f"  {line}\n"]}]
    return json.dumps({"cells": [{"cell_type": "code", "source": [], "outputs": outputs}]}).encode()


HIDING = {
    "text": lambda line: f"a\n   {line}   \nb".encode(),
    "inside a line": lambda line: f"print('''{line}''')".encode(),
    "output": output,
    "metadata": lambda line: json.dumps({"metadata": {"é": [{"deep": f"\n{line}"}]}}).encode(),
    "split source": lambda line: json.dumps({"cells": [{"source": [line[:5], line[5:]]}]}).encode(),
    "long text": lambda line: ("x\n" * 3_000_000 + line).encode(),
    "zip": lambda line: zipped("data/a.ipynb", output(line)),
    "zip in a zip": lambda line: zipped("inner.zip", zipped("a.ipynb", output(line))),
}


@pytest.mark.parametrize("kind", HIDING)
def test_a_secret_line_is_found_wherever_it_hides(small, tmp_path, kind):
    """Sources, outputs, metadata and members of archives are all looked through."""
    line = TRICK.strip() + ' + "é\\n"'
    edit(small / "solutions/twice/reference.py", TRICK, "    " + line)
    (tmp_path / "file").write_bytes(HIDING[kind](line))
    with pytest.raises(LeakError, match=r"file.*: holds solutions/twice/reference\.py, line 3"):
        refuse_leaks([tmp_path / "file"], secret_lines(small / "solutions"))


def test_an_archive_too_large_to_check_is_refused(small, tmp_path):
    """What cannot be looked through is not released."""
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"0" * (64 * 2**20 + 1))
    with pytest.raises(
        LeakError, match=r"big\.zip: member 'zeros' has 67108865 bytes: too many to be checked"
    ):
        refuse_leaks([tmp_path / "big.zip"], secret_lines(small / "solutions"))


def test_the_contract_is_public_and_the_rest_is_secret(small):
    """Summary, signature and docstring may be released; a hidden test's docstring only in feedback; a mistake never."""
    secrets = secret_lines(small / "solutions")
    for public in (
        "def twice(number):",
        '"""Give the number, two times."""',
        "Give the number, two times.",
        "import pytest",
    ):
        assert public not in secrets
    for secret in (TRICK.strip(), "return number + number + number  # wrong", "assert student(1) == 2"):
        assert secret in secrets
    docstring = '"""One gives two, as hidden text."""'
    assert docstring in secrets
    assert docstring not in secret_lines(small / "solutions", feedback=True)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_through(data):
    """A file of any content is either clean or refused."""
    with contextlib.suppress(LeakError):
        refuse_leaks_in(data, "file", {"a line that is in no random file": "solutions/x, line 1"})


def test_the_command_builds_and_says_what_is_next(small, tmp_path):
    """`legrade build-assignment` as an instructor types it; an unknown name is answered with the nearest, exit 2."""
    command = [sys.executable, "-m", "autograder", "build-assignment"]
    if shutil.which("legrade", path=str(sys.prefix) + "/bin"):
        command = [str(sys.prefix) + "/bin/legrade", "build-assignment"]
    arguments = ["--course", str(small), "--out", str(tmp_path / "nb out")]
    done = subprocess.run(
        [*command, "hw", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout.splitlines()[-1] == f"next: cd '{tmp_path / 'nb out'}' && nbgrader generate_assignment hw"
    )
    done = subprocess.run(
        [*command, "hv", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "unknown assignment 'hv': did you mean hw?" in done.stderr
