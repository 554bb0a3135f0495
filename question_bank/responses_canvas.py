r"""Canvas's quiz statistics *Student analysis*, a CSV: columns `<id>: <text of the question>`, each followed by one of its points.

Certain, from Canvas's source (`quiz_statistics/student_analysis.rb`): `id` is the number of the user, as in the gradebook's `ID`; a
question that was not drawn has two empty cells; several options and the blanks of one question are joined by commas, a comma inside
one is `\,`; a blank that was never touched is left out, so that fewer blanks than expected cannot be told apart. Not certain, because no
live system was at hand: formulas, which are images there, may be missing from the text of an option, and such options are refused
where they are the same without. New Quizzes has another report, which is not read.
"""

import re
from collections.abc import Sequence
from typing import Final

from question_bank.errors import ResponseError
from question_bank.responses_course import Attempt, Export, parse_rows, place, student_of

_QUESTION: Final = re.compile(r"[0-9]+: ", re.ASCII)
_COMMA: Final = re.compile(r"(?<!\\),")


def is_canvas(header: Sequence[str]) -> bool:
    """Whether a header is that of such a report."""
    return place(header, "n correct") is not None and any(map(_QUESTION.match, header))


def parse_canvas(data: bytes) -> Export:
    """Read the bytes of a report.

    Raises:
        ResponseError: it is no such report; the message is the reason.
    """
    table = parse_rows(data)
    header = table.header
    who, name = place(header, "id"), place(header, "name")
    questions = [at for at, column in enumerate(header[:-1]) if _QUESTION.match(column)]
    if not questions:
        raise ResponseError(
            f"row 1: got the columns {', '.join(header)[:120]!r}, expected '<id>: <question>' and a column of points after each"
        )
    if who is None:
        raise ResponseError("row 1: expected a column 'id'; an anonymous survey cannot be marked")
    attempts: list[Attempt] = []
    problems = list(table.broken)
    for row, fields in table.rows:
        try:
            student = student_of(fields[who], "" if name is None else fields[name])
        except ResponseError as error:
            problems.append((row, str(error)))
            continue
        drawn = tuple(
            (header[at], fields[at]) for at in questions if fields[at + 1].strip() or fields[at].strip()
        )
        attempts.append(Attempt(row, student, drawn))
    return Export(tuple(attempts), tuple(problems))


def split_blanks(text: str, count: int) -> tuple[str, ...]:
    r"""Split the response to a question with blanks into those to its blanks.

    >>> split_blanks(r"24,A\, C,", 3)
    ('24', 'A, C', '')

    Raises:
        ResponseError: it is not so many.
    """
    found = split_options(text)
    if len(found) != count:
        raise ResponseError(
            f"{len(found)} of {count} blanks have a response, and Canvas does not say which; mark this one by hand"
        )
    return found


def split_options(text: str) -> tuple[str, ...]:
    """Split texts with commas between them."""
    return tuple(part.replace("\\,", ",").strip() for part in _COMMA.split(text))
