"""A budget of optimiser steps for one training: the recipe says how many there are, and a runaway ends long before its seconds do.

Beside `autograder.testing`, this module is what a training suite may import. The worker counts (`worker_steps.py`), so the count is
evidence; the limit of seconds is what holds.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from autograder.errors import StudentRaised
from autograder.testing import Mismatch

T = TypeVar("T")
ROOM = 2
"""How many times the recipe's steps are allowed: one optimiser for each half of a model, say."""
_SIGN = "StepsExceededError: more than "


class Asked(Protocol):
    """What can be asked for the worker's own operations, such as a suite's `student`."""

    def ask(self, operation: str, *args: Any) -> Any:
        """Run one of them."""
        ...


def steps_of(recipe: Mapping[str, Any], images: int) -> int:
    """Count the steps of a recipe's training; the last batch of an epoch may be smaller.

    >>> steps_of({"epochs": 10, "batch_size": 32, "lr": 0.001}, 1400)
    440
    """
    return int(recipe["epochs"]) * math.ceil(images / int(recipe["batch_size"]))


def within_steps(student: Asked, recipe: Mapping[str, Any], images: int, train: Callable[[], T]) -> T:
    """Train with a budget of `ROOM` times the recipe's steps.

    Raises:
        Mismatch: the training wanted more.
        StudentFault: what else the student's code did.
    """
    most = ROOM * steps_of(recipe, images)
    student.ask("limit_steps", most)
    try:
        return train()
    except StudentRaised as fault:
        if _SIGN in fault.detail:
            raise Mismatch(
                "fit takes more steps of the optimiser than the recipe has", f"more than {most}"
            ) from None
        raise
