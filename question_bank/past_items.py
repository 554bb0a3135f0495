"""Items that were asked before, in past exams, practice sets and pools, so that they are not asked again."""

from collections.abc import Iterable
from pathlib import Path

from question_bank import bank
from question_bank.errors import BlueprintError
from question_bank.issued import KeyItem, read_sheets
from question_bank.own_data import is_own
from question_bank.planning import identity
from question_bank.pooling import read_pool
from question_bank.practice_frozen import read_practice


def items_of(folders: Iterable[Path]) -> frozenset[str]:
    """Return what the items of some folders are told apart by, see `planning.identity`.

    Args:
        folders: which `exam build`, with `--practice` or without, or `exam pool` wrote.

    Raises:
        BlueprintError: one of them holds neither papers nor a pool.
        FormatError: a frozen file is damaged.
    """
    found: set[str] = set()
    for folder in folders:
        practice = read_practice(folder)
        sheets = practice.sheets if practice else read_sheets(folder).values()
        items = [item for sheet in sheets for item in sheet.items]
        pool = read_pool(folder)
        items += pool.pool.items() if pool else ()
        if not items:
            raise BlueprintError(
                f"{folder}: holds no issued papers and no pool; give a folder that `exam build` or `exam pool` wrote"
            )
        found.update(_identity(item) for item in items if _known(item))
    return frozenset(found)


def _identity(item: KeyItem) -> str:
    return item.same or identity(item.question)


def _known(item: KeyItem) -> bool:
    """Whether an item could be asked again: its family is still there."""
    family = item.question.family
    return is_own(family) or bool(item.same) or family in bank.names()
