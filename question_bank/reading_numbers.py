"""Typed numbers, exactly: the rules for integer and number, and for cells, of the grammar in `question_bank.readings`."""

import re
from fractions import Fraction

from question_bank.reading import UnreadableError
from question_bank.values import Rational, simplest

MAX_NUMBER = 40
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:([,._' ])[0-9]{3})(?:\1[0-9]{3})*")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_RATIO = re.compile(r"([+-]?[0-9]+) ?/ ?([0-9]+)")


def ungrouped(text: str, kind: str) -> str:
    """Drop what groups digits by three, and write a decimal comma as a point."""
    if match := _GROUPED.fullmatch(text):
        separator = match[1]
        if text.count(separator) > 1 or separator not in ",.":
            return text.replace(separator, "")
        if (kind, separator) in {("number", ","), ("integer", ".")}:
            raise UnreadableError("two-readings")
        return text.replace(",", "")
    return text.replace(",", ".") if re.fullmatch(r"[+-]?[0-9]*,[0-9]+", text) else text


def number(text: str, problem: str = "not-a-number") -> Rational:
    """Read a plain number or a fraction; `problem` names the refusal of anything else."""
    if _PLAIN.fullmatch(text):
        return simplest(Fraction(text))
    if match := _RATIO.fullmatch(text):
        if int(match[2]) == 0:
            raise UnreadableError("zero-denominator")
        return simplest(Fraction(int(match[1]), int(match[2])))
    raise UnreadableError(problem)
