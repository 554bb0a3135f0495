"""How QTI marks an item: conditions over its responses that come to LeGrade's own marks.

A part is right or wrong as a whole, as a number, a shape or an option is; or it earns a share, as an array whose cells are right
in part. `SCORE` is the item's points: of one whole part all or none, else the weighted mean of `SHARE1`, `SHARE2`, ... by the
item's partial-credit rule. `FEEDBACK` is the name of the wrong answer that was given, one for each part where there are several (and
for each option where several can be chosen); `SOLUTION` is always set. Outcomes are single values, because some players cannot add
to a container.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Final

from question_bank import credit, gaps
from question_bank.gaps import Asked, Gap, Names, NumberGap, OptionGap, TextGap
from question_bank.issued import KeyItem
from question_bank.model import Question
from question_bank.qti_names import Dialect
from question_bank.spellings import decimal, spellings
from question_bank.values import Grid, Rational, Value

SOLUTION: Final = "SOLUTION"
_SLACK: Final = Fraction(1, 10**12)
_WRONG_SPELLINGS: Final = 4
_NOBODY: Final = "a part that a person marks has no conditions"


@dataclass(frozen=True, slots=True)
class Entered:
    """A part, with the names of the responses to its gaps, and what stands before the letter of an option."""

    asked: Asked
    names: tuple[str, ...]
    prefix: str = ""

    def option(self, letter: str) -> str:
        """Name an option: by its letter, which no other option of the item may have."""
        return f"{self.prefix}{letter}"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about a wrong answer: when an outcome has this identifier; of which part, the misconceptions behind it."""

    identifier: str
    outcome: str
    part: int
    names: Names


@dataclass(frozen=True, slots=True)
class Marking:
    """How an item is marked.

    Attributes:
        shares: the names of outcomes beside the score, each a share of a part.
        rules: the content of its response processing.
        said: what its feedback may be, beside the worked solution.
    """

    shares: tuple[str, ...]
    rules: str
    said: tuple[Said, ...]


def entered(question: Question) -> tuple[Entered, ...]:
    """Name the responses: `RESPONSE` where there is one, else by part and gap.

    Raises:
        ExportError: a course system has nothing for a part; the message names the family and the part.
    """
    parts = gaps.asked(question)
    if len(parts) == len(parts[0].gaps) == 1:
        return (Entered(parts[0], ("RESPONSE",)),)
    return tuple(_named(part, several=len(parts) > 1) for part in parts)


def _named(part: Asked, *, several: bool) -> Entered:
    names = tuple(f"RESPONSE_{part.part + 1}_{number}" for number in range(1, len(part.gaps) + 1))
    return Entered(part, names, f"PART{part.part + 1}_" if several else "")


def spelled(gap: TextGap) -> tuple[str, ...]:
    """Return how what is right may be typed; case does not count."""
    found: dict[str, str] = {}
    for text in spellings(gap.value, gap.tolerance):
        found.setdefault(text.casefold(), text)
    return tuple(found.values())


def marking(item: KeyItem, parts: Sequence[Entered], dialect: Dialect) -> Marking:
    """Write the response processing of an item."""
    writer = _Writer(dialect, item)
    if parts[0].asked.by_person:
        return Marking((), writer.say(SOLUTION, SOLUTION), ())
    if len(parts) == 1 and writer.whole(parts[0]):
        rules = writer.chain(parts[0], writer.right(parts[0]), writer.set_score(writer.number(item.points)))
        return Marking((), rules + writer.say(SOLUTION, SOLUTION), writer.said)
    shares = tuple(f"SHARE{part.asked.part + 1}" for part in parts)
    rules = "".join(writer.share(part, name) for part, name in zip(parts, shares, strict=True))
    return Marking(shares, rules + writer.total(shares) + writer.say(SOLUTION, SOLUTION), writer.said)


class _Writer:
    """Writes the conditions of one item, and remembers what it may say."""

    def __init__(self, dialect: Dialect, item: KeyItem) -> None:
        self._q = dialect.element
        self._ranges = dialect.ranges
        self._item = item
        self._said: dict[tuple[str, int, Names], Said] = {}

    @property
    def said(self) -> tuple[Said, ...]:
        """What has come up."""
        return tuple(self._said.values())

    def whole(self, part: Entered) -> bool:
        """Whether a part is right or wrong as a whole."""
        gap = part.asked.gaps[0]
        by_share = part.asked.layout == "grid" or (isinstance(gap, OptionGap) and gap.several)
        return not by_share or self._item.credit in {credit.WHOLE_PARTS, credit.ALL_OR_NOTHING}

    def number(self, value: Rational) -> str:
        return self._q("baseValue", decimal(value), baseType="float")

    def say(self, outcome: str, identifier: str) -> str:
        """Set what is said."""
        value = self._q("baseValue", identifier, baseType="identifier")
        return self._q("setOutcomeValue", value, identifier=outcome) + "\n"

    def set_score(self, value: str) -> str:
        return self._q("setOutcomeValue", value, identifier="SCORE")

    def right(self, part: Entered) -> str:
        """Write the condition that all gaps of a part are right."""
        return self._all(
            self._right(gap, name) for gap, name in zip(part.asked.gaps, part.names, strict=True)
        )

    def chain(self, part: Entered, right: str, then: str) -> str:
        """Write what follows from a right answer, else what is said about the first wrong one that it is."""
        gap = part.asked.gaps[0]
        several = isinstance(gap, OptionGap) and gap.several
        wrong = [] if several else self._wrong(part)
        cases = [self._q("responseIf", right, then)]
        cases += [self._q("responseElseIf", test, self._about(part, names)) for test, names in wrong]
        rules = self._q("responseCondition", *cases) + "\n"
        if isinstance(
            gap, TextGap
        ):  # a field that was left open is no text, and some players compare it all the same
            answered = self._q("not", self._q("isNull", self._q("variable", identifier=part.names[0])))
            return self._q("responseCondition", self._q("responseIf", answered, rules)) + "\n"
        return rules + "".join(self._named_options(part, gap) if several else ())

    def share(self, part: Entered, name: str) -> str:
        """Write how a part earns its share, and what is said about it."""
        gap = part.asked.gaps[0]
        one = self._q("baseValue", "1", baseType="float")
        if self.whole(part):
            return self.chain(part, self.right(part), self._q("setOutcomeValue", one, identifier=name))
        if isinstance(gap, OptionGap):
            earned = self._q("mapResponse", identifier=part.names[0])
            share = self._q("divide", earned, self.number(len(gap.right)))
            rules = self._q("setOutcomeValue", share, identifier=name) + "\n"
            return rules + "".join(self._named_options(part, gap))
        return self._cells(part, name) + self._named_array(part, name)

    def _named_options(self, part: Entered, gap: Gap) -> Iterator[str]:
        """Write what is said about each wrong option that is chosen, whatever else is."""
        if isinstance(gap, OptionGap):
            for letter, names in gap.wrong:
                test = self._chosen(gap, part.names[0], part.option(letter))
                case = self._q("responseIf", test, self._about(part, names, f"_{letter}"))
                yield self._q("responseCondition", case) + "\n"

    def _cells(self, part: Entered, name: str) -> str:
        """Count the cells that are right; where most are the same number, only what is above the share of that number counts."""
        mine = self._q("variable", identifier=name)
        one = self._q("baseValue", "1", baseType="float")
        count = self._q("setOutcomeValue", self._q("sum", mine, one), identifier=name)
        rules = [
            self._q("responseCondition", self._q("responseIf", self._right(gap, response), count)) + "\n"
            for gap, response in zip(part.asked.gaps, part.names, strict=True)
        ]
        cells = [gap.value for gap in part.asked.gaps if isinstance(gap, NumberGap)]
        often = Counter(cells).most_common(1)[0][1]
        free = often if len(cells) < 2 * often < 2 * len(cells) else 0
        least = self._q("baseValue", "0", baseType="float")
        above = self._q("max", self._q("subtract", mine, self.number(free)), least) if free else mine
        share = self._q("divide", above, self.number(len(cells) - free))
        return "".join((*rules, self._q("setOutcomeValue", share, identifier=name), "\n"))

    def _named_array(self, part: Entered, name: str) -> str:
        """Write what is said about an array that is wrong as a misconception makes it."""
        wrong = self._wrong(part)
        if not wrong:
            return ""
        mine, one = self._q("variable", identifier=name), self._q("baseValue", "1", baseType="float")
        short = self._q("lt", mine, one)
        kinds = ["responseIf", *(["responseElseIf"] * (len(wrong) - 1))]
        cases = (
            self._q(kind, self._q("and", short, test), self._about(part, names))
            for kind, (test, names) in zip(kinds, wrong, strict=True)
        )
        return self._q("responseCondition", *cases) + "\n"

    def total(self, shares: Sequence[str]) -> str:
        """Write how the item's points follow from the shares of its parts."""
        points = self.number(self._item.points)
        mine = [self._q("variable", identifier=name) for name in shares]
        one = self._q("baseValue", "1", baseType="float")
        if self._item.credit == credit.ALL_OR_NOTHING:
            whole = self._all(self._q("gte", share, one) for share in mine)
            return self._q("responseCondition", self._q("responseIf", whole, self.set_score(points))) + "\n"
        answers = [part.answer for part in self._item.question.parts]
        weights = [credit.weight(answer) if self._item.credit == credit.PER_CELL else 1 for answer in answers]
        if len(mine) == 1:
            mean = mine[0]
        else:
            weighed = (
                share if weight == 1 else self._q("product", self.number(weight), share)
                for weight, share in zip(weights, mine, strict=True)
            )
            mean = self._q("divide", self._q("sum", *weighed), self.number(sum(weights)))
        return self.set_score(self._q("product", points, mean)) + "\n"

    def _all(self, tests: Iterable[str]) -> str:
        found = list(tests)
        return found[0] if len(found) == 1 else self._q("and", *found)

    def _about(self, part: Entered, names: Names, option: str = "") -> str:
        several = str(part.asked.part + 1) if len(self._item.question.parts) > 1 else ""
        key = (f"FEEDBACK{several}{option}", part.asked.part, names)
        known = self._said.setdefault(key, Said(f"WRONG{len(self._said) + 1}", *key))
        return self.say(known.outcome, known.identifier).rstrip()

    def _right(self, gap: Gap, name: str) -> str:
        match gap:
            case NumberGap():
                return self._near(name, gap.value, gap.tolerance)
            case TextGap():
                return self._typed(name, spelled(gap))
            case OptionGap():
                return self._q(
                    "match", self._q("variable", identifier=name), self._q("correct", identifier=name)
                )
        raise AssertionError(_NOBODY)

    def _answered(self, name: str) -> str:
        """Write that a field was not left open: some players compare it all the same, as 0 or as a text."""
        return self._q("not", self._q("isNull", self._q("variable", identifier=name)))

    def _near(self, name: str, value: Rational, tolerance: Rational) -> str:
        """Compare a number; the ends of a tolerance, which no binary number may hold, are a trace further out."""
        variable = self._q("variable", identifier=name)
        if not tolerance:
            return self._q("equal", variable, self.number(value), toleranceMode="exact")
        far = Fraction(tolerance) + max(abs(Fraction(value)), Fraction(tolerance)) * _SLACK
        if self._ranges:
            ends = zip(("gte", "lte"), (value - far, value + far), strict=True)
            between = (self._q(test, variable, self.number(end)) for test, end in ends)
            return self._q("and", self._answered(name), *between)
        both = f"{decimal(far)} {decimal(far)}"
        return self._q("equal", variable, self.number(value), toleranceMode="absolute", tolerance=both)

    def _typed(self, name: str, texts: Iterable[str]) -> str:
        variable = self._q("variable", identifier=name)
        values = [self._q("baseValue", escape(text), baseType="string") for text in texts]
        same = [self._q("stringMatch", variable, value, caseSensitive="false") for value in values]
        return same[0] if len(same) == 1 else self._q("or", *same)

    def _wrong(self, part: Entered) -> list[tuple[str, Names]]:
        """Return the conditions of the wrong answers that have a name, in the order of the question."""
        gap, name = part.asked.gaps[0], part.names[0]
        if part.asked.layout != "line":
            return [(self._entries(part, value), names) for value, names in self._arrays(part)]
        match gap:
            case NumberGap():
                return [(self._near(name, v, gap.tolerance_of(v)), names) for v, names in gap.wrong]
            case TextGap():
                return [
                    (self._typed(name, spellings(value, gap.tolerance)[:_WRONG_SPELLINGS]), names)
                    for value, names in gap.wrong
                ]
            case OptionGap():
                return [(self._chosen(gap, name, part.option(letter)), names) for letter, names in gap.wrong]
        raise AssertionError(_NOBODY)

    def _chosen(self, gap: OptionGap, name: str, identifier: str) -> str:
        option = self._q("baseValue", identifier, baseType="identifier")
        variable = self._q("variable", identifier=name)
        return self._q("member", option, variable) if gap.several else self._q("match", variable, option)

    def _arrays(self, part: Entered) -> Iterable[tuple[Value, Names]]:
        """Return the wrong arrays or shapes that fit into the gaps."""
        outside = {value for value, _ in part.asked.elsewhere}
        found: dict[Value, Names] = {}
        for wrong in self._item.question.wrong:
            if wrong.part == part.asked.part and wrong.value not in outside:
                found[wrong.value] = (*found.get(wrong.value, ()), wrong.misconception)
        return found.items()

    def _entries(self, part: Entered, value: Value) -> str:
        cells = value.cells if isinstance(value, Grid) else value
        assert isinstance(cells, tuple)  # noqa: S101 -- what is no row or array does not fit, and is elsewhere
        return self._all(
            self._near(name, cell, gap.tolerance if cell == gap.value else gap.tolerance_of(cell))
            for cell, gap, name in zip(cells, part.asked.gaps, part.names, strict=True)
            if isinstance(gap, NumberGap)
        )
