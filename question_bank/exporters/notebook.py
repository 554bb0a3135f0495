"""A student's paper as a Jupyter notebook: Markdown with TeX, an empty cell for each answer, nothing of a key.

Each answer cell names its item in its first line and in its metadata; `question_bank.responses_notebook` reads them back
without running anything. Figures are PNG, which every Jupyter shows; a picture of the instructor's own is embedded as it is.
"""

import base64
import functools
import json
import string
from typing import Final

from question_bank import languages, markdown_text
from question_bank.drawings import svg
from question_bank.exporters import exporter
from question_bank.figures import Figure
from question_bank.message import Message, literal
from question_bank.paper import Item, Paper, key_of
from question_bank.values import Json

FORMAT: Final = "legrade-notebook-1"
_INTRO: Final = (
    "Write each answer into the cell below its question, after the equals sign: `24`, `(3, 32, 32)`, `[[1, 2], [3, 4]]`, or a "
    "text in quotation marks, such as `'A'`. Cells are not run when they are marked, so write the result, not how to compute it."
)
_CONVENTIONS: Final = "Convolution means cross-correlation, as in PyTorch. Sizes are rounded down. A padding of $p$ adds $p$ pixels on each side."
_STUDENT: Final = "Student"
_VERSION: Final = "Version"
WORDS: Final = (_INTRO, _CONVENTIONS, _STUDENT, _VERSION)
"""What stands at the beginning of the notebook, for translators."""

_PNG_PPI: Final = 144


@exporter("notebook", suffix=".ipynb")
def to_notebook(paper: Paper) -> bytes:
    """Write the paper as a notebook of format 4.5.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    cells: list[Json] = [_markdown("paper", _front(paper))]
    for number, item in enumerate(paper.items, start=1):
        cells.extend(
            _markdown(f"section-{number}", _section(heading.title, heading.intro))
            for heading in paper.sections
            if heading.first == number - 1
        )
        cells += _item(paper, item, number)
    book: Json = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "legrade": {"format": FORMAT, "paper": paper.paper, "student": paper.student},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8", "replace")


def _front(paper: Paper) -> str:
    def say(text: str) -> str:
        return languages.text(text, paper.language)

    who = [f"- {say(_STUDENT)}: {markdown_text.plain(f'{paper.student} {paper.name}')}"]
    who += [f"- {say(_VERSION)}: {markdown_text.plain(paper.version)}"] if paper.version else []
    notes = (markdown_text.text(Message(say(text))) for text in (_INTRO, _CONVENTIONS))
    return "\n\n".join([f"# {markdown_text.plain(paper.title)}", "\n".join(who), *notes])


def _section(title: str, intro: str) -> str:
    pieces = [f"# {markdown_text.plain(title)}"] if title else []
    pieces += [markdown_text.text(literal(intro))] if intro else []
    return "\n\n".join(pieces)


def _item(paper: Paper, item: Item, number: int) -> list[Json]:
    """Return the cells of an item: what is asked, then a text and an empty cell for each part."""
    question = item.question
    asked = markdown_text.item(item, number, paper.language, lambda _: "attachment:figure", coded=paper.coded)
    cells: list[Json] = []
    for at in range(len(question.parts)):
        letter = string.ascii_lowercase[at]
        told = markdown_text.part(question, at, paper.language)
        if at == 0:
            cells.append(_markdown(item.id, f"{asked}\n\n{told}", question.figure, paper.language))
        else:
            cells.append(_markdown(f"{item.id}-{letter}", told))
        name = f"{number}{letter}" if len(question.parts) > 1 else str(number)
        cells.append(_answer(item, at, name))
    return cells


def _markdown(name: str, source: str, figure: Figure | None = None, language: str = languages.SOURCE) -> Json:
    cell: dict[str, Json] = {
        "cell_type": "markdown",
        "id": name,
        "metadata": {"deletable": False, "editable": False},
        "source": _lines(source),
    }
    if figure:
        media, data = _image(figure, language)
        cell["attachments"] = {"figure": {media: base64.b64encode(data).decode()}}
    return cell


def _answer(item: Item, part: int, name: str) -> Json:
    key = key_of(item.id, part)
    prose = item.question.parts[part].field.kind == "text"
    empty = '"""\n\n"""' if prose else "None"
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"{key.replace('/', '-')}-answer",
        "metadata": {"deletable": False, "legrade": {"key": key}},
        "outputs": [],
        "source": _lines(f"# [{item.code}]/{string.ascii_lowercase[part]}\nanswer_{name} = {empty}"),
    }


def _lines(source: str) -> list[Json]:
    lines: list[Json] = []
    lines += source.splitlines(keepends=True)
    return lines


def _image(figure: Figure, language: str) -> tuple[str, bytes]:
    if figure.kind == "image" and figure.media != "image/svg+xml":
        return figure.media, figure.data
    return "image/png", _png(svg(figure, functools.partial(languages.text, language=language)))


@functools.lru_cache(maxsize=512)
def _png(drawing: str) -> bytes:
    """Draw an SVG as PNG, with the fonts that Typst brings along, so that it is the same on every machine."""
    import typst  # here: papers without figures need it not

    quoted = drawing.replace("\\", "\\\\").replace('"', '\\"')
    source = f'#set page(width: auto, height: auto, margin: 4pt)\n#image(bytes("{quoted}"), format: "svg")'
    return typst.compile(source.encode(), format="png", ppi=_PNG_PPI, ignore_system_fonts=True)
