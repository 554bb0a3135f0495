"""What a student answered in cells such as `answer_1 = "24"`: taken from the source as `question_bank.notebook_answers` says, never run.

A text between quotes, a number, a list or tuple of numbers is the answer. Anything else is taken as it stands, and is one where a page
would read it, as `3/4` or `B`; where it would have to be computed the student is told. The last assignment of a name counts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from question_bank.notebook_answers import assigned

MAX_ANSWER: Final = 20_000
NAME: Final = re.compile(r"answer_[1-9][0-9]{0,2}[a-z]?")
COMPUTED: Final = "the answer is not a text between quotes, a number or a list: nothing is computed here, so write what comes out"
BROKEN: Final = "the line cannot be read: look at its quotes and brackets"
TOO_LONG: Final = f"the answer has more than {MAX_ANSWER} characters"
CODE: Final = re.compile(r"(?<![0-9a-z-])[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}(?![0-9a-z-])")
"""How items are named, see `question_bank.issuing`."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found."""

    typed: Mapping[str, str]
    """Texts by name."""
    problems: Mapping[str, str]
    """Why a name's answer is none; in words for the student."""
    as_they_stand: Mapping[str, str]
    """The sources of answers with a problem, which may be read as on a page all the same."""


def read_answers(cells: Iterable[str]) -> Answers:
    r"""Read the answers in some code cells, in their order.

    >>> read_answers(["answer_1 = '24'", "answer_2a = [[1, -2.50], [3, 4]]\nanswer_2b = 2 * 3"]).typed
    {'answer_1': '24', 'answer_2a': '[[1, -2.50], [3, 4]]'}
    """
    typed: dict[str, str] = {}
    problems: dict[str, str] = {}
    sources: dict[str, str] = {}
    for each in (each for cell in cells for each in assigned(cell) if NAME.fullmatch(each.name)):
        for found in (typed, problems, sources):
            found.pop(each.name, None)
        if len(each.text) > MAX_ANSWER:
            problems[each.name] = TOO_LONG
        elif each.kind == "literal":
            typed[each.name] = each.text
        else:
            problems[each.name] = BROKEN if each.kind == "broken" else COMPUTED
            sources[each.name] = each.text
    return Answers(typed, problems, sources)


def codes_in(text: str) -> set[str]:
    """Find what could be the codes of items.

    >>> sorted(codes_in("[k7m2-abcd] k7m2-abcde 1999-2000"))
    ['1999-2000', 'k7m2-abcd']
    """
    return set(CODE.findall(text))
