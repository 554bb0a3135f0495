r"""A pool as a QTI 1.2 package for Canvas: one question group for each group, of which Canvas draws one item for each student.

| gaps of an item                | question type of Canvas                                                              |
| ------------------------------ | ------------------------------------------------------------------------------------ |
| one number                     | `numerical_question`, exact with a margin                                             |
| one text                       | `short_answer_question`                                                              |
| options, one or several right  | `multiple_choice_question`, `multiple_answers_question`, with feedback for each option |
| options alone, several parts   | `multiple_dropdowns_question`: plain texts                                           |
| anything else of several gaps  | `fill_in_multiple_blanks_question`: numbers in each spelling, the letters of options |
| what a person marks            | `essay_question`; its rubric stands in the feedback                                  |

Canvas takes every entry of a typed question for a right one, so wrong entries that have a name are listed in the feedback for
wrong answers. Each blank counts the same. What a section says stands before its groups in a `text_only_question`, which asks nothing. Ids agree between manifest, assessment and its metadata, and ids of answers are
numbers, because Canvas reads them as such. Formulas are Canvas's own equation images. The same pool gives the same bytes.
"""

import functools
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from itertools import count
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from question_bank import canvas_types, course_html, drawings, gaps
from question_bank.course_html import Look
from question_bank.errors import ExportError
from question_bank.exporters import key_exporter
from question_bank.figures import Figure
from question_bank.gaps import Asked, Gap, NumberGap, OptionGap, PersonGap, TextGap
from question_bank.issued import KeyItem
from question_bank.message import Message
from question_bank.pool import Pool, code
from question_bank.spellings import decimal, spellings
from question_bank.values import Rational, show_number

_FIRST_ID: Final = 1001
_TEXT: Final = "text_only_question"
_NAMED: Final = "a wrong entry that has a name is told in the feedback for all wrong answers"
_EQUAL: Final = "each blank counts the same, so a part with more of them counts more"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer in the file: its number, text or HTML, whether it is right, feedback as HTML."""

    id: int
    text: str
    right: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class _Blank:
    """A blank of a question with several, or the only field of another; its answers, a share of the score in percent."""

    name: str
    answers: tuple[_Answer, ...]
    score: str = "100"


@dataclass(frozen=True, slots=True)
class _Item:
    """One question as the template writes it."""

    ident: str
    title: str
    type: str
    points: str
    html: str
    blanks: tuple[_Blank, ...] = ()
    solution: str = ""
    incorrect: str = ""
    range: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Section:
    """A question group; `before` it stands what its section says."""

    ident: str
    title: str
    points: str
    items: tuple[_Item, ...]
    before: _Item | None = None


def losses(pool: Pool) -> tuple[str, ...]:
    """Say what Canvas marks in another way."""
    found: dict[str, dict[str, None]] = {}
    for item in pool.items():
        parts = gaps.asked(item.question)
        typed = [gap for part in parts for gap in part.gaps if isinstance(gap, NumberGap | TextGap)]
        unequal = len(set(gaps.weights(parts, item.credit))) > 1
        for loss, applies in ((_NAMED, bool(typed and item.question.wrong)), (_EQUAL, unequal)):
            if applies:
                found.setdefault(loss, {})[item.question.family] = None
    own = tuple(f"{loss} ({', '.join(families)})" for loss, families in found.items())
    return (*gaps.losses_of(pool.items()), *own, *canvas_types.order_losses(pool))


@key_exporter("canvas", suffix=".zip", losses=losses)
def to_canvas(pool: Pool) -> bytes:
    """Write the pool as a package.

    Raises:
        ExportError: Canvas has no question type for an item; the message names it.
        MissingTranslationError: a text has no translation.
    """
    name = (
        "legrade_"
        + hashlib.sha256("\n".join((pool.paper, *(i.id for i in pool.items()))).encode()).hexdigest()[:24]
    )
    ids = count(_FIRST_ID)
    shuffled = canvas_types.shuffles(pool)
    look = Look(_formula, lambda _: "", pool.language, letters=not shuffled)
    sections = tuple(_sections(pool, name, ids, look))
    images = [(_image(item), item.question.figure) for item in pool.items() if item.question.figure]
    files = {
        "imsmanifest.xml": _render(
            "manifest", name=name, title=pool.title, images=[path for path, _ in images]
        ),
        f"{name}/{name}.xml": _render("assessment", name=name, title=pool.title, sections=sections),
        f"{name}/assessment_meta.xml": _render(
            "meta",
            name=name,
            title=pool.title,
            shuffled=shuffled,
            points=decimal(sum(Fraction(group.points) for group in pool.groups)),
        ),
        **{path: _svg(figure, look) for path, figure in images},
    }
    return _zipped(files)


def _sections(pool: Pool, name: str, ids: Iterator[int], look: Look) -> Iterator[_Section]:
    """Yield the question groups, the first of a section after what the section says."""
    number = 0
    for place, (heading, groups) in enumerate(pool.by_section(), start=1):
        said = course_html.heading(heading, look)
        before = _Item(f"{name}_text_{place}", heading.title or "Intro", _TEXT, "0", said) if said else None
        for group in groups:
            number += 1
            points = decimal(group.points)
            yield _Section(
                f"{name}_group_{number}",
                f"{heading.title} / {group.name}" if heading.title else group.name,
                points,
                tuple(_item(item, points, ids, look) for item in group.items),
                before,
            )
            before = None


def _zipped(files: dict[str, bytes]) -> bytes:
    """Pack files without dates or compression, which could differ from one machine to the next."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr = 0o600 << 16
            package.writestr(entry, data)
    return stream.getvalue()


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("question_bank.exporters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, **values: object) -> bytes:
    return course_html.xml(_environment().get_template(f"canvas_{template}.xml.j2").render(values))


def _image(item: KeyItem) -> str:
    return f"images/{item.id}.svg"


def _svg(figure: Figure | None, look: Look) -> bytes:
    return drawings.svg(figure, look.say).encode() if figure else b""


def _formula(latex: str) -> str:
    """Write a formula as Canvas's own editor does."""
    twice = quote(quote(latex, safe=""), safe="")
    told = escape(latex)
    return (
        f'<img class="equation_image" title="{told}" src="/equation_images/{twice}" '
        f'alt="LaTeX: {told}" data-equation-content="{told}">'
    )


def _item(item: KeyItem, points: str, ids: Iterator[int], look: Look) -> _Item:
    question = item.question
    parts = gaps.asked(question)
    kind = canvas_types.type_of(parts)
    look = replace(
        look,
        image=lambda _: f"%24IMS-CC-FILEBASE%24/{_image(item)}",
        letters=look.letters or kind not in canvas_types.SHUFFLED,
    )
    if len(parts) > 1 and any(part.by_person for part in parts):
        raise ExportError(
            f"item {code(item.id)} ({question.family}): a part that a person marks stands beside others; Canvas has no question "
            "type for that: give it a slot of its own"
        )
    html, blanks, margins = _body(item, parts, ids, look, dropdowns=kind == canvas_types.DROPDOWNS)
    solution = course_html.solution(question, parts, look)
    rubric = course_html.rubric(parts[0], look) if parts[0].by_person else ""
    return _Item(
        ident=f"legrade_{item.id.replace('-', '_')}",
        title=f"{code(item.id)} {question.family}",
        type=kind,
        points=points,
        html=html,
        blanks=blanks,
        solution=f"{rubric}\n{solution}" if rubric else solution,
        incorrect=_named(item, parts, look),
        range=margins,
    )


def _named(item: KeyItem, parts: tuple[Asked, ...], look: Look) -> str:
    """List the typed wrong answers that have a name; options have feedback of their own."""
    typed = {part.part for part in parts if isinstance(part.gaps[0], NumberGap | TextGap) or len(parts) > 1}
    entries = ((w.part, w.value, (w.misconception,)) for w in item.question.wrong if w.part in typed)
    return course_html.named(entries, item.question, look)


def _body(
    item: KeyItem, parts: tuple[Asked, ...], ids: Iterator[int], look: Look, *, dropdowns: bool
) -> tuple[str, tuple[_Blank, ...], tuple[str, str, str] | None]:
    """Return a question's HTML, its fields, and of a number the exact value with its least and largest."""
    question = item.question
    stem = course_html.stem(question, code(item.id), look)
    if len(parts) == 1 and len(parts[0].gaps) == 1 and parts[0].layout == "line":
        gap = parts[0].gaps[0]
        html = f"{stem}\n<p>{course_html.prompt(question, parts[0], look)}</p>"
        return html, tuple(_only(gap, ids, look)), _range(gap)
    total = sum(len(part.gaps) for part in parts)
    score = f"{100 / total:.2f}"
    pieces, blanks = [stem], []
    for part in parts:
        names = count(1)
        here: list[_Blank] = []

        def write(
            gap: Gap, part: Asked = part, names: Iterator[int] = names, here: list[_Blank] = here
        ) -> str:
            name = f"p{part.part + 1}g{next(names)}"
            here.append(_Blank(name, tuple(_choices(gap, ids) if dropdowns else _entries(gap, ids)), score))
            return f"[{name}]"

        told = course_html.prompt(question, part, look)
        listed = "" if dropdowns else "".join(_listed(part.gaps[0], look))
        pieces.append(f"<p>{told}</p>\n{listed}<div>{course_html.fields(part, write)}</div>")
        blanks += here
    return "\n".join(pieces), tuple(blanks), None


def _only(gap: Gap, ids: Iterator[int], look: Look) -> Iterator[_Blank]:
    """Yield the one field of a question."""
    match gap:
        case NumberGap():
            yield _Blank("response1", (_Answer(next(ids), decimal(gap.value), right=True),))
        case TextGap():
            yield _Blank("response1", tuple(_entries(gap, ids)))
        case OptionGap():
            said = dict(gap.wrong)
            yield _Blank(
                "response1",
                tuple(
                    _Answer(
                        next(ids),
                        look.template(option),
                        letter in gap.right,
                        look.explanations(said.get(letter, ())),
                    )
                    for letter, option in zip(gap.letters(), gap.options, strict=True)
                ),
            )
        case PersonGap():
            yield _Blank("response1", ())


def _range(gap: Gap) -> tuple[str, str, str] | None:
    """Return a number with the ends of its tolerance."""
    if not isinstance(gap, NumberGap):
        return None
    exact = decimal(gap.value)
    margin = _margin(Fraction(exact), Fraction(decimal(gap.tolerance)))
    return exact, show_number(Fraction(exact) - margin), show_number(Fraction(exact) + margin)


def _margin(exact: Fraction, tolerance: Rational) -> Fraction:
    """Return a tolerance that Canvas does not take for a number of significant digits, as it does where the ends are 5s."""
    width = show_number(2 * tolerance).replace(".", "").strip("0")
    ends = (show_number(end).replace(".", "").rstrip("0") for end in (exact - tolerance, exact + tolerance))
    guessed = width == "1" and all(end.endswith("5") for end in ends)
    return Fraction(tolerance) * (1 + Fraction(1, 10**6) if guessed else 1)


def _choices(gap: Gap, ids: Iterator[int]) -> Iterator[_Answer]:
    """Yield the entries of a dropdown, which are plain texts."""
    if isinstance(gap, OptionGap):
        for letter, option in zip(gap.letters(), gap.options, strict=True):
            yield _Answer(next(ids), Message(option).plain(), letter in gap.right)


def _entries(gap: Gap, ids: Iterator[int]) -> Iterator[_Answer]:
    """Yield what is right in a blank."""
    match gap:
        case NumberGap() | TextGap():
            texts = spellings(gap.value, gap.tolerance)
        case OptionGap(right=right):
            texts = tuple(dict.fromkeys((right, ", ".join(right), ",".join(right), " ".join(right))))
        case PersonGap():
            texts = ()
    seen = set()
    for text in texts:
        if text.casefold() not in seen:  # Canvas compares without case
            seen.add(text.casefold())
            yield _Answer(next(ids), text, right=True)


def _listed(gap: Gap, look: Look) -> Iterator[str]:
    """List the options whose letters are typed into a blank."""
    if isinstance(gap, OptionGap):
        lines = (
            f"<li>{letter}: {look.template(option)}</li>"
            for letter, option in zip(gap.letters(), gap.options, strict=True)
        )
        yield f"<p><em>{escape(look.say(course_html.LETTER))}</em></p>\n<ul>{''.join(lines)}</ul>\n"
