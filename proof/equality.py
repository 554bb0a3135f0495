"""Does a changed program do something else at all? Both are called in this process, on the same random calls.

Only for programs of ours, and for mutants that got full marks: nothing a student wrote is run here.
"""

import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.model import Spec
from autograder.testing import Mismatch, assert_same
from proof.domains import DOMAINS, Arguments, calls

CALLS = 300
MODELS = {"build_sequential": (4, 1, 28, 28)}
"""Functions that build a network without being told anything, and what the network reads."""
RTOL = 1e-5
"""Of the largest magnitude, as in the suites: single precision is right."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one call did: its value, or the exception's name; and the arguments afterwards."""

    value: Any
    raised: str
    arguments: Arguments


def difference(spec: Spec, source: str, *, ties: bool) -> str | None:
    """Find a call that the contract allows and on which a program is not the reference; None when there is none.

    Args:
        spec: of the function, which has its random calls in `proof.domains`.
        source: of the program.
        ties: whether arrays with equal entries and zeros are among the calls.
    """
    name = spec.functions[0]
    reference = (spec.folder / "reference.py").read_text(encoding="utf-8")
    if spec.name in MODELS:
        return _model_difference(spec.name, reference, source)
    if spec.name not in DOMAINS:
        return f"nobody has said what {spec.name} may be called with; add it to proof/domains.py"
    program = _loaded(source, name)
    for arguments, want in zip(
        calls(spec.name, CALLS, ties=ties), effects(reference, name, spec.name, ties=ties), strict=True
    ):
        if why := _compared(want, _effect(program, arguments)):
            return f"differs on {shown(arguments)}: {why}"
    return None


def _model_difference(name: str, reference: str, source: str) -> str | None:
    """Find what a network does otherwise than that of the reference."""
    from proof.models import behaviour

    def built(text: str) -> Callable[[], Any]:
        build = _loaded(text, name)
        return lambda: behaviour(build(), MODELS[name])

    why = _compared(_effect(built(reference), ()), _effect(built(source), ()))
    return f"the network differs: {why}" if why else None


def shown(arguments: Arguments) -> str:
    """Write a call's arguments, arrays by shape.

    >>> shown((np.zeros((2, 3)), 2, None))
    'float64(2, 3), 2, None'
    """
    return ", ".join(f"{a.dtype}{a.shape}" if isinstance(a, np.ndarray) else repr(a) for a in arguments)


@lru_cache(maxsize=2)
def effects(source: str, function: str, domain: str, *, ties: bool) -> tuple[Effect, ...]:
    """Call the reference; the programs that are compared with it come one after the other."""
    program = _loaded(source, function)
    return tuple(_effect(program, arguments) for arguments in calls(domain, CALLS, ties=ties))


def _loaded(source: str, function: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(compile(source, f"<{function}>", "exec"), names)  # noqa: S102 -- a program of ours, or a mutant of one
    found: Callable[..., Any] = names[function]
    return found


def _effect(function: Callable[..., Any], arguments: Arguments) -> Effect:
    sent = deepcopy(arguments)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return Effect(function(*sent), "", sent)
    except Exception as error:  # noqa: BLE001 -- whatever it raises is what it does
        return Effect(None, type(error).__name__, sent)


def _compared(want: Effect, got: Effect) -> str:
    """Say what is different, or nothing."""
    if want.raised != got.raised:
        return f"raised {got.raised or 'nothing'}, expected {want.raised or 'nothing'}"
    if want.raised:
        return ""
    ours, theirs = (_parts(effect.value, want.value) for effect in (want, got))
    if len(ours) != len(theirs):
        return f"got {len(theirs)} results, expected {len(ours)}"
    before = [
        (one, other)
        for one, other in zip(got.arguments, want.arguments, strict=True)
        if isinstance(other, np.ndarray)
    ]
    try:
        for one, other in zip(theirs, ours, strict=True):
            assert_same(one, other, rtol=RTOL)
        for one, other in before:
            assert_same(one, other, rtol=0.0)
    except Mismatch as mismatch:
        return str(mismatch)
    return ""


def _parts(value: Any, want: Any) -> tuple[Any, ...]:
    """Take a result as several where the reference gives several arrays."""
    return tuple(value) if isinstance(want, tuple) and isinstance(value, (tuple, list)) else (value,)
