"""A grade as a page for its student: no script, no outside resource; what it says is what `autograder.feedback` says of each part."""

from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from autograder.feedback import CELL, UNREADABLE, as_html, points_of
from autograder.model import Grade, Outcome
from question_bank.exporters.html import page
from question_bank.misconceptions import CATALOGUE, Misconception


def to_html(grade: Grade, title: str, texts: Mapping[str, Misconception] = CATALOGUE) -> bytes:
    """Write the page in UTF-8; the same grade always gives the same bytes.

    Args:
        grade: of one submission.
        title: of the assignment.
        texts: what the course calls a mistake.
    """
    unreadable = grade.needs_person and all(test.outcome is Outcome.SKIPPED for test in grade.tests)
    notes = (UNREADABLE, *grade.notes) if unreadable else grade.notes
    functions = () if unreadable else tuple(dict.fromkeys(test.function for test in grade.tests))
    return page(
        "feedback_notebook.html.j2",
        styles=("page.css.j2", "feedback.css.j2"),
        pictures=True,
        title=title,
        student=grade.submission,
        points=None if grade.points is None else f"{round(grade.points, 2):g}",
        most=f"{round(grade.max_points, 2):g}",
        notes=notes,
        parts=[_part(function, replace(grade, notes=()), texts) for function in functions],
    )


def _part(function: str, grade: Grade, texts: Mapping[str, Misconception]) -> Markup:
    """Write what is said of one function; how it looks is the page's matter."""
    tests = [test for test in grade.tests if test.function == function]
    most = sum(test.max_points for test in tests)
    told = as_html(function, grade, points_of(tests, most), most, texts)
    return Markup(told.replace(f" style='{CELL}'", ""))  # noqa: S704  # every text in it is escaped already
