"""What is done with families: issue a question, prove it, redact it. `question_bank.verification` proves a whole space."""

from dataclasses import replace

from question_bank.authoring import FAMILIES, Family
from question_bank.draw import Draw, NameField
from question_bank.errors import OracleMismatchError
from question_bank.model import PublicPart, PublicQuestion, Question, Table
from question_bank.space import Fixed
from question_bank.values import show


def get(name: str) -> Family:
    """Return a family.

    Raises:
        UnknownNameError: there is none of this name; the message lists the nearest names.
    """
    return FAMILIES.get(name)


def names() -> tuple[str, ...]:
    """Return the names of all families, sorted."""
    return FAMILIES.names()


def issue(family: Family, index: int, draw: Draw) -> Question:
    """Write the question of one point of a family's space, proved against the oracle.

    Args:
        family: see `get`.
        index: the point's number, see `Space.at` and `Space.indexes`.
        draw: where array entries and the order of options come from.

    Raises:
        OracleMismatchError: key and oracle differ; such a question is never issued.
        SpaceError: there is no such point.
    """
    question = family.build(family.space.at(index), draw)
    prove(family, question)
    return question


def generate(name: str, seed: NameField, fixed: Fixed | None = None) -> Question:
    """Issue the question that a seed stands for.

    Args:
        name: of the family.
        seed: any text, number or bytes; a paper's seeds come from `CourseKey.derive`.
        fixed: values of some axes (the radicals, for fairness); the point is drawn among those that have them.

    Raises:
        UnknownNameError: no such family or axis.
        SpaceError: no point has the fixed values.
        OracleMismatchError: key and oracle differ.
    """
    family = get(name)
    draw = Draw("question", family.name, family.version, seed)
    index = draw.child("point").choice(family.space.indexes(fixed))
    return issue(family, index, draw.child("entries"))


def prove(family: Family, question: Question) -> None:
    """Check every key of a question against the family's oracle.

    Raises:
        OracleMismatchError: they differ; the message has the parameters and both answers.
    """
    answers = family.maker.oracle(question)
    if len(answers) != len(question.parts):
        raise OracleMismatchError(
            f"family {family.name}: the oracle answered {len(answers)} parts, expected {len(question.parts)}; mend the family"
        )
    for number, (part, answer) in enumerate(zip(question.parts, answers, strict=True)):
        if not part.answer.accepts(answer):
            raise OracleMismatchError(
                f"family {family.name}, {dict(question.given)}, part {number}: the key is {part.answer.show()}, the oracle "
                f"says {show(answer)}; the question is not issued, run `legrade bank verify {family.name}`"
            )


def redact(question: Question) -> PublicQuestion:
    """Return what a student sees; the one place where a key is taken off, and every field that no text names."""
    parts = tuple(PublicPart(part.prompt.trimmed(), part.field) for part in question.parts)
    tables = tuple(Table(table.caption.trimmed(), table.value) for table in question.tables)
    figure = question.figure and replace(question.figure, alt=question.figure.alt.trimmed())
    return PublicQuestion(question.stem.trimmed(), parts, question.code, tables, figure)
