"""The wire carries data only, and no bytes from a worker can crash, hang or fill the grader."""

import contextlib
import json
import socket
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import wire

DTYPES = st.sampled_from([np.dtype(name) for name in wire.DTYPES])
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
)
VALUES = st.recursive(
    SCALARS
    | ARRAYS
    | ARRAYS.map(wire.Tensor)
    | ARRAYS.map(wire.Strided)
    | st.builds(wire.Handle, st.integers(0, 99)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(a, b):
    """Whether two values are equal, arrays by dtype, shape and bytes."""
    if isinstance(a, (wire.Tensor, wire.Strided)):
        return type(a) is type(b) and same(a.array, b.array)
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and (a.dtype, a.shape, a.tobytes()) == (
            b.dtype,
            b.shape,
            b.tobytes(),
        )
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def frame(tree, body=b""):
    """Build a frame by hand."""
    header = json.dumps(tree).encode()
    return wire.LENGTHS.pack(len(header), len(body)) + header + body


@given(VALUES)
def test_every_value_comes_back_as_it_went(value):
    """Encoding and decoding is the identity on scalars, containers, handles and arrays of every real dtype."""
    assert same(wire.decode(wire.encode(value)), value)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_wire_error(data):
    """The parser has no other way out."""
    with contextlib.suppress(wire.WireError):
        wire.decode(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(wire.DTYPES),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "l", "t", "d", "h", "x"]), inner, max_size=2)
    ),
    max_leaves=12,
)


@settings(max_examples=500)
@given(JSON, st.binary(max_size=32))
def test_any_header_is_a_value_or_a_wire_error(tree, body):
    """Well-framed nonsense ends the same way."""
    with contextlib.suppress(wire.WireError):
        wire.decode(frame(tree, body))


@settings(max_examples=200)
@given(VALUES, st.data())
def test_a_flipped_byte_is_a_value_or_a_wire_error(value, data):
    """A valid frame with one byte changed ends the same way."""
    raw = bytearray(wire.encode(value))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(wire.WireError):
        wire.decode(raw)


MALFORMED = {
    "two keys": ({"l": [], "t": []}, b"", "one key"),
    "bare list": ([1], b"", "one key"),
    "unknown key": ({"pickle": []}, b"", "expected l, t, d, a or h"),
    "negative handle": ({"h": -1}, b"", "expected l, t, d, a or h"),
    "object dtype": ({"a": ["|O", [1], "array"]}, b"12345678", "dtype, shape, form"),
    "unknown form": ({"a": ["<f8", [1], "eval"]}, b"12345678", "dtype, shape, form"),
    "negative length": ({"a": ["<f8", [-1], "array"]}, b"", "something else than lengths"),
    "a boolean as length": ({"a": ["<f8", [True], "array"]}, b"12345678", "something else than lengths"),
    "rank 9": ({"a": ["<f8", [1] * 9, "array"]}, b"12345678", "at most 8 lengths"),
    "more than the body": ({"a": ["<f8", [1 << 40], "array"]}, b"12345678", "does not fit"),
    "huge but empty": ({"a": ["<f8", [0, 1 << 47, 1 << 47], "array"]}, b"", "larger than an array can be"),
    "left over": ({"l": []}, b"1234", "belong to no array"),
    "a pair of three": ({"d": [["a", 1, 2]]}, b"", "no [string, value]"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_frames_are_refused_with_the_rule_they_broke(name):
    """Each rule of the format has a message."""
    tree, body, message = MALFORMED[name]
    with pytest.raises(wire.WireError) as refused:
        wire.decode(frame(tree, body))
    assert message in str(refused.value)


def test_deep_and_wide_headers_are_refused():
    """Nesting and number of values are capped, whatever JSON itself would take."""
    deep = b'{"l":[' * 50_000 + b"]}" * 50_000
    with pytest.raises(wire.WireError, match=r"no JSON|nested deeper"):
        wire.decode(wire.LENGTHS.pack(len(deep), 0) + deep)
    with pytest.raises(wire.WireError, match="values"):
        wire.decode(frame({"l": [None] * (wire.MAX_VALUES + 1)}))
    with pytest.raises(wire.WireError, match="header of"):
        wire.decode(frame("x" * (wire.MAX_HEADER + 1)))
    with pytest.raises(wire.WireError, match="text of"):
        wire.decode(frame("x" * (wire.MAX_TEXT + 1)))


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array([1j]), np.array([object()]), np.zeros((1,) * 9)]
)
def test_values_without_a_form_are_not_sent(value):
    """Encoding refuses what decoding could not give back."""
    with pytest.raises(wire.WireError):
        wire.encode(value)


def test_a_reply_over_the_cap_is_refused_before_it_is_read():
    """What a frame announces is judged by its first twelve bytes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(wire.LENGTHS.pack(2, 1 << 40))
        with pytest.raises(wire.WireError, match="body of 1099511627776 bytes: expected at most 1024"):
            wire.receive(ours, deadline=time.monotonic() + 5, max_bytes=1024)


def test_a_worker_that_dribbles_is_cut_off_at_the_deadline():
    """The deadline is for the whole frame, however often a byte comes."""
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def dribble():
        theirs.sendall(wire.LENGTHS.pack(1000, 0))
        while not stop.wait(0.02):
            theirs.sendall(b" ")

    thread = threading.Thread(target=dribble)
    thread.start()
    try:
        with pytest.raises(TimeoutError):
            wire.receive(ours, deadline=time.monotonic() + 0.3, max_bytes=1024)
    finally:
        stop.set()
        thread.join()
        ours.close()
        theirs.close()


def test_a_worker_that_does_not_read_holds_nobody_up():
    """Sending has a deadline too."""
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        wire.send(ours, np.zeros(1 << 22), deadline=time.monotonic() + 0.2)


def test_a_closed_channel_is_named():
    """The end of the other side is no garbage frame."""
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(wire.ChannelClosed):
        wire.receive(ours, deadline=time.monotonic() + 1)
