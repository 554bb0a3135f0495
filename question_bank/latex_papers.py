r"""Papers and keys as LaTeX documents, of the macros of `latex_style`; the same words and fields as on papers that Typst prints."""

import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank import languages, markdown_text
from question_bank.issued import KeyItem
from question_bank.latex_figures import path_of
from question_bank.latex_style import LARGE, PREAMBLE
from question_bank.latex_text import escape, escape_code, formula, text
from question_bank.message import Message, literal
from question_bank.model import PublicQuestion, Question, Table
from question_bank.paper import Item, Paper
from question_bank.typst_text import (
    Messages,
    Named,
    cells_of,
    credit_rule,
    planes_of,
    printed_notes,
    printed_words,
)
from question_bank.values import Field, show_number

_WIDEST_CAPTION: Final = 48
_CHARACTER: Final = 0.545
_LINE: Final = 475.0
_SIZE: Final = 10.0
_LARGE: Final = 1.6


@dataclass(frozen=True, slots=True)
class Setting:
    """How a document is set: in which language, and how much larger than usual fields, figures and listings are."""

    language: str
    scale: float = 1.0

    def said(self, words: str) -> str:
        """Set a text of one line."""
        return escape(words, self.language)

    def set(self, message: Message) -> str:
        """Set a message."""
        return text(message, self.language)


def paper_document(paper: Paper) -> str:
    """Return a paper with its answer sheet as a LaTeX document.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    setting = Setting(paper.language, _LARGE if paper.large else 1.0)
    words = printed_words(paper.language)
    notes = "".join(f"\\bulleted{{{setting.said(note)}}}" for note in printed_notes(paper.language))
    pieces = [
        f"\\paperheading{{{setting.said(paper.title)}}}",
        *_who(paper, setting),
        f"\\framed{{{setting.said(words['where'])}\\par\\gap{{4pt}}\\textbf{{{setting.said(words['conventions'])}}}\\bullets{{{notes}}}}}",
    ]
    for number, item in enumerate(paper.items, start=1):
        pieces += _headings(paper, number, setting)
        pieces += shown(item, number, setting, coded=paper.coded)
    pieces += [
        "\\clearpage",
        f"\\paperheading{{{setting.said(words['sheet'])}}}",
        *_who(paper, setting),
        f"\\gap{{4pt}}\\quiet{{\\itshape {setting.said(words['change'])}}}\\apart{{6pt}}",
    ]
    for number, item in enumerate(paper.items, start=1):
        pieces += _answers(item, number, setting, words)
    return document(paper, pieces)


def document(paper: Paper, pieces: Iterable[str], title: str = "") -> str:
    """Put pieces into a document."""
    vietnamese = paper.language == "vi"
    preamble = PREAMBLE.replace("ENCODINGS", "T1,T5" if vietnamese else "T5,T1")
    setting = Setting(paper.language)
    code = " $\\cdot$ ".join(
        setting.said(each) for each in (paper.paper, paper.version, paper.student) if each
    )
    lines = [
        "% Compile it with pdflatex, lualatex or xelatex, twice; its figures lie in the folder figures beside it.",
        "\\documentclass[11pt]{article}",
        preamble,
        *([LARGE] if paper.large else []),
        *(["\\hyphenpenalty=10000"] if vietnamese else []),
        f"\\newcommand{{\\papertitle}}{{{setting.said(title or paper.title)}}}",
        f"\\newcommand{{\\papername}}{{{setting.said(paper.name)}}}",
        f"\\newcommand{{\\papercode}}{{{code}}}",
        "\\begin{document}",
        *(["\\normalsize"] if paper.large else []),
        *pieces,
        "\\par\\label{legrade:last}",
        "\\end{document}",
    ]
    return "\n".join(lines) + "\n"


def _who(paper: Paper, setting: Setting) -> Iterator[str]:
    words = printed_words(paper.language)
    points = markdown_text.points(sum(item.points for item in paper.items), paper.language)
    rows = {"name": paper.name, "student": paper.student, "paper": paper.paper, "version": paper.version}
    for word, value in {**rows, "questions": f"{len(paper.items)}, {points}"}.items():
        if value:
            yield f"\\who{{{setting.said(words[word])}}}{{{setting.said(value)}}}"


def _headings(paper: Paper, number: int, setting: Setting) -> Iterator[str]:
    for heading in paper.sections:
        if heading.first == number - 1:
            if heading.title:
                yield f"\\sectionheading{{{setting.said(heading.title)}}}"
            if heading.intro:
                yield f"{setting.set(literal(heading.intro))}\\par"


def shown(item: Item | KeyItem, number: int, setting: Setting, *, coded: bool) -> Iterator[str]:
    """Yield what an item shows, without its key."""
    question, language = item.question, setting.language
    heading = languages.text("Question {number}", language).format(number=number)
    code = setting.said(item.id.upper())
    points = setting.said(markdown_text.points(item.points, language))
    yield f"\\question{{{setting.said(heading)}}}{{{points}}}{{{'' if coded else code}}}"
    yield setting.set(question.stem) + (f" \\code{{\\small {{[}}{code}{{]}}}}" if coded else "") + "\\par"
    if rule := credit_rule(item.credit, len(question.parts)):
        yield f"\\rulenote{{{setting.said(languages.text(rule, language))}}}"
    if question.code:
        yield _listing(question.code, setting)
    if question.figure:
        yield f"\\drawing{{{setting.scale:g}}}{{{path_of(question.figure, language)}}}"
    if question.tables:
        yield f"\\arrays{{{''.join(_table(table, setting) for table in question.tables)}}}"
    for at in range(len(question.parts)):
        yield from _part(question, at, setting)
    yield "\\par"


def _listing(code: str, setting: Setting) -> str:
    """Set a listing; long lines make its letters smaller."""
    longest = max(map(len, code.expandtabs(4).splitlines()), default=1)
    size = min(_SIZE * setting.scale, _LINE / (_CHARACTER * longest))
    lines = "".join(f"\\codeline{{{escape_code(line, setting.language)}}}" for line in code.splitlines())
    return f"\\listing{{{size:.2f}pt}}{{{lines}}}"


def _table(table: Table, setting: Setting) -> str:
    caption, planes = setting.set(table.caption), "".join(_planes(table))
    if len(table.caption.plain()) > _WIDEST_CAPTION:
        return f"\\par\\quiet{{{caption}}}\\par {planes}\\par"
    return f"\\captioned{{{caption}}}{{{planes}}}"


def _planes(table: Table) -> Iterator[str]:
    for index, rows in planes_of(table.value):
        lines = "".join(f"{' & '.join(f'${show_number(cell)}$' for cell in row)}\\\\\\hline " for row in rows)
        yield f"\\plane{{{escape(index)}}}{{{len(rows[0])}}}{{{lines}}}"


def _part(question: PublicQuestion | Question, at: int, setting: Setting) -> Iterator[str]:
    asked = question.parts[at]
    field = asked.field
    told = asked.prompt.template.startswith("(")
    axes = field.axes and field.axes[0] not in asked.prompt.plain()
    prompt = setting.set(asked.prompt) + (
        f" {setting.said('(' + ', '.join(field.axes) + ')')}" if axes else ""
    )
    yield f"\\asked{{{'' if told else _letter(question, at)}}}{{{prompt}}}"
    for letter, option in zip(field.letters, field.options, strict=True):
        yield f"\\option{{{letter}}}{{{setting.set(Message(option))}}}"
    said = [] if field.kind == "choice" else markdown_text.hints(field, setting.language)
    if said:
        yield f"\\hint{{{setting.said(' '.join(said))}}}"


def _letter(question: PublicQuestion | Question, at: int) -> str:
    return f"({string.ascii_lowercase[at]})" if len(question.parts) > 1 else ""


def _answers(item: Item, number: int, setting: Setting, words: dict[str, str]) -> Iterator[str]:
    """Yield the fields of an item on the answer sheet."""
    yield f"\\begin{{answers}}{{{number}}}{{{setting.said(item.id.upper())}}}"
    for at, part in enumerate(item.question.parts):
        letter = _letter(item.question, at)
        yield (f"\\lettered{{{letter}}}" if letter else "") + _field(part.field, setting)
        instead = [words["raises"]] * part.field.may_raise + [
            words["undetermined"]
        ] * part.field.may_be_undetermined
        if instead:
            yield "\\par\\vskip 3pt " + "".join(f"\\tick{{{setting.said(each)}}}" for each in instead)
        yield "\\par\\vskip 6pt"
    yield "\\end{answers}"


def _field(field: Field, setting: Setting) -> str:
    """Set where an answer is written or ticked."""
    tall = f"{0.85 * setting.scale:.2f}cm"
    if field.kind in {"choice", "choices"}:
        mark = "\\pick" if field.kind == "choice" else "\\tick"
        return "".join(f"{mark}{{{letter}}}" for letter in field.letters)
    if planes := cells_of(field):
        return "".join(_cells(*plane, setting) for plane in planes)
    if field.kind == "text":
        return f"\\ruledlines{{{tall}}}"
    if field.kind == "array":
        return f"\\blank{{0.85}}{{{3 * setting.scale:.2f}cm}}{{}}"
    return f"\\blank{{{0.8 if field.kind == 'expression' else 0.45}}}{{{tall}}}{{{setting.said(field.unit)}}}"


def _cells(index: str, rows: int, columns: int, setting: Setting) -> str:
    width = min(1.15 * setting.scale, 13.0 / columns)
    line = f"{'&' * (columns - 1)}\\\\\\hline "
    return f"\\cells{{{escape(index)}}}{{{columns}}}{{{width:.2f}cm}}{{{0.75 * setting.scale:.2f}cm}}{{{line * rows}}}"


def key_document(
    paper: Paper, questions: Sequence[Question], keys: Sequence[Messages], wrong: Sequence[Named]
) -> str:
    """Return the key of a paper, what is known of each of its items in the same order."""
    setting = Setting(paper.language)
    english = Setting("en")
    title = f"{paper.title} – key"
    pieces = [
        f"\\paperheading{{{setting.said(title)}}}",
        *_who(paper, setting),
        "\\gap{4pt}\\textit{For instructors only: keep it from students.}\\apart{6pt}",
    ]
    for number, (item, question) in enumerate(zip(paper.items, questions, strict=True), start=1):
        pieces += shown(item, number, setting, coded=True)
        steps = [f"{setting.set(step.label)}: ${formula(step.latex())}$" for step in question.solution]
        named = [f"{setting.set(value)}: {english.set(why)}" for value, why in wrong[number - 1]]
        pieces.append("\\solved{%")
        pieces += _titled("Key", [setting.set(line) for line in keys[number - 1]])
        pieces += _titled("Worked solution", steps)
        pieces += [f"\\gap{{3pt}}{setting.set(remark)}\\par" for remark in question.remarks]
        pieces += _titled("Wrong answers that have a name", named)
        pieces.append("}")
    return document(paper, pieces, title)


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    bullets = [f"\\bulleted{{{line}}}" for line in lines]
    return [f"\\titled{{{title}}}", "\\bullets{%", *bullets, "}"]
