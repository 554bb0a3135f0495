"""Which question type of Canvas asks what, and whose options Canvas shuffles.

From its source (app/models/quizzes/quiz_question_builder.rb): `shuffle_answers` is a setting of the whole quiz, and puts the answers of
every question into another order but those of true or false, of matching, and of blanks that are filled in.
"""

from collections.abc import Iterator
from typing import Final

from question_bank import gaps
from question_bank.blueprint_data import ITEMS, OPTIONS
from question_bank.gaps import Asked, Gap, NumberGap, OptionGap, PersonGap, TextGap
from question_bank.pool import Group, Pool, told

NUMBER: Final = "numerical_question"
ONE: Final = "multiple_choice_question"
SEVERAL: Final = "multiple_answers_question"
DROPDOWNS: Final = "multiple_dropdowns_question"
BLANKS: Final = "fill_in_multiple_blanks_question"
SHUFFLED: Final = (ONE, SEVERAL, DROPDOWNS)
"""The types whose options stand in another order for each student, where the quiz says so."""

_ALL_OR_NONE: Final = "options are not shuffled: Canvas does that in a whole quiz or not at all, and others are to keep their order"
_TYPED: Final = "options are not shuffled, because their letters are typed"
_ORDER: Final = "questions stand in the order of their groups, which Canvas does not shuffle"


def type_of(parts: tuple[Asked, ...]) -> str:
    """Return the type of a question."""
    if len(parts) == 1 and len(parts[0].gaps) == 1 and parts[0].layout == "line":
        return _alone(parts[0].gaps[0])
    dropdowns = all(isinstance(part.gaps[0], OptionGap) and not part.gaps[0].several for part in parts)
    return DROPDOWNS if dropdowns else BLANKS


def _alone(gap: Gap) -> str:
    match gap:
        case NumberGap():
            return NUMBER
        case TextGap():
            return "short_answer_question"
        case OptionGap():
            return SEVERAL if gap.several else ONE
        case PersonGap():
            return "essay_question"


def shuffles(pool: Pool) -> bool:
    """Whether Canvas is to shuffle options: where some are to be, and none is to keep its order."""
    return any(OPTIONS in group.shuffle for group in pool.groups) and all(
        OPTIONS in group.shuffle for group, kinds in _kinds(pool) if kinds & set(SHUFFLED)
    )


def order_losses(pool: Pool) -> tuple[str, ...]:
    """Say whose options, and which questions, are not put into another order although the blueprint asks for it."""
    wanted = [(group, kinds) for group, kinds in _kinds(pool) if OPTIONS in group.shuffle]
    kept = [] if shuffles(pool) else [group for group, kinds in wanted if kinds & set(SHUFFLED)]
    typed = [group for group, kinds in wanted if BLANKS in kinds and _has_options(group)]
    moved = [group for group in pool.groups if ITEMS in group.shuffle]
    return (*told(_ALL_OR_NONE, kept), *told(_TYPED, typed), *told(_ORDER, moved))


def _kinds(pool: Pool) -> Iterator[tuple[Group, set[str]]]:
    for group in pool.groups:
        yield group, {type_of(gaps.asked(item.question)) for item in group.items}


def _has_options(group: Group) -> bool:
    parts = (part for item in group.items for part in item.question.parts)
    return any(part.answer.field.options for part in parts)
