"""Landlock: a worker takes from itself every right to files outside a few folders, to the network, and to other processes.

Runs in the worker, as a plain file next to `zygote.py`: standard library only, no secret.
Source: Documentation/userspace-api/landlock.rst and linux/landlock.h. What the kernel's version does not know is left out; from
version 4 on TCP is refused, from 6 on signals to, and abstract sockets of, processes outside.
"""

import ctypes
import os
import struct

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""The same numbers on every machine (unified table)."""
VERSION_QUERY, RULE_PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
ALL_BY_VERSION = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
"""Every right to files that a version knows; since version 5 nothing was added."""
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | (1 << 14) | (1 << 15)
"""Those that make sense for a file: the others are for folders."""
NETWORK, SCOPED = 3, 3
TRUNCATION_BOUND, SIGNALS_SCOPED = 3, 6
"""The versions from which truncating a file by its name needs a right, and sending a signal to a process outside."""

_libc = ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return result


def version() -> int:
    """Return the kernel's version of Landlock, 0 where there is none."""
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION_QUERY))
    except OSError:
        return 0


def restrict(
    readable: list[str], writable: list[str], listable: list[str] | None = None, *, at_most: int = 1 << 30
) -> int:
    """Keep only these files and folders, for this process and all that it makes. Needs no_new_privs.

    Args:
        readable: paths that may be read, with all that lies beneath.
        writable: paths that may be read and written.
        listable: folders whose names may be read, and no file in them.
        at_most: the version of Landlock to use at most; for tests of older ones.

    Returns:
        The version that holds now; 0 where the kernel has no Landlock, and nothing was restricted.
    """
    known = min(version(), at_most)
    if known < 1:
        return 0
    handled = ALL_BY_VERSION[min(known, max(ALL_BY_VERSION))]
    fields = [handled, *([NETWORK] if known >= 4 else []), *([SCOPED] if known >= SIGNALS_SCOPED else [])]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    try:
        every = ((readable, READ_FILE | READ_DIR), (writable, handled & ~EXECUTE), (listable or [], READ_DIR))
        for paths, rights in every:
            for path in paths:
                _allow(ruleset, path, rights & handled)
        _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return known


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Add a rule for what is there; a path that is not there needs none."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        beneath = rights if os.path.isdir(path) else rights & FILE_RIGHTS  # noqa: PTH112 -- a plain system call
        rule = struct.pack("=Qi", beneath, place)
        _call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(RULE_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(place)
