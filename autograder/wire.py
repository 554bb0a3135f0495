"""Frames between the grader and a worker: JSON for the structure, raw bytes for the arrays, both size-capped.

A frame is `>IQ` (lengths of header and body), the header as UTF-8 JSON, the body. In the header a value is
null, a boolean, a number (an integer fits into 64 bits), a string, or an object with one key:

| key | value | stands for |
| --- | --- | --- |
| `l`, `t` | list of values | list, tuple |
| `d` | list of [string, value] | dict |
| `a` | [dtype, shape, form] | array; its bytes follow those of the array before it in the body |
| `h` | integer | `Handle` of an object that stays in the worker |

Nothing else is accepted, nothing is ever unpickled or evaluated, and no object dtype exists. This file travels
into the sandbox beside `worker.py`: it imports the standard library and numpy only, and holds no secret.
"""

import json
import math
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES = ("|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8")
MAX_HEADER = 1 << 20
MAX_DEPTH = 12
MAX_VALUES = 20_000
MAX_RANK = 8
MAX_TEXT = 1 << 19
INTEGERS = range(-(1 << 63), 1 << 64)
"""What an array could hold; a longer integer would only be a way to make the grader work, or to send it a text."""
FORMS = ("array", "tensor", "strided")
LENGTHS = struct.Struct(">IQ")


class WireError(Exception):
    """Bytes that are no frame; the text says which rule they broke."""


class ChannelClosed(Exception):  # noqa: N818 -- the end of a channel is an event, not an error
    """The other side is gone."""


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the worker, such as a model."""

    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """An array that the student's code receives as a CPU `torch.Tensor` of the same dtype."""

    array: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Strided:
    """An array that the student's code receives as a view whose memory is not contiguous."""

    array: NDArray[Any]


def encode(value: Any) -> bytes:
    """Turn a value into one frame.

    Raises:
        WireError: the value, or a part of it, has no form on the wire.

    >>> decode(encode({"shape": (2, 3), "x": np.zeros((1, 2), dtype=np.float32)}))
    {'shape': (2, 3), 'x': array([[0., 0.]], dtype=float32)}
    """
    arrays: list[NDArray[Any]] = []
    header = json.dumps(_to_json(value, arrays, 0), separators=(",", ":")).encode()
    if len(header) > MAX_HEADER:
        raise WireError(f"header of {len(header)} bytes: expected at most {MAX_HEADER}")
    body = b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)
    return LENGTHS.pack(len(header), len(body)) + header + body


def _to_json(value: Any, arrays: list[NDArray[Any]], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError(f"nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, (bool, int, float, str)):
        return _scalar(value)
    if isinstance(value, Handle):
        return {"h": value.number}
    if isinstance(value, (np.ndarray, np.generic, Tensor, Strided)):
        return {"a": _array_header(value, arrays)}
    if isinstance(value, (list, tuple)):
        return {"l" if isinstance(value, list) else "t": [_to_json(v, arrays, depth + 1) for v in value]}
    if isinstance(value, dict):
        return {"d": [[str(k), _to_json(v, arrays, depth + 1)] for k, v in value.items()]}
    raise WireError(f"a {type(value).__name__} has no form on the wire")


def _scalar(value: Any) -> Any:
    """Refuse integers and texts that are too long, and replace halves of characters, which no file of marks can hold."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise WireError(f"text of {len(value)} characters: expected at most {MAX_TEXT}")
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and value not in INTEGERS:
        raise WireError("an integer of more than 64 bits")
    return value


def _array_header(value: Any, arrays: list[NDArray[Any]]) -> list[Any]:
    form = "tensor" if isinstance(value, Tensor) else "strided" if isinstance(value, Strided) else "array"
    array = np.asarray(value if form == "array" else value.array)
    little = array.dtype.newbyteorder("<")
    if little.str not in DTYPES:
        raise WireError(f"dtype {array.dtype}: expected one of {', '.join(DTYPES)}")
    if array.ndim > MAX_RANK:
        raise WireError(f"rank {array.ndim}: expected at most {MAX_RANK}")
    arrays.append(array.astype(little, copy=False))
    return [little.str, list(array.shape), form]


def decode(frame: bytes | bytearray) -> Any:
    """Turn one whole frame back into a value; arrays are fresh, writable copies.

    Raises:
        WireError: anything about the bytes is not as the module says.
    """
    if len(frame) < LENGTHS.size:
        raise WireError(f"{len(frame)} bytes: too short for a frame")
    header_size, body_size = LENGTHS.unpack_from(frame)
    if len(frame) != LENGTHS.size + header_size + body_size:
        raise WireError("the lengths do not add up to the frame's size")
    if header_size > MAX_HEADER:
        raise WireError(f"header of {header_size} bytes: expected at most {MAX_HEADER}")
    start = LENGTHS.size + header_size
    return _Reader(memoryview(frame)[start:]).read(bytes(frame[LENGTHS.size : start]))


class _Reader:
    """Walks one header and takes the arrays from the body in order."""

    def __init__(self, body: memoryview) -> None:
        self._body = body
        self._offset = 0
        self._values = 0

    def read(self, header: bytes) -> Any:
        try:
            tree = json.loads(header)
        except (ValueError, RecursionError) as error:
            raise WireError(f"the header is no JSON: {type(error).__name__}") from None
        value = self._value(tree, 0)
        if self._offset != len(self._body):
            raise WireError(f"{len(self._body) - self._offset} bytes of the body belong to no array")
        return value

    def _value(self, tree: Any, depth: int) -> Any:
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            raise WireError(f"more than {MAX_VALUES} values or nested deeper than {MAX_DEPTH}")
        if tree is None or isinstance(tree, (bool, int, float, str)):
            return _scalar(tree)
        if not isinstance(tree, dict) or len(tree) != 1:
            raise WireError("a value is neither a scalar nor an object with one key")
        ((key, content),) = tree.items()
        if key == "h" and type(content) is int and 0 <= content < MAX_VALUES:
            return Handle(content)
        if key not in ("l", "t", "d", "a") or not isinstance(content, list):
            raise WireError(f"key {key[:20]!r} with a {type(content).__name__}: expected l, t, d, a or h")
        if key == "a":
            return self._array(content)
        if key == "d":
            return dict(self._pair(pair, depth) for pair in content)
        values = [self._value(item, depth + 1) for item in content]
        return values if key == "l" else tuple(values)

    def _pair(self, pair: Any, depth: int) -> tuple[str, Any]:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise WireError("an entry of a dict is no [string, value]")
        return _scalar(pair[0]), self._value(pair[1], depth + 1)

    def _array(self, content: list[Any]) -> Any:
        if len(content) != 3 or content[0] not in DTYPES or content[2] not in FORMS:
            raise WireError("an array's header is not [dtype, shape, form]")
        shape = content[1]
        if not isinstance(shape, list) or len(shape) > MAX_RANK:
            raise WireError(f"an array's shape is no list of at most {MAX_RANK} lengths")
        if not all(type(n) is int and 0 <= n < 1 << 48 for n in shape):
            raise WireError("an array's shape holds something else than lengths")
        dtype = np.dtype(content[0])
        size = math.prod(shape) * dtype.itemsize
        if size > len(self._body) - self._offset:
            raise WireError(f"an array of {size} bytes does not fit into what is left of the body")
        raw = self._body[self._offset : self._offset + size]
        self._offset += size
        try:
            array = np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
        except ValueError:  # numpy bounds the product of the lengths even where one of them is 0
            raise WireError("an array's shape is larger than an array can be") from None
        return {"array": array, "tensor": Tensor(array), "strided": Strided(array)}[content[2]]


def send(channel: socket.socket, value: Any, *, deadline: float | None = None) -> None:
    """Send one value; a receiver that stops reading holds nobody up beyond `deadline` (`time.monotonic()`).

    Raises:
        WireError: the value has no form on the wire.
        ChannelClosed: the other side is gone.
        TimeoutError: the deadline passed.
    """
    frame = encode(value)
    channel.settimeout(None if deadline is None else max(deadline - time.monotonic(), 1e-3))
    try:
        channel.sendall(frame)
    except (BrokenPipeError, ConnectionResetError):
        raise ChannelClosed from None


def receive(channel: socket.socket, *, deadline: float | None = None, max_bytes: int | None = None) -> Any:
    """Wait for one value.

    Args:
        channel: a stream socket.
        deadline: the `time.monotonic()` by which the whole frame must have come, in seconds.
        max_bytes: largest body that is read at all.

    Raises:
        WireError: the bytes are no frame, or the frame is larger than `max_bytes`.
        ChannelClosed: the other side is gone.
        TimeoutError: the deadline passed.
    """
    prefix = _exactly(channel, LENGTHS.size, deadline)
    header_size, body_size = LENGTHS.unpack(prefix)
    if header_size > MAX_HEADER:
        raise WireError(f"header of {header_size} bytes: expected at most {MAX_HEADER}")
    if max_bytes is not None and body_size > max_bytes:
        raise WireError(f"body of {body_size} bytes: expected at most {max_bytes}")
    return decode(prefix + _exactly(channel, header_size + body_size, deadline))


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    """Read `size` bytes; memory grows with what has come, not with what was announced."""
    data = bytearray()
    while len(data) < size:
        channel.settimeout(None if deadline is None else max(deadline - time.monotonic(), 1e-3))
        try:
            chunk = channel.recv(min(size - len(data), 1 << 20))
        except ConnectionResetError:
            raise ChannelClosed from None
        if not chunk:
            raise ChannelClosed
        data += chunk
        if deadline is not None and time.monotonic() > deadline:
            raise TimeoutError
    return data
