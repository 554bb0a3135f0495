"""Which named mistake reproduces a submission? A wrong program that equals it on all calls names its misconception.

The rule is strict on purpose: all calls of the suite, passed ones too, and exactly one mistake. A wrong claim costs a
student more time than none.
"""

import hashlib
import importlib.util
import warnings
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import wire
from autograder.errors import SpecError

RTOL = 1e-5
"""Largest difference relative to the largest magnitude: a student may compute in float32, a mistake in float64."""


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


@dataclass(frozen=True, slots=True)
class Effect:
    """What one call of one mistake did; `value` is None where it gave no real numbers, and several arrays where it gave several."""

    value: tuple[NDArray[np.float64], ...] | None
    raised: str | None
    changed: tuple[int, ...]


Mistake = Callable[..., Any]
Cache = MutableMapping[tuple[str, bytes], Effect]


def diagnose(calls: Sequence[Call], mistakes: Mapping[str, Mistake], cache: Cache) -> str | None:
    """Name the one mistake that did the same as the submission in every call.

    To be asked only of a submission that failed a test: where a mistake needs a feature that was not taught,
    it equals a right program, too.

    Args:
        calls: all calls of one suite, passed ones too.
        mistakes: id -> wrong program, as `load_mistakes` gives them.
        cache: what the mistakes did before; kept for a class, each mistake runs once on each input.

    >>> twice = Call("f", (2.0,), {}, 4.0, None, ())
    >>> diagnose([twice], {"squared": lambda x: x * x, "negated": lambda x: -x}, {})
    'squared'
    >>> diagnose([twice], {"squared": lambda x: x * x, "doubled": lambda x: x + x}, {}) is None
    True
    """
    if not calls:
        return None
    keyed = [(call, _digest(call)) for call in calls]
    found = None
    for name, mistake in mistakes.items():
        if all(_equal(call, _effect(name, mistake, call, key, cache)) for call, key in keyed):
            if found is not None:
                return None
            found = name
    return found


def load_mistakes(folder: Path) -> dict[str, Mistake]:
    """Load `solutions/<function>/mistakes/<id>.py` as id -> function; without the folder there are none.

    Raises:
        SpecError: a file does not run, or does not define the function.
    """
    return {path.stem: _load(path, folder.parent.name) for path in sorted(folder.glob("*.py"))}


def _load(path: Path, function: str) -> Mistake:
    spec = importlib.util.spec_from_file_location(f"legrade_mistake_{function}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SpecError(f"{path}: expected a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SpecError(
            f"{path}: it does not run: {error!r}; a mistake is a program that a student could write"
        ) from error
    found = getattr(module, function, None)
    if not callable(found):
        raise SpecError(f"{path}: got no function {function}; a mistake defines the function of its folder")
    mistake: Mistake = found
    return mistake


def _digest(call: Call) -> bytes:
    """Digest what was sent, so that equal calls of a class meet in the cache."""
    sent = {"function": call.function, "args": call.args, "kwargs": call.kwargs}
    return hashlib.sha256(wire.encode(sent)).digest()


def _effect(name: str, mistake: Mistake, call: Call, key: bytes, cache: Cache) -> Effect:
    if (name, key) not in cache:
        cache[name, key] = _run(mistake, call)
    return cache[name, key]


def _run(mistake: Mistake, call: Call) -> Effect:
    """Call a mistake on copies; whatever it raises is its outcome, as a student's exception would be."""
    args = [_fresh(value) for value in call.args]
    kwargs = {name: _fresh(value) for name, value in call.kwargs.items()}
    passed = (*args, *kwargs.values())
    before = [_content(value) for value in passed]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value = mistake(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 -- the mistake is wrong on purpose
        return Effect(None, _builtin_name(error), ())
    after = [_content(value) for value in passed]
    changed = tuple(i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)
    return Effect(_as_arrays(value), None, changed)


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


def _as_array(value: Any) -> NDArray[np.float64] | None:
    """Take any array, number or list of real numbers; None for everything else."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def _equal(call: Call, effect: Effect) -> bool:
    """Tell whether a submission and a mistake did the same: exception, or shape, values and changed arguments."""
    if call.raised is not None or effect.raised is not None:
        return call.raised == effect.raised
    got, want = _as_arrays(call.result), effect.value
    if got is None or want is None or len(got) != len(want) or call.changed != effect.changed:
        return False
    return all(_close(*pair) for pair in zip(got, want, strict=True))


def _close(got: NDArray[np.float64], want: NDArray[np.float64]) -> bool:
    """Tell whether two arrays have the same shape, and values that differ by no more than a float32 may."""
    if got.shape != want.shape:
        return False
    finite = want[np.isfinite(want)]
    bound = RTOL * max(1.0, float(np.max(np.abs(finite), initial=0.0)))
    return bool(np.allclose(got, want, rtol=0.0, atol=bound, equal_nan=True))
