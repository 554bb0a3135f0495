"""A class that writes an exam: some students hold a named misconception, and everybody slips now and then.

`python demo/simulated_class.py roster OUT.csv COUNT` writes the gradebook of a Canvas course; `... answer EXAM OUT` answers the papers
that `legrade exam build` wrote into EXAM: the first third as the pages save it, the second in a table, the last as quiz notebooks.
The same papers always get the same answers. It looks at the frozen keys, as no student can.
"""

import csv
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from question_bank.exam import paper_of
from question_bank.exporters.notebook import to_notebook
from question_bank.issued import KeyItem, Sheet, read_sheets
from question_bank.paper import key_of
from question_bank.values import show

HELD = {"plus-one-forgotten": 15, "padding-once": 10, "bias-forgotten": 12}
"""Misconceptions, and how many per cent of the class hold each."""
SLIPS = 6
"""Per cent of the answers that are left out."""


def chance(*names: object) -> int:
    """Draw a whole number below 100 that follows from names alone."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, names)).encode()).digest()[:4]) % 100


def held_by(number: int) -> str | None:
    """Say which misconception the student of this number holds, if any: in every hundred as many as `HELD` says."""
    place = number * 37 % 100  # 37 and 100 have no common divisor: each place once
    for name, share in HELD.items():
        if place < share:
            return name
        place -= share
    return None


def answers(sheet: Sheet, misconception: str | None) -> dict[str, str]:
    """Answer a paper: what the misconception leads to where it is live, else what is right, or nothing."""
    found = {}
    for item in sheet.items:
        for number in range(len(item.question.parts)):
            if chance(sheet.student.id, item.id, number) >= SLIPS:
                found[key_of(item.id, number)] = _answer(item, number, misconception)
    return found


def write_answers(exam: Path, out: Path) -> None:
    """Write what the class hands in, in three formats."""
    out.mkdir(parents=True, exist_ok=True)
    sheets = read_sheets(exam)
    table = [("student", "question", "answer")]
    for number, (name, sheet) in enumerate(sheets.items()):
        given = answers(sheet, held_by(number))
        if number % 3 == 0:
            body = {"paper": sheet.paper, "student": name, "answers": given}
            (out / f"{number:03}.json").write_text(json.dumps(body), encoding="utf-8")
        elif number % 3 == 1:
            table += [(name, key, text) for key, text in given.items()]
        else:
            (out / f"{number:03}.ipynb").write_text(filled(sheet, given), encoding="utf-8")
    with (out / "typed-in.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(table)


def filled(sheet: Sheet, given: Mapping[str, str]) -> str:
    """Fill in the quiz notebook of a student."""
    book = json.loads(to_notebook(paper_of(sheet)))
    for cell in book["cells"]:
        key = cell["metadata"].get("legrade", {}).get("key")
        if key in given:
            cell["source"] = f"answer_ = {json.dumps(given[key])}"
    return json.dumps(book)


def write_roster(path: Path, count: int) -> None:
    """Write the class as Canvas exports its gradebook."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["Student", "ID", "SIS Login ID", "Section"])
        writer.writerow(["    Points Possible", "", "", ""])
        for number in range(count):
            writer.writerow([f"Student, {number:03}", 5000 + number, f"s{number:03}", "AB"[number % 2]])


def _answer(item: KeyItem, part: int, misconception: str | None) -> str:
    question = item.question
    wrong = [w.value for w in question.wrong if w.part == part and w.misconception == misconception]
    return show(wrong[0] if wrong else question.parts[part].answer.value)


def main(arguments: list[str]) -> int:
    """Do what the command line says; exit code 2 for wrong usage."""
    match arguments:
        case ["roster", path, count] if count.isdecimal():
            write_roster(Path(path), int(count))
        case ["answer", exam, out]:
            write_answers(Path(exam), Path(out))
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
