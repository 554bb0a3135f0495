"""A student's paper as one page: no outside resource, complete without script, fields that say how an answer is read.

The policy in the page (CSP 3, section 6.1) lets its own script and style run, by their digests, and forbids everything else,
the network first. Formulas are MathML. Responses are saved as a file by the page itself.
"""

import base64
import functools
import hashlib
import json
import math
import re
import string
from collections.abc import Callable
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from question_bank import languages, maths
from question_bank.drawings import WORDS, svg
from question_bank.exporters import exporter
from question_bank.figures import Figure
from question_bank.languages import SOURCE
from question_bank.message import Message, literal
from question_bank.paper import Paper, key_of
from question_bank.readings import PROBLEMS
from question_bank.roster import file_stem
from question_bank.values import Field, Grid, Rational, show_number

_POINTS: Final = ("{points} point", "{points} points")
TEXTS: Final = (*_POINTS, *WORDS)
"""What the page and its drawings say beside the texts of its templates, its script and `PROBLEMS`, for translators."""

_STYLE: Final = "page.css.j2"
_SCRIPTS: Final = ("reader.js.j2", "page.js.j2")
_CLOSING: Final = ".,;:?!)%"
_MINUS: Final = re.compile(r"(?<![\w)\]])-(?=[\d.])")
_WIDE_LISTING: Final = 74
_MOST_CELLS: Final = 150
_MOST_GRID_AXES: Final = 3


@exporter("html", suffix=".html")
def to_html(paper: Paper) -> bytes:
    """Write the paper as a page in UTF-8, in the paper's language.

    Raises:
        MissingTranslationError: a text of the page has no translation.
    """
    return page(
        "paper.html.j2",
        paper.language,
        scripts=_SCRIPTS,
        paper=paper,
        file=f"responses-{file_stem(paper.student)}.json",
        total=sum(item.points for item in paper.items),
        pictures=any(item.question.figure and item.question.figure.data for item in paper.items),
    )


def page(
    template: str,
    language: str = SOURCE,
    *,
    styles: tuple[str, ...] = (_STYLE,),
    scripts: tuple[str, ...] = (),
    pictures: bool = False,
    **values: object,
) -> bytes:
    """Fill in one of our templates as a page in UTF-8 that may run its own style and scripts and load nothing.

    Where it has `pictures`, it may show those that stand in the page itself.

    Raises:
        MissingTranslationError: a text of the page has no translation.
    """
    style = "".join(map(_asset, styles))
    script = "".join(_asset(name, language) for name in scripts)
    may_run = f"script-src '{_digest(script)}'; " if script else ""
    may_show = "img-src data:; " if pictures else ""
    return (
        _environment(language)
        .get_template(template)
        .render(
            values,
            language=language,
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(script),  # noqa: S704  # our own file
            policy=(
                f"default-src 'none'; style-src '{_digest(style)}'; {may_run}{may_show}base-uri 'none'; form-action 'none'"
            ),
        )
        .encode()
    )


@functools.cache
def _environment(language: str = SOURCE) -> Environment:
    say = functools.partial(languages.text, language=language)
    environment = Environment(
        loader=PackageLoader("question_bank.exporters"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "message": _message,
        "marked": lambda text: _message(Message(text)),
        "literal": lambda text: _message(literal(text)),
        "number": _number,
        "points": functools.partial(_points, say=say),
        "planes": _planes,
        "drawing": functools.partial(_drawing, say=say),
        "field_json": _field_json,
        "equation": lambda step: Markup(step.mathml()),  # noqa: S704  # MathML that `maths` made
        "sides": lambda step: map(Markup, step.mathml_sides()),
    }
    environment.install_gettext_callables(say, _no_plural, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    environment.tests |= {"grid": _has_grid, "wide": _is_wide}
    environment.globals |= {"letters": string.ascii_lowercase, "key_of": key_of}
    return environment


def _no_plural(_one: str, _several: str, _count: int) -> str:
    raise NotImplementedError("a text that depends on a number: write two, as `_points` does")


@functools.cache
def _asset(name: str, language: str = SOURCE) -> str:
    """Return our script or style; it holds nothing of a paper, so its digest is the same in every page of a language."""
    environment = _environment(language)
    problems = {key: languages.text(problem, language) for key, problem in PROBLEMS.items()}
    words = {} if language == SOURCE else _words(environment, language)
    return environment.get_template(name).render(problems=_json(problems), words=_json(words))


def _words(environment: Environment, language: str) -> dict[str, str]:
    """Return every text that the page's script says, in another language."""
    loader = environment.loader
    sources = [loader.get_source(environment, name)[0] for name in _SCRIPTS] if loader else []
    return {text: languages.text(text, language) for text in languages.in_script("".join(sources))}


def _json(texts: dict[str, str]) -> Markup:
    return Markup(json.dumps(texts, sort_keys=True))  # noqa: S704  # our own texts


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _message(message: Message) -> Markup:
    """Set a message: text escaped, maths as MathML, code as code."""
    spans: list[str] = []
    glued = False
    for kind, source in message.spans():
        text = _MINUS.sub("\u2212", source) if kind == "text" else source
        if kind == "math":
            spans.append(maths.mathml(text))
        elif kind == "code":
            spans.append(f"<code>{escape(text)}</code>")
        elif glued and text[0] in _CLOSING:
            # no line begins with a comma: browsers break lines between a formula and what follows
            spans[-1] = f'<span class="glued">{spans[-1]}{escape(text[0])}</span>'
            spans.append(str(escape(text[1:])))
        else:
            spans.append(str(escape(text)))
        glued = kind == "math"
    return Markup("".join(spans))  # noqa: S704  # every span is escaped, or MathML that `maths` made


def _drawing(figure: Figure, say: Callable[[str], str]) -> Markup:
    return Markup(svg(figure, say, inline=True))  # noqa: S704  # our own drawing, its texts escaped


def _number(value: Rational) -> str:
    """Write a number with a true minus sign."""
    return show_number(value).replace("-", "\u2212")


def _points(value: Rational, say: Callable[[str], str] = str) -> str:
    """Write points.

    >>> _points(1), _points(2)
    ('1 point', '2 points')
    """
    one, several = _POINTS
    return say(one if value == 1 else several).format(points=show_number(value))


def _planes(grid: Grid) -> list[tuple[str, list[tuple[Rational, ...]]]]:
    """Split an array into (index of the plane, its rows); the index is empty when there is one plane.

    >>> _planes(Grid((2, 1, 2), (1, 2, 3, 4)))
    [('[0]', [(1, 2)]), ('[1]', [(3, 4)])]
    """
    outer = grid.shape[:-2]
    height = grid.shape[-2] if len(grid.shape) > 1 else 1
    rows = grid.rows()
    planes = []
    for plane in range(math.prod(outer)):
        index, rest = [], plane
        for length in reversed(outer):
            rest, place = divmod(rest, length)
            index.append(str(place))
        name = f"[{', '.join(reversed(index))}]" if index else ""
        planes.append((name, rows[plane * height : (plane + 1) * height]))
    return planes


def _has_grid(field: Field) -> bool:
    """Whether the field is shown as cells to fill in."""
    size = field.size
    return size is not None and len(size) <= _MOST_GRID_AXES and math.prod(size) <= _MOST_CELLS


def _is_wide(listing: str) -> bool:
    """Whether a listing has lines that need smaller letters."""
    return max(map(len, listing.splitlines()), default=0) > _WIDE_LISTING


def _field_json(field: Field) -> str:
    """Write what the page's script needs to know of a field."""
    known = {
        "kind": field.kind,
        "letters": field.letters,
        "may_raise": field.may_raise,
        "may_be_undetermined": field.may_be_undetermined,
        "size": field.size,
        "unit": field.unit,
        "symbols": field.symbols,
    }
    return json.dumps(known, sort_keys=True)
