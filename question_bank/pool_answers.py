"""What stands in a cell of a course system's export -> answers as a page would save them: gaps put together, options by their letters."""

import functools
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from html import unescape
from typing import Final

from question_bank import gaps
from question_bank.course_html import Look, heading
from question_bank.errors import ResponseError
from question_bank.gaps import Asked, Gap, NumberGap, OptionGap
from question_bank.issued import KeyItem
from question_bank.message import Message
from question_bank.paper import key_of
from question_bank.pool import Pool
from question_bank.readings import read
from question_bank.responses_canvas import split_blanks
from question_bank.responses_canvas import split_options as canvas_options
from question_bank.responses_moodle import split_gaps
from question_bank.responses_moodle import split_options as moodle_options
from question_bank.spellings import ends
from question_bank.values import Field, Rational, show_number

_TAG: Final = re.compile(r"<[^>]*>")
_LOOSE: Final = re.compile(r"[\s_*\u2212-]+")
_OPEN: Final = "_"
_NUMBER: Final = Field("number")
_FORMULAS: Final = ("\\({}\\)", "", "LaTeX: {}")
"""How a formula of an option may stand in an export: as Moodle's text, not at all, as the alternative text of Canvas's image."""


def answers_of(item: KeyItem, response: str, *, moodle: bool, language: str) -> dict[str, str]:
    """Read one cell back into answers as a page would save them, by part.

    Raises:
        ResponseError: it cannot be told what was answered.
    """
    parts = gaps.asked(item.question)
    if not response.strip():
        return {}
    every = [gap for part in parts for gap in part.gaps]
    alone = len(parts) == 1 and len(every) == 1 and parts[0].layout == "line"
    if alone:
        texts: tuple[str, ...] = (response,)
    else:
        texts = split_gaps(response, len(every)) if moodle else split_blanks(response, len(every))
    letters = not alone and not moodle and not _dropdowns(parts)
    split = moodle_options if moodle else canvas_options
    given = [
        _gap(gap, text.strip(), split, language, letters=letters)
        for gap, text in zip(every, texts, strict=True)
    ]
    found: dict[str, str] = {}
    for part in parts:
        own, given = given[: len(part.gaps)], given[len(part.gaps) :]
        if any(own):
            found[key_of(item.id, part.part)] = _assembled(part, own)
    return found


def says_section(pool: Pool, text: str) -> bool:
    """Whether a question of Canvas's analysis is what a section says: it stands there like any other, and asks nothing."""
    wanted = _loose(unescape(_TAG.sub("", text.partition(": ")[2])))
    said = (_shown(functools.partial(heading, each), pool.language) for each in pool.sections)
    return bool(wanted) and any(wanted in forms for forms in said)


def _dropdowns(parts: Sequence[Asked]) -> bool:
    return all(isinstance(part.gaps[0], OptionGap) and not part.gaps[0].several for part in parts)


def _gap(
    gap: Gap, text: str, split: Callable[[str], tuple[str, ...]], language: str, *, letters: bool
) -> str:
    """Return what was entered in one gap, as a page would save it."""
    if isinstance(gap, NumberGap):
        return _number(gap, text)
    if not isinstance(gap, OptionGap) or letters or not text:
        return text
    chosen = split(text) if gap.several else (text,)
    return ", ".join(sorted(_letter(gap, each, language) for each in chosen))


def _number(gap: NumberGap, text: str) -> str:
    """Take a decimal for the number without an end that it stands for, as the system did; leave every other text as it is."""
    value = read(_NUMBER, text).value
    if isinstance(value, int | Fraction):
        near: tuple[tuple[Rational, Rational], ...] = (
            (gap.value, gap.tolerance),
            *((wrong, gap.tolerance_of(wrong)) for wrong, _ in gap.wrong),
        )
        for exact, tolerance in near:
            if not ends(exact) and abs(Fraction(value) - Fraction(exact)) <= tolerance:
                return show_number(exact)
    return text


def _letter(gap: OptionGap, text: str, language: str) -> str:
    """Return the letter of the option that a text stands for.

    Raises:
        ResponseError: it is none, or several are the same text.
    """
    wanted = _loose(text)
    found = [
        letter
        for letter, option in zip(gap.letters(), gap.options, strict=True)
        if wanted in _forms(option, language)
    ]
    if len(found) != 1:
        raise ResponseError(f"{text[:60]!r} is {len(found) or 'none'} of the options")
    return found[0]


def _forms(option: str, language: str) -> set[str]:
    """Return how an option may stand in an export."""
    shown = _shown(lambda look: look.template(option), language)
    return {_loose(Message(option).plain()), *shown} - {""}


def _shown(write: Callable[[Look], str], language: str) -> set[str]:
    """Return how some HTML may stand in an export: without its tags, and with what may be left of its formulas."""
    looks = (Look(form.format, str, language) for form in _FORMULAS)
    return {_loose(unescape(_TAG.sub("", write(look)))) for look in looks}


def _loose(text: str) -> str:
    """Leave out what the conversion from HTML to text may change: spaces, case, marks of emphasis."""
    return _LOOSE.sub(lambda run: "-" if "-" in run[0] or "\u2212" in run[0] else "", text).casefold()


def _assembled(part: Asked, given: Sequence[str]) -> str:
    """Put the gaps of a part together: an entry that is no number counts as an open one, as the system counts it."""
    if part.layout == "line":
        return given[0]
    cells = [
        show_number(value) if isinstance(value := read(_NUMBER, text).value, int | Fraction) else _OPEN
        for text in given
    ]
    if part.layout == "axes":
        return f"({', '.join(cells)})"
    for length in reversed(part.size):
        cells = [f"[{', '.join(cells[at : at + length])}]" for at in range(0, len(cells), length)]
    return cells[0]
