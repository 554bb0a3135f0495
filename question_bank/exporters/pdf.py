"""A paper to print, with its answer sheet: what `typst` writes, compiled."""

from question_bank import printing
from question_bank.exporters import exporter
from question_bank.paper import Paper


@exporter("pdf", suffix=".pdf")
def to_pdf(paper: Paper) -> bytes:
    """Write the paper as PDF on A4.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    return printing.compiled(printing.paper_source(paper))
