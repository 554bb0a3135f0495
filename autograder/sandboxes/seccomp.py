"""A filter of system calls for a worker: an allow list, with the few that depend on their arguments judged by them.

Runs in the worker, as a plain file next to `zygote.py`: standard library only, no secret.
Sources: seccomp(2); Documentation/userspace-api/seccomp_filter.rst; classic BPF in linux/filter.h. What is not allowed fails with
EPERM, so that a library that tries goes on by another way; clone3 fails with ENOSYS, whose arguments a filter cannot read.
"""

import ctypes
import errno
import os
import struct
from types import ModuleType

LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_ANY_BIT, KEEP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
PRETEND = REFUSE
"""The call does nothing and comes back as if it had been done: error number 0."""
NUMBER, ARCHITECTURE, FIRST, SECOND = 0, 4, 16, 24
"""Offsets in the data that a filter sees: the call's number, the machine, and its arguments (low halves)."""
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""The kernel's name of the machine, and the column of its numbers in `system_calls`."""
X32_BIT = 0x40000000
CLONE_THREAD, NEW_NAMESPACES = 0x00010000, 0x7E020080
AF_UNIX, SOCK_STREAM, SOCK_SEQPACKET, KIND_OF_SOCKET = 1, 1, 5, 0xF
PR_SET_PDEATHSIG, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 22, 2
DESCRIPTORS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032)
"""What fcntl may do: copies, flags, locks, sizes of pipes; no owner that gets signals, and no lease that makes others wait."""
DEVICES = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""What ioctl may ask: is it a terminal, its size, what can be read; and set: no waiting, closed in other programs."""
SOCKET_CALLS = ("bind", "listen", "accept", "accept4", "connect")
OTHERS_CALLS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "prlimit64", "sched_setaffinity")
"""Calls whose first argument says which process is meant."""
RIGHTS_CALLS = ("chmod", "fchmod", "fchmodat", "utime", "utimes", "futimesat", "utimensat")
"""Rights and times of any file of the same user, which Landlock does not judge."""

Instruction = tuple[int, int, int, int]


def program(calls: ModuleType, machine: str, *, alone: int | None) -> list[Instruction]:
    """Write the filter: (code, jump if true, jump if false, value) by line.

    Args:
        calls: the module `system_calls`.
        machine: as `os.uname().machine` says.
        alone: the worker's process id where no namespace keeps it from the host: it makes no process and no socket, means no
            process but itself, and changes no file's rights. None where it may have processes, which data loaders need.

    Raises:
        OSError: the numbers of this machine are not known.
    """
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"no numbers of system calls are known for {machine}")
    name, column = MACHINES[machine]
    lines: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, name),
        _refuse(errno.EPERM),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":
        lines += [(JUMP_ABOVE, 0, 1, X32_BIT), _refuse(errno.EPERM)]
    for first, last in _ranges(sorted(n[column] for n in calls.ALLOWED.values() if n[column] is not None)):
        lines += [(JUMP_ABOVE, 0, 2, first), (JUMP_ABOVE, 1, 0, last + 1), _return(ALLOW)]
    verdicts = _everywhere() | (_with_processes() if alone is None else _alone(alone))
    for call, verdict in verdicts.items():
        lines += _judged(calls.JUDGED[call][column], verdict)
    return [*lines, _refuse(errno.EPERM)]


def _everywhere() -> dict[str, list[Instruction]]:
    """Judge what is judged alike in every tier."""
    kinds = [(KEEP_BITS, 0, 0, KIND_OF_SOCKET), *_one_of(SOCK_STREAM, SOCK_SEQPACKET)]
    return {
        "clone3": [_refuse(errno.ENOSYS)],
        # a pair of datagram sockets reaches any such socket of the host by its path, such as the system's log
        "socketpair": [
            (LOAD, 0, 0, FIRST),
            (JUMP_EQUAL, 1, 0, AF_UNIX),
            _refuse(errno.EPERM),
            (LOAD, 0, 0, SECOND),
            *kinds,
        ],
        "fcntl": [(LOAD, 0, 0, SECOND), *_one_of(*DESCRIPTORS)],
        "ioctl": [(LOAD, 0, 0, SECOND), *_one_of(*DEVICES)],
    }


def _with_processes() -> dict[str, list[Instruction]]:
    """Judge for a worker in namespaces of its own."""
    freely = ("fork", "vfork", "prctl", *SOCKET_CALLS, *OTHERS_CALLS, *RIGHTS_CALLS)
    return {
        "clone": _without_bits(NEW_NAMESPACES, needed=None),
        "socket": [(LOAD, 0, 0, FIRST), *_one_of(AF_UNIX)],
        **{call: [_return(ALLOW)] for call in freely},
    }


def _alone(process: int) -> dict[str, list[Instruction]]:
    """Judge for a worker whom only this filter and Landlock keep from the host; what is not named is refused."""
    themselves = {"prlimit64": (0, process), "sched_setaffinity": (0, process)}
    return {
        "clone": _without_bits(NEW_NAMESPACES, needed=CLONE_THREAD),
        # where no namespace ends it, a worker must not outlive its supervisor
        "prctl": [
            (LOAD, 0, 0, FIRST),
            (JUMP_EQUAL, 0, 1, PR_SET_PDEATHSIG),
            _refuse(errno.EPERM),
            _return(ALLOW),
        ],
        **{call: [(LOAD, 0, 0, FIRST), *_one_of(*themselves.get(call, (process,)))] for call in OTHERS_CALLS},
        # a file's copy takes its rights and times along, and must not fail for it: its folder is the worker's own anyway
        **{call: [_return(PRETEND)] for call in RIGHTS_CALLS},
    }


def _one_of(*values: int) -> list[Instruction]:
    """Allow what was loaded when it is one of these."""
    lines: list[Instruction] = []
    for value in values:
        lines += [(JUMP_EQUAL, 0, 1, value), _return(ALLOW)]
    return [*lines, _refuse(errno.EPERM)]


def _without_bits(bits: int, *, needed: int | None) -> list[Instruction]:
    """Allow a call whose first argument has none of these bits and, where one is needed, that one."""
    lines: list[Instruction] = [(LOAD, 0, 0, FIRST), (JUMP_ANY_BIT, 0, 1, bits), _refuse(errno.EPERM)]
    if needed is not None:
        lines += [(JUMP_ANY_BIT, 1, 0, needed), _refuse(errno.EAGAIN)]
    return [*lines, _return(ALLOW)]


def _judged(number: int | None, lines: list[Instruction]) -> list[Instruction]:
    """Judge one call by lines that all end in a verdict; a call that the machine does not have needs none."""
    return [] if number is None else [(JUMP_EQUAL, 0, len(lines), number), *lines]


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    """Join neighbours: a filter asks for a range in two lines.

    >>> _ranges([1, 2, 3, 7])
    [(1, 3), (7, 7)]
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] + 1 == number:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _return(value: int) -> Instruction:
    return (RETURN, 0, 0, value)


def _refuse(code: int) -> Instruction:
    return _return(REFUSE | code)


def install(lines: list[Instruction]) -> None:
    """Load a filter for this process and all that it makes; it can never be taken off. Needs no_new_privs.

    Raises:
        OSError: the kernel has no filters, or does not take this one.
    """
    data = b"".join(struct.pack("=HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(data, len(data))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    loaded = Program(len(lines), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(loaded), 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"seccomp: {os.strerror(code)}")
