"""Key sheets for whoever marks by hand: a paper as its student sees it, with keys, worked solutions and named wrong answers.

OUT/key/sheets/A.html            one for each version          (mode 0600)
OUT/key/sheets/<student>.html    or for each student, where every student has a paper of their own
OUT/key/sheets/A.pdf, A.tex      the same to print, where papers are printed so
"""

import functools
import string
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from question_bank import bank, printing
from question_bank.answers import Answer, Choice, Choices, Number, Written
from question_bank.exporters.html import page
from question_bank.issued import KeyItem, Sheet, private_folder, write_beside, write_whole
from question_bank.latex_figures import drawn, figures_of
from question_bank.latex_papers import key_document
from question_bank.message import Message, literal
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Question
from question_bank.paper import Item, Paper
from question_bank.roster import file_stem
from question_bank.student import tex_stem
from question_bank.typst_text import Messages, Named, key_data
from question_bank.values import show, show_number

FOLDER = Path("key") / "sheets"


@dataclass(frozen=True, slots=True)
class Solved:
    """An item with all that is known of it.

    Attributes:
        item: as its student sees it.
        question: with its key.
        keys: of each part, ready to be shown.
        wrong: answers that have a name, each with it.
    """

    item: Item
    question: Question
    keys: tuple[Message, ...]
    wrong: tuple[tuple[Message, Message], ...]


def name_of(sheet: Sheet) -> str:
    """Return what a paper's key sheet is called: its version, or its student."""
    return sheet.version or file_stem(sheet.student.id)


def write_keysheets(
    out: Path, sheets: Mapping[str, Sheet], language: str, formats: Collection[str] = ()
) -> tuple[Path, ...]:
    """Write the key sheets that are not there yet; return the paths of all.

    Args:
        out: the exam's folder.
        sheets: the issued papers, by student.
        language: of the key sheet of a version, where one of its students writes in it.
        formats: of the papers; a key sheet is a page, and where papers are printed it is written in their format, too.
    """
    writers = {".html": keysheet} | {
        suffix: write for name, (suffix, write) in _PRINTED.items() if name in formats
    }
    first: dict[str, Sheet] = {}
    for sheet in sorted(sheets.values(), key=lambda sheet: sheet.language != language):
        first.setdefault(name_of(sheet), sheet)
    private_folder(out / FOLDER)
    paths = []
    for name, sheet in sorted(first.items()):
        for suffix, write in writers.items():
            path = out / FOLDER / f"{tex_stem(name) if suffix == '.tex' else name}{suffix}"
            if not path.exists():
                write_whole(path, write(sheet), 0o600)
            paths.append(path)
        if "latex" in formats:
            questions = [item.question for item in sheet.items]
            beside = (
                (place, functools.partial(drawn, figure, sheet.language))
                for place, figure in figures_of(questions, sheet.language)
            )
            write_beside(out / FOLDER, beside, 0o600)
    return tuple(paths)


def keysheet(sheet: Sheet) -> bytes:
    """Write the key of a paper as a page, its items in the order of the paper; what is not of the paper is in English."""
    return page(
        "keysheet.html.j2",
        sheet.language,
        styles=("page.css.j2", "gallery.css.j2"),
        pictures=any(item.question.figure and item.question.figure.data for item in sheet.items),
        sheet=sheet,
        who=f"Version {sheet.version}" if sheet.version else f"{sheet.student.name} ({sheet.student.id})",
        solved=[_solved(item) for item in sheet.shown],
        total=sum(item.points for item in sheet.items),
    )


def printed_keysheet(sheet: Sheet) -> bytes:
    """Write the key of a paper as PDF, its items in the order of the paper."""
    return printing.compiled(printing.document("keysheet.typ", key_data(*_known(sheet))))


def latex_keysheet(sheet: Sheet) -> bytes:
    """Write the key of a paper as LaTeX, its items in the order of the paper."""
    return key_document(*_known(sheet)).encode()


_PRINTED: Final = MappingProxyType({"pdf": (".pdf", printed_keysheet), "latex": (".tex", latex_keysheet)})


def _known(sheet: Sheet) -> tuple[Paper, list[Question], list[Messages], list[Named]]:
    """Return the paper, and what is known of each of its items."""
    solved = [_solved(item) for item in sheet.shown]
    student, name = ("", "") if sheet.version else (sheet.student.id, sheet.student.name)
    items = tuple(each.item for each in solved)
    paper = Paper(
        sheet.title, sheet.paper, student, items, name, sheet.language, version=sheet.version, coded=True
    )
    return (
        paper,
        [each.question for each in solved],
        [each.keys for each in solved],
        [each.wrong for each in solved],
    )


def _solved(item: KeyItem) -> Solved:
    question = item.question
    several = len(question.parts) > 1
    keys = tuple(
        Message(f"({string.ascii_lowercase[n]}) {line.template}", line.fields) if several else line
        for n, part in enumerate(question.parts)
        for line in key_lines(part.answer)
    )
    wrong = tuple(
        (
            Message("{part}{value}", {"part": _part(question, each.part), "value": show(each.value)}),
            _called(each.misconception),
        )
        for each in question.wrong
    )
    public = Item(item.id, item.slot, item.points, bank.redact(question), item.credit)
    return Solved(public, question, keys, wrong)


def _part(question: Question, part: int) -> str:
    return f"({string.ascii_lowercase[part]}) " if len(question.parts) > 1 else ""


def _called(misconception: str) -> Message:
    """Return the title of a misconception; a question of a course's own may say in words what is wrong."""
    return Message(CATALOGUE[misconception].title) if misconception in CATALOGUE else literal(misconception)


def key_lines(answer: Answer) -> Iterable[Message]:
    """Return the key of a part, or the lines of its rubric."""
    if isinstance(answer, Written):
        return [
            Message(f"{line.text.template} ({{points}})", {**line.text.fields, "points": line.points})
            for line in answer.rubric
        ]
    if isinstance(answer, Choice | Choices):  # option texts are of the language of `Message`
        options = zip(answer.field.letters, answer.options, strict=True)
        return [Message(f"{letter}: {text}") for letter, text in options if letter in answer.value]
    if isinstance(answer, Number) and answer.tolerance:
        fields = {"value": show(answer.value), "within": show_number(answer.tolerance)}
        return [Message("{value} ± {within}", fields)]
    return [Message("{value}", {"value": answer.show()})]
