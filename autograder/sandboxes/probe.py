"""Is a tier what it says? Tries, from inside a worker, what a student must not be able to do."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.errors import SandboxError, StudentFault, TierError
from autograder.model import Limits
from autograder.sandboxes import Sandbox
from autograder.sandboxes.prefork import PreforkSandbox

HOW_TO_GET_TIER_A = (
    "tier A needs Linux with user namespaces: in a container allow them (Docker: --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined), on Ubuntu 24.04 set kernel.apparmor_restrict_unprivileged_userns=0; "
    "`legrade doctor` shows what was tried. Where they cannot be had, Landlock and seccomp may do: --tier B. For self-checks "
    "without isolation say so by name: --tier C"
)
HOW_TO_GET_TIER_B = (
    "tier B needs Linux 6.2 or newer with Landlock (lsm=landlock,... in the kernel's command line) and seccomp, on x86-64 or "
    "arm64; `legrade doctor` shows what was tried. For self-checks without isolation say so by name: --tier C"
)
HOW_TO_GET = {"A": HOW_TO_GET_TIER_A, "B": HOW_TO_GET_TIER_B}


@dataclass(frozen=True, slots=True)
class Finding:
    """One attempt from inside a worker."""

    attempt: str
    succeeded: bool


def probe(sandbox: Sandbox) -> tuple[Finding, ...]:
    """Try everything once in a fresh worker.

    Raises:
        SandboxError: no worker could be started, or it did not answer.
    """
    with _bait() as (canary, port):
        worker = sandbox.worker(("numpy",), Limits(), notebook=False)
        try:
            answers = worker.ask("probe", (canary, os.getpid(), port), seconds=30.0).value
        except StudentFault as fault:
            raise SandboxError(f"the probe did not answer: {fault}; {worker.close().output[-500:]}") from None
        finally:
            worker.close()
    if not isinstance(answers, dict) or not answers:
        raise SandboxError("the probe answered nothing")
    return tuple(Finding(name, succeeded is not False) for name, succeeded in answers.items())


@contextmanager
def _bait() -> Iterator[tuple[str, int]]:
    """Lay out a file that another user could not read either, and a listening port."""
    with (
        tempfile.NamedTemporaryFile(prefix="legrade-canary-") as canary,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        canary.write(b"canary")
        canary.flush()
        yield canary.name, listener.getsockname()[1]


def open_sandbox(tier: str = "A") -> PreforkSandbox:
    """Open a sandbox of exactly this tier; never a lower one.

    Args:
        tier: "A"; "B" for machines without user namespaces; "C" for a plain process that isolates nothing.

    Raises:
        TierError: the tier is not to be had here; the message says how to get it.
    """
    if tier not in ("A", "B", "C"):
        raise TierError(f"tier={tier!r}: expected 'A', 'B' or 'C'")
    if tier != "C" and sys.platform != "linux":
        raise TierError(f"tier {tier} is not to be had on {sys.platform}; {HOW_TO_GET[tier]}")
    sandbox = PreforkSandbox(tier)
    if tier != "C":
        try:
            holes = [finding.attempt for finding in probe(sandbox) if finding.succeeded]
        except SandboxError as error:
            sandbox.close()
            raise TierError(f"tier {tier} is not to be had here: {error}; {HOW_TO_GET[tier]}") from None
        if holes:
            sandbox.close()
            raise TierError(
                f"tier {tier} has holes here: a student can {', '.join(holes)}; {HOW_TO_GET[tier]}"
            )
    return sandbox
