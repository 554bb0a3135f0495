"""A paper with its answer sheet as LaTeX, for whoever prints with TeX or changes how it looks; its figures are files beside it."""

import functools
from collections.abc import Callable, Iterator

from question_bank.exporters import exporter
from question_bank.latex_figures import drawn, figures_of
from question_bank.latex_papers import paper_document
from question_bank.paper import Paper
from question_bank.student import tex_stem


def figures(paper: Paper) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the files of a paper's figures, as PDF."""
    for place, figure in figures_of((item.question for item in paper.items), paper.language):
        yield place, functools.partial(drawn, figure, paper.language)


@exporter("latex", suffix=".tex", beside=figures, stem=tex_stem)
def to_latex(paper: Paper) -> bytes:
    """Write the paper in UTF-8.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    return paper_document(paper).encode()
