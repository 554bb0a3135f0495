"""Every error that the autograder raises: ours (`AutograderError`) and the student's (`StudentFault`)."""

import re

_FRAMES = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n)*")


class AutograderError(Exception):
    """Something on the course's or the grader's side is wrong; no student loses a point for it."""


class UnknownNameError(AutograderError):
    """A name that nothing is registered under; the message lists the nearest names."""


class SpecError(AutograderError):
    """A file of the course (spec.toml, assignment.toml, a suite) is broken: file, field, got, expected."""


class SandboxError(AutograderError):
    """The sandbox itself failed: no worker started, or the supervisor is gone."""


class TierError(SandboxError):
    """The isolation that was asked for is not to be had on this machine."""


class LeakError(AutograderError):
    """A released file would have held a line of `solutions/`."""


class StudentFault(Exception):  # noqa: N818 -- a fault is not an error of ours, and the name must say whose it is
    """The student's program did something that a test may count against it.

    Attributes:
        reason: one sentence for the student, free of hidden values.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StudentRaised(StudentFault):
    """The student's function raised; `kind` is the name of the nearest built-in exception.

    Attributes:
        kind: the only part of the exception that a student is told for a hidden test.
        detail: the traceback's text, for the instructor.
    """

    def __init__(self, kind: str, detail: str = "", note: str = "") -> None:
        super().__init__(f"your code raised {kind}{note}")
        self.kind = kind
        self.detail = detail


class NotDefined(StudentFault):
    """The submission does not define the function."""


class ForbiddenCall(StudentFault):
    """The student's function called what its exercise forbids; the reason names it, in our words."""


class LimitHit(StudentFault):
    """The student's program hit a limit; the reason names the limit and its value."""


class WorkerDied(StudentFault):
    """The student's program ended its own process: a crash, an exit, or a signal."""


class WorkerKilled(WorkerDied):
    """The worker was ended by SIGKILL, and no limit explains it: perhaps not the student's doing, so it is tried again."""


class BadReply(StudentFault):
    """The student's function returned something that is no number, array, or handle."""


def brief(error: Exception) -> str:
    r"""Return an error's text without the frames of a traceback that a process of ours left in it.

    >>> brief(SandboxError("no zygote: Traceback (most recent call last):\n  File 'a.py', line 1\n    f()\nOSError: no; get it"))
    'no zygote: OSError: no; get it'
    """
    return _FRAMES.sub("", str(error))
