"""The tests are tested: each layer of the isolation taken away by a change of one line makes a named test fail.

A copy of the package is weakened and the named test runs on it in a process of its own. A test that still passes there says
nothing about its layer.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.sandboxes import cgroup_places

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Weakening:
    """A file of `autograder/`, a text in it and what replaces it, and the test that must fail then."""

    file: str
    text: str
    instead: str
    test: str
    says: str = "failed"
    """What the run says: a test failed, or the probe found the hole before any test ran."""
    times: int = 1
    """How often the text is there."""


REQUIRED = {"LEGRADE_REQUIRE_TIER_A": "1", "LEGRADE_REQUIRE_TIER_B": "1"}
SANDBOX, FILTERS = "tests/test_sandbox.py", "tests/test_filters.py"
WEAKENINGS = {
    "privileges kept": Weakening(
        "sandboxes/jail.py",
        "    for capability in range(LAST_CAPABILITY + 1):\n",
        "    return\n    for capability in range(LAST_CAPABILITY + 1):\n",
        f"{SANDBOX}::test_tier_a_sees_one_process_and_no_capability",
        "a student can hold a capability",
    ),
    "root kept": Weakening(
        "sandboxes/jail.py",
        "    if uid != os.geteuid():\n",
        "    if False:\n",
        f"{SANDBOX}::test_tier_a_is_not_root",
    ),
    "system calls not filtered": Weakening(
        "sandboxes/lockdown.py",
        '    filters["seccomp"].install(lines)\n',
        "",
        f"{FILTERS}::test_a_worker_cannot_call[A-memfd_create]",
        "a student can open a socket of another family, hold memory that no limit counts",
    ),
    "a call too many allowed": Weakening(
        "sandboxes/system_calls.py",
        '"getcpu"',
        '"ptrace": (101, 117), "getcpu"',
        f"{FILTERS}::test_a_worker_cannot_call[A-ptrace]",
    ),
    "files not bound by Landlock": Weakening(
        "sandboxes/landlock.py",
        "        _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))\n",
        "",
        f"{FILTERS}::test_tier_b_makes_no_process",
        "tier B has holes here: a student can read a file of the grader",
    ),
    "signals of tier B not judged": Weakening(
        "sandboxes/seccomp.py",
        '_CALLS = ("kill", "tkill"',
        '_CALLS = ("tkill"',
        f"{FILTERS}::test_a_worker_of_tier_b_signals_nobody",
    ),
    "a mount left": Weakening(
        "sandboxes/jail.py",
        '    _call("umount2", b"/.old", MNT_DETACH)\n    os.rmdir("/.old")',
        '    _call("chdir", b"/")\n    os.path.exists("/.old")',
        f"{SANDBOX}::test_tier_a_shows_no_file_of_the_host",
    ),
    "network shared": Weakening(
        "sandboxes/jail.py",
        "CLONE_NEWNET | CLONE_NEWIPC",
        "CLONE_NEWIPC",
        f"{SANDBOX}::test_tier_a_has_a_network_of_its_own",
        times=2,  # the zygote and each worker have one
    ),
    "a key in the environment": Weakening(
        "sandboxes/prefork.py",
        "env=ENVIRONMENT | ",
        'env=dict(__import__("os").environ) | ENVIRONMENT | ',
        f"{SANDBOX}::test_nothing_of_the_graders_environment_is_in_the_worker[A]",
    ),
    "descriptors inherited": Weakening(
        "sandboxes/lockdown.py",
        "    os.closerange(3, 200)\n",
        "",
        "tests/test_attacks.py::test_a_worker_has_four_descriptors[A]",
    ),
    "no limit of memory": Weakening(
        "sandboxes/jail.py",
        "            _limit_memory(memory_mb)\n",
        "            pass\n",
        f"{SANDBOX}::test_memory_beyond_the_limit_fails_in_the_students_code",
    ),
    "no limit of threads": Weakening(
        "sandboxes/jail.py",
        "            _hard(resource.RLIMIT_NPROC, processes)\n",
        "            pass\n",
        f"{SANDBOX}::test_processes_end_at_the_limit_without_a_control_group_too",
    ),
    "no control group": Weakening(
        "sandboxes/lockdown.py",
        '        os.write(entry, b"0")\n',
        "        pass\n",
        "tests/test_cgroups.py::test_a_worker_is_in_a_group_of_its_own_with_its_limits[A]",
    ),
    "writable root": Weakening(
        "sandboxes/jail.py",
        '    mount("none", "/", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)\n',
        "",
        f"{SANDBOX}::test_tier_a_has_a_root_that_nobody_can_write",
    ),
    "scratch space without end": Weakening(
        "sandboxes/jail.py",
        'size = f"size={scratch_mb}m,nr_inodes',
        'size = f"size={scratch_mb + 100}m,nr_inodes',
        f"{SANDBOX}::test_scratch_space_ends",
    ),
    "CUDA in the zygote": Weakening(
        "sandboxes/zygote.py",
        "    if torch is not None and torch.cuda.is_initialized():\n",
        "    if False:\n",
        "tests/test_gpus.py::test_a_zygote_in_which_cuda_was_initialised_forks_nobody",
        "DID NOT RAISE",
    ),
    "a file for a device": Weakening(
        "sandboxes/jail.py",
        '    if not stat.S_ISCHR(Path("/old" + path).lstat().st_mode):\n',
        "    if False:\n",
        "tests/test_gpus.py::test_what_is_no_device_is_not_shown",
    ),
}


@pytest.fixture
def weakened(tmp_path):
    """Copy what a test needs, with what is compiled already, and change one line of it."""
    for name in ("autograder", "question_bank", "tests", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("npm", "golden"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    def change(weakening):
        path = tmp_path / "autograder" / weakening.file
        source = path.read_text(encoding="utf-8")
        assert source.count(weakening.text) == weakening.times, (
            f"{weakening.file} has changed: mend this table"
        )
        path.write_text(source.replace(weakening.text, weakening.instead), encoding="utf-8")
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()

    return tmp_path, change


def outcome(folder, *tests):
    """Run tests in a folder, with no other plugins than our own."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", *tests],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **REQUIRED},
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", WEAKENINGS)
def test_a_layer_taken_away_is_noticed(tier_a, weakened, name):
    """The named test fails on the weakened copy, for the reason it is named for and not for want of a sandbox."""
    if name == "root kept" and os.geteuid():
        pytest.skip("who is no root has no root to give up")
    if name == "no control group" and isinstance(cgroup_places.find(), str):
        pytest.skip(f"no control groups can be made here: {cgroup_places.find()}")
    folder, change = weakened
    change(WEAKENINGS[name])
    done = outcome(folder, WEAKENINGS[name].test)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-1000:]
    weakening = WEAKENINGS[name]
    assert weakening.says in done.stdout, done.stdout[-3000:]
    assert ("error" in done.stdout.splitlines()[-1]) == (weakening.says != "failed"), done.stdout[-3000:]


@pytest.mark.slow
def test_the_named_tests_pass_where_nothing_is_weakened(tier_a, weakened):
    """What fails above fails because of the weakening."""
    folder, _ = weakened
    tests = sorted({weakening.test for weakening in WEAKENINGS.values()})
    done = outcome(folder, *tests)
    assert done.returncode == 0, done.stdout[-3000:]
