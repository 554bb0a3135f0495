"""Several of five statements are true: from the curated bank in `question_bank.concepts`."""

from question_bank import concepts
from question_bank.answers import Choices
from question_bank.authoring import Draft, family, lettered
from question_bank.concepts import TOPICS, Stated
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_COUNT = 5
_SETS = 20
_STEMS = (
    "Which of these statements about convolution are true?",
    "Which of these statements about pooling are true?",
    "Which of these statements about shapes are true?",
    "Which of these statements about parameters and cost are true?",
    "Which of these statements about receptive fields are true?",
    "Which of these statements about architectures are true?",
    "Which of these statements about training are true?",
    "Which of these statements about regularisation are true?",
    "Which of these statements about evaluation are true?",
)


def _statements(given: Given) -> tuple[Stated, ...]:
    """Return the five statements of a point, in order; `right` of them hold."""
    topic = TOPICS[given["topic"]]
    return concepts.sets("which-are-true", topic, _COUNT, given["right"], _SETS)[given["set"]]


@family("which-are-true", topic="concepts", version=1)
class WhichAreTrue:
    """Five statements about one topic, of which two to four are true.

    The bank of statements is curated; most of them have a check that torch runs, the others name a source.
    """

    space = Space(topic=range(len(TOPICS)), right=(2, 3, 4), set=range(_SETS), radicals=("topic",))
    rules = tuple(sorted({fact.misconception for fact in concepts.facts()}))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- the point alone says which statements
        """Ask for the letters; each misconception turns the answer about its own statement round."""
        statements = _statements(given)
        letters = lettered(statements)
        key = {letter for (_, holds), letter in letters.items() if holds}
        answer = Choices(tuple(fact.statement(holds) for fact, holds in statements), "".join(sorted(key)))
        wrong = tuple(
            Wrong(fact.misconception, 0, "".join(sorted(key ^ {letter})))
            for (fact, _), letter in letters.items()
        )
        remarks = tuple(
            remark
            for (fact, holds), letter in letters.items()
            for remark in concepts.explained(fact, holds, letter)
        )
        part = Part(answer, Message("True statements"))
        return Draft(Message(_STEMS[given["topic"]]), (part,), wrong=wrong, remarks=remarks)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Each statement is put to the test by torch; where no program can tell, its source says so."""
        return (question.parts[0].field.letters_of(concepts.verdict),)
