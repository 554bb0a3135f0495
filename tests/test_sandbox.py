"""Student code runs apart: what it does ends at its own process, and every limit is named when it is hit.

Every hostile program here is bounded in time, memory and number of processes.
"""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import (
    BadReply,
    LimitHit,
    NotDefined,
    SandboxError,
    StudentRaised,
    TierError,
    WorkerDied,
)
from autograder.model import Limits
from autograder.sandboxes import cgroup_places, prefork
from autograder.sandboxes import probe as probing
from autograder.sandboxes.prefork import PreforkSandbox
from autograder.sandboxes.probe import open_sandbox, probe
from autograder.wire import Handle, Strided, Tensor

SHORT = Limits(
    load_seconds=10.0, call_seconds=1.0, total_seconds=30.0, memory_mb=512, scratch_mb=8, output_kb=64
)


def start(sandbox, source, *, libraries=("numpy",), limits=SHORT, notebook=False):
    """Start a worker that has run one cell."""
    worker = sandbox.worker(libraries, limits, notebook=notebook)
    error = worker.run_cell(textwrap.dedent(source))
    assert error is None, error
    return worker


def run(sandbox, source, **options):
    """Define `f` by `source`, call it, and return what it returned."""
    worker = start(sandbox, source, **options)
    try:
        return worker.call("f", (), {}, seconds=10.0).value
    finally:
        worker.close()


# The contract, for every sandbox


def test_a_call_returns_what_the_function_returned(sandbox):
    """Arrays, keyword arguments and the state of earlier cells arrive."""
    worker = start(sandbox, "import numpy as np\nk = 3\ndef f(x, *, y): return k * x + y")
    reply = worker.call("f", (np.ones((2, 3)),), {"y": 1}, seconds=5.0)
    worker.close()
    assert reply.value.tolist() == [[4.0] * 3] * 2
    assert reply.changed == ()


def test_results_of_every_numeric_kind_become_arrays(sandbox):
    """Lists, 0-d arrays, float32, booleans and Python numbers are all numbers; a tuple of arrays stays a tuple."""
    worker = start(
        sandbox,
        """
        import numpy as np
        def f(): return [[1, 2], [3, 4]]
        def g(): return np.float32(2.5)
        def h(): return np.zeros(2), np.ones((1, 1))
        def i(): return True
        """,
    )
    assert worker.call("f", (), {}, seconds=5.0).value.tolist() == [[1, 2], [3, 4]]
    assert worker.call("g", (), {}, seconds=5.0).value.dtype == np.float32
    assert [a.shape for a in worker.call("h", (), {}, seconds=5.0).value] == [(2,), (1, 1)]
    assert worker.call("i", (), {}, seconds=5.0).value is True
    worker.close()


def test_arguments_are_fresh_copies_and_changes_are_noticed(sandbox):
    """An array changed in place is named by its position; the grader's own array stays."""
    x = np.zeros(3)
    worker = start(sandbox, "def f(a, b, c):\n    b += 1\n    return b")
    reply = worker.call("f", (1, x, x), {}, seconds=5.0)
    worker.close()
    assert reply.changed == (1,)
    assert x.tolist() == [0, 0, 0]


def test_a_tensor_that_was_asked_for_gradients_is_compared_all_the_same(tier_a):
    """Taking part in a backward pass changes no entry; what is written beside it is noticed."""
    source = "def f(x): return (x.requires_grad_() * 2).sum()\ndef g(x): x.requires_grad_().data.zero_()"
    worker = start(tier_a, source, libraries=("numpy", "torch"), limits=Limits())
    argument = Tensor(np.ones(3, np.float32))
    reply = worker.call("f", (argument,), {}, seconds=5.0)
    assert (reply.value.item(), reply.changed) == (6, ())
    assert worker.call("g", (argument,), {}, seconds=5.0).changed == (0,)
    worker.close()


def test_a_strided_argument_is_a_view_with_gaps(sandbox):
    """The function sees the same values in memory that is not contiguous."""
    worker = start(sandbox, "def f(a): return [int(a.flags['C_CONTIGUOUS']), float(a.sum())]")
    value = worker.call("f", (Strided(np.ones((2, 3))),), {}, seconds=5.0).value
    worker.close()
    assert value.tolist() == [0.0, 6.0]


def test_an_exception_crosses_as_its_built_in_name(sandbox):
    """A class of the student's own is named by the nearest built-in; its text is for the instructor."""
    worker = start(sandbox, "class Mine(KeyError): pass\ndef f(): raise Mine('secret input 42')")
    with pytest.raises(StudentRaised) as raised:
        worker.call("f", (), {}, seconds=5.0)
    worker.close()
    assert raised.value.kind == "KeyError"
    assert "42" not in raised.value.reason
    assert "42" in raised.value.detail


def test_a_missing_function_is_named(sandbox):
    """Nothing else is said than that it is not there."""
    worker = start(sandbox, "x = 1")
    with pytest.raises(NotDefined, match="`f` is not defined"):
        worker.call("f", (), {}, seconds=5.0)
    worker.close()


def test_an_error_in_a_cell_costs_that_cell_only(sandbox):
    """Syntax errors and exceptions are reported; what other cells defined stays."""
    worker = start(sandbox, "def f(): return 1")
    assert worker.run_cell("1 / 0")[0] == "ZeroDivisionError"
    assert worker.run_cell("def (")[0] == "SyntaxError"
    assert worker.run_cell("raise SystemExit")[0] == "SystemExit"
    assert worker.call("f", (), {}, seconds=5.0).value == 1
    worker.close()


@pytest.mark.parametrize(
    ("body", "fault", "message"),
    [
        ("while True: pass", LimitHit, r"limit of 1 s for one call \(call_seconds\)"),
        ("import time; time.sleep(60)", LimitHit, "call_seconds"),
        ("import os; os._exit(0)", WorkerDied, r"exit code 0"),
        ("import sys; sys.exit(0)", StudentRaised, "SystemExit"),
        ("import ctypes; ctypes.string_at(0)", WorkerDied, "signal 11"),
        ("print('x' * 10_000_000)", LimitHit, r"more than the limit of 64 KiB \(output_kb\)"),
        ("return bytearray(2**40)", StudentRaised, r"MemoryError at the limit of 512 MiB \(memory_mb\)"),
        ("return {1, 2}.__class__.__subclasses__", Handle, ""),
        ("import numpy as np; return np.array([object()])", BadReply, "no number, array or model"),
    ],
    ids=["loop", "sleep", "exit", "sys.exit", "crash", "output", "memory", "strange", "objects"],
)
def test_what_a_function_does_wrong_is_named(sandbox, body, fault, message):
    """Each way to misbehave is a fault of the student's with a reason, never an error of ours."""
    limits = replace(SHORT, total_seconds=20.0)
    worker = start(sandbox, f"def f():\n    {body}", limits=limits)
    try:
        if fault is Handle:
            assert isinstance(worker.call("f", (), {}, seconds=5.0).value, Handle)
            return
        with pytest.raises(fault, match=message):
            worker.call("f", (), {}, seconds=1.0)
    finally:
        worker.close()


def test_a_reply_that_is_too_large_names_the_limit(sandbox):
    """The cap is on what comes back, whatever the function held in memory."""
    worker = start(
        sandbox, "import numpy as np\ndef f(): return np.zeros(1 << 19)", limits=replace(SHORT, reply_mb=1)
    )
    with pytest.raises(LimitHit, match=r"larger than the limit of 1 MiB \(reply_mb\)"):
        worker.call("f", (), {}, seconds=5.0)
    worker.close()


def test_forged_frames_are_refused(sandbox):
    """A program that writes to the channel itself gains nothing but a fault."""
    source = """
    import os
    def f():
        os.write(200, b"\\x00" * 64)
        os.write(200, b"garbage" * 100)
    """
    worker = start(sandbox, source)
    with pytest.raises(BadReply, match="no result"):
        worker.call("f", (), {}, seconds=5.0)
    worker.close()


def test_printed_output_is_kept_for_the_instructor(sandbox):
    """The first 64 KiB come back when the worker is closed."""
    worker = start(sandbox, "print('hello from the cell')")
    assert "hello from the cell" in worker.close().output


def test_workers_share_no_state(sandbox):
    """What one student did to numpy or builtins, the next one does not see."""
    start(sandbox, "import numpy, builtins\nnumpy.zeros = None\nbuiltins.sorted = None").close()
    assert run(sandbox, "import numpy\ndef f(): return len(sorted(numpy.zeros(3)))") == 3


def test_notebook_cells_run_without_side_effects(sandbox):
    """Magics and shell lines do nothing, plots draw nothing, %%time runs its body, the last definition wins."""
    worker = sandbox.worker(("numpy",), Limits(), notebook=True)
    cells = [
        "%matplotlib inline\n!touch /tmp/made\nfiles = !ls\n%pip install x\nname = input('name? ')",
        "%%time\ndef f(): return 1",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.close('all')",
        "def f(): import os; return [2, int(os.path.exists('/tmp/made')), len(files)]",
        "get_ipython().no_such_attribute",
    ]
    assert [worker.run_cell(cell) is None for cell in cells] == [True, True, True, True, False]
    assert worker.call("f", (), {}, seconds=5.0).value.tolist() == [2, 0, 0]
    worker.close()


def test_a_model_stays_behind_a_handle(sandbox):
    """A torch module comes back as a number, and goes in again as the module; tensors cross as arrays."""
    source = "import torch\ndef make(): return torch.nn.Linear(3, 2)\ndef f(m, x): return m(x)"
    worker = start(sandbox, source, libraries=("numpy", "torch"), limits=Limits())
    model = worker.call("make", (), {}, seconds=20.0).value
    assert isinstance(model, Handle)
    out = worker.call("f", (model, Tensor(np.ones((4, 3), np.float32))), {}, seconds=20.0).value
    worker.close()
    assert out.shape == (4, 2)
    assert out.dtype == np.float32


# Tiers A and B: what must not be reachable

ATTACKS = {
    "the grader's files": "open({canary!r}).read()",
    "this repository": "open({repository!r} + '/solutions/conv2d_forward/reference.py')",
    "the password file": "open('/etc/passwd').read()",
    "a write to the root": "open('/x', 'w')",
    "a write to the libraries": "import numpy; open(numpy.__file__, 'a')",
    "the grader by signal": "import os, signal; os.kill({pid}, signal.SIGTERM)",
    "the grader's memory": "open('/proc/{pid}/mem')",
    "the grader's environment": "open('/proc/{pid}/environ')",
    "loopback": "import socket; socket.create_connection(('127.0.0.1', {port}), timeout=2)",
    "an abstract socket": "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\\0' + {abstract!r})",
    "a program": "import subprocess; subprocess.run(['/bin/sh', '-c', 'true'], check=True)",
    "a user namespace": "import ctypes, os\n    if ctypes.CDLL(None).unshare(0x10000000): raise OSError",
    "a mount": "import ctypes\n    if ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None): raise OSError",
    "root": "import os\n    os.setuid(0)\n    if os.geteuid() != 0 or {root} is False: raise OSError",
    "its own limits": "import resource as r; r.setrlimit(r.RLIMIT_AS, (r.RLIM_INFINITY, r.RLIM_INFINITY))",
}


@pytest.fixture(scope="module")
def bait(tmp_path_factory):
    """Things outside that an attack would reach."""
    canary = tmp_path_factory.mktemp("grader") / "canary"
    canary.write_text("secret")
    name = f"legrade-test-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0" + name)
        unix.listen()
        yield {
            "canary": str(canary),
            "repository": str(Path(__file__).resolve().parent.parent),
            "pid": os.getpid(),
            "port": tcp.getsockname()[1],
            "abstract": name,
            "root": os.geteuid() == 0,
        }


@pytest.mark.parametrize("name", ATTACKS)
def test_isolation_keeps_student_code_from(isolated, bait, name):
    """The attempt ends in an OSError or ValueError inside the worker; reaching its target fails the test."""
    body = ATTACKS[name].format(**bait)
    source = f"def f():\n    {body}\n    return 'reached'"
    worker = start(isolated, source)
    try:
        with pytest.raises(StudentRaised) as raised:
            worker.call("f", (), {}, seconds=10.0)
        assert raised.value.kind.endswith(("Error", "Exception"))
    finally:
        worker.close()
    os.kill(os.getpid(), 0)  # the grader is still there


def test_tier_a_sees_one_process_and_no_capability(tier_a):
    """/proc shows the worker alone, and every capability set is empty."""
    source = """
    import os
    def f():
        masks = [l.split()[1] for l in open('/proc/self/status') if l.startswith('Cap')]
        return [len([p for p in os.listdir('/proc') if p.isdigit()]), max(int(m, 16) for m in masks)]
    """
    assert run(tier_a, source).tolist() == [1, 0]


def test_tier_a_is_not_root(tier_a):
    """Where the grader is root the worker has another uid, inside and outside of its namespace."""
    assert run(tier_a, "import os\ndef f(): return [os.getuid(), os.geteuid(), os.getgid()].count(0)") == 0


def test_tier_a_shows_no_file_of_the_host(tier_a):
    """In the root stand the interpreter, the libraries and the worker's own folders, and the old root is gone."""
    names = run(tier_a, "import os\ndef f(): return ' '.join(os.listdir('/'))").split()
    interpreter = {path.split("/")[1] for path in prefork.interpreter_paths()}
    assert set(names) <= {"dev", "lib", "lib64", "libraries", "proc", "tmp"} | interpreter


def test_tier_a_has_a_root_that_nobody_can_write(tier_a):
    """Root and libraries are mounted read-only, whatever else refuses a write."""
    source = (
        "import os\ndef f(): return [os.statvfs(p).f_flag & os.ST_RDONLY for p in ('/', '/libraries/numpy')]"
    )
    assert run(tier_a, source).tolist() == [1, 1]


def test_tier_a_has_a_network_of_its_own(tier_a):
    """The kernel's table of interfaces has the loopback of an empty network, whatever else refuses a socket."""
    source = "def f(): return ' '.join(line.split(':')[0].strip() for line in open('/proc/net/dev') if ':' in line)"
    assert run(tier_a, source) == "lo"


def test_memory_beyond_the_limit_fails_in_the_students_code(isolated):
    """An array larger than the limit raises where it is made; nothing swaps, nobody else is ended."""
    source = """
    import numpy as np
    def f():
        try:
            return np.ones(1 << 28).nbytes
        except MemoryError:
            return -1
    """
    assert run(isolated, source) == -1


def test_tier_a_shows_only_named_libraries(tier_a):
    """A numpy worker cannot import torch, pytest or this project; a torch worker can import torch."""
    source = """
    import importlib
    def f():
        found = []
        for name in ('torch', 'pytest', 'nbgrader', 'autograder', 'question_bank', 'scipy'):
            try:
                importlib.import_module(name)
            except ImportError:
                continue
            found.append(name)
        return ','.join(found)
    """
    assert run(tier_a, source) == ""
    assert "torch" in run(tier_a, source, libraries=("numpy", "torch"), limits=Limits()).split(",")


def test_tier_a_works_wherever_the_environment_lies(tier_a, tmp_path, monkeypatch):
    """Libraries in /tmp, which the worker's own scratch space covers, are found, and their path is not shown."""
    (tmp_path / "plotting_aid.py").write_text("import numpy\nanswer = 42\n")
    paths = (*prefork.library_paths(("numpy",)), str(tmp_path / "plotting_aid.py"))
    monkeypatch.setattr(prefork, "library_paths", lambda *_: paths)
    source = "import plotting_aid\ndef f(): return [plotting_aid.answer, plotting_aid.__file__.startswith('/libraries/')]"
    with PreforkSandbox(tier_a.tier) as sandbox:
        assert run(sandbox, source).tolist() == [42, 1]


def test_an_interpreter_in_tmp_is_refused_with_the_reason(monkeypatch):
    """Its folder would be covered by the worker's scratch space."""
    monkeypatch.setattr(prefork, "interpreter_paths", lambda: ("/tmp/python/lib/python3.11",))  # noqa: S108 -- the point
    with (
        PreforkSandbox("A") as sandbox,
        pytest.raises(SandboxError, match="lies in /tmp: install Python elsewhere"),
    ):
        sandbox.worker(("numpy",), SHORT, notebook=False)


def test_nothing_of_the_graders_environment_is_in_the_worker(isolated, monkeypatch):
    """Neither its variables nor its working directory."""
    monkeypatch.setenv("LEGRADE_TEST_SECRET", "secret")
    source = "import os, tempfile\ndef f():\n    here = os.getcwd() == tempfile.gettempdir()\n    return f'{here} {sorted(os.environ)}'"
    with PreforkSandbox(isolated.tier) as sandbox:
        told = run(sandbox, source)
    assert told.startswith("True")
    assert "LEGRADE" not in told


def test_scratch_space_ends(tier_a):
    """Files beyond the limit fail with an error in the student's code, and the next worker starts with none."""
    source = """
    import os
    def f():
        total = 0
        try:
            for i in range(100):
                with open(f'/tmp/{i}', 'wb') as file:
                    total += file.write(b'x' * (1 << 20))
        except OSError:
            return total >> 20
    """
    assert run(tier_a, source) <= SHORT.scratch_mb
    assert run(tier_a, "import os\ndef f(): return len(os.listdir('/tmp'))") == 0


def test_a_bounded_fork_bomb_leaves_no_process(tier_a):
    """Children beyond the limit cannot be made, and none outlives the worker."""
    source = """
    import os, time
    def f():
        made = 0
        for _ in range(200):
            try:
                if os.fork() == 0:
                    time.sleep(300)
                    os._exit(0)
            except OSError:
                break
            made += 1
        return made
    """
    before = descendants()
    worker = start(tier_a, source)
    made = worker.call("f", (), {}, seconds=10.0).value
    worker.close()
    assert made < 200
    assert wait_for(lambda: descendants() <= before)


def test_processes_end_at_the_limit_without_a_control_group_too(tier_a, monkeypatch):
    """Where the grader may make no group, the kernel counts the worker's user in its own namespace."""
    monkeypatch.setattr(cgroup_places, "find", lambda: "none may be made")
    source = """
    import os, time
    def f():
        made = 0
        try:
            while made < 200:
                if os.fork() == 0:
                    time.sleep(300)
                    os._exit(0)
                made += 1
        except OSError:
            pass
        return made
    """
    with PreforkSandbox("A") as sandbox:
        assert run(sandbox, source) < 100


def test_threads_beyond_the_limit_fail_in_the_students_code(isolated):
    """A thread bomb raises where it is."""
    source = """
    import threading
    def f():
        stop = threading.Event()
        made = 0
        try:
            for _ in range(300):
                threading.Thread(target=stop.wait, args=(5,), daemon=True).start()
                made += 1
        except RuntimeError:
            pass
        stop.set()
        return made
    """
    assert 0 < run(isolated, source) < 300


def test_a_daemon_ends_with_its_worker(tier_a):
    """A process that left its session is killed with the namespace."""
    source = """
    import os, time
    def f():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
        return 1
    """
    before = descendants()
    assert run(tier_a, source) == 1
    assert wait_for(lambda: descendants() <= before)


# The grader's side


def below(pid):
    """List the processes below one."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        more = children.get(todo.pop(), [])
        found += more
        todo += more
    return found


def descendants():
    """Count the processes below this one."""
    return len(below(os.getpid()))


def runs_a_zygote(pid):
    """Whether a process is one of ours; its number may be another's by now."""
    try:
        return b"zygote.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def wait_for(condition, seconds=10.0):
    """Wait until the condition holds, at most so long."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_killed_zygote_is_replaced(sandbox):
    """A zygote that was killed costs nobody anything: the next worker comes from a new one."""
    fresh = PreforkSandbox(sandbox.tier)
    try:
        assert run(fresh, "def f(): return 1") == 1
        (zygote,) = fresh._zygotes.values()
        os.kill(zygote._process.pid, signal.SIGKILL)
        zygote._process.wait()
        assert run(fresh, "def f(): return 2") == 2
    finally:
        fresh.close()


def test_a_killed_grader_leaves_no_process(isolated, tmp_path):
    """Killing a grader in the middle of a call ends its zygotes and workers."""
    script = tmp_path / "grader.py"
    script.write_text(
        textwrap.dedent(f"""
        from autograder.model import Limits
        from autograder.sandboxes.prefork import PreforkSandbox
        worker = PreforkSandbox({isolated.tier!r}).worker(("numpy",), Limits(), notebook=False)
        worker.run_cell("def f():\\n    while True: pass")
        print("calling", flush=True)
        worker.call("f", (), {{}}, seconds=100.0)
        """)
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"calling\n"
        started = below(grader.pid)
        grader.kill()
        grader.wait()
    # the zygote, a supervisor, a worker; and in A the zygote's parent outside of its namespace
    assert len(started) >= {"A": 4, "B": 3}[isolated.tier]
    assert wait_for(lambda: not any(map(runs_a_zygote, started)))


def test_three_hundred_workers_leave_nothing_behind(isolated):
    """Descriptors, mounts and processes of the grader are where they were."""

    def footprint():
        return (
            len(list(Path("/proc/self/fd").iterdir())),
            len(Path("/proc/self/mounts").read_text().splitlines()),
            descendants(),
        )

    run(isolated, "def f(): return 1")
    wait_for(lambda: False, seconds=0.2)
    before = footprint()
    for _ in range(300):
        isolated.worker(("numpy",), SHORT, notebook=False).close()
    assert wait_for(lambda: footprint() <= before), (before, footprint())


def test_two_graders_at_once_do_not_disturb_each_other(isolated):
    """Workers of two sandboxes run side by side."""
    with PreforkSandbox(isolated.tier) as other:
        results = []
        threads = [
            threading.Thread(target=lambda s=s, n=n: results.append(run(s, f"def f(): return {n}")))
            for n, s in enumerate([isolated, other])
        ]
        other.worker(("numpy",), SHORT, notebook=False).close()  # its zygote belongs to this thread
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == [0, 1]


def test_the_probe_finds_no_hole_in_tier_a_and_many_in_tier_c(tier_a, tier_c):
    """The probe can fail: a plain process reaches the grader's files, the network and programs."""
    assert not [finding for finding in probe(tier_a) if finding.succeeded]
    reached = {finding.attempt for finding in probe(tier_c) if finding.succeeded}
    assert {
        "read a file of the grader",
        "connect to the network",
        "signal the grader",
        "start a program",
    } <= reached


def test_a_tier_is_never_lowered_silently(monkeypatch):
    """Where the probe finds a hole, opening tier A fails and says what to do."""
    monkeypatch.setattr(
        probing, "probe", lambda _: (probing.Finding("read a file of the grader", succeeded=True),)
    )
    with pytest.raises(TierError, match=r"a student can read a file of the grader; .*--tier C"):
        open_sandbox("A")
    with pytest.raises(TierError, match=r"tier B has holes here: .*--tier C"):
        open_sandbox("B")
    with pytest.raises(TierError, match="expected 'A', 'B' or 'C'"):
        open_sandbox("D")


def test_a_zygote_that_cannot_start_is_our_fault(monkeypatch):
    """A library that is not there is a SandboxError with the zygote's words, never a student's zero."""
    monkeypatch.setitem(prefork.WARM, "numpy", ("no_such_module",))
    with PreforkSandbox("C") as sandbox, pytest.raises(SandboxError, match="no_such_module"):
        sandbox.worker(("numpy",), SHORT, notebook=False)
