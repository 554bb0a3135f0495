"""The system calls behind tier A: namespaces, an own root, no capabilities, resource limits.

Runs inside the zygote and its children, as a plain file next to `zygote.py`: standard library only, no secret.
Sources: namespaces(7), user_namespaces(7), mount_namespaces(7), pivot_root(2), capabilities(7), setrlimit(2).
The order of the steps follows bubblewrap's (first a tmpfs over /tmp, so that every source stays reachable).
"""

import ctypes
import errno
import os
import resource
import signal
import stat
import sys
from pathlib import Path
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MS_LOCKED_ATIME = {
    1024: 1024,
    2048: 2048,
    4096: 1 << 21,
}  # statvfs flag -> mount flag: noatime, nodiratime, relatime
MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 24, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
KEYCTL = {"x86_64": 250, "i686": 288, "aarch64": 219, "riscv64": 219, "ppc64le": 271, "s390x": 280}
"""Number of the system call keyctl(2), for which libc has no function."""
KEYCTL_JOIN_SESSION_KEYRING = 1
WORST_FOR_MEMORY = 1000
"""The process that the kernel ends first when the machine runs out of memory: proc(5), oom_score_adj."""
FILES_IN_SCRATCH = 10_000
LAST_CAPABILITY = 63
CAPABILITY_VERSION_3 = 0x20080522

LIBRARIES = "/libraries"
"""The folder in which a worker finds what it may import beside the standard library."""
STUDENT_UID = 1000
"""The uid a student's code sees when the grader is root; outside it is the unprivileged `NOBODY`."""
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *args: Any) -> None:
    """Call a libc function that returns 0, or raise OSError with its name."""
    if getattr(_libc, name)(*args) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def mount(source: str, target: str, kind: str = "none", flags: int = 0, data: str = "") -> None:
    """Attach a file system; the arguments are those of the system call."""
    _call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())


def die_with_parent() -> None:
    """Be killed when the parent process ends, however it ends."""
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def enter_namespaces() -> int:
    """Become process 1 of new user, pid, mount, network, IPC and UTS namespaces; the caller waits outside.

    Returns:
        In the new process: the uid that a student's code is to have inside.
    """
    root = os.geteuid() == 0
    writer = _start_map_writer() if root else None
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    _call("unshare", flags)
    if writer is not None:
        writer()
    else:
        Path("/proc/self/setgroups").write_text("deny", encoding="utf-8")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="utf-8")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="utf-8")
    die_with_parent()
    child = os.fork()
    if child:
        _wait_and_exit(child)
    die_with_parent()
    return STUDENT_UID if root else uid


def _start_map_writer() -> Any:
    """Fork a helper that stays outside: only it may map a second uid, so that root can give up being root."""
    ready, go = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(go)
        if os.read(ready, 1):
            ranges = f"0 0 1\n{STUDENT_UID} {NOBODY} 1"
            Path(f"/proc/{parent}/uid_map").write_text(ranges, encoding="utf-8")
            Path(f"/proc/{parent}/gid_map").write_text(ranges, encoding="utf-8")
        os._exit(0)
    os.close(ready)

    def finish() -> None:
        os.write(go, b"x")
        os.close(go)
        _, status = os.waitpid(child, 0)
        if status:
            raise OSError(f"the helper that maps user ids ended with status {status}")

    return finish


def _wait_and_exit(child: int) -> None:
    """Stay outside the pid namespace until the zygote ends, holding no descriptor of its channels."""
    os.closerange(3, 4096)
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def build_root(interpreter: list[str], hidden: list[str], libraries: list[str], devices: list[str]) -> None:
    """Swap the root for one that holds only the named paths (read-only), /dev, /proc and an empty /tmp.

    Args:
        interpreter: absolute paths of folders and files; each appears at its own path.
        hidden: folders among them that are shown empty.
        libraries: folders and files that appear side by side in `LIBRARIES`, whatever their own paths: an
            environment may lie anywhere, in /tmp too, and its path says something about the host.
        devices: nodes that appear in /dev beside those that every worker has: those of an assigned GPU.
    """
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")  # noqa: S108 -- a mount point that every system has
    os.mkdir("/tmp/old")  # noqa: S108, PTH102 -- plain system calls
    os.mkdir("/tmp/new")  # noqa: S108, PTH102 -- the same
    _call("pivot_root", b"/tmp", b"/tmp/old")
    os.chdir("/")
    mount("tmpfs", "/new", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for path in interpreter:
        _bind_read_only("/old" + path, "/new" + path)
    for path in hidden:
        mount("tmpfs", "/new" + path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for path in libraries:
        _bind_read_only("/old" + path, f"/new{LIBRARIES}/{Path(path).name}")
    for path in hidden:
        mount("none", "/new" + path, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    for device in ("null", "zero", "full", "random", "urandom"):
        _bind_device(f"/dev/{device}")
    for path in devices:
        _bind_device(path)
    for folder in ("tmp", "dev/shm", "proc"):
        Path("/new", folder).mkdir(parents=True, exist_ok=True)
    mount("proc", "/new/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for link in ("lib", "lib64"):
        if Path("/old", link).is_symlink() and not Path("/new", link).exists():
            Path("/new", link).symlink_to(Path("/old", link).readlink())
    _forbid_nested_user_namespaces()
    _call("umount2", b"/old", MNT_DETACH)
    os.mkdir("/new/.old")  # noqa: PTH102 -- plain system calls
    _call("pivot_root", b"/new", b"/new/.old")
    os.chdir("/")
    _call("umount2", b"/.old", MNT_DETACH)
    os.rmdir("/.old")  # noqa: PTH106 -- plain system calls
    mount("none", "/", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV)  # noqa: S108 -- for what libraries cache while they are imported


def _forbid_nested_user_namespaces() -> None:
    """A student without capabilities could regain them inside a user namespace of its own; allow none."""
    limit = Path("/new/proc/sys/user/max_user_namespaces")
    if limit.exists():
        limit.write_text("0", encoding="utf-8")


def _bind_read_only(source: str, target: str) -> None:
    """Show `source` at `target`, read-only, keeping the flags a user namespace may not clear."""
    place = Path(target)
    if Path(source).is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    mount(source, target, flags=MS_BIND | MS_REC)
    kept = os.statvfs(target).f_flag
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | (kept & MS_NOEXEC)
    for seen, flag in MS_LOCKED_ATIME.items():
        flags |= flag if kept & seen else 0
    mount("none", target, flags=flags)


def _bind_device(path: str) -> None:
    """Show a character device in /dev, under its own name; anything else of that name is refused."""
    if not stat.S_ISCHR(Path("/old" + path).lstat().st_mode):
        raise OSError(f"{path}: no character device")
    target = Path("/new/dev", Path(path).name)
    target.parent.mkdir(exist_ok=True)
    target.touch()
    mount("/old" + path, str(target), flags=MS_BIND)


def separate_worker() -> None:
    """In the supervisor: give the next forked child its own pid, mount, network, IPC and UTS namespaces."""
    _call("unshare", CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)


def furnish_worker(scratch_mb: int) -> None:
    """In the worker: private /tmp, /dev/shm and /proc, and a host name that says nothing."""
    size = f"size={scratch_mb}m,nr_inodes={FILES_IN_SCRATCH},mode=1777"
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, size)  # noqa: S108 -- the worker's own
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, size)  # noqa: S108 -- the worker's own
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    _call("sethostname", b"worker", 6)


def leave_keyring() -> None:
    """Give up the session keyring: whoever holds it may read the grader's keys, such as its Kerberos tickets.

    keyrings(7): the session keyring passes from process to process, whatever their user or their namespaces.

    Raises:
        OSError: no new one could be made.
    """
    number = KEYCTL.get(os.uname().machine)
    if number is None:
        raise OSError(f"no number of keyctl(2) is known for {os.uname().machine}")
    if _libc.syscall(ctypes.c_long(number), ctypes.c_long(KEYCTL_JOIN_SESSION_KEYRING), None) < 0:
        code = ctypes.get_errno()
        if code not in (
            errno.ENOSYS,
            errno.EPERM,
        ):  # no keys here, or a filter that holds for the worker, too
            raise OSError(code, f"keyctl: {os.strerror(code)}")


def hide_groups() -> None:
    """Show /proc/self/cgroup from here on as if this worker's control group were the root; only names are hidden.

    Where the kernel lets it: in tier B it lets root only. Says nothing where it does not.
    """
    _libc.unshare(CLONE_NEWCGROUP)


def be_ended_first() -> None:
    """Where memory runs out, let it cost this process, and neither the grader nor another student."""
    Path("/proc/self/oom_score_adj").write_text(str(WORST_FOR_MEMORY), encoding="ascii")


def limit_resources(
    *, memory_mb: int | None, processes: int | None, open_files: int, file_mb: int, cpu_seconds: int
) -> None:
    """Set hard limits; memory counts from what the libraries have mapped already, and is not limited here when it is None."""
    if sys.platform == "linux":
        if memory_mb is not None:
            _limit_memory(memory_mb)
        if processes is not None:
            _hard(resource.RLIMIT_NPROC, processes)
    _hard(resource.RLIMIT_FSIZE, file_mb << 20)
    _hard(resource.RLIMIT_CPU, cpu_seconds)
    _hard(resource.RLIMIT_NOFILE, open_files)
    _hard(resource.RLIMIT_CORE, 0)


def _limit_memory(memory_mb: int) -> None:
    mapped = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
    _hard(resource.RLIMIT_AS, mapped + (memory_mb << 20))


def _hard(which: int, value: int) -> None:
    """Lower both limits; a lower hard limit that is already set stays."""
    _, hard = resource.getrlimit(which)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def drop_privileges(uid: int) -> None:
    """Give up every capability for good, and root's uid where the grader is root."""
    for capability in range(LAST_CAPABILITY + 1):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # past the kernel's last capability
    _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    if uid != os.geteuid():
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
