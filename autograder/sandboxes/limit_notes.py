"""Which limit an end or an exception came from: a student is told its name in `spec.toml` and its value."""

from autograder.model import Limits
from autograder.sandboxes import End

_BY_TEXT = (
    # what the last line of a traceback holds: errno(3) as Python writes it, or a library's own words
    ("CUDA out of memory", "gpu_memory_mb"),
    ("CUDA error: out of memory", "gpu_memory_mb"),
    ("MemoryError", "memory_mb"),
    ("[Errno 12]", "memory_mb"),
    ("can't allocate memory", "memory_mb"),
    ("not enough memory", "memory_mb"),
    (
        "can't start new thread",
        "processes",
        "memory_mb",
    ),  # a thread needs room for its stack, too: pthread_create(3)
    ("[Errno 11]", "processes"),
    ("[Errno 24]", "open_files"),
    ("[Errno 27]", "file_mb"),
    ("[Errno 28]", "scratch_mb"),
)
_UNITS = {"mb": " MiB", "kb": " KiB", "seconds": " s"}


def shown(limits: Limits, name: str) -> str:
    """Write a limit's value and name.

    >>> shown(Limits(), "memory_mb")
    '2048 MiB (memory_mb)'
    >>> shown(Limits(), "processes")
    '64 (processes)'
    """
    return f"{getattr(limits, name):g}{_UNITS.get(name.rpartition('_')[2], '')} ({name})"


def of_exception(kind: str, detail: str, limits: Limits, *, at_limit: bool = False) -> str:
    r"""Name the limit that an exception of the student's code came from, as a note after its name; empty for none.

    The text comes from the worker: whoever makes it up adds a note to the own record, and no more. `at_limit` does not: the kernel
    has ended another process of the worker's control group, such as a data loader's.

    >>> of_exception("OSError", "Traceback ...\nOSError: [Errno 27] File too large", Limits(file_mb=8))
    ' at the limit of 8 MiB (file_mb)'
    >>> of_exception("ValueError", "ValueError: no", Limits())
    ''
    """
    lines = detail.strip().splitlines()
    last = lines[-1] if lines else ""
    for text, *names in _BY_TEXT:
        if text == kind or (text in last and kind in ("OSError", "BlockingIOError", "RuntimeError")):
            return f" at the limit of {' or '.join(shown(limits, name) for name in names)}"
    return f" at the limit of {shown(limits, 'memory_mb')}" if at_limit else ""


def of_memory(limits: Limits) -> str:
    """Say that the kernel ended processes because a worker's control group was full."""
    return (
        f"your code used more memory, with all its processes, than the limit of {shown(limits, 'memory_mb')}"
    )


def of_end(end: End, ended_by: str, limits: Limits) -> str | None:
    """Say which limit ended a worker; None when none did.

    Args:
        end: how it ended.
        ended_by: what its supervisor saw, or "memory" for its control group, or "gpu memory".
        limits: the worker's.
    """
    if end.printed > limits.output_kb << 10:
        return f"your code printed more than the limit of {shown(limits, 'output_kb')}"
    if ended_by == "memory":
        return of_memory(limits)
    if ended_by == "gpu memory":
        return f"your code used more memory of the GPU than the limit of {shown(limits, 'gpu_memory_mb')}"
    if ended_by == "scratch":
        return f"your code wrote more than the limit of {shown(limits, 'scratch_mb')}, or too many files"
    if ended_by == "cpu":
        return f"your code used more processor time than the limit of {shown(limits, 'cpu_seconds')}"
    return None
