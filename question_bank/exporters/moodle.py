r"""A pool as Moodle XML: one category for each group, images inside, feedback for each wrong entry that has a name.

A question of one part is `multichoice`, `numerical`, `shortanswer` or `essay`; one of several parts, and an array or shape, is
`cloze`, in which parts count equally. A written part beside others is refused: no question type of Moodle holds both.
A section is a category with those of its groups in it, and its intro a question of the type `description` there, which asks nothing.
Weights are those of Moodle's list; in a gap of a cloze every character that its importer looks for is an HTML entity, which
the importer decodes once. Formulas stand between `\(` and `\)`.
"""

import base64
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from question_bank import course_html, drawings, gaps, moodle_answers
from question_bank.blueprint_data import ITEMS, OPTIONS
from question_bank.course_html import Look
from question_bank.errors import ExportError
from question_bank.exporters import key_exporter
from question_bank.figures import Figure
from question_bank.gaps import Asked, Gap, NumberGap, OptionGap, PersonGap, TextGap
from question_bank.issued import KeyItem
from question_bank.misconceptions import CATALOGUE
from question_bank.moodle_answers import Compared
from question_bank.paper import Heading
from question_bank.pool import Group, Pool, code, told
from question_bank.spellings import decimal

_SHUFFLED: Final = {True: "MULTIRESPONSE_S", False: "MULTICHOICE_VS"}
_ENTITIES: Final = {ord(sign): f"&#{ord(sign)};" for sign in "&~#{}\\=%\n\r"}
_ORDER: Final = "questions stand in the order that the quiz gives them: tick Shuffle at their section there"
_LIKE_GAPS: Final = re.compile(r"\{(?=#|[0-9]*:)")


@dataclass(frozen=True, slots=True)
class _Question:
    """One question as the template writes it."""

    type: str
    name: str
    text: str
    files: tuple[tuple[str, str], ...]
    solution: str
    points: str
    idnumber: str
    tags: tuple[str, ...]
    answers: tuple[Compared, ...] = ()
    single: bool = True
    unit: str = ""
    graderinfo: str = ""
    shuffled: bool = False


def losses(pool: Pool) -> tuple[str, ...]:
    """Say what Moodle marks in another way, and what of the order is left to who makes the quiz."""
    moved = (group for group in pool.groups if ITEMS in group.shuffle)
    return (*gaps.losses_of(pool.items()), *told(_ORDER, moved))


@key_exporter("moodle", suffix=".xml", losses=losses)
def to_moodle(pool: Pool) -> bytes:
    """Write the pool as Moodle XML in UTF-8.

    Raises:
        ExportError: Moodle has no question type for an item; the message names it.
        MissingTranslationError: a text has no translation.
    """
    categories: list[tuple[str, list[_Question]]] = []
    for heading, groups in pool.by_section():
        place = (pool.title, heading.title) if heading.title else (pool.title,)
        if heading.intro:
            categories.append((_category(*place), [_description(heading, pool)]))
        categories += [
            (_category(*place, group.name), [_question(item, group, pool) for item in group.items])
            for group in groups
        ]
    return course_html.xml(_template().render(categories=categories))


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("question_bank.exporters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["html"] = _cdata
    return environment.get_template("moodle.xml.j2")


def _cdata(html: str) -> Markup:
    """Wrap HTML as Moodle does; nothing in it may end it early."""
    return Markup(f"<![CDATA[{html.replace(']]>', ']]&gt;')}]]>")  # noqa: S704  # our own HTML


def _category(*names: str) -> str:
    """Write the path of a category; a slash in a name is doubled."""
    return "/".join(("$course$", "top", *(name.replace("/", "//") for name in names)))


def _description(heading: Heading, pool: Pool) -> _Question:
    """Make a question that only says the intro of a section; a quiz writes the section's title by itself."""
    look = Look(_formula, str, pool.language)
    name = f"Intro: {heading.title}" if heading.title else "Intro"
    html = course_html.heading(heading, look, title=False)
    return _Question("description", name, html, (), "", "0", "", ())


def _question(item: KeyItem, group: Group, pool: Pool) -> _Question:
    question = item.question
    parts = gaps.asked(question)
    file = f"{item.id}.svg"
    shuffled = OPTIONS in group.shuffle
    look = Look(_formula, lambda _: f"@@PLUGINFILE@@/{file}", pool.language, letters=not shuffled)
    if len(parts) > 1 and any(part.by_person for part in parts):
        raise ExportError(
            f"item {code(item.id)} ({question.family}): a part that a person marks stands beside others; Moodle has no question "
            "type for that: give it a slot of its own"
        )
    kind, text, answers = _body(item, parts, look)
    gap = parts[0].gaps[0]
    return _Question(
        type=kind,
        name=f"{code(item.id)} {question.family}",
        text=text,
        files=tuple(_files(question.figure, file, look)),
        solution=course_html.solution(question, parts, look),
        points=decimal(group.points),
        idnumber=item.id,
        tags=(question.family, f"version {question.version}", *_tags(item, group)),
        answers=answers,
        single=not (isinstance(gap, OptionGap) and gap.several),
        unit=parts[0].field.unit if kind == "numerical" else "",
        graderinfo=course_html.rubric(parts[0], look) if kind == "essay" else "",
        shuffled=shuffled,
    )


def _tags(item: KeyItem, group: Group) -> Iterator[str]:
    if group.topic:
        yield f"topic: {group.topic}"
    known = (wrong.misconception for wrong in item.question.wrong if wrong.misconception in CATALOGUE)
    yield from dict.fromkeys(f"misconception: {name}" for name in known)


def _formula(latex: str) -> str:
    return f"\\({escape(latex)}\\)"


def _files(figure: Figure | None, name: str, look: Look) -> Iterator[tuple[str, str]]:
    if figure:
        yield name, base64.b64encode(drawings.svg(figure, look.say).encode()).decode()


def _body(item: KeyItem, parts: tuple[Asked, ...], look: Look) -> tuple[str, str, tuple[Compared, ...]]:
    """Return the type of the question, its text, and what Moodle compares answers with."""
    question = item.question
    stem = course_html.stem(question, code(item.id), look)
    if len(parts) == 1 and len(parts[0].gaps) == 1 and parts[0].layout == "line":
        kind, answers = _alone(item, parts[0].gaps[0], look)
        return kind, f"{stem}\n<p>{course_html.prompt(question, parts[0], look)}</p>", answers
    pieces = [_outside(stem)]
    for part, weight in zip(parts, gaps.weights(parts, item.credit), strict=True):
        told = _outside(course_html.prompt(question, part, look))
        laid = course_html.fields(part, lambda gap, weight=weight: _cloze(gap, weight, look))  # type: ignore[misc]  # a default binds it
        pieces.append(f"<p>{told}</p>\n<div>{laid}</div>")
    return "cloze", "\n".join(pieces), ()


def _alone(item: KeyItem, gap: Gap, look: Look) -> tuple[str, tuple[Compared, ...]]:
    """Return the type of a question of one gap, and its answers, the right ones first where they are typed."""
    match gap:
        case NumberGap():
            return "numerical", tuple(moodle_answers.numbers(gap, look))
        case TextGap():
            return "shortanswer", tuple(moodle_answers.texts(gap, look))
        case OptionGap():
            return "multichoice", tuple(moodle_answers.options(gap, code(item.id), look))
        case PersonGap():
            return "essay", ()


def _outside(html: str) -> str:
    """Hide from the importer what looks like a gap but is text."""
    return _LIKE_GAPS.sub("&#123;", html)


def _cloze(gap: Gap, weight: int, look: Look) -> str:
    """Write one gap of a cloze; options that no letters call are shuffled."""
    match gap:
        case NumberGap():
            answers = (_numerical(answer) for answer in moodle_answers.numbers(gap, look))
            return f"{{{weight}:NUMERICAL:{'~'.join(answers)}}}"
        case TextGap():
            return f"{{{weight}:SHORTANSWER:{_alternatives(moodle_answers.texts(gap, look), plain=True)}}}"
        case OptionGap():
            kind = (
                ("MULTIRESPONSE" if gap.several else "MULTICHOICE_V")
                if look.letters
                else _SHUFFLED[gap.several]
            )
            return f"{{{weight}:{kind}:{_alternatives(moodle_answers.options(gap, 'of a cloze', look), plain=False)}}}"
        case PersonGap():
            raise AssertionError(gap)  # `_question` lets none through


def _numerical(answer: Compared) -> str:
    start = "=" if answer.fraction == "100" else f"%{answer.fraction}%"
    margin = "" if answer.tolerance == "0" else f":{answer.tolerance}"
    return f"{start}{answer.text}{margin}{_feedback(answer)}"


def _alternatives(answers: Iterable[Compared], *, plain: bool) -> str:
    """Write alternatives, plain texts or HTML; the importer decodes entities once."""
    return "~".join(
        ("=" if answer.fraction == "100" else f"%{answer.fraction}%")
        + (answer.text.translate(_ENTITIES) if plain else _inside(answer.text))
        + _feedback(answer)
        for answer in answers
    )


def _feedback(answer: Compared) -> str:
    return f"#{_inside(answer.feedback)}" if answer.feedback else ""


def _inside(html: str) -> str:
    """Hide from the importer what it looks for; it takes a backslash before one of two signs away after decoding, too."""
    return re.sub(r"\\(?=[#}])", "&#92;", html).translate(_ENTITIES)
