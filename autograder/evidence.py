"""What the worker's own operations answer about a model; an answer that none of them gives was forged.

The operations (`worker_models.py`, `worker_probes.py`, `worker_networks.py`) run where the student's code runs, so what they say is evidence. A suite may rely on its
form: a form that is wrong is the student's doing, never an error of ours.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import BadReply
from autograder.evidence_networks import FORMS
from autograder.wire import Handle

MAX_PARAMETERS = 10**9


def believe(operation: str, value: Any) -> Any:
    """Take an operation's answer when it has that operation's form.

    Returns:
        The answer; of `layers` as rows (class name, output shape, number of parameters), of the operations on networks
        as `evidence_networks` says.

    Raises:
        BadReply: it has another form.

    >>> believe("layers", [["ReLU", np.array([2, 3]), 0]])
    [('ReLU', (2, 3), 0)]
    """
    if operation in FORMS:
        return FORMS[operation](value)
    if operation == "layers" and isinstance(value, (list, tuple)):
        return [_row(row) for row in value]
    if operation in _FORMS and not _FORMS[operation](value):
        raise BadReply("what came back about the model is no answer")
    return value


def _row(row: Any) -> tuple[str, tuple[int, ...], int]:
    """Take one layer; its shape crosses the wire as an array, or as a list when it is empty."""
    match row:
        case [str(name), np.ndarray(ndim=1) as shape, count] if shape.dtype.kind in "iu" and _is_count(count):
            return name, tuple(int(n) for n in shape), count
        case [str(name), [], count] if _is_count(count):
            return name, (), count
    raise BadReply("what came back about the model's layers is no answer")


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < MAX_PARAMETERS


def _are_weights(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(w, np.ndarray) and w.dtype == np.float32 for w in value)


def _are_logits(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.float32 and value.ndim == 3


def _are_notes(value: Any) -> bool:
    return isinstance(value, list) and all(_is_note(note) for note in value)


def _is_note(value: Any) -> bool:
    match value:
        case [bool(), bool(), np.ndarray(ndim=1) as names]:
            return bool(names.dtype == np.float32)
    return False


_FORMS: dict[str, Callable[[Any], bool]] = {
    "best_device": lambda value: isinstance(value, str),
    "device": lambda value: isinstance(value, str),
    "epoch_logits": lambda value: value is None or _are_logits(value),
    "follow_epochs": lambda value: value is None,
    "layers": lambda _: False,
    "parameters": _is_count,
    "seen": _are_notes,
    "sequential": lambda value: isinstance(value, Handle),
    "limit_steps": lambda value: value is None,
    "set_weights": lambda value: value is None,
    "steps": _is_count,
    "weights": _are_weights,
}
