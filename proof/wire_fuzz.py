"""Two million frames, generated and mutated, through the one parser that reads what student code wrote.

Each is a value or a `WireError`; a value goes out again as bytes that stand for the same value. The frames follow from
LeGrade's own stream, 5,000 a chunk, so that any chunk can be made again.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import wire
from proof.certificates import ROOT, Proved, Stage, digest_files
from proof.frames import KINDS, frame
from question_bank.draw import Draw

CHUNK = 5000
CHUNKS, QUICK_CHUNKS = 400, 4
MAX_GROWTH_MB = 64.0
CLAIM = "Every frame is a value or a WireError, a value goes out again as it came in, and memory grows by less than 64 MiB."


@dataclass(slots=True)
class Tally:
    """What became of one chunk's frames.

    Attributes:
        accepted: by kind of frame, how many were values.
        refused: by kind, how many were none.
        failures: what neither decoding nor refusing explains.
        slowest: seconds that one frame took at most.
        digest: over every frame and whether it was accepted; 16 hexadecimal digits.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    digest: str = ""

    def row(self) -> list[Any]:
        """Return what a certificate says about the chunk."""
        return [self.accepted.total(), self.refused.total(), self.digest]


def subjects() -> dict[str, str]:
    """Name the parser and what makes the frames."""
    paths = {name: ROOT / name for name in ("autograder/wire.py", "proof/frames.py")}
    return {name: digest_files([path]) for name, path in paths.items()}


def prove(stage: Stage, *, quick: bool = False) -> Proved:
    """Feed all chunks to the parser; memory is measured from the end of the first."""
    count = QUICK_CHUNKS if quick else CHUNKS
    tick = stage(f"chunks of {CHUNK:,} frames", count)
    tallies = [_ticked(run_chunk, 0, tick)]
    settled = _reset_peak()
    tallies += [_ticked(run_chunk, number, tick) for number in range(1, count)]
    growth = round(_status("VmHWM") - settled, 1)
    failures = [failure for tally in tallies for failure in tally.failures][:20]
    if growth > MAX_GROWTH_MB:
        failures.append(f"memory grew by {growth} MiB, expected at most {MAX_GROWTH_MB:g}")
    measured = {
        "memory_growth_mb": growth,
        "slowest_frame_ms": round(1000 * max(tally.slowest for tally in tallies), 1),
    }
    settings = {"frames": count * CHUNK, "chunk": CHUNK}
    return Proved(CLAIM, settings, subjects(), _results(tallies), tuple(failures), measured)


def _ticked(run: Callable[[int], Tally], number: int, tick: Callable[[], object]) -> Tally:
    tally = run(number)
    tick()
    return tally


def _results(tallies: list[Tally]) -> dict[str, Any]:
    accepted: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for tally in tallies:
        accepted.update(tally.accepted)
        refused.update(tally.refused)
    return {
        "accepted": accepted.total(),
        "refused": refused.total(),
        "by_kind": {kind: [accepted[kind], refused[kind]] for kind in KINDS},
        "chunks": [tally.row() for tally in tallies],
    }


def run_chunk(number: int) -> Tally:
    """Make the frames of one chunk and judge them."""
    tally = Tally()
    draw = Draw("wire fuzz", number)
    digest = hashlib.sha256()
    for place in range(CHUNK):
        kind, data = frame(draw)
        started = time.perf_counter()
        try:
            accepted = judge(data)
        except Exception as error:  # noqa: BLE001 -- any other way out is what the proof looks for
            tally.failures.append(f"chunk {number}, frame {place}: {error!r} from {data[:80].hex()}")
            continue
        tally.slowest = max(tally.slowest, time.perf_counter() - started)
        (tally.accepted if accepted else tally.refused)[kind] += 1
        digest.update(len(data).to_bytes(8, "big") + data + bytes([accepted]))
    tally.digest = digest.hexdigest()[:16]
    return tally


def judge(data: bytes) -> bool:
    """Whether bytes are a frame.

    Raises:
        ValueError: the value does not go out as it came in.
        Exception: whatever else the parser lets out.
    """
    try:
        value = wire.decode(data)
    except wire.WireError:
        return False
    again = wire.encode(value)
    if wire.encode(wire.decode(again)) != again:
        raise ValueError(f"{json.dumps(repr(value)[:80])} does not survive the wire")
    return True


def _reset_peak() -> float:
    """Forget the peak of this process's memory; return what it holds now, in MiB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> float:
    """Read a size of this process from the kernel, in MiB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"/proc/self/status has no {name}; this proof needs Linux")
