"""How fair the papers of an exam are: what every student has the same of, and what they share, in plain text for the instructor.

It is read off the frozen papers alone, so it says what was issued and not what was meant.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from question_bank.answers import Choice, Choices
from question_bank.assigning import neighbours, seat_of
from question_bank.issued import KeyItem, Sheet, private_folder, write_whole
from question_bank.own_data import is_own
from question_bank.planned import Exam, Planned
from question_bank.planning import identity, left
from question_bank.student import Student

NAME = "fairness.txt"


def write_report(out: Path, exam: Exam, sheets: Mapping[str, Sheet], students: Sequence[Student]) -> Path:
    """Write the report beside the keys, readable by its owner only."""
    path = out / "key" / NAME
    private_folder(path.parent)
    write_whole(path, report(exam, sheets, students).encode(), 0o600)
    return path


def report(exam: Exam, sheets: Mapping[str, Sheet], students: Sequence[Student]) -> str:
    """Say how fair the papers are.

    Args:
        exam: what was fixed for the class.
        sheets: every issued paper, by student.
        students: the class list, with seats where they are known.
    """
    papers = _different(sheets)
    blocks = [
        [f"Fairness of {exam.blueprint.title} ({exam.blueprint.paper})"],
        _papers(exam, sheets),
        ["Items: the same for every student but for the numbers", *_items(exam, papers)],
        ["Work of a paper (steps of its worked solutions)", *_steps(papers)],
        ["Items that several papers share", *_shared(exam, papers)],
        ["Where the right options stand", *_letters(papers)],
    ]
    if any(map(seat_of, students)):
        blocks.append(["Neighbours", *_seats(students, sheets)])
    if exam.avoid:
        blocks.append(
            [
                "Asked before, and not again",
                *(map(str, left(exam)) if left(exam) else ["nothing of these strata"]),
            ]
        )
    return "\n\n".join("\n".join([block[0], *(f"  {line}" for line in block[1:])]) for block in blocks) + "\n"


def _different(sheets: Mapping[str, Sheet]) -> tuple[Sheet, ...]:
    """Return one sheet of each version, or all of them."""
    first: dict[str, Sheet] = {}
    for name, sheet in sheets.items():
        first.setdefault(f"version {sheet.version}" if sheet.version else name, sheet)
    return tuple(first.values())


def _papers(exam: Exam, sheets: Mapping[str, Sheet]) -> list[str]:
    count = f"{len(sheets)} student{'s' * (len(sheets) != 1)}"
    names = exam.blueprint.version_names()
    if not names:
        return [f"{count}, a paper for each"]
    uses = Counter(sheet.version for sheet in sheets.values())
    return [
        f"{count}, {len(names)} version{'s' * (len(names) != 1)}: "
        + ", ".join(f"{n} {uses[n]}" for n in names)
    ]


def _items(exam: Exam, papers: Sequence[Sheet]) -> list[str]:
    """Tell of each item where it comes from, its stratum, and how many different ones there are."""
    lines = []
    for at, planned in enumerate(exam.plan):
        items = [sheet.items[at] for sheet in papers]
        different = len({_identity(item) for item in items})
        steps = sorted({_steps_of(item) for item in items})
        span = f"{steps[0]}" if steps[0] == steps[-1] else f"{steps[0]} to {steps[-1]}"
        lines.append(
            f"{at + 1}. {_source(planned)}: {different} different in {len(papers)} papers, {span} steps"
        )
    return lines


def _source(planned: Planned) -> str:
    radicals = ", ".join(f"{name} = {value}" for name, value in sorted(planned.radicals.items()))
    fixed = f" with {radicals}" if radicals else ""
    return f"slots[{planned.slot}], {planned.family}{fixed}"


def _steps(papers: Sequence[Sheet]) -> list[str]:
    """Tell how long the worked solutions of a paper are, and who has most to do."""
    steps = sorted((sum(map(_steps_of, sheet.items)), _name(sheet)) for sheet in papers)
    counts = [count for count, _ in steps]
    line = f"least {counts[0]} ({steps[0][1]}), median {median(counts):g}, most {counts[-1]} ({steps[-1][1]})"
    return [line if counts[0] != counts[-1] else f"{counts[0]} in every paper"]


def _shared(exam: Exam, papers: Sequence[Sheet]) -> list[str]:
    lines = []
    for at, planned in enumerate(exam.plan):
        if is_own(planned.family) or len(papers) == 1:
            continue
        uses = Counter(_identity(sheet.items[at]) for sheet in papers)
        most = max(uses.values())
        if most > 1:
            several = sum(count > 1 for count in uses.values())
            lines.append(
                f"{at + 1}. {planned.family}: {several} items stand in more than one paper, at most in {most}"
            )
    return lines or ["none"]


def _letters(papers: Iterable[Sheet]) -> list[str]:
    """Count the letters of the keys of choices, by how many options there are."""
    counts: dict[tuple[str, int], Counter[str]] = {}
    for sheet in papers:
        for item in sheet.items:
            for part in item.question.parts:
                if isinstance(part.answer, Choice | Choices):
                    kind = "one right" if isinstance(part.answer, Choice) else "several right"
                    letters = counts.setdefault((kind, len(part.answer.options)), Counter())
                    letters.update(part.answer.value)
    lines = []
    for (kind, options), found in sorted(counts.items()):
        told = ", ".join(f"{letter} {found[letter]}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:options])
        lines.append(f"{options} options, {kind}: {told}")
    return lines or ["no options are asked for"]


def _seats(students: Sequence[Student], sheets: Mapping[str, Sheet]) -> list[str]:
    versions = {id_: sheet.version or id_ for id_, sheet in sheets.items()}
    lines = [
        f"{each.pairs} pairs {each.kind}: {each.alike} with the same version"
        for each in neighbours(students, versions)
    ]
    standing = sorted(student.id for student in students if seat_of(student) is None)
    return lines + ([f"without a seat: {', '.join(standing[:20])}"] if standing else [])


def _identity(item: KeyItem) -> str:
    return item.same or (item.question.family if is_own(item.question.family) else identity(item.question))


def _steps_of(item: KeyItem) -> int:
    return max(len(item.question.solution), len(item.question.parts))


def _name(sheet: Sheet) -> str:
    return f"version {sheet.version}" if sheet.version else sheet.student.id
