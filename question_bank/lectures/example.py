"""Files of worked examples, read defensively: a number that cannot be used spoils its example, never the rest of the file.

A file is a JSON list of objects with `id`, `kind`, `inputs`, `parameters` and `stated_answer` (null for an exercise), and
`source_file` and `locator` to find the place. What else an object holds, such as a recorded correct answer, is not read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from question_bank.errors import FormatError
from question_bank.frozen import take

MAX_BYTES: Final = 4_000_000
MAX_EXAMPLES: Final = 5_000
_MAX_DIGITS = 40
_MAX_DEPTH = 12
_MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands where a file has a number that is none, such as NaN, or one that is too long to compute with."""

    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example.

    Attributes:
        id: unique in its file.
        source_file: the lecture's file; `locator` the place in it.
        kind: what is worked out, such as `conv2d`.
        inputs: arrays and shapes; `parameters` everything else.
        stated: the answer as the lecture states it, None for an exercise. Numbers are int, or Decimal with the digits as printed.
    """

    id: str
    source_file: str
    locator: str
    kind: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    stated: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", MappingProxyType(dict(self.inputs)))
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))


@dataclass(frozen=True, slots=True)
class Spoilt:
    """An example that cannot be used: the id or the place in the file, and the reason."""

    id: str
    source_file: str
    locator: str
    reason: str


def read_examples(path: Path) -> tuple[Example | Spoilt, ...]:
    """Read a file of examples, in its order.

    Raises:
        FormatError: it cannot be read, is too large, or is no JSON list.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FormatError(
            f"{path}: cannot be read ({error.strerror}); give a JSON file of examples"
        ) from None
    try:
        return parse_examples(data)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from None


def parse_examples(data: bytes) -> tuple[Example | Spoilt, ...]:
    """Read the bytes of a file of examples.

    Raises:
        FormatError: too large, or no JSON list.

    >>> [example] = parse_examples(b'[{"id": "1", "kind": "flatten", "inputs": {"x": [[1.0]]}, "stated_answer": [[1.0]]}]')
    >>> example.stated
    [[Decimal('1.0')]]
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"more than {MAX_BYTES} bytes; expected a list of worked examples; split the file")
    try:
        body = json.loads(
            data.decode("utf-8-sig"), parse_int=_whole, parse_float=_decimal, parse_constant=Unreadable
        )
    except UnicodeDecodeError as error:
        raise FormatError(f"not UTF-8 (byte {error.start + 1}); expected JSON in UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"not JSON ({type(error).__name__}: {error}); expected a list of examples"
        ) from None
    if not isinstance(body, list):
        raise FormatError(f"got {type(body).__name__}, expected a JSON list of examples")
    if len(body) > MAX_EXAMPLES:
        raise FormatError(f"{len(body)} examples: expected at most {MAX_EXAMPLES}; split the file")
    return tuple(_told_apart([_example(item, number) for number, item in enumerate(body, start=1)]))


def _example(item: Any, number: int) -> Example | Spoilt:
    try:
        if _depth(item) > _MAX_DEPTH:
            raise FormatError(f"lists in lists more than {_MAX_DEPTH} deep: expected arrays and shapes")  # noqa: TRY301
        return Example(
            id=printable(take(item, "id", str)),
            source_file=printable(_optional(item, "source_file", str, "")),
            locator=printable(_optional(item, "locator", str, "")),
            kind=printable(take(item, "kind", str)),
            inputs=_optional(item, "inputs", dict, {}),
            parameters=_optional(item, "parameters", dict, {}),
            stated=take(item, "stated_answer", object),
        )
    except FormatError as error:
        return _spoilt(item if isinstance(item, dict) else {}, number, str(error))


def _spoilt(item: Mapping[str, Any], number: int, reason: str) -> Spoilt:
    """Name an example that cannot be used by what it says of itself, and else by its number in the file."""

    def own(name: str) -> str:
        value = item.get(name)
        return printable(value) if isinstance(value, str) else ""

    return Spoilt(own("id") or f"#{number}", own("source_file"), own("locator"), reason)


def _told_apart(examples: Sequence[Example | Spoilt]) -> list[Example | Spoilt]:
    """Spoil every example whose id is taken already, so that a finding names one example."""
    seen: set[str] = set()
    found: list[Example | Spoilt] = []
    for item in examples:
        if isinstance(item, Example) and item.id in seen:
            reason = f"id {item.id!r} is there twice; expected every id once"
            found.append(Spoilt(item.id, item.source_file, item.locator, reason))
        else:
            found.append(item)
        seen.add(item.id)
    return found


def _optional(item: Mapping[str, Any], name: str, kind: type[Any], default: Any) -> Any:
    return take(dict(item), name, kind) if name in item else default


def printable(text: str, most: int = _MAX_TEXT) -> str:
    """Make a text fit for a report: every character printable, and of bounded length.

    >>> printable("convolution", most=4)
    'conv...'
    """
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[:most]}..."


def _depth(item: Any) -> int:
    """Tell how deep lists and objects lie in each other, level by level, without recursion."""
    level, depth = [item], 0
    while level and depth <= _MAX_DEPTH:
        inner = [part for part in level if isinstance(part, dict | list)]
        level = [value for part in inner for value in (part.values() if isinstance(part, dict) else part)]
        depth += bool(inner)
    return depth


def _whole(text: str) -> int | Unreadable:
    return int(text) if len(text) <= _MAX_DIGITS else Unreadable(f"{text[:20]}...")


def _decimal(text: str) -> Decimal | Unreadable:
    short = text if len(text) <= _MAX_DIGITS else f"{text[:20]}..."
    _, _, exponent = text.lower().partition("e")
    if len(text) > _MAX_DIGITS or (exponent and abs(int(exponent)) > _MAX_DIGITS):
        return Unreadable(short)
    return Decimal(text)
