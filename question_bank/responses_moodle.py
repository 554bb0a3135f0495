"""Moodle's quiz report *Responses*, downloaded as CSV: columns `Question 1`, `Response 1`, `Right answer 1` and so on.

Certain, from Moodle's source (`mod/quiz/report/responses`, `question/type/*/question.php`): `Question N` is there only where *question
text* was ticked; a cell without a value is `-`; one option is its text, several are joined by `; `, and the gaps of a cloze are
`part 1: 24; part 2: 3`. Not certain, because no live system was at hand: how its conversion of HTML to text writes emphasis in options.
Headers are in the language of whoever downloads: English is read. `Right answer` is not used; LeGrade's own keys count.
"""

import re
from collections.abc import Sequence
from typing import Final

from question_bank.errors import ResponseError
from question_bank.responses_course import Attempt, Export, parse_rows, place, student_of

_COLUMN: Final = re.compile(r"(question|response) ([0-9]{1,3})", re.IGNORECASE | re.ASCII)
_EMPTY: Final = "-"
_FIRST: Final = re.compile(r"([^:;]{0,40}?)\s*1: ")


def is_moodle(header: Sequence[str]) -> bool:
    """Whether a header is that of such a report."""
    return any(
        (match := _COLUMN.fullmatch(column)) and match[1].casefold() == "response" for column in header
    )


def parse_moodle(data: bytes) -> Export:
    """Read the bytes of a report; who has not begun is left out.

    Raises:
        ResponseError: it is no such report, or cannot be matched with items; the message is the reason.
    """
    table = parse_rows(data)
    header = table.header
    columns = {
        (m[1].casefold(), int(m[2])): at for at, name in enumerate(header) if (m := _COLUMN.fullmatch(name))
    }
    numbers = sorted(number for kind, number in columns if kind == "response")
    if not numbers:
        raise ResponseError(
            f"row 1: got the columns {', '.join(header)[:120]!r}, expected 'Response 1' and so on; set Moodle to English and download again"
        )
    missing = [number for number in numbers if ("question", number) not in columns]
    if missing:
        raise ResponseError(
            f"row 1: got 'Response {missing[0]}' and no 'Question {missing[0]}'; tick 'question text' under 'Display options' of the report "
            "and download again: items are known by the code in it"
        )
    who = place(header, "id number", "username", "email address")
    if who is None:
        raise ResponseError(
            "row 1: expected a column 'ID number', 'Username' or 'Email address', which tells students apart"
        )
    attempts: list[Attempt] = []
    problems = list(table.broken)
    names = [
        at for at in (place(header, "first name"), place(header, "last name", "surname")) if at is not None
    ]
    email = place(header, "email address")
    for row, fields in table.rows:
        asked = [(fields[columns["question", n]], fields[columns["response", n]]) for n in numbers]
        if all(text.strip() in ("", _EMPTY) for pair in asked for text in pair):
            continue
        try:
            name = " ".join(fields[at] for at in names)
            student = student_of(fields[who], name, "" if email is None else fields[email])
        except ResponseError as error:
            problems.append((row, str(error)))
            continue
        given = tuple((text, "" if answer.strip() == _EMPTY else answer) for text, answer in asked)
        attempts.append(Attempt(row, student, given))
    return Export(tuple(attempts), tuple(problems))


def split_gaps(text: str, count: int) -> tuple[str, ...]:
    """Split the response to a cloze into those to its gaps.

    >>> split_gaps("part 1: 24; part 2: ; part 3: 1; 2", 3)
    ('24', '', '1; 2')

    Raises:
        ResponseError: it is not so many gaps, or can be split in two ways.
    """
    text = f"{text} "  # an empty last gap was trimmed
    first = _FIRST.match(text)
    if first is None:
        raise ResponseError(f"got {text[:60]!r}, expected {count} gaps as 'part 1: 24; part 2: 3'")
    start = first.end()
    found: list[str] = []
    for number in range(2, count + 2):
        mark = f"; {first[1]} {number}: "
        at = text.find(mark, start)
        if number == count + 1:
            if at >= 0:
                raise ResponseError(f"more than {count} gaps")
            found.append(text[start:].strip())
            break
        if at < 0 or text.find(mark, at + 1) >= 0:
            raise ResponseError(f"gap {number} of {count} is {'missing' if at < 0 else 'there twice'}")
        found.append(text[start:at].strip())
        start = at + len(mark)
    return tuple(found)


def split_options(text: str) -> tuple[str, ...]:
    """Split the response to a question with several right options."""
    return tuple(part.strip() for part in text.split("; ") if part.strip())
