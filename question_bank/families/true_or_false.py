"""True or false: statements of the curated bank in `question_bank.concepts`."""

from question_bank import concepts
from question_bank.answers import Choice
from question_bank.authoring import Draft, family
from question_bank.concepts import TOPICS, Stated
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_OPTIONS = ("True", "False")
_STEMS = {
    1: "Is this statement true or false?",
    3: "Which of these statements are true, and which are false?",
}
_SETS = 30


def _statements(given: Given) -> tuple[Stated, ...]:
    """Return the statements of a point: every one in turn where one is asked, else a set that the point's number draws."""
    topic, number = TOPICS[given["topic"]], given["number"]
    if given["count"] == 1:
        return ((concepts.facts(topic)[number // 2], number % 2 == 0),)
    return concepts.sets("true-or-false", topic, given["count"], None, _SETS)[number]


def _exists(given: Given) -> bool:
    return given["number"] < (
        2 * len(concepts.facts(TOPICS[given["topic"]])) if given["count"] == 1 else _SETS
    )


@family("true-or-false", topic="concepts", version=1)
class TrueOrFalse:
    """One statement, or three, about one topic: true or false.

    The bank of statements is curated; most of them have a check that torch runs, the others name a source.
    """

    space = Space(
        count=tuple(_STEMS), topic=range(len(TOPICS)), number=range(_SETS + 10), radicals=("count", "topic")
    ).where(_exists)
    rules = tuple(sorted({fact.misconception for fact in concepts.facts()}))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- the point alone says which statements
        """Ask about each statement by itself."""
        statements = _statements(given)
        parts = tuple(
            Part(Choice(_OPTIONS, "A" if holds else "B"), Message(fact.statement(holds)))
            for fact, holds in statements
        )
        wrong = tuple(
            Wrong(fact.misconception, number, "B" if holds else "A")
            for number, (fact, holds) in enumerate(statements)
        )
        remarks = tuple(
            remark
            for letter, (fact, holds) in zip("abc", statements, strict=False)
            for remark in concepts.explained(fact, holds, f"({letter})" if len(statements) > 1 else "")
        )
        return Draft(Message(_STEMS[len(parts)]), parts, wrong=wrong, remarks=remarks)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Each statement is put to the test by torch; where no program can tell, its source says so."""
        said = (str(concepts.verdict(part.prompt.template)) for part in question.parts)
        return tuple(
            part.field.letters_of(truth.__eq__) for part, truth in zip(question.parts, said, strict=True)
        )
