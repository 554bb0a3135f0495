"""Pictures that an instructor brings along: PNG, JPEG or SVG, told apart by their first bytes, never by their name.

PNG: W3C PNG 3, section 5.2 and 11.2.1. JPEG: ITU-T T.81, B.2.2. An SVG (1.1) is read, and written again without what nobody sees
(comments, metadata, other programs' names); one that could run something, or load it from elsewhere, is refused.
"""

import re
from dataclasses import dataclass
from typing import Final

from question_bank.errors import FormatError

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
SVG: Final = "image/svg+xml"
MEDIA: Final = (PNG, JPEG, SVG)
MAX_BYTES: Final = 300_000
MAX_SIDE: Final = 10_000

_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_SHOWN: Final = frozenset(
    {
        *(
            "svg",
            "g",
            "defs",
            "title",
            "desc",
            "style",
            "symbol",
            "use",
            "switch",
            "marker",
            "mask",
            "pattern",
        ),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath"),
        *("linearGradient", "radialGradient", "stop", "clipPath"),
    }
)
_DROPPED: Final = frozenset({"metadata"})
_LENGTH: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(px|pt|pc|mm|cm|in)?\s*")
_PIXELS: Final = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_ELSEWHERE: Final = re.compile(
    r"url\s*\(\s*['\"]?\s*(?!#)[^)]|@import|javascript:|expression\s*\(|\\|image-set", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: one of `MEDIA`, its bytes, and how many pixels it is wide and high."""

    media: str
    data: bytes
    width: int
    height: int


def read_image(data: bytes) -> Image:
    """Read a picture.

    Raises:
        FormatError: it is none of the three kinds, damaged, too large, or an SVG that does more than show something.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(
            f"an image of {len(data)} bytes: expected at most {MAX_BYTES}, as every paper holds it; save it smaller"
        )
    if data.startswith(_MAGIC):
        image = _png(data)
    elif data.startswith(b"\xff\xd8\xff"):
        image = _jpeg(data)
    elif b"<svg" in data:
        image = _svg(data)
    else:
        raise FormatError(
            f"an image that begins with {data[:8].hex(' ') or 'nothing'}: expected PNG, JPEG or SVG"
        )
    if not (0 < image.width <= MAX_SIDE and 0 < image.height <= MAX_SIDE):
        raise FormatError(
            f"an image of {image.width} x {image.height} pixels: expected 1 to {MAX_SIDE} a side"
        )
    return image


def _png(data: bytes) -> Image:
    if data[12:16] != b"IHDR" or len(data) < 33 or b"IEND" not in data[-12:]:
        raise FormatError("a PNG that is cut off: save it again")
    return Image(PNG, data, int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


def _jpeg(data: bytes) -> Image:
    """Find the frame that says how large it is: segments follow one another, each with its length."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            return Image(
                JPEG,
                data,
                int.from_bytes(data[at + 7 : at + 9], "big"),
                int.from_bytes(data[at + 5 : at + 7], "big"),
            )
        bare = marker in _BARE or marker == 0xFF
        at += (
            (1 if marker == 0xFF else 2) if bare else 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
        )
    raise FormatError("a JPEG without a frame: save it again")


def _svg(data: bytes) -> Image:
    """Read an SVG and write what it shows, so that what was looked through is what is shown."""
    from lxml import etree  # type: ignore[import-untyped]

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError("an SVG that is not UTF-8: save it as UTF-8") from None
    if re.search(r"<!ENTITY|<!DOCTYPE[^>]*\[", text, re.IGNORECASE):
        raise FormatError("an SVG that declares entities: save it as plain SVG")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormatError(f"an SVG that is not XML ({error}): save it again") from None
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() not in {"UTF-8", "ASCII", "US-ASCII"}:
        raise FormatError("an SVG that says it is not UTF-8: save it as UTF-8")
    if root.tag != f"{{{_NAMESPACE}}}svg":
        raise FormatError(f"an SVG that begins with {root.tag!r}: expected svg in the namespace {_NAMESPACE}")
    _clean(root)
    width, height = _size(root)
    return Image(SVG, etree.tostring(root, with_tail=False), width, height)


def _clean(element: "etree._Element") -> None:  # type: ignore[name-defined]  # noqa: F821 -- imported where it is used
    """Take off what is not SVG, and refuse what runs or loads something.

    Raises:
        FormatError: there is such a thing; the message names it.
    """
    name = element.tag.rpartition("}")[2]
    if name not in _SHOWN:
        raise FormatError(f"an SVG with <{name}>: expected shapes and texts; save it without, or as PNG")
    for attribute, value in list(element.attrib.items()):
        if attribute[:1] == "{" and attribute != _LINK:
            del element.attrib[attribute]
        elif attribute.lower().startswith("on"):
            raise FormatError(f"an SVG with {attribute}= on <{name}>: expected none that runs something")
        elif (attribute in {"href", _LINK} and not value.strip().startswith("#")) or _ELSEWHERE.search(value):
            raise FormatError(
                f"an SVG with {attribute.rpartition('}')[2]}={value[:40]!r}: expected #names inside it only"
            )
    if name == "style" and _ELSEWHERE.search(element.text or ""):
        raise FormatError("an SVG whose style loads something: expected none that does; save it as PNG")
    for child in list(element):
        space, _, inside = child.tag[1:].partition("}")
        if child.tag[:1] != "{" or space != _NAMESPACE or inside in _DROPPED:
            element.remove(child)
        else:
            _clean(child)


def _size(root: "etree._Element") -> tuple[int, int]:  # type: ignore[name-defined]  # noqa: F821 -- as above
    """Return width and height in CSS pixels, of its attributes or its view box."""
    found = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    if found[0] and found[1]:
        width, height = (float(match[1]) * _PIXELS[match[2] or "px"] for match in found if match)
        return min(round(width) or 1, MAX_SIDE + 1), min(round(height) or 1, MAX_SIDE + 1)
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(box) == 4 and all(re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,9})?", number) for number in box):
        return max(round(float(box[2])), 1), max(round(float(box[3])), 1)
    raise FormatError('an SVG without a size: expected width="..." height="..." or a viewBox')
