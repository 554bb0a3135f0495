"""A paper to print with its answer sheet: the Typst source compiled here, without TeX, network or fonts of this machine.

The same paper gives the same bytes with one version of Typst: no time is in the file, and the fonts are those that come with it.
"""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Final

from question_bank.exporters import exporter
from question_bank.exporters.typst import to_typst
from question_bank.paper import Paper

if TYPE_CHECKING:
    from typst import Fonts

_NOWHERE: Final = Path(__file__).parent / "templates"
"""The only folder that a document could read: what is there is public."""


@exporter("pdf", suffix=".pdf")
def to_pdf(paper: Paper) -> bytes:
    """Write the paper as PDF on A4.

    Raises:
        MissingTranslationError: a text has no translation.
    """
    return compiled(to_typst(paper))


def compiled(source: bytes) -> bytes:
    """Compile a Typst document of ours to PDF."""
    import typst

    made = typst.compile(  # type: ignore[call-overload]  # its types want a root of the kind of the source
        source,
        root=_NOWHERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=_NOWHERE,
        package_cache_path=_NOWHERE,
        timestamp=0,
        format="pdf",
    )
    return bytes(made)


@functools.cache
def _fonts() -> "Fonts":
    """Return the fonts that come with Typst; they have the letters of Vietnamese."""
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=True)
