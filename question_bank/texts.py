"""Every text that a student can read, collected from where it is written, for its translators and for the test of their work.

Templates, options and units are found by writing the questions of a space, the rest where it stands.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from question_bank import (
    bank,
    course_html,
    drawings,
    exporters,
    languages,
    markdown_text,
    practice_reasons,
    translation,
    typst_text,
)
from question_bank.authoring import Family
from question_bank.draw import Draw
from question_bank.errors import MissingTranslationError
from question_bank.exporters import html, notebook
from question_bank.misconceptions import CATALOGUE, LECTURES
from question_bank.readings import PROBLEMS

TEMPLATES: Final = Path(exporters.__file__).parent / "templates"
_JINJA: Final = {"extensions": "jinja2.ext.i18n", "trimmed": "true", "newstyle_gettext": "true"}
DRAWS: Final = 2
"""Questions that are written for each point where entries are drawn."""


def of_families(names: Iterable[str], most: int | None = None) -> dict[str, set[str]]:
    """Return the templates of some families, each with the families that use it.

    Args:
        names: of the families.
        most: points of each space to write, spread evenly, beside those that show each value of each axis; all when None.
    """
    found: dict[str, set[str]] = {}
    for name in names:
        for template in of_family(bank.get(name), most):
            found.setdefault(template, set()).add(name)
    return found


def of_family(family: Family, most: int | None = None) -> set[str]:
    """Return the templates, options, units and names of axes that the questions of a family have."""
    found: set[str] = set()

    def note(template: str) -> str:
        found.add(template)
        return template

    for index in _points(family, most):
        for number in range(DRAWS if family.maker.drawn else 1):
            question = family.build(family.space.at(index), Draw("texts", family.name, index, number))
            translation.rewritten(question, note)
    return {template for template in found if languages.needs_words(template)}


def of_misconceptions() -> set[str]:
    """Return the titles and explanations of the catalogue, and what is said where lectures err."""
    entries = chain.from_iterable((entry.title, entry.explanation) for entry in CATALOGUE.values())
    return {*entries, *LECTURES.values()}


def of_pages() -> set[str]:
    """Return what the page of a paper says by itself: its templates, script and figures, why an answer cannot be read."""
    from babel.messages.extract import extract

    found = {*PROBLEMS.values(), *html.TEXTS, *drawings.WORDS}
    found.update(
        course_html.WORDS, markdown_text.WORDS, notebook.WORDS, typst_text.WORDS, practice_reasons.WORDS
    )
    for path in sorted(TEMPLATES.glob("*.j2")):
        if path.name.endswith(".js.j2"):
            found.update(languages.in_script(path.read_text(encoding="utf-8")))
            continue
        with path.open("rb") as stream:
            for _, text, _, _ in extract("jinja2.ext:babel_extract", stream, options=_JINJA):
                found.add(text if isinstance(text, str) else text[0])
    return found


def everything(most: int | None = None) -> dict[str, set[str]]:
    """Return all texts, each with the families that use it, or `misconceptions` or `page`."""
    found = of_families(bank.names(), most)
    for where, texts in (("misconceptions", of_misconceptions()), ("page", of_pages())):
        for text in texts:
            found.setdefault(text, set()).add(where)
    return found


def problems(texts: Iterable[str], language: str) -> Iterator[tuple[str, str]]:
    """Yield (text, what is wrong) of those that have no usable translation."""
    for text in sorted(texts):
        try:
            languages.text(text, language)
        except MissingTranslationError as error:
            yield text, str(error)


def obsolete(texts: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Return (file, text) of translations that nothing uses."""
    used = set(texts)
    return [(file, text) for file, text, _ in languages.entries(language) if text not in used]


def _points(family: Family, most: int | None) -> Iterator[int]:
    """Yield the numbers of the points to write."""
    size = len(family.space)
    if most is None or size <= most:
        yield from range(size)
        return
    seen: set[tuple[str, int]] = set()
    step = size // most
    for index in range(size):
        values = set(family.space.at(index).items())
        if index % step == 0 or not values <= seen:
            seen |= values
            yield index
