"""Every family of the bank, its whole space: every key against its oracle, every step, every option.

The questions of a family are numbered: point by point, and at each point drawing by drawing. A digest over every 500 of
them makes a change of any variant visible, and a sample cheap.
"""

import hashlib
from typing import Any

from proof.certificates import Proved, Stage
from question_bank import bank
from question_bank.authoring import Family
from question_bank.model import Question
from question_bank.verification import Report, candidate, verify

CHUNK = 500
DRAWS, QUICK_DRAWS = 1000, 2
CLAIM = (
    "Every question of every family has the key that its oracle works out, steps that hold, and no option that equals the "
    "key or another one."
)


class Chunks:
    """Digests of a stream of questions, one for every `CHUNK` of them."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._open = hashlib.sha256()
        self._count = 0

    def add(self, question: Question) -> None:
        """Take the next question."""
        self._open.update(bytes.fromhex(question.digest()))
        self._count += 1
        if self._count % CHUNK == 0:
            self._close()

    def _close(self) -> None:
        self._done.append(self._open.hexdigest()[:16])
        self._open = hashlib.sha256()

    def digests(self) -> list[str]:
        """Return the digests so far; an unfinished chunk at the end counts."""
        last = [self._open.hexdigest()[:16]] if self._count % CHUNK else []
        return [*self._done, *last]


def subjects() -> dict[str, str]:
    """Name the families with their versions."""
    return {name: f"version {bank.get(name).version}" for name in bank.names()}


def prove(stage: Stage, *, quick: bool = False) -> Proved:
    """Prove every family."""
    draws = QUICK_DRAWS if quick else DRAWS
    results: dict[str, Any] = {}
    failures: list[str] = []
    for name in bank.names():
        family, chunks = bank.get(name), Chunks()
        report = verify(family, draws=draws, tick=stage(name, len(family.space)), proved=chunks.add)
        results[name] = _result(report, chunks.digests())
        failures += [f"{name}: {problem}" for problem in report.problems]
        if not report.ok and not report.problems:
            failures.append(f"{name}: {report}")
    return Proved(CLAIM, {"draws": draws, "chunk": CHUNK}, subjects(), results, tuple(failures))


def _result(report: Report, chunks: list[str]) -> dict[str, Any]:
    counts = {
        "points": report.points,
        "questions": report.questions,
        "steps": report.steps,
        "wrong_keys": report.wrong_keys,
        "colliding": report.colliding,
        "broken": report.broken,
        "undiscriminating": report.undiscriminating,
    }
    return {**counts, "idle": dict(report.idle), "chunks": chunks}


def again(family: Family, draws: int, chunk: int) -> str:
    """Build and prove the questions of one chunk once more, and return their digest.

    Raises:
        QuestionBankError: one of them does not hold.
    """
    draws = draws if family.maker.drawn else 1
    chunks = Chunks()
    for number in range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(family.space) * draws)):
        question = candidate(family, *divmod(number, draws))
        bank.prove(family, question)
        chunks.add(question)
    (digest,) = chunks.digests()
    return digest
