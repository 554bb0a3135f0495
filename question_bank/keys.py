"""The course key: the one secret from which all of a course's papers are derived.

It lies beside the course, readable by its owner only and ignored by git, and goes into no paper, log or worker.
"""

import hashlib
import hmac
import os
import secrets
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from question_bank.draw import NameField, encode
from question_bank.errors import KeyFileError

DEFAULT_NAME = "course.key"
HEADER = "legrade-course-key-1"
_BYTES = 32
_LARGEST = 4096


@dataclass(frozen=True, slots=True)
class CourseKey:
    """A course's secret; its text form shows nothing of it."""

    _secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self._secret) != _BYTES:
            raise KeyFileError(
                f"a course key of {len(self._secret)} bytes: expected {_BYTES}; make one with `legrade key new`"
            )

    @classmethod
    def new(cls, path: Path) -> "CourseKey":
        """Make a key and write it to `path`, readable by its owner only.

        Raises:
            KeyFileError: something is there already, or the folder cannot be written.
        """
        key = cls(secrets.token_bytes(_BYTES))
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise KeyFileError(
                f"{path}: there is a key already, and papers made with it need it; name another file"
            ) from None
        except OSError as error:
            raise KeyFileError(
                f"{path}: cannot be written: {error.strerror}; name a file in a folder that is there"
            ) from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), 0o600)  # whatever the umask is
            file.write(f"{HEADER}\n{key._secret.hex()}\n")
        return key

    @classmethod
    def load(cls, path: Path) -> "CourseKey":
        """Read a key that `new` wrote.

        Raises:
            KeyFileError: it is missing, others can read it, or it is no key; the message says what to do.
        """
        try:
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):
                raise KeyFileError(f"{path}: is no file; make a key with `legrade key new {path}`")
            if mode & 0o077:
                raise KeyFileError(
                    f"{path}: others can read it (mode {stat.S_IMODE(mode):04o}); run `chmod 600 {path}`, and make a new key "
                    "if someone may have read it"
                )
            with path.open("rb") as file:
                text = file.read(_LARGEST).decode("ascii", "replace")
        except FileNotFoundError:
            raise KeyFileError(
                f"{path}: there is no course key; make one with `legrade key new {path}`"
            ) from None
        except OSError as error:
            raise KeyFileError(f"{path}: cannot be read: {error.strerror}") from None
        return cls(_parsed(text, path))

    @property
    def fingerprint(self) -> str:
        """Name the key by eight bytes in hexadecimal, from which nothing else of it can be told."""
        return self.derive("fingerprint")[:8].hex()

    def is_in(self, data: bytes) -> bool:
        """Whether the secret itself stands in these bytes; for refusing to hand them out."""
        return self._secret in data

    def derive(self, purpose: str, *fields: NameField) -> bytes:
        """Return 32 bytes for one purpose and these fields: HMAC-SHA256 of their unambiguous encoding.

        Texts are NFC-normalised; each field has its length before it, so ("ab", "c") and ("a", "bc") share nothing.
        """
        return hmac.digest(self._secret, encode((purpose, *fields)), hashlib.sha256)


def _parsed(text: str, path: Path) -> bytes:
    lines = text.split()
    problem = f"{path}: is no course key; expected the line {HEADER} and {2 * _BYTES} hexadecimal digits; restore it from a copy"
    if len(lines) != 2 or lines[0] != HEADER:
        raise KeyFileError(problem)
    try:
        return bytes.fromhex(lines[1])
    except ValueError:
        raise KeyFileError(problem) from None


def ignore_in_git(path: Path) -> str:
    """Make git ignore the key where it lies in a git tree, and say what was done, in one sentence."""
    folder = path.resolve().parent
    top = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
    if top is None:
        return "The folder is in no git tree; if it ever is, ignore the key there."
    if _is_ignored(path):
        return "Git ignores it already."
    ignore = folder / ".gitignore"
    before = ignore.read_text(encoding="utf-8") if ignore.exists() else ""
    ignore.write_text(
        before + ("\n" if before and not before.endswith("\n") else "") + f"/{path.name}\n", encoding="utf-8"
    )
    return f"Added /{path.name} to {ignore}, so that git ignores it."


def _is_ignored(path: Path) -> bool:
    command = ["git", "-C", str(path.resolve().parent), "check-ignore", "--quiet", "--", path.name]
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False  # no git: a second line in .gitignore does no harm
