"""Certificates: what was proved, about which versions, and how to see that one is out of date.

A certificate's content follows from the sources alone, but for the table `measured`: date, seconds, versions, sizes.
"""

import hashlib
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
SHOWN = "proof/certificates"
FOLDER = ROOT / SHOWN
FORMAT = "legrade-certificate-1"
WIDTH = 110

Tick: TypeAlias = Callable[[], object]
Stage: TypeAlias = Callable[[str, int], Tick]
"""Announces a stage with its number of steps; what it returns is called after each step."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof found.

    Attributes:
        claim: what holds when there is no failure, in one sentence.
        settings: counts and sizes that the proof was run with.
        subjects: each thing that the claim is about, with the version or the digest that was proved.
        results: what was found, by subject; enough for a test to do a part of it again.
        failures: what contradicts the claim, one sentence each.
        measured: what another machine or day may see differently.
    """

    claim: str
    settings: Mapping[str, Any]
    subjects: Mapping[str, str]
    results: Mapping[str, Any]
    failures: tuple[str, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict)


def quiet(_label: str, _steps: int) -> Tick:
    """Announce nothing."""
    return lambda: None


def digest_files(paths: Sequence[Path]) -> str:
    """Digest some files of the project, names and bytes; 16 hexadecimal digits are enough to notice a change."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        for data in (path.relative_to(ROOT).as_posix().encode(), path.read_bytes()):
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]


def write(name: str, proved: Proved, seconds: float) -> Path:
    """Write a certificate; the same proof of the same sources differs in `measured` only."""
    measured = {
        "date": datetime.now(UTC).date().isoformat(),
        "seconds": round(seconds),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": versions(),
        **proved.measured,
    }
    data = {
        "format": FORMAT,
        "proof": name,
        "claim": proved.claim,
        "failures": list(proved.failures),
        "settings": dict(proved.settings),
        "subjects": dict(proved.subjects),
        "results": dict(proved.results),
        "measured": measured,
    }
    path = FOLDER / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(pretty(data) + "\n", encoding="utf-8")
    return path


def read(name: str) -> dict[str, Any]:
    """Read a committed certificate.

    Raises:
        FileNotFoundError: it is not there; the message has the command that makes it.
        ValueError: it is no certificate of this proof.
    """
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(f"{SHOWN}/{name}.json: no such certificate; {renewal(name)}")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    got = (data.get("format"), data.get("proof"))
    if got != (FORMAT, name):
        raise ValueError(f"{SHOWN}/{name}.json: got {got}, expected {(FORMAT, name)}; {renewal(name)}")
    return data


def stale(name: str, certificate: Mapping[str, Any], now: Mapping[str, str]) -> tuple[str, ...]:
    """Say what a certificate does not cover: subjects that are new, gone, or of another version.

    >>> for line in stale("bank", {"subjects": {"a": "1", "b": "1"}}, {"a": "2", "c": "1"}):
    ...     print(line)
    bank: a is now 2, the certificate is about 1; renew it: python -m proof.run bank
    bank: b is gone, the certificate still has it; renew it: python -m proof.run bank
    bank: c is in no certificate; renew it: python -m proof.run bank
    """
    proved = certificate["subjects"]
    lines = []
    for subject in sorted({*proved, *now}):
        if subject not in now:
            lines.append(f"{subject} is gone, the certificate still has it")
        elif subject not in proved:
            lines.append(f"{subject} is in no certificate")
        elif proved[subject] != now[subject]:
            lines.append(f"{subject} is now {now[subject]}, the certificate is about {proved[subject]}")
    return tuple(f"{name}: {line}; {renewal(name)}" for line in lines)


def renewal(name: str) -> str:
    """Name the command that makes a certificate again."""
    return f"renew it: python -m proof.run {name}"


def versions() -> dict[str, str]:
    """Name what the proof ran on."""
    packages = ("legrade", "numpy", "sympy", "torch")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in packages}


def pretty(data: Any, indent: int = 0) -> str:
    """Write JSON with one entry a line, and whatever fits into a line on one.

    >>> print(pretty({"a": [1, 2], "b": {}}))
    {"a": [1, 2], "b": {}}
    """
    line = json.dumps(data, ensure_ascii=False)
    if not isinstance(data, (dict, list)) or len(line) + indent <= WIDTH:
        return line
    pad = " " * (indent + 1)
    if isinstance(data, dict):
        rows = [f"{json.dumps(key, ensure_ascii=False)}: {pretty(data[key], indent + 1)}" for key in data]
        return "{\n" + ",\n".join(pad + row for row in rows) + "\n" + " " * indent + "}"
    rows = [pretty(item, indent + 1) for item in data]
    return "[\n" + ",\n".join(pad + row for row in rows) + "\n" + " " * indent + "]"
