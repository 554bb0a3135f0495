"""Where control groups can be made, each worker has one: what all its processes hold together ends at a limit that is named.

What version 2 can be asked for without a kernel that has it is tested on plain folders that look like its own.
"""

import contextlib
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from autograder import doctor
from autograder.errors import LimitHit, SandboxError, StudentFault
from autograder.model import Limits
from autograder.sandboxes import cgroup_places, cgroups
from autograder.sandboxes.cgroup_places import delegate, give_back, places
from autograder.sandboxes.cgroups import Group, Groups, Memory, Place, remove_left
from autograder.sandboxes.prefork import PreforkSandbox

ROOT = Path(__file__).resolve().parent.parent
SMALL = Limits(
    load_seconds=20, call_seconds=20, total_seconds=60, memory_mb=64, processes=40, scratch_mb=1, cpu_seconds=30
)  # fmt: skip
FORKING = """
import os, time
held = bytearray({held} << 20)
def child(mb, seconds):
    process = os.fork()
    if process == 0:
        try:
            globals()['held'] = None
            kept = bytearray(mb << 20)
            time.sleep(seconds)
        finally:
            os._exit(0)
    return process
def f():
    {body}
"""
"""A worker that holds so many MiB, and can make processes that hold others instead."""


@pytest.fixture(scope="session")
def place():
    """Where this process may make groups."""
    found = cgroup_places.find()
    if isinstance(found, str):
        pytest.skip(f"no control groups can be made here: {found}")
    return found


def start(sandbox, source, limits=SMALL):
    """Start a worker that has run one cell."""
    worker = sandbox.worker(("numpy",), limits, notebook=False)
    error = worker.run_cell(textwrap.dedent(source))
    assert error is None, error
    return worker


def ask(sandbox, source, limits=SMALL, seconds=15.0):
    """Define and call `f` in a worker of its own."""
    worker = start(sandbox, source, limits)
    try:
        return worker.call("f", (), {}, seconds=seconds).value
    finally:
        worker.close()


def groups(place, pid="*"):
    """List the groups of a grader."""
    return [path for folder in place.folders for path in folder.glob(f"legrade-{pid}-*")]


def named(folders, name):
    """Read a file of one of a group's folders."""
    return next((f / name).read_text() for f in folders if (f / name).exists())


# Groups of workers


def test_a_worker_is_in_a_group_of_its_own_with_its_limits(place, isolated):
    """One process in it, as many as may be, room for what the limits promise; and the group goes with its worker."""
    before = set(groups(place, os.getpid()))
    worker = start(isolated, "def f(): return 1")
    mine = sorted(set(groups(place, os.getpid())) - before)
    try:
        assert len(mine) == len(place.folders)
        inside = {tuple((folder / "cgroup.procs").read_text().split()) for folder in mine}
        assert [len(processes) for processes in inside] == [1]
        assert int(inside.pop()[0]) != os.getpid()
        assert int(named(mine, "pids.max")) == SMALL.processes
        room = int(named(mine, "memory.limit_in_bytes" if place.version == 1 else "memory.max")) >> 20
        assert SMALL.memory_mb + 2 * SMALL.scratch_mb < room < SMALL.memory_mb + 2 * SMALL.scratch_mb + 200
    finally:
        worker.close()
    assert set(groups(place, os.getpid())) == before


def test_workers_leave_no_group(place, isolated):
    """Right ones, crashed ones, and one that was ended while it ran."""
    before = groups(place, os.getpid())
    for body in ("return 1", "import os; os._exit(3)", "while True: pass") * 3:
        worker = start(isolated, f"def f():\n    {body}")
        with contextlib.suppress(StudentFault):
            worker.call("f", (), {}, seconds=0.3)
        worker.close()
    assert groups(place, os.getpid()) == before


def test_many_processes_hold_no_more_together_than_the_limit(place, tier_a):
    """Each is within its own limit, all are far beyond it together: the kernel ends some, and the worker's room was never more."""
    body = "made = [child(50, 1.0) for _ in range(12)]; return [os.waitpid(p, 0)[1] for p in made]"
    worker = start(tier_a, FORKING.format(held=1, body=body))
    mine = worker._group._folders
    try:
        if place.version == 2:  # all processes of a group end together
            with pytest.raises(LimitHit, match="memory_mb"):
                worker.call("f", (), {}, seconds=20.0)
            return
        assert 9 in worker.call("f", (), {}, seconds=20.0).value.tolist()
        most, room = (int(named(mine, f"memory.{name}_in_bytes")) for name in ("max_usage", "limit"))
        assert most <= room
    finally:
        worker.close()


def test_a_worker_that_its_group_ends_is_told_the_limit(place, tier_a):
    """The largest process ends first; that it was the worker is no signal of nobody knows whom, and no error of ours."""
    source = FORKING.format(held=50, body="made = [child(20, 5.0) for _ in range(9)]; time.sleep(10)")
    told = r"more memory, with all its processes, than the limit of 64 MiB \(memory_mb\)"
    with pytest.raises(LimitHit, match=told):
        ask(tier_a, source)


@pytest.mark.parametrize("then", ["time.sleep(9)", "raise EOFError"], ids=["a time-out", "an exception"])
def test_what_came_of_an_end_by_the_group_is_told_the_limit(place, tier_a, then):
    """A worker whose child was ended waits for it in vain, or raises something: want of memory was the cause."""
    source = FORKING.format(held=1, body="[child(50, 9.0) for _ in range(4)]; os.wait()")
    worker = start(tier_a, f"{source}\ndef g():\n    {then}")
    try:
        with pytest.raises(StudentFault, match=r"the limit of 64 MiB \(memory_mb\)"):
            # in version 2 the first call ends it, with its child
            [worker.call(name, (), {}, seconds=seconds) for name, seconds in (("f", 15.0), ("g", 0.5))]
    finally:
        worker.close()


def test_a_worker_that_kills_itself_when_its_group_was_full_is_no_error_of_ours(place, tier_a):
    """The machine's count of processes that ended for want of memory has risen, and all of them were the worker's own."""
    body = """[child(50, 9.0) for _ in range(4)]; os.wait()
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
    while True: pass"""
    with pytest.raises(LimitHit, match="memory_mb"):
        ask(tier_a, FORKING.format(held=1, body=body))


def test_one_process_at_its_own_limit_still_gets_a_memory_error(place, isolated):
    """The group has room for what one process may hold, so that a limit of its own is met first, where it can be caught."""
    source = "def f():\n    try:\n        return len(bytearray(65 << 20))\n    except MemoryError:\n        return len(bytearray(50 << 20)) >> 20"
    assert ask(isolated, source) == 50


def test_threads_end_at_the_limit_in_every_tier(place, isolated):
    """Also in tier B, where no limit of a process counts them: small stacks leave room for hundreds."""
    source = """
    import threading
    def f():
        threading.stack_size(1 << 16)
        stop, made = threading.Event(), 0
        try:
            for made in range(300):
                threading.Thread(target=stop.wait, args=(5,), daemon=True).start()
        except RuntimeError:
            pass
        stop.set()
        return made
    """
    made = ask(isolated, source)
    assert (
        SMALL.processes - 10 < made < SMALL.processes
    )  # an ordinary user's zygote is counted, too, in tier A


def test_a_group_is_neither_seen_nor_changed_from_inside(place, isolated):
    """No path leads to it; its name is not told either, but to an ordinary user's worker in tier B."""
    source = """
    import os
    def f():
        reached = []
        for path in {paths}:
            for way in (os.listdir, os.rmdir, lambda p: open(p + '/cgroup.procs', 'w'), lambda p: open(p + '/pids.max')):
                try:
                    way(path)
                except OSError:
                    continue
                reached.append(path)
        try:
            os.mkdir('/sys/fs/cgroup/mine')
        except OSError:
            return ' '.join(reached)
    """
    worker = start(isolated, "def g(): return open('/proc/self/cgroup').read()")
    paths = [str(folder) for folder in worker._group._folders]
    assert worker.run_cell(textwrap.dedent(source.format(paths=[*paths, "/sys/fs/cgroup"]))) is None
    assert worker.call("f", (), {}, seconds=5.0).value == ""
    if isolated.tier == "A" or os.geteuid() == 0:
        assert "legrade" not in worker.call("g", (), {}, seconds=5.0).value
    assert all(Path(path).is_dir() for path in paths)
    worker.close()


# Graders


def test_the_groups_of_a_killed_grader_are_removed_by_the_next(place, isolated):
    """And those of one that lives stay."""
    script = f"""
import os
from autograder.model import Limits
from autograder.sandboxes.prefork import PreforkSandbox
worker = PreforkSandbox({isolated.tier!r}).worker(("numpy",), Limits(), notebook=False)
print("there", flush=True)
worker.run_cell("while True: pass")
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT) as grader:
        assert grader.stdout.readline() == b"there\n"
        remove_left(place)
        left = groups(place, grader.pid)
        grader.kill()
        grader.wait()
    assert len(left) == len(place.folders)
    deadline = time.monotonic() + 10
    while any(path.exists() for path in left) and time.monotonic() < deadline:
        remove_left(place)  # its worker is ended by the kernel, in its own time
        time.sleep(0.02)
    assert not any(path.exists() for path in left)


def test_closing_a_sandbox_removes_the_group_of_a_worker_that_was_left(place, isolated):
    """Nobody has closed the worker, and its process ends with the zygote."""
    before = groups(place, os.getpid())
    with PreforkSandbox(isolated.tier) as sandbox:
        worker = start(sandbox, "x = 1")
        assert len(groups(place, os.getpid())) > len(before)
    assert groups(place, os.getpid()) == before
    with contextlib.suppress(SandboxError):  # there is nobody who could still report
        worker.close()


def test_where_no_group_can_be_made_all_goes_on_without(monkeypatch, isolated):
    """Limits of each process stay, and doctor says why and what to do."""
    monkeypatch.setattr(cgroup_places, "find", lambda: "version 1: Permission denied")
    with PreforkSandbox(isolated.tier) as sandbox:
        source = "def f():\n    try:\n        return bytearray(1 << 30)\n    except MemoryError:\n        return 'refused'"
        assert ask(sandbox, source) == "refused"
    [line] = [line.text for line in doctor.examine() if "control groups" in line.text]
    assert "none (version 1: Permission denied)" in line
    assert "systemd-run --user --scope -p Delegate=yes" in line


def test_doctor_says_that_there_are_groups(place):
    """With the version of the interface."""
    [line] = [line.text for line in doctor.examine() if "control groups" in line.text]
    assert f"one for each worker (version {place.version})" in line


def test_a_group_that_cannot_be_made_any_more_is_our_fault(tmp_path):
    """And half of one is not left."""
    (tmp_path / "memory").mkdir()
    made = Groups(Place(1, (tmp_path / "memory", tmp_path / "pids")))
    with pytest.raises(SandboxError, match=r"no control group could be made for a worker: .*No such file"):
        made.make(SMALL, 30)
    assert not list((tmp_path / "memory").iterdir())


# Where the grader's own groups are

V1 = """
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 {root} /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
39 31 0:36 {root} /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
TOGETHER = "35 31 0:32 / /cg/both rw,relatime - cgroup cgroup rw,pids,memory\n"
CG = "/sys/fs/cgroup"
FOUND = {
    "version 1": (V1.format(root="/"), "4:memory:/job/7\n8:pids:/\n9:name=systemd:/x\n", [(1, f"{CG}/memory/job/7", f"{CG}/pids")]),
    "both versions": (V1.format(root="/"), "4:memory:/a\n8:pids:/b\n0::/c\n", [(1, f"{CG}/memory/a", f"{CG}/pids/b"), (2, f"{CG}/unified/c")]),
    "a container's own part": (V1.format(root="/docker/1"), "4:memory:/docker/1/x\n8:pids:/docker/1\n", [(1, f"{CG}/memory/x", f"{CG}/pids")]),
    "outside of what is mounted": (V1.format(root="/docker/1"), "4:memory:/docker/12\n8:pids:/docker/1\n", []),
    "outside of the namespace": (V2, "0::/../other\n", []),
    "two controllers in one": (TOGETHER, "4:pids,memory:/a\n", [(1, "/cg/both/a")]),
    "a scope of systemd": (V2, "0::/user.slice/user-7.slice/user@7.service/app.slice/run-u1.scope\n", [(2, f"{CG}/user.slice/user-7.slice/user@7.service/app.slice/run-u1.scope")]),
    "started by a grader": (V2, "0::/run-u1.scope/legrade-77-grader\n", [(2, f"{CG}/run-u1.scope")]),
    "pids alone": (V1.format(root="/").replace("rw,memory", "rw,cpu"), "4:memory:/a\n8:pids:/b\n", []),
    "nothing": ("", "", []),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_the_grader_s_own_groups_are_found(name):
    """In /proc/self/mountinfo and /proc/self/cgroup, as proc(5) and cgroups(7) describe them."""
    mounts, membership, expected = FOUND[name]
    told = [(place.version, *map(str, place.folders)) for place in places(mounts.lstrip(), membership)]
    assert told == expected


# Version 2, on plain folders


def folder_of(path, **files):
    """Lay out a folder like a group's; double underscores stand for dots."""
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / name.replace("__", ".")).write_text(text)
    return path


def test_version_2_is_limited_by_its_own_files(tmp_path):
    """Memory without swap, all processes ended together, a number of processes; what the kernel lacks is not made."""
    full = folder_of(
        tmp_path / "a",
        memory__max="max\n",
        memory__swap__max="max\n",
        memory__oom__group="0\n",
        pids__max="max\n",
    )
    Group(2, (full,)).limit(12345678, 40)
    assert [(full / name).read_text() for name in ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max")] == [
        "12345678", "0", "1", "40",
    ]  # fmt: skip
    assert Group(2, (full,)).room() == 12345678
    old = folder_of(tmp_path / "b", memory__max="max\n", pids__max="max\n")
    Group(2, (old,)).limit(12345678, 40)
    assert {path.name for path in old.iterdir()} == {"memory.max", "pids.max"}
    with pytest.raises(FileNotFoundError, match=r"memory\.max"):
        Group(2, (folder_of(tmp_path / "c", pids__max="max\n"),)).limit(1, 1)


@pytest.mark.parametrize(
    ("events", "expected", "at_limit"),
    [
        ("low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\noom_group_kill 0\n", Memory(0, full=False), False),
        ("low 0\nhigh 0\nmax 9\noom 2\noom_kill 5\noom_group_kill 1\n", Memory(5, full=True), True),
        ("low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n", Memory(1, full=False), False),
    ],
    ids=["reclaimed", "the group's limit", "the machine's memory"],
)
def test_version_2_tells_whose_want_of_memory_it_was(tmp_path, events, expected, at_limit):
    """`oom` counts the group's own limit; `oom_kill` counts every process that the kernel ended, for whatever reason."""
    seen = Group(2, (folder_of(tmp_path / "a", memory__events=events),)).memory()
    assert (seen, seen.at_limit) == (expected, at_limit)
    assert Group(2, (tmp_path / "gone",)).memory() == Memory()


def test_a_process_enters_through_a_descriptor(tmp_path):
    """The file that takes its number is opened for writing, once for each folder, and closed again."""
    folders = tuple(folder_of(tmp_path / name, cgroup__procs="") for name in "ab")
    with Group(1, folders).opened() as entries:
        for entry in entries:
            os.write(entry, b"0")
    assert [(folder / "cgroup.procs").read_text() for folder in folders] == ["0", "0"]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(entries[0], b"0")


def scope(path, controllers="cpuset cpu io memory pids", enabled="", processes=None):
    """Lay out a delegated group that this process is in."""
    mine = f"{os.getpid()}\n" if processes is None else processes
    return folder_of(
        path, cgroup__controllers=controllers, cgroup__subtree_control=enabled, cgroup__procs=mine
    )


@pytest.fixture
def own_group(monkeypatch):
    """Make the files that the kernel makes in a new group."""
    plain = Path.mkdir

    def mkdir(self, *args, **kwargs):
        plain(self, *args, **kwargs)
        if self.name.startswith(cgroups.PREFIX):
            (self / "cgroup.procs").write_text("")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    monkeypatch.setattr(cgroup_places.atexit, "register", lambda *_: None)


def test_a_delegated_group_hands_its_controllers_on_when_the_grader_has_left_it(tmp_path, own_group):
    """No group has processes and hands controllers on: the grader goes into a group beside its workers', and back at the end."""
    folder = scope(tmp_path / "scope")
    delegate(folder)
    own = folder / f"legrade-{os.getpid()}-grader"
    assert (own / "cgroup.procs").read_text() == "0"
    assert (folder / "cgroup.subtree_control").read_text() == "+memory +pids"
    (folder / "cgroup.procs").write_text("")
    give_back(folder, own)
    assert (folder / "cgroup.subtree_control").read_text() == "-memory -pids"
    assert (folder / "cgroup.procs").read_text() == "0"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"controllers": "hugetlb"}, "no controller of memory and pids in the grader's group"),
        ({"controllers": "memory"}, "no controller of pids in the grader's group"),
        ({"processes": f"{os.getpid()}\n1\n"}, "the grader's group has other processes, too"),
    ],
    ids=["no controllers", "one controller", "other processes"],
)
def test_what_is_not_delegated_is_left_as_it_is(tmp_path, given, says):
    """Nothing is moved, nothing is made, and the reason is told."""
    folder = scope(tmp_path / "scope", **given)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    with pytest.raises(OSError, match=says):
        delegate(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_controllers_that_are_handed_on_already_move_nobody(tmp_path):
    """A second grader, or one that a grader started, finds them so."""
    folder = scope(tmp_path / "scope", enabled="cpu memory pids\n", processes="1\n2\n")
    delegate(folder)
    assert {path.name for path in folder.iterdir()} == {
        "cgroup.controllers",
        "cgroup.subtree_control",
        "cgroup.procs",
    }
