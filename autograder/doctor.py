"""Use case: what this machine can do, and what to do about what it cannot."""

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.errors import SandboxError, brief
from autograder.grade import library_versions
from autograder.sandboxes import cgroup_places, gpus
from autograder.sandboxes.prefork import PreforkSandbox
from autograder.sandboxes.probe import HOW_TO_GET, HOW_TO_GET_TIER_A, Finding, probe


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
    """Believe a probe, not a version: the best tier that holds, and what was tried from inside a worker."""
    if sys.platform != "linux":
        yield Line(f"tier: C (plain process), this is {sys.platform}; {HOW_TO_GET_TIER_A}", ok=False)
        return
    for tier in ("A", "B"):
        found, why = _tried(tier)
        if found and not any(finding.succeeded for finding in found):
            yield Line(f"tier: {tier} ({LAYERS[tier]})")
            yield _groups()
            yield from (Line(f"  cannot {finding.attempt}") for finding in found)
            return
        yield Line(f"tier {tier} is not to be had: {why}", ok=False)
        for finding in found:
            yield Line(
                f"  {'can' if finding.succeeded else 'cannot'} {finding.attempt}", ok=not finding.succeeded
            )
        yield Line(f"  {HOW_TO_GET[tier]}", ok=False)
    yield Line("tier: C (plain process), which isolates nothing", ok=False)


def _groups() -> Line:
    """Say whether a worker's processes are bounded together; no tier depends on it."""
    found = cgroup_places.find()
    if isinstance(found, str):
        return Line(
            f"control groups: none ({found}); memory is limited for each process by itself; {cgroup_places.HOW_TO_GET}"
        )
    return Line(
        f"control groups: one for each worker (version {found.version}), for the memory and number of its processes together"
    )


LAYERS = {
    "A": "namespaces, own root, no capabilities, limits, a filter of system calls, Landlock where the kernel has it",
    "B": "no processes, no capabilities, limits, a filter of system calls, Landlock",
}


def _tried(tier: str) -> tuple[tuple[Finding, ...], str]:
    """Return what the probe found in a tier, and in a few words why it does not hold."""
    with PreforkSandbox(tier) as sandbox:
        try:
            found = probe(sandbox)
        except SandboxError as error:
            return (), f"no worker could be isolated: {brief(error)}"
    return found, "the isolation has holes"


def _devices() -> Iterator[Line]:
    """Name the GPUs, the tier that they give and what is missing, without initialising CUDA in this process."""
    found = gpus.find()
    if not found:
        yield Line(
            "devices: cpu (no node of an NVIDIA GPU in /dev; LeNet is trained on the CPU, by the fast track)"
        )
        return
    for gpu in found:
        yield Line(f"devices: cpu, {gpu.nodes[0]} ({gpu.name})")
    missing = tuple(gpus.needs(found))
    if not missing:
        yield Line(
            "tier on a GPU: A, weaker: the driver answers the student's code directly, and memory of the device may hold what was "
            "there before; one submission at a time on each"
        )
    for text in missing:
        yield Line(f"  the GPU cannot be used: {text}", ok=False)
    if gpus.used_mb(found[0]) is None:
        yield Line(
            "  no nvidia-smi that answers: gpu_memory_mb is not watched, only what PyTorch itself refuses",
            ok=False,
        )
