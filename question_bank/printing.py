"""Typst documents of papers and keys, and PDF from them: compiled here, without TeX, network or fonts of this machine.

The same document gives the same bytes with one version of Typst: no time is in the file, and the fonts are those that come with it.
"""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Final

from question_bank.paper import Paper
from question_bank.typst_text import paper_data, source
from question_bank.values import Json

if TYPE_CHECKING:
    from typst import Fonts

TEMPLATES: Final = Path(__file__).parent / "exporters" / "templates"
"""The only folder that a document could read: what is there is public."""


def paper_source(paper: Paper) -> bytes:
    """Return a paper with its answer sheet as Typst source, which needs no other file.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    return document("paper.typ", paper_data(paper))


def document(template: str, data: Json) -> bytes:
    """Return the source of a document that has items, made by one of our templates."""
    return source(_template("items.typ") + _template(template), data)


def compiled(document: bytes) -> bytes:
    """Compile a document to PDF."""
    import typst

    made = typst.compile(  # type: ignore[call-overload]  # its types want a root of the kind of the source
        document,
        root=TEMPLATES,
        font_paths=fonts(),
        ignore_system_fonts=True,
        package_path=TEMPLATES,
        package_cache_path=TEMPLATES,
        timestamp=0,
        format="pdf",
    )
    return bytes(made)


@functools.cache
def fonts() -> "Fonts":
    """Return the fonts that come with Typst; they have the letters of Vietnamese."""
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=True)


@functools.cache
def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
