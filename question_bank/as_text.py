"""A question as lines of plain text, for a terminal: what a student sees, and what its author knows."""

import string

from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Question
from question_bank.values import show, show_number


def question_lines(question: Question) -> list[str]:
    """Write what a student sees; a figure is told in words."""
    lines = [question.stem.plain(), ""]
    if question.figure:
        lines += [f"[{question.figure.alt.plain()}]", ""]
    if question.code:
        lines += [f"    {line}" for line in question.code.splitlines()] + [""]
    for table in question.tables:
        rows = [[show_number(cell) for cell in row] for row in table.value.rows()]
        width = max(len(cell) for row in rows for cell in row) + 2
        lines += [
            f"{table.caption.plain()}:",
            *("".join(cell.rjust(width) for cell in row) for row in rows),
            "",
        ]
    for number, part in enumerate(question.parts):
        field = part.field
        unit = f" [{field.unit}]" if field.unit else ""
        lines.append(f"{_place(question, number)}{part.prompt.plain()}{unit}: ______")
        options = zip(field.letters, field.options, strict=True)
        lines += [f"  {letter}) {Message(text).plain()}" for letter, text in options]
        lines += ["  or: this raises an error"] if field.may_raise else []
        lines += ["  or: this cannot be determined"] if field.may_be_undetermined else []
        lines += [f"  in the letters {', '.join(field.symbols)}"] if field.symbols else []
    return lines


def solution_lines(question: Question) -> list[str]:
    """Write the keys, the worked solution, and the wrong answers that have a name."""
    keys = [f"Key: {_place(question, n)}{part.answer.show()}" for n, part in enumerate(question.parts)]
    steps = [f"  {step.plain()}" for step in question.solution]
    remarks = [f"  {remark.plain()}" for remark in question.remarks]
    wrong = [
        f"  {_place(question, entry.part)}{show(entry.value)}: {_called(entry.misconception)}"
        for entry in question.wrong
    ]
    known = ["", "Wrong answers with a name:", *wrong] if wrong else []
    return ["", *keys, "", "Solution:", *steps, *remarks, *known]


def _called(misconception: str) -> str:
    """Return the title of a misconception; a question of a course's own may say in words what is wrong."""
    return CATALOGUE[misconception].title if misconception in CATALOGUE else misconception


def _place(question: Question, part: int) -> str:
    """Name a part where there are several and its prompt does not name itself."""
    if len(question.parts) == 1:
        return ""
    name = f"({string.ascii_lowercase[part]}) "
    return "" if question.parts[part].prompt.plain().startswith(name) else name
