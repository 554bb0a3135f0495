"""A family of the bank, its whole space: every key against its oracle, every step, every option.

The questions of a family are numbered: point by point, and at each point drawing by drawing. A digest over every few
hundred of them makes a change of any variant visible, and a sample cheap.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from proof.certificates import Proved, Stage
from question_bank import bank
from question_bank.authoring import Family
from question_bank.model import Question
from question_bank.verification import Report, candidate, one_thread, verify

CHUNK, DRAWN_CHUNK = 500, 100
"""Questions that share a digest; those with drawn entries take ten times longer to write."""
DRAWS, QUICK_DRAWS = 200, 2
CLAIM = (
    "Every question of the family has the key that its oracle works out, steps that hold, and no option that equals the key "
    "or another one."
)


class Chunks:
    """Digests of a stream of questions, one for every `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._done: list[str] = []
        self._open = hashlib.sha256()
        self._count = 0

    def add(self, question: Question) -> None:
        """Take the next question."""
        self._open.update(bytes.fromhex(question.digest()))
        self._count += 1
        if self._count % self._size == 0:
            self._close()

    def _close(self) -> None:
        self._done.append(self._open.hexdigest()[:16])
        self._open = hashlib.sha256()

    def digests(self) -> list[str]:
        """Return the digests so far; an unfinished chunk at the end counts."""
        last = [self._open.hexdigest()[:16]] if self._count % self._size else []
        return [*self._done, *last]


@dataclass(frozen=True, slots=True)
class FamilyProof:
    """The proof of one family; each family has a certificate of its own, so that adding one touches no other's."""

    family: Family

    def subjects(self) -> dict[str, str]:
        """Name the family with its version."""
        return {self.family.name: f"version {self.family.version}"}

    def prove(self, stage: Stage, *, quick: bool = False) -> Proved:
        """Prove the whole space."""
        draws = (QUICK_DRAWS if quick else DRAWS) if self.family.maker.drawn else 1
        size = DRAWN_CHUNK if self.family.maker.drawn else CHUNK
        chunks = Chunks(size)
        tick = stage(self.family.name, len(self.family.space))
        report = verify(self.family, draws=draws, tick=tick, proved=chunks.add)
        failures = report.problems if report.problems or report.ok else (str(report),)
        settings = {"draws": draws, "chunk": size}
        return Proved(CLAIM, settings, self.subjects(), _result(report, chunks.digests()), failures)

    def holds_still(self, certificate: Mapping[str, Any]) -> bool:
        """Whether one chunk comes out as certified; which one follows from all digests of the certificate."""
        chunks, settings = certificate["results"]["chunks"], certificate["settings"]
        number = int(hashlib.sha256("".join(chunks).encode()).hexdigest(), 16) % len(chunks)
        return again(self.family, settings["draws"], settings["chunk"], number) == str(chunks[number])


def _result(report: Report, chunks: list[str]) -> dict[str, Any]:
    left_out = ("family", "version", "problems", "seconds")
    counts = {name: value for name, value in asdict(report).items() if name not in left_out}
    return {**counts, "chunks": chunks}


def again(family: Family, draws: int, size: int, chunk: int) -> str:
    """Build and prove the questions of one chunk once more, and return their digest.

    Args:
        family: see `bank.get`.
        draws: questions at each point, from the certificate's settings.
        size: questions in a chunk, from there too.
        chunk: its number, from 0.

    Raises:
        QuestionBankError: one of the questions does not hold.
    """
    chunks = Chunks(size)
    with one_thread():
        for number in range(chunk * size, min((chunk + 1) * size, len(family.space) * draws)):
            question = candidate(family, *divmod(number, draws))
            bank.prove(family, question)
            chunks.add(question)
    (digest,) = chunks.digests()
    return digest
