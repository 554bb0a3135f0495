"""Every kind of hostile or clumsy program earns what it does right, between two right programs that notice nothing of it.

A row of `PROGRAMS` is one kind: what it does, which tests of a real suite it loses honestly, and what its record says. All rows are
graded in one batch with a right program before and after each few of them. What is left behind is looked for after each
program. Every program here is bounded in time, memory and number of processes.
"""

import os
import re
import shutil
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the proofs are in no installed package

from autograder.course import plan_functions  # noqa: E402 -- after the path
from autograder.feedback import as_html, as_text, points_of  # noqa: E402 -- the same
from autograder.grade import development_seed, grade  # noqa: E402 -- the same
from autograder.submission import Submission  # noqa: E402 -- the same
from proof.soak import footprint  # noqa: E402 -- the same

FUNCTION = "max_pool2d_forward"
HEAD = f"def {FUNCTION}(x, kernel_size, stride=None, padding=0):\n"
RIGHT = (ROOT / "solutions" / FUNCTION / "reference.py").read_text(encoding="utf-8").partition("\n")[2]
NAMED = f"{RIGHT}\nright = {FUNCTION}\n"
"""The right function under another name, too."""
ALL = ".*"
NONE = "(?!)"
ONE = "test_smallest_and_largest_window"
"""The test whose first call asks for a window of four pixels, and no other test does."""
ROOMS = {"memory_mb": 256, "processes": 24, "open_files": 64, "scratch_mb": 8, "output_kb": 64, "reply_mb": 4}
SOON = {"call_seconds": 0.5, "load_seconds": 1.0}
"""For programs that go on for ever, graded apart, so that the others have the time that students have."""
WRONG = r"the result's values are wrong|the result has the wrong shape"
BETWEEN = 6
"""Programs from one right program to the next."""


@dataclass(frozen=True)
class Program:
    """One kind of program."""

    cells: tuple[str, ...]
    lost: str
    """Expression for the names of the tests that it does not pass."""
    says: str
    """Expression that is found in the reason of each such test; where there is none, in the record's notes or output."""
    kind: str = "python"


def once(body, says, lost=ONE):
    """Do something in the one call with a window of four pixels, and then what is right."""
    body = textwrap.indent(textwrap.dedent(body), "        ")
    source = f"{NAMED}\nimport os, sys, time, threading, tempfile, ctypes\nimport numpy as np\n{HEAD}"
    return Program(
        (f"{source}    if kernel_size == 4:\n{body}\n    return right(x, kernel_size, stride, padding)\n",),
        lost,
        says,
    )


def always(body, says="", lost=NONE, before=""):
    """Do something in each call; `right` is at hand and `answer` is right, `wrong` has its shape."""
    body = textwrap.indent(textwrap.dedent(body), "    ")
    first = "    answer = right(x, kernel_size, stride, padding)\n    wrong = answer * 0 - 7\n"
    source = f"{NAMED}\nimport os, sys, time, threading, tempfile\nimport numpy as np\n{textwrap.dedent(before)}\n{HEAD}{first}"
    return Program((f"{source}{body}\n",), lost, says)


def beside(*cells, says="", lost=NONE, kind="notebook"):
    """Add cells around the right program."""
    return Program((*cells[:1], RIGHT, *cells[1:]), lost, says, kind)


FORGE = """
import json, struct
def frame(tree, body=b''):
    header = json.dumps(tree).encode()
    return struct.pack('>IQ', len(header), len(body)) + header + body
"""
THIEF = """
import os, socket, tempfile
reached, tried = [], 0
def attempt(what, action):
    global tried
    tried += 1
    try:
        if action() not in (None, -1): reached.append(what)
    except Exception:
        pass
"""
LAZY = """
class Lazy:
    def __init__(self, answer): self.answer = answer
    def __array__(self, *_, **__): return self.answer
    def __len__(self): return len(self.answer)
    def __getitem__(self, place): return self.answer[place]
    def __eq__(self, other): return True
"""
LIAR = """
class Liar(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_ufunc__(self, *_, **__): return np.zeros(self.shape)
    def __array_function__(self, *_, **__): return True
    def __array__(self, *_, **__): return np.full(self.shape, 42.0)
    def __sub__(self, other): return 0
    def astype(self, *_, **__): return self
    shape_seen = property(lambda self: (1, 1))
"""
SEARCH = """
import gc, sys
def search(want, mine):
    found, frame = [], sys._getframe()
    while frame is not None:
        found += [*frame.f_locals.values(), *frame.f_globals.values()]
        frame = frame.f_back
    for thing in gc.get_objects():
        found += thing.values() if type(thing) is dict else thing if type(thing) in (list, tuple) else ()
    return [a for a in found if type(a) is np.ndarray and a.shape == want and a.dtype == float and a is not mine]
"""
PREDICT = """
import random
np.random.seed(0); random.seed(0)
at_load = np.random.get_state()
np.random.default_rng = np.random.RandomState = lambda *_: None
from numpy.random import Generator, PCG64
import numpy.random._generator as made
def guesses(shape):
    np.random.set_state(at_load)
    for _ in range(20): yield np.random.standard_normal(shape)
    for seed in range(50):
        np.random.seed(seed)
        yield np.random.standard_normal(shape)
        yield made.Generator(PCG64(seed)).standard_normal(shape)
"""

LATER = """
last = []
def later(change):
    for gate, thread in last: gate.set(); thread.join()
    gate = threading.Event()
    thread = threading.Thread(target=lambda: (gate.wait(), change()), daemon=True)
    thread.start()
    last[:] = [(gate, thread)]
"""
"""A thread changes a result after it was returned and before the next call: by then it is the grader's."""

ENDLESS = {
    "endless loop": once("while True: pass", r"limit of 0.5 s for one call \(call_seconds\)"),
    "endless loop that swallows interrupts": once(
        """
        import signal
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
        r"limit of 0.5 s for one call \(call_seconds\)",
    ),
    "sleep": once("time.sleep(600)", r"limit of 0.5 s for one call \(call_seconds\)"),
    "list without an end": once(
        "class Endless(list):\n    def __iter__(self):\n        while True: yield 1.0\nreturn Endless([1.0])",
        r"limit of 0.5 s for one call \(call_seconds\)",
    ),
    "endless loop at top level": beside(
        "x = 1", "while True: pass", says=r"cell 3: .*limit of 1 s .*\(load_seconds\)", kind="python"
    ),
}
HOSTILE = {
    # what takes too much
    "fork bomb": once(
        "for _ in range(200):\n    if os.fork() == 0: time.sleep(60); os._exit(0)",
        r"BlockingIOError at the limit of 24 \(processes\)",
    ),
    "thread bomb": once(
        "for _ in range(2000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        r"RuntimeError at the limit of 24 \(processes\) or 256 MiB \(memory_mb\)",
    ),
    "memory filled": once(
        "kept = []\nwhile True: kept.append(np.ones(1 << 22))",
        r"MemoryError at the limit of 256 MiB \(memory_mb\)",
    ),
    "disk filled": once(
        "place = tempfile.gettempdir()\nfor n in range(64): open(f'{place}/{n}', 'wb').write(bytes(1 << 20))\ntime.sleep(9)",
        r"limit of 8 MiB \(scratch_mb\)",
    ),
    "descriptors used up": once(
        "kept = [os.dup(1) for _ in range(99)]", r"OSError at the limit of 64 \(open_files\)"
    ),
    "output without end": once("while True: os.write(1, b'x' * 65536)", r"limit of 64 KiB \(output_kb\)"),
    "gigabytes of result": once("return np.zeros(1 << 20)", r"limit of 4 MiB \(reply_mb\)"),
    # what ends too soon
    "os._exit": once("os._exit(0)", r"ended its own process \(exit code 0\)"),
    "os._exit at top level": beside(
        "x = 1",
        "import os; os._exit(0)",
        says=r"cell 3: your code ended its own process \(exit code 0\)",
        kind="python",
    ),
    "os._exit in several cells": beside(
        *["import os\nx = 1\nos._exit(0)\n"] * 4, says=r"cell 1: .*; cell 3: .*; cell 4: .*; cell 5: ", kind="python"
    ),
    "sys.exit": once("sys.exit(0)", r"^your code raised SystemExit$"),
    "interrupt": once("raise KeyboardInterrupt", r"^your code raised KeyboardInterrupt$"),
    "crash": once("ctypes.string_at(0)", r"ended its own process \(signal 11\)"),
    "abort": once("os.abort()", r"ended its own process \(signal \d+\)"),
    "recursion": once("def f(): f()\nf()", r"^your code raised RecursionError$"),
    # others
    "signals to others": always(
        """
        for process in {@GRADER, os.getppid() or -1, 1, -1} - {os.getpid()}:
            for number in (15, 9, 19, 2):
                try: os.kill(process, number)
                except OSError: pass
        return answer
        """
    ),
    "daemon": once(
        """
        try:
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0: time.sleep(60)
                os._exit(0)
        except OSError: pass
        """,
        "",
        NONE,
    ),
    "files of others": always(
        "return answer",
        r"tried \d\d+, reached \[\]",
        before=THIEF
        + """
for path in @READ: attempt('read ' + path, lambda: open(path, 'rb').read(1) and 1)
for path in @READ: attempt('list ' + path, lambda: len(os.listdir(os.path.dirname(path))))
for path in @WRITE:
    for mode in ('ab', 'r+b', 'wb'): attempt(f'{mode} {path}', lambda: open(path, mode) and 1)
    for how in (os.remove, os.rmdir): attempt(f'{how} {path}', lambda: how(path) or 1)
    for how in (os.rename, os.link): attempt(f'{how} {path}', lambda: how(path, tempfile.gettempdir() + '/x') or 1)
    attempt('cut ' + path, lambda: os.truncate(path, 0) or 1)
for name in ('mem', 'environ', 'maps', 'root/etc/passwd'): attempt(name, lambda: open('/proc/@GRADER/' + name, 'rb') and 1)
attempt('descriptors', lambda: len(os.listdir('/proc/@GRADER/fd')))
attempt('passwords', lambda: open('/etc/passwd').read(1) and 1)
print('tried', tried, end=', ')
print('reached', reached)
""",
    ),
    "network": always(
        "return answer",
        r"tried \d\d+, reached \[\]",
        before=THIEF
        + """
for family in range(2, 46):
    for kind in (1, 2, 3, 5): attempt(f'family {family}', lambda: socket.socket(family, kind).fileno())
attempt('loopback', lambda: socket.create_connection(('127.0.0.1', 22), timeout=1))
print('tried', tried, end=', ')
print('reached', reached)
""",
    ),
    "tracing": always(
        "return answer",
        r"tried 4, reached \[\]",
        before=THIEF
        + """
import ctypes
libc = ctypes.CDLL(None)
for request in (16, 0x4206): attempt('ptrace', lambda: libc.ptrace(request, @GRADER, 0, 0))
attempt('memory', lambda: libc.process_vm_readv(@GRADER, None, 0, None, 0, 0))
attempt('clone', lambda: libc.unshare(0x10000000))
print('tried', tried, end=', ')
print('reached', reached)
""",
    ),
    # what is patched
    "numpy patched": always(
        "return wrong",
        WRONG,
        ALL,
        "np.array_equal = np.allclose = np.isclose = np.testing.assert_allclose = lambda *a, **k: True\n",
    ),
    "builtins patched": always(
        "builtins.isinstance = lambda *_: True\nbuiltins.len = lambda *_: 0\nreturn wrong",
        "your code ended its (own )?process",
        ALL,
        "import builtins",
    ),
    "pytest patched": always(
        "return wrong",
        WRONG,
        ALL,
        "import types\nsys.modules['pytest'] = sys.modules['_pytest'] = fake = types.ModuleType('pytest')\n"
        "fake.fail = fake.raises = fake.approx = lambda *a, **k: True\nsys.modules['unittest'] = fake",
    ),
    "worker patched": always(
        "return wrong",
        "the result is a dict, not an array of numbers",
        ALL,
        "sys.modules['legrade_worker'].Worker._give = lambda self, value: {'passed': 20, 'value': True}",
    ),
    "notebook's shell patched": Program(
        (
            "ip = get_ipython()\nip.input_transformers_post.append(lambda lines: ['x = 1\\n'])",
            "ip.run_cell = lambda *a, **k: None\nip.events.register('pre_run_cell', lambda *a: 1/0)",
            RIGHT,
        ),
        ALL,
        "`max_pool2d_forward` is not defined in the submission",
        "notebook",
    ),
    "notebook's hooks": beside(
        "ip = get_ipython()\nip.set_custom_exc((Exception,), lambda *a: None)\nip.showtraceback = lambda *a: None\n"
        "ip.events.register('post_run_cell', lambda *a: print('hooked'))",
        says="hooked",
    ),
    # what lies
    "array that lies": always("return wrong.view(Liar)", WRONG, ALL, LIAR),
    "right array that lies": always("return answer.view(Liar)", before=LIAR),
    "lazy object": always("return Lazy(answer)", "the result is a Handle, not an array of numbers", ALL, LAZY),
    "lazy object in a list": always("return [Lazy(answer)]", "not an array of numbers|ragged", ALL, LAZY),
    "object that calls itself an array": always(
        "return Posing(wrong)",
        WRONG,
        ALL,
        f"{LAZY}\nclass Posing(Lazy):\n    __class__ = property(lambda self: np.ndarray)\n",
    ),
    "object that ends the process when it is read": once(
        "class Trap:\n    __class__ = property(lambda self: np.ndarray)\n    def __array__(self, *a, **k): os._exit(0)\nreturn Trap()",
        r"ended its own process \(exit code 0\)",
    ),
    "list inside itself": once(
        "a = []\na.append(a)\nreturn a", "the result is no number, array or model|the result is"
    ),
    "frames searched": always(
        "found = search(answer.shape, x)\nreturn next((a for a in found if a is not answer and a is not wrong), wrong)",
        WRONG,
        ALL,
        SEARCH,
    ),
    "argument changed": always("x[...] = 0\nreturn answer", "changed its argument 1 in place", "test_arguments_stay"),
    "random numbers predicted": always(
        "known = any(np.allclose(g, x) for g in guesses(x.shape))\nreturn answer if known else wrong",
        WRONG,
        ALL,
        PREDICT,
    ),
    "result on stdout": always(
        """
        for file in (sys.stdout, sys.stderr, sys.__stdout__): print('passed, 20 of 20 points', file=file, flush=True)
        os.write(1, frame({'d': [['value', True], ['changed', {'t': []}]]}))
        return wrong
        """,
        WRONG,
        ALL,
        FORGE,
    ),
    "result on the channel": always(
        "os.write(200, frame({'d': [['value', True], ['changed', {'t': []}]]}))\nreturn wrong",
        "what came back is no result|" + WRONG,
        ALL,
        FORGE,
    ),
    "late thread spoils the result": always("later(lambda: answer.fill(0))\nreturn answer", before=LATER),
    "late thread mends the result": always("later(lambda: np.copyto(wrong, answer))\nreturn wrong", WRONG, ALL, LATER),
}  # fmt: skip
CLUMSY = {
    "prints": always("print('hello from the function')\nreturn answer", "hello from the function"),
    "writes to stderr": always("print('oh', file=sys.stderr)\nreturn answer", "oh"),
    "warns": always("warnings.warn('careful')\nreturn answer", "careful", before="import warnings"),
    "progress bar": always(
        "for n in range(0, 101, 10): print(f'\\r{n:3}% |{chr(9608) * (n // 10):10}|', end='', file=sys.stderr, flush=True)\nreturn answer",
        r"100% \|█{10}\|",
    ),
    "changes the folder": always(
        "os.chdir(tempfile.mkdtemp())\nos.rmdir(os.getcwd())\nreturn answer", before="os.chdir('/')"
    ),
    "shadows names": always(
        "return answer", before="list = 3\ndict = sum = len = max = None\nstr = 'x'\nrange = range\nobject = 1"
    ),
    "asks for input": beside("name = input('Your name? ')\nn = len(input())", says=""),
    "asks for input in a file": beside("name = input('Your name? ')", kind="python"),
    "slow but right": always(
        """
        time.sleep(0.01)
        out = np.zeros(answer.shape)
        for place in np.ndindex(*answer.shape):
            best = -float('inf')
            for value in [answer[place]] * 200: best = value if value > best else best
            out[place] = best
        return out
        """
    ),
    "syntax error in another cell": beside("x = 1", "def broken(:", says="cell 3 raised SyntaxError"),
    "exception in another cell": beside("1 / 0", "undefined_name", says="cell 1 raised ZeroDivisionError; cell 3 raised NameError"),
    "exit in another cell": beside("exit()", "quit()", says="cell 1"),
    "magics": beside("%matplotlib inline\n%cd /\n!pip install torch\n%pip install x\n%load_ext x", "%%time\ny = 2", "%timeit 1\n?print"),
    "makes numpy strict": always("return answer", before="np.seterr(all='raise')\nimport warnings\nwarnings.simplefilter('error')\nnp.set_printoptions(precision=1)"),
    "closes its output": always("return answer", before="sys.stdout.close(); sys.stderr.close()"),
    "defines the function twice": beside(f"{HEAD}    return 0", kind="python"),
    "works in the main guard": Program(("if __name__ == '__main__':\n" + textwrap.indent(RIGHT, "    "),), NONE, ""),
}  # fmt: skip
PROGRAMS = {**ENDLESS, **HOSTILE, **CLUMSY}


@pytest.fixture(scope="module")
def treasure(tmp_path_factory):
    """Make what a thief would like to read or change: key, gradebook, another submission, hidden tests, records."""
    folder = tmp_path_factory.mktemp("grader")
    shutil.copytree(
        ROOT / "solutions" / FUNCTION, folder / "solutions", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("course.key", "gradebook.db", "submitted/ana/convolution.ipynb", "records/ana.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("secret", encoding="utf-8")
    return folder


def contents(folder):
    """Read everything below a folder."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def addressed(program, folder):
    """Tell a program where everything is that it would like to reach."""
    own = [str(path) for path in contents(folder)]
    others = [str(ROOT / "solutions" / FUNCTION / "test_hidden.py"), f"/proc/{os.getppid()}/environ"]
    places = {"@READ": repr([*own, *others]), "@WRITE": repr(own), "@GRADER": str(os.getpid())}
    cells = program.cells
    for name, value in places.items():
        cells = tuple(cell.replace(name, value) for cell in cells)
    return cells


def planned(course, **limits):
    """Plan to grade the tests of what needs no stride, padding or pair, with little room."""
    plan = plan_functions(course, [FUNCTION])
    (part,) = plan.parts
    spec = replace(part.spec, limits=replace(part.spec.limits, **ROOMS, **limits))
    return replace(plan, parts=(replace(part, spec=spec, features=frozenset()),))


def counted(sandbox):
    """Count what the grader, and all below it, hold, and the workers' folders of tier B."""
    scratch = getattr(sandbox, "_scratch", None)
    seen = footprint()
    return {
        "descriptors": seen.descriptors,
        "mounts": seen.mounts,
        "processes": seen.processes,
        "zombies": seen.zombies,
        "threads": seen.threads,
        "temporary files": seen.scratch,
        "folders": len(list(Path(scratch).iterdir())) if scratch else 0,
    }


def left_behind(sandbox, before, seconds=5.0):
    """Say what is more than before; the kernel ends processes when it has time."""
    deadline = time.monotonic() + seconds
    while True:
        now = counted(sandbox)
        more = {name: now[name] - before[name] for name in before if now[name] > before[name]}
        if not more or time.monotonic() > deadline:
            return more
        time.sleep(0.01)


def sibling(kind="python"):
    """Make a right submission."""
    return Submission("sibling", kind, (RIGHT,))


def told(result):
    """Take what has to be equal in two grades of the same work: all but the seconds."""
    return replace(result, tests=tuple(replace(test, seconds=0.0) for test in result.tests))


@dataclass
class Batch:
    """What a batch came to."""

    quiet: object
    """The grade of a right program that was graded before any other one."""
    grades: dict
    siblings: list
    left: dict
    """What was left after each program."""
    changed: bool
    """Whether the grader's own files are others than before."""


@pytest.fixture(scope="module")
def batch(isolated, course, treasure, tmp_path_factory):
    """Grade all programs, a right one before and after each few, and look after each what is left of it."""
    how = {"sandbox": isolated, "seed": development_seed(7)}
    quiet, _ = grade([sibling(), sibling("notebook")], planned(course), **how)
    found, mine = Batch(quiet, {}, [], {}, changed=False), contents(treasure)
    outside, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("own"))  # not what others make
    try:
        for programs, limits in ((ENDLESS, SOON), (HOSTILE | CLUMSY, {})):
            before = counted(isolated)
            people = [sibling()]
            for number, (name, program) in enumerate(programs.items(), start=1):
                people.append(Submission(name, program.kind, addressed(program, treasure)))
                people += [sibling()] if number % BETWEEN == 0 or number == len(programs) else []
            found.left |= grade_and_look(people, planned(course, **limits), before, how, found)
    finally:
        tempfile.tempdir = outside
    found.changed = contents(treasure) != mine
    return found


def grade_and_look(people, plan, before, how, found):
    """Grade in one session for each fifty; return what was left after each."""
    left = {}

    def look(result):
        left[result.submission] = left_behind(how["sandbox"], before)
        if result.submission == "sibling":
            found.siblings.append(result)
        else:
            found.grades[result.submission] = result

    grade(people, plan, record=look, **how)
    return left


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_earns_what_it_does_right(batch, name):
    """It loses the tests of its row and no other, all for the reason of its row; no point is left open."""
    program, result = PROGRAMS[name], batch.grades[name]
    lost = [test for test in result.tests if test.points != test.max_points]
    assert not [test for test in result.tests if test.points is None], [test.detail for test in result.tests]
    should = [test.test for test in result.tests if re.search(program.lost, test.test)]
    assert [test.test for test in lost] == should, [(test.test, test.reason) for test in lost]
    assert result.points == sum(test.max_points for test in result.tests if test.test not in should)
    assert not result.needs_person
    said = [test.reason for test in lost] or ["\n".join((*result.notes, result.output))]
    assert not [text for text in said if not re.search(program.says, text)], said
    assert program.says or result.notes == ()


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_of_a_program_is_left(batch, name):
    """No process, mount, descriptor, thread or file, as soon as its grade is there."""
    assert batch.left[name] == {}


def test_right_programs_between_hostile_ones_are_graded_as_by_themselves(batch):
    """Points, reasons, notes, output: all but the seconds."""
    assert batch.quiet.points == batch.quiet.max_points > 10
    assert len(batch.siblings) >= len(PROGRAMS) / BETWEEN
    assert {told(result) == told(batch.quiet) for result in batch.siblings} == {True}


def test_nothing_of_the_grader_s_was_changed(batch):
    """The key, the gradebook, other submissions, records and hidden tests are what they were."""
    assert not batch.changed


def test_thieves_reach_what_they_are_after_where_nothing_is_isolated(tier_c, course, tmp_path, treasure):
    """The rows above could fail: in a plain process the same programs read, write and connect."""
    shutil.copytree(treasure, tmp_path / "copy")
    before = contents(tmp_path / "copy")
    people = [
        Submission(name, "python", addressed(PROGRAMS[name], tmp_path / "copy"))
        for name in ("files of others", "network")
    ]
    files, network = grade(people, planned(course), sandbox=tier_c, seed=development_seed(7))
    assert "reached ['read " in files.output
    assert "wb " in files.output
    assert contents(tmp_path / "copy") != before
    assert "reached ['family 2'" in network.output


def test_the_security_page_says_what_becomes_of_each_kind():
    """Every row above is named there, and nothing else is."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("| hostile submission |")[2]
    rows = page.partition("\n\n")[0].splitlines()[2:]
    named = [kind.strip() for row in rows for kind in row.split("|")[1].split(";")]
    assert sorted(named) == sorted(PROGRAMS)


def test_two_endless_cells_cost_themselves_only(tier_c, course):
    """Both are found, statement by statement, and what else they hold is kept."""
    cells = ("x = 1\nwhile True: pass\n", f"{RIGHT}\nwhile True: pass\n")
    plan = planned(course, load_seconds=0.4)
    (result,) = grade([Submission("loops", "python", cells)], plan, sandbox=tier_c, seed=development_seed(7))
    assert result.points == result.max_points, result.tests
    assert re.search(r"cell 1: .*; cell 2: ", result.notes[0])


def test_cells_that_end_their_worker_again_and_again_come_to_an_end(tier_c, course):
    """What a hundred such cells cost is bounded, and said."""
    cells = (*["import os\nos._exit(0)"] * 100, RIGHT)
    (result,) = grade(
        [Submission("ends", "python", cells)], planned(course), sandbox=tier_c, seed=development_seed(7)
    )
    assert result.points == 0.0
    assert (
        "not run: cell 1: your code ended its own process (exit code 0); cell 2: " in result.tests[0].reason
    )


LEAKS = {
    "text of an exception": "raise ValueError(str(x.tolist()))",
    "text of an exit": "raise SystemExit(str(x.tolist()))",
    "name of an exception": "raise type('X' + x.tobytes().hex()[:99], (ValueError,), {})",
    "cause of an exception": "raise ValueError from KeyError(str(x.tolist()))",
    "shape": "return np.zeros(1 + int(abs(x[0, 0, 0, 0]) * 1000) % 99)",
    "text": "return str(x.tolist())",
    "names of entries": "return {str(number): 1 for number in x.ravel()}",
    "length": "return [str(number) for number in x.ravel() if number > 0]",
    "values": "return np.resize(x, answer.shape)",
    "output": "print(x.tolist())\nwarnings.warn(str(x.tolist()))\nreturn wrong",
    "a name that is not there": "globals()['x' + x.tobytes().hex()[:99]]",
    "time": "time.sleep(abs(x[0, 0, 0, 0]) / 100)\nreturn wrong",
}
"""How a program tries to have its hidden inputs written where students read."""


@pytest.fixture(scope="module")
def leaky(tier_a, course):
    """Grade the programs on two sets of hidden inputs; pairs of grades by name."""
    cells = {name: always(body, before="import warnings").cells for name, body in LEAKS.items()}
    people = [Submission("mallory", "python", program) for program in cells.values()]
    plan = planned(course)
    rounds = [grade(people, plan, sandbox=tier_a, seed=development_seed(n)) for n in (1, 2)]
    return dict(zip(LEAKS, zip(*rounds, strict=True), strict=True))


@pytest.mark.parametrize("name", LEAKS)
def test_what_a_student_reads_says_nothing_of_hidden_inputs(leaky, name):
    """A program that does with its inputs what it can gets the same page, word for word, whatever they were."""
    pages = []
    for result in leaky[name]:
        points = points_of(result.tests, 8.0)
        assert points == 0.0
        pages.append([write(FUNCTION, result, points, 8.0) for write in (as_text, as_html)])
    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["text of an exception", "text of an exit", "shape", "values", "output"])
def test_the_instructor_reads_what_a_program_did_with_its_inputs(leaky, name):
    """They differ, and the record holds what the pages above do not."""
    first, second = leaky[name]
    assert told(first) != told(second)


TORCH_SUITE = '''
from autograder.testing import Tensor, assert_same

def test_doubles(student, reference, rng):
    """Every entry is doubled."""
    x = rng.standard_normal((2, 3))
    assert_same(student(Tensor(x)), reference(x))
'''
TORCH_PATCHED = """
import torch
torch.equal = torch.allclose = torch.isclose = torch.testing.assert_close = lambda *a, **k: True
torch.Tensor.__eq__ = lambda *_: True
torch.from_numpy = torch.tensor = torch.zeros = lambda *a, **k: None
torch.nn.Module.parameters = torch.nn.Module.modules = lambda self: iter(())
def double(x): return x * 3
def make(): return torch.nn.Linear(3, 2)
"""


def test_a_patched_torch_earns_nothing_and_changes_no_answer_about_a_model(isolated, tmp_path):
    """Values are compared where the program does not run; the worker's own operations took what they need before it did."""
    folder = tmp_path / "solutions" / "double"
    folder.mkdir(parents=True)
    spec = 'signature = "double(x)"\nsummary = "Double."\nlibraries = ["numpy", "torch"]\ndiagnose = false\n'
    (folder / "spec.toml").write_text(spec)
    (folder / "reference.py").write_text("def double(x):\n    return x * 2\n")
    (folder / "test_hidden.py").write_text(TORCH_SUITE)
    people = [
        Submission("mallory", "python", (TORCH_PATCHED,)),
        Submission("ana", "python", ("def double(x): return x + x",)),
    ]
    bad, good = grade(
        people, plan_functions(tmp_path, ["double"]), sandbox=isolated, seed=development_seed(1)
    )
    assert (bad.points, good.points, good.max_points) == (0.0, 1.0, 1.0), bad.tests
    limits = plan_functions(tmp_path, ["double"]).parts[0].spec.limits
    worker = isolated.worker(("numpy", "torch"), limits, notebook=False)
    worker.run_cell(TORCH_PATCHED)
    model = worker.call("make", (), {}, seconds=20.0).value
    assert worker.ask("parameters", (model,), seconds=20.0).value == 8
    worker.close()
