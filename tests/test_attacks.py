"""A hostile submission gains nothing, reads nothing and costs nobody else anything: every hole that was found, once.

Every program here is bounded in time, memory and number of processes.
"""

import json
import os
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import wire
from autograder.course import plan_functions
from autograder.errors import BadReply, LimitHit, SandboxError, StudentFault, StudentRaised
from autograder.evidence import believe
from autograder.grade import development_seed, grade
from autograder.loading import MAX_DETAILS, Loading
from autograder.model import Limits, Outcome
from autograder.nbgrader_reading import JOINER, harmless, restore
from autograder.notebook import Cell
from autograder.outcomes import judge
from autograder.proxy import MAX_COMPARED, StudentProxy
from autograder.results import to_json
from autograder.sandboxes import End, Reply
from autograder.submission import Submission, find
from autograder.testing import Mismatch, assert_same
from autograder.training import as_logits, once

SHORT = Limits(
    load_seconds=10.0, call_seconds=1.0, total_seconds=30.0, memory_mb=512, scratch_mb=8, output_kb=64
)
FORGE = """
import json, os, struct, time
def forge(tree, body=b""):
    header = json.dumps(tree).encode()
    os.write(200, struct.pack(">IQ", len(header), len(body)) + header + body)
def answer(value, changed=()):
    forge({"d": [["value", value], ["changed", {"t": list(changed)}]]})
"""


def start(sandbox, source, *, libraries=("numpy",), limits=SHORT, notebook=False):
    """Start a worker that has run one cell."""
    worker = sandbox.worker(libraries, limits, notebook=notebook)
    error = worker.run_cell(textwrap.dedent(source))
    assert error is None, error
    return worker


def call(sandbox, source, *args, limits=SHORT, seconds=5.0):
    """Define `f` by `source` and call it; return what it returned."""
    worker = start(sandbox, source, limits=limits)
    try:
        return worker.call("f", args, {}, seconds=seconds).value
    finally:
        worker.close()


def grade_program(sandbox, course, source, function="conv2d_forward"):
    """Grade one program on one function."""
    submission = Submission("mallory", "python", (textwrap.dedent(source),))
    plan = plan_functions(course, [function])
    return grade([submission], plan, sandbox=sandbox, seed=development_seed(1))[0]


# Forging


@pytest.mark.parametrize(
    "forged",
    [
        "answer(None, [12345678901234567890123456789])",
        "answer(None, [7])",
        "answer(None, [0, 0])",
        "answer(10**400)",
        "answer({'a': ['<f8', [1], 'tensor']}, ()) or None",
        "forge({'d': [['value', {'a': ['<f8', [1], 'tensor']}], ['changed', {'t': []}]]}, b'12345678')",
        "forge({'d': [['value', {'l': [{'a': ['<f8', [1], 'strided']}]}], ['changed', {'t': []}]]}, b'12345678')",
        "forge({'d': [['value', {'h': 1 << 62}], ['changed', {'t': []}]]})",
        "forge({'d': [['ready', True]]})",
        "forge([])",
        "forge({'d': [['raised', 5], ['detail', 'x']]})",
    ],
)
def test_a_forged_reply_is_no_result(isolated, forged):
    """Positions of no argument, endless integers, the grader's own forms of arrays: each is the student's failure."""
    with pytest.raises(BadReply, match="what came back is no result"):
        call(isolated, FORGE + f"def f(x): {forged}; time.sleep(5)", np.zeros(2), seconds=1.0)


def test_an_honest_integer_beyond_the_wire_costs_its_call_only(sandbox):
    """The worker says that it has no form, and goes on."""
    worker = start(sandbox, "def f(): return 2**70\ndef g(): return 2**62")
    with pytest.raises(BadReply, match="no number, array or model"):
        worker.call("f", (), {}, seconds=5.0)
    assert worker.call("g", (), {}, seconds=5.0).value == 2**62
    worker.close()


def test_a_text_that_no_file_can_hold_arrives_as_one_that_can(isolated):
    """Half a character in a forged traceback would end the writing of the whole class's records."""
    source = (
        FORGE + "def f(): forge({'d': [['raised', 'ValueError'], ['detail', 'a\\ud800b']]}); time.sleep(5)"
    )
    with pytest.raises(StudentRaised) as raised:
        call(isolated, source, seconds=1.0)
    assert raised.value.detail == "a?b"


def test_a_forged_traceback_is_cut(isolated):
    """What a worker sends for the instructor does not grow with what it sends."""
    source = (
        FORGE + "def f(): forge({'d': [['raised', 'ValueError'], ['detail', 'x' * 500_000]]}); time.sleep(5)"
    )
    with pytest.raises(StudentRaised) as raised:
        call(isolated, source, seconds=1.0)
    assert len(raised.value.detail) <= 4000


@pytest.mark.parametrize(
    "attack",
    [
        "import numpy as np; np.testing = np.array_equal = np.allclose = lambda *a, **k: True; f",
        "import builtins; builtins.isinstance = lambda *a: True; builtins.len = lambda x: 0",
        "import sys; sys.modules['__main__'] = None; sys.modules.clear()",
        "import atexit, os; atexit.register(os._exit, 0); raise SystemExit(0)",
        "import signal; signal.signal(signal.SIGTERM, lambda *a: 1); signal.alarm(1)",
        "import os; os.close(200)",
        "import os; os.dup2(1, 200)",
        "import os; os.closerange(0, 300)",
        "import sys; sys.setrecursionlimit(30)",
        "import sys; sys.stdout = sys.stderr = None; sys.settrace(lambda *a: None)",
        "import threading, os; threading.excepthook = lambda *a: os._exit(0); threading.Thread(target=1/1).start()",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))",
        "import os; os.kill(1, 9); os.kill(-1, 9)",
        "import gc; [o.clear() for o in gc.get_objects() if type(o) is dict and 'call' in o]",
        "import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)",
    ],
)
def test_tampering_in_the_worker_never_earns_a_point(isolated, course, attack):
    """A wrong program with a trick has none of the points, none is left open, and the grader grades the next one."""
    cells = (attack, "def max_pool2d_forward(x, kernel_size, stride=None, padding=0): return x * 0 - 7")
    right = (course / "solutions" / "max_pool2d_forward" / "reference.py").read_text(encoding="utf-8")
    plan = plan_functions(course, ["max_pool2d_forward"])
    bad, good = grade(
        [Submission("mallory", "python", cells), Submission("alice", "python", (right,))],
        plan,
        sandbox=isolated,
        seed=development_seed(1),
    )
    open_tests = [test for test in (*bad.tests, *good.tests) if test.points is None]
    assert not open_tests, [(test.test, test.detail) for test in open_tests]
    assert bad.points == 0.0
    assert good.points == good.max_points, [(test.test, test.reason) for test in good.tests]


def test_a_notebook_shell_turned_against_us_earns_nothing(isolated, course):
    """Hooks, input transformers and an own run_cell cost the submission its points, and nobody a look."""
    cells = (
        "ip = get_ipython()\nip.input_transformers_post.append(lambda lines: ['x = 1\\n'])",
        "ip.run_cell = lambda *a, **k: None\nip.user_ns.clear()\nip.events.register('pre_run_cell', lambda *a: 1/0)",
        "def max_pool2d_forward(x, kernel_size, stride=None, padding=0): return x",
    )
    plan = plan_functions(course, ["max_pool2d_forward"])
    (result,) = grade(
        [Submission("mallory", "notebook", cells)], plan, sandbox=isolated, seed=development_seed(1)
    )
    assert (result.points, result.needs_person) == (0.0, False)


# Lies of every kind, to every suite

numbers = st.one_of(
    st.sampled_from([0, -1, 10, 61706, 2**63, -(2**63), 2**64 - 1]),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(max_size=5),
    st.builds(wire.Handle, st.integers(0, 2000)),
)
arrays = st.builds(
    lambda dtype, shape, byte: np.frombuffer(
        bytes([byte]) * (int(np.prod(shape)) * np.dtype(dtype).itemsize), dtype
    ).reshape(shape),
    st.sampled_from(wire.DTYPES[1:]),
    st.lists(st.integers(0, 5), max_size=5).map(tuple),
    st.sampled_from([0, 1, 0x7F, 0xFF, 0x80]),
)
lies = st.recursive(
    numbers | arrays,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=8,
)
LENET = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]
ROWS = [((6, 28, 28), 156), ((16, 10, 10), 2416), ((120,), 48120), ((84,), 10164), ((10,), 850)]


class Liar:
    """A worker that answers honestly at first and then lies, in the forms that the wire lets through."""

    alive = True

    def __init__(self, lie, honest):
        self.lie, self.honest = lie, honest

    def run_cell(self, source):
        """Run nothing."""

    def call(self, name, args, kwargs, **_):
        """Answer a call."""
        return Reply(self.tell(lambda: HONEST[name](args, kwargs)))

    def ask(self, operation, args, **_):
        """Answer an operation."""
        return Reply(self.tell(lambda: HONEST[operation](args, {})))

    def tell(self, truth):
        """Answer so often as an honest worker would, and then with the lie."""
        self.honest -= 1
        return truth() if self.honest >= 0 else self.lie

    def close(self):
        """End."""
        return End(0, 0.0, 0, 0, "")


HONEST = {
    "conv2d_forward": lambda args, _: args[0],
    "max_pool2d_forward": lambda args, _: args[0],
    "build_model": lambda *_: wire.Handle(0),
    "fit": lambda _, kwargs: np.linspace(2.0, 0.5, kwargs["epochs"]),
    "predict": lambda args, _: np.zeros((len(args[1].array), 10), np.float32),
    "best_device": lambda *_: "cpu",
    "parameters": lambda *_: 61706,
    "weights": lambda *_: [np.zeros(shape, np.float32) for shape in LENET],
    "set_weights": lambda *_: None,
    "evaluate": lambda *_: 0.5,
    "limit_steps": lambda *_: None,
    "sequential": lambda *_: wire.Handle(1),
    "seen": lambda *_: [[True, True, np.full(8, 1 / 64, np.float32)]],
    "layers": lambda args, _: [["L", np.array([args[1][0], *shape]), n] for shape, n in ROWS],
    "build_sequential": lambda *_: wire.Handle(0),
    "stages": lambda args, _: [
        [
            [np.zeros(4, int), np.zeros(4, int), [["weight", np.array(shape)]]]
            for shape in ((16, 1, 3, 3), (16,), (10, 1568))
        ],
        np.array([args[1][0], 10]),
        "",
    ],
    "run": lambda args, _: [np.zeros((len(args[1]), 10), np.float32), [np.zeros(1, np.float32)] * 3],
    "gradients": lambda *_: np.ones(3),
    "state_of": lambda *_: np.array([True, True]),
    "alike": lambda *_: np.array([False, False, False]),
}


class Liars:
    """A sandbox whose every worker lies in its own way."""

    tier = "A"
    device = "cpu"

    def __init__(self, told):
        self.left = list(told)

    def worker(self, *_, **__):
        """Give the next liar."""
        return Liar(*self.left.pop())


@pytest.mark.parametrize("function", ["conv2d_forward", "max_pool2d_forward", "lenet", "build_sequential"])
def test_no_lie_becomes_an_error_of_ours(course, function):
    """Whatever a worker answers, and from whichever answer on, a suite fails it: points are never left open by it."""
    plan = plan_functions(course, [function])

    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(told=st.lists(st.tuples(lies, st.integers(0, 14)), min_size=12, max_size=12))
    def check(told):
        results = grade(
            [Submission(str(number), "python", ("",)) for number in range(len(told))],
            plan,
            sandbox=Liars(told),
            seed=development_seed(1),
            options={"data": "digits"},
        )
        tests = [test for result in results for test in result.tests]
        assert not [(test.test, test.detail) for test in tests if test.outcome is Outcome.ERROR]
        to_json(results).encode()

    check()


def test_answers_about_a_model_have_their_operation_s_form():
    """A forged row, count or weight is refused before a suite computes with it."""
    with pytest.raises(BadReply, match="layers is no answer"):
        believe("layers", [["ReLU", "wide", 0]])
    with pytest.raises(BadReply, match="about the model is no answer"):
        believe("layers", 3)
    with pytest.raises(BadReply, match="about the model is no answer"):
        believe("parameters", 10**12)
    with pytest.raises(BadReply, match="about the model is no answer"):
        believe("weights", [np.zeros(2)])
    assert believe("weights", []) == []
    assert believe("statements", [1, 2]) == [1, 2]


def test_a_fault_of_training_is_waited_for_once():
    """A run that a suite refused is not made again for each of its tests."""
    runs = []

    def train():
        runs.append(1)
        raise Mismatch("fit gave the model other weights than it had", "")

    cache = {}
    for _ in range(3):
        with pytest.raises(Mismatch):
            once(cache, "trained", train)
    assert len(runs) == 1


def test_a_student_reads_no_shape_that_the_worker_chose():
    """Numbers of a worker's choosing in feedback would tell the class what its hidden arguments held."""
    with pytest.raises(Mismatch) as refused:
        as_logits(np.zeros((123, 45)), 7)
    assert "123" not in refused.value.reason
    assert "123" in str(refused.value)


# Reading

JOIN_AND_GRADE = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
number = {"x86_64": (248, 250), "aarch64": (217, 219)}[sys.argv[1]]
if libc.syscall(number[1], 1, b"legrade-test") < 0:
    sys.exit(77)
key = libc.syscall(number[0], b"user", b"legrade:test", b"ticket", ctypes.c_long(6), ctypes.c_long(-3))
from autograder.model import Limits
from autograder.sandboxes.prefork import PreforkSandbox
with PreforkSandbox(sys.argv[2]) as sandbox:
    worker = sandbox.worker(("numpy",), Limits(), notebook=False)
    worker.run_cell(f'''
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.syscall.restype = ctypes.c_long
    room = ctypes.create_string_buffer(16)
    found = libc.syscall({number[1]}, 10, ctypes.c_long(-3), b"user", b"legrade:test", 0)
    return [found, libc.syscall({number[1]}, 11, ctypes.c_long({key}), room, 16, 0)]
''')
    print(worker.call("f", (), {}, seconds=5.0).value.tolist())
    worker.close()
"""


def test_a_worker_holds_no_key_of_the_grader(isolated):
    """The kernel's session keyring, where Kerberos tickets are, passes through namespaces; a worker gets a new one."""
    machine = os.uname().machine
    if machine not in ("x86_64", "aarch64"):
        pytest.skip(f"the number of add_key(2) on {machine} is not known here")
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", JOIN_AND_GRADE, machine, isolated.tier],
        cwd=root, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("this kernel gives no keyrings, or a filter forbids them")
    assert done.stdout.split() == ["[-1,", "-1]"], done.stderr


def test_the_zygote_never_saw_another_student(isolated):
    """Nothing of one student's source, arguments or results is in the memory of the next one's worker."""
    mark = "".join(reversed("gnirtstercesyrev"))
    call(isolated, f"kept = '{mark}' * 50\ndef f(x): return kept", mark * 3)
    source = """
    import ctypes
    def f(backwards):
        mark = backwards[::-1].encode()
        found = 0
        for line in open('/proc/self/maps'):
            span, rights = line.split()[:2]
            low, high = (int(n, 16) for n in span.split('-'))
            if rights.startswith('rw') and high - low < 1 << 28:
                found += ctypes.string_at(low, high - low).count(mark * 2)
        return found
    """
    assert call(isolated, source, mark[::-1], limits=replace(SHORT, memory_mb=2048), seconds=20.0) == 0


def test_a_worker_has_four_descriptors(isolated):
    """Standard input, output, error and its own channel: no control socket, log, or other worker's end."""
    source = """
    import os
    def f():
        return [int(n) for n in sorted(os.listdir('/proc/self/fd')) if os.path.exists(f'/proc/self/fd/{n}') or int(n) == 200]
    """
    assert sorted(call(isolated, source).tolist()) == [0, 1, 2, 200]


# Harming others


def test_a_thief_of_its_own_output_stalls_nobody(sandbox):
    """Output that vanishes between the supervisor's look and its reading must not block what ends the worker."""
    source = """
    import os, threading, time
    def thief():
        mine = os.open('/proc/self/fd/1', os.O_RDONLY)
        while True: os.read(mine, 65536)
    def f():
        for number in range(8):
            try:
                if os.fork() == 0: thief()
            except OSError:  # no process can be made in tier B, and each thread reserves memory
                if number < 2: threading.Thread(target=thief, daemon=True).start()
        for _ in range(1000): os.write(1, b'x'); time.sleep(0.0002)
        while True: time.sleep(1)
    """
    if os.geteuid() == 0 and sandbox.tier == "A":
        pytest.skip("as root the pipe belongs to another user than the worker, which cannot open it")
    for _ in range(3):
        worker = start(sandbox, source, limits=replace(SHORT, output_kb=1024))
        with pytest.raises(LimitHit):
            worker.call("f", (), {}, seconds=0.8)
        before = time.monotonic()
        worker.close()
        assert time.monotonic() - before < 5


def test_a_worker_is_the_first_to_end_when_memory_runs_out(isolated):
    """The kernel takes the process that costs nobody else anything."""
    assert call(isolated, "def f(): return int(open('/proc/self/oom_score_adj').read())") == 1000


def test_empty_files_come_to_an_end(tier_a):
    """Files without content take memory of the machine, too."""
    source = """
    def f():
        for i in range(20_000):
            try:
                open(f'/tmp/{i}', 'w').close()
            except OSError:
                return i
    """
    assert call(tier_a, source, seconds=10.0) < 10_000


def test_only_the_students_time_counts(sandbox):
    """A slow reference or a busy grader takes nothing of what the student's code may use."""
    limits = replace(SHORT, total_seconds=1.0)
    worker = start(sandbox, "import time\ndef f(n): time.sleep(n); return 1", limits=limits)
    time.sleep(1.2)
    assert worker.call("f", (0.0,), {}, seconds=5.0).value == 1
    with pytest.raises(LimitHit, match=r"limit of 1 s for everything \(total_seconds\)"):
        worker.call("f", (5.0,), {}, seconds=5.0)
    worker.close()


def test_a_worker_that_a_stuck_grader_forgot_is_our_fault(tier_c, monkeypatch):
    """The supervisor's last deadline is no limit of the student's."""
    worker = start(tier_c, "def f(): return 1")
    report = {"code": -9, "why": "late", "cpu_seconds": 0.0, "peak_kb": 0, "printed": 0, "output": ""}
    received = iter([wire.ChannelClosed(), report])

    def receive(*_, **__):
        value = next(received)
        if isinstance(value, Exception):
            raise value
        return value

    monkeypatch.setattr(wire, "receive", receive)
    with pytest.raises(SandboxError, match="the grader had left it alone"):
        worker.call("f", (), {}, seconds=1.0)


def test_tracebacks_and_summaries_of_endless_cells_are_bounded():
    """A notebook of a hundred thousand failing cells fills neither the grader's memory nor its feedback."""
    loading = Loading(["1/0"] * 100_000)
    for number in range(100_000):
        loading.errors[number] = "ZeroDivisionError"
        loading.note("x" * 4000)
    assert sum(map(len, loading.details)) <= MAX_DETAILS
    assert len(loading.summary()) < 300
    assert loading.summary().endswith("cell 5 raised ZeroDivisionError; and 99995 more cells")


def test_results_do_not_fill_the_grader(isolated, course):
    """Large results are kept for a diagnosis up to a limit, and one beyond it is explained by no mistake."""
    spec = plan_functions(course, ["max_pool2d_forward"]).parts[0].spec
    source = "import numpy as np\ndef max_pool2d_forward(x, k): return np.zeros(1 << 21)"
    submission = Submission("mallory", "python", (source,))
    proxy = StudentProxy(submission, spec, isolated, Loading([source]))
    for _ in range(4):
        proxy(np.zeros(1), 2)
    proxy.close()
    kept = [call.result.nbytes for call in proxy.calls if call.result is not None]
    assert sum(kept) <= MAX_COMPARED
    assert proxy.calls[-1].raised == "TooLarge"


def test_a_small_type_is_not_widened_before_its_shape_is_right():
    """A reply of 64 MiB of booleans would become half a gigabyte."""
    with pytest.raises(Mismatch, match="wrong shape"):
        assert_same(np.lib.stride_tricks.as_strided(np.zeros(1, bool), (1 << 40,), (0,)), np.zeros(3))


def test_signalling_floats_are_wrong_values_and_no_warning():
    """Bits that no computation gives are compared like any others."""
    with pytest.raises(Mismatch, match="NaN"):
        assert_same(np.frombuffer(b"\x01\xff" * 3, "<f2"), np.zeros(3))


def test_a_lying_cell_leaves_no_worker_behind(isolated, course):
    """A worker whose reply to a cell is no result is ended, also when something was printed before."""
    spec = plan_functions(course, ["max_pool2d_forward"]).parts[0].spec
    source = FORGE + "print('x', flush=True)\nforge({'d': [['unsupported', 'x']]})\ntime.sleep(2)"
    made = []

    class Noting:
        tier = "A"

        def worker(self, *args, **kwargs):
            made.append(isolated.worker(*args, **kwargs))
            return made[-1]

    proxy = StudentProxy(Submission("m", "python", (source,)), spec, Noting(), Loading([source]))
    with pytest.raises(StudentFault):
        proxy(np.zeros((1, 1, 4, 4)), 2)
    proxy.close()
    assert not [worker for worker in made if worker.alive]


def test_records_of_a_hostile_submission_are_files(tier_a, course, tmp_path):
    """A grade whose texts a worker forged is written and read again."""
    source = FORGE + (
        "def conv2d_forward(*a, **k):\n"
        "    forge({'d': [['raised', 'ValueError'], ['detail', '\\ud800\\x1b[2J\\x00']]})\n"
        "    time.sleep(0.02)"
    )
    result = grade_program(tier_a, course, source)
    assert result.points == 0.0
    path = tmp_path / "record.json"
    path.write_text(to_json([result]), encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))[0]["submission"] == "mallory"


# Whoever marks


class Page(HTMLParser):
    """Notes what a browser would run or fetch by itself."""

    def __init__(self):
        super().__init__()
        self.active = []

    def handle_starttag(self, tag, attrs):
        """Look at one element."""
        if tag not in TEXTUAL:
            self.active.append(tag)
        for name, value in attrs:
            link = "".join(c for c in (value or "").lower() if c > " ")
            if name.startswith("on") or (
                name in ("href", "src") and link.startswith(("javascript:", "vbscript:"))
            ):
                self.active.append(f"{name}={value}")


TEXTUAL = {
    *(
        "div",
        "p",
        "a",
        "img",
        "code",
        "pre",
        "ul",
        "li",
        "ol",
        "blockquote",
        "em",
        "strong",
        "span",
        "h1",
        "h2",
    ),
    *("h3", "hr", "br", "table", "thead", "tbody", "tr", "th", "td", "del"),
}
FRAGMENTS = (
    *("<script>E()</script>", "<img src=x onerror=E()>", "<", "a", "\\", "[c](", "![i](", "[c]: ", ")", "'", '"', " "),
    *("javascript:E()", "JavaScript\\:", "java", "script:", "&#58;", "&#x6a;", "&colon;", "&Tab;", "&lt;", "&", "\t"),
    *("\n", "\n\n", "`", "```\n", "~~~\n", "$", "$$", "    ", "> ", "- ", "|", "|-|-|\n", "<!--", "-->", "<?", "</p>"),
    *("<javascript:E()>", "<svg onload=E()>", "<a\nhref=", "vbscript:", "\u2060", "\u200b", "\x0c", "http://x"),
)  # fmt: skip


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_a_students_text_runs_nothing_where_it_is_marked(text):
    """However a text cell is put together, nbgrader's page of it holds no element, handler or link that acts."""
    from nbconvert.filters import markdown2html

    page = Page()
    page.feed(markdown2html(harmless(text)))
    assert not page.active


def test_formulas_and_comparisons_look_as_they_were():
    """Nothing is added that has a width, and text without tags is not touched at all."""
    text = r"$a < b$ and `x & y`, $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$: a > b"
    assert harmless(text) == text
    assert harmless("$a<b$").replace(JOINER, "") == "$a<b$"
    assert f"\\{JOINER}href" in harmless("$\\href{javascript:x}{y}$")


def test_text_cells_and_notes_are_made_harmless_in_the_copy_that_is_marked():
    """The student's own text, and what is told of a file with an evil name, reach the page without their tags."""
    layout = (Cell("markdown", "<script>E()</script>"), Cell("raw", "<b>"), Cell("code", "x = '<b>'"))
    notes = ("Left out: <img src=x onerror=E()>",)
    notebook = restore(Submission("m", "notebook", (), notes, layout=layout), ())
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "markdown", "raw", "code"]
    assert not [cell for cell in notebook.cells[:2] if "<script" in cell.source or "<img" in cell.source]
    assert [cell.source for cell in notebook.cells[2:]] == ["<b>", "x = '<b>'"]


def test_a_file_s_name_cannot_forge_a_line_of_the_report(tmp_path):
    """A name with a line break or a terminal's escape stands on one line, and steers nothing."""
    path = tmp_path / "mallory.py"
    evil = tmp_path / "bob\nalice: 40 of 40\x1b[2J.py"
    for file in (path, evil):
        file.write_text("x = 1", encoding="utf-8")
    names = [name for name, _ in find(tmp_path)]
    assert names == ["bob\ufffdalice: 40 of 40\ufffd[2J", "mallory"]


def test_what_an_error_quotes_steers_no_terminal():
    """The first line of an error's detail is printed for the instructor."""
    assert judge(ValueError("got '\x1b]0;x\x07'"))[2] == "ValueError: got '\ufffd]0;x\ufffd'"
