"""How long does a proof take, and how long a class's papers? Families by 1,000 points, and 1,000 items from seed to page.

Run: python benchmarks/bank.py [--points 1000] [--items 1000] [--family conv-output-size]

All times are wall times on one thread, imports and the first compilation left out; a ratio is build and proof to build alone.
"""

import argparse
import time
from collections.abc import Callable

import torch

from question_bank import bank
from question_bank.authoring import Family
from question_bank.exporters import EXPORTERS
from question_bank.model import Question
from question_bank.paper import Item, Paper
from question_bank.verification import candidate

PAPER = 10
"""Items on one paper."""


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds some work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def prove_all(family: Family, questions: list[Question]) -> None:
    """Ask the oracle about each question."""
    for question in questions:
        bank.prove(family, question)


def family_times(family: Family, points: int) -> tuple[float, float]:
    """Build questions at points spread over a family's space, then prove them; return both times in seconds."""
    places = [number * len(family.space) // points for number in range(points)]
    prove_all(family, [candidate(family, place) for place in places])  # compiles what is compiled once
    questions: list[Question] = []
    built = timed(lambda: questions.extend(candidate(family, at, n) for n, at in enumerate(places)))
    return built, timed(lambda: prove_all(family, questions))


def families(points: int) -> None:
    """Print what a proof costs, for each 1,000 points."""
    print(f"{'family':26}{'points':>8}{'build, s':>12}{'prove, s':>12}{'ratio':>8}   (for each 1,000 points)")
    for name in bank.names():
        family = bank.get(name)
        built, proved = (1000 / points * seconds for seconds in family_times(family, points))
        size = f"{len(family.space):,}"
        print(f"{name:26}{size:>8}{built:>12.3f}{proved:>12.3f}{(built + proved) / built:>8.1f}")


def class_of(items: int, name: str) -> None:
    """Issue items of one family, each proved, and write them as pages."""
    questions: list[Question] = []
    papers: list[Paper] = []
    pages: list[bytes] = []
    bank.generate(name, "warm-up")
    issued = timed(lambda: questions.extend(bank.generate(name, number) for number in range(items)))
    public = [bank.redact(question) for question in questions]
    for start in range(0, items, PAPER):
        shown = tuple(Item(f"item-{at}", 0, 1, public[at]) for at in range(start, min(start + PAPER, items)))
        papers.append(Paper("Benchmark", "benchmark", f"s{start:05}", shown))
    export = EXPORTERS.get("html").export
    export(papers[0])
    written = timed(lambda: pages.extend(export(paper) for paper in papers))
    size = sum(map(len, pages)) / len(pages) / 1024
    print(f"\n{items:,} items of {name} on {len(papers):,} pages of {size:.0f} KiB")
    for what, seconds in (
        ("drawn and proved", issued),
        ("written as HTML", written),
        ("in all", issued + written),
    ):
        print(f"{what:26}{seconds:8.3f} s{1000 * seconds / items:10.3f} ms an item")


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--family", default="conv-output-size", choices=bank.names())
    given = parser.parse_args()
    torch.set_num_threads(1)
    families(given.points)
    class_of(given.items, given.family)


if __name__ == "__main__":
    main()
