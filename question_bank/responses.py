"""Files of responses, read defensively: whoever wrote one may have meant harm, and most who did not still made mistakes.

A file is `{"paper": ..., "student": ..., "answers": {"<item>/<part>": "<text>"}}`, as the page saves it. Nothing in it is
evaluated; whatever cannot be used is told by file with a reason, and the rest is used.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from question_bank.errors import ResponseError

MAX_BYTES = 1_000_000
MAX_FILES = 50_000
_MAX_NAME = 200
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


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


def read_responses(path: Path) -> tuple[tuple[Response, ...], tuple[Problem, ...]]:
    """Read one file, or every file in a folder and its subfolders, in the order of their names.

    Raises:
        ResponseError: there is nothing at `path`, or more files than a class hands in.
    """
    if not path.exists():
        raise ResponseError(f"{path}: there is nothing; give a responses file or a folder of them")
    base = path if path.is_dir() else path.parent
    responses: list[Response] = []
    problems: list[Problem] = []
    for count, file in enumerate(_files(path)):
        if count >= MAX_FILES:
            raise ResponseError(
                f"{path}: more than {MAX_FILES} files; give the folder that holds the responses alone"
            )
        name = _printable(str(file.relative_to(base)))
        try:
            responses.append(parse_response(_read(file), name))
        except ResponseError as error:
            problems.append(Problem(name, str(error)))
    return tuple(responses), tuple(problems)


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
    whole = {_whole(name): _whole(answer) for name, answer in answers.items()}
    return Response(file, _text(body, "paper"), _text(body, "student"), whole)


def _files(path: Path) -> Iterator[Path]:
    """Yield the files to read, sorted; links are yielded and refused by `_read`, what systems leave behind is skipped."""
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not _left_by_system(name))
        yield from (Path(folder, name) for name in names if Path(folder, name).is_symlink())
        yield from (Path(folder, name) for name in sorted(files) if not _left_by_system(name))


def _left_by_system(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _SYSTEM_FILES


def _read(file: Path) -> bytes:
    if file.suffix.casefold() != ".json":
        raise ResponseError(
            f"the name ends in {_printable(file.suffix) or 'nothing'!r}, expected .json as the page saved it"
        )
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ResponseError(
            f"cannot be read ({error.strerror}); expected a file of its own, no link"
        ) from None
    if len(data) > MAX_BYTES:
        raise ResponseError(f"more than {MAX_BYTES} bytes; expected what the page saved")
    return data


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
    return _whole(value)


def _whole(text: str) -> str:
    """Replace halves of characters, which JSON can spell and no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}...")


def _printable(name: str) -> str:
    """Make a file's name fit for a report: it may hold anything that its writer's system let in."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)
