"""One item of a pool as an assessment item of QTI: what is asked, what is right, how it is marked, what is said afterwards.

| gaps of a part                     | interaction                                                                 |
| ---------------------------------- | --------------------------------------------------------------------------- |
| a number, each axis, each cell     | `textEntryInteraction`, a float                                             |
| a text                             | `textEntryInteraction`, a string                                            |
| options, one or several right      | `choiceInteraction`                                                         |
| what a person marks                | `extendedTextInteraction`; the rubric stands in the feedback, because some  |
|                                    | systems show a rubric block to everybody, whatever its view                 |
"""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from question_bank import course_html
from question_bank.course_html import Look
from question_bank.errors import ExportError
from question_bank.gaps import Gap, NumberGap, OptionGap, PersonGap, TextGap
from question_bank.issued import KeyItem
from question_bank.pool import code
from question_bank.qti_names import Dialect, xhtml
from question_bank.qti_processing import SOLUTION, Entered, Marking, entered, marking, spelled
from question_bank.spellings import decimal
from question_bank.values import Rational

TOOL: Final = "LeGrade"
STYLE: Final = "legrade.css"
_TEXT: Final = {"expectedLength": "60"}
_NUMBER: Final = {"expectedLength": "20"}
_CELL: Final = {"expectedLength": "12", "class": "qti-input-width-6"}
"""Widths, which some systems take for a limit: enough for each spelling, and the same whatever is right."""

_LINES: Final = "8"
_LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class Written:
    """An item as a file.

    Attributes:
        identifier: of the item.
        title: its code and family.
        xml: the file.
        interactions: the kinds of its interactions, in order.
        by_person: whether a person marks it.
    """

    identifier: str
    title: str
    xml: str
    interactions: tuple[str, ...]
    by_person: bool


def written(item: KeyItem, look: Look, dialect: Dialect) -> Written:
    """Write an item; where the look calls no option by its letter, the options are shuffled.

    Raises:
        ExportError: a part that a person marks stands beside others; the message names the item.
        MissingTranslationError: a text has no translation.
    """
    parts = entered(item.question)
    by_person = any(part.asked.by_person for part in parts)
    if by_person and len(parts) > 1:
        raise ExportError(
            f"item {code(item.id)} ({item.question.family}): a part that a person marks stands beside others, and QTI has one "
            "score for both; give it a slot of its own"
        )
    form = _Form(item, parts, look, dialect)
    how = marking(item, parts, dialect)
    identifier = f"legrade_{item.id.replace('-', '_')}"
    title = f"{code(item.id)} {item.question.family}"
    document = dialect.document(
        "assessmentItem",
        *form.declarations(),
        *form.outcomes(how, item.points, by_person=by_person),
        dialect.element("stylesheet", href=STYLE, type="text/css") + "\n",
        dialect.element("itemBody", "\n", *form.body()) + "\n",
        dialect.element("responseProcessing", "\n", how.rules) + "\n",
        *form.feedback(how),
        language=look.language,
        identifier=identifier,
        title=title,
        adaptive="false",
        timeDependent="false",
        toolName=TOOL,
    )
    kinds = tuple(dict.fromkeys(_interaction(gap) for part in parts for gap in part.asked.gaps))
    return Written(identifier, title, document, kinds, by_person)


def _interaction(gap: Gap) -> str:
    match gap:
        case OptionGap():
            return "choiceInteraction"
        case PersonGap():
            return "extendedTextInteraction"
    return "textEntryInteraction"


class _Form:
    """Writes the pieces of one item."""

    def __init__(self, item: KeyItem, parts: tuple[Entered, ...], look: Look, dialect: Dialect) -> None:
        self._item = item
        self._parts = parts
        self._look = look
        self._dialect = dialect
        self._q = dialect.element

    def declarations(self) -> Iterator[str]:
        """Declare the responses with what is right; options and texts also say what each of them counts."""
        for part in self._parts:
            for gap, name in zip(part.asked.gaps, part.names, strict=True):
                yield self._declared(part, gap, name) + "\n"

    def _declared(self, part: Entered, gap: Gap, name: str) -> str:
        several = isinstance(gap, OptionGap) and gap.several
        right: tuple[str, ...] = ()
        mapped = ""
        match gap:
            case NumberGap():
                base, right = "float", (decimal(gap.value),)
            case TextGap():
                base, texts = "string", spelled(gap)
                right = texts[:1]
                mapped = self._mapping(((text, "1") for text in texts), caseSensitive="false")
            case OptionGap():
                base, right = "identifier", tuple(map(part.option, gap.right))
                wrong = "-1" if several else "0"
                mapped = self._mapping(
                    (part.option(each), "1" if each in gap.right else wrong) for each in gap.letters()
                )
            case PersonGap():
                base = "string"
        values = "".join(self._q("value", escape(value)) for value in right)
        correct = self._q("correctResponse", values) if right else ""
        return self._q(
            "responseDeclaration",
            correct,
            mapped,
            identifier=name,
            cardinality="multiple" if several else "single",
            baseType=base,
        )

    def _mapping(self, entries: Iterator[tuple[str, str]], **how: str) -> str:
        """Say what options or texts count: together never less than nothing."""
        mapped = [self._q("mapEntry", mapKey=key, mappedValue=value, **how) for key, value in entries]
        return self._q("mapping", *mapped, lowerBound="0", defaultValue="0")

    def outcomes(self, how: Marking, points: Rational, *, by_person: bool) -> Iterator[str]:
        """Declare the score, what can be reached, shares of parts, and the feedback."""
        most = decimal(points)
        human = {"externalScored": "human"} if by_person and self._dialect.kebab else {}
        yield self._outcome("SCORE", "0", normalMaximum=most, normalMinimum="0", **human)
        yield self._outcome("MAXSCORE", most)
        for name in how.shares:
            yield self._outcome(name, "0")
        for outcome in dict.fromkeys((*(said.outcome for said in how.said), SOLUTION)):
            yield self._q(
                "outcomeDeclaration", identifier=outcome, cardinality="single", baseType="identifier"
            )
            yield "\n"

    def _outcome(self, name: str, start: str, **more: str) -> str:
        value = self._q("defaultValue", self._q("value", start))
        attributes = {"identifier": name, "cardinality": "single", "baseType": "float", **more}
        return self._q("outcomeDeclaration", value, **attributes) + "\n"

    def body(self) -> Iterator[str]:
        """Write what is asked: the stem, which ends in the item's code, then a field for each gap."""
        yield xhtml(course_html.stem(self._item.question, code(self._item.id), self._look)) + "\n"
        for part in self._parts:
            prompt = xhtml(course_html.prompt(self._item.question, part.asked, self._look))
            match part.asked.gaps[0]:
                case OptionGap() as gap:
                    yield self._options(part, gap, prompt) + "\n"
                case PersonGap():
                    asked = self._q("prompt", prompt)
                    yield (
                        self._q(
                            "extendedTextInteraction",
                            asked,
                            responseIdentifier=part.names[0],
                            expectedLines=_LINES,
                        )
                        + "\n"
                    )
                case _:
                    yield f"<p>{prompt}</p>\n<div>{xhtml(self._entries(part))}</div>\n"

    def _options(self, part: Entered, gap: OptionGap, prompt: str) -> str:
        choices = (
            self._q("simpleChoice", xhtml(self._look.template(option)), identifier=part.option(letter)) + "\n"
            for letter, option in zip(gap.letters(), gap.options, strict=True)
        )
        return self._q(
            "choiceInteraction",
            self._q("prompt", prompt) + "\n",
            *choices,
            responseIdentifier=part.names[0],
            shuffle="false" if self._look.letters else "true",
            maxChoices="0" if gap.several else "1",
        )

    def _entries(self, part: Entered) -> str:
        """Lay out fields to type into, each of which says what it is for."""
        named = zip(part.names, self._labels(part), strict=True)
        alone = _TEXT if isinstance(part.asked.gaps[0], TextGap) else _NUMBER
        width = alone if part.asked.layout == "line" else _CELL
        return course_html.fields(part.asked, lambda _: self._entry(*next(named), width))

    def _entry(self, name: str, label: str, width: Mapping[str, str]) -> str:
        read_out = "ariaLabel" if self._dialect.kebab else "label"
        attributes = {"responseIdentifier": name, **width, read_out: label[:_LONGEST]}
        return self._q("textEntryInteraction", **attributes)

    def _labels(self, part: Entered) -> Iterator[str]:
        """Name the fields for who cannot see where they stand: by prompt, axis, and the place in an array."""
        asked = part.asked
        told = asked.prompt.plain() if asked.prompt.template else self._look.say(course_html.ANSWER)
        prompt = " ".join(told.split())
        for number in range(len(asked.gaps)):
            place = ""
            if asked.layout == "grid":
                index, rest = [], number
                for length in reversed(asked.size):
                    rest, at = divmod(rest, length)
                    index.append(str(at))
                place = f"[{', '.join(reversed(index))}]"
            elif asked.layout == "axes" and asked.field.axes:
                place = asked.field.axes[number]
            yield f"{prompt} {place}".strip()

    def feedback(self, how: Marking) -> Iterator[str]:
        """Write what is said after an attempt: what is behind a wrong answer, then key and worked solution."""
        several = len(self._parts) > 1
        for said in how.said:
            letter = f"({string.ascii_lowercase[said.part]}) " if several else ""
            yield self._modal(
                said.outcome, said.identifier, f"<p>{letter}{self._look.explanations(said.names)}</p>"
            )
        asked = tuple(part.asked for part in self._parts)
        rubric = course_html.rubric(asked[0], self._look) if asked[0].by_person else ""
        yield self._modal(
            SOLUTION, SOLUTION, rubric + course_html.solution(self._item.question, asked, self._look)
        )

    def _modal(self, outcome: str, identifier: str, html: str) -> str:
        said = self._dialect.flow(xhtml(html))
        return (
            self._q("modalFeedback", said, outcomeIdentifier=outcome, identifier=identifier, showHide="show")
            + "\n"
        )
