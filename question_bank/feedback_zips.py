"""Zips of feedback: packed with the same bytes each time; of a zip of submissions the names alone are read."""

import io
import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final, cast

from question_bank.errors import FormatError, ResponseError
from question_bank.issued import private_folder, write_whole
from question_bank.writable import writing

MAX_DIRECTORY: Final = 8 * 2**20
"""Bytes of an archive's table of contents: some 50,000 names."""
MAX_NAMES: Final = 50_000
_ENTRY: Final = b"PK\x01\x02"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_BROKEN: Final = (zipfile.BadZipFile, struct.error, EOFError, OSError, ValueError, NotImplementedError)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files, sorted by name, without dates or compression, which could differ from one machine to the next."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            package.writestr(entry, data)
    return stream.getvalue()


def write_folder(folder: Path, pages: Mapping[str, bytes]) -> None:
    """Write pages into a folder that, where it is new, its owner alone can open.

    Raises:
        FormatError: it holds pages that are not among these: somebody would get one that is no longer true.
        QuestionBankError: it cannot be written.
    """
    others = sorted({path.name for path in folder.glob("*.html")} - set(pages))
    if others:
        raise FormatError(
            f"{folder}: holds {others[0]}, which is no page of these marks; delete what was written before, or give another --out"
        )
    with writing(folder):
        if not folder.exists():
            private_folder(folder)
        for name, data in pages.items():
            write_whole(folder / name, data, 0o600)


def write_zip(target: Path, pages: Mapping[str, bytes]) -> None:
    """Write pages as a zip that its owner alone can read.

    Raises:
        QuestionBankError: it cannot be written.
    """
    with writing(target.parent):
        if not target.parent.exists():
            private_folder(target.parent)
        write_whole(target, packed(pages), 0o600)


def names_of(path: Path) -> tuple[str, ...]:
    """List the names of the files in a zip, or in a folder that it was unpacked to, sorted; no file in it is opened.

    Raises:
        ResponseError: it is neither, or lists more than a class hands in.
    """
    names = _in_folder(path) if path.is_dir() else _in_zip(path)
    if len(names) > MAX_NAMES:
        raise ResponseError(
            f"{path}: lists more than {MAX_NAMES} files; expected the submissions of one class"
        )
    return tuple(sorted(names))


def _in_folder(path: Path) -> list[str]:
    found: list[str] = []
    for folder, _, files in os.walk(path):
        found += [Path(folder, file).relative_to(path).as_posix() for file in files]
        if len(found) > MAX_NAMES:
            break
    return found


def _in_zip(path: Path) -> list[str]:
    try:
        with path.open("rb") as file, zipfile.ZipFile(cast("io.BufferedReader", _Capped(file))) as archive:
            return [name for name in archive.namelist() if not name.endswith("/")]
    except FileNotFoundError:
        raise ResponseError(
            f"{path}: there is nothing; give the zip that Canvas gave under Download submissions"
        ) from None
    except _BROKEN as error:
        raise ResponseError(
            f"{path}: cannot be read as a zip ({error}); download the submissions again"
        ) from None


class _Capped:
    """A file of which zipfile cannot read a long table of contents, which takes memory before anything is checked."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        """Read, unless it is more than a table of contents of the largest size."""
        if size > MAX_DIRECTORY:
            raise ValueError(f"its table of contents has {size} bytes, expected at most {MAX_DIRECTORY}")
        data = self._file.read(size)
        if data.count(_ENTRY) > MAX_NAMES:
            raise ValueError(f"it lists more than {MAX_NAMES} files")
        return data
