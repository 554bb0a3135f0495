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

LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16
"""Offsets in the data that a filter sees: the call's number, the machine, and its first argument (low half)."""
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""The kernel's name of the machine, and the column of its numbers in `system_calls`."""
X32_BIT = 0x40000000
CLONE_THREAD, NEW_NAMESPACES = 0x00010000, 0x7E020080
AF_UNIX = 1
PR_SET_PDEATHSIG, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 22, 2
SOCKET_CALLS = ("bind", "listen", "accept", "accept4", "connect")
SIGNAL_CALLS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo")

Instruction = tuple[int, int, int, int]


def program(
    calls: ModuleType, machine: str, *, processes: bool, signals_of: int | None = None
) -> list[Instruction]:
    """Write the filter: (code, jump if true, jump if false, value) by line.

    Args:
        calls: the module `system_calls`.
        machine: as `os.uname().machine` says.
        processes: whether other processes and local sockets may be made, which data loaders need.
        signals_of: the one process id that may be signalled; None where another layer sees to signals.

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
    number = {call: numbers[column] for call, numbers in calls.JUDGED.items()}
    lines += _judged(
        number["clone"], _without_bits(NEW_NAMESPACES, needed=None if processes else CLONE_THREAD)
    )
    lines += _judged(number["clone3"], [_refuse(errno.ENOSYS)])
    family = [(LOAD, 0, 0, ARGUMENT), (JUMP_EQUAL, 0, 1, AF_UNIX), _return(ALLOW), _refuse(errno.EPERM)]
    lines += _judged(number["socketpair"], family)
    if processes:
        lines += _judged(number["socket"], family)
        for call in ("fork", "vfork", *SOCKET_CALLS):
            lines += _judged(number[call], [_return(ALLOW)])
    # where no namespace ends it, a worker must not outlive its supervisor
    watched = _refused_for(PR_SET_PDEATHSIG) if not processes else [_return(ALLOW)]
    lines += _judged(number["prctl"], watched)
    for call in SIGNAL_CALLS:
        lines += _judged(number[call], _own_process(signals_of))
    return [*lines, _refuse(errno.EPERM)]


def _refused_for(option: int) -> list[Instruction]:
    """Allow a call whose first argument is another one."""
    return [(LOAD, 0, 0, ARGUMENT), (JUMP_EQUAL, 0, 1, option), _refuse(errno.EPERM), _return(ALLOW)]


def _own_process(process: int | None) -> list[Instruction]:
    """Allow a call whose first argument is this process."""
    if process is None:
        return [_return(ALLOW)]
    return [(LOAD, 0, 0, ARGUMENT), (JUMP_EQUAL, 0, 1, process), _return(ALLOW), _refuse(errno.EPERM)]


def _without_bits(bits: int, *, needed: int | None) -> list[Instruction]:
    """Allow a call whose first argument has none of these bits and, where one is needed, that one."""
    lines: list[Instruction] = [(LOAD, 0, 0, ARGUMENT), (JUMP_ANY_BIT, 0, 1, bits), _refuse(errno.EPERM)]
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
