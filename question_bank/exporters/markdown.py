"""Markdown with TeX: a student's paper to read or print, and a pool with keys, worked solutions and named wrong answers to look over.

Figures are embedded as SVG. A paper holds nothing of a key; a pool is for instructors.
"""

import base64
import functools

from question_bank import languages, markdown_text
from question_bank.drawings import svg
from question_bank.exporters import exporter, key_exporter
from question_bank.figures import Figure
from question_bank.message import literal
from question_bank.paper import Paper
from question_bank.pool import Pool


@exporter("markdown", suffix=".md")
def to_markdown(paper: Paper) -> bytes:
    """Write the paper in UTF-8, with a line for each answer.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    who = [
        f"- {markdown_text.plain(f'{paper.student} {paper.name}')}",
        f"- {markdown_text.plain(paper.paper)}",
    ]
    who += [f"- {markdown_text.plain(paper.version)}"] if paper.version else []
    pieces = [f"# {markdown_text.plain(paper.title)}", "\n".join(who)]
    picture = functools.partial(embedded, language=paper.language)
    for number, item in enumerate(paper.items, start=1):
        for heading in paper.sections:
            if heading.first == number - 1:
                pieces += [f"# {markdown_text.plain(heading.title)}"] if heading.title else []
                pieces += [markdown_text.text(literal(heading.intro))] if heading.intro else []
        pieces.append(markdown_text.item(item, number, paper.language, picture, coded=paper.coded))
        for at in range(len(item.question.parts)):
            pieces += [markdown_text.part(item.question, at, paper.language), markdown_text.plain("_" * 24)]
    return _written(pieces)


def no_losses(pool: Pool) -> tuple[str, ...]:  # noqa: ARG001 -- a person reads it
    """Say that nothing is lost: all is there to read."""
    return ()


@key_exporter("markdown", suffix=".md", losses=no_losses)
def to_marked_pool(pool: Pool) -> bytes:
    """Write the pool in UTF-8: every item with its key, worked solution and the wrong answers that have a name.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    pieces = [f"# {markdown_text.plain(pool.title)}"]
    picture = functools.partial(embedded, language=pool.language)
    for heading, groups in pool.by_section():
        pieces += [f"# {markdown_text.plain(heading.title)}"] if heading.title else []
        pieces += [markdown_text.text(literal(heading.intro))] if heading.intro else []
        for group in groups:
            pieces.append(f"# {markdown_text.plain(group.name)}")
            for number, item in enumerate(group.items, start=1):
                pieces.append(markdown_text.item(item, number, pool.language, picture, coded=True))
                parts = range(len(item.question.parts))
                pieces += [markdown_text.part(item.question, at, pool.language) for at in parts]
                pieces.append(markdown_text.solution(item.question, pool.language))
    return _written(pieces)


def _written(pieces: list[str]) -> bytes:
    return ("\n\n".join(pieces) + "\n").encode("utf-8", "replace")


def embedded(figure: Figure, language: str) -> str:
    """Return the address of a figure that stands in the file itself."""
    drawing = svg(figure, functools.partial(languages.text, language=language)).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"
