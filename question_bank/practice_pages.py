"""Practice sets as pages: an item as in an exam, and below it, closed until they are opened, hint, answer, worked solution.

Nothing needs a script: a browser opens and closes `details` by itself, by keyboard, too. A PDF has the answers at its end.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from question_bank import bank, languages, markdown_text, practice_reasons, printing
from question_bank.exam import paper_of
from question_bank.exporters.html import page
from question_bank.exporters.markdown import embedded
from question_bank.issued import KeyItem, Sheet
from question_bank.message import Message, literal
from question_bank.model import Question, Step
from question_bank.paper import Item, Paper
from question_bank.practice_reasons import Hint, Reason
from question_bank.typst_text import item_data, paper_data, spans
from question_bank.values import Json


@dataclass(frozen=True, slots=True)
class Shown:
    """An item with all that its page tells.

    Attributes:
        number: its place on the page, from 1.
        item: as in an exam.
        question: with its key.
        hints: where to begin; none where nothing is worked out.
        keys: the right answers.
        reasons: wrong answers, each with why it is wrong.
        titles: of hint, answer and worked solution.
    """

    number: int
    item: Item
    question: Question
    hints: tuple[Hint, ...]
    keys: tuple[Message, ...]
    reasons: tuple[Reason, ...]
    titles: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the suffix of its files with the dot, and what writes a set, in large print or not."""

    suffix: str
    write: Callable[[Sheet, bool], bytes]


def to_html(sheet: Sheet, large: bool = False) -> bytes:  # noqa: FBT001, FBT002 -- see `Format`
    """Write the set as one page that loads nothing.

    Raises:
        MissingTranslationError: a text has no translation into the language of the set.
    """
    paper = _paper(sheet, large)
    return page(
        "practice.html.j2",
        sheet.language,
        styles=("page.css.j2", "gallery.css.j2", "practice.css.j2"),
        pictures=any(item.question.figure and item.question.figure.data for item in sheet.items),
        paper=paper,
        shown=_shown(sheet),
        total=sum(item.points for item in paper.items),
        words=_words(sheet.language),
    )


def to_markdown(sheet: Sheet, large: bool = False) -> bytes:  # noqa: ARG001, FBT001, FBT002 -- see `Format`
    """Write the set as Markdown with `details`, as Jupyter and GitHub show them.

    Raises:
        MissingTranslationError: as `to_html`.
    """
    paper, words = _paper(sheet, large=False), _words(sheet.language)
    who = [markdown_text.plain(f"{paper.student} {paper.name}"), markdown_text.plain(paper.paper)]
    pieces = [
        f"# {markdown_text.plain(paper.title)}",
        f"**{words['banner']}**",
        "\n".join(f"- {w}" for w in who),
    ]
    picture = functools.partial(embedded, language=sheet.language)
    for each in _shown(sheet):
        for heading in paper.sections:
            if heading.first == each.number - 1:
                pieces += [f"# {markdown_text.plain(heading.title)}"] if heading.title else []
                pieces += [markdown_text.text(literal(heading.intro))] if heading.intro else []
        pieces.append(markdown_text.item(each.item, each.number, sheet.language, picture, coded=sheet.coded))
        pieces += [
            markdown_text.part(each.item.question, at, sheet.language)
            for at in range(len(each.question.parts))
        ]
        pieces += _folded(each, words)
    return ("\n\n".join(pieces) + "\n").encode("utf-8", "replace")


def to_pdf(sheet: Sheet, large: bool = False) -> bytes:  # noqa: FBT001, FBT002 -- see `Format`
    """Write the set as PDF on A4, its answers at the end.

    Raises:
        MissingTranslationError: as `to_html`.
    """
    return printing.compiled(to_typst(sheet, large))


def to_typst(sheet: Sheet, large: bool = False) -> bytes:  # noqa: FBT001, FBT002 -- see `Format`
    """Write what `to_pdf` compiles.

    Raises:
        MissingTranslationError: as `to_html`.
    """
    paper, told = _paper(sheet, large), _words(sheet.language)
    data = paper_data(paper)
    items: list[Json] = [_printed(each, sheet.language, coded=sheet.coded) for each in _shown(sheet)]
    words = data["words"]
    assert isinstance(words, dict)  # noqa: S101 -- `paper_data` made it
    told |= {} if paper.name else {"student": told["set"]}
    return printing.document("practice.typ", {**data, "items": items, "words": {**words, **told}})


FORMATS: Final = MappingProxyType(
    {
        "html": Format(".html", to_html),
        "markdown": Format(".md", to_markdown),
        "pdf": Format(".pdf", to_pdf),
    }
)


def _paper(sheet: Sheet, large: bool) -> Paper:  # noqa: FBT001 -- see `Format`
    title = languages.text(practice_reasons.TITLE, sheet.language).format(title=sheet.title)
    return replace(paper_of(sheet), title=title, large=large)


def _words(language: str) -> dict[str, Json]:
    named = {
        "banner": practice_reasons.BANNER,
        "set": practice_reasons.SET,
        "wrong": practice_reasons.WRONG,
        "solutions": practice_reasons.SOLUTIONS,
    }
    return {name: languages.text(text, language) for name, text in named.items()}


def _shown(sheet: Sheet) -> tuple[Shown, ...]:
    return tuple(_one(number, item, sheet.language) for number, item in enumerate(sheet.shown, start=1))


def _one(number: int, item: KeyItem, language: str) -> Shown:
    question = item.question
    reasons = practice_reasons.reasons(question, language)
    answer = practice_reasons.ANSWER if reasons else practice_reasons.ONLY_ANSWER
    hint, told, solution = (
        languages.text(text, language).format(number=number)
        for text in (practice_reasons.HINT, answer, practice_reasons.SOLUTION)
    )
    return Shown(
        number,
        Item(item.id, item.slot, item.points, bank.redact(question), item.credit),
        question,
        practice_reasons.hints(question),
        practice_reasons.keys(question, language),
        reasons,
        (hint, told, solution),
    )


def _folded(each: Shown, words: dict[str, Json]) -> list[str]:
    """Return hint, answer and solution as `details`, whose inside is Markdown again."""
    hints = [
        f"1. {markdown_text.text(hint.label)}" + (f": ${hint.latex()}$" if hint.formula else "")
        for hint in each.hints
    ]
    keys = [f"- {markdown_text.text(line)}" for line in each.keys]
    wrong = [
        f"- {markdown_text.text(reason.answer)}: {' '.join(_marked(*why) for why in reason.why)}"
        for reason in each.reasons
    ]
    reasons = [f"**{words['wrong']}**", "\n".join(wrong)] if wrong else []
    steps = "\n".join(
        f"1. {markdown_text.text(step.label)}: ${step.latex()}$" for step in each.question.solution
    )
    remarks = [markdown_text.text(remark) for remark in each.question.remarks]
    blocks = (["\n".join(hints)] if hints else [], ["\n".join(keys), *reasons], [steps, *remarks])
    return [
        "\n\n".join(
            [f"<details><summary>{markdown_text.plain(title)}</summary>", *filter(None, block), "</details>"]
        )
        for title, block in zip(each.titles, blocks, strict=True)
        if any(block)
    ]


def _marked(name: Message | None, said: Message) -> str:
    return (f"**{markdown_text.text(name)}.** " if name else "") + markdown_text.text(said)


def _printed(each: Shown, language: str, *, coded: bool) -> Json:
    return {
        **item_data(each.item, each.number, language, coded=coded),
        "titles": list(each.titles),
        "hints": [_equation(hint) for hint in each.hints],
        "keys": [spans(line) for line in each.keys],
        "steps": [_equation(step) for step in each.question.solution],
        "remarks": [spans(remark) for remark in each.question.remarks],
        "reasons": [
            [spans(reason.answer), [[spans(name) if name else [], spans(said)] for name, said in reason.why]]
            for reason in each.reasons
        ],
    }


def _equation(line: Hint | Step) -> Json:
    return [spans(line.label), line.typst(), line.plain()]
