"""A pool as a QTI 3.0 content package: the same items as in QTI 2.1, in the names of its successor; see `question_bank.qti_package`."""

from question_bank import gaps
from question_bank.exporters import key_exporter
from question_bank.pool import Pool
from question_bank.qti_names import QTI30
from question_bank.qti_package import package


def losses(pool: Pool) -> tuple[str, ...]:
    """Say what a system that follows QTI marks in another way."""
    return gaps.losses_of(pool.items(), one_by_one=False)


@key_exporter("qti30", suffix=".zip", losses=losses)
def to_qti30(pool: Pool) -> bytes:
    """Write the pool as a package.

    Raises:
        ExportError: QTI cannot hold an item; the message names it.
        MissingTranslationError: a text has no translation.
    """
    return package(pool, QTI30)
