"""Files of responses, read defensively: whoever wrote one may have meant harm, and most who did not still made mistakes.

A file is `{"paper": ..., "student": ..., "answers": {"<item>/<part>": "<text>"}}`, as the page saves it. Nothing in it is
evaluated; whatever cannot be used is told by file with a reason, and the rest is used.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from question_bank.errors import ResponseError

_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Response:
    """One file that could be read: what it claims to be.

    Attributes:
        file: relative to the folder that was given.
        paper: the exam's id; `student` the student's id.
        answers: typed text by `<item>/<part>`.
    """

    file: str
    paper: str
    student: str
    answers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", MappingProxyType(dict(self.answers)))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that was not used: the file, and why."""

    file: str
    reason: str


def parse_response(data: bytes, file: str) -> Response:
    """Read the bytes of one file.

    Raises:
        ResponseError: it is no file of responses; the message is the reason, without the file's name.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ResponseError(
            f"not UTF-8 (byte {error.start + 1}); expected the file as the page saved it"
        ) from None
    try:
        body = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except ResponseError:
        raise
    except (ValueError, RecursionError):
        raise ResponseError("not JSON, or cut off; expected the file as the page saved it") from None
    if not isinstance(body, dict):
        raise ResponseError(f"got {type(body).__name__}, expected an object with paper, student and answers")
    answers = body.get("answers")
    if not isinstance(answers, dict):
        raise ResponseError("answers: expected an object of texts by item")
    for name, answer in answers.items():
        if not isinstance(answer, str):
            raise ResponseError(f"answers[{_short(name)}]: got {type(answer).__name__}, expected a text")
    whole = {mended(name): mended(answer) for name, answer in answers.items()}
    return Response(file, _text(body, "paper"), _text(body, "student"), whole)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ResponseError(f"{_short(twice)} is there twice; expected every name once")
    return found


def _refuse_constant(name: str) -> None:
    raise ResponseError(f"{name} is no JSON; expected the file as the page saved it")


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value or len(value) > _MAX_NAME:
        raise ResponseError(f"{name}: expected a text of 1 to {_MAX_NAME} characters")
    return mended(value)


def mended(text: str) -> str:
    """Replace halves of characters, which JSON can spell and no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}...")


def saved(paper: str, student: str, answers: Mapping[str, str]) -> bytes:
    """Write a file of responses as the page saves it."""
    body = {
        "format": "legrade-responses",
        "version": 1,
        "paper": paper,
        "student": student,
        "answers": dict(answers),
    }
    return f"{json.dumps(body, ensure_ascii=False, indent=1)}\n".encode()
