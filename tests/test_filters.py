"""The filter of system calls and Landlock: what each refuses by itself, on every version, and all of tier B."""

import ctypes
import errno
import fcntl
import os
import resource
import socket
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import LimitHit, StudentRaised
from autograder.model import Limits
from autograder.sandboxes import landlock, lockdown, seccomp, system_calls

SHORT = Limits(load_seconds=20.0, total_seconds=60.0, memory_mb=512, scratch_mb=16)
EPERM, ENOSYS, EAGAIN = (seccomp.REFUSE | code for code in (errno.EPERM, errno.ENOSYS, errno.EAGAIN))
MACHINES = sorted(seccomp.MACHINES)
ROOT = Path(__file__).resolve().parent.parent


def judge(lines, number, argument=0, machine="x86_64", name=None, second=0):
    """Run a filter as the kernel does: classic BPF over (number, architecture, first and second argument)."""
    architecture = name if name is not None else seccomp.MACHINES[machine][0]
    data = {0: number, 4: architecture, 16: argument, 24: second}
    place, value = 0, 0
    while True:
        code, yes, no, operand = lines[place]
        place += 1
        if code == seccomp.LOAD:
            value = data[operand]
        elif code == seccomp.KEEP_BITS:
            value &= operand
        elif code == seccomp.RETURN:
            return operand
        else:
            holds = {
                seccomp.JUMP_EQUAL: value == operand,
                seccomp.JUMP_ABOVE: value >= operand,
                seccomp.JUMP_ANY_BIT: bool(value & operand),
            }[code]
            place += yes if holds else no


def numbers(table, machine):
    """Return the numbers of a machine."""
    column = seccomp.MACHINES[machine][1]
    return {name: pair[column] for name, pair in table.items() if pair[column] is not None}


@pytest.mark.parametrize("alone", [None, 77])
@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_is_allowed_but_what_is_listed(machine, alone):
    """Of a thousand numbers, only those of the list are allowed whatever their arguments."""
    lines = seccomp.program(system_calls, machine, alone=alone)
    listed = set(numbers(system_calls.ALLOWED, machine).values())
    judged = set(numbers(system_calls.JUDGED, machine).values())
    for number in set(range(1000)) - judged:
        assert judge(lines, number, machine=machine) == (seccomp.ALLOW if number in listed else EPERM), number
    assert max(jump for _, yes, no, _ in lines for jump in (yes, no)) < 256


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_another_machine_s_calls_are_refused(number, name):
    """A 32-bit call, or one of the x32 interface, has other numbers: none is let through."""
    lines = seccomp.program(system_calls, "x86_64", alone=None)
    if name != seccomp.MACHINES["x86_64"][0]:
        assert judge(lines, number, name=name) == EPERM
    assert judge(lines, number | seccomp.X32_BIT) == EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide_about_processes_sockets_and_signals(machine):
    """Threads but no processes in tier B, no namespace in either, local sockets for data loaders, signals to oneself."""
    call = numbers(system_calls.JUDGED, machine)
    with_processes = seccomp.program(system_calls, machine, alone=None)
    alone = seccomp.program(system_calls, machine, alone=77)
    thread = 0x003D0F00
    for lines in (with_processes, alone):
        assert judge(lines, call["clone"], thread, machine) == seccomp.ALLOW
        for namespace in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000, 0x80):
            assert judge(lines, call["clone"], thread | namespace, machine) == EPERM
        assert judge(lines, call["clone3"], 0, machine) == ENOSYS
        assert judge(lines, call["socketpair"], 1, machine, second=1 | 0o2000000) == seccomp.ALLOW
        assert judge(lines, call["socketpair"], 1, machine, second=2) == EPERM
        assert {judge(lines, call["socketpair"], family, machine, second=1) for family in range(2, 60)} == {
            EPERM
        }
    assert judge(with_processes, call["clone"], 17, machine) == seccomp.ALLOW
    assert judge(alone, call["clone"], 17, machine) == EAGAIN
    assert judge(with_processes, call["socket"], 1, machine) == seccomp.ALLOW
    assert {judge(with_processes, call["socket"], family, machine) for family in range(2, 60)} == {EPERM}
    assert judge(alone, call["socket"], 1, machine) == EPERM
    assert judge(alone, call["prctl"], seccomp.PR_SET_PDEATHSIG, machine) == EPERM
    assert judge(alone, call["prctl"], 15, machine) == seccomp.ALLOW
    assert [judge(alone, call["kill"], process, machine) for process in (77, 78, 0, 2**32 - 1)] == [
        seccomp.ALLOW,
        EPERM,
        EPERM,
        EPERM,
    ]


OWNERS = {"F_SETOWN": 8, "F_SETSIG": 10, "F_SETOWN_EX": 15, "F_SETLEASE": 1024, "F_NOTIFY": 1026}
REQUESTS = {
    "FIOSETOWN": 0x8901,
    "SIOCSPGRP": 0x8902,
    "FIOASYNC": 0x5452,
    "TIOCSTI": 0x5412,
    "TIOCSCTTY": 0x540E,
}


@pytest.mark.parametrize("alone", [None, 77])
@pytest.mark.parametrize("machine", MACHINES)
def test_no_descriptor_sends_signals_or_makes_others_wait(machine, alone):
    """An owner of a descriptor gets signals from the kernel, which no scope of signals sees; a lease holds up who opens a file."""
    call = numbers(system_calls.JUDGED, machine)
    lines = seccomp.program(system_calls, machine, alone=alone)
    for command in OWNERS.values():
        assert judge(lines, call["fcntl"], 3, machine, second=command) == EPERM
    for request in REQUESTS.values():
        assert judge(lines, call["ioctl"], 3, machine, second=request) == EPERM
    for command in (
        fcntl.F_GETFD,
        fcntl.F_SETFD,
        fcntl.F_GETFL,
        fcntl.F_SETFL,
        fcntl.F_DUPFD_CLOEXEC,
        fcntl.F_SETLK,
    ):
        assert judge(lines, call["fcntl"], 3, machine, second=command) == seccomp.ALLOW
    for request in (termios.TCGETS, termios.TIOCGWINSZ, termios.FIONBIO, termios.FIONREAD):
        assert judge(lines, call["ioctl"], 3, machine, second=request) == seccomp.ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_in_tier_b_limits_are_its_own_and_rights_are_nobodys(machine):
    """Another process's limits and processors are refused; rights and times of files seem to change and do not."""
    call = numbers(system_calls.JUDGED, machine)
    alone = seccomp.program(system_calls, machine, alone=77)
    for name in ("prlimit64", "sched_setaffinity"):
        told = [judge(alone, call[name], process, machine) for process in (0, 77, 78, 1, 2**32 - 1)]
        assert told == [seccomp.ALLOW, seccomp.ALLOW, EPERM, EPERM, EPERM]
    for name in set(seccomp.RIGHTS_CALLS) & set(call):
        assert judge(alone, call[name], 3, machine) == seccomp.PRETEND
        assert (
            judge(seccomp.program(system_calls, machine, alone=None), call[name], 3, machine) == seccomp.ALLOW
        )


def test_a_machine_without_numbers_is_refused():
    """No filter is made up."""
    with pytest.raises(OSError, match="no numbers of system calls are known for riscv64"):
        seccomp.program(system_calls, "riscv64", alone=None)


def start(sandbox, source, libraries=("numpy",), limits=SHORT):
    """Start a worker with one cell."""
    worker = sandbox.worker(libraries, limits, notebook=False)
    assert worker.run_cell(source) is None
    return worker


def ask(sandbox, source, **options):
    """Define and call `f` in a worker of its own."""
    worker = start(sandbox, source, **options)
    try:
        return worker.call("f", (), {}, seconds=20.0).value
    finally:
        worker.close()


REFUSED = {
    "memfd_create": (319, "b'x', 0"),
    "io_uring_setup": (425, "8, None"),
    "bpf": (321, "0, None, 0"),
    "perf_event_open": (298, "None, 0, -1, -1, 0"),
    "ptrace": (101, "0, 0, 0, 0"),
    "process_vm_readv": (310, "1, None, 0, None, 0, 0"),
    "pidfd_open": (434, "1, 0"),
    "keyctl": (250, "0, -3, 0"),
    "add_key": (248, "b'user', b'a', b'b', 1, -2"),
    "shmget": (29, "0, 4096, 0o1600"),
    "msgget": (68, "0, 0o1600"),
    "mount": (165, "b'none', b'/tmp', b'tmpfs', 0, None"),
    "unshare": (272, "0x10000000"),
    "setns": (308, "0, 0"),
    "clone3": (435, "None, 0"),
    "execve": (59, "b'/proc/self/exe', None, None"),
    "userfaultfd": (323, "0"),
    "name_to_handle_at": (303, "-100, b'/tmp', None, None, 0"),
    "personality": (135, "0x0040000"),
    "chroot": (161, "b'/tmp'"),
    "vsock": (41, "40, 1, 0"),
    "netlink": (41, "16, 3, 0"),
    "packet": (41, "17, 3, 0"),
    "alg": (41, "38, 5, 0"),
    "inet": (41, "2, 1, 0"),
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of this table are those of x86-64")
@pytest.mark.parametrize("call", REFUSED)
def test_a_worker_cannot_call(isolated, call):
    """What has been a way out of some sandbox fails with EPERM or ENOSYS, as the filter says."""
    number, arguments = REFUSED[call]
    source = f"""
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall({number}, {arguments})
    return [done, ctypes.get_errno()]
"""
    done, code = ask(isolated, source).tolist()
    assert (done, code) in {(-1, errno.EPERM), (-1, errno.ENOSYS)}


def test_a_worker_stays_the_first_to_end_when_memory_runs_out(isolated):
    """Landlock keeps /proc/self/oom_score_adj from being written, also by a user who set it before."""
    with pytest.raises(StudentRaised, match="PermissionError"):
        ask(isolated, "def f():\n    open('/proc/self/oom_score_adj', 'w').write('0')")


TRAINING = """
import torch
from torch.utils.data import DataLoader, TensorDataset
def f():
    data = TensorDataset(torch.rand(64, 1, 28, 28), torch.arange(64) % 10)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 6, 5, padding=2), torch.nn.BatchNorm2d(6), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Dropout(0.1), torch.nn.Flatten(), torch.nn.Linear(6 * 14 * 14, 10))
    optimiser = torch.optim.Adam(model.parameters())
    seen = 0
    for x, y in DataLoader(data, batch_size=16, shuffle=True, num_workers={workers}):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimiser.step()
        seen += len(x)
    torch.save(model.state_dict(), {folder} + '/weights.pt')
    torch.load({folder} + '/weights.pt')
    return seen
"""


def test_training_works_behind_the_filters(isolated):
    """Convolution, batch norm, dropout, backward, an optimiser, a data loader, saving and loading: nothing is missing."""
    source = TRAINING.format(workers=0, folder="__import__('tempfile').gettempdir()")
    assert ask(isolated, source, libraries=("torch",), limits=Limits()) == 64


def test_data_loaders_with_processes_work_in_tier_a(tier_a):
    """The namespace holds the processes, so the filter lets them be made."""
    source = TRAINING.format(workers=2, folder="'/tmp'")
    assert ask(tier_a, source, libraries=("torch",), limits=Limits(processes=64)) == 64


def test_tier_b_makes_no_process(tier_b):
    """A process would outlive the worker, as no namespace ends it; fork fails at once."""
    with pytest.raises(StudentRaised, match=r"BlockingIOError|PermissionError"):
        ask(tier_b, "import os\ndef f():\n    return os.fork()")


def test_a_worker_of_tier_b_signals_nobody(tier_b):
    """The filter refuses a signal before the kernel looks for its process, so it tells nothing about which there are."""
    source = """
import os
def f():
    told = []
    for process in (2 ** 22 - 3, 1, 0, -1, os.getpid()):
        try:
            os.kill(process, 0)
            told.append('sent')
        except OSError as error:
            told.append(type(error).__name__)
    return ' '.join(told)
"""
    assert ask(tier_b, source).split() == ["PermissionError"] * 4 + ["sent"]


def test_a_worker_of_tier_b_has_a_folder_of_its_own_that_is_removed(tier_b):
    """It can write there, not read its neighbour's, and nothing is left, whatever rights it took from its files."""
    source = """
import os, tempfile
def f():
    folder = tempfile.mkdtemp()
    open(folder + '/x', 'w').write('mine')
    os.mkdir(folder + '/closed', 0)
    return tempfile.gettempdir()
"""
    worker = start(tier_b, source)
    folder = str(worker.call("f", (), {}, seconds=10.0).value)
    assert Path(folder).is_dir()
    with pytest.raises(StudentRaised, match="PermissionError"):
        ask(tier_b, f"import os\ndef f():\n    return len(os.listdir({folder!r}))")
    worker.close()
    assert not Path(folder).exists()


def test_a_worker_of_tier_b_that_fills_the_disk_is_ended_and_told_the_limit(tier_b):
    """No file system of its own bounds it; its supervisor does."""
    source = """
import tempfile, time
def f():
    for i in range(64):
        open(f'{tempfile.gettempdir()}/{i}', 'wb').write(b'x' * (1 << 20))
    time.sleep(20)
"""
    with pytest.raises(LimitHit, match=r"16 MiB \(scratch_mb\)"):
        ask(tier_b, source)


DEEP = """
import os, tempfile, time
def f():
    for _ in range(5000):
        os.mkdir('d')
        os.chdir('d')
    {then}
"""


def test_folders_deeper_than_python_goes_are_removed_all_the_same(tier_b):
    """Five thousand folders inside each other, the last without rights, end neither supervisor nor grader."""
    worker = start(tier_b, DEEP.format(then="os.mkdir('closed', 0); return tempfile.gettempdir()"))
    try:
        folder = worker.call("f", (), {}, seconds=20.0).value
    except LimitHit:  # its supervisor was faster
        folder = None
    finally:
        worker.close()
    assert folder is None or not Path(str(folder)).exists()
    with pytest.raises(LimitHit, match="scratch_mb"):
        ask(tier_b, DEEP.format(then="time.sleep(5)"))


def test_a_copy_of_a_file_does_not_fail_for_its_rights(tier_b):
    """Shutil takes rights and times along; the copy is there all the same."""
    source = """
import shutil, tempfile
def f():
    place = tempfile.gettempdir()
    open(place + '/a', 'w').write('42')
    shutil.copy2(place + '/a', place + '/b')
    return open(place + '/b').read()
"""
    assert ask(tier_b, source) == "42"


def test_tier_b_reads_no_library_that_lies_inside_the_interpreter_s(tmp_path):
    """What is installed beside the interpreter could be the grader's own, with the suites in it."""
    lib = tmp_path / "lib"
    for name in ("json", "site-packages/suites", "dist-packages"):
        (lib / name).mkdir(parents=True)
    settings = {
        "interpreter": [str(lib), "/usr/lib/x"],
        "hidden": [f"{lib}/site-packages", f"{lib}/dist-packages"],
        "libraries": ["/venv/numpy"],
        "paths": ["/venv"],
    }
    readable, listable = lockdown._named(settings)
    assert {f"{lib}/json", "/usr/lib/x", "/venv/numpy"} <= set(readable)
    assert not {str(lib), f"{lib}/site-packages", f"{lib}/dist-packages", "/venv"} & set(readable)
    assert listable == ["/venv", str(lib)]


def test_many_small_files_are_too_many_in_tier_b(tier_b):
    """Empty files take no bytes and are counted all the same."""
    source = """
import tempfile, time
def f():
    for i in range(20_000):
        open(f'{tempfile.gettempdir()}/{i}', 'w').close()
    time.sleep(5)
"""
    with pytest.raises(LimitHit, match="scratch_mb"):
        ask(tier_b, source)


def test_the_supervisor_follows_no_link_out_of_the_folder(tier_b, tmp_path):
    """A link to a large folder of the host costs nothing, and what lies there keeps its rights."""
    (tmp_path / "large").write_bytes(b"x" * (64 << 20))
    tmp_path.chmod(0o750)
    source = f"""
import os, tempfile, time
def f():
    os.symlink({str(tmp_path)!r}, tempfile.gettempdir() + '/out')
    os.mkdir(tempfile.gettempdir() + '/closed', 0)
    time.sleep(1)
    return 1
"""
    assert ask(tier_b, source) == 1
    assert tmp_path.stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "large").stat().st_size == 64 << 20


def in_a_child(action):
    """Run a function in a forked child; return what it gives, 0 to 255."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = action()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


@pytest.mark.skipif(landlock.version() < 1, reason="this kernel has no Landlock")
@pytest.mark.parametrize("known", range(1, max(landlock.version(), 1) + 1))
def test_every_version_of_landlock_hides_files_and_the_filter_sees_to_signals(tmp_path, known):
    """On kernels of any version files stay hidden; below version 6 signals are refused by the filter alone."""
    secret = tmp_path / "secret"
    secret.write_text("x")
    grader = os.getpid()

    def attack():
        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
        assert landlock.restrict(["/usr"], [], at_most=known) == known
        seccomp.install(seccomp.program(system_calls, os.uname().machine, alone=os.getpid()))
        reached = 0
        attempts = [
            secret.read_text,
            lambda: os.kill(grader, 0),
            lambda: secret.write_text("y"),
            lambda: fcntl.fcntl(1, fcntl.F_SETOWN, grader),
            lambda: resource.prlimit(grader, resource.RLIMIT_NOFILE, (9, 9)),
            lambda: os.sched_setaffinity(grader, {0}),
            lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
        ]
        if known >= landlock.TRUNCATION_BOUND:
            attempts.append(lambda: os.truncate(secret, 0))
        for bit, attempt in enumerate(attempts):
            try:
                attempt()
            except PermissionError:
                continue
            reached |= 1 << bit
        os.kill(os.getpid(), 0)
        secret.chmod(0)
        os.utime(secret, (1, 1))
        return reached

    before = secret.stat()
    assert in_a_child(attack) == 0
    assert secret.read_text() == "x"
    after = secret.stat()
    assert (after.st_mode, after.st_mtime) == (before.st_mode, before.st_mtime)


def test_a_machine_without_user_namespaces_is_told_of_tier_b(tmp_path):
    """Where none can be made, tier A refuses and names tier B, which works there."""
    script = tmp_path / "try.py"
    script.write_text(
        "from autograder.errors import TierError\n"
        "from autograder.model import Limits\n"
        "from autograder.sandboxes.probe import open_sandbox\n"
        "try:\n    open_sandbox('A')\nexcept TierError as error:\n    print(error)\n"
        "with open_sandbox('B') as sandbox:\n"
        "    worker = sandbox.worker(('numpy',), Limits(), notebook=False)\n"
        "    worker.run_cell('def f(): return 42')\n"
        "    print(worker.call('f', (), {}, seconds=10.0).value)\n"
    )
    command = f"echo 0 > /proc/sys/user/max_user_namespaces && exec {sys.executable} {script}"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", command],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if "unshare" in done.stderr and done.returncode:
        pytest.skip(f"no user namespace to try it in: {done.stderr.strip()[:200]}")
    assert "tier A is not to be had here" in done.stdout, done.stderr
    assert "--tier B" in done.stdout
    assert done.stdout.splitlines()[-1] == "42"
