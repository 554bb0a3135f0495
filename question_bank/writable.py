"""A folder that cannot be written, told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from question_bank.errors import QuestionBankError


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the system says about a folder that cannot be written into one line.

    Raises:
        QuestionBankError: with the file, what the system said, and the next step.
    """
    try:
        yield
    except OSError as error:
        raise QuestionBankError(
            f"{error.filename or folder}: cannot be written: {error.strerror}; give --out a folder of your own"
        ) from None
