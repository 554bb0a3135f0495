"""Which named mistake reproduces a submission? A wrong program that equals it on all calls names its misconception.

The rule is strict on purpose: all calls of the suite, passed ones too, and exactly one mistake. A wrong claim costs a
student more time than none.
"""

import hashlib
import importlib.util
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import wire
from autograder.errors import SpecError
from autograder.replay import Call, Effect, Made, Mistake, numbers, run

RTOL = 1e-5
"""Largest difference relative to the largest magnitude: a student may compute in float32, a mistake in float64."""


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
    keyed = [(call, _digest(call), numbers(call)) for call in _without_handles(calls)]
    found = None
    for name, mistake in mistakes.items():
        if all(_equal(call, got, _effect(name, mistake, call, key, cache)) for call, key, got in keyed):
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


def _without_handles(calls: Sequence[Call]) -> Iterator[Call]:
    """Put the call that made it in place of each handle; its number says nothing, and is used again by the next worker."""
    makers: dict[wire.Handle, Call] = {}
    for call in calls:
        yield replace(call, args=tuple(_made(value, makers) for value in call.args)) if call.asked else call
        if isinstance(call.result, wire.Handle) and not call.asked:
            makers[call.result] = call


def _made(value: Any, makers: Mapping[wire.Handle, Call]) -> Any:
    return Made(makers[value]) if isinstance(value, wire.Handle) and value in makers else value


def _digest(call: Call) -> bytes:
    """Digest what was sent, so that equal calls of a class meet in the cache."""
    return hashlib.sha256(wire.encode(_sent(call))).digest()


def _sent(call: Call) -> dict[str, Any]:
    args = [_sent(value.call) if isinstance(value, Made) else value for value in call.args]
    return {"function": call.function, "args": args, "kwargs": call.kwargs, "asked": call.asked}


def _effect(name: str, mistake: Mistake, call: Call, key: bytes, cache: Cache) -> Effect:
    if (name, key) not in cache:
        cache[name, key] = run(mistake, call)
    return cache[name, key]


def _equal(call: Call, got: tuple[NDArray[np.float64], ...] | None, effect: Effect) -> bool:
    """Tell whether a submission and a mistake did the same: exception, or shape, values and changed arguments."""
    if call.raised is not None or effect.raised is not None:
        return call.raised == effect.raised
    if isinstance(call.result, wire.Handle):
        return effect.is_object and call.changed == effect.changed
    want = effect.value
    if got is None or want is None or len(got) != len(want) or call.changed != effect.changed:
        return False
    return all(_close(*pair) for pair in zip(got, want, strict=True))


def _close(got: NDArray[np.float64], want: NDArray[np.float64]) -> bool:
    """Tell whether two arrays have the same shape, and values that differ by no more than a float32 may."""
    if got.shape != want.shape:
        return False
    if np.array_equal(got, want):
        return True
    finite = want[np.isfinite(want)]
    bound = RTOL * max(1.0, float(np.max(np.abs(finite), initial=0.0)))
    return bool(np.allclose(got, want, rtol=0.0, atol=bound, equal_nan=True))
