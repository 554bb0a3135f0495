"""Proof of a family: every point of its space, every key against the oracle, every step, every option."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from question_bank import bank
from question_bank.answers import Written
from question_bank.authoring import Family
from question_bank.draw import Draw
from question_bank.errors import AnswerError, OracleMismatchError, QuestionBankError
from question_bank.model import Question

DRAWS = 50
DRAW_NAME = "verify"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Report:
    """What a proof found.

    Attributes:
        family: its name, and its `version`.
        points: the points that were built: all of the space, unless fewer were asked for.
        questions: the questions built: several for each point where entries are drawn.
        wrong_keys: questions whose key is not the oracle's answer.
        colliding: questions with an option that equals the key or another one.
        broken: questions that could not be built or proved for another reason, such as a step that does not hold.
        undiscriminating: questions on which every misconception leads to the key, so that a wrong method earns the points.
        idle: by misconception, the questions on which it leads to the key and another has to serve.
        steps: the steps of worked solutions, all of which hold, and what is said in words beside them.
        problems: the first few messages.
        seconds: how long it took.
    """

    family: str
    version: int
    points: int
    questions: int
    wrong_keys: int
    colliding: int
    broken: int
    undiscriminating: int
    idle: Mapping[str, int]
    steps: int
    problems: tuple[str, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every question of the family may be issued."""
        return not (self.wrong_keys or self.colliding or self.broken)


def verify(
    family: Family,
    *,
    draws: int = DRAWS,
    draw_name: str = DRAW_NAME,
    most: int | None = None,
    tick: Callable[[], object] = lambda: None,
    proved: Callable[[Question], object] = lambda _: None,
) -> Report:
    """Prove a family: build the questions of every point and ask the oracle about each.

    Args:
        family: see `bank.get`.
        draws: how many questions are built for each point where entries are drawn; one is enough where they are not.
        draw_name: names the streams; another name draws other entries.
        most: so many points at most, evenly spaced; None for all, which a proof of the whole space takes.
        tick: called after each point, for a progress bar.
        proved: called with each question that holds, in the order of `candidate`'s numbers.
    """
    start = time.perf_counter()
    found: Counter[str] = Counter()
    idle: Counter[str] = Counter(dict.fromkeys(family.maker.rules, 0))
    problems: list[str] = []
    points = _spread(len(family.space), most)
    with one_thread():
        for index in points:
            for number in range(draws if family.maker.drawn else 1):
                found["questions"] += 1
                try:
                    question = candidate(family, index, number, draw_name)
                    bank.prove(family, question)
                except QuestionBankError as error:
                    found[_kind(error)] += 1
                    problems.append(f"{family.space.at(index)}: {error}")
                    continue
                found.update(_counts(question))
                idle.update(_idle(family, question))
                proved(question)
            tick()
    return _report(family, len(points), found, idle, problems[:_NAMED], time.perf_counter() - start)


def _report(
    family: Family,
    points: int,
    found: Mapping[str, int],
    idle: Mapping[str, int],
    problems: list[str],
    seconds: float,
) -> Report:
    return Report(
        family=family.name,
        version=family.version,
        points=points,
        questions=found["questions"],
        wrong_keys=found["wrong_keys"],
        colliding=found["colliding"],
        broken=found["broken"],
        undiscriminating=found["undiscriminating"],
        idle=dict(idle),
        steps=found["steps"],
        problems=tuple(problems),
        seconds=seconds,
    )


def _spread(count: int, most: int | None) -> tuple[int, ...]:
    """Return the numbers of points that are looked at; a whole step between two could miss a value of an axis every time.

    >>> _spread(10, 4), _spread(3, 4)
    ((0, 2, 5, 7), (0, 1, 2))
    """
    if most is None or count <= most:
        return tuple(range(count))
    return tuple(number * count // most for number in range(most))


def candidate(family: Family, index: int, number: int = 0, draw_name: str = DRAW_NAME) -> Question:
    """Build the question that a proof asks at a point of the space, not proved yet.

    Args:
        family: see `bank.get`.
        index: the point's number.
        number: of the drawing of entries, from 0.
        draw_name: as for `verify`.

    Raises:
        SpaceError: there is no such point.
        QuestionBankError: the question cannot be built.
    """
    return family.build(family.space.at(index), Draw(draw_name, family.name, family.version, index, number))


def _kind(error: QuestionBankError) -> str:
    if isinstance(error, OracleMismatchError):
        return "wrong_keys"
    return "colliding" if isinstance(error, AnswerError) else "broken"


def _counts(question: Question) -> dict[str, int]:
    """Count what holds; a question that a person marks need not tell mistakes apart."""
    for_a_person = all(isinstance(part.answer, Written) for part in question.parts)
    return {
        "steps": len(question.solution) + len(question.remarks),
        "undiscriminating": int(not question.wrong and not for_a_person),
    }


def _idle(family: Family, question: Question) -> set[str]:
    return set(family.maker.rules) - {wrong.misconception for wrong in question.wrong}


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread: its tiny tensors are a hundred times slower when threads wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
