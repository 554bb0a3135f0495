"""Figures of LaTeX papers: files beside them, each a PDF that Typst makes of the drawing, named by what it shows."""

import hashlib
from collections.abc import Iterable, Iterator

from question_bank import printing
from question_bank.figures import Figure
from question_bank.model import PublicQuestion, Question
from question_bank.typst_text import printed_figure, source

FOLDER = "figures"
_TEMPLATE = """#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(data.svg), format: "svg", width: float(data.width) * 0.75pt)
"""


def path_of(figure: Figure, language: str) -> str:
    """Return where the file of a figure lies beside a paper, without its ending: a function of what it shows alone."""
    drawn, _ = printed_figure(figure, language)
    return f"{FOLDER}/{hashlib.sha256(drawn.encode()).hexdigest()[:16]}"


def figures_of(questions: Iterable[PublicQuestion | Question], language: str) -> Iterator[tuple[str, Figure]]:
    """Yield the file and the figure of each question that has one."""
    for question in questions:
        if question.figure:
            yield f"{path_of(question.figure, language)}.pdf", question.figure


def drawn(figure: Figure, language: str) -> bytes:
    """Return a figure as PDF, as large as it is drawn."""
    svg, width = printed_figure(figure, language)
    return printing.compiled(source(_TEMPLATE, {"svg": svg, "width": width}))
