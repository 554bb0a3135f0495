"""A batch ends with one grade for each submission, whatever is killed, full or closed meanwhile; no fault of ours is a student's."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import grade as grading
from autograder.course import plan_functions, suite_digest
from autograder.errors import AutograderError, SandboxError
from autograder.grade import development_seed, grade
from autograder.journal import Journal, conditions, fingerprint
from autograder.model import Grade, Outcome, TestResult
from autograder.results import from_json, to_json, to_object, write_private
from autograder.submission import Submission

ROOT = Path(__file__).resolve().parent.parent
FUNCTION = "max_pool2d_forward"
RIGHT = (ROOT / "solutions" / FUNCTION / "reference.py").read_text(encoding="utf-8")

TESTS = st.builds(
    TestResult,
    function=st.text(),
    test=st.text(),
    description=st.text(),
    points=st.none() | st.floats(allow_nan=False),
    max_points=st.floats(allow_nan=False),
    outcome=st.sampled_from([Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED]),
    reason=st.text(),
    diagnosis=st.none() | st.text(),
    seconds=st.floats(allow_nan=False),
)
GRADES = st.builds(
    Grade,
    submission=st.text(),
    points=st.none() | st.floats(allow_nan=False),
    max_points=st.floats(allow_nan=False),
    needs_person=st.booleans(),
    round=st.integers(),
    suite=st.text(),
    versions=st.dictionaries(st.text(), st.text(), max_size=2),
    tier=st.text(),
    tests=st.lists(TESTS, max_size=2).map(tuple),
    notes=st.lists(st.text(), max_size=2).map(tuple),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
ONE = Grade("ana", 1.0, 2.0, needs_person=False, round=1, suite="s", versions={}, tier="A", tests=())


# The journal


@given(GRADES)
def test_a_grade_is_read_back_as_it_was(result):
    """Numbers, texts, outcomes and missing values survive JSON."""
    assert from_json(json.loads(json.dumps(to_object(result)))) == result


@given(GRADES, st.sampled_from([*to_object(ONE)]), JSON)
def test_what_is_no_grade_is_refused_or_a_grade_all_the_same(result, field, value):
    """A field of any other kind never becomes a grade of the wrong types."""
    data = {**to_object(result), field: value}
    with contextlib.suppress(AutograderError):
        found = from_json(data)
        assert from_json(json.loads(json.dumps(to_object(found)))) == found or value != value  # noqa: PLR0124 -- NaN


@given(st.binary(max_size=400) | JSON.map(lambda value: json.dumps(value).encode() + b"\n"))
def test_any_file_is_a_journal_that_can_be_written(tmp_path_factory, data):
    """Whatever a crash or a disk left behind: it is opened, holds no grade by chance, and takes new ones."""
    path = tmp_path_factory.mktemp("journal") / "r.journal"
    path.write_bytes(data)
    with Journal(path) as journal:
        assert len(journal) == 0
        journal.add("mark", ONE)
    with Journal(path) as journal:
        assert journal.find("mark") == ONE


@pytest.mark.parametrize("kept", range(0, 40, 3))
def test_a_line_that_was_cut_off_costs_only_itself(tmp_path, kept):
    """A grader that ends while it writes leaves the lines before, and the next one writes over the rest."""
    path = tmp_path / "r.journal"
    with Journal(path) as journal:
        journal.add("one", ONE)
        whole = path.stat().st_size
        journal.add("two", replace(ONE, submission="bo"))
    os.truncate(path, whole + kept)
    with Journal(path) as journal:
        assert journal.find("one") == ONE
        assert journal.find("two") is None
        journal.add("three", replace(ONE, submission="cy"))
    with Journal(path) as journal:
        assert [len(journal), journal.find("three").submission] == [2, "cy"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_grader_at_a_time_writes_a_journal(tmp_path):
    """The second is told so, and may when the first has ended, however it ended."""
    path = tmp_path / "r.journal"
    script = f"from autograder.journal import Journal\nfrom pathlib import Path\nj = Journal(Path({str(path)!r}))\nprint('open', flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as other:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(AutograderError, match="another grader is writing it"):
            Journal(path)
        other.kill()
    with Journal(path) as journal:
        assert len(journal) == 0
    assert not path.exists()


def test_a_journal_follows_no_link_and_is_no_folder(tmp_path):
    """A file of somebody else's is not written over."""
    (tmp_path / "secret").write_text("x")
    (tmp_path / "r.journal").symlink_to(tmp_path / "secret")
    (tmp_path / "folder").mkdir()
    for name in ("r.journal", "folder"):
        with pytest.raises(AutograderError, match="expected a file that can be written"):
            Journal(tmp_path / name)
    assert (tmp_path / "secret").read_text() == "x"


def test_a_grade_counts_only_under_the_same_conditions(course, tmp_path):
    """Another cell, name, mistake, seed, tier, version or option is another fingerprint."""
    plan = plan_functions(course, [FUNCTION])
    suite = suite_digest(plan)
    usual = {"seed": b"1", "tier": "A", "versions": {"numpy": "2"}, "options": {"data_dir": None}}
    ana = Submission("ana", "python", ("x = 1",))
    marks = [fingerprint(ana, conditions(plan, suite, **usual))]
    changes = [
        {"seed": b"2"},
        {"tier": "B"},
        {"versions": {"numpy": "3"}},
        {"options": {"data_dir": tmp_path}},
    ]
    marks += [fingerprint(ana, conditions(plan, suite, **{**usual, **change})) for change in changes]
    marks.append(fingerprint(ana, conditions(replace(plan, round=2), suite, **usual)))
    marks.append(fingerprint(ana, conditions(plan, suite + "x", **usual)))
    others = [replace(ana, name="bo"), replace(ana, cells=("x = 2",)), replace(ana, cells=("x", "=", "1"))]
    others += [replace(ana, kind="notebook"), replace(ana, problem="?"), replace(ana, damaged=True)]
    marks += [fingerprint(other, conditions(plan, suite, **usual)) for other in others]
    assert len(set(marks)) == len(marks)
    assert fingerprint(ana, conditions(plan, suite, **usual)) == marks[0]
    assert "b'1'" not in json.dumps(conditions(plan, suite, **usual))


def test_a_batch_takes_from_the_journal_what_is_there_and_grades_the_rest(tier_c, course, tmp_path):
    """Nobody is graded twice, and the grades come in the order of the class."""
    plan = plan_functions(course, [FUNCTION])
    people = [
        Submission(name, "python", (RIGHT if name != "bo" else "x = 1",)) for name in ("ana", "bo", "cy")
    ]
    path, seen = tmp_path / "r.journal", []
    with Journal(path) as journal:
        grade(people[1:2], plan, sandbox=tier_c, seed=development_seed(1), journal=journal)
    kept = path.read_bytes()
    with Journal(path) as journal:
        grades = grade(
            people,
            plan,
            sandbox=tier_c,
            seed=development_seed(1),
            journal=journal,
            record=lambda g: seen.append(g.submission),
        )
        assert path.read_bytes().startswith(kept)
        assert path.read_bytes().count(b"\n") == 3
        journal.clear()
    assert [g.submission for g in grades] == ["ana", "bo", "cy"]
    assert seen == ["bo", "ana", "cy"]
    assert [g.points == g.max_points for g in grades] == [True, False, True]
    assert not path.exists()


# What may be our doing


class Failing:
    """A sandbox that fails as often as it is told to, and then works."""

    def __init__(self, sandbox, times, victim):
        self.tier, self._sandbox, self.left, self._victim = sandbox.tier, sandbox, times, victim

    def worker(self, *args, **kwargs):
        """Start a worker; while there are failures left, kill it as an administrator could, or start none."""
        if self.left and self._victim == "zygote":
            self.left -= 1
            raise SandboxError("no room for a process")
        worker = self._sandbox.worker(*args, **kwargs)
        if self.left:
            self.left -= 1
            [os.kill(pid, signal.SIGKILL) for pid in leaves(os.getpid())]
        return worker


def leaves(pid):
    """List the processes below this one that have none below themselves: workers."""
    children = [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    zygotes = [c for c in children if b"zygote.py" in Path(f"/proc/{c}/cmdline").read_bytes()]
    found = []
    todo = [(z, 0) for z in zygotes]
    while todo:
        at, depth = todo.pop()
        below = [int(n) for n in Path(f"/proc/{at}/task/{at}/children").read_text().split()]
        todo += [(b, depth + 1) for b in below]
        if not below and depth >= 2:
            found.append(at)
    return found


@pytest.mark.parametrize("victim", ["worker", "zygote"])
@pytest.mark.parametrize("times", range(grading.ATTEMPTS))
def test_a_worker_that_somebody_killed_costs_nobody_a_point(isolated, course, victim, times):
    """Killed, or not started, up to twice: the grade is that of a quiet run, and no person is asked."""
    plan = plan_functions(course, [FUNCTION])
    sandbox = Failing(isolated, times, victim)
    people = [Submission(name, "python", (RIGHT,)) for name in ("ana", "bo")]
    grades = grade(people, plan, sandbox=sandbox, seed=development_seed(1))
    assert sandbox.left == 0
    assert [(g.submission, g.points == g.max_points, g.needs_person) for g in grades] == [
        ("ana", True, False),
        ("bo", True, False),
    ]


def test_who_kills_its_own_worker_each_time_has_done_it(isolated, course):
    """SIGKILL in every attempt is the program's own doing: no point, no open question, and nobody else is held up."""
    plan = plan_functions(course, [FUNCTION])
    own = f"import resource\ndef {FUNCTION}(*given, **named):\n    resource.setrlimit(resource.RLIMIT_CPU, (0, 0))\n    while True: pass\n"
    people = [Submission("mallory", "python", (own,)), Submission("ana", "python", (RIGHT,))]
    bad, good = grade(people, plan, sandbox=isolated, seed=development_seed(1))
    assert (bad.points, bad.needs_person) == (0.0, False)
    assert "ended its own process (signal 9)" in bad.tests[0].reason
    assert good.points == good.max_points


def test_a_sandbox_that_never_works_leaves_the_points_open(tier_c, course, tmp_path):
    """No student loses a point, a person is asked, and the journal keeps nothing, so that the next run tries again."""
    plan = plan_functions(course, [FUNCTION])
    sandbox = Failing(tier_c, 10**6, "zygote")
    with Journal(tmp_path / "r.journal") as journal:
        [result] = grade(
            [Submission("ana", "python", (RIGHT,))],
            plan,
            sandbox=sandbox,
            seed=development_seed(1),
            journal=journal,
        )
        assert len(journal) == 0
    assert (result.points, result.needs_person) == (None, True)


# Disks


def on_a_small_disk(script, *, size="200k", options="", cwd=ROOT):
    """Run a shell script as root of a user namespace, with a file system of its own at $DISK."""
    prepared = f'set -e; DISK=$(mktemp -d); mount -t tmpfs -o size={size}{options} tmpfs "$DISK"; {script}'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", prepared],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd,
        env={**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)},
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no file system of our own to be had: {done.stderr.strip()[:200]}")
    return done


GRADE = (
    '"$PYTHON" -c "from autograder.cli import main; main()" grade class '
    f"--course {ROOT} --function {FUNCTION} --seed 1 --tier C --json $DISK/r.json"
)


@pytest.fixture
def small_class(tmp_path):
    """A folder with three programs."""
    (tmp_path / "class").mkdir()
    for name in ("ana", "bo", "cy"):
        (tmp_path / "class" / f"{name}.py").write_text(RIGHT)
    return tmp_path


def test_a_full_disk_is_told_and_the_same_command_goes_on_when_there_is_room(small_class):
    """The journal holds the grades that found room; the old records stay as they were until the new ones are whole."""
    script = f"""
    printf old > $DISK/r.json
    head -c 190000 /dev/zero > $DISK/fill || true
    {GRADE} > first.txt 2>&1 && exit 9 || echo "exit $?"
    cat $DISK/r.json; echo; ls -A $DISK
    rm $DISK/fill
    {GRADE} > second.txt 2>&1 || exit 8
    ls -A $DISK; cp $DISK/r.json .
    """
    done = on_a_small_disk(script, cwd=small_class)
    first = (small_class / "first.txt").read_text()
    assert done.stdout.splitlines()[:2] == ["exit 2", "old"], done.stdout + done.stderr + first
    assert "No space left on device; make room" in first
    assert "Traceback" not in first
    assert done.stdout.split()[-1] == "r.json"
    assert [g["submission"] for g in json.loads((small_class / "r.json").read_text())] == ["ana", "bo", "cy"]


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_graded(small_class):
    """A read-only file system, also for root."""
    script = f"{GRADE} > told.txt 2>&1 && exit 9 || echo exit $?"
    done = on_a_small_disk(script, options=",ro", cwd=small_class)
    told = (small_class / "told.txt").read_text()
    assert done.stdout.split() == ["exit", "2"], done.stdout + done.stderr + told
    assert "cannot be written: Read-only file system; give --json a file in a folder of your own" in told
    assert "ana" not in told


def test_records_are_written_whole_or_not_at_all(small_class):
    """Where there is no room, the file is the old one and nothing lies beside it."""
    script = """
    printf old > $DISK/r.json
    "$PYTHON" - <<'END' || exit 9
import os
from pathlib import Path
from autograder.errors import AutograderError
from autograder.results import write_private
path = Path(os.environ.get("DISK", ".")) / "r.json"
try:
    write_private(path, "x" * 1_000_000)
except AutograderError as error:
    print(error)
END
    cat $DISK/r.json; echo; ls -A $DISK
    """
    done = on_a_small_disk(script.replace('"$PYTHON" -', 'DISK="$DISK" "$PYTHON" -'), cwd=small_class)
    told, *rest = done.stdout.splitlines()
    assert "No space left on device" in told, done.stdout + done.stderr
    assert rest == ["old", "r.json"]


def test_written_records_are_private(tmp_path):
    """Nobody else reads them, and their folder is made."""
    write_private(tmp_path / "new" / "r.json", to_json([ONE]))
    assert (tmp_path / "new" / "r.json").stat().st_mode & 0o777 == 0o600
