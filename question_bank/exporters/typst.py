"""A paper with its answer sheet as Typst source: what `pdf` is made from, for whoever wants to change how it looks."""

import functools
from importlib.resources import files

from question_bank.exporters import exporter
from question_bank.paper import Paper
from question_bank.typst_text import paper_data, source


@exporter("typst", suffix=".typ")
def to_typst(paper: Paper) -> bytes:
    """Write the paper as one file that needs no other, in UTF-8.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    return source(template("paper.typ"), paper_data(paper))


@functools.cache
def template(name: str) -> str:
    """Return one of our templates."""
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")
