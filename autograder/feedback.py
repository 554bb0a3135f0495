"""What a student reads about a grade: docstring, outcome, reason, shapes, the named mistake; never a hidden value or a position.

The losses that the student's own training returned, and the accuracies that it reached, are drawn as curves.
"""

from collections.abc import Mapping, Sequence
from html import escape

from autograder.curves import as_image, in_words, is_drawn
from autograder.model import Grade, Outcome, TestResult
from question_bank.misconceptions import CATALOGUE, Misconception

MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.SKIPPED: "–", Outcome.ERROR: "?"}
CELL = "text-align: left; vertical-align: top; padding: 2px 14px 2px 0"
NOT_YOUR_FAULT = "The grader could not finish this part. That is not your fault: a person will look at it."
UNREADABLE = "Your file could not be read. A person will look at it."


def points_of(tests: Sequence[TestResult], max_points: float) -> float | None:
    """Add up one part's tests on the scale of `max_points`; None when a test ended in an error of ours.

    >>> points_of([], 12.0) is None
    True
    """
    total = sum(test.max_points for test in tests)
    if total <= 0 or any(test.outcome is Outcome.ERROR or test.points is None for test in tests):
        return None
    earned = sum(test.points or 0.0 for test in tests)
    return round(min(max(earned / total, 0.0), 1.0) * max_points, 6)


def as_text(
    function: str,
    grade: Grade,
    points: float | None,
    max_points: float,
    texts: Mapping[str, Misconception] = CATALOGUE,
) -> str:
    """Write one part's feedback as plain text; `texts` says what the course calls a mistake."""
    tests = _tests(function, grade)
    lines = [_headline(function, points, max_points), *_openings(grade, points), *_diagnoses(tests, texts)]
    for test in tests:
        lines.append(f"{MARKS[test.outcome]} {_worth(test)}  {_description(test)}")
        lines += [f"      {sentence}" for sentence in _sentences(test)]
        lines += [f"      {in_words(test.curve, test.curve_of)}"] if test.curve else []
    return "\n".join(lines)


def as_html(
    function: str,
    grade: Grade,
    points: float | None,
    max_points: float,
    texts: Mapping[str, Misconception] = CATALOGUE,
) -> str:
    """Write one part's feedback as HTML; every text is escaped."""
    tests = _tests(function, grade)
    parts = [f"<p><strong>{escape(_headline(function, points, max_points))}</strong></p>"]
    parts += [f"<p>{escape(text)}</p>" for text in (*_openings(grade, points), *_diagnoses(tests, texts))]
    rows = []
    for test in tests:
        said = "".join(f"<br><small>{escape(sentence)}</small>" for sentence in _sentences(test))
        outcome = f"{MARKS[test.outcome]}&nbsp;{escape(test.outcome)}"
        cells = (outcome, escape(_worth(test)), escape(_description(test)) + said)
        rows.append("<tr>" + "".join(f"<td style='{CELL}'>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th style='{CELL}'>{title}</th>" for title in ("outcome", "points", "what was tested"))
    return (
        "".join(parts) + (f"<table><tr>{head}</tr>{''.join(rows)}</table>" if rows else "") + _curves(tests)
    )


def _curves(tests: Sequence[TestResult]) -> str:
    """Draw what the tests handed over, side by side where there is room; what is no picture is a sentence."""
    shown = [test for test in tests if test.curve]
    images = " ".join(as_image(t.curve, t.curve_of) for t in shown if is_drawn(t.curve, t.curve_of))
    said = "".join(
        f"<p>{escape(in_words(t.curve, t.curve_of))}.</p>" for t in shown if not is_drawn(t.curve, t.curve_of)
    )
    return (f"<p>{images}</p>" if images else "") + said


def _tests(function: str, grade: Grade) -> list[TestResult]:
    """Take a part's tests; none of a file that could not be read, whose tests would all say the same."""
    return [] if _unreadable(grade) else [test for test in grade.tests if test.function == function]


def _unreadable(grade: Grade) -> bool:
    return grade.needs_person and all(test.outcome is Outcome.SKIPPED for test in grade.tests)


def _headline(function: str, points: float | None, max_points: float) -> str:
    shown = "not graded yet" if points is None else f"{round(points, 2):g}"
    return f"{function}: {shown} of {max_points:g} points"


def _openings(grade: Grade, points: float | None) -> list[str]:
    """Say what concerns the whole file."""
    if points is None:
        return [NOT_YOUR_FAULT, *grade.notes]
    return [UNREADABLE, *grade.notes] if _unreadable(grade) else list(grade.notes)


def _worth(test: TestResult) -> str:
    """Say what a test gave of what it is worth."""
    return (
        f"{'?' if test.points is None else format(round(test.points, 2), 'g')}/{round(test.max_points, 2):g}"
    )


def _description(test: TestResult) -> str:
    return " ".join(test.description.split())


def _sentences(test: TestResult) -> list[str]:
    """Say why a test did not pass; an error of ours says nothing of its reason."""
    if test.outcome is Outcome.PASSED:
        return []
    if test.outcome is Outcome.ERROR:
        return ["This test could not be finished by the grader."]
    reason = f"{test.reason[:1].upper()}{test.reason[1:].rstrip('.')}."
    shapes = (
        f"Shapes of the arguments: {test.shapes}." if test.shapes and test.outcome is Outcome.FAILED else ""
    )
    return [sentence for sentence in (reason, shapes) if len(sentence) > 1]


def _diagnoses(tests: Sequence[TestResult], texts: Mapping[str, Misconception]) -> list[str]:
    """Name the mistakes that explain everything that the function returned."""
    found = dict.fromkeys(test.diagnosis for test in tests)
    named = [texts[name] for name in found if name is not None and name in texts]
    return [f"It looks like this: {text.title}. {text.explanation}" for text in named]
