"""A paper with its answer sheet as Typst source: what `pdf` is made from, for whoever wants to change how it looks."""

from question_bank import printing
from question_bank.exporters import exporter
from question_bank.paper import Paper


@exporter("typst", suffix=".typ")
def to_typst(paper: Paper) -> bytes:
    """Write the paper as one file that needs no other, in UTF-8.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    return printing.paper_source(paper)
