"""Use case: what this machine can do, and what to do about what it cannot."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import SandboxError, brief
from autograder.grade import library_versions
from autograder.sandboxes.prefork import PreforkSandbox
from autograder.sandboxes.probe import HOW_TO_GET_TIER_A, probe


@dataclass(frozen=True, slots=True)
class Line:
    """One finding."""

    text: str
    ok: bool = True


def examine() -> Iterator[Line]:
    """Look at isolation, devices, versions and the tools that some commands need."""
    yield from _isolation()
    yield from _devices()
    versions = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    yield Line(f"versions: {versions}; {platform.platform()}")
    missing = [name for name, version in library_versions().items() if version == "absent"]
    if missing:
        yield Line(f"missing: {', '.join(missing)}; install with: pip install {' '.join(missing)}", ok=False)


def _isolation() -> Iterator[Line]:
    """Believe a probe, not a version."""
    if sys.platform != "linux":
        yield Line(f"tier: C (plain process), this is {sys.platform}; {HOW_TO_GET_TIER_A}", ok=False)
        return
    sandbox = PreforkSandbox("A")
    try:
        findings = probe(sandbox)
    except SandboxError as error:
        yield Line(f"tier: C (plain process); no worker could be isolated: {brief(error)}", ok=False)
        yield Line(f"  {HOW_TO_GET_TIER_A}", ok=False)
        return
    finally:
        sandbox.close()
    holes = [finding for finding in findings if finding.succeeded]
    if holes:
        yield Line("tier: C (plain process); the isolation has holes", ok=False)
        yield Line(f"  {HOW_TO_GET_TIER_A}", ok=False)
    else:
        yield Line(
            "tier: A (namespaces, own root, no capabilities, limits; Landlock, seccomp and cgroups are not used yet)"
        )
    for finding in findings:
        yield Line(
            f"  {'can' if finding.succeeded else 'cannot'} {finding.attempt}", ok=not finding.succeeded
        )


def _devices() -> Iterator[Line]:
    """Name the GPUs without initialising CUDA in this process."""
    nodes = sorted(str(path) for path in Path("/dev").glob("nvidia[0-9]*"))
    tool = shutil.which("nvidia-smi")
    if tool is None or not nodes:
        yield Line("devices: cpu (no NVIDIA device here; LeNet is trained on the CPU)")
        return
    listing = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=30, check=False)
    names = "; ".join(listing.stdout.split("\n")).strip("; ")
    yield Line(f"devices: cpu, {names or ', '.join(nodes)} (grading does not use a GPU yet)")
