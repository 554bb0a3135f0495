"""Every file of responses in a folder, whatever it is: pages' JSON, tables, notebooks; what cannot be used is told with a reason."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from question_bank.errors import ResponseError
from question_bank.issued import Sheet
from question_bank.responses import Problem, Response, parse_response
from question_bank.responses_notebook import parse_notebook
from question_bank.responses_table import parse_table

MAX_BYTES: Final = {".json": 1_000_000, ".csv": 20_000_000, ".ipynb": 20_000_000}
"""The largest file of each kind."""
MAX_FILES = 50_000
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})

Found: TypeAlias = tuple[tuple[Response, ...], tuple[Problem, ...]]
Parser: TypeAlias = Callable[[bytes, str, Mapping[str, Sheet]], Found]


def read_responses(path: Path, sheets: Mapping[str, Sheet]) -> Found:
    """Read one file, or every file in a folder and its subfolders, in the order of their names.

    Args:
        path: of the file or folder.
        sheets: the papers that were issued, by student: a table may name their questions by number.

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
            parse = _parser(file)
            read, told = parse(_read(file), name, sheets)
            responses += read
            problems += told
        except ResponseError as error:
            problems.append(Problem(name, str(error)))
    return tuple(responses), tuple(problems)


def _parser(file: Path) -> Parser:
    """Choose how a file is read, by its name."""
    parsers: dict[str, Parser] = {
        ".json": lambda data, name, _: ((parse_response(data, name),), ()),
        ".ipynb": lambda data, name, _: ((parse_notebook(data, name),), ()),
        ".csv": parse_table,
    }
    suffix = file.suffix.casefold()
    if suffix not in parsers:
        raise ResponseError(
            f"the name ends in {_printable(file.suffix) or 'nothing'!r}, expected .json as the page saved it, .ipynb or .csv"
        )
    return parsers[suffix]


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
    most = MAX_BYTES[file.suffix.casefold()]
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise ResponseError(
            f"cannot be read ({error.strerror}); expected a file of its own, no link"
        ) from None
    if len(data) > most:
        raise ResponseError(f"more than {most} bytes; expected what the page saved")
    return data


def _printable(name: str) -> str:
    """Make a file's name fit for a report: it may hold anything that its writer's system let in."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)
