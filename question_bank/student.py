"""A student of the class, and how files of theirs are called."""

import hashlib
import re
from dataclasses import dataclass

_PLAIN_STEM = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")  # device names on Windows
_LONGEST_PLACE = 4


@dataclass(frozen=True, slots=True)
class Student:
    """One student of the class.

    Attributes:
        id: what the course knows the student by, unique in the class; NFC-normalised, no control characters.
        name: for people; may be in any script.
        email: empty when the list has none.
        language: of the student's paper, `en` or `vi`; empty where the exam decides.
        section: the group of the class; empty when the list has none.
        extra_time: how much longer the student may take, in per cent.
        large: whether the student reads large print.
        row: where the student sits, a number or a letter; empty when the list has none.
        seat: the place in that row.
    """

    id: str
    name: str
    email: str = ""
    language: str = ""
    section: str = ""
    extra_time: int = 0
    large: bool = False
    row: str = ""
    seat: str = ""


def file_stem(student_id: str) -> str:
    """Name the student's files: the id itself where that is safe on every system, else a safe form with a digest of the id.

    A function of the id alone, so a file keeps its name when the class changes. Two ids of one roster never share a stem, not
    even on a file system that ignores case: `read_roster` refuses ids that differ only in case.

    >>> file_stem("B21-0042")
    'B21-0042'
    >>> file_stem("../../etc/passwd")
    'etc_passwd~3754d6cb'
    >>> file_stem("CON")
    'CON~a3dbc4b6'
    """
    if _PLAIN_STEM.fullmatch(student_id) and not _RESERVED.fullmatch(student_id):
        return student_id
    digest = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9]+", "_", student_id).strip("_")[:40]
    return f"{readable or 'student'}~{digest}"


def tex_stem(stem: str) -> str:
    """Return what a file of this stem is called where TeX reads it, to which a tilde is a command.

    >>> tex_stem("etc_passwd~3754d6cb")
    'etc_passwd+3754d6cb'
    """
    return stem.replace("~", "+")


def place_number(label: str) -> int | None:
    """Return the number of a row or a seat; None where it is none.

    >>> [place_number(label) for label in ("7", "c", "AA", "", "7b")]
    [7, 3, 27, None, None]
    """
    if not label.isascii() or not 0 < len(label) <= _LONGEST_PLACE:
        return None
    if label.isdecimal():
        return int(label)
    if not label.isalpha() or len(label) > 2:
        return None
    number = 0
    for letter in label.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
