"""Making a call of a suite again, with a named mistake in place of the student's function."""

import sys
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import wire
from autograder.evidence_networks import Stages
from autograder.operations import operate


@dataclass(frozen=True, slots=True)
class Call:
    """One call that a suite made of one submission.

    Attributes:
        function: name of the student's function.
        args: what was sent, `Strided` and `Tensor` among it.
        kwargs: the same, by name.
        result: what came back; None when the call raised.
        raised: the built-in exception's name or the kind of fault; None when the call returned.
        changed: positions in `(*args, *kwargs.values())` of the arrays that were changed in place.
    """

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any | None
    raised: str | None
    changed: tuple[int, ...]
    asked: bool = False
    """Whether `function` is an operation of the worker's own, asked about what earlier calls returned: `args` has handles."""


@dataclass(frozen=True, slots=True)
class Made:
    """Stands for a handle: the call that returned it, so that a mistake can make the same."""

    call: Call


@dataclass(frozen=True, slots=True)
class Effect:
    """What one call of one mistake did; `value` is None where it gave no real numbers, and several arrays where it gave several."""

    value: tuple[NDArray[np.float64], ...] | None
    raised: str | None
    changed: tuple[int, ...]
    is_object: bool = False
    """Whether it gave what stays in a worker, such as a network, which is compared by what is asked about it."""


Mistake = Callable[..., Any]


def numbers(call: Call) -> tuple[NDArray[np.float64], ...] | None:
    """Take what a submission answered in the form of `Effect.value`."""
    if call.raised is not None or isinstance(call.result, wire.Handle):
        return None
    return _all_numbers(call.result) if call.asked else _as_arrays(call.result)


def run(mistake: Mistake, call: Call) -> Effect:
    """Call a mistake on copies; whatever it raises is its outcome, as a student's exception would be."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), _own_chance():
            warnings.simplefilter("ignore")
            if call.asked:
                return Effect(_all_numbers(_answer(mistake, call)), None, ())
            value, changed = _call(mistake, call)
    except Exception as error:  # noqa: BLE001 -- the mistake is wrong on purpose
        return Effect(None, _builtin_name(error), ())
    return Effect(_as_arrays(value), None, changed, _is_object(value))


def _call(mistake: Mistake, call: Call) -> tuple[Any, tuple[int, ...]]:
    """Call a mistake on copies: what it returned, and the positions of the arguments that it changed."""
    args = [_fresh(value) for value in call.args]
    kwargs = {name: _fresh(value) for name, value in call.kwargs.items()}
    passed = (*args, *kwargs.values())
    before = [_content(value) for value in passed]
    value = mistake(*args, **kwargs)
    after = [_content(value) for value in passed]
    return value, tuple(i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)


def _own_chance() -> AbstractContextManager[None]:
    """Keep torch's random numbers, where it is loaded, from a mistake that seeds them."""
    torch = sys.modules.get("torch")
    return torch.random.fork_rng(devices=[]) if torch is not None else nullcontext()


def _answer(mistake: Mistake, call: Call) -> Any:
    """Ask about what a mistake makes what was asked about what the student's function made."""
    args = [_call(mistake, v.call)[0] if isinstance(v, Made) else _fresh(v) for v in call.args]
    return operate(call.function, args)


def _is_object(value: Any) -> bool:
    """Tell whether a worker would keep a value and give a handle."""
    plain = (bool, int, float, str, np.ndarray, np.generic, list, tuple, dict)
    return value is not None and not isinstance(value, plain) and not hasattr(value, "__array__")


def _builtin_name(error: Exception) -> str:
    """Name the nearest built-in exception, as the worker does."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")


def _fresh(value: Any) -> Any:
    """Copy an argument as the student's code received it; a tensor becomes an array."""
    if isinstance(value, wire.Strided):
        wide = np.zeros((*value.array.shape[:-1], 2 * value.array.shape[-1]), dtype=value.array.dtype)
        wide[..., ::2] = value.array
        return wide[..., ::2]
    if isinstance(value, wire.Tensor):
        return value.array.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(_fresh(item) for item in value)
    return value.copy() if isinstance(value, np.ndarray) else value


def _content(value: Any) -> bytes | None:
    return value.tobytes() if isinstance(value, np.ndarray) else None


def _as_arrays(value: Any) -> tuple[NDArray[np.float64], ...] | None:
    """Take a result as arrays: a number or a list as one, several arrays of different shapes as several."""
    whole = _as_array(value)
    if whole is not None:
        return (whole,)
    parts = [_as_array(part) for part in value] if isinstance(value, (list, tuple)) else []
    found = tuple(part for part in parts if part is not None)
    return found if found and len(found) == len(parts) else None


def _all_numbers(answer: Any) -> tuple[NDArray[np.float64], ...]:
    """Take all numbers of an answer about a network; its texts are for people."""
    if isinstance(answer, Stages):
        return (np.array(answer.numbers(), dtype=np.float64),)
    whole = _as_array(answer)
    if whole is not None:
        return (whole,)
    return tuple(array for part in answer for array in _all_numbers(part))


def _as_array(value: Any) -> NDArray[np.float64] | None:
    """Take any array, number or list of real numbers; None for everything else."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None
