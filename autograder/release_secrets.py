"""What else must not leave with a release beside lines of `solutions/`: keys, seeds, places of this machine, other students."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from question_bank.keys import HEADER, CourseKey
from question_bank.roster import Student

SHORTEST_ID: Final = 5
SHORTEST_NUMBER: Final = 7
"""Digits of an id that is nothing else: shorter ones stand in any notebook."""
WORD: Final = re.compile(r"[\w.@+-]+")

Hidden = tuple[str, Callable[[bytes], bool]]
"""What a secret is called, and how it is told in bytes."""


def of_key(key: CourseKey) -> Iterator[Hidden]:
    """Tell a course key, and the file that it is kept in; bytes are read from hexadecimal and base64, too."""
    yield "the course key", key.is_in
    yield "the course key's file", _has(HEADER.encode())


def of_seeds(seeds: Iterable[bytes]) -> Iterator[Hidden]:
    """Tell seeds of hidden inputs."""
    for seed in seeds:
        yield "a seed of the hidden inputs", _has(seed)


def of_places(*places: Path) -> Iterator[Hidden]:
    """Tell folders and files of this machine; a place right below the root, such as /tmp, could be anybody's."""
    for place in dict.fromkeys((*places, Path.cwd(), Path(sys.prefix))):
        full = place.resolve()
        if len(full.parts) > 2:
            yield "a path of this machine", _has(str(full).encode("utf-8", "surrogateescape"))
    home = str(Path.home()).encode("utf-8", "surrogateescape").rstrip(b"/")
    if home:
        yield "a path of this machine", _has(home + b"/")


def names_in(data: bytes, students: Iterable[Student]) -> str | None:
    """Find a student's id, name or email in bytes; return the id of the first one.

    Recognised are ids of five characters with a digit in them (seven, where they are digits alone), e-mail addresses, and names
    of two words: what is shorter stands in any text.

    >>> students = [Student("B21-0042", "An"), Student("7", "Bich Dang")]
    >>> names_in(b"7 x B21-0042", students), names_in(b"B21-00421", students), names_in(b"Bich Dang", students)
    ('B21-0042', None, '7')
    """
    text = data.decode("utf-8", "replace")
    words = {word.strip(".-").casefold() for word in WORD.findall(text)}
    for student in students:
        exact = {student.email} | ({student.id} if _telling(student.id) else set())
        if any(word and word.casefold() in words for word in exact):
            return student.id
        if (" " in student.name and _stands_in(text, student.name)) or (
            _odd(student.id) and _stands_in(text, student.id)
        ):
            return student.id
    return None


def _telling(student_id: str) -> bool:
    """Tell an id that stands in no text by chance."""
    digits = sum(character.isdigit() for character in student_id)
    return len(student_id) >= SHORTEST_ID and digits > 0 and not (digits == len(student_id) < SHORTEST_NUMBER)


def _odd(student_id: str) -> bool:
    """Tell an id that is no single word."""
    return _telling(student_id) and not WORD.fullmatch(student_id)


def _stands_in(text: str, name: str) -> bool:
    """Find a name that is no part of a longer one: An Le is not in An Lethanh."""
    return name in text and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _has(secret: bytes) -> Callable[[bytes], bool]:
    return lambda data: secret in data
