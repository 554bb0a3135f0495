"""How long does it take to write a pool for a course system? Items of one family, made before, in every course format.

Run: python benchmarks/exports.py [--items 1000] [--family conv-output-size]

Processor time on one thread, the best of three, imports left out. The bar: 1,000 numeric items as Moodle XML in 2 seconds.
"""

import argparse
import time

from question_bank import bank
from question_bank.exporters import KEY_EXPORTERS
from question_bank.issued import KeyItem
from question_bank.pool import Group, Pool
from question_bank.verification import candidate

ROUNDS = 3


def pool_of(family: str, items: int) -> Pool:
    """Return a pool of questions at points spread over a family's space."""
    space = bank.get(family).space
    places = (number * len(space) // items for number in range(items))
    questions = [candidate(bank.get(family), place, number) for number, place in enumerate(places)]
    made = tuple(KeyItem(f"k7q2-{n:04d}", 0, 1, question) for n, question in enumerate(questions))
    return Pool("Benchmark", "benchmark", (Group(f"Slot 1: {family}", "", 1, made, items),))


def main() -> None:
    """Print the seconds and the size of each format."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--family", default="conv-output-size")
    arguments = parser.parse_args()
    pool = pool_of(arguments.family, arguments.items)
    print(f"{arguments.items} items of {arguments.family}")
    for name in KEY_EXPORTERS.names():
        times: list[float] = []
        for _ in range(ROUNDS):
            started = time.process_time()
            data = KEY_EXPORTERS.get(name).export(pool)
            times.append(time.process_time() - started)
        print(f"{name:10}{min(times):8.2f} s {len(data) / 1e6:8.1f} MB")


if __name__ == "__main__":
    main()
