"""Every way in which a file may hold a text: what is looked through before anything is released.

Looked into: the bytes as they are, with the names, comments and extra fields of a zip; texts in UTF-16 and UTF-32; the strings of
JSON, and so a notebook's sources, outputs, metadata and attachments; HTML entities, percent signs and backslashes; base64, standard
or URL-safe, with line ends in it and begun at any character, and hexadecimal; members of zips (`.npz`, `.docx`) and gzip streams;
each of them inside another.

Refused, since it cannot be looked into: members with a password, damaged ones, other packers, and more than MAX_MEMBER bytes.

Not recognised: pictures of text, compressed streams inside PDF and PNG, and a text that was changed, cut up or encrypted.
"""

import base64
import binascii
import html
import io
import json
import re
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

from autograder.errors import LeakError

MAX_NESTING: Final = 6
"""Packings and encodings inside each other."""
MAX_MEMBER: Final = 64 * 2**20
"""Bytes of one packed file."""
MAX_TOTAL: Final = 512 * 2**20
"""Bytes of all that one file unpacks to."""
PACKED: Final = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\x28\xb5\x2f\xfd": "zstd",
}
GZIP: Final = b"\x1f\x8b\x08"
MARKS: Final = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*")
HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f](?:[ :]?[0-9A-Fa-f]){23,}")
ESCAPE: Final = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\\\"'/abfnrtv0]))")
STANDARD: Final = bytes.maketrans(b"-_", b"+/")

Reading = tuple[str, bytes]
"""A place, and bytes that stand there in some reading."""


def readings(data: bytes, name: str) -> Iterator[Reading]:
    r"""Yield every reading of a file, itself among them; parts before the whole.

    >>> [place for place, text in readings(b'{"a": ["eCA9IHNlY3JldF90b3RhbA"]}', "f") if b"secret" in text]
    ['f: a[0] (base64)']

    Args:
        data: the file's bytes.
        name: what it is called in places.

    Raises:
        LeakError: a part cannot be looked into.
    """
    left = [MAX_TOTAL]
    yield from _read(data, name, MAX_NESTING, left)


def _read(data: bytes, place: str, depth: int, left: list[int]) -> Iterator[Reading]:
    left[0] -= len(data)
    if left[0] < 0:
        raise LeakError(
            f"{place}: unpacks to more than {MAX_TOTAL} bytes: too many to be checked; leave it out"
        )
    packed = _unpacker(data, place)
    if depth == 0:
        if packed is not None:
            raise LeakError(
                f"{place}: is packed more than {MAX_NESTING} times; expected files that can be checked"
            )
        yield place, data
        return
    if packed is not None:
        for inner, content in packed(data, place):
            yield from _read(content, inner, depth - 1, left)
    elif (strings := _json(data)) is not None:
        for path, text in strings:
            yield from _read(text, f"{place}: {path}" if path else place, depth - 1, left)
    else:
        yield place, data
        for way, blob in _decoded(data):
            inside = f"{place} ({way})"
            yield from _read(blob, inside, depth - 1, left) if _is_more(blob) else [(inside, blob)]
        return
    yield place, data


def _unpacker(data: bytes, place: str) -> Callable[[bytes, str], Iterator[Reading]] | None:
    """Tell how a file is unpacked; None where it is not packed.

    Raises:
        LeakError: it is, in a way that cannot be looked into.
    """
    for mark, packer in PACKED.items():
        if data.startswith(mark):
            raise LeakError(
                f"{place}: is packed by {packer} and cannot be checked; expected a zip, gzip or plain file"
            )
    if data.startswith(GZIP):
        return _gunzipped
    return _members if zipfile.is_zipfile(io.BytesIO(data)) else None


def _members(data: bytes, place: str) -> Iterator[Reading]:
    """Yield the members of a zip, whose names and comments stand in its own bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.file_size > MAX_MEMBER:
                    raise LeakError(
                        f"{place}: member {entry.filename!r} has {entry.file_size} bytes: too many to be checked"
                    )
                yield f"{place}: {entry.filename}", archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise LeakError(
            f"{place}: a member cannot be unpacked to be checked ({error}); leave it out"
        ) from None


def _gunzipped(data: bytes, place: str) -> Iterator[Reading]:
    """Yield what a gzip stream, and any behind it, unpacks to."""
    while data.startswith(GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            content = unpacker.decompress(data, MAX_MEMBER + 1)
        except zlib.error as error:
            raise LeakError(f"{place}: cannot be unpacked to be checked ({error}); leave it out") from None
        if len(content) > MAX_MEMBER:
            raise LeakError(f"{place}: unpacks to more than {MAX_MEMBER} bytes: too many to be checked")
        yield f"{place} (gzip)", content
        data = unpacker.unused_data


def _json(data: bytes) -> list[tuple[str, bytes]] | None:
    """Take the strings out of JSON, each with its path; None where it is none."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"[", b'"'):
        return None
    try:
        value = json.loads(data.decode("utf-8-sig"))
        return [(path, text.encode("utf-8", "surrogatepass")) for path, text in _strings(value, "")]
    except (ValueError, RecursionError):
        return None


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every string and key in parsed JSON; a list of strings, as a notebook's source, as one."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, key
            yield from _strings(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        if len(value) > 1 and all(isinstance(item, str) for item in value):
            yield path, "".join(value)
            yield path, "\n".join(value)
        else:
            for number, item in enumerate(value):
                yield from _strings(item, f"{path}[{number}]")


def _decoded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what plain bytes stand for in the encodings that they may be written in."""
    yield from _wide(data)
    if b"&" in data and b";" in data:
        yield from _other("HTML", _unescape_html(data), data)
    if b"%" in data:
        yield from _other("percent signs", urllib.parse.unquote_to_bytes(data), data)
    if b"\\" in data:
        yield from _other("backslashes", ESCAPE.sub(_unescaped, data), data)
    for found in BASE64.finditer(data):
        for run in dict.fromkeys((re.sub(rb"[\r\n]", b"", found[0]), *found[0].split())):
            yield from (("base64", blob) for blob in _from_base64(run))
    for found in HEXADECIMAL.finditer(data):
        digits = re.sub(rb"[ :]", b"", found[0])
        for start in range(2):
            part = digits[start:]
            yield "hexadecimal", binascii.unhexlify(part[: len(part) // 2 * 2])


def _wide(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield texts of two or four bytes a character; with or without a mark that says so."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            yield encoding.upper(), data.decode(encoding, "replace").encode("utf-8", "replace")
    zeros = data.count(0)
    if zeros and zeros * 5 > len(data):  # a text in ASCII letters has one in two
        for order in ("le", "be"):
            for start in range(2):
                text = data[start:].decode(f"utf-16-{order}", "replace")
                yield "UTF-16", text.encode("utf-8", "replace").replace(b"\0", b"")
    elif zeros:
        yield "UTF-16", data.replace(b"\0", b"")


def _other(way: str, blob: bytes, data: bytes) -> Iterator[tuple[str, bytes]]:
    if blob != data:
        yield way, blob


def _is_more(blob: bytes) -> bool:
    """Tell a text or a packed file, which may hide more, from what is no base64 at all and decodes to noise."""
    if blob.startswith((GZIP, *PACKED, *(mark for mark, _ in MARKS))) or b"PK\x03\x04" in blob:
        return True
    try:
        blob.replace(b"\0", b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unescape_html(data: bytes) -> bytes:
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return chr(int(escape[1], 16)).encode("utf-8", "replace")
    return (
        bytes([int(escape[2], 16)])
        if escape[2]
        else escape[3].translate(bytes.maketrans(b"abfnrtv0", b"\a\b\f\n\r\t\v\0"))
    )


def _from_base64(run: bytes) -> Iterator[bytes]:
    """Decode a run of base64's letters, from each of the four characters that may be its first."""
    run = run.translate(STANDARD)
    for start in range(4):
        part = run[start:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        yield base64.b64decode(part + b"=" * (-len(part) % 4))
