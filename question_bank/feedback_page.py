"""Feedback as one page: no script, no outside resource, every text of a student's escaped, in the language and print of the paper."""

from fractions import Fraction
from typing import Final

from question_bank.exporters.html import page
from question_bank.feedback import Feedback, PartFeedback
from question_bank.marksheet import show_points

LABELS: Final = {
    "right": "good",
    "followed": "good",
    "accepted": "good",
    "given": "good",
    "partly": "half",
    "wrong": "bad",
    "wrong shape": "bad",
    "unreadable": "bad",
    "nothing": "bad",
    "judged": "plain",
    "open": "plain",
    "void": "plain",
}
"""How the label of each outcome looks; its words say the same."""


def to_html(feedback: Feedback) -> bytes:
    """Write the page in UTF-8; the same feedback always gives the same bytes.

    Raises:
        MissingTranslationError: a text of the page has no translation.
    """
    figures = (item.item.question.figure for item in feedback.items)
    return page(
        "feedback.html.j2",
        feedback.language,
        styles=("page.css.j2", "feedback.css.j2"),
        pictures=any(figure and figure.data for figure in figures),
        feedback=feedback,
        score=show_points,
        looks=LABELS,
        numbered=_numbered,
        judged=_judged,
        percent=_percent,
    )


def _numbered(letters: tuple[str, ...]) -> str:
    """Name earlier parts.

    >>> _numbered(("a", "b"))
    '(a), (b)'
    """
    return ", ".join(f"({letter})" for letter in letters)


def _judged(part: PartFeedback) -> str:
    """Write what a person gave: points of the rubric where it is told, else a share in per cent.

    >>> from question_bank.feedback_answers import Answered
    >>> from question_bank.message import Message
    >>> from question_bank.values import Field
    >>> given = Answered("", "", (), (), Fraction(0))
    >>> _judged(PartFeedback("a", Message(""), Field("text"), given, "judged", Fraction(3, 4), (), (), None))
    '75 %'
    """
    if part.key is not None and part.key.most:
        return f"{show_points(part.share * part.key.most)}/{part.key.most}"
    return _percent(part.share)


def _percent(share: Fraction) -> str:
    """Write a share for people; what is not all is not rounded up to it, and what is something not down to nothing.

    >>> _percent(Fraction(1, 3)), _percent(Fraction(999, 1000)), _percent(Fraction(1, 999))
    ('33 %', '99 %', '1 %')
    """
    return f"{min(max(round(100 * share), share > 0), 99 if share < 1 else 100):d} %"
