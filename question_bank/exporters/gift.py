"""A pool as GIFT, Moodle's format that people can read and edit: one line for each question, a category for each group.

GIFT holds questions of one field: options, a number, a text, what a person marks. An item of several gaps (parts, the axes of a
shape, the cells of an array) is refused by name: `moodle` holds it. Figures are embedded; a rubric stands in the feedback,
because GIFT has no place for graders. Every character that the format gives a meaning is escaped with a backslash.
"""

import base64
from collections.abc import Iterator
from html import escape
from typing import Final

from question_bank import course_html, drawings, gaps, moodle_answers
from question_bank.blueprint_data import ITEMS, OPTIONS
from question_bank.course_html import Look
from question_bank.errors import ExportError
from question_bank.exporters import key_exporter
from question_bank.figures import Figure
from question_bank.gaps import Asked, NumberGap, OptionGap, PersonGap, TextGap
from question_bank.issued import KeyItem
from question_bank.moodle_answers import Compared
from question_bank.paper import Heading
from question_bank.pool import Group, Pool, code, told

_ESCAPED: Final = str.maketrans({**{sign: f"\\{sign}" for sign in ":#={}~\\"}, "\n": "\\n", "\r": " "})
_ONE_RIGHT: Final = "where one of several options is right, one can be chosen, not several"
_SHUFFLED: Final = "whether options are shuffled is a setting of the site; its default is that they are"
_ORDER: Final = "questions stand in the order that the quiz gives them: tick Shuffle at their section there"
_POINTS: Final = "every question is worth one point, whatever its slot says"


def losses(pool: Pool) -> tuple[str, ...]:
    """Say what Moodle marks in another way when it reads GIFT."""
    found: dict[str, dict[str, None]] = {}
    for item in pool.items():
        for gap in (gap for part in gaps.asked(item.question) for gap in part.gaps):
            if isinstance(gap, OptionGap):
                found.setdefault(_SHUFFLED, {})[item.question.family] = None
                if gap.several and len(gap.right) == 1:
                    found.setdefault(_ONE_RIGHT, {})[item.question.family] = None
        if item.points != 1:
            found.setdefault(_POINTS, {})[item.question.family] = None
    own = tuple(f"{loss} ({', '.join(families)})" for loss, families in found.items())
    moved = (group for group in pool.groups if ITEMS in group.shuffle)
    return (*gaps.losses_of(pool.items()), *own, *told(_ORDER, moved))


@key_exporter("gift", suffix=".txt", losses=losses)
def to_gift(pool: Pool) -> bytes:
    """Write the pool as GIFT in UTF-8.

    Raises:
        ExportError: an item has several gaps; the message names it.
        MissingTranslationError: a text has no translation.
    """
    pieces: list[str] = []
    for heading, groups in pool.by_section():
        place = (pool.title, heading.title) if heading.title else (pool.title,)
        if heading.intro:
            pieces += [_category(*place), _description(heading, pool)]
        for group in groups:
            pieces.append(_category(*place, group.name))
            pieces += [_question(item, group, pool) for item in group.items]
    return course_html.xml("\n\n".join(pieces) + "\n")


def _category(*names: str) -> str:
    """Write the path of a category; a slash in a name is doubled."""
    path = "/".join(" ".join(name.replace("/", "//").split()) for name in names)
    return f"$CATEGORY: $course$/top/{path}"


def _description(heading: Heading, pool: Pool) -> str:
    """Write the intro of a section: a text without braces asks nothing."""
    html = course_html.heading(heading, Look(_formula, str, pool.language), title=False)
    name = f"Intro: {heading.title}" if heading.title else "Intro"
    return f"::{name.translate(_ESCAPED)}::[html]{_line(html)}"


def _question(item: KeyItem, group: Group, pool: Pool) -> str:
    question = item.question
    look = Look(
        _formula,
        lambda figure: _embedded(figure, pool.language),
        pool.language,
        letters=OPTIONS not in group.shuffle,
    )
    parts = gaps.asked(question)
    if len(parts) > 1 or len(parts[0].gaps) > 1 or parts[0].layout != "line":
        raise ExportError(
            f"item {code(item.id)} ({question.family}): several gaps, and a question of GIFT has one; use the format moodle, or leave "
            "the family out"
        )
    stem = course_html.stem(question, code(item.id), look)
    told = f"{stem}\n<p>{course_html.prompt(question, parts[0], look)}</p>"
    feedback = course_html.solution(question, parts, look)
    if parts[0].by_person:
        feedback = f"{course_html.rubric(parts[0], look)}\n{feedback}"
    name = f"{code(item.id)} {question.family}".translate(_ESCAPED)
    answers = "".join(_answers(item, parts[0], look))
    return f"::{name}::[html]{_line(told)}{{{answers}####{_line(feedback)}}}"


def _formula(latex: str) -> str:
    return f"\\({escape(latex)}\\)"


def _embedded(figure: Figure, language: str) -> str:
    drawing = drawings.svg(figure, Look(_formula, str, language).say).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"


def _answers(item: KeyItem, asked: Asked, look: Look) -> Iterator[str]:
    """Yield what stands between the braces, before the general feedback."""
    match asked.gaps[0]:
        case NumberGap() as gap:
            yield "#"
            for answer in moodle_answers.numbers(gap, look):
                yield f"={_weight(answer)}{answer.text}:{answer.tolerance}{_feedback(answer)}"
        case TextGap() as gap:
            for answer in moodle_answers.texts(gap, look):
                yield f"={_weight(answer)}{_line(answer.text)}{_feedback(answer)}"
        case OptionGap() as gap:
            for answer in moodle_answers.options(gap, code(item.id), look):
                start = {"100": "=", "0": "~", "-100": "~"}.get(answer.fraction, f"~%{answer.fraction}%")
                yield f"{start}[html]{_line(answer.text)}{_feedback(answer)}"
        case PersonGap():
            return


def _weight(answer: Compared) -> str:
    return "" if answer.fraction == "100" else f"%{answer.fraction}%"


def _feedback(answer: Compared) -> str:
    return f"#[html]{_line(answer.feedback)}" if answer.feedback else ""


def _line(html: str) -> str:
    """Write HTML on one line."""
    return html.translate(_ESCAPED)
