"""Frozen JSON: the one canonical form, and fields read back with their types checked."""

import hashlib
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar

from question_bank.errors import FormatError
from question_bank.values import Json, Rational, value_from_json

T = TypeVar("T")


def canonical(data: Json) -> bytes:
    """Write JSON in one way only: keys sorted, no spaces, UTF-8.

    >>> canonical({"b": 1, "a": [2]})
    b'{"a":[2],"b":1}'
    """
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(data: Json) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def take(data: Json, name: str, kind: type[T]) -> T:
    """Return field `name` of an object, of the type that is expected.

    Raises:
        FormatError: it is no object, the field is missing, or its type is another.
    """
    if not isinstance(data, dict):
        raise FormatError(f"{_short(data)}: expected an object with the field {name!r}")
    if name not in data:
        raise FormatError(f"field {name!r} is missing; the object has {sorted(data)}")
    value = data[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise FormatError(f"{name}={_short(value)}: expected {kind.__name__}, got {type(value).__name__}")
    return value


def take_all(data: Json, name: str, read: Callable[[Json], T]) -> tuple[T, ...]:
    """Return every item of the list `name`, read by `read`; a problem is told with its place.

    Raises:
        FormatError: as `take`, or an item cannot be read.
    """
    items: list[T] = []
    for index, item in enumerate(take(data, name, list)):
        try:
            items.append(read(item))
        except FormatError as error:
            raise FormatError(f"{name}[{index}]: {error}") from None
    return tuple(items)


def take_rational(data: Json, name: str) -> Rational:
    """Return a whole number, or a fraction written `"n/d"`.

    Raises:
        FormatError: it is neither.
    """
    return (
        rational(data[name]) if isinstance(data, dict) and name in data else rational(take(data, name, int))
    )


def rational(data: Json) -> Rational:
    """Read a whole number, or a fraction written `"n/d"`."""
    value = value_from_json(data)
    if not isinstance(value, int | Fraction):
        raise FormatError(f"{_short(data)}: expected a number")
    return value


def numbers(data: Json, name: str) -> Mapping[str, Rational]:
    """Return the object `name` of numbers by name."""
    return {key: rational(value) for key, value in take(data, name, dict).items()}


def text(data: Json) -> str:
    """Read a text."""
    if not isinstance(data, str):
        raise FormatError(f"{_short(data)}: expected a text")
    return data


def _short(data: Json) -> str:
    shown = repr(data)
    return shown if len(shown) <= 60 else shown[:57] + "..."
