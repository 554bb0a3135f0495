"""Frames for the fuzzing of the wire, drawn from a stream: right ones, nearly right ones, and noise."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import wire
from question_bank.draw import Draw

KINDS = ("valid", "mutated", "lengths", "tree", "tokens", "noise", "framed noise", "large")
_SHARES = (15, 35, 5, 25, 10, 3, 5, 1)
"""How many of `sum(_SHARES)` frames are of each kind."""
_KIND_OF = tuple(kind for kind, share in zip(KINDS, _SHARES, strict=True) for _ in range(share))
_KEYS = ("l", "t", "d", "a", "h")
_TEXTS = ("", "x", "weight", "\u00e9", "\ud800", '"', "\\", "\x00", "a" * 40, "\u1ea3nh", "\U0001f600")
_NUMBERS = (0, 1, -1, 2, 255, 2**31, -(2**31), 2**63, -(2**63), 2**64 - 1)
_LONG = (2**64, -(2**63) - 1, 10**30)
"""Integers that fit into no array."""
_FLOATS = (0.0, -0.0, 1.5, -1e-308, 1e308, float("inf"), float("-inf"), float("nan"))
_LENGTHS = (0, 1, 2, 3, -1, True, None, 1 << 47, 1 << 48, 2**64, "2", 1.0)
_TOKENS = (
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        '"',
        "",
        "null",
        "true",
        "false",
        "NaN",
        "-0",
        "1e999",
        "0",
        "1",
        "\\u0000",
    ),
    *('{"l":[', '{"a":[', '{"h":', "]}", '"<f8"', '"array"', "[2,2]"),
)


def frame(draw: Draw) -> tuple[str, bytes]:
    """Draw one frame and say of which kind it is; the bytes may be anything, and are mostly small."""
    kind = draw.choice(_KIND_OF)
    return kind, _MAKERS[kind](draw)


def framed(header: bytes, body: bytes = b"") -> bytes:
    """Put lengths before a header and a body."""
    return wire.LENGTHS.pack(len(header), len(body)) + header + body


def _some_bytes(draw: Draw, count: int) -> bytes:
    return draw.integer(0, (1 << 8 * count) - 1).to_bytes(count, "big")


def _scalar(draw: Draw, numbers: tuple[int, ...] = _NUMBERS) -> Any:
    return draw.choice((None, True, False, draw.choice(_TEXTS), draw.choice(numbers), draw.choice(_FLOATS)))


def _array(draw: Draw) -> Any:
    dtype = np.dtype(draw.choice(wire.DTYPES))
    shape = draw.integers(draw.integer(0, 3), 0, 3)
    count = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    raw = _some_bytes(draw, count)
    raw = bytes(byte & 1 for byte in raw) if dtype.kind == "b" else raw  # other bytes are no booleans
    array = np.frombuffer(raw, dtype).reshape(shape)
    return draw.choice((array, wire.Tensor(array), wire.Strided(array)))


def _value(draw: Draw, depth: int = 0) -> Any:
    """Draw a value that has a form on the wire."""
    kind = draw.integer(0, 3 if depth > 2 else 7)
    if kind <= 1:
        return _scalar(draw)
    if kind == 2:
        return _array(draw)
    if kind == 3:
        return wire.Handle(draw.integer(0, 9))
    items = [_value(draw, depth + 1) for _ in range(draw.integer(0, 3))]
    if kind == 4:
        return tuple(items)
    return items if kind == 5 else {draw.choice(_TEXTS): item for item in items}


def _valid(draw: Draw) -> bytes:
    return wire.encode(_value(draw))


def _mutated(draw: Draw) -> bytes:
    """Change header or body of a right frame in one to three places; mostly the lengths are put right again."""
    data = _valid(draw)
    cut = wire.LENGTHS.size + wire.LENGTHS.unpack_from(data)[0]
    header, body = bytearray(data[wire.LENGTHS.size : cut]), bytearray(data[cut:])
    for _ in range(draw.choice((1, 1, 2, 3))):
        _change(draw, body if body and draw.integer(0, 3) == 0 else header)
    if draw.integer(0, 7) == 0:
        return data[: wire.LENGTHS.size] + header + body
    return framed(bytes(header), bytes(body))


def _change(draw: Draw, data: bytearray) -> None:
    """Cut out, put in, double, or overwrite a few bytes."""
    at = draw.integer(0, len(data))
    end = min(len(data), at + draw.integer(1, 4))
    match draw.integer(0, 5):
        case 0:
            data[at:end] = b""
        case 1:
            data[at:at] = _some_bytes(draw, draw.integer(1, 4))
        case 2:
            data[at:at] = data[at:end]
        case 3:
            data[at:end] = draw.choice(_TOKENS).encode()
        case 4:
            data[at : at + 1] = draw.choice(b'0123456789[]{},lta"-').to_bytes(1, "big")
        case _:
            data[at:end] = _some_bytes(draw, end - at)


def _lengths(draw: Draw) -> bytes:
    """Lie about the lengths of a right frame."""
    data = _valid(draw)
    header, body = wire.LENGTHS.unpack_from(data)
    header = draw.choice((header, header + 1, max(header - 1, 0), 0, 2**32 - 1, draw.integer(0, 2**32 - 1)))
    body = draw.choice((body, body + 1, max(body - 1, 0), 2**64 - 1, draw.integer(0, 2**64 - 1)))
    return wire.LENGTHS.pack(header, body) + data[wire.LENGTHS.size :]


def _tree(draw: Draw) -> bytes:
    """Draw a header that is JSON and nearly follows the rules, and a body of any size."""
    tree = _node(draw, 0)
    right = min(_announced(tree), 4096)
    size = draw.choice((right, right, right, right + 1, max(right - 1, 0), 8))
    return framed(json.dumps(tree).encode(), _some_bytes(draw, size))


def _announced(tree: Any) -> int:
    """Count the bytes that the arrays of a tree announce; what is no array announces none."""
    match tree:
        case {"a": [str(dtype), list(shape), *_]} if dtype in wire.DTYPES:
            lengths = [n for n in shape if type(n) is int and n >= 0]
            return math.prod(lengths) * np.dtype(dtype).itemsize
        case dict():
            return sum(map(_announced, tree.values()))
        case list():
            return sum(map(_announced, tree))
    return 0


def _node(draw: Draw, depth: int) -> Any:
    if depth > 4:
        return _scalar(draw, _NUMBERS + _LONG)
    kind = draw.integer(0, 9)
    if kind <= 3:
        return _scalar(draw, _NUMBERS + _LONG) if kind <= 1 else {"a": _array_header(draw)}
    if kind == 4:
        return {"h": draw.choice((0, 1, -1, True, 1.0, None, 2**70))}
    items = [_node(draw, depth + 1) for _ in range(draw.integer(0, 3))]
    if kind == 5:
        pairs = [[draw.choice((*_TEXTS, 1)), item][: draw.choice((1, *[2] * 9))] for item in items]
        return {"d": pairs}
    if kind == 6:
        return draw.choice((items, {draw.choice((*_KEYS, "x")): item for item in items}))
    return {draw.choice(("l", "t")): items}


def _array_header(draw: Draw) -> list[Any]:
    dtype = draw.choice((*wire.DTYPES * 3, "|O", "<c16", ">f8", "", 1))
    lengths = draw.choice((_LENGTHS[:4], _LENGTHS[:4], _LENGTHS[:4], _LENGTHS))
    shape = [draw.choice(lengths) for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 8, 9)))]
    header = [dtype, shape, draw.choice((*wire.FORMS * 3, "eval"))]
    return header[: draw.choice((*[3] * 11, 2))]


def _tokens(draw: Draw) -> bytes:
    """String tokens of JSON together."""
    text = "".join(draw.choice(_TOKENS) for _ in range(draw.integer(1, 12)))
    return framed(text.encode(), _some_bytes(draw, draw.choice((0, 8))))


def _noise(draw: Draw) -> bytes:
    return _some_bytes(draw, draw.integer(0, 64))


def _framed_noise(draw: Draw) -> bytes:
    return framed(_some_bytes(draw, draw.integer(0, 24)), _noise(draw))


def _large(draw: Draw) -> bytes:
    """Come near a cap, or go beyond it: values, nesting, digits, text, empty arrays."""
    near = draw.choice((-1, 0, 1))
    match draw.integer(0, 5):
        case 0:
            return framed(b'{"l":[' + b",".join([b"0"] * (wire.MAX_VALUES - 1 + near)) + b"]}")
        case 1:
            depth = draw.choice((wire.MAX_DEPTH + near, 400, 20_000))
            return framed(b'{"l":[' * depth + b"]}" * depth)
        case 2:
            return framed(b"9" * draw.choice((400, 4300, 4301, 20_000)))
        case 3:
            return framed(b'"' + b"a" * (wire.MAX_TEXT + near) + b'"')
        case 4:
            empty = b'{"a":["<f8",[0,%d],"array"]}' % draw.choice((1, 1 << 40, 1 << 47))
            return framed(b'{"t":[' + b",".join([empty] * draw.integer(1, 300)) + b"]}")
    rank = wire.MAX_RANK + near
    return framed(json.dumps({"a": ["|u1", [1] * rank, "array"]}).encode(), b"x")


_MAKERS: dict[str, Callable[[Draw], bytes]] = {
    "valid": _valid,
    "mutated": _mutated,
    "lengths": _lengths,
    "tree": _tree,
    "tokens": _tokens,
    "noise": _noise,
    "framed noise": _framed_noise,
    "large": _large,
}
