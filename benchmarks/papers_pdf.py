"""How long does it take to print a class's exam? 200 students x 10 items as PDF with answer sheets; the promise is 60 s at most.

Run: python benchmarks/papers_pdf.py [--students 200]

The papers are issued first, not counted: `papers.py` measures that. `source` is the share of the Typst source.
"""

import argparse
import time

from papers import FAMILIES

from question_bank import bank, printing
from question_bank.exporters import EXPORTERS
from question_bank.paper import Item, Paper

PROMISE = 60


def main() -> None:
    """Print how long it took, by the wall and by the processor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    students = parser.parse_args().students
    papers = [
        Paper("Exam", "exam", f"s{number:04}", tuple(items(number)), f"Student {number}", coded=True)
        for number in range(students)
    ]
    write = EXPORTERS.get("typst").export
    printing.compiled(write(papers[0]))
    started, worked = time.perf_counter(), time.process_time()
    sources = [write(paper) for paper in papers]
    source = time.process_time() - worked
    size = sum(len(printing.compiled(each)) for each in sources) / 1e6
    took, used = time.perf_counter() - started, time.process_time() - worked
    print(
        f"{students} papers of {len(FAMILIES)} items as PDF: {took:.1f} s by the wall, {used:.1f} s of the processor"
    )
    print(
        f"source {source:.1f} s, {size:.1f} MB; promised: {PROMISE} s, {'kept' if took <= PROMISE else 'NOT KEPT'}"
    )


def items(number: int) -> list[Item]:
    """Return the items of one student."""
    questions = (bank.redact(bank.generate(name, number)) for name in FAMILIES)
    return [Item(f"k{number:03}-{slot:04}", slot, 1, question) for slot, question in enumerate(questions)]


if __name__ == "__main__":
    main()
