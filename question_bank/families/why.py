"""Why a statement is true: one reason of four, from the curated bank in `question_bank.concepts`."""

from question_bank import concepts
from question_bank.answers import Choice
from question_bank.authoring import Draft, family, lettered
from question_bank.concept_excuses import EXCUSES
from question_bank.concepts import TOPICS, Fact
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value


def _facts(topic: int) -> tuple[Fact, ...]:
    """Return the facts of a topic that have false reasons."""
    return tuple(fact for fact in concepts.facts(TOPICS[topic]) if fact.id in EXCUSES)


@family("why", topic="concepts", version=2)
class Why:
    """Which of four reasons explains a true statement.

    Statements and reasons are curated. Most statements have a check that torch runs; that a reason explains one is for a
    person to judge, as that the others do not.
    """

    space = Space(topic=range(len(TOPICS)), number=range(8), radicals=("topic",)).where(
        lambda given: given["number"] < len(_facts(given["topic"]))
    )
    rules = tuple(sorted({rule for excuses in EXCUSES.values() for rule in excuses}))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:
        """Ask for the reason; the order of the reasons is drawn."""
        fact = _facts(given["topic"])[given["number"]]
        reasons = draw.shuffle((("", fact.reason), *EXCUSES[fact.id].items()))
        letters = lettered(rule for rule, _ in reasons)
        answer = Choice(tuple(reason for _, reason in reasons), letters[""])
        wrong = tuple(Wrong(rule, 0, letter) for rule, letter in letters.items() if rule)
        remarks = concepts.explained(fact, holds=True)[1:]
        return Draft(
            Message(fact.true), (Part(answer, Message("Why is this so?")),), wrong=wrong, remarks=remarks
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The statement is put to the test by torch, or has a source; the reason is the one recorded beside it."""
        statement = question.stem.template
        reason = concepts.by_statement()[statement][0].reason if concepts.verdict(statement) else ""
        return (question.parts[0].field.letters_of(lambda option: option == reason),)
